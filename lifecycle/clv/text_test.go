package clv

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What a fit says survives JSON.
func TestFitAsJSON(t *testing.T) {
	for _, rows := range [][]Row{
		simulate(cdnowModels[0], 300, 10, 60, 2),
		{{Age: 30, Unit: Week}, {Repeats: 1, Recency: 5, Age: 40, Unit: Week}},
	} {
		want, err := FitBGNBD(rows)
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got Fit
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, &got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestTexts(t *testing.T) {
	tests := []struct {
		name string
		into interface{ UnmarshalText([]byte) error }
		bad  []string
	}{
		{"unit", new(Unit), []string{"", "weeks", "Week"}},
		{"family", new(Family), []string{"", "bgnbd"}},
		{"verdict", new(VerdictKind), []string{"", "converged"}},
	}
	for _, tt := range tests {
		for _, text := range tt.bad {
			if err := tt.into.UnmarshalText([]byte(text)); err == nil {
				t.Errorf("%s %q: no error", tt.name, text)
			}
		}
	}
	for _, zero := range []interface{ MarshalText() ([]byte, error) }{Unit(0), Family(0), Family(7), VerdictKind(0)} {
		if text, err := zero.MarshalText(); err == nil {
			t.Errorf("%T: %q, no error", zero, text)
		}
	}
	for got, want := range map[string]string{
		Unit(9).String():                              "Unit(9)",
		Family(9).String():                            "Family(9)",
		VerdictKind(9).String():                       "VerdictKind(9)",
		Limit{"a", false}.String():                    "a → 0",
		Verdict{Kind: Interior}.String():              "interior",
		cdnowModels[0].String():                       "BG/NBD r=0.243 alpha=4.414 a=0.793 b=2.426 (week)",
		(&LineError{3, "no time"}).Error():            "clv: line 3: no time",
		(&RowError{1, Row{}, "odd"}).Error():          "clv: row 1 (0 repeats, recency 0, age 0): odd",
		ParetoNBD.Parameters()[3]:                     "beta",
		Verdict{Flat, nil, []string{"a"}, 0}.String(): "flat; a is free",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestUnits(t *testing.T) {
	tests := []struct {
		unit, big Unit
		want      float64
	}{
		{Day, Week, 7},
		{Week, Day, 1.0 / 7},
		{Month, Year, 12},
		{Week, Year, 365.2425 / 7},
		{Week, Week, 1},
		{0, Week, 0},
		{Week, 0, 0},
		{Week, 9, 0},
	}
	for _, tt := range tests {
		if got := tt.unit.Per(tt.big); !near(got, tt.want, 1e-15) {
			t.Errorf("%v per %v is %v, want %v", tt.unit, tt.big, got, tt.want)
		}
	}
}
