package rfm_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/rfm"
)

// visitors ranges over a few people in no order.
func visitors(all map[string]rfm.Visitor) iter.Seq2[string, rfm.Visitor] { return maps.All(all) }

var fourVisitors = map[string]rfm.Visitor{
	"ann": {Visits: 9, Spend: cash("90")},
	"bob": {Visits: 1, Spend: cash("80")},
	"cho": {Visits: 8, Spend: cash("0")},
	"dee": {Visits: 0, Spend: cash("-5")},
}

func TestFitQuadrantsRefuses(t *testing.T) {
	tests := []struct {
		name     string
		visitors map[string]rfm.Visitor
		binning  rfm.QuadrantBinning
		want     string
	}{
		{"nobody", nil, rfm.MeanQuadrants(), "rfm: no visitor to fit quadrants on"},
		{"negative visits", map[string]rfm.Visitor{"ann": {Visits: -1}}, rfm.MeanQuadrants(), "rfm: visitor ann: -1 visits: want 0 to 2147483647"},
		{"hostile spend", map[string]rfm.Visitor{"ann": {Spend: cash("1e1000")}}, rfm.MeanQuadrants(), "rfm: visitor ann: spend: sum has exponent 1000: want -18 to 18"},
		{
			"three scores", fourVisitors,
			rfm.QuadrantBinning{Visits: rfm.Scale{Method: rfm.MethodQuantile, Scores: 3}, Spend: rfm.Scale{Method: rfm.MethodMean}},
			"rfm: quadrants: visits: makes more than two scores: want one cut",
		},
		{
			"two cuts", fourVisitors,
			rfm.QuadrantBinning{Visits: rfm.Scale{Method: rfm.MethodMean}, Spend: rfm.FixedAt(cash("1"), cash("2"))},
			"rfm: quadrants: spend: makes more than two scores: want one cut",
		},
		{"no method", fourVisitors, rfm.QuadrantBinning{}, "rfm: quadrants: visits.method: \"\": want one of"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := rfm.FitQuadrants(visitors(test.visitors), test.binning)
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("error %v, want %s", err, test.want)
			}
		})
	}
}

// Both cuts are means of four: 4.5 visits and 41.25. Who equals a cut is high.
func TestQuadrantAtTheCut(t *testing.T) {
	model, err := rfm.FitQuadrants(visitors(fourVisitors), rfm.QuadrantBinning{
		Visits: rfm.FixedAt(cash("3")), Spend: rfm.Scale{Method: rfm.MethodMean},
	})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		v    rfm.Visitor
		want rfm.Quadrant
	}{
		{"both at the cut", rfm.Visitor{Visits: 3, Spend: cash("41.25")}, rfm.QuadrantImportantValue},
		{"one visit short", rfm.Visitor{Visits: 2, Spend: cash("41.25")}, rfm.QuadrantImportantRetain},
		{"a cent short", rfm.Visitor{Visits: 3, Spend: cash("41.24")}, rfm.QuadrantPriorityDevelop},
		{"nothing at all", rfm.Visitor{}, rfm.QuadrantGeneralValue},
		{"nonsense", rfm.Visitor{Visits: -1}, 0},
	}
	for _, test := range tests {
		if got := model.Quadrant(test.v); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestQuadrantModelSurvivesJSON(t *testing.T) {
	model, err := rfm.FitQuadrants(visitors(fourVisitors), rfm.MeanQuadrants())
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(model)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"binning":{"visits":{"method":"mean"},"spend":{"method":"mean"}},` +
		`"visits":{"at":["4.5"],"equal":"above","best":"above"},"spend":{"at":["41.25"],"equal":"above","best":"above"},"visitors":4}`
	if diff := cmp.Diff(want, string(data)); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
	got, err := rfm.ParseQuadrantModel(data)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := json.Marshal(got)
	if string(again) != string(data) {
		t.Errorf("%s becomes %s", data, again)
	}
}

func TestParseQuadrantModelRefuses(t *testing.T) {
	_, err := rfm.ParseQuadrantModel([]byte(`{"binning":{"visits":{"method":"mean"},"spend":{"method":"mode"}},
		"visits":{"at":["1","2"],"equal":"above","best":"below"},"spend":{"at":[],"equal":"","best":"above"},"visitors":-1}`))
	faults, ok := errors.AsType[regulars.Faults](err)
	if !ok {
		t.Fatalf("error %v, want faults", err)
	}
	var paths []string
	for _, f := range faults {
		paths = append(paths, f.Path)
	}
	want := []string{"binning.spend.method", "visits.at", "visits.best", "spend.at", "spend.equal", "spend.at", "visitors"}
	if diff := cmp.Diff(want, paths); diff != "" {
		t.Errorf("paths (-want +got):\n%s", diff)
	}
}

func TestQuadrantNames(t *testing.T) {
	for i, q := range rfm.Quadrants() {
		if int(q) != i+1 || rfm.QuadrantFrom(q.Often(), q.High()) != q {
			t.Errorf("%v does not come back from its own bits", q)
		}
		text, err := q.MarshalText()
		var back rfm.Quadrant
		if err != nil || back.UnmarshalText(text) != nil || back != q {
			t.Errorf("%v does not come back from %q: %v", q, text, err)
		}
	}
	for _, none := range []rfm.Quadrant{0, 5} {
		if none.Label() != "" || none.Chinese() != "" || none.Often() || none.High() {
			t.Errorf("quadrant %d is none but says %q", none, none.Label())
		}
		if _, err := none.MarshalText(); err == nil {
			t.Errorf("quadrant %d has a text", none)
		}
	}
	// The clash that keeps the types apart: one name, two meanings.
	if rfm.QuadrantGeneralValue.Chinese() != rfm.OctantGeneralValue.Chinese() {
		t.Error("一般价值 is in both maps")
	}
	if rfm.QuadrantGeneralValue.Often() || !rfm.OctantGeneralValue.Frequent() {
		t.Error("一般价值 is low and low as a quadrant, and frequent as an octant")
	}
}

func FuzzParseQuadrantModel(f *testing.F) {
	f.Add([]byte(`{"binning":{"visits":{"method":"mean"},"spend":{"method":"fixed","at":["7"]}},"visits":{"at":["4.5"],"equal":"above","best":"above"},"spend":{"at":["7"],"equal":"above","best":"above"},"visitors":4}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := rfm.ParseQuadrantModel(data)
		if err != nil {
			return
		}
		first, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if m, err = rfm.ParseQuadrantModel(first); err != nil {
			t.Fatalf("%v in %s", err, first)
		}
		if second, _ := json.Marshal(m); string(second) != string(first) {
			t.Fatalf("%s becomes %s", first, second)
		}
		_ = m.Explain(rfm.Visitor{Visits: 3, Spend: cash("1.5")}).String()
	})
}

func ExampleFitQuadrants() {
	model, err := rfm.FitQuadrants(visitors(fourVisitors), rfm.MeanQuadrants())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range []string{"ann", "bob", "cho", "dee"} {
		q := model.Quadrant(fourVisitors[name])
		fmt.Println(name, q, q.Chinese())
	}
	// Output:
	// ann important value 重要价值
	// bob important retain 重要保持
	// cho priority develop 重点发展
	// dee general value 一般价值
}

func ExampleQuadrantModel_Explain() {
	model, err := rfm.FitQuadrants(visitors(fourVisitors), rfm.MeanQuadrants())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(model.Explain(fourVisitors["cho"]))
	// Output:
	// priority develop 重点发展
	// visits 8: score 2, beyond 4.5; the best
	// spend 0: score 1, up to 41.25; 41.25 more for 2
}

func ExampleParseQuadrantModel() {
	_, err := rfm.ParseQuadrantModel([]byte(`{
		"binning": {"visits": {"method": "mean"}, "spend": {"method": "mean"}},
		"visits": {"at": ["4.5"], "equal": "above", "best": "above"},
		"spend": {"at": ["41.25", "50"], "equal": "above", "best": "above"},
		"visitors": 4
	}`))
	fmt.Println(err)
	// Output:
	// spend.at: 2 cuts: want 1
}

func ExampleQuadrantFrom() {
	q := rfm.QuadrantFrom(true, false)
	fmt.Println(q.Label(), q.Chinese())
	// Output:
	// quadrant=priority develop 重点发展
}
