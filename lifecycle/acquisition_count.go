package lifecycle

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/exact"
)

// Acquisition holds what the customers of each channel have paid against what
// was spent on it, as known just before now. Spend must have the Each, Zone and
// Until of r; it stays as it was. A channel is compared by what its customers
// were worth to a common horizon, so that one that brings many cheaply who
// don't stay is seen for what it is.
func (r *Revenue[K]) Acquisition(now time.Time, spend *Spend, o AcquisitionOptions[K]) (Acquisition, error) {
	o = o.withDefaults()
	if err := o.check(now); err != nil {
		return Acquisition{}, err
	}
	if err := alike(r.frame(), spend.frame(), r.Until, spend.Until); err != nil {
		return Acquisition{}, fmt.Errorf("%w: spend and revenue have one calendar", err)
	}
	count, err := newAcquisitionCount(r, now, spend, o)
	if err != nil {
		return Acquisition{}, err
	}
	for _, channel := range spend.Channels() {
		if _, err := count.row(channel); err != nil {
			return Acquisition{}, err
		}
	}
	var cells []cell[money]
	var payments []payment
	for _, at := range r.chains.sorted() { // by ID: sums of floats are to be the same
		id := r.chains.id(at)
		cells, payments = r.chains.list(cells[:0], at), payments[:0]
		for _, c := range cells {
			if c.value.paid && c.key <= count.last {
				payments = append(payments, payment{c.key, r.sum(id, c.key, c.value)})
			}
		}
		if err := count.add(id, payments); err != nil {
			return Acquisition{}, err
		}
	}
	return count.report(spend), nil
}

// acquisitionSpan is what all channels of a report share: the periods from first
// to last, of which those to complete are over.
type acquisitionSpan struct {
	frame                 frame
	now                   time.Time
	first, last, complete int32
	horizon               int
	margin                decimal.Decimal
	level                 float64
}

// periods returns how many there are.
func (s *acquisitionSpan) periods() int { return int(s.last) - int(s.first) + 1 }

// ages returns how many periods are over for the customers of a cohort, up to
// the horizon.
func (s *acquisitionSpan) ages(cohort int) int {
	return min(s.horizon, max(0, int(s.complete)-int(s.first)+1-cohort))
}

// acquisitionCount has a row for each channel.
type acquisitionCount[K regulars.ID] struct {
	acquisitionSpan

	o               AcquisitionOptions[K]
	placing         placing[K]
	byName          map[string]*acquiredRow
	cells           int // of all rows
	before, leftOut int
}

// acquiredRow is a channel while it is counted.
type acquiredRow struct {
	cohorts             []acquiredCohort // by period from the first
	retained, oneTimers int              // of the mature
	worth               worth            // of the mature
}

// acquiredCohort has what was paid at each age that is over, up to the horizon;
// there are no ages without a customer.
type acquiredCohort struct {
	customers int
	paid      []exact.Sum
}

func newAcquisitionCount[K regulars.ID](r *Revenue[K], now time.Time, spend *Spend, o AcquisitionOptions[K]) (*acquisitionCount[K], error) {
	f := r.frame()
	rows, err := newGrowthRows(f, now, o.From, func() (int32, bool) {
		if first, ok := spend.firstPeriod(); ok {
			return first, true
		}
		return r.firstPeriod()
	})
	if err != nil {
		return nil, err
	}
	c := &acquisitionCount[K]{o: o, placing: newPlacing(f, now, CohortOptions[K]{Start: o.Start}), byName: map[string]*acquiredRow{}}
	c.acquisitionSpan = acquisitionSpan{f, now, rows.first, c.placing.last, c.placing.last, o.Horizon, o.Margin, o.Level}
	if rows.n == 0 { // nothing is known, or all of it later
		c.first = c.last + 1
	}
	if !c.placing.over {
		c.complete--
	}
	if c.periods()*c.ages(0) > MaxCells {
		return nil, c.tooLarge()
	}
	return c, nil
}

func (c *acquisitionCount[K]) tooLarge() error {
	return fmt.Errorf("lifecycle: an acquisition of %d channels, %d periods and a horizon of %d: want at most %d channels and %d cells; name fewer channels, or set From or Horizon",
		len(c.byName), c.periods(), c.horizon, MaxChannels, MaxCells)
}

func (c *acquisitionCount[K]) row(channel string) (*acquiredRow, error) {
	row := c.byName[channel]
	if row == nil {
		row = &acquiredRow{}
		c.byName[channel] = row
		if c.cells += c.periods(); c.cells > MaxCells || len(c.byName) > MaxChannels {
			return nil, c.tooLarge()
		}
		row.cohorts = make([]acquiredCohort, c.periods())
	}
	return row, nil
}

// add counts one customer with their payments, in ascending order of period.
func (c *acquisitionCount[K]) add(id K, payments []payment) error {
	earliest := c.last + 1
	if len(payments) > 0 {
		earliest = payments[0].period
	}
	start, name, _ := c.placing.place(id, earliest)
	switch {
	case name == "":
		c.leftOut++
		return nil
	case start < c.first:
		c.before++
		return nil
	}
	row, err := c.row(channelOf(c.o.Channel(id)))
	if err != nil {
		return err
	}
	cohort := &row.cohorts[start-c.first]
	cohort.customers++
	if cohort.paid == nil {
		cohort.paid = make([]exact.Sum, c.ages(int(start-c.first)))
		if c.cells += len(cohort.paid); c.cells > MaxCells {
			return c.tooLarge()
		}
	}
	var total exact.Sum
	paying, lastAge := 0, -1
	for _, p := range payments {
		age := int(p.period) - int(start)
		if age < 0 || age >= len(cohort.paid) {
			continue
		}
		cohort.paid[age].Merge(p.amount)
		total.Merge(p.amount)
		if p.amount.Sign() > 0 {
			paying, lastAge = paying+1, age
		}
	}
	if len(cohort.paid) == c.horizon {
		row.mature(total, paying == 1, lastAge == c.horizon-1)
	}
	return nil
}

// mature adds a mature customer who paid a total within the horizon.
func (row *acquiredRow) mature(total exact.Sum, once, retained bool) {
	paid := total.Decimal().InexactFloat64()
	row.worth.customers++
	row.worth.sum += paid
	row.worth.squares += float64(paid * paid)
	if once {
		row.oneTimers++
	}
	if retained {
		row.retained++
	}
}
