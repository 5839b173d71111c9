package scorecard

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/config"
	"github.com/regulars-go/regulars/persona"
)

// Card scores people. Get one from [Fit], or read one with [ParseCard]; it is
// data, and its JSON is to be kept, looked at and compared. Any number of
// goroutines may share one that nobody changes.
type Card struct {
	// Policy is how it was fitted, with its defaults and grades written out.
	Policy Policy `json:"policy"`
	// Good and Bad are how many cases it was fitted to.
	Good int64 `json:"good"`
	Bad  int64 `json:"bad"`
	// Intercept and the coefficients are to nine decimals, and so are weights of
	// evidence.
	Intercept       float64          `json:"intercept"`
	Characteristics []Characteristic `json:"characteristics"`
	// Graded is how many cases of the fit have each grade.
	Graded []int64 `json:"graded"`

	layout  *Layout
	columns []int // of the layout, by characteristic
}

// Characteristic is a feature on a card.
type Characteristic struct {
	Feature Feature `json:"feature"`
	// IV is the information value: below 0.02 the feature says next to nothing,
	// from 0.1 on something, from 0.3 on much, and above 0.5 it is to be looked
	// at: it may know what came later (Siddiqi 2006, section 6).
	IV float64 `json:"iv"`
	// Coefficient is how much its evidence counts beside that of the others.
	// Reversed says that it is below 0: the feature speaks against what it says
	// alone, since it is much like others. It should go.
	Coefficient float64 `json:"coefficient"`
	Reversed    bool    `json:"reversed,omitzero"`
	// Neutral is how many points the cases of the fit have on average.
	Neutral int   `json:"neutral"`
	Bins    []Bin `json:"bins"`
	// Place is the number of the bin, from 0, by that of the layout: 0 for what is
	// not known, then the values of the enum, false and true, the bands between
	// cuts.
	Place []int `json:"place"`
}

// Score is what a card says of somebody.
type Score struct {
	Points int    `json:"points"`
	Grade  string `json:"grade"`
	// Chance is the model's probability of a good outcome, of the evidence and
	// not of the rounded points.
	Chance float64 `json:"chance"`
}

// Score returns what the card says of somebody as of a moment, without an
// allocation. The zero Profile, one of another schema, and [ErrNoLayout]
// are errors.
func (c *Card) Score(p persona.Profile, asOf time.Time) (Score, error) {
	var buffer [MaxFeatures]byte // so that a score allocates nothing
	pattern, err := c.read(buffer[:0], p, asOf)
	if err != nil {
		return Score{}, err
	}
	return c.of(pattern), nil
}

// ErrNoLayout is returned by a card that was neither fitted nor read for a
// schema, such as one that [json.Unmarshal] made.
var ErrNoLayout = errors.New("scorecard: card of no schema: use ParseCard")

func (c *Card) read(buffer []byte, p persona.Profile, asOf time.Time) (pattern []byte, err error) {
	if c.layout == nil {
		return nil, ErrNoLayout
	}
	last := c.layout.schema
	if !c.layout.fits(p.Schema(), &last) {
		return nil, errOtherSchema
	}
	return c.layout.pattern(buffer, p, asOf), nil
}

func (c *Card) of(pattern []byte) Score {
	points := c.points(pattern)
	return Score{points, c.Policy.Grades[c.grade(points)].Name, c.chance(pattern)}
}

func (c *Card) chance(pattern []byte) float64 {
	z := c.Intercept
	for j, ch := range c.Characteristics {
		z += float64(ch.Coefficient * c.bin(j, pattern).WOE)
	}
	return settle(probability(z))
}

// grade returns the place of a score's grade.
func (c *Card) grade(points int) int {
	last := len(c.Policy.Grades) - 1
	for i, g := range c.Policy.Grades[:last] {
		if points >= g.Least {
			return i
		}
	}
	return last
}

// Label returns the label of a grade, such as "lead=a".
func (c *Card) Label(s Score) string { return c.Policy.Name + "=" + s.Grade }

// Explanation says how a score comes about.
type Explanation struct {
	Score
	// Parts are what each feature gave, in the order of the card. Their points
	// add up to the score.
	Parts []Part `json:"parts"`
	// Against are the features that gave less than neutral, the worst first: the
	// reasons why the score is no higher. For are those that gave more.
	Against []Part `json:"against"`
	For     []Part `json:"for"`
	// Next is the grade above, and Missing how many points to it; "" and 0 on the
	// highest.
	Next    string `json:"next,omitempty"`
	Missing int    `json:"missing,omitzero"`
}

// Part is what one feature gave.
type Part struct {
	Feature string `json:"feature"`
	Bin     string `json:"bin"`
	Points  int    `json:"points"`
	// Neutral is what the cases of the fit have on average, and Best the most
	// that the feature gives.
	Neutral int `json:"neutral"`
	Best    int `json:"best"`
}

// String returns such as "visits: unknown gives 12, 5 below neutral".
func (p Part) String() string {
	side, by := "above", p.Points-p.Neutral
	if by < 0 {
		side, by = "below", -by
	}
	if by == 0 {
		return fmt.Sprintf("%s: %s gives %d, as is neutral", p.Feature, p.Bin, p.Points)
	}
	return fmt.Sprintf("%s: %s gives %d, %d %s neutral", p.Feature, p.Bin, p.Points, by, side)
}

// Explain returns how the score of somebody comes about; errors are as of
// [Card.Score]. Of features that differ from neutral by as much, that which
// stands first on the card comes first.
func (c *Card) Explain(p persona.Profile, asOf time.Time) (Explanation, error) {
	pattern, err := c.read(nil, p, asOf)
	if err != nil {
		return Explanation{}, err
	}
	e := Explanation{Score: c.of(pattern)}
	for j, ch := range c.Characteristics {
		bin := c.bin(j, pattern)
		part := Part{Feature: ch.Feature.Name, Bin: bin.Label, Points: bin.Points, Neutral: ch.Neutral, Best: ch.Bins[0].Points}
		for _, b := range ch.Bins {
			part.Best = max(part.Best, b.Points)
		}
		e.Parts = append(e.Parts, part)
		switch {
		case part.Points < part.Neutral:
			e.Against = append(e.Against, part)
		case part.Points > part.Neutral:
			e.For = append(e.For, part)
		}
	}
	slices.SortStableFunc(e.Against, func(a, b Part) int { return (a.Points - a.Neutral) - (b.Points - b.Neutral) })
	slices.SortStableFunc(e.For, func(a, b Part) int { return (b.Points - b.Neutral) - (a.Points - a.Neutral) })
	if at := c.grade(e.Points); at > 0 {
		next := c.Policy.Grades[at-1]
		e.Next, e.Missing = next.Name, next.Least-e.Points
	}
	return e, nil
}

// ParseCard reads what [json.Marshal] wrote of a card, for people of a schema.
// The document is read strictly; the error is [regulars.Faults], also for
// features that don't fit the schema, and for bins and grades that no card has.
func ParseCard(schema *persona.Schema, data []byte) (*Card, error) {
	var c Card
	if err := config.Decode(data, &c); err != nil {
		return nil, err
	}
	var f regulars.Faults
	if err := c.Policy.Validate(); err != nil {
		f.Under("policy", faultsOf(err))
	}
	features := make([]Feature, len(c.Characteristics))
	for i, ch := range c.Characteristics {
		features[i] = ch.Feature
	}
	layout, err := NewLayout(schema, features)
	if err != nil {
		f.Under("", faultsOf(err))
		return nil, f
	}
	c.Policy, c.layout = c.Policy.completed(), layout
	f = append(f, c.faults()...)
	if n := len(c.Policy.Grades); n == 0 || n != len(c.Graded) {
		f.Add("graded", "%d numbers of %d grades: want one for each, and a grade", len(c.Graded), n)
	}
	for i, n := range c.Graded {
		if n < 0 || n > MaxCases {
			f.Add(fmt.Sprintf("graded[%d]", i), "%d: want 0 to %d", n, int64(MaxCases))
		}
	}
	for i := range c.Characteristics {
		c.columns = append(c.columns, i)
		f.Under(fmt.Sprintf("characteristics[%d]", i), c.Characteristics[i].faults(len(layout.columns[i].labels)))
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	return &c, nil
}

// faults says what no card has as a whole.
func (c *Card) faults() (f regulars.Faults) {
	cases := func(path string, n int64) {
		if n < 1 || n > MaxCases {
			f.Add(path, "%d: want 1 to %d", n, int64(MaxCases))
		}
	}
	cases("good", c.Good)
	cases("bad", c.Bad)
	if math.Abs(c.Intercept) > maxEvidence {
		f.Add("intercept", "%v is beyond ±%v", c.Intercept, maxEvidence)
	}
	return f
}

// faults says what a characteristic whose layout has n bins can't have.
func (ch Characteristic) faults(n int) (f regulars.Faults) {
	if len(ch.Place) != n || len(ch.Bins) == 0 || len(ch.Bins) > n {
		f.Add("place", "%d places and %d bins: want %d places, and no more bins", len(ch.Place), len(ch.Bins), n)
	}
	for i, place := range ch.Place {
		if place < 0 || place >= len(ch.Bins) {
			f.Add(fmt.Sprintf("place[%d]", i), "%d: there is no such bin", place)
		}
	}
	for i, b := range ch.Bins {
		path := fmt.Sprintf("bins[%d]", i)
		if b.Good < 0 || b.Bad < 0 || b.Good > MaxCases || b.Bad > MaxCases || b.Points < -maxPoints || b.Points > maxPoints {
			f.Add(path, "counts below 0 or above %d, or points beyond ±%d", int64(MaxCases), maxPoints)
		}
		if math.Abs(b.WOE) > maxEvidence {
			f.Add(path, "weight %v beyond ±%v", b.WOE, maxEvidence)
		}
	}
	if math.Abs(ch.Coefficient) > maxEvidence {
		f.Add("coefficient", "%v is beyond ±%v", ch.Coefficient, maxEvidence)
	}
	return f
}

// maxEvidence is far more than a coefficient or a logarithm comes to, and keeps
// chances from being no number.
const maxEvidence = 1e100

// maxPoints is far more than a scale comes to, and keeps sums from wrapping.
const maxPoints = 1_000_000_000 / MaxFeatures
