package strategy

import (
	"math"
	"slices"
	"strconv"
)

// several allocates several budgets at prices.
func (s *seller) several() (*Allocation, error) {
	prices, err := s.prices()
	if err != nil {
		return nil, err
	}
	bound, _, err := s.all().at(prices)
	if err != nil {
		return nil, err
	}
	c, err := s.choose(s.scaleAt(prices))
	if err != nil {
		return nil, err
	}
	return c.allocation(bound.shifted(boundPlaces), prices)
}

// scaleAt makes weights of prices, such that all budgets together weigh
// MaxAmount: a weight then fits an int64, and keeps its digits.
func (s *seller) scaleAt(prices Prices) *scale {
	by := new(scale)
	whole := 0.0
	for b, budget := range s.Budgets {
		whole += float64(prices[b] * float64(budget))
	}
	if whole > 0 {
		for b := range s.Budgets {
			by[b] = prices[b] / whole * float64(MaxAmount)
		}
	}
	return by
}

// boundPlaces is how many bits below a millionth the bound is summed with: what
// it is too large by rounding, at most, is the number of customers over 2^10.
const boundPlaces = 10

// dual is Lagrange's bound as a function of prices, over some customers and the
// same part of the budgets. It is convex, and at its least where the prices are
// right.
type dual struct {
	*seller
	drawn []int32 // in ascending order
	whole bool    // they are all customers, and drawn is empty
}

func (s *seller) all() *dual { return &dual{s, nil, true} }

// draw draws about size customers by their IDs, so that they are the same in any
// order; a smaller draw is part of a larger one.
func (s *seller) draw(size int) *dual {
	if s.Customers <= size {
		return s.all()
	}
	d := &dual{seller: s}
	draw := NewBucketer("allocate", "")
	for customer := range s.Customers {
		if draw.Bucket(s.name(customer)).In(uint64(size), uint64(s.Customers)) {
			d.drawn = append(d.drawn, int32(customer))
		}
	}
	return d
}

func (s *seller) name(customer int) string {
	if s.ID == nil {
		return strconv.Itoa(customer)
	}
	return s.ID(customer)
}

// part is the part of all customers that is here.
func (d *dual) part() float64 {
	if d.whole {
		return 1
	}
	return float64(len(d.drawn)) / float64(d.Customers)
}

// nets is what a worker adds up.
type nets struct {
	reader reader
	sum    wide
	used   ledger
}

// at returns the bound: for each customer the largest net of an offer, and what
// the budgets are worth. It is 2^boundPlaces times as large and rounded up, and
// with it come the costs of those offers. All sums are exact, in any order.
func (d *dual) at(prices Prices) (bound wide, used ledger, err error) {
	parts := make([]nets, d.workers())
	for i := range parts {
		parts[i].reader = newReader(&d.Market, nil)
	}
	count := len(d.drawn)
	if d.whole {
		count = d.Customers
	}
	err = share(count, len(parts), func(worker, i int) *OfferError {
		if !d.whole {
			i = int(d.drawn[i])
		}
		return parts[worker].add(i, prices)
	})
	for i := range parts {
		bound.merge(parts[i].sum)
		used.merge(&parts[i].used)
	}
	for b, budget := range d.Budgets {
		worth := prices[b] * float64(budget) * d.part()
		bound.merge(wideOf(math.Ceil(worth * (1 + slack) * (1 << boundPlaces))))
	}
	return bound, used, err
}

func (n *nets) add(customer int, prices Prices) *OfferError {
	if fault := n.reader.read(customer); fault != nil {
		return fault
	}
	best, chosen := 0.0, none
	for i := range n.reader.offers {
		o := &n.reader.offers[i]
		if o.Value <= 0 {
			continue
		}
		if net := netAtMost(prices, o); net > best {
			if o.within(&n.reader.budgets) {
				best, chosen = net, i
			}
		}
	}
	if chosen != none {
		n.sum.add(int64(math.Ceil(best * (1 << boundPlaces))))
		n.used.pay(&Costs{}, &n.reader.offers[chosen].Cost, len(n.reader.Budgets))
	}
	return nil
}

// slack is by how much a few operations can be off, at most.
const slack = 0x1p-49

// netAtMost is [Prices.Net] rounded up.
func netAtMost(prices Prices, o *Offer) float64 {
	return min(prices.Net(*o)+float64(slack*float64(o.Value)), float64(o.Value))
}

// On how many customers prices are found: roughly, and then near there.
const (
	roughSample = 4096
	fineSample  = 65536
)

// prices returns prices at which the bound is about the least.
func (s *seller) prices() (Prices, error) {
	n := len(s.Budgets)
	rough := s.draw(s.rough)
	bound, _, err := rough.at(Prices{})
	if err != nil {
		return Prices{}, err
	}
	// No whole budget is worth more than all offers, which is the bound at 0.
	most := bound.float() / (1 << boundPlaces) / max(rough.part(), math.SmallestNonzeroFloat64)
	cube := vector{most / 2, most / 2, most / 2, most / 2}
	found, err := rough.search(around(n, cube, most/2*math.Sqrt(float64(n))))
	if err == nil && !rough.whole {
		radius := 0.01 * most
		for _, worth := range found {
			radius += float64(0.2 * worth)
		}
		found, err = s.draw(s.fine).search(around(n, found, radius))
	}
	return s.pricesOf(found), err
}

// pricesOf returns the prices at which the whole budgets are worth so much.
func (s *seller) pricesOf(worth vector) (prices Prices) {
	for b, budget := range s.Budgets {
		prices[b] = min(max(0, worth[b])/max(1, float64(budget)), float64(MaxAmount))
	}
	return prices
}

// A search ends when the bound can fall by no more than a share of it, which
// takes some 100 rounds for two budgets and 500 for four.
const (
	searchRounds    = 2000
	searchTolerance = 1e-8 // on all customers
	drawTolerance   = 1e-6 // on some, whose bound is off by more than that
)

// search returns what each whole budget is worth where the bound is least. Each
// round cuts the ellipsoid it is in.
func (d *dual) search(e *ellipsoid) (best vector, err error) {
	tolerance := drawTolerance
	if d.whole {
		tolerance = searchTolerance
	}
	least := math.Inf(1)
	for range searchRounds {
		cut := vector{}
		if b := slices.IndexFunc(e.center[:e.n], func(x float64) bool { return x < 0 }); b >= 0 {
			cut[b] = -1
			if !e.cut(cut, -e.center[b]) {
				break
			}
			continue
		}
		bound, used, err := d.at(d.pricesOf(e.center))
		if err != nil {
			return best, err
		}
		f := bound.float() / (1 << boundPlaces)
		if f < least {
			best, least = e.center, f
		}
		for b, budget := range d.Budgets {
			cut[b] = d.part() - used[b].float()/max(1, float64(budget))
		}
		if e.reach(cut) <= tolerance*least || !e.cut(cut, f-least) {
			break
		}
	}
	return best, nil
}

type vector [MaxCosts]float64

// ellipsoid is the set of x with (x-center)ᵀ shape⁻¹ (x-center) <= 1.
type ellipsoid struct {
	n      int
	center vector
	shape  [MaxCosts]vector
}

// around returns a ball.
func around(n int, center vector, radius float64) *ellipsoid {
	e := &ellipsoid{n: n, center: center}
	for i := range n {
		e.shape[i][i] = radius * radius
	}
	return e
}

func (e *ellipsoid) times(v vector) (product vector) {
	for i := range e.n {
		for j := range e.n {
			product[i] += float64(e.shape[i][j] * v[j])
		}
	}
	return product
}

// reach is how far the ellipsoid goes from its center in a direction.
func (e *ellipsoid) reach(direction vector) float64 {
	sum := 0.0
	for i, x := range e.times(direction) {
		sum += float64(x * direction[i])
	}
	return math.Sqrt(max(0, sum))
}

// cut keeps the smallest ellipsoid around where direction·(x-center) <= -depth
// (Bland, Goldfarb and Todd 1981, section 4.1); false if that is no more than a
// point.
func (e *ellipsoid) cut(direction vector, depth float64) bool {
	reach := e.reach(direction)
	if !(reach > 0) || depth >= reach {
		return false
	}
	n, alpha := float64(e.n), depth/reach
	g := e.times(direction)
	for i := range e.n {
		g[i] /= reach
		e.center[i] -= float64((1 + float64(n*alpha)) / (n + 1) * g[i])
	}
	flatten := 2 * (1 + float64(n*alpha)) / ((n + 1) * (1 + alpha))
	widen := n * n / (n*n - 1) * (1 - float64(alpha*alpha))
	for i := range e.n {
		for j := range e.n {
			e.shape[i][j] = widen * (e.shape[i][j] - float64(float64(flatten*g[i])*g[j]))
		}
	}
	return true
}
