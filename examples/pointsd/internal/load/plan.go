// Package load drives processes of pointsd with many clients at once, kills and
// restarts them meanwhile, holds every answer against what it must be, and
// audits all journals in the end. It knows the service by its routes alone.
package load

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"time"
)

// Plan says how much is done. The store must be empty.
type Plan struct {
	// Clients work at once. Each waits for its answer before it goes on.
	Clients int
	// Commands is how many must have been answered before the run ends.
	Commands int64
	// Shared is how many members all clients work on. Beside them each has one
	// of its own, whose balance it knows.
	Shared int
	// Replicas is how many processes serve the store at once.
	Replicas int
	// Kills is how often a process is ended in the middle, at equal distances:
	// in turn by SIGKILL, and by SIGTERM, after which it must end well.
	Kills int
	// Seed decides what the clients do.
	Seed uint64
	// Store is what the flag -store gets, and Command starts pointsd with flags.
	Store   string
	Command func(ctx context.Context, flags ...string) *exec.Cmd
	// Say tells what happens; nil if nobody wants to know.
	Say func(format string, args ...any)
}

// Report is what a run has seen.
type Report struct {
	Done     int64 // commands that were done
	Rejected int64 // commands that were refused, as they had to be
	Replayed int64 // answers that were given again for the same key
	Reads    int64
	Retries  int64 // requests without an answer, or with "not now"
	Killed   int   // by SIGKILL
	Stopped  int   // by SIGTERM
	Took     time.Duration

	// What the journals came to.
	Accounts, Entries int64
	Points            map[string]int64 // issued, by wallet
}

// Run does what the plan says. An error is the first answer that was not what
// it had to be, or what the audit found.
func (p Plan) Run(ctx context.Context) (Report, error) {
	if p.Clients < 1 || p.Commands < 1 || p.Shared < 2 || p.Replicas < 1 || p.Kills < 0 {
		return Report{}, errors.New("load: want at least 1 client, command and replica, 2 shared members, and kills from 0")
	}
	if p.Say == nil {
		p.Say = func(string, ...any) {}
	}
	fleet, err := startFleet(ctx, &p)
	if err != nil {
		return Report{}, err
	}
	defer fleet.kill()
	w := newWorld(&p, fleet)
	began := time.Now()
	err = w.work(ctx)
	w.took = time.Since(began)
	if err != nil {
		return w.report(), err
	}
	p.Say("%d commands answered in %s; reading all journals", w.answered.Load(), w.took.Round(time.Millisecond))
	a := newAudit(w)
	if err := a.all(ctx); err != nil {
		return w.report(), fmt.Errorf("load: audit: %w", err)
	}
	if err := fleet.stop(); err != nil {
		return w.report(), err
	}
	report := w.report()
	report.Accounts, report.Entries, report.Points = a.accounts, a.entries, a.issued
	return report, fleet.prove(ctx, a)
}
