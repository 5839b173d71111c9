package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/persona/portrait"
	"github.com/regulars-go/regulars/persona/tracking"
)

// cell finds a value of a board; nil if it is hidden.
func cell(t *testing.T, d document, attribute, value string) *portrait.Cell {
	t.Helper()
	if d.Persona == nil || d.Persona.Board == nil {
		t.Fatalf("no board: %+v", d.Persona)
	}
	for _, f := range d.Persona.Board.Facets {
		for _, v := range f.Values {
			if f.Attribute == attribute && v.Value == value {
				return v.Cell
			}
		}
	}
	t.Fatalf("no %s %s on the board", attribute, value)
	return nil
}

// The simulation makes students of deal-seekers: it says so, and proves it.
func TestDealSeekersAreStudents(t *testing.T) {
	out, d := call(t, "-group", "promotion=deal-seeker")
	c := cell(t, d, "occupation", "student")
	if c == nil || c.TGI == nil || c.TGI.Low < 200 || c.Test.Q > 1e-6 {
		t.Errorf("students among deal-seekers: %+v", c)
	}
	first := d.Persona.Traits[0]
	if !strings.Contains(out, "Portrait of promotion=deal-seeker") || !strings.Contains(out, "occupation student") || first.Cell.Shrunk == nil {
		t.Errorf("first trait %+v in\n%s", first, out)
	}
	for _, class := range d.RFM.Promotion.Classes {
		if class.Name == "deal-seeker" && int64(class.Customers) != d.Persona.Board.Target {
			t.Errorf("%d deal-seekers on the board, %d in the document", d.Persona.Board.Target, class.Customers)
		}
	}
	hidden := 0
	for _, f := range d.Persona.Board.Facets {
		for _, v := range f.Values {
			if v.Cell == nil {
				hidden++
			}
			if v.Cell != nil && v.Cell.Target > 0 && v.Cell.Target < fewest {
				t.Errorf("%s %s shows %d", f.Attribute, v.Value, v.Cell.Target)
			}
		}
	}
	if hidden == 0 {
		t.Error("nothing is hidden: want a small cell to show that it is")
	}
}

// Without more said the group are those who bring most, tags count all who have
// a value, and every customer has labels that the plan takes.
func TestPersonaOfTheShop(t *testing.T) {
	_, d := call(t)
	p := d.Persona
	if p.Group.Name != "layer=core" || p.Board.Target != int64(d.Layers.Groups[0].Customers) || p.Everyone != 3000 || p.WithoutProfile != 0 {
		t.Errorf("group %+v of %d on the board, everyone %d", p.Group, p.Board.Target, p.Everyone)
	}
	quality := map[string]tracking.AttributeFigures{}
	for _, q := range p.Quality {
		quality[q.Name] = q
		if q.Misses+q.CastFailures+q.Conflicting > 0 {
			t.Errorf("the shop's profiles are clean, and not %+v", q)
		}
	}
	for _, tag := range p.Tags {
		sum := 0
		for _, n := range tag.Labels {
			sum += n
		}
		if q, ok := quality[tag.Name]; sum != tag.Tagged || ok && int64(sum) != q.Known {
			t.Errorf("tag %s: %d labels of %d tagged, known of %d", tag.Name, sum, tag.Tagged, q.Known)
		}
	}
	out, _ := call(t, "-customer", "c00042")
	if !strings.Contains(out, "profile: ") || !strings.Contains(out, "tags: ") {
		t.Errorf("no profile or tags in\n%s", out)
	}
}

// The published TGI of 346 cities: a group of a mean order above 50, of users
// whose city is that of the earliest order. All cities that are shown agree.
func TestTGIOfCities(t *testing.T) {
	text, err := os.ReadFile(data(t, "persona_tgi_orders.csv"))
	if err != nil {
		t.Fatal(err)
	}
	// Some amounts have the noise of floating-point numbers, which is refused.
	orders := file(t, "orders.csv", noisy.ReplaceAllStringFunc(string(text), func(amount string) string {
		return decimal.RequireFromString(amount).Round(4).String()
	}))
	if text, err = os.ReadFile(data(t, "persona_reference.json")); err != nil {
		t.Fatal(err)
	}
	var reference struct {
		Orders struct {
			Users, High int64
			Rows        []struct {
				City      string
				High, Low int64
				TGI       float64 `json:"tgi_all"`
			}
		} `json:"tgi_orders"`
	}
	if err := json.Unmarshal(text, &reference); err != nil {
		t.Fatal(err)
	}
	schema := file(t, "schema.json", `{"attributes": [
		{"name": "amount", "kind": "decimal", "places": 4}, {"name": "province", "kind": "string", "survivor": "oldest"},
		{"name": "city", "kind": "string", "survivor": "oldest"}, {"name": "quantity", "kind": "int"}, {"name": "refunded", "kind": "int"}]}`)
	_, d := call(t, "-orders", orders, "-profiles", orders, "-schema", schema, "-columns", "profiles.customer=user_id,profiles.at=paid_at",
		"-group", `{"attr": "mean order", "op": "gt", "value": 50}`)
	board := d.Persona.Board
	if board == nil || board.Base != reference.Orders.Users || board.Target != reference.Orders.High {
		t.Fatalf("the board is of %+v", board)
	}
	want := map[string]float64{}
	counts := map[string][2]int64{}
	for _, row := range reference.Orders.Rows {
		want[row.City], counts[row.City] = row.TGI, [2]int64{row.High, row.Low}
	}
	if len(want) != 346 {
		t.Fatalf("%d cities in the reference, want 346", len(want))
	}
	shown, hidden := 0, 0
	for _, f := range board.Facets {
		if f.Attribute != "city" {
			continue
		}
		for _, v := range f.Values {
			if v.Cell == nil {
				hidden++
				continue
			}
			shown++
			if v.Cell.TGI == nil || math.Abs(v.Cell.TGI.Value-want[v.Value]) > 1e-9 || v.Cell.Target != counts[v.Value][0] {
				t.Errorf("%s: %+v, want a TGI of %v", v.Value, v.Cell, want[v.Value])
			}
		}
	}
	small := 0
	for _, n := range counts {
		if n[0] > 0 && n[0] < fewest || n[1] > 0 && n[1] < fewest {
			small++
		}
	}
	if shown+hidden != 346 || hidden < small || shown < 188 {
		t.Errorf("%d cities shown and %d hidden, of which %d are small", shown, hidden, small)
	}
}

var noisy = regexp.MustCompile(`[0-9]+\.[0-9]{10,}(E-?[0-9]+)?`)

// A file without an ID has its rows for customers, and can be portrayed alone.
func TestProfilesAlone(t *testing.T) {
	report := filepath.Join(t.TempDir(), "report.html")
	out, d := call(t, "-profiles", data(t, "persona_onlinefoods.csv"), "-asof", "2026-06-30", "-group", "Output=No", "-report", report)
	p := d.Persona
	if p.Customers != 388 || d.RFM != nil || p.Board == nil {
		t.Fatalf("%d customers, %s", p.Customers, p.Reason)
	}
	// Of the file's 388 rows 87 are "No"; of the 207 students 17.
	if c := cell(t, d, "Occupation", "Student"); p.Board.Target != 87 || c.Base != 207 || math.Abs(c.TGI.Value-100*float64(c.Target)/87/(207.0/388)) > 1e-9 {
		t.Errorf("%d are No, students %+v", p.Board.Target, c)
	}
	if p.LeftOut["Output"] == "" || !strings.Contains(out, "Portrait of Output=No, 87 customers") {
		t.Errorf("left out %v in\n%s", p.LeftOut, out)
	}
	html, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	wellFormed(t, string(html))
	if !strings.Contains(string(html), "Who they are") || strings.Contains(string(html), "NaN") {
		t.Error("no portrait in the page, or a number that is none")
	}
}

// What does not fit is left out and counted, by what is wrong with it.
func TestQualityOfProfiles(t *testing.T) {
	schema := file(t, "schema.json", `{"attributes": [{"name": "city", "kind": "enum", "values": ["Rome", "Oslo"]}, {"name": "kids", "kind": "int", "max": 20},
		{"name": "mail", "kind": "string", "pii": true}]}`)
	profiles := file(t, "profiles.csv", "customer,city,kids,mail\nann,Rome,2,a@b\nbob,Paris,two,\nann,Oslo,2,\ncai,,99,\n")
	orders := file(t, "orders.csv", "customer,at,amount\nann,2026-01-05,10\nbob,2026-01-07,20\ndan,2026-01-08,5\n")
	out, d := call(t, "-orders", orders, "-profiles", profiles, "-schema", schema, "-customer", "ann")
	want := []tracking.AttributeFigures{
		{Name: "city", Profiles: 4, Known: 1, Conflicting: 1, Observed: 3, Misses: 1},
		{Name: "kids", Profiles: 4, Known: 1, Observed: 4, CastFailures: 2},
		{Name: "mail", Profiles: 4, Known: 1, Observed: 1},
	}
	if diff := cmp.Diff(want, d.Persona.Quality); diff != "" {
		t.Errorf("quality (-want +got):\n%s", diff)
	}
	if d.Persona.WithoutProfile != 1 || d.Persona.Reason == "" || d.Persona.Group.Customers != nil {
		t.Errorf("without a profile %d; no board since %q; %v", d.Persona.WithoutProfile, d.Persona.Reason, d.Persona.Group.Customers)
	}
	if len(d.Persona.Problems) != 3 || d.Persona.Problems[0].Line != 3 || d.Persona.Problems[0].Value != "Paris" || d.Persona.LeftOut["mail"] == "" {
		t.Errorf("problems %+v, left out %v", d.Persona.Problems, d.Persona.LeftOut)
	}
	if !strings.Contains(out, "city Oslo") { // the later row
		t.Errorf("want city Oslo in\n%s", out)
	}
}

func TestProfileMistakes(t *testing.T) {
	orders := file(t, "orders.csv", "customer,at,amount\nann,2026-01-05,10\n")
	good := file(t, "profiles.csv", "customer,city\nann,Rome\n")
	with := func(more ...string) []string { return append([]string{"-orders", orders, "-profiles", good}, more...) }
	tests := []struct {
		name string
		code int
		args []string
		want []string
	}{
		{"a schema of nothing", 2, []string{"-schema", good}, []string{"-profiles FILE"}},
		{"a group of orders alone", 2, []string{"-orders", orders, "-group", "city=Rome"}, []string{"-profiles FILE"}},
		{"no day", 2, []string{"-profiles", good}, []string{"-asof DATE"}},
		{"a column beyond the schema", 1, with("-schema", file(t, "s.json", `{"attributes":[{"name":"town","kind":"string"}]}`)), []string{"profiles.csv: line 1", `"city"`, "expected town"}},
		{"a schema that is none", 1, with("-schema", file(t, "t.json", `{"attributes":[{"name":"city","kind":"text"}]}`)), []string{"t.json", "text"}},
		{"tags that are none", 1, with("-tags", file(t, "u.json", `[{"nam":"x"}]`)), []string{"u.json", "nam"}},
		{"no such label", 1, with("-group", "segment=champion"), []string{`"champion"`, "champions"}},
		{"no such key", 1, with("-group", "town=Rome"), []string{`"town"`, "city", "segment"}},
		{"no such value", 1, with("-group", "city=Oslo"), []string{"city=Oslo", "Rome"}},
		{"no label at all", 1, with("-group", "Rome"), []string{`"Rome"`, "segment=champions"}},
		{"a rule of nothing", 1, with("-group", `{"attr":"town","op":"eq","value":"Rome"}`), []string{"town", "there are the attributes city"}},
		{"no customers", 1, []string{"-orders", orders, "-profiles", file(t, "v.csv", "nobody,city\nann,Rome\n")}, []string{"v.csv: line 1", "profiles.customer"}},
		{"an empty customer", 1, []string{"-orders", orders, "-profiles", file(t, "w.csv", "customer,city\nann,Rome\n,Oslo\n")}, []string{"w.csv: line 3", "empty customer"}},
		{"a field too many", 1, []string{"-orders", orders, "-profiles", file(t, "x.csv", "customer,city\nann,Rome,Oslo\n")}, []string{"x.csv: line 2", "2 fields"}},
		{"no rows", 1, []string{"-orders", orders, "-profiles", file(t, "y.csv", "customer,city\n")}, []string{"y.csv", "no rows"}},
		{"a column twice", 1, []string{"-orders", orders, "-profiles", file(t, "z.csv", "customer,city,city\nann,Rome,Oslo\n")}, []string{"z.csv", "city"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			message := fails(t, tt.code, tt.args...)
			for _, want := range tt.want {
				if !strings.Contains(message, want) {
					t.Errorf("want %q in %s", want, message)
				}
			}
		})
	}
}

// The page shows a dot or a word for each value that the chart has room for, and
// tells no name of anybody.
func TestPersonaReport(t *testing.T) {
	a := shopAnalysis(t)
	s, err := a.personaReport()
	if err != nil {
		t.Fatal(err)
	}
	view := s.Data.(personaView)
	svg := string(view.Board.SVG)
	for _, want := range []string{">occupation<", ">manager<", "differs by more than chance", "TGI"} {
		if !strings.Contains(svg, want) {
			t.Errorf("no %q in the chart", want)
		}
	}
	if !regexp.MustCompile(`aria-label="[^"]*Farthest from 100: [^"]+"`).MatchString(svg) {
		t.Error("the text in place of the chart does not say what is to be seen")
	}
	values := 0
	for _, f := range a.persona.section.Board.Facets {
		values += len(f.Values)
	}
	if len(view.Board.Numbers.Rows) != values {
		t.Errorf("%d rows in the table for %d values", len(view.Board.Numbers.Rows), values)
	}
	html := report(t, a)
	for _, unwanted := range []string{"openid:", "till-1", "13800"} {
		if strings.Contains(html, unwanted) {
			t.Errorf("%q in the page", unwanted)
		}
	}
	if want := fmt.Sprintf("1,871 customers ordered once; %s of these are people", count(a.who.section.Vanished)); !strings.Contains(html, want) {
		t.Errorf("no %q in the page", want)
	}
}

// Without orders the other files still say who somebody is.
func TestWhoWithoutOrders(t *testing.T) {
	profiles := file(t, "profiles.csv", "customer,city\nann,Rome\ncai,Oslo\n")
	sightings := file(t, "sightings.csv", "at,account,phone\n2026-01-01,ann,13800138000\n")
	events := file(t, "events.csv", "customer,at,event\nann,2026-01-01,search\nbob,2026-01-02,search\n")
	steps := file(t, "funnel.json", `{"steps":[{"name":"search"},{"name":"pay"}],"match":{"window":"24h"}}`)
	args := []string{"-events", events, "-funnel", steps, "-profiles", profiles, "-identities", sightings, "-identity-namespace", "account"}
	out, d := call(t, args...)
	if !strings.Contains(out, "Who is who: 4 names are 3 people.") || !strings.Contains(out, "Portrait: none") {
		t.Errorf("summary:\n%s", out)
	}
	if d.Persona.Everyone != 3 || d.Persona.WithoutProfile != 1 || d.Identity.People != 3 {
		t.Errorf("everyone %d, without a profile %d", d.Persona.Everyone, d.Persona.WithoutProfile)
	}
	for _, name := range []string{"ann", "phone:13800138000", "cai"} {
		out, _ := call(t, append(args, "-customer", name)...)
		if !strings.Contains(out, "profile: city ") || !strings.Contains(out, "seen as account:") {
			t.Errorf("%s:\n%s", name, out)
		}
	}
	out, _ = call(t, "-profiles", profiles, "-asof", "2026-06-30", "-customer", "ann")
	if want := "customer ann\nprofile: city Rome\ntags: city=rome\n"; out != want {
		t.Errorf("%q, want %q", out, want)
	}
	if message := fails(t, 1, "-profiles", profiles, "-asof", "2026-06-30", "-customer", "zoe"); !strings.Contains(message, `"zoe"`) {
		t.Errorf("said %s", message)
	}
}
