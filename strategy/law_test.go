package strategy_test

import (
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/strategy"
)

// A world with every kind of rule in it, and few enough names that they meet.
var (
	someChannels = []string{"push", "sms", "email"}
	someTags     = []string{"gift", "news"}
	someOutcomes = []string{"", "ignored", "ordered"}
)

// worldOperations draws an operation with any of what one may have.
func worldOperations(name string) *rapid.Generator[strategy.Operation] {
	return rapid.Custom(func(t *rapid.T) strategy.Operation {
		o := operation(name, rapid.IntRange(0, 1).Draw(t, "priority"), audiences().Draw(t, "audience"))
		if rapid.IntRange(0, 2).Draw(t, "for everyone") > 0 {
			o.Audience = strategy.Audience{}
		}
		if rapid.IntRange(0, 3).Draw(t, "by a number") == 0 {
			o.Relevant.Numbers = []strategy.Range{{Number: "orders", AtLeast: new(float64(rapid.IntRange(0, 3).Draw(t, "orders")))}}
		}
		o.Objective = rapid.SampledFrom([]string{"sell", "ask"}).Draw(t, "objective")
		channels := rapid.Permutation(someChannels).Draw(t, "channels")
		o.Channel, o.Or = channels[0], channels[1:1+rapid.IntRange(0, 2).Draw(t, "other channels")]
		o.Tags = slices.Clone(someTags[:rapid.IntRange(0, 2).Draw(t, "tags")])
		o.Class = rapid.SampledFrom([]strategy.Class{strategy.Marketing, strategy.Marketing, strategy.Transactional, strategy.Mandatory}).Draw(t, "class")
		o.Value = strategy.Micros(rapid.IntRange(0, 3).Draw(t, "value")) * strategy.One
		o.Propensity = strategy.Micros(rapid.IntRange(0, 4).Draw(t, "propensity")) * 250_000
		if rapid.IntRange(0, 3).Draw(t, "own propensity") == 0 {
			o.PropensityFrom = "p"
		}
		if rapid.Bool().Draw(t, "costs") {
			o.Costs = map[string]strategy.Micros{"money": strategy.Micros(rapid.IntRange(0, 3).Draw(t, "cost")) * strategy.One}
		}
		for range rapid.IntRange(0, 2).Draw(t, "cool-downs") {
			d := strategy.CoolDown{After: rapid.SampledFrom(someOutcomes).Draw(t, "after"), For: spans.Draw(t, "for")}
			if rapid.Bool().Draw(t, "several") {
				d.Times, d.Within = 2, spans.Draw(t, "within")
			}
			o.CoolDowns = append(o.CoolDowns, d)
		}
		if o.Class == strategy.Mandatory {
			o.CoolDowns = append(o.CoolDowns, strategy.CoolDown{For: regulars.Hours(1)})
		}
		o.Stopped = rapid.IntRange(0, 9).Draw(t, "stopped") == 7
		return o
	})
}

var spans = rapid.SampledFrom([]regulars.Span{regulars.Hours(1), regulars.Hours(30), regulars.Days(1), regulars.Days(7), regulars.Months(1)})

// worlds draws a playbook that passes over what is capped, and always chooses the
// best: see the properties for what differs otherwise.
func worlds() *rapid.Generator[strategy.Playbook] {
	return rapid.Custom(func(t *rapid.T) strategy.Playbook {
		p := strategy.Playbook{
			Zone: rapid.SampledFrom(zoneNames).Draw(t, "zone"),
			Channels: []strategy.Channel{
				{Name: "sms", Consent: strategy.OptIn, Costs: map[string]strategy.Micros{"money": 50_000}},
				{Name: "email", Consent: strategy.Quota},
				{Name: "push", Reach: "d=1", Or: []string{"sms"}, PreferredHour: new(strategy.NewClock(12, 0))},
			},
			Budgets:    []strategy.Budget{{Name: "money", Unit: "money", Limit: 100 * strategy.One}},
			Operations: []strategy.Operation{},
		}
		if rapid.Bool().Draw(t, "reach everybody") {
			p.Channels[2].Reach = ""
		}
		for i := range rapid.IntRange(1, 5).Draw(t, "operations") {
			p.Operations = append(p.Operations, worldOperations(fmt.Sprintf("op %d", i)).Draw(t, "operation"))
		}
		for i := range rapid.IntRange(0, 3).Draw(t, "caps") {
			k := anyCap(t)
			k.Name = fmt.Sprintf("cap %d", i)
			k.Scope = rapid.SampledFrom([]strategy.Scope{strategy.PerCustomer, strategy.PerChannel, strategy.PerTag, strategy.PerOperation, strategy.PerObjective}).Draw(t, "scope")
			p.Caps = append(p.Caps, k)
		}
		if rapid.Bool().Draw(t, "quiet hours") {
			q := strategy.QuietHours{Start: strategy.NewClock(21, 0), End: strategy.NewClock(9, 30), Zone: rapid.SampledFrom([]strategy.Whose{strategy.OfCustomer, strategy.OfBusiness}).Draw(t, "whose")}
			if rapid.Bool().Draw(t, "on one channel") {
				q.Channels = []string{"sms"}
			}
			p.QuietHours = append(p.QuietHours, q)
		}
		if rapid.Bool().Draw(t, "holdouts") {
			p.Holdouts = []strategy.Holdout{
				{Name: "all", Salt: "1", Share: 200_000}, {Name: "one", Salt: "2", Share: 200_000, Operation: "op 0"},
			}
		}
		if rapid.Bool().Draw(t, "effects") {
			for _, o := range p.Operations[:1] {
				p.Effects = &strategy.Effects{Rows: []strategy.Effect{
					{Operation: o.Name, Estimate: 0.5, Low: 0.4, High: 0.6}, {Operation: o.Name, Label: "a=1", Estimate: -0.5, Low: -1, High: 0.6},
				}}
			}
		}
		if rapid.Bool().Draw(t, "fallback") {
			o := operation("fallback", 0, strategy.Audience{})
			o.Channel = "site"
			p.Fallback = &o
		}
		return p
	})
}

// cases draws what may be known of a customer, at an instant near a change of
// clocks.
func cases() *rapid.Generator[strategy.Case] {
	return rapid.Custom(func(t *rapid.T) strategy.Case {
		zone := rapid.SampledFrom(append([]string{"", "Mars/Olympus"}, zoneNames...)).Draw(t, "zone")
		loc, err := time.LoadLocation(zone)
		if err != nil {
			loc = time.UTC
		}
		c := strategy.Case{Customer: customers().Draw(t, "customer"), Now: oddInstants(t, loc), Slot: rapid.SampledFrom([]string{"", "noon"}).Draw(t, "slot")}
		c.Customer.Zone = zone
		if rapid.Bool().Draw(t, "has numbers") {
			c.Customer.Numbers = map[string]float64{"orders": float64(rapid.IntRange(0, 4).Draw(t, "orders")), "p": rapid.Float64Range(-0.1, 1.1).Draw(t, "p")}
		}
		for range rapid.IntRange(0, 3).Draw(t, "consents") {
			c.Customer.Consents = append(c.Customer.Consents, strategy.Consent{
				Channel: rapid.SampledFrom(someChannels).Draw(t, "channel"), Granted: rapid.IntRange(0, 3).Draw(t, "refused") > 0,
				Quota: rapid.IntRange(0, 2).Draw(t, "quota"), Since: c.Now.Add(-48 * time.Hour),
			})
		}
		for range rapid.IntRange(0, 6).Draw(t, "exposures") {
			e := strategy.Exposure{
				Operation: fmt.Sprintf("op %d", rapid.IntRange(0, 5).Draw(t, "operation")), Channel: rapid.SampledFrom(someChannels).Draw(t, "channel"),
				Objective: rapid.SampledFrom([]string{"sell", "ask"}).Draw(t, "objective"), Tags: slices.Clone(someTags[:rapid.IntRange(0, 2).Draw(t, "tags")]),
				At: c.Now.Add(-time.Duration(rapid.IntRange(-4, 90).Draw(t, "half hours ago")) * 30 * time.Minute), Outcome: rapid.SampledFrom(someOutcomes).Draw(t, "outcome"),
			}
			if rapid.Bool().Draw(t, "outcome has a time") {
				e.OutcomeAt = e.At.Add(time.Hour)
			}
			if rapid.IntRange(0, 5).Draw(t, "failed") == 0 {
				e.State = strategy.Failed
			}
			c.Customer.Exposures = append(c.Customer.Exposures, e)
		}
		if rapid.Bool().Draw(t, "budget known") {
			c.Left = map[string]strategy.Micros{"money": strategy.Micros(rapid.IntRange(0, 4).Draw(t, "left")) * strategy.One}
		}
		return c
	})
}

func compileWorld(t *rapid.T, p strategy.Playbook) *strategy.Policy {
	policy, err := strategy.Host{Zones: time.LoadLocation}.NewPolicy(p)
	if err != nil {
		t.Fatal(err)
	}
	return policy
}

// explored returns the playbook with one way of exploring, or none.
func explored(t *rapid.T, p strategy.Playbook) strategy.Playbook {
	switch rapid.IntRange(0, 2).Draw(t, "explore") {
	case 1:
		p.Exploration = &strategy.Exploration{Salt: "s", Epsilon: strategy.Micros(rapid.IntRange(1, 1_000_000).Draw(t, "epsilon"))}
	case 2:
		p.Exploration = &strategy.Exploration{Salt: "s", Temperature: strategy.Micros(rapid.IntRange(1, 3_000_000).Draw(t, "temperature"))}
	}
	return p
}

// waiting returns the playbook with operations that are waited for, or that let
// nothing else be sent, when they are capped.
func waiting(t *rapid.T, p strategy.Playbook) strategy.Playbook {
	p.Operations = slices.Clone(p.Operations)
	for i := range p.Operations {
		p.Operations[i].WhenCapped = rapid.SampledFrom([]strategy.WhenCapped{strategy.Next, strategy.Defer, strategy.Drop}).Draw(t, "when capped")
	}
	return p
}

// P1. Property: the same case gives the same bytes, in whatever order the
// playbook lists things and the customer's facts come, on any number of
// processors.
func TestSameCaseSameBytes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p, c := waiting(rt, explored(rt, worlds().Draw(rt, "world"))), cases().Draw(rt, "case")
		before, err := compileWorld(rt, p).Record(c)
		if err != nil {
			if c.Customer.ID == "" || strings.Contains(err.Error(), "labels[") {
				return
			}
			rt.Fatal(err)
		}
		p.Operations = rapid.Permutation(p.Operations).Draw(rt, "operations")
		p.Caps = rapid.Permutation(p.Caps).Draw(rt, "caps")
		p.Channels = rapid.Permutation(p.Channels).Draw(rt, "channels")
		p.Holdouts = rapid.Permutation(p.Holdouts).Draw(rt, "holdouts")
		c.Customer.Exposures = rapid.Permutation(c.Customer.Exposures).Draw(rt, "exposures")
		c.Customer.Labels = rapid.Permutation(c.Customer.Labels).Draw(rt, "labels")
		policy := compileWorld(rt, p)
		want := recordJSON(t, before)
		var group sync.WaitGroup
		records := make([]string, 2*runtime.GOMAXPROCS(0))
		for i := range records {
			group.Go(func() {
				if r, err := policy.Record(c); err == nil {
					data, _ := json.Marshal(r)
					records[i] = string(data)
				}
			})
		}
		group.Wait()
		for _, got := range records {
			if diff := cmp.Diff(want, got); diff != "" {
				rt.Fatalf("(-want +got)\n%s", diff)
			}
		}
	})
}

// P2. Property: exactly the operation that is chosen has the verdict Chosen,
// every other one has one that says why not, and without the explanation the
// same wins.
func TestOneVerdictEach(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p, c := waiting(rt, explored(rt, worlds().Draw(rt, "world"))), cases().Draw(rt, "case")
		policy := compileWorld(rt, p)
		d := policy.DecideCase(c)
		if names := policy.Operations(); len(d.Verdicts) != len(names) {
			rt.Fatalf("%d verdicts on %d", len(d.Verdicts), len(names))
		}
		sum := 0.0
		var chosen *strategy.Verdict
		for i := range d.Verdicts {
			v := &d.Verdicts[i]
			if (v.Code == strategy.Chosen) != (v.Operation == d.Chosen) || v.Code == 0 || v.Stage == 0 {
				rt.Fatalf("%+v where %q was chosen", v, d.Chosen)
			}
			if v.Code == strategy.Chosen {
				chosen = v
			}
			sum += v.Propensity
		}
		quick := policy.Choose(c)
		want := strategy.Choice{Operation: d.Chosen, Channel: d.Channel, Propensity: d.Propensity, Explored: d.Explored, SendAt: d.SendAt, Waits: d.Waits}
		if chosen != nil {
			want.Score = chosen.Score
			if chosen.Channel != d.Channel || chosen.Propensity != d.Propensity || sum < 1-1e-9 || sum > 1+1e-9 {
				rt.Fatalf("propensities add up to %v\n%+v", sum, d)
			}
		}
		for _, v := range d.Verdicts {
			if v.Operation == d.Waits && d.Waits != "" {
				want.RetryAt = v.RetryAt
			}
		}
		if diff := cmp.Diff(want, quick); diff != "" {
			rt.Fatalf("without explanation (-want +got)\n%s\n%v", diff, d)
		}
		var s strategy.Summary
		if err := s.Add(d); err != nil {
			rt.Fatal(err)
		}
	})
}

// P3. Property: an operation that the customer may not get changes no verdict on
// the others, and neither does taking away one that was not chosen, as long as
// the best is chosen and nothing is waited for.
func TestOthersChangeNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p, c := worlds().Draw(rt, "world"), cases().Draw(rt, "case")
		p.Holdouts, p.Effects = nil, nil // they name operations
		before := compileWorld(rt, p).DecideCase(c)

		more := p
		extra := worldOperations("extra").Draw(rt, "extra")
		extra.Audience = strategy.Audience{AllOf: []string{"k=nobody"}}
		more.Operations = append(slices.Clone(p.Operations), extra)
		after := compileWorld(rt, more).DecideCase(c)
		after.Verdicts = slices.DeleteFunc(after.Verdicts, func(v strategy.Verdict) bool { return v.Operation == "extra" })
		after.Policy = before.Policy
		if diff := cmp.Diff(before, after); diff != "" {
			rt.Fatalf("with one more (-before +after)\n%s", diff)
		}

		i := rapid.IntRange(0, len(p.Operations)-1).Draw(rt, "gone")
		gone := p.Operations[i].Name
		if gone == before.Chosen || len(p.Operations) == 1 {
			return
		}
		fewer := p
		fewer.Operations = slices.Delete(slices.Clone(p.Operations), i, i+1)
		if after := compileWorld(rt, fewer).DecideCase(c); after.Chosen != before.Chosen || after.Channel != before.Channel {
			rt.Fatalf("without %s\n%v\nbefore\n%v", gone, after, before)
		}
	})
}

// P4. Property: raising the winner's value keeps it the winner, and so does
// multiplying all values by the same factor.
func TestTheBestStaysTheBest(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p, c := worlds().Draw(rt, "world"), cases().Draw(rt, "case")
		before := compileWorld(rt, p).DecideCase(c)
		raised, scaled := p, p
		raised.Operations, scaled.Operations = slices.Clone(p.Operations), slices.Clone(p.Operations)
		for i := range p.Operations {
			if p.Operations[i].Name == before.Chosen && p.Operations[i].Value > 0 {
				raised.Operations[i].Value += strategy.One
			}
			scaled.Operations[i].Value *= 4
		}
		for _, changed := range []strategy.Playbook{raised, scaled} {
			if after := compileWorld(rt, changed).DecideCase(c); after.Chosen != before.Chosen {
				rt.Fatalf("%q, then %q\n%v\n%v", before.Chosen, after.Chosen, before, after)
			}
		}
	})
}

// P5. Property: whoever a holdout has never gets marketing that it holds back: not
// first, not as a fallback, not by chance, not when decided again at RetryAt or
// after a refusal.
func TestHeldOutGetsNoMarketing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p, c := waiting(rt, explored(rt, worlds().Draw(rt, "world"))), cases().Draw(rt, "case")
		p.Holdouts = []strategy.Holdout{{Name: "all", Salt: "x", Share: 500_000}}
		policy := compileWorld(rt, p)
		for range 4 {
			d := policy.DecideCase(c)
			if d.Chosen == "" {
				if retry := policy.Choose(c).RetryAt; !retry.IsZero() {
					c.Now = retry
					continue
				}
				return
			}
			o, _ := policy.Operation(d.Chosen)
			held := p.Holdouts[0].In(c.Customer.ID)
			if held && o.Class == strategy.Marketing || held != slices.Contains(d.HeldOut, "all") || held != policy.Withheld(c.Customer.ID, d.Chosen) && o.Class == strategy.Marketing {
				rt.Fatalf("held out: %v, but %v", held, d)
			}
			c.Refused = append(c.Refused, strategy.Refusal{Operation: d.Chosen, Channel: d.Channel, By: "test"})
		}
	})
}

// P8. Property: RetryAt is exact: a microsecond earlier the candidate is refused
// for the same reason, and then it no longer is.
func TestEveryRetryAtIsExact(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p, c := waiting(rt, worlds().Draw(rt, "world")), cases().Draw(rt, "case")
		for i := range c.Customer.Exposures { // an outcome to come is something that happens
			if e := &c.Customer.Exposures[i]; e.At.After(c.Now) || e.OutcomeAt.After(c.Now) {
				e.Outcome = ""
			}
		}
		policy := compileWorld(rt, p)
		now := c.Now
		for i, v := range policy.DecideCase(c).Verdicts {
			if v.RetryAt.IsZero() {
				if v.Code == strategy.CoolingDown || v.Code == strategy.Capped || v.Code == strategy.Quiet {
					rt.Fatalf("%+v never lapses", v)
				}
				continue
			}
			if !v.RetryAt.After(now.Truncate(time.Microsecond)) {
				rt.Fatalf("%+v lapsed before %v", v, now)
			}
			c.Now = v.RetryAt.Add(-time.Microsecond)
			early := policy.DecideCase(c).Verdicts[i]
			c.Now = v.RetryAt
			due := policy.DecideCase(c).Verdicts[i]
			if early.Code != v.Code || due.Code == v.Code && due.Channel == v.Channel {
				rt.Fatalf("%+v\na microsecond before: %+v\nthen: %+v", v, early, due)
			}
		}
	})
}

// Property: what lies at or before Since, and before all quotas, makes no
// difference.
func TestSinceIsFarEnough(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		policy, c := compileWorld(rt, waiting(rt, worlds().Draw(rt, "world"))), cases().Draw(rt, "case")
		for i := range c.Customer.Exposures {
			e := &c.Customer.Exposures[i]
			e.At, e.OutcomeAt = e.At.AddDate(0, 0, -rapid.IntRange(0, 80).Draw(rt, "days earlier")), time.Time{}
		}
		before := policy.DecideCase(c)
		since := policy.Since(c.Now)
		c.Customer.Exposures = slices.DeleteFunc(c.Customer.Exposures, func(e strategy.Exposure) bool {
			return !e.At.After(since) && e.At.Before(c.Now.Add(-48*time.Hour))
		})
		if diff := cmp.Diff(before, policy.DecideCase(c)); diff != "" {
			rt.Fatalf("without what lies before %v (-before +after)\n%s", since, diff)
		}
	})
}

// P16. Property: records replay to the same bytes, and a policy differs in
// nothing from itself.
func TestAPolicyDiffersInNothingFromItself(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		policy := compileWorld(rt, waiting(rt, explored(rt, worlds().Draw(rt, "world"))))
		var records []strategy.Record
		for _, c := range rapid.SliceOfN(cases(), 1, 4).Draw(rt, "cases") {
			c.Customer.Labels = nil
			r, err := policy.Record(c)
			if err != nil {
				rt.Fatal(err)
			}
			back, err := strategy.ParseRecord([]byte(recordJSON(t, r)))
			if err != nil {
				rt.Fatal(err)
			}
			again, err := policy.Replay(back)
			if err != nil {
				rt.Fatal(err)
			}
			if diff := cmp.Diff(recordJSON(t, r), recordJSON(t, again)); diff != "" {
				rt.Fatalf("(-want +got)\n%s", diff)
			}
			records = append(records, back)
		}
		got, err := policy.Backtest(policy, slices.Values(records))
		if err != nil {
			rt.Fatal(err)
		}
		if got.Changed != 0 || got.Unfaithful != 0 || len(got.Differences) != 0 || len(got.Stages) != 0 || got.Records != int64(len(records)) {
			rt.Fatalf("%+v", got)
		}
	})
}

// P13. Property: who is held out is a pure function of salt and ID; a share that
// grows keeps whom it has, and other salts have others.
func TestHoldoutsGrow(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		id := rapid.String().Draw(rt, "id")
		h := strategy.Holdout{Name: "h", Salt: rapid.String().Draw(rt, "salt"), Share: strategy.Micros(rapid.IntRange(1, 999_999).Draw(rt, "share"))}
		more := h
		more.Share += strategy.Micros(rapid.IntRange(0, int(strategy.One-h.Share)).Draw(rt, "more"))
		more.Name = "another name"
		if h.In(id) && !more.In(id) {
			rt.Fatalf("%q leaves when the share grows from %v to %v", id, h.Share, more.Share)
		}
		again := strategy.Holdout{Salt: h.Salt, Share: h.Share, Operation: "whatever"}
		if h.In(id) != again.In(id) {
			rt.Fatalf("%q: %v, then %v", id, h.In(id), again.In(id))
		}
	})
}

// Over 100,000 customers a holdout has its share within 5 standard deviations, and
// two of different salts are independent (chi-square with one degree of freedom
// below 15.1, which is p = 0.0001).
func TestHoldoutsAreFair(t *testing.T) {
	const n = 100_000
	a, b := strategy.Holdout{Salt: "2026", Share: 100_000}, strategy.Holdout{Salt: "2027", Share: 500_000}
	var table [2][2]float64
	for i := range n {
		id := fmt.Sprintf("用户%d", i)
		row, column := 0, 0
		if a.In(id) {
			row = 1
		}
		if b.In(id) {
			column = 1
		}
		table[row][column]++
	}
	inA, inB := table[1][0]+table[1][1], table[0][1]+table[1][1]
	if inA < 10_000-475 || inA > 10_000+475 || inB < 50_000-791 || inB > 50_000+791 {
		t.Errorf("%v and %v are in", inA, inB)
	}
	chi := 0.0
	for row, share := range []float64{1 - inA/n, inA / n} {
		for column, other := range []float64{1 - inB/n, inB / n} {
			want := n * share * other
			chi += (table[row][column] - want) * (table[row][column] - want) / want
		}
	}
	if chi > 15.1 {
		t.Errorf("chi-square %v", chi)
	}
}
