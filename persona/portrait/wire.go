package portrait

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/regulars-go/regulars/internal/wire"
)

// wireTally is what a marshalled tally begins with. A form that was once
// written is read for ever; a newer one is refused.
const wireTally = "portrait.tally.1"

// MarshalBinary returns t as bytes: the same profiles give the same bytes, in
// whatever order they came.
func (t *Tally) MarshalBinary() ([]byte, error) { return t.AppendBinary(nil) }

// AppendBinary appends what [Tally.MarshalBinary] returns.
func (t *Tally) AppendBinary(dst []byte) ([]byte, error) {
	if err := t.setUp(); err != nil {
		return nil, err
	}
	dst = wire.AppendString(dst, wireTally)
	dst = wire.AppendString(dst, t.Layout.id)
	dst = t.sizes.append(dst)
	for i := range t.counts {
		dst = t.counts[i].append(dst, t.Layout.columns[i].form)
	}
	return dst, nil
}

func (p pair) append(dst []byte) []byte {
	return wire.AppendUint(wire.AppendUint(dst, uint64(p.target)), uint64(p.rest))
}

func (n *counts) append(dst []byte, form columnForm) []byte {
	dst = n.known.append(dst)
	switch form {
	case summarised:
		for side := range n.numbers {
			dst = n.numbers[side].append(dst)
		}
	case named, namedList:
		dst = n.appendNames(dst)
	default:
		for _, v := range n.values {
			dst = v.append(dst)
		}
	}
	return dst
}

func (n *counts) appendNames(dst []byte) []byte {
	if n.crowded {
		return append(dst, 1)
	}
	dst = append(dst, 0)
	dst = wire.AppendUint(dst, uint64(len(n.names)))
	for _, at := range n.sortedNames() {
		dst = wire.AppendString(dst, n.names[at])
		dst = n.values[at].append(dst)
	}
	return dst
}

// sortedNames returns the places of the texts, by their bytes.
func (n *counts) sortedNames() []int {
	order := make([]int, len(n.names))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(n.names[a], n.names[b]) })
	return order
}

func (n *numbers) append(dst []byte) []byte {
	n.settle()
	dst = wire.AppendUint(dst, uint64(len(n.values)))
	for i, value := range n.values {
		dst = wire.AppendUint(wire.AppendInt(dst, value), uint64(n.counts[i]))
	}
	return dst
}

// UnmarshalBinary replaces what t holds by what [Tally.MarshalBinary] wrote. The
// Layout must be set as it was. Bytes that were not written so, or for another
// layout, are an error and leave t as it was.
func (t *Tally) UnmarshalBinary(data []byte) error {
	if t.Layout == nil {
		return errNoLayout
	}
	r := wire.NewReader(data)
	r.Form(wireTally)
	if got := r.String(); r.Err() == nil && got != t.Layout.id {
		r.Fail("is of the layout %q, not %q", got, t.Layout.id)
	}
	read := Tally{Layout: t.Layout}
	if err := read.setUp(); err != nil {
		return err
	}
	read.sizes = readPair(r, pair{MaxProfiles, MaxProfiles})
	if read.sizes.base() > MaxProfiles {
		r.Fail("%d profiles: want at most %d", read.sizes.base(), int64(MaxProfiles))
	}
	for i := range read.counts {
		read.counts[i].read(r, t.Layout.columns[i].form, read.sizes)
	}
	if err := r.Close(); err != nil {
		return fmt.Errorf("portrait: unmarshal: %w", err)
	}
	*t = read
	return nil
}

// readPair reads numbers that are at most those of limit.
func readPair(r *wire.Reader, limit pair) pair {
	return pair{int64(r.UintUpTo(uint64(limit.target))), int64(r.UintUpTo(uint64(limit.rest)))}
}

func (n *counts) read(r *wire.Reader, form columnForm, sizes pair) {
	n.known = readPair(r, sizes)
	switch form {
	case summarised:
		n.numbersOf(Rest).read(r, n.known.rest)
		n.numbersOf(Target).read(r, n.known.target)
		return
	case named, namedList:
		n.readNames(r)
	default:
		for i := range n.values {
			n.values[i] = readPair(r, n.known)
		}
	}
	n.checkSum(r, form)
}

func (n *counts) readNames(r *wire.Reader) {
	if r.UintUpTo(1) == 1 {
		n.crowd()
		return
	}
	for i := range r.UintUpTo(MaxValues) {
		text := r.String()
		value := readPair(r, n.known)
		if r.Err() == nil && (i > 0 && text <= n.names[i-1] || value.base() == 0) {
			r.Fail("text %q is out of order, or nobody has it", text)
		}
		if r.Err() != nil {
			return
		}
		at, _ := n.place(text)
		n.values[at] = value
	}
}

// checkSum fails unless the values add up to those who have one, or in a list
// to as many or more.
func (n *counts) checkSum(r *wire.Reader, form columnForm) {
	if n.crowded || r.Err() != nil {
		return
	}
	left := n.known
	for _, v := range n.values {
		if form.isList() {
			left = pair{max(0, left.target-v.target), max(0, left.rest-v.rest)}
		} else if left = (pair{left.target - v.target, left.rest - v.rest}); left.target < 0 || left.rest < 0 {
			break
		}
	}
	if left != (pair{}) {
		r.Fail("values do not add up to the profiles that have one")
	}
}

func (n *numbers) read(r *wire.Reader, known int64) {
	left := known
	for i := range r.Count() {
		value, count := r.Int(), int64(r.UintUpTo(math.MaxInt64))
		if r.Err() == nil && (count == 0 || count > left || i > 0 && value <= n.values[i-1]) {
			r.Fail("number %d is out of order, or has no count", value)
		}
		if r.Err() != nil {
			return
		}
		left -= count
		n.values, n.counts = append(n.values, value), append(n.counts, count)
	}
	if left != 0 {
		r.Fail("numbers do not add up to the profiles that have one")
	}
}
