package funnel

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/regulars-go/regulars/internal/wire"
)

// Merge adds the counts of other users. It is an error, and changes nothing, if
// the funnel or AsOf is another one. other stays as it is.
func (c *Counts) Merge(other *Counts) error {
	if c == other {
		return errors.New("funnel: merge of counts with themselves")
	}
	if !sameFunnel(c.funnel, other.funnel) {
		return errors.New("funnel: merge of counts of another funnel")
	}
	if c.asOf != other.asOf {
		return errors.New("funnel: merge of counts as of another moment")
	}
	c.Users += other.Users
	c.Units += other.Units
	c.NotEntered += other.NotEntered
	c.AfterAsOf += other.AfterAsOf
	for _, theirs := range other.cells {
		ours := c.cell(theirs.labels)
		ours.whole.add(&theirs.whole)
		ours.open.add(&theirs.open)
	}
	for key, theirs := range other.spreads {
		c.spread(key).add(theirs)
	}
	return nil
}

// MarshalBinary returns c as bytes: the same users give the same bytes, however
// they were counted and merged.
func (c *Counts) MarshalBinary() ([]byte, error) { return c.AppendBinary(nil) }

// AppendBinary appends what [Counts.MarshalBinary] returns.
func (c *Counts) AppendBinary(dst []byte) ([]byte, error) {
	dst, err := appendHeader(dst, wireCounts, c.funnel)
	if err != nil {
		return nil, err
	}
	dst = wire.AppendInt(dst, c.asOf)
	dst = appendList(dst, []int64{c.Users, c.Units, c.NotEntered, c.AfterAsOf})
	cells := slices.SortedFunc(maps.Values(c.cells), func(a, b *cell) int { return compareLabels(a.labels, b.labels) })
	dst = wire.AppendUint(dst, uint64(len(cells)))
	for _, cell := range cells {
		for _, l := range cell.labels {
			dst = appendLabel(dst, l.Value, l.Known)
		}
		dst = cell.open.append(cell.whole.append(dst))
	}
	keys := slices.SortedFunc(maps.Keys(c.spreads), compareSpreads)
	dst = wire.AppendUint(dst, uint64(len(keys)))
	for _, key := range keys {
		dst = key.append(dst)
		dst = c.spreads[key].append(dst)
	}
	return dst, nil
}

// UnmarshalBinary reads what [Counts.MarshalBinary] wrote, in the place of what
// c has. c must be of the same funnel and AsOf, such as the counts of a new
// [Counter]; bytes of others are an error, as are bytes that were not written
// so, and leave c as it was.
func (c *Counts) UnmarshalBinary(data []byte) error {
	read := newCounts(c.funnel, c.asOf)
	r := wire.NewReader(data)
	readHeader(r, wireCounts, c.funnel)
	if asOf := r.Int(); r.Err() == nil && asOf != c.asOf {
		r.Fail("is as of another moment")
	}
	for _, n := range []*int64{&read.Users, &read.Units, &read.NotEntered, &read.AfterAsOf} {
		*n = readCount(r)
	}
	read.readCells(r)
	read.readSpreads(r)
	read.check(r)
	if err := r.Close(); err != nil {
		return wireError(err)
	}
	// The maps stay where they are: a counter knows the cells.
	clear(c.cells)
	maps.Copy(c.cells, read.cells)
	clear(c.spreads)
	maps.Copy(c.spreads, read.spreads)
	c.Users, c.Units, c.NotEntered, c.AfterAsOf = read.Users, read.Units, read.NotEntered, read.AfterAsOf
	c.version++
	return nil
}

// check fails unless the units that entered are those of the cells.
func (c *Counts) check(r *wire.Reader) {
	if c.NotEntered > c.Units {
		r.Fail("%d of %d units did not enter", c.NotEntered, c.Units)
	}
	entered := c.Units - c.NotEntered
	for _, cell := range c.cells {
		for _, t := range []*Tally{&cell.whole, &cell.open} {
			// There is a time for each of Reached, so that they can't be too many
			// to add up.
			if entered -= t.Reached[0]; entered < 0 || t.Excluded > entered {
				r.Fail("more units in the cells than entered")
				return
			}
			entered -= t.Excluded
		}
	}
	if entered != 0 {
		r.Fail("%d units that entered are in no cell", entered)
	}
}

func (c *Counts) readCells(r *wire.Reader) {
	var before []Label
	for range r.Count() {
		labels := make([]Label, len(c.funnel.Breakdowns))
		for i, d := range c.funnel.Breakdowns {
			labels[i].Name = d.Name
			labels[i].Value, labels[i].Known = readLabel(r)
		}
		if before != nil && compareLabels(before, labels) >= 0 {
			r.Fail("labels are out of order")
		}
		if r.Err() != nil {
			return
		}
		before = labels
		cell := c.cell(labels)
		cell.whole.read(r)
		cell.open.read(r)
	}
}

func (c *Counts) readSpreads(r *wire.Reader) {
	var before spreadKey
	for i := range r.Count() {
		key := readSpreadKey(r, len(c.funnel.Breakdowns))
		if i > 0 && compareSpreads(before, key) >= 0 {
			r.Fail("spreads are out of order")
		}
		if r.Err() != nil {
			return
		}
		before = key
		c.spread(key).read(r)
	}
}

// append appends a tally, whose times it puts in order.
func (t *Tally) append(dst []byte) []byte {
	t.sort()
	dst = appendList(dst, t.Reached)
	dst = wire.AppendUint(dst, uint64(t.Excluded))
	for i := range t.Ended {
		dst = appendList(dst, t.Ended[i][:])
	}
	dst = appendSorted(appendSorted(dst, t.converted), t.waited)
	for _, s := range t.steps {
		dst = appendSorted(dst, s)
	}
	return dst
}

func (t *Tally) read(r *wire.Reader) {
	readList(r, t.Reached)
	t.Excluded = readCount(r)
	for i := range t.Ended {
		readList(r, t.Ended[i][:])
	}
	t.converted, t.waited = readSorted(r), readSorted(r)
	for i := range t.steps {
		t.steps[i] = readSorted(r)
	}
	t.check(r)
}

// check fails for what no units can sum up to.
func (t *Tally) check(r *wire.Reader) {
	last := len(t.Reached) - 1
	for k, n := range t.Reached {
		next, ended := int64(0), int64(0)
		if k < last {
			next = t.Reached[k+1]
		}
		for _, e := range t.Ended[k] {
			ended += min(e, n+1) // however large, it must not wrap around
		}
		if ended != n-next {
			r.Fail("%d units ended after step %d of %d", ended, k+1, n-next)
		}
		if k < last && int64(len(t.steps[k])) != next {
			r.Fail("%d times for %d units of step %d", len(t.steps[k]), next, k+2)
		}
	}
	if int64(len(t.converted)) != t.Reached[last] || int64(len(t.waited)) != t.Reached[0]-t.Reached[last] {
		r.Fail("%d and %d times for %d units, of which %d made the last step", len(t.converted), len(t.waited), t.Reached[0], t.Reached[last])
	}
}

func (s *Spread) append(dst []byte) []byte {
	return appendList(appendList(appendList(wire.AppendUint(dst, uint64(s.Users)), s.Squares), s.Next), s.First)
}

func (s *Spread) read(r *wire.Reader) {
	s.Users = readCount(r)
	readList(r, s.Squares)
	readList(r, s.Next)
	readList(r, s.First)
}

func (k spreadKey) append(dst []byte) []byte {
	dst = wire.AppendUint(dst, uint64(k.place+1))
	dst = appendLabel(dst, k.value, k.known)
	return appendBool(dst, k.whole)
}

func readSpreadKey(r *wire.Reader, breakdowns int) spreadKey {
	k := spreadKey{place: int(r.UintUpTo(uint64(breakdowns))) - 1}
	k.value, k.known = readLabel(r)
	k.whole = r.UintUpTo(1) == 1
	if k.place < 0 && k.known {
		r.Fail("all units with a value")
	}
	return k
}

func compareSpreads(a, b spreadKey) int {
	return cmp.Or(
		cmp.Compare(a.place, b.place),
		compareBools(a.known, b.known),
		strings.Compare(a.value, b.value),
		compareBools(a.whole, b.whole),
	)
}

func appendLabel(dst []byte, value string, known bool) []byte {
	dst = appendBool(dst, known)
	if known {
		dst = wire.AppendString(dst, value)
	}
	return dst
}

func readLabel(r *wire.Reader) (value string, known bool) {
	if r.UintUpTo(1) == 0 {
		return "", false
	}
	return r.String(), true
}

func appendBool(dst []byte, b bool) []byte {
	if b {
		return append(dst, 1)
	}
	return append(dst, 0)
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
