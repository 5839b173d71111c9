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

// Order is a line of an order log: a sale, or a refund.
type Order[K regulars.ID] struct {
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

// Log says how to read an order log.
type Log struct {
	// Unit is the unit of the rows to make. It must be stated.
	Unit Unit `json:"unit"`
	// Through is a moment of the last day that is observed, whole. It must be
	// stated: the silence until then is what P(alive) is about.
	Through time.Time `json:"through"`
	// Zone is where the days are. Defaults to UTC.
	Zone *time.Location `json:"-"`
	// FreeCounts says that an order of amount 0 is a purchase. It is one in
	// the published figures for CDNOW. Defaults to false.
	FreeCounts bool `json:"freeCounts,omitzero"`
}

// Customer is a row with a name.
type Customer[K regulars.ID] struct {
	ID K `json:"id"`
	Row
}

// SetAside counts what an order log holds beside purchases.
type SetAside struct {
	Later     int `json:"later"`     // lines after the last day
	Free      int `json:"free"`      // orders of amount 0, if they don't count
	Refunded  int `json:"refunded"`  // orders paid back whole
	Unmatched int `json:"unmatched"` // refunds of more than was paid before
	Visitors  int `json:"visitors"`  // customers without any purchase
}

// OrderError is the error for a line of an order log that can't be read.
type OrderError struct {
	Index   int
	Problem string
}

// Error names the line and what is wrong with it.
func (e *OrderError) Error() string { return fmt.Sprintf("clv: order %d: %s", e.Index, e.Problem) }

// Customers summarises an order log: one row a customer, by ID. The order of
// the lines makes no difference.
//
// A purchase is a local day with something bought and not paid back by the
// last day; Repeats counts the days after the first, Spend is their mean
// amount, net of refunds. A line that is there twice counts twice: drop
// duplicates before. Errors are [ErrUnit], [*OrderError] and, if nobody bought
// anything, [ErrEmpty].
func Customers[K regulars.ID](orders []Order[K], log Log) ([]Customer[K], SetAside, error) {
	histories, aside, err := readLog(orders, log)
	if err != nil {
		return nil, aside, err
	}
	last := calendar.DayOf(log.Through, log.Zone)
	customers := make([]Customer[K], len(histories))
	for i, h := range histories {
		customers[i] = Customer[K]{h.id, h.row(last, log.Unit)}
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

// line is an order with its day.
type line[K regulars.ID] struct {
	customer K
	day      calendar.Day
	amount   float64
	id       string
}

// compareLines puts lines of one customer and order together, sales before
// refunds of the same day.
func compareLines[K regulars.ID](a, b line[K]) int {
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
func readLog[K regulars.ID](orders []Order[K], log Log) ([]purchases[K], SetAside, error) {
	var aside SetAside
	lines, err := readLines(orders, log, &aside)
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
		if days := settle(lines[:n], log.FreeCounts, &aside); len(days) > 0 {
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

func readLines[K regulars.ID](orders []Order[K], log Log, aside *SetAside) ([]line[K], error) {
	if err := log.Unit.check(); err != nil {
		return nil, err
	}
	if log.Through.IsZero() {
		return nil, fmt.Errorf("clv: log without its last day: set Through")
	}
	last := calendar.DayOf(log.Through, log.Zone)
	days := calendar.DaysIn(log.Zone)
	lines := make([]line[K], 0, len(orders))
	for i, o := range orders {
		switch {
		case o.At.IsZero():
			return nil, &OrderError{i, "no time"}
		case !(o.Amount >= -MaxSpend && o.Amount <= MaxSpend):
			return nil, &OrderError{i, fmt.Sprintf("amount %v is not a number within ±%v", o.Amount, float64(MaxSpend))}
		}
		day := days.Of(o.At.Unix())
		if day > last {
			aside.Later++
			continue
		}
		lines = append(lines, line[K]{o.Customer, day, o.Amount, o.ID})
	}
	return lines, nil
}
