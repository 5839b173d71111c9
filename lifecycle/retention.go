package lifecycle

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/names"
)

// RetentionKind says what it takes for a customer to be retained in interval k, where 0
// is the interval of the start.
type RetentionKind uint8

const (
	// On is active in interval k (also known as n-day or n-period retention).
	On RetentionKind = iota
	// OnOrAfter is active in interval k or any later one up to now (unbounded,
	// rolling retention). It can only fall with k, and still grows while time
	// passes: near the right edge customers had little time to come back.
	OnOrAfter
	// OnOrBefore is active in at least one of the intervals 1 to k. It can
	// only grow with k. Its interval 0 is as On.
	OnOrBefore
	// Streak is active in every interval from 0 to k.
	Streak
	// Bracket is active in at least one interval of a column that spans
	// several, as RetentionOptions.Brackets says.
	Bracket
)

var kindNames = names.Names{Package: "lifecycle", Type: "RetentionKind", What: "kind of retention", List: []string{"on", "on-or-after", "on-or-before", "streak", "bracket"}}

// String returns "on", "on-or-after", "on-or-before", "streak" or "bracket".
func (k RetentionKind) String() string { return kindNames.Of(uint8(k)) }

// MarshalText writes k as [RetentionKind.String] does; an unknown kind is an error.
func (k RetentionKind) MarshalText() ([]byte, error) { return kindNames.Marshal(uint8(k)) }

// UnmarshalText reads what [RetentionKind.String] writes; any other text is an error,
// and leaves k as it was.
func (k *RetentionKind) UnmarshalText(text []byte) error {
	n, err := kindNames.Unmarshal(text)
	if err == nil {
		*k = RetentionKind(n)
	}
	return err
}

// RetentionOptions says how retention is counted. The zero value is ready to
// use: On, in cohorts by the period of the first event.
type RetentionOptions[K regulars.ID] struct {
	CohortOptions[K]
	// Kind says who is retained. Defaults to [On].
	Kind RetentionKind
	// Brackets are for [Bracket] alone: the first intervals of the columns,
	// ascending, and then the end of the last: 0, 1, 7, 30 are the columns of
	// interval 0, of 1 to 6, and of 7 to 29. Columns is of no effect then.
	Brackets []int
}

func (o RetentionOptions[K]) check(now time.Time) error {
	if err := o.CohortOptions.check(now); err != nil {
		return err
	}
	if o.Kind > Bracket {
		return fmt.Errorf("lifecycle: no such kind of retention: %d", o.Kind)
	}
	if (o.Kind == Bracket) != (o.Brackets != nil) {
		return errors.New("lifecycle: the kind Bracket and Brackets go together")
	}
	if o.Kind != Bracket {
		return nil
	}
	if len(o.Brackets) < 2 || o.Brackets[0] < 0 || o.Brackets[len(o.Brackets)-1] > MaxPeriods {
		return fmt.Errorf("lifecycle: brackets %v: want two or more numbers from 0 to %d", o.Brackets, MaxPeriods)
	}
	for i, b := range o.Brackets[1:] {
		if b <= o.Brackets[i] {
			return fmt.Errorf("lifecycle: brackets %v: want them to ascend", o.Brackets)
		}
	}
	return nil
}

// Retention is a triangle: a row for each cohort, a column for each interval
// since the start.
type Retention struct {
	Kind RetentionKind `json:"kind"`
	// Brackets are those of the options.
	Brackets []int    `json:"brackets,omitempty"`
	Cohorts  []Cohort `json:"cohorts"`
	// All is all cohorts together.
	All Cohort `json:"all"`
	// LeftOut is how many customers are in no cohort: without a start, with
	// one that is not before now, or with the cohort "".
	LeftOut int `json:"leftOut,omitempty"`
}

// Cohort is a row of a triangle.
type Cohort struct {
	Name string `json:"cohort"`
	// Size is how many customers are in the cohort.
	Size  int             `json:"size"`
	Cells []RetentionCell `json:"cells"`
}

// RetentionCell counts the customers of a cohort in one interval since their
// start, or in one bracket of them. Customers for whom it has not begun are in
// no count.
type RetentionCell struct {
	// Of is how many customers there are for whom the interval is over, and
	// Active how many of these were retained.
	Of     int `json:"of"`
	Active int `json:"active"`
	// Open is for how many the interval has begun but is not over, and
	// OpenActive how many of these are retained so far.
	Open       int `json:"open,omitempty"`
	OpenActive int `json:"openActive,omitempty"`
}

// Rate returns Active / Of: the retention of those for whom the interval is
// over. ok is false if there is none.
func (c RetentionCell) Rate() (rate float64, ok bool) { return ratioOf(c.Active, c.Of) }

// Complete reports whether the interval is over for everybody for whom it has
// begun, so that the cell can't change.
func (c RetentionCell) Complete() bool { return c.Open == 0 }

// Retention counts how many customers of each cohort were active in later
// periods, as known just before now. The intervals are those of Each: a
// customer's interval 0 is the calendar period of the start. For intervals
// that run from each customer's own first event see [Log.Retention].
func (a *Activity[K]) Retention(now time.Time, o RetentionOptions[K]) (Retention, error) {
	if err := o.check(now); err != nil {
		return Retention{}, err
	}
	t := newTriangle(o)
	placing := newPlacing(a.frame(), now, o.CohortOptions)
	count := func(id K, periods []int32, n int) {
		earliest := placing.last + 1
		if len(periods) > 0 {
			earliest = periods[0]
		}
		first, name, l := placing.place(id, earliest)
		t.ages = t.ages[:0]
		for _, p := range periods {
			if p >= first {
				t.ages = append(t.ages, int(p-first))
			}
		}
		t.add(name, int64(first), l, n)
	}
	if o.Start != nil || o.Cohort != nil {
		a.each(placing.last, func(id K, periods []int32) { count(id, periods, 1) })
	} else {
		var anybody K
		a.eachAlike(placing.last, func(periods []int32, n int) { count(anybody, periods, n) })
	}
	return t.report()
}

// triangle counts retention from the ages at which each customer was active.
type triangle[K regulars.ID] struct {
	o       RetentionOptions[K]
	rows    *rows[Cohort]
	ages    []int // of the customers at hand, ascending, distinct
	leftOut int
}

func newTriangle[K regulars.ID](o RetentionOptions[K]) *triangle[K] {
	return &triangle[K]{o: o, rows: newRows[Cohort]()}
}

// add counts n customers whose ages are set.
func (t *triangle[K]) add(name string, start int64, l life, n int) {
	if name == "" {
		t.leftOut += n
		return
	}
	row := t.rows.row(name, start)
	row.Size += n
	if t.o.Kind == Bracket {
		t.addBrackets(row, l, n)
		return
	}
	begun := l.begun
	if t.o.Columns > 0 {
		begun = min(begun, t.o.Columns)
	}
	t.grow(row, begun)
	if t.rows.err != nil {
		return
	}
	for k := range begun {
		if k < l.complete {
			row.Cells[k].Of += n
		} else {
			row.Cells[k].Open += n
		}
	}
	t.countActive(row.Cells[:begun], l.complete, n)
}

// countActive adds n customers to the cells in which they are retained.
func (t *triangle[K]) countActive(cells []RetentionCell, complete, n int) {
	from, to := 0, 0 // the cells in which the ages so far retain
	switch t.o.Kind {
	case OnOrAfter:
		if len(t.ages) > 0 {
			to = t.ages[len(t.ages)-1] + 1
		}
	case Streak:
		for to < len(t.ages) && t.ages[to] == to {
			to++
		}
	case OnOrBefore:
		from, to = len(cells), len(cells)
		for _, age := range t.ages {
			if age == 0 {
				retain(cells, 0, complete, n)
				continue
			}
			from = min(from, age)
		}
	default:
		for _, age := range t.ages {
			retain(cells, age, complete, n)
		}
	}
	for k := from; k < to; k++ {
		retain(cells, k, complete, n)
	}
}

func retain(cells []RetentionCell, k, complete, n int) {
	switch {
	case k >= len(cells):
	case k < complete:
		cells[k].Active += n
	default:
		cells[k].OpenActive += n
	}
}

func (t *triangle[K]) addBrackets(row *Cohort, l life, n int) {
	for i, from := range t.o.Brackets[:len(t.o.Brackets)-1] {
		if from >= l.begun {
			return
		}
		t.grow(row, i+1)
		to := t.o.Brackets[i+1]
		at, _ := slices.BinarySearch(t.ages, from)
		retained := 0
		if at < len(t.ages) && t.ages[at] < to {
			retained = n
		}
		switch {
		case l.complete >= to:
			row.Cells[i].Of += n
			row.Cells[i].Active += retained
		default:
			row.Cells[i].Open += n
			row.Cells[i].OpenActive += retained
		}
	}
}

func (t *triangle[K]) grow(row *Cohort, columns int) {
	if columns <= len(row.Cells) {
		return
	}
	t.rows.widen(columns)
	if t.rows.err == nil {
		row.Cells = append(row.Cells, make([]RetentionCell, columns-len(row.Cells))...)
	}
}

func (t *triangle[K]) report() (Retention, error) {
	if t.rows.err != nil {
		return Retention{}, t.rows.err
	}
	r := Retention{Kind: t.o.Kind, Brackets: slices.Clone(t.o.Brackets), LeftOut: t.leftOut, All: Cohort{Name: "all"}}
	r.All.Cells = make([]RetentionCell, t.rows.widest)
	for _, name := range t.rows.sorted(t.o.Cohort != nil) {
		row := t.rows.byName[name]
		row.Name = name
		r.All.Size += row.Size
		for k, c := range row.Cells {
			all := &r.All.Cells[k]
			all.Of += c.Of
			all.Active += c.Active
			all.Open += c.Open
			all.OpenActive += c.OpenActive
		}
		r.Cohorts = append(r.Cohorts, *row)
	}
	return r, nil
}
