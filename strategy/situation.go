package strategy

import (
	"math"
	"slices"
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
	seen    bitSet // gates that the customer has had exposures of
	left    []Micros

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
	counted  [fewCounters]countState
	channels [fewChannels]channelState
}

// countState is what became of a counter.
type countState struct {
	until       int64
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

func (s bitSet) hasAny(numbers []int) bool {
	return slices.ContainsFunc(numbers, s.has)
}

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
		if n, ok := p.index[c.Customer.Exposures[i].Operation]; ok {
			s.seen.set(n)
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

// happened reports whether an exposure is one to go by: it did not fail, and is
// not the decision's own.
func (s *situation) happened(e *Exposure) bool {
	return e.State != Failed && (e.Key == "" || e.Key != s.c.Key)
}

// consent returns what keeps an operation off a channel: 0 if nothing does.
func (p *Policy) consent(g *gate, channel int, s *situation) Code {
	x, rule := &s.channels[channel], &p.channels[channel]
	if !x.known {
		p.ask(x, rule, s)
	}
	switch {
	case x.unreachable:
		return Unreachable
	case rule.consent == Quota && (!x.granted || x.used),
		g.marketing && (x.denied || rule.consent == OptIn && !x.granted):
		return NoConsent
	}
	return 0
}

// ask finds out how a customer stands to a channel.
func (p *Policy) ask(x *channelState, rule *channelRule, s *situation) {
	x.known = true
	x.unreachable = rule.reach >= 0 && !s.labels.has(rule.reach)
	for i := len(s.c.Customer.Consents) - 1; i >= 0; i-- {
		consent := &s.c.Customer.Consents[i]
		if consent.Channel != rule.name {
			continue
		}
		x.granted, x.denied = consent.Granted, !consent.Granted
		if rule.consent == Quota {
			x.used = s.used(consent) >= consent.Quota
		}
		return
	}
}

// used counts the messages that a quota was used for.
func (s *situation) used(consent *Consent) (n int) {
	since := microseconds(consent.Since)
	for i := range s.c.Customer.Exposures {
		e := &s.c.Customer.Exposures[i]
		if e.Channel == consent.Channel && s.happened(e) && microseconds(e.At) > since {
			n++
		}
	}
	return n
}

// coolDown reports whether an operation is cooling down, and finds by which rule
// it does longest.
func (p *Policy) coolDown(g *gate, s *situation, f *finding) bool {
	if len(g.coolDowns) == 0 || !s.seen.has(g.index) {
		return false
	}
	longest := s.at
	for i := range g.coolDowns {
		rule := &g.coolDowns[i]
		if until := s.cooling(g.operation, rule); until > longest {
			f.refuse(StageCoolDown, CoolingDown, -1, rule.words)
			f.retryAt, longest = until, until
		}
	}
	return longest > s.at
}

// cooling returns when an operation is free of a cool-down, or an instant that is
// not ahead if it is free.
func (s *situation) cooling(operation string, rule *coolRule) int64 {
	until := int64(never)
	for i := range s.c.Customer.Exposures {
		last, ok := s.started(i, operation, rule)
		if !ok || s.at >= last+rule.most {
			continue
		}
		if rule.times > 1 && s.together(operation, rule, last) < rule.times {
			continue
		}
		if s.quick && s.at < last+rule.least {
			return last + rule.least // not when it ends, but that it lasts
		}
		until = max(until, microseconds(rule.lasts.After(time.UnixMicro(last), s.place.zone)))
	}
	return until
}

// started returns when an exposure counts for a cool-down, in microseconds, if it
// does.
func (s *situation) started(i int, operation string, rule *coolRule) (at int64, ok bool) {
	e := &s.c.Customer.Exposures[i]
	if e.Operation != operation || !s.happened(e) {
		return 0, false
	}
	if rule.after == "" {
		return microseconds(e.At), true
	}
	if e.Outcome != rule.after {
		return 0, false
	}
	at = microseconds(e.OutcomeAt)
	if e.OutcomeAt.IsZero() {
		at = microseconds(e.At)
	}
	return at, at <= s.at
}

// together counts what lies near enough to the last of several to count with
// it.
func (s *situation) together(operation string, rule *coolRule, last int64) (n int) {
	for i := range s.c.Customer.Exposures {
		at, ok := s.started(i, operation, rule)
		if ok && at <= last && microseconds(rule.within.After(time.UnixMicro(at), s.place.zone)) > last {
			n++
		}
	}
	return n
}

// count returns whether a counter is at its limit, and until when.
func (p *Policy) count(n int, s *situation) *countState {
	x := &s.counted[n]
	if !x.known {
		p.recount(n, s, x)
	}
	return x
}

func (p *Policy) recount(n int, s *situation, x *countState) {
	where := s.place
	if p.counters[n].business {
		where = p.place
	}
	x.known = true
	x.until, x.full = p.counters[n].count(s, where)
}

func (k *counter) count(s *situation, where *place) (until int64, full bool) {
	var few [32]int64
	counted := few[:0]
	from := int64(math.MinInt64)
	if s.at > from+k.length {
		from = s.at - k.length
	}
	for i := range s.c.Customer.Exposures {
		e := &s.c.Customer.Exposures[i]
		if e.Uncounted || !k.matches(e) || !s.happened(e) {
			continue
		}
		if sent := microseconds(e.At); sent > from {
			counted = append(counted, sent)
		}
	}
	if len(counted) < k.limit {
		return never, false
	}
	slices.Sort(counted)
	if !k.rolling {
		start, _ := period(k.periods, s.now(), where.zone)
		first, _ := slices.BinarySearch(counted, microseconds(start))
		if counted = counted[first:]; len(counted) < k.limit {
			return never, false
		}
	}
	// As time goes by the first ones leave: it is free when limit-1 are left.
	last := counted[len(counted)-k.limit]
	if k.rolling {
		return min(last, math.MaxInt64-1-k.length) + k.length, true
	}
	_, end := period(k.periods, time.UnixMicro(last), where.zone)
	return microseconds(end), true
}

func (k *counter) matches(e *Exposure) bool {
	switch k.cap.Scope {
	case PerChannel:
		return e.Channel == k.key
	case PerTag:
		return slices.Contains(e.Tags, k.key)
	case PerOperation:
		return e.Operation == k.key
	case PerObjective:
		return e.Objective == k.key
	}
	return true
}

// quiet returns which hours are quiet on a channel, if any are, and until when.
func (p *Policy) quiet(channel int, s *situation) (until int64, hours string) {
	x, rules := &s.channels[channel], p.channels[channel].quiet
	if x.quietKnown {
		return x.quietUntil, x.quietWords
	}
	x.quietKnown = true
	if i := quietNow(rules, s.now(), s.place.zone, p.place.zone); i >= 0 {
		x.quietWords, x.quietUntil = rules[i].words, never
		if next, ok := nextAllowed(rules, s.now(), s.place.zone, p.place.zone); ok {
			x.quietUntil = microseconds(next)
		}
	}
	return x.quietUntil, x.quietWords
}

// sendAt returns the next instant of a channel's preferred hour that is not
// quiet; the zero time if it is now, or there is none.
func (p *Policy) sendAt(channel int, s *situation) time.Time {
	rule := &p.channels[channel]
	zone, t := s.place.zone, s.now()
	if rule.preferred == nil || hourOf(wallClock(t, zone)-rule.preferred.micros()) == 0 {
		return time.Time{}
	}
	for range 8 { // a week, on each day of which a clock could be set
		t = nextClock(*rule.preferred, t, zone)
		if quietNow(rule.quiet, t, zone, p.place.zone) < 0 {
			return t.UTC()
		}
		t = t.Add(time.Minute)
	}
	return time.Time{}
}

// hourOf returns in which hour microseconds of a day lie, negative ones before
// midnight.
func hourOf(micros int64) int64 {
	return (micros%microsPerDay + microsPerDay) % microsPerDay / (60 * microsPerMinute)
}
