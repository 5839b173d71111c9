package lifecycle

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
)

// CohortOptions says how customers are put into the rows of a triangle. The
// zero value is ready to use.
type CohortOptions[K regulars.ID] struct {
	// Start gives the instant from which a customer's intervals count, such as
	// the registration; without one (ok is false) the customer is left out.
	// Nil means the first event. Events before the start are ignored.
	Start func(K) (at time.Time, ok bool)
	// Cohort names the row of a customer, such as "channel=ads", given the
	// local start of the first interval. A customer of the cohort "" is left
	// out. Nil means the period of the start: "2024-03".
	Cohort func(id K, start time.Time) string
	// Columns is the most intervals to report. Zero means all that have begun
	// for the oldest cohort.
	Columns int
}

func (o CohortOptions[K]) check(now time.Time) error {
	if err := checkNow(now); err != nil {
		return err
	}
	if o.Columns < 0 || o.Columns > MaxPeriods {
		return fmt.Errorf("lifecycle: %d columns: want at most %d", o.Columns, MaxPeriods)
	}
	return nil
}

// life is one customer as a triangle sees them: ages count intervals from 0,
// the one of the start.
type life struct {
	begun    int // intervals that have begun before now: at least 1
	complete int // of these, how many are over: begun or begun-1
}

// placing finds the rows of customers whose intervals are calendar periods.
type placing[K regulars.ID] struct {
	o     CohortOptions[K]
	frame frame
	last  int32 // the last period that has begun
	over  bool  // whether it is over
	names map[int32]string
}

func newPlacing[K regulars.ID](f frame, now time.Time, o CohortOptions[K]) placing[K] {
	last, over := f.horizon(now)
	return placing[K]{o, f, last, over, map[int32]string{}}
}

// place returns the first period of a customer, of whom earliest is the first
// period with an event; the name of the cohort, "" for none; and how far the
// intervals have come.
func (p *placing[K]) place(id K, earliest int32) (first int32, name string, l life) {
	first = earliest
	if p.o.Start != nil {
		at, ok := p.o.Start(id)
		if !ok || calendar.CheckInstant(at) != nil {
			return 0, "", life{}
		}
		first = p.frame.of(at)
	}
	if first > p.last {
		return 0, "", life{}
	}
	l.begun = int(p.last-first) + 1
	l.complete = l.begun
	if !p.over {
		l.complete--
	}
	if p.o.Cohort != nil {
		return first, p.o.Cohort(id, p.frame.start(first)), l
	}
	name, ok := p.names[first]
	if !ok {
		name = p.frame.each.calendar().Name(first)
		p.names[first] = name
	}
	return first, name, l
}

// rows collects the rows of a triangle by name. R is what a row counts.
type rows[R any] struct {
	byName map[string]*R
	starts map[string]int64 // of the earliest customer, to sort by
	widest int
	err    error
}

func newRows[R any]() *rows[R] {
	return &rows[R]{byName: map[string]*R{}, starts: map[string]int64{}}
}

// row returns the row of a name.
func (r *rows[R]) row(name string, start int64) *R {
	row, ok := r.byName[name]
	if !ok {
		row = new(R)
		r.byName[name], r.starts[name] = row, start
	}
	if start < r.starts[name] {
		r.starts[name] = start
	}
	return row
}

// widen notes that a row has that many cells, and fails where the triangle
// gets too large for memory.
func (r *rows[R]) widen(columns int) {
	r.widest = max(r.widest, columns)
	if r.err == nil && (r.widest > MaxPeriods || r.widest*len(r.byName) > MaxCells) {
		r.err = fmt.Errorf("lifecycle: a triangle of %d columns and %d cohorts or more: want at most %d columns and %d cells; set Columns, or name fewer cohorts",
			r.widest, len(r.byName), MaxPeriods, MaxCells)
	}
}

// sorted returns the names of the rows: by name if the host gave them, else by
// start.
func (r *rows[R]) sorted(named bool) []string {
	names := make([]string, 0, len(r.byName))
	for name := range r.byName {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if !named && r.starts[a] != r.starts[b] {
			return int(max(-1, min(1, r.starts[a]-r.starts[b])))
		}
		return strings.Compare(a, b)
	})
	return names
}
