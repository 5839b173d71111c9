package strategy

import (
	"time"
)

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
// quiet and before an end; the zero time if it is now, or there is none.
func (p *Policy) sendAt(channel int, end int64, s *situation) time.Time {
	rule := &p.channels[channel]
	zone, t := s.place.zone, s.now()
	if rule.preferred == nil || hourOf(wallClock(t, zone)-rule.preferred.micros()) == 0 {
		return time.Time{}
	}
	for range 8 { // a week, on each day of which a clock could be set
		t = nextClock(*rule.preferred, t, zone)
		if microseconds(t) >= end {
			return time.Time{}
		}
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
