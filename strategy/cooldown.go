package strategy

import (
	"time"
)

// coolDown reports whether an operation is cooling down, and finds by which rule
// it does longest.
func (p *Policy) coolDown(g *gate, s *situation, f *finding) bool {
	if len(g.coolDowns) == 0 || len(s.sentAt) == 0 {
		return false
	}
	if !s.matched {
		p.match(s)
	}
	if !s.seen.has(g.index) {
		return false
	}
	longest := s.at
	for i := range g.coolDowns {
		rule := &g.coolDowns[i]
		if until := s.cooling(g.index, rule); until > longest {
			f.refuse(StageCoolDown, CoolingDown, -1, rule.words)
			f.retryAt, longest = until, until
		}
	}
	return longest > s.at
}

// match finds of which operation each exposure is.
func (p *Policy) match(s *situation) {
	s.matched = true
	for i := range s.gateOf {
		s.gateOf[i] = -1
		if n, ok := p.index[s.c.Customer.Exposures[i].Operation]; ok {
			s.seen.set(n)
			s.gateOf[i] = int16(n) // of MaxOperations at most
		}
	}
}

// cooling returns when an operation is free of a cool-down, or an instant that is
// not ahead if it is free.
func (s *situation) cooling(gate int, rule *coolRule) int64 {
	until := int64(never)
	for i := range s.c.Customer.Exposures {
		last, ok := s.started(i, gate, rule)
		if !ok || s.at >= last+rule.most {
			continue
		}
		if rule.times > 1 && s.together(gate, rule, last) < rule.times {
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
func (s *situation) started(i, gate int, rule *coolRule) (at int64, ok bool) {
	at = s.sentAt[i]
	if int(s.gateOf[i]) != gate || at == never {
		return 0, false
	}
	if rule.after == "" {
		return at, true
	}
	e := &s.c.Customer.Exposures[i]
	if e.Outcome != rule.after {
		return 0, false
	}
	if !e.OutcomeAt.IsZero() {
		at = microseconds(e.OutcomeAt)
	}
	return at, at <= s.at
}

// together counts what lies near enough to the last of several to count with
// it.
func (s *situation) together(gate int, rule *coolRule, last int64) (n int) {
	for i := range s.c.Customer.Exposures {
		at, ok := s.started(i, gate, rule)
		if ok && at <= last && microseconds(rule.within.After(time.UnixMicro(at), s.place.zone)) > last {
			n++
		}
	}
	return n
}
