package rfm

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/exact"
	"github.com/regulars-go/regulars/internal/ids"
)

// Tally adds orders up, one constant-size record a customer. The zero value is
// ready to use. What it answers depends neither on the order in which orders
// come nor on how they are split over tallies that are merged later.
//
// A Tally must not be copied once it is in use, and is not safe for concurrent
// use: give each goroutine its own and [Tally.Merge] them.
type Tally[K regulars.ID] struct {
	// Zone is the calendar on which days are counted. Nil means UTC.
	Zone *time.Location
	// Until is the last microsecond that counts: orders after it are set aside.
	// The zero time sets none aside. Set both fields before the first order.
	Until time.Time

	book       book[K]
	afterUntil int
}

// Add adds one order of a customer. An order after Until is counted and set
// aside. An error says what is wrong with the order, and means that it was not
// added.
func (t *Tally[K]) Add(id K, o Order) error {
	if err := checkID(id); err != nil {
		return err
	}
	if err := o.check(); err != nil {
		return fmt.Errorf("rfm: order of customer %v: %w", id, err)
	}
	if t.after(o.At) {
		t.afterUntil++
		return nil
	}
	if err := t.book.room(1); err != nil {
		return fmt.Errorf("rfm: %w", err)
	}
	r := t.book.find(id)
	if o.Counts() {
		if r.orders == math.MaxUint32 {
			return fmt.Errorf("rfm: order of customer %v: has %d already", id, r.orders)
		}
		r.count(o.At.UnixMicro())
		t.book.orders++
	}
	spend, refunded := o.Amount, o.Refunded
	if spend.Sign() < 0 {
		spend, refunded = decimal.Decimal{}, spend.Neg()
	}
	t.book.add(r, spend, refunded)
	return nil
}

// Merge adds all that was added to other, which stays as it is. Tallies of
// another Zone or Until don't merge.
func (t *Tally[K]) Merge(other *Tally[K]) error {
	if t == other {
		return errors.New("rfm: a tally can't be merged into itself")
	}
	if !calendar.SameZone(t.Zone, other.Zone) {
		return fmt.Errorf("rfm: tally in zone %q: want %q", other.zone(), t.zone())
	}
	if err := t.alike(other.zone().String(), other.until()); err != nil {
		return err
	}
	if err := t.book.merge(&other.book); err != nil {
		return fmt.Errorf("rfm: %w", err)
	}
	t.afterUntil += other.afterUntil
	return nil
}

// Len returns how many customers there are, those without an order included.
func (t *Tally[K]) Len() int { return t.book.len() }

// AfterUntil returns how many orders were set aside because they are later
// than Until.
func (t *Tally[K]) AfterUntil() int { return t.afterUntil }

// Record returns the record of one customer; ok is false if there is none.
func (t *Tally[K]) Record(id K) (record Record, ok bool) {
	r := t.book.lookup(id)
	if r == nil {
		return Record{}, false
	}
	return t.record(r), true
}

// All returns the customers and their records in ascending order of ID. Don't
// add while you range over it.
func (t *Tally[K]) All() iter.Seq2[K, Record] {
	return func(yield func(K, Record) bool) {
		for _, r := range t.book.sorted() {
			if !yield(r.id, t.record(r)) {
				return
			}
		}
	}
}

func (t *Tally[K]) record(r *row[K]) Record {
	c := Record{Orders: int(r.orders)}
	if r.orders > 0 {
		c.First, c.Last = time.UnixMicro(r.first).In(t.zone()), time.UnixMicro(r.last).In(t.zone())
	}
	spend, refunded := t.book.money(r)
	c.Spend, c.Refunded = spend.Decimal(), refunded.Decimal()
	return c
}

func (t *Tally[K]) zone() *time.Location { return calendar.OrUTC(t.Zone) }

func (t *Tally[K]) after(at time.Time) bool { return at.UnixMicro() > t.until() }

// until is Until in microseconds.
func (t *Tally[K]) until() int64 { return lastMicro(t.Until) }

// alike returns an error unless t counts by the same calendar to the same end.
func (t *Tally[K]) alike(zone string, until int64) error {
	if zone != t.zone().String() {
		return fmt.Errorf("rfm: tally in zone %q: want %q", zone, t.zone())
	}
	if until != t.until() {
		return fmt.Errorf("rfm: tally until %s: want %s", untilText(until), untilText(t.until()))
	}
	return nil
}

func untilText(until int64) string {
	if until == math.MaxInt64 {
		return "ever"
	}
	return time.UnixMicro(until).UTC().Format(time.RFC3339Nano)
}

// checkID refuses the empty string, which names nobody.
func checkID[K regulars.ID](id K) error {
	if ids.IsEmpty(id) {
		return fmt.Errorf("rfm: %w", errNobody)
	}
	return nil
}

var errNobody = errors.New("customer has an empty ID")

// row is what a tally keeps of one customer. It holds no pointer beside
// the ID's own, so that a million of them cost the garbage collector nothing.
type row[K regulars.ID] struct {
	first, last     int64 // microseconds since 1970; of no meaning while orders is 0
	spend, refunded int64 // in 10^-places, unless wide
	id              K
	orders          uint32
	places          uint8
	wide            bool // the sums are in book.wide, since they outgrew an int64
}

func (r *row[K]) count(at int64) {
	if r.orders == 0 {
		r.first, r.last = at, at
	} else {
		r.first, r.last = min(r.first, at), max(r.last, at)
	}
	r.orders++
}

// addOrder adds an order like those that r has: not the first, with the same
// places, no refund. It reports whether it was one, and leaves r as it was if
// not.
func (r *row[K]) addOrder(at, units int64, places int) bool {
	spend := r.spend + units
	if r.orders == 0 || int(r.places) != places || r.wide || units < 0 || spend < 0 {
		return false
	}
	r.spend = spend
	r.first, r.last = min(r.first, at), max(r.last, at)
	r.orders++
	return true
}

// addUnits adds amounts in 10^-places; it reports whether they fit, and leaves
// r as it was if they do not.
func (r *row[K]) addUnits(spend, refunded int64, places int) bool {
	if r.wide {
		return false
	}
	if places != int(r.places) {
		if r.spend != 0 || r.refunded != 0 || places < int(r.places) {
			return r.addRescaled(spend, refunded, places)
		}
		r.places = uint8(places)
	}
	s, ok1 := exact.Plus(r.spend, spend)
	f, ok2 := exact.Plus(r.refunded, refunded)
	if !ok1 || !ok2 {
		return false
	}
	r.spend, r.refunded = s, f
	return true
}

func (r *row[K]) addRescaled(spend, refunded int64, places int) bool {
	n := max(places, int(r.places))
	var ok [4]bool
	scaled := row[K]{places: uint8(n)}
	scaled.spend, ok[0] = exact.Scale(r.spend, n-int(r.places))
	scaled.refunded, ok[1] = exact.Scale(r.refunded, n-int(r.places))
	spend, ok[2] = exact.Scale(spend, n-places)
	refunded, ok[3] = exact.Scale(refunded, n-places)
	if slices.Contains(ok[:], false) || !scaled.addUnits(spend, refunded, n) {
		return false
	}
	r.spend, r.refunded, r.places = scaled.spend, scaled.refunded, scaled.places
	return true
}
