package main

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/regulars-go/regulars/persona"
	"github.com/regulars-go/regulars/strategy"
)

// usualGroup is portrayed unless another one is asked for: those who bring most
// of the revenue.
const usualGroup = "layer=core"

// group is whom the board portrays.
type group struct {
	name string
	// in says who is in it; nil if no group was asked for.
	in func(id string, p persona.Profile) bool
	// attributes are those that say so.
	attributes []string
}

// choose finds the group that was asked for: a rule, a label or an attribute.
func (p *portrayal) choose(a *analysis) (err error) {
	text := p.table.group
	switch {
	case text == "" && a.in.orders == nil:
		return nil
	case text == "":
		p.group = p.byLabel(a, usualGroup)
	case strings.HasPrefix(text, "{") || strings.HasSuffix(text, ".json"):
		p.group, err = p.byRule(a, text)
	default:
		p.group, err = p.byName(a, text)
	}
	if err != nil {
		return err
	}
	p.section.Group.Name = p.group.name
	n := int64(0)
	for id, profile := range p.census.All() {
		if p.group.in(id, profile) {
			n++
		}
	}
	if n == 0 || n >= fewest {
		p.section.Group.Customers = &n
	}
	return nil
}

// fewest is the least number of customers that is shown: a zero policy of
// package portrait has it.
const fewest = 5

// byRule is a group by a rule as JSON, or in a file of it.
func (p *portrayal) byRule(a *analysis, text string) (group, error) {
	source, data := "-group", []byte(text)
	if !strings.HasPrefix(text, "{") {
		file, err := os.ReadFile(text)
		if err != nil {
			return group{}, fmt.Errorf("-group: %w", err)
		}
		source, data = text, file
	}
	rule, err := persona.ParseRule(data)
	if err != nil {
		return group{}, fmt.Errorf("%s: %w", source, err)
	}
	segment, err := p.schema.Compile(rule)
	if err != nil {
		return group{}, fmt.Errorf("%s: %w; there are the attributes %s", source, err, enumerated(attributeNames(p.schema)))
	}
	return p.bySegment(a, string(segment.JSON()), segment), nil
}

func (p *portrayal) bySegment(a *analysis, name string, segment *persona.Segment) group {
	matcher := segment.At(a.in.asOf)
	return group{
		name:       name,
		in:         func(_ string, profile persona.Profile) bool { return matcher.Match(profile) == persona.True },
		attributes: attributesOf(segment.Rule()),
	}
}

// attributesOf lists the attributes that a rule asks for.
func attributesOf(r persona.Rule) (list []string) {
	if r.Attr != "" {
		list = append(list, r.Attr)
	}
	if r.Not != nil {
		list = append(list, attributesOf(*r.Not)...)
	}
	for _, part := range slices.Concat(r.All, r.Any) {
		list = append(list, attributesOf(part)...)
	}
	return list
}

// byName is a group by a label such as segment=champions, or by an attribute
// such as city=Wuhan.
func (p *portrayal) byName(a *analysis, text string) (group, error) {
	key, value, ok := strings.Cut(text, "=")
	if !ok || key == "" || value == "" {
		return group{}, fmt.Errorf("-group %q: want a label such as segment=champions, an attribute such as city=Wuhan, or a rule as JSON", text)
	}
	vocabulary := a.vocabulary()
	if _, known := vocabulary[key]; known {
		if err := vocabulary.Check(text); err != nil {
			return group{}, fmt.Errorf("-group: %w", err)
		}
		return p.byLabel(a, text), nil
	}
	if i, known := p.schema.Index(key); known {
		return p.byAttribute(a, i, value)
	}
	for _, t := range p.taggers {
		if t.Name() == key {
			return p.byLabel(a, text), nil
		}
	}
	names := slices.Sorted(maps.Keys(vocabulary))
	for _, t := range p.taggers {
		names = append(names, t.Name())
	}
	names = append(names, attributeNames(p.schema)...)
	slices.Sort(names)
	return group{}, fmt.Errorf("-group %q: there is no label or attribute %q: want one of %s", text, key, enumerated(slices.Compact(names)))
}

func (p *portrayal) byLabel(a *analysis, label string) group {
	in := map[string]bool{}
	for _, id := range p.everyone {
		has := slices.Contains(p.labels[id], label)
		if !has && a.in.orders != nil {
			has = slices.Contains(a.labels(id), label)
		}
		in[id] = has
	}
	g := group{name: label, in: func(id string, _ persona.Profile) bool { return in[id] }}
	if key, _, _ := strings.Cut(label, "="); p.ofAttribute[key] != "" {
		g.attributes = []string{p.ofAttribute[key]}
	}
	return g
}

// byAttribute is a group by the value of an attribute.
func (p *portrayal) byAttribute(a *analysis, i int, text string) (group, error) {
	attribute := p.schema.Attribute(i)
	name := attribute.Name + "=" + text
	v, want := cast(attribute, text, p.schema.Zone())
	if want != "" {
		return group{}, fmt.Errorf("-group %q: want %s", name, want)
	}
	rule := persona.Rule{Attr: attribute.Name, Op: persona.Eq, Value: v}
	if attribute.Kind == persona.KindList {
		rule.Op = persona.In
	}
	if len(attribute.Values) > 0 && !slices.Contains(attribute.Values, text) {
		return group{}, fmt.Errorf("-group %q: want one of %s", name, enumerated(attribute.Values))
	}
	segment, err := p.schema.Compile(rule)
	if err != nil {
		return group{}, fmt.Errorf("-group %q: %w", name, err)
	}
	return p.bySegment(a, name, segment), nil
}

// vocabulary are the labels that the analysis gives.
func (a *analysis) vocabulary() strategy.Vocabulary {
	v := strategy.Vocabulary{}
	if a.in.orders == nil {
		return v
	}
	v = strategy.StarterLabels()
	if a.conversion != nil {
		v["stuck"] = a.conversion.stuckSteps()
	}
	a.ledger.know(v)
	return v
}

// example is a group that could be asked for.
func (p *portrayal) example() string {
	for i := range p.schema.Len() {
		if a := p.schema.Attribute(i); len(a.Values) > 0 {
			return fmt.Sprintf("%q", a.Name+"="+a.Values[0])
		}
	}
	return `'{"attr": …}'`
}

// enumerated lists names, and not too many of them.
func enumerated(names []string) string {
	set := map[string]bool{}
	for _, name := range names {
		set[name] = true
	}
	return someOf(set)
}
