package loyalty

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Checkup makes a check-up of the newest version of the program from the
// journals and the stock in the store. Journals, Gone and a zero AsOf of the
// evidence are filled in; all else is as the host says. What is due and was not
// written yet is not in a journal: sweep first, so that points count as expired
// that are.
func (e *Engine) Checkup(ctx context.Context, now time.Time, ev Evidence) (CheckupReport, error) {
	if ev.AsOf.IsZero() {
		ev.AsOf = now
	}
	c := e.rules.newest()
	var err error
	if ev.Gone, err = e.gone(ctx, c); err != nil {
		return CheckupReport{}, err
	}
	var failed error
	stop := errors.New("stopped")
	ev.Journals = func(yield func(string, []Event) bool) {
		failed = e.journals(ctx, func(member string, events []Event) error {
			if !yield(member, events) {
				return stop
			}
			return nil
		})
	}
	report, err := Checkup(c.program, ev)
	if failed != nil && !errors.Is(failed, stop) {
		return CheckupReport{}, failed
	}
	return report, err
}

// gone loads how many of each reward with a stock are gone.
func (e *Engine) gone(ctx context.Context, c *compiled) (map[string]int64, error) {
	var ids []CounterID
	var names []string
	for i := range c.rewards {
		if p := &c.rewards[i]; p.Stock != nil {
			ids, names = append(ids, stockOf(e.rules.program, p)), append(names, p.Name)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	_, values, err := e.store.Load(ctx, nil, ids)
	if err != nil {
		return nil, fmt.Errorf("loyalty: load: %w", err)
	}
	gone := map[string]int64{}
	for i := range values {
		gone[names[i]] = values[i]
	}
	return gone, nil
}
