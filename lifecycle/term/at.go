package term

import (
	"fmt"
	"slices"
	"time"

	"github.com/regulars-go/regulars/internal/calendar"
)

// Event is something that happened to a term, such as a visit of the fitter.
// Whose term it was is for the host to know.
type Event struct {
	Name string
	At   time.Time
}

// At is a term as of a moment.
type At struct {
	State State `json:"state"`
	// Milestones are those of the plan, in its order.
	Milestones []MilestoneAt `json:"milestones"`
	// Next is the first instant after the moment at which a state or a status
	// changes if nothing happens; zero if none does.
	Next time.Time `json:"next,omitzero"`
}

// Labels returns the labels of the term as other packages read them, such as
// "term=running" and "upkeep=overdue".
func (a At) Labels() []string {
	labels := []string{a.State.Label()}
	for _, m := range a.Milestones {
		labels = append(labels, m.Label())
	}
	return labels
}

// MilestoneAt is a milestone as of a moment. One that comes again and again is
// the first of its occurrences that is neither done nor missed; or the next one,
// if that was done early.
type MilestoneAt struct {
	Name   string `json:"name"`
	Status Status `json:"status"`
	// Number counts the occurrences from 1; it is 0 of one that is never due.
	Number int `json:"number"`
	// Due is the first instant of the date until whose end it is due; zero if it
	// is never due.
	Due time.Time `json:"due,omitzero"`
	// Late is how many dates after the due date the moment is, of one that is
	// Overdue.
	Late int `json:"late,omitzero"`
	// Done is when the event came, of one that is Done.
	Done time.Time `json:"done,omitzero"`
	// Missed is how many occurrences, this one among them, can't be done any
	// more: the next one was due, or the term ended, before they were.
	Missed int `json:"missed,omitzero"`
	// Next is when the following occurrence is due; zero if there is none.
	Next time.Time `json:"next,omitzero"`
}

// Label returns the status under the name of the milestone: "upkeep=overdue".
func (m MilestoneAt) Label() string { return m.Name + "=" + m.Status.String() }

// At says where a term stands as of a moment, given the events so far in any
// order; those after the moment, before the start and from the end on are left
// out. The same event at the same microsecond is once. An invalid term, plan or
// moment is an error.
//
// An event does the occurrence that was due last, if that is not done, and else
// the next one, which is then done early. An occurrence that was not done when
// the next one is due is missed, and so is what was not done when the term
// ends. What would be due from the end on is never due.
func (t Term[K]) At(p Plan, events []Event, asOf time.Time) (At, error) {
	if err := t.Validate(); err != nil {
		return At{}, err
	}
	if err := p.Validate(); err != nil {
		return At{}, err
	}
	if err := calendar.CheckInstant(asOf); err != nil {
		return At{}, fmt.Errorf("term: the moment of the report %w", err)
	}
	a := At{State: t.state(asOf), Milestones: []MilestoneAt{}}
	a.next(asOf, t.Start)
	a.next(asOf, t.End)
	for _, m := range p.Milestones {
		s := newSchedule(m, t.Start, t.End, calendar.OrUTC(p.Zone))
		var done []time.Time
		for _, e := range events {
			if e.Name == m.DoneBy && !e.At.After(asOf) && !e.At.Before(t.Start) && (t.End.IsZero() || e.At.Before(t.End)) {
				done = append(done, e.At)
			}
		}
		slices.SortFunc(done, time.Time.Compare)
		done = slices.CompactFunc(done, func(a, b time.Time) bool { return a.UnixMicro() == b.UnixMicro() })
		at := s.at(done, asOf)
		for _, c := range s.changes(at) {
			a.next(asOf, c)
		}
		a.Milestones = append(a.Milestones, at)
	}
	return a, nil
}

func (t Term[K]) state(asOf time.Time) State {
	switch {
	case asOf.Before(t.Start):
		return NotStarted
	case t.End.IsZero() || asOf.Before(t.End):
		return Running
	}
	return Ended
}

// next notes a change at an instant, if it comes after the moment.
func (a *At) next(asOf, at time.Time) {
	if at.After(asOf) && (a.Next.IsZero() || at.Before(a.Next)) {
		a.Next = at
	}
}

// schedule has the due dates of one milestone of one term, numbered from 1.
type schedule struct {
	milestone Milestone
	start     time.Time
	end       time.Time
	zone      *time.Location
}

func newSchedule(m Milestone, start, end time.Time, zone *time.Location) schedule {
	return schedule{m, start.In(zone), end, zone}
}

// due returns the date of an occurrence from 1; ok is false if there is none
// before the end.
func (s schedule) due(number int) (day calendar.Day, ok bool) {
	at := s.milestone.After.After(s.start, s.zone)
	if s.milestone.EveryMonths > 0 {
		at = calendar.AddMonths(s.start, number*s.milestone.EveryMonths, s.zone)
	} else if number > 1 {
		return 0, false
	}
	day = calendar.DayOf(at, s.zone)
	return day, at.Unix() <= calendar.MaxUnix && (s.end.IsZero() || day.Start(s.zone).Before(s.end))
}

// last returns the number of the last occurrence that is due on a date or
// before, 0 if none is.
func (s schedule) last(day calendar.Day) int {
	number := 1
	if !s.end.IsZero() {
		day = min(day, calendar.DayOf(s.end, s.zone)) // none is due later
	}
	if every := s.milestone.EveryMonths; every > 0 {
		// At most one too many: the day of the month decides.
		year, month, _ := day.Date()
		number = max(0, (year-s.start.Year())*12+int(month)-int(s.start.Month()))/every + 1
	}
	for ; number > 0; number-- {
		if due, ok := s.due(number); ok && due <= day {
			break
		}
	}
	return number
}

// overdue returns the instant from which an occurrence due on a date is overdue.
func (s schedule) overdue(day calendar.Day) time.Time {
	return s.milestone.Grace.After((day + 1).Start(s.zone), s.zone)
}

// at returns the milestone as of a moment, given what was done in ascending
// order.
func (s schedule) at(events []time.Time, asOf time.Time) MilestoneAt {
	at := MilestoneAt{Name: s.milestone.Name}
	if _, ok := s.due(1); !ok {
		at.Status = NeverDue
		return at
	}
	done := s.assign(events)
	last := s.last(calendar.DayOf(asOf, s.zone))
	at.Number = last
	if _, ok := done[last]; ok || last == 0 {
		if _, ok := s.due(last + 1); ok {
			at.Number = last + 1
		}
	}
	over := !s.end.IsZero() && !asOf.Before(s.end)
	if over {
		at.Number = max(1, last)
	}
	for number := range done {
		if number < at.Number {
			at.Missed--
		}
	}
	at.Missed += at.Number - 1
	day, _ := s.due(at.Number)
	at.Due = day.Start(s.zone)
	if next, ok := s.due(at.Number + 1); ok {
		at.Next = next.Start(s.zone)
	}
	at.Done = done[at.Number]
	at.Status = s.status(at, day, asOf, over)
	switch at.Status {
	case Missed:
		at.Missed++
	case Overdue:
		at.Late = int(calendar.DayOf(asOf, s.zone) - day)
	}
	return at
}

// changes returns the instants at which a milestone may change by itself: those
// after the moment at which it stands as it does are ones at which it will, if
// the term still runs.
func (s schedule) changes(at MilestoneAt) []time.Time {
	switch at.Status {
	case Upcoming:
		return []time.Time{at.Due}
	case Due:
		return []time.Time{s.overdue(calendar.DayOf(at.Due, s.zone)), at.Next}
	case Overdue:
		return []time.Time{at.Next}
	case Done:
		if !at.Next.IsZero() {
			return []time.Time{at.Due} // done early: the next one takes its place
		}
	}
	return nil
}

func (s schedule) status(at MilestoneAt, day calendar.Day, asOf time.Time, over bool) Status {
	switch {
	case !at.Done.IsZero():
		return Done
	case over:
		return Missed
	case asOf.Before(at.Due):
		return Upcoming
	case asOf.Before(s.overdue(day)):
		return Due
	}
	return Overdue
}

// assign returns when each occurrence was done.
func (s schedule) assign(events []time.Time) map[int]time.Time {
	done := map[int]time.Time{}
	for _, at := range events {
		last := s.last(calendar.DayOf(at, s.zone))
		for number := max(1, last); number <= last+1; number++ {
			if _, ok := s.due(number); !ok {
				break
			}
			if _, ok := done[number]; !ok {
				done[number] = at
				break
			}
		}
	}
	return done
}
