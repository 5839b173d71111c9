package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/examples/internal/shop"
	"github.com/regulars-go/regulars/loyalty"
)

// bought is one order of the built-in shop as a plain loop finds it.
type bought struct {
	customer   string
	paid, kept decimal.Decimal
}

// shopOrders are the shop's orders by time: the first row of an ID is the
// order, further ones are copies, negative ones refunds of it.
func shopOrders(t *testing.T) []*bought {
	t.Helper()
	s, err := shop.Open(shop.Config{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	var list []*bought
	byID := map[string]*bought{}
	for row := range s.Orders() {
		switch o := byID[row.ID]; {
		case row.Amount.IsNegative():
			o.kept = o.kept.Add(row.Amount)
		case o == nil:
			o = &bought{row.Customer, row.Amount, row.Amount}
			byID[row.ID], list = o, append(list, o)
		}
	}
	return list
}

// What rules say of an amount, summed by a plain loop over the orders.
func TestPointsOfTheShop(t *testing.T) {
	doc := shopAnalysis(t).ledger.section
	least := decimal.New(30, 0)
	large := map[string]int64{} // orders of 30 or more
	var earned, taken int64
	orders := shopOrders(t)
	for _, o := range orders {
		earned += o.paid.IntPart()
		taken += o.paid.IntPart() - o.kept.IntPart()
		if o.paid.GreaterThanOrEqual(least) {
			large[o.customer]++
		}
	}
	thrice := int64(0)
	for _, n := range large {
		if n >= 3 {
			thrice++
		}
	}
	growth := doc.wallet("growth")
	if growth.Issued != earned || growth.Revoked != taken || earned == 0 || taken == 0 {
		t.Errorf("a point for each unit spent: %d earned and %d taken back, want %d and %d", growth.Issued, growth.Revoked, earned, taken)
	}
	if doc.Orders != len(orders) || doc.Refunds == 0 || len(doc.Refused) > 0 {
		t.Errorf("%d orders and %d refunds taken, want %d orders; refused %v", doc.Orders, doc.Refunds, len(orders), doc.Refused)
	}
	for _, r := range doc.Rules {
		want, once := int64(0), int64(0)
		switch r.Name {
		case "first order":
			want, once = int64(len(large)), 100
		case "three orders":
			want, once = thrice, 150
		default:
			continue
		}
		if r.Times != want || r.Points != want*once {
			t.Errorf("%s: %d times %d points, want %d times %d", r.Name, r.Times, r.Points, want, want*once)
		}
	}
}

// Every point is somewhere, and the accounts hold what the journals come to.
func TestPointsAddUp(t *testing.T) {
	for _, in := range []*input{shopAnalysis(t).in, shopUnder(t, tenAnOrder)} {
		l := ledgerOf(t, in)
		doc := l.section
		for _, w := range doc.Wallets {
			if sum := w.Available + w.Pending + w.Held + w.Redeemed + w.Expired + w.Revoked + w.Forfeited - w.Debt; sum != w.Issued || w.Issued == 0 {
				t.Errorf("%s %s: %d issued, and %d are somewhere: %+v", doc.Program, w.Name, w.Issued, sum, w)
			}
		}
		for _, owed := range doc.Liability {
			w := doc.wallet(owed.Wallet)
			sum := owed.Endless
			for _, m := range owed.Months {
				sum += m.Points
				if m.Available < 0 || m.Pending < 0 || m.Month < "2025-12" {
					t.Errorf("%s: %+v ended before the as-of day, or is less than nothing", owed.Wallet, m)
				}
			}
			if owed.Points != w.owed() || sum != owed.Points {
				t.Errorf("%s %s: %d owed, %d in the journals, %d by month", doc.Program, owed.Wallet, owed.Points, w.owed(), sum)
			}
		}
		after, err := l.engine.Liability(context.Background(), l.asOf)
		if err != nil {
			t.Fatal(err)
		}
		if w := after.Wallets[0]; after.Due != 0 || w.Past != 0 || w.Settled.Points() != doc.Liability[0].Points {
			t.Errorf("%s: after the sweep %+v, want %d points and nothing due", doc.Program, after, doc.Liability[0].Points)
		}
		for i := 0; i < len(l.members); i += 100 {
			if err := l.engine.Verify(context.Background(), l.members[i]); err != nil {
				t.Error(err)
			}
		}
	}
}

// tenAnOrder is the program that the check-up is to find at fault: ten points an
// action, and 500 for the cheapest reward.
const tenAnOrder = `{"name": "ten", "version": 1, "zone": "Asia/Shanghai",
	"wallets": [{"id": 1, "name": "points", "expiry": {"after": "90d", "roundUp": "month"}, "shortfall": "debt", "debtLimit": 1000}],
	"rules": [{"id": 1, "name": "an order", "layer": "routine", "on": ["order"], "points": 10}],
	"rewards": [{"id": 1, "name": "voucher", "cost": 500}]}`

func shopUnder(t *testing.T, program string) *input {
	t.Helper()
	in := *shopAnalysis(t).in
	if err := in.readProgram(file(t, "program.json", program)); err != nil {
		t.Fatal(err)
	}
	return &in
}

func ledgerOf(t *testing.T, in *input) *ledger {
	t.Helper()
	a := &analysis{in: in}
	if err := a.earn(); err != nil {
		t.Fatal(err)
	}
	return a.ledger
}

// Ten points an action and 500 for the cheapest reward are far too little.
func TestCheckupOfTenAnOrder(t *testing.T) {
	doc := ledgerOf(t, shopUnder(t, tenAnOrder)).section
	if w := doc.Wallets[0]; w.Issued != 10*int64(doc.Orders) || w.Expired == 0 || w.Redeemed != 0 {
		t.Errorf("points %+v, want ten for each of %d orders, and some expired", w, doc.Orders)
	}
	for _, f := range doc.Checkup.Of(loyalty.CauseHard) {
		if f.Metric == loyalty.MetricAffordable {
			continue // not measured, since nothing is known of redemptions
		}
		if f.Verdict != loyalty.VerdictBad {
			t.Errorf("%s", f)
		}
		if f.Metric == loyalty.MetricFirstReward && (len(f.Levers) == 0 || f.Levers[0].After == nil || atLeast(&f) == "") {
			t.Errorf("%s has no simulated lever, or does not say that it is a bound: %+v", f, f)
		}
	}
}

// Orders don't tell who redeemed, what reminders were sent or who signed in.
func TestCheckupSaysWhatItLacks(t *testing.T) {
	report := shopAnalysis(t).ledger.section.Checkup
	want := []loyalty.Metric{
		loyalty.MetricAffordable, loyalty.MetricRedeemers, loyalty.MetricBreakage, loyalty.MetricIdleRules, loyalty.MetricOpened,
		loyalty.MetricReminded, loyalty.MetricEarlyDays, loyalty.MetricActive, loyalty.MetricFreePoints,
	}
	var got []loyalty.Metric
	for _, f := range report.Findings {
		if f.Verdict != loyalty.VerdictNotMeasured {
			continue
		}
		got = append(got, f.Metric)
		if f.Missing == "" || f.Value != 0 || len(f.Levers) > 0 {
			t.Errorf("%+v", f)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("not measured (-want +got):\n%s", diff)
	}
	if report.Now == nil || report.Now.Members == 0 {
		t.Error("nothing was simulated")
	}
}

// The same input gives the same bytes.
func TestLoyaltyIsDeterministic(t *testing.T) {
	texts := [2]string{}
	for i := range texts {
		text, err := json.Marshal(ledgerOf(t, shopUnder(t, tenAnOrder)).section)
		if err != nil {
			t.Fatal(err)
		}
		_, texts[i], _ = strings.Cut(string(text), `"version"`) // behind the path of the file
	}
	_, a, _ := strings.Cut(texts[0], `"assumed"`)
	_, b, _ := strings.Cut(texts[1], `"assumed"`)
	if a != b || a == "" {
		t.Errorf("two runs differ:\n%s\n%s", a, b)
	}
}

// By hand: a point for each unit, two for tea. They wait for a day and end 30
// days later, at the end of the day.
const tea = `{"name": "tea house", "version": 1,
	"wallets": [{"id": 1, "name": "leaves", "pending": {"for": "1d"}, "expiry": {"after": "30d"}, "shortfall": "debt", "debtLimit": 100, "cost": "0.5"}],
	"rules": [{"id": 1, "name": "spend", "layer": "routine", "on": ["order"], "perAmount": {"points": 1, "per": "1"}}],
	"multipliers": [{"id": 1, "name": "tea", "group": "goods", "factor": "2", "categories": ["tea"]}],
	"rewards": [{"id": 1, "name": "cup", "cost": 50}]}`

func TestOrdersUnderAProgram(t *testing.T) {
	tests := []struct {
		name, rows string
		args       []string
		want       walletSection
		refunds    int
	}{
		{"one order, pending", "ann,2026-01-05,70.9,o1,\n", nil, walletSection{Issued: 70, Pending: 70}, 0},
		{"active the next day", "ann,2026-01-05,70,o1,\n", []string{"-asof", "2026-01-10"}, walletSection{Issued: 70, Available: 70}, 0},
		{"all of it ended", "ann,2026-01-05,70,o1,\n", []string{"-asof", "2026-03-10"}, walletSection{Issued: 70, Expired: 70}, 0},
		{"a cup with the next order", "ann,2026-01-05,70,o1,\nann,2026-01-09,1,o2,\n", nil, walletSection{Issued: 71, Available: 20, Pending: 1, Redeemed: 50}, 0},
		{"tea counts twice", "ann,2026-01-05,10,o1,tea\n", nil, walletSection{Issued: 20, Pending: 20}, 0},
		{"a refund, in two parts", "ann,2026-01-05,70,o1,\nann,2026-01-07,-10.5,o1,\nann,2026-01-08,-9.5,o1,\n", []string{"-asof", "2026-01-10"}, walletSection{Issued: 70, Available: 50, Revoked: 20}, 2},
		{"a refund of what was spent", "ann,2026-01-05 08:00,50,o1,\nann,2026-01-09 08:00,1,o2,\nann,2026-01-09 12:00,-50,o1,\n", nil, walletSection{Issued: 51, Redeemed: 50, Revoked: 50, Pending: 1, Debt: 50}, 1},
		{"a refund of no order", "ann,2026-01-05,5,o1,\nann,2026-01-06,-5,o2,\n", nil, walletSection{Issued: 5, Pending: 5}, 0},
		{"a copy", "ann,2026-01-05,5,o1,\nann,2026-01-05,5,o1,\n", nil, walletSection{Issued: 5, Pending: 5}, 0},
		{"lines, the tea sent back", "ann,2026-01-05 08:00,5,o1,tea\nann,2026-01-05 08:00,7,o1,cake\nann,2026-01-05 09:00,-5,o1,tea\n", []string{"-lines"}, walletSection{Issued: 17, Pending: 7, Revoked: 10}, 1},
		{"one ID, two customers", "ann,2026-01-05,5,o1,\nbob,2026-01-05,6,o1,\n", nil, walletSection{Issued: 11, Pending: 11}, 0},
		{"more places than a program takes", "ann,2026-01-05,5.999999,o1,\n", nil, walletSection{Issued: 5, Pending: 5}, 0},
	}
	program := file(t, "tea.json", tea)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := file(t, "orders.csv", "customer,at,amount,order,category\n"+tt.rows)
			out, d := call(t, append(tt.args, "-orders", path, "-program", program)...)
			tt.want.Name = "leaves"
			if diff := cmp.Diff([]walletSection{tt.want}, d.Loyalty.Wallets); diff != "" || d.Loyalty.Refunds != tt.refunds {
				t.Errorf("%d refunds (-want +got):\n%s\n%s", d.Loyalty.Refunds, diff, out)
			}
		})
	}
}

// What a program does not take is counted, and leaves the rest as it is.
func TestRefusedOrders(t *testing.T) {
	head, program := "customer,at,amount\n", file(t, "tea.json", tea)
	_, d := call(t, "-program", program, "-orders", file(t, "orders.csv", head+"ann,1960-01-05,10\nbob,2026-01-07,20\nbob,2026-01-08,2000000000000000\n"))
	if want := map[string]int{"not possible: amount": 1, "time out of range": 1}; !cmp.Equal(want, d.Loyalty.Refused) || d.Loyalty.Orders != 1 || d.Loyalty.Members != 1 {
		t.Errorf("%+v, want %v refused", d.Loyalty, want)
	}
	out, d := call(t, "-orders", file(t, "orders.csv", head+"ann,1960-01-05,10\n"))
	if d.Loyalty.Reason == "" || d.Loyalty.Checkup != nil || !strings.Contains(out, d.Loyalty.Reason) {
		t.Errorf("no member at all: %+v\n%s", d.Loyalty, out)
	}
}

// All that is wrong with a program is said at once, each with its path.
func TestBadPrograms(t *testing.T) {
	bad := strings.NewReplacer(`"90d"`, `"ninety"`, `"on": ["order"]`, `"on": ["order"], "pts": 3`).Replace(tenAnOrder)
	message := fails(t, 1, "-program", file(t, "bad.json", bad))
	for _, want := range []string{"bad.json", "wallets[0].expiry.after", "ninety", "rules[0]", "pts"} {
		if !strings.Contains(message, want) {
			t.Errorf("want %q in %s", want, message)
		}
	}
	if message := fails(t, 1, "-program", "no/such.json"); !strings.Contains(message, "no such file") {
		t.Error(message)
	}
	events := file(t, "events.csv", "customer,at,event\nann,2026-01-05,search\n")
	if message := fails(t, 2, "-events", events, "-program", "any.json"); !strings.Contains(message, "-orders FILE") {
		t.Error(message)
	}
}

// A member is explained entry by entry, and the tier goes to the playbook.
func TestMemberIsExplained(t *testing.T) {
	a := shopAnalysis(t)
	l := a.ledger
	gold := slices.IndexFunc(l.members, func(id string) bool { return l.levels[id] == "gold" })
	if gold < 0 {
		t.Fatal("nobody is gold")
	}
	id := l.members[gold]
	if labels := a.labels(id); !slices.Contains(labels, "tier=gold") {
		t.Errorf("labels of %s: %v", id, labels)
	}
	var b strings.Builder
	if err := a.explain(&b, id); err != nil {
		t.Fatal(err)
	}
	events, err := l.journal(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	_, journal, _ := strings.Cut(b.String(), "journal of points")
	if n := strings.Count(journal, "\n  20"); n != len(events) {
		t.Errorf("%d lines for %d entries:\n%s", n, len(events), journal)
	}
	for _, want := range []string{"tier gold since", "more for diamond", "good to the end of 2026-12-31", `by "first order"`, "redeemed for shopping bag", "activated"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
	members := l.section.Tiers.None
	for _, level := range l.section.Tiers.Levels {
		members += level.Members
	}
	if members != len(l.members) || members != a.tally.Len() {
		t.Errorf("the tiers hold %d of %d members", members, len(l.members))
	}
}

// The page shows what the document says.
func TestLoyaltyReport(t *testing.T) {
	a := shopAnalysis(t)
	html, doc := report(t, a), a.ledger.section
	_, html, _ = strings.Cut(html, `<section id="loyalty"`)
	html, _, _ = strings.Cut(html, "</section>")
	wants := []string{points(doc.Wallets[0].Issued), points(doc.Liability[0].Points), "it is assumed that " + strings.ReplaceAll(doc.Assumed, "&", "&amp;"), "the input has no such events"}
	for _, m := range doc.Liability[0].Months {
		wants = append(wants, fmt.Sprintf("%s</th><td>%s</td><td>%s</td><td>%s</td>", longMonth(m.Month), points(m.Available), points(m.Pending), points(m.Points)))
	}
	for _, level := range doc.Tiers.Levels {
		wants = append(wants, fmt.Sprintf("%s</th><td>%s</td><td>%s</td>", level.Name, points(level.Min), count(level.Members)))
	}
	for _, f := range doc.Checkup.Findings {
		wants = append(wants, fmt.Sprintf(`<th scope="row">%s <small>`, f.Metric))
	}
	for _, want := range wants {
		if !strings.Contains(html, want) {
			t.Errorf("no %q in the section", want)
		}
	}
	none := few(t, "none", "1")
	none.ledger.section = &loyaltySection{Reason: "nobody came", Refused: map[string]int{"not possible: amount": 2}}
	if page := report(t, none); !strings.Contains(page, "nobody came") || !strings.Contains(page, "not possible: amount") {
		t.Error("the page does not say why there is nothing to show")
	}
}
