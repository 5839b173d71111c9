package strategy

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/regulars-go/regulars"
)

// Limits of an operation. They keep a playbook from an untrusted source small,
// and are wide of what people maintain by hand.
const (
	// MaxNameBytes bounds the names of playbooks, operations and channels,
	// which become keys of reports.
	MaxNameBytes = 100
	// MaxObjectiveBytes leaves room for a paragraph.
	MaxObjectiveBytes = 1000
	// MaxAudienceLabels bounds all labels of an audience together.
	MaxAudienceLabels = 100
	// MaxPriority is the highest priority; a million steps are enough to put one
	// more in between.
	MaxPriority = 1_000_000
)

// Operation is something that can be done for a customer.
type Operation struct {
	// Name tells the operation from the others of its playbook. It is up to
	// [MaxNameBytes] of printable text, and case counts.
	Name string `json:"name"`
	// Objective says what the operation is for. It is required: an operation
	// that nobody can give a reason for should not run. Where the playbook lists
	// objectives it is the name of one, and otherwise words.
	Objective string `json:"objective"`
	// Class is what kind of message it is. Defaults to [Marketing].
	Class Class `json:"class,omitempty"`
	// Audience says who may get it. The zero value is everyone.
	Audience Audience `json:"audience,omitzero"`
	// Relevant says for whom it makes sense now, and Suits whom it is good for:
	// what is held back by them is said apart from who may get it at all. The
	// zero values are everyone.
	Relevant Audience `json:"relevant,omitzero"`
	Suits    Audience `json:"suits,omitzero"`
	// Channel is how it reaches the customer, such as "sms". It is required, in
	// the host's own words.
	Channel string `json:"channel"`
	// Or are the channels that are tried in turn where Channel can't be used.
	// None means those that the playbook's channel lists.
	Or []string `json:"or,omitempty"`
	// Tags are what caps may count it by. An exposure keeps them as they were.
	Tags []string `json:"tags,omitempty"`
	// Priority ranks the operations that a customer may get, the highest first,
	// from 0 to [MaxPriority]. Of equal ones the higher score wins, and of equal
	// scores the name that comes first by its bytes.
	Priority int `json:"priority"`
	// Value is what it is worth when it works, 0 or more, in the unit of the
	// host's choice; that is one unit for all operations. The score is
	// Value × Propensity × Lever, and what has a value but no positive score is
	// not sent.
	Value Micros `json:"value,omitzero"`
	// Propensity is how likely it is to work, from 0 to 1. Zero means 1.
	Propensity Micros `json:"propensity,omitzero"`
	// PropensityFrom is the name of a number of the customer that takes the
	// place of Propensity, where the customer has it. Effects of the playbook
	// come before both.
	PropensityFrom string `json:"propensityFrom,omitempty"`
	// Lever is the factor by which the business pushes it. Zero means 1.
	Lever Micros `json:"lever,omitzero"`
	// Costs are what it takes from budgets, by their names, beside what its
	// channel costs.
	Costs map[string]Micros `json:"costs,omitempty"`
	// CoolDowns keep it from coming again too soon.
	CoolDowns []CoolDown `json:"coolDowns,omitempty"`
	// WhenCapped says what happens if a cap or quiet hours hold it back. Defaults
	// to [Next].
	WhenCapped WhenCapped `json:"whenCapped,omitempty"`
	// ObeysCaps, CountsToCaps and ObeysQuiet default to true for [Marketing], and
	// to false for the other classes.
	ObeysCaps    *bool `json:"obeysCaps,omitempty"`
	CountsToCaps *bool `json:"countsToCaps,omitempty"`
	ObeysQuiet   *bool `json:"obeysQuiet,omitempty"`
	// Stopped is the kill switch: nobody gets it.
	Stopped bool `json:"stopped,omitempty"`
	// Dates bounds when it runs. The zero value is always.
	Dates Window `json:"dates,omitzero"`
}

// Audience is a set of customers by their labels and numbers. A customer belongs
// to it if all lists agree; the zero value is everyone. A label may stand in it
// once only.
type Audience struct {
	// AllOf are labels of which the customer must have each. None by default.
	AllOf []string `json:"allOf,omitempty"`
	// AnyOf are labels of which the customer must have at least one, unless the
	// list is empty, which is the default.
	AnyOf []string `json:"anyOf,omitempty"`
	// NoneOf are labels of which the customer may have none. None by default.
	NoneOf []string `json:"noneOf,omitempty"`
	// Numbers are ranges in which the customer's numbers must lie, each number
	// once. A customer without the number is not in the audience.
	Numbers []Range `json:"numbers,omitempty"`
}

// Window is the time from Start, included, to End, excluded, both to the
// microsecond: what is finer is cut off. A zero Start or End leaves that side
// open.
type Window struct {
	Start time.Time `json:"start,omitzero"`
	End   time.Time `json:"end,omitzero"`
}

// String describes the audience, such as "all of stage=silent; none of
// promotion=deal-seeker", the labels of each list in their order by bytes.
func (a Audience) String() string {
	var parts []string
	for _, l := range a.lists() {
		if len(l.labels) > 0 {
			parts = append(parts, l.words+" "+joined(l.labels))
		}
	}
	if len(parts) == 0 {
		return "everyone"
	}
	return strings.Join(parts, "; ")
}

// audienceList is one of the three lists, as JSON and as people name it.
type audienceList struct {
	key, words string
	labels     []string
}

func (a Audience) lists() [3]audienceList {
	return [3]audienceList{{"allOf", "all of", a.AllOf}, {"anyOf", "any of", a.AnyOf}, {"noneOf", "none of", a.NoneOf}}
}

// sorted returns a copy with each list in its order by bytes.
func (a Audience) sorted() Audience {
	return Audience{sortedLabels(a.AllOf), sortedLabels(a.AnyOf), sortedLabels(a.NoneOf), a.Numbers}
}

func sortedLabels(labels []string) []string {
	labels = slices.Clone(labels)
	slices.Sort(labels)
	return labels
}

func joined(labels []string) string { return strings.Join(sortedLabels(labels), ", ") }

func (o Operation) faults(known Vocabulary) (f regulars.Faults) {
	nameFaults(&f, "name", o.Name)
	switch {
	case strings.TrimSpace(o.Objective) == "":
		f.Add("objective", "missing: want what the operation is for")
	case len(o.Objective) > MaxObjectiveBytes:
		f.Add("objective", "has %d bytes: want at most %d", len(o.Objective), MaxObjectiveBytes)
	case !utf8.ValidString(o.Objective):
		f.Add("objective", "is not valid UTF-8")
	}
	f.Under("audience", o.Audience.faults(known))
	nameFaults(&f, "channel", o.Channel)
	if o.Priority < 0 || o.Priority > MaxPriority {
		f.Add("priority", "%d: want 0 to %d", o.Priority, MaxPriority)
	}
	f.Under("dates", o.Dates.faults())
	return f
}

// nameFaults adds what is wrong with a name that must be there.
func nameFaults(f *regulars.Faults, path, name string) {
	switch {
	case name == "":
		f.Add(path, "missing")
	case len(name) > MaxNameBytes:
		f.Add(path, "has %d bytes: want at most %d", len(name), MaxNameBytes)
	case !isPrintable(name):
		f.Add(path, "%q: want printable text without spaces at its ends", name)
	}
}

func (a Audience) faults(known Vocabulary) (f regulars.Faults) {
	if n := len(a.AllOf) + len(a.AnyOf) + len(a.NoneOf); n > MaxAudienceLabels {
		f.Add("", "%d labels: want at most %d", n, MaxAudienceLabels)
		return f
	}
	seen := map[string]string{}
	for _, list := range a.lists() {
		for i, label := range list.labels {
			path := fmt.Sprintf("%s[%d]", list.key, i)
			if problem := known.problem(label); problem != "" {
				f.Add(path, "%s", problem)
			} else if where := seen[label]; where != "" {
				f.Add(path, "%q stands in %s already: want each label once", label, where)
			} else {
				seen[label] = list.key
			}
		}
	}
	return f
}

// Years that a window may lie in, which are those that JSON can say.
const minYear, maxYear = 1, 9999

func (w Window) faults() (f regulars.Faults) {
	for _, bound := range []struct {
		key string
		at  time.Time
	}{{"start", w.Start}, {"end", w.End}} {
		for _, year := range []int{bound.at.Year(), bound.at.UTC().Year()} {
			if year < minYear || year > maxYear {
				f.Add(bound.key, "is in the year %d: want %d to %d, in UTC too", year, minYear, maxYear)
				break
			}
		}
	}
	start, end := moment(w.Start), moment(w.End)
	if !w.Start.IsZero() && !w.End.IsZero() && !end.After(start) {
		f.Add("end", "%s is not after start, %s", stamp(end), stamp(start))
	}
	return f
}

// moment returns t as this package holds it: to the microsecond and in UTC, so
// that what is stored is what was decided.
func moment(t time.Time) time.Time { return t.Truncate(time.Microsecond).UTC() }

func stamp(t time.Time) string { return t.Format(time.RFC3339Nano) }
