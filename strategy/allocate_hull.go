package strategy

import (
	"fmt"
	"math/bits"
)

// point is an offer as it is compared: its value against one cost.
type point struct {
	value, weight int64
	offer         int32
}

// nothing is where each customer starts.
var nothing = point{offer: none}

// scale makes one weight of several costs.
type scale [MaxCosts]float64

func (s *scale) weigh(costs *Costs) (weight int64) {
	for b, cost := range costs {
		weight += int64(s[b] * float64(cost))
	}
	return weight
}

// reader reads customers, one at a time.
type reader struct {
	*Market
	scale   *scale  // nil for one budget, whose cost is the weight
	budgets Costs   // as much as an offer may cost
	without Costs   // all bits of a cost that has no budget
	offers  []Offer // of the customer last read
	hull    []point // where it starts, and what is best for more and more weight
}

func newReader(m *Market, s *scale) reader {
	r := reader{Market: m, scale: s}
	copy(r.budgets[:], m.Budgets)
	for b := len(m.Budgets); b < MaxCosts; b++ {
		r.without[b] = ^0
	}
	return r
}

// read reads a customer's offers and checks them.
func (r *reader) read(customer int) *OfferError {
	r.offers = r.Offers(customer, r.offers[:0])
	if n := len(r.offers); n > MaxOffers {
		return &OfferError{customer, MaxOffers, fmt.Sprintf("one of %d: want at most %d", n, MaxOffers)}
	}
	for i := range r.offers {
		o := &r.offers[i]
		c, w := &o.Cost, &r.without
		large := (c[0] | c[1] | c[2] | c[3]) &^ (MaxAmount - 1) // what is below 0 has the highest bit
		if large|c[1]&w[1]|c[2]&w[2]|c[3]&w[3] != 0 || o.Value > MaxAmount {
			if problem := r.problem(o); problem != "" {
				return &OfferError{customer, i, problem}
			}
		}
	}
	return nil
}

// problem says what is out of range; "" if nothing is.
func (r *reader) problem(o *Offer) string {
	if o.Value > MaxAmount {
		return fmt.Sprintf("value %v: want at most %v", o.Value, MaxAmount)
	}
	for b, cost := range o.Cost {
		switch {
		case cost&r.without[b] != 0:
			return fmt.Sprintf("cost[%d] is %v, and there is no such budget", b, cost)
		case cost < 0 || cost > MaxAmount:
			return fmt.Sprintf("cost[%d] is %v: want 0 to %v", b, cost, MaxAmount)
		}
	}
	return ""
}

// readHull reads a customer's offers and keeps, of those that budgets pay by
// themselves, the ones that no mixture of two others, or of one and nothing,
// beats at the same weight.
func (r *reader) readHull(customer int) *OfferError {
	if fault := r.read(customer); fault != nil {
		return fault
	}
	r.wrap(nothing, &r.budgets)
	return nil
}

// wrap makes the hull from a point on, of offers that cost no more than there is
// room for. Offers on the line between two stay, as small steps fit where a large
// one does not.
func (r *reader) wrap(from point, room *Costs) {
	points := append(r.hull[:0], from)
	for i := range r.offers {
		o := &r.offers[i]
		if int64(o.Value) <= from.value || !o.within(room) {
			continue
		}
		weight := int64(o.Cost[0])
		if r.scale != nil {
			weight = r.scale.weigh(&o.Cost)
		}
		if weight >= from.weight {
			points = sorted(points, point{int64(o.Value), weight, int32(i)})
		}
	}
	r.hull = upperHull(points)
}

func (o *Offer) within(room *Costs) bool {
	c := &o.Cost // there are four, and this is where most of the time goes
	return c[0] <= room[0] && c[1] <= room[1] && c[2] <= room[2] && c[3] <= room[3]
}

// sorted inserts a point where it belongs after the first: lighter ones before
// it, and of equal weight those of more value. Most hosts list offers in that
// order.
func sorted(points []point, p point) []point {
	points = append(points, p)
	i := len(points) - 1
	for ; i > 1; i-- {
		q := &points[i-1]
		if q.weight < p.weight || q.weight == p.weight && q.value >= p.value {
			break
		}
		points[i] = *q
	}
	points[i] = p
	return points
}

// upperHull moves the corners of the upper hull, from the first point on, to the
// front.
func upperHull(points []point) []point {
	n := 1
	for _, p := range points[1:] {
		if p.value <= points[n-1].value {
			continue // heavier for no more
		}
		for n > 1 && bends(&points[n-2], &points[n-1], &p) {
			n--
		}
		points[n] = p
		n++
	}
	return points[:n]
}

// bends reports whether the step from b to c is worth more for its weight than
// that from a to b.
func bends(a, b, c *point) bool {
	return lessProduct(b.value-a.value, c.weight-b.weight, c.value-b.value, b.weight-a.weight)
}

// lessProduct reports whether v×w < x×y, for numbers of 0 or more.
func lessProduct(v, w, x, y int64) bool {
	hi1, lo1 := bits.Mul64(uint64(v), uint64(w))
	hi2, lo2 := bits.Mul64(uint64(x), uint64(y))
	return hi1 < hi2 || hi1 == hi2 && lo1 < lo2
}

// step is the way from one point of a hull to the next.
type step struct{ value, weight int64 }

func stepTo(hull []point, i int) step {
	from, to := &hull[i-1], &hull[i]
	return step{to.value - from.value, to.weight - from.weight}
}

// efficiency is value per weight; infinite if there is no weight. As amounts are
// floats without rounding, it never orders two steps against their true ratios.
func (s step) efficiency() float64 { return float64(s.value) / float64(s.weight) }

// inLine reports whether the steps to a point and to the one before have the same
// ratio; the point is not the first to step to.
func inLine(hull []point, i int) bool { return stepTo(hull, i).compare(stepTo(hull, i-1)) == 0 }

// compare compares the ratios of two steps exactly. Two by no weight are alike.
func (s step) compare(o step) int {
	switch {
	case lessProduct(s.value, o.weight, o.value, s.weight):
		return -1
	case lessProduct(o.value, s.weight, s.value, o.weight):
		return 1
	}
	return 0
}

// cost returns the costs of a point of the customer last read.
func (r *reader) cost(p *point) *Costs {
	if p.offer == none {
		return &Costs{}
	}
	return &r.offers[p.offer].Cost
}
