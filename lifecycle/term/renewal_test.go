package term_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/lifecycle"
	"github.com/regulars-go/regulars/lifecycle/term"
)

func dec(text string) decimal.Decimal { return decimal.RequireFromString(text) }

// course is "piano 2024-01-01 2024-04-01 300" and, if it was sold at another
// time, that.
func course(customer, text string) term.Term[string] {
	f := strings.Fields(text)
	t := term.Term[string]{Customer: customer, Product: f[0], Start: at(f[1]), Value: dec(f[3])}
	if f[2] != "-" {
		t.End = at(f[2])
	}
	if len(f) > 4 {
		t.Sold = at(f[4])
	}
	return t
}

func bookOf(t rapid.TB, terms ...term.Term[string]) *term.Book[string] {
	t.Helper()
	var b term.Book[string]
	for _, x := range terms {
		check(t, b.Add(x))
	}
	return &b
}

var lessons = term.Policy{
	OnTime: regulars.Days(7), Early: regulars.Months(1), Late: regulars.Days(30),
	Ladders: [][]string{{"basic", "plus", "max"}, {"piano", "concert"}},
}

func TestLabels(t *testing.T) {
	const old = "plus 2024-01-01 2024-04-01 300" // due on 1 April
	tests := []struct {
		name, next, now string
		label, timing   term.Label
		decided         bool
	}{
		{"nothing yet", "", "2024-05-08", term.Open, term.Open, false},
		{"nothing in time", "", "2024-05-09", term.Lapsed, term.Open, true},
		{"too soon", "plus 2024-02-24 2024-06-01 1", "2024-05-09", term.Lapsed, term.Open, true},
		{"the first early day", "plus 2024-02-25 2024-06-01 1", "2024-04-01", term.Early, term.Early, false},
		{"the last early day", "plus 2024-03-24 2024-06-01 1", "2024-05-09", term.Early, term.Early, true},
		{"the first day on time", "plus 2024-03-25 2024-06-01 1", "2024-05-09", term.OnTime, term.OnTime, true},
		{"the due date", "plus 2024-04-01 2024-06-01 1", "2024-05-09", term.OnTime, term.OnTime, true},
		{"the last day on time", "plus 2024-04-08 2024-06-01 1", "2024-05-09", term.OnTime, term.OnTime, true},
		{"the first late day", "plus 2024-04-09 2024-06-01 1", "2024-05-09", term.Late, term.Late, true},
		{"the last late day", "plus 2024-05-08 2024-06-01 1", "2024-05-09", term.Late, term.Late, true},
		{"too late", "plus 2024-05-09 2024-06-01 1", "2024-05-10", term.Lapsed, term.Open, true},
		{"sold early, starts when the old one ends", "plus 2024-04-01 2024-06-01 1 2024-03-01", "2024-05-09", term.Early, term.Early, true},
		{"sold late, dated back", "plus 2024-04-01 2024-06-01 1 2024-04-20", "2024-05-09", term.Late, term.Late, true},
		{"not sold yet", "plus 2024-04-01 2024-06-01 1 2024-04-20", "2024-04-19", term.Open, term.Open, false},
		{"up", "max 2024-04-01 2024-06-01 1", "2024-05-09", term.Upgraded, term.OnTime, true},
		{"down, late", "basic 2024-04-20 2024-06-01 1", "2024-05-09", term.Downgraded, term.Late, true},
		{"another ladder", "piano 2024-04-01 2024-06-01 1", "2024-05-09", term.OtherProduct, term.OnTime, true},
		{"no ladder", "violin 2024-04-01 2024-06-01 1", "2024-05-09", term.OtherProduct, term.OnTime, true},
		{"without an end", "plus 2024-04-01 - 1", "2024-05-09", term.OnTime, term.OnTime, true},
		{"beside the old one from the start", "plus 2024-01-01 2024-04-01 1", "2024-05-09", term.Lapsed, term.Open, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := bookOf(t, course("ann", old), course("bob", "plus 2024-04-01 2024-06-01 1"))
			if tt.next != "" {
				check(t, b.Add(course("ann", tt.next)))
			}
			got, err := b.Renewals(lessons, at(tt.now))
			check(t, err)
			r := got[0]
			if r.Term.Customer != "ann" || r.Label != tt.label || r.Timing != tt.timing || r.Decided != tt.decided || r.Label.Kept() != (r.By.Product != "") {
				t.Errorf("%+v, want %v, %v, decided %t", r, tt.label, tt.timing, tt.decided)
			}
		})
	}
}

// Due dates are local: a term that ends at midnight in Shanghai is due on that
// day there, and the day before in UTC; and a season of a month before the end
// of March begins on the last of February.
func TestDueDatesAreLocal(t *testing.T) {
	shanghai := zone(t, "Asia/Shanghai")
	old := term.Term[string]{Customer: "ann", Product: "plus", Start: in(shanghai, "2024-01-01"), End: in(shanghai, "2024-04-01")}
	next := old
	next.Start, next.End = in(shanghai, "2024-04-08"), time.Time{} // the last day on time there
	for zone, want := range map[*time.Location]term.Label{shanghai: term.OnTime, time.UTC: term.OnTime, time.FixedZone("far", 15*3600): term.OnTime} {
		p := lessons
		p.Zone = zone
		report, err := bookOf(t, old, next).Report(p, at("2024-06-01"))
		check(t, err)
		month := "2024-04"
		if zone == time.UTC {
			month = "2024-03"
		}
		if report.Cohorts[0].Interval.Name != month || report.All.Count(want) != 1 {
			t.Errorf("%v: %+v", zone, report)
		}
	}
	leap := term.Policy{OnTime: regulars.Hours(1), Early: regulars.Months(1)}
	for sold, want := range map[string]term.Label{"2024-02-28": term.Lapsed, "2024-02-29": term.Early} {
		b := bookOf(t, course("ann", "plus 2024-01-01 2024-03-31 1"), course("ann", "plus 2024-03-31 - 1 "+sold))
		got, err := b.Renewals(leap, at("2024-12-01"))
		check(t, err)
		if got[0].Label != want {
			t.Errorf("sold on %s: %v, want %v", sold, got[0].Label, want)
		}
	}
}

func TestATermRenewsOne(t *testing.T) {
	show := func(terms []term.Term[string], now string) (lines []string) {
		got, err := bookOf(t, terms...).Renewals(lessons, at(now))
		check(t, err)
		for _, r := range got {
			line := fmt.Sprintf("%s %s: %s", r.Term.Product, r.Term.Start.Format("01-02"), r.Label)
			if r.Label.Kept() {
				line += " by " + r.By.Product + r.By.Start.Format(" 01-02")
			}
			lines = append(lines, line)
		}
		return lines
	}
	tests := []struct {
		name  string
		terms []string
		want  []string
	}{
		{
			"two courses, one new",
			[]string{"piano 2024-01-01 2024-04-01 1", "piano 2024-01-02 2024-04-03 1", "piano 2024-04-03 - 1"},
			[]string{"piano 01-01: lapsed", "piano 01-02: on time by piano 04-03"},
		},
		{
			"two alike, one new",
			[]string{"piano 2024-01-01 2024-04-01 1", "piano 2024-01-01 2024-04-01 1", "piano 2024-04-03 - 1"},
			[]string{"piano 01-01: on time by piano 04-03", "piano 01-01: lapsed"},
		},
		{
			"one, two new",
			[]string{"piano 2024-01-01 2024-04-01 1", "piano 2024-04-02 - 1", "piano 2024-04-01 - 1"},
			[]string{"piano 01-01: on time by piano 04-01"},
		},
		{
			"each its own product, though the other is nearer",
			[]string{"piano 2024-01-01 2024-04-01 1", "plus 2024-01-01 2024-04-01 1", "plus 2024-04-01 - 1", "piano 2024-04-20 - 1"},
			[]string{"piano 01-01: late by piano 04-20", "plus 01-01: on time by plus 04-01"},
		},
		{
			"a ladder before another product",
			[]string{"piano 2024-01-01 2024-04-01 1", "basic 2024-01-01 2024-04-01 1", "max 2024-04-05 - 1"},
			[]string{"basic 01-01: upgraded by max 04-05", "piano 01-01: lapsed"},
		},
		{
			"nobody is moved to a worse partner",
			[]string{"piano 2024-01-01 2024-04-01 1", "plus 2024-01-01 2024-02-27 1", "piano 2024-04-01 - 1", "piano 2024-04-05 - 1"},
			[]string{"plus 01-01: lapsed", "piano 01-01: on time by piano 04-01"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var terms []term.Term[string]
			for _, text := range tt.terms {
				terms = append(terms, course("ann", text))
			}
			if diff := gocmp.Diff(tt.want, show(terms, "2024-06-01")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// link is a term and the one that renews it, by their numbers, ranked.
type link struct{ kinship, days, old, new int }

func (l link) compare(o link) int {
	return cmp.Or(l.kinship-o.kinship, l.days-o.days, l.old-o.old, l.new-o.new)
}

// matchings calls f with every way to give each old term one of its links or
// none, no new term twice.
func matchings(links [][]link, taken map[int]bool, so []link, f func([]link)) {
	if len(links) == 0 {
		f(so)
		return
	}
	matchings(links[1:], taken, so, f)
	for _, l := range links[0] {
		if !taken[l.new] {
			taken[l.new] = true
			matchings(links[1:], taken, append(so[:len(so):len(so)], l), f)
			taken[l.new] = false
		}
	}
}

// Property: of all ways to match, the one with the best best pair is taken, of
// these that with the best second, and so on; as trying them all finds.
func TestMatchingAgainstBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var terms []term.Term[string]
		base := at("2024-01-01")
		day := func(n int) time.Time { return base.AddDate(0, 0, n) }
		for range rapid.IntRange(0, 6).Draw(t, "terms") {
			x := term.Term[string]{Customer: "ann", Product: rapid.SampledFrom([]string{"basic", "plus", "piano"}).Draw(t, "product")}
			start := rapid.IntRange(0, 60).Draw(t, "start")
			x.Start = day(start)
			if rapid.IntRange(0, 5).Draw(t, "endless") > 0 {
				x.End = day(start + rapid.IntRange(1, 40).Draw(t, "length"))
			}
			if rapid.Bool().Draw(t, "sold") {
				x.Sold = day(start + rapid.IntRange(-20, 5).Draw(t, "sale"))
			}
			terms = append(terms, x)
		}
		p := term.Policy{OnTime: regulars.Days(2), Early: regulars.Days(10), Late: regulars.Days(15), Ladders: lessons.Ladders}
		now := day(300)
		got, err := bookOf(t, terms...).Renewals(p, now)
		check(t, err)

		slices.SortStableFunc(terms, func(a, b term.Term[string]) int {
			end := func(t term.Term[string]) time.Time {
				if t.End.IsZero() {
					return day(9999)
				}
				return t.End
			}
			return cmp.Or(a.Start.Compare(b.Start), end(a).Compare(end(b)), strings.Compare(a.Product, b.Product), a.Sold.Compare(b.Sold))
		})
		sold := func(x term.Term[string]) time.Time {
			if x.Sold.IsZero() {
				return x.Start
			}
			return x.Sold
		}
		var links [][]link
		for i, a := range terms {
			if a.End.IsZero() {
				continue
			}
			var own []link
			for j, b := range terms {
				late := int(sold(b).Sub(a.End).Hours() / 24)
				if b.Start.After(a.Start) && late >= -12 && late <= 17 {
					kinship := 2
					switch {
					case a.Product == b.Product:
						kinship = 0
					case a.Product != "piano" && b.Product != "piano":
						kinship = 1
					}
					own = append(own, link{kinship, max(late, -late), i, j})
				}
			}
			links = append(links, own)
		}
		var best []link
		matchings(links, map[int]bool{}, nil, func(so []link) {
			so = slices.Clone(so)
			slices.SortFunc(so, link.compare)
			// The longer list is the better one if the other is how it begins.
			if c := slices.CompareFunc(so, best, link.compare); c < 0 && len(so) > 0 && !(len(so) < len(best) && slices.Equal(so, best[:len(so)])) || len(so) > len(best) && slices.Equal(best, so[:len(best)]) {
				best = so
			}
		})
		by := map[int]int{}
		for _, l := range best {
			by[l.old] = l.new
		}
		ended := 0
		for i, x := range terms {
			if x.End.IsZero() {
				continue
			}
			r := got[ended]
			ended++
			j, ok := by[i]
			if !ok {
				if r.Label != term.Lapsed {
					t.Fatalf("%+v, want it lapsed", r)
				}
				continue
			}
			if !r.Label.Kept() || !r.By.Start.Equal(terms[j].Start) || r.By.Product != terms[j].Product || !r.By.End.Equal(terms[j].End) || !r.By.Sold.Equal(terms[j].Sold) {
				t.Fatalf("%+v, want it renewed by %+v", r, terms[j])
			}
		}
		if ended != len(got) {
			t.Fatalf("%d renewals of %d terms", len(got), ended)
		}
	})
}

func TestReportByHand(t *testing.T) {
	b := bookOf(t,
		course("ann", "plus 2024-01-01 2024-04-01 300"), course("ann", "plus 2024-04-01 2024-07-01 320"),
		course("bob", "plus 2024-01-01 2024-04-15 300"), course("bob", "basic 2024-04-15 2024-08-15 100.5"),
		course("cat", "plus 2024-01-01 2024-04-20 200"),
		course("dan", "plus 2024-01-01 2024-05-31 100"), course("dan", "max 2024-05-01 2024-09-01 500"),
		course("eve", "plus 2024-01-01 2024-06-10 150"),
		course("fay", "piano 2024-01-01 - 900"),
		course("gus", "plus 2024-06-20 2024-09-01 150 2024-06-15"),
		course("hal", "plus 2024-01-01 2024-04-02 50"), course("hal", "violin 2024-04-10 2024-09-01 80"),
	)
	report, err := b.Report(lessons, at("2024-06-11"))
	check(t, err)
	type row struct {
		Name                string
		Due, Decided        int
		Before, Held, After string
		Renewed, Kept       lifecycle.Share
		GRR, NRR            string
	}
	var got []row
	for _, c := range append(report.Cohorts, report.All) {
		name := "all"
		if c.Interval != nil {
			name = c.Interval.Name
		}
		rate := func(r float64, ok bool) string {
			if !ok {
				return "undefined"
			}
			return fmt.Sprintf("%.4f", r)
		}
		got = append(got, row{name, c.Due, c.Decided, c.Before.String(), c.Held.String(), c.After.String(), c.Renewed(), c.Kept(), rate(c.GRR()), rate(c.NRR())})
	}
	want := []row{
		{"2024-04", 4, 4, "850", "450.5", "500.5", lifecycle.Share{Count: 2, Of: 4}, lifecycle.Share{Count: 3, Of: 4}, "0.5300", "0.5888"},
		{"2024-05", 1, 0, "0", "0", "0", lifecycle.Share{}, lifecycle.Share{}, "undefined", "undefined"},
		{"2024-06", 1, 0, "0", "0", "0", lifecycle.Share{}, lifecycle.Share{}, "undefined", "undefined"},
		{"all", 6, 4, "850", "450.5", "500.5", lifecycle.Share{Count: 2, Of: 4}, lifecycle.Share{Count: 3, Of: 4}, "0.5300", "0.5888"},
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if report.NotDue != 4 || report.Endless != 1 || report.Later != 1 {
		t.Errorf("%+v", report)
	}
	april := report.Cohorts[0]
	for l, n := range map[term.Label]int{term.OnTime: 1, term.Downgraded: 1, term.Lapsed: 1, term.OtherProduct: 1, term.Open: 0, term.Early: 0, term.Label(99): 0} {
		if april.Count(l) != n || april.Share(l).Count != n || april.Share(l).Of != 4 {
			t.Errorf("%v: %d, %+v, want %d", l, april.Count(l), april.Share(l), n)
		}
	}
	if report.All.Count(term.Upgraded) != 1 || report.All.Share(term.Upgraded).Count != 0 || report.All.Count(term.Open) != 1 {
		t.Errorf("%+v", report.All)
	}
	// Wilson 1927 for 3 of 4.
	if low, high := april.Kept().Interval(0.95); math.Abs(low-0.3006) > 1e-4 || math.Abs(high-0.9544) > 1e-4 {
		t.Errorf("%v to %v", low, high)
	}
}

func TestReportAsJSON(t *testing.T) {
	b := bookOf(t, course("ann", "plus 2024-01-01 2024-04-01 300"), course("ann", "plus 2024-04-01 2024-07-01 320"))
	report, err := b.Report(lessons, at("2024-06-11"))
	check(t, err)
	text, err := json.Marshal(report)
	labels := `{"open":0,"early":0,"on time":1,"late":0,"upgraded":0,"downgraded":0,"other product":0,"lapsed":0}`
	row := `"due":1,"labels":` + labels + `,"decided":1,"decidedLabels":` + labels + `,"renewed":{"count":1,"of":1},"kept":{"count":1,"of":1},"before":"300","held":"300","after":"320","grr":1,"nrr":1.0666666666666667}`
	want := `{"cohorts":[{"interval":{"period":"2024-04","start":"2024-04-01T00:00:00Z","end":"2024-05-01T00:00:00Z","complete":true},` + row + `],"all":{` + row + `,"notDue":1,"endless":0}`
	if err != nil || string(text) != want {
		t.Errorf("%s, %v\nwant %s", text, err, want)
	}
	none, err := new(term.Book[string]).Report(term.Policy{}, at("2024-06-11"))
	check(t, err)
	text, err = json.Marshal(none)
	if err != nil || !strings.HasPrefix(string(text), `{"cohorts":[],`) || !strings.Contains(string(text), `"grr":null,"nrr":null`) {
		t.Errorf("%s, %v", text, err)
	}
}

func TestRenewalsRefuse(t *testing.T) {
	b := bookOf(t, course("ann", "plus 2024-01-01 2024-04-01 300"))
	for name, f := range map[string]func() ([]term.Renewal[string], error){
		"no moment": func() ([]term.Renewal[string], error) { return b.Renewals(lessons, time.Time{}) },
		"a short ladder": func() ([]term.Renewal[string], error) {
			return b.Renewals(term.Policy{Ladders: [][]string{{"plus"}}}, at("2024-06-01"))
		},
		"too many terms": func() ([]term.Renewal[string], error) {
			many := bookOf(t)
			for range term.MaxTerms + 1 {
				check(t, many.Add(course("ann", "plus 2024-01-01 2024-04-01 300")))
			}
			return many.Renewals(lessons, at("2024-06-01"))
		},
	} {
		if got, err := f(); err == nil {
			t.Errorf("%s: %d renewals", name, len(got))
		}
	}
	if report, err := b.Report(lessons, time.Time{}); err == nil {
		t.Errorf("no moment: %+v", report)
	}
}
