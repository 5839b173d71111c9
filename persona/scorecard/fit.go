package scorecard

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// ErrNothingToLearn is returned for a sample without a good case, or without a
// bad one.
var ErrNothingToLearn = errors.New("scorecard: want good and bad cases")

// ErrNotConverged is returned if the coefficients come to no end, which a ridge
// above 0 rules out but for numbers beyond all bounds.
var ErrNotConverged = errors.New("scorecard: fit came to no end")

// Fit makes a card of a sample: it joins bins that are too small, weighs the
// evidence of each, and finds by ridge logistic regression how much each feature
// counts beside the others.
//
// The odds of a good one are
//
//	ln(odds) = Intercept + Σ Coefficient·WOE
//
// and points are Points + Double/ln 2·(ln(odds) - ln(Odds)), with the constant
// part shared out evenly among the features, each rounded to a whole number. One
// feature alone, and next to no ridge, has the coefficient 1.
//
// A policy that is not valid, a sample without a layout, and [ErrNothingToLearn]
// are errors; so is a MinIV that no feature reaches.
func Fit(s *Sample, policy Policy) (*Card, error) {
	if err := policy.Validate(); err != nil {
		return nil, fmt.Errorf("scorecard: policy: %w", err)
	}
	switch {
	case s.Layout == nil:
		return nil, errors.New("scorecard: a sample needs a layout")
	case s.total.good == 0 || s.total.bad == 0:
		return nil, fmt.Errorf("%w: there are %d and %d", ErrNothingToLearn, s.total.good, s.total.bad)
	}
	c := &Card{Policy: policy.completed(), Good: s.total.good, Bad: s.total.bad, layout: s.Layout}
	c.characterise(s)
	if len(c.Characteristics) == 0 {
		return nil, fmt.Errorf("scorecard: no feature has an information value of %v", c.Policy.MinIV)
	}
	model := logistic{rows: c.rows(s), ridge: c.Policy.Ridge}
	beta, ok := model.fit(len(c.Characteristics))
	if !ok {
		return nil, ErrNotConverged
	}
	c.Intercept = settle(beta[0])
	for i := range c.Characteristics {
		c.Characteristics[i].Coefficient = settle(beta[i+1])
		c.Characteristics[i].Reversed = beta[i+1] < 0
	}
	if !c.score() {
		return nil, fmt.Errorf("scorecard: a bin has more than %d points: want a smaller Double", maxPoints)
	}
	if len(c.Policy.Grades) == 0 {
		c.Policy.Grades = c.fifths(s)
	}
	c.count(s)
	return c, nil
}

// characterise bins the features, and keeps those with enough information.
func (c *Card) characterise(s *Sample) {
	few := func(n int64) bool { return rate(n, s.total.all()) < c.Policy.MinShare }
	for i := range s.Layout.columns {
		b := s.Layout.columns[i].join(s.bins(i), few)
		iv := b.weigh(s.total)
		if iv < c.Policy.MinIV {
			continue
		}
		c.Characteristics = append(c.Characteristics, Characteristic{
			Feature: s.Layout.features[i], IV: settle(iv), Bins: b.bins, Place: b.place,
		})
		c.columns = append(c.columns, i)
	}
}

// rows are the cases by their weights of evidence, in the order of patterns.
func (c *Card) rows(s *Sample) []row {
	rows := make([]row, 0, len(s.counts))
	for _, pattern := range s.patterns() {
		n := s.counts[pattern]
		rows = append(rows, row{c.evidence([]byte(pattern)), float64(n.good), float64(n.bad)})
	}
	return rows
}

func (c *Card) evidence(pattern []byte) []float64 {
	x := make([]float64, len(c.Characteristics))
	for j := range c.Characteristics {
		x[j] = c.bin(j, pattern).WOE
	}
	return x
}

// bin returns the bin of characteristic j in which a pattern is.
func (c *Card) bin(j int, pattern []byte) *Bin {
	ch := &c.Characteristics[j]
	return &ch.Bins[ch.Place[pattern[c.columns[j]]]]
}

// score sets the points of all bins; ok is false if they are beyond bounds.
func (c *Card) score() (ok bool) {
	factor := c.Policy.Double / math.Ln2
	n := float64(len(c.Characteristics))
	even := (c.Policy.Points + float64(factor*(c.Intercept-math.Log(c.Policy.Odds)))) / n
	for i := range c.Characteristics {
		ch := &c.Characteristics[i]
		for j := range ch.Bins {
			points := settle(even + float64(factor*ch.Coefficient*ch.Bins[j].WOE))
			if math.Abs(points) > maxPoints {
				return false
			}
			ch.Bins[j].Points = int(math.Round(points))
		}
		ch.Neutral = ch.neutral()
	}
	return true
}

// neutral returns the points that the cases of the fit have on average, rounded.
func (ch *Characteristic) neutral() int {
	sum, all := 0.0, int64(0) // the sum of a product may be beyond an int64
	for _, b := range ch.Bins {
		sum += float64(float64(b.all()) * float64(b.Points))
		all += b.all()
	}
	return int(math.Round(sum / float64(all)))
}

// scores returns how many cases have which score, the highest first.
func (c *Card) scores(s *Sample) (scores []int, cases []tally) {
	at := map[int]tally{}
	for _, pattern := range s.patterns() {
		score := c.points([]byte(pattern))
		n := at[score]
		n.add(*s.counts[pattern])
		at[score] = n
	}
	for score := range at {
		scores = append(scores, score)
	}
	slices.Sort(scores)
	slices.Reverse(scores)
	for _, score := range scores {
		cases = append(cases, at[score])
	}
	return scores, cases
}

// points returns the score of a pattern.
func (c *Card) points(pattern []byte) (score int) {
	for j := range c.Characteristics {
		score += c.bin(j, pattern).Points
	}
	return score
}

// fifths returns grades such that each but the last begins where the next fifth
// of the cases is full.
func (c *Card) fifths(s *Sample) []Grade {
	scores, cases := c.scores(s)
	var grades []Grade
	above, want := int64(0), int64(1)
	for i, score := range scores {
		above += cases[i].all()
		if 5*above < want*s.total.all() && i < len(scores)-1 {
			continue
		}
		grades = append(grades, Grade{string(rune('a' + len(grades))), score})
		want = 5*above/s.total.all() + 1
	}
	return grades
}

// count notes how the cases of the fit are graded, to compare others with.
func (c *Card) count(s *Sample) {
	c.Graded = make([]int64, len(c.Policy.Grades))
	scores, cases := c.scores(s)
	for i, score := range scores {
		c.Graded[c.grade(score)] += cases[i].all()
	}
}
