package rfm_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/rfm"
)

// Which orders are taken, and what each counts for: an order, its spend, and
// what was given back.
func TestOrder(t *testing.T) {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		name  string
		order rfm.Order
		want  rfm.Record
	}{
		{"plain", rfm.Order{At: noon, Amount: dec("12.50")}, rfm.Record{First: noon, Last: noon, Orders: 1, Spend: dec("12.5")}},
		{"given away", rfm.Order{At: noon}, rfm.Record{First: noon, Last: noon, Orders: 1}},
		{"refunded in part", rfm.Order{At: noon, Amount: dec("10"), Refunded: dec("9.99")}, rfm.Record{First: noon, Last: noon, Orders: 1, Spend: dec("10"), Refunded: dec("9.99")}},
		{"refunded in full", rfm.Order{At: noon, Amount: dec("10"), Refunded: dec("10.00")}, rfm.Record{Spend: dec("10"), Refunded: dec("10")}},
		{"refunded too much", rfm.Order{At: noon, Amount: dec("10"), Refunded: dec("12")}, rfm.Record{Spend: dec("10"), Refunded: dec("12")}},
		{"given away, then refunded", rfm.Order{At: noon, Refunded: dec("3")}, rfm.Record{Refunded: dec("3")}},
		{"bare refund", rfm.Order{At: noon, Amount: dec("-4")}, rfm.Record{Refunded: dec("4")}},
		{"first instant", rfm.Order{At: time.Time{}.Add(time.Microsecond)}, rfm.Record{First: time.Time{}.Add(time.Microsecond), Last: time.Time{}.Add(time.Microsecond), Orders: 1}},
		{"last instant", rfm.Order{At: time.Date(10000, 1, 1, 0, 0, 0, -1000, time.UTC)}, rfm.Record{First: time.Date(10000, 1, 1, 0, 0, 0, -1000, time.UTC), Last: time.Date(10000, 1, 1, 0, 0, 0, -1000, time.UTC), Orders: 1}},
		{"36 digits", rfm.Order{At: noon, Amount: decimal.New(1, 18).Mul(dec("123456789012345678"))}, rfm.Record{First: noon, Last: noon, Orders: 1, Spend: dec("123456789012345678000000000000000000")}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var tally rfm.Tally[int]
			if err := tally.Add(7, tt.order); err != nil {
				t.Fatal(err)
			}
			got, _ := tally.Record(7)
			if diff := diff(tt.want, got); diff != "" {
				t.Errorf("record (-want +got):\n%s", diff)
			}
		})
	}
}

// An order that makes no sense is refused with its customer and the value, and
// changes nothing.
func TestOrderRefused(t *testing.T) {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		name  string
		id    string
		order rfm.Order
		want  string
	}{
		{"no time", "ann", rfm.Order{Amount: dec("1")}, "rfm: order of customer ann: has no time"},
		{"year 0", "ann", rfm.Order{At: time.Date(0, 12, 31, 0, 0, 0, 0, time.UTC)}, "at -62135683200 seconds since 1970: want the years 1 to 9999"},
		{"year 10000", "ann", rfm.Order{At: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)}, "at 253402300800 seconds since 1970: want the years 1 to 9999"},
		{"too many digits", "ann", rfm.Order{At: noon, Amount: dec("1234567890123456789012345678901234567")}, "amount has 37 digits"},
		{"hostile exponent", "ann", rfm.Order{At: noon, Amount: decimal.New(1, 1<<31-1)}, "exponent 2147483647"},
		{"hostile exponent of the refund", "ann", rfm.Order{At: noon, Refunded: decimal.New(1, -1<<31)}, "refunded amount has exponent -2147483648"},
		{"negative refund", "ann", rfm.Order{At: noon, Amount: dec("5"), Refunded: dec("-1")}, "refunded amount is -1: want zero or more"},
		{"refund of a refund", "ann", rfm.Order{At: noon, Amount: dec("-5"), Refunded: dec("1")}, "amount is -5 with 1 refunded"},
		{"nobody", "", rfm.Order{At: noon}, "customer has an empty ID"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var tally rfm.Tally[string]
			err := tally.Add(tt.id, tt.order)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Add = %v, want %q", err, tt.want)
			}
			if tally.Len() != 0 {
				t.Errorf("%d customers after an error", tally.Len())
			}
		})
	}
}

func ExampleOrder_Counts() {
	for _, o := range []rfm.Order{
		{Amount: cash("40"), Refunded: cash("39.99")}, // a cent was kept
		{Amount: cash("40"), Refunded: cash("40")},    // given back in full
		{},                    // a gift
		{Amount: cash("-15")}, // a refund of no known order
	} {
		fmt.Print(o.Counts(), " ")
	}
	// Output: true false true false
}
