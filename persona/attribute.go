package persona

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/regulars-go/regulars"
)

// Attribute is one thing to know about a person.
type Attribute struct {
	// Name is how rules and observations call it: any printable text without
	// spaces at its ends, such as "age" or "address.city".
	Name string `json:"name"`
	// Title is how a report calls it, such as 年龄. Defaults to Name.
	Title string `json:"title,omitempty"`
	// Kind is what it holds.
	Kind Kind `json:"kind"`
	// Of is what a list holds: string, enum, int or decimal. Defaults to string;
	// only lists have it.
	Of Kind `json:"of,omitempty"`
	// Values is the dictionary of an enum, or of a list of one: all that there
	// may be, in the order of a report. A text that is not there is an error.
	Values []string `json:"values,omitempty"`
	// Places is how many digits a decimal has behind the point, from 0 to
	// [MaxPlaces]. A number with more is an error: nothing is rounded.
	Places int `json:"places,omitempty"`
	// Unit says what a number counts, such as "CNY" or "years".
	Unit string `json:"unit,omitempty"`
	// Min and Max bound what is plausible, themselves included: an int, a
	// decimal, a date or a time outside is an error. Defaults to no bounds.
	Min Value `json:"min,omitzero"`
	Max Value `json:"max,omitzero"`
	// PII marks what identifies a person or is sensitive. Portraits show none of
	// it unless they are told to.
	PII bool `json:"pii,omitempty"`
	// Normal is how texts are brought into one form. Defaults to as they are.
	Normal []Normal `json:"normal,omitempty"`
	// Survivor says which of several observations is believed. Defaults to
	// [Recent].
	Survivor Survivor `json:"survivor,omitempty"`
}

// Survivor is a rule for which of several observations of an attribute is
// believed. Where it leaves two, the one of the more trusted source is, and then
// the one whose value comes first by [Value.Compare].
type Survivor string

const (
	// Recent believes the latest observation.
	Recent Survivor = "recent"
	// Oldest believes the earliest, such as for the channel of acquisition.
	Oldest Survivor = "oldest"
	// Source believes the most trusted source, and of that the latest.
	Source Survivor = "source"
	// Largest believes the largest value.
	Largest Survivor = "max"
	// Union puts the items of all lists together, in ascending order and each
	// once; of more than [MaxItems] the first.
	Union Survivor = "union"
	// NonEmpty believes the latest observation that is not "" or an empty list,
	// and if all are empty the latest.
	NonEmpty Survivor = "non_empty"
)

var allSurvivors = []Survivor{Recent, Oldest, Source, Largest, Union, NonEmpty}

// item is the kind of what is compared: of a list that of its items.
func (a *Attribute) item() Kind {
	if a.Kind == KindList {
		return a.Of
	}
	return a.Kind
}

func (s *Schema) addAttributes(attributes []Attribute, faults *regulars.Faults) {
	if len(attributes) > MaxAttributes {
		faults.Add("attributes", "has %d: want at most %d", len(attributes), MaxAttributes)
		return
	}
	for i, a := range attributes {
		path := fmt.Sprintf("attributes[%d]", i)
		if _, ok := s.byName[a.Name]; ok {
			faults.Add(path+".name", "%q is there before", a.Name)
		}
		s.byName[a.Name] = i
		a = a.completed()
		codes, problems := a.check()
		faults.Under(path, problems)
		s.attributes = append(s.attributes, a)
		s.codes = append(s.codes, codes)
	}
}

// completed returns a with its defaults, and lists of its own.
func (a Attribute) completed() Attribute {
	if a.Kind == KindList && a.Of == "" {
		a.Of = KindString
	}
	if a.Survivor == "" {
		a.Survivor = Recent
	}
	a.Normal = slices.Clone(a.Normal)
	a.Values = slices.Clone(a.Values)
	for i, text := range a.Values {
		a.Values[i] = normalise(text, a.Normal)
	}
	return a
}

// check returns the codes of a's dictionary, and what is wrong with a.
func (a *Attribute) check() (codes map[string]int64, faults regulars.Faults) {
	if problem := badName(a.Name); problem != "" {
		faults.Add("name", "%s", problem)
	}
	if !known(allKinds, a.Kind) {
		faults.Add("kind", "%q: want %s", a.Kind, oneOf(allKinds))
		return nil, faults
	}
	a.checkShape(&faults)
	if a.item() == KindEnum {
		codes = a.checkValues(&faults)
	} else if len(a.Values) > 0 {
		faults.Add("values", "only an enum has a dictionary, not %s", a.item())
	}
	if len(faults) == 0 {
		a.checkBounds(&faults)
	}
	return codes, faults
}

func (a *Attribute) checkShape(faults *regulars.Faults) {
	switch {
	case a.Kind != KindList && a.Of != "":
		faults.Add("of", "only a list has it, not %s", a.Kind)
	case a.Kind == KindList && !known(itemKinds, a.Of):
		faults.Add("of", "%q: want %s", a.Of, oneOf(itemKinds))
	}
	if a.Places < 0 || a.Places > MaxPlaces {
		faults.Add("places", "%d: want 0 to %d", a.Places, MaxPlaces)
	} else if a.Places > 0 && a.item() != KindDecimal {
		faults.Add("places", "only a decimal has places, not %s", a.item())
	}
	for i, step := range a.Normal {
		if path := fmt.Sprintf("normal[%d]", i); !known(allNormals, step) {
			faults.Add(path, "%q: want %s", step, oneOf(allNormals))
		} else if a.item() != KindString && a.item() != KindEnum {
			faults.Add(path, "only texts have a normal form, not %s", a.item())
		}
	}
	switch {
	case !known(allSurvivors, a.Survivor):
		faults.Add("survivor", "%q: want %s", a.Survivor, oneOf(allSurvivors))
	case a.Survivor == Union && a.Kind != KindList:
		faults.Add("survivor", "only lists have a union, not %s", a.Kind)
	case a.Survivor == Largest && !a.Kind.isOrdered():
		faults.Add("survivor", "%s has no largest", a.Kind)
	}
}

func (a *Attribute) checkValues(faults *regulars.Faults) map[string]int64 {
	if n := len(a.Values); n == 0 || n > MaxDictionary {
		faults.Add("values", "has %d texts: want 1 to %d", n, MaxDictionary)
		return nil
	}
	codes := make(map[string]int64, len(a.Values))
	for i, text := range a.Values {
		path := fmt.Sprintf("values[%d]", i)
		if _, ok := codes[text]; ok {
			faults.Add(path, "%q is there before", text)
		}
		if problem := badText(text); problem != "" {
			faults.Add(path, "%s", problem)
		}
		codes[text] = int64(i)
	}
	return codes
}

// checkBounds makes Min and Max values of a's own kind.
func (a *Attribute) checkBounds(faults *regulars.Faults) {
	lo, hi := a.Min, a.Max
	if lo.IsZero() && hi.IsZero() {
		return
	}
	if a.Kind != KindInt && a.Kind != KindDecimal && a.Kind != KindDate && a.Kind != KindTime {
		faults.Add("min", "only numbers, dates and times have bounds, not %s", a.Kind)
		return
	}
	a.Min, a.Max = Value{}, Value{}
	low, high := int64(math.MinInt64), int64(math.MaxInt64)
	for _, bound := range []struct {
		name string
		from Value
		to   *Value
		unit *int64
	}{{"min", lo, &a.Min, &low}, {"max", hi, &a.Max, &high}} {
		if bound.from.IsZero() {
			continue
		}
		n, problem := a.number(bound.from)
		if problem != "" {
			faults.Add(bound.name, "%s", problem)
			continue
		}
		*bound.unit, *bound.to = n, a.valueOf(a.Kind, n)
	}
	if low > high {
		faults.Add("max", "%s is less than min, %s", a.Max, a.Min)
	}
}

// badName says what keeps a text from being a name; "" if nothing does.
func badName(name string) string {
	const maxName = 256
	switch {
	case name == "":
		return "empty: want a name"
	case len(name) > maxName:
		return fmt.Sprintf("has %d bytes: want at most %d", len(name), maxName)
	case !utf8.ValidString(name) || strings.TrimSpace(name) != name || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }):
		return fmt.Sprintf("%q: want printable text without spaces at its ends", name)
	}
	return ""
}
