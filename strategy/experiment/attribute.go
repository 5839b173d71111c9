package experiment

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/regulars-go/regulars"
)

// Rules say which outcomes belong to which decisions.
type Rules struct {
	// Window is how long after an assignment an outcome counts: from its instant,
	// included, to the end of the window, excluded. It is required.
	Window regulars.Span `json:"window"`
	// Windows are those of objectives that have their own, by name.
	Windows map[string]regulars.Span `json:"windows,omitempty"`
	// Zone is where days and months of windows are counted. Nil is UTC.
	Zone *time.Location `json:"-"`
	// AsOf is the instant up to which outcomes are known. An assignment whose
	// window ends later is not ripe, and not compared yet.
	AsOf time.Time `json:"asOf"`
}

// Counts say what became of the records of a log. Every outcome is in one of
// Credited, CreditedByName, Late, Before, NoAssignment, Contaminated and Ahead.
type Counts struct {
	// Assignments is how many there are, each once; Duplicates how many came
	// again, and Conflicts how many of these said something else. Of two that
	// differ the one counts that comes first by its customer, instant and so on.
	Assignments          int64 `json:"assignments"`
	DuplicateAssignments int64 `json:"duplicateAssignments"`
	ConflictAssignments  int64 `json:"conflictAssignments"`
	// Outcomes, and the same of them.
	Outcomes          int64 `json:"outcomes"`
	DuplicateOutcomes int64 `json:"duplicateOutcomes"`
	ConflictOutcomes  int64 `json:"conflictOutcomes"`
	// Credited went to the last assignment in whose window they lie, and
	// CreditedByName to the decision that they name.
	Credited       int64 `json:"credited"`
	CreditedByName int64 `json:"creditedByName"`
	// Late came when the window was over, and Before preceded every assignment
	// of the customer for the objective, or the decision that they name.
	Late   int64 `json:"late"`
	Before int64 `json:"before"`
	// NoAssignment are outcomes of customers for whom no operation of the
	// objective was ever at stake.
	NoAssignment int64 `json:"noAssignment"`
	// Ahead are outcomes later than AsOf.
	Ahead int64 `json:"ahead"`
	// UnknownName counts outcomes that name a decision that the log does not
	// have, or that is of another customer or objective. They are credited like
	// those that name none, and so counted again above.
	UnknownName int64 `json:"unknownName"`
	// Contaminated are outcomes of people who were in both groups: of an operation
	// in one phase, or, under two IDs, of an operation or of an objective.
	// ContaminatedPeople is how many those are. Nothing of theirs is compared.
	Contaminated       int64 `json:"contaminated"`
	ContaminatedPeople int64 `json:"contaminatedPeople"`
	// People is how many there are with an assignment, several IDs of one
	// taken together.
	People int64 `json:"people"`
}

// Attribution is a log with every outcome in its place. It never changes.
type Attribution struct {
	counts      Counts
	asOf        int64
	touches     []touch // by person, instant, decision
	people      []span  // of touches, by person
	outcomes    []event // by person, objective, instant, ID
	eventsOf    []span  // of outcomes, by person
	credits     []credit
	assignments []counted[Assignment]
	tainted     []bool // by person
}

// touch is an assignment made small: row is where it stands, in microseconds.
type touch struct {
	person, row int
	at, end     int64
}

type event struct {
	person    int
	objective string
	at        int64
	value     float64
	row       int
}

type span struct{ from, to int }

// credit is what was credited to a touch.
type credit struct {
	outcomes int64
	value    float64
}

// Attribute puts every outcome in its place: credited to one decision, or not,
// and counted. An outcome that names its decision goes there, if it lies in the
// decision's window; any other to the last assignment of the customer and the
// objective before it, treated or withheld, if it lies in that one's window. So
// an outcome is credited once per objective at most. The order of records makes
// no difference.
func (l *Log) Attribute(r Rules) (*Attribution, error) {
	if err := r.validate(); err != nil {
		return nil, err
	}
	l.settle()
	asOf, err := moment(r.AsOf)
	if err != nil {
		return nil, err
	}
	a := &Attribution{asOf: asOf.UnixMicro(), assignments: slices.Clone(l.assignments.rows)}
	a.assignments = firstOf(a.assignments, func(x, y *Assignment) bool { return x.Decision == y.Decision })
	outcomes := firstOf(slices.Clone(l.outcomes.rows), func(x, y *Outcome) bool { return x.ID == y.ID && x.Objective == y.Objective })
	a.counts = Counts{
		Assignments: int64(len(a.assignments)), Outcomes: int64(len(outcomes)),
		ConflictAssignments: int64(len(l.assignments.rows) - len(a.assignments)), ConflictOutcomes: int64(len(l.outcomes.rows) - len(outcomes)),
	}
	a.counts.DuplicateAssignments = l.assignments.delivered() - a.counts.Assignments
	a.counts.DuplicateOutcomes = l.outcomes.delivered() - a.counts.Outcomes

	person := a.place(l.same.rows, r)
	a.taint()
	a.arrange(outcomes, person)
	a.credit(outcomes)
	return a, nil
}

func (r Rules) validate() error {
	if r.Window.IsZero() {
		return fmt.Errorf("experiment: rules: window: missing")
	}
	for name, window := range r.Windows {
		if window.IsZero() {
			return fmt.Errorf("experiment: rules: window of %q: missing", name)
		}
	}
	return nil
}

func (r Rules) window(objective string) regulars.Span {
	if w, ok := r.Windows[objective]; ok {
		return w
	}
	return r.Window
}

// firstOf keeps the first of neighbours that are the same.
func firstOf[T any](rows []counted[T], same func(a, b *T) bool) []counted[T] {
	return slices.CompactFunc(rows, func(a, b counted[T]) bool { return same(&a.record, &b.record) })
}

func (a *Attribution) assignment(touch int) *Assignment {
	return &a.assignments[a.touches[touch].row].record
}

// arrange puts outcomes of people with assignments in order, and counts the
// others.
func (a *Attribution) arrange(outcomes []counted[Outcome], person map[string]int) {
	for row := range outcomes {
		o := &outcomes[row].record
		at := o.At.UnixMicro()
		who, ok := person[o.Customer]
		switch {
		case at > a.asOf:
			a.counts.Ahead++
		case !ok:
			a.counts.NoAssignment++
		case a.tainted[who]:
			a.counts.Contaminated++
		default:
			a.outcomes = append(a.outcomes, event{who, o.Objective, at, o.Value, row})
		}
	}
	slices.SortFunc(a.outcomes, func(x, y event) int {
		return cmp.Or(cmp.Compare(x.person, y.person), strings.Compare(x.objective, y.objective), cmp.Compare(x.at, y.at), cmp.Compare(x.row, y.row))
	})
	a.eventsOf = spans(len(a.people), len(a.outcomes), func(i int) int { return a.outcomes[i].person })
}

// credit credits each outcome, or counts why not.
func (a *Attribution) credit(outcomes []counted[Outcome]) {
	for _, e := range a.outcomes {
		named := outcomes[e.row].record.Decision
		i, ok := a.named(named, e)
		if named != "" && !ok {
			a.counts.UnknownName++
		}
		if !ok {
			i, ok = a.lastTouch(e)
		}
		switch {
		case !ok && !a.assigned(e):
			a.counts.NoAssignment++
			continue
		case !ok || e.at < a.touches[i].at:
			a.counts.Before++
			continue
		case e.at >= a.touches[i].end:
			a.counts.Late++
			continue
		case named != "" && a.assignment(i).Decision == named:
			a.counts.CreditedByName++
		default:
			a.counts.Credited++
		}
		a.credits[i].outcomes++
		a.credits[i].value += e.value
	}
}

// named returns the touch of a decision, if it is of the person and objective.
func (a *Attribution) named(decision string, e event) (i int, ok bool) {
	if decision == "" {
		return 0, false
	}
	row, ok := sort.Find(len(a.assignments), func(i int) int { return strings.Compare(decision, a.assignments[i].record.Decision) })
	if !ok || a.assignments[row].record.Objective != e.objective {
		return 0, false
	}
	for i := a.people[e.person].from; i < a.people[e.person].to; i++ {
		if a.touches[i].row == row {
			return i, true
		}
	}
	return 0, false
}

// lastTouch returns the last touch of the objective at or before an outcome.
func (a *Attribution) lastTouch(e event) (i int, ok bool) {
	s := a.people[e.person]
	for i := s.to - 1; i >= s.from; i-- {
		if a.touches[i].at <= e.at && a.assignment(i).Objective == e.objective {
			return i, true
		}
	}
	return 0, false
}

func (a *Attribution) assigned(e event) bool {
	for i := a.people[e.person].from; i < a.people[e.person].to; i++ {
		if a.assignment(i).Objective == e.objective {
			return true
		}
	}
	return false
}

// Counts returns what became of the records.
func (a *Attribution) Counts() Counts { return a.counts }

// Credited is what one decision is credited with.
type Credited struct {
	Decision  string  `json:"decision"`
	Operation string  `json:"operation"`
	Withheld  bool    `json:"withheld,omitempty"`
	Outcomes  int64   `json:"outcomes"`
	Value     float64 `json:"value"`
}

// Credits returns the decisions that have outcomes, in the order of their names.
// Who is credited with an order did not therefore cause it: [Attribution.Lift]
// says what was caused.
func (a *Attribution) Credits() []Credited {
	var list []Credited
	for i, c := range a.credits {
		if x := a.assignment(i); c.outcomes > 0 {
			list = append(list, Credited{x.Decision, x.Operation, x.Withheld, c.outcomes, c.value})
		}
	}
	slices.SortFunc(list, func(x, y Credited) int { return strings.Compare(x.Decision, y.Decision) })
	return list
}

// ripe reports whether the window of a touch is over.
func (a *Attribution) ripe(i int) bool {
	return a.touches[i].end <= a.asOf
}
