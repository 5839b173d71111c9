package journey

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/funnel"
	"github.com/regulars-go/regulars/internal/calendar"
)

// units puts the events of one user in order of time, and parts them into the
// units that are counted: the user, or each session.
type units[E any, K regulars.ID] struct {
	source   funnel.Source[E, K]
	by       funnel.By
	gap      int64 // between sessions, in microseconds
	given    bool  // events at one instant come as given, not by name
	asOf     int64 // microseconds since 1970
	at       []int64
	session  []int32 // number of the session that the host gives; nil if it gives none
	order    []int32 // of the events up to asOf
	numbers  map[string]int32
	afterNow int64 // how many events were later than asOf
}

// noAsOf is later than any event.
const noAsOf = math.MaxInt64

// defaultGap ends a session, as in package funnel.
const defaultGap = 30 * time.Minute

func newUnits[E any, K regulars.ID](s funnel.Source[E, K], by funnel.By, gap funnel.Window, ties funnel.Ties) (*units[E, K], error) {
	if s.At == nil {
		return nil, errors.New("journey: source has no At")
	}
	if s.Name == nil {
		return nil, errors.New("journey: source has no Name")
	}
	u := &units[E, K]{source: s, by: by, gap: defaultGap.Microseconds(), given: ties == funnel.TiesGiven, asOf: noAsOf}
	if length, ok := gap.Limit(); ok {
		u.gap = length.Microseconds()
	}
	if by == funnel.BySession && s.Session != nil {
		u.numbers = map[string]int32{}
	}
	if !s.AsOf.IsZero() {
		if err := calendar.CheckInstant(s.AsOf); err != nil {
			return nil, fmt.Errorf("journey: AsOf %w", err)
		}
		u.asOf = s.AsOf.UnixMicro()
	}
	return u, nil
}

// read takes the events of a user; an error leaves nothing to count.
func (u *units[E, K]) read(events []E) error {
	if len(events) > math.MaxInt32 {
		return fmt.Errorf("journey: a user with %d events: want at most %d", len(events), math.MaxInt32)
	}
	u.at, u.order, u.session, u.afterNow = u.at[:0], u.order[:0], u.session[:0], 0
	clear(u.numbers)
	for i, event := range events {
		t := u.source.At(event)
		if err := calendar.CheckInstant(t); err != nil {
			return fmt.Errorf("journey: event %d %w", i, err)
		}
		at := t.UnixMicro()
		u.at = append(u.at, at)
		if at > u.asOf {
			u.afterNow++
		} else {
			u.order = append(u.order, int32(i))
		}
		if u.numbers != nil {
			u.session = append(u.session, u.number(u.source.Session(event)))
		}
	}
	u.sort(events)
	return nil
}

func (u *units[E, K]) number(session string) int32 {
	n, ok := u.numbers[session]
	if !ok {
		n = int32(len(u.numbers))
		u.numbers[session] = n
	}
	return n
}

// sort puts events in order of session, time and, unless they are as given,
// name: then the order of the input says nothing.
func (u *units[E, K]) sort(events []E) {
	compare := func(a, b int32) int {
		if u.numbers != nil && u.session[a] != u.session[b] {
			return cmp.Compare(u.session[a], u.session[b])
		}
		if u.at[a] != u.at[b] {
			return cmp.Compare(u.at[a], u.at[b])
		}
		if !u.given {
			if c := strings.Compare(u.source.Name(events[a]), u.source.Name(events[b])); c != 0 {
				return c
			}
		}
		return cmp.Compare(a, b)
	}
	if !slices.IsSortedFunc(u.order, compare) {
		slices.SortFunc(u.order, compare)
	}
}

// each calls found with the events of each unit, by their indexes and in order.
func (u *units[E, K]) each(found func(events []int32)) {
	for lo, hi := 0, 0; lo < len(u.order); lo = hi {
		hi = lo + 1
		for hi < len(u.order) && u.together(u.order[hi-1], u.order[hi]) {
			hi++
		}
		found(u.order[lo:hi])
	}
}

// together reports whether an event is in the unit of the one before.
func (u *units[E, K]) together(before, event int32) bool {
	switch {
	case u.by == funnel.ByUser:
		return true
	case u.numbers != nil:
		return u.session[before] == u.session[event]
	}
	return u.at[event]-u.at[before] <= u.gap
}
