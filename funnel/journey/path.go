package journey

import (
	"fmt"
	"slices"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/funnel"
	"github.com/regulars-go/regulars/internal/config"
	"github.com/regulars-go/regulars/internal/names"
)

// Paths says what a path is: the events of a user or of a session, one after
// the other. The zero value takes all events of each user. It is data.
type Paths struct {
	// Name is for reports, such as "what leads to a call".
	Name string `json:"name,omitempty"`
	// By says whether each user has one path, or each session. Attempts
	// (funnel.ByTotal) are no paths. Defaults to funnel.ByUser.
	By funnel.By `json:"by,omitzero"`
	// SessionGap ends a session when no event of any kind comes for longer than
	// this; an event exactly so much later belongs to it. It counts for
	// funnel.BySession if the source gives no session of its own. Zero means 30
	// minutes.
	SessionGap funnel.Window `json:"sessionGap,omitzero"`
	// Ties says how events at one instant are ordered: funnel.TiesAnyOrder by
	// their names, so that the order of the input never matters,
	// funnel.TiesGiven as they come. There is no strict way. Defaults to
	// funnel.TiesAnyOrder.
	Ties funnel.Ties `json:"ties,omitzero"`
	// Only are the names of the events that paths are made of; others are as if
	// they were not there, but they keep a session going. Defaults to all.
	Only []string `json:"only,omitempty"`
	// Hide are the names of events that are left out in the same way. At most
	// one of Only and Hide may be given. Defaults to none.
	Hide []string `json:"hide,omitempty"`
	// Collapse counts an event that comes several times in a row once, so that
	// nothing leads to itself.
	Collapse bool `json:"collapse,omitzero"`
	// Anchor is an event that paths begin or end with. Defaults to none.
	Anchor *Anchor `json:"anchor,omitempty"`
	// Depth is how many events of a path are told apart, counted from the
	// anchor or else from the beginning; how it goes on is in the transitions
	// only. Zero means 5; at most MaxDepth.
	Depth int `json:"depth,omitzero"`
}

// Anchor is an event that paths begin or end with. Units without such an event
// have no path.
type Anchor struct {
	// Event is its name.
	Event string `json:"event"`
	// Side says whether the path is what follows or what came before, either
	// with the anchor itself. Defaults to After.
	Side Side `json:"side,omitzero"`
	// Pick says which of several such events of a unit is meant. Defaults to
	// First.
	Pick Pick `json:"pick,omitzero"`
}

// Side is a side of an anchor.
type Side uint8

const (
	// After is the anchor and what follows it.
	After Side = iota
	// Before is what leads to the anchor, and the anchor.
	Before
)

var sides = names.Names{Package: "journey", Type: "Side", What: "side", List: []string{"after", "before"}}

// String returns the lower-case name of s, such as "after".
func (s Side) String() string { return sides.Of(uint8(s)) }

// MarshalText writes s as [Side.String] does; what is none is an error.
func (s Side) MarshalText() ([]byte, error) { return sides.Marshal(uint8(s)) }

// UnmarshalText reads what [Side.String] writes; any other text is an error, and
// leaves s as it was.
func (s *Side) UnmarshalText(text []byte) error {
	i, err := sides.Unmarshal(text)
	if err == nil {
		*s = Side(i)
	}
	return err
}

// Pick says which of several events is meant.
type Pick uint8

const (
	// First is the earliest.
	First Pick = iota
	// Last is the latest.
	Last
)

var picks = names.Names{Package: "journey", Type: "Pick", What: "pick", List: []string{"first", "last"}}

// String returns the lower-case name of p, such as "first".
func (p Pick) String() string { return picks.Of(uint8(p)) }

// MarshalText writes p as [Pick.String] does; what is none is an error.
func (p Pick) MarshalText() ([]byte, error) { return picks.Marshal(uint8(p)) }

// UnmarshalText reads what [Pick.String] writes; any other text is an error, and
// leaves p as it was.
func (p *Pick) UnmarshalText(text []byte) error {
	i, err := picks.Unmarshal(text)
	if err == nil {
		*p = Pick(i)
	}
	return err
}

// Limits on paths.
const (
	// MaxDepth is the most events of a path that are told apart: no chart shows
	// more, and the number of different paths grows with it.
	MaxDepth = 50
	// MaxNames is the most different names of events: more than a tracking plan
	// has. More than that are most often addresses of pages, which the host
	// should group.
	MaxNames = 10_000
	// MaxNodes is the most different beginnings of paths that are kept: some 3
	// GB.
	MaxNodes = 1 << 24

	defaultDepth = 5
)

// ParsePaths reads paths from JSON and validates them:
//
//	{"by": "session", "collapse": true, "anchor": {"event": "pay", "side": "before"}, "depth": 4}
//
// The document is read strictly: no unknown or repeated key, and no trailing
// data. The error is [regulars.Faults].
func ParsePaths(data []byte) (Paths, error) {
	var p Paths
	if err := config.Decode(data, &p); err != nil {
		return Paths{}, err
	}
	if err := p.Validate(); err != nil {
		return Paths{}, err
	}
	return p, nil
}

// Validate returns all that is wrong as [regulars.Faults].
func (p Paths) Validate() error {
	var faults regulars.Faults
	validateUnits(&faults, p.By, p.SessionGap)
	if p.Ties != funnel.TiesAnyOrder && p.Ties != funnel.TiesGiven {
		faults.Add("ties", "is %s: want %q or %q", p.Ties, funnel.TiesAnyOrder, funnel.TiesGiven)
	}
	if len(p.Only) > 0 && len(p.Hide) > 0 {
		faults.Add("hide", "goes with all events, and not with only")
	}
	if n := max(len(p.Only), len(p.Hide)); n > MaxNames {
		faults.Add("", "names %d events: want at most %d", n, MaxNames)
	}
	if a := p.Anchor; a != nil {
		if a.Event == "" {
			faults.Add("anchor.event", "is missing")
		} else if slices.Contains(p.Hide, a.Event) || len(p.Only) > 0 && !slices.Contains(p.Only, a.Event) {
			faults.Add("anchor.event", "%q is left out", a.Event)
		}
		if int(a.Side) >= len(sides.List) {
			faults.Add("anchor.side", "no such side: %d", a.Side)
		}
		if int(a.Pick) >= len(picks.List) {
			faults.Add("anchor.pick", "no such pick: %d", a.Pick)
		}
	}
	if p.Depth < 0 || p.Depth > MaxDepth {
		faults.Add("depth", "%d: want 1 to %d", p.Depth, MaxDepth)
	}
	return faults.Err()
}

// ValidateEvents returns, as [regulars.Faults], the events of Only, Hide and the
// anchor that are not among the known ones, such as those of a tracking plan.
func (p Paths) ValidateEvents(known []string) error {
	var faults regulars.Faults
	set := setOf(known)
	unknown(&faults, "only", p.Only, set)
	unknown(&faults, "hide", p.Hide, set)
	if a := p.Anchor; a != nil && !set[a.Event] {
		faults.Add("anchor.event", "no such event: %q", a.Event)
	}
	return faults.Err()
}

func validateUnits(faults *regulars.Faults, by funnel.By, gap funnel.Window) {
	if by != funnel.ByUser && by != funnel.BySession {
		faults.Add("by", "is %s: want %q or %q", by, funnel.ByUser, funnel.BySession)
	}
	if length, ok := gap.Limit(); ok && length < 0 {
		faults.Add("sessionGap", "%s: want 0 or more", fmt.Sprint(length))
	}
}

func (p Paths) depth() int {
	if p.Depth == 0 {
		return defaultDepth
	}
	return p.Depth
}

// backward reports whether paths are told apart from their end.
func (p Paths) backward() bool { return p.Anchor != nil && p.Anchor.Side == Before }
