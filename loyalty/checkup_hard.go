package loyalty

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/stats"
)

// simulate finds out how members come to the cheapest reward, from what they
// are said to do or, failing that, from what journals say.
func (c *checkup) simulate() {
	ev := c.evidence
	actions, shape := ev.Actions, ev.Shape
	if len(actions) == 0 && c.seen != nil {
		actions, shape = c.seen.actions()
	}
	if len(actions) == 0 || c.entry.cost == 0 {
		return
	}
	c.reach = &Reach{
		MinCost: c.entry.cost, Welcome: ev.Welcome, Validity: validity(&c.compiled.purse(c.entry.wallet).Expiry, c.today()),
		Actions: actions, Shape: shape, Members: defaultSimulated,
	}
	if ev.Random == nil {
		return
	}
	c.seed = [2]uint64{ev.Random.Uint64(), ev.Random.Uint64()}
	c.now = c.whatIf(*c.reach)
}

func (c *checkup) today() calendar.Day { return calendar.DayOf(c.evidence.AsOf, c.compiled.cal.zone) }

// whatIf simulates a model with the members of all the others; nil if it can't
// be.
func (c *checkup) whatIf(m Reach) *Attainment {
	if a, ok := WhatIf(m, rand.New(rand.NewPCG(c.seed[0], c.seed[1]))); ok {
		return &a
	}
	return nil
}

// validity is how many whole days points last that are given in the year from
// a day on, on average; 0 for ever. Points that end when a member is idle last
// as long as the member acts.
func validity(e *Expiry, from calendar.Day) float64 {
	if e.isZero() || !e.Idle.IsZero() {
		return 0
	}
	rule := givingOf(0, Pending{}, *e).expiry
	sum := 0
	for d := from; d < from+reachYear; d++ {
		sum += int(rule.end(d) - d - 1)
	}
	return max(1, float64(sum)/reachYear)
}

const (
	noReward  = "no reward that any member can have"
	noActions = "what members do: neither actions nor journals with points earned"
	noJournal = "journals"
	noRandom  = "a source of randomness, or journals of 13 weeks"
)

// hard looks at how far the first reward is.
func (c *checkup) hard() {
	missing := ""
	switch {
	case c.entry.cost == 0:
		missing = noReward
	case c.reach == nil:
		missing = noActions
	}
	perAction, perWeek := c.pace()
	c.add(Finding{
		Cause: CauseHard, Metric: MetricActions, Unit: "actions", Formula: "ceil((cost of the cheapest reward - welcome) / mean points of an action)",
		Inputs: []Input{{"cost of the cheapest reward", float64(c.entry.cost)}, {"welcome", float64(c.evidence.Welcome)}, {"mean points of an action", perAction}},
		Value:  math.Ceil(max(0, float64(c.entry.cost-c.evidence.Welcome)) / max(perAction, 1e-9)),
	}, missing)
	levers := c.levers()
	c.attach(c.firstReward(missing), levers)
	c.attach(c.attainable(missing), levers)
	c.attach(c.structural(missing, perWeek), levers)
	c.affordable()
}

func (c *checkup) attach(f *Finding, levers []Lever) {
	if f.helps() {
		f.Levers = levers
	}
}

// pace returns the mean points of an action, and those of a week.
func (c *checkup) pace() (perAction, perWeek float64) {
	if c.reach == nil {
		return 0, 0
	}
	times := 0.0
	for _, a := range c.reach.Actions {
		times += a.PerWeek
		perWeek += float64(float64(a.Points) * a.PerWeek)
	}
	return perWeek / times, perWeek
}

// firstReward is the median time to the first reward: of the journals if half
// have got there or 13 weeks were watched, else simulated.
func (c *checkup) firstReward(missing string) *Finding {
	f := Finding{
		Cause: CauseHard, Metric: MetricFirstReward, Unit: "days",
		Formula: "Kaplan-Meier median from enrolment to a balance of the cheapest reward; who is not there yet is censored",
		Inputs:  []Input{{"cost of the cheapest reward", float64(c.entry.cost)}},
	}
	if curve, ok := c.curve(); ok && missing != noReward {
		f.Inputs = append(f.Inputs, Input{"members watched", float64(len(c.seen.spells))})
		if median, ok := curve.Quantile(0.5); ok {
			f.Value = median
			return c.add(f, "")
		}
		if curve.Last >= reachQuarter {
			f.Value = curve.Last // at least
			f.Inputs = append(f.Inputs, Input{"share that has reached it", 1 - curve.At(curve.Last)})
			return c.add(f, "")
		}
	}
	if missing == "" && c.now == nil {
		missing = noRandom
	}
	if missing == "" {
		f.Formula = "simulated: Poisson actions, gamma rates; " + f.Formula
		f.Inputs = append(f.Inputs, Input{"members simulated", float64(c.now.Members)})
		if f.Value = c.now.MedianDays; f.Value == 0 {
			f.Value = reachNever // at least
		}
	}
	return c.add(f, missing)
}

// curve is the survival until the first reward.
func (c *checkup) curve() (stats.Survival, bool) {
	if c.seen == nil || len(c.seen.spells) == 0 {
		return stats.Survival{}, false
	}
	return stats.NewSurvival(slices.Clone(c.seen.spells)), true
}

func (c *checkup) attainable(missing string) *Finding {
	f := Finding{
		Cause: CauseHard, Metric: MetricAttainable, Unit: "share", Formula: "share of members whose balance reaches the cheapest reward within 91 days of enrolment",
		Inputs: []Input{{"cost of the cheapest reward", float64(c.entry.cost)}},
	}
	if c.now != nil {
		f.Inputs = append(f.Inputs, Input{"simulated within a month", c.now.Month}, Input{"simulated within 13 weeks", c.now.Quarter},
			Input{"simulated within a year", c.now.Year}, Input{"simulated never", c.now.Never})
	}
	if curve, ok := c.curve(); ok && curve.Last >= reachQuarter && missing != noReward {
		f.Value = 1 - curve.At(reachQuarter)
		f.Inputs = append(f.Inputs, Input{"measured within 13 weeks", f.Value})
		return c.add(f, "")
	}
	if missing == "" && c.now == nil {
		missing = noRandom
	}
	if missing == "" {
		f.Value = c.now.Quarter
	}
	return c.add(f, missing)
}

// structural is whether the median member's points live long enough.
func (c *checkup) structural(missing string, perWeek float64) *Finding {
	f := Finding{
		Cause: CauseHard, Metric: MetricReach, Unit: "times", Formula: "points a week of the median member × weeks that points last / cost of the cheapest reward",
	}
	if missing == "" {
		days := c.reach.Validity
		if days == 0 {
			days = reachNever
		}
		median := perWeek * medianOfGamma(c.reach.Shape)
		f.Value = median * days / 7 / float64(c.entry.cost)
		f.Inputs = []Input{{"points a week of the median member", median}, {"days that points last, 730 if for ever", days}, {"cost of the cheapest reward", float64(c.entry.cost)}}
	}
	return c.add(f, missing)
}

// medianOfGamma is the median over the mean of a gamma distribution, by the
// cube root approximation (Wilson and Hilferty 1931, PNAS 17:684).
func medianOfGamma(shape float64) float64 {
	if shape == 0 {
		return 1
	}
	return math.Pow(max(0, 1-1/(9*shape)), 3)
}

func (c *checkup) affordable() {
	f := Finding{Cause: CauseHard, Metric: MetricAffordable, Unit: "share", Formula: "members whose balance buys the cheapest reward now / members"}
	missing := ""
	switch {
	case c.entry.cost == 0:
		missing = noReward
	case c.seen == nil || c.seen.members == 0:
		missing = noJournal
	default:
		f.Value = float64(c.seen.affords) / float64(c.seen.members)
		f.Inputs = []Input{{"members who can", float64(c.seen.affords)}, {"members", float64(c.seen.members)}}
	}
	c.add(f, missing)
}

// levers simulates what would bring the first reward closer. The cheapest that
// is enough comes first; those that are not enough come last, by what they do.
func (c *checkup) levers() []Lever {
	if c.now == nil || c.closer != nil {
		return c.closer
	}
	var levers []Lever
	try := func(change string, extra float64, alter func(m *Reach)) {
		m := *c.reach
		m.Actions = slices.Clone(m.Actions)
		alter(&m)
		if after := c.whatIf(m); after != nil {
			levers = append(levers, Lever{Change: change, Effect: c.effect(after), After: after, Cost: extra + max(0, c.now.Lost-after.Lost)})
		}
	}
	fifth := max(1, c.entry.cost/5)
	_, perWeek := c.pace()
	try(fmt.Sprintf("a first reward at %d points, not %d", fifth, c.entry.cost), 0, func(m *Reach) { m.MinCost = fifth })
	try(fmt.Sprintf("%d points as a welcome", fifth), float64(fifth), func(m *Reach) { m.Welcome += fifth })
	try("half as many points again for each action", perWeek/2*reachNever/7, func(m *Reach) {
		for i := range m.Actions {
			m.Actions[i].Points += (m.Actions[i].Points + 1) / 2
		}
	})
	if c.reach.Validity > 0 {
		try(fmt.Sprintf("points that last %.0f days, not %.0f", 2*c.reach.Validity, c.reach.Validity), 0, func(m *Reach) { m.Validity *= 2 })
		try("points that last for ever", 0, func(m *Reach) { m.Validity = 0 })
	}
	enough := c.benchmark(MetricAttainable).Good
	slices.SortStableFunc(levers, func(a, b Lever) int {
		if a.After.Quarter >= enough && b.After.Quarter >= enough {
			return cmp.Compare(a.Cost, b.Cost)
		}
		return cmp.Compare(b.After.Quarter, a.After.Quarter)
	})
	c.closer = levers
	return levers
}

func (c *checkup) effect(after *Attainment) string {
	return fmt.Sprintf("a reward within a month for %.1f%% (now %.1f%%), within 13 weeks for %.1f%% (now %.1f%%), never for %.1f%% (now %.1f%%)",
		100*after.Month, 100*c.now.Month, 100*after.Quarter, 100*c.now.Quarter, 100*after.Never, 100*c.now.Never)
}
