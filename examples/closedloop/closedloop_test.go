package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/lifecycle"
	"github.com/regulars-go/regulars/rfm"
)

// data returns the path of a public data set.
func data(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("REGULARS_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	} else if !filepath.IsAbs(dir) {
		dir = filepath.Join("..", "..", dir)
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("REGULARS_REQUIRE_DATA") == "1" {
			t.Fatalf("needs the public data set %s: %v", name, err)
		}
		t.Skipf("needs the public data set %s: %v", name, err)
	}
	return path
}

// file writes text to a file of its own and returns its path.
func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// still is a clock that does not move.
func still() time.Time { return time.Time{} }

// finished is what the program printed and wrote with -json, and which tests
// have seen it.
type finished struct {
	stdout string
	json   []byte
	seen   map[string]bool
}

// calls are by their arguments.
var calls = map[string]*finished{}

// once runs the program unless another test has done so with the same
// arguments. A test that asks twice wants two runs, and gets them; so does one
// of files of its own.
func once(t *testing.T, args ...string) *finished {
	t.Helper()
	key := strings.Join(args, "\x00")
	if f := calls[key]; f != nil && !f.seen[t.Name()] {
		f.seen[t.Name()] = true
		return f
	}
	path := filepath.Join(t.TempDir(), "out.json")
	var out, errs bytes.Buffer
	if code := run(slices.Concat(args, []string{"-json", path}), &out, &errs, still); code != 0 {
		t.Fatalf("closedloop %q: exit %d\n%s", args, code, errs.String())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f := &finished{stdout: out.String(), json: text, seen: map[string]bool{t.Name(): true}}
	if !strings.Contains(key, os.TempDir()) {
		calls[key] = f
	}
	return f
}

// call runs the program, see [once], and returns what it printed and wrote
// with -json.
func call(t *testing.T, args ...string) (stdout string, d document) {
	t.Helper()
	f := once(t, args...)
	// Reports of the packages are written and not read back whole.
	read := struct {
		*document

		Migration *struct {
			Summary struct{ Before, After, New, Gone, Stayed, Moved int } `json:"summary"`
		} `json:"migration"`
		Lifecycle struct {
			Stages map[string]int     `json:"stages"`
			Growth []lifecycle.Growth `json:"growth"`
		} `json:"lifecycle"`
		Economics any `json:"economics"` // see economicsRead
	}{document: &d}
	if err := json.Unmarshal(f.json, &read); err != nil {
		t.Fatal(err)
	}
	if m := read.Migration; m != nil {
		d.Migration = &migrationSection{Summary: rfm.Summary{
			Before: m.Summary.Before, After: m.Summary.After, New: m.Summary.New,
			Gone: m.Summary.Gone, Stayed: m.Summary.Stayed, Moved: m.Summary.Moved,
		}}
	}
	d.Lifecycle = &lifecycleSection{Stages: read.Lifecycle.Stages, Growth: read.Lifecycle.Growth}
	return f.stdout, d
}

// fails runs the program and returns what it said was wrong.
func fails(t *testing.T, code int, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if got := run(args, &out, &errs, still); got != code {
		t.Errorf("closedloop %q: exit %d, want %d\n%s%s", args, got, code, out.String(), errs.String())
	}
	return errs.String()
}

// The published figures of CDNOW: Fader and Hardie's rows, customers and total;
// the share of the top fifth as others computed it.
func TestCDNOW(t *testing.T) {
	path := data(t, "CDNOW_master.txt")
	out, d := call(t, "-orders", path)
	want := inputSection{
		Source: path, Zone: "UTC", Rows: 69_659, Orders: 69_659, Customers: 23_570,
		From: "1997-01-01", To: "1998-06-30", Total: "2500315.63", SetAside: map[string]int{},
	}
	if diff := cmp.Diff(want, d.Input); diff != "" {
		t.Errorf("input (-want +got):\n%s", diff)
	}
	if d.RFM.AsOf != "1998-06-30" || strings.Join(d.RFM.Cuts.Frequency, " ") != "1 1 2 4" {
		t.Errorf("as of %s with frequency cuts %v", d.RFM.AsOf, d.RFM.Cuts.Frequency)
	}
	if top := d.RFM.Concentration.Top20; top == nil || *top < 0.67775 || *top > 0.67785 {
		t.Errorf("top fifth has %v, want 0.6778", top)
	}
	customers, codes := 0, 0
	for _, s := range d.RFM.Segments {
		customers += s.Customers
	}
	for _, n := range d.RFM.Scores {
		codes += n
	}
	if customers != 23_570 || codes != 23_570 {
		t.Errorf("segments hold %d customers and codes %d, want 23570", customers, codes)
	}
	summary, _, _ := strings.Cut(out, "Skipped:\n")
	if lines := strings.Count(summary, "\n") - strings.Count(summary, "\n\n"); lines > 24 {
		t.Errorf("the summary has %d lines and blank ones besides, more than a screen of 24:\n%s", lines, out)
	}
}

// The recency cuts and the documented scores of the R package rfm's orders, of
// which the as-of date is 2006-12-31.
func TestDocumentedCustomers(t *testing.T) {
	path := data(t, "rfm_data_orders_slim.csv")
	_, d := call(t, "-orders", path, "-asof", "2006-12-31")
	if got, want := strings.Join(d.RFM.Cuts.Monetary, " "), "254.8 381 505.4 665"; got != want {
		t.Errorf("monetary cuts %s, want %s", got, want)
	}
	for id, score := range map[string]string{"Abbey O'Reilly": "343", "Agness O'Keefe": "555", "Aiyanna Bruen": "321"} {
		out, _ := call(t, "-orders", path, "-asof", "2006-12-31", "-customer", id)
		if !strings.Contains(out, "score "+score) {
			t.Errorf("%s: want score %s in\n%s", id, score, out)
		}
	}
}

// Every group shares out the same customers and the same money, and everybody
// gets a decision.
func TestGroupsAddUp(t *testing.T) {
	_, d := call(t, "-since", "2025-06-30")
	scored := d.Input.Customers - d.RFM.Prospects
	sum := func(groups []groupSection) (customers int, revenue decimal.Decimal) {
		for _, g := range groups {
			customers += g.Customers
			revenue = revenue.Add(decimal.RequireFromString(g.Revenue))
		}
		return customers, revenue
	}
	total := decimal.Zero
	for _, s := range d.RFM.Segments {
		total = total.Add(decimal.RequireFromString(s.Revenue))
	}
	for name, groups := range map[string][]groupSection{"layers": d.Layers.Groups, "octants": d.RFM.Octants} {
		if n, revenue := sum(groups); n != scored || !revenue.Equal(total) {
			t.Errorf("%s hold %d customers with %v, want %d with %v", name, n, revenue, scored, total)
		}
	}
	if n, _ := sum(d.RFM.Quadrants.Groups); n < scored || d.RFM.Quadrants.Visits != "visits" {
		t.Errorf("quadrants of %s hold %d, want %d and those who only look", d.RFM.Quadrants.Visits, n, scored)
	}
	m := d.Migration.Summary
	if m.Before+m.New-m.Gone != m.After || m.After != scored || m.Before != m.Stayed+m.Moved+m.Gone {
		t.Errorf("migration does not add up: %+v, want %d after", m, scored)
	}
	var served int64
	for _, o := range d.Strategy.Decisions {
		served += o.Customers
	}
	n, _ := sum(d.RFM.Quadrants.Groups)
	if served+d.Strategy.Unserved != d.Strategy.Customers || int(d.Strategy.Customers) != n {
		t.Errorf("%d served and %d not, of %d; the quadrants hold %d", served, d.Strategy.Unserved, d.Strategy.Customers, n)
	}
	staged := 0
	for _, n := range d.Lifecycle.Stages {
		staged += n
	}
	if staged == 0 || d.Lifecycle.Stages["follower"] == 0 || staged > n {
		t.Errorf("%d customers have a stage: %v", staged, d.Lifecycle.Stages)
	}
}

// The layers of CDNOW: 7,695 customers bring 80 % of the revenue, and 8,044
// more the next 15 %; 23 who spent as much as the last of them are let in too.
func TestLayersOfCDNOW(t *testing.T) {
	_, d := call(t, "-orders", data(t, "CDNOW_master.txt"))
	var got [3]int
	for i, g := range d.Layers.Groups {
		got[i] = g.Customers
	}
	if want := [3]int{7_695, 8_044 + 23, 7_831 - 23}; got != want {
		t.Errorf("layers hold %v, want %v", got, want)
	}
	if h := d.CLV.HoldOut; h == nil || h.Actual != 19_684 || h.Until != "1997-09-30" {
		t.Errorf("held out: %+v", h)
	}
}

// A file of orders says nothing of visits or discounts: that is said, and not
// taken for none.
func TestUnknownIsNotZero(t *testing.T) {
	_, d := call(t, "-orders", file(t, "orders.csv", "customer,at,amount\nann,2026-01-05,0\nbob,2026-01-07,0\n"))
	if d.Layers != nil || d.RFM.Promotion != nil || d.Migration != nil || d.RFM.Quadrants.Visits != "orders" {
		t.Errorf("layers %v, promotion %v, migration %v, visits are %s", d.Layers, d.RFM.Promotion, d.Migration, d.RFM.Quadrants.Visits)
	}
	if d.CLV.Residual != nil || d.CLV.HoldOut != nil || d.RFM.Concentration.Gini != nil {
		t.Errorf("value to come %v, held out %v, Gini %v", d.CLV.Residual, d.CLV.HoldOut, d.RFM.Concentration.Gini)
	}
}

// A small file in many spellings says the same.
func TestSpellings(t *testing.T) {
	plain := "customer,at,amount\nann,2026-01-05,10.50\nbob,2026-01-07,20\nann,2026-02-01,5.25\n"
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	if _, err := w.Write([]byte(plain)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, text string
		args       []string
	}{
		{"comma", plain, nil},
		{"gzip", zipped.String(), nil},
		{"tab and CRLF", strings.NewReplacer(",", "\t", "\n", "\r\n").Replace(plain), nil},
		{"semicolon", strings.ReplaceAll(plain, ",", ";"), nil},
		{"no header", plain[strings.Index(plain, "\n")+1:], []string{"-columns", "customer=1,at=2,amount=3"}},
		{"names of its own", strings.Replace(plain, "customer,at,amount", "who,wann,wieviel", 1), []string{"-columns", "customer=who,at=wann,amount=wieviel"}},
		{"another layout", strings.NewReplacer("2026-01-05", "05.01.2026", "2026-01-07", "07.01.2026", "2026-02-01", "01.02.2026").Replace(plain), []string{"-layout", "02.01.2006"}},
	}
	var want document
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, d := call(t, append(tt.args, "-orders", file(t, "orders", tt.text))...)
			d.Input.Source = ""
			if i == 0 {
				want = d
			}
			if diff := cmp.Diff(want, d); diff != "" || d.Input.Total != "35.75" {
				t.Errorf("total %s (-want +got):\n%s", d.Input.Total, diff)
			}
		})
	}
}

// The as-of day ends at local midnight: an order of the next day is set aside.
func TestAsOfIsALocalDay(t *testing.T) {
	path := file(t, "orders.csv", "customer,at,amount\nann,2026-01-31T15:59:59Z,1\nann,2026-01-31T16:00:00Z,1\n")
	for zone, aside := range map[string]int{"Asia/Shanghai": 1, "UTC": 0} {
		_, d := call(t, "-orders", path, "-zone", zone, "-asof", "2026-01-31")
		if got := d.Input.SetAside["after asof"]; got != aside {
			t.Errorf("%s: %d set aside, want %d", zone, got, aside)
		}
	}
}

func TestMalformedLines(t *testing.T) {
	path := file(t, "orders.csv", "customer,at,amount\nann,2026-01-05,10\nbob,2026-01-06,ten\ncai,2026-01-07,30\n")
	message := fails(t, 1, "-orders", path)
	for _, part := range []string{path, "3", "amount", `"ten"`} {
		if !strings.Contains(message, part) {
			t.Errorf("want %s in %s", part, message)
		}
	}
	_, d := call(t, "-orders", path, "-lenient")
	if d.Input.Rows != 3 || d.Input.Orders != 2 || d.Input.SetAside["not an amount"] != 1 {
		t.Errorf("lenient: %+v", d.Input)
	}
}

func TestMistakes(t *testing.T) {
	path := file(t, "orders.csv", "customer,at,amount\nann,2026-01-05,10\n")
	tests := []struct {
		name string
		code int
		args []string
		want string
	}{
		{"no such file", 1, []string{"-orders", path + ".no"}, "no such file"},
		{"no such zone", 1, []string{"-orders", path, "-zone", "Mars/Olympus"}, "want a name such as"},
		{"no such column", 1, []string{"-orders", path, "-columns", "customer=buyer"}, "buyer"},
		{"a key of another file", 1, []string{"-orders", path, "-columns", "events.user=customer"}, "events"},
		{"as of before the first order", 1, []string{"-orders", path, "-asof", "2025-01-01"}, "no order that counts by 2025-01-01; the first row is of 2026-01-05"},
		{"since a later day", 1, []string{"-orders", path, "-since", "2026-02-01"}, "want a date before 2026-01-05"},
		{"since before the first order", 1, []string{"-orders", path, "-since", "2025-01-01"}, "no order that counts by 2025-01-01"},
		{"as-of date in another form", 1, []string{"-orders", path, "-asof", "1/2/2026"}, "2026-06-30"},
		{"no such customer", 1, []string{"-orders", path, "-customer", "zoe"}, `"zoe"`},
		{"a file without the flag", 2, []string{path}, "-orders"},
		{"columns of no file", 2, []string{"-columns", "customer=1"}, "-orders"},
		{"one file for both", 2, []string{"-orders", path, "-json", "out", "-report", "out"}, "want two"},
		{"a flag that is none", 2, []string{"-order", path}, "-orders"},
		{"a folder that is not there", 1, []string{"-orders", path, "-json", path + "/no/out.json"}, "out.json"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if message := fails(t, tt.code, tt.args...); !strings.Contains(message, tt.want) {
				t.Errorf("want %q in %s", tt.want, message)
			}
		})
	}
}

// What the models of value to come can't take leaves the rest as it is.
func TestNoValueToCome(t *testing.T) {
	head := "customer,at,amount,order\n"
	tests := []struct {
		name, rows string
		args       []string
		told       bool
	}{
		{"an amount beyond all shops", "ann,2026-01-05,2000000000000000,o1\nbob,2026-01-07,20,o2\n", nil, false},
		{"as of a century later", "ann,2026-01-05,10,o1\nbob,2026-01-07,20,o2\n", []string{"-asof", "2199-01-01"}, true},
		{"a row of 1900", "ann,1900-01-01,10,o1\nann,2026-01-07,20,o2\nbob,2026-01-01,20,o3\n", nil, true},
		{"the first order sent back", "ann,2024-01-01,10,o1\nann,2024-01-05,-10,o1\nbob,2024-06-01,20,o2\n", nil, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			report := filepath.Join(t.TempDir(), "report.html")
			out, d := call(t, append(tt.args, "-orders", file(t, "orders.csv", head+tt.rows), "-report", report)...)
			if told := d.CLV.Reason == ""; told != tt.told || len(d.RFM.Segments) != 10 {
				t.Errorf("value to come told %t (%s), want %t\n%s", told, d.CLV.Reason, tt.told, out)
			}
		})
	}
}

// Lines of one order are added up only if the file is said to have them.
func TestOrderLines(t *testing.T) {
	path := file(t, "orders.csv", "customer,at,amount,order\nann,2026-01-05,10,o1\nann,2026-01-05,20,o1\nbob,2026-01-07,5,o2\n")
	_, lines := call(t, "-orders", path, "-lines")
	_, copies := call(t, "-orders", path)
	if lines.Input.Total != "35" || lines.Input.Orders != 2 || copies.Input.Total != "15" || copies.Input.SetAside["conflict"] != 1 {
		t.Errorf("as lines %+v\nas copies %+v", lines.Input, copies.Input)
	}
}

// Everybody who gets an operation can be explained: who only looks, and who
// sent everything back, too.
func TestEverybodyIsExplained(t *testing.T) {
	for id, want := range map[string]string{
		"c01799": "stage follower",
		"c00025": "no score: no order",
		"c00042": "since 2025-06-30: ",
	} {
		out, _ := call(t, "-customer", id, "-since", "2025-06-30")
		if !strings.Contains(out, want) || !strings.Contains(out, id+" gets ") || !strings.Contains(out, "quadrant ") {
			t.Errorf("want %q and a decision in\n%s", want, out)
		}
	}
}

// The built-in shop needs no file, and tells the same every time.
func TestBuiltInShop(t *testing.T) {
	out, d := call(t)
	again, _ := call(t)
	if out != again {
		t.Error("two runs differ")
	}
	r := d.Input
	if r.Refunds == 0 || r.SetAside["duplicate"] == 0 || r.Rows <= r.Orders+r.Refunds {
		t.Errorf("the shop has no refunds or duplicates: %+v", r)
	}
	_, other := call(t, "-seed", "2")
	if cmp.Equal(d, other) {
		t.Error("another seed gives the same shop")
	}
}

// Whoever waits is told, but not at once.
func TestProgress(t *testing.T) {
	var out bytes.Buffer
	now := time.Time{}
	p := newProgress(&out, func() time.Time { return now })
	p.report(1000, 5e5)
	if out.Len() > 0 {
		t.Errorf("said %q at once", out.String())
	}
	now = now.Add(2 * time.Second)
	p.report(2_000_000, 5e6)
	p.done()
	if want := "read 2,000,000 rows, 5 MB"; !strings.Contains(out.String(), want) {
		t.Errorf("said %q, want %q", out.String(), want)
	}
}
