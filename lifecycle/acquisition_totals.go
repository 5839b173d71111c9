package lifecycle

import (
	"cmp"
	"slices"

	"github.com/regulars-go/regulars/internal/exact"
)

// acquiredTotals is a channel, or several together, added up.
type acquiredTotals struct {
	name                string
	cohorts             []cohortTotals
	retained, oneTimers int
	worth               worth
}

// cohortTotals has what was paid up to each age that is over.
type cohortTotals struct {
	customers int
	spend     exact.Sum
	paid      []exact.Sum
}

func (c *acquisitionCount[K]) report(spend *Spend) Acquisition {
	a := Acquisition{Horizon: c.horizon, Level: c.level, Margin: c.margin, Before: c.before, LeftOut: c.leftOut, Channels: []AcquiredBy{}}
	all, paid := c.totals("all"), c.totals("paid")
	var worths []worth
	for _, name := range c.names() {
		t := c.totals(name)
		t.add(c.byName[name], spend.channels[name], c.first)
		by, w := c.summary(t)
		a.Channels, worths = append(a.Channels, by), append(worths, w)
		all.merge(t)
		if by.paid() {
			paid.merge(t)
		}
	}
	a.All, _ = c.summary(all)
	a.Paid, _ = c.summary(paid)
	a.Paid.Cohorts = nil
	compare(a.Channels, worths, c.level)
	return a
}

// names returns the channels by name, Unattributed last.
func (c *acquisitionCount[K]) names() []string {
	var list []string
	for name := range c.byName {
		list = append(list, name)
	}
	slices.SortFunc(list, func(a, b string) int {
		switch {
		case a == Unattributed:
			return 1
		case b == Unattributed:
			return -1
		}
		return cmp.Compare(a, b)
	})
	return list
}

func (s *acquisitionSpan) totals(name string) *acquiredTotals {
	t := &acquiredTotals{name: name, cohorts: make([]cohortTotals, s.periods())}
	for i := range t.cohorts {
		t.cohorts[i].paid = make([]exact.Sum, s.ages(i))
	}
	return t
}

func (t *acquiredTotals) add(row *acquiredRow, spend map[int32]exact.Sum, first int32) {
	t.retained, t.oneTimers, t.worth = row.retained, row.oneTimers, row.worth
	for i, from := range row.cohorts {
		to := &t.cohorts[i]
		to.customers, to.spend = from.customers, spend[first+int32(i)]
		var total exact.Sum
		for age, paid := range from.paid {
			total.Merge(paid)
			to.paid[age] = total
		}
	}
}

func (t *acquiredTotals) merge(o *acquiredTotals) {
	t.retained += o.retained
	t.oneTimers += o.oneTimers
	t.worth = t.worth.plus(o.worth)
	for i, from := range o.cohorts {
		to := &t.cohorts[i]
		to.customers += from.customers
		to.spend.Merge(from.spend)
		for age, paid := range from.paid {
			to.paid[age].Merge(paid)
		}
	}
}

// summary adds up the cohorts that are complete, and of these the mature.
func (s *acquisitionSpan) summary(t *acquiredTotals) (AcquiredBy, worth) {
	by, w := AcquiredBy{Channel: t.name}, t.worth
	var spend, matureSpend exact.Sum
	paid, mature := make([]exact.Sum, s.horizon), false
	for i, c := range t.cohorts {
		in := s.cohort(i, c)
		by.Cohorts = append(by.Cohorts, in)
		if !in.Complete {
			continue
		}
		spend.Merge(c.spend)
		by.New += c.customers
		if len(c.paid) < s.horizon {
			continue
		}
		mature = true
		matureSpend.Merge(c.spend)
		for age := range paid {
			paid[age].Merge(c.paid[age])
		}
	}
	by.Spend, by.MatureSpend = spend.Decimal(), matureSpend.Decimal()
	by.Mature, by.Value = w.customers, s.margin.Mul(paid[s.horizon-1].Decimal())
	by.Retained, by.OneTimers = Share{t.retained, w.customers}, Share{t.oneTimers, w.customers}
	w.spend, w.value = by.MatureSpend, by.Value
	by.Ratio = w.ratio(s.level)
	by.Payback = payback(by.MatureSpend, s.margin, paid, mature)
	if by.Payback.State == NothingSpent && by.Spend.Sign() > 0 {
		by.Payback.State = PaybackOpen // it was spent later
	}
	return by, w
}

func (s *acquisitionSpan) cohort(i int, t cohortTotals) AcquiredIn {
	in := AcquiredIn{Interval: s.frame.interval(s.first+int32(i), s.now), Spend: t.spend.Decimal(), New: t.customers}
	if n := len(t.paid); n > 0 {
		in.Value = s.margin.Mul(t.paid[n-1].Decimal())
	}
	in.Payback = payback(in.Spend, s.margin, t.paid, len(t.paid) == s.horizon)
	return in
}
