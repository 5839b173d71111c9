package strategy_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/strategy"
)

// ruled is the small playbook with what operations share.
func ruled() *strategy.Policy {
	playbook := small()
	playbook.Zone = "Asia/Shanghai"
	playbook.Channels = []strategy.Channel{
		{Name: "sms", Consent: strategy.OptIn, Costs: map[string]strategy.Micros{"messages": 50_000}, Or: []string{"push"}},
		{Name: "push", PreferredHour: new(strategy.NewClock(20, 0))},
	}
	playbook.Budgets = []strategy.Budget{{Name: "messages", Unit: "money", Limit: 100 * strategy.One}}
	playbook.Caps = []strategy.Cap{{Name: "two a week", Limit: 2, Calendar: strategy.Week}}
	playbook.QuietHours = []strategy.QuietHours{{Start: strategy.NewClock(22, 0), End: strategy.NewClock(8, 0), Channels: []string{"sms"}}}
	playbook.Holdouts = []strategy.Holdout{{Name: "all marketing", Salt: "2027", Share: 100_000}}
	policy, err := shanghai.NewPolicy(playbook)
	check(err)
	return policy
}

// shanghai is a host that knows one zone; others pass time.LoadLocation.
var shanghai = strategy.Host{Zones: func(name string) (*time.Location, error) {
	if name == "Asia/Shanghai" {
		return time.FixedZone("CST", 8*60*60), nil
	}
	return nil, fmt.Errorf("no zone %q", name)
}}

func ExamplePolicy_DecideCase() {
	c := strategy.Case{Now: now, Left: map[string]strategy.Micros{"messages": 3 * strategy.One}, Customer: strategy.Customer{
		ID: "ann", Labels: []string{"stage=silent"}, Consents: []strategy.Consent{{Channel: "sms", Granted: true}},
		Exposures: []strategy.Exposure{
			{Operation: "annual survey", Channel: "email", At: now.AddDate(0, 0, -1)}, {Operation: "win-back gift", Channel: "sms", At: now.AddDate(0, 0, -2)},
		},
	}}
	d := ruled().DecideCase(c)
	fmt.Println(d)
	fmt.Println(d.Zone, d.ZoneAssumed)
	// Output:
	// ann gets nothing
	//   new year gift: not yet started: starts 2027-01-01T00:00:00Z
	//   win-back gift: capped by two a week until 2026-11-22T16:00:00Z
	//   annual survey: capped by two a week until 2026-11-22T16:00:00Z
	//   what is new: capped by two a week until 2026-11-22T16:00:00Z
	// Asia/Shanghai true
}

// Ann has had two gifts by SMS this week. Does she get the survey now, or nothing
// until the gift may be sent again, or nothing at all?
func ExampleWhenCapped() {
	playbook := small()
	playbook.Caps = []strategy.Cap{{Name: "two gifts a week", Limit: 2, Calendar: strategy.Week, Scope: strategy.PerChannel, On: "sms"}}
	ann := people[0]
	for range 2 {
		ann.Exposures = append(ann.Exposures, strategy.Exposure{Operation: "another gift", Channel: "sms", At: now.AddDate(0, 0, -1)})
	}
	for _, when := range []strategy.WhenCapped{strategy.Next, strategy.Defer, strategy.Drop} {
		playbook.Operations[0].WhenCapped = when
		policy, err := strategy.NewPolicy(playbook)
		check(err)
		c := policy.Choose(strategy.Case{Customer: ann, Now: now})
		if c.Operation != "" {
			fmt.Printf("%q: %s\n", when, c.Operation)
			continue
		}
		fmt.Printf("%q: nothing, for the sake of the %s, capped until %s\n", when, c.Waits, c.RetryAt.Format(time.DateOnly))
	}
	// Output:
	// "": annual survey
	// "defer": nothing, for the sake of the win-back gift, capped until 2026-11-23
	// "drop": nothing, for the sake of the win-back gift, capped until 2026-11-23
}

func ExamplePolicy_Choose() {
	c := strategy.Case{Now: now, Customer: strategy.Customer{ID: "ann", Labels: []string{"stage=silent"}}}
	choice := ruled().Choose(c)
	fmt.Println(choice.Operation, "by", choice.Channel, "at", choice.SendAt.Format(time.RFC3339))
	// Output:
	// win-back gift by push at 2026-11-22T12:00:00Z
}

func ExamplePolicy_Record() {
	policy := ruled()
	r, err := policy.Record(strategy.Case{Customer: people[0], Now: now, Slot: "morning"})
	check(err)
	data, err := json.Marshal(r)
	check(err)

	stored, err := strategy.ParseRecord(data)
	check(err)
	again, err := policy.Replay(stored)
	check(err)
	replayed, err := json.Marshal(again)
	check(err)
	fmt.Println(again.Decision.Chosen, string(replayed) == string(data))
	// Output:
	// win-back gift true
}

func ExamplePolicy_Replay() {
	policy := ruled()
	r, err := policy.Record(strategy.Case{Customer: people[1], Now: now})
	check(err)
	again, err := policy.Replay(r)
	check(err)
	fmt.Println(again.Decision.Chosen, again.Context == r.Context)
	// Output:
	// annual survey true
}

func ExampleParseRecord() {
	_, err := strategy.ParseRecord([]byte(`{"engine": 2, "context": "", "case": {}, "decision": {}, "note": "x"}`))
	fmt.Println(err)
	// Output:
	// unknown key "note": want one of "engine", "context", "phase", "case", "decision"
}

func ExamplePolicy_Backtest() {
	policy, candidate := smallPolicy(), small()
	candidate.Operations[0].Stopped = true
	next, err := strategy.NewPolicy(candidate)
	check(err)

	records := func(yield func(strategy.Record) bool) {
		for _, c := range people {
			r, err := policy.Record(strategy.Case{Customer: c, Now: now})
			check(err)
			if !yield(r) {
				return
			}
		}
	}
	report, err := policy.Backtest(next, records)
	check(err)
	fmt.Println(report.Changed, "of", report.Records)
	for _, d := range report.Differences {
		fmt.Printf("%s: %s, not %s: %s of %s\n", d.Customer, d.To, d.From, d.Stage, d.Operation)
	}
	// Output:
	// 1 of 3
	// ann: annual survey, not win-back gift: dates of win-back gift
}

func ExampleCompare() {
	policy := smallPolicy()
	d, differs := strategy.Compare(policy.Decide(people[0], now), policy.Decide(people[1], now))
	fmt.Println(differs, d.From, "→", d.To, "by", d.Stage)
	// Output:
	// true win-back gift → annual survey by eligibility
}

func ExamplePolicy_Preflight() {
	report, err := ruled().Preflight(slices.Values(people), now)
	check(err)
	fmt.Println(report.Served, "of", report.Customers, "are served")
	fmt.Println("never chosen:", report.NeverChosen())
	fmt.Println("lacking:", report.Lacks.Labels, report.Lacks.Consents)
	for _, o := range report.Operations[:2] {
		fmt.Println(o.Operation, "has an audience of", o.Audience, "and", o.Verdicts[0].Code, o.Verdicts[0].Times, "times")
	}
	// Output:
	// 3 of 3 are served
	// never chosen: [new year gift what is new]
	// lacking: [stage=churned] [sms]
	// new year gift has an audience of 2 and not started 3 times
	// win-back gift has an audience of 1 and chosen 1 times
}

func ExamplePreflight_NeverChosen() {
	report, err := smallPolicy().Preflight(slices.Values(people), now)
	check(err)
	fmt.Println(report.NeverChosen())
	// Output:
	// [new year gift what is new]
}

func ExamplePolicy_Reserve() {
	policy, ctx := ruled(), context.Background()
	stores := strategy.Stores{Exposures: new(strategy.MemoryExposures), Budgets: new(strategy.MemoryBudgets)}
	c := strategy.Case{Now: now, Key: "ann/2026-11-22", Customer: strategy.Customer{
		ID: "ann", Labels: []string{"stage=silent"}, Consents: []strategy.Consent{{Channel: "sms", Granted: true}},
	}}
	r, err := policy.Reserve(ctx, stores, c, time.Hour)
	check(err)
	fmt.Println(r.Decision.Chosen, "by", r.Decision.Channel, "for", policy.Costs(r.Decision.Chosen, r.Decision.Channel)[0].Amount)

	// Sent: it stays. Had it failed, Release would take it back.
	check(stores.Commit(ctx, c.Key, now.Add(time.Minute)))
	fmt.Println(stores.Release(ctx, c.Key))
	released, err := stores.Expire(ctx, now.Add(2*time.Hour))
	fmt.Println(released, err)
	// Output:
	// win-back gift by sms for 0.05
	// <nil>
	// 0 <nil>
}

func ExamplePolicy_Costs() {
	for _, spend := range ruled().Costs("win-back gift", "sms") {
		fmt.Println(spend.Amount, "of", spend.Limit, "for", spend.Budget)
	}
	// Output:
	// 0.05 of 100 for messages
}

func ExamplePolicy_Since() {
	fmt.Println(ruled().Since(now).Format(time.DateTime))
	// Output:
	// 2026-11-11 15:59:59
}

func ExamplePolicy_Withheld() {
	policy := ruled()
	withheld := 0
	for i := range 10_000 {
		if policy.Withheld(fmt.Sprintf("u%d", i), "win-back gift") {
			withheld++
		}
	}
	fmt.Println(withheld, "of 10000")
	// Output:
	// 1026 of 10000
}

func ExamplePolicy_Playbook() {
	playbook := ruled().Playbook()
	fmt.Println(playbook.Zone, playbook.Operations[0].Name, playbook.Channels[0].Name)
	// Output:
	// Asia/Shanghai new year gift push
}

func ExampleHost_NewPolicy() {
	playbook := small()
	playbook.Zone = "Mars/Olympus"
	_, err := shanghai.NewPolicy(playbook)
	fmt.Println(err)
	// Output:
	// strategy: playbook: zone: "Mars/Olympus": no zone "Mars/Olympus"
}

func ExampleHost_Validate() {
	host := strategy.Host{Labels: strategy.StarterLabels(), Numbers: []string{"orders"}}
	playbook := small()
	playbook.Operations[2].Audience.Numbers = []strategy.Range{{Number: "order", AtLeast: new(3.0)}}
	fmt.Println(host.Validate(playbook))
	// Output:
	// operations[2].audience.numbers[0].number: unknown number "order": want orders
}

func ExampleHost_ParsePlaybook() {
	_, err := shanghai.ParsePlaybook([]byte(`{"zone": "Asia/Shanghai", "operations": [
		{"name": "news", "objective": "a visit", "channel": "push", "costs": {"money": 0.0000001}}
	], "caps": [{"name": "none", "limit": 0, "rolling": "24h"}]}`))
	fmt.Println(err)
	// Output:
	// operations[0].costs.money: 0.0000001 has more than six places
}

func ExampleObjective_Needed() {
	o := strategy.Objective{Baseline: 0.05, Target: 0.055}
	for _, share := range []float64{0.5, 0.1, 0.01} {
		n, _ := o.Needed(share)
		fmt.Println(share, n)
	}
	// Output:
	// 0.5 62462
	// 0.1 167260
	// 0.01 1507770
}

func ExamplePlaybook_Split() {
	playbook, _ := strategy.Practice("newcomer")
	shares, err := playbook.Split(
		map[string]float64{"customers": 1000, "first order rate": 0.05, "order value": 40},
		map[string]float64{"customers": 1200, "first order rate": 0.04, "order value": 50},
	)
	check(err)
	for _, s := range shares {
		fmt.Printf("%-16s %6.2f → %6.2f  %+.2f\n", s.Metric, s.Before, s.After, s.Contribution)
	}
	// Output:
	// revenue          2000.00 → 2400.00  +400.00
	// customers        1000.00 → 1200.00  +403.33
	// first order rate   0.05 →   0.04  -496.67
	// order value       40.00 →  50.00  +493.33
}

func ExampleShare_Exact() {
	shares, err := shopTree().Split(
		map[string]float64{"buyers": 2, "orders per buyer": 3, "order value": 5, "shop": 10, "visits": 10},
		map[string]float64{"buyers": 4, "orders per buyer": 3, "order value": 6, "shop": 8, "visits": 16},
	)
	check(err)
	fmt.Println(shares[7].Metric, shares[7].Exact())
	// Output:
	// visits -9/4
}

func ExamplePlaybook_Numbers() {
	playbook, _ := strategy.Practice("service due")
	fmt.Println(playbook.Numbers())
	// Output:
	// [days overdue]
}

func ExampleHoldout_In() {
	small := strategy.Holdout{Name: "all", Salt: "2027", Share: 50_000}
	grown := strategy.Holdout{Name: "all", Salt: "2027", Share: 100_000}
	in, stay := 0, 0
	for i := range 10_000 {
		id := fmt.Sprintf("用户%d", i)
		if small.In(id) {
			in++
			if grown.In(id) {
				stay++
			}
		}
	}
	fmt.Println(in, "are in, and", stay, "stay when it grows")
	// Output:
	// 517 are in, and 517 stay when it grows
}

func ExampleQuietHours_NextAllowed() {
	loc := time.FixedZone("CST", 8*60*60)
	quiet := strategy.QuietHours{Start: strategy.NewClock(22, 0), End: strategy.NewClock(8, 0)}
	at := time.Date(2026, 11, 22, 23, 30, 0, 0, loc)
	fmt.Println(quiet, quiet.At(at, loc), quiet.NextAllowed(at, loc))
	// Output:
	// 22:00 to 08:00 true 2026-11-23 08:00:00 +0800 CST
}

// The night on which clocks are set forward, and that on which they are set back:
// half past two is not there, and there twice.
func ExampleQuietHours_NextAllowed_daylightSaving() {
	berlin, err := time.LoadLocation("Europe/Berlin")
	check(err)
	quiet := strategy.QuietHours{Start: strategy.NewClock(22, 0), End: strategy.NewClock(2, 30)}
	for _, night := range []time.Time{time.Date(2026, 3, 29, 1, 0, 0, 0, berlin), time.Date(2026, 10, 25, 1, 0, 0, 0, berlin)} {
		next := quiet.NextAllowed(night, berlin)
		later := next.Add(45 * time.Minute)
		fmt.Printf("%s, after %v; quiet again at %s: %v\n", next.Format("2 January 15:04 MST"), next.Sub(night), later.Format("15:04 MST"), quiet.At(later, berlin))
	}
	// Output:
	// 29 March 03:00 CEST, after 1h0m0s; quiet again at 03:45 CEST: false
	// 25 October 02:30 CEST, after 1h30m0s; quiet again at 02:15 CET: true
}

func ExampleQuietHours_At() {
	quiet := strategy.QuietHours{Start: strategy.NewClock(22, 0), End: strategy.NewClock(8, 0)}
	for _, hour := range []int{21, 22, 7, 8} {
		fmt.Println(hour, quiet.At(time.Date(2026, 11, 22, hour, 0, 0, 0, time.UTC), nil))
	}
	// Output:
	// 21 false
	// 22 true
	// 7 true
	// 8 false
}

func ExampleNewClock() {
	fmt.Println(strategy.NewClock(8, 5))
	// Output:
	// 08:05
}

func ExampleCap_Window() {
	week := strategy.Cap{Name: "two a week", Limit: 2, Calendar: strategy.Week}
	after, last := week.Window(now, nil)
	fmt.Println(after.Format(time.RFC3339Nano), last.Format(time.RFC3339Nano))
	// Output:
	// 2026-11-15T23:59:59.999999Z 2026-11-22T23:59:59.999999Z
}

func ExampleBound_Matches() {
	b := strategy.Bound{Name: "sms a day", Limit: 1, After: now.Add(-24 * time.Hour), Channel: "sms"}
	for _, e := range []strategy.Exposure{{Channel: "sms", At: now}, {Channel: "push", At: now}, {Channel: "sms", At: now.Add(-24 * time.Hour)}} {
		fmt.Println(b.Matches(&e))
	}
	// Output:
	// true
	// false
	// false
}

func ExampleCoolDown_String() {
	fmt.Println(strategy.CoolDown{For: regulars.Days(30)})
	fmt.Println(strategy.CoolDown{After: "ignored", Times: 3, For: regulars.Days(90)})
	// Output:
	// 30d after sending
	// 90d after ignored, 3 times within 90d
}

func ExampleRange_String() {
	fmt.Println(strategy.Range{Number: "orders", AtLeast: new(3.0), Below: new(10.0)})
	// Output:
	// orders from 3 to below 10
}

func ExampleParseMicros() {
	m, err := strategy.ParseMicros("12.50")
	fmt.Println(m, int64(m), err)
	// Output:
	// 12.5 12500000 <nil>
}

func ExampleMicrosOf() {
	fmt.Println(strategy.MicrosOf(0.1 + 0.2))
	// Output:
	// 0.3 true
}

func ExamplePractices() {
	fmt.Println(strategy.Practices())
	// Output:
	// [absent converted core deal seeker general value important retain important value newcomer old customer priority develop renewal due repeat buyer service due stopped waist]
}

func ExamplePractice() {
	playbook, ok := strategy.Practice("stopped")
	fmt.Println(ok, playbook.Operations[0].Name, "for", playbook.Operations[0].Audience, "–", playbook.Objectives[0].Step)
	// Output:
	// true reminder to pay for all of stuck=pay – stopped before paying 催付
}

func ExamplePracticeLabels() {
	fmt.Println(strategy.PracticeLabels()["upkeep"])
	// Output:
	// [upcoming due overdue done missed never due]
}

func ExampleDecision_PropensityOf() {
	playbook := small()
	playbook.Exploration = &strategy.Exploration{Salt: "2027", Epsilon: 100_000}
	policy, err := strategy.NewPolicy(playbook)
	check(err)
	d := policy.Decide(people[0], now)
	fmt.Printf("%.2f %.2f\n", d.PropensityOf("win-back gift"), d.PropensityOf("annual survey"))
	// Output:
	// 0.95 0.05
}
