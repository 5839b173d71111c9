package lifecycle

import (
	"iter"
	"strconv"
	"time"

	"github.com/regulars-go/regulars/internal/calendar"
)

// Labels gives the labels of a customer, such as "plan=pro", by which
// [Policy.Overrides] choose. A nil Labels gives none.
type Labels[K any] func(id K) []string

func (l Labels[K]) of(id K) []string {
	if l == nil {
		return nil
	}
	return l(id)
}

// History sums a customer up as of now, with the bounds of a policy telling the
// returns; ok is false for one who is not known at now.
func (l *Log[K]) History(id K, p Policy, now time.Time, labels ...string) (h History, ok bool) {
	page, number, ok := l.roster.lookup(id)
	if !ok {
		return History{}, false
	}
	var s summing
	return s.history(&l.pages[page], number, p, now, labels)
}

// Stages returns the stage of each customer who is known at now, in ascending
// order of ID. Don't add while you range over it.
func (l *Log[K]) Stages(p Policy, now time.Time, labels Labels[K]) iter.Seq2[K, At] {
	return func(yield func(K, At) bool) {
		var s summing
		for _, place := range l.roster.sorted() {
			id := l.roster.id(place)
			h, ok := s.history(&l.pages[place.page], place.number, p, now, labels.of(id))
			if ok && !yield(id, p.At(h, now)) {
				return
			}
		}
	}
}

// summing makes histories, and reuses its memory.
type summing struct{ events []time.Time }

func (s *summing) history(page *logPage, number uint32, p Policy, now time.Time, labels []string) (h History, ok bool) {
	page.settle()
	s.events = s.events[:0]
	for _, at := range page.events(number) {
		t := time.UnixMicro(at).In(calendar.OrUTC(p.Zone))
		if t.After(now) {
			break
		}
		s.events = append(s.events, t)
	}
	h = p.history(s.events, labels)
	switch known := page.known[number]; known {
	case notKnown:
		return h, len(s.events) > 0
	case knownAlways:
		return h, true
	default:
		h.Known = time.UnixMicro(known).In(calendar.OrUTC(p.Zone))
		return h, len(s.events) > 0 || !h.Known.After(now)
	}
}

// StageCounts counts customers by stage.
type StageCounts struct{ counts [stageCount]int }

// Of returns how many customers are in a stage; of the zero Stage none.
func (c StageCounts) Of(s Stage) int {
	if int(s) >= stageCount {
		return 0
	}
	return c.counts[s]
}

// Total returns how many customers there are.
func (c StageCounts) Total() (n int) {
	for _, s := range Stages() {
		n += c.counts[s]
	}
	return n
}

// MarshalJSON writes {"follower": 0, "new": 3, ...}, every stage in order.
func (c StageCounts) MarshalJSON() ([]byte, error) {
	dst := []byte{'{'}
	for i, s := range Stages() {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = strconv.AppendQuote(dst, s.String())
		dst = strconv.AppendInt(append(dst, ':'), int64(c.counts[s]), 10)
	}
	return append(dst, '}'), nil
}

// Count counts the customers known at now by stage.
func (l *Log[K]) Count(p Policy, now time.Time, labels Labels[K]) StageCounts {
	var c StageCounts
	for _, at := range l.Stages(p, now, labels) {
		c.counts[at.Stage]++
	}
	return c
}
