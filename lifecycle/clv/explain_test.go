package clv

import (
	"errors"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Property: an explanation adds up to the P(alive) that it explains, and its
// parts are finite.
func TestExplanationAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, r := anyModel(t), anyRow(t)
		rows := rapid.SliceOfN(rapid.Custom(anyRow), 1, 20).Draw(t, "rows")
		p, err := NewPopulation(m, rows)
		if err != nil {
			t.Fatal(err)
		}
		e, err := p.Explain(r)
		if err != nil {
			t.Fatal(err)
		}
		if e.Alive != first(m.Alive(r)) {
			t.Fatalf("explains %v, P(alive) is %v", e.Alive, first(m.Alive(r)))
		}
		// Below 1e-300 the odds of having left leave a float's range.
		if sum := 1 / (1 + e.Odds*math.Exp(e.Weight)); !near(sum, e.Alive, 1e-9) && max(sum, e.Alive) > 1e-300 {
			t.Fatalf("%+v adds up to %v", e, sum)
		}
		for _, v := range []float64{e.Odds, e.Weight, e.Gap, e.Silence, e.IfBought, e.Below} {
			if !(v >= 0) || math.IsInf(v, 0) {
				t.Fatalf("%+v", e)
			}
		}
		if r.Repeats > 0 && e.IfBought < e.Alive-1e-12 {
			t.Fatalf("a purchase lowers %v to %v", e.Alive, e.IfBought)
		}
		below, same := 0.0, 0.0
		for _, other := range rows {
			switch a := first(m.Alive(other)); {
			case a < e.Alive:
				below++
			case a == e.Alive:
				same++
			}
		}
		if want := (below + same/2) / float64(len(rows)); !near(e.Below, want, 1e-12) {
			t.Fatalf("above %v of the population, want %v", e.Below, want)
		}
	})
}

func TestDrivers(t *testing.T) {
	row := func(x int, recency, age float64) Row { return Row{Repeats: x, Recency: recency, Age: age, Unit: Week} }
	tests := []struct {
		name string
		m    Model
		row  Row
		want Driver
	}{
		{"one-time buyer under BG/NBD", cdnowModels[0], row(0, 0, 38.86), NoOccasion},
		{"one-time buyer under MBG/NBD", cdnowModels[1], row(0, 0, 38.86), Silence},
		{"bought now under Pareto/NBD", cdnowModels[2], row(3, 20, 20), NoOccasion},
		{"frequent and silent", cdnowModels[0], row(4, 12, 38.86), Silence},
		{"frequent and fresh", cdnowModels[0], row(7, 29.43, 38.86), Habit},
		{"leaves at once as a rule", Model{MBGNBD, Week, [4]float64{0.5, 10, 9, 1}}, row(0, 0, 1), Occasions},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := NewPopulation(tt.m, []Row{tt.row})
			if err != nil {
				t.Fatal(err)
			}
			e, err := p.Explain(tt.row)
			if err != nil || e.Driver != tt.want {
				t.Errorf("driver %q (%+v), error %v, want %q", e.Driver, e, err, tt.want)
			}
			if e.Below != 0.5 {
				t.Errorf("above %v of a population like them, want half", e.Below)
			}
			again := Row{Repeats: max(tt.row.Repeats, 1), Recency: tt.row.Age, Age: tt.row.Age, Unit: Week}
			if want := first(tt.m.Alive(again)); e.IfBought != want {
				t.Errorf("%v had they bought, want %v", e.IfBought, want)
			}
			if !strings.Contains(e.String(), string(tt.want)) {
				t.Errorf("%q does not name %q", e, tt.want)
			}
		})
	}
}

// The medians are by customers, not by rows.
func TestTypical(t *testing.T) {
	rows := []Row{
		{Age: 10, Unit: Week, Count: 2},
		{Repeats: 1, Recency: 4, Age: 10, Unit: Week, Count: 3},
		{Repeats: 5, Recency: 9, Age: 10, Unit: Week},
	}
	m := cdnowModels[2]
	p, err := NewPopulation(m, rows)
	if err != nil {
		t.Fatal(err)
	}
	want := Typical{first(m.Alive(rows[1])), 1, 6, (10.578 + 4) / 1.553}
	if got := p.Typical(); !near(got.Alive, want.Alive, 1e-15) || got.Repeats != 1 || got.Silence != 6 || !near(got.Gap, want.Gap, 1e-15) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if _, err := NewPopulation(m, []Row{{Unit: Day}}); !errors.Is(err, ErrUnit) {
		t.Errorf("days for a weekly model: error %v", err)
	}
	if _, err := NewPopulation(m, nil); !errors.Is(err, ErrEmpty) {
		t.Errorf("nobody: error %v", err)
	}
	if _, err := p.Explain(Row{Unit: Day}); !errors.Is(err, ErrUnit) {
		t.Errorf("a daily row: error %v", err)
	}
}
