package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/examples/internal/shop"
	"github.com/regulars-go/regulars/examples/internal/table"
	"github.com/regulars-go/regulars/funnel"
)

// stepsFile writes the steps of a funnel of the published shop: "search/promo_page>purchase"
// is steps by > and their events by /.
func stepsFile(t *testing.T, text, more string) string {
	t.Helper()
	var steps []string
	for name := range strings.SplitSeq(text, ">") {
		events, err := json.Marshal(strings.Split(name, "/"))
		if err != nil {
			t.Fatal(err)
		}
		steps = append(steps, fmt.Sprintf(`{"name": %q, "events": %s}`, name, events))
	}
	return file(t, "funnel.json", fmt.Sprintf(`{"steps": [%s], %s}`, strings.Join(steps, ", "), more))
}

const (
	checkout  = "add_to_cart>cart>shipping_details>payment_details>purchase"
	published = "retentioneering_ecom.csv.gz"
)

// The counts and median times of the published shop's events, as ecom_golden.json
// has them: in a file of their own, without orders.
func TestFunnelsOfThePublishedShop(t *testing.T) {
	text, err := os.ReadFile(data(t, "ecom_golden.json"))
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Funnels map[string]struct {
			Counts []int64
			Median *float64 `json:"median_time_to_convert_s"`
		}
	}
	if err := json.Unmarshal(text, &golden); err != nil {
		t.Fatal(err)
	}
	bySession := `"by": "session", "match": {"ties": "given"}`
	for _, tc := range []struct{ name, steps, more, breakdowns string }{
		{"session|catalog>add_to_cart>purchase|no window", "catalog>add_to_cart>purchase", bySession, ""},
		{"user|search/promo>product_view>shipping>purchase|24h", "search/promo_page>product_view>shipping_details>purchase", `"match": {"ties": "given", "window": "24h"}`, ""},
		{"session|checkout 5 steps|1h", checkout, `"by": "session", "match": {"ties": "given", "window": "1h"}`, ""},
		{"", checkout, bySession, "session|checkout 5 steps|none|"},
	} {
		_, d := call(t, "-events", data(t, published), "-funnel", stepsFile(t, tc.steps, tc.more))
		if want := golden.Funnels[tc.name]; tc.name != "" {
			if diff := cmp.Diff(want.Counts, reachedOf(d.Funnel.Steps)); diff != "" || !cmp.Equal(want.Median, d.Funnel.TimeToConvert.Median) {
				t.Errorf("%s: median %v, want %v; counts (-want +got):\n%s", tc.name, d.Funnel.TimeToConvert.Median, want.Median, diff)
			}
			continue
		}
		found := 0
		for _, b := range d.Funnel.Breakdowns {
			for _, p := range b.Parts {
				want, ok := golden.Funnels[tc.breakdowns+b.Name+"="+*p.Value]
				if !ok {
					continue
				}
				found++
				if diff := cmp.Diff(want.Counts, reachedOf(p.Steps)); diff != "" {
					t.Errorf("%s=%s (-want +got):\n%s", b.Name, *p.Value, diff)
				}
			}
		}
		if found != 9 {
			t.Errorf("%d parts are in the golden file, want 9", found)
		}
	}
}

func reachedOf(steps []stepSection) []int64 {
	list := make([]int64, len(steps))
	for i, s := range steps {
		list[i] = s.Reached
	}
	return list
}

// The published shop's two faults are named, for whom they are and nobody else,
// and nothing before the first of them. Steps count in any order, since its
// clock scrambles them.
func TestFaultsOfThePublishedShop(t *testing.T) {
	steps := stepsFile(t, checkout, `"by": "session", "match": {"order": "nested"}`)
	for _, tc := range []struct {
		name, since, asOf string
		want              []string
	}{
		{"before the faults", "2024-03-08", "2024-04-08", nil},
		{"a bug on mobile", "2024-04-08", "2024-05-10", []string{"platform=mobile payment_details 43 of 52, 22 of 61"}},
		{"payment fails for all", "2024-05-18", "2024-06-08", []string{" purchase 283 of 337, 50 of 139"}},
	} {
		_, d := call(t, "-events", data(t, published), "-funnel", steps, "-since", tc.since, "-asof", tc.asOf)
		var got []string
		for _, l := range d.Funnel.Leaks.Proven {
			got = append(got, fmt.Sprintf("%s %s %s, %s", l.Segment, l.Step, hitsOf(l.Before), hitsOf(l.Since)))
		}
		if diff := cmp.Diff(tc.want, got); diff != "" || d.Funnel.Leaks.Tests == 0 {
			t.Errorf("%s: %d tests (-want +got):\n%s", tc.name, d.Funnel.Leaks.Tests, diff)
		}
	}
}

// What is wrong with the built-in shop is found, and nothing that is right.
func TestFaultOfTheBuiltInShop(t *testing.T) {
	for seed := uint64(1); seed <= 3; seed++ {
		s, err := shop.Open(shop.Config{Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		a := shopAnalysis(t)
		if seed > 1 {
			if a, err = analyseShop(options{seed: seed}); err != nil {
				t.Fatal(err)
			}
		}
		fault, leaks := s.Truth().Fault, a.document().Funnel.Leaks
		if len(leaks.Proven) != 1 {
			t.Fatalf("seed %d: %d leaks, want one: %+v", seed, len(leaks.Proven), leaks.Proven)
		}
		l := leaks.Proven[0]
		want := []string{"channel=" + fault.Channel, strings.ReplaceAll(fault.Step, "_", " "), fault.From.Format(time.DateOnly)}
		if diff := cmp.Diff(want, []string{l.Segment, l.Step, leaks.Since}); diff != "" {
			t.Errorf("seed %d (-planted +found):\n%s", seed, diff)
		}
		for _, g := range l.Guards {
			if g.Finding != funnel.Upheld {
				t.Errorf("seed %d: within %s the drop is %s", seed, g.Name, g.Finding)
			}
		}
	}
}

// Every breakdown shares out the same attempts, and each kind that the shop
// knows of is there.
func TestBreakdownsAddUp(t *testing.T) {
	d := shopAnalysis(t).document().Funnel
	kinds := map[string]bool{}
	for _, b := range d.Breakdowns {
		kinds[b.Kind] = true
		sums := make([]int64, len(d.Steps))
		for _, p := range b.Parts {
			for i, n := range reachedOf(p.Steps) {
				sums[i] += n
			}
		}
		if diff := cmp.Diff(reachedOf(d.Steps), sums); diff != "" {
			t.Errorf("%s (-all +sum):\n%s", b.Name, diff)
		}
	}
	for _, kind := range []string{byEvent, byAttribute, byPreference, bySpending, byMembership} {
		if !kinds[kind] {
			t.Errorf("no breakdown by %s: %v", kind, kinds)
		}
	}
}

// at is a time of January 2026.
func at(day, hour int) time.Time { return time.Date(2026, 1, day, hour, 0, 0, 0, time.UTC) }

// What is known of a customer at an event is what had happened by then.
func TestNothingIsKnownBeforehand(t *testing.T) {
	amount := decimal.RequireFromString
	in := &input{orders: []table.Order{
		{Customer: "ann", At: at(5, 12), Amount: amount("10"), ID: "o1", Category: "tea"},
		{Customer: "ann", At: at(5, 12), Amount: amount("10"), ID: "o1", Category: "tea"}, // a copy
		{Customer: "ann", At: at(9, 12), Amount: amount("-4"), ID: "o1"},
		{Customer: "ann", At: at(7, 12), Amount: amount("100"), ID: "o2", Category: "beds"},
		{Customer: "ann", At: at(8, 12), Amount: amount("7"), ID: "o3", Category: "tea"},
		{Customer: "bob", At: at(5, 12), Amount: amount("3")},
	}}
	h := newPurchases(in)
	for _, tc := range []struct {
		name     string
		event    table.Event
		orders   int
		spend    string
		favoured string
	}{
		{"before any", table.Event{Customer: "ann", At: at(5, 11)}, 0, "0", noOrderYet},
		{"at the order itself", table.Event{Customer: "ann", At: at(5, 12)}, 0, "0", noOrderYet},
		{"after it, without its copy", table.Event{Customer: "ann", At: at(5, 13)}, 1, "10", "tea"},
		{"of two the last", table.Event{Customer: "ann", At: at(7, 13)}, 2, "110", "beds"},
		{"of three the one of most", table.Event{Customer: "ann", At: at(8, 13)}, 3, "117", "tea"},
		{"after a refund", table.Event{Customer: "ann", At: at(9, 13)}, 3, "113", "tea"},
		{"of no known category", table.Event{Customer: "bob", At: at(9, 13)}, 1, "3", ""},
		{"of somebody else", table.Event{Customer: "cai", At: at(9, 13)}, 0, "0", noOrderYet},
	} {
		favoured, ok := h.favourite(tc.event)
		if h.count(tc.event) != tc.orders || h.spend(tc.event).String() != tc.spend || favoured != tc.favoured || ok != (favoured != "") {
			t.Errorf("%s: %d orders, %v spent, favourite %q; want %d, %s, %q", tc.name, h.count(tc.event), h.spend(tc.event), favoured, tc.orders, tc.spend, tc.favoured)
		}
	}
	a := &analysis{in: &input{profiles: map[string]shop.Profile{"ann": {Member: at(5, 0)}, "bob": {}}}}
	for _, tc := range []struct {
		customer string
		day      int
		want     string
		ok       bool
	}{{"ann", 4, "no", true}, {"ann", 5, "yes", true}, {"bob", 5, "no", true}, {"cai", 5, "no", false}} {
		got, ok := a.memberAt(table.Event{Customer: tc.customer, At: at(tc.day, 0)})
		if got != tc.want || ok != tc.ok {
			t.Errorf("%s on day %d: member %s, %t; want %s, %t", tc.customer, tc.day, got, ok, tc.want, tc.ok)
		}
	}
}

func TestLastTwelfth(t *testing.T) {
	zone := shop.Shanghai()
	day := func(m time.Month, d int) time.Time { return time.Date(2026, m, d, 0, 0, 0, 0, zone) }
	for _, tc := range []struct {
		name        string
		first, asOf time.Time
		want        string
	}{
		{"a year", day(1, 1), day(12, 31), "2026-12-02"}, // 30 of 365 days
		{"twelve days", day(1, 1), day(1, 12), "2026-01-12"},
		{"in the evening of the first", day(1, 1).Add(20 * time.Hour), day(1, 12), "2026-01-12"},
		{"eleven days", day(1, 1), day(1, 11), ""},
	} {
		got := lastTwelfth(tc.first, tc.asOf.AddDate(0, 0, 1).Add(-time.Microsecond), zone)
		text := ""
		if !got.IsZero() {
			text = got.Format(time.DateOnly)
		}
		if text != tc.want {
			t.Errorf("%s: from %s on, want %s", tc.name, text, tc.want)
		}
	}
}

// stuckEvents are attempts at 31 January, or so many days before.
const stuckEvents = `user,at,event,shop
late,2026-01-31 09:00,search,a
late,2026-01-31 09:05,view_product,a
late,2026-01-31 09:10,submit_order,a
ann,2026-01-20 09:00,search,a
ann,2026-01-20 09:05,view_product,a
ann,2026-01-20 09:10,submit_order,a
bob,2026-01-20 09:00,search,a
bob,2026-01-20 09:05,view_product,a
bob,2026-01-20 09:10,submit_order,b
bob,2026-01-20 09:15,pay_order,b
bob,2026-01-25 09:00,banner_click,b
cai,2026-01-20 09:00,search,a
cai,2026-01-20 09:05,view_product,a
cai,2026-01-20 09:10,submit_order,a
cai,2026-01-25 09:00,search,a
cai,2026-01-25 09:05,view_product,a
cai,2026-01-25 09:10,submit_order,a
cai,2026-01-25 09:15,pay_order,a
old,2025-12-20 09:00,search,a
old,2025-12-20 09:05,view_product,b
old,2025-12-20 09:10,submit_order,b
`

// Somebody is stuck where the latest attempt stopped, unless it may go on or is
// long ago.
func TestStuck(t *testing.T) {
	in, err := read(options{events: file(t, "events.csv", stuckEvents)}, newProgress(os.Stderr, still))
	if err != nil {
		t.Fatal(err)
	}
	a := analysisOf(t, in)
	want := map[string]string{"ann": "stuck=pay order", "bob": "stuck=view product"}
	if diff := cmp.Diff(want, a.conversion.stuck.labels); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
	d := a.document().Funnel.Stuck
	if diff := cmp.Diff(stuckSection{30, map[string]int{"view product": 1, "submit order": 0, "pay order": 1}}, d); diff != "" {
		t.Errorf("document (-want +got):\n%s", diff)
	}
}

// With orders the label gets a reminder, also for those who never bought.
func TestStuckAreReminded(t *testing.T) {
	orders := file(t, "orders.csv", "customer,at,amount\nbob,2026-01-20 09:15,10\ncai,2026-01-31 09:15,10\n")
	events := file(t, "events.csv", stuckEvents)
	_, d := call(t, "-orders", orders, "-events", events)
	first := d.Strategy.Decisions[0]
	if first.Operation != "reminder to pay order" || first.Customers != 1 || d.Strategy.Customers != 5 {
		t.Errorf("%+v of %d customers: want a reminder to one of five", first, d.Strategy.Customers)
	}
	out, _ := call(t, "-orders", orders, "-events", events, "-customer", "ann")
	for _, want := range []string{"stuck=pay order", `"reminder to pay order"`, "step 3 of 4", "stage follower"} {
		if !strings.Contains(out, strings.Trim(want, `"`)) {
			t.Errorf("no %s in\n%s", want, out)
		}
	}
	if _, d := call(t, "-orders", orders); d.Funnel != nil || d.Strategy.Decisions[0].Operation == "reminder to pay order" {
		t.Errorf("without events: funnel %v, first %+v", d.Funnel, d.Strategy.Decisions[0])
	}
}

// Events alone give a funnel; the rest is null, and what is missing is said.
func TestEventsAlone(t *testing.T) {
	path := file(t, "events.csv", stuckEvents)
	html := filepath.Join(t.TempDir(), "report.html")
	out, d := call(t, "-events", path, "-report", html)
	if d.RFM != nil || d.Layers != nil || d.Lifecycle != nil && d.Lifecycle.Stages != nil || d.CLV != nil || d.Strategy != nil {
		t.Errorf("something is known without orders: %+v", d)
	}
	want := eventsInput{Source: path, Rows: 21, Events: 21, Customers: 5, Labels: []string{"shop"}, SetAside: map[string]int{}}
	if diff := cmp.Diff(want, *d.Input.Events); diff != "" {
		t.Errorf("input (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int64{7, 6, 6, 2}, reachedOf(d.Funnel.Steps)); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	if !strings.Contains(out, "No orders: value") || !strings.Contains(out, "pay order 2 (33.3 %)") {
		t.Errorf("the summary is\n%s", out)
	}
	page, err := os.ReadFile(html)
	if err != nil {
		t.Fatal(err)
	}
	wellFormed(t, string(page))
	if n := strings.Count(string(page), "<section"); n != 2 || !strings.Contains(string(page), "The input has no orders") || !strings.Contains(string(page), "-orders FILE with the columns") {
		t.Errorf("%d sections on the page, want one and what is missing", n)
	}
	if out, _ := call(t, "-events", path, "-customer", "cai"); !strings.Contains(out, "made all 4 steps") {
		t.Errorf("cai is explained as\n%s", out)
	}
	// By the end of 25 January one attempt was not made yet.
	if _, d := call(t, "-events", path, "-asof", "2026-01-25"); d.Input.Events.SetAside[afterAsOf] != 3 || d.Funnel.Steps[0].Reached != 6 {
		t.Errorf("%+v, %d began", d.Input.Events, d.Funnel.Steps[0].Reached)
	}
}

// Plain keys are of the events where there are no orders, and of the orders
// where there are.
func TestKeysOfEvents(t *testing.T) {
	events := file(t, "events.csv", "who,wann,was\nann,2026-01-05,search\nann,2026-01-05,view_product\nann,2026-01-05,submit_order\nann,2026-01-05,pay_order\n")
	orders := file(t, "orders.csv", "wer,wann,wieviel\nann,2026-01-05,10\n")
	for _, args := range [][]string{
		{"-events", events, "-columns", "customer=who,at=wann,event=was"},
		{"-events", events, "-columns", "events.customer=who,events.at=wann,events.event=was"},
		{"-events", events, "-orders", orders, "-columns", "customer=wer,at=wann,amount=wieviel,events.customer=who,events.at=wann,events.event=was"},
	} {
		_, d := call(t, args...)
		if diff := cmp.Diff([]int64{1, 1, 1, 1}, reachedOf(d.Funnel.Steps)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", args, diff)
		}
	}
	if message := fails(t, 1, "-events", events, "-orders", orders, "-columns", "customer=wer,at=wann,amount=wieviel"); !strings.Contains(message, "events.customer") {
		t.Errorf("want how keys of events are written in %s", message)
	}
}

// Labels tell groups apart if they have 2 to 20 values; others are left out, and
// those are named. Who asks for one gets it.
func TestWhichLabels(t *testing.T) {
	var text strings.Builder
	text.WriteString("user,at,event,same,many,few,empty\n")
	for i := range 30 {
		fmt.Fprintf(&text, "u%d,2026-01-05,a,x,%d,%d,\n", i, i, i%2)
	}
	path := file(t, "events.csv", text.String())
	_, d := call(t, "-events", path, "-funnel", file(t, "f.json", `{"steps": [{"name": "a"}]}`))
	if got := d.Funnel.Breakdowns; len(got) != 1 || got[0].Name != "few" || !slices.Equal(d.Funnel.LeftOut, []string{"many"}) {
		t.Errorf("broken down by %+v, left out %v", got, d.Funnel.LeftOut)
	}
	_, d = call(t, "-events", path, "-funnel", file(t, "f.json", `{"steps": [{"name": "a"}], "breakdowns": [{"name": "many"}]}`))
	if got := d.Funnel.Breakdowns; len(got) != 1 || len(got[0].Parts) != 30 || len(d.Funnel.LeftOut) != 0 {
		t.Errorf("broken down by %+v, left out %v", got, d.Funnel.LeftOut)
	}
}

func TestFunnelMistakes(t *testing.T) {
	events := file(t, "events.csv", stuckEvents)
	orders := file(t, "orders.csv", "customer,at,amount\nann,2026-01-05,10\n")
	for _, tc := range []struct {
		name string
		code int
		args []string
		want string
	}{
		{"no steps", 1, []string{"-events", events, "-funnel", file(t, "f.json", `{"steps": []}`)}, "steps"},
		{"an unknown key", 1, []string{"-events", events, "-funnel", file(t, "f.json", `{"stages": []}`)}, "stages"},
		{"a negative window", 1, []string{"-events", events, "-funnel", file(t, "f.json", `{"steps": [{"name": "search"}], "match": {"window": "-1h"}}`)}, "window"},
		{"an unknown breakdown", 1, []string{"-events", events, "-funnel", file(t, "f.json", `{"steps": [{"name": "search"}], "breakdowns": [{"name": "city"}]}`)}, `"city"; want one of shop`},
		{"a predicate", 1, []string{"-events", events, "-funnel", file(t, "f.json", `{"steps": [{"name": "search", "where": "paid"}]}`)}, "paid"},
		{"no such funnel", 1, []string{"-events", events, "-funnel", events + ".no"}, "no such file"},
		{"no such events", 1, []string{"-events", events + ".no"}, "no such file"},
		{"other events than the shop's", 1, []string{"-events", file(t, "e.csv", "user,at,event\nann,2026-01-05,click\n")}, "no event is called banner_click or search; say with -funnel FILE which events are the steps; there are click"},
		{"no rows", 1, []string{"-events", file(t, "e.csv", "user,at,event\n")}, "no events"},
		{"as of before the first event", 1, []string{"-events", events, "-asof", "2025-01-01"}, "no events by 2025-01-01"},
		{"no such customer", 1, []string{"-events", events, "-customer", "zoe"}, `"zoe"`},
		{"keys of events without events", 1, []string{"-orders", orders, "-columns", "events.at=x"}, "-events"},
		{"a funnel without events", 2, []string{"-orders", orders, "-funnel", events}, "-events FILE"},
		{"lines without orders", 2, []string{"-events", events, "-lines"}, "-orders"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if message := fails(t, tc.code, tc.args...); !strings.Contains(message, tc.want) {
				t.Errorf("want %q in %s", tc.want, message)
			}
		})
	}
}
