package lifecycle_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/lifecycle"
)

// gehan is the trial of Freireich et al. 1963, as printed in Gehan 1965: weeks
// in remission on 6-MP, where a negative number is censored, and on a placebo.
var gehan = struct{ treated, placebo []float64 }{
	[]float64{6, 6, 6, 7, 10, 13, 16, 22, 23, -6, -9, -10, -11, -17, -19, -20, -25, -32, -32, -34, -35},
	[]float64{1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23},
}

// curveOfWeeks takes negative times as censored.
func curveOfWeeks(t rapid.TB, weeks []float64) lifecycle.Curve {
	t.Helper()
	waits := lifecycle.Survival{Unit: "weeks"}
	for _, w := range weeks {
		if err := waits.Add(lifecycle.Spell{Exit: math.Abs(w), Event: w > 0}); err != nil {
			t.Fatal(err)
		}
	}
	c, err := waits.Curve(lifecycle.CurveOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestRestrictedMeanDifferenceOfGehan(t *testing.T) {
	treated, placebo := curveOfWeeks(t, gehan.treated), curveOfWeeks(t, gehan.placebo)
	// lifelines and R survival give means of 16.116527 and 8.428571 within 20
	// weeks.
	got, err := lifecycle.RestrictedMeanDifference(treated, placebo, 20)
	if err != nil {
		t.Fatal(err)
	}
	const difference, standardError, z = 7.687955, 1.781695, 1.959964
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"difference", got.Difference, difference},
		{"standard error", got.StandardError, standardError},
		{"low", got.Low, difference - z*standardError},
		{"high", got.High, difference + z*standardError},
	} {
		if math.Abs(c.got-c.want) > 1e-6 {
			t.Errorf("%s %v, want %v", c.name, c.got, c.want)
		}
	}
	if got.Tau != 20 || got.Cut || math.Abs(got.P-1.59e-5) > 1e-7 { // z = 4.315
		t.Errorf("%+v", got)
	}
	back, err := lifecycle.RestrictedMeanDifference(placebo, treated, 20)
	if err != nil || back.Difference != -got.Difference || back.Low != -got.High || back.P != got.P {
		t.Errorf("the other way round: %+v, %v", back, err)
	}
}

func TestRestrictedMeanDifferenceSaysItsLimit(t *testing.T) {
	falls := []float64{2, 5, 9}      // to 0 at 9
	stays := []float64{3, 4, -7, -8} // known up to 8
	tests := []struct {
		name string
		a, b []float64
		tau  float64
		want float64
		cut  bool
	}{
		{"within both", falls, stays, 6, 6, false},
		{"beyond the one that is still waiting", falls, stays, 10, 8, true},
		{"beyond one that fell to 0", falls, []float64{1, -20}, 15, 15, false},
		{"beyond both that fell to 0", falls, []float64{4, 12}, 100, 12, true},
		{"for ever", falls, stays, math.Inf(1), 8, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := lifecycle.RestrictedMeanDifference(curveOfWeeks(t, tt.a), curveOfWeeks(t, tt.b), tt.tau)
			if err != nil || got.Tau != tt.want || got.Cut != tt.cut {
				t.Errorf("%+v, %v; want within %v, cut %t", got, err, tt.want, tt.cut)
			}
		})
	}
}

func TestRestrictedMeanDifferenceRefuses(t *testing.T) {
	treated, placebo := curveOfWeeks(t, gehan.treated), curveOfWeeks(t, gehan.placebo)
	days, sure := lifecycle.Survival{Unit: "days"}, lifecycle.Survival{Unit: "weeks"}
	for _, s := range []*lifecycle.Survival{&days, &sure} {
		if err := s.Add(lifecycle.Spell{Exit: 1, Event: true}); err != nil {
			t.Fatal(err)
		}
	}
	inDays := curveOf(t, &days, lifecycle.CurveOptions{})
	at90 := curveOf(t, &sure, lifecycle.CurveOptions{Level: 0.9})
	for name, compare := range map[string]func() (lifecycle.MeanDifference, error){
		"units": func() (lifecycle.MeanDifference, error) {
			return lifecycle.RestrictedMeanDifference(treated, inDays, 9)
		},
		"levels": func() (lifecycle.MeanDifference, error) { return lifecycle.RestrictedMeanDifference(treated, at90, 9) },
		"zero": func() (lifecycle.MeanDifference, error) {
			return lifecycle.RestrictedMeanDifference(treated, placebo, 0)
		},
		"not some": func() (lifecycle.MeanDifference, error) {
			return lifecycle.RestrictedMeanDifference(treated, placebo, math.NaN())
		},
	} {
		if got, err := compare(); err == nil || errors.Is(err, lifecycle.ErrNoComparison) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	for name, pair := range map[string][2][]float64{
		"no spells":       {nil, {4, 5}},
		"no events":       {{-4, -5}, {-6}},
		"one at once":     {{4, 4}, {5, 5}},
		"no event so far": {{-4, 9}, {-6, 9}},
	} {
		if got, err := lifecycle.RestrictedMeanDifference(curveOfWeeks(t, pair[0]), curveOfWeeks(t, pair[1]), 4); !errors.Is(err, lifecycle.ErrNoComparison) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// Property: without censoring the difference is that of the means of
// min(time, tau), and its standard error that of two samples with n below the
// line.
func TestRestrictedMeanDifferenceWithoutCensoring(t *testing.T) {
	times := rapid.SliceOfN(rapid.Map(rapid.IntRange(1, 40), func(n int) float64 { return float64(n) / 4 }), 2, 20)
	rapid.Check(t, func(t *rapid.T) {
		a, b := times.Draw(t, "a"), times.Draw(t, "b")
		tau := float64(rapid.IntRange(1, 48).Draw(t, "tau")) / 4
		got, err := lifecycle.RestrictedMeanDifference(curveOfWeeks(t, a), curveOfWeeks(t, b), tau)
		if errors.Is(err, lifecycle.ErrNoComparison) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		meanA, varianceA := restricted(a, got.Tau)
		meanB, varianceB := restricted(b, got.Tau)
		want, se := meanA-meanB, math.Sqrt(varianceA/float64(len(a))+varianceB/float64(len(b)))
		if math.Abs(got.Difference-want) > 1e-9 || math.Abs(got.StandardError-se) > 1e-9 {
			t.Fatalf("%+v, want %v ± %v", got, want, se)
		}
	})
}

// restricted returns the mean of min(time, tau) and its variance.
func restricted(times []float64, tau float64) (mean, variance float64) {
	n := float64(len(times))
	for _, t := range times {
		mean += min(t, tau) / n
	}
	for _, t := range times {
		d := min(t, tau) - mean
		variance += d * d / n
	}
	return mean, variance
}

func ExampleRestrictedMeanDifference() {
	curve := func(bought, stillWaiting []float64) lifecycle.Curve {
		waits := lifecycle.Survival{Unit: "days"}
		for _, d := range bought {
			check(waits.Add(lifecycle.Spell{Exit: d, Event: true}))
		}
		for _, d := range stillWaiting {
			check(waits.Add(lifecycle.Spell{Exit: d}))
		}
		c, err := waits.Curve(lifecycle.CurveOptions{})
		check(err)
		return c
	}
	// Days to the second order, with a welcome coupon and without.
	with := curve([]float64{3, 5, 8, 8, 12, 14, 20, 31}, []float64{30, 40})
	without := curve([]float64{9, 17, 25, 33}, []float64{28, 35, 41, 44, 50, 60})
	d, err := lifecycle.RestrictedMeanDifference(with, without, 30)
	check(err)
	fmt.Printf("within %v %s: %.1f, from %.1f to %.1f\n", d.Tau, with.Unit, d.Difference, d.Low, d.High)
	// Output:
	// within 30 days: -10.1, from -17.8 to -2.4
}
