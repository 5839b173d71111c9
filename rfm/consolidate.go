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
	"github.com/regulars-go/regulars/internal/ids"
)

// Line is one raw line of an order log, as an export has it.
type Line[K regulars.ID] struct {
	Customer K
	// Order is the ID of the order, unique within the customer. Empty means
	// unknown: the line is then an order of its own.
	Order string
	At    time.Time
	// Amount is negative if money was given back. A refund belongs to the order
	// that it names, if that is there; without one it only lowers the
	// customer's spend.
	Amount decimal.Decimal
}

// LinePolicy says how lines become orders. The zero value takes every line that
// is no duplicate and no refund for an order, zero amounts included.
type LinePolicy struct {
	// Until is the last microsecond that counts: lines after it, refunds too,
	// are set aside. The zero time sets none aside.
	Until time.Time
	// SkipZero sets lines of amount zero aside instead of counting them as
	// orders.
	SkipZero bool
	// Itemised says that an order has a line for each of its items: lines that
	// share an order ID are added up. Without it only the earliest of them counts
	// (of several at one time, the smallest amount), and the others are set
	// aside.
	Itemised bool
	// PerDay joins the orders that a customer makes on one date into one, at the
	// time of the first, so that frequency counts active days. Those refunded in
	// full are left out of it.
	PerDay bool
	// Zone is the calendar, and the location of the orders' times. Nil means
	// UTC.
	Zone *time.Location
}

// Report says what [Consolidate] made of the lines. Every line is an order,
// joined to one, a refund, or set aside.
type Report struct {
	// Lines is how many came in, Orders how many came out, those refunded in
	// full included.
	Lines  int `json:"lines"`
	Orders int `json:"orders"`
	// Joined is how many lines were added to another one's order, be it by order
	// ID or by day.
	Joined int `json:"joined"`
	// Refunds is how many lines gave money back.
	Refunds int `json:"refunds"`

	// AfterUntil, ZeroAmounts, Duplicates and Conflicts are lines set aside: they
	// count nowhere. A duplicate repeats the order, time and amount of another
	// line; a conflict repeats the order with another time or amount.
	AfterUntil  int `json:"afterUntil"`
	ZeroAmounts int `json:"zeroAmounts"`
	Duplicates  int `json:"duplicates"`
	Conflicts   int `json:"conflicts"`

	// FullyRefunded is how many orders no longer count, OverRefunded how many
	// got back more than they cost (these are in both), UnmatchedRefunds how
	// many refund lines name no order that is there, be it that they name none or
	// one from before the lines begin. Their money counts.
	FullyRefunded    int `json:"fullyRefunded"`
	OverRefunded     int `json:"overRefunded"`
	UnmatchedRefunds int `json:"unmatchedRefunds"`
}

// SetAside is how many lines count nowhere.
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

// Consolidate turns raw lines into orders: it brings refunds to the orders that
// they name, joins what belongs together and sets duplicates aside. The answer
// does not depend on the order of the lines. It holds all of them in memory; to
// share the work, split them by customer. The first line that makes no sense is
// an error that gives its number, from 1.
func Consolidate[K regulars.ID](lines iter.Seq[Line[K]], policy LinePolicy) (*Orders[K], error) {
	c := consolidation[K]{LinePolicy: policy, until: lastMicro(policy.Until)}
	for line := range lines {
		c.report.Lines++
		if err := line.check(); err != nil {
			return nil, fmt.Errorf("rfm: line %d: %w", c.report.Lines, err)
		}
		c.take(line)
	}
	slices.SortFunc(c.lines, Line[K].compare)
	for from := 0; from < len(c.lines); {
		to := from + 1
		for to < len(c.lines) && c.lines[to].sameOrder(c.lines[from]) {
			to++
		}
		c.close(c.lines[from:to])
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

func (l Line[K]) check() error {
	if ids.IsEmpty(l.Customer) {
		return errNobody
	}
	return Order{At: l.At, Amount: l.Amount}.check()
}

// compare brings the lines of one order together, and in it what counts first.
func (l Line[K]) compare(o Line[K]) int {
	return cmp.Or(
		regulars.Compare(l.Customer, o.Customer),
		cmp.Compare(l.Order, o.Order),
		l.At.Compare(o.At),
		l.Amount.Cmp(o.Amount),
		cmp.Compare(l.Amount.Exponent(), o.Amount.Exponent()),
	)
}

func (l Line[K]) sameOrder(o Line[K]) bool {
	return l.Order != "" && l.Customer == o.Customer && l.Order == o.Order
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
	LinePolicy

	until  int64 // in microseconds
	lines  []Line[K]
	orders []customerOrder[K]
	report Report
}

// take keeps a line, unless it is to be set aside by itself.
func (c *consolidation[K]) take(l Line[K]) {
	switch {
	case l.At.UnixMicro() > c.until:
		c.report.AfterUntil++
	case c.SkipZero && l.Amount.Sign() == 0:
		c.report.ZeroAmounts++
	default:
		l.At = l.At.In(c.zone())
		c.lines = append(c.lines, l)
	}
}

// close makes one order of the lines that share an ID, or of one without.
func (c *consolidation[K]) close(lines []Line[K]) {
	var amount, refunded exact.Sum
	var first, repeated *Line[K] // the first purchase, and the line before this one
	refunds := 0
	for i := range lines {
		l := &lines[i]
		if !c.Itemised && repeated != nil && l.At.Equal(repeated.At) && l.Amount.Equal(repeated.Amount) {
			c.report.Duplicates++
			continue
		}
		repeated = l
		switch {
		case l.Amount.Sign() < 0:
			refunds++
			refunded.Add(l.Amount.Neg())
		case first == nil:
			first = l
			amount.Add(l.Amount)
		case c.Itemised:
			c.report.Joined++
			amount.Add(l.Amount)
		default:
			c.report.Conflicts++
		}
	}
	c.report.Refunds += refunds
	o := customerOrder[K]{lines[0].Customer, Order{At: lines[0].At}}
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
			c.report.Joined++
			continue
		}
		open, day = len(joined), today
		joined = append(joined, o)
	}
	slices.SortFunc(joined, customerOrder[K].compare)
	c.orders = joined
}

func (c *consolidation[K]) zone() *time.Location { return calendar.OrUTC(c.Zone) }

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
