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
	// lookAhead is how many steps are looked at after the first that does not
	// fit: what still fits is looked for among them.
	lookAhead = 1 << 16
	// maxWorkers is how many goroutines there are at most: each has buckets of its
	// own.
	maxWorkers = 64
)

// seller allocates. Its numbers are constants but in tests.
type seller struct {
	Market
	few, look   int
	draws       int // for a guess; none for no guess
	rough, fine int
}

func (s *seller) workers() int { return min(max(1, s.Workers), maxWorkers) }

// one allocates one budget.
func (s *seller) one() (*Allocation, error) {
	c, err := s.choose(nil)
	if err != nil {
		return nil, err
	}
	return c.allocation(c.bound())
}

// choose takes steps by value per weight as long as they fit.
func (s *seller) choose(by *scale) (*choice, error) {
	c, err := s.near(by)
	if err != nil {
		return nil, err
	}
	return c, c.settle()
}

// near takes the steps that surely fit, and collects those about as good as the
// first that does not. If the guess of where that is was right, one look at all
// customers is enough; otherwise it is found by counting all their steps.
func (s *seller) near(by *scale) (*choice, error) {
	if s.Customers <= s.few {
		return s.collect(by, window{top: math.MaxUint64})
	}
	if w, ok := s.guess(by); ok {
		if c, err := s.collect(by, w); err != nil || c.narrow(w) {
			return c, err
		}
	}
	w, err := s.window(ledger{}, func(prefix uint64, shift int) (*efficiencies, error) { return s.count(by, prefix, shift) })
	if err != nil {
		return nil, err
	}
	return s.collect(by, w)
}

// entry is what is sorted: one or more steps of a customer, all of one ratio.
type entry struct {
	step       // all of them together
	efficiency float64
	customer   int32
	offer      int32 // to which they lead
}

// extend adds a step on the same line.
func (e *entry) extend(s step, offer int32) {
	e.value, e.weight, e.offer = e.value+s.value, e.weight+s.weight, offer
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
func (s *seller) collect(by *scale, w window) (*choice, error) {
	c := &choice{seller: s, chosen: make([]int32, s.Customers)}
	parts := make([]part, s.workers())
	for i := range parts {
		parts[i] = part{reader: newReader(&s.Market, by), best: single{offer: none}}
		parts[i].entries = make([]entry, 0, w.steps/len(parts))
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
		switch {
		case key >= w.top:
			taken = i
		case i > taken+1 && inLine(hull, i):
			p.entries[len(p.entries)-1].extend(s, hull[i].offer)
		default:
			p.entries = append(p.entries, entry{s, efficiency, int32(customer), hull[i].offer})
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

// settle goes through the entries in order and takes what fits, up to so many
// after the first that does not. A customer of whom a step does not fit gets
// another turn, with what fits now.
func (c *choice) settle() error {
	slices.SortFunc(c.entries, c.compareEntries)
	again := queue{before: func(a, b entry) bool { return c.compareEntries(a, b) < 0 }}
	for rest := c.entries; len(rest)+len(again.heap) > 0; {
		var e entry
		whole := c.split == (step{})
		turn := len(rest) == 0 || len(again.heap) > 0 && again.before(again.heap[0], rest[0])
		if turn {
			e = again.pop()
		} else {
			e, rest = rest[0], rest[1:]
		}
		if fault := c.reader.readHull(int(e.customer)); fault != nil {
			return fault
		}
		if turn && c.takeNext(&e) || !turn && !c.take(&e) {
			if next, ok := c.next(&e); ok {
				again.push(next)
			}
		}
		if whole && c.split != (step{}) && c.Customers > c.few {
			rest = rest[:min(len(rest), c.look)]
		}
	}
	return nil
}

// take takes the steps of an entry, of the customer last read, as long as they
// fit; false if one did not. Later ones have nowhere to start from then.
func (c *choice) take(e *entry) bool {
	hull := c.reader.hull
	for i := 1; i < len(hull); i++ {
		s := stepTo(hull, i)
		if hull[i-1].offer != c.chosen[e.customer] || s.compare(e.step) != 0 {
			continue // taken before, or not of this entry
		}
		if !c.step(e.customer, &hull[i-1], &hull[i]) {
			c.refuse(s)
			return false
		}
	}
	return true
}

// takeNext takes the step of a customer who has another turn, if it still is the
// best that fits; what is left may be less than when it was found. It reports
// whether to look for the next one.
func (c *choice) takeNext(e *entry) bool {
	next, ok := c.next(e)
	if ok && next.step == e.step {
		c.step(e.customer, &c.reader.hull[0], &c.reader.hull[1])
	}
	return ok
}

// next returns the first step of the customer last read from where they are, of
// those that fit now.
func (c *choice) next(e *entry) (next entry, ok bool) {
	room := c.reader.budgets
	for b := range c.Budgets {
		spent, _ := c.spent[b].int64()
		room[b] -= Micros(spent)
	}
	from := nothing
	if i := c.chosen[e.customer]; i != none {
		o := &c.reader.offers[i]
		from = point{int64(o.Value), int64(o.Cost[0]), i}
		if c.reader.scale != nil {
			from.weight = c.reader.scale.weigh(&o.Cost)
		}
		for b := range room {
			room[b] += o.Cost[b]
		}
	}
	c.reader.wrap(from, &room)
	if len(c.reader.hull) < 2 {
		return entry{}, false
	}
	s := stepTo(c.reader.hull, 1)
	return entry{s, s.efficiency(), e.customer, c.reader.hull[1].offer}, true
}

// step gives a customer one offer in place of another, if the budgets pay it.
func (c *choice) step(customer int32, from, to *point) bool {
	after := c.spent
	after.pay(c.reader.cost(from), c.reader.cost(to), len(c.Budgets))
	if !after.within(c.Budgets) {
		return false
	}
	c.spent = after
	c.value.add(to.value - from.value)
	c.chosen[customer] = to.offer
	return true
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
