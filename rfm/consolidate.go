package rfm

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/exact"
)

// Row is one line of raw order data, as an export has it.
type Row[K regulars.ID] struct {
	Customer K
	// Order is the ID of the order, unique within the customer. Empty means
	// unknown: the row is then an order of its own.
	Order string
	At    time.Time
	// Amount is negative if money was given back. A refund belongs to the order
	// that it names, if that is there; without one it only lowers the
	// customer's spend.
	Amount decimal.Decimal
}

// RowPolicy says how rows become orders. The zero value takes every row that is
// no duplicate and no refund for an order, zero amounts included.
type RowPolicy struct {
	// Until is the last microsecond that counts: rows after it, refunds too, are
	// set aside. The zero time sets none aside.
	Until time.Time
	// SkipZero sets rows of amount zero aside instead of counting them as
	// orders.
	SkipZero bool
	// Lines takes rows that share an order ID as the lines of that order and
	// adds them up. Without it only the earliest of them counts (of several at
	// one time, the smallest amount), and the others are set aside.
	Lines bool
	// PerDay joins the orders that a customer makes on one date into one, at the
	// time of the first, so that frequency counts active days. Those refunded in
	// full are left out of it.
	PerDay bool
	// Zone is the calendar, and the location of the orders' times. Nil means
	// UTC.
	Zone *time.Location
}

// Report says what [Consolidate] made of the rows. Every row is an order, a
// further line of one, a refund, or set aside.
type Report struct {
	// Rows is how many came in, Orders how many came out, those refunded in
	// full included.
	Rows   int `json:"rows"`
	Orders int `json:"orders"`
	// Lines is how many rows were added to another one's order, be it by order
	// ID or by day.
	Lines int `json:"lines"`
	// Refunds is how many rows gave money back.
	Refunds int `json:"refunds"`

	// AfterUntil, ZeroAmounts, Duplicates and Conflicts are rows set aside: they
	// count nowhere. A duplicate repeats the order, time and amount of another
	// row; a conflict repeats the order with another time or amount.
	AfterUntil  int `json:"afterUntil"`
	ZeroAmounts int `json:"zeroAmounts"`
	Duplicates  int `json:"duplicates"`
	Conflicts   int `json:"conflicts"`

	// FullyRefunded is how many orders no longer count, OverRefunded how many
	// got back more than they cost (these are in both), UnmatchedRefunds how
	// many refund rows name no order that is there, be it that they name none or
	// one from before the rows begin. Their money counts.
	FullyRefunded    int `json:"fullyRefunded"`
	OverRefunded     int `json:"overRefunded"`
	UnmatchedRefunds int `json:"unmatchedRefunds"`
}

// SetAside is how many rows count nowhere.
func (r Report) SetAside() int { return r.AfterUntil + r.ZeroAmounts + r.Duplicates + r.Conflicts }

// Orders is what [Consolidate] returns: the orders of all customers.
type Orders[K regulars.ID] struct {
	Report Report
	zone   *time.Location
	list   []customerOrder[K]
}

type customerOrder[K regulars.ID] struct {
	customer K
	order    Order
}

// Len returns how many orders there are; bare refunds count, as in [Order].
func (o *Orders[K]) Len() int { return len(o.list) }

// All returns the orders in ascending order of customer, time and amount.
func (o *Orders[K]) All() iter.Seq2[K, Order] {
	return func(yield func(K, Order) bool) {
		for _, c := range o.list {
			if !yield(c.customer, c.order) {
				return
			}
		}
	}
}

// Tally returns a tally of the orders, in the zone of the policy.
func (o *Orders[K]) Tally() (*Tally[K], error) {
	t := &Tally[K]{Zone: o.zone}
	for id, order := range o.All() {
		if err := t.Add(id, order); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// Consolidate turns raw rows into orders: it brings refunds to the orders that
// they name, joins what belongs together and sets duplicates aside. The answer
// does not depend on the order of the rows. It holds all rows in memory; to
// share the work, split the rows by customer. The first row that makes no sense
// is an error that gives its number, from 1.
func Consolidate[K regulars.ID](rows iter.Seq[Row[K]], policy RowPolicy) (*Orders[K], error) {
	c := consolidation[K]{RowPolicy: policy, until: lastMicro(policy.Until)}
	for row := range rows {
		c.report.Rows++
		if err := row.check(); err != nil {
			return nil, fmt.Errorf("rfm: row %d: %w", c.report.Rows, err)
		}
		c.take(row)
	}
	slices.SortFunc(c.rows, Row[K].compare)
	for from := 0; from < len(c.rows); {
		to := from + 1
		for to < len(c.rows) && c.rows[to].sameOrder(c.rows[from]) {
			to++
		}
		c.close(c.rows[from:to])
		from = to
	}
	slices.SortFunc(c.orders, customerOrder[K].compare)
	if policy.PerDay {
		c.joinDays()
	}
	for _, o := range c.orders {
		c.count(o.order)
	}
	return &Orders[K]{c.report, policy.Zone, c.orders}, nil
}

func (r Row[K]) check() error {
	if isEmptyText(r.Customer) {
		return errNobody
	}
	return Order{At: r.At, Amount: r.Amount}.check()
}

// compare brings the rows of one order together, and in it what counts first.
func (r Row[K]) compare(o Row[K]) int {
	return cmp.Or(
		regulars.Compare(r.Customer, o.Customer),
		cmp.Compare(r.Order, o.Order),
		r.At.Compare(o.At),
		r.Amount.Cmp(o.Amount),
		cmp.Compare(r.Amount.Exponent(), o.Amount.Exponent()),
	)
}

func (r Row[K]) sameOrder(o Row[K]) bool {
	return r.Order != "" && r.Customer == o.Customer && r.Order == o.Order
}

func (c customerOrder[K]) compare(o customerOrder[K]) int {
	return cmp.Or(
		regulars.Compare(c.customer, o.customer),
		c.order.At.Compare(o.order.At),
		c.order.Amount.Cmp(o.order.Amount),
		c.order.Refunded.Cmp(o.order.Refunded),
	)
}

// consolidation is the work of one [Consolidate].
type consolidation[K regulars.ID] struct {
	RowPolicy

	until  int64 // in microseconds
	rows   []Row[K]
	orders []customerOrder[K]
	report Report
}

// take keeps a row, unless it is to be set aside by itself.
func (c *consolidation[K]) take(r Row[K]) {
	switch {
	case r.At.UnixMicro() > c.until:
		c.report.AfterUntil++
	case c.SkipZero && r.Amount.Sign() == 0:
		c.report.ZeroAmounts++
	default:
		r.At = r.At.In(c.zone())
		c.rows = append(c.rows, r)
	}
}

// close makes one order of the rows that share an ID, or of one row without.
func (c *consolidation[K]) close(rows []Row[K]) {
	var amount, refunded exact.Sum
	var first, repeated *Row[K] // the first purchase, and the row before this one
	refunds := 0
	for i := range rows {
		r := &rows[i]
		if !c.Lines && repeated != nil && r.At.Equal(repeated.At) && r.Amount.Equal(repeated.Amount) {
			c.report.Duplicates++
			continue
		}
		repeated = r
		switch {
		case r.Amount.Sign() < 0:
			refunds++
			refunded.Add(r.Amount.Neg())
		case first == nil:
			first = r
			amount.Add(r.Amount)
		case c.Lines:
			c.report.Lines++
			amount.Add(r.Amount)
		default:
			c.report.Conflicts++
		}
	}
	c.report.Refunds += refunds
	o := customerOrder[K]{rows[0].Customer, Order{At: rows[0].At}}
	if first == nil {
		c.report.UnmatchedRefunds += refunds
		o.order.Amount = refunded.Decimal().Neg()
	} else {
		o.order = Order{first.At, amount.Decimal(), refunded.Decimal()}
	}
	c.orders = append(c.orders, o)
}

// joinDays makes one order of all that a customer bought on one date, at the
// time of the first. Orders refunded in full stay as they are: they are no
// activity.
func (c *consolidation[K]) joinDays() {
	joined := c.orders[:0]
	open := -1 // the index in joined of the order that takes more of its day
	day := calendar.Day(0)
	for _, o := range c.orders {
		if !o.order.Counts() {
			joined = append(joined, o)
			continue
		}
		today := calendar.DayOf(o.order.At, c.zone())
		if open >= 0 && joined[open].customer == o.customer && day == today {
			to := &joined[open].order
			to.Amount, to.Refunded = to.Amount.Add(o.order.Amount), to.Refunded.Add(o.order.Refunded)
			c.report.Lines++
			continue
		}
		open, day = len(joined), today
		joined = append(joined, o)
	}
	slices.SortFunc(joined, customerOrder[K].compare)
	c.orders = joined
}

func (c *consolidation[K]) zone() *time.Location {
	if c.Zone == nil {
		return time.UTC
	}
	return c.Zone
}

func (c *consolidation[K]) count(o Order) {
	if o.Amount.Sign() < 0 {
		return
	}
	c.report.Orders++
	switch {
	case o.Counts():
	case o.Refunded.GreaterThan(o.Amount):
		c.report.OverRefunded++
		c.report.FullyRefunded++
	default:
		c.report.FullyRefunded++
	}
}
