package funnel

import (
	"cmp"
	"slices"
)

// track has the events of one unit in columns. It is in order if at ascends and,
// where it is equal, the numbers of the events do.
type track struct {
	at    []int64
	steps []uint64
	event []int32 // the number of the event in what was given
	// The rest is empty if it does not matter: the exclusions that an event
	// meets, and the numbers of its session and of its held values.
	exclusions    []uint64
	session, held []int32
}

func (t *track) reset() {
	t.at, t.steps, t.event = t.at[:0], t.steps[:0], t.event[:0]
	t.exclusions, t.session, t.held = t.exclusions[:0], t.session[:0], t.held[:0]
}

// grow makes room for n events that may be written, and cut keeps the first n.
func (t *track) grow(n int, exclusions bool) {
	t.at = slices.Grow(t.at[:0], n)[:n]
	t.steps = slices.Grow(t.steps[:0], n)[:n]
	t.event = slices.Grow(t.event[:0], n)[:n]
	if exclusions {
		t.exclusions = slices.Grow(t.exclusions[:0], n)[:n]
	}
}

func (t *track) cut(n int) {
	t.at, t.steps, t.event = t.at[:n], t.steps[:n], t.event[:n]
	if len(t.exclusions) > 0 {
		t.exclusions = t.exclusions[:n]
	}
}

// round rounds times down to a multiple of the grace.
func (t *track) round(p *program) {
	if p.grace <= 1 {
		return
	}
	for i, at := range t.at {
		t.at[i] = p.round(at)
	}
}

// slice returns events lo to hi, which stay those of t.
func (t *track) slice(lo, hi int) track {
	s := track{at: t.at[lo:hi], steps: t.steps[lo:hi], event: t.event[lo:hi]}
	if len(t.exclusions) > 0 {
		s.exclusions = t.exclusions[lo:hi]
	}
	if len(t.held) > 0 {
		s.held = t.held[lo:hi]
	}
	return s
}

// pick copies some events of t, in this order.
func (t *track) pick(to *track, order []int32) {
	to.reset()
	for _, i := range order {
		to.at = append(to.at, t.at[i])
		to.steps = append(to.steps, t.steps[i])
		to.event = append(to.event, t.event[i])
		if len(t.exclusions) > 0 {
			to.exclusions = append(to.exclusions, t.exclusions[i])
		}
		if len(t.held) > 0 {
			to.held = append(to.held, t.held[i])
		}
	}
}

// ordered reports whether t is in order; events are numbered as they come.
func (t *track) ordered() bool { return slices.IsSorted(t.at) }

// order lists the events by some numbers that they have, such as those of
// sessions, and then by time. No numbers are all the same.
func (t *track) order(dst []int32, by []int32) []int32 {
	dst = dst[:0]
	for i := range t.at {
		dst = append(dst, int32(i))
	}
	slices.SortFunc(dst, func(a, b int32) int {
		if len(by) > 0 && by[a] != by[b] {
			return cmp.Compare(by[a], by[b])
		}
		return cmp.Or(cmp.Compare(t.at[a], t.at[b]), cmp.Compare(a, b))
	})
	return dst
}

// canonical returns the events in an order that does not depend on that in which
// they came.
func (t *track) canonical() track {
	order := make([]int32, len(t.at))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		c := cmp.Or(cmp.Compare(t.at[a], t.at[b]), cmp.Compare(t.steps[a], t.steps[b]))
		if c == 0 && len(t.exclusions) > 0 {
			c = cmp.Compare(t.exclusions[a], t.exclusions[b])
		}
		return c
	})
	var sorted track
	for _, i := range order {
		sorted.at, sorted.steps = append(sorted.at, t.at[i]), append(sorted.steps, t.steps[i])
		if len(t.exclusions) > 0 {
			sorted.exclusions = append(sorted.exclusions, t.exclusions[i])
		}
	}
	return sorted
}

// next returns the end of the instant that begins at lo.
func (t *track) next(lo int, given bool) int {
	hi := lo + 1
	if !given {
		for hi < len(t.at) && t.at[hi] == t.at[lo] {
			hi++
		}
	}
	return hi
}

// load makes the events from lo to hi an instant.
func (t *track) load(i *instant, lo, hi int) {
	var exclusions []uint64
	if len(t.exclusions) > 0 {
		exclusions = t.exclusions[lo:hi]
	}
	i.load(t.at[lo], lo, t.steps[lo:hi], exclusions)
}
