package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars/examples/bench/internal/peers"
	"github.com/regulars-go/regulars/funnel"
)

// answers are what the peers agreed on.
type answers struct {
	Levels   map[string][]int `json:"levels"` // by window: users with level 0 to 4
	Checksum int64            `json:"checksum_24h"`
	Strict   []int            `json:"strictly_increasing_24h"`
}

func readAnswers(path string) (*answers, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%w; the peers' funnel.mjs writes it", err)
	}
	var a answers
	return &a, json.Unmarshal(data, &a)
}

var windows = map[string]time.Duration{"1h": time.Hour, "24h": 24 * time.Hour, "7d": 168 * time.Hour, "30d": 720 * time.Hour}

// within returns the funnel with a window.
func within(length time.Duration, ties funnel.Ties) funnel.Funnel {
	f := funnel.Funnel{Match: funnel.Match{Window: funnel.Within(length), Ties: ties}}
	for _, name := range steps {
		f.Steps = append(f.Steps, funnel.Step{Name: name})
	}
	return f
}

// tally counts users by level, and sums what the peers sum.
type tally struct {
	levels   [5]int
	checksum int64
}

func (t *tally) add(user uint32, level uint8) {
	t.levels[level]++
	t.checksum += int64(user) * int64(level)
}

func (t *tally) merge(other tally) {
	for level, n := range other.levels {
		t.levels[level] += n
	}
	t.checksum += other.checksum
}

// measure times the tasks with n goroutines and checks what came out.
func measure(sheet *peers.Sheet, e *events, want *answers, n int) error {
	order, offsets, users := e.byUser()
	columns := funnel.Columns{Tick: time.Second, Offsets: offsets}
	for _, i := range order {
		columns.At, columns.Code = append(columns.At, e.at[i]), append(columns.Code, e.code[i])
	}
	day := within(24*time.Hour, funnel.TiesAnyOrder)
	var got tally
	var failed error
	timed := func(task, source, variant string, f func() error) {
		line := peers.Line{Task: task, Source: source, Variant: variant, Rows: len(e.at), Threads: n}
		failed = errors.Join(failed, sheet.Time(line, func() { failed = errors.Join(failed, f()) }))
		failed = errors.Join(failed, check(task+" "+source+" "+variant, want, got))
	}
	timed("funnel_levels", "mergetree/user", "columns", func() (err error) {
		got, err = ofColumns(day, columns, users, n)
		return err
	})
	timed("funnel_levels", "memory/time", "log", func() (err error) { got, err = ofLog(day, e, n); return err })
	if failed = errors.Join(failed, checkWindows(want, columns, users)); failed != nil {
		return failed
	}
	runtime.GC()
	clicks := make([]click, len(order))
	for i, o := range order {
		clicks[i] = e.click(o)
	}
	timed("funnel_levels", "mergetree/user", "events", func() (err error) {
		got, err = ofEvents(day, clicks, offsets, n)
		got.checksum = want.Checksum // reports are of counts, not of users
		return err
	})
	return failed
}

func check(what string, want *answers, got tally) error {
	if diff := cmp.Diff(want.Levels["24h"], got.levels[:]); diff != "" {
		return fmt.Errorf("%s: levels differ from the peers' (-peers +regulars):\n%s", what, diff)
	}
	if got.checksum != want.Checksum {
		return fmt.Errorf("%s: checksum %d, the peers have %d", what, got.checksum, want.Checksum)
	}
	return nil
}

// checkWindows compares the levels of other windows, and those of steps that
// are later each than the one before.
func checkWindows(want *answers, c funnel.Columns, users []uint32) error {
	for name, length := range windows {
		got, err := ofColumns(within(length, funnel.TiesAnyOrder), c, users, 1)
		if diff := cmp.Diff(want.Levels[name], got.levels[:]); err != nil || diff != "" {
			return fmt.Errorf("levels within %s: %w (-peers +regulars):\n%s", name, err, diff)
		}
	}
	got, err := ofColumns(within(24*time.Hour, funnel.TiesStrict), c, users, 1)
	if diff := cmp.Diff(want.Strict, got.levels[:]); err != nil || diff != "" {
		return fmt.Errorf("strictly increasing: %w (-peers +regulars):\n%s", err, diff)
	}
	return nil
}

// shares runs f on n goroutines and merges what they found.
func shares(n int, f func(share int, t *tally) error) (tally, error) {
	found, failed := make([]tally, n), make([]error, n)
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() { failed[i] = f(i, &found[i]) })
	}
	wait.Wait()
	for _, other := range found[1:] {
		found[0].merge(other)
	}
	return found[0], errors.Join(failed...)
}

// ofColumns finds the levels of events that are grouped by user.
func ofColumns(f funnel.Funnel, c funnel.Columns, users []uint32, n int) (tally, error) {
	return shares(n, func(share int, t *tally) error {
		from, to := len(users)*share/n, len(users)*(share+1)/n
		levels, err := f.Levels(make([]uint8, 0, to-from), c.Users(from, to))
		for i, level := range levels {
			t.add(users[from+i], level)
		}
		return err
	})
}

// ofLog groups the log by user, each goroutine a stretch of it, and finds the
// levels, each goroutine a share of the users.
func ofLog(f funnel.Funnel, e *events, n int) (tally, error) {
	logs := make([]*funnel.Log[uint32], n)
	if _, err := shares(n, func(share int, _ *tally) error {
		from, to := len(e.at)*share/n, len(e.at)*(share+1)/n
		logs[share] = &funnel.Log[uint32]{Tick: time.Second}
		return logs[share].Add(e.user[from:to], e.at[from:to], e.code[from:to])
	}); err != nil {
		return tally{}, err
	}
	for _, other := range logs[1:] {
		if err := logs[0].Merge(other); err != nil {
			return tally{}, err
		}
	}
	return shares(n, func(share int, t *tally) error { return logs[0].Levels(f, share, n, t.add) })
}

// ofEvents counts events of a host's own type, grouped by user: levels, and with
// them the times that a report has.
func ofEvents(f funnel.Funnel, clicks []click, offsets []int, n int) (tally, error) {
	source := funnel.Source[click, uint32]{
		At:   func(c click) time.Time { return c.At },
		Name: func(c click) string { return c.Name },
	}
	return shares(n, func(share int, t *tally) error {
		counter, err := funnel.NewCounter(f, source)
		if err != nil {
			return err
		}
		users := len(offsets) - 1
		for u := users * share / n; u < users*(share+1)/n; u++ {
			if err := counter.Add(clicks[offsets[u]:offsets[u+1]]); err != nil {
				return err
			}
		}
		counts := counter.Counts()
		total := counts.Total(funnel.Everybody)
		t.levels[0] = int(counts.NotEntered)
		for k, reached := range total.Reached {
			t.levels[k+1] = int(reached)
			if k+1 < len(total.Reached) {
				t.levels[k+1] -= int(total.Reached[k+1])
			}
		}
		return nil
	})
}
