package term

import (
	"encoding/json"
	"math/big"
	"slices"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/internal/exact"
	"github.com/regulars-go/regulars/lifecycle"
)

// Report counts what became of terms.
type Report struct {
	// Cohorts are the terms by the period of their due date, in order; periods
	// in which none was due are left out.
	Cohorts []Cohort `json:"cohorts"`
	// All is all cohorts together.
	All Cohort `json:"all"`
	// NotDue is how many terms end after the moment, Endless how many never do,
	// and Later how many were sold after it.
	NotDue  int `json:"notDue"`
	Endless int `json:"endless"`
	Later   int `json:"later,omitempty"`
}

// Cohort is the terms that were due in one period.
//
// Rates count the decided alone, for which the last day of Late is over. The
// others include those renewed early, whose like may still lapse: a rate of all
// that are settled so far would look too well.
type Cohort struct {
	// Interval is the period; nil of all together.
	Interval *lifecycle.Interval
	// Due is how many terms were due, and Decided how many of these are decided.
	Due, Decided int
	// Before is what the decided were worth, After what the terms that followed
	// them are, and Held the lower of the two for each, all added up. A term that
	// nothing followed has an After and a Held of 0. Terms are taken as they are:
	// a year that follows a month is worth more.
	Before, Held, After decimal.Decimal

	due, decided [labelCount]int
}

// Report counts renewals by due cohort, as [Book.Renewals] gives them.
func (b *Book[K]) Report(p Policy, now time.Time) (Report, error) {
	renewals, err := b.Renewals(p, now)
	if err != nil {
		return Report{}, err
	}
	r := Report{Cohorts: []Cohort{}}
	for _, t := range b.terms {
		switch {
		case t.sold().After(now):
			r.Later++
		case t.End.IsZero():
			r.Endless++
		case t.End.After(now):
			r.NotDue++
		}
	}
	byStart, all := map[int64]*cohortSums{}, &cohortSums{}
	for _, one := range renewals {
		interval := p.Each.Interval(one.Term.End, now, p.Zone)
		sums := byStart[interval.Start.Unix()]
		if sums == nil {
			sums = &cohortSums{cohort: Cohort{Interval: &interval}}
			byStart[interval.Start.Unix()] = sums
		}
		for _, s := range []*cohortSums{sums, all} {
			s.add(one.Label, one.Decided, one.Term.Value, one.By.Value)
		}
	}
	starts := make([]int64, 0, len(byStart))
	for start := range byStart {
		starts = append(starts, start)
	}
	slices.Sort(starts)
	for _, start := range starts {
		r.Cohorts = append(r.Cohorts, byStart[start].report())
	}
	r.All = all.report()
	return r, nil
}

// cohortSums is a Cohort while it is summed.
type cohortSums struct {
	cohort              Cohort
	before, held, after exact.Sum
}

// add counts a term; after is 0 if nothing followed it.
func (s *cohortSums) add(label Label, decided bool, before, after decimal.Decimal) {
	s.cohort.Due++
	s.cohort.due[label]++
	if !decided {
		return
	}
	s.cohort.Decided++
	s.cohort.decided[label]++
	s.before.Add(before)
	s.after.Add(after)
	s.held.Add(decimal.Min(before, after))
}

func (s *cohortSums) report() Cohort {
	c := s.cohort
	c.Before, c.Held, c.After = s.before.Decimal(), s.held.Decimal(), s.after.Decimal()
	return c
}

// Count returns how many of the terms that were due have a label so far.
func (c Cohort) Count(l Label) int {
	if int(l) >= labelCount {
		return 0
	}
	return c.due[l]
}

// Share returns how many of the decided have a label; its interval is Wilson's.
func (c Cohort) Share(l Label) lifecycle.Share {
	return c.share(func(other Label) bool { return other == l })
}

// Renewed returns how many of the decided were renewed, by the same product or
// one on its ladder.
func (c Cohort) Renewed() lifecycle.Share { return c.share(Label.Renewed) }

// Kept returns how many of the decided were followed by any term.
func (c Cohort) Kept() lifecycle.Share { return c.share(Label.Kept) }

func (c Cohort) share(counts func(Label) bool) lifecycle.Share {
	s := lifecycle.Share{Of: c.Decided}
	for _, l := range Labels() {
		if counts(l) {
			s.Count += c.decided[l]
		}
	}
	return s
}

// GRR returns Held / Before, the gross retention of value: at most 1, since it
// leaves out what grew. ok is false if the decided were worth nothing.
func (c Cohort) GRR() (rate float64, ok bool) { return ratio(c.Held, c.Before) }

// NRR returns After / Before, the net retention of value; ok is false if the
// decided were worth nothing.
func (c Cohort) NRR() (rate float64, ok bool) { return ratio(c.After, c.Before) }

// ratio returns the float nearest to the exact a/b.
func ratio(a, b decimal.Decimal) (float64, bool) {
	if b.IsZero() {
		return 0, false
	}
	r, _ := new(big.Rat).Quo(a.Rat(), b.Rat()).Float64()
	return r, true
}

// MarshalJSON writes c by its keys: every label in order, amounts as texts in
// plain digits, and rates that are undefined as null.
func (c Cohort) MarshalJSON() ([]byte, error) {
	rate := func(r float64, ok bool) *float64 {
		if !ok {
			return nil
		}
		return &r
	}
	return json.Marshal(struct {
		Interval *lifecycle.Interval `json:"interval,omitempty"`
		Due      int                 `json:"due"`
		Labels   labelCounts         `json:"labels"`
		Decided  int                 `json:"decided"`
		Of       labelCounts         `json:"decidedLabels"`
		Renewed  lifecycle.Share     `json:"renewed"`
		Kept     lifecycle.Share     `json:"kept"`
		Before   string              `json:"before"`
		Held     string              `json:"held"`
		After    string              `json:"after"`
		GRR      *float64            `json:"grr"`
		NRR      *float64            `json:"nrr"`
	}{
		c.Interval, c.Due, c.due, c.Decided, c.decided, c.Renewed(), c.Kept(),
		exact.Text(c.Before), exact.Text(c.Held), exact.Text(c.After), rate(c.GRR()), rate(c.NRR()),
	})
}

// labelCounts are written as {"open": 1, "early": 0, ...}.
type labelCounts [labelCount]int

// MarshalJSON writes every label in order.
func (c labelCounts) MarshalJSON() ([]byte, error) {
	dst := []byte{'{'}
	for i, l := range Labels() {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = strconv.AppendQuote(dst, l.String())
		dst = strconv.AppendInt(append(dst, ':'), int64(c[l]), 10)
	}
	return append(dst, '}'), nil
}
