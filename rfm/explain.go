package rfm

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/internal/exact"
)

// Explanation says why a customer has the score that they have. In JSON it is
// a report, which leaves out what is empty.
type Explanation struct {
	Score Score `json:"score,omitzero"`
	// Unscored says why there is no score; the rest is then empty.
	Unscored string `json:"unscored,omitzero"`
	// Recency is in days, Frequency in orders and Monetary in money.
	Recency   Place `json:"recency,omitzero"`
	Frequency Place `json:"frequency,omitzero"`
	Monetary  Place `json:"monetary,omitzero"`
}

// Place is where a value lies between the cuts.
type Place struct {
	Value decimal.Decimal `json:"value"`
	Score uint8           `json:"score"`
	// Lower and Upper are the cuts on both sides, unless Value is beyond the
	// first or the last.
	Lower decimal.NullDecimal `json:"lower,omitzero"`
	Upper decimal.NullDecimal `json:"upper,omitzero"`
	// Equal is the side on which a value equal to a cut belongs.
	Equal Side `json:"equal"`
	// Better is the step to the next score that can be reached, Worse the one to
	// the score that would be lost to; nil if there is none. Empty scores are
	// passed over, and a step holds the other metrics: in a nested model another
	// score of recency or frequency has cuts of its own.
	Better *Step `json:"better,omitzero"`
	Worse  *Step `json:"worse,omitzero"`
}

// MarshalJSON writes decimals as texts, whatever the variables of package
// decimal say.
func (p Place) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Value  number  `json:"value"`
		Score  uint8   `json:"score"`
		Lower  *number `json:"lower,omitzero"`
		Upper  *number `json:"upper,omitzero"`
		Equal  Side    `json:"equal"`
		Better *Step   `json:"better,omitzero"`
		Worse  *Step   `json:"worse,omitzero"`
	}{number(p.Value), p.Score, numberOf(p.Lower), numberOf(p.Upper), p.Equal, p.Better, p.Worse})
}

// Step is the way to another score.
type Step struct {
	Score uint8 `json:"score"`
	// By is how much the value must rise, or fall if negative. For days and
	// orders it is a whole number.
	By decimal.Decimal `json:"by"`
	// Beyond says that By just meets the cut and that it takes more than that,
	// be it a cent.
	Beyond bool `json:"beyond,omitzero"`
}

// MarshalJSON writes decimals as texts, whatever the variables of package
// decimal say.
func (s Step) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Score  uint8  `json:"score"`
		By     number `json:"by"`
		Beyond bool   `json:"beyond,omitzero"`
	}{s.Score, number(s.By), s.Beyond})
}

// Explain says why [Model.Score] gives r its score, by the same cuts.
func (m Model) Explain(r Record) Explanation {
	if r.Orders == 0 {
		return Explanation{Unscored: "no order"}
	}
	if err := r.check(m.AsOf); err != nil {
		return Explanation{Unscored: err.Error()}
	}
	if !m.whole() {
		return Explanation{Unscored: errNotWhole.Error()}
	}
	days, _ := r.Recency(m.AsOf)
	recency, frequency, monetary := decimal.NewFromInt(int64(days)), decimal.NewFromInt(int64(r.Orders)), r.Net()
	s := m.score(recency, frequency, monetary)
	f := m.frequency(s.R).place(frequency, true)
	if f.Worse != nil && f.Value.Add(f.Worse.By).Sign() == 0 {
		f.Worse = nil // without an order there is no score at all
	}
	return Explanation{
		Score:     s,
		Recency:   m.Recency.place(recency, true),
		Frequency: f,
		Monetary:  m.monetary(s.R, s.F).place(monetary, false),
	}
}

// place explains the score of v; whole says that only whole numbers of zero or
// more occur.
func (c Cuts) place(v decimal.Decimal, whole bool) Place {
	p := Place{Value: v, Score: c.Score(v), Equal: c.Equal}
	lower, upper := c.around(p.Score)
	var down, up *Step
	if lower != nil {
		p.Lower = decimal.NewNullDecimal(*lower)
		down = c.step(v, *lower, Below, whole)
	}
	if upper != nil {
		p.Upper = decimal.NewNullDecimal(*upper)
		up = c.step(v, *upper, Above, whole)
	}
	p.Better, p.Worse = up, down
	if c.Best == Below {
		p.Better, p.Worse = down, up
	}
	return p
}

// step is the way from v past a cut, to the side that is named; nil if no
// value can lie there.
func (c Cuts) step(v, cut decimal.Decimal, side Side, whole bool) *Step {
	beyond := c.Equal != side
	if !whole {
		return &Step{Score: c.scorePast(cut, side), By: cut.Sub(v), Beyond: beyond}
	}
	one := decimal.NewFromInt(1)
	var to decimal.Decimal
	switch {
	case side == Above && beyond:
		to = cut.Floor().Add(one)
	case side == Above:
		to = cut.Ceil()
	case beyond:
		to = cut.Ceil().Sub(one)
	default:
		to = cut.Floor()
	}
	if to.Sign() < 0 {
		return nil
	}
	return &Step{Score: c.Score(to), By: to.Sub(v)}
}

// scorePast returns the score of the values that lie just past a cut. Equal
// cuts are passed together.
func (c Cuts) scorePast(cut decimal.Decimal, side Side) uint8 {
	below := 0
	for _, other := range c.At {
		if order := other.Cmp(cut); order < 0 || order == 0 && side == Above {
			below++
		}
	}
	return c.score(below)
}

// String explains the score in a few lines of English, such as
//
//	score 343
//	recency 205 days: score 3, between 180 and 296.4; 25 fewer for 4
//	frequency 6 orders: score 4, between 5 and 7; 2 more for 5
//	monetary 472: score 3, between 381 and 505.4; over 33.4 more for 4
//
// A number of more than six places is rounded and said to be "about" that.
func (e Explanation) String() string {
	if e.Unscored != "" {
		return "no score: " + e.Unscored
	}
	lines := []string{
		"score " + e.Score.String(),
		"recency " + e.Recency.describe("day"),
		"frequency " + e.Frequency.describe("order"),
		"monetary " + e.Monetary.describe(""),
	}
	return strings.Join(lines, "\n")
}

// describe says a place; unit is what one of it is called, "" for money.
func (p Place) describe(unit string) string {
	var b strings.Builder
	b.WriteString(readable(p.Value))
	if unit != "" {
		b.WriteString(" " + unit)
		if !p.Value.Equal(decimal.NewFromInt(1)) {
			b.WriteString("s")
		}
	}
	fmt.Fprintf(&b, ": score %d, ", p.Score)
	switch {
	case p.Lower.Valid && p.Upper.Valid:
		fmt.Fprintf(&b, "between %s and %s", readable(p.Lower.Decimal), readable(p.Upper.Decimal))
	case p.Lower.Valid:
		fmt.Fprintf(&b, "beyond %s", readable(p.Lower.Decimal))
	default:
		fmt.Fprintf(&b, "up to %s", readable(p.Upper.Decimal))
	}
	if p.Better == nil {
		return b.String() + "; the best"
	}
	fmt.Fprintf(&b, "; %s for %d", p.Better.describe(), p.Better.Score)
	return b.String()
}

// describe says how much it takes, such as "2 more" or "over 33.4 more".
func (s Step) describe() string {
	more := " more"
	if s.By.Sign() < 0 {
		more = " fewer"
	}
	switch {
	case s.Beyond && s.By.Sign() == 0:
		return "any" + more
	case s.Beyond:
		return "over " + readable(s.By.Abs()) + more
	}
	return readable(s.By.Abs()) + more
}

// readable returns d as a text; a mean or a quantile can have 18 places.
func readable(d decimal.Decimal) string {
	const places = 6
	if short := d.Round(places); !short.Equal(d) {
		return "about " + exact.Text(short)
	}
	return exact.Text(d)
}
