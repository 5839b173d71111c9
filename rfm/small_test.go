package rfm_test

import (
	"iter"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/rfm"
)

// march returns the noon of a day of March 2026, or of the months after it.
func march(n int) time.Time { return time.Date(2026, 3, n, 12, 0, 0, 0, time.UTC) }

// cash returns a decimal from its text.
func cash(text string) decimal.Decimal { return decimal.RequireFromString(text) }

// ordered returns the record of a customer who last ordered on a day of March.
func ordered(last, orders int, spend string) rfm.Record {
	return rfm.Record{First: march(1), Last: march(last), Orders: orders, Spend: cash(spend)}
}

// shopOf returns a customer for each day, 1 up, who ordered as often on
// as many days and spent ten on each.
func shopOf(days ...int) iter.Seq2[int, rfm.Record] {
	return func(yield func(int, rfm.Record) bool) {
		for i, n := range days {
			if !yield(i+1, rfm.Record{First: march(1), Last: march(n), Orders: n, Spend: decimal.NewFromInt(int64(10 * n))}) {
				return
			}
		}
	}
}
