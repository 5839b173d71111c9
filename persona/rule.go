package persona

import (
	"maps"
	"slices"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/config"
)

// Rule is a condition on a person, as data: a tree that is stored, edited and
// compared as JSON. Exactly one of All, Any, Not, Segment, Attr and Event is
// given; the other fields belong to the leaves, Attr and Event.
//
//	{"all": [
//	  {"attr": "born", "as": "age", "op": "between", "value": [18, 30], "bounds": "[)"},
//	  {"attr": "city", "op": "in", "value": ["福州", "厦门"]},
//	  {"event": "order", "where": {"category": ["tea"]}, "within": "90d", "op": "gte", "value": 2}]}
//
// A leaf on what is not known of somebody is [Unknown]; see [Truth] for what
// becomes of it, and Missing to decide otherwise. Numbers and texts are never
// converted into each other: such a rule does not compile.
type Rule struct {
	// All is true if every part is; without parts it is true.
	All []Rule `json:"all,omitzero"`
	// Any is true if at least one part is; without parts it is false, and does
	// not compile unless AllowEmpty says that this is meant.
	Any []Rule `json:"any,omitzero"`
	// AllowEmpty lets Any have no parts.
	AllowEmpty bool `json:"allowEmpty,omitempty"`
	// Not is true if its part is false.
	Not *Rule `json:"not,omitempty"`
	// Segment is the name of another rule of the same set; see
	// [Schema.CompileAll].
	Segment string `json:"segment,omitempty"`

	// Attr is the name of the attribute that a leaf asks for.
	Attr string `json:"attr,omitempty"`
	// As says what is made of the attribute before Op compares it. Defaults to
	// the value as it is.
	As As `json:"as,omitempty"`

	// Event is the name of the kind of events that a leaf counts.
	Event string `json:"event,omitempty"`
	// Where leaves only those events of which each named field is one of the
	// texts, such as "category": ["tea", "coffee"]. Every event has [FieldHour]
	// and [FieldWeekday] too. Defaults to all events.
	Where map[string][]string `json:"where,omitempty"`
	// Measure says what of the events is compared. Defaults to [Count].
	Measure Measure `json:"measure,omitempty"`
	// Within leaves only the events in (asOf - Within, asOf]: one exactly Within
	// ago is too old. Defaults to all events up to asOf. Those after asOf never
	// count.
	Within regulars.Span `json:"within,omitzero"`
	// WholeDays lets Within, or a value of [WithinLast], begin at a local
	// midnight, so that "1d" is today. It must be a span of calendar days, weeks,
	// months or years.
	WholeDays bool `json:"wholeDays,omitempty"`

	// Op compares, and Value is what with; [Op] says which is for what.
	Op    Op    `json:"op,omitempty"`
	Value Value `json:"value,omitzero"`
	// Bounds says whether [Between] includes its ends: "[]", "[)", "(]" or "()".
	// Defaults to "[]", both.
	Bounds string `json:"bounds,omitempty"`
	// Fold compares texts without regard to upper and lower case.
	Fold bool `json:"fold,omitempty"`
	// Missing is the answer where the attribute is not known, or no event is
	// there to be recent. Defaults to Unknown.
	Missing Truth `json:"missing,omitzero"`
}

// As is what a leaf makes of an attribute before it compares.
type As string

const (
	// Age makes years of a date or a time: the birthdays from then to asOf on
	// the schema's calendar. Who was born on 29 February has it on 28 February in
	// other years.
	Age As = "age"
	// DaysSince makes days of a date or a time: the local dates from then to
	// asOf, negative if it is yet to come.
	DaysSince As = "days"
	// Anniversary makes days of a date or a time: how many until it comes round
	// again, 0 on the day itself.
	Anniversary As = "anniversary"
	// LocalDate makes a date of a time, on the schema's calendar.
	LocalDate As = "date"
	// Size makes a number of a list: how many items it has.
	Size As = "size"
	// Item asks whether some item of a list compares so.
	Item As = "item"
	// Version compares texts as versions of software: number by number, "9.9"
	// before "9.10", and what follows a "-" before what does not.
	Version As = "version"
)

var allAs = []As{Age, DaysSince, Anniversary, LocalDate, Size, Item, Version}

// Measure is what of several events is compared.
type Measure string

const (
	// Count is how many there are. It is never unknown.
	Count Measure = "count"
	// Sum is what their amounts come to, exactly; 0 if there are none. It is
	// never unknown.
	Sum Measure = "sum"
	// Recency is how many local dates ago the last one was: 0 is today. It is
	// unknown if there are none.
	Recency Measure = "recency"
)

var allMeasures = []Measure{Count, Sum, Recency}

// Op is how a leaf compares.
type Op string

// Operators of numbers, truth values, texts, dates and times. Of a list, Eq and
// Ne compare the whole, items in their order.
const (
	Eq  Op = "eq"
	Ne  Op = "ne"
	Lt  Op = "lt"
	Lte Op = "lte"
	Gt  Op = "gt"
	Gte Op = "gte"
	// Between takes a list of two, the least and the greatest; see Rule.Bounds.
	Between Op = "between"
	// In takes a list and is true if the value is one of it; of a list, if some
	// item is.
	In Op = "in"
	// NotIn is the opposite of In.
	NotIn Op = "not_in"
)

// Operators of texts.
const (
	Contains   Op = "contains"
	StartsWith Op = "starts_with"
	EndsWith   Op = "ends_with"
	// Matches takes a regular expression of package regexp, which may match
	// anywhere in the text unless it has ^ and $.
	Matches Op = "matches"
)

// Other operators.
const (
	// HasAll is true of a list that has every item of the one that it takes.
	HasAll Op = "has_all"
	// WithinLast takes a span, such as "30d", and is true of a time in
	// (asOf - span, asOf], and of a date in the same by local dates.
	WithinLast Op = "within_last"
	// WithinNext takes a span, and is true of a time in (asOf, asOf + span], and
	// of a date in the same by local dates.
	WithinNext Op = "within_next"
	// Exists takes no value and is true if the attribute is known. It is never
	// unknown.
	Exists Op = "exists"
	// HasValue takes no value and is true if the attribute is known and not ""
	// or an empty list. It is never unknown.
	HasValue Op = "has_value"
)

var allOps = []Op{
	Eq, Ne, Lt, Lte, Gt, Gte, Between, In, NotIn, Contains, StartsWith, EndsWith, Matches,
	HasAll, WithinLast, WithinNext, Exists, HasValue,
}

// NamedRule is a rule that others of its set may refer to.
type NamedRule struct {
	// Name is how they do: lower case, since it becomes a label.
	Name string `json:"name"`
	// Title is how a report calls it. Defaults to Name.
	Title string `json:"title,omitempty"`
	Rule  Rule   `json:"rule"`
}

// clone is a copy that shares nothing that can be changed.
func (r Rule) clone() Rule {
	r.All, r.Any = cloneRules(r.All), cloneRules(r.Any)
	if r.Not != nil {
		r.Not = new(r.Not.clone())
	}
	r.Where = maps.Clone(r.Where)
	for name, texts := range r.Where {
		r.Where[name] = slices.Clone(texts)
	}
	return r
}

func cloneRules(rules []Rule) []Rule {
	rules = slices.Clone(rules)
	for i := range rules {
		rules[i] = rules[i].clone()
	}
	return rules
}

// ParseRule reads a rule from JSON of at most a megabyte, strictly: no unknown or
// repeated key, and no trailing data. Whether it makes sense is for [Schema.Compile] to say. The
// error is [regulars.Faults].
func ParseRule(data []byte) (Rule, error) {
	var r Rule
	err := config.Decode(data, &r)
	return r, err
}

// ParseRules reads a JSON list of named rules, as [ParseRule] does.
func ParseRules(data []byte) ([]NamedRule, error) {
	var rules []NamedRule
	err := config.Decode(data, &rules)
	return rules, err
}
