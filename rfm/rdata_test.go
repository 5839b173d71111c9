package rfm_test

import (
	"encoding/csv"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars/internal/testdata"
	"github.com/regulars-go/regulars/rfm"
)

// rOrders reads the demo data set of the R package rfm, rfm_data_orders, and
// tallies it as of its documentation's analysis date.
func rOrders(t *testing.T) (*rfm.Tally[string], *rfm.Table[string]) {
	lines, err := csv.NewReader(testdata.Open(t, "rfm_data_orders_slim.csv")).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []rfm.Line[string]
	for _, line := range lines[1:] {
		rows = append(rows, rfm.Line[string]{Customer: line[0], At: at(t, line[1], time.UTC), Amount: dec(line[2])})
	}
	orders, err := rfm.Consolidate(slices.Values(rows), rfm.LinePolicy{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := diff(rfm.Report{Lines: 4906, Orders: 4906}, orders.Report); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
	tally, err := orders.Tally()
	if err != nil {
		t.Fatal(err)
	}
	table, err := tally.Table(at(t, "2006-12-31", time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	return tally, table
}

// What others published of the demo data of the R package rfm 0.3.0: 995
// customers, 4,906 orders, revenue 464,158; R prints each cut one higher.
func TestROrders(t *testing.T) {
	tally, table := rOrders(t)
	c, err := table.Concentrate()
	if err != nil {
		t.Fatal(err)
	}
	if table.Len() != 995 || c.Total.String() != "464158" {
		t.Errorf("%d customers with %v, want 995 with 464158", table.Len(), c.Total)
	}
	if top, _ := c.Top(0.2); strconv.FormatFloat(100*top, 'f', 2, 64) != "35.62" {
		t.Errorf("the top fifth has %v, want 35.62 %%", top)
	}
	oneTimers := 0
	for _, r := range tally.All() {
		if r.Orders == 1 {
			oneTimers++
		}
	}
	if oneTimers != 42 {
		t.Errorf("%d ordered once, want 42", oneTimers)
	}
	for _, tt := range []struct {
		name    string
		binning rfm.Binning
		cuts    [3]string
		counts  [3][5]int
		cells   int
	}{
		{
			"type 7", rfm.Quantiles(5),
			[3]string{"114 180 296.4 481", "3 4 5 7", "254.8 381 505.4 665"},
			// One customer in each of R 297, M 255 and M 506 is above the true quantile.
			[3][5]int{{197, 201, 198, 199, 200}, {268, 187, 176, 244, 120}, {199, 201, 197, 203, 195}},
			92,
		},
		{
			"R", rfm.RCompatible(5),
			[3]string{"115 181 297.4 482", "4 5 6 8", "255.8 382 506.4 666"},
			[3][5]int{{197, 200, 199, 199, 200}, {268, 187, 176, 244, 120}, {200, 200, 198, 202, 195}},
			92,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, err := table.Fit(tt.binning)
			if err != nil {
				t.Fatal(err)
			}
			if got := [3]string{texts(m.Recency.At), texts(m.Frequency[0].At), texts(m.Monetary[0].At)}; got != tt.cuts {
				t.Errorf("cuts %q, want %q", got, tt.cuts)
			}
			scores, err := table.Scores(m)
			if err != nil {
				t.Fatal(err)
			}
			var counts [3][5]int
			cells := map[rfm.Score]bool{}
			for _, s := range scores {
				counts[0][s.R-1]++
				counts[1][s.F-1]++
				counts[2][s.M-1]++
				cells[s] = true
			}
			if diff := cmp.Diff(tt.counts, counts); diff != "" {
				t.Errorf("customers by score (-want +got):\n%s", diff)
			}
			if len(cells) != tt.cells {
				t.Errorf("%d of 125 cells in use, want %d", len(cells), tt.cells)
			}
		})
	}
}

// The ten rows that the documentation of the R package prints.
func TestRDocumentedRows(t *testing.T) {
	tally, table := rOrders(t)
	m, err := table.Fit(rfm.RCompatible(5))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		name         string
		days, orders int
		net, code    string
	}{
		{"Abbey O'Reilly", 205, 6, "472", "343"},
		{"Add Senger", 140, 3, "340", "412"},
		{"Aden Lesch", 194, 4, "405", "323"},
		{"Aden Murphy", 98, 7, "596", "544"},
		{"Admiral Senger", 132, 5, "448", "433"},
		{"Agness O'Keefe", 90, 9, "843", "555"},
		{"Ailene Hermann", 281, 8, "699", "355"},
		{"Aiyanna Bruen", 246, 4, "157", "321"},
		{"Brion Stark", 229, 8, "852", "355"},
		{"Fount Flatley", 146, 11, "937", "455"},
	} {
		r, ok := tally.Record(want.name)
		days, _ := r.Recency(table.AsOf)
		if !ok || days != want.days || r.Orders != want.orders || r.Net().String() != want.net || m.Score(r).String() != want.code {
			t.Errorf("%s: %d days, %d orders, %v, score %v; want %+v", want.name, days, r.Orders, r.Net(), m.Score(r), want)
		}
	}
}

// All 995 customers by both kinds of cuts, and the three whom R's plus one
// puts into the wrong score.
func TestRGoldenScores(t *testing.T) {
	tally, table := rOrders(t)
	lines, err := csv.NewReader(testdata.Open(t, "golden_orders_scores.csv")).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range lines[0] {
		column[name] = i
	}
	r, err := table.Fit(rfm.RCompatible(5))
	if err != nil {
		t.Fatal(err)
	}
	type7, err := table.Fit(rfm.Quantiles(5))
	if err != nil {
		t.Fatal(err)
	}
	models := map[string]rfm.Model{"Rcompat": r, "type7": type7}
	var differ []string
	compared := 0
	for _, line := range lines[1:] {
		record, ok := tally.Record(line[0])
		days, _ := record.Recency(table.AsOf)
		if !ok || strconv.Itoa(days) != line[1] || strconv.Itoa(record.Orders) != line[2] || record.Net().String() != line[3] {
			t.Errorf("%s: %d days, %d orders, %v, want %v", line[0], days, record.Orders, record.Net(), line[1:4])
		}
		for name, m := range models {
			want := line[column["r_"+name]] + line[column["f_"+name]] + line[column["m_"+name]]
			if got := m.Score(record).String(); got != want {
				t.Errorf("%s by %s scores %s, want %s", line[0], name, got, want)
			}
			compared++
		}
		if r.Score(record) != type7.Score(record) {
			differ = append(differ, line[0])
		}
	}
	if compared != 2*995 {
		t.Errorf("%d scores compared, want 1990", compared)
	}
	if diff := cmp.Diff([]string{"Jerold Sporer", "Katlyn Mann", "Skylar Hoeger"}, differ); diff != "" {
		t.Errorf("customers whom R scores otherwise (-want +got):\n%s", diff)
	}
}

// R's own way with thresholds that a user gives: a value equal to one belongs
// above it. The segments of rfm 0.3.0 that its documentation counts follow.
func TestRSegmentTable(t *testing.T) {
	tally, table := rOrders(t)
	type row struct {
		Customers, Orders int
		Revenue           string
	}
	summary := func(b rfm.Binning) map[string]row {
		m, err := table.Fit(b)
		if err != nil {
			t.Fatal(err)
		}
		rows, revenue := map[string]row{}, map[string]int64{}
		for _, r := range tally.All() {
			segment := rfm.RMap().Segment(m.Score(r))
			revenue[segment] += r.Net().IntPart()
			rows[segment] = row{rows[segment].Customers + 1, rows[segment].Orders + r.Orders, strconv.FormatInt(revenue[segment], 10)}
		}
		return rows
	}
	// rfm_segment_summary in the documentation of rfm 0.3.0.
	want := map[string]row{
		"about to sleep": {102, 283, "23449"}, "at risk": {28, 216, "22227"}, "can't lose": {47, 274, "32446"},
		"champions": {35, 316, "31646"}, "lost": {148, 393, "35324"}, "loyal": {170, 799, "76562"},
		"need attention": {10, 57, "4562"}, "new": {104, 329, "28837"}, "potential loyalist": {342, 2211, "204856"},
		"promising": {9, 28, "4249"},
	}
	if diff := cmp.Diff(want, summary(rfm.RCompatible(5))); diff != "" {
		t.Errorf("R-compatible (-want +got):\n%s", diff)
	}
	counts := func(b rfm.Binning) map[string]int {
		n := map[string]int{}
		for segment, row := range summary(b) {
			n[segment] = row.Customers
		}
		return n
	}
	type7 := map[string]int{"about to sleep": 101, "at risk": 28, "can't lose": 48, "champions": 35, "lost": 148, "loyal": 171, "need attention": 10, "new": 104, "potential loyalist": 341, "promising": 9}
	if diff := cmp.Diff(type7, counts(rfm.Quantiles(5))); diff != "" {
		t.Errorf("type 7 (-want +got):\n%s", diff)
	}
	thresholds := func(list ...int64) rfm.Scale {
		s := rfm.Scale{Method: rfm.MethodFixed, Equal: rfm.Above}
		for _, n := range list {
			s.At = append(s.At, dec(strconv.FormatInt(n, 10)))
		}
		return s
	}
	custom := rfm.Binning{Recency: thresholds(115, 181, 297, 482), Frequency: thresholds(4, 5, 6, 8), Monetary: thresholds(256, 382, 506, 666)}
	got := counts(custom)
	if got["can't lose"] != 48 || got["potential loyalist"] != 341 || got["loyal"] != 170 || got["about to sleep"] != 102 {
		t.Errorf("by thresholds %v, want 48 can't lose, 341 potential loyalist and the rest as R-compatible", got)
	}
}

// The raw means of the demo data, and the counts of the eight combinations.
func TestRMeans(t *testing.T) {
	_, table := rOrders(t)
	m, err := table.Fit(rfm.Means())
	if err != nil {
		t.Fatal(err)
	}
	if got := [3]string{m.Recency.At[0].StringFixed(4), m.Frequency[0].At[0].StringFixed(4), m.Monetary[0].At[0].StringFixed(4)}; got != [3]string{"286.7387", "4.9307", "466.4905"} {
		t.Errorf("means %v", got)
	}
	scores, err := table.Scores(m)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, s := range scores {
		got[s.String()]++
	}
	want := map[string]int{"222": 274, "221": 102, "212": 20, "211": 185, "122": 125, "121": 39, "112": 28, "111": 222}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("customers by halves (-want +got):\n%s", diff)
	}
}
