package rfm

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/internal/exact"
)

// NextRung is the way of one customer to the label above theirs: what they
// lack, and how often others were seen to make it.
type NextRung struct {
	// From is the customer's label and To the next one, such as "layer=core"; To
	// is empty at the top.
	From string `json:"from,omitzero"`
	To   string `json:"to,omitzero"`
	// Unreachable says why nothing that the customer can do leads to To, "" if
	// something does.
	Unreachable string `json:"unreachable,omitzero"`
	Lacks       Lack   `json:"lacks"`
	// Odds is how many of those who had From before had To after, in the
	// migration that was given.
	Odds Odds `json:"odds"`
}

// Lack is what separates a customer from a label. All of it is wanted
// together.
type Lack struct {
	// Days is by how many days the last order must be nearer, which takes a new
	// one; Orders counts it.
	Days int `json:"days"`
	// Orders is how many more orders it takes, Money how much more in value.
	Orders int             `json:"orders"`
	Money  decimal.Decimal `json:"money"`
	// Beyond says that Money just meets the line and that it takes more than
	// that, be it a cent.
	Beyond bool `json:"beyond,omitzero"`
}

// MarshalJSON writes decimals as texts, whatever the variables of package
// decimal say.
func (l Lack) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Days   int    `json:"days"`
		Orders int    `json:"orders"`
		Money  number `json:"money"`
		Beyond bool   `json:"beyond,omitzero"`
	}{l.Days, l.Orders, number(l.Money), l.Beyond})
}

// String says the lack in words, such as "2 orders and 40 in money".
func (l Lack) String() string {
	var parts []string
	if l.Days > 0 {
		parts = append(parts, "a last order nearer by "+plural(l.Days, "day"))
	}
	if l.Orders > 0 {
		parts = append(parts, plural(l.Orders, "order"))
	}
	switch {
	case l.Beyond && l.Money.Sign() == 0:
		parts = append(parts, "any money")
	case l.Beyond:
		parts = append(parts, fmt.Sprintf("over %s in money", exact.Text(l.Money)))
	case l.Money.Sign() > 0:
		parts = append(parts, fmt.Sprintf("%s in money", exact.Text(l.Money)))
	}
	if parts == nil {
		return "nothing"
	}
	return strings.Join(parts, " and ")
}

// String says the way in a line of English, such as "layer=tail to
// layer=waist: lacks 40 in money; seen: 12 of 300".
func (n NextRung) String() string {
	switch {
	case n.To == "":
		return n.From + ": the top"
	case n.Unreachable != "":
		return fmt.Sprintf("%s to %s: %s; seen: %v", n.From, n.To, n.Unreachable, n.Odds)
	}
	return fmt.Sprintf("%s to %s: lacks %v; seen: %v", n.From, n.To, n.Lacks, n.Odds)
}

// NextRung returns the way from a value to the layer above. seen is a migration
// of layers, as [LayerLabels] names them; with nil nothing was observed. It is
// an error if the value is out of the bounds for money.
func (l Layering) NextRung(value decimal.Decimal, seen *Migration) (NextRung, error) {
	e := l.Explain(value)
	if e.Unplaced != "" {
		return NextRung{}, fmt.Errorf("rfm: next layer: %s", e.Unplaced)
	}
	n := NextRung{From: e.Layer.Label(), To: e.Next.Label(), Lacks: Lack{Money: e.Lacks}}
	n.observe(seen)
	return n, nil
}

// NextRung returns the way from a standing to the rung above, given the value
// of the period so far. A value that reaches it already lacks nothing: the
// customer goes up when the period closes. seen is a migration of rungs, as
// [Ladder.Label] names them; below the first rung there is no label, and so
// nothing is observed. Errors are those of [Ladder.Step].
func (l Ladder) NextRung(s Standing, value decimal.Decimal, seen *Migration) (NextRung, error) {
	if _, err := l.Step(s, value); err != nil {
		return NextRung{}, err
	}
	n := NextRung{From: l.Label(s)}
	if s.Rung == len(l.Rungs) {
		return n, nil
	}
	next := Standing{Rung: s.Rung + 1}
	n.To = l.Label(next)
	if lacks := l.Rungs[s.Rung].AtLeast.Sub(value); lacks.Sign() > 0 {
		n.Lacks.Money = lacks
	}
	n.observe(seen)
	return n, nil
}

// NextRung returns the way of a customer to the segment above theirs on a
// path: names of segments of the map, the lowest first. What is lacking is the
// least that will do: the fewest orders, then the least money, then the fewest
// days. It is what the new record must show when it is looked at; on the day of
// a new order recency may be better than To wants, and the segment with it.
// seen is a migration of segments, as [SegmentLabels] names them.
//
// It is an error if the customer has no score, their segment is not on the
// path, a name on it is not in the map, or the map is for another number of
// scores.
func (m Model) NextRung(r Record, by Map, path []string, seen *Migration) (NextRung, error) {
	if err := by.Fits(m); err != nil {
		return NextRung{}, err
	}
	for _, name := range path {
		if !slices.Contains(by.Segments(), name) {
			return NextRung{}, fmt.Errorf("rfm: path has %q: want segments of map %q", name, by.Name)
		}
	}
	e := m.Explain(r)
	if e.Unscored != "" {
		return NextRung{}, errors.New("rfm: next segment: " + e.Unscored)
	}
	at := slices.Index(path, by.Segment(e.Score))
	if at < 0 {
		return NextRung{}, fmt.Errorf("rfm: segment %q is not on the path", by.Segment(e.Score))
	}
	n := NextRung{From: by.Label(e.Score)}
	if at == len(path)-1 {
		return n, nil
	}
	n.To = "segment=" + path[at+1]
	var ok bool
	if n.Lacks, ok = m.least(e, by, path[at+1]); !ok {
		n.Unreachable = "no later order, further order or further money leads there"
	}
	n.observe(seen)
	return n, nil
}

func (n *NextRung) observe(seen *Migration) {
	if n.To != "" {
		n.Odds = seen.Odds(n.From, n.To)
	}
}

// least returns the least that leads from an explained score to a segment.
func (m Model) least(from Explanation, by Map, to string) (best Lack, ok bool) {
	for r := from.Score.R; int(r) <= by.Scores[0]; r++ {
		for f := uint8(1); int(f) <= by.Scores[1]; f++ {
			for v := uint8(1); int(v) <= by.Scores[2]; v++ {
				s := Score{r, f, v}
				if by.Segment(s) != to {
					continue
				}
				if lack, reached := m.lack(from, s); reached && (!ok || lack.less(best)) {
					best, ok = lack, true
				}
			}
		}
	}
	return best, ok
}

// lack returns what leads to exactly one score; ok is false if nothing does,
// since numbers of orders and money only grow here.
func (m Model) lack(from Explanation, to Score) (l Lack, ok bool) {
	days, _, ok := m.Recency.reach(from.Recency.Value, to.R, true)
	if !ok {
		return Lack{}, false
	}
	orders := from.Frequency.Value
	if days.Sign() != 0 {
		orders = orders.Add(decimal.NewFromInt(1)) // only a new order is nearer
	}
	more, _, ok := m.frequency(to.R).reach(orders, to.F, true)
	if !ok {
		return Lack{}, false
	}
	money, beyond, ok := m.monetary(to.R, to.F).reach(from.Monetary.Value, to.M, false)
	if !ok {
		return Lack{}, false
	}
	orders = orders.Add(more).Sub(from.Frequency.Value)
	return Lack{int(-days.IntPart()), int(orders.IntPart()), money, beyond}, true
}

// reach returns by how much a value must change for the better to have a
// score, 0 if it has it; ok is false if no change for the better does it.
func (c Cuts) reach(v decimal.Decimal, score uint8, whole bool) (by decimal.Decimal, beyond, ok bool) {
	has := c.Score(v)
	if has >= score {
		return decimal.Zero, false, has == score
	}
	lower, upper := c.around(score)
	cut, side := lower, Above
	if c.Best == Below {
		cut, side = upper, Below
	}
	step := c.step(v, *cut, side, whole)
	to := v.Add(step.By)
	if step.Beyond {
		to = to.Add(smallest(side))
	}
	ok = c.Score(to) == score && (!whole || to.Sign() >= 0)
	return step.By, step.Beyond, ok
}

// smallest is the smallest step that any amount can be past a cut.
func smallest(side Side) decimal.Decimal {
	if side == Below {
		return decimal.New(-1, -exact.MaxPlaces)
	}
	return decimal.New(1, -exact.MaxPlaces)
}

// less reports whether l asks for less than o.
func (l Lack) less(o Lack) bool {
	if l.Orders != o.Orders {
		return l.Orders < o.Orders
	}
	if c := l.Money.Cmp(o.Money); c != 0 {
		return c < 0
	}
	if l.Beyond != o.Beyond {
		return o.Beyond
	}
	return l.Days < o.Days
}
