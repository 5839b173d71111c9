package clv

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
)

// Line is a raw line of an order log: a sale, or a refund.
type Line[K regulars.ID] struct {
	Customer K         `json:"customer"`
	At       time.Time `json:"at"`
	// Amount is what was paid, or paid back if negative. All amounts are in
	// one currency.
	Amount float64 `json:"amount"`
	// ID is that of the order, if known. Lines with one ID are one order, on
	// the day of its first sale; a refund with the ID is taken off that order.
	// A refund without is taken off the latest purchases before it.
	ID string `json:"id,omitzero"`
}

// LinePolicy says how to read the lines of an order log. With Unit and Through
// stated, every line until then counts, zero amounts included.
type LinePolicy struct {
	// Unit is the unit of the rows to make. It must be stated.
	Unit Unit `json:"unit"`
	// Through is a moment of the last day that is observed, whole. It must be
	// stated: the silence until then is what P(alive) is about.
	Through time.Time `json:"through"`
	// Zone is where the days are. Defaults to UTC.
	Zone *time.Location `json:"-"`
	// SkipZero sets orders of amount 0 aside instead of counting them as
	// purchases. The published figures for CDNOW count them. A customer whose
	// repeats all are of amount 0 has no [Row.Spend]. Defaults to false.
	SkipZero bool `json:"skipZero,omitzero"`
}

// Customer is a row with a name.
type Customer[K regulars.ID] struct {
	ID K `json:"id"`
	Row
}

// SetAside counts what an order log holds beside purchases.
type SetAside struct {
	Later       int `json:"later"`       // lines after the last day
	ZeroAmounts int `json:"zeroAmounts"` // orders of amount 0, if SkipZero
	Refunded    int `json:"refunded"`    // orders paid back whole
	Unmatched   int `json:"unmatched"`   // refunds of more than was paid before
	Visitors    int `json:"visitors"`    // customers without any purchase
}

// LineError is the error for a line of an order log that can't be read.
type LineError struct {
	Index   int // which line, from 0
	Problem string
}

// Error names the line and what is wrong with it.
func (e *LineError) Error() string { return fmt.Sprintf("clv: line %d: %s", e.Index, e.Problem) }

// Customers summarises an order log: one row a customer, by ID. The order of
// the lines makes no difference.
//
// A purchase is a local day with something bought and not paid back by the
// last day; Repeats counts the days after the first, Spend is their mean
// amount, net of refunds. A line that is there twice counts twice: drop
// duplicates before. Errors are [ErrUnit], [*LineError] and, if nobody bought
// anything, [ErrEmpty].
func Customers[K regulars.ID](lines []Line[K], policy LinePolicy) ([]Customer[K], SetAside, error) {
	histories, aside, err := readLog(lines, policy)
	if err != nil {
		return nil, aside, err
	}
	last := calendar.DayOf(policy.Through, policy.Zone)
	customers := make([]Customer[K], len(histories))
	for i, h := range histories {
		customers[i] = Customer[K]{h.id, h.row(last, policy.Unit)}
	}
	return customers, aside, nil
}

// Rows returns the rows of customers, for a fit.
func Rows[K regulars.ID](customers []Customer[K]) []Row {
	rows := make([]Row, len(customers))
	for i, c := range customers {
		rows[i] = c.Row
	}
	return rows
}

// purchases is the days on which a customer bought, ascending.
type purchases[K regulars.ID] struct {
	id   K
	days []dayAmount
}

type dayAmount struct {
	day    calendar.Day
	amount float64
}

// row summarises the purchases, of which there is at least one, by the day last.
func (p purchases[K]) row(last calendar.Day, unit Unit) Row {
	first := p.days[0].day
	r := Row{Repeats: len(p.days) - 1, Unit: unit}
	r.Recency = float64(p.days[r.Repeats].day-first) / unit.Days()
	r.Age = float64(last-first) / unit.Days()
	if r.Repeats > 0 {
		for _, d := range p.days[1:] {
			r.Spend += d.amount
		}
		r.Spend /= float64(r.Repeats)
	}
	return r
}

// dayLine is a line with its day.
type dayLine[K regulars.ID] struct {
	customer K
	day      calendar.Day
	amount   float64
	id       string
}

// compareLines puts lines of one customer and order together, sales before
// refunds of the same day.
func compareLines[K regulars.ID](a, b dayLine[K]) int {
	if c := regulars.Compare(a.customer, b.customer); c != 0 {
		return c
	}
	if c := strings.Compare(a.id, b.id); c != 0 {
		return c
	}
	if a.day != b.day {
		return cmp.Compare(a.day, b.day)
	}
	return cmp.Compare(b.amount, a.amount)
}

// readLog returns the purchases of every customer who made any, by ID.
func readLog[K regulars.ID](raw []Line[K], policy LinePolicy) ([]purchases[K], SetAside, error) {
	var aside SetAside
	lines, err := readLines(raw, policy, &aside)
	if err != nil {
		return nil, aside, err
	}
	slices.SortFunc(lines, compareLines[K])
	var all []purchases[K]
	for len(lines) > 0 {
		n := 1
		for n < len(lines) && lines[n].customer == lines[0].customer {
			n++
		}
		if days := settle(lines[:n], policy.SkipZero, &aside); len(days) > 0 {
			all = append(all, purchases[K]{lines[0].customer, days})
		} else {
			aside.Visitors++
		}
		lines = lines[n:]
	}
	if len(all) == 0 {
		return nil, aside, ErrEmpty
	}
	return all, aside, nil
}

func readLines[K regulars.ID](raw []Line[K], policy LinePolicy, aside *SetAside) ([]dayLine[K], error) {
	if err := policy.Unit.check(); err != nil {
		return nil, err
	}
	if policy.Through.IsZero() {
		return nil, fmt.Errorf("clv: the last day is not stated: set Through")
	}
	last := calendar.DayOf(policy.Through, policy.Zone)
	days := calendar.DaysIn(policy.Zone)
	lines := make([]dayLine[K], 0, len(raw))
	for i, l := range raw {
		switch {
		case l.At.IsZero():
			return nil, &LineError{i, "no time"}
		case !(l.Amount >= -MaxSpend && l.Amount <= MaxSpend):
			return nil, &LineError{i, fmt.Sprintf("amount %v is not a number within ±%v", l.Amount, float64(MaxSpend))}
		}
		day := days.Of(l.At.Unix())
		if day > last {
			aside.Later++
			continue
		}
		lines = append(lines, dayLine[K]{l.Customer, day, l.Amount, l.ID})
	}
	return lines, nil
}
