package clv

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

func anySpend(t *rapid.T) GammaGamma {
	return GammaGamma{logUniform(t, "p", 0.1, 50), 1 + logUniform(t, "q-1", 0.01, 50), logUniform(t, "v", 0.01, 1e4)}
}

// Property: what is expected of a customer lies between their own mean and the
// population's, nearer to their own with every purchase, and is in money: in
// another currency it is the same amount.
func TestSpendLiesBetween(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := anySpend(t)
		own, all := logUniform(t, "spend", 0.01, 1e5), first(g.Mean())
		r := Row{Repeats: rapid.IntRange(1, 500).Draw(t, "repeats"), Recency: 1, Age: 1, Unit: Week, Spend: own}
		got := first(g.Expected(r))
		if got < min(own, all)*(1-1e-12) || got > max(own, all)*(1+1e-12) {
			t.Fatalf("%v is not between %v and %v", got, own, all)
		}
		more := r
		more.Repeats++
		if next := first(g.Expected(more)); math.Abs(next-own) > math.Abs(got-own)*(1+1e-9)+1e-12*own {
			t.Fatalf("%v, then %v, which is farther from %v", got, next, own)
		}
		cents, inCents := g, r
		cents.V *= 100
		inCents.Spend *= 100
		if c := first(cents.Expected(inCents)); !near(c, 100*got, 1e-12) {
			t.Fatalf("%v, but %v cents", got, c)
		}
	})
}

func TestSpendOfStrangers(t *testing.T) {
	g := GammaGamma{6.25, 3.74, 15.44}
	mean := first(g.Mean())
	for _, r := range []Row{
		{Age: 3, Unit: Week},
		{Age: 3, Unit: Week, Spend: 50}, // without a repeat there is no repeat's spend
		{Repeats: 2, Recency: 1, Age: 3, Unit: Week},
	} {
		if got := first(g.Expected(r)); got != mean {
			t.Errorf("%+v: %v, want the population's %v", r, got, mean)
		}
	}
	// With q at most 1 only those with enough purchases have a mean: here
	// p·(v + x·m)/(p·x + q - 1).
	wide := GammaGamma{1, 0.5, 4}
	r := Row{Repeats: 3, Recency: 1, Age: 3, Unit: Week, Spend: 8}
	if got := first(wide.Expected(r)); !near(got, (4+3*8)/2.5, 1e-15) {
		t.Errorf("%v, want %v", got, (4+3*8)/2.5)
	}
	if _, err := wide.Expected(Row{Age: 3, Unit: Week}); !errors.Is(err, ErrMean) {
		t.Errorf("error %v, want %v", err, ErrMean)
	}
}

// The parameters that made the amounts are found again within 4 standard
// errors.
func TestSpendRecoversTheTruth(t *testing.T) {
	truth := GammaGamma{4, 3, 20}
	rng := rand.New(rand.NewPCG(5, 0))
	rows := make([]Row, 5000)
	for i := range rows {
		nu := gammaDraw(rng, truth.Q) / truth.V
		r := Row{Repeats: 1 + rng.IntN(6), Recency: 1, Age: 1, Unit: Week}
		for range r.Repeats {
			r.Spend += gammaDraw(rng, truth.P) / nu / float64(r.Repeats)
		}
		rows[i] = r
	}
	fit, err := FitGammaGamma(rows)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{truth.P, truth.Q, truth.V} {
		if e := fit.Estimates[i]; math.Abs(e.Value-want) > 4*e.SE || !e.Known {
			t.Errorf("%s is %v ± %v, in truth %v", e.Name, e.Value, e.SE, want)
		}
	}
	if c := fit.Correlation; c == nil || math.Abs(*c) > 0.06 {
		t.Errorf("correlation %s of what is independent", told(c))
	}
	if mean := first(fit.Mean()); !near(mean, 40, 0.05) {
		t.Errorf("mean %v, in truth 40", mean)
	}
}

func TestSpendFitOnTheEdge(t *testing.T) {
	row := func(repeats int, spend float64) Row {
		return Row{Repeats: repeats, Recency: 1, Age: 1, Unit: Week, Spend: spend}
	}
	tests := []struct {
		name     string
		rows     []Row
		customer int64
	}{
		{"one customer", []Row{row(3, 20)}, 1},
		{"all alike", []Row{row(1, 20), row(2, 20), row(3, 20)}, 3},
		{"two far apart", []Row{row(1, 1e-6), row(1, 1e9)}, 2},
		{"largest", []Row{row(MaxRepeats, MaxSpend), row(1, MinSpend)}, 2},
		{"free ones set aside", []Row{row(3, 20), row(3, 0), {Age: 1, Unit: Week}}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fit, err := FitGammaGamma(tt.rows)
			if err != nil {
				t.Fatal(err)
			}
			if err := fit.Validate(); err != nil {
				t.Error(err)
			}
			if fit.Verdict.Kind == Interior || math.IsNaN(fit.LogLikelihood) || math.IsInf(fit.LogLikelihood, 0) {
				t.Errorf("verdict %v, log-likelihood %v", fit.Verdict, fit.LogLikelihood)
			}
			if fit.Customers != tt.customer || fit.SetAside != int64(len(tt.rows))-tt.customer {
				t.Errorf("%d customers, %d set aside", fit.Customers, fit.SetAside)
			}
		})
	}
	if _, err := FitGammaGamma([]Row{{Age: 1, Unit: Week}, row(1, 0)}); !errors.Is(err, ErrNoSpend) {
		t.Errorf("error %v, want %v", err, ErrNoSpend)
	}
}

// Property: the functions around Γ are those of package math where those are
// exact, and their own derivatives.
func TestGammaFunctions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, q := logUniform(t, "c", 1e-3, 1e3), logUniform(t, "q", 1e-3, 1e3)
		lnG := func(x float64) float64 { v, _ := math.Lgamma(x); return v }
		slack := 1e-13 * (1 + math.Abs(lnG(c+q)) + math.Abs(lnG(c)) + math.Abs(lnG(q)))
		if got, want := lnGamma(c), lnG(c); math.Abs(got-want) > slack {
			t.Fatalf("lnΓ(%v) is %v, want %v", c, got, want)
		}
		if got, want := lnRise(c, q), lnG(c+q)-lnG(c); math.Abs(got-want) > slack {
			t.Fatalf("rise by %v from %v is %v, want %v", q, c, got, want)
		}
		if got, want := logBeta(c, q), lnG(c)+lnG(q)-lnG(c+q); math.Abs(got-want) > slack {
			t.Fatalf("ln B(%v, %v) is %v, want %v", c, q, got, want)
		}
		h := c * 1e-4
		if got, want := digammaRise(c, q), (lnRise(c+h, q)-lnRise(c-h, q))/(2*h); !near(got, want, 1e-5) {
			t.Fatalf("slope at %v, %v is %v, want %v", c, q, got, want)
		}
	})
}

// Whole steps are sums, which a table has exactly.
func TestPrefixAgreesWithGamma(t *testing.T) {
	var p prefix
	for _, c := range []float64{1e-6, 0.25, 3, 1e3, 1e8} {
		p.fill(c, 5000)
		if len(p.log) != tabled+1 {
			t.Fatalf("%d entries", len(p.log))
		}
		for _, x := range []int{0, 1, 2, 17, tabled, tabled + 1, 5000} {
			rise, slope := p.at(x)
			wantRise, wantSlope := 0.0, 0.0
			for i := range x {
				wantRise += math.Log(c + float64(i))
				wantSlope += 1 / (c + float64(i))
			}
			if !near(rise, wantRise, 1e-12) || !near(slope, wantSlope, 1e-12) {
				t.Errorf("c %v, x %d: %v, %v, want %v, %v", c, x, rise, slope, wantRise, wantSlope)
			}
		}
	}
}
