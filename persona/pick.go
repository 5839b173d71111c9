package persona

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/exact"
)

// compiledPick is a pick of a tag.
type compiledPick struct {
	events *Segment // a leaf that leaves the events meant
	field  int
	take   Take
	by     Measure
	top    int
	least  int
}

func (c *tagCompiler) pick(t *Tagger) {
	p := *c.tag.Pick
	metric := Metric{Event: p.Event, Where: p.Where, Within: p.Within, WholeDays: p.WholeDays, Measure: p.By}
	leaf := compiler{schema: c.schema}
	segment, err := leaf.segment(NamedRule{Rule: metric.leaf(Gte, Int(0))})
	if err != nil {
		for _, fault := range leaf.faults {
			if fault.Path == "measure" {
				fault.Path = "by"
			}
			c.faults.Under("pick", regulars.Faults{fault})
		}
		return
	}
	picked := &compiledPick{events: segment, take: p.Take, by: cmp.Or(p.By, Count), top: cmp.Or(p.Top, 1), least: cmp.Or(p.AtLeast, 1)}
	kind := c.schema.events[c.schema.byEvent[p.Event]]
	switch picked.field = slices.Index(kind.Fields, p.Field); {
	case p.Field == FieldHour:
		picked.field = hourField
	case p.Field == FieldWeekday:
		picked.field = weekdayField
	case picked.field < 0:
		c.faults.Add("pick.field", "%q has no field %q: want %s", kind.Name, shorten(p.Field), oneOf(append(slices.Clone(kind.Fields), calendarFields...)))
	}
	switch {
	case !known(allTakes, p.Take):
		c.faults.Add("pick.take", "%q: want %s", p.Take, oneOf(allTakes))
	case p.Take != Most && (p.By != "" || p.Top != 0 || p.AtLeast != 0):
		c.faults.Add("pick", "by, top and atLeast belong to %s", Most)
	case p.By != "" && p.By != Count && p.By != Sum:
		c.faults.Add("pick.by", "%q: want %s or %s", p.By, Count, Sum)
	case p.Top < 0 || p.Top > MaxTop:
		c.faults.Add("pick.top", "%d: want 1 to %d", p.Top, MaxTop)
	case p.AtLeast < 0:
		c.faults.Add("pick.atLeast", "%d: want 1 or more", p.AtLeast)
	}
	if c.tag.Otherwise != "" {
		t.otherwise = c.tag.Name + "=" + c.tag.Otherwise
	}
	t.pick = picked
}

// Preference is a text of events, and what speaks for it.
type Preference struct {
	// Text is as the events have it.
	Text string `json:"text"`
	// Events is how many have it.
	Events int `json:"events"`
	// Amount is what those with it come to, if they have amounts.
	Amount Value `json:"amount,omitzero"`

	sum  exact.Sum
	last int64
}

// of returns the texts that are picked of a profile, the most preferred first.
func (p *compiledPick) of(r *run) []Preference {
	l := r.nodes[0].leaf
	from := int64(math.MinInt64)
	if l.window >= 0 {
		from = r.now.limit(l.window)
	}
	var all []Preference
	at := make(map[string]int)
	for _, e := range between(r.p.events, l.event.kind, from, r.now.micros) {
		text, ok := r.p.fieldText(e, p.field)
		if !ok || !r.isMeant(l, e) {
			continue
		}
		i, ok := at[text]
		if !ok {
			i = len(all)
			at[text] = i
			all = append(all, Preference{Text: text, last: math.MinInt64})
		}
		if !ok && p.take == First {
			all[i].last = e.at // the first event of the text
		} else if p.take != First {
			all[i].last = max(all[i].last, e.at)
		}
		all[i].Events++
		all[i].sum.AddUnits(e.amount, l.event.places)
	}
	return p.best(all, r.p.schema.events[l.event.kind].Amount)
}

func (p *compiledPick) best(all []Preference, hasAmount bool) []Preference {
	all = slices.DeleteFunc(all, func(t Preference) bool { return t.Events < p.least })
	slices.SortFunc(all, p.compare)
	if p.take != Most {
		all = all[:min(len(all), 1)]
	}
	all = all[:min(len(all), p.top)]
	for i := range all {
		if hasAmount {
			all[i].Amount = Decimal(exact.Shortest(all[i].sum.Decimal()))
		}
	}
	return all
}

// compare orders preferences, the one to take first.
func (p *compiledPick) compare(x, y Preference) int {
	switch p.take {
	case First:
		return cmp.Or(cmp.Compare(x.last, y.last), strings.Compare(x.Text, y.Text))
	case Last:
		return cmp.Or(cmp.Compare(y.last, x.last), strings.Compare(x.Text, y.Text))
	}
	most := cmp.Compare(y.Events, x.Events)
	if p.by == Sum {
		most = compareDecimals(y.sum.Decimal(), x.sum.Decimal())
	}
	return cmp.Or(most, cmp.Compare(y.last, x.last), strings.Compare(x.Text, y.Text))
}
