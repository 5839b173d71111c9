package portrait

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/persona"
)

func numbersOf(values ...int64) *numbers {
	var n numbers
	for _, v := range values {
		n.add(v)
	}
	n.settle()
	return &n
}

// naive computes what compare does by looking at every pair and every place.
func naive(a, b []int64) (d, delta float64) {
	below := func(list []int64, x int64) (n float64) {
		for _, v := range list {
			if v <= x {
				n++
			}
		}
		return n / float64(len(list))
	}
	for _, x := range slices.Concat(a, b) {
		d = max(d, math.Abs(below(a, x)-below(b, x)))
	}
	for _, x := range a {
		for _, y := range b {
			if x > y {
				delta++
			} else if x < y {
				delta--
			}
		}
	}
	return d, delta / float64(len(a)*len(b))
}

// Property: both measures are those of a naive count.
func TestCompare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := rapid.SliceOfN(rapid.Int64Range(-4, 4), 1, 20)
		a, b := draw.Draw(t, "a"), draw.Draw(t, "b")
		ks, delta := compare(numbersOf(a...), numbersOf(b...))
		wantD, wantDelta := naive(a, b)
		if math.Abs(ks.D-wantD) > 1e-12 || math.Abs(*delta-wantDelta) > 1e-12 {
			t.Fatalf("%v and %v, want %v and %v", ks.D, *delta, wantD, wantDelta)
		}
	})
}

// Property: quantiles of type 7, mean and deviation are those of the sorted
// list, however often the numbers were sorted on the way.
func TestQuantiles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(rapid.Int64Range(-50, 50), 2, 60).Draw(t, "list")
		var n numbers
		cut := rapid.IntRange(0, len(list)).Draw(t, "cut")
		for i, v := range list {
			n.add(v)
			if i == cut {
				n.settle()
			}
		}
		n.settle()
		sum, squares := 0.0, 0.0
		for _, v := range list {
			sum += float64(v)
		}
		mean, deviation := n.moments()
		for _, v := range list {
			squares += (float64(v) - sum/float64(len(list))) * (float64(v) - sum/float64(len(list)))
		}
		if math.Abs(mean-sum/float64(len(list))) > 1e-9 || math.Abs(deviation-math.Sqrt(squares/float64(len(list)-1))) > 1e-9 {
			t.Fatalf("mean %v and deviation %v", mean, deviation)
		}
		slices.Sort(list)
		for _, percent := range []int{0, 5, 50, 95, 100} {
			h := float64(len(list)-1) * float64(percent) / 100
			low := int(h + 1e-9)
			want := float64(list[low]) + (float64(list[min(low+1, len(list)-1)])-float64(list[low]))*(h-float64(low))
			if got := n.quantile(percent); math.Abs(got-want) > 1e-9 {
				t.Fatalf("quantile %d %% is %v, want %v", percent, got, want)
			}
		}
	})
}

// The critical values that every table has (Smirnov, Table for Estimating the
// Goodness of Fit of Empirical Distributions, 1948), with a digit more.
func TestKolmogorov(t *testing.T) {
	for _, tt := range []struct{ x, tail float64 }{{1.2238, 0.1}, {1.3581, 0.05}, {1.6276, 0.01}} {
		near(t, "above", kolmogorovTail(tt.x), tt.tail, 3e-5)
	}
	near(t, "nothing", kolmogorovTail(0), 1, 0)
	// The series of the distribution, by Jacobi's theta, is another way there.
	for x := 0.15; x < 3; x += 0.05 {
		sum := 0.0
		for j := 1.0; j < 20; j += 2 {
			sum += math.Exp(-j * j * math.Pi * math.Pi / (8 * x * x))
		}
		near(t, "theta", kolmogorovTail(x), 1-math.Sqrt(2*math.Pi)/x*sum, 1e-11)
	}
}

func TestNumbers(t *testing.T) {
	s := newSchema(t, persona.Attribute{Name: "income", Kind: persona.KindDecimal, Places: 2})
	l := newLayout(t, s, Column{Attribute: "income"})
	tally := &Tally{Layout: l}
	add := func(side Side, values ...float64) {
		for _, v := range values {
			if err := tally.Add(profile(t, s, map[string]persona.Value{"income": persona.Float(v)}), side); err != nil {
				t.Fatal(err)
			}
		}
	}
	add(Target, 2, 4, 4, 4, 5, 5, 7, 9) // Wikipedia's list, whose variance with n below the line is 4
	add(Rest, 1, 1, 1, 1, 1, 1)
	n := boardOf(t, tally, Policy{Threshold: 2}).Facets[0].Numbers
	near(t, "mean", n.Target.Mean, 5, 0)
	near(t, "deviation", *n.Target.Deviation, math.Sqrt(32.0/7), 1e-15)
	near(t, "difference", *n.Difference, 4/math.Sqrt(32.0/7/2), 1e-15)
	near(t, "delta", *n.Delta, 1, 0)
	near(t, "D", n.KS.D, 1, 0)
	near(t, "base", n.Base.Mean, 46.0/14, 1e-15)
	// Of 8 numbers 2 are below the quartile; of 6 only 1.5.
	if diff := cmp.Diff([]Quantile{{25, 4}, {50, 4.5}, {75, 5.5}}, n.Target.Quantiles); diff != "" {
		t.Errorf("quantiles (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]Quantile{{50, 1}}, n.Rest.Quantiles); diff != "" {
		t.Errorf("quantiles of the rest (-want +got):\n%s", diff)
	}
	if median, ok := n.Target.Median(); !ok || median != 4.5 {
		t.Errorf("median: %v, %v", median, ok)
	}
	if _, ok := (Summary{}).Median(); ok {
		t.Error("nothing has a median")
	}
}

func TestNumbersThatDontVary(t *testing.T) {
	s := newSchema(t, persona.Attribute{Name: "n", Kind: persona.KindInt})
	l := newLayout(t, s, Column{Attribute: "n"})
	extreme := func(n int64) persona.Profile { return profile(t, s, map[string]persona.Value{"n": persona.Int(n)}) }
	tests := []struct {
		name    string
		members []member
	}{
		{"one and one", []member{{extreme(3), Target}, {extreme(3), Rest}}},
		{"all the same", []member{{extreme(3), Target}, {extreme(3), Target}, {extreme(3), Rest}, {extreme(3), Rest}}},
		{"the ends of 64 bits", []member{{extreme(math.MaxInt64), Target}, {extreme(-math.MaxInt64), Target}, {extreme(-math.MaxInt64), Rest}, {extreme(math.MaxInt64), Rest}}},
		{"no rest", []member{{extreme(3), Target}, {extreme(4), Target}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := boardOf(t, tallyOf(t, l, tt.members...), open).Facets[0].Numbers
			if tt.name != "the ends of 64 bits" && n.Difference != nil || (n.Rest == nil) != (n.KS == nil) {
				t.Errorf("%+v", n)
			}
			for _, s := range []*Summary{n.Target, n.Rest, n.Base} {
				if s != nil && (math.IsNaN(s.Mean) || s.Deviation != nil && (math.IsNaN(*s.Deviation) || math.IsInf(*s.Deviation, 0))) {
					t.Errorf("%+v", s)
				}
			}
		})
	}
}
