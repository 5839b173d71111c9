package persona

import (
	"math/bits"
	"slices"
)

// node is a rule of a compiled tree, which lies in one slice: a rule comes right
// before its parts, and end is where they end.
type node struct {
	op      opcode
	missing Truth // the answer of a leaf where nothing is known
	negate  bool
	slot    int32 // the index of the attribute
	end     int32
	lo, hi  int64 // of opRange the bounds, of opMask the bits in lo
	leaf    *leaf // of leaves: whatever a common one does without
}

// place is where the rule of a node stands, and what it is about.
type place struct{ path, name string }

type opcode uint8

const (
	opAll opcode = iota
	opAny
	opNot
	opSegment
	opLeaf  // whatever is not one of these
	opRange // a number of the profile between lo and hi
	opMask  // a code of the profile below 64, among the bits of lo
	opText  // a text of the profile
	opItem  // some item of a list of the profile
)

// run evaluates a program once.
type run struct {
	nodes []node
	p     *record
	now   *moment
	// Explaining records the verdict of every node here, and then evaluates all
	// parts; matching leaves it nil, and stops when the answer is certain.
	verdicts []Truth
}

// eval evaluates node i, which is n.
func (r *run) eval(i int32, n *node) (verdict Truth) {
	switch n.op {
	case opAll:
		verdict = r.least(i, n.end)
	case opAny:
		verdict = r.greatest(i, n.end)
	case opNot:
		verdict = r.eval(i+1, &r.nodes[i+1]).Not()
	case opSegment:
		verdict = r.eval(i+1, &r.nodes[i+1])
	case opLeaf:
		verdict = r.leaf(n)
	default:
		verdict = r.common(n)
	}
	if r.verdicts != nil {
		r.verdicts[i] = verdict
	}
	return verdict
}

// common evaluates the leaves that most rules are made of.
func (r *run) common(n *node) Truth {
	slot := r.p.slots[n.slot]
	if slot == absent {
		return n.missing
	}
	var holds bool
	switch n.op {
	case opRange:
		holds = n.lo <= slot && slot <= n.hi
	case opMask:
		holds = uint64(n.lo)>>uint64(slot)&1 != 0
	case opText:
		holds = n.leaf.text.holds(r.p.textAt(slot))
	default:
		holds = r.someItem(n.leaf, r.p.itemsAt(slot))
	}
	if holds != n.negate {
		return True
	}
	return False
}

// least and greatest evaluate the parts of a tree. Common leaves go without
// eval, which would only record their verdict.

func (r *run) least(i, end int32) Truth {
	verdict := True
	for part := i + 1; part < end; {
		n := &r.nodes[part]
		if n.op > opLeaf && r.verdicts == nil {
			verdict = min(verdict, r.common(n))
		} else {
			verdict = min(verdict, r.eval(part, n))
		}
		if verdict == False && r.verdicts == nil {
			break
		}
		part = n.end
	}
	return verdict
}

func (r *run) greatest(i, end int32) Truth {
	verdict := False
	for part := i + 1; part < end; {
		n := &r.nodes[part]
		if n.op > opLeaf && r.verdicts == nil {
			verdict = max(verdict, r.common(n))
		} else {
			verdict = max(verdict, r.eval(part, n))
		}
		if verdict == True && r.verdicts == nil {
			break
		}
		part = n.end
	}
	return verdict
}

// numberTest is what a leaf asks of a number.
type numberTest struct {
	lo, hi int64    // the bounds, unless there is a set
	set    []int64  // in ascending order
	bits   []uint64 // a set of small codes
	of     setKind
}

type setKind uint8

const (
	noSet setKind = iota
	bitSet
	sortedSet
)

func (t *numberTest) holds(n int64) bool {
	switch t.of {
	case bitSet:
		return n>>6 < int64(len(t.bits)) && t.bits[n>>6]>>(n&63)&1 != 0
	case sortedSet:
		_, ok := slices.BinarySearch(t.set, n)
		return ok
	}
	return t.lo <= n && n <= t.hi
}

// setOf is a test for one of some numbers.
func setOf(numbers []int64) numberTest {
	slices.Sort(numbers)
	numbers = slices.Compact(numbers)
	if len(numbers) == 1 {
		return numberTest{lo: numbers[0], hi: numbers[0]}
	}
	return numberTest{of: sortedSet, set: numbers}
}

// codesOf is a test for the codes of a dictionary of n texts that holds says.
func codesOf(n int, holds func(code int) bool) numberTest {
	t := numberTest{of: bitSet, bits: make([]uint64, (n+63)/64)}
	for code := range n {
		if holds(code) {
			t.bits[code/64] |= 1 << (code % 64)
		}
	}
	return t
}

// isNever reports whether no number holds.
func (t *numberTest) isNever() bool {
	switch t.of {
	case bitSet:
		for _, word := range t.bits {
			if bits.OnesCount64(word) > 0 {
				return false
			}
		}
		return true
	case sortedSet:
		return len(t.set) == 0
	}
	return t.lo > t.hi
}
