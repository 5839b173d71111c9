package rfm_test

import (
	"math/big"
	"slices"
	"testing"
	"time"
	_ "time/tzdata" // the same zones on every machine

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/rfm"
)

// This file has what several tests draw and compare with.

// dec reads a decimal that the test itself has written.
func dec(text string) decimal.Decimal { return decimal.RequireFromString(text) }

func nullDec(text string) decimal.NullDecimal { return decimal.NewNullDecimal(dec(text)) }

// diff compares decimals and times by value, since go-cmp uses their Equal.
func diff(want, got any) string { return cmp.Diff(want, got) }

func zone(t interface{ Fatal(...any) }, name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// at reads an instant such as 2026-03-08 23:59 in a zone.
func at(t interface{ Fatal(...any) }, text string, loc *time.Location) time.Time {
	for _, layout := range []string{time.DateOnly, "2006-01-02 15:04", time.DateTime, "2006-01-02 15:04:05.000000"} {
		if found, err := time.ParseInLocation(layout, text, loc); err == nil {
			return found
		}
	}
	t.Fatal("not a time: " + text)
	return time.Time{}
}

// purchase is an order and who made it.
type purchase struct {
	ID    string
	Order rfm.Order
}

var epoch = time.Unix(0, 0).UTC()

// zones have clocks that move, moved, or stay.
var zones = []string{"UTC", "America/New_York", "Asia/Shanghai", "America/Sao_Paulo", "Pacific/Apia"}

// instants draws microseconds, most of them within a second of a local
// midnight or around a day of 23 or 25 hours.
func instants(t *rapid.T, loc *time.Location) time.Time {
	day := rapid.SampledFrom([]time.Time{
		time.Date(2026, 3, 8, 0, 0, 0, 0, loc),   // 23 hours in New York
		time.Date(2026, 11, 1, 0, 0, 0, 0, loc),  // 25 hours in New York
		time.Date(1991, 4, 14, 0, 0, 0, 0, loc),  // 23 hours in Shanghai
		time.Date(1991, 9, 15, 0, 0, 0, 0, loc),  // 25 hours in Shanghai
		time.Date(2018, 11, 4, 0, 0, 0, 0, loc),  // no midnight in São Paulo
		time.Date(2011, 12, 31, 0, 0, 0, 0, loc), // the day before was left out in Apia
		time.Date(1969, 12, 31, 0, 0, 0, 0, loc), // before 1970, where division rounds up
	}).Draw(t, "day").AddDate(0, 0, rapid.IntRange(-2, 2).Draw(t, "days off"))
	switch rapid.IntRange(0, 2).Draw(t, "time of day") {
	case 0:
		return day.Add(time.Duration(rapid.IntRange(-2, 2).Draw(t, "microseconds from midnight")) * time.Microsecond)
	case 1:
		return day.Add(time.Duration(rapid.IntRange(0, 24*60).Draw(t, "minutes from midnight")) * time.Minute)
	}
	return day.Add(time.Duration(rapid.Int64Range(0, 86400e6).Draw(t, "microseconds")) * time.Microsecond)
}

// sums draws money of zero or more: mostly cents, but also many places, zeros
// behind, and what 64 bits can't hold or can hold but not add.
func sums(t *rapid.T, label string) decimal.Decimal {
	switch rapid.IntRange(0, 7).Draw(t, label+" kind") {
	case 0:
		return decimal.Zero
	case 1:
		return decimal.New(rapid.Int64Range(0, 1e9).Draw(t, label), rapid.Int32Range(-18, 18).Draw(t, label+" exponent"))
	case 2:
		units := big.NewInt(rapid.Int64Range(1, 1<<62).Draw(t, label))
		return decimal.NewFromBigInt(units.Mul(units, big.NewInt(1e15)), rapid.Int32Range(-18, 0).Draw(t, label+" exponent"))
	case 3:
		return decimal.New(rapid.Int64Range(1<<60, 1<<63-1).Draw(t, label), -2)
	}
	return decimal.New(rapid.Int64Range(0, 5000).Draw(t, label), -2)
}

// orders draws all kinds of them: given away, refunded in part, in full, too
// much, and refunds that know no order.
func orders(t *rapid.T, loc *time.Location) rfm.Order {
	o := rfm.Order{At: instants(t, loc), Amount: sums(t, "amount")}
	switch rapid.IntRange(0, 5).Draw(t, "refund") {
	case 0:
		o.Refunded = o.Amount
	case 1:
		o.Refunded = sums(t, "refunded")
	case 2:
		o.Refunded = o.Amount.Mul(dec("0.5")).Truncate(max(0, -o.Amount.Exponent()))
	case 3:
		o.Amount = o.Amount.Neg()
	}
	return o
}

func purchases(t *rapid.T, loc *time.Location) []purchase {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) purchase {
		return purchase{rapid.SampledFrom([]string{"ann", "bob", "cy", "dee", "eve", "joe"}).Draw(t, "customer"), orders(t, loc)}
	}), 0, 25).Draw(t, "purchases")
}

// tallyOf adds purchases one by one.
func tallyOf(t interface{ Fatal(...any) }, loc *time.Location, until time.Time, list []purchase) *rfm.Tally[string] {
	tally := &rfm.Tally[string]{Zone: loc, Until: until}
	for _, p := range list {
		if err := tally.Add(p.ID, p.Order); err != nil {
			t.Fatal(err)
		}
	}
	return tally
}

func bytesOf(t interface{ Fatal(...any) }, tally interface{ MarshalBinary() ([]byte, error) }) []byte {
	data, err := tally.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// naiveDate is the local date of an instant as a number of days, by way of the
// text that the clock shows.
func naiveDate(t time.Time, loc *time.Location) int {
	date, err := time.Parse(time.DateOnly, t.In(loc).Format(time.DateOnly))
	if err != nil {
		panic(err)
	}
	return int(date.Unix() / 86400)
}

// populations draws a table with many ties, of 1 to most customers.
func populations(t *rapid.T, most int) *rfm.Table[int] {
	n := rapid.IntRange(1, most).Draw(t, "customers")
	table := &rfm.Table[int]{
		AsOf:   time.Date(2026, 6, 30, 12, 0, 0, 0, time.UTC),
		Places: rapid.SampledFrom([]int{2, 0, 4, 18}).Draw(t, "places"),
	}
	days := rapid.Int32Range(0, rapid.SampledFrom([]int32{3, 30, 400}).Draw(t, "most days"))
	count := rapid.Uint32Range(1, rapid.SampledFrom([]uint32{1, 3, 20, 1<<31 - 1}).Draw(t, "most orders"))
	least := rapid.SampledFrom([]int64{0, -100, -1<<63 + 1}).Draw(t, "least money")
	money := rapid.Int64Range(least, rapid.SampledFrom([]int64{5, 1000, 1<<63 - 1}).Draw(t, "most money"))
	for i := range n {
		table.Customer = append(table.Customer, i)
		table.Recency = append(table.Recency, days.Draw(t, "days"))
		table.Frequency = append(table.Frequency, count.Draw(t, "orders"))
		table.Monetary = append(table.Monetary, money.Draw(t, "money"))
	}
	return table
}

// record is row i of a table as a record.
func record(table *rfm.Table[int], i int) rfm.Record {
	last := table.AsOf.AddDate(0, 0, -int(table.Recency[i]))
	r := rfm.Record{First: last, Last: last, Orders: int(table.Frequency[i])}
	if net := table.Net(i); net.Sign() < 0 {
		r.Refunded = net.Neg()
	} else {
		r.Spend = net
	}
	return r
}

// mustFit fits what must be fittable.
func mustFit(t interface{ Fatal(...any) }, table *rfm.Table[int], b rfm.Binning) rfm.Model {
	m, err := table.Fit(b)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func mustScore(t interface{ Fatal(...any) }, table *rfm.Table[int], m rfm.Model) []rfm.Score {
	scores, err := table.Scores(m)
	if err != nil {
		t.Fatal(err)
	}
	return scores
}

// rats are the values of one metric as fractions.
func rats[T any](values []T, rat func(i int) *big.Rat) []*big.Rat {
	list := make([]*big.Rat, len(values))
	for i := range values {
		list[i] = rat(i)
	}
	return list
}

func metrics(table *rfm.Table[int]) (recency, frequency, monetary []*big.Rat) {
	recency = rats(table.Recency, func(i int) *big.Rat { return big.NewRat(int64(table.Recency[i]), 1) })
	frequency = rats(table.Frequency, func(i int) *big.Rat { return big.NewRat(int64(table.Frequency[i]), 1) })
	monetary = rats(table.Monetary, func(i int) *big.Rat { return table.Net(i).Rat() })
	return recency, frequency, monetary
}

// naiveQuantile is the definition of Hyndman and Fan's type 7 in fractions:
// sort, and go (N-1)k/n steps from the first value.
func naiveQuantile(values []*big.Rat, k, n int) *big.Rat {
	sorted := slices.SortedFunc(slices.Values(values), (*big.Rat).Cmp)
	h := big.NewRat(int64((len(sorted)-1)*k), int64(n))
	index := int(new(big.Int).Quo(h.Num(), h.Denom()).Int64())
	part := new(big.Rat).Sub(h, big.NewRat(int64(index), 1))
	if part.Sign() == 0 {
		return sorted[index]
	}
	step := new(big.Rat).Sub(sorted[index+1], sorted[index])
	return step.Mul(step, part).Add(step, sorted[index])
}

// binnings draws one of any method, with any side and reserve.
func binnings(t *rapid.T) rfm.Binning {
	return rfm.Binning{
		Recency:   scales(t, "recency"),
		Frequency: scales(t, "frequency"),
		Monetary:  scales(t, "monetary"),
		Nested:    rapid.IntRange(0, 2).Draw(t, "nested") == 0,
	}
}

func scales(t *rapid.T, label string) rfm.Scale {
	s := rfm.Scale{
		Method: rapid.SampledFrom([]rfm.Method{rfm.MethodQuantile, rfm.MethodQuantileR, rfm.MethodMean, rfm.MethodMedian, rfm.MethodTop, rfm.MethodFixed}).Draw(t, label+" method"),
		Equal:  rapid.SampledFrom([]rfm.Side{"", rfm.Below, rfm.Above}).Draw(t, label+" equal"),
	}
	switch s.Method {
	case rfm.MethodQuantile:
		s.Scores = rapid.IntRange(2, 6).Draw(t, label+" scores")
		if s.Scores > 2 && rapid.Bool().Draw(t, label+" has reserve") {
			s.Reserve = decimal.NewNullDecimal(decimal.New(rapid.Int64Range(0, 30).Draw(t, label+" reserve"), 0))
		}
	case rfm.MethodQuantileR:
		s.Scores = rapid.IntRange(2, 6).Draw(t, label+" scores")
	case rfm.MethodTop:
		if s.Count = rapid.IntRange(0, 20).Draw(t, label+" count"); s.Count == 0 {
			s.Share = decimal.New(rapid.Int64Range(1, 99).Draw(t, label+" share"), -2)
		}
	case rfm.MethodFixed:
		cuts := rapid.SliceOfN(rapid.Int64Range(-50, 500), 1, 5).Draw(t, label+" cuts")
		slices.Sort(cuts)
		for _, cut := range cuts {
			s.At = append(s.At, decimal.New(cut, -rapid.Int32Range(0, 1).Draw(t, label+" places")))
		}
		slices.SortFunc(s.At, decimal.Decimal.Cmp)
	}
	return s
}

// The naive local date counts dates one by one, whatever the clocks
// do; otherwise the tests that compare with it would prove nothing.
func TestNaiveDate(t *testing.T) {
	newYork := zone(t, "America/New_York")
	before := naiveDate(at(t, "2026-03-07 23:59", newYork), newYork)
	after := naiveDate(at(t, "2026-03-09 00:00", newYork), newYork)
	if after-before != 2 {
		t.Errorf("%d dates from 7 to 9 March, want 2", after-before)
	}
}
