package strategy

import (
	"math"
	"slices"
	"time"
)

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
