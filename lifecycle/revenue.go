package lifecycle

import (
	"errors"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/exact"
)

// Revenue adds up what each customer paid in each period, exactly, net of what
// was given back. From it come growth accounting in money and the value of
// cohorts to date. The zero value is ready to use: months in UTC. What it
// answers depends neither on the order of amounts nor on how they are split
// over revenues that are merged later. The same amount twice counts twice.
//
// All amounts are of one currency; it is for the host not to mix them.
//
// A Revenue must not be copied once it is in use, and is not safe for
// concurrent use: give each goroutine its own and [Revenue.Merge] them.
type Revenue[K regulars.ID] struct {
	// Each is the period by which amounts are added up. The zero value is
	// [Monthly].
	Each Period
	// Zone is the calendar of the periods. Nil means UTC.
	Zone *time.Location
	// Until is the last instant that counts: amounts after it are counted and
	// set aside. The zero time sets none aside. Set the three fields before the
	// first amount.
	Until time.Time

	chains     chains[K, money]
	wide       map[wideKey[K]]*exact.Sum // of the cells that outgrew an int64
	used       setup
	afterUntil int
}

// money is a sum in 10^-places; places is the most that was added.
type money struct {
	units  int64
	places uint8
	wide   bool
	paid   bool // false where there is a place for the customer, but no amount
}

type wideKey[K regulars.ID] struct {
	id     K
	period int32
}

// Add adds an amount that a customer paid at an instant; a refund is negative,
// and counts in the period in which it was made. An amount after Until is
// counted and set aside. An error says what is wrong and means that the amount
// was not added: an empty ID, a time that is zero or outside the years 1 to
// 9999, or an amount of more than 36 digits or 18 decimal places.
func (r *Revenue[K]) Add(id K, at time.Time, amount decimal.Decimal) error {
	if err := checkID(id); err != nil {
		return err
	}
	if err := calendar.CheckInstant(at); err != nil {
		return fmt.Errorf("lifecycle: amount of customer %v %w", id, err)
	}
	if err := exact.Check(amount); err != nil {
		return fmt.Errorf("lifecycle: customer %v: %w", id, err)
	}
	if err := r.used.fix(r.frame(), r.Until); err != nil {
		return err
	}
	if !r.Until.IsZero() && at.After(r.Until) {
		r.afterUntil++
		return nil
	}
	period := r.frame().of(at)
	m := r.chains.at(id, period)
	if units, places, ok := exact.Small(amount); ok && m.add(units, places) {
		return nil
	}
	r.widen(id, period, m).Add(amount)
	return nil
}

// AddColumns does what [Revenue.Add] does for each row, at a fraction of the
// cost. If any row is wrong the error names the first, from 0, and none was
// added.
func (r *Revenue[K]) AddColumns(c Columns[K]) error {
	if err := c.check(); err != nil {
		return err
	}
	if err := c.checkAmounts(); err != nil {
		return err
	}
	if err := r.used.fix(r.frame(), r.Until); err != nil {
		return err
	}
	r.afterUntil += r.chains.deal(c.Customer, c.At, untilUnix(r.Until), r.frame(), 0, func(row int, period int32, m *money) {
		if !m.add(c.Amount[row], c.Places) {
			r.widen(c.Customer[row], period, m).AddUnits(c.Amount[row], c.Places)
		}
	})
	return nil
}

// Know notes that there is a customer, whether they paid or not. Whoever has a
// start but paid nothing belongs to a cohort too, and would otherwise be
// missing from it.
func (r *Revenue[K]) Know(id K) error {
	if err := checkID(id); err != nil {
		return err
	}
	if err := r.used.fix(r.frame(), r.Until); err != nil {
		return err
	}
	r.chains.know(id)
	return nil
}

// add adds units of 10^-places; it reports whether they fit, and leaves m as
// it was if they do not.
func (m *money) add(units int64, places int) bool {
	if m.wide {
		return false
	}
	n := max(places, int(m.places))
	mine, ok1 := exact.Scale(m.units, n-int(m.places))
	theirs, ok2 := exact.Scale(units, n-places)
	sum, ok3 := exact.Plus(mine, theirs)
	if !ok1 || !ok2 || !ok3 {
		return false
	}
	*m = money{units: sum, places: uint8(n), paid: true}
	return true
}

// widen moves a sum to where there is room for any.
func (r *Revenue[K]) widen(id K, period int32, m *money) *exact.Sum {
	key := wideKey[K]{id, period}
	if !m.wide {
		sum := r.sum(id, period, *m)
		if r.wide == nil {
			r.wide = map[wideKey[K]]*exact.Sum{}
		}
		r.wide[key] = &sum
		*m = money{wide: true, paid: true}
	}
	return r.wide[key]
}

func (r *Revenue[K]) sum(id K, period int32, m money) (sum exact.Sum) {
	if m.wide {
		return *r.wide[wideKey[K]{id, period}]
	}
	sum.AddUnits(m.units, int(m.places))
	return sum
}

// Merge adds all that was added to other, which stays as it is. Revenues of
// another Each, Zone or Until don't merge.
func (r *Revenue[K]) Merge(other *Revenue[K]) error {
	if r == other {
		return errors.New("lifecycle: a revenue can't be merged into itself")
	}
	if err := alike(r.frame(), other.frame(), r.Until, other.Until); err != nil {
		return err
	}
	if err := r.used.fix(r.frame(), r.Until); err != nil {
		return err
	}
	other.chains.each(func(id K, cells []cell[money]) {
		known := true
		for _, c := range cells {
			if c.value.paid {
				r.merge(id, c.key, other.sum(id, c.key, c.value), c.value)
				known = false
			}
		}
		if known {
			r.chains.know(id)
		}
	})
	r.afterUntil += other.afterUntil
	return nil
}

func (r *Revenue[K]) merge(id K, period int32, sum exact.Sum, theirs money) {
	m := r.chains.at(id, period)
	if !theirs.wide && m.add(theirs.units, int(theirs.places)) {
		return
	}
	r.widen(id, period, m).Merge(sum)
}

// Len returns how many customers there are.
func (r *Revenue[K]) Len() int { return r.chains.len() }

// AfterUntil returns how many amounts were set aside because they are later
// than Until.
func (r *Revenue[K]) AfterUntil() int { return r.afterUntil }

// payment is what a customer paid in one period.
type payment struct {
	period int32
	amount exact.Sum
}

// each calls f with the payments of each customer up to the period last, in
// ascending order of period; they may be none. Customers come in no order. f
// must not keep the slice.
func (r *Revenue[K]) each(last int32, f func(id K, payments []payment)) {
	var payments []payment
	r.chains.each(func(id K, cells []cell[money]) {
		payments = payments[:0]
		for _, c := range cells {
			if c.value.paid && c.key <= last {
				payments = append(payments, payment{c.key, r.sum(id, c.key, c.value)})
			}
		}
		f(id, payments)
	})
}

func (r *Revenue[K]) frame() frame { return frame{r.Each, calendar.OrUTC(r.Zone)} }
