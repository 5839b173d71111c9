package lifecycle

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/wire"
)

// MaxActions is the most kinds of actions: each is a [Log], and each is tried.
// A page address with a number in it is not a kind of action.
const MaxActions = 500

// Actions remembers what each customer did and when, a [Log] for each kind of
// action. [Actions.Key] finds the early actions of those who stay. The zero
// value is ready to use. What it answers depends neither on the order of events
// nor on how they are split over actions that are merged later. Doing the same
// at the same microsecond is once.
//
// Actions must not be copied once they are in use, and are not safe for
// concurrent use, not even for reading: give each goroutine its own and
// [Actions.Merge] them.
type Actions[K regulars.ID] struct {
	// Zone is the calendar on which days are counted. Nil means UTC.
	Zone *time.Location
	// Until is the last instant that counts: events after it are counted and
	// set aside. The zero time sets none aside. Set both fields before the
	// first event.
	Until time.Time

	logs       map[string]*Log[K]
	used       setup
	afterUntil int
}

// Add notes that a customer did something at an instant. An event after Until
// is counted and set aside. An error says what is wrong with the event, and
// means that it was not added: an empty ID, an empty action or one beyond
// [MaxActions], or a time that is zero or outside the years 1 to 9999.
func (a *Actions[K]) Add(id K, action string, at time.Time) error {
	if err := checkID(id); err != nil {
		return err
	}
	if action == "" {
		return fmt.Errorf("lifecycle: customer %v did an action without a name", id)
	}
	if err := calendar.CheckInstant(at); err != nil {
		return fmt.Errorf("lifecycle: %s of customer %v %w", action, id, err)
	}
	if err := a.used.fix(a.frame(), a.Until); err != nil {
		return err
	}
	if !a.Until.IsZero() && at.After(a.Until) {
		a.afterUntil++
		return nil
	}
	if a.logs[action] == nil && len(a.logs) == MaxActions {
		return fmt.Errorf("lifecycle: action %q is one more than %d", action, MaxActions)
	}
	return a.log(action).Add(id, at)
}

func (a *Actions[K]) log(action string) *Log[K] {
	log := a.logs[action]
	if log == nil {
		if a.logs == nil {
			a.logs = map[string]*Log[K]{}
		}
		log = &Log[K]{Zone: a.Zone, Until: a.Until}
		a.logs[action] = log
	}
	return log
}

// Merge adds all that was added to other, whose answers stay as they are. It
// brings the events of other in order, as reading does: nobody else may use
// other at the same time. Actions of another Zone or Until don't merge, nor
// those of more than [MaxActions] kinds together; a stays as it was if there is
// an error.
func (a *Actions[K]) Merge(other *Actions[K]) error {
	if a == other {
		return errors.New("lifecycle: actions can't be merged into themselves")
	}
	if err := alike(a.frame(), other.frame(), a.Until, other.Until); err != nil {
		return err
	}
	if err := a.used.fix(a.frame(), a.Until); err != nil {
		return err
	}
	all := len(a.logs)
	for action := range other.logs {
		if a.logs[action] == nil {
			all++
		}
	}
	if all > MaxActions {
		return fmt.Errorf("lifecycle: merging makes %d kinds of actions: want at most %d", all, MaxActions)
	}
	for action, log := range other.logs {
		if err := a.log(action).Merge(log); err != nil {
			return err
		}
	}
	a.afterUntil += other.afterUntil
	return nil
}

// Kinds returns the kinds of actions, by name.
func (a *Actions[K]) Kinds() []string { return slices.Sorted(maps.Keys(a.logs)) }

// AfterUntil returns how many events were set aside because they are later than
// Until.
func (a *Actions[K]) AfterUntil() int { return a.afterUntil }

func (a *Actions[K]) frame() frame { return frame{zone: calendar.OrUTC(a.Zone)} }

// MarshalBinary returns a as bytes: the same events give the same bytes, in
// whatever order they came.
func (a *Actions[K]) MarshalBinary() ([]byte, error) { return a.AppendBinary(nil) }

// AppendBinary appends what [Actions.MarshalBinary] returns.
func (a *Actions[K]) AppendBinary(dst []byte) ([]byte, error) {
	dst = appendHeader(dst, wireActions, a.frame(), a.Until, a.afterUntil)
	dst = wire.AppendUint(dst, uint64(len(a.logs)))
	for _, action := range a.Kinds() {
		log, err := a.logs[action].MarshalBinary()
		if err != nil {
			return nil, err
		}
		dst = wire.AppendString(dst, action)
		dst = wire.AppendString(dst, string(log))
	}
	return dst, nil
}

// UnmarshalBinary replaces what a holds by what [Actions.MarshalBinary] wrote of
// actions with the same type of ID. Zone and Until must be set as they were
// there. a stays as it was if there is an error.
func (a *Actions[K]) UnmarshalBinary(data []byte) error {
	read := Actions[K]{Zone: a.Zone, Until: a.Until}
	in := wire.NewReader(data)
	read.afterUntil = readHeader(in, wireActions, a.frame(), a.Until)
	before := ""
	for range in.Count() {
		action := in.String()
		if in.Err() == nil && (action <= before || len(read.logs) == MaxActions) {
			in.Fail("action %q is out of order or one too many", action)
		}
		before = action
		log := []byte(in.String())
		if in.Err() != nil {
			break
		}
		if err := read.log(action).UnmarshalBinary(log); err != nil {
			return fmt.Errorf("lifecycle: unmarshal: action %q: %w", action, err)
		}
		if l := read.logs[action]; l.Len() == 0 || l.afterUntil > 0 || l.followers() {
			in.Fail("action %q that nobody did", action)
		}
	}
	if err := in.Close(); err != nil {
		return wireError(err)
	}
	read.used = setup{a.frame(), a.Until, true}
	a.logs, a.used, a.afterUntil = read.logs, read.used, read.afterUntil
	return nil
}

// followers reports whether any customer is known but for events, as in no log
// of actions.
func (l *Log[K]) followers() bool {
	for i := range l.pages {
		for _, known := range l.pages[i].known {
			if known != notKnown {
				return true
			}
		}
	}
	return false
}
