package main

import (
	"fmt"
	"maps"
	"slices"
)

// identityView is what report/identity.html.tmpl shows.
type identityView struct {
	Applied  bool
	Facts    []fact
	Refused  *grid // nil if no link was refused
	Shared   *grid // nil if no name is everybody's
	SetAside *grid // nil if nothing was
}

// identityReport says which names are one person's. It tells no name: the page
// may go to others.
func (a *analysis) identityReport() (section, error) {
	doc := a.identitySection()
	if doc == nil {
		return section{}, nil
	}
	data := identityView{Applied: doc.Applied}
	var findings []string
	if c, o := doc.Customers, doc.OneTimers; c != nil {
		data.Facts = []fact{
			{Name: "Names with orders", Value: count(c.Before), Note: "as the orders have them"},
			{Name: "People", Value: count(c.After), Note: "who they turn out to be"},
			{Name: "Names with one order", Value: count(o.Before), Note: count(doc.Vanished) + " of them are of people with more"},
		}
		findings = []string{fmt.Sprintf("%s of %s names with a single order are of people who ordered under another name too.", count(doc.Vanished), count(o.Before))}
		if !doc.Applied {
			findings[0] = fmt.Sprintf("By accounts alone %s customers ordered once; %s of these are people who ordered under another name too.", count(o.Before), count(doc.Vanished))
		}
	}
	data.Facts = append(data.Facts, fact{Name: "Sightings", Value: count(doc.Sightings), Note: fmt.Sprintf("with %s different names", count(doc.Identifiers))})
	if len(doc.Refused) > 0 {
		data.Refused = &grid{Caption: fmt.Sprintf("Links refused, of %s", count(doc.Links)), Head: []string{"Rule", "Links", "What it means"}, Prose: true}
		for _, r := range doc.Refused {
			rule, meaning := ruleInWords(r)
			data.Refused.Rows = append(data.Refused.Rows, []string{rule, count(r.Links), meaning})
		}
	}
	if len(doc.Shared) > 0 {
		data.Shared = &grid{Caption: "Names that many share", Head: []string{"Kind", "Names"}}
		for _, s := range doc.Shared {
			data.Shared.Rows = append(data.Shared.Rows, []string{s.Namespace, count(s.Count)})
		}
	}
	data.SetAside = countsTable("Set aside", "Reason", doc.SetAside)
	return section{ID: "identity", Title: "Who is who", Findings: findings, Data: data}, nil
}

func ruleInWords(r refusedSection) (rule, meaning string) {
	switch r.Constraint {
	case "limit":
		return fmt.Sprintf("at most %d %s a person", r.Max, r.Namespace), "the link would have made one person of two"
	case "size":
		return fmt.Sprintf("at most %s names a person", count(r.Max)), "so many names are hardly one person’s"
	}
	return r.Constraint, "somebody has decided that they are two"
}

// countsTable lists counts by name; nil if there are none.
func countsTable(caption, what string, counts map[string]int) *grid {
	if len(counts) == 0 {
		return nil
	}
	t := &grid{Caption: caption, Head: []string{what, "Times"}}
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		t.Rows = append(t.Rows, []string{name, count(counts[name])})
	}
	return t
}
