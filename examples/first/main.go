// First is the program at the top of the README.
package main

import (
	"fmt"
	"time"

	"github.com/regulars-go/regulars/rfm"
	"github.com/shopspring/decimal"
)

func main() {
	tally, asOf := rfm.Tally[string]{}, time.Date(2026, 6, 30, 0, 0, 0, 0, time.UTC)
	for i, buyer := range []string{"ann", "bob", "ann", "cai", "dee", "cai", "ann", "eve"} {
		tally.Add(buyer, rfm.Order{At: asOf.AddDate(0, 0, 21*(i-8)), Amount: decimal.New(4990, -2)})
	}
	model, _ := rfm.Fit(tally.All(), asOf, rfm.Quantiles(5))
	record, _ := tally.Record("cai")
	fmt.Printf("cai: %s, %s\n", rfm.Grid().Segment(model.Score(record)), model.Explain(record))
}
