package term

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
)

// MaxTerms is the most terms of one customer in a report of renewals: each is
// compared with each.
const MaxTerms = 2000

// Renewal is what became of one term.
type Renewal[K regulars.ID] struct {
	Term  Term[K]
	Label Label
	// Timing is Early, OnTime or Late of a term that was renewed in any way, also
	// by another product; Open if none has.
	Timing Label
	// By is the term that renewed it; of meaning only if Label is Kept.
	By Term[K]
	// Decided is whether the last day of Late was over at the moment: only then
	// may the term count in a rate, since the late ones are yet to come.
	Decided bool
}

// Renewals says what became, as of now, of each term that ended at now or before,
// in ascending order of customer, start, end and product. Terms sold after now
// are not known yet.
//
// Of a customer's terms one renews another if it starts later and was sold in
// season, as the [Policy] says. Where there is a choice the best pair is taken
// first: of the same product before one on the same ladder before any other; then
// that sold nearest to the due date; then the term in order. Both are then taken,
// so that a term renews at most one term and is renewed by at most one. Nobody is
// moved to a worse partner to find one for a third: that would call a lapsed
// term renewed by a purchase that had nothing to do with it.
//
// An invalid policy or moment is an error, and so is a customer with more than
// [MaxTerms].
func (b *Book[K]) Renewals(p Policy, now time.Time) ([]Renewal[K], error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	if err := calendar.CheckInstant(now); err != nil {
		return nil, fmt.Errorf("term: the moment of the report %w", err)
	}
	m := matcher{policy: p, rungs: p.rungs(), zone: calendar.OrUTC(p.Zone), today: calendar.DayOf(now, p.Zone)}
	var all []Renewal[K]
	terms := b.sorted()
	for len(terms) > 0 {
		n := 1
		for n < len(terms) && terms[n].Customer == terms[0].Customer {
			n++
		}
		if n > MaxTerms {
			return nil, fmt.Errorf("term: customer %v has %d terms: want at most %d", terms[0].Customer, n, MaxTerms)
		}
		own := slices.DeleteFunc(slices.Clone(terms[:n]), func(t Term[K]) bool { return t.sold().After(now) })
		all = append(all, renewals(m, own, now)...)
		terms = terms[n:]
	}
	return all, nil
}

// renewals are those of one customer.
func renewals[K regulars.ID](m matcher, own []Term[K], now time.Time) []Renewal[K] {
	views := make([]view, len(own))
	for i, t := range own {
		views[i] = m.view(t.Start, t.End, t.sold(), t.Product)
	}
	by := m.match(views)
	var list []Renewal[K]
	for i, t := range own {
		if t.End.IsZero() || t.End.After(now) {
			continue
		}
		r := Renewal[K]{Term: t, Decided: m.today > views[i].season.last}
		if j := by[i]; j >= 0 {
			r.By = own[j]
			r.Timing, _ = views[i].season.timing(views[j].sold)
			r.Label = m.label(t.Product, r.By.Product, r.Timing)
		} else if r.Decided {
			r.Label = Lapsed
		}
		list = append(list, r)
	}
	return list
}

// matcher finds which term renews which.
type matcher struct {
	policy Policy
	rungs  map[string]rung
	zone   *time.Location
	today  calendar.Day
}

// view is a term as the matcher sees it.
type view struct {
	start   time.Time
	ends    bool
	season  season // of a term that ends
	sold    calendar.Day
	product string
}

func (m matcher) view(start, end, sold time.Time, product string) view {
	v := view{start: start, ends: !end.IsZero(), sold: calendar.DayOf(sold, m.zone), product: product}
	if v.ends {
		v.season = m.policy.season(end)
	}
	return v
}

// pair is a term and one that may renew it, by their numbers.
type pair struct {
	kinship  int // 0 of one product, 1 of one ladder, 2 of neither
	distance calendar.Day
	old, new int
}

func (p pair) compare(o pair) int {
	return cmp.Or(
		cmp.Compare(p.kinship, o.kinship), cmp.Compare(p.distance, o.distance),
		cmp.Compare(p.old, o.old), cmp.Compare(p.new, o.new),
	)
}

// pairs lists all that may be, in no order.
func (m matcher) pairs(terms []view) (all []pair) {
	for i, a := range terms {
		if !a.ends {
			continue
		}
		for j, b := range terms {
			if !b.start.After(a.start) {
				continue
			}
			if _, ok := a.season.timing(b.sold); ok {
				all = append(all, pair{m.kinship(a.product, b.product), max(b.sold-a.season.due, a.season.due-b.sold), i, j})
			}
		}
	}
	return all
}

func (m matcher) kinship(a, b string) int {
	if a == b {
		return 0
	}
	x, okX := m.rungs[a]
	y, okY := m.rungs[b]
	if okX && okY && x.ladder == y.ladder {
		return 1
	}
	return 2
}

// match returns for each term the number of the one that renews it, or -1.
func (m matcher) match(terms []view) []int {
	by, taken := make([]int, len(terms)), make([]bool, len(terms))
	for i := range by {
		by[i] = -1
	}
	all := m.pairs(terms)
	slices.SortFunc(all, pair.compare)
	for _, p := range all {
		if by[p.old] < 0 && !taken[p.new] {
			by[p.old], taken[p.new] = p.new, true
		}
	}
	return by
}

func (m matcher) label(old, renewed string, timing Label) Label {
	switch m.kinship(old, renewed) {
	case 0:
		return timing
	case 1:
		if m.rungs[renewed].height > m.rungs[old].height {
			return Upgraded
		}
		return Downgraded
	}
	return OtherProduct
}
