package main

import (
	"time"

	"github.com/regulars-go/regulars/rfm"
)

// past is how the customers stood on the earlier day of -since.
type past struct {
	tally *rfm.Tally[string]
	model rfm.Model
}

// migrate compares the segments with those of an earlier day. Each day is cut
// by its own quantiles, so that the migration can say what of it is the cuts'.
func (a *analysis) migrate() error {
	if a.in.since.IsZero() {
		return nil
	}
	orders, err := rfm.Consolidate(a.in.rows, a.in.rowPolicy(a.in.since))
	if err != nil {
		return err
	}
	tally, err := orders.Tally()
	if err != nil {
		return err
	}
	model, err := rfm.Fit(tally.All(), a.in.since, rfm.Quantiles(scores))
	if err != nil {
		return a.noOrders(err, a.in.since)
	}
	a.before = &past{tally, model}
	a.migration, err = rfm.Migrate(
		rfm.Snapshot[string]{AsOf: a.in.since, Customers: tally.All(), Label: rfm.SegmentLabels(model, a.grid)},
		rfm.Snapshot[string]{AsOf: a.in.asOf, Customers: a.tally.All(), Label: rfm.SegmentLabels(a.model, a.grid)},
	)
	return err
}

// path is how one customer came from the earlier day's segment to today's.
func (a *analysis) path(id string) rfm.Path {
	was, _ := a.before.tally.Record(id)
	is, _ := a.tally.Record(id)
	then, now := rfm.SegmentLabels(a.before.model, a.grid), rfm.SegmentLabels(a.model, a.grid)
	return rfm.Path{
		Before: then(was, a.in.since), Aged: then(was, a.in.asOf),
		Acted: then(is, a.in.asOf), After: now(is, a.in.asOf),
	}
}

func (a *analysis) migrationSection() *migrationSection {
	if a.migration == nil {
		return nil
	}
	return &migrationSection{
		From: a.in.since.Format(time.DateOnly), To: a.in.asOf.Format(time.DateOnly),
		Summary: a.migration.Summary(), Flows: a.migration.Flows(), Cells: a.migration.Cells(),
	}
}
