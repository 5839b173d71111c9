package table

import (
	"hash/maphash"
	"strings"
)

// memoSlots is few enough for the processor's cache: a miss in a larger memo
// costs more than a hit saves.
const memoSlots = 1 << 10

// memo remembers what recent texts were read as, so that values that recur are
// parsed once and share memory. A text takes the slot of its hash from
// whichever text had it: the answers are the same, only the speed differs.
type memo[V any] struct {
	seed  maphash.Seed
	slots []memoSlot[V]
}

type memoSlot[V any] struct {
	hash  uint64 // compared first: another text's bytes are seldom in the cache
	text  string // never empty where the slot is used
	value V
}

func newMemo[V any]() memo[V] {
	return memo[V]{maphash.MakeSeed(), make([]memoSlot[V], memoSlots)}
}

// slot returns the slot of a text that is not empty, and whether it holds what
// the text was read as.
func (m *memo[V]) slot(text string) (s *memoSlot[V], hash uint64, known bool) {
	hash = maphash.String(m.seed, text)
	s = &m.slots[hash%memoSlots]
	return s, hash, s.hash == hash && s.text == text
}

// keep stores what a text was read as. The text is copied: it may be a piece
// of a whole row.
func (s *memoSlot[V]) keep(hash uint64, text string, value V) {
	*s = memoSlot[V]{hash, strings.Clone(text), value}
}
