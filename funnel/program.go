package funnel

import (
	"time"
)

// program is a funnel with all that matching needs resolved: numbers instead of
// names, and times in ticks.
type program struct {
	order      Order
	ties       Ties
	entry      Entry
	reuse      bool
	drop       bool // Excluded is DropUnit
	steps      int
	window     int64
	grace      int64   // 0 if there is none
	gaps       []int64 // gaps[k] is the most time from step k to k+1; nil if there is none
	exclusions []part
}

// part is what an exclusion guards: chains of at least after and less than
// before steps.
type part struct{ after, before int }

// compile resolves a funnel that has been validated, for times in units of tick.
func (f Funnel) compile(tick time.Duration) *program {
	p := &program{
		order:  f.Match.Order,
		ties:   f.Match.Ties,
		entry:  f.Match.Entry,
		reuse:  f.Match.Reuse && f.Match.Ties != TiesStrict,
		drop:   f.Match.Excluded == DropUnit,
		steps:  len(f.Steps),
		window: f.Match.Window.ticks(tick),
	}
	if grace, ok := f.Match.Grace.Limit(); ok {
		p.grace = int64(grace / tick)
	}
	for k, s := range f.Steps {
		if s.MaxGap.IsZero() {
			continue
		}
		if p.gaps == nil {
			p.gaps = make([]int64, p.steps+1)
			for i := range p.gaps {
				p.gaps[i] = noLimit
			}
		}
		p.gaps[k] = s.MaxGap.ticks(tick)
	}
	for _, x := range f.Match.Exclusions {
		after, before := x.between(p.steps)
		p.exclusions = append(p.exclusions, part{after, before})
	}
	return p
}

// gap returns the most time from step k to the next.
func (p *program) gap(k int) int64 {
	if p.gaps == nil {
		return noLimit
	}
	return p.gaps[k]
}

// round rounds a time down to a multiple of grace.
func (p *program) round(at int64) int64 {
	if p.grace <= 1 {
		return at
	}
	r := at % p.grace
	if r < 0 {
		r += p.grace
	}
	return at - r
}

// alive reports whether a chain of k steps can still go on at an instant.
func (p *program) alive(l *link, k int, at int64) bool {
	return l.set && at-l.start <= p.window && at-l.end <= p.gap(k)
}
