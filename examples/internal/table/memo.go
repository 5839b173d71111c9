package table

import (
	"hash/maphash"
	"strings"
)

// memoSlots bounds the memory of a memo: a few hundred kilobytes.
const memoSlots = 1 << 12

// memo remembers what recent texts were read as, so that values that recur are
// parsed once and share memory. A text takes the slot of its hash from
// whichever text had it: the answers are the same, only the speed differs.
type memo[V any] struct {
	seed  maphash.Seed
	slots []memoSlot[V]
}

type memoSlot[V any] struct {
	text  string
	value V
	used  bool
}

func newMemo[V any]() memo[V] {
	return memo[V]{maphash.MakeSeed(), make([]memoSlot[V], memoSlots)}
}

// slot returns the slot of text, and whether it holds what text was read as.
func (m *memo[V]) slot(text string) (*memoSlot[V], bool) {
	s := &m.slots[maphash.String(m.seed, text)%memoSlots]
	return s, s.used && s.text == text
}

// keep stores what text was read as. The text is copied: it may be a piece of
// a whole row.
func (s *memoSlot[V]) keep(text string, value V) {
	*s = memoSlot[V]{strings.Clone(text), value, true}
}
