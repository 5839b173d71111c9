package lifecycle

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
)

// Log remembers the instant of every event of every customer, in some 12 bytes
// an event. From it come stages as of any moment, their migration, boundaries
// fitted to the customers' own gaps, and retention by each customer's own
// clock. The zero value is ready to use. What it answers depends neither on
// the order of events nor on how they are split over logs that are merged
// later. Events of one customer at the same microsecond are one, so that
// sending one twice changes nothing.
//
// A Log must not be copied once it is in use, and is not safe for concurrent
// use, not even for reading: give each goroutine its own and [Log.Merge] them.
type Log[K regulars.ID] struct {
	// Zone is the calendar on which days are counted. Nil means UTC. Stages go
	// by the zone of their [Policy].
	Zone *time.Location
	// Until is the last instant that counts: events after it are counted and
	// set aside. The zero time sets none aside. Set both fields before the
	// first event.
	Until time.Time

	roster     roster[K]
	pages      []logPage // as many as the roster has
	used       setup
	afterUntil int
}

// logPage has the events of some customers. It is in order, which reading
// needs, if starts is not nil.
type logPage struct {
	known  []int64 // by number: microseconds since 1970, or one of these two
	who    []uint32
	at     []int64
	starts []uint32 // by number: the index of the first event; and their number at the end
}

const (
	notKnown    = math.MaxInt64 // but for events
	knownAlways = math.MinInt64
)

// Add notes an event of a customer. An event after Until is counted and set
// aside. An error says what is wrong with the event, and means that it was not
// added: an empty ID, or a time that is zero or outside the years 1 to 9999.
func (l *Log[K]) Add(id K, at time.Time) error {
	if err := l.check(id); err != nil {
		return err
	}
	if err := calendar.CheckInstant(at); err != nil {
		return fmt.Errorf("lifecycle: event of customer %v %w", id, err)
	}
	if !l.Until.IsZero() && at.After(l.Until) {
		l.afterUntil++
		return nil
	}
	page, number := l.find(id)
	page.add(number, at.UnixMicro())
	return nil
}

// AddColumns does what [Log.Add] does for each row. If any row is wrong the
// error names the first, from 0, and none was added.
func (l *Log[K]) AddColumns(c Columns[K]) error {
	if err := c.check(); err != nil {
		return err
	}
	if err := l.used.fix(l.frame(), l.Until); err != nil {
		return err
	}
	until := untilUnix(l.Until)
	for i, id := range c.Customer {
		if c.At[i] > until {
			l.afterUntil++
			continue
		}
		page, number := l.find(id)
		page.add(number, c.At[i]*1e6)
	}
	return nil
}

// Know notes that a customer is known since an instant, such as that of a
// subscription; the earliest counts. The zero time is a customer who was known
// already. Without events a known customer is a [Follower]; an event makes one
// known too.
func (l *Log[K]) Know(id K, since time.Time) error {
	if err := l.check(id); err != nil {
		return err
	}
	micros := int64(knownAlways)
	if !since.IsZero() {
		if err := calendar.CheckInstant(since); err != nil {
			return fmt.Errorf("lifecycle: customer %v: known %w", id, err)
		}
		micros = since.UnixMicro()
	}
	page, number := l.find(id)
	page.know(number, micros)
	return nil
}

func (l *Log[K]) check(id K) error {
	if err := checkID(id); err != nil {
		return err
	}
	return l.used.fix(l.frame(), l.Until)
}

func (l *Log[K]) find(id K) (*logPage, uint32) {
	page, number := l.roster.find(id)
	if l.pages == nil {
		l.pages = make([]logPage, pageCount)
	}
	p := &l.pages[page]
	if int(number) == len(p.known) {
		p.known = append(p.known, notKnown)
		p.starts = nil
	}
	return p, number
}

func (p *logPage) add(number uint32, at int64) {
	p.who, p.at, p.starts = append(p.who, number), append(p.at, at), nil
}

// know keeps the earliest date.
func (p *logPage) know(number uint32, since int64) {
	p.known[number] = min(p.known[number], since)
}

// Merge adds all that was added to other, whose answers stay as they are. It
// brings the events of other in order, as reading does: nobody else may use
// other at the same time. Logs of another Zone or Until don't merge.
func (l *Log[K]) Merge(other *Log[K]) error {
	if l == other {
		return errors.New("lifecycle: a log can't be merged into itself")
	}
	if err := alike(l.frame(), other.frame(), l.Until, other.Until); err != nil {
		return err
	}
	if err := l.used.fix(l.frame(), l.Until); err != nil {
		return err
	}
	for i := range other.pages {
		from := &other.pages[i]
		from.settle()
		for number, id := range other.roster.pages[i].ids {
			page, mine := l.find(id)
			page.know(mine, from.known[number])
			for _, at := range from.events(uint32(number)) {
				page.add(mine, at)
			}
		}
	}
	l.afterUntil += other.afterUntil
	return nil
}

// Len returns how many customers there are, those without an event included.
func (l *Log[K]) Len() int { return l.roster.len() }

// AfterUntil returns how many events were set aside because they are later
// than Until.
func (l *Log[K]) AfterUntil() int { return l.afterUntil }

// Events returns the events of a customer in ascending order, on the clock of
// Zone; ok is false if there is no such customer.
func (l *Log[K]) Events(id K) (events []time.Time, ok bool) {
	page, number, ok := l.roster.lookup(id)
	if !ok {
		return nil, false
	}
	l.pages[page].settle()
	return instants(nil, l.pages[page].events(number), calendar.OrUTC(l.Zone)), true
}

// Activity returns the periods in which the customers of the log were active,
// with its Zone and Until.
func (l *Log[K]) Activity(each Period) *Activity[K] {
	a := &Activity[K]{Each: each, Zone: l.Zone, Until: l.Until, afterUntil: l.afterUntil}
	a.used.fix(a.frame(), a.Until) //nolint:errcheck // it can't have changed
	numbering := a.frame().numbering()
	for _, p := range l.roster.sorted() {
		page, id := &l.pages[p.page], l.roster.id(p)
		page.settle()
		for _, at := range page.events(p.number) {
			a.set(id, numbering.of(floorSeconds(at)))
		}
		if len(page.events(p.number)) == 0 {
			a.chains.know(id)
		}
	}
	return a
}

func (l *Log[K]) frame() frame { return frame{zone: calendar.OrUTC(l.Zone)} }

// settle brings the events in order, by customer and then by time, each once.
func (p *logPage) settle() {
	if p.starts != nil {
		return
	}
	starts := make([]uint32, len(p.known)+1)
	for _, number := range p.who {
		starts[number+1]++
	}
	for i := range p.known {
		starts[i+1] += starts[i]
	}
	next, sorted := slices.Clone(starts), make([]int64, len(p.at))
	for i, number := range p.who {
		sorted[next[number]] = p.at[i]
		next[number]++
	}
	p.who, p.at = p.who[:0], p.at[:0]
	for number := range p.known {
		own := sorted[starts[number]:starts[number+1]]
		slices.Sort(own)
		starts[number] = uint32(len(p.at))
		for i, at := range own {
			if i == 0 || at != own[i-1] {
				p.who, p.at = append(p.who, uint32(number)), append(p.at, at)
			}
		}
	}
	starts[len(p.known)] = uint32(len(p.at))
	p.starts = starts
}

// events returns those of one customer, once p is settled.
func (p *logPage) events(number uint32) []int64 {
	return p.at[p.starts[number]:p.starts[number+1]]
}

// instants appends times given in microseconds.
func instants(dst []time.Time, micros []int64, zone *time.Location) []time.Time {
	for _, m := range micros {
		dst = append(dst, time.UnixMicro(m).In(zone))
	}
	return dst
}

func floorSeconds(micros int64) int64 {
	seconds := micros / 1e6
	if micros%1e6 < 0 {
		seconds--
	}
	return seconds
}
