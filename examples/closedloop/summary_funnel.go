package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/regulars-go/regulars/funnel"
)

// summariseEvents prints what there is to say without orders.
func (a *analysis) summariseEvents(w io.Writer, d document) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s to %s\n", d.Input.Source, d.Input.From, d.Input.To)
	fmt.Fprintf(&b, "%s: %s of %s\n", counted(d.Input.Events.Rows, "row"), counted(d.Input.Events.Events, "event"), counted(d.Input.Events.Customers, "customer"))
	if notes := setAsideInLine(d.Input.Events.SetAside); notes != nil {
		fmt.Fprintln(&b, strings.Join(notes, ", "))
	}
	b.WriteString("No orders: value, segments, stages and what to do next are left out; give them with -orders FILE.\n\n")
	a.conversion.summarise(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

// summarise says how many get how far, and where they are lost.
func (c *conversion) summarise(b *strings.Builder) {
	d := c.section
	fmt.Fprintf(b, "Funnel of %s%s:%s.\n", d.Counted, within(d.Window), stepsInLine(d.Steps))
	fmt.Fprintln(b, leaksInLine(d.Leaks))
	if last := d.Steps[len(d.Steps)-1].Name; d.Stuck.Steps[last] > 0 {
		fmt.Fprintf(b, "Stuck before %s in the last %d days: %s.\n", last, d.Stuck.Days, counted(d.Stuck.Steps[last], "customer"))
	}
}

func within(window string) string {
	if window == "" {
		return ""
	}
	return " within " + window
}

func stepsInLine(steps []stepSection) string {
	var b strings.Builder
	for i, s := range steps {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, " %s %s", s.Name, count(int(s.Reached)))
		if s.Rate != nil {
			fmt.Fprintf(&b, " (%s)", percent(s.Rate))
		}
	}
	return b.String()
}

func leaksInLine(d leaksSection) string {
	switch {
	case d.Since == "":
		return "Leaks: the events span too few days to compare."
	case d.Tests == 0:
		return fmt.Sprintf("Leaks since %s: nothing to compare; too few %s, or all made each step.", d.Since, d.Counted)
	case len(d.Proven) == 0:
		return fmt.Sprintf("Leaks since %s: none proven in %s%s.", d.Since, counted(d.Tests, "test"), couldSee(d.Smallest))
	}
	l := d.Proven[0]
	line := fmt.Sprintf("Leak since %s: %s, %s: %s made it, before %s; at least %s lost",
		d.Since, segmentName(l.Segment, l.Without), l.Step, percent(&l.Since.Value), percent(&l.Before.Value), some(int64(l.Lost), d.Counted))
	if more := len(d.Proven) - 1; more > 0 {
		line += "; " + counted(more, "other leak")
	}
	return line + "."
}

func couldSee(smallest *float64) string {
	if smallest == nil {
		return ", and none could have been"
	}
	return fmt.Sprintf("; a drop of %.1f points would have been seen", 100**smallest)
}

// segmentName is who a leak is about.
func segmentName(segment string, without []string) string {
	switch {
	case segment != "":
		return segment
	case len(without) > 0:
		return "all others"
	}
	return "all"
}

// acted reports whether somebody did anything.
func (a *analysis) acted(id string) bool {
	if a.conversion == nil {
		return false
	}
	_, ok := slices.BinarySearch(a.conversion.customers, id)
	return ok
}

// explainEvents prints what is known of one customer without orders.
func (a *analysis) explainEvents(w io.Writer, id string) error {
	if !a.acted(id) {
		return fmt.Errorf("no customer %q in %s", id, a.in.source)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "customer %s\n", id)
	a.conversion.explain(&b, id)
	_, err := io.WriteString(w, b.String())
	return err
}

// explain says how far somebody got in the latest attempt.
func (c *conversion) explain(b *strings.Builder, id string) {
	result, ok := c.stuck.latest[id]
	if !ok {
		return
	}
	e := c.attempts.Explain(result)
	fmt.Fprintf(b, "latest way through the funnel, begun %s: step %d of %d; %s\n",
		result.Chain[0].At.In(c.zone).Format(time.DateTime), e.Level, len(e.Steps), e.Because)
	if label := c.stuck.labels[id]; label != "" && result.Ended != funnel.Completed {
		fmt.Fprintln(b, label)
	}
}
