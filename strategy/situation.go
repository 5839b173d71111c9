package strategy

import (
	"math"
	"time"
)

// What of a policy is held on the stack while it decides: more than playbooks
// have that people maintain by hand.
const (
	fewLabels   = 256
	fewFigures  = 16
	fewCounters = 32
	fewChannels = 16
	fewBudgets  = 8
	fewHoldouts = 64
	fewGates    = 64
	fewSent     = 32
)

// situation is a case as a policy sees it. What is asked for more than once is
// worked out once, when it is first asked for.
type situation struct {
	c       *Case
	at      int64 // now, in microseconds
	blind   bool  // to holdouts
	quick   bool  // whether only the outcome matters, and not when a refusal lapses
	labels  bitSet
	figures []float64 // NaN where not known
	heldOut bitSet
	left    []Micros

	sentAt  []int64 // by exposure, in microseconds; never for one not to go by
	matched bool    // whether the next two are known
	seen    bitSet  // gates that the customer has had exposures of
	gateOf  []int16 // by exposure; -1 for an operation that the policy lacks

	place   *place
	assumed bool // whether the place is not the customer's

	counted  []countState
	channels []channelState
}

// scratch is where a situation keeps its lists if they are short.
type scratch struct {
	labels   [fewLabels / 64]uint64
	figures  [fewFigures]float64
	heldOut  [fewHoldouts / 64]uint64
	seen     [fewGates / 64]uint64
	left     [fewBudgets]Micros
	sentAt   [fewSent]int64
	gateOf   [fewSent]int16
	counted  [fewCounters]countState
	channels [fewChannels]channelState
}

// countState is what became of a counter.
type countState struct {
	until       int64 // 0 as long as nobody asked
	known, full bool
}

// channelState is what became of a channel.
type channelState struct {
	quietUntil int64
	quietWords string
	quietKnown bool

	known, unreachable, denied, granted, used bool
}

// bitSet has a bit for each number.
type bitSet []uint64

func (s bitSet) has(n int) bool { return s[n/64]>>(n%64)&1 != 0 }

func (s bitSet) set(n int) { s[n/64] |= 1 << (n % 64) }

// sized returns few, if that is enough, and otherwise a new slice.
func sized[T any](few []T, n int) []T {
	if n <= len(few) {
		return few[:n]
	}
	return make([]T, n)
}

func words(bits int) int { return (bits + 63) / 64 }

// look returns a case as the policy sees it.
func (p *Policy) look(c *Case, few *scratch) situation {
	s := situation{
		c: c, at: microseconds(c.Now), place: p.place,
		labels:   sized(few.labels[:], words(len(p.labels))),
		figures:  sized(few.figures[:], len(p.figures)),
		heldOut:  sized(few.heldOut[:], words(len(p.holdouts))),
		seen:     sized(few.seen[:], words(len(p.gates))),
		left:     sized(few.left[:], len(p.budgets)),
		sentAt:   sized(few.sentAt[:], len(c.Customer.Exposures)),
		gateOf:   sized(few.gateOf[:], len(c.Customer.Exposures)),
		counted:  sized(few.counted[:], len(p.counters)),
		channels: sized(few.channels[:], len(p.channels)),
	}
	for _, label := range c.Customer.Labels {
		if n, ok := p.number[label]; ok {
			s.labels.set(n)
		}
	}
	for i, name := range p.figures {
		x, ok := c.Customer.Numbers[name]
		if !ok || math.IsInf(x, 0) {
			x = math.NaN()
		}
		s.figures[i] = x
	}
	for i := range p.holdouts {
		if p.holdouts[i].has(c.Customer.ID) {
			s.heldOut.set(i)
		}
	}
	for i := range c.Customer.Exposures {
		s.sentAt[i] = never
		if e := &c.Customer.Exposures[i]; e.State != Failed && (e.Key == "" || e.Key != c.Key) {
			s.sentAt[i] = microseconds(e.At)
		}
	}
	for i := range p.budgets {
		left, ok := c.Left[p.budgets[i].Name]
		if !ok {
			left = math.MaxInt64
		}
		s.left[i] = left
	}
	if p.zoned {
		s.place, s.assumed = p.locate(c.Customer.Zone)
	}
	return s
}

// locate finds a customer's place, or takes that of the business.
func (p *Policy) locate(zone string) (where *place, assumed bool) {
	if zone != "" {
		if where := p.zones.find(zone); where != nil {
			return where, false
		}
	}
	return p.place, true
}

// now returns the instant of the case; it points to nothing of the situation,
// which therefore can stay on the stack.
func (s *situation) now() time.Time { return time.UnixMicro(s.at).UTC() }
