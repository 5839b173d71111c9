package strategy

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

const (
	// fewCustomers is up to how many all steps are sorted; with more, only those
	// that matter.
	fewCustomers = 4096
	// lookAhead is how many steps are sorted at least, beyond those surely
	// taken: what still fits is looked for among them.
	lookAhead = 1 << 16
	// maxWorkers is how many goroutines there are at most: each has buckets of its
	// own.
	maxWorkers = 64
)

// seller allocates. Its numbers are constants but in tests.
type seller struct {
	Market
	few, look   int
	rough, fine int
}

func (s *seller) workers() int { return min(max(1, s.Workers), maxWorkers) }

// one allocates one budget.
func (s *seller) one() (*Allocation, error) {
	c, err := s.choose(scale{})
	if err != nil {
		return nil, err
	}
	return c.allocation(c.bound())
}

// choose takes steps by value per weight as long as they fit.
func (s *seller) choose(by scale) (*choice, error) {
	w, err := s.window(by)
	if err != nil {
		return nil, err
	}
	c, err := s.collect(by, w)
	if err != nil {
		return nil, err
	}
	return c, c.settle()
}

// entry is what is sorted: one or more steps of a customer, all of one ratio.
type entry struct {
	step       // the first of them
	efficiency float64
	customer   int32
}

// single is the best offer on its own.
type single struct {
	customer int
	offer    int32
	Offer
}

// part is what a worker collects.
type part struct {
	reader  reader
	entries []entry
	value   wide
	spent   ledger
	best    single
}

// choice is an allocation while it is being made.
type choice struct {
	*seller
	part
	chosen []int32
	split  step  // the first that did not fit
	left   int64 // of the first budget, then
	before wide  // the value, then
}

// collect takes all steps above the window, and keeps those within.
func (s *seller) collect(by scale, w window) (*choice, error) {
	c := &choice{seller: s, chosen: make([]int32, s.Customers)}
	parts := make([]part, s.workers())
	for i := range parts {
		parts[i] = part{reader: newReader(&s.Market, by), best: single{offer: none}}
	}
	err := share(s.Customers, len(parts), func(worker, customer int) *OfferError {
		p := &parts[worker]
		if fault := p.reader.readHull(customer); fault != nil {
			return fault
		}
		c.chosen[customer] = p.collect(customer, w)
		for i := range p.reader.offers {
			if o := &p.reader.offers[i]; o.Value >= p.best.Value {
				s.improve(&p.best, single{customer, int32(i), *o})
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	c.part = parts[0]
	for _, p := range parts[1:] {
		c.entries = append(c.entries, p.entries...)
		c.value.merge(p.value)
		c.spent.merge(&p.spent)
		s.improve(&c.best, p.best)
	}
	return c, nil
}

func (p *part) collect(customer int, w window) (chosen int32) {
	hull := p.reader.hull
	taken := 0
	for i := 1; i < len(hull); i++ {
		s := stepTo(hull, i)
		efficiency := s.efficiency()
		key := math.Float64bits(efficiency)
		if key < w.bottom {
			break
		}
		if key >= w.top {
			taken = i
		} else if i == taken+1 || s.compare(stepTo(hull, i-1)) != 0 {
			p.entries = append(p.entries, entry{s, efficiency, int32(customer)})
		}
	}
	p.value.add(hull[taken].value)
	p.spent.pay(&Costs{}, p.reader.cost(&hull[taken]), len(p.reader.Budgets))
	return hull[taken].offer
}

// improve replaces the best single offer by one that is worth more, or as much
// for less, and fits by itself.
func (s *seller) improve(best *single, o single) {
	if o.Value <= 0 || o.Value < best.Value {
		return
	}
	for b, budget := range s.Budgets {
		if o.Cost[b] > budget {
			return
		}
	}
	if best.offer == none || o.Value > best.Value || s.compareSingles(o, *best) < 0 {
		*best = o
	}
}

// compareSingles orders offers of one value by cost, then ID, then offer.
func (s *seller) compareSingles(a, b single) int {
	if costs := slices.Compare(a.Cost[:], b.Cost[:]); costs != 0 {
		return costs
	}
	return cmp.Or(s.compareIDs(a.customer, b.customer), cmp.Compare(a.offer, b.offer))
}

func (s *seller) compareIDs(a, b int) int {
	if s.ID == nil || a == b {
		return cmp.Compare(a, b)
	}
	return cmp.Or(strings.Compare(s.ID(a), s.ID(b)), cmp.Compare(a, b))
}

// compareEntries orders by efficiency, the largest first, then ID.
func (s *seller) compareEntries(a, b entry) int {
	if a.efficiency != b.efficiency {
		return cmp.Compare(b.efficiency, a.efficiency)
	}
	if ratios := b.compare(a.step); ratios != 0 {
		return ratios
	}
	return s.compareIDs(int(a.customer), int(b.customer))
}

// settle goes through the entries in order and takes what fits.
func (c *choice) settle() error {
	slices.SortFunc(c.entries, c.compareEntries)
	for i := range c.entries {
		if fault := c.reader.readHull(int(c.entries[i].customer)); fault != nil {
			return fault
		}
		c.take(&c.entries[i])
	}
	return nil
}

// take takes the steps of an entry, of the customer last read, as long as they
// fit. Once a step did not, later ones have nowhere to start from, and are passed
// over.
func (c *choice) take(e *entry) {
	hull := c.reader.hull
	chosen := &c.chosen[e.customer]
	for i := 1; i < len(hull); i++ {
		s := stepTo(hull, i)
		if hull[i-1].offer != *chosen || s.compare(e.step) != 0 {
			continue // taken before, or not of this entry
		}
		after := c.spent
		after.pay(c.reader.cost(&hull[i-1]), c.reader.cost(&hull[i]), len(c.Budgets))
		if !after.within(c.Budgets) {
			c.refuse(s)
			return
		}
		c.spent = after
		c.value.add(s.value)
		*chosen = hull[i].offer
	}
}

func (c *choice) refuse(s step) {
	if c.split == (step{}) {
		spent, _ := c.spent[0].int64()
		c.split, c.left, c.before = s, int64(c.Budgets[0])-spent, c.value
	}
}

// bound returns the optimum of one budget if offers could be given in part, and
// its price.
func (c *choice) bound() (wide, Prices) {
	if c.split == (step{}) {
		return c.value, Prices{}
	}
	bound := c.before
	bound.add(proportion(c.split.value, c.left, c.split.weight))
	return bound, Prices{c.split.efficiency()}
}

// allocation guards against a single offer that is worth more than all the rest,
// and writes the certificate.
func (c *choice) allocation(bound wide, prices Prices) (*Allocation, error) {
	value, fits := c.value.int64()
	most, boundFits := bound.int64()
	if !fits || !boundFits {
		return nil, errTooMuch
	}
	a := &Allocation{Value: Micros(value), Bound: Micros(most), Prices: prices, Spent: make([]Micros, len(c.Budgets)), chosen: c.chosen}
	for b := range a.Spent {
		spent, _ := c.spent[b].int64()
		a.Spent[b] = Micros(spent)
	}
	if c.best.Value > a.Value {
		c.giveOnly(a)
	}
	for _, offer := range a.chosen {
		if offer != none {
			a.Served++
		}
	}
	return a, nil
}

func (c *choice) giveOnly(a *Allocation) {
	for i := range a.chosen {
		a.chosen[i] = none
	}
	a.chosen[c.best.customer], a.Value = c.best.offer, c.best.Value
	copy(a.Spent, c.best.Cost[:])
}
