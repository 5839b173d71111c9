package lifecycle_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/lifecycle"
)

func dec(text string) decimal.Decimal { return decimal.RequireFromString(text) }

// sales are of customers whose ID begins with that of their channel.
type sale struct{ customer, date, amount string }

func revenueOf(t testing.TB, sales []sale) *lifecycle.Revenue[string] {
	t.Helper()
	var r lifecycle.Revenue[string]
	for _, s := range sales {
		if err := r.Add(s.customer, on(s.date), dec(s.amount)); err != nil {
			t.Fatal(err)
		}
	}
	return &r
}

func spendOf(t testing.TB, spent []sale) *lifecycle.Spend {
	t.Helper()
	var s lifecycle.Spend
	for _, x := range spent {
		if err := s.Add(x.customer, on(x.date), dec(x.amount)); err != nil {
			t.Fatal(err)
		}
	}
	return &s
}

// byPrefix reads "ads/ann" as ann, who came by ads.
func byPrefix(id string) string {
	channel, _, _ := strings.Cut(id, "/")
	return channel
}

// Worked by hand: a horizon of two months, a margin of a half.
var (
	handSales = []sale{
		{"ads/ann", "2024-01-10", "100"},
		{"ads/ann", "2024-02-10", "60"},
		{"ads/bob", "2024-01-20", "40"},
		{"ads/bob", "2024-03-20", "999"},   // beyond the horizon
		{"mall/cat", "2024-02-05", "30"},   // matures at the end of March
		{"mall/cat", "2024-02-06", "-5.5"}, // a refund
		{"ads/dan", "2024-03-05", "20"},    // not mature
		{"/eve", "2024-01-05", "80"},       // nobody knows how she came
		{"/eve", "2024-02-05", "10"},
		{"ads/fay", "2023-12-31", "70"}, // before the first spend
		{"mall/gus", "2024-04-03", "50"},
	}
	handSpend = []sale{
		{"ads", "2024-01-01", "90"},
		{"ads", "2024-02-01", "10"},
		{"ads", "2024-03-01", "30"},
		{"mall", "2024-02-01", "12.5"},
		{"tv", "2024-01-15", "200"}, // nobody came
		{"", "2024-01-15", "7"},
		{"ads", "2024-04-01", "500"}, // April is not over
	}
)

func TestAcquisitionByHand(t *testing.T) {
	a, err := revenueOf(t, handSales).Acquisition(on("2024-04-10"), spendOf(t, handSpend), lifecycle.AcquisitionOptions[string]{
		Channel: byPrefix, Margin: dec("0.5"), Horizon: 2,
	})
	if err != nil {
		t.Fatal(err)
	}
	type row struct {
		Channel, Spend, CAC    string
		New, Mature            int
		MatureSpend, Value     string
		Retained, OneTimers    int
		Ratio, Payback, Months string
	}
	var got []row
	for _, c := range append(a.Channels, a.All, a.Paid) {
		cac, ok := c.CAC(2)
		text := cac.String()
		if !ok {
			text = "undefined"
		}
		ratio := "undefined"
		if c.Ratio.Defined {
			ratio = fmt.Sprintf("%.4f", c.Ratio.Value)
		}
		var months strings.Builder
		for _, m := range c.Cohorts {
			fmt.Fprintf(&months, "%s %s %d %s %s %d; ", m.Name, m.Spend, m.New, m.Value, m.Payback.State, m.Payback.Periods)
		}
		if c.Retained.Of != c.Mature || c.OneTimers.Of != c.Mature {
			t.Errorf("%s: shares of %d and %d, mature %d", c.Channel, c.Retained.Of, c.OneTimers.Of, c.Mature)
		}
		got = append(got, row{
			c.Channel, c.Spend.String(), text, c.New, c.Mature, c.MatureSpend.String(), c.Value.String(),
			c.Retained.Count, c.OneTimers.Count, ratio, fmt.Sprint(c.Payback.State, " ", c.Payback.Periods), months.String(),
		})
	}
	want := []row{
		{"ads", "130", "43.33", 3, 2, "100", "100", 1, 1, "1.0000", "paid back 2", "2024-01 90 2 100 paid back 2; 2024-02 10 0 0 not reached 0; 2024-03 30 1 10 open 0; 2024-04 500 0 0 open 0; "},
		{"mall", "12.5", "12.5", 1, 1, "12.5", "12.25", 0, 1, "0.9800", "not reached 0", "2024-01 0 0 0 nothing spent 0; 2024-02 12.5 1 12.25 not reached 0; 2024-03 0 0 0 nothing spent 0; 2024-04 0 1 0 nothing spent 0; "},
		{"tv", "200", "undefined", 0, 0, "200", "0", 0, 0, "undefined", "not reached 0", "2024-01 200 0 0 not reached 0; 2024-02 0 0 0 nothing spent 0; 2024-03 0 0 0 nothing spent 0; 2024-04 0 0 0 nothing spent 0; "},
		{"unattributed", "7", "7", 1, 1, "7", "45", 1, 0, "6.4286", "paid back 1", "2024-01 7 1 45 paid back 1; 2024-02 0 0 0 nothing spent 0; 2024-03 0 0 0 nothing spent 0; 2024-04 0 0 0 nothing spent 0; "},
		{"all", "349.5", "69.9", 5, 4, "319.5", "157.25", 2, 2, "0.4922", "not reached 0", "2024-01 297 3 145 not reached 0; 2024-02 22.5 1 12.25 not reached 0; 2024-03 30 1 10 open 0; 2024-04 500 1 0 open 0; "},
		{"paid", "342.5", "85.63", 4, 3, "312.5", "112.25", 1, 2, "0.3592", "not reached 0", ""},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if a.Before != 1 || a.LeftOut != 0 {
		t.Errorf("%d before, %d left out", a.Before, a.LeftOut)
	}
	paid, okPaid := a.PaidCAC(3)
	blended, okBlended := a.BlendedCAC(3)
	if !okPaid || !okBlended || !paid.Equal(dec("85.625")) || !blended.Equal(dec("69.9")) {
		t.Errorf("paid %v, blended %v", paid, blended)
	}
	// ads: 160 and 40, so that the logarithm has an error of √(160²+40²)/200.
	ads, spread := a.Channels[0].Ratio, math.Exp(1.959963984540054*math.Hypot(160, 40)/200)
	if !ads.Bounded || math.Abs(ads.Low-1/spread) > 1e-12 || math.Abs(ads.High-spread) > 1e-12 {
		t.Errorf("%+v, want 1 over and times %v", ads, spread)
	}
	if a.String() != "none proven: no two paid channels have enough mature customers" || a.Proven() != nil {
		t.Error(a.String(), a.Proven())
	}
}

// leaky draws a shop of three paid channels, by a seed. If planted, mall brings
// four times the customers for its money, of whom hardly any buys again.
func leaky(t testing.TB, seed uint64, customers int, planted bool) lifecycle.Acquisition {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 1))
	var revenue lifecycle.Revenue[string]
	var spend lifecycle.Spend
	for _, channel := range []string{"app", "mall", "search"} {
		leaks := planted && channel == "mall"
		for month := range 6 {
			first := time.Date(2024, time.Month(1+month), 3, 12, 0, 0, 0, time.UTC)
			checkAdd(t, spend.Add(channel, first, decimal.NewFromInt(int64(20*customers))))
			n := poisson(random, float64(customers))
			if leaks {
				n = poisson(random, 4*float64(customers))
			}
			for i := range n {
				id := fmt.Sprintf("%s/%d/%d", channel, month, i)
				for k := range 6 {
					if k > 0 && (leaks && random.IntN(40) > 0 || !leaks && random.IntN(2) > 0) {
						continue
					}
					amount := decimal.New(int64(1000+1000*random.ExpFloat64()), -2)
					if leaks {
						amount = amount.Div(decimal.NewFromInt(4)).Round(2)
					}
					checkAdd(t, revenue.Add(id, first.AddDate(0, k, 0), amount))
				}
			}
		}
	}
	a, err := revenue.Acquisition(time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), &spend, lifecycle.AcquisitionOptions[string]{
		Channel: byPrefix, Margin: dec("0.6"), Horizon: 6,
	})
	checkAdd(t, err)
	return a
}

// poisson counts how many of an exponential's waits fit into the mean.
func poisson(random *rand.Rand, mean float64) (n int) {
	for at := random.ExpFloat64(); at < mean; at += random.ExpFloat64() {
		n++
	}
	return n
}

// The channel with the lowest cost per customer is the worst one to buy from.
func TestCheapButLeakyChannel(t *testing.T) {
	a := leaky(t, 1, 40, true)
	for _, c := range a.Channels {
		cac, ok := c.CAC(4)
		mallCAC, _ := a.Channels[1].CAC(4)
		if !ok || c.Channel != "mall" && !mallCAC.LessThan(cac) {
			t.Errorf("%s costs %v, the mall %v", c.Channel, cac, mallCAC)
		}
		if c.Channel != "mall" && !(c.Ratio.Low > a.Channels[1].Ratio.High) {
			t.Errorf("%s: %+v, the mall %+v", c.Channel, c.Ratio, a.Channels[1].Ratio)
		}
	}
	mall := a.Channels[1]
	if mall.Against.Verdict != lifecycle.Worse || !strings.Contains(a.String(), "mall: worse than the rest, ") {
		t.Errorf("%+v\n%s", mall.Against, a)
	}
	if once, _ := mall.OneTimers.Rate(); once < 0.8 {
		t.Errorf("%v of the mall's buy once", once)
	}
}

// Where channels are alike, a report calls one of them better or worse in one
// of twenty at most; and the interval holds the truth as often as it says.
func TestChannelsAlike(t *testing.T) {
	const seeds = 200
	proven, held, intervals := 0, 0, 0
	truth := 0.6 * (10 + 9.995) * 3.5 / 20 // cents are cut off
	for seed := range uint64(seeds) {
		a := leaky(t, seed, 12, false)
		if len(a.Proven()) > 0 {
			proven++
		}
		for _, c := range a.Channels {
			intervals++
			if c.Ratio.Low <= truth && truth <= c.Ratio.High {
				held++
			}
		}
	}
	if proven > seeds/20 {
		t.Errorf("%d of %d reports name a channel", proven, seeds)
	}
	if share := float64(held) / float64(intervals); share < 0.93 || share > 0.97 {
		t.Errorf("%v of the intervals hold", share)
	}
}

func TestAcquisitionRefuses(t *testing.T) {
	now, good := on("2024-04-10"), lifecycle.AcquisitionOptions[string]{Channel: byPrefix, Margin: dec("0.5"), Horizon: 2}
	with := func(change func(*lifecycle.AcquisitionOptions[string])) lifecycle.AcquisitionOptions[string] {
		o := good
		change(&o)
		return o
	}
	tests := []struct {
		name  string
		now   time.Time
		spend *lifecycle.Spend
		o     lifecycle.AcquisitionOptions[string]
		want  string
	}{
		{"no channel", now, &lifecycle.Spend{}, with(func(o *lifecycle.AcquisitionOptions[string]) { o.Channel = nil }), "without Channel"},
		{"no margin", now, &lifecycle.Spend{}, with(func(o *lifecycle.AcquisitionOptions[string]) { o.Margin = decimal.Decimal{} }), "margin 0"},
		{"negative margin", now, &lifecycle.Spend{}, with(func(o *lifecycle.AcquisitionOptions[string]) { o.Margin = dec("-0.1") }), "margin -0.1"},
		{"percent", now, &lifecycle.Spend{}, with(func(o *lifecycle.AcquisitionOptions[string]) { o.Margin = dec("40") }), "margin 40"},
		{"hostile margin", now, &lifecycle.Spend{}, with(func(o *lifecycle.AcquisitionOptions[string]) { o.Margin = decimal.New(1, 1<<30) }), "exponent"},
		{"negative horizon", now, &lifecycle.Spend{}, with(func(o *lifecycle.AcquisitionOptions[string]) { o.Horizon = -1 }), "horizon of -1"},
		{"level", now, &lifecycle.Spend{}, with(func(o *lifecycle.AcquisitionOptions[string]) { o.Level = 1 }), "level 1"},
		{"level that is no number", now, &lifecycle.Spend{}, with(func(o *lifecycle.AcquisitionOptions[string]) { o.Level = math.NaN() }), "level NaN"},
		{"no moment", time.Time{}, &lifecycle.Spend{}, good, "has no time"},
		{"from", now, &lifecycle.Spend{}, with(func(o *lifecycle.AcquisitionOptions[string]) { o.From = time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC) }), "first period"},
		{"weeks", now, &lifecycle.Spend{Each: lifecycle.Weekly(time.Monday)}, good, "one calendar"},
		{"zone", now, &lifecycle.Spend{Zone: time.FixedZone("x", 3600)}, good, "one calendar"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, err := revenueOf(t, handSales).Acquisition(tt.now, tt.spend, tt.o)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%+v, %v; want an error with %q", a, err, tt.want)
			}
		})
	}
	daily, far := lifecycle.Revenue[string]{Each: lifecycle.Daily()}, lifecycle.Spend{Each: lifecycle.Daily()}
	checkAdd(t, far.Add("ads", on("1930-01-01"), dec("1")))
	if _, err := daily.Acquisition(now, &far, with(func(o *lifecycle.AcquisitionOptions[string]) { o.Horizon = 30_000 })); err == nil {
		t.Error("30,000 days to a horizon for 30,000 days")
	}
}

func TestAcquisitionOfNothing(t *testing.T) {
	o := lifecycle.AcquisitionOptions[string]{Channel: byPrefix, Margin: dec("1")}
	for name, r := range map[string]*lifecycle.Revenue[string]{
		"no amounts":     {},
		"all of it late": revenueOf(t, []sale{{"ads/ann", "2030-01-01", "1"}}),
	} {
		a, err := r.Acquisition(on("2024-04-10"), &lifecycle.Spend{}, o)
		if err != nil || len(a.Channels) != 0 || a.All.New != 0 || a.All.Cohorts != nil {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
		if _, ok := a.PaidCAC(2); ok {
			t.Errorf("%s: a cost per customer", name)
		}
		if _, ok := a.BlendedCAC(2); ok {
			t.Errorf("%s: a cost per customer", name)
		}
	}
	// Without spend the report begins with the first amount; and corrections may
	// leave less than nothing.
	free, err := revenueOf(t, handSales).Acquisition(on("2024-04-10"), &lifecycle.Spend{}, o)
	checkAdd(t, err)
	if cost, ok := free.BlendedCAC(2); !ok || !cost.IsZero() || free.Before != 0 || free.All.New != 6 || free.All.Ratio.Defined {
		t.Errorf("%+v", free.All)
	}
	credit, err := revenueOf(t, handSales).Acquisition(on("2024-04-10"), spendOf(t, []sale{{"ads", "2024-01-05", "-3"}}), o)
	checkAdd(t, err)
	if _, ok := credit.All.CAC(2); ok || credit.Channels[0].Payback.State != lifecycle.NothingSpent {
		t.Errorf("%+v", credit.Channels[0])
	}
}

// An amount of 0 is no payment, who never paid is no one-timer, and money that was
// spent lately is not lost yet.
func TestAcquisitionAtTheEdges(t *testing.T) {
	revenue := revenueOf(t, []sale{{"ads/ann", "2024-01-10", "50"}, {"ads/ann", "2024-02-10", "0"}})
	checkAdd(t, revenue.Know("ads/bob"))
	spend := spendOf(t, []sale{{"ads", "2024-01-01", "100"}, {"tv", "2024-03-01", "100"}})
	a, err := revenue.Acquisition(on("2024-04-10"), spend, lifecycle.AcquisitionOptions[string]{
		Channel: byPrefix, Margin: dec("1"), Horizon: 2,
		Start: func(string) (time.Time, bool) { return on("2024-01-05"), true },
	})
	checkAdd(t, err)
	ads, tv := a.Channels[0], a.Channels[1]
	if ads.Mature != 2 || ads.OneTimers.Count != 1 || ads.Retained.Count != 0 {
		t.Errorf("%+v", ads)
	}
	if tv.Payback.State != lifecycle.PaybackOpen || tv.Ratio.Defined {
		t.Errorf("%+v", tv)
	}
}

// A channel that was free when its mature customers came has no cost to be held
// against, and does not make the rest look cheap.
func TestFreeUntilLatelyIsNotOfTheRest(t *testing.T) {
	var sales []sale
	for _, channel := range []string{"ads", "friends", "search"} {
		for i := range lifecycle.LeastMature {
			sales = append(sales, sale{fmt.Sprintf("%s/%d", channel, i), "2024-01-10", "10"})
		}
	}
	spend := spendOf(t, []sale{{"ads", "2024-01-01", "100"}, {"search", "2024-01-01", "150"}, {"friends", "2024-03-01", "1"}})
	a, err := revenueOf(t, sales).Acquisition(on("2024-04-10"), spend, lifecycle.AcquisitionOptions[string]{
		Channel: byPrefix, Margin: dec("1"), Horizon: 3,
	})
	checkAdd(t, err)
	ads, friends := a.Channels[0], a.Channels[1]
	if ads.Against.Rest != 2 || ads.Against.Verdict != lifecycle.Unproven { // 300 of 150
		t.Errorf("ads %+v", ads.Against)
	}
	if friends.Against != (lifecycle.Against{}) {
		t.Errorf("friends %+v", friends.Against)
	}
}

// Property: the rows of channels add up to the whole, exactly; what the mature
// are worth is what the triangle of values to date has for the same interval;
// and a report does not depend on the order of what was added, or the shards.
func TestAcquisitionLaws(t *testing.T) {
	channels := []string{"", "a", "b", "unattributed"}
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, []*time.Location{time.UTC})
		revenue := lifecycle.Revenue[int]{Each: w.each}
		shards := []*lifecycle.Revenue[int]{{Each: w.each}, {Each: w.each}}
		spend, parts := lifecycle.Spend{Each: w.each}, []*lifecycle.Spend{{Each: w.each}, {Each: w.each}}
		for i := len(w.events) - 1; i >= 0; i-- {
			e := w.events[i]
			checkAdd(t, shards[i%2].Add(e.id, e.at, e.amount))
		}
		for _, e := range w.events {
			checkAdd(t, revenue.Add(e.id, e.at, e.amount))
		}
		for i := range rapid.IntRange(0, 12).Draw(t, "spends") {
			at := worldStart.Add(drawHour(t, 24*60, "spent"))
			amount := decimal.New(int64(rapid.IntRange(-100, 900).Draw(t, "spend")), -int32(i%3))
			channel := rapid.SampledFrom(channels).Draw(t, "channel")
			checkAdd(t, spend.Add(channel, at, amount))
			checkAdd(t, parts[i%2].Add(channel, at, amount))
		}
		checkAdd(t, shards[0].Merge(shards[1]))
		checkAdd(t, parts[1].Merge(parts[0]))
		o := lifecycle.AcquisitionOptions[int]{
			Channel: func(id int) string { return channels[id%len(channels)] },
			Margin:  dec("0.25"), Horizon: rapid.IntRange(1, 4).Draw(t, "horizon"), From: worldStart,
		}
		got, err := revenue.Acquisition(w.now, &spend, o)
		checkAdd(t, err)
		again, err := shards[0].Acquisition(w.now, parts[1], o)
		checkAdd(t, err)
		want, _ := json.Marshal(got)
		if text, _ := json.Marshal(again); string(text) != string(want) {
			t.Fatalf("in shards\n%s\nin one\n%s", text, want)
		}
		checkSums(t, got)

		o.From = worldStart.AddDate(-1, 0, 0)
		whole, err := revenue.Acquisition(w.now, &spend, o)
		checkAdd(t, err)
		value, err := revenue.Value(w.now, lifecycle.CohortOptions[int]{Cohort: func(id int, _ time.Time) string {
			if name := o.Channel(id); name != "" {
				return name
			}
			return lifecycle.Unattributed
		}})
		checkAdd(t, err)
		rows := map[string]lifecycle.ValueCohort{}
		for _, row := range value.Cohorts {
			rows[row.Name] = row
		}
		for _, c := range whole.Channels {
			of, total := 0, decimal.Zero
			if cells := rows[c.Channel].Cells; len(cells) >= o.Horizon {
				of, total = cells[o.Horizon-1].Of, cells[o.Horizon-1].Total
			}
			if c.Mature != of || !c.Value.Equal(total.Mul(o.Margin)) {
				t.Fatalf("%s: %d mature worth %v, the triangle has %d and %v", c.Channel, c.Mature, c.Value, of, total)
			}
		}
	})
}

func checkSums(t rapid.TB, a lifecycle.Acquisition) {
	t.Helper()
	sum := lifecycle.AcquiredBy{}
	for i, c := range a.Channels {
		sum.Spend, sum.MatureSpend, sum.Value = sum.Spend.Add(c.Spend), sum.MatureSpend.Add(c.MatureSpend), sum.Value.Add(c.Value)
		sum.New, sum.Mature = sum.New+c.New, sum.Mature+c.Mature
		sum.Retained.Count += c.Retained.Count
		sum.OneTimers.Count += c.OneTimers.Count
		if i > 0 && c.Channel != lifecycle.Unattributed && c.Channel <= a.Channels[i-1].Channel {
			t.Fatalf("%q after %q", c.Channel, a.Channels[i-1].Channel)
		}
		months := decimal.Zero
		for _, m := range c.Cohorts {
			if m.Complete {
				months = months.Add(m.Spend)
			}
		}
		if !months.Equal(c.Spend) {
			t.Fatalf("%s: %v by period, %v in all", c.Channel, months, c.Spend)
		}
	}
	if !sum.Spend.Equal(a.All.Spend) || !sum.MatureSpend.Equal(a.All.MatureSpend) || !sum.Value.Equal(a.All.Value) ||
		sum.New != a.All.New || sum.Mature != a.All.Mature || sum.Retained.Count != a.All.Retained.Count || sum.OneTimers.Count != a.All.OneTimers.Count {
		t.Fatalf("channels %+v, all %+v", sum, a.All)
	}
}

func TestAcquisitionAsJSON(t *testing.T) {
	a, err := revenueOf(t, handSales[:1]).Acquisition(on("2024-03-10"), spendOf(t, handSpend[:1]), lifecycle.AcquisitionOptions[string]{
		Channel: byPrefix, Margin: dec("0.50"), Horizon: 1,
	})
	checkAdd(t, err)
	a.Channels[0].Cohorts, a.All.Cohorts = a.Channels[0].Cohorts[:1], nil
	for _, c := range []*lifecycle.AcquiredBy{&a.Channels[0], &a.All, &a.Paid} {
		c.Ratio.Value, c.Ratio.Low, c.Ratio.High = 0.5, 0.25, 2 // the last digits of others depend on the machine
	}
	row := `"spend":"90","new":1,"cac":"90","mature":1,"matureSpend":"90","value":"50","ltv":"50","retained":{"count":1,"of":1},"oneTimers":{"count":1,"of":1},` +
		`"ltvToCAC":{"value":0.5,"defined":true,"low":0.25,"high":2,"bounded":true},` +
		`"payback":{"state":"not reached"},"against":{"verdict":"untested"}`
	want := `{"horizon":1,"level":0.95,"margin":"0.5","paidCAC":"90","blendedCAC":"90","channels":[{"channel":"ads",` + row +
		`,"cohorts":[{"period":"2024-01","start":"2024-01-01T00:00:00Z","end":"2024-02-01T00:00:00Z","complete":true,"spend":"90","new":1,"value":"50","payback":{"state":"not reached"}}]}],` +
		`"all":{"channel":"all",` + row + `},"paid":{"channel":"paid",` + row + `}}`
	text, err := json.Marshal(a)
	if err != nil || string(text) != want {
		t.Errorf("%s, %v\nwant %s", text, err, want)
	}
	none, _ := json.Marshal(lifecycle.AcquiredBy{})
	if !strings.Contains(string(none), `"cac":null`) || !strings.Contains(string(none), `"ltv":null`) {
		t.Errorf("%s", none)
	}
}

func TestSpendRefuses(t *testing.T) {
	var s lifecycle.Spend
	if s.Add("ads", time.Time{}, dec("1")) == nil || s.Add("ads", on("2024-01-01"), decimal.New(1, -19)) == nil {
		t.Error("no time and 19 places are taken")
	}
	checkAdd(t, s.Add("ads", on("2024-01-01"), dec("1")))
	for i := 1; i < lifecycle.MaxChannels; i++ {
		checkAdd(t, s.Add(fmt.Sprint(i), on("2024-01-01"), dec("1")))
	}
	before, _ := s.MarshalBinary()
	more := lifecycle.Spend{}
	checkAdd(t, more.Add("one more", on("2024-01-01"), dec("1")))
	if s.Add("one more", on("2024-01-01"), dec("1")) == nil || s.Merge(&more) == nil || s.Merge(&s) == nil || s.Merge(&lifecycle.Spend{Each: lifecycle.Daily()}) == nil {
		t.Error("too many channels, itself or days are taken")
	}
	if after, _ := s.MarshalBinary(); string(after) != string(before) {
		t.Error("an error changed the spend")
	}
	s.Each = lifecycle.Daily()
	if s.Add("ads", on("2024-01-01"), dec("1")) == nil {
		t.Error("the period changed")
	}
	until := lifecycle.Spend{Until: on("2024-01-01")}
	checkAdd(t, until.Add("ads", on("2024-01-02"), dec("1")))
	if until.AfterUntil() != 1 || len(until.Channels()) != 0 {
		t.Error(until.AfterUntil(), until.Channels())
	}
}
