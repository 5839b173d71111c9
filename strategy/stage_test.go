package strategy_test

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/strategy"
)

// alone decides on one operation that is all a playbook has, and returns its
// verdict as words.
func alone(t testing.TB, p strategy.Playbook, change func(*strategy.Operation), c strategy.Case) string {
	t.Helper()
	o := operation("a", 1, strategy.Audience{})
	o.Channel = "sms"
	if change != nil {
		change(&o)
	}
	p.Operations = append(p.Operations, o)
	policy, err := strategy.Host{Zones: time.LoadLocation}.NewPolicy(p)
	if err != nil {
		t.Fatal(err)
	}
	if c.Customer.ID == "" {
		c.Customer.ID = "u1"
	}
	for _, v := range policy.DecideCase(c).Verdicts {
		if v.Operation == "a" {
			return fmt.Sprintf("%v, %s, by %q", v.Stage, v.Because(), v.Channel)
		}
	}
	return ""
}

func TestStages(t *testing.T) {
	now := at("2026-11-22T12:00:00Z")
	sms := func(kind strategy.ConsentKind, or ...string) strategy.Playbook {
		return strategy.Playbook{Channels: []strategy.Channel{{Name: "sms", Consent: kind, Reach: "reach=sms", Or: or}}}
	}
	customer := func(c strategy.Customer) strategy.Case { return strategy.Case{Customer: c, Now: now} }
	reached := func(consents ...strategy.Consent) strategy.Case {
		return customer(strategy.Customer{Labels: []string{"reach=sms"}, Consents: consents})
	}
	granted, denied := strategy.Consent{Channel: "sms", Granted: true}, strategy.Consent{Channel: "sms"}
	class := func(c strategy.Class) func(*strategy.Operation) {
		return func(o *strategy.Operation) { o.Class, o.CoolDowns = c, []strategy.CoolDown{{For: regulars.Hours(1)}} }
	}
	quota := strategy.Consent{Channel: "sms", Granted: true, Quota: 1, Since: now.AddDate(0, 0, -9)}
	used := reached(quota)
	used.Customer.Exposures = []strategy.Exposure{{Operation: "x", Channel: "sms", At: now.AddDate(0, 0, -8)}}
	before := reached(quota)
	before.Customer.Exposures = []strategy.Exposure{{Operation: "x", Channel: "sms", At: now.AddDate(0, 0, -9)}}

	money := strategy.Playbook{
		Budgets:  []strategy.Budget{{Name: "money", Unit: "money", Limit: 10 * strategy.One}},
		Channels: []strategy.Channel{{Name: "sms", Costs: map[string]strategy.Micros{"money": strategy.One}}},
	}
	costs := func(m strategy.Micros) func(*strategy.Operation) {
		return func(o *strategy.Operation) { o.Costs = map[string]strategy.Micros{"money": m * strategy.One} }
	}
	left := func(m strategy.Micros) strategy.Case {
		return strategy.Case{Now: now, Left: map[string]strategy.Micros{"money": m * strategy.One}}
	}
	numbers := func(n map[string]float64) strategy.Case { return customer(strategy.Customer{Numbers: n}) }
	orders := func(o *strategy.Operation) {
		o.Suits.Numbers = []strategy.Range{{Number: "orders", AtLeast: new(2.0), Below: new(5.0)}}
	}
	own := func(o *strategy.Operation) { o.Value, o.PropensityFrom, o.Propensity = 10*strategy.One, "p", 500_000 }
	effects := strategy.Playbook{Effects: &strategy.Effects{Rows: []strategy.Effect{
		{Operation: "a", Estimate: 0.1, Low: 0, High: 1}, {Operation: "a", Label: "k=bad", Estimate: -0.1, Low: -1, High: 1}, {Operation: "a", Label: "k=none", NoSupport: true},
	}}}
	several := strategy.Playbook{Effects: &strategy.Effects{Rows: []strategy.Effect{
		{Operation: "a", Label: "k=bad", Estimate: -0.1, Low: -1, High: 1},
		{Operation: "a", Label: "k=known", Estimate: 0.1, Low: 0.05, High: 0.15},
		{Operation: "a", Label: "k=like", Estimate: 0.1, Low: 0, High: 2},
	}}}
	tests := []struct {
		name     string
		playbook strategy.Playbook
		change   func(*strategy.Operation)
		c        strategy.Case
		want     string
	}{
		{"stopped", strategy.Playbook{}, func(o *strategy.Operation) { o.Stopped = true }, customer(strategy.Customer{}), `dates, stopped, by ""`},
		{"relevant", strategy.Playbook{}, func(o *strategy.Operation) { o.Relevant.AllOf = []string{"k=v"} }, customer(strategy.Customer{}), `relevance, relevance: lacks k=v, by ""`},
		{"suits", strategy.Playbook{}, func(o *strategy.Operation) { o.Suits.NoneOf = []string{"k=v"} }, customer(strategy.Customer{Labels: []string{"k=v"}}), `suitability, suitability: excluded by k=v, by ""`},

		{"no number", strategy.Playbook{}, orders, numbers(nil), `suitability, suitability: not known whether orders from 2 to below 5, by ""`},
		{"NaN", strategy.Playbook{}, orders, numbers(map[string]float64{"orders": math.NaN()}), `suitability, suitability: not known whether orders from 2 to below 5, by ""`},
		{"infinite", strategy.Playbook{}, orders, numbers(map[string]float64{"orders": math.Inf(1)}), `suitability, suitability: not known whether orders from 2 to below 5, by ""`},
		{"at least, included", strategy.Playbook{}, orders, numbers(map[string]float64{"orders": 2}), `rank, chosen: for everyone, by "sms"`},
		{"below, excluded", strategy.Playbook{}, orders, numbers(map[string]float64{"orders": 5}), `suitability, suitability: not orders from 2 to below 5, by ""`},

		{"out of reach", sms(strategy.NoneNeeded), nil, customer(strategy.Customer{}), `consent, unreachable: sms, by "sms"`},
		{"in reach", sms(strategy.NoneNeeded), nil, reached(), `rank, chosen: for everyone, by "sms"`},
		{"out of reach, the next channel", sms(strategy.NoneNeeded, "push"), nil, customer(strategy.Customer{}), `rank, chosen: for everyone, by "push"`},
		{"its own next channel", sms(strategy.NoneNeeded, "push"), func(o *strategy.Operation) { o.Or = []string{"email"} }, customer(strategy.Customer{}), `rank, chosen: for everyone, by "email"`},
		{"refused where none is needed", sms(strategy.NoneNeeded), nil, reached(denied), `consent, no consent: sms, by "sms"`},
		{"opt-in not known", sms(strategy.OptIn), nil, reached(), `consent, no consent: sms, by "sms"`},
		{"opt-in", sms(strategy.OptIn), nil, reached(granted), `rank, chosen: for everyone, by "sms"`},
		{"the last word counts", sms(strategy.OptIn), nil, reached(granted, denied), `consent, no consent: sms, by "sms"`},
		{"another channel's consent", sms(strategy.OptIn), nil, reached(strategy.Consent{Channel: "push", Granted: true}), `consent, no consent: sms, by "sms"`},
		{"transactional needs none", sms(strategy.OptIn), class(strategy.Transactional), reached(denied), `rank, chosen: for everyone, by "sms"`},
		{"a quota not known", sms(strategy.Quota), nil, reached(), `consent, no consent: sms, by "sms"`},
		{"a quota", sms(strategy.Quota), nil, reached(quota), `rank, chosen: for everyone, by "sms"`},
		{"a quota of 0", sms(strategy.Quota), nil, reached(granted), `consent, no consent: sms, by "sms"`},
		{"a quota used up", sms(strategy.Quota), nil, used, `consent, no consent: sms, by "sms"`},
		{"a quota used up, mandatory too", sms(strategy.Quota), class(strategy.Mandatory), used, `consent, no consent: sms, by "sms"`},
		{"sent when the quota was granted", sms(strategy.Quota), nil, before, `rank, chosen: for everyone, by "sms"`},

		{"within budget", money, costs(3), left(4), `rank, chosen: for everyone, by "sms"`},
		{"over budget, with the channel's cost", money, costs(3), left(3), `budget, over budget: money, by "sms"`},
		{"nothing left", money, nil, left(0), `budget, over budget: money, by "sms"`},
		{"overdrawn", money, nil, left(-1), `budget, over budget: money, by "sms"`},
		{"not known what is left", money, costs(9), customer(strategy.Customer{}), `rank, chosen: for everyone, by "sms"`},
		{"more than there ever is", money, costs(10), customer(strategy.Customer{}), `budget, over budget: money, by "sms"`},

		{"refused", money, nil, strategy.Case{Now: now, Refused: []strategy.Refusal{{Operation: "a", Channel: "sms", By: "money"}}}, `reserve, refused on reserving: money, by "sms"`},
		{"refused on another channel", money, nil, strategy.Case{Now: now, Refused: []strategy.Refusal{{Operation: "a", Channel: "push", By: "money"}}}, `rank, chosen: for everyone, by "sms"`},

		{"own propensity", strategy.Playbook{}, own, numbers(map[string]float64{"p": 0.25}), `rank, chosen: for everyone, by "sms"`},
		{"own propensity of 0", strategy.Playbook{}, own, numbers(map[string]float64{"p": 0}), `score, no gain: score 0, by "sms"`},
		{"own propensity out of range", strategy.Playbook{}, own, numbers(map[string]float64{"p": 1.01}), `score, unscored: p, by "sms"`},
		{"own propensity not known", strategy.Playbook{}, own, numbers(nil), `rank, chosen: for everyone, by "sms"`},
		{"own propensity NaN", strategy.Playbook{}, own, numbers(map[string]float64{"p": math.NaN()}), `score, unscored: p, by "sms"`},
		{"own propensity infinite", strategy.Playbook{}, own, numbers(map[string]float64{"p": math.Inf(1)}), `score, unscored: p, by "sms"`},
		{"own propensity less than any", strategy.Playbook{}, own, numbers(map[string]float64{"p": math.Inf(-1)}), `score, unscored: p, by "sms"`},
		{"effects say it does harm", effects, own, customer(strategy.Customer{Labels: []string{"k=bad"}}), `score, no gain: score -1, by "sms"`},
		{"effects without support go by the mean", effects, own, customer(strategy.Customer{Labels: []string{"k=none"}}), `rank, chosen: for everyone, by "sms"`},
		{"of several effects the one that is known best", several, own, customer(strategy.Customer{Labels: []string{"k=bad", "k=known"}}), `rank, chosen: for everyone, by "sms"`},
		{"of effects known alike the first label's", several, own, customer(strategy.Customer{Labels: []string{"k=bad", "k=like"}}), `score, no gain: score -1, by "sms"`},
		{"without a value nothing is gained or lost", effects, nil, customer(strategy.Customer{Labels: []string{"k=bad"}}), `rank, chosen: for everyone, by "sms"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := alone(t, test.playbook, test.change, test.c); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestCoolDowns(t *testing.T) {
	now := at("2026-11-22T12:00:00Z")
	sent := func(days int, outcome string) strategy.Exposure {
		return strategy.Exposure{Operation: "a", Channel: "sms", At: now.AddDate(0, 0, -days), Outcome: outcome}
	}
	once := strategy.CoolDown{For: regulars.Days(7)}
	ignored := strategy.CoolDown{After: "ignored", Times: 2, Within: regulars.Days(10), For: regulars.Days(30)}
	later := sent(1, "ignored")
	later.OutcomeAt = now.Add(time.Hour)
	failed := sent(1, "")
	failed.State = strategy.Failed
	bounced := sent(1, "ignored")
	bounced.OutcomeAt, bounced.State = now.Add(-time.Hour), strategy.Failed
	other := sent(1, "")
	other.Operation = "b"
	zone := regulars.Months(1)
	tests := []struct {
		name  string
		rules []strategy.CoolDown
		sends []strategy.Exposure
		until time.Time
	}{
		{"never sent", []strategy.CoolDown{once}, nil, time.Time{}},
		{"sent yesterday", []strategy.CoolDown{once}, []strategy.Exposure{sent(1, "")}, now.AddDate(0, 0, 6)},
		{"a week ago to the microsecond", []strategy.CoolDown{once}, []strategy.Exposure{sent(7, "")}, time.Time{}},
		{"the last one counts", []strategy.CoolDown{once}, []strategy.Exposure{sent(2, ""), sent(1, ""), sent(6, "")}, now.AddDate(0, 0, 6)},
		{"another one was sent", []strategy.CoolDown{once}, []strategy.Exposure{other}, time.Time{}},
		{"failed", []strategy.CoolDown{once}, []strategy.Exposure{failed}, time.Time{}},
		{"failed, whatever came of it", []strategy.CoolDown{{After: "ignored", For: regulars.Days(7)}}, []strategy.Exposure{bounced}, time.Time{}},
		{"ahead, as a clock was set back", []strategy.CoolDown{once}, []strategy.Exposure{sent(-1, "")}, now.AddDate(0, 0, 8)},
		{"a month is of the calendar", []strategy.CoolDown{{For: zone}}, []strategy.Exposure{{Operation: "a", Channel: "sms", At: at("2026-10-31T12:00:00Z")}}, at("2026-11-30T12:00:00Z")},
		{"ignored once", []strategy.CoolDown{ignored}, []strategy.Exposure{sent(1, "ignored"), sent(2, "ordered")}, time.Time{}},
		{"ignored twice", []strategy.CoolDown{ignored}, []strategy.Exposure{sent(1, "ignored"), sent(10, "ignored")}, now.AddDate(0, 0, 29)},
		{"too far apart", []strategy.CoolDown{ignored}, []strategy.Exposure{sent(1, "ignored"), sent(11, "ignored")}, time.Time{}},
		{"twice long ago, and once", []strategy.CoolDown{ignored}, []strategy.Exposure{sent(1, "ignored"), sent(20, "ignored"), sent(22, "ignored")}, now.AddDate(0, 0, 10)},
		{"an outcome ahead does not count yet", []strategy.CoolDown{ignored}, []strategy.Exposure{later, sent(2, "ignored")}, time.Time{}},
		{"the longest of two", []strategy.CoolDown{once, {For: regulars.Days(3)}}, []strategy.Exposure{sent(1, "")}, now.AddDate(0, 0, 6)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := operation("a", 1, strategy.Audience{})
			o.Channel, o.CoolDowns = "sms", test.rules
			policy := compile(t, strategy.Playbook{Operations: []strategy.Operation{o}})
			c := strategy.Customer{ID: "u1", Exposures: test.sends}
			v := policy.Decide(c, now).Verdicts[0]
			if (v.Code == strategy.CoolingDown) == test.until.IsZero() || !v.RetryAt.Equal(test.until) {
				t.Fatalf("%v, want until %v", v, test.until)
			}
			if since := policy.Since(now); !test.until.IsZero() && !c.Exposures[len(c.Exposures)-1].At.After(since) {
				t.Errorf("it goes by what was before %v", since)
			}
		})
	}
}

// On a month's first day there is a month before it that is not over everywhere.
func TestSinceMindsOtherZones(t *testing.T) {
	policy, err := strategy.Host{Zones: time.LoadLocation}.NewPolicy(strategy.Playbook{
		Zone: "UTC", Caps: []strategy.Cap{{Name: "one a month", Limit: 1, Calendar: "month"}},
		Operations: []strategy.Operation{operation("a", 1, strategy.Audience{})},
	})
	if err != nil {
		t.Fatal(err)
	}
	now, begun := at("2027-03-01T00:00:00Z"), at("2027-02-01T00:00:00-05:00")
	c := strategy.Customer{ID: "u1", Zone: "America/New_York", Exposures: []strategy.Exposure{{Operation: "b", Channel: "sms", At: begun}}}
	if d := policy.Decide(c, now); d.Verdicts[0].Code != strategy.Capped {
		t.Fatalf("%v, want it to be capped", d)
	}
	if since := policy.Since(now); !begun.After(since) {
		t.Errorf("since %v, yet what was sent at %v counts", since, begun)
	}
}

// Where the best operation is capped, the next one has its turn, or the customer
// waits, or gets nothing.
func TestWhenCapped(t *testing.T) {
	now := at("2026-11-22T12:00:00Z")
	tests := []struct {
		when           strategy.WhenCapped
		left           strategy.Micros
		chosen, waits  string
		second, backup strategy.Code
	}{
		{strategy.Next, strategy.One, "second", "", strategy.Chosen, strategy.Outranked},
		{strategy.Defer, strategy.One, "", "best", strategy.HeldBack, strategy.HeldBack},
		{strategy.Drop, strategy.One, "", "best", strategy.HeldBack, strategy.HeldBack},
		{strategy.Defer, 0, "second", "", strategy.Chosen, strategy.Outranked}, // it could not be paid for anyway
	}
	for _, test := range tests {
		t.Run(fmt.Sprint(test.when, " ", test.left), func(t *testing.T) {
			best, second := operation("best", 2, strategy.Audience{}), operation("second", 1, strategy.Audience{})
			best.WhenCapped, best.Tags, best.Costs = test.when, []string{"gift"}, map[string]strategy.Micros{"money": 1}
			policy := compile(t, strategy.Playbook{
				Operations: []strategy.Operation{best, second}, Fallback: &strategy.Operation{Name: "backup", Objective: "o", Channel: "site"},
				Caps:    []strategy.Cap{{Name: "a gift a day", Limit: 1, Scope: strategy.PerTag, On: "gift", Calendar: strategy.Day}},
				Budgets: []strategy.Budget{{Name: "money", Unit: "money", Limit: strategy.One}},
			})
			c := strategy.Case{Now: now, Left: map[string]strategy.Micros{"money": test.left}, Customer: strategy.Customer{
				ID: "u1", Exposures: []strategy.Exposure{{Operation: "x", Channel: "sms", Tags: []string{"gift"}, At: now.Add(-time.Hour)}},
			}}
			d := policy.DecideCase(c)
			if d.Chosen != test.chosen || d.Waits != test.waits || d.Verdicts[0].Code != strategy.Capped || d.Verdicts[1].Code != test.second || d.Verdicts[2].Code != test.backup {
				t.Fatalf("%v", d)
			}
			if choice := policy.Choose(c); choice.Waits != test.waits || test.waits != "" && !choice.RetryAt.Equal(at("2026-11-23T00:00:00Z")) {
				t.Errorf("%+v", choice)
			}
		})
	}
}

// A score that depends on the customer may pass the ones before it, but not those
// of a higher priority.
func TestScoresThatMove(t *testing.T) {
	a, b, c := operation("a", 1, strategy.Audience{}), operation("b", 1, strategy.Audience{}), operation("c", 0, strategy.Audience{})
	a.Value, a.Propensity = 10*strategy.One, 500_000
	b.Value, b.Propensity, b.PropensityFrom = 10*strategy.One, 100_000, "p"
	c.Value = 100 * strategy.One
	policy := compile(t, strategy.Playbook{Operations: []strategy.Operation{a, b, c}})
	for _, test := range []struct {
		p     float64
		want  string
		score strategy.Micros
	}{{0.9, "b", 9e6}, {0.5, "a", 5e6}, {0.4, "a", 5e6}, {math.NaN(), "a", 5e6}} {
		x := strategy.Case{Now: epoch, Customer: strategy.Customer{ID: "u1", Numbers: map[string]float64{"p": test.p}}}
		if quick, d := policy.Choose(x), policy.DecideCase(x); quick.Operation != test.want || d.Chosen != test.want || quick.Score != test.score {
			t.Errorf("%v: %+v\n%v", test.p, quick, d)
		}
	}
}

// What is capped is waited for only if it would have been the best.
func TestWaitsForTheBestOnly(t *testing.T) {
	now := at("2026-11-22T12:00:00Z")
	for _, test := range []struct {
		value         strategy.Micros
		chosen, waits string
	}{{3, "", "gift"}, {2, "", "gift"}, {1, "news", ""}} {
		gift, news := operation("gift", 1, strategy.Audience{}), operation("news", 1, strategy.Audience{})
		gift.Value, news.Value = test.value*strategy.One, 2*strategy.One
		gift.WhenCapped, gift.PropensityFrom = strategy.Defer, "p"
		policy := compile(t, strategy.Playbook{
			Operations: []strategy.Operation{gift, news},
			Caps:       []strategy.Cap{{Name: "gifts", Limit: 1, Scope: strategy.PerOperation, On: "gift", Rolling: regulars.Hours(2)}},
		})
		c := strategy.Case{Now: now, Customer: strategy.Customer{ID: "u1", Exposures: []strategy.Exposure{{Operation: "gift", Channel: "push", At: now}}}}
		d, quick := policy.DecideCase(c), policy.Choose(c)
		if d.Chosen != test.chosen || d.Waits != test.waits || quick.Operation != test.chosen || quick.Waits != test.waits {
			t.Errorf("worth %v: %v", test.value, d)
		}
	}
}

// A zone that is missing, or not known, is that of the business, and it is said.
func TestZones(t *testing.T) {
	asked := map[string]int{}
	host := strategy.Host{Zones: func(name string) (*time.Location, error) {
		asked[name]++
		if name == "Mars/Olympus" {
			return nil, errors.New("unknown")
		}
		return time.LoadLocation(name)
	}}
	policy, err := host.NewPolicy(strategy.Playbook{
		Zone: "Asia/Shanghai", Operations: []strategy.Operation{operation("a", 1, strategy.Audience{})},
		QuietHours: []strategy.QuietHours{quietHours(t, "22:00", "08:00")},
	})
	if err != nil {
		t.Fatal(err)
	}
	now := at("2026-11-22T14:30:00Z") // 22:30 in Shanghai, 15:30 in Vienna
	for _, test := range []struct {
		zone, want string
		assumed    bool
		code       strategy.Code
	}{
		{"", "Asia/Shanghai", true, strategy.Quiet},
		{"Mars/Olympus", "Asia/Shanghai", true, strategy.Quiet},
		{"Asia/Shanghai", "Asia/Shanghai", false, strategy.Quiet},
		{"Europe/Vienna", "Europe/Vienna", false, strategy.Chosen},
	} {
		for range 2 {
			d := policy.Decide(strategy.Customer{ID: "u1", Zone: test.zone}, now)
			if d.Zone != test.want || d.ZoneAssumed != test.assumed || d.Verdicts[0].Code != test.code {
				t.Errorf("%q: %+v", test.zone, d)
			}
		}
	}
	if asked["Mars/Olympus"] != 1 || asked["Europe/Vienna"] != 1 {
		t.Errorf("asked %v", asked)
	}
}

// The preferred hour is looked for from now on, past quiet hours and hours that
// the clocks skip.
func TestSendAt(t *testing.T) {
	tests := []struct{ name, hour, now, want string }{
		{"later today", "20:00", "2026-11-22T12:00:00+01:00", "2026-11-22T20:00:00+01:00"},
		{"the last hour there is", "20:00", "2027-04-30T12:00:00+02:00", "2027-04-30T20:00:00+02:00"},
		{"when the operation has ended", "21:00", "2027-04-30T12:00:00+02:00", ""},
		{"tomorrow", "10:00", "2026-11-22T12:00:00+01:00", "2026-11-23T10:00:00+01:00"},
		{"within the hour", "12:00", "2026-11-22T12:59:59+01:00", ""},
		{"an hour later", "11:59", "2026-11-22T12:59:00+01:00", "2026-11-23T11:59:00+01:00"},
		{"skipped today", "02:30", "2027-03-28T01:00:00+01:00", "2027-03-29T02:30:00+02:00"},
		{"across a change", "20:00", "2027-03-27T21:00:00+01:00", "2027-03-28T20:00:00+02:00"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := operation("a", 1, strategy.Audience{})
			o.Dates.End = at("2027-04-30T20:00:00.000001+02:00")
			policy, err := strategy.Host{Zones: time.LoadLocation}.NewPolicy(strategy.Playbook{
				Operations: []strategy.Operation{o}, Channels: []strategy.Channel{{Name: "push", PreferredHour: new(clock(t, test.hour))}},
			})
			if err != nil {
				t.Fatal(err)
			}
			var want time.Time
			if test.want != "" {
				want = at(test.want)
			}
			c := strategy.Case{Customer: strategy.Customer{ID: "u1", Zone: "Europe/Vienna"}, Now: at(test.now)}
			if got := policy.DecideCase(c).SendAt; !got.Equal(want) {
				t.Errorf("%v, want %v", got, want)
			}
			if got := policy.Choose(c).SendAt; !got.Equal(want) {
				t.Errorf("chosen: %v, want %v", got, want)
			}
		})
	}
}

// Over 10,000 customers each operation is drawn as often as its propensity says,
// within 5 standard deviations, and the draw of a slot stays.
func TestExplorationKeepsItsWord(t *testing.T) {
	p := strategy.Playbook{Exploration: &strategy.Exploration{Salt: "2027", Temperature: strategy.One}}
	for i, value := range []strategy.Micros{1, 2, 3} {
		o := operation(fmt.Sprint("op ", i), 0, strategy.Audience{})
		o.Value = value * strategy.One
		p.Operations = append(p.Operations, o)
	}
	receipt := operation("receipt", 0, strategy.Audience{AllOf: []string{"k=never"}})
	receipt.Class = strategy.Transactional
	p.Operations = append(p.Operations, receipt)
	e1, e2 := math.Exp(-1), math.Exp(-2)
	softmax := map[string]float64{"op 0": e2 / (1 + e1 + e2), "op 1": e1 / (1 + e1 + e2), "op 2": 1 / (1 + e1 + e2)}
	exploreAll(t, p, softmax)

	p.Exploration = &strategy.Exploration{Salt: "2027", Epsilon: 300_000}
	exploreAll(t, p, map[string]float64{"op 0": 0.1, "op 1": 0.1, "op 2": 0.8})
}

// A score does not make up for a priority: a temperature draws among those that
// rank with the best, however much the others score.
func TestTemperatureKeepsPriorities(t *testing.T) {
	p := strategy.Playbook{Exploration: &strategy.Exploration{Salt: "2027", Temperature: strategy.One}}
	for i, value := range []strategy.Micros{40, 1, 2} {
		o := operation(fmt.Sprint("op ", i), 0, strategy.Audience{})
		o.Value = value * strategy.One
		p.Operations = append(p.Operations, o)
	}
	p.Operations[1].Priority, p.Operations[2].Priority = 1, 1
	e1 := math.Exp(-1)
	exploreAll(t, p, map[string]float64{"op 0": 0, "op 1": e1 / (1 + e1), "op 2": 1 / (1 + e1)})
}

// The best is the best for the customer, wherever the playbook alone would rank
// it.
func TestExplorationFavoursTheBest(t *testing.T) {
	p := strategy.Playbook{Exploration: &strategy.Exploration{Salt: "2027", Epsilon: 300_000}}
	for i, value := range []strategy.Micros{3, 2, 1} {
		o := operation(fmt.Sprint("op ", i), 0, strategy.Audience{})
		o.Value = value * strategy.One
		p.Operations = append(p.Operations, o)
	}
	p.Operations[0].PropensityFrom, p.Operations[1].PropensityFrom = "p", "p"
	d := compile(t, p).Decide(strategy.Customer{ID: "u1", Numbers: map[string]float64{"p": 0.1}}, epoch)
	for _, v := range d.Verdicts {
		want := 0.1
		if v.Operation == "op 2" {
			want = 0.8
		}
		if math.Abs(v.Propensity-want) > 1e-6 {
			t.Errorf("%s: %v, want %v", v.Operation, v.Propensity, want)
		}
	}
}

func exploreAll(t *testing.T, p strategy.Playbook, want map[string]float64) {
	t.Helper()
	const n = 10_000
	policy := compile(t, p)
	drawn := map[string]float64{}
	moved := 0
	for i := range n {
		c := strategy.Case{Customer: strategy.Customer{ID: fmt.Sprint("用户", i)}, Now: epoch, Slot: "noon"}
		d := policy.DecideCase(c)
		drawn[d.Chosen]++
		if again := policy.Choose(c); again.Operation != d.Chosen || !d.Explored || d.Propensity != d.PropensityOf(d.Chosen) || d.PropensityOf("x") != 0 {
			t.Fatalf("%+v, then %+v", d, again)
		}
		for _, v := range d.Verdicts {
			if math.Abs(v.Propensity-want[v.Operation]) > 1e-6 {
				t.Fatalf("propensity %v, want %v of %v", v.Propensity, want[v.Operation], d)
			}
			if better := v.Score > 0 && v.Operation > d.Chosen && v.Operation != "receipt"; better != (v.Code == strategy.NotDrawn) {
				t.Fatalf("%v", d)
			}
		}
		c.Slot = "evening"
		if policy.DecideCase(c).Chosen != d.Chosen {
			moved++
		}
	}
	for name, p := range want {
		if off := math.Abs(drawn[name] - n*p); off > 5*math.Sqrt(n*p*(1-p)) {
			t.Errorf("%s was drawn %v times, want %v", name, drawn[name], n*p)
		}
	}
	if moved == 0 {
		t.Error("another slot is drawn alike")
	}
}

func TestStageText(t *testing.T) {
	for s := strategy.StageHoldout; s <= strategy.StageReserve; s++ {
		text, err := s.MarshalText()
		var back strategy.Stage
		if err != nil || back.UnmarshalText(text) != nil || back != s || len(text) == 0 {
			t.Errorf("%v is read back as %v, %v", s, back, err)
		}
	}
	var s strategy.Stage
	if err := s.UnmarshalText([]byte("lunch")); err == nil {
		t.Error("no error")
	}
	if _, err := strategy.Stage(99).MarshalText(); err == nil {
		t.Error("no error")
	}
}

// A policy hands out its playbook in its normal form, which compiles to itself.
func TestPolicyPlaybook(t *testing.T) {
	policy := compile(t, shared())
	normal := policy.Playbook()
	if again := compile(t, normal); again.ID() != policy.ID() {
		t.Error("another policy")
	}
	normal.Operations[0].Tags[0] = "changed"
	if diff := cmp.Diff(compile(t, shared()).Playbook(), policy.Playbook(), clocks); diff != "" {
		t.Errorf("changed from outside (-want +got)\n%s", diff)
	}
}
