package loyalty

import (
	"time"

	"github.com/regulars-go/regulars/internal/calendar"
)

// event is an Earn or a CheckIn as rules see it: checked and converted.
type event struct {
	kind       string
	at         int64        // OccurredAt
	day        calendar.Day // of at, in the program's zone
	amount     money        // of the whole, or of what was kept
	lines      []eventLine  // as the host ordered them
	attributes []Attribute  // sorted by name
	labels     []string     // sorted
	known      kindOf
}

// kindOf is the rules for the kind of an event, once they were looked for.
type kindOf struct {
	book  *rulebook
	rules *bookKind
}

// is makes it an event of a kind.
func (e *event) is(kind string) {
	if e.kind != kind {
		e.known = kindOf{}
	}
	e.kind = kind
}

// eventLine is a line of an order, or what was kept of it.
type eventLine struct {
	id, category string
	amount       money
}

// attribute returns the value of an attribute; false if the event lacks it.
func (e *event) attribute(name string) (string, bool) {
	for i := range e.attributes {
		if e.attributes[i].Name == name {
			return e.attributes[i].Value, true
		}
	}
	return "", false
}

// standing is what rules may know beside the event.
type standing struct {
	// account is read only. It is as of the moment of recording, what is due
	// being done.
	account *Account
	level   uint8 // of the account; of an order that is judged again, what it was then
	// shared is how much is used of each shared cap, beside rulebook.shared.
	shared   []int64
	referrer referrer
	// judged is what an order got when it earned, if it is judged again with
	// what is kept; nil for an event. Only rules that gave points then give now,
	// and at most as many: caps, streaks, tasks and dates were decided then.
	judged []outcome
}

// referrer says whether whom a member was referred by can be paid.
type referrer uint8

const (
	referrerNone referrer = iota
	referrerOpen
	referrerShut // closed or unknown
)

// award is what rules give for an event. Its slices are used again.
type award struct {
	outcomes []outcome // one for each rule of the kind, in order of rule
	windows  []window  // use: what to add to each of the account's windows
	shared   []sharedUse
	streaks  []streak // states to set
	tasks    []task   // states to set
	lines    []linePoints
	bench    bench // where the rulebook works
}

func (a *award) reset() {
	a.outcomes, a.windows, a.shared = a.outcomes[:0], a.windows[:0], a.shared[:0]
	a.streaks, a.tasks, a.lines = a.streaks[:0], a.tasks[:0], a.lines[:0]
}

// outcome is what one rule gave, and why.
type outcome struct {
	rule           uint32
	wallet         uint8
	reason         Reason
	cap            int8 // number of the cap that trimmed; -1 if none did
	referrer       bool // the points are the referrer's
	points, wanted int64
	progress, goal int32
	retry          int64 // when it would have paid; 0 if not known
	slot           slot  // where the points went; the rules leave it empty
}

// sharedUse is what an event uses of a shared cap.
type sharedUse struct {
	index int // in rulebook.shared
	delta int64
	max   int64
	until int64
}

// linePoints is the share of one line in what a rule gave.
type linePoints struct {
	rule   uint32
	line   int32
	points int64
}

// calendarOf divides time for the windows of limits. It is part of a compiled
// program and never changes.
type calendarOf struct {
	zone *time.Location
	week calendar.Periods
	// late is MaxLate in microseconds: windows stay so long after their end.
	late int64
}

// window returns the number of the period in which a day lies, the first day
// of the next one, and when its use may be forgotten: two days more than
// MaxLate after its end in UTC, which no zone is off by. For life all are 0.
func (c *calendarOf) window(p period, d calendar.Day) (number int32, next calendar.Day, gone int64) {
	switch p {
	case perLife, perEvent:
		return 0, 0, 0
	case perYear:
		year, _, _ := d.Date()
		number, next = int32(year), calendar.DateDay(year+1, time.January, 1)
	default:
		periods := calendar.Periods{Unit: calendar.Daily}
		switch p {
		case perWeek:
			periods = c.week
		case perMonth:
			periods.Unit = calendar.Monthly
		}
		number = periods.Of(d)
		next = periods.First(number + 1)
	}
	return number, next, (int64(next)+2)*dayMicros + c.late
}

const dayMicros = 24 * 60 * 60 * 1_000_000
