package clv

import (
	"fmt"
	"strings"
	"testing"
)

// monthly has subscribers who pay once a month until they leave: ten join each
// month, and one in five of those who are left leaves each month.
func monthly() (rows []Row) {
	for age := 1; age <= 12; age++ {
		left := 10
		for month := range age {
			leaving := (left + 4) / 5
			if month == age-1 {
				leaving = left
			}
			for range leaving {
				rows = append(rows, Row{Repeats: month, Recency: float64(month), Age: float64(age) - 0.5, Unit: Month})
			}
			left -= leaving
		}
	}
	return rows
}

func TestAdviceForSubscriptions(t *testing.T) {
	for name, fit := range map[string]func([]Row) (*Fit, error){"MBG/NBD": FitMBGNBD, "Pareto/NBD": FitParetoNBD} {
		f, err := fit(monthly())
		if err != nil {
			t.Fatal(err)
		}
		if advice := f.Verdict.Advice(); !strings.HasSuffix(advice, "package lifecycle/term") {
			t.Errorf("%s: %v: advice %q", name, f.Verdict, advice)
		}
	}
	f, err := FitBGNBD(simulate(cdnowModels[0], 300, 10, 60, 2))
	if err != nil || f.Verdict.Advice() != "" {
		t.Errorf("%v, %v: advice %q", f.Verdict, err, f.Verdict.Advice())
	}
	for _, limits := range [][]Limit{nil, {{"a", false}}, {{"r", false}}, {{"b", true}}} {
		if advice := (Verdict{Kind: Boundary, Limits: limits}).Advice(); advice != "" {
			t.Errorf("%v: advice %q", limits, advice)
		}
	}
}

func ExampleVerdict_Advice() {
	v := Verdict{Kind: Boundary, Limits: []Limit{{"r", true}, {"alpha", true}}}
	fmt.Println(v)
	fmt.Println(v.Advice())
	// Output:
	// boundary: r → ∞, alpha → ∞
	// all customers buy at one rate, as subscribers do: if what they buy ends on a date, count renewals with package lifecycle/term
}
