package main

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/regulars-go/regulars/loyalty"
)

// Property: of two replicas that sweep at once, each entry is written by one,
// and nothing is left.
func TestSweepInReplicas(t *testing.T) {
	const members = 200
	store := loyalty.NewMemory()
	replicas := []*bench{newBench(t, func(p *parts) { p.store = store }), newBench(t, func(p *parts) { p.store = store })}
	for i := range members {
		replicas[i%2].do(fmt.Sprint("key ", i), fmt.Sprintf("m%03d", i), `"earn": {"kind": "order", "order": "o`+fmt.Sprint(i)+`", "amount": "10"}`).must(t)
	}
	var sweeps sync.WaitGroup
	written := make([]int, len(replicas))
	for i, b := range replicas {
		b.now = b.now.AddDate(0, 0, 9) // what waited for a week is due
		sweeps.Go(func() {
			_, n, err := b.service.sweepAll(t.Context())
			if err != nil {
				t.Error(err)
			}
			written[i] = n
		})
	}
	sweeps.Wait()
	if sum := written[0] + written[1]; sum != members {
		t.Errorf("%v entries were written, want %d in all", written, members)
	}
	due, err := store.Scan(t.Context(), loyalty.Scan{Program: "retailer", UpTo: replicas[0].now, Limit: 1})
	if err != nil || len(due) > 0 {
		t.Errorf("left: %v, %v", due, err)
	}
	for i := range members {
		if err := replicas[0].service.engine.Verify(t.Context(), fmt.Sprintf("m%03d", i)); err != nil {
			t.Error(err)
		}
	}
}

// The sweeper ends with its context, whether it waits or works.
func TestSweeperEnds(t *testing.T) {
	b := newBench(t)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		b.service.sweep(ctx, time.Hour)
		close(ended)
	}()
	stop()
	<-ended
	b.service.sweepOnce(ctx) // says nothing of what was interrupted
	if b.log.Len() > 0 {
		t.Errorf("it says %s", b.log.String())
	}
}
