package main

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/examples/internal/shop"
)

// economicsRead is what tests read back of the document.
type economicsRead struct {
	Economics *struct {
		Phase       struct{ Customers, Revenue struct{ Phase string } }
		Acquisition *struct {
			Finding             string
			PaidCAC, BlendedCAC decimal.Decimal
			Channels            []channelRead
			All                 channelRead
		}
		Terms *struct {
			Terms      int
			Milestones []struct {
				Name   string
				Status map[string]int
			}
			Renewals json.RawMessage
		}
		KeyActions *struct {
			Stayed  struct{ Count, Of int }
			Reading string
			Tried   []struct {
				Action     string
				Difference float64
				Verdict    string
			}
		}
		Referral *struct {
			Report struct {
				Claims   struct{ Accepted int }
				Referred struct{ Hits, Of int }
			}
			Advocates []struct{ ID string }
		}
		Scorecard struct {
			Reason     string
			Evaluation *struct{ AUC struct{ Value float64 } }
			Grades     map[string]int
		}
		Watch struct {
			Readings []struct {
				Watch   string
				Signals []struct{ Since, Day string }
			}
			Unread    map[string]string
			Proposals []struct{ Do, Operation string }
		}
	}
	Skipped []skippedSection
}

type channelRead struct {
	Channel     string
	Spend       decimal.Decimal
	New, Mature int
	CAC         decimal.NullDecimal
	Value       decimal.Decimal
	LTVToCAC    struct {
		Value   float64
		Defined bool
	}
	Against struct{ Verdict string }
}

func economicsOf(t *testing.T, args ...string) economicsRead {
	t.Helper()
	var d economicsRead
	if err := json.Unmarshal(once(t, args...).json, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// What was planted in the shop is found.
func TestEconomicsOfTheShop(t *testing.T) {
	s, err := shop.Open(shop.Config{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	d := economicsOf(t)
	e := d.Economics
	if e.Phase.Customers.Phase != "growth" || e.Phase.Revenue.Phase != "growth" {
		t.Errorf("%+v", e.Phase)
	}

	sum, coupon := channelRead{}, channelRead{}
	for _, c := range e.Acquisition.Channels {
		sum.Spend, sum.Value, sum.New, sum.Mature = sum.Spend.Add(c.Spend), sum.Value.Add(c.Value), sum.New+c.New, sum.Mature+c.Mature
		if c.Channel == shop.CouponSite {
			coupon = c
		}
	}
	if all := e.Acquisition.All; !sum.Spend.Equal(all.Spend) || !sum.Value.Equal(all.Value) || sum.New != all.New || sum.Mature != all.Mature {
		t.Errorf("channels add up to %+v, all are %+v", sum, all)
	}
	for _, c := range e.Acquisition.Channels {
		if c.LTVToCAC.Defined && c.Channel != shop.CouponSite && (!coupon.CAC.Decimal.LessThan(c.CAC.Decimal) || coupon.LTVToCAC.Value >= c.LTVToCAC.Value) {
			t.Errorf("%s: %v and %v, the coupon site %v and %v", c.Channel, c.CAC.Decimal, c.LTVToCAC.Value, coupon.CAC.Decimal, coupon.LTVToCAC.Value)
		}
	}
	if coupon.Against.Verdict != "worse" || !strings.Contains(e.Acquisition.Finding, "coupon site: worse than the rest") || !e.Acquisition.BlendedCAC.LessThan(e.Acquisition.PaidCAC) {
		t.Errorf("%+v: %s", coupon, e.Acquisition.Finding)
	}

	terms, invited := 0, 0
	for range s.Terms() {
		terms++
	}
	for i := range s.Invites() {
		if i.To != "" {
			invited++
		}
	}
	if e.Terms.Terms != terms || len(e.Terms.Milestones) != 2 || e.Terms.Milestones[0].Status["done"] == 0 || e.Terms.Milestones[0].Status["overdue"] == 0 {
		t.Errorf("%d terms, want %d; %+v", e.Terms.Terms, terms, e.Terms.Milestones)
	}
	if r := e.Referral.Report; r.Claims.Accepted != invited || r.Referred.Hits != invited || len(e.Referral.Advocates) != advocatesKept {
		t.Errorf("%+v, want %d invited", r, invited)
	}
	if k := e.KeyActions; k.Stayed.Of < 1000 || k.Tried[0].Verdict != "better" || !strings.Contains(k.Reading, "candidate for an experiment") {
		t.Errorf("%+v", k)
	}
	if e.Scorecard.Reason != "" || e.Scorecard.Evaluation.AUC.Value < 0.75 || e.Scorecard.Grades["a"] == 0 {
		t.Errorf("%+v", e.Scorecard)
	}
	// Pages stop loading on the first day that is watched.
	from := s.Truth().Fault.From.Format("2006-01-02")
	if r := e.Watch.Readings; len(r) != 2 || len(r[0].Signals) != 0 || len(r[1].Signals) == 0 || r[1].Signals[0].Since < from || len(e.Watch.Unread) != 0 {
		t.Errorf("%+v, the fault is of %s", e.Watch, from)
	}
	if len(e.Watch.Proposals) != 1 || e.Watch.Proposals[0].Do != "pause" {
		t.Errorf("%+v", e.Watch.Proposals)
	}
	want := []skippedSection{{"migration between segments", "-since DATE"}}
	if diff := cmp.Diff(want, d.Skipped); diff != "" {
		t.Errorf("skipped (-want +got):\n%s", diff)
	}
	if out := once(t).stdout; !strings.HasSuffix(out, "Skipped:\n  migration between segments: needs -since DATE\n") {
		t.Errorf("the summary ends\n%s", out[max(0, len(out)-300):])
	}
}

func write(t *testing.T, dir, name string, to func(io.Writer) error) string {
	t.Helper()
	path := filepath.Join(dir, name)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := to(f); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// Files give what the shop gives: the same terms, the same invitations. Without
// sources customers are of the channel of their first order.
func TestEconomicsOfFiles(t *testing.T) {
	s, err := shop.Open(shop.Config{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	spend := file(t, "spend.csv", "channel,month,cost\napp,2025-01-01,5000\nweb,2025-01-01,2000\nmini program,2025-02-01,3000\n,2025-02-01,50\n")
	d := economicsOf(t, "-orders", write(t, dir, "orders.csv", s.WriteOrders), "-zone", "Asia/Shanghai",
		"-spend", spend, "-margin", "0.4",
		"-terms", write(t, dir, "terms.csv", s.WriteTerms), "-ladder", "small box, large box",
		"-invites", write(t, dir, "invites.csv", s.WriteInvites))
	built := economicsOf(t)
	if diff := cmp.Diff(string(built.Economics.Terms.Renewals), string(d.Economics.Terms.Renewals)); diff != "" {
		t.Errorf("renewals (-built-in +files):\n%s", diff)
	}
	if d.Economics.Terms.Milestones != nil || d.Economics.KeyActions != nil {
		t.Errorf("milestones %+v, key actions %+v", d.Economics.Terms.Milestones, d.Economics.KeyActions)
	}
	// Who never ordered has joined nobody knows when.
	if got, want := d.Economics.Referral.Report.Claims.Accepted, built.Economics.Referral.Report.Claims.Accepted; got == 0 || got > want {
		t.Errorf("%d invited, %d with visits", got, want)
	}
	var names []string
	for _, c := range d.Economics.Acquisition.Channels {
		names = append(names, c.Channel)
	}
	if diff := cmp.Diff([]string{"app", "mini program", "store", "web", "unattributed"}, names); diff != "" {
		t.Errorf("channels (-want +got):\n%s", diff)
	}
}

// Each part that is missing is named, with the column that would unlock it.
func TestSkipped(t *testing.T) {
	path := file(t, "orders.csv", "customer,at,amount\nann,2026-01-05,10\n")
	d := economicsOf(t, "-orders", path)
	if e := d.Economics; e.Acquisition != nil || e.Terms != nil || e.KeyActions != nil || e.Referral != nil || e.Phase.Customers.Phase != "too few periods" || e.Scorecard.Reason == "" || len(e.Watch.Unread) == 0 {
		t.Errorf("%+v", e)
	}
	want := []skippedSection{
		{"identity", "-identities FILE with a column for each kind of name, such as account and phone"},
		{"migration between segments", "-since DATE"},
		{"discounts", "the column discount of -orders"},
		{"funnel, key actions", "-events FILE with the columns customer, at and event"},
		{"persona", "-profiles FILE with the column customer and one for each attribute"},
		{"acquisition", "-spend FILE with the columns channel, at and amount, the column channel of -orders, and -margin SHARE"},
		{"terms and renewals", "-terms FILE with the columns customer, product, start, end and value"},
		{"referral", "-invites FILE with the columns from, to and at"},
	}
	if diff := cmp.Diff(want, d.Skipped); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	events := file(t, "events.csv", "customer,at,event\nann,2026-01-05,search\nann,2026-01-06,pay\n")
	alone := once(t, "-events", events, "-funnel", file(t, "funnel.json", searchAndPay))
	if !strings.Contains(alone.stdout, "Skipped:\n  value, lifecycle, value to come, loyalty, strategy: needs -orders FILE") {
		t.Error(alone.stdout)
	}
}

// searchAndPay is the shortest funnel there is.
const searchAndPay = `{"steps": [{"name": "search"}, {"name": "pay"}], "match": {"window": "24h"}}`

func TestPlanOfTerms(t *testing.T) {
	orders := file(t, "orders.csv", "customer,at,amount\nann,2026-01-05,10\nbob,2026-02-10,10\n")
	events := file(t, "events.csv", "customer,at,event\nann,2026-01-05,search\nann,2026-01-05,pay\nann,2026-01-09,installed\n")
	terms := file(t, "terms.csv", "customer,product,start\nann,purifier,2026-01-05\nbob,purifier,2026-01-20\n")
	plan := file(t, "plan.json", `{"milestones": [{"name": "install", "after": "7d", "doneBy": "installed"}]}`)
	d := economicsOf(t, "-orders", orders, "-events", events, "-funnel", file(t, "funnel.json", searchAndPay), "-terms", terms, "-plan", plan)
	if m := d.Economics.Terms.Milestones; len(m) != 1 || !cmp.Equal(m[0].Status, map[string]int{"done": 1, "overdue": 1}) {
		t.Errorf("%+v", m)
	}
}

func TestEconomicsMistakes(t *testing.T) {
	orders := file(t, "orders.csv", "customer,at,amount\nann,2026-01-05,10\n")
	spend := file(t, "spend.csv", "channel,at,amount\nads,2026-01-05,10\n")
	terms := file(t, "terms.csv", "customer,product,start,end\nann,box,2026-01-05,2026-01-01\n")
	tests := []struct {
		name string
		code int
		args []string
		want string
	}{
		{"spend without orders", 2, []string{"-spend", spend, "-margin", "0.4"}, "want -orders FILE too"},
		{"spend without a margin", 2, []string{"-orders", orders, "-spend", spend}, "-spend and -margin go together"},
		{"a margin in percent", 1, []string{"-orders", orders, "-spend", spend, "-margin", "40"}, "want a share above 0 and at most 1"},
		{"a margin of nothing", 1, []string{"-orders", orders, "-spend", spend, "-margin", "0"}, "want a share above 0 and at most 1"},
		{"a plan without terms", 2, []string{"-orders", orders, "-plan", spend}, "want -terms FILE too"},
		{"a plan that is none", 1, []string{"-orders", orders, "-terms", terms, "-plan", spend}, "spend.csv"},
		{"a term that ends before it starts", 1, []string{"-orders", orders, "-terms", terms}, "ends no later than it starts"},
		{"a column that is not there", 1, []string{"-orders", orders, "-spend", spend, "-margin", "0.4", "-columns", "spend.amount=cost"}, `there is no column "cost"`},
		{"no such file", 1, []string{"-orders", orders, "-invites", spend + ".no"}, "no such file"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if message := fails(t, tt.code, tt.args...); !strings.Contains(message, tt.want) {
				t.Errorf("want %q in %s", tt.want, message)
			}
		})
	}
}

// The page shows what the document says.
func TestEconomicsReport(t *testing.T) {
	a := shopAnalysis(t)
	html := report(t, a)
	wellFormed(t, html)
	for _, want := range []string{`<section id="economics"`, `<section id="skipped"`, "coupon site", "welcome call", "pay_<wbr/>order, 2 or more", "Scorecard: who may become core", "What has left its course"} {
		if !strings.Contains(html, want) {
			t.Errorf("no %q in the page", want)
		}
	}
	for _, c := range a.worthwhile.Acquisition.Channels {
		if want := "<td>" + atCents(c.CAC(2)) + "</td>"; !strings.Contains(html, want) {
			t.Errorf("%s: no %s", c.Channel, want)
		}
	}
	bare := report(t, few(t, "few", "1", "2", "3"))
	for _, absent := range []string{"Acquisition: what", "Key actions:", "Referral: who", "What became of terms"} {
		if strings.Contains(bare, absent) {
			t.Errorf("%q without its input", absent)
		}
	}
	if !strings.Contains(bare, "There is no card: ") || !strings.Contains(bare, "-invites FILE") {
		t.Error("the page of orders alone does not say what is missing")
	}
}
