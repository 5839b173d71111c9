package persona

import (
	"math"
	"slices"
	"time"

	"github.com/regulars-go/regulars/internal/exact"
)

// eventTest is what a leaf takes of events.
type eventTest struct {
	kind    int32
	places  int
	measure Measure
	where   []fieldTest
}

// fieldTest leaves events of which a field is one of some texts.
type fieldTest struct {
	field int      // among those of the kind, or one of these
	texts []string // in ascending order
}

const (
	hourField    = -1
	weekdayField = -2
)

// measure returns what a leaf compares; ok is false if there is no such number.
func (r *run) measure(l *leaf) (number int64, ok bool) {
	from := int64(math.MinInt64)
	if l.window >= 0 {
		from = r.now.limit(l.window)
	}
	events := between(r.p.events, l.event.kind, from, r.now.micros)
	switch l.event.measure {
	case Sum:
		return r.sum(l, events), true
	case Recency:
		for i := len(events) - 1; i >= 0; i-- {
			if r.isMeant(l, events[i]) {
				return int64(r.now.today() - r.now.dayOf(events[i].at)), true
			}
		}
		return 0, false
	}
	if len(l.event.where) == 0 {
		return int64(len(events)), true
	}
	for _, e := range events {
		if r.isMeant(l, e) {
			number++
		}
	}
	return number, true
}

// sum is what the amounts come to in units of the last place, at most what 64
// bits hold: no rule compares with more.
func (r *run) sum(l *leaf, events []event) int64 {
	var sum exact.Sum
	for _, e := range events {
		if r.isMeant(l, e) {
			sum.AddUnits(e.amount, l.event.places)
		}
	}
	if units, _, ok := sum.Int64(); ok {
		return units
	}
	if sum.Sign() < 0 {
		return math.MinInt64
	}
	return math.MaxInt64
}

// between returns the events of a kind with from < at <= to.
func between(events []event, kind int32, from, to int64) []event {
	events = events[search(events, kind, from):]
	return events[:search(events, kind, to)]
}

// search returns the number of events that come before kind or are of it and not
// after at.
func search(events []event, kind int32, at int64) int {
	lo, hi := 0, len(events)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if e := &events[mid]; e.kind < kind || e.kind == kind && e.at <= at {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// isMeant reports whether every field of an event is as the leaf wants it. One
// that is not known is none of the texts.
func (r *run) isMeant(l *leaf, e event) bool {
	for _, test := range l.event.where {
		text, ok := r.p.fieldText(e, test.field)
		if !ok {
			return false
		}
		if _, ok = slices.BinarySearch(test.texts, text); !ok {
			return false
		}
	}
	return true
}

// fieldText returns a field of an event, one of the calendar's included.
func (r *record) fieldText(e event, field int) (text string, ok bool) {
	switch field {
	case hourField:
		return localHour(time.UnixMicro(e.at).In(r.schema.zone)), true
	case weekdayField:
		return localWeekday(time.UnixMicro(e.at).In(r.schema.zone)), true
	}
	return r.field(e, field)
}
