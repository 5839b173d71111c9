package strategy

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"sync/atomic"
)

const (
	// guessSample is how many draws of a customer a guess goes by at most, and
	// one draw for guessShare customers if that is fewer.
	guessSample = 1 << 15
	guessShare  = 64
	// guessSteps is how many steps the draws may have, 24 bytes each.
	guessSteps = 1 << 21
	// guessErrors is how many standard errors of the draw a guess leaves room
	// for. What it misses costs time and changes nothing.
	guessErrors = 5
)

// drawnStep is a step of a customer who was drawn.
type drawnStep struct {
	efficiency, weight float64
	draw               int
}

// guess returns a window in which one budget runs out, going by some customers
// drawn at random: what is spent on those of them who come before a step, and
// its standard error, tell how far the step is from where all customers' budget
// runs out. ok is false if there is no telling, or if the window has more steps
// than there are customers. Several budgets pay more than the weight of a step,
// which is all that [choice.narrow] knows.
func (s *seller) guess(by *scale) (w window, ok bool) {
	if by != nil || s.draws == 0 {
		return window{}, false
	}
	steps, ok := s.drawSteps(s.draws)
	if !ok {
		return window{}, false
	}
	part := float64(s.draws) / float64(s.Customers)
	first, last := runsOutWithin(steps, s.draws, part*float64(s.Budgets[0]))
	ahead := part * float64(s.look)
	last += int(ahead + guessErrors*math.Sqrt(ahead) + 1)
	if first < len(steps) {
		w.top = math.Float64bits(steps[first].efficiency) + 1
	}
	if last < len(steps) {
		w.bottom = math.Float64bits(steps[last].efficiency)
	}
	inside := 0
	for _, x := range steps {
		if key := math.Float64bits(x.efficiency); key >= w.bottom && key < w.top {
			inside++
		}
	}
	w.steps = int(float64(inside) / part)
	return w, inside <= s.draws
}

// runsOutWithin returns the first step at which a budget may run out, and the
// last of those alike; the number of steps if it may suffice for all.
func runsOutWithin(steps []drawnStep, draws int, budget float64) (first, last int) {
	of := make([]float64, draws) // what is spent on each draw
	sum, squares := 0.0, 0.0
	first, last = len(steps), len(steps)
	for i, x := range steps {
		squares += x.weight * (2*of[x.draw] + x.weight)
		of[x.draw] += x.weight
		sum += x.weight
		off := guessErrors * math.Sqrt(squares)
		if sum+off > budget {
			first = min(first, i)
		}
		if last == len(steps) && sum-off > budget {
			last = i
		}
		if last < i && x.efficiency < steps[last].efficiency {
			return first, i - 1
		}
	}
	return first, len(steps)
}

// drawSteps returns the steps of customers drawn by position, with replacement,
// the most efficient first; false if they are too many or an offer is out of
// range, which the look at all customers then names.
func (s *seller) drawSteps(draws int) (steps []drawnStep, ok bool) {
	type drawer struct {
		reader reader
		steps  []drawnStep
	}
	parts := make([]drawer, s.workers())
	for i := range parts {
		parts[i].reader = newReader(&s.Market, nil)
	}
	var total atomic.Int64
	err := share(draws, len(parts), func(worker, draw int) *OfferError {
		p := &parts[worker]
		if fault := p.reader.readHull(drawnCustomer(draw, s.Customers)); fault != nil {
			return fault
		}
		if total.Add(int64(len(p.reader.hull)-1)) > guessSteps {
			return nil
		}
		for i := 1; i < len(p.reader.hull); i++ {
			x := stepTo(p.reader.hull, i)
			p.steps = append(p.steps, drawnStep{x.efficiency(), float64(x.weight), draw})
		}
		return nil
	})
	if err != nil || total.Load() > guessSteps {
		return nil, false
	}
	for _, p := range parts {
		steps = append(steps, p.steps...)
	}
	slices.SortFunc(steps, func(a, b drawnStep) int { return cmp.Compare(b.efficiency, a.efficiency) })
	return steps, true
}

// drawnCustomer returns the customer of a draw.
func drawnCustomer(draw, customers int) int {
	place, _ := bits.Mul64(finalMix(uint64(draw)+1), uint64(customers))
	return int(place)
}

// narrow takes those of the collected steps that surely fit, and drops those
// beyond what is looked at. It reports whether the window was wide enough: one
// budget runs out within, and below are as many steps as are looked at.
func (c *choice) narrow(w window) bool {
	if !c.spent.within(c.Budgets) {
		return false
	}
	inner, _ := c.window(c.spent, c.countEntries)
	if inner.bottom == 0 && w.bottom > 0 {
		return false
	}
	left := c.entries[:0]
	for _, e := range c.entries { // those of a customer in the order of the hull
		switch key := math.Float64bits(e.efficiency); {
		case key >= inner.top:
			c.chosen[e.customer] = e.offer
			c.value.add(e.value)
			c.spent[0].add(e.weight)
		case key >= inner.bottom:
			left = append(left, e)
		}
	}
	c.entries = left
	return true
}

// countEntries counts the steps that were collected, as [seller.count] does those
// of all customers.
func (c *choice) countEntries(prefix uint64, shift int) (*efficiencies, error) {
	all := newEfficiencies(c.reader)
	for _, e := range c.entries {
		if key := math.Float64bits(e.efficiency) >> shift; key>>bucketBits == prefix {
			all.add(key%bucketCount, &Costs{}, &Costs{Micros(e.weight)})
		}
	}
	return &all, nil
}
