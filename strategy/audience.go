package strategy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/regulars-go/regulars"
)

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

// String describes the audience, such as "all of stage=silent; none of
// promotion=deal-seeker", the labels of each list in their order by bytes.
func (a Audience) String() string {
	var parts []string
	for _, l := range a.lists() {
		if len(l.labels) > 0 {
			parts = append(parts, l.words+" "+joined(l.labels))
		}
	}
	if len(a.Numbers) > 0 {
		parts = append(parts, joinRanges(a.Numbers))
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
	numbers := slices.Clone(a.Numbers)
	slices.SortFunc(numbers, func(a, b Range) int { return strings.Compare(a.Number, b.Number) })
	return Audience{sortedLabels(a.AllOf), sortedLabels(a.AnyOf), sortedLabels(a.NoneOf), numbers}
}

func sortedLabels(labels []string) []string {
	labels = slices.Clone(labels)
	slices.Sort(labels)
	return labels
}

func joined(labels []string) string { return strings.Join(sortedLabels(labels), ", ") }

func (a Audience) faults(c *checker) (f regulars.Faults) {
	if n := len(a.AllOf) + len(a.AnyOf) + len(a.NoneOf); n > MaxAudienceLabels {
		f.Add("", "%d labels: want at most %d", n, MaxAudienceLabels)
		return f
	}
	seen := map[string]string{}
	for _, list := range a.lists() {
		for i, label := range list.labels {
			path := at(list.key, i)
			if problem := c.host.Labels.problem(label); problem != "" {
				f.Add(path, "%s", problem)
			} else if where := seen[label]; where != "" {
				f.Add(path, "%q stands in %s already: want each label once", label, where)
			} else {
				seen[label] = list.key
			}
		}
	}
	c.ranges(&f, a.Numbers)
	return f
}

// ranges adds faults for the numbers of an audience.
func (c *checker) ranges(f *regulars.Faults, ranges []Range) {
	if len(ranges) > MaxParts {
		f.Add("numbers", "has %d: want at most %d", len(ranges), MaxParts)
	}
	for i, r := range ranges {
		path := at("numbers", i)
		c.number(f, path+".number", r.Number)
		if slices.ContainsFunc(ranges[:i], func(other Range) bool { return other.Number == r.Number }) {
			f.Add(path+".number", "%q comes twice", r.Number)
		}
		sound := true
		if r.AtLeast != nil {
			sound = finite(f, path+".atLeast", *r.AtLeast)
		}
		if r.Below != nil {
			sound = finite(f, path+".below", *r.Below) && sound
		}
		switch {
		case r.AtLeast == nil && r.Below == nil:
			f.Add(path, "has no bound: want atLeast or below")
		case sound && r.AtLeast != nil && r.Below != nil && *r.AtLeast >= *r.Below:
			f.Add(path+".below", "%v is not above atLeast, %v", *r.Below, *r.AtLeast)
		}
	}
}

// String describes the range, such as "orders from 3 to below 10".
func (r Range) String() string {
	text := r.Number
	switch {
	case r.AtLeast != nil && r.Below != nil:
		text += fmt.Sprintf(" from %v to below %v", *r.AtLeast, *r.Below)
	case r.AtLeast != nil:
		text += fmt.Sprintf(" at least %v", *r.AtLeast)
	case r.Below != nil:
		text += fmt.Sprintf(" below %v", *r.Below)
	}
	return text
}

func joinRanges(ranges []Range) string {
	texts := make([]string, len(ranges))
	for i, r := range ranges {
		texts[i] = r.String()
	}
	slices.Sort(texts)
	return strings.Join(texts, ", ")
}

// Range asks for a number from AtLeast, included, up to Below, excluded; nil
// leaves that side open, but not both.
type Range struct {
	Number  string   `json:"number"`
	AtLeast *float64 `json:"atLeast,omitempty"`
	Below   *float64 `json:"below,omitempty"`
}
