package identity

// scratch is memory that is used again for each component, so that resolving one
// costs in proportion to it.
type scratch struct {
	stamps  []int32
	stamp   int32
	roots   []int32
	numbers []int32
	place   []int32
	fate    []uint8
	group   groups
}

// nextStamp makes all stamps old.
func (s *scratch) nextStamp() {
	s.stamp++
	if s.stamp < 0 { // after two billion uses, all begins anew
		clear(s.stamps)
		s.stamp = 1
	}
}

// grow gives every column a place for each node.
func (s *scratch) grow(nodes int) {
	for len(s.stamps) < nodes {
		s.stamps = append(s.stamps, 0)
		s.roots = append(s.roots, 0)
		s.numbers = append(s.numbers, 0)
		s.place = append(s.place, 0)
	}
}

func (s *scratch) fates(n int) []uint8 {
	if cap(s.fate) < n {
		s.fate = make([]uint8, n)
	}
	return s.fate[:n]
}
