package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars/examples/bench/internal/peers"
	"github.com/regulars-go/regulars/rfm"
)

// answers are what the peers agreed on.
type answers struct {
	AsOf     int64 `json:"as_of"`
	Checksum int64 `json:"checksum_days"`
	Cells    struct {
		Days [][4]int `json:"days"`
	} `json:"cells"`
}

func readAnswers(path string) (*answers, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%w; the peers' rfm.mjs writes it", err)
	}
	var a answers
	return &a, json.Unmarshal(data, &a)
}

// measure times the tasks with n goroutines and checks what came out.
func measure(sheet *peers.Sheet, o *peers.Orders, want *answers, n int) error {
	before := liveHeap()
	asOf := time.Unix(want.AsOf, 0).UTC()
	var tally *rfm.Tally[int32]
	var table *rfm.Table[int32]
	var scores []rfm.Score
	var cells [][4]int
	var failed error
	try := func(err error) { failed = errors.Join(failed, err) }

	aggregate := func() (err error) { tally, err = tallyUp(o, n); return err }
	columns := func() (err error) { table, err = tally.Table(asOf); return err }
	score := func() error {
		model, err := table.Fit(rfm.Quantiles(5))
		if err != nil {
			return err
		}
		scores, err = table.Scores(model)
		return err
	}
	count := func() { cells = countCells(scores) }
	timed := func(task, source string, rows int, f func()) {
		try(sheet.Time(peers.Line{Task: task, Source: source, Rows: rows, Threads: n}, f))
	}

	timed("rfm_aggregate", "memory/time", len(o.At), func() { try(aggregate()) })
	timed("rfm_table", "memory", tally.Len(), func() { try(columns()) })
	timed("rfm_score_days", "memory", tally.Len(), func() { try(score()) })
	timed("rfm_cells", "memory", tally.Len(), count)
	timed("rfm_total", "memory/time", len(o.At), func() {
		try(aggregate())
		try(columns())
		try(score())
		count()
	})
	if failed != nil {
		return failed
	}
	after := liveHeap()
	runtime.KeepAlive(tally)
	runtime.KeepAlive(table)
	runtime.KeepAlive(scores)
	heap := peers.Line{Task: "rfm_heap", Source: "memory/time", Rows: table.Len(), Threads: n}
	heap.BytesPerCustomer = math.Round(10*float64(after-before)/float64(table.Len())) / 10
	if err := sheet.Print(heap); err != nil {
		return err
	}
	if diff := cmp.Diff(want.Cells.Days, cells); diff != "" {
		return fmt.Errorf("cells differ from the peers' (-peers +regulars):\n%s", diff)
	}
	var checksum int64
	for i, s := range scores {
		checksum += int64(table.Customer[i]) * int64(100*int(s.R)+10*int(s.F)+int(s.M))
	}
	if checksum != want.Checksum {
		return fmt.Errorf("checksum %d, the peers have %d", checksum, want.Checksum)
	}
	return nil
}

// tallyUp adds the orders up on n goroutines, each for a share of the customers.
func tallyUp(o *peers.Orders, n int) (*rfm.Tally[int32], error) {
	tallies := make([]*rfm.Tally[int32], n)
	failed := make([]error, n)
	columns := rfm.Columns[int32]{Customer: o.Customer, At: o.At, Amount: o.Cents, Places: 2}
	var wait sync.WaitGroup
	for i := range n {
		tallies[i] = &rfm.Tally[int32]{}
		wait.Go(func() { failed[i] = tallies[i].AddShare(columns, i, n) })
	}
	wait.Wait()
	for _, tally := range tallies[1:] {
		failed = append(failed, tallies[0].Merge(tally))
	}
	return tallies[0], errors.Join(failed...)
}

// countCells counts the customers of each cell that has any, in the order of
// the scores.
func countCells(scores []rfm.Score) [][4]int {
	var counts [6][6][6]int
	for _, s := range scores {
		counts[s.R][s.F][s.M]++
	}
	var cells [][4]int
	for r := range counts {
		for f := range counts[r] {
			for m, n := range counts[r][f] {
				if n > 0 {
					cells = append(cells, [4]int{r, f, m, n})
				}
			}
		}
	}
	return cells
}
