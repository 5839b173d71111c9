package funnel

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"
)

// abc is a funnel of steps A, B, C and so on.
func abc(steps int, m Match) Funnel {
	f := Funnel{Match: m}
	for i := range steps {
		f.Steps = append(f.Steps, Step{Name: string(rune('A' + i))})
	}
	return f
}

// log reads "u1: A0 B5 x9; u2: …": a user's events, each a letter and a time in
// seconds.
func log(text string) (events []row) {
	for user := range strings.SplitSeq(text, ";") {
		name, list, _ := strings.Cut(user, ":")
		for field := range strings.FieldsSeq(list) {
			var at int64
			if _, err := fmt.Sscan(field[1:], &at); err != nil {
				panic(err)
			}
			events = append(events, row{strings.TrimSpace(name), at, field[:1]})
		}
	}
	return events
}

// drawLog draws the events of a few users: letters from A on, each a step of
// abc, and x, which is none.
func drawLog(rt *rapid.T, users, events, steps int) (log []row) {
	for u := range rapid.IntRange(1, users).Draw(rt, "users") {
		at := int64(0)
		for range rapid.IntRange(1, events).Draw(rt, "events") {
			at += rapid.Int64Range(0, 3).Draw(rt, "later") / 2
			letter := "x"
			if k := rapid.IntRange(0, steps).Draw(rt, "step"); k > 0 {
				letter = string(rune('A' + k - 1))
			}
			log = append(log, row{fmt.Sprint("u", u), at, letter})
		}
	}
	return log
}

// drawWindow draws a window of up to six seconds, or none.
func drawWindow(rt *rapid.T) Window {
	n := rapid.IntRange(0, 8).Draw(rt, "window")
	if n > 6 {
		return Window{}
	}
	return Within(time.Duration(n) * time.Second)
}

func drawTies(rt *rapid.T) Ties { return Ties(rapid.IntRange(0, int(TiesStrict)).Draw(rt, "ties")) }

func shuffled(rt *rapid.T, events []row) []row {
	return rapid.Permutation(slices.Clone(events)).Draw(rt, "shuffled")
}
