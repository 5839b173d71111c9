package tracking

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
)

// Figures are what other parts of the host know of the data and a [Report]
// puts beside what arrived: how events were matched with people, how well
// profiles are filled, who uses what. They are plain counts, from whatever
// system has them. The zero value knows nothing, and the report says so.
type Figures struct {
	// Events is how many events were offered for matching, and Matched how
	// many of them came to a known person.
	Events  int64 `json:"events,omitzero"`
	Matched int64 `json:"matched,omitzero"`
	// Links is how many links between two IDs were seen, and RefusedLinks how
	// many of them were refused.
	Links        int64              `json:"links,omitzero"`
	RefusedLinks int64              `json:"refusedLinks,omitzero"`
	Attributes   []AttributeFigures `json:"attributes,omitempty"`
	Tags         []TagFigures       `json:"tags,omitempty"`
	Segments     []SegmentFigures   `json:"segments,omitempty"`
	Sources      []SourceFigures    `json:"sources,omitempty"`
	Rules        []RuleFigures      `json:"rules,omitempty"`
	// History counts events of days that are no longer in the tally, or not
	// all. What the tally has of the same day is added.
	History []DayFigures `json:"history,omitempty"`
}

// AttributeFigures are of one attribute of profiles.
type AttributeFigures struct {
	Name     string `json:"name"`
	Profiles int64  `json:"profiles"`
	// Known is how many of the profiles have a value.
	Known int64 `json:"known"`
	// Conflicting is for how many of the known ones sources disagreed.
	Conflicting int64 `json:"conflicting,omitzero"`
	// Observed is how many values were offered. Of those, Misses were not in
	// the dictionary, and CastFailures were not of the attribute's type.
	Observed     int64 `json:"observed,omitzero"`
	Misses       int64 `json:"misses,omitzero"`
	CastFailures int64 `json:"castFailures,omitzero"`
}

// TagFigures are of one tag: how many of the profiles have it with any value.
type TagFigures struct {
	Name     string `json:"name"`
	Profiles int64  `json:"profiles"`
	Tagged   int64  `json:"tagged"`
}

// SegmentFigures count the profiles of which a condition is true, false or
// neither, for want of data.
type SegmentFigures struct {
	Name    string `json:"name"`
	True    int64  `json:"true"`
	False   int64  `json:"false"`
	Unknown int64  `json:"unknown"`
}

// SourceFigures say how fresh something is: a table, a tag, an attribute.
type SourceFigures struct {
	Name string `json:"name"`
	// Newest is the time of the newest fact in it.
	Newest time.Time `json:"newest"`
}

// RuleFigures say which tags a rule, a segment or a campaign looks at.
type RuleFigures struct {
	Name string   `json:"name"`
	Tags []string `json:"tags,omitempty"`
}

// DayFigures count the events of one name on one local day.
type DayFigures struct {
	Event string `json:"event"`
	// Day is the date, such as "2026-11-22".
	Day   string `json:"day"`
	Count int64  `json:"count"`
}

// maxCount is the greatest count that every reader of JSON holds exactly.
const maxCount = 1 << 53

// Validate returns all faults of f as [regulars.Faults]: a name that is missing
// or there twice, a negative count, a part that is more than its whole, a time
// or a date that is none.
func (f Figures) Validate() error {
	var faults regulars.Faults
	partFault(&faults, "matched", f.Matched, f.Events)
	partFault(&faults, "refusedLinks", f.RefusedLinks, f.Links)
	each(&faults, "attributes", f.Attributes, func(a AttributeFigures) string { return a.Name }, func(faults *regulars.Faults, a AttributeFigures) {
		partFault(faults, "known", a.Known, a.Profiles)
		partFault(faults, "conflicting", a.Conflicting, a.Known)
		partFault(faults, "misses", a.Misses, a.Observed)
		partFault(faults, "castFailures", a.CastFailures, a.Observed)
	})
	each(&faults, "tags", f.Tags, func(t TagFigures) string { return t.Name }, func(faults *regulars.Faults, t TagFigures) {
		partFault(faults, "tagged", t.Tagged, t.Profiles)
	})
	each(&faults, "segments", f.Segments, func(s SegmentFigures) string { return s.Name }, func(faults *regulars.Faults, s SegmentFigures) {
		countFault(faults, "true", s.True)
		countFault(faults, "false", s.False)
		countFault(faults, "unknown", s.Unknown)
	})
	each(&faults, "sources", f.Sources, func(s SourceFigures) string { return s.Name }, func(faults *regulars.Faults, s SourceFigures) {
		if microseconds(s.Newest) == noTime {
			faults.Add("newest", "missing, or outside the years 1 to 9999")
		}
	})
	each(&faults, "rules", f.Rules, func(r RuleFigures) string { return r.Name }, func(*regulars.Faults, RuleFigures) {})
	key := func(d DayFigures) string { return d.Event + " " + d.Day }
	each(&faults, "history", f.History, key, func(faults *regulars.Faults, d DayFigures) {
		if _, err := time.Parse(time.DateOnly, d.Day); err != nil {
			faults.Add("day", "%q: want a date such as 2026-11-22", d.Day)
		}
		countFault(faults, "count", d.Count)
	})
	return faults.Err()
}

// each adds the faults of a list whose items have a name of their own.
func each[T any](f *regulars.Faults, path string, list []T, name func(T) string, check func(*regulars.Faults, T)) {
	first := make(map[string]int, len(list))
	for i, item := range list {
		var part regulars.Faults
		if n := name(item); n == "" {
			part.Add("name", "missing")
		} else if j, ok := first[n]; ok {
			part.Add("", "%q is item %d already", n, j)
		} else {
			first[n] = i
		}
		check(&part, item)
		f.Under(fmt.Sprintf("%s[%d]", path, i), part)
	}
}

func countFault(f *regulars.Faults, path string, n int64) {
	if n < 0 || n > maxCount {
		f.Add(path, "%d: want 0 to %d", n, int64(maxCount))
	}
}

func partFault(f *regulars.Faults, path string, part, whole int64) {
	countFault(f, path, part)
	countFault(f, path, whole)
	if part > whole {
		f.Add(path, "%d is more than the whole, %d", part, whole)
	}
}

// Merge returns f and other as one: counts of the same name are added, so the
// two must be of different customers; of two times the newer stays, and a rule
// looks at the tags of both. Lists come sorted by name. Neither is changed. The
// order of merging makes no difference.
func (f Figures) Merge(other Figures) Figures {
	return Figures{
		Events: f.Events + other.Events, Matched: f.Matched + other.Matched,
		Links: f.Links + other.Links, RefusedLinks: f.RefusedLinks + other.RefusedLinks,
		Attributes: joined(f.Attributes, other.Attributes, func(a AttributeFigures) string { return a.Name }, AttributeFigures.plus),
		Tags: joined(f.Tags, other.Tags, func(t TagFigures) string { return t.Name }, func(a, b TagFigures) TagFigures {
			return TagFigures{a.Name, a.Profiles + b.Profiles, a.Tagged + b.Tagged}
		}),
		Segments: joined(f.Segments, other.Segments, func(s SegmentFigures) string { return s.Name }, func(a, b SegmentFigures) SegmentFigures {
			return SegmentFigures{a.Name, a.True + b.True, a.False + b.False, a.Unknown + b.Unknown}
		}),
		Sources: joined(f.Sources, other.Sources, func(s SourceFigures) string { return s.Name }, newer),
		Rules: joined(f.Rules, other.Rules, func(r RuleFigures) string { return r.Name }, func(a, b RuleFigures) RuleFigures {
			return RuleFigures{a.Name, uniques(slices.Concat(a.Tags, b.Tags))}
		}),
		History: joined(f.History, other.History, func(d DayFigures) string { return d.Event + "\x00" + d.Day }, func(a, b DayFigures) DayFigures {
			return DayFigures{a.Event, a.Day, a.Count + b.Count}
		}),
	}
}

func (a AttributeFigures) plus(b AttributeFigures) AttributeFigures {
	return AttributeFigures{
		Name: a.Name, Profiles: a.Profiles + b.Profiles, Known: a.Known + b.Known, Conflicting: a.Conflicting + b.Conflicting,
		Observed: a.Observed + b.Observed, Misses: a.Misses + b.Misses, CastFailures: a.CastFailures + b.CastFailures,
	}
}

func newer(a, b SourceFigures) SourceFigures {
	if b.Newest.After(a.Newest) {
		return b
	}
	return a
}

// joined returns the items of both lists by key, ascending, two of one key
// combined.
func joined[T any](a, b []T, key func(T) string, combine func(a, b T) T) []T {
	byKey := make(map[string]T, len(a)+len(b))
	for _, item := range slices.Concat(a, b) {
		k := key(item)
		if before, ok := byKey[k]; ok {
			item = combine(before, item)
		}
		byKey[k] = item
	}
	return sortedBy(slices.Collect(maps.Values(byKey)), key)
}

// sortedBy returns a sorted copy.
func sortedBy[T any](list []T, key func(T) string) []T {
	return slices.SortedFunc(slices.Values(list), func(a, b T) int { return cmp.Compare(key(a), key(b)) })
}

// uniques returns texts sorted, each once.
func uniques(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// dayOf returns the day of a valid figure.
func (d DayFigures) dayOf() calendar.Day {
	t, _ := time.Parse(time.DateOnly, d.Day)
	return calendar.DayOf(t, time.UTC)
}
