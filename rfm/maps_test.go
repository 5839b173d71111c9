package rfm_test

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/testdata"
	"github.com/regulars-go/regulars/rfm"
)

// The segments of R rfm's demo customers, by its map of 0.3.0 and of 0.2.
func TestRMapsOnItsDemoCustomers(t *testing.T) {
	rows, err := csv.NewReader(testdata.Open(t, "golden_orders_scores.csv")).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	ours := strings.NewReplacer("loyal customers", "loyal", "can't lose them", "can't lose", "new customers", "new")
	wrong := 0
	for _, row := range rows[1:] {
		s, err := rfm.ParseScore(row[column["r_Rcompat"]] + row[column["f_Rcompat"]] + row[column["m_Rcompat"]])
		if err != nil {
			t.Fatal(err)
		}
		for _, by := range []struct {
			m      rfm.Map
			column string
		}{{rfm.RMap(), "seg_R03"}, {rfm.LegacyRMap(), "seg_R02"}} {
			want := ours.Replace(strings.ToLower(row[column[by.column]]))
			if got := by.m.Segment(s); got != want && wrong < 5 {
				wrong++
				t.Errorf("%s %v by %s: %q, want %q", row[0], s, by.m.Name, got, want)
			}
		}
	}
	if len(rows) != 996 {
		t.Errorf("%d customers, want 995", len(rows)-1)
	}
}

func TestMapSurvivesJSON(t *testing.T) {
	for _, m := range []rfm.Map{rfm.Grid(), rfm.RMap(), rfm.LegacyRMap(), rfm.CodeMap()} {
		data, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		got, err := rfm.ParseMap(data)
		if err != nil {
			t.Fatalf("%s: %v", m.Name, err)
		}
		if diff := cmp.Diff(m, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", m.Name, diff)
		}
	}
}

func TestParseMapRefuses(t *testing.T) {
	tests := []struct{ name, document, want string }{
		{"no rule", `{"name":"x","scores":[5,5,5],"rules":[]}`, "rules: 0 rules: want 1 to 500"},
		{"unknown key", `{"name":"x","scores":[5,5,5],"rules":[{"segment":"a","r":[1,2],"q":[1,2]}]}`, `rules[0]: unknown key "q"`},
		{"no name", `{"name":"x","scores":[5,5,5],"rules":[{"r":[1,2]}]}`, "rules[0].segment: missing"},
		{"range upside down", `{"name":"x","scores":[5,5,5],"rules":[{"segment":"a","f":[3,2]}]}`, "rules[0].f: 3 to 2"},
		{"range from zero", `{"name":"x","scores":[5,5,5],"rules":[{"segment":"a","f":[0,2]}]}`, "rules[0].f: 0 to 2"},
		{"range beyond", `{"name":"x","scores":[5,5,5],"rules":[{"segment":"a","m":[3,6]}]}`, "rules[0].m: 3 to 6"},
		{"code beyond", `{"name":"x","scores":[4,4,4],"rules":[{"segment":"a","codes":["455"]}]}`, `rules[0].codes[0]: "455"`},
		{"empty code", `{"name":"x","scores":[4,4,4],"rules":[{"segment":"a","codes":[""]}]}`, `rules[0].codes[0]: ""`},
		{"code twice", `{"name":"x","scores":[4,4,4],"rules":[{"segment":"a","codes":["111","111"]}]}`, "rules[0].codes[1]: 111 is listed twice"},
		{"codes and a range", `{"name":"x","scores":[4,4,4],"rules":[{"segment":"a","r":[1,1],"codes":["111"]}]}`, "rules[0].codes: stand beside a range"},
		{"too many scores", `{"name":"x","scores":[5,101,0],"rules":[{"segment":"a"}]}`, "scores[1]: 101: want 1 to 100\nscores[2]: 0"},
		{"two scores only", `{"name":"x","scores":[5,5],"rules":[{"segment":"a"}]}`, "scores: want a list of 3, not of 2"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := rfm.ParseMap([]byte(test.document))
			if _, ok := errors.AsType[regulars.Faults](err); !ok {
				t.Fatalf("error %v, want faults", err)
			}
			if !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("faults %q, want %q", err, test.want)
			}
		})
	}
}

func FuzzParseMap(f *testing.F) {
	for _, m := range []rfm.Map{rfm.Grid(), rfm.RMap(), rfm.CodeMap()} {
		data, err := json.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := rfm.ParseMap(data)
		if err != nil {
			return
		}
		again, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		got, err := rfm.ParseMap(again)
		if err != nil {
			t.Fatalf("%v in %s", err, again)
		}
		if third, _ := json.Marshal(got); string(third) != string(again) {
			t.Fatalf("%s becomes %s", again, third)
		}
	})
}

func ExampleMap_Lint() {
	m := rfm.Map{
		Name:   "mine",
		Scores: [3]int{3, 3, 3},
		Rules: []rfm.Rule{
			{Segment: "best", R: rfm.Range{2, 3}, F: rfm.Range{2, 3}},
			{Segment: "fresh", R: rfm.Range{3, 3}},
			{Segment: "champions", R: rfm.Range{3, 3}, F: rfm.Range{3, 3}, M: rfm.Range{3, 3}},
			{Segment: "away", R: rfm.Range{1, 1}},
		},
	}
	report, err := m.Lint()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, finding := range report.Findings {
		fmt.Println(m.Describe(finding))
	}
	// Output:
	// gap: 3 scores that no rule matches, such as 211, without a segment
	// overlap: rule 1, "fresh", leaves 6 scores to rule 0, "best", such as 321
	// shadowed: rule 2, "champions", never counts: earlier rules take 1 score, such as 333
	// overlap: rule 2, "champions", leaves 1 score to rule 0, "best", such as 333
}

func ExampleParseMap() {
	m, err := rfm.ParseMap([]byte(`{
		"name": "mine", "scores": [5, 5, 5], "rest": "others",
		"rules": [
			{"segment": "regular", "r": [3, 5], "f": [4, 5]},
			{"segment": "big spender", "codes": ["515", "415"]}
		]
	}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.Segment(rfm.Score{R: 5, F: 1, M: 5}))
	fmt.Println(m.Label(rfm.Score{R: 1, F: 1, M: 1}))
	// Output:
	// big spender
	// segment=others
}

func ExampleRMap() {
	fmt.Println(rfm.RMap().Segment(rfm.Score{R: 3, F: 4, M: 3}))
	fmt.Println(rfm.CodeMap().Segment(rfm.Score{R: 3, F: 4, M: 3}))
	// Output:
	// potential loyalist
	// need attention
}

func ExampleLegacyRMap() {
	legacy, now := rfm.LegacyRMap(), rfm.RMap()
	for _, code := range []string{"555", "333", "511"} {
		score, _ := rfm.ParseScore(code)
		fmt.Printf("%v: %s, today %s\n", score, legacy.Segment(score), now.Segment(score))
	}
	// Output:
	// 555: champions, today champions
	// 333: loyal, today potential loyalist
	// 511: potential loyalist, today new
}

func ExampleMap_Fits() {
	model, err := rfm.Fit(shopOf(3, 5, 9), march(30), rfm.Quantiles(4))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(rfm.Grid().Fits(model))
	// Output:
	// rfm: map "grid" is for 5-5-5 scores: the model has 4-4-4
}
