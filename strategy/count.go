package strategy

import (
	"math"
	"slices"
	"time"
)

// full reports whether a counter is at its limit.
func (p *Policy) full(n int, s *situation) bool {
	x := &s.counted[n]
	if !x.known {
		x.known, x.full = true, p.counters[n].full(s, p.placeOf(n, s))
	}
	return x.full
}

// opens returns when a counter that is full no longer is.
func (p *Policy) opens(n int, s *situation) int64 {
	x := &s.counted[n]
	if x.until == 0 {
		x.until = p.counters[n].opens(s, p.placeOf(n, s))
	}
	return x.until
}

// placeOf returns whose calendar a counter goes by.
func (p *Policy) placeOf(n int, s *situation) *place {
	if p.counters[n].business {
		return p.place
	}
	return s.place
}

func (k *counter) full(s *situation, where *place) bool {
	if len(s.c.Customer.Exposures) < k.limit {
		return false
	}
	from := k.from(s)
	if k.after(from, s) < k.limit {
		return false
	}
	if k.rolling {
		return true
	}
	start, _ := period(k.periods, s.now(), where.zone)
	return k.after(max(from, microseconds(start)-1), s) >= k.limit
}

// from returns an instant up to which nothing counts any more.
func (k *counter) from(s *situation) int64 {
	if s.at > math.MinInt64+k.length {
		return s.at - k.length
	}
	return math.MinInt64
}

// after counts what came after an instant.
func (k *counter) after(instant int64, s *situation) (n int) {
	for i, sent := range s.sentAt {
		if sent > instant && k.counts(&s.c.Customer.Exposures[i]) {
			n++
		}
	}
	return n
}

// opens returns when a counter that is full no longer is: as time goes by the
// first exposures leave, and it is free when limit-1 are left.
func (k *counter) opens(s *situation, where *place) int64 {
	var few [fewSent]int64
	counted, from := few[:0], k.from(s)
	for i, sent := range s.sentAt {
		if sent > from && k.counts(&s.c.Customer.Exposures[i]) {
			counted = append(counted, sent)
		}
	}
	slices.Sort(counted)
	last := counted[len(counted)-k.limit]
	if k.rolling {
		return min(last, math.MaxInt64-1-k.length) + k.length
	}
	_, end := period(k.periods, time.UnixMicro(last), where.zone)
	return microseconds(end)
}

// counts reports whether an exposure is one of those that the counter is for.
func (k *counter) counts(e *Exposure) bool {
	if e.Uncounted {
		return false
	}
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
