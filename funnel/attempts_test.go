package funnel

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Property: the attempts of a user are what the first entry alone would give,
// again and again, each time of the events after the attempt before.
func TestAttemptsAreRepeatedFirstEntries(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := rapid.Int64Range(0, 6).Draw(rt, "window")
		m := Match{Window: Within(time.Duration(w) * time.Second), Ties: drawTies(rt)}
		events := drawLog(rt, 1, 12, 3)
		totals := abc(3, m)
		totals.By = ByTotal
		outcomes, err := Outcomes(totals, rows, events)
		if err != nil {
			rt.Fatal(err)
		}
		var got []int
		for _, o := range outcomes {
			got = append(got, o.Level)
		}
		m.Entry = FirstEntry
		var want []int
		for rest := events; ; {
			found, err := Outcomes(abc(3, m), rows, rest)
			if err != nil {
				rt.Fatal(err)
			}
			if len(found) == 0 || found[0].Level == 0 {
				break
			}
			want = append(want, found[0].Level)
			rest = after(rest, found[0].Result, m, w)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			rt.Fatalf("%+v of %v (-want +got):\n%s", m, events, diff)
		}
	})
}

// after returns the events with which the next attempt may start: those after
// the one that completed an attempt, or after its window.
func after(events []row, r Result, m Match, window int64) []row {
	last := r.Chain[len(r.Chain)-1]
	if r.Level == 3 && m.Ties == TiesGiven {
		return events[last.Event+1:]
	}
	over := last.At.Unix()
	if r.Level < 3 {
		over = r.Chain[0].At.Unix() + window
	}
	return slices.DeleteFunc(slices.Clone(events), func(e row) bool { return e.T <= over })
}
