package funnel

import (
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"time"

	"github.com/regulars-go/regulars"
)

// Log collects events of many users as they come, and groups them by user. It
// is for events that are codes, of which there are too many to sort one by one:
// give each goroutine its own log and a stretch of the events, merge them, and
// let each goroutine find the levels of a share of the users. The zero value is
// ready to use. A Log is not for concurrent use but for [Log.Levels].
type Log[K regulars.ID] struct {
	// Tick is the unit of times. Zero means a microsecond.
	Tick time.Duration
	// Codes says which steps an event with a code matches, as in [Columns]. Nil
	// lets code k be step k.
	Codes []uint64

	parts []logPart[K]
	size  int
}

// logPart has the events of some users: those whose hash begins alike, so that
// a part can be grouped in a core's own cache. Blocks are never written to once
// they are full or shared.
type logPart[K regulars.ID] struct {
	full [][]coded[K]
	tail []coded[K]
}

// coded is an event that is a code.
type coded[K regulars.ID] struct {
	at   int64
	user K
	code uint8
}

const (
	logParts = 256
	maxBlock = 8192
)

// The seed of all hashes is random, so that nobody can send IDs that collide;
// no answer depends on it. It is one for all logs, so that they merge part by
// part.
var seed = maphash.MakeSeed()

// Add notes events: of each its user, its time and its code. If the columns are
// not of one length, none was added.
func (l *Log[K]) Add(users []K, at []int64, code []uint8) error {
	if len(users) != len(at) || len(users) != len(code) {
		return fmt.Errorf("funnel: %d users, %d times and %d codes: want as many of each", len(users), len(at), len(code))
	}
	if l.parts == nil {
		l.parts = make([]logPart[K], logParts)
	}
	at, code = at[:len(users)], code[:len(users)]
	for i, user := range users {
		p := &l.parts[maphash.Comparable(seed, user)>>56]
		if len(p.tail) == cap(p.tail) {
			p.grow()
		}
		p.tail = append(p.tail, coded[K]{at[i], user, code[i]})
	}
	l.size += len(users)
	return nil
}

func (p *logPart[K]) grow() {
	size := min(max(16, 2*cap(p.tail)), maxBlock)
	if len(p.tail) > 0 {
		p.full = append(p.full, p.tail)
	}
	p.tail = make([]coded[K], 0, size)
}

// Len returns how many events l has.
func (l *Log[K]) Len() int { return l.size }

// Merge adds the events of other, after those of l. Both may go on collecting.
// It is an error, and changes nothing, if Tick or Codes differ.
func (l *Log[K]) Merge(other *Log[K]) error {
	if l == other {
		return errors.New("funnel: merge of a log with itself")
	}
	if l.Tick != other.Tick || !slices.Equal(l.Codes, other.Codes) || (l.Codes == nil) != (other.Codes == nil) {
		return errors.New("funnel: merge of a log with another tick or other codes")
	}
	if other.parts == nil {
		return nil
	}
	if l.parts == nil {
		l.parts = make([]logPart[K], logParts)
	}
	for i := range l.parts {
		p, q := &l.parts[i], &other.parts[i]
		if len(p.tail) > 0 {
			p.full = append(p.full, p.tail)
		}
		p.full = append(p.full, q.full...)
		if len(q.tail) > 0 {
			p.full = append(p.full, q.tail[:len(q.tail):len(q.tail)])
		}
		p.tail = nil
	}
	l.size += other.size
	return nil
}

// Levels calls each with the level of every user in one of shares parts of the
// users: share goes from 0 to shares-1. Users come in no order. Shares may be
// found at the same time on several goroutines, as long as nothing is added.
// What Funnel.Levels does not take is an error here too; after an error some
// users have been told. The order of the events does not matter, but that of
// events at one instant under TiesGiven.
func (l *Log[K]) Levels(f Funnel, share, shares int, each func(user K, level uint8)) error {
	if share < 0 || share >= shares {
		return fmt.Errorf("funnel: share %d of %d: want 0 to %d", share, shares, shares-1)
	}
	k, err := f.kernel(l.Codes, l.Tick)
	if err != nil {
		return err
	}
	g := grouper[K]{all: f.Match.Order == Contiguous || len(l.Codes) > 0 && l.Codes[0] != 0}
	for i := share; i < len(l.parts); i += shares {
		g.group(&l.parts[i])
		for n, user := range g.users {
			lo, hi := g.starts[n], g.starts[n+1]
			level, err := k.level(g.inOrder(lo, hi))
			if err != nil {
				return fmt.Errorf("funnel: user %v: %w", user, err)
			}
			each(user, level)
		}
	}
	return nil
}
