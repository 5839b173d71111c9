package lifecycle

import (
	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/wire"
)

// MarshalBinary returns l as bytes: the same events give the same bytes, in
// whatever order they came.
func (l *Log[K]) MarshalBinary() ([]byte, error) { return l.AppendBinary(nil) }

// AppendBinary appends what [Log.MarshalBinary] returns.
func (l *Log[K]) AppendBinary(dst []byte) ([]byte, error) {
	dst = appendHeader(dst, wireLog, l.frame(), l.Until, l.afterUntil)
	dst = wire.AppendUint(dst, uint64(l.roster.len()))
	for _, p := range l.roster.sorted() {
		page := &l.pages[p.page]
		page.settle()
		dst = wire.AppendID(dst, l.roster.id(p))
		switch known := page.known[p.number]; known {
		case notKnown:
			dst = wire.AppendUint(dst, 0)
		case knownAlways:
			dst = wire.AppendUint(dst, 1)
		default:
			dst = wire.AppendInt(wire.AppendUint(dst, 2), known)
		}
		events := page.events(p.number)
		dst = wire.AppendUint(dst, uint64(len(events)))
		for i, at := range events {
			if i == 0 {
				dst = wire.AppendInt(dst, at)
			} else {
				dst = wire.AppendUint(dst, uint64(at-events[i-1]-1))
			}
		}
	}
	return dst, nil
}

// UnmarshalBinary replaces what l holds by what [Log.MarshalBinary] wrote of a
// log with the same type of ID. Zone and Until must be set as they were there. l
// stays as it was if there is an error.
func (l *Log[K]) UnmarshalBinary(data []byte) error {
	read := Log[K]{Zone: l.Zone, Until: l.Until}
	r := wire.NewReader(data)
	read.afterUntil = readHeader(r, wireLog, l.frame(), l.Until)
	readIDs(r, func(id K) {
		page, number := read.find(id)
		switch r.UintUpTo(2) {
		case 1:
			page.know(number, knownAlways)
		case 2:
			page.know(number, checkMicros(r, r.Int()))
		}
		n := r.Count()
		if n == 0 && page.known[number] == notKnown {
			r.Fail("customer %v is neither known nor active", id)
		}
		var at int64
		for i := range n {
			if i == 0 {
				at = checkMicros(r, r.Int())
			} else {
				at = checkMicros(r, at+1+int64(r.UintUpTo(calendar.MaxMicro-calendar.MinMicro)))
			}
			if r.Err() != nil {
				return
			}
			page.add(number, at)
		}
	})
	if err := r.Close(); err != nil {
		return wireError(err)
	}
	read.used = setup{l.frame(), l.Until, true}
	l.roster, l.pages, l.used, l.afterUntil = read.roster, read.pages, read.used, read.afterUntil
	return nil
}

// checkMicros fails for an instant that [Log.Add] would not have taken.
func checkMicros(r *wire.Reader, micros int64) int64 {
	if r.Err() == nil && (micros < calendar.MinMicro || micros > calendar.MaxMicro) {
		r.Fail("event or date outside the years 1 to 9999")
	}
	return micros
}
