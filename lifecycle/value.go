package lifecycle

import (
	"encoding/json"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/internal/exact"
)

// Value is a triangle of value to date: what the customers of each cohort have
// paid since their start. It looks back only; package clv says what they will
// still be worth.
type Value struct {
	Cohorts []ValueCohort `json:"cohorts"`
	// All is all cohorts together.
	All ValueCohort `json:"all"`
	// LeftOut is how many customers are in no cohort: without a start, with
	// one that is not before now, or with the cohort "".
	LeftOut int `json:"leftOut,omitempty"`
}

// ValueCohort is a row of a value triangle.
type ValueCohort struct {
	Name string `json:"cohort"`
	// Size is how many customers are in the cohort.
	Size  int         `json:"size"`
	Cells []ValueCell `json:"cells"`
}

// ValueCell sums up the customers of a cohort to the end of one interval since
// their start. Customers for whom it has not begun are in no number.
type ValueCell struct {
	// Of is how many customers there are for whom the interval is over, and
	// Total what these paid from the start to its end, net of refunds.
	Of    int
	Total decimal.Decimal
	// Open is for how many the interval has begun but is not over, and
	// OpenTotal what these have paid so far.
	Open      int
	OpenTotal decimal.Decimal
}

// PerCustomer returns Total / Of, rounded half away from zero to a number of
// decimal places; ok is false if there is no customer.
func (c ValueCell) PerCustomer(places int32) (mean decimal.Decimal, ok bool) {
	if c.Of == 0 {
		return decimal.Decimal{}, false
	}
	return c.Total.DivRound(decimal.NewFromInt(int64(c.Of)), places), true
}

// MarshalJSON writes {"of": 3, "total": "12.5"}, and "open" and "openTotal" if
// there are any: amounts are texts in plain digits, whatever the variables of
// package decimal say.
func (c ValueCell) MarshalJSON() ([]byte, error) {
	cell := struct {
		Of        int    `json:"of"`
		Total     string `json:"total"`
		Open      int    `json:"open,omitempty"`
		OpenTotal string `json:"openTotal,omitempty"`
	}{Of: c.Of, Total: exact.Text(c.Total), Open: c.Open}
	if c.Open > 0 {
		cell.OpenTotal = exact.Text(c.OpenTotal)
	}
	return json.Marshal(cell)
}

// Value sums up what each cohort has paid to date, interval by interval. A
// customer's start is the period of the first amount of any sign, unless the
// options give one; amounts before it are left out.
func (r *Revenue[K]) Value(now time.Time, o CohortOptions[K]) (Value, error) {
	if err := o.check(now); err != nil {
		return Value{}, err
	}
	placing := newPlacing(r.frame(), now, o)
	t := valueTriangle{rows: newRows[valueRow](), columns: o.Columns}
	leftOut := 0
	r.each(placing.last, func(id K, payments []payment) {
		earliest := placing.last + 1
		if len(payments) > 0 {
			earliest = payments[0].period
		}
		first, name, l := placing.place(id, earliest)
		if name == "" {
			leftOut++
			return
		}
		t.add(t.rows.row(name, int64(first)), first, payments, l)
	})
	v, err := t.report(o.Cohort != nil)
	v.LeftOut = leftOut
	return v, err
}

// valueTriangle sums differences, so that a customer costs as much as they
// have payments, and not as the triangle has columns.
type valueTriangle struct {
	rows    *rows[valueRow]
	columns int // at most; 0 is any number
}

// valueRow has the sums of a cohort for each column, and of the one after.
type valueRow struct {
	size, columns int
	cells         []valueSums
}

// valueSums has what was paid in one interval by those for whom it is over;
// and, of those for whom it is the first that is not, what they have paid
// before it (gone) and, if it has begun, with it (open).
type valueSums struct {
	paid, gone, open exact.Sum
	goneOf, openOf   int
}

func (t *valueTriangle) add(row *valueRow, first int32, payments []payment, l life) {
	row.size++
	if !t.grow(row, l) {
		return
	}
	var total exact.Sum
	for _, p := range payments {
		age := int(p.period) - int(first)
		if age < 0 || age >= l.complete {
			continue
		}
		total.Merge(p.amount)
		if age < len(row.cells) {
			row.cells[age].paid.Merge(p.amount)
		}
	}
	if l.complete >= len(row.cells) {
		return // Columns ends before
	}
	cell := &row.cells[l.complete]
	cell.goneOf++
	cell.gone.Merge(total)
	if l.begun > l.complete {
		cell.openOf++
		cell.open.Merge(total)
		if n := len(payments); n > 0 && int(payments[n-1].period)-int(first) == l.complete {
			cell.open.Merge(payments[n-1].amount)
		}
	}
}

// grow makes room for a customer's columns and the one after.
func (t *valueTriangle) grow(row *valueRow, l life) bool {
	columns, size := l.begun, l.complete+1
	if t.columns > 0 {
		columns, size = min(columns, t.columns), min(size, t.columns)
	}
	row.columns = max(row.columns, columns)
	t.rows.widen(row.columns)
	if t.rows.err == nil && size > len(row.cells) {
		row.cells = append(row.cells, make([]valueSums, size-len(row.cells))...)
	}
	return t.rows.err == nil
}

func (t *valueTriangle) report(named bool) (Value, error) {
	if t.rows.err != nil {
		return Value{}, t.rows.err
	}
	all := valueTotals{cells: make([]cellTotals, t.rows.widest)}
	var v Value
	for _, name := range t.rows.sorted(named) {
		row := t.rows.byName[name].totals()
		all.size += row.size
		for k := range row.cells {
			all.cells[k].merge(row.cells[k])
		}
		v.Cohorts = append(v.Cohorts, row.report(name))
	}
	v.All = all.report("all")
	return v, nil
}

// valueTotals is a row whose differences are added up.
type valueTotals struct {
	size  int
	cells []cellTotals
}

type cellTotals struct {
	of, openOf  int
	total, open exact.Sum
}

func (c *cellTotals) merge(o cellTotals) {
	c.of += o.of
	c.openOf += o.openOf
	c.total.Merge(o.total)
	c.open.Merge(o.open)
}

func (r *valueRow) totals() valueTotals {
	t := valueTotals{r.size, make([]cellTotals, r.columns)}
	here := cellTotals{of: r.size}
	for k := range t.cells {
		c := r.cells[k]
		here.of -= c.goneOf
		here.total.Merge(c.paid)
		here.total = minus(here.total, c.gone)
		t.cells[k] = cellTotals{here.of, c.openOf, here.total, c.open}
	}
	return t
}

func (t valueTotals) report(name string) ValueCohort {
	row := ValueCohort{Name: name, Size: t.size, Cells: make([]ValueCell, len(t.cells))}
	for k, c := range t.cells {
		row.Cells[k] = ValueCell{c.of, c.total.Decimal(), c.openOf, c.open.Decimal()}
	}
	return row
}
