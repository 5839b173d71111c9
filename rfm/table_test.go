package rfm_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/rfm"
)

// Property: a tally's table has the metrics of everyone with an order, in
// ascending order of ID, and so has one made of its records.
func TestTableAgainstKeepingAllOrders(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		loc := zone(t, rapid.SampledFrom(zones).Draw(t, "zone"))
		asOf := instants(t, loc).AddDate(0, 0, 1)
		list := purchases(t, loc)
		tally, naive := tallyOf(t, loc, asOf, list), naiveTallyOf(loc, asOf, list)
		table, err := tally.Table(asOf)
		if err != nil {
			t.Fatal(err)
		}
		byRecord, err := rfm.NewTable(tally.All(), asOf)
		if err != nil {
			t.Fatal(err)
		}
		i := 0
		for id := range tally.All() {
			want := naive.record(id)
			if want.Orders == 0 {
				continue
			}
			days := naiveDate(asOf, loc) - naiveDate(want.Last, loc)
			for _, got := range []*rfm.Table[string]{table, byRecord} {
				if got.Customer[i] != id || int(got.Recency[i]) != days || int(got.Frequency[i]) != want.Orders || !got.Net(i).Equal(want.Spend.Sub(want.Refunded)) {
					t.Fatalf("row %d is %s: %d days, %d orders, %v; want %s: %d days, %+v", i, got.Customer[i], got.Recency[i], got.Frequency[i], got.Net(i), id, days, want)
				}
			}
			if got, ok := want.Recency(asOf); !ok || got != days {
				t.Fatalf("Recency = %d, %t, want %d", got, ok, days)
			}
			i++
		}
		for _, got := range []*rfm.Table[string]{table, byRecord} {
			if got.Len() != i || got.Prospects != tally.Len()-i || !got.AsOf.Equal(asOf) {
				t.Fatalf("%d rows and %d prospects as of %v, want %d and %d as of %v", got.Len(), got.Prospects, got.AsOf, i, tally.Len()-i, asOf)
			}
		}
	})
}

// Recency counts local dates, not hours.
func TestRecency(t *testing.T) {
	tests := []struct {
		name, zone, last, asOf string
		days                   int
		ok                     bool
	}{
		{"same instant", "UTC", "2026-06-30 12:00", "2026-06-30 12:00", 0, true},
		{"same day", "UTC", "2026-06-30 00:00", "2026-06-30 23:59:59.999999", 0, true},
		{"two minutes over midnight", "UTC", "2026-06-29 23:59", "2026-06-30 00:01", 1, true},
		{"48 hours less a minute", "UTC", "2026-06-29 00:00", "2026-06-30 23:59", 1, true},
		{"a microsecond later than as-of", "UTC", "2026-06-30 12:00:00.000001", "2026-06-30 12:00", 0, false},
		{"over 23 hours", "America/New_York", "2026-03-08 00:00", "2026-03-09 00:00", 1, true},
		{"23 hours and a minute less", "America/New_York", "2026-03-07 23:59", "2026-03-08 23:59", 1, true},
		{"over 25 hours", "America/New_York", "2026-11-01 00:00", "2026-11-01 23:59", 0, true},
		{"a year with both", "America/New_York", "2025-07-01 00:00", "2026-07-01 00:00", 365, true},
		{"Shanghai's last summer time", "Asia/Shanghai", "1991-09-14 23:59", "1991-09-16 00:00", 2, true},
		{"Shanghai", "Asia/Shanghai", "2026-06-29 23:59", "2026-06-30 00:00", 1, true},
		{"a date that was left out", "Pacific/Apia", "2011-12-29 12:00", "2011-12-31 12:00", 2, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			loc := zone(t, tt.zone)
			r := rfm.Record{Last: at(t, tt.last, loc), Orders: 1}
			asOf := at(t, tt.asOf, loc)
			for _, seen := range []time.Time{asOf, asOf.UTC()} {
				if days, ok := r.Recency(seen); days != tt.days || ok != tt.ok {
					t.Errorf("Recency(%v) = %d, %t, want %d, %t", seen, days, ok, tt.days, tt.ok)
				}
			}
		})
	}
	if days, ok := (rfm.Record{Last: time.Unix(0, 0)}).Recency(time.Unix(0, 0)); ok {
		t.Errorf("without an order Recency = %d", days)
	}
}

// Records that a host has filled with what can't be are refused by name.
func TestNewTableRefused(t *testing.T) {
	asOf := time.Date(2026, 6, 30, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		name   string
		record rfm.Record
		asOf   time.Time
		want   string
	}{
		{"after as-of", rfm.Record{Last: asOf.Add(time.Microsecond), Orders: 1}, asOf, "last order at 2026-06-30T12:00:00Z is after the as-of time"},
		{"no last order", rfm.Record{Orders: 1}, asOf, "last order has no time"},
		{"year 0", rfm.Record{Last: time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC), Orders: 1}, asOf, "last order at -62167219200 seconds since 1970"},
		{"fewer than no orders", rfm.Record{Last: asOf, Orders: -1}, asOf, "-1 orders: want"},
		{"hostile spend", rfm.Record{Last: asOf, Orders: 1, Spend: decimal.New(1, 1e9)}, asOf, "spend: sum has exponent 1000000000"},
		{"hostile refund", rfm.Record{Last: asOf, Orders: 1, Refunded: decimal.New(1, -1e9)}, asOf, "refunded: sum has exponent -1000000000"},
		{"no as-of", rfm.Record{Last: asOf, Orders: 1}, time.Time{}, "as-of has no time"},
		{"as-of beyond all dates", rfm.Record{Last: asOf, Orders: 1}, time.Date(20_000_000, 1, 1, 0, 0, 0, 0, time.UTC), "as-of at 631076872780800 seconds since 1970"},
	}
	if many := math.MaxInt; math.MaxInt > math.MaxInt32 { // else no int is too many
		tests = append(tests, tests[0])
		tests[len(tests)-1].name, tests[len(tests)-1].want = "too many orders", "orders: want 0 to 4294967295"
		tests[len(tests)-1].record = rfm.Record{Last: asOf, Orders: many}
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			customers := func(yield func(string, rfm.Record) bool) { yield("ann", tt.record) }
			_, err := rfm.NewTable(customers, tt.asOf)
			if err == nil || !strings.HasPrefix(err.Error(), "rfm: ") || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("NewTable = %v, want %q", err, tt.want)
			}
			m := rfm.Model{AsOf: tt.asOf}
			if e := m.Explain(tt.record); m.Score(tt.record) != (rfm.Score{}) || e.Unscored == "" {
				t.Errorf("scored %v: %+v, want none", m.Score(tt.record), e)
			}
		})
	}
}

// A model without cuts, or with too few for a nested one, has no scores to give.
func TestModelWithoutCuts(t *testing.T) {
	asOf := time.Date(2026, 6, 30, 12, 0, 0, 0, time.UTC)
	r := rfm.Record{Last: asOf, Orders: 1}
	table := &rfm.Table[string]{AsOf: asOf, Customer: []string{"ann"}, Recency: []int32{0}, Frequency: []uint32{1}, Monetary: []int64{5}}
	model, err := table.Fit(rfm.Nested(2, 2, 2))
	if err != nil {
		t.Fatal(err)
	}
	short := model
	short.Monetary = short.Monetary[:3]
	for name, m := range map[string]rfm.Model{"zero": {AsOf: asOf}, "short": short} {
		if _, err := table.Scores(m); err == nil || m.Score(r) != (rfm.Score{}) || m.Explain(r).Unscored == "" {
			t.Errorf("%s model: score %v, %+v, error %v", name, m.Score(r), m.Explain(r), err)
		}
	}
	if model.Score(r) == (rfm.Score{}) {
		t.Error("the whole model has no score either")
	}
}

func TestTallyTableRefused(t *testing.T) {
	asOf := time.Date(2026, 6, 30, 12, 0, 0, 0, time.UTC)
	var tally rfm.Tally[int]
	if err := tally.Add(7, rfm.Order{At: asOf.Add(time.Microsecond)}); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		asOf time.Time
		want string
	}{
		{"after as-of", asOf, "rfm: customer 7: last order at 2026-06-30T12:00:00Z is after the as-of time 2026-06-30T12:00:00Z: tally with Until"},
		{"no as-of", time.Time{}, "rfm: as-of has no time"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := tally.Table(tt.asOf); err == nil || err.Error() != tt.want {
				t.Errorf("Table = %v, want %s", err, tt.want)
			}
		})
	}
	if table, err := tally.Table(asOf.Add(time.Microsecond)); err != nil || table.Len() != 1 {
		t.Errorf("at the very moment: %v", err)
	}
}

// A table that a host has filled is checked where it is used.
func TestTableRefused(t *testing.T) {
	good := func() *rfm.Table[int] {
		return &rfm.Table[int]{AsOf: time.Unix(0, 0), Customer: []int{8, 9}, Recency: []int32{1, 2}, Frequency: []uint32{1, 2}, Monetary: []int64{1, 2}}
	}
	tests := []struct {
		name   string
		change func(*rfm.Table[int])
		want   string
	}{
		{"short recency", func(x *rfm.Table[int]) { x.Recency = x.Recency[:1] }, "rfm: table of 2 customers, 1 recencies, 2 frequencies and 2 monetary values: want as many of each"},
		{"no money", func(x *rfm.Table[int]) { x.Monetary = nil }, "2 frequencies and 0 monetary values"},
		{"negative recency", func(x *rfm.Table[int]) { x.Recency[1] = -1 }, "rfm: customer 9 has recency -1: want zero days or more"},
		{"no order", func(x *rfm.Table[int]) { x.Frequency[0] = 0 }, "rfm: customer 8 has no order: leave them out"},
		{"least integer", func(x *rfm.Table[int]) { x.Monetary[0] = math.MinInt64 }, "rfm: customer 8 has monetary value -9223372036854775808: want at least -9223372036854775807"},
		{"places", func(x *rfm.Table[int]) { x.Places = 19 }, "rfm: table with 19 places: want 0 to 18"},
		{"no as-of", func(x *rfm.Table[int]) { x.AsOf = time.Time{} }, "rfm: table as-of has no time"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			table := good()
			tt.change(table)
			_, fit := table.Fit(rfm.Quantiles(5))
			_, scores := table.Scores(rfm.Model{})
			_, concentrate := table.Concentrate()
			for verb, err := range map[string]error{"Fit": fit, "Scores": scores, "Concentrate": concentrate} {
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("%s = %v, want %q", verb, err, tt.want)
				}
			}
		})
	}
}

// Scores name the moment they belong to: those of another are refused, and
// Model.At takes the cuts there.
func TestScoresOfAnotherMoment(t *testing.T) {
	table := &rfm.Table[int]{AsOf: time.Unix(0, 0).UTC(), Customer: []int{8}, Recency: []int32{1}, Frequency: []uint32{1}, Monetary: []int64{1}}
	m := mustFit(t, table, rfm.Quantiles(5))
	table.AsOf = table.AsOf.Add(time.Hour)
	want := "rfm: model as of 1970-01-01 00:00:00 +0000 UTC: want 1970-01-01 01:00:00 +0000 UTC, as the table is; see Model.At"
	if _, err := table.Scores(m); err == nil || err.Error() != want {
		t.Errorf("Scores = %v, want %s", err, want)
	}
	if _, err := table.Scores(m.At(table.AsOf)); err != nil {
		t.Error(err)
	}
}

// Net values that 64 bits can't hold at their places make the whole column
// wide; what comes of them is the same.
func TestTableWide(t *testing.T) {
	noon := time.Date(2026, 6, 30, 12, 0, 0, 0, time.UTC)
	amounts := []string{"9223372036854775807", "0.5", "-3", "9223372036854775807", "0.000000000000000001", "123456789012345678901234567890123456"}
	var tally rfm.Tally[int]
	want := []decimal.Decimal{}
	for id, amount := range amounts {
		for _, o := range []rfm.Order{{At: noon}, {At: noon, Amount: dec(amount)}} {
			if err := tally.Add(id, o); err != nil {
				t.Fatal(err)
			}
		}
		want = append(want, dec(amount))
	}
	table, err := tally.Table(noon)
	if err != nil {
		t.Fatal(err)
	}
	var got []decimal.Decimal
	for i := range table.Len() {
		got = append(got, table.Net(i))
	}
	if diff := diff(want, got); diff != "" {
		t.Errorf("net (-want +got):\n%s", diff)
	}
	scores := mustScore(t, table, mustFit(t, table, rfm.Quantiles(6)))
	var money []uint8
	for _, s := range scores {
		money = append(money, s.M)
	}
	if diff := diff([]uint8{4, 3, 1, 4, 2, 6}, money); diff != "" {
		t.Errorf("monetary scores (-want +got):\n%s", diff)
	}
	c, err := table.Concentrate()
	if err != nil {
		t.Fatal(err)
	}
	total := dec("123456789012345678901234567890123456").Add(dec("18446744073709551614.500000000000000001"))
	if !c.Total.Equal(total) || c.Negative != 1 {
		t.Errorf("total %v with %d below zero, want %v with 1", c.Total, c.Negative, total)
	}
}

// The least integer of 64 bits is a value like any other once it comes as
// money, and so is the greatest, also beside cuts that no integer reaches.
func TestTableLeastInteger(t *testing.T) {
	customers := func(yield func(int, rfm.Record) bool) {
		_ = yield(8, rfm.Record{Last: epoch, Orders: 1, Refunded: dec("9223372036854775808")}) &&
			yield(9, rfm.Record{Last: epoch, Orders: 2, Spend: dec("9223372036854775807")})
	}
	least, err := rfm.NewTable(customers, epoch)
	if err != nil {
		t.Fatal(err)
	}
	narrow := &rfm.Table[int]{AsOf: epoch, Customer: []int{8, 9}, Recency: []int32{0, math.MaxInt32}, Frequency: []uint32{1, math.MaxUint32}, Monetary: []int64{-math.MaxInt64, math.MaxInt64}}
	tests := []struct {
		name string
		cuts rfm.Scale
		want [2]uint8 // of the least integer and the greatest
		next uint8    // of the least but one
	}{
		{"below all", rfm.FixedAt(dec("-10000000000000000000"), dec("-9223372036854775809")), [2]uint8{3, 3}, 3},
		{"at the least", rfm.FixedAt(dec("-9223372036854775808")), [2]uint8{2, 2}, 2},
		{"at the least, equal below", rfm.Scale{Method: rfm.MethodFixed, At: []decimal.Decimal{dec("-9223372036854775808")}, Equal: rfm.Below}, [2]uint8{1, 2}, 2},
		{"just above the least", rfm.FixedAt(dec("-9223372036854775807.5")), [2]uint8{1, 2}, 2},
		{"at the least but one", rfm.FixedAt(dec("-9223372036854775807")), [2]uint8{1, 2}, 2},
		{"at the greatest", rfm.FixedAt(dec("9223372036854775807")), [2]uint8{1, 2}, 1},
		{"above all", rfm.FixedAt(dec("9223372036854775807.5"), dec("100000000000000000000")), [2]uint8{1, 1}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := rfm.Medians()
			b.Monetary = tt.cuts
			scores := mustScore(t, least, mustFit(t, least, b))
			if got := [2]uint8{scores[0].M, scores[1].M}; got != tt.want {
				t.Errorf("scores %v, want %v", got, tt.want)
			}
			m := mustFit(t, narrow, b)
			scores = mustScore(t, narrow, m)
			if got, want := [2]uint8{scores[0].M, scores[1].M}, [2]uint8{tt.next, tt.want[1]}; got != want {
				t.Errorf("scores of integers %v, want %v", got, want)
			}
			if got := m.Monetary[0].Score(least.Net(0)); got != tt.want[0] {
				t.Errorf("Cuts.Score(%v) = %d, want %d", least.Net(0), got, tt.want[0])
			}
		})
	}
}

// Property: a table, and so a model, does not depend on the order in which
// customers come, but for the order of its rows.
func TestFitInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table, b := populations(t, 20), binnings(t)
		rows := rapid.Permutation(slices.Clone(table.Customer)).Draw(t, "shuffled")
		shuffled := func(yield func(int, rfm.Record) bool) {
			for _, row := range rows {
				if !yield(row, record(table, row)) {
					return
				}
			}
		}
		want := mustFit(t, table, b)
		got, err := rfm.Fit(shuffled, table.AsOf, b)
		if err != nil {
			t.Fatal(err)
		}
		if diff := diff(want, got); diff != "" {
			t.Fatalf("model (-want +got):\n%s", diff)
		}
	})
}
