package businesses

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/funnel"
	"github.com/regulars-go/regulars/funnel/journey"
	"github.com/regulars-go/regulars/lifecycle"
	"github.com/regulars-go/regulars/lifecycle/term"
	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/persona/tracking"
	"github.com/regulars-go/regulars/rfm"
	"github.com/regulars-go/regulars/strategy"
)

// Check returns what one document of the set says and no other knows of: an
// event that is not in the tracking plan, a property that an event lacks, a
// value that is not in its dictionary, a label or a number that is not in the
// vocabulary, and a label of a journey, funnel or tier that there is not.
func (s Set) Check() regulars.Faults {
	c := checker{set: s, events: map[string]tracking.PlannedEvent{}}
	var names []string
	for _, e := range s.Tracking.Events {
		c.events[e.Name] = e
		names = append(names, e.Name)
	}
	c.under("funnel", s.Funnel.ValidateEvents(names))
	c.under("journey", s.Journey.ValidateEvents(names))
	c.funnel()
	c.journey()
	c.program()
	c.playbook()
	c.vocabulary()
	return c.faults
}

type checker struct {
	set    Set
	events map[string]tracking.PlannedEvent
	faults regulars.Faults
}

// under adds the faults of a document.
func (c *checker) under(path string, err error) {
	if faults, ok := err.(regulars.Faults); ok { //nolint:errorlint // the packages say that this is its type
		c.faults.Under(path, faults)
	} else if err != nil {
		c.faults.Add(path, "%v", err)
	}
}

// funnel checks breakdowns, which are taken as of entry.
func (c *checker) funnel() {
	for i, b := range c.set.Funnel.Breakdowns {
		path := fmt.Sprintf("funnel.breakdowns[%d].name", i)
		if !slices.ContainsFunc(c.set.Funnel.Steps, func(s funnel.Step) bool { return c.carry(s.Events, b.Name) }) {
			c.faults.Add(path, "no step's events all have a property %q", b.Name)
		}
	}
	for i, name := range c.set.Funnel.Match.Hold {
		for _, s := range c.set.Funnel.Steps {
			if !c.carry(s.Events, name) {
				c.faults.Add(fmt.Sprintf("funnel.match.hold[%d]", i), "step %q has events without %q", s.Name, name)
			}
		}
	}
}

// carry reports whether all of some events have a property.
func (c *checker) carry(events []string, property string) bool {
	for _, name := range events {
		if _, ok := c.property(name, property); !ok {
			return false
		}
	}
	return len(events) > 0
}

func (c *checker) property(event, property string) (tracking.Property, bool) {
	for _, p := range c.events[event].Properties {
		if p.Name == property {
			return p, true
		}
	}
	return tracking.Property{}, false
}

// has adds a fault for each of some events that lacks a property.
func (c *checker) has(path string, events []string, property string) {
	for _, event := range events {
		if _, ok := c.property(event, property); !ok {
			c.faults.Add(path, "event %q has no property %q", event, property)
		}
	}
}

// value adds a fault unless all of some events have a property that may have a
// value.
func (c *checker) value(path string, events []string, property, value string) {
	for _, event := range events {
		p, ok := c.property(event, property)
		switch {
		case !ok:
			c.faults.Add(path, "event %q has no property %q", event, property)
		case p.Kind == tracking.KindEnum && !slices.Contains(p.Values, value):
			c.faults.Add(path, "property %q of event %q is never %q", property, event, value)
		}
	}
}

func (c *checker) journey() {
	condition := func(path string, on journey.Condition) {
		for i, label := range on.Labels {
			key, value, _ := strings.Cut(label, "=")
			c.value(fmt.Sprintf("%s.labels[%d]", path, i), on.Events, key, value)
		}
	}
	for i, stage := range c.set.Journey.Stages {
		condition(fmt.Sprintf("journey.stages[%d].enter", i), stage.Enter)
		condition(fmt.Sprintf("journey.stages[%d].exit", i), stage.Exit)
	}
	for i, b := range c.set.Journey.Breakdowns {
		if !slices.ContainsFunc(c.set.Journey.Stages, func(s journey.Stage) bool { return c.carry(s.Enter.Events, b.Name) }) {
			c.faults.Add(fmt.Sprintf("journey.breakdowns[%d].name", i), "no stage's events all have a property %q", b.Name)
		}
	}
}

func (c *checker) program() {
	p := c.set.Program
	kinds := map[uint32][]string{}
	var byAmount []uint32
	for i, r := range p.Rules {
		path := fmt.Sprintf("program.rules[%d]", i)
		kinds[r.ID] = r.On
		for _, kind := range r.On {
			c.event(path+".on", kind)
		}
		c.when(path+".when", r.On, r.When)
		for j, limit := range r.Caps {
			if limit.By != "" && limit.By != "program" {
				c.has(fmt.Sprintf("%s.caps[%d].by", path, j), r.On, limit.By)
			}
		}
		if r.Pending != nil && r.Pending.Until != "" {
			c.event(path+".pending.until", r.Pending.Until)
		}
		if r.PerAmount != nil {
			byAmount = append(byAmount, r.ID)
			c.has(path+".perAmount", r.On, "amount")
		}
	}
	for i, m := range p.Multipliers {
		path := fmt.Sprintf("program.multipliers[%d]", i)
		raised := m.Rules
		if len(raised) == 0 {
			raised = byAmount
		}
		for _, id := range raised {
			c.when(path+".when", kinds[id], m.When)
			for _, category := range m.Categories {
				c.value(path+".categories", kinds[id], "category", category)
			}
		}
	}
	for i, w := range p.Wallets {
		if w.Pending.Until != "" {
			c.event(fmt.Sprintf("program.wallets[%d].pending.until", i), w.Pending.Until)
		}
	}
}

func (c *checker) event(path, name string) {
	if _, ok := c.events[name]; !ok {
		c.faults.Add(path, "no such event: %q", name)
	}
}

// when checks what a program asks of events.
func (c *checker) when(path string, events []string, when loyalty.Condition) {
	for i, a := range when.Attributes {
		for _, value := range a.In {
			c.value(fmt.Sprintf("%s.attributes[%d]", path, i), events, a.Name, value)
		}
	}
	for _, list := range [][]string{when.AllOf, when.AnyOf, when.NoneOf} {
		for _, label := range list {
			c.label(path, label)
		}
	}
}

// label adds a fault unless the vocabulary has a label.
func (c *checker) label(path, label string) {
	if err := c.set.Vocabulary.Labels.Check(label); err != nil {
		c.faults.Add(path, "%v", err)
	}
}

// playbook checks what reading it by the vocabulary has left out: the steps of
// the journey that objectives stand for.
func (c *checker) playbook() {
	stages := c.stages()
	for i, o := range c.set.Playbook.Objectives {
		if o.Step != "" && !slices.Contains(stages, o.Step) {
			c.faults.Add(fmt.Sprintf("playbook.objectives[%d].step", i), "%q is no stage of the journey", o.Step)
		}
	}
	for _, label := range c.set.Playbook.Labels() {
		c.label("playbook", label)
	}
	for _, number := range c.set.Playbook.Numbers() {
		if !slices.Contains(c.set.Vocabulary.Numbers, number) {
			c.faults.Add("playbook", "no such number: %q", number)
		}
	}
}

func (c *checker) stages() (names []string) {
	for _, stage := range c.set.Journey.Stages {
		names = append(names, stage.Name)
	}
	return names
}

// vocabulary checks the labels that other documents, or the packages, give: a
// value that they never give stands for nobody.
func (c *checker) vocabulary() {
	given := c.given()
	for _, key := range slices.Sorted(maps.Keys(c.set.Vocabulary.Labels)) {
		values, ok := given[key]
		for _, value := range c.set.Vocabulary.Labels[key] {
			if ok && !slices.Contains(values, value) {
				c.faults.Add("vocabulary.labels."+key, "nobody is ever %s=%s", key, value)
			}
		}
	}
}

// given are the values of the keys that are not the business's own.
func (c *checker) given() strategy.Vocabulary {
	given := strategy.Vocabulary{
		"journey": c.stages(), "segment": rfm.Grid().Segments(), "lead": {"a", "b", "c", "d", "e"}, "referral": {"advocate", "inviter", "referred"},
	}
	add := func(label string) {
		key, value, _ := strings.Cut(label, "=")
		given[key] = append(given[key], value)
	}
	for _, l := range term.Labels() {
		add(l.Label())
	}
	for s := term.NotStarted; s <= term.Ended; s++ {
		add(s.Label())
	}
	for s := term.Upcoming; s <= term.NeverDue; s++ {
		for _, milestone := range []string{"installation", "upkeep", "filter", "trade-in"} {
			add(term.MilestoneAt{Name: milestone, Status: s}.Label())
		}
	}
	for _, s := range c.set.Funnel.Steps {
		given["stuck"] = append(given["stuck"], s.Name)
	}
	if c.set.Program.Tiers != nil {
		for _, level := range c.set.Program.Tiers.Levels {
			given["tier"] = append(given["tier"], level.Name)
		}
	}
	for _, stage := range lifecycle.Stages() {
		add(stage.Label())
	}
	for _, layer := range rfm.Layers() {
		add(layer.Label())
	}
	for _, quadrant := range rfm.Quadrants() {
		add(quadrant.Label())
	}
	for _, class := range rfm.PromotionClasses() {
		add(class.Label())
	}
	return given
}
