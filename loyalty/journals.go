package loyalty

import (
	"cmp"
	"context"
	"fmt"
	"slices"
)

// Recorded collects the commands of all members, in the order of their
// recording; of one instant, by member and then as the journal has them. Those
// that were erased, or refused, are not in it. It holds them all in memory.
func (e *Engine) Recorded(ctx context.Context) ([]Recorded, error) {
	type place struct {
		Recorded
		seq uint64
	}
	var all []place
	err := e.journals(ctx, func(_ string, events []Event) error {
		for i := range events {
			if c := events[i].Command; c != nil {
				all = append(all, place{Recorded{events[i].RecordedAt, *c}, events[i].Seq})
			}
		}
		return nil
	})
	slices.SortFunc(all, func(a, b place) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Command.Member, b.Command.Member), cmp.Compare(a.seq, b.seq))
	})
	list := make([]Recorded, len(all))
	for i := range all {
		list[i] = all[i].Recorded
	}
	return list, err
}

// journals calls each with the whole journal of each member, by name.
func (e *Engine) journals(ctx context.Context, each func(member string, events []Event) error) error {
	scan := Scan{Program: e.rules.program, Limit: accountPage}
	for {
		page, err := e.store.Scan(ctx, scan)
		if err != nil {
			return fmt.Errorf("loyalty: scan: %w", err)
		}
		for _, at := range page {
			events, err := e.journal(ctx, at.Member)
			if err == nil {
				err = each(at.Member, events)
			}
			if err != nil {
				return err
			}
		}
		if len(page) < scan.Limit {
			return nil
		}
		scan.After = &page[len(page)-1]
	}
}

// journal reads all entries of a member.
func (e *Engine) journal(ctx context.Context, member string) (all []Event, err error) {
	for {
		after := uint64(len(all))
		events, err := e.History(ctx, member, after, verifyPage)
		if err != nil {
			return nil, err
		}
		if all = append(all, events...); len(events) < verifyPage {
			return all, nil
		}
	}
}
