package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/regulars-go/regulars/examples/internal/table"
	"github.com/regulars-go/regulars/funnel"
)

// conversion is how customers get through the funnel.
type conversion struct {
	funnel funnel.Funnel
	// attempts is the same funnel, counted by what one customer can do again and
	// again: where that is asked for already, both are the same.
	attempts  funnel.Funnel
	source    funnel.Source[table.Event, string]
	zone      *time.Location
	rows      []table.Event // up to the day that is looked back from
	customers []string
	splits    []split
	// leftOut are labels that it is not broken down by: they have too many
	// values, or there are too many of them.
	leftOut []string
	report  *funnel.Report
	// since is when the part begins that is compared with the time before; zero
	// if there is too little time.
	since   time.Time
	hunt    hunt
	stuck   stuck
	ways    ways
	section *funnelSection
}

// shopFunnel is the funnel that is counted unless another one is asked for:
// each attempt to buy, which is what a fault shows in.
func shopFunnel() funnel.Funnel {
	return funnel.Funnel{
		Name: "order",
		Steps: []funnel.Step{
			{Name: "banner or search", Events: []string{"banner_click", "search"}},
			{Name: "view product", Events: []string{"view_product"}},
			{Name: "submit order", Events: []string{"submit_order"}},
			{Name: "pay order", Events: []string{"pay_order"}},
		},
		Match: funnel.Match{Window: funnel.Within(24 * time.Hour)},
		By:    funnel.ByTotal,
	}
}

// convert counts the funnel, if there are events.
func (a *analysis) convert() error {
	if a.in.events == nil {
		return nil
	}
	c := &conversion{zone: a.in.zone}
	if err := c.read(a.in); err != nil {
		return err
	}
	if err := c.split(a); err != nil {
		return err
	}
	c.since = a.in.since
	if c.since.IsZero() {
		c.since = lastTwelfth(c.first(), a.in.asOf, a.in.zone)
	} else {
		c.since = c.since.Add(time.Microsecond) // -since is the end of a day
	}
	c.source = funnel.Source[table.Event, string]{
		User:    func(e table.Event) string { return e.Customer },
		At:      func(e table.Event) time.Time { return e.At },
		Name:    func(e table.Event) string { return e.Name },
		Session: c.session(),
		Label:   c.label,
		AsOf:    a.in.asOf,
	}
	c.attempts = byAttempt(c.funnel)
	for _, step := range []func() error{c.count, c.search, c.find, c.walk, c.write} {
		if err := step(); err != nil {
			return fmt.Errorf("%s: %w", a.in.events.source, err)
		}
	}
	a.conversion = c
	return nil
}

// knowEvents makes a follower of whoever did something, where visits don't.
func (a *analysis) knowEvents() error {
	if a.in.events == nil || a.in.visits != nil {
		return nil
	}
	for _, e := range a.in.events.rows {
		if e.At.After(a.in.asOf) {
			continue
		}
		if err := a.life.log.Know(e.Customer, e.At); err != nil {
			return err
		}
	}
	return nil
}

// eventsInput says which events came in; nil if none did.
func (a *analysis) eventsInput() *eventsInput {
	c := a.conversion
	if c == nil {
		return nil
	}
	log := a.in.events
	s := &eventsInput{
		Source: log.source, Rows: len(log.rows) + int(log.malformed.Rows), Events: len(c.rows), Customers: len(c.customers),
		Labels: append([]string{}, log.labels...), SetAside: map[string]int{},
	}
	if after := len(log.rows) - len(c.rows); after > 0 {
		s.SetAside[afterAsOf] = after
	}
	for _, m := range log.malformed.Reasons {
		s.SetAside[string(m.Reason)] = int(m.Rows)
	}
	return s
}

// read takes the events up to the as-of day, and the funnel that is to be
// counted.
func (c *conversion) read(in *input) error {
	c.funnel = shopFunnel()
	if in.funnel != nil {
		c.funnel = *in.funnel
	}
	names, users := map[string]bool{}, map[string]bool{}
	for _, e := range in.events.rows {
		if !e.At.After(in.asOf) {
			c.rows = append(c.rows, e)
			names[e.Name], users[e.Customer] = true, true
		}
	}
	c.customers = slices.Sorted(maps.Keys(users))
	if len(c.rows) == 0 {
		return fmt.Errorf("%s: no events by %s", in.events.source, in.asOf.Format(time.DateOnly))
	}
	for _, step := range c.funnel.Steps {
		events := eventsOf(step)
		if in.funnel == nil && !slices.ContainsFunc(events, func(name string) bool { return names[name] }) {
			return fmt.Errorf("%s: no event is called %s; say with -funnel FILE which events are the steps; there are %s",
				in.events.source, strings.Join(events, " or "), someOf(names))
		}
	}
	return nil
}

// eventsOf returns the names of the events that make a step.
func eventsOf(s funnel.Step) []string {
	if len(s.Events) == 0 && s.Where == "" {
		return []string{s.Name}
	}
	return s.Events
}

// someOf lists names, and not too many of them.
func someOf(names map[string]bool) string {
	const most = 20
	list := slices.Sorted(maps.Keys(names))
	if len(list) > most {
		return strings.Join(list[:most], ", ") + fmt.Sprintf(" and %d more", len(list)-most)
	}
	return strings.Join(list, ", ")
}

// first returns when the first event happened.
func (c *conversion) first() time.Time {
	return slices.MinFunc(c.rows, func(x, y table.Event) int { return x.At.Compare(y.At) }).At
}

// last returns when the last event happened.
func (c *conversion) last() time.Time {
	return slices.MaxFunc(c.rows, func(x, y table.Event) int { return x.At.Compare(y.At) }).At
}

// session returns how to find an event's session; nil if the events have none.
func (c *conversion) session() func(table.Event) string {
	if !slices.ContainsFunc(c.rows, func(e table.Event) bool { return e.Session != "" }) {
		return nil
	}
	return func(e table.Event) string { return e.Session }
}

// byAttempt returns a funnel of attempts, or of sessions where there can't be
// attempts: who has more time has more of these, and not a better one.
func byAttempt(f funnel.Funnel) funnel.Funnel {
	if f.By != funnel.ByUser {
		return f
	}
	for _, by := range []funnel.By{funnel.ByTotal, funnel.BySession} {
		if f.By = by; f.Validate() == nil {
			break
		}
	}
	return f
}

// count counts the funnel that was asked for, broken down by all splits.
func (c *conversion) count() (err error) {
	c.report, err = funnel.Count(c.brokenDown(c.funnel), c.source, c.rows)
	return err
}

// brokenDown returns f with the splits as its breakdowns.
func (c *conversion) brokenDown(f funnel.Funnel) funnel.Funnel {
	f.Breakdowns = nil
	for _, s := range c.splits {
		f.Breakdowns = append(f.Breakdowns, s.breakdown)
	}
	return f
}

// units is what is counted, in words.
func units(by funnel.By) string {
	switch by {
	case funnel.BySession:
		return "sessions"
	case funnel.ByTotal:
		return "attempts"
	}
	return "customers"
}

// funnelSection says how many get how far, and where they are lost.
type funnelSection struct {
	Name string `json:"name,omitzero"`
	// Counted is what was counted: customers, sessions or attempts. Window is how
	// long they may take; empty without a limit.
	Counted string        `json:"counted"`
	Window  string        `json:"window"`
	Steps   []stepSection `json:"steps"`
	// Open are those whose window was still open.
	Open          int64              `json:"open"`
	TimeToConvert timesSection       `json:"timeToConvert"`
	Leaks         leaksSection       `json:"leaks"`
	Breakdowns    []breakdownSection `json:"breakdowns"`
	// LeftOut are labels that it is not broken down by: they have too many values,
	// or there are too many of them.
	LeftOut []string     `json:"leftOut"`
	Stuck   stuckSection `json:"stuck"`
	Paths   pathsSection `json:"paths"`
}

// stepSection is how many made a step. Rate is their share of those who made
// the step before, and Low and High bound it; they are null for the first step,
// and where nobody made the one before. Overall is their share of those who
// made the first.
type stepSection struct {
	Name    string   `json:"name"`
	Reached int64    `json:"reached"`
	Rate    *float64 `json:"rate"`
	Low     *float64 `json:"low"`
	High    *float64 `json:"high"`
	Overall *float64 `json:"overall"`
}

// timesSection says how long it took, in seconds. Of those who got to the last
// step half took up to Median, and nine of ten up to P90; both are null if nobody
// did. MedianOfAll is the time within which half of all who entered got there;
// null if fewer ever do.
type timesSection struct {
	Converted   int64    `json:"converted"`
	Waiting     int64    `json:"waiting"`
	Median      *float64 `json:"median"`
	P90         *float64 `json:"p90"`
	MedianOfAll *float64 `json:"medianOfAll"`
}

func newTimes(t funnel.Times) timesSection {
	seconds := func(d time.Duration, ok bool) *float64 {
		if !ok {
			return nil
		}
		return new(d.Seconds())
	}
	return timesSection{
		Converted: t.Converted, Waiting: t.Waiting,
		Median: seconds(t.OfConverted(0.5)), P90: seconds(t.OfConverted(0.9)), MedianOfAll: seconds(t.OfAll(0.5)),
	}
}

// breakdownSection tells them apart by what was known when they began.
type breakdownSection struct {
	Name  string        `json:"name"`
	Kind  string        `json:"kind"`
	Parts []partSection `json:"parts"`
}

// partSection are those with one value; null if it is unknown.
type partSection struct {
	Value *string       `json:"value"`
	Steps []stepSection `json:"steps"`
}

// funnelSection returns what was found; nil without events.
func (a *analysis) funnelSection() *funnelSection {
	if a.conversion == nil {
		return nil
	}
	return a.conversion.section
}

// write puts down what was found.
func (c *conversion) write() (err error) {
	s := &funnelSection{
		Name: c.funnel.Name, Counted: units(c.funnel.By), Window: c.funnel.Match.Window.String(),
		Steps: stepSections(c.report.Steps()), Open: c.report.Open(), TimeToConvert: newTimes(c.report.TimeToConvert()),
		Breakdowns: []breakdownSection{}, LeftOut: append([]string{}, c.leftOut...), Stuck: c.stuckSection(), Paths: c.pathsSection(),
	}
	if s.Leaks, err = c.leaksSection(); err != nil {
		return err
	}
	for _, split := range c.splits {
		b := breakdownSection{Name: split.breakdown.Name, Kind: split.kind}
		segments, err := c.report.By(split.breakdown.Name)
		if err != nil {
			return err
		}
		for _, segment := range segments {
			part := partSection{Steps: stepSections(segment.Steps)}
			if label := segment.Labels[0]; label.Known {
				part.Value = &label.Value
			}
			b.Parts = append(b.Parts, part)
		}
		s.Breakdowns = append(s.Breakdowns, b)
	}
	c.section = s
	return nil
}

func stepSections(steps []funnel.StepRates) []stepSection {
	list := make([]stepSection, len(steps))
	for i, s := range steps {
		list[i] = stepSection{Name: s.Name, Reached: s.Reached}
		if r := s.Rate; r != nil {
			list[i].Rate, list[i].Low, list[i].High = &r.Value, &r.Low, &r.High
		}
		if s.Overall != nil {
			list[i].Overall = &s.Overall.Value
		}
	}
	return list
}
