package lifecycle

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/regulars-go/regulars"
)

// Policy sets the boundaries between stages. The zero value is ready to use.
//
// Idle is the time since the last event. A customer without an event is
// [Follower]. Otherwise the first of these rules that holds decides:
//
//  1. idle >= ChurnAfter: [Churned].
//  2. idle >= SilentAfter: [Silent].
//  3. less than ReturnedFor ago an event ended a silence of ChurnAfter or
//     more: [Returned].
//  4. the first event was less than NewFor ago: [New].
//  5. [Active].
//
// Each bound is an instant: SilentAfter of 60 days ends at the same local clock
// time 60 dates after the last event, and from that instant on the customer is
// Silent.
type Policy struct {
	// NewFor is how long a customer is New after the first event. Zero means 30
	// days.
	NewFor regulars.Span `json:"newFor,omitzero"`
	// SilentAfter is how long a customer may be idle and remain Active. Zero
	// means 60 days; a customer can't fall silent at once.
	SilentAfter regulars.Span `json:"silentAfter,omitzero"`
	// ChurnAfter is how long a customer may be idle and remain Silent, counted
	// from the last event too. Zero means 180 days.
	ChurnAfter regulars.Span `json:"churnAfter,omitzero"`
	// ReturnedFor is how long a customer is Returned after the event that ended
	// a silence of ChurnAfter or more. Zero means 30 days.
	ReturnedFor regulars.Span `json:"returnedFor,omitzero"`
	// Overrides are other bounds for some customers. All that apply are taken
	// in turn, so that of two that set the same bound the later one counts.
	// Defaults to none.
	Overrides []Override `json:"overrides,omitempty"`
	// Zone is the calendar that days, weeks, months and years step. Nil means
	// UTC. In JSON it is the name under "zone"; see [ParsePolicy].
	Zone *time.Location `json:"-"`
}

// Override sets bounds for the customers whom all of its conditions meet. A
// bound that is zero stays as it was.
type Override struct {
	// Label is one that the customer must have, such as "plan=pro". Empty asks
	// for none.
	Label string `json:"label,omitempty"`
	// MinEvents is how many events the customer must have had at least: those
	// who bought more often are expected back sooner. Zero asks for none.
	MinEvents int `json:"minEvents,omitempty"`

	NewFor      regulars.Span `json:"newFor,omitzero"`
	SilentAfter regulars.Span `json:"silentAfter,omitzero"`
	ChurnAfter  regulars.Span `json:"churnAfter,omitzero"`
	ReturnedFor regulars.Span `json:"returnedFor,omitzero"`
}

// MaxOverrides is the most overrides of a policy: far more than anyone
// maintains, few enough to try each for every customer.
const MaxOverrides = 1000

// Validate returns [regulars.Faults] that list everything wrong: a silence that
// may be longer than what counts as churn, an override without a condition or
// a bound, a negative count, too many overrides. [Policy.At] answers under any
// policy, by the rules in their order.
func (p Policy) Validate() error {
	var faults regulars.Faults
	base := p.base()
	if base.faulty() {
		faults.Add("silentAfter", "%s is not sure to be shorter than churnAfter, %s", base.silent.span, base.churn.span)
	}
	if len(p.Overrides) > MaxOverrides {
		faults.Add("overrides", "has %d: want at most %d", len(p.Overrides), MaxOverrides)
		return faults.Err()
	}
	for i, o := range p.Overrides {
		path := fmt.Sprintf("overrides[%d]", i)
		switch {
		case o.MinEvents < 0:
			faults.Add(path+".minEvents", "%d: want 0 or more", o.MinEvents)
		case o.Label == "" && o.MinEvents == 0:
			faults.Add(path, "has no condition: want label or minEvents")
		}
		if o.NewFor.IsZero() && o.SilentAfter.IsZero() && o.ChurnAfter.IsZero() && o.ReturnedFor.IsZero() {
			faults.Add(path, "sets no bound: want newFor, silentAfter, churnAfter or returnedFor")
		}
		if b := base.with(i, o); !base.faulty() && b.faulty() {
			faults.Add(path, "silentAfter, %s, is not sure to be shorter than churnAfter, %s", b.silent.span, b.churn.span)
		}
	}
	return faults.Err()
}

// bound is a span and who set it.
type bound struct {
	span   regulars.Span
	source int // the number of an override, or one of these
}

const (
	byPolicy  = -1
	byDefault = -2
)

// bounds are those of one customer.
type bounds struct{ fresh, silent, churn, returned bound }

func (p Policy) base() bounds {
	b := bounds{
		fresh:    bound{regulars.Days(30), byDefault},
		silent:   bound{regulars.Days(60), byDefault},
		churn:    bound{regulars.Days(180), byDefault},
		returned: bound{regulars.Days(30), byDefault},
	}
	return b.with(byPolicy, Override{NewFor: p.NewFor, SilentAfter: p.SilentAfter, ChurnAfter: p.ChurnAfter, ReturnedFor: p.ReturnedFor})
}

func (b bounds) with(source int, o Override) bounds {
	set := func(to *bound, span regulars.Span) {
		if !span.IsZero() {
			*to = bound{span, source}
		}
	}
	set(&b.fresh, o.NewFor)
	set(&b.silent, o.SilentAfter)
	set(&b.churn, o.ChurnAfter)
	set(&b.returned, o.ReturnedFor)
	return b
}

// of returns the bounds of a customer with labels who has had events.
func (p Policy) of(labels []string, events int) bounds {
	b := p.base()
	for i, o := range p.Overrides {
		if events >= o.MinEvents && (o.Label == "" || slices.Contains(labels, o.Label)) {
			b = b.with(i, o)
		}
	}
	return b
}

// faulty reports whether Silent may last no time.
func (b bounds) faulty() bool {
	n, unit := parts(b.silent.span)
	if m, other := parts(b.churn.span); unit == other {
		return n >= m
	}
	_, longest := extent(b.silent.span)
	shortest, _ := extent(b.churn.span)
	return longest >= shortest
}

// parts takes a span that is not zero apart: its number and its unit.
func parts(s regulars.Span) (n int, unit string) {
	text := s.String()
	unit = strings.TrimLeft(text, "0123456789")
	for _, digit := range text[:len(text)-len(unit)] {
		n = 10*n + int(digit-'0')
	}
	return n, unit
}

// extent returns the fewest and the most seconds that a span may last, clock
// changes of up to a day included.
func extent(s regulars.Span) (shortest, longest int64) {
	const dayLength = 24 * 60 * 60
	number, unit := parts(s)
	n := int64(number)
	switch unit {
	case "s":
		return n, n
	case "m":
		return 60 * n, 60 * n
	case "h":
		return 3600 * n, 3600 * n
	case "w":
		n *= 7
	case "mo":
		// 146,097 days in 4,800 months; runs of months differ by up to 3 days.
		return (n*146_097/4800 - 4) * dayLength, (n*146_097/4800 + 4) * dayLength
	case "y":
		return (n*146_097/400 - 2) * dayLength, (n*146_097/400 + 3) * dayLength
	}
	return (n - 1) * dayLength, (n + 1) * dayLength
}
