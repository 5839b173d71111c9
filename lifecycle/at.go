package lifecycle

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
)

// At is the stage of a customer as of a moment, with its reason.
type At struct {
	Stage   Stage  `json:"stage"`
	Because Reason `json:"because"`
	// Idle is the time since the last event, and IdleDays the number of local
	// dates since. Both are meaningless for a Follower: zero here, and absent
	// from JSON.
	Idle     time.Duration `json:"-"`
	IdleDays int           `json:"idleDays"`
	// Next is the next change if nothing happens; nil if there will be none.
	Next *Change `json:"next,omitempty"`
}

// Label returns the stage as other packages read it, such as "stage=silent".
func (a At) Label() string { return a.Stage.Label() }

// MarshalJSON writes a by its keys, and "idleDays" of whoever had an event: 0
// means that it was today.
func (a At) MarshalJSON() ([]byte, error) {
	type plain At
	return json.Marshal(struct {
		plain

		// These stand in for the ones in plain, in the same order.
		IdleDays *int    `json:"idleDays,omitempty"`
		Next     *Change `json:"next,omitempty"`
	}{plain(a), a.idleDays(), a.Next})
}

// idleDays is nil for a Follower.
func (a At) idleDays() *int {
	if a.Stage == Follower {
		return nil
	}
	return &a.IdleDays
}

// Change is a stage to come.
type Change struct {
	At    time.Time `json:"at"`
	Stage Stage     `json:"stage"`
}

// Reason is the rule that decided a stage.
type Reason struct {
	// Rule is the deciding comparison: "no event", "idle >= churnAfter", "idle
	// >= silentAfter", "return < returnedFor ago", "first event < newFor ago" or
	// "idle < silentAfter".
	Rule string `json:"rule"`
	// Bound is the value of the bound in Rule; zero for "no event".
	Bound regulars.Span `json:"bound,omitzero"`
	// Source is who set it: "default", "policy" or "overrides[2]"; "" for "no
	// event".
	Source string `json:"source,omitempty"`
	// Since is when the rule began to hold: the first event, the return, the
	// last event for Active, the instant at which a bound was reached for Silent
	// and Churned. For a Follower it is when they became known, or zero.
	Since time.Time `json:"since,omitzero"`
}

// String returns the reason in one line: "idle >= silentAfter (60d, default)
// since 2024-03-01T10:00:00Z".
func (r Reason) String() string {
	text := r.Rule
	if r.Source != "" {
		text += fmt.Sprintf(" (%s, %s)", r.Bound, r.Source)
	}
	if !r.Since.IsZero() {
		text += " since " + r.Since.Format(time.RFC3339)
	}
	return text
}

// At reports the stage of a customer as seen at now. A last event exactly
// SilentAfter ago is no longer Active: a stage lasts while idle < bound. A
// history without events yields Follower.
//
// What lies after now has not happened yet: with a First after now the customer
// is a Follower still, and a Last after now counts as now. Sum up with
// [Policy.History] to look back at an earlier moment exactly. A First that is
// zero or after Last counts as Last.
func (p Policy) At(h History, now time.Time) At {
	h, ok := p.asOf(h, now)
	if !ok {
		return At{Stage: Follower, Because: Reason{Rule: "no event", Since: inZone(h.Known, p.Zone)}}
	}
	t := p.timeline(h)
	at := At{Idle: now.Sub(h.Last), IdleDays: daysBetween(h.Last, now, p.Zone)}
	at.Stage, at.Because = t.at(now)
	at.Next = t.next(now)
	return at
}

// asOf takes out of a history what lies after now; ok is false if no event is
// left.
func (p Policy) asOf(h History, now time.Time) (asOf History, ok bool) {
	h.Events = max(h.Events, 1)
	if h.First.IsZero() || h.First.After(h.Last) {
		h.First = h.Last
	}
	if h.Last.IsZero() || h.First.After(now) {
		return h, false
	}
	previous := !h.Previous.IsZero() && h.Previous.Before(h.Last)
	if h.Return.IsZero() && previous && p.ends(h.Previous, h.Last, max(h.Events-1, 1), h.Labels) {
		h.Return = h.Last
	}
	if h.Return.After(now) || h.Return.After(h.Last) {
		h.Return = time.Time{}
	}
	if h.Last.After(now) {
		h.Last = now
	}
	return h, true
}

// timeline has the instants at which the stage of a customer may change.
type timeline struct {
	history                            History
	bounds                             bounds
	newEnd, returnedEnd, silent, churn time.Time
}

func (p Policy) timeline(h History) timeline {
	b := p.of(h.Labels, h.Events)
	t := timeline{history: h, bounds: b}
	t.newEnd = b.fresh.span.After(h.First, p.Zone)
	t.silent = b.silent.span.After(h.Last, p.Zone)
	t.churn = b.churn.span.After(h.Last, p.Zone)
	if !h.Return.IsZero() {
		t.returnedEnd = b.returned.span.After(h.Return, p.Zone)
	}
	return t
}

// at applies the rules in the order in which Policy lists them.
func (t timeline) at(now time.Time) (Stage, Reason) {
	switch {
	case !now.Before(t.churn):
		return Churned, t.bounds.churn.reason("idle >= churnAfter", t.churn)
	case !now.Before(t.silent):
		return Silent, t.bounds.silent.reason("idle >= silentAfter", t.silent)
	case now.Before(t.returnedEnd):
		return Returned, t.bounds.returned.reason("return < returnedFor ago", t.history.Return.In(t.silent.Location()))
	case now.Before(t.newEnd):
		return New, t.bounds.fresh.reason("first event < newFor ago", t.history.First.In(t.silent.Location()))
	}
	return Active, t.bounds.silent.reason("idle < silentAfter", t.history.Last.In(t.silent.Location()))
}

// next looks at each instant to come, soonest first, for another stage.
func (t timeline) next(now time.Time) *Change {
	stage, _ := t.at(now)
	instants := []time.Time{t.newEnd, t.returnedEnd, t.silent, t.churn}
	slices.SortFunc(instants, time.Time.Compare)
	for _, instant := range instants {
		if !instant.After(now) {
			continue
		}
		if then, _ := t.at(instant); then != stage {
			return &Change{instant, then}
		}
	}
	return nil
}

func (b bound) reason(rule string, since time.Time) Reason {
	source := "default"
	switch {
	case b.source >= 0:
		source = fmt.Sprintf("overrides[%d]", b.source)
	case b.source == byPolicy:
		source = "policy"
	}
	return Reason{rule, b.span, source, since}
}

// inZone shows an instant on the clock of a zone; the zero time stays zero.
func inZone(t time.Time, zone *time.Location) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(calendar.OrUTC(zone))
}
