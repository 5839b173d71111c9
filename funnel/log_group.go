package funnel

import (
	"cmp"
	"hash/maphash"
	"slices"

	"github.com/regulars-go/regulars"
)

// grouper groups the events of one part of a log by user, by counting. Its
// memory is used again.
type grouper[K regulars.ID] struct {
	all bool // events that are no step count as well

	slots  []uint32 // an open-addressing table of 1 + the number of a user, 0 if free
	users  []K
	starts []uint32 // of user n: at[starts[n]:starts[n+1]]
	whose  []uint32 // of each event
	at     []int64
	code   []uint8
	order  []uint32
	sorted struct {
		at   []int64
		code []uint8
	}
}

// group fills the columns with the events of p.
func (g *grouper[K]) group(p *logPart[K]) {
	g.users, g.whose, g.starts = g.users[:0], g.whose[:0], append(g.starts[:0], 0)
	clear(g.slots)
	p.each(func(block []coded[K]) {
		for i := range block {
			n := g.find(block[i].user)
			g.whose = append(g.whose, n)
			g.starts[n+1] += g.counts(block[i].code)
		}
	})
	for n := range g.users {
		g.starts[n+1] += g.starts[n]
	}
	size := int(g.starts[len(g.users)])
	g.at, g.code = slices.Grow(g.at[:0], size)[:size], slices.Grow(g.code[:0], size)[:size]
	next := append(g.order[:0], g.starts...)
	done := 0
	p.each(func(block []coded[K]) {
		for i := range block {
			e := &block[i]
			if n := g.whose[done+i]; g.counts(e.code) > 0 {
				g.at[next[n]], g.code[next[n]] = e.at, e.code
				next[n]++
			}
		}
		done += len(block)
	})
	g.order = next
}

// counts returns 1 if an event with a code has to be kept. The code 0 is no
// step, or a step of its own.
func (g *grouper[K]) counts(code uint8) uint32 {
	if code != 0 || g.all {
		return 1
	}
	return 0
}

func (p *logPart[K]) each(f func([]coded[K])) {
	for _, block := range p.full {
		f(block)
	}
	f(p.tail)
}

// find returns the number of a user, a new one if there is none.
func (g *grouper[K]) find(user K) uint32 {
	if 4*(len(g.users)+1) > 3*len(g.slots) {
		g.grow()
	}
	slot := g.slot(user)
	if g.slots[slot] == 0 {
		g.users = append(g.users, user)
		g.starts = append(g.starts, 0)
		g.slots[slot] = uint32(len(g.users))
	}
	return g.slots[slot] - 1
}

func (g *grouper[K]) slot(user K) uint32 {
	mask := uint32(len(g.slots) - 1)
	slot := uint32(maphash.Comparable(seed, user)) & mask
	for g.slots[slot] != 0 && g.users[g.slots[slot]-1] != user {
		slot = (slot + 1) & mask
	}
	return slot
}

func (g *grouper[K]) grow() {
	g.slots = make([]uint32, max(64, 2*len(g.slots)))
	for i, user := range g.users {
		g.slots[g.slot(user)] = uint32(i + 1)
	}
}

// inOrder returns the events lo to hi in order of time.
func (g *grouper[K]) inOrder(lo, hi uint32) ([]int64, []uint8) {
	at, code := g.at[lo:hi], g.code[lo:hi]
	if slices.IsSorted(at) {
		return at, code
	}
	g.order = g.order[:0]
	for i := range at {
		g.order = append(g.order, uint32(i))
	}
	slices.SortFunc(g.order, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(at[a], at[b]), cmp.Compare(a, b))
	})
	g.sorted.at, g.sorted.code = g.sorted.at[:0], g.sorted.code[:0]
	for _, i := range g.order {
		g.sorted.at = append(g.sorted.at, at[i])
		g.sorted.code = append(g.sorted.code, code[i])
	}
	return g.sorted.at, g.sorted.code
}
