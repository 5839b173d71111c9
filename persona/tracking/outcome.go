package tracking

import (
	"strings"

	"github.com/regulars-go/regulars/internal/wire"
)

// MaxNoted is of how many properties beyond the plan a [Tally] takes note in
// one event, the first by name; [Validator.Check] lists them all. An event with
// more was not made by this plan at all.
const MaxNoted = 64

// maxNoted is how many violations an outcome may have: one for each planned
// property, those of the event as a whole, and MaxNoted.
const maxNoted = MaxProperties + 8 + MaxNoted

// outcome is what a tally keeps of a verdict. Events by the thousand share
// one, as their producer makes the same mistakes.
type outcome struct {
	event   string
	fate    Fate
	present string // a byte for each planned property: 1 if it has a value; "" if none was looked at
	noted   []noted
}

type noted struct {
	code     Code
	property string
}

func outcomeOf(e Event, v Verdict) outcome {
	o := outcome{event: short(e.Name), fate: v.Fate}
	var present strings.Builder
	for _, is := range v.present {
		b := byte(0)
		if is {
			b = 1
		}
		present.WriteByte(b)
	}
	o.present = present.String()
	unplanned := 0
	for _, violation := range v.Violations {
		if violation.Code >= UnplannedProperty {
			unplanned++
		}
		if unplanned <= MaxNoted {
			o.noted = append(o.noted, noted{violation.Code, violation.Property})
		}
	}
	return o
}

// has reports whether the outcome has a violation of the code.
func (o outcome) has(code Code) bool {
	for _, n := range o.noted {
		if n.code == code {
			return true
		}
	}
	return false
}

// append appends the canonical bytes, which are also the outcome's key.
func (o outcome) append(dst []byte) []byte {
	dst = wire.AppendString(dst, o.event)
	dst = wire.AppendUint(dst, uint64(o.fate))
	dst = wire.AppendString(dst, o.present)
	dst = wire.AppendUint(dst, uint64(len(o.noted)))
	for _, n := range o.noted {
		dst = wire.AppendUint(dst, uint64(n.code))
		dst = wire.AppendString(dst, n.property)
	}
	return dst
}

// readOutcome reads what append wrote for a validator; what no event can come
// to is a failure.
func readOutcome(r *wire.Reader, v *Validator) outcome {
	o := outcome{event: r.String(), fate: Fate(r.UintUpTo(uint64(SetAside))), present: r.String()}
	plan := v.events[o.event]
	if o.fate == 0 || len(o.event) > MaxNameBytes || o.present != "" && (plan == nil || len(o.present) != len(plan.properties)) ||
		strings.Trim(o.present, "\x00\x01") != "" {
		r.Fail("no event of the plan comes to this")
	}
	n := r.UintUpTo(maxNoted)
	for range n {
		next := noted{Code(r.UintUpTo(uint64(ReservedProperty))), r.String()}
		if next.code == 0 || len(next.property) > MaxNameBytes {
			r.Fail("no event of the plan comes to this")
		}
		if r.Err() != nil {
			return outcome{}
		}
		o.noted = append(o.noted, next)
	}
	return o
}
