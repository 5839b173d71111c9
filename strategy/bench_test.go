package strategy_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/strategy"
)

// twenty returns a policy of twenty operations with dates, and a customer with
// six labels who gets the last of them.
func twenty(t testing.TB) (*strategy.Policy, strategy.Customer) {
	var p strategy.Playbook
	for i := range 20 {
		o := operation(fmt.Sprintf("operation %02d", i), 20-i, strategy.Audience{
			AllOf:  []string{"stage=silent"},
			AnyOf:  []string{fmt.Sprintf("segment=s%d", i), fmt.Sprintf("segment=s%d", i+1), fmt.Sprintf("city=c%d", i)},
			NoneOf: []string{"promotion=deal-seeker", fmt.Sprintf("shop=%d", i)},
		})
		o.Dates = strategy.Window{Start: at("2026-01-01T00:00:00Z"), End: at("2027-01-01T00:00:00Z")}
		p.Operations = append(p.Operations, o)
	}
	return compile(t, p), strategy.Customer{
		ID:     "u1",
		Labels: []string{"stage=silent", "segment=s20", "layer=waist", "quadrant=general value", "promotion=mixed", "city=elsewhere"},
	}
}

// busy returns the policy of twenty with caps, quiet hours, a holdout, consent,
// cool-downs and a budget, and a case with six labels, two consents and five
// exposures that gets the last operation.
func busy(t testing.TB) (*strategy.Policy, strategy.Case) {
	var p strategy.Playbook
	for i := range 20 {
		o := operation(fmt.Sprintf("operation %02d", i), 20-i, strategy.Audience{
			AllOf:  []string{"stage=silent"},
			AnyOf:  []string{fmt.Sprintf("segment=s%d", i), "segment=s20"},
			NoneOf: []string{"promotion=deal-seeker", fmt.Sprintf("shop=%d", i)},
		})
		o.Dates = strategy.Window{Start: at("2026-01-01T00:00:00Z"), End: at("2027-01-01T00:00:00Z")}
		o.Channel, o.Tags = []string{"sms", "push", "email"}[i%3], []string{"gift"}
		o.CoolDowns = []strategy.CoolDown{{For: regulars.Days(30)}}
		o.Costs = map[string]strategy.Micros{"money": strategy.One}
		if i < 19 {
			o.Tags = append(o.Tags, "loud") // capped
		}
		p.Operations = append(p.Operations, o)
	}
	p.Channels = []strategy.Channel{{Name: "sms", Consent: strategy.OptIn}, {Name: "push", Consent: strategy.OptIn}}
	p.Budgets = []strategy.Budget{{Name: "money", Unit: "money", Limit: 1000 * strategy.One}}
	p.Caps = []strategy.Cap{
		{Name: "six a week", Limit: 6, Calendar: strategy.Week},
		{Name: "two a day", Limit: 2, Scope: strategy.PerChannel, Calendar: strategy.Day},
		{Name: "one loud in 30 days", Limit: 1, Scope: strategy.PerTag, On: "loud", Rolling: regulars.Hours(720)},
	}
	p.QuietHours = []strategy.QuietHours{{Start: strategy.NewClock(21, 0), End: strategy.NewClock(9, 0)}}
	p.Holdouts = []strategy.Holdout{{Name: "all", Salt: "2026", Share: 50_000}}
	policy, err := strategy.Host{Zones: time.LoadLocation}.NewPolicy(p)
	if err != nil {
		t.Fatal(err)
	}
	now := at("2026-11-11T12:00:00+08:00")
	c := strategy.Case{Now: now, Left: map[string]strategy.Micros{"money": 10 * strategy.One}, Customer: strategy.Customer{
		ID: "customer-000017", Zone: "Asia/Shanghai",
		Labels:   []string{"stage=silent", "segment=s20", "layer=waist", "quadrant=general value", "promotion=mixed", "city=elsewhere"},
		Consents: []strategy.Consent{{Channel: "sms", Granted: true}, {Channel: "push", Granted: true}},
	}}
	for i := range 5 {
		c.Customer.Exposures = append(c.Customer.Exposures, strategy.Exposure{
			Operation: fmt.Sprintf("operation %02d", i), Channel: []string{"sms", "push"}[i%2], Tags: []string{"gift", "loud"}, At: now.AddDate(0, 0, -3*i-1),
		})
	}
	return policy, c
}

// A decision allocates its verdicts and nothing else; without the explanation it
// allocates nothing.
func TestDecideAllocatesOnce(t *testing.T) {
	policy, c := busy(t)
	d := policy.DecideCase(c)
	if quick := policy.Choose(c); d.Chosen != "operation 19" || quick.Operation != d.Chosen || d.HeldOut != nil {
		t.Fatalf("chose %+v\n%v", quick, d)
	}
	if n := testing.AllocsPerRun(100, func() { policy.DecideCase(c) }); n != 1 {
		t.Errorf("%v allocations with the explanation, want 1", n)
	}
	if n := testing.AllocsPerRun(100, func() { policy.Choose(c) }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
	small, customer := twenty(t)
	if n := testing.AllocsPerRun(100, func() { small.Decide(customer, c.Now) }); n != 1 {
		t.Errorf("%v allocations, want 1", n)
	}
}

// reference is a loop that somebody would write for the rules of busy alone, with
// the rules as data and nothing else: what Choose is measured beside.
func reference(operations []strategy.Operation, c *strategy.Case, loc *time.Location, holdout strategy.Holdout) string {
	if holdout.In(c.Customer.ID) {
		return ""
	}
	now := c.Now.In(loc)
	hour := now.Hour()
	year, week := now.ISOWeek()
	has := func(label string) bool { return slices.Contains(c.Customer.Labels, label) }
	for i := range operations {
		o := &operations[i]
		if now.Before(o.Dates.Start) || !now.Before(o.Dates.End) || !has(o.Audience.AllOf[0]) || !slices.ContainsFunc(o.Audience.AnyOf, has) || slices.ContainsFunc(o.Audience.NoneOf, has) {
			continue
		}
		agreed := o.Channel == "email"
		for _, consent := range c.Customer.Consents {
			agreed = agreed || consent.Channel == o.Channel && consent.Granted
		}
		inWeek, today, loud, cooling := 0, 0, 0, false
		for j := range c.Customer.Exposures {
			e := &c.Customer.Exposures[j]
			sent := e.At.In(loc)
			if y, w := sent.ISOWeek(); y == year && w == week {
				inWeek++
			}
			if e.Channel == o.Channel && sent.YearDay() == now.YearDay() && sent.Year() == now.Year() {
				today++
			}
			if slices.Contains(e.Tags, "loud") && now.Sub(sent) < 720*time.Hour {
				loud++
			}
			cooling = cooling || e.Operation == o.Name && now.Before(sent.AddDate(0, 0, 30))
		}
		quiet := hour >= 21 || hour < 9
		if agreed && !cooling && inWeek < 6 && today < 2 && (loud < 1 || !slices.Contains(o.Tags, "loud")) && !quiet && o.Costs["money"] <= c.Left["money"] {
			return o.Name
		}
	}
	return ""
}

// BenchmarkDecide takes one full decision over twenty operations with and without
// the explanation, and beside it a loop written for these rules alone.
func BenchmarkDecide(b *testing.B) {
	policy, c := busy(b)
	b.Run("choose", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			policy.Choose(c)
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "customers/s")
	})
	b.Run("explained", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			policy.DecideCase(c)
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "customers/s")
	})
	b.Run("reference", func(b *testing.B) {
		operations, holdout := policy.Playbook().Operations, policy.Playbook().Holdouts[0]
		loc := zone(b, "Asia/Shanghai")
		if got := reference(operations, &c, loc, holdout); got != policy.Choose(c).Operation {
			b.Fatalf("the reference chose %q", got)
		}
		b.ReportAllocs()
		for b.Loop() {
			reference(operations, &c, loc, holdout)
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "customers/s")
	})
}

func BenchmarkCount(b *testing.B) {
	policy, c := twenty(b)
	now := at("2026-11-11T00:00:00Z")
	people := slices.Repeat([]strategy.Customer{c}, 1000)
	b.ReportAllocs()
	for b.Loop() {
		policy.Count(slices.Values(people), now)
	}
	b.ReportMetric(1000*float64(b.N)/b.Elapsed().Seconds(), "customers/s")
}
