package stats

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// berkeley is the admissions of 1973 by department A to F, men against women
// (Bickel, Hammel and O'Connell 1975; UCBAdmissions in R).
var berkeley = Strata{
	{Proportion{512, 825}, Proportion{89, 108}},
	{Proportion{353, 560}, Proportion{17, 25}},
	{Proportion{120, 325}, Proportion{202, 593}},
	{Proportion{138, 417}, Proportion{131, 375}},
	{Proportion{53, 191}, Proportion{94, 393}},
	{Proportion{22, 373}, Proportion{24, 341}},
}

// smoking is lung cancer of smokers and others in eight Chinese cities (Liu
// 1992; Agresti 2013, table 6.6).
var smoking = Strata{
	{Proportion{126, 226}, Proportion{35, 96}},
	{Proportion{908, 1596}, Proportion{497, 1304}},
	{Proportion{913, 1660}, Proportion{336, 934}},
	{Proportion{235, 407}, Proportion{58, 179}},
	{Proportion{402, 710}, Proportion{121, 336}},
	{Proportion{182, 338}, Proportion{72, 170}},
	{Proportion{60, 159}, Proportion{11, 54}},
	{Proportion{104, 193}, Proportion{21, 57}},
}

func TestStrataOfPublishedData(t *testing.T) {
	// mantelhaen.test of R: 0.9046968, 0.7719074 to 1.0603298.
	ratio, ok := berkeley.CommonOddsRatio(z95)
	if !ok {
		t.Fatal("no ratio")
	}
	printed(t, "Berkeley's ratio", ratio.Value, 0.9046968, 7)
	printed(t, "lower bound", ratio.Low, 0.7719074, 7)
	printed(t, "upper bound", ratio.High, 1.0603298, 7)
	// The same with correct = FALSE.
	test, ok := berkeley.CochranMantelHaenszel()
	if !ok || test.DF != 1 {
		t.Fatalf("%+v, %v", test, ok)
	}
	printed(t, "Berkeley's chi-square", test.ChiSquare, 1.5246, 4)
	printed(t, "its P", test.P, 0.2169, 4)
	// Agresti: 280.1, 2.17 and a Breslow-Day statistic of 5.2 on 7 degrees.
	ratio, _ = smoking.CommonOddsRatio(z95)
	printed(t, "smokers' ratio", ratio.Value, 2.17, 2)
	printed(t, "lower bound", ratio.Low, 1.98, 2)
	printed(t, "upper bound", ratio.High, 2.38, 2)
	test, _ = smoking.CochranMantelHaenszel()
	printed(t, "smokers' chi-square", test.ChiSquare, 280.1, 1)
	test, ok = smoking.BreslowDay()
	if !ok || test.DF != 7 {
		t.Fatalf("%+v, %v", test, ok)
	}
	printed(t, "smokers' Breslow-Day", test.ChiSquare, 5.2, 1)
	if test, ok := berkeley.BreslowDay(); !ok || test.P > 0.01 {
		t.Errorf("Berkeley has one ratio: %+v, %v", test, ok)
	}
}

func TestStrataReverseTheCrudeDifference(t *testing.T) {
	// Simpson's paradox: A is ahead in each stratum, or behind, and the other
	// way round in all.
	tests := []struct {
		name        string
		strata      Strata
		crude, want float64
	}{
		// 270/900 against 35/100 on desktop, 5/100 against 90/900 on mobile.
		{"devices", Strata{{Proportion{270, 900}, Proportion{35, 100}}, {Proportion{5, 100}, Proportion{90, 900}}}, 0.15, -0.05},
		// 200/2000 against 90/1000 and 300/1000 against 570/2000.
		{"channels", Strata{{Proportion{200, 2000}, Proportion{90, 1000}}, {Proportion{300, 1000}, Proportion{570, 2000}}}, 500./3000 - 660./3000, 0.0125},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var a, b Proportion
			for _, s := range test.strata {
				a.Hits, a.Of = a.Hits+s.A.Hits, a.Of+s.A.Of
				b.Hits, b.Of = b.Hits+s.B.Hits, b.Of+s.B.Of
			}
			crude, _ := Difference(a, b, z95)
			close(t, "crude", crude.Value, test.crude, 1e-12)
			d, ok := test.strata.RiskDifference(z95)
			if !ok {
				t.Fatal("undefined")
			}
			close(t, "within strata", d.Value, test.want, 1e-12)
		})
	}
}

func TestStrataOfOne(t *testing.T) {
	// Property: one stratum gives the plain difference and odds ratio, with
	// Wald's and Woolf's variances, and (n-1)/n of Pearson's chi-square.
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawProportion(t, "a", 1000), drawProportion(t, "b", 1000)
		s := Strata{{a, b}, {Proportion{3, 5}, Proportion{}}, {Proportion{9, 5}, Proportion{1, 2}}}
		d, ok := s.RiskDifference(z95)
		plain, want := Difference(a, b, z95)
		if ok != want || math.Abs(d.Value-plain.Value) > 1e-12 {
			t.Fatalf("%+v, %v, want %+v, %v", d, ok, plain, want)
		}
		if ok {
			ra, _ := a.Rate()
			rb, _ := b.Rate()
			half := z95 * math.Sqrt(ra*(1-ra)/float64(a.Of)+rb*(1-rb)/float64(b.Of))
			if math.Abs(d.High-min(1, d.Value+half)) > 1e-6 {
				t.Fatalf("upper bound %v, want %v", d.High, d.Value+half)
			}
		}
		ratio, ok := s.CommonOddsRatio(z95)
		woolf, want := OddsRatio(a, b, 0, z95)
		if ok != want || ok && (math.Abs(ratio.Value/woolf.Value-1) > 1e-12 || math.Abs(ratio.High/woolf.High-1) > 1e-9) {
			t.Fatalf("%+v, %v, want %+v, %v", ratio, ok, woolf, want)
		}
		test, ok := s.CochranMantelHaenszel()
		z, _, want := ZTest(a, b)
		n := float64(a.Of + b.Of)
		if ok != want || ok && math.Abs(test.ChiSquare-z*z*(n-1)/n) > 1e-9*(1+z*z) {
			t.Fatalf("%+v, %v, want %v, %v", test, ok, z*z*(n-1)/n, want)
		}
	})
}

func TestStrataLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s, swapped Strata
		for i := range rapid.IntRange(0, 5).Draw(t, "strata") {
			a, b := drawProportion(t, fmt.Sprint("a", i), 60), drawProportion(t, fmt.Sprint("b", i), 60)
			s, swapped = append(s, Stratum{a, b}), append(swapped, Stratum{b, a})
		}
		// Property: swapping the groups turns the difference, inverts the ratio
		// and leaves the tests. (A variance of 0 leaves the root of a rounding.)
		d, ok1 := s.RiskDifference(z95)
		e, ok2 := swapped.RiskDifference(z95)
		if ok1 != ok2 || math.Abs(d.Value+e.Value) > 1e-12 || math.Abs(d.High+e.Low) > 1e-6 {
			t.Fatalf("%v %v, swapped %v %v", d, ok1, e, ok2)
		}
		ratio, ok1 := s.CommonOddsRatio(z95)
		inverse, ok2 := swapped.CommonOddsRatio(z95)
		if ok1 != ok2 || ok1 && math.Abs(ratio.Value*inverse.Value-1) > 1e-9 {
			t.Fatalf("%v %v, swapped %v %v", ratio, ok1, inverse, ok2)
		}
		x, ok1 := s.BreslowDay()
		y, ok2 := swapped.BreslowDay()
		if ok1 != ok2 || ok1 && math.Abs(x.ChiSquare-y.ChiSquare) > 1e-6*(1+x.ChiSquare) {
			t.Fatalf("%v %v, swapped %v %v", x, ok1, y, ok2)
		}
		// Property: the same stratum many times has one ratio.
		if len(s) > 0 {
			if same, ok := (Strata{s[0], s[0], s[0]}).BreslowDay(); ok && same.ChiSquare > 1e-6 {
				t.Fatalf("copies differ: %+v", same)
			}
		}
	})
}

func TestStrataHaveNoAnswer(t *testing.T) {
	for name, s := range map[string]Strata{
		"none":            nil,
		"one side each":   {{Proportion{1, 2}, Proportion{}}, {Proportion{}, Proportion{1, 2}}},
		"invalid":         {{Proportion{3, 2}, Proportion{1, 2}}},
		"hits throughout": {{Proportion{2, 2}, Proportion{3, 3}}},
	} {
		if _, ok := s.RiskDifference(z95); ok != (name == "hits throughout") {
			t.Errorf("%s: difference %v", name, ok)
		}
		if _, ok := s.CommonOddsRatio(z95); ok {
			t.Errorf("%s has a ratio", name)
		}
		if _, ok := s.CochranMantelHaenszel(); ok {
			t.Errorf("%s has a test", name)
		}
		if _, ok := s.BreslowDay(); ok {
			t.Errorf("%s has a test of one ratio", name)
		}
	}
	one := Strata{{Proportion{1, 2}, Proportion{2, 3}}, {Proportion{0, 2}, Proportion{0, 3}}}
	if _, ok := one.BreslowDay(); ok {
		t.Error("one stratum that varies can't differ from itself")
	}
}
