package scorecard

import (
	"errors"
	"math"

	"github.com/regulars-go/regulars/internal/stats"
)

// Evaluation says how good a card is on a sample. Judge it by one that was held
// back from the fit, such as by [HeldBack] or of a later time: on its own cases
// every card looks better than it is.
type Evaluation struct {
	Good int64 `json:"good"`
	Bad  int64 `json:"bad"`
	// AUC is how likely a good case is to score above a bad one, equal scores
	// counting half: 0.5 is chance, 1 is perfect (Hanley and McNeil 1982). Its
	// interval is DeLong's (1988, Biometrics 44:837), at 95 %. Nil without good
	// or without bad cases.
	AUC *Estimate `json:"auc"`
	// KS is the largest difference between the shares of good and of bad cases
	// with at least some score (Kolmogorov and Smirnov), and KSAt that score, the
	// highest of several. Nil
	// without good or without bad cases.
	KS   *float64 `json:"ks"`
	KSAt int      `json:"ksAt,omitzero"`
	// Brier is the mean square of the chance less 1 for a good and 0 for a bad
	// case: 0 is perfect (Brier 1950). Nil without cases.
	Brier *float64 `json:"brier"`
	// Calibration says, by grade, what was foreseen and what came.
	Calibration []Calibration `json:"calibration"`
	// Fit tests whether chances and outcomes agree over all grades that have cases
	// (Hosmer and Lemeshow 1980, with as many degrees of freedom as grades, since
	// nothing was fitted to these cases). A small P says that they don't. Nil
	// where nothing is expected.
	Fit *Test `json:"fit"`
	// Stability says whether the people are still those of the fit.
	Stability Stability `json:"stability"`
}

// Estimate is a value with its interval; the interval is nil where nothing is
// known of the variance.
type Estimate struct {
	Value    float64   `json:"value"`
	Interval *Interval `json:"interval"`
}

// Interval has the truth between its bounds in 95 of 100 cases.
type Interval struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Test is a test of whether something is as it should be.
type Test struct {
	ChiSquare float64 `json:"chiSquare"`
	DF        int     `json:"df"`
	P         float64 `json:"p"`
}

// Calibration is what was foreseen for the cases of a grade, and what came.
type Calibration struct {
	Grade string `json:"grade"`
	Cases int64  `json:"cases"`
	Good  int64  `json:"good"`
	// Expected is the mean chance, Observed the share of good ones with Wilson's
	// interval at 95 %. Both are nil without cases.
	Expected *float64  `json:"expected"`
	Observed *Estimate `json:"observed"`
}

var intervalZ = stats.NormalZ(0.95)

// Evaluate judges the card by a sample of the same features. One of others is an
// error; an empty one has an answer, in which all is nil.
func (c *Card) Evaluate(s *Sample) (Evaluation, error) {
	mine, err := c.recount(s)
	if err != nil {
		return Evaluation{}, err
	}
	e := Evaluation{Good: s.total.good, Bad: s.total.bad}
	scores, cases := c.scores(mine)
	e.rank(scores, cases)
	e.calibrate(c, mine)
	e.Stability = c.stability(mine)
	return e, nil
}

// recount returns a sample as one of the card's own layout, which may have fewer
// features, such as when it was read from JSON.
func (c *Card) recount(s *Sample) (*Sample, error) {
	switch {
	case c.layout == nil:
		return nil, ErrNoLayout
	case s.Layout == nil:
		return nil, errors.New("scorecard: a sample needs a layout")
	case s.Layout.id == c.layout.id:
		return s, nil
	}
	place := map[string]int{}
	for i, id := range s.Layout.featureIDs() {
		place[id] = i
	}
	ids := c.layout.featureIDs()
	mine := &Sample{Layout: c.layout}
	for _, i := range c.columns {
		if _, ok := place[ids[i]]; !ok {
			return nil, errors.New("scorecard: sample without feature " + c.layout.features[i].Name)
		}
	}
	pattern := make([]byte, len(ids))
	for from, n := range s.counts {
		for _, i := range c.columns {
			pattern[i] = from[place[ids[i]]]
		}
		mine.count(pattern, *n)
	}
	return mine, nil
}

// rank sets what depends on the order of scores alone. Scores descend.
func (e *Evaluation) rank(scores []int, cases []tally) {
	if e.Good == 0 || e.Bad == 0 {
		return
	}
	goods, bads := float64(e.Good), float64(e.Bad)
	var above tally
	// DeLong's components: of a good case the share of bad ones below it, and of
	// a bad case that of good ones above it.
	var auc, goodSquares, badSquares, ks float64
	for i, n := range cases {
		good, bad := float64(n.good), float64(n.bad)
		below := bads - float64(above.bad) - bad
		v10 := (below + bad/2) / bads
		v01 := (float64(above.good) + good/2) / goods
		auc += float64(good * v10)
		goodSquares += float64(good * v10 * v10)
		badSquares += float64(bad * v01 * v01)
		above.add(n)
		if d := math.Abs(rate(above.good, e.Good) - rate(above.bad, e.Bad)); d > ks {
			ks, e.KSAt = d, scores[i]
		}
	}
	auc /= goods
	e.AUC, e.KS = &Estimate{Value: settle(auc)}, new(settle(ks))
	if e.Good < 2 || e.Bad < 2 {
		return
	}
	variance := (goodSquares-float64(goods*auc*auc))/(goods-1)/goods + (badSquares-float64(bads*auc*auc))/(bads-1)/bads
	if variance > 1e-15 {
		half := intervalZ * math.Sqrt(variance)
		e.AUC.Interval = &Interval{settle(max(0, auc-half)), settle(min(1, auc+half))}
	}
}

// calibrate compares chances with outcomes.
func (e *Evaluation) calibrate(c *Card, s *Sample) {
	e.Calibration = make([]Calibration, len(c.Policy.Grades))
	expected, spread := make([]float64, len(e.Calibration)), make([]float64, len(e.Calibration))
	squares := 0.0
	for _, pattern := range s.patterns() {
		n, chance := s.counts[pattern], c.chance([]byte(pattern))
		at := c.grade(c.points([]byte(pattern)))
		e.Calibration[at].Cases += n.all()
		e.Calibration[at].Good += n.good
		expected[at] += float64(float64(n.all()) * chance)
		spread[at] += float64(float64(n.all()) * chance * (1 - chance))
		squares += float64(float64(n.good)*(1-chance)*(1-chance)) + float64(float64(n.bad)*chance*chance)
	}
	if all := s.total.all(); all > 0 {
		e.Brier = new(settle(squares / float64(all)))
	}
	test := Test{}
	for i := range e.Calibration {
		row := &e.Calibration[i]
		row.Grade = c.Policy.Grades[i].Name
		if row.Cases == 0 {
			continue
		}
		row.Expected = new(settle(expected[i] / float64(row.Cases)))
		low, high := stats.Proportion{Hits: row.Good, Of: row.Cases}.Wilson(intervalZ)
		row.Observed = &Estimate{settle(rate(row.Good, row.Cases)), &Interval{settle(low), settle(high)}}
		if spread[i] > 0 {
			d := float64(row.Good) - expected[i]
			test.ChiSquare += d * d / spread[i]
			test.DF++
		}
	}
	if test.DF > 0 {
		test.P = settle(stats.ChiSquareTail(test.ChiSquare, test.DF))
		test.ChiSquare = settle(test.ChiSquare)
		e.Fit = &test
	}
}
