package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars/examples/bench/internal/peers"
	"github.com/regulars-go/regulars/lifecycle"
)

// answers are the two tables, by the names of months.
type answers struct {
	// Growth has active, new, retained, resurrected and churned.
	Growth map[string][5]int `json:"growth"`
	// Retention has the active of a cohort in each month from its first.
	Retention map[string][]int `json:"retention"`
}

func readAnswers(path string) (*answers, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%w; duckdb.mjs writes it", err)
	}
	var a answers
	return &a, json.Unmarshal(data, &a)
}

// now is the end of the year of the orders, when all its months are over.
var now = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// measure times the tasks with n goroutines and checks what came out.
func measure(sheet *peers.Sheet, o *peers.Orders, want *answers, n int) error {
	var activity *lifecycle.Activity[int32]
	var growth []lifecycle.Growth
	var retention lifecycle.Retention
	var failed error
	try := func(err error) { failed = errors.Join(failed, err) }

	collect := func() (err error) { activity, err = activityOf(o, n); return err }
	grow := func() (err error) {
		growth, err = activity.Growth(now, lifecycle.GrowthOptions[int32]{})
		return err
	}
	retain := func() (err error) {
		retention, err = activity.Retention(now, lifecycle.RetentionOptions[int32]{})
		return err
	}
	timed := func(task, source string, f func()) {
		try(sheet.Time(peers.Line{Task: task, Source: source, Rows: len(o.At), Threads: n}, f))
	}
	timed("lifecycle_activity", "memory/time", func() { try(collect()) })
	timed("lifecycle_growth", "memory", func() { try(grow()) })
	timed("lifecycle_retention", "memory", func() { try(retain()) })
	timed("lifecycle_total", "memory/time", func() {
		try(collect())
		try(grow())
		try(retain())
	})
	if failed != nil {
		return failed
	}
	got, err := answersOf(growth, retention)
	if err != nil {
		return err
	}
	if diff := cmp.Diff(want, got); diff != "" {
		return fmt.Errorf("answers differ from the peer's (-peer +regulars):\n%s", diff)
	}
	return nil
}

// activityOf adds the orders on n goroutines, each with a stretch of the log.
func activityOf(o *peers.Orders, n int) (*lifecycle.Activity[int32], error) {
	activities := make([]*lifecycle.Activity[int32], n)
	failed := make([]error, n)
	var wait sync.WaitGroup
	for i := range n {
		from, to := len(o.At)*i/n, len(o.At)*(i+1)/n
		activities[i] = &lifecycle.Activity[int32]{}
		wait.Go(func() {
			failed[i] = activities[i].AddColumns(lifecycle.Columns[int32]{Customer: o.Customer[from:to], At: o.At[from:to]})
		})
	}
	wait.Wait()
	for i := 1; i < n; i++ {
		failed = append(failed, activities[0].Merge(activities[i]))
	}
	return activities[0], errors.Join(failed...)
}

// answersOf puts the tables into the form of the peer's. It fails if a cell is
// not over for the whole cohort, for the peer has no such cells.
func answersOf(growth []lifecycle.Growth, retention lifecycle.Retention) (*answers, error) {
	a := &answers{map[string][5]int{}, map[string][]int{}}
	for _, g := range growth {
		a.Growth[g.Name] = [5]int{g.Active, g.New, g.Retained, g.Resurrected, g.Churned}
	}
	for _, c := range retention.Cohorts {
		for k, cell := range c.Cells {
			if cell.Of != c.Size || !cell.Complete() {
				return nil, fmt.Errorf("cohort %s, month %d: %d of %d are counted", c.Name, k, cell.Of, c.Size)
			}
			a.Retention[c.Name] = append(a.Retention[c.Name], cell.Active)
		}
	}
	return a, nil
}
