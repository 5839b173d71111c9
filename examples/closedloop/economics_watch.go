package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/regulars-go/regulars/lifecycle"
	"github.com/regulars-go/regulars/strategy"
)

// watchSection says what has left its course lately, against the same weekdays of
// the weeks before, and what is proposed.
type watchSection struct {
	From     string             `json:"from"`
	Readings []strategy.Reading `json:"readings"`
	// Unread says, by watch, why it could not be read.
	Unread    map[string]string   `json:"unread"`
	Proposals []strategy.Proposal `json:"proposals"`
	// FalseAlarm is after how many days a watch signals by chance, on average, and
	// Seen how soon it does after a shift of one standard deviation.
	FalseAlarm float64 `json:"falseAlarmDays"`
	Seen       float64 `json:"seenDays"`
}

const (
	watchOrders = "orders fall"
	watchViews  = "step falls"
)

// watch looks at the days of the last twelfth. It proposes, and changes nothing.
func (a *analysis) watch(s *economicsSection, _ *lifecycle.Revenue[string]) error {
	first, _ := a.period()
	from := lastTwelfth(first, a.in.asOf, a.in.zone)
	w := &watchSection{Unread: map[string]string{}, Readings: []strategy.Reading{}, Proposals: []strategy.Proposal{}}
	s.Watch = w
	if from.IsZero() {
		w.Unread[watchOrders] = "there is too little time to compare with"
		return nil
	}
	w.From = from.In(a.in.zone).Format(time.DateOnly)
	playbook := strategy.Starter()
	plan := strategy.Plan{
		Watches: []strategy.Watch{{Name: watchOrders, Metric: "orders a day"}},
		Contingencies: []strategy.Contingency{{
			Watch: watchOrders, Side: strategy.Falls, Do: strategy.Pause, Operation: playbook.Operations[0].Name,
		}},
	}
	series := []*strategy.Series{a.ordersByDay(first)}
	if rate, name := a.stepByDay(); rate != nil {
		plan.Watches = append(plan.Watches, strategy.Watch{Name: watchViews, Metric: name})
		plan.Contingencies = append(plan.Contingencies, strategy.Contingency{
			Watch: watchViews, Side: strategy.Falls, Do: strategy.Pause, Operation: "newcomer coupon",
		})
		series = append(series, rate)
	}
	var signals []strategy.Signal
	for i, watch := range plan.Watches {
		reading, err := watch.Read(series[i], from)
		if err != nil {
			w.Unread[watch.Name] = err.Error()
			continue
		}
		w.Readings = append(w.Readings, reading)
		signals = append(signals, reading.Signals...)
	}
	w.FalseAlarm, _ = plan.Watches[0].RunLength(0)
	w.Seen, _ = plan.Watches[0].RunLength(1)
	plan.Contingencies = slices.DeleteFunc(plan.Contingencies, func(c strategy.Contingency) bool {
		return !slices.ContainsFunc(playbook.Operations, func(o strategy.Operation) bool { return o.Name == c.Operation })
	})
	response, err := plan.Respond(playbook, signals, nil)
	if err != nil {
		return fmt.Errorf("contingency plan: %w", err)
	}
	w.Proposals = append(w.Proposals, response.Proposals...)
	return nil
}

// ordersByDay counts orders; a day without one has 0.
func (a *analysis) ordersByDay(first time.Time) *strategy.Series {
	s := &strategy.Series{Zone: a.in.zone}
	year, month, day := first.In(a.in.zone).Date()
	for n := 0; ; n++ {
		noon := time.Date(year, month, day+n, 12, 0, 0, 0, a.in.zone)
		if noon.After(a.in.asOf) {
			break
		}
		_ = s.Add(noon, 0) // within the years of the orders
	}
	for _, o := range a.orders.All() {
		if o.Counts() {
			_ = s.Add(o.At, strategy.One)
		}
	}
	return s
}

// stepByDay is how many events of the funnel's second step came for each of its
// first; nil without events.
func (a *analysis) stepByDay() (*strategy.Series, string) {
	c := a.conversion
	if c == nil || len(c.funnel.Steps) < 2 {
		return nil, ""
	}
	events := func(step int) []string {
		if names := c.funnel.Steps[step].Events; len(names) > 0 {
			return names
		}
		return []string{c.funnel.Steps[step].Name}
	}
	start, next := events(0), events(1)
	s := &strategy.Series{Zone: a.in.zone, Rate: true}
	for _, e := range c.rows {
		switch {
		case slices.Contains(next, e.Name):
			_ = s.AddRate(e.At, strategy.One, 0)
		case slices.Contains(start, e.Name):
			_ = s.AddRate(e.At, 0, strategy.One)
		}
	}
	return s, fmt.Sprintf("%s per %s", c.funnel.Steps[1].Name, c.funnel.Steps[0].Name)
}
