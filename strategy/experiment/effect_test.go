package experiment_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/strategy/experiment"
)

func rate(hits, of int64) experiment.Rate { return experiment.Rate{Hits: hits, Of: of} }

// What can't be said has a reason, and no number in its place.
func TestNoResult(t *testing.T) {
	sample := func(n int64, mean, variance float64) experiment.Sample {
		return experiment.Sample{N: n, Mean: mean, Variance: variance}
	}
	good := sample(10, 5, 1)
	tests := []struct {
		name                 string
		got                  experiment.Effect
		reason               experiment.Reason
		difference, lift, p_ bool
	}{
		{"all there", experiment.CompareMeans(good, good, 0.95), 0, true, true, true},
		{"nobody in control", experiment.CompareMeans(sample(0, 0, 0), good, 0.95), experiment.NoSupport, false, false, false},
		{"nobody treated", experiment.CompareMeans(good, sample(0, 0, 0), 0.95), experiment.NoSupport, false, false, false},
		{"one in control", experiment.CompareMeans(sample(1, 5, 0), good, 0.95), experiment.TooFew, false, false, false},
		{"one treated", experiment.CompareMeans(good, sample(1, 5, 0), 0.95), experiment.TooFew, false, false, false},
		{"all alike", experiment.CompareMeans(sample(9, 5, 0), sample(9, 7, 0), 0.95), experiment.NoVariance, false, false, false},
		{"control alike", experiment.CompareMeans(sample(9, 5, 0), good, 0.95), 0, true, true, true},
		{"baseline of 0", experiment.CompareMeans(sample(9, 0, 1), good, 0.95), experiment.NoBaseline, true, false, true},
		{"baseline that may be 0", experiment.CompareMeans(sample(9, 0.1, 1), good, 0.95), experiment.NoBaseline, true, false, true},
		{"baseline that may be below 0", experiment.CompareMeans(sample(9, -0.1, 1), good, 0.95), experiment.NoBaseline, true, false, true},
		{"baseline below 0", experiment.CompareMeans(sample(9, -5, 1), good, 0.95), experiment.NegativeBaseline, true, false, true},
		{"NaN", experiment.CompareMeans(sample(9, math.NaN(), 1), good, 0.95), experiment.Invalid, false, false, false},
		{"infinite variance", experiment.CompareMeans(sample(9, 1, math.Inf(1)), good, 0.95), experiment.Invalid, false, false, false},
		{"negative variance", experiment.CompareMeans(sample(9, 1, -1), good, 0.95), experiment.Invalid, false, false, false},
		{"negative count", experiment.CompareMeans(sample(-9, 1, 1), good, 0.95), experiment.Invalid, false, false, false},
		{"level 0", experiment.CompareMeans(good, good, 0), experiment.Invalid, false, false, false},
		{"level 1", experiment.CompareMeans(good, good, 1), experiment.Invalid, false, false, false},
		{"level NaN", experiment.CompareMeans(good, good, math.NaN()), experiment.Invalid, false, false, false},
		{"variances too large to add", experiment.CompareMeans(sample(2, 1, math.MaxFloat64), sample(2, 1, math.MaxFloat64), 0.95), experiment.NoBaseline, true, false, true},

		{"rates", experiment.CompareRates(rate(2, 20), rate(5, 20), 0.95), experiment.NoBaseline, true, false, true},
		{"rates of many", experiment.CompareRates(rate(200, 2000), rate(500, 2000), 0.95), 0, true, true, true},
		{"rate of nobody", experiment.CompareRates(rate(0, 0), rate(5, 20), 0.95), experiment.NoSupport, false, false, false},
		{"nobody did it", experiment.CompareRates(rate(0, 10), rate(0, 20), 0.95), experiment.NoVariance, true, false, false},
		{"all did it", experiment.CompareRates(rate(10, 10), rate(20, 20), 0.95), experiment.NoVariance, true, false, false},
		{"nobody in control did it", experiment.CompareRates(rate(0, 10), rate(3, 20), 0.95), experiment.NoBaseline, true, false, true},
		{"rate of one", experiment.CompareRates(rate(0, 1), rate(3, 20), 0.95), experiment.TooFew, true, false, true},
		{"more hits than customers", experiment.CompareRates(rate(3, 2), rate(3, 20), 0.95), experiment.Invalid, false, false, false},
		{"negative hits", experiment.CompareRates(rate(3, 20), rate(-3, 20), 0.95), experiment.Invalid, false, false, false},
		{"rates at level 2", experiment.CompareRates(rate(3, 20), rate(3, 20), 2), experiment.Invalid, false, false, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := test.got
			if e.Reason != test.reason || (e.Difference != nil) != test.difference || (e.Lift != nil) != test.lift || (e.P != nil) != test.p_ {
				t.Errorf("%+v", e)
			}
			for _, x := range []*experiment.Estimate{e.Difference, e.Lift} {
				if x != nil && (math.IsNaN(x.Low+x.High+x.SE+x.Value) || x.Low > x.Value || x.Value > x.High) {
					t.Errorf("%+v", *x)
				}
			}
			if e.Proven() != 0 && e.P == nil {
				t.Error("proven without a test")
			}
		})
	}
}

func TestNewSampleRefuses(t *testing.T) {
	for _, args := range [][3]float64{
		{-1, 0, 0}, {0, 1, 1}, {2, math.NaN(), 1}, {2, 1, math.Inf(1)}, {2, 1, -1}, {2, 10, 1}, // squares too few for the sum
	} {
		if s, ok := experiment.NewSample(int64(args[0]), args[1], args[2]); ok {
			t.Errorf("%v is %+v", args, s)
		}
	}
	if s, ok := experiment.NewSample(3, 0.3, 0.03); !ok || s.Variance < 0 || s.Variance > 1e-15 {
		t.Errorf("three times 0.1: %+v, %v", s, ok)
	}
}

func drawSample(t *rapid.T, name string) experiment.Sample {
	return experiment.Sample{
		N:        rapid.Int64Range(2, 500).Draw(t, name+" n"),
		Mean:     rapid.Float64Range(-9, 9).Draw(t, name+" mean"),
		Variance: rapid.Float64Range(0.01, 50).Draw(t, name+" variance"),
	}
}

func drawRate(t *rapid.T, name string) experiment.Rate {
	of := rapid.Int64Range(2, 500).Draw(t, name+" of")
	return rate(rapid.Int64Range(0, of).Draw(t, name+" hits"), of)
}

// P15. Property: swapping the arms turns the sign of the difference and of its
// bounds, and keeps p.
func TestSwappingNegates(t *testing.T) {
	check := func(t *rapid.T, one, other experiment.Effect) {
		if one.Difference == nil {
			if other.Difference != nil {
				t.Fatalf("%v and %v", one, other)
			}
			return
		}
		a, b := *one.Difference, *other.Difference
		if a.Value != -b.Value || a.Low != -b.High || a.High != -b.Low || a.SE != b.SE {
			t.Fatalf("%+v and %+v", a, b)
		}
		if (one.P == nil) != (other.P == nil) || one.P != nil && *one.P != *other.P {
			t.Fatalf("p of %v and %v", one, other)
		}
		if one.Proven() != -other.Proven() {
			t.Fatalf("%v and %v", one, other)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawSample(t, "a"), drawSample(t, "b")
		check(t, experiment.CompareMeans(a, b, 0.9), experiment.CompareMeans(b, a, 0.9))
		p, q := drawRate(t, "p"), drawRate(t, "q")
		check(t, experiment.CompareRates(p, q, 0.9), experiment.CompareRates(q, p, 0.9))
	})
}

// P15. Property: k times as many customers of the same kind make the interval
// narrower.
func TestMoreCustomersSayMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.Int64Range(2, 20).Draw(t, "k")
		a, b := drawSample(t, "a"), drawSample(t, "b")
		few := experiment.CompareMeans(a, b, 0.95)
		a.N, b.N = a.N*k, b.N*k
		many := experiment.CompareMeans(a, b, 0.95)
		if many.Difference.High-many.Difference.Low >= few.Difference.High-few.Difference.Low || *many.P > *few.P {
			t.Fatalf("%v, of more %v", few, many)
		}
		p, q := drawRate(t, "p"), drawRate(t, "q")
		fewer := experiment.CompareRates(p, q, 0.95).Difference
		more := experiment.CompareRates(rate(k*p.Hits, k*p.Of), rate(k*q.Hits, k*q.Of), 0.95).Difference
		if more.High-more.Low >= fewer.High-fewer.Low {
			t.Fatalf("%v, of more %v", fewer, more)
		}
	})
}

// P15. Property: the interval holds 0 if and only if p is above 1 less its
// level, for means, rates, lifts of means without noise in control, and at
// every look of a sequential test.
func TestIntervalAndPAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		level := rapid.SampledFrom([]float64{0.5, 0.9, 0.95, 0.999}).Draw(t, "level")
		agree := func(what string, e experiment.Estimate, p float64) {
			if math.Abs(p-(1-level)) > 1e-9 && e.Holds(0) != (p > 1-level) {
				t.Fatalf("%s: %v at %v, p %v", what, e, level, p)
			}
		}
		means := experiment.CompareMeans(drawSample(t, "a"), drawSample(t, "b"), level)
		agree("means", *means.Difference, *means.P)
		if rates := experiment.CompareRates(drawRate(t, "p"), drawRate(t, "q"), level); rates.P != nil {
			agree("rates", *rates.Difference, *rates.P)
		}
		for _, s := range []experiment.Sequential{{Level: level}, {Level: level, Tuned: 100}, {Level: level, Tau: 0.3}} {
			e, p, ok := s.Look(means.Difference.Value, means.Difference.SE, means.Control.N+means.Treated.N)
			if !ok {
				t.Fatal("no look")
			}
			agree("sequential", e, p)
			if low, p, ok := s.AtLeast(means.Difference.Value, means.Difference.SE, 100); ok && math.Abs(p-(1-level)) > 1e-9 && level > 0.5 && (low > 0) != (p < 1-level) {
				t.Fatalf("one-sided: low %v, p %v", low, p)
			}
		}
	})
}

func TestReasonsAsText(t *testing.T) {
	for _, r := range append(experiment.Reasons(), 0) {
		text, err := r.MarshalText()
		var back experiment.Reason
		if err != nil || back.UnmarshalText(text) != nil || back != r {
			t.Errorf("%v is read back as %v, %v", r, back, err)
		}
	}
	if _, err := experiment.Reason(99).MarshalText(); err == nil {
		t.Error("a reason that does not exist is written")
	}
	var r experiment.Reason
	if r.UnmarshalText([]byte("No support")) == nil {
		t.Error("a reason that does not exist is read")
	}
	for _, m := range []experiment.Metric{experiment.Mean, experiment.Share} {
		text, err := m.MarshalText()
		var back experiment.Metric
		if err != nil || back.UnmarshalText(text) != nil || back != m {
			t.Errorf("%v is read back as %v, %v", m, back, err)
		}
	}
	if _, err := experiment.Metric(9).MarshalText(); err == nil || new(experiment.Metric).UnmarshalText([]byte("Mean")) == nil {
		t.Error("a metric that does not exist is written, or read")
	}
	if got := experiment.Reason(99).String(); got != "Reason(99)" {
		t.Error(got)
	}
}
