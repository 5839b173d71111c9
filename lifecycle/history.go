package lifecycle

import (
	"errors"
	"slices"
	"time"

	"github.com/regulars-go/regulars/internal/calendar"
)

// History sums a customer up: what a stage depends on. Hosts fill it from a
// table of theirs, or get it from [Policy.History] or [Log.Stages].
type History struct {
	// Known is when the customer became known, such as by a subscription. It
	// explains a Follower and decides nothing. Zero if not known.
	Known time.Time
	// First and Last are the first and the latest event: a purchase, a visit,
	// whatever the host counts. Both are zero if there was none.
	First, Last time.Time
	// Events is how many there were. It chooses the bounds by MinEvents and the
	// customer's own pace. Zero with a Last counts as one.
	Events int
	// Previous is the event before Last, from which a return can be told. Zero
	// if there is none, or it is not known.
	Previous time.Time
	// Return is the latest event that ended a silence of ChurnAfter or more; it
	// keeps the customer Returned also when more events follow. Zero if there
	// was none; then Last is one if it came so long after Previous.
	Return time.Time
	// Labels are those of the customer, such as "plan=pro", for overrides.
	Labels []string
}

// Validate returns an error for what no sequence of events can sum up to:
// a negative count, First without Last or later than it, more than one event
// where First is Last, Previous or Return outside First to Last. [Policy.At]
// answers anyway, as it says.
func (h History) Validate() error {
	switch {
	case h.Events < 0:
		return errors.New("lifecycle: history with a negative number of events")
	case h.First.IsZero() != h.Last.IsZero():
		return errors.New("lifecycle: history with one of First and Last")
	case h.First.IsZero() && (h.Events > 0 || !h.Previous.IsZero() || !h.Return.IsZero()):
		return errors.New("lifecycle: history with events but without First and Last")
	case h.First.After(h.Last):
		return errors.New("lifecycle: history whose First is after its Last")
	case h.Events == 1 && !h.First.Equal(h.Last):
		return errors.New("lifecycle: history of one event whose First is not its Last")
	case !h.Previous.IsZero() && (h.Previous.Before(h.First) || h.Previous.After(h.Last)):
		return errors.New("lifecycle: history whose Previous is not between First and Last")
	case !h.Return.IsZero() && (h.Return.Before(h.First) || h.Return.After(h.Last)):
		return errors.New("lifecycle: history whose Return is not between First and Last")
	}
	return nil
}

// Pace returns the customer's own mean time between events: (Last - First) /
// (Events - 1). ok is false with fewer than two events, or if they came all at
// once.
func (h History) Pace() (mean time.Duration, ok bool) {
	if h.Events < 2 || !h.Last.After(h.First) {
		return 0, false
	}
	return h.Last.Sub(h.First) / time.Duration(h.Events-1), true
}

// Overdue returns how long the customer has been idle as seen at now, as a
// multiple of their [History.Pace]: 1 is when the next event would come if they
// kept it, and 3 is three times as long. ok is false if there is no pace, or
// Last is after now.
func (h History) Overdue(now time.Time) (ratio float64, ok bool) {
	pace, ok := h.Pace()
	if !ok || h.Last.After(now) {
		return 0, false
	}
	return float64(now.Sub(h.Last)) / float64(pace), true
}

// History sums up events, given in any order, as of now: later ones are left
// out, and those at the same instant are one. Labels choose the ChurnAfter by
// which returns are told; before each return it is that of the customer with
// the events so far.
func (p Policy) History(events []time.Time, now time.Time, labels ...string) History {
	seen := slices.DeleteFunc(slices.Clone(events), func(t time.Time) bool { return t.After(now) })
	slices.SortFunc(seen, time.Time.Compare)
	return p.history(slices.CompactFunc(seen, time.Time.Equal), labels)
}

// history sums up distinct events in ascending order.
func (p Policy) history(events []time.Time, labels []string) History {
	h := History{Events: len(events), Labels: labels}
	if len(events) == 0 {
		return h
	}
	h.First, h.Last = events[0], events[len(events)-1]
	if len(events) > 1 {
		h.Previous = events[len(events)-2]
	}
	for i := len(events) - 1; i > 0; i-- {
		if p.ends(events[i-1], events[i], i, labels) {
			h.Return = events[i]
			break
		}
	}
	return h
}

// ends reports whether an event at to ended the churn of a customer whose event
// before it, the last of so many, was at from.
func (p Policy) ends(from, to time.Time, events int, labels []string) bool {
	return !to.Before(p.of(labels, events).churn.span.After(from, p.Zone))
}

// daysBetween returns the number of local dates from one instant to another.
func daysBetween(from, to time.Time, zone *time.Location) int {
	return int(calendar.DayOf(to, zone)) - int(calendar.DayOf(from, zone))
}
