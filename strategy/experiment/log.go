package experiment

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// Assignment is one occasion on which an operation was at stake for a customer:
// they got it, or it was withheld from them by chance, to see what happens
// without it. [Assigner] makes one of a decision.
type Assignment struct {
	// Decision names the decision. Each has one assignment.
	Decision string    `json:"decision"`
	Customer string    `json:"customer"`
	At       time.Time `json:"at"`
	// Operation is what the customer got, or would have got had it not been
	// withheld. Objective is what it is for.
	Operation string `json:"operation"`
	Objective string `json:"objective"`
	// Withheld holds for a customer of the control group.
	Withheld bool `json:"withheld,omitempty"`
	// Share is the probability with which the operation was withheld from such a
	// customer: from 0 to below 1, such as 0.05. With 0 there is no control
	// group, and nothing can be said of what the operation changed.
	Share float64 `json:"share"`
	// Chance is the probability with which the operation was drawn among those
	// that the customer could have had. Zero means 1, no exploration.
	Chance float64 `json:"chance,omitzero"`
	// Phase counts the changes of weights, holdouts and exploration. Customers
	// are compared within a phase.
	Phase int `json:"phase,omitzero"`
	// Labels are those that the customer had at the time.
	Labels []string `json:"labels,omitempty"`
}

// Outcome is something that a customer did that an objective counts.
type Outcome struct {
	// ID names the event, such as an order. An outcome of the same ID and
	// objective is the same one, however often it arrives.
	ID        string    `json:"id"`
	Customer  string    `json:"customer"`
	Objective string    `json:"objective"`
	At        time.Time `json:"at"`
	// Value is what it was worth: 1 for what is only counted, less than 0 for a
	// refund.
	Value float64 `json:"value"`
	// Decision names the decision that it came from, if the host knows, say by a
	// coupon. Without it, it is credited to the last one in whose window it lies.
	Decision string `json:"decision,omitempty"`
}

// maxOutcome leaves room for ten billion outcomes of a customer within
// [MaxValue].
const maxOutcome = MaxValue / 1e10

// Log collects assignments and outcomes, and which customer IDs are one person.
// It is a set: what arrives twice is counted as twice delivered, and nothing
// else. Logs of parts merge in any order and any split to the same bytes. The
// zero value is ready to use. It keeps each record, of some 200 bytes with its
// names.
type Log struct {
	assignments pile[Assignment]
	outcomes    pile[Outcome]
	same        pile[[2]string]
}

// AddAssignment adds an assignment. Instants are cut to the microsecond. One that
// lacks a name, is withheld with a Share of 0, or has a probability out of range
// is an error and changes nothing.
func (l *Log) AddAssignment(a Assignment) error {
	if a.Chance == 0 {
		a.Chance = 1
	}
	switch {
	case a.Decision == "" || a.Customer == "" || a.Operation == "":
		return fmt.Errorf("experiment: an assignment of decision %q, customer %q, operation %q: want all three", a.Decision, a.Customer, a.Operation)
	case !(a.Share >= 0 && a.Share < 1):
		return fmt.Errorf("experiment: share withheld %v: want 0 to below 1", a.Share)
	case a.Withheld && a.Share == 0:
		return fmt.Errorf("experiment: withheld from %q with a share of 0", a.Customer)
	case !(a.Chance >= minPropensity && a.Chance <= 1):
		return fmt.Errorf("experiment: chance %v: want above 0 to 1", a.Chance)
	case a.Phase < 0 || a.Phase > math.MaxInt32:
		return fmt.Errorf("experiment: phase %d: want 0 to %d", a.Phase, math.MaxInt32)
	}
	at, err := moment(a.At)
	if err != nil {
		return err
	}
	a.At = at
	a.Share += 0 // -0 is 0
	a.Labels = slices.Clone(a.Labels)
	slices.Sort(a.Labels)
	a.Labels = slices.Compact(a.Labels)
	l.assignments.add(a, 1)
	return nil
}

// AddOutcome adds an outcome. One that lacks its ID, customer or objective, or
// has a value that is none, is an error and changes nothing.
func (l *Log) AddOutcome(o Outcome) error {
	if o.ID == "" || o.Customer == "" || o.Objective == "" {
		return fmt.Errorf("experiment: an outcome %q of customer %q, objective %q: want all three", o.ID, o.Customer, o.Objective)
	}
	if !(math.Abs(o.Value) <= maxOutcome) {
		return fmt.Errorf("experiment: value %v: want a number of at most %g", o.Value, maxOutcome)
	}
	at, err := moment(o.At)
	if err != nil {
		return err
	}
	o.At, o.Value = at, whole(o.Value)
	l.outcomes.add(o, 1)
	return nil
}

// Same says that two customer IDs are one person. Somebody who was treated under
// one and held out under the other belongs to neither group.
func (l *Log) Same(a, b string) error {
	if a == "" || b == "" {
		return fmt.Errorf("experiment: %q and %q are the same: want two IDs", a, b)
	}
	l.same.add([2]string{min(a, b), max(a, b)}, 1)
	return nil
}

// Merge adds all that was added to other.
func (l *Log) Merge(other *Log) {
	l.assignments.merge(other.assignments)
	l.outcomes.merge(other.outcomes)
	l.same.merge(other.same)
}

// moment cuts t to what a log keeps.
func moment(t time.Time) (time.Time, error) {
	if year := t.Year(); year < 1 || year > 9999 || t.IsZero() {
		return t, fmt.Errorf("experiment: instant %v: want one of the years 1 to 9999, and not the zero time", t)
	}
	return t.Truncate(time.Microsecond).UTC(), nil
}

// pile is a multiset of records.
type pile[T any] struct {
	rows []counted[T]
	// settled is how many rows stand in order, each once.
	settled int
}

type counted[T any] struct {
	record T
	times  int64
}

func (p *pile[T]) add(record T, times int64) { p.rows = append(p.rows, counted[T]{record, times}) }

func (p *pile[T]) merge(other pile[T]) { p.rows = append(p.rows, other.rows...) }

// settle brings the rows in order, equal ones together. Records are large, so
// places are sorted.
func (p *pile[T]) settle(compare func(a, b *T) int) {
	if p.settled == len(p.rows) {
		return
	}
	places := make([]int, len(p.rows))
	for i := range places {
		places[i] = i
	}
	slices.SortFunc(places, func(a, b int) int { return compare(&p.rows[a].record, &p.rows[b].record) })
	kept := make([]counted[T], 0, len(p.rows))
	for _, i := range places {
		row := &p.rows[i]
		if n := len(kept); n > 0 && compare(&kept[n-1].record, &row.record) == 0 {
			kept[n-1].times += row.times
		} else {
			kept = append(kept, *row)
		}
	}
	p.rows, p.settled = kept, len(kept)
}

func (p *pile[T]) delivered() (n int64) {
	for i := range p.rows {
		n += p.rows[i].times
	}
	return n
}

// The orders of records have the name of a record first, so that those that
// share one are neighbours.

func compareAssignments(a, b *Assignment) int {
	if c := strings.Compare(a.Decision, b.Decision); c != 0 {
		return c
	}
	return cmp.Or(
		strings.Compare(a.Customer, b.Customer), a.At.Compare(b.At), strings.Compare(a.Operation, b.Operation),
		strings.Compare(a.Objective, b.Objective), compareBools(a.Withheld, b.Withheld), cmp.Compare(a.Share, b.Share),
		cmp.Compare(a.Chance, b.Chance), cmp.Compare(a.Phase, b.Phase), slices.Compare(a.Labels, b.Labels),
	)
}

func compareOutcomes(a, b *Outcome) int {
	if c := strings.Compare(a.ID, b.ID); c != 0 {
		return c
	}
	return cmp.Or(
		strings.Compare(a.Objective, b.Objective), strings.Compare(a.Customer, b.Customer), a.At.Compare(b.At),
		cmp.Compare(a.Value, b.Value), strings.Compare(a.Decision, b.Decision),
	)
}

func comparePairs(a, b *[2]string) int {
	return cmp.Or(strings.Compare(a[0], b[0]), strings.Compare(a[1], b[1]))
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

func (l *Log) settle() {
	l.assignments.settle(compareAssignments)
	l.outcomes.settle(compareOutcomes)
	l.same.settle(comparePairs)
}
