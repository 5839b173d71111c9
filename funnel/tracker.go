package funnel

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
)

// Tracker follows users as their events arrive, roughly in order. A watermark
// says up to when all have come: older events are folded into a state whose
// size depends on the steps alone, newer ones wait, in whatever order they
// come. So results are those of all events together, as long as none is late;
// those that are late are counted and left out.
//
// It follows users through Ordered or Contiguous funnels, without held
// properties; breakdowns are not looked at. Hits know no events, so their Event
// is -1. A Tracker is not for concurrent use.
type Tracker[E any, K regulars.ID] struct {
	// Late is how many events came after the watermark had passed them. They are
	// in no result.
	Late int64

	funnel    Funnel
	reader    *Counter[E, K]
	matcher   *matcher
	watermark int64
	users     map[K]*tracked
}

// tracked is what is kept of one user.
type tracked struct {
	state   []byte // what was folded; nil if nothing was
	waiting track  // in the order in which they came
	foldAt  int    // how many may wait before the next fold
}

// NewTracker returns a tracker of a funnel. It fails with [regulars.Faults] if
// the funnel is not valid, and if it or the source can't be followed.
// Source.AsOf is not looked at: the watermark takes its place.
func NewTracker[E any, K regulars.ID](f Funnel, s Source[E, K]) (*Tracker[E, K], error) {
	if s.User == nil {
		return nil, errors.New("funnel: source has no User")
	}
	f.Breakdowns, s.AsOf = nil, time.Time{}
	reader, err := NewCounter(f, s)
	if err != nil {
		return nil, err
	}
	if f.By != ByUser || f.Match.Order > Contiguous || len(f.Match.Hold) > 0 {
		return nil, errors.New("funnel: a tracker follows users through ordered or contiguous funnels, without held properties")
	}
	return &Tracker[E, K]{
		funnel:    f,
		reader:    reader,
		matcher:   newMatcher(f.compile(microsecond), noAsOf),
		watermark: noWatermark,
		users:     map[K]*tracked{},
	}, nil
}

// noWatermark is before all times.
const noWatermark = calendar.MinMicro - 1

// Add follows an event. late says that it came too late, and was only counted.
// An error says what is wrong with the event, and means that nothing changed.
func (t *Tracker[E, K]) Add(event E) (late bool, err error) {
	if err := t.reader.read([]E{event}); err != nil {
		return false, err
	}
	at := t.matcher.round(t.reader.reader.source.At(event).UnixMicro())
	if at < t.watermark {
		t.Late++
		return true, nil
	}
	id := t.reader.reader.source.User(event)
	user := t.users[id]
	if user == nil {
		user = &tracked{}
		t.users[id] = user
	}
	read := &t.reader.units.user
	user.waiting.at = append(user.waiting.at, read.at...)
	user.waiting.steps = append(user.waiting.steps, read.steps...)
	user.waiting.exclusions = append(user.waiting.exclusions, read.exclusions...)
	if len(user.waiting.at) >= max(user.foldAt, foldAfter) {
		t.fold(user)
		user.foldAt = 2 * len(user.waiting.at)
	}
	return false, nil
}

// foldAfter is how many events may wait although the watermark has passed them:
// to fold has a price, which so is shared.
const foldAfter = 16

// Advance moves the watermark: all events before it have come. It can't go back;
// the error says so. Match.Grace rounds it down.
func (t *Tracker[E, K]) Advance(watermark time.Time) error {
	if err := calendar.CheckInstant(watermark); err != nil {
		return fmt.Errorf("funnel: watermark %w", err)
	}
	at := t.matcher.round(watermark.UnixMicro())
	if at < t.watermark {
		return fmt.Errorf("funnel: watermark %s is before %s", watermark.UTC().Format(time.RFC3339Nano), fromMicros(t.watermark).Format(time.RFC3339Nano))
	}
	t.watermark = at
	return nil
}

// Len returns how many users had an event that was not late.
func (t *Tracker[E, K]) Len() int { return len(t.users) }

// Result returns how far a user got with all events so far, also those that
// wait; ok is false if there was none. What is open is told as of the last
// instant before the watermark.
func (t *Tracker[E, K]) Result(user K) (r Result, ok bool) {
	u := t.users[user]
	if u == nil {
		return Result{}, false
	}
	return t.result(u), true
}

// All goes through the results of all users, in ascending order.
func (t *Tracker[E, K]) All() iter.Seq2[K, Result] {
	return func(yield func(K, Result) bool) {
		for _, id := range t.sorted() {
			if !yield(id, t.result(t.users[id])) {
				return
			}
		}
	}
}

func (t *Tracker[E, K]) sorted() []K {
	ids := make([]K, 0, len(t.users))
	for id := range t.users {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, regulars.Compare)
	return ids
}

func (t *Tracker[E, K]) result(u *tracked) Result {
	m := t.matcher
	m.asOf = t.watermark - 1
	s := t.load(u)
	s.play(&u.waiting)
	best := &m.chains.best
	f := finding{level: best.level, start: best.start, end: best.end, row: best.row, entered: m.chains.entered}
	f.excluded = best.broken && m.drop
	m.end(&f, best, func(int64) aftermath { return s.after })
	r := f.result()
	for i := range r.Chain {
		r.Chain[i].Event = -1
	}
	return r
}

// fold moves the events of a user that the watermark has passed into the state.
func (t *Tracker[E, K]) fold(u *tracked) {
	n := u.waiting.due(t.watermark)
	if n == 0 && u.state != nil {
		return
	}
	s := t.load(u)
	due, rest := u.waiting.part(t.watermark)
	s.play(&due)
	u.state = s.append(u.state[:0], t.watermark)
	u.waiting = rest
}

// load returns the state of a user in the tracker's matcher.
func (t *Tracker[E, K]) load(u *tracked) *state {
	s := &state{matcher: t.matcher}
	s.chains.reset()
	if u.state != nil {
		s.mustRead(u.state)
	}
	return s
}

// due counts the events before a watermark.
func (t *track) due(watermark int64) (n int) {
	for _, at := range t.at {
		if at < watermark {
			n++
		}
	}
	return n
}

// part parts the events at a watermark, each in the order in which they came.
func (t *track) part(watermark int64) (before, rest track) {
	for i, at := range t.at {
		to := &rest
		if at < watermark {
			to = &before
		}
		to.at, to.steps = append(to.at, at), append(to.steps, t.steps[i])
		if len(t.exclusions) > 0 {
			to.exclusions = append(to.exclusions, t.exclusions[i])
		}
	}
	return before, rest
}
