package persona

import (
	"fmt"
	"slices"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/config"
)

// Tag says what to call people, as data. It has one of four forms:
//
//   - Choices: rules, of which the first that is true gives the value.
//   - Metric, Bounds and Values: buckets of a number, each from its bound up to
//     and without the next.
//   - Metric, Shares and Values: by share of a population, to be made buckets
//     by [Schema.FitTag].
//   - Pick: the first, the last or the most frequent text of some events.
//
// Each value of somebody becomes a label, name=value, such as "age band=young".
type Tag struct {
	// Name is the key of the label: a letter from a to z, and then letters,
	// digits, ".", "_" or "-".
	Name string `json:"name"`
	// Title is how a report calls it, such as 年龄段. Defaults to Name.
	Title string `json:"title,omitempty"`

	// Choices are tried in turn. One that is unknown of somebody is passed over.
	Choices []Choice `json:"choices,omitempty"`

	// Metric is the number that is cut.
	Metric *Metric `json:"metric,omitempty"`
	// Bounds are in ascending order: a number at a bound belongs to the bucket
	// above it.
	Bounds []Value `json:"bounds,omitempty"`
	// Values name the buckets from the lowest up, one more than there are
	// bounds; with Shares, the shares from the top down.
	Values []string `json:"values,omitempty"`
	// Shares are parts of the population from the top, above 0 and below 1, in
	// ascending order: 0.1 is the ten percent with the largest numbers.
	Shares []Value `json:"shares,omitempty"`

	// Pick takes texts of events.
	Pick *Pick `json:"pick,omitempty"`

	// Otherwise is the value of those of whom every choice is false, who are in
	// no share, or who have nothing to pick. Who is unknown has none. Defaults to
	// no value. Buckets leave nobody over and don't have it.
	Otherwise string `json:"otherwise,omitempty"`
}

// Choice is a value for those of whom a rule is true.
type Choice struct {
	Value string `json:"value"`
	Rule  Rule   `json:"rule"`
}

// Metric is a number of a person: what a leaf of a [Rule] with the same fields
// compares.
type Metric struct {
	Attr      string              `json:"attr,omitempty"`
	As        As                  `json:"as,omitempty"`
	Event     string              `json:"event,omitempty"`
	Where     map[string][]string `json:"where,omitempty"`
	Measure   Measure             `json:"measure,omitempty"`
	Within    regulars.Span       `json:"within,omitzero"`
	WholeDays bool                `json:"wholeDays,omitempty"`
}

// leaf is a rule that compares the metric.
func (m Metric) leaf(op Op, v Value) Rule {
	return Rule{
		Attr: m.Attr, As: m.As, Event: m.Event, Where: m.Where, Measure: m.Measure,
		Within: m.Within, WholeDays: m.WholeDays, Op: op, Value: v,
	}
}

// Pick takes texts of a person's events up to asOf.
type Pick struct {
	// Event is the kind of events, and Field which of their texts; every event
	// has [FieldHour] and [FieldWeekday] too, which gives the hours at which
	// somebody is active.
	Event string `json:"event"`
	Field string `json:"field"`
	// Where, Within and WholeDays leave some events, as in a [Rule].
	Where     map[string][]string `json:"where,omitempty"`
	Within    regulars.Span       `json:"within,omitzero"`
	WholeDays bool                `json:"wholeDays,omitempty"`
	// Take says which text: of the first or the last event that has one, or those
	// of most events. Of events at the same instant, the text that comes first by
	// its bytes counts as the first, and also as the last.
	Take Take `json:"take"`
	// By is what the most is measured by: [Count] or [Sum]. Defaults to Count.
	// Ties go to the text of the later event, and then to that which comes first
	// by its bytes.
	By Measure `json:"by,omitempty"`
	// Top is how many texts the most are, from 1 to [MaxTop]. Zero means 1.
	Top int `json:"top,omitempty"`
	// AtLeast is how many events a text must have to be one of the most. Zero
	// means 1.
	AtLeast int `json:"atLeast,omitempty"`
}

// Take says which texts of events are taken.
type Take string

// What is taken of a person's events.
const (
	First Take = "first"
	Last  Take = "last"
	Most  Take = "most"
)

var allTakes = []Take{First, Last, Most}

// Limits of a tag.
const (
	// MaxChoices is the most choices, or buckets, of a tag. A tag with more is an
	// attribute.
	MaxChoices = 100
	// MaxTop is the most texts of one pick.
	MaxTop = 20
	// MaxTags is the most tags that are compiled together.
	MaxTags = 1000
)

// ParseTags reads a JSON list of tags, strictly, as [ParseRule] does.
func ParseTags(data []byte) ([]Tag, error) {
	var tags []Tag
	err := config.Decode(data, &tags)
	return tags, err
}

// CompileTags makes taggers of tags, in their order. Their rules may refer to
// the segments by name. The error is [regulars.Faults].
func (s *Schema) CompileTags(tags []Tag, segments ...*Segment) ([]*Tagger, error) {
	var faults regulars.Faults
	if len(tags) > MaxTags {
		faults.Add("", "%d tags: want at most %d", len(tags), MaxTags)
		return nil, faults
	}
	byName := make(map[string]*Segment, len(segments))
	for _, segment := range segments {
		byName[segment.name] = segment
	}
	taggers := make([]*Tagger, len(tags))
	for i, tag := range tags {
		c := tagCompiler{schema: s, segments: byName, tag: tag}
		taggers[i] = c.compile()
		if slices.ContainsFunc(tags[:i], func(t Tag) bool { return t.Name == tag.Name }) {
			c.faults.Add("name", "%q is there before", tag.Name)
		}
		faults.Under(fmt.Sprintf("[%d]", i), c.faults)
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return taggers, nil
}

// tagCompiler compiles one tag.
type tagCompiler struct {
	schema   *Schema
	segments map[string]*Segment
	tag      Tag
	faults   regulars.Faults
}

func (c *tagCompiler) compile() *Tagger {
	t := &Tagger{schema: c.schema, tag: c.tag}
	if problem := badLabelKey(c.tag.Name); problem != "" {
		c.faults.Add("name", "%s", problem)
	}
	if c.tag.Otherwise != "" {
		c.value("otherwise", c.tag.Otherwise)
	}
	forms := 0
	for _, is := range []bool{len(c.tag.Choices) > 0, c.tag.Metric != nil, c.tag.Pick != nil} {
		if is {
			forms++
		}
	}
	switch {
	case forms != 1:
		c.faults.Add("", "want one of choices, metric and pick, not %d of them", forms)
	case c.tag.Metric != nil:
		c.buckets(t)
	case c.tag.Pick != nil:
		c.noBuckets()
		c.pick(t)
	default:
		c.noBuckets()
		c.choices(t, c.tag.Choices)
	}
	if len(c.faults) > 0 {
		return nil
	}
	t.sign()
	return t
}

func (c *tagCompiler) value(path, value string) {
	if problem := badLabelValue(value); problem != "" {
		c.faults.Add(path, "%s", problem)
	}
}

func (c *tagCompiler) noBuckets() {
	if len(c.tag.Bounds)+len(c.tag.Values)+len(c.tag.Shares) > 0 {
		c.faults.Add("", "bounds, values and shares belong to metric")
	}
}

func (c *tagCompiler) choices(t *Tagger, choices []Choice) {
	if len(choices) > MaxChoices {
		c.faults.Add("choices", "has %d: want at most %d", len(choices), MaxChoices)
		return
	}
	for i, choice := range choices {
		path := fmt.Sprintf("choices[%d]", i)
		c.value(path+".value", choice.Value)
		rule := compiler{schema: c.schema, segments: c.references(choice.Rule, path)}
		segment, err := rule.segment(NamedRule{Rule: choice.Rule})
		if err != nil {
			c.faults.Under(path+".rule", rule.faults)
			continue
		}
		t.choices = append(t.choices, compiledChoice{choice.Value, t.tag.Name + "=" + choice.Value, segment})
	}
	if c.tag.Otherwise != "" {
		t.otherwise = t.tag.Name + "=" + c.tag.Otherwise
	}
}

// references are the segments that a rule refers to.
func (c *tagCompiler) references(r Rule, path string) map[string]*Segment {
	used := make(map[string]*Segment)
	eachReference(r, path+".rule", 1, func(_, name string) {
		if segment, ok := c.segments[name]; ok && segment.schema.same(c.schema) {
			used[name] = segment
		}
	})
	return used
}

// buckets makes choices of bounds.
func (c *tagCompiler) buckets(t *Tagger) {
	tag := &c.tag
	switch {
	case len(tag.Shares) > 0:
		c.faults.Add("shares", "want bounds: FitTag makes them of a population")
		return
	case tag.Otherwise != "":
		c.faults.Add("otherwise", "buckets leave nobody over")
	case len(tag.Bounds) == 0 || len(tag.Bounds) >= MaxChoices:
		c.faults.Add("bounds", "has %d: want 1 to %d", len(tag.Bounds), MaxChoices-1)
		return
	case len(tag.Values) != len(tag.Bounds)+1:
		c.faults.Add("values", "has %d: want one more than bounds, %d", len(tag.Values), len(tag.Bounds)+1)
		return
	}
	choices := make([]Choice, len(tag.Values))
	for i, value := range tag.Values {
		c.value(fmt.Sprintf("values[%d]", i), value)
		switch {
		case i == 0:
			choices[i] = Choice{value, tag.Metric.leaf(Lt, tag.Bounds[0])}
		case i == len(tag.Bounds):
			choices[i] = Choice{value, tag.Metric.leaf(Gte, tag.Bounds[i-1])}
		default:
			choices[i] = Choice{value, tag.Metric.leaf(Between, List(tag.Bounds[i-1], tag.Bounds[i]))}
			choices[i].Rule.Bounds = "[)"
		}
	}
	c.metric()
	if len(c.faults) == 0 {
		c.choices(t, choices)
	}
}

// metric checks the metric and returns it compiled.
func (c *tagCompiler) metric() *Segment {
	metric := compiler{schema: c.schema}
	segment, err := metric.segment(NamedRule{Rule: c.tag.Metric.leaf(Gte, Int(0))})
	if err != nil {
		c.faults.Under("metric", metric.faults)
		return nil
	}
	switch segment.nodes[0].leaf.source {
	case slotSource, ageSource, daysSource, anniversarySource, sizeSource, eventSource:
	default:
		c.faults.Add("metric.as", "%s makes no single number", c.tag.Metric.As)
	}
	return segment
}
