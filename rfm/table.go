package rfm

import (
	"fmt"
	"iter"
	"math"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/exact"
)

// Table holds the three metrics of many customers as of one moment, column by
// column: what [Table.Fit] cuts and [Table.Scores] scores without touching
// anything else. Row i of all columns is one customer, who has ordered at
// least once. [Tally.Table] makes one; a host that has the metrics already can
// fill it itself.
type Table[K regulars.ID] struct {
	AsOf     time.Time
	Customer []K
	// Recency is in days, Frequency in orders.
	Recency   []int32
	Frequency []uint32
	// Monetary is in units of 10^-Places (in cents if Places is 2), above the
	// least int64; Places is from 0 to 18. It is nil in a table that was made
	// from values that 64 bits are too few for; [Table.Net] has any.
	Monetary []int64
	Places   int
	// Prospects is how many customers were left out, since they have no order.
	Prospects int

	// wide takes the place of Monetary where 64 bits are too few.
	wide []decimal.Decimal
}

// Table returns the metrics of all customers with an order, in ascending order
// of ID. It is an error if one ordered later than asOf; see [Tally.Until].
func (t *Tally[K]) Table(asOf time.Time) (*Table[K], error) {
	if err := calendar.CheckInstant(asOf); err != nil {
		return nil, fmt.Errorf("rfm: as-of %w", err)
	}
	table := newTable[K](asOf, t.Len())
	net := amounts{units: make([]int64, 0, t.Len())}
	days := calendar.DaysIn(t.Zone)
	today := calendar.DayOf(asOf, t.Zone)
	for r := range t.book.all() {
		if r.orders == 0 {
			table.Prospects++
			continue
		}
		if r.last > asOf.UnixMicro() {
			return nil, t.lateError(asOf)
		}
		table.Customer = append(table.Customer, r.id)
		table.Recency = append(table.Recency, int32(today-days.Of(floorDiv(r.last, 1e6))))
		table.Frequency = append(table.Frequency, r.orders)
		if units, ok := r.net(net.places); ok && net.wide == nil {
			net.units = append(net.units, units)
		} else {
			net.append(t.book.net(r))
		}
	}
	table.setMonetary(net)
	table.arrange(idOrder(table.Customer))
	return table, nil
}

// lateError names the first customer, by ID, who ordered later than asOf.
func (t *Tally[K]) lateError(asOf time.Time) error {
	for id, r := range t.All() {
		if err := r.check(asOf); r.Orders > 0 && err != nil {
			return fmt.Errorf("rfm: customer %v: %w", id, err)
		}
	}
	return nil
}

// NewTable returns the metrics of customers, in the order in which they come.
// A customer without orders is left out and counted. It is an error if one
// ordered later than asOf, or if their numbers make no sense.
func NewTable[K regulars.ID](customers iter.Seq2[K, Record], asOf time.Time) (*Table[K], error) {
	if err := calendar.CheckInstant(asOf); err != nil {
		return nil, fmt.Errorf("rfm: as-of %w", err)
	}
	table := newTable[K](asOf, 0)
	var monetary amounts
	for id, r := range customers {
		if r.Orders == 0 {
			table.Prospects++
			continue
		}
		if err := r.check(asOf); err != nil {
			return nil, fmt.Errorf("rfm: customer %v: %w", id, err)
		}
		recency, _ := r.Recency(asOf)
		table.Customer = append(table.Customer, id)
		table.Recency = append(table.Recency, int32(recency))
		table.Frequency = append(table.Frequency, uint32(r.Orders))
		var net exact.Sum
		net.Add(r.Net())
		monetary.append(net)
	}
	table.setMonetary(monetary)
	return table, nil
}

func newTable[K regulars.ID](asOf time.Time, n int) *Table[K] {
	return &Table[K]{
		AsOf:      asOf,
		Customer:  make([]K, 0, n),
		Recency:   make([]int32, 0, n),
		Frequency: make([]uint32, 0, n),
	}
}

// arrange puts the rows into another order.
func (t *Table[K]) arrange(order []uint32) {
	t.Customer = arrange(t.Customer, order)
	t.Recency = arrange(t.Recency, order)
	t.Frequency = arrange(t.Frequency, order)
	if t.wide != nil {
		t.wide = arrange(t.wide, order)
		return
	}
	t.Monetary = arrange(t.Monetary, order)
}

func (t *Table[K]) setMonetary(a amounts) { t.Monetary, t.Places, t.wide = a.units, a.places, a.wide }

// net returns Spend less Refunded in units of 10^-places, if that is how r keeps
// them.
func (r *row[K]) net(places int) (units int64, ok bool) {
	units, ok = exact.Plus(r.spend, -r.refunded)
	return units, ok && int(r.places) == places && !r.wide && units > math.MinInt64
}

// net returns Spend less Refunded.
func (b *book[K]) net(r *row[K]) exact.Sum {
	var net exact.Sum
	if units, ok := r.net(int(r.places)); ok {
		net.AddUnits(units, int(r.places))
		return net
	}
	spend, refunded := b.money(r)
	net.Add(spend.Decimal().Sub(refunded.Decimal()))
	return net
}

// Len returns the number of customers.
func (t *Table[K]) Len() int { return len(t.Customer) }

// Net returns the monetary value of row i.
func (t *Table[K]) Net(i int) decimal.Decimal {
	if t.wide != nil {
		return t.wide[i]
	}
	return decimal.New(t.Monetary[i], -int32(t.Places))
}

// monetary returns the monetary column, whichever it is.
func (t *Table[K]) monetary() rowColumn {
	if t.wide != nil {
		return decimals(t.wide)
	}
	return integers[int64]{t.Monetary, t.Places}
}

// check returns an error if a hand-made table makes no sense.
func (t *Table[K]) check() error {
	n, m := len(t.Customer), len(t.Monetary)
	if t.wide != nil {
		m = len(t.wide)
	}
	switch {
	case len(t.Recency) != n || len(t.Frequency) != n || m != n:
		return fmt.Errorf("rfm: table of %d customers, %d recencies, %d frequencies and %d monetary values: want as many of each", n, len(t.Recency), len(t.Frequency), m)
	case n > math.MaxInt32:
		return fmt.Errorf("rfm: table of %d customers: want at most %d", n, math.MaxInt32)
	case t.Places < 0 || t.Places > exact.MaxPlaces:
		return fmt.Errorf("rfm: table with %d places: want 0 to %d", t.Places, exact.MaxPlaces)
	}
	if i := slices.IndexFunc(t.Recency, func(days int32) bool { return days < 0 }); i >= 0 {
		return fmt.Errorf("rfm: customer %v has recency %d: want zero days or more", t.Customer[i], t.Recency[i])
	}
	if i := slices.Index(t.Frequency, 0); i >= 0 {
		return fmt.Errorf("rfm: customer %v has no order: leave them out", t.Customer[i])
	}
	if i := slices.Index(t.Monetary, math.MinInt64); i >= 0 {
		return fmt.Errorf("rfm: customer %v has monetary value %d: want at least %d", t.Customer[i], t.Monetary[i], int64(-math.MaxInt64))
	}
	if err := calendar.CheckInstant(t.AsOf); err != nil {
		return fmt.Errorf("rfm: table as-of %w", err)
	}
	return nil
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
