package tracking

import (
	"errors"
	"fmt"
	"time"
)

// Report is the quality of the data in three parts, from the client to the
// rules that use it. Rates that are undefined are left out of JSON.
type Report struct {
	// AsOf is the moment of the report.
	AsOf      time.Time `json:"asOf"`
	Collected Collected `json:"collected"`
	Cleaned   Cleaned   `json:"cleaned"`
	Used      Used      `json:"used"`
}

// Collected (收数) is what arrived, against the plan.
type Collected struct {
	// Deliveries is how many different rows arrived, and Events how many
	// different events they were.
	Deliveries int64 `json:"deliveries"`
	Events     int64 `json:"events"`
	// Accepted, Mended and SetAside add up to Events.
	Accepted int64 `json:"accepted"`
	Mended   int64 `json:"mended"`
	SetAside int64 `json:"setAside"`
	// Duplicates and Conflicts are the deliveries that were not the first of
	// their ID, and said the same as the first or something else; both of all
	// deliveries.
	Duplicates Share `json:"duplicates"`
	Conflicts  Share `json:"conflicts"`
	// OutsideWindow is how many events happened too long before or too far
	// after their receipt.
	OutsideWindow Share `json:"outsideWindow"`
	// Codes counts the events with a violation of each code that there was, in
	// the order of the codes; a code that an event has several times counts
	// once. Of DuplicateID and ConflictingID it counts deliveries.
	Codes []CodeCount `json:"codes,omitempty"`
	// Violations counts them by place, sorted by code, event and property;
	// of properties beyond the plan [MaxNoted] an event.
	Violations []ViolationCount `json:"violations,omitempty"`
	// Lateness is nil if no event has both times.
	Lateness *Lateness `json:"lateness,omitempty"`
	// Volumes judges the last day that is over, of every planned event.
	Volumes []Volume `json:"volumes,omitempty"`
}

// CodeCount is how many events had a violation of a code.
type CodeCount struct {
	Code   Code  `json:"code"`
	Events Share `json:"events"`
}

// ViolationCount is how many events had a violation in one place.
type ViolationCount struct {
	Code     Code   `json:"code"`
	Event    string `json:"event"`
	Property string `json:"property,omitzero"`
	Count    int64  `json:"count"`
}

// Lateness is how long events were on their way, from when they happened to
// their first receipt, in seconds. It is negative for a client whose clock is
// fast.
type Lateness struct {
	// Events is how many have both times.
	Events int64 `json:"events"`
	// P50 and P95 are quantiles of type 7.
	P50 float64 `json:"p50Seconds"`
	P95 float64 `json:"p95Seconds"`
	// Early is how many were received before they happened.
	Early Share `json:"early"`
}

// Cleaned (理数) is what became of it: matched with people and brought to the
// right types.
type Cleaned struct {
	// Matched is how many of the events came to a known person.
	Matched Share `json:"matched"`
	// Refused is how many of the links between IDs were refused.
	Refused Share `json:"refused"`
	// Properties are those of the plan, in its order.
	Properties []PropertyQuality `json:"properties,omitempty"`
	// Attributes are sorted by name.
	Attributes []AttributeQuality `json:"attributes,omitempty"`
}

// PropertyQuality is how well a planned property is filled. Whether values are
// right counts over those that are present.
type PropertyQuality struct {
	Event    string `json:"event"`
	Property string `json:"property"`
	// Present is how many of the events have a value, right or wrong, which is
	// not empty; Missing is the rest.
	Present Share `json:"present"`
	Missing Share `json:"missing"`
	// Valid, of those present, are those that are right as they are or cast.
	Valid Share `json:"valid"`
	// Cast, CastFailures, Misses and OutOfRange count [CastType], [WrongType],
	// [DictionaryMiss] and [OutOfRange]. The last three are the present ones
	// that are not valid.
	Cast         int64 `json:"cast"`
	CastFailures int64 `json:"castFailures"`
	Misses       int64 `json:"misses"`
	OutOfRange   int64 `json:"outOfRange"`
}

// AttributeQuality is how sources agree on an attribute of profiles.
type AttributeQuality struct {
	Name         string `json:"name"`
	Conflicting  Share  `json:"conflicting"`
	Misses       Share  `json:"misses"`
	CastFailures Share  `json:"castFailures"`
}

// Used (用数) is how far rules can rely on the data. Lists are sorted by name.
type Used struct {
	Attributes []FillRate         `json:"attributes,omitempty"`
	Tags       []FillRate         `json:"tags,omitempty"`
	Segments   []SegmentUncertain `json:"segments,omitempty"`
	Freshness  []Freshness        `json:"freshness,omitempty"`
	// UnusedTags are those that no rule looks at.
	UnusedTags []string `json:"unusedTags,omitempty"`
}

// FillRate is how many of the profiles have a value of an attribute or a tag.
type FillRate struct {
	Name  string `json:"name"`
	Known Share  `json:"known"`
}

// SegmentUncertain is of how many profiles nobody can say whether they belong
// to a segment.
type SegmentUncertain struct {
	Name    string `json:"name"`
	Unknown Share  `json:"unknown"`
}

// Freshness is how old the newest fact of a source is, as of the report. The
// age is negative if that fact is in the future.
type Freshness struct {
	Name   string    `json:"name"`
	Newest time.Time `json:"newest"`
	Age    float64   `json:"ageSeconds"`
}

// Report reports what was added, beside figures of the host, as of a moment.
// It judges the volumes of the last local day that was over then. The same
// deliveries give the same report, however often and in whatever order they
// were added. Figures that are not valid are an error, out of which
// [regulars.Faults] can be taken; so is a moment outside the years 1 to 9999.
func (t *Tally) Report(asOf time.Time, figures Figures) (Report, error) {
	if err := t.fix(); err != nil {
		return Report{}, err
	}
	if microseconds(asOf) == noTime {
		return Report{}, errors.New("tracking: the moment of the report is missing, or outside the years 1 to 9999")
	}
	if err := figures.Validate(); err != nil {
		return Report{}, fmt.Errorf("tracking: figures: %w", err)
	}
	t.tidy()
	s := t.survey()
	r := Report{AsOf: asOf, Collected: s.collected(), Cleaned: figures.cleaned(), Used: figures.used(asOf)}
	r.Collected.Volumes = s.volumes(asOf, figures.History)
	r.Cleaned.Properties = s.properties()
	return r, nil
}

// Of returns how many events had a violation of the code.
func (c Collected) Of(code Code) int64 {
	for _, count := range c.Codes {
		if count.Code == code {
			return count.Events.Part
		}
	}
	return 0
}

func (f Figures) cleaned() Cleaned {
	c := Cleaned{Matched: Share{f.Matched, f.Events}, Refused: Share{f.RefusedLinks, f.Links}}
	for _, a := range sortedBy(f.Attributes, func(a AttributeFigures) string { return a.Name }) {
		c.Attributes = append(c.Attributes, AttributeQuality{
			a.Name, Share{a.Conflicting, a.Known}, Share{a.Misses, a.Observed}, Share{a.CastFailures, a.Observed},
		})
	}
	return c
}

func (f Figures) used(asOf time.Time) Used {
	var u Used
	for _, a := range sortedBy(f.Attributes, func(a AttributeFigures) string { return a.Name }) {
		u.Attributes = append(u.Attributes, FillRate{a.Name, Share{a.Known, a.Profiles}})
	}
	looked := map[string]bool{}
	for _, r := range f.Rules {
		for _, tag := range r.Tags {
			looked[tag] = true
		}
	}
	for _, t := range sortedBy(f.Tags, func(t TagFigures) string { return t.Name }) {
		u.Tags = append(u.Tags, FillRate{t.Name, Share{t.Tagged, t.Profiles}})
		if !looked[t.Name] {
			u.UnusedTags = append(u.UnusedTags, t.Name)
		}
	}
	for _, s := range sortedBy(f.Segments, func(s SegmentFigures) string { return s.Name }) {
		u.Segments = append(u.Segments, SegmentUncertain{s.Name, Share{s.Unknown, s.True + s.False + s.Unknown}})
	}
	for _, s := range sortedBy(f.Sources, func(s SourceFigures) string { return s.Name }) {
		age := float64(asOf.UnixMicro()-s.Newest.UnixMicro()) / microsPerSecond
		u.Freshness = append(u.Freshness, Freshness{s.Name, s.Newest, age})
	}
	return u
}

const microsPerSecond = 1e6
