package stats

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestRelativeRiskOfPublishedData(t *testing.T) {
	// Physicians' Health Study (1989), heart attacks with placebo and aspirin;
	// Agresti (2013), section 3.1.3: 1.818, from 1.433 to 2.306.
	ratio, ok := RelativeRisk(Proportion{189, 11034}, Proportion{104, 11037}, z95)
	if !ok {
		t.Fatal("undefined")
	}
	printed(t, "ratio", ratio.Value, 1.818, 3)
	printed(t, "lower bound", ratio.Low, 1.433, 3)
	printed(t, "upper bound", ratio.High, 2.306, 3)
	// The same, odds: 1.832, from 1.440 to 2.331.
	ratio, _ = OddsRatio(Proportion{189, 11034}, Proportion{104, 11037}, 0, z95)
	printed(t, "odds ratio", ratio.Value, 1.832, 3)
	printed(t, "lower bound", ratio.Low, 1.440, 3)
	printed(t, "upper bound", ratio.High, 2.331, 3)
}

func TestOddsRatioWithAPrior(t *testing.T) {
	// One added to each cell: (3+1)(5+1) / ((0+1)(2+1)) = 8.
	ratio, ok := OddsRatio(Proportion{3, 3}, Proportion{2, 7}, 1, 0)
	if !ok || ratio != (Estimate{8, 8, 8}) {
		t.Errorf("%v, %v", ratio, ok)
	}
	even, ok := OddsRatio(Proportion{}, Proportion{}, 1, 0)
	if !ok || even.Value != 1 {
		t.Errorf("of nothing: %v, %v", even, ok)
	}
}

func TestRatiosHaveNoAnswer(t *testing.T) {
	some, none, all, nothing, invalid := Proportion{1, 2}, Proportion{0, 2}, Proportion{2, 2}, Proportion{}, Proportion{3, 2}
	for _, bad := range []Proportion{none, nothing, invalid} {
		if _, ok := RelativeRisk(some, bad, z95); ok {
			t.Errorf("relative to %v", bad)
		}
		if _, ok := RelativeRisk(bad, some, z95); ok {
			t.Errorf("of %v", bad)
		}
	}
	for _, bad := range []Proportion{none, all, nothing, invalid} {
		if _, ok := OddsRatio(some, bad, 0, z95); ok {
			t.Errorf("odds relative to %v", bad)
		}
	}
	for _, prior := range []float64{-1, math.NaN(), math.Inf(1)} {
		if _, ok := OddsRatio(some, some, prior, z95); ok {
			t.Errorf("prior %v", prior)
		}
	}
	if ratio, ok := RelativeRisk(all, all, z95); !ok || ratio != (Estimate{1, 1, 1}) {
		t.Errorf("all of all: %v, %v", ratio, ok)
	}
}

// sleep is Student's data of 1908: extra hours by two drugs.
var sleep = [2][]float64{
	{0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0},
	{1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4},
}

func sampleOf(values []float64) Sample {
	s := Sample{N: int64(len(values))}
	for _, v := range values {
		s.Mean += v / float64(len(values))
	}
	for _, v := range values {
		s.Variance += (v - s.Mean) * (v - s.Mean) / float64(len(values)-1)
	}
	return s
}

func TestWelchOfPublishedData(t *testing.T) {
	// t.test of R: t = -1.8608, df = 17.776, p = 0.07939, from -3.3654832 to
	// 0.2054832.
	diff, se, df, ok := Welch(sampleOf(sleep[0]), sampleOf(sleep[1]))
	if !ok {
		t.Fatal("undefined")
	}
	printed(t, "t", diff/se, -1.8608, 4)
	printed(t, "degrees of freedom", df, 17.776, 3)
	p, _ := StudentTail(math.Abs(diff/se), df)
	printed(t, "p", 2*p, 0.07939, 5)
	quantile, _ := StudentQuantile(0.975, df)
	printed(t, "lower bound", diff-quantile*se, -3.3654832, 7)
	printed(t, "upper bound", diff+quantile*se, 0.2054832, 7)
}

func TestWelchAgainstReference(t *testing.T) {
	var block struct {
		Computed []struct {
			In                 [6]float64
			Diff, SE, T, DF, P float64
		}
	}
	vector(t, "welch_t", &block)
	for _, row := range block.Computed {
		// Mean, variance and size, control first.
		diff, se, df, ok := Welch(Sample{int64(row.In[5]), row.In[3], row.In[4]}, Sample{int64(row.In[2]), row.In[0], row.In[1]})
		if !ok {
			t.Fatal("undefined")
		}
		close(t, "difference", diff, row.Diff, 1e-12)
		close(t, "standard error", se, row.SE, 1e-12)
		close(t, "degrees of freedom", df, row.DF, 1e-9)
	}
}

func TestRelativeLiftOfPublishedData(t *testing.T) {
	// GrowthBook, test_two_sided_ttest: 3,407 users with a sum of 1396.87 and
	// of squares of 52377.9767 give 0.70732 ± 0.37879 against 3,461 with
	// 2422.7 and 134698.29, from -0.03526 to 1.44989.
	moments := func(n int64, sum, squares float64) Sample {
		mean := sum / float64(n)
		return Sample{n, mean, (squares - sum*mean) / float64(n-1)}
	}
	control, treated := moments(3407, 1396.87, 52377.9767), moments(3461, 2422.7, 134698.29)
	lift, se, ok := RelativeLift(control, treated)
	if !ok {
		t.Fatal("undefined")
	}
	printed(t, "lift", lift, 0.70732, 5)
	printed(t, "standard error", se, 0.37879, 5)
	_, _, df, _ := Welch(treated, control)
	quantile, _ := StudentQuantile(0.975, df)
	printed(t, "lower bound", lift-quantile*se, -0.03526, 5)
	printed(t, "upper bound", lift+quantile*se, 1.44989, 5)
}

func TestRelativeLiftOfALoss(t *testing.T) {
	// From -2 to -1 is up by half of what was lost.
	lift, se, ok := RelativeLift(Sample{10, -2, 1}, Sample{10, -1, 1})
	if !ok || lift != 0.5 || se <= 0 {
		t.Errorf("%v ± %v, %v", lift, se, ok)
	}
}

func TestMeansHaveNoAnswer(t *testing.T) {
	good := Sample{10, 1, 2}
	for _, bad := range []Sample{
		{},
		{1, 1, 0},
		{10, math.NaN(), 1},
		{10, math.Inf(1), 1},
		{10, 1, math.NaN()},
		{10, 1, -1},
		{10, 1, math.Inf(1)},
	} {
		if _, _, _, ok := Welch(good, bad); ok {
			t.Errorf("Welch of %v", bad)
		}
		if _, _, ok := RelativeLift(bad, good); ok {
			t.Errorf("RelativeLift of %v", bad)
		}
	}
	if _, _, _, ok := Welch(Sample{10, 1, 0}, Sample{10, 2, 0}); ok {
		t.Error("Welch without variance")
	}
	if _, _, ok := RelativeLift(Sample{10, 0, 1}, good); ok {
		t.Error("a lift from 0")
	}
	if _, _, ok := RelativeLift(Sample{10, 5e-324, 1}, good); ok {
		t.Error("a lift from next to 0")
	}
}

func TestWelchLaws(t *testing.T) {
	// Property: degrees of freedom lie between those of the smaller sample and
	// those of both together, whatever the scale.
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) Sample {
			return Sample{
				rapid.Int64Range(2, 1000).Draw(t, name+" n"),
				rapid.Float64Range(-9, 9).Draw(t, name+" mean"),
				math.Pow(10, rapid.Float64Range(-200, 200).Draw(t, name+" variance")),
			}
		}
		a, b := draw("a"), draw("b")
		_, _, df, ok := Welch(a, b)
		if !ok || df < float64(min(a.N, b.N)-1)*(1-1e-12) || df > float64(a.N+b.N-2)*(1+1e-12) {
			t.Fatalf("%v %v: %v degrees, %v", a, b, df, ok)
		}
	})
}
