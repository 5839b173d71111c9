package journey

import (
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars/funnel"
	"github.com/regulars-go/regulars/internal/testdata"
)

// readShop reads retentioneering's shop, which is simulated, with faults that its
// authors planted.
func readShop(t testing.TB) []row {
	t.Helper()
	unzipped, err := gzip.NewReader(testdata.Open(t, "retentioneering_ecom.csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(unzipped).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	head := lines[0]
	events := make([]row, 0, len(lines))
	for _, line := range lines[1:] {
		at, err := time.Parse(time.DateTime, line[3])
		if err != nil {
			t.Fatal(err)
		}
		e := row{user: line[0], session: line[1], name: line[2], at: at, labels: map[string]string{}}
		for i := 4; i < len(line); i++ {
			e.labels[head[i]] = line[i]
		}
		events = append(events, e)
	}
	return events
}

// The figures were counted by a script of its own, with ties as in the file;
// catalog to product_view is in the shop's published tables too.
func TestTransitionsOfPublishedShop(t *testing.T) {
	events := readShop(t)
	tests := []struct {
		by                       funnel.By
		paths                    int64
		transitions, ends, whole []string
	}{
		{
			funnel.BySession, 3605,
			[]string{
				"catalog>product_view 1679 of 541", "product_view>catalog 1403 of 518", "product_view>product_view 1321 of 467",
				"catalog>catalog 1099 of 438", "search>product_view 943 of 464", "product_view>search 814 of 432",
				"search>catalog 789 of 419", "home>catalog 734 of 403",
			},
			[]string{"336 transitions, 27501 times", "home starts 1148", "catalog starts 910", "product_view ends 753", "catalog ends 686"},
			[]string{"home 70 of 67", "catalog 67 of 65", "home → catalog → product_view … 63 of 60", "search 57 of 56", "home → search → catalog … 51 of 49", "726 different"},
		},
		{
			funnel.ByUser, 600,
			[]string{
				"catalog>product_view 1751 of 546", "product_view>catalog 1561 of 541", "product_view>product_view 1401 of 476",
				"catalog>catalog 1239 of 459", "search>product_view 1000 of 474", "product_view>search 942 of 460",
				"search>catalog 881 of 442", "catalog>search 831 of 429",
			},
			[]string{"338 transitions, 30506 times", "home starts 195", "catalog starts 161", "product_view ends 124", "catalog ends 115"},
			[]string{"home → search → catalog … 21 of 21", "home → catalog → product_view … 19 of 19", "home → catalog → catalog … 13 of 13", "catalog → product_view → product_view … 11 of 11", "catalog → product_view → search … 11 of 11", "223 different"},
		},
	}
	for _, test := range tests {
		t.Run(test.by.String(), func(t *testing.T) {
			counts, err := CountPaths(Paths{By: test.by, Ties: funnel.TiesGiven, Depth: 3}, inSessions(), events)
			must(t, err)
			if counts.Paths() != test.paths || counts.Users != 600 {
				t.Errorf("%d paths of %d users", counts.Paths(), counts.Users)
			}
			moves, times := []string{}, int64(0)
			for _, m := range counts.Transitions() {
				times += m.Times
				moves = append(moves, fmt.Sprintf("%s>%s %d of %d", m.From, m.To, m.Times, m.Users))
			}
			if diff := cmp.Diff(test.transitions, moves[:8]); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			ends := []string{fmt.Sprintf("%d transitions, %d times", len(moves), times)}
			byName := map[string]Event{}
			for _, e := range counts.Events() {
				byName[e.Name] = e
			}
			for _, name := range []string{"home", "catalog"} {
				ends = append(ends, fmt.Sprintf("%s starts %d", name, byName[name].Starts))
			}
			for _, name := range []string{"product_view", "catalog"} {
				ends = append(ends, fmt.Sprintf("%s ends %d", name, byName[name].Ends))
			}
			if diff := cmp.Diff(test.ends, ends); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			top, err := counts.Top(5)
			must(t, err)
			whole := []string{}
			for _, p := range top.Top {
				whole = append(whole, fmt.Sprintf("%s %d of %d", p, p.Paths, p.Users))
			}
			whole = append(whole, fmt.Sprintf("%d different", top.Different+5))
			if diff := cmp.Diff(test.whole, whole); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// What leads to the first purchase of a session, loops collapsed: counted by the
// same script.
func TestPathsToPurchaseOfPublishedShop(t *testing.T) {
	p := Paths{
		By: funnel.BySession, Ties: funnel.TiesGiven, Depth: 3, Collapse: true,
		Anchor: &Anchor{Event: "purchase", Side: Before},
	}
	counts, err := CountPaths(p, inSessions(), readShop(t))
	must(t, err)
	top, err := counts.Top(1000)
	must(t, err)
	byPath := map[string]int64{}
	for _, path := range top.Top {
		byPath[path.String()] = path.Paths
	}
	if counts.Paths() != 470 || top.Other != 0 ||
		byPath["… shipping_details → payment_details → purchase"] != 39 ||
		byPath["… cart → payment_details → purchase"] != 30 ||
		byPath["… cart → shipping_details → purchase"] != 26 {
		t.Errorf("%d paths: %v", counts.Paths(), byPath)
	}
}

// The shop's clock scrambles the order of a checkout, so that no order of events
// proves the faults that were planted: nor may the map name one.
func TestMapOfPublishedShop(t *testing.T) {
	events := readShop(t)
	named := func(names ...string) Condition { return Condition{Events: names} }
	m := Map{
		By: funnel.BySession,
		Stages: []Stage{
			{Name: "discover", Enter: named("search", "promo_page")},
			{Name: "consider", Enter: named("product_view"), Exit: named("shipping_details")},
			{Name: "buy", Enter: named("purchase")},
		},
		Breakdowns: []funnel.Breakdown{{Name: "platform"}},
	}
	counts, err := CountMap(m, inSessions(), events)
	must(t, err)
	report, err := counts.Report(MapOptions{LeaksBy: []string{"platform"}})
	must(t, err)
	// ecom_golden.json, "session|search/promo>product_view>shipping>purchase|none".
	var got []int64
	for _, s := range report.Stages {
		got = append(got, s.Entered, s.Completed)
	}
	if diff := cmp.Diff([]int64{2521, 1819, 1819, 357, 122, 122}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if report.Leaks.Tests != 9 || len(report.Leaks.Anomalous) > 0 || report.Stages[1].Leak != nil {
		t.Errorf("%v", report.Leaks)
	}
}
