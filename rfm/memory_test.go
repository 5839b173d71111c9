package rfm_test

import (
	"runtime"
	"testing"
	"time"

	"github.com/regulars-go/regulars/rfm"
)

// liveHeap returns what is in use once all garbage is gone.
func liveHeap() uint64 {
	runtime.GC()
	runtime.GC() // what had a finalizer or stood in a pool
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// A tally, its table and the scores take at most 100 bytes a customer
// together, beside the caller's own columns.
func TestMemory(t *testing.T) {
	const customers = 1_000_000
	c := rfm.Columns[int32]{Customer: make([]int32, 2*customers), At: make([]int64, 2*customers), Amount: make([]int64, 2*customers), Places: 2}
	for i := range c.Customer {
		c.Customer[i] = int32(i%customers) * 1_640_531_527 // odd, so that all are different
		c.At[i], c.Amount[i] = int64(i), int64(i%10_000)
	}
	before := liveHeap()
	var tally rfm.Tally[int32]
	if err := tally.AddColumns(c); err != nil {
		t.Fatal(err)
	}
	table, err := tally.Table(time.Unix(1<<31, 0))
	if err != nil {
		t.Fatal(err)
	}
	model, err := table.Fit(rfm.Quantiles(5))
	if err != nil {
		t.Fatal(err)
	}
	scores, err := table.Scores(model)
	if err != nil {
		t.Fatal(err)
	}
	after := liveHeap()
	if len(scores) != customers || tally.Len() != customers {
		t.Fatalf("%d scores of %d customers", len(scores), tally.Len())
	}
	bytes := float64(after-before) / customers
	t.Logf("%.1f bytes a customer", bytes)
	if bytes > 100 || bytes < 40 { // less would mean that something was collected already
		t.Errorf("%.1f bytes a customer, want 40 to 100", bytes)
	}
	runtime.KeepAlive(c)
	runtime.KeepAlive(&tally)
	runtime.KeepAlive(table)
	runtime.KeepAlive(scores)
}
