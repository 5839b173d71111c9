package scorecard_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/persona"
	"github.com/regulars-go/regulars/persona/scorecard"
)

// scored are the scores of good and bad cases, one by one.
type scored struct{ good, bad []int }

func scoredOf(t fataler, c *scorecard.Card, numbers []int) (s scored) {
	t.Helper()
	for _, n := range numbers {
		p, o := person(n)
		score, err := c.Score(p, monday)
		if err != nil {
			t.Fatal(err)
		}
		if o == scorecard.Good {
			s.good = append(s.good, score.Points)
		} else {
			s.bad = append(s.bad, score.Points)
		}
	}
	return s
}

// beats says how a good and a bad case compare.
func beats(good, bad int) float64 {
	switch {
	case good > bad:
		return 1
	case good == bad:
		return 0.5
	}
	return 0
}

// auc returns the area under the curve and its variance by going through all
// pairs: the definitions of DeLong, DeLong and Clarke-Pearson (1988).
func (s scored) auc() (auc, variance float64) {
	g, b := float64(len(s.good)), float64(len(s.bad))
	mean := func(of []int, with func(int) float64) (values []float64) {
		for _, x := range of {
			values = append(values, with(x))
		}
		return values
	}
	v10 := mean(s.good, func(good int) (sum float64) {
		for _, bad := range s.bad {
			sum += beats(good, bad) / b
		}
		return sum
	})
	v01 := mean(s.bad, func(bad int) (sum float64) {
		for _, good := range s.good {
			sum += beats(good, bad) / g
		}
		return sum
	})
	for _, v := range v10 {
		auc += v / g
	}
	spread := func(values []float64) (sum float64) {
		for _, v := range values {
			sum += (v - auc) * (v - auc) / float64(len(values)-1)
		}
		return sum
	}
	return auc, spread(v10)/g + spread(v01)/b
}

func (s scored) ks() (ks float64) {
	share := func(of []int, least int) (n float64) {
		for _, x := range of {
			if x >= least {
				n++
			}
		}
		return n / float64(len(of))
	}
	for _, least := range append(append([]int(nil), s.good...), s.bad...) {
		ks = max(ks, math.Abs(share(s.good, least)-share(s.bad, least)))
	}
	return ks
}

// Property: AUC with its interval and KS are those of all pairs of cases.
func TestEvaluateAgainstPairs(t *testing.T) {
	c := fit(t, crowd(t, 0, 300), scorecard.Policy{})
	layout := several(t)
	rapid.Check(t, func(t *rapid.T) {
		numbers := rapid.SliceOfN(rapid.IntRange(300, 700), 1, 40).Draw(t, "people")
		s := &scorecard.Sample{Layout: layout}
		for _, n := range numbers {
			p, o := person(n)
			add(t, s, p, o, 1)
		}
		e, err := c.Evaluate(s)
		if err != nil {
			t.Fatal(err)
		}
		cases := scoredOf(t, c, numbers)
		if (e.AUC == nil) != (len(cases.good) == 0 || len(cases.bad) == 0) {
			t.Fatalf("AUC %v of %d and %d", e.AUC, len(cases.good), len(cases.bad))
		}
		if e.AUC == nil {
			return
		}
		auc, variance := cases.auc()
		if math.Abs(e.AUC.Value-auc) > 1e-8 || math.Abs(*e.KS-cases.ks()) > 1e-8 {
			t.Fatalf("AUC %v and KS %v, want %v and %v", e.AUC.Value, *e.KS, auc, cases.ks())
		}
		if e.AUC.Interval == nil {
			if len(cases.good) > 1 && len(cases.bad) > 1 && variance > 1e-12 {
				t.Fatalf("no interval of variance %v", variance)
			}
			return
		}
		half := 1.959963984540054 * math.Sqrt(variance)
		if math.Abs(e.AUC.Interval.Low-max(0, auc-half)) > 1e-7 || math.Abs(e.AUC.Interval.High-min(1, auc+half)) > 1e-7 {
			t.Fatalf("interval %v, want %v ± %v", e.AUC.Interval, auc, half)
		}
	})
}

// A card that was fitted to some and judged by others, who were held back.
// Two scores at which the shares are as far apart: KSAt is the higher.
func TestKSAtTheHighestScore(t *testing.T) {
	c := fit(t, german(t), scorecard.Policy{})
	s := &scorecard.Sample{Layout: german(t).Layout}
	put(t, s, "none", 0, 1, 0)
	put(t, s, "salary", 0, 1, 1)
	put(t, s, "overdrawn", 0, 0, 1)
	e, err := c.Evaluate(s)
	if err != nil {
		t.Fatal(err)
	}
	best, err := c.Score(profile(map[string]persona.Value{"account": persona.Text("none")}), monday)
	if err != nil || *e.KS != 0.5 || e.KSAt != best.Points {
		t.Errorf("KS %v at %d, want 0.5 at %d; %v", *e.KS, e.KSAt, best.Points, err)
	}
}

func TestHeldBackData(t *testing.T) {
	layout := several(t)
	train, held := &scorecard.Sample{Layout: layout}, &scorecard.Sample{Layout: layout}
	for n := range 4000 {
		p, o := person(n)
		if scorecard.HeldBack("", n, 0.3) {
			add(t, held, p, o, 1)
		} else {
			add(t, train, p, o, 1)
		}
	}
	c := fit(t, train, scorecard.Policy{})
	e, err := c.Evaluate(held)
	if err != nil {
		t.Fatal(err)
	}
	if e.AUC.Value < 0.65 || e.AUC.Interval.Low < 0.6 || *e.KS < 0.2 {
		t.Errorf("AUC %+v, KS %v", e.AUC, *e.KS)
	}
	if *e.Stability.PSI > 0.05 || e.Fit.DF != len(c.Policy.Grades) {
		t.Errorf("PSI %v, fit %+v", *e.Stability.PSI, e.Fit)
	}
	cases := int64(0)
	for i, row := range e.Calibration {
		cases += row.Cases
		if *row.Expected < row.Observed.Interval.Low-0.05 || *row.Expected > row.Observed.Interval.High+0.05 {
			t.Errorf("grade %s: %v expected, %+v observed", row.Grade, *row.Expected, row.Observed)
		}
		if i > 0 && *row.Expected >= *e.Calibration[i-1].Expected {
			t.Errorf("grade %s is as good as the one above", row.Grade)
		}
	}
	if cases != held.Good()+held.Bad() {
		t.Errorf("%d cases are graded of %d", cases, held.Good()+held.Bad())
	}
}

// By hand: 100 and 300 of 400 were half and half; -0.25·ln 0.5 + 0.25·ln 1.5.
func TestStability(t *testing.T) {
	s := &scorecard.Sample{Layout: layoutOf(t, scorecard.Feature{Attribute: "married"})}
	yes, no := marriedOrNot(true), marriedOrNot(false)
	add(t, s, yes, scorecard.Good, 150)
	add(t, s, yes, scorecard.Bad, 50)
	add(t, s, no, scorecard.Good, 50)
	add(t, s, no, scorecard.Bad, 150)
	c := fit(t, s, scorecard.Policy{})
	later := &scorecard.Sample{Layout: s.Layout}
	add(t, later, yes, scorecard.Good, 100)
	add(t, later, no, scorecard.Bad, 300)
	e, err := c.Evaluate(later)
	if err != nil {
		t.Fatal(err)
	}
	want := -0.25*math.Log(0.5) + 0.25*math.Log(1.5)
	near(t, "PSI", *e.Stability.PSI, want, 1e-9)
	near(t, "PSI of the feature", *e.Stability.Features[0].PSI, want, 1e-9)
	// Nobody is unmarried: half a case is added to each of the two classes.
	gone := &scorecard.Sample{Layout: s.Layout}
	add(t, gone, yes, scorecard.Good, 99)
	e, err = c.Evaluate(gone)
	if err != nil {
		t.Fatal(err)
	}
	a, b := 99.5/100, 0.5/100
	near(t, "PSI with an empty class", *e.Stability.PSI, (a-0.5)*math.Log(a/0.5)+(b-0.5)*math.Log(b/0.5), 1e-9)
	if e.AUC != nil || e.KS != nil || e.Brier == nil {
		t.Errorf("of good cases alone: %+v", e)
	}
}

func TestEvaluateNothing(t *testing.T) {
	c := fit(t, german(t), scorecard.Policy{})
	e, err := c.Evaluate(&scorecard.Sample{Layout: german(t).Layout})
	if err != nil || e.AUC != nil || e.KS != nil || e.Brier != nil || e.Fit != nil || e.Stability.PSI != nil || e.Calibration[0].Expected != nil {
		t.Errorf("%+v, %v", e, err)
	}
	if _, err := c.Evaluate(&scorecard.Sample{}); err == nil {
		t.Error("a sample without a layout is judged")
	}
}

// The Brier score of one chance p of all is p·(1-p) at best; here two of three
// are good.
func TestBrier(t *testing.T) {
	s := &scorecard.Sample{Layout: layoutOf(t, scorecard.Feature{Attribute: "married"})}
	add(t, s, marriedOrNot(true), scorecard.Good, 200)
	add(t, s, marriedOrNot(true), scorecard.Bad, 100)
	e, err := fit(t, s, scorecard.Policy{}).Evaluate(s)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "Brier score", *e.Brier, 2.0/9, 1e-9)
	near(t, "AUC of one score", e.AUC.Value, 0.5, 0)
}
