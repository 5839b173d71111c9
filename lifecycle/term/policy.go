package term

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/config"
	"github.com/regulars-go/regulars/lifecycle"
)

// Policy says which term renews which, and when that is early or late. The zero
// value is ready to use.
//
// A term is due on the local date of its End, its first day without it. One that
// was sold, or else starts, around that date renews it:
//
//	---- Early ----|-- OnTime -- due date -- OnTime --|---- Late ----
//
// The days of OnTime on either side count as on time, both ends included; Early
// is as long before the first of them, and Late after the last.
type Policy struct {
	// OnTime is how far from the due date still counts as on time. Zero means 7
	// days.
	OnTime regulars.Span `json:"onTime,omitzero"`
	// Early is how much sooner a renewal may come. Zero means 3 months.
	Early regulars.Span `json:"early,omitzero"`
	// Late is how much later, after which a term is lapsed. Zero means 3 months.
	Late regulars.Span `json:"late,omitzero"`
	// Ladders are products from the lowest to the highest, of which one renews
	// the other: [["basic", "plus", "max"]]. A product is on one ladder at most.
	Ladders [][]string `json:"ladders,omitempty"`
	// Each is the period of the due cohorts. The zero value is monthly.
	Each lifecycle.Period `json:"each,omitzero"`
	// Zone is the calendar of due dates and cohorts. Nil means UTC. In JSON it is
	// the name under "zone"; see [ParsePolicy].
	Zone *time.Location `json:"-"`
}

// MaxLadderProducts is the most products on all ladders.
const MaxLadderProducts = 10_000

// Validate returns [regulars.Faults] that list everything wrong: a ladder of
// fewer than two products, one without a name or on two rungs.
func (p Policy) Validate() error {
	var faults regulars.Faults
	seen, n := map[string]string{}, 0
	for i, ladder := range p.Ladders {
		if n += len(ladder); n > MaxLadderProducts {
			faults.Add("ladders", "have more than %d products", MaxLadderProducts)
			return faults.Err()
		}
		if len(ladder) < 2 {
			faults.Add(fmt.Sprintf("ladders[%d]", i), "has %d products: want two or more", len(ladder))
		}
		for j, product := range ladder {
			path := fmt.Sprintf("ladders[%d][%d]", i, j)
			switch {
			case product == "":
				faults.Add(path, "is empty")
			case seen[product] != "":
				faults.Add(path, "%q is at %s too", product, seen[product])
			default:
				seen[product] = path
			}
		}
	}
	return faults.Err()
}

// ParsePolicy reads a policy from JSON and validates it:
//
//	{"zone": "Asia/Shanghai", "onTime": "3d", "late": "2mo", "ladders": [["basic", "plus"]]}
//
// The document is read strictly: no unknown or repeated key, and no trailing
// data. zones finds a zone by its name, such as [time.LoadLocation]; without it
// the zone is UTC. The error is [regulars.Faults].
func ParsePolicy(data []byte, zones func(name string) (*time.Location, error)) (Policy, error) {
	var file struct {
		Zone string `json:"zone"`
		Policy
	}
	if err := config.Decode(data, &file); err != nil {
		return Policy{}, err
	}
	policy, faults := file.Policy, regulars.Faults(nil)
	policy.Zone = config.Zone(file.Zone, zones, &faults)
	if found, ok := errors.AsType[regulars.Faults](policy.Validate()); ok {
		faults.Under("", found)
	}
	if err := faults.Err(); err != nil {
		return Policy{}, err
	}
	return policy, nil
}

// season are the dates around the due date of a term: early from first, on time
// from early to late, both included, and late to last.
type season struct{ first, early, due, late, last calendar.Day }

func (p Policy) season(end time.Time) season {
	zone := calendar.OrUTC(p.Zone)
	or := func(span, otherwise regulars.Span) regulars.Span { return cmp.Or(span, otherwise) }
	step := func(from calendar.Day, by func(time.Time, *time.Location) time.Time) calendar.Day {
		return calendar.DayOf(by(from.Start(zone), zone), zone)
	}
	onTime, early, late := or(p.OnTime, regulars.Days(7)), or(p.Early, regulars.Months(3)), or(p.Late, regulars.Months(3))
	s := season{due: calendar.DayOf(end, zone)}
	s.early, s.late = step(s.due, onTime.Before), step(s.due, onTime.After)
	s.first, s.last = step(s.early, early.Before), step(s.late, late.After)
	return s
}

// timing is by when a renewal was sold; ok is false out of season.
func (s season) timing(sold calendar.Day) (label Label, ok bool) {
	switch {
	case sold < s.first || sold > s.last:
		return Open, false
	case sold < s.early:
		return Early, true
	case sold > s.late:
		return Late, true
	}
	return OnTime, true
}

// rung is a place on a ladder.
type rung struct{ ladder, height int }

func (p Policy) rungs() map[string]rung {
	rungs := map[string]rung{}
	for i, ladder := range p.Ladders {
		for j, product := range ladder {
			rungs[product] = rung{i, j}
		}
	}
	return rungs
}
