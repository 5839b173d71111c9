package funnel

import (
	"errors"
	"fmt"
	"math/bits"
	"slices"

	"github.com/regulars-go/regulars/internal/wire"
)

// Chunk sums up what one user did in a stretch of time, such as a day, in a size
// that does not depend on how many events there were: some 8·K²/2 bytes for K
// steps. Chunks of stretches that follow each other merge to that of the whole
// stretch, in any bracketing, and say the same level as the events together. So
// days can be counted once and rolled up, and an event that came late means
// that one day is counted again.
//
// It has limits: at most MaxChunkSteps steps; users, Ordered, BestEntry; no
// exclusions, gaps or held properties; and no two chunks may share an instant,
// so cut where no event can be, or between two microseconds. It knows levels
// and no times of steps. The zero value is not ready: see [NewChunk].
type Chunk struct {
	funnel  Funnel
	program *program
	used    bool
	from    int64 // the first and the last instant of an event that counts
	to      int64
	level   int
	// best[k] is the latest start of a chain of k steps; set is a bit for each
	// that there is.
	best []int64
	set  uint32
	// leave[j*(K+1)+k] is the earliest time at which one who comes into the chunk
	// with j steps made has made k; reach[j] is how many they have at its end.
	leave []int64
	reach []uint8
	live  instantReach
}

// MaxChunkSteps is the most steps of a [Chunk]: its size and the cost of a merge
// grow with their square.
const MaxChunkSteps = 16

// NewChunk returns the chunk of a stretch without events. An error is
// [regulars.Faults] if the funnel is not valid, or says what a chunk can't do.
func NewChunk(f Funnel) (*Chunk, error) {
	if err := f.Validate(); err != nil {
		return nil, err
	}
	m := f.Match
	switch {
	case len(f.Steps) > MaxChunkSteps:
		return nil, fmt.Errorf("funnel: chunk of %d steps: want at most %d", len(f.Steps), MaxChunkSteps)
	case f.By != ByUser || m.Order != Ordered || m.Entry != BestEntry || len(m.Exclusions) > 0 || len(m.Hold) > 0:
		return nil, errors.New("funnel: a chunk is of users and ordered steps, without first entry, exclusions and held properties")
	case slices.ContainsFunc(f.Steps, func(s Step) bool { return !s.MaxGap.IsZero() }):
		return nil, errors.New("funnel: a chunk knows no gaps between steps")
	}
	f.Breakdowns = nil
	c := &Chunk{funnel: f, program: f.compile(microsecond)}
	c.clear()
	return c, nil
}

func (c *Chunk) clear() {
	n := c.program.steps + 1
	c.used, c.level, c.set = false, 0, 0
	c.best, c.leave, c.reach = make([]int64, n), make([]int64, n*n), make([]uint8, n)
	for j := range c.reach {
		c.reach[j] = uint8(j)
	}
}

// Chunk returns the chunk of events of one user, which may be in any order. It
// counts nothing. The errors are those of [NewChunk] and of [Counter.Add].
func (c *Counter[E, K]) Chunk(events []E) (*Chunk, error) {
	chunk, err := NewChunk(c.funnel)
	if err != nil {
		return nil, err
	}
	if err := c.read(events); err != nil {
		return nil, err
	}
	var i instant
	t := c.units.inOrder()
	for lo, hi := 0, 0; lo < len(t.at); lo = hi {
		hi = t.next(lo, chunk.program.ties == TiesGiven)
		t.load(&i, lo, hi)
		chunk.add(&i)
	}
	return chunk, nil
}

// Level returns the level of the user as far as the chunk goes.
func (c *Chunk) Level() int { return c.level }

// add notes the events of the next instant.
func (c *Chunk) add(i *instant) {
	if i.union == 0 {
		return
	}
	if !c.used {
		c.used, c.from = true, i.at
	}
	c.to = i.at
	c.live.load(c.program, i)
	n := c.program.steps + 1
	// Longer chains first, so that those they come from are as they were.
	for from := n - 2; from >= 0; from-- {
		start := i.at
		if from > 0 {
			if c.set>>from&1 == 0 || i.at-c.best[from] > c.program.window {
				continue
			}
			start = c.best[from]
		}
		for k := c.live.reach(from); k > from; k-- {
			c.offer(k, start)
		}
	}
	for j := range c.reach {
		to := c.live.reach(int(c.reach[j]))
		for k := int(c.reach[j]) + 1; k <= to; k++ {
			c.leave[j*n+k] = i.at
		}
		c.reach[j] = uint8(to)
	}
}

// offer notes a chain of k steps.
func (c *Chunk) offer(k int, start int64) {
	if c.set>>k&1 == 0 || start > c.best[k] {
		c.best[k] = start
		c.set |= 1 << k
	}
	c.level = max(c.level, k)
}

// Merge adds the chunk of a later stretch of the same user. It is an error, and
// changes nothing, if the funnel is another one or the stretch is not later.
// The later chunk stays as it is.
func (c *Chunk) Merge(later *Chunk) error {
	switch {
	case c == later:
		return errors.New("funnel: merge of a chunk with itself")
	case !sameFunnel(c.funnel, later.funnel):
		return errors.New("funnel: merge of a chunk of another funnel")
	case !later.used:
		return nil
	case c.used && later.from <= c.to:
		return errors.New("funnel: merge of a chunk that is not later: it begins before the other has ended, or at that instant")
	}
	n := c.program.steps + 1
	before, had := slices.Clone(c.best), c.set
	for k := 1; k < n; k++ {
		if later.set>>k&1 != 0 {
			c.offer(k, later.best[k])
		}
		for j := 1; j < k; j++ {
			if had>>j&1 != 0 && k <= int(later.reach[j]) && later.leave[j*n+k]-before[j] <= c.program.window {
				c.offer(k, before[j])
			}
		}
	}
	c.level = max(c.level, later.level)
	for j := range c.reach {
		at := int(c.reach[j])
		for k := at + 1; k <= int(later.reach[at]); k++ {
			c.leave[j*n+k] = later.leave[at*n+k]
		}
		c.reach[j] = later.reach[at]
	}
	if !c.used {
		c.used, c.from = true, later.from
	}
	c.to = later.to
	return nil
}

// instantReach says how far chains get in one instant.
type instantReach struct {
	*program
	instant *instant
	pairs   pairing
	far     [MaxChunkSteps + 1]uint8
}

// load finds how far a chain of each length gets.
func (r *instantReach) load(p *program, i *instant) {
	r.program, r.instant = p, i
	several := p.reuse || p.ties == TiesAnyOrder && len(i.steps) > 1
	paired := i.paired && p.ties == TiesAnyOrder && !p.reuse
	if paired {
		r.pairs.load(i.steps, p.steps)
	}
	reach := 0
	for from := range p.steps + 1 {
		switch {
		case paired:
			if from > 0 {
				r.pairs.release(from)
			}
			reach = max(reach, from)
			for reach < p.steps && r.pairs.take(reach+1) {
				reach++
			}
		case several:
			reach = from + bits.TrailingZeros64(^(i.union >> from))
		case from < p.steps && i.has(from+1):
			reach = from + 1
		default:
			reach = from
		}
		r.far[from] = uint8(reach)
	}
}

func (r *instantReach) reach(from int) int { return int(r.far[from]) }

// MarshalBinary returns c as bytes: the same events give the same bytes, however
// they were cut and merged.
func (c *Chunk) MarshalBinary() ([]byte, error) { return c.AppendBinary(nil) }

// AppendBinary appends what [Chunk.MarshalBinary] returns.
func (c *Chunk) AppendBinary(dst []byte) ([]byte, error) {
	dst, err := appendHeader(dst, wireChunk, c.funnel)
	if err != nil {
		return nil, err
	}
	dst = appendBool(dst, c.used)
	if !c.used {
		return dst, nil
	}
	dst = wire.AppendInt(wire.AppendInt(dst, c.from), c.to)
	dst = wire.AppendUint(dst, uint64(c.level))
	dst = wire.AppendUint(dst, uint64(c.set>>1))
	n := c.program.steps + 1
	for k := 1; k < n; k++ {
		if c.set>>k&1 != 0 {
			dst = wire.AppendInt(dst, c.best[k])
		}
	}
	for j, reach := range c.reach {
		dst = wire.AppendUint(dst, uint64(int(reach)-j))
		for k := j + 1; k <= int(reach); k++ {
			dst = wire.AppendInt(dst, c.leave[j*n+k])
		}
	}
	return dst, nil
}

// UnmarshalBinary reads what [Chunk.MarshalBinary] wrote, in the place of what c
// has. c must be of the same funnel, such as a new chunk. Bytes that were not
// written so are an error, and leave c as it was.
func (c *Chunk) UnmarshalBinary(data []byte) error {
	if c.program == nil {
		return errors.New("funnel: unmarshal into a chunk that NewChunk did not make")
	}
	read := &Chunk{funnel: c.funnel, program: c.program}
	read.clear()
	r := wire.NewReader(data)
	readHeader(r, wireChunk, c.funnel)
	if r.UintUpTo(1) == 1 {
		read.read(r)
	}
	if err := r.Close(); err != nil {
		return wireError(err)
	}
	*c = *read
	return nil
}

func (c *Chunk) read(r *wire.Reader) {
	n := c.program.steps + 1
	c.used, c.from, c.to = true, r.Int(), r.Int()
	c.level = int(r.UintUpTo(uint64(n - 1)))
	c.set = uint32(r.UintUpTo(1<<(n-1)-1)) << 1
	within := func(at int64) int64 {
		if r.Err() == nil && (at < c.from || at > c.to) {
			r.Fail("a time outside the chunk")
		}
		return at
	}
	if c.from > c.to {
		r.Fail("ends before it begins")
	}
	for k := 1; k < n; k++ {
		if c.set>>k&1 != 0 {
			c.best[k] = within(r.Int())
		}
	}
	if want := bits.Len32(c.set >> 1); r.Err() == nil && c.level != want {
		r.Fail("level %d with chains of %d steps", c.level, want)
	}
	for j := range c.reach {
		c.reach[j] = uint8(j + int(r.UintUpTo(uint64(n-1-j))))
		before := c.from
		for k := j + 1; k <= int(c.reach[j]); k++ {
			if c.leave[j*n+k] = within(r.Int()); r.Err() == nil && c.leave[j*n+k] < before {
				r.Fail("step %d before step %d", k, k-1)
			}
			before = c.leave[j*n+k]
		}
	}
}
