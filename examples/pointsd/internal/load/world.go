package load

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// world is what all clients share.
type world struct {
	plan  *Plan
	fleet *fleet
	http  *http.Client

	answered  atomic.Int64 // commands, done or refused
	replayed  atomic.Int64
	reads     atomic.Int64
	retries   atomic.Int64
	milestone chan struct{} // one for each part of the run
	calm      atomic.Bool   // no process will be ended any more
	killed    int
	stopped   int
	took      time.Duration

	clients []*client
}

func newWorld(p *Plan, f *fleet) *world {
	w := &world{
		plan: p, fleet: f, milestone: make(chan struct{}, p.Kills+1),
		http: &http.Client{
			Timeout:   20 * time.Second,
			Transport: &http.Transport{MaxIdleConnsPerHost: p.Clients},
		},
	}
	for i := range p.Clients {
		w.clients = append(w.clients, newClient(w, i))
	}
	return w
}

// work lets the clients work, and ends processes meanwhile.
func (w *world) work(running context.Context) error {
	ctx, cancel := context.WithCancelCause(running)
	defer cancel(nil)
	var all sync.WaitGroup
	for _, c := range w.clients {
		all.Go(func() {
			if err := c.work(ctx); err != nil {
				cancel(fmt.Errorf("load: client %d: %w", c.number, err))
			}
		})
	}
	all.Go(func() {
		// Processes outlive the work, so they are started with the outer context.
		if err := w.disturb(running, ctx.Done()); err != nil {
			cancel(err)
		}
	})
	all.Wait()
	return context.Cause(ctx)
}

// over reports whether enough was done.
func (w *world) over() bool { return w.calm.Load() && w.answered.Load() >= w.plan.Commands }

// count counts an answer, and says when a part of the run is over.
func (w *world) count() {
	n := w.answered.Add(1)
	parts := int64(w.plan.Kills + 1)
	if n <= w.plan.Commands && n*parts/w.plan.Commands > (n-1)*parts/w.plan.Commands {
		w.milestone <- struct{}{}
	}
}

// disturb ends a process at the end of each part but the last. Clients go on
// until it has.
func (w *world) disturb(ctx context.Context, failed <-chan struct{}) error {
	for i := range w.plan.Kills {
		select {
		case <-w.milestone:
		case <-failed:
			return nil
		}
		replica := i / 2 % w.plan.Replicas
		var err error
		if i%2 == 0 {
			w.plan.Say("kill -9 of replica %d after %d commands", replica, w.answered.Load())
			w.killed++
			err = w.fleet.crash(ctx, replica)
		} else {
			w.plan.Say("stop of replica %d after %d commands", replica, w.answered.Load())
			w.stopped++
			err = w.fleet.restart(ctx, replica)
		}
		if err != nil {
			return err
		}
	}
	w.calm.Store(true)
	return nil
}

func (w *world) report() Report {
	r := Report{Replayed: w.replayed.Load(), Reads: w.reads.Load(), Retries: w.retries.Load(), Killed: w.killed, Stopped: w.stopped, Took: w.took}
	for _, c := range w.clients {
		for _, s := range c.sent {
			if s.problem == "" {
				r.Done++
			} else {
				r.Rejected++
			}
		}
	}
	return r
}
