package main

import (
	"time"

	"github.com/regulars-go/regulars/rfm"
)

// migrate compares the segments with those of an earlier day. Each day is cut
// by its own quantiles, so that the migration can say what of it is the cuts'.
func (a *analysis) migrate() error {
	if a.in.since.IsZero() {
		return nil
	}
	orders, err := rfm.Consolidate(a.in.rows, rfm.RowPolicy{Until: a.in.since, Zone: a.in.zone})
	if err != nil {
		return err
	}
	before, err := orders.Tally()
	if err != nil {
		return err
	}
	model, err := rfm.Fit(before.All(), a.in.since, rfm.Quantiles(scores))
	if err != nil {
		return a.noOrders(err, a.in.since)
	}
	a.migration, err = rfm.Migrate(
		rfm.Snapshot[string]{AsOf: a.in.since, Customers: before.All(), Label: rfm.SegmentLabels(model, a.grid)},
		rfm.Snapshot[string]{AsOf: a.in.asOf, Customers: a.tally.All(), Label: rfm.SegmentLabels(a.model, a.grid)},
	)
	return err
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
