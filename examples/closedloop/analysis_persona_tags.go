package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/regulars-go/regulars/persona"
	"github.com/regulars-go/regulars/strategy"
)

// mostTagValues is the most values of an attribute that becomes a tag.
const mostTagValues = 20

// likes is the tag of the category that somebody buys most, from the second
// order on.
const likes = "likes"

// tag gives everybody the labels of the tags that were given, or of those that
// the schema suggests.
func (p *portrayal) tag(a *analysis) (err error) {
	tags := p.table.tags
	if tags == nil {
		tags = p.suggest(a)
	}
	if p.taggers, err = p.schema.CompileTags(tags); err != nil {
		return fmt.Errorf("-tags: %w", err)
	}
	vocabulary := a.vocabulary()
	for _, t := range p.taggers {
		if _, taken := vocabulary[t.Name()]; taken {
			return fmt.Errorf("-tags: there is a label %q already, which is not made of profiles: want another name", t.Name())
		}
		p.section.Tags = append(p.section.Tags, tagSection{Name: t.Name(), Labels: map[string]int{}})
	}
	for id, profile := range p.census.All() {
		for i, t := range p.taggers {
			labels := t.Labels(profile, a.in.asOf)
			if len(labels) > 0 {
				p.section.Tags[i].Tagged++
				p.labels[id] = append(p.labels[id], labels...)
			}
			for _, label := range labels {
				p.section.Tags[i].Labels[label]++
			}
		}
	}
	return nil
}

// suggest makes a tag of each attribute with few values that can be labels, and
// of the category that somebody likes.
func (p *portrayal) suggest(a *analysis) (tags []persona.Tag) {
	p.ofAttribute = map[string]string{}
	vocabulary := a.vocabulary()
	for _, name := range p.table.columns {
		i, _ := p.schema.Index(name)
		attribute := p.schema.Attribute(i)
		tag, ok := tagOf(attribute)
		if _, taken := vocabulary[tag.Name]; !ok || taken || tag.Name == likes || p.ofAttribute[tag.Name] != "" {
			continue
		}
		p.ofAttribute[tag.Name] = name
		tags = append(tags, tag)
	}
	for _, o := range a.in.orders {
		if o.Category != "" {
			return append(tags, persona.Tag{Name: likes, Pick: &persona.Pick{Event: orderEvent, Field: "category", Take: persona.Most, AtLeast: 2}})
		}
	}
	return tags
}

// tagOf makes a tag of an attribute; ok is false if its values can't be labels,
// or there are too many. What is personal becomes none.
func tagOf(a persona.Attribute) (tag persona.Tag, ok bool) {
	values := a.Values
	if a.Kind == persona.KindBool {
		values = []string{"true", "false"}
	}
	if len(values) == 0 || len(values) > mostTagValues || a.PII || a.Kind != persona.KindBool && a.Kind != persona.KindEnum {
		return tag, false
	}
	tag = persona.Tag{Name: strings.ReplaceAll(strings.ToLower(a.Name), " ", "_")}
	var names []string
	for _, value := range values {
		name := strings.ToLower(value)
		if strategy.Vocabulary(nil).Check(tag.Name+"="+name) != nil || slices.Contains(names, name) {
			return tag, false
		}
		names = append(names, name)
		v := persona.Text(value)
		if a.Kind == persona.KindBool {
			v = persona.Bool(value == "true")
		}
		tag.Choices = append(tag.Choices, persona.Choice{Value: name, Rule: persona.Rule{Attr: a.Name, Op: persona.Eq, Value: v}})
	}
	return tag, true
}

// summarisePersona prints what there is to say with profiles alone.
func (a *analysis) summarisePersona(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, as of %s\n", a.in.source, a.in.asOf.Format("2006-01-02"))
	fmt.Fprintf(&b, "%s of %s\n", counted(a.persona.section.Rows, "row"), counted(a.persona.section.Customers, "customer"))
	b.WriteString("No orders: value, segments, stages and what to do next are left out; give them with -orders FILE.\n\n")
	a.persona.summarise(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

// summariseWho prints who is who, and who they are.
func (a *analysis) summariseWho(w io.Writer) error {
	var b strings.Builder
	if a.who != nil {
		a.who.summarise(&b)
	}
	if a.persona != nil {
		a.persona.summarise(&b)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// explainWithoutOrders prints what events and profiles tell of one customer.
func (a *analysis) explainWithoutOrders(w io.Writer, id string) error {
	known := false
	if a.persona != nil {
		_, known = a.persona.census.Profile(id)
	}
	if a.acted(id) || !known {
		if err := a.explainEvents(w, id); err != nil {
			return err
		}
	}
	var b strings.Builder
	if !a.acted(id) {
		fmt.Fprintf(&b, "customer %s\n", id)
	}
	a.explainNames(&b, id)
	if known {
		a.persona.explain(&b, id)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// mostTraits is how many traits the summary names.
const mostTraits = 3

// summarise says what sets the group apart.
func (p *portrayal) summarise(b *strings.Builder) {
	s := p.section
	if s.Board == nil {
		fmt.Fprintf(b, "Portrait%s: none, since %s.\n", ofGroup(s.Group.Name), s.Reason)
		return
	}
	if len(s.Traits) == 0 {
		fmt.Fprintf(b, "Portrait%s, %s: like everyone, as far as can be told.\n", ofGroup(s.Group.Name), counted(int(s.Board.Target), "customer"))
		return
	}
	fmt.Fprintf(b, "Portrait%s, %s (TGI, 100 is as everyone):", ofGroup(s.Group.Name), counted(int(s.Board.Target), "customer"))
	for i, t := range s.Traits[:min(mostTraits, len(s.Traits))] {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(b, " %s %s %.0f", t.Attribute, t.Value, t.Cell.TGI.Value)
	}
	b.WriteString(".\n")
}

func ofGroup(name string) string {
	if name == "" {
		return ""
	}
	return " of " + name
}

// explain says what is known of one customer, and what they are called for it.
func (p *portrayal) explain(b *strings.Builder, id string) {
	profile, ok := p.census.Profile(id)
	if !ok {
		return
	}
	var known []string
	for i := range p.schema.Len() {
		if a := p.schema.Attribute(i); profile.Has(i) && slices.Contains(p.table.columns, a.Name) {
			known = append(known, a.Name+" "+profile.Value(i).String())
		}
	}
	if len(known) > 0 {
		fmt.Fprintf(b, "profile: %s\n", strings.Join(known, ", "))
	}
	if labels := p.labels[id]; len(labels) > 0 {
		fmt.Fprintf(b, "tags: %s\n", strings.Join(labels, ", "))
	}
}
