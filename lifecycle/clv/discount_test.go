package clv

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// Property: discounted purchases are what is expected if nothing is
// discounted, no more than that otherwise, and fall as the rate rises.
func TestDiscountOnlyTakes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, r := anyModel(t), anyRow(t)
		ahead := logUniform(t, "t", 0.01, 300)
		low := Annual(logUniform(t, "rate", 0.03, 1))
		high := Annual(low.Of * 2)
		all := first(m.Expected(r, ahead))
		a, b := first(m.Discounted(r, ahead, low)), first(m.Discounted(r, ahead, high))
		slack := 1 + 1e-10
		if none := first(m.Discounted(r, ahead, Rate{})); none != all || a > all*slack || b > a*slack || b < 0 {
			t.Fatalf("%v expected; %v, %v, %v discounted", all, none, a, b)
		}
		if forever := first(m.Residual(r, low)); a > forever*slack {
			t.Fatalf("%v within a time, %v for ever", a, forever)
		}
	})
}

// Property: integrated by parts, discounted purchases are
// e^(-δt)·E(t) + δ·∫ e^(-δu)·E(u) du. Simpson's rule is the oracle here.
func TestDiscountedByParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, r := anyModel(t), anyRow(t)
		// Simpson's steps must be short beside the scale of the integrand.
		scale := (min(m.Params[1], m.Params[3]) + r.Age) / (1 + m.Params[0] + m.Params[2] + float64(r.Repeats))
		ahead := logUniform(t, "t", 0.01, 5) * scale
		rate := Rate{logUniform(t, "rate", 0.001, 5) / ahead, Week, true}
		const steps = 200
		sum := 0.0
		for i := range steps + 1 {
			u := ahead * float64(i) / steps
			weight := 2.0 + 2*float64(i%2)
			if i == 0 || i == steps {
				weight = 1
			}
			sum += weight * math.Exp(-rate.Of*u) * first(m.Expected(r, u))
		}
		want := math.Exp(-rate.Of*ahead)*first(m.Expected(r, ahead)) + rate.Of*sum*ahead/steps/3
		const subnormal = 1e-307 // below, floats lose digits
		if got := first(m.Discounted(r, ahead, rate)); !near(got, want, 1e-6) && max(got, want) > subnormal {
			t.Fatalf("%v %+v over %v: %v, want %v", m, r, ahead, got, want)
		}
	})
}

// Two integrals are known: of e^(-δu), and of (1+u)^-s.
func TestFading(t *testing.T) {
	for _, end := range []float64{1e-6, 0.1, 3, 1e4} {
		for _, delta := range []float64{1e-6, 0.01, 1, 50, 1e6} {
			if got, want := fading(0, delta, end), -math.Expm1(-delta*end)/delta; !near(got, want, 1e-13) {
				t.Errorf("δ %v to %v: %v, want %v", delta, end, got, want)
			}
		}
		for _, s := range []float64{0.01, 1, 2.5, 300} {
			want := math.Log1p(end)
			if s != 1 {
				want = -math.Expm1((1-s)*math.Log1p(end)) / (s - 1)
			}
			if got := fading(s, 1e-300, end); !near(got, want, 1e-13) || !near(stayed(s, end), want, 1e-13) {
				t.Errorf("s %v to %v: %v, %v, want %v", s, end, got, stayed(s, end), want)
			}
		}
	}
}

// Property: for ever is the limit of a long time.
func TestResidualIsTheLimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, r := anyModel(t), anyRow(t)
		rate := Rate{logUniform(t, "rate", 0.01, 1), Week, true}
		got, want := first(m.Residual(r, rate)), first(m.Discounted(r, 60/rate.Of, rate))
		if !near(got, want, 1e-9) {
			t.Fatalf("%v %+v at %v: %v, want %v", m, r, rate.Of, got, want)
		}
	})
}

// Without discount it is the limit of what is expected, where there is one.
func TestResidualWithoutDiscount(t *testing.T) {
	r := Row{Repeats: 3, Recency: 10, Age: 20, Unit: Week}
	for _, family := range []Family{BGNBD, MBGNBD, ParetoNBD} {
		m := Model{family, Week, [4]float64{0.5, 10, 3, 4}}
		got, want := first(m.Residual(r, Rate{})), first(m.Expected(r, 2e6))
		if !near(got, want, 1e-5) {
			t.Errorf("%v: %v, want %v", family, got, want)
		}
		m.Params[2] = 1
		if v, err := m.Residual(r, Rate{}); err == nil {
			t.Errorf("%v: %v purchases where they are infinitely many", family, v)
		}
	}
}

func TestRateIn(t *testing.T) {
	tests := []struct {
		name string
		rate Rate
		unit Unit
		want float64
	}{
		{"none", Rate{}, Week, 0},
		{"zero", Annual(0), Week, 0},
		// ln(1.15)/365.2425 a day, by hand.
		{"15 % a year in days", Annual(0.15), Day, 0.13976194237515868 / 365.2425},
		{"15 % a year in weeks", Annual(0.15), Week, 7 * 0.13976194237515868 / 365.2425},
		{"force of a week in weeks", Rate{0.0027, Week, true}, Week, 0.0027},
		{"force of a week in days", Rate{0.0027, Week, true}, Day, 0.0027 / 7},
		{"1 % a month in years", Rate{0.01, Month, false}, Year, 12 * math.Log(1.01)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.rate.In(tt.unit)
			if err != nil || !near(got, tt.want, 1e-14) {
				t.Errorf("%v, error %v, want %v", got, err, tt.want)
			}
		})
	}
}

func TestValuation(t *testing.T) {
	v := Valuation{Model: cdnowModels[2], Spend: GammaGamma{6.25, 3.74, 15.44}, Rate: Annual(0.15)}
	r := Row{Repeats: 7, Recency: 29.43, Age: 38.86, Spend: 73.74, Unit: Week}
	purchases := first(v.Model.Discounted(r, 52, v.Rate))
	spend := first(v.Spend.Expected(r))
	if got := first(v.ToCome(r, 52)); got != purchases*spend {
		t.Errorf("to come %v, want %v · %v", got, purchases, spend)
	}
	if got, want := first(v.Residual(r)), first(v.Model.Residual(r, v.Rate))*spend; got != want {
		t.Errorf("residual %v, want %v", got, want)
	}
	full := first(v.ToCome(r, 52))
	v.Margin = 0.25
	if got := first(v.ToCome(r, 52)); !near(got, full/4, 1e-15) {
		t.Errorf("at a quarter %v, want a quarter of %v", got, full)
	}
}

// Property: values to come of many rows are those of one row at a time, to the
// last bit, and a wrong row is named by its index.
func TestResidualsAreResidual(t *testing.T) {
	families := []Model{
		{BGNBD, Week, [4]float64{0.243, 4.414, 0.793, 2.426}},
		{MBGNBD, Week, [4]float64{0.525, 6.183, 0.891, 1.614}},
		{ParetoNBD, Week, [4]float64{0.553, 10.58, 0.606, 11.67}},
	}
	rapid.Check(t, func(t *rapid.T) {
		v := Valuation{
			Model: rapid.SampledFrom(families).Draw(t, "model"),
			Spend: GammaGamma{6.25, 3.74, 15.44},
			Rate:  Annual(0.15),
		}
		rows := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Row {
			r := Row{Repeats: rapid.IntRange(0, 3).Draw(t, "repeats"), Age: float64(rapid.IntRange(20, 22).Draw(t, "age")), Unit: Week}
			if r.Repeats > 0 {
				r.Recency, r.Spend = float64(rapid.IntRange(1, 20).Draw(t, "recency")), 35
			}
			return r
		}), 0, 12).Draw(t, "rows")
		values, err := v.Residuals(rows)
		if err != nil || len(values) != len(rows) {
			t.Fatalf("%d values of %d rows: %v", len(values), len(rows), err)
		}
		for i, r := range rows {
			if want, err := v.Residual(r); err != nil || values[i] != want {
				t.Fatalf("row %+v: %v among many, %v alone (%v)", r, values[i], want, err)
			}
		}
		bad := append(rows, Row{Repeats: -1, Age: 1, Unit: Week})
		wrong, ok := errors.AsType[*RowError](second(v.Residuals(bad)))
		if !ok || wrong.Index != len(rows) {
			t.Fatalf("error %v, want one of row %d", wrong, len(rows))
		}
	})
}

func second[T any](_ T, err error) error { return err }
