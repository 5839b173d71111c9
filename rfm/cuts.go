package rfm

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/exact"
	"github.com/regulars-go/regulars/internal/stats"
)

// Cuts divide one metric into scores: n cuts make n+1. Like a model that holds
// them, they are stable JSON.
type Cuts struct {
	// At are the cuts in ascending order, in days, orders or money. Two may be
	// equal; the score between them is then empty.
	//
	// A cut that has no finite decimal form is rounded at the 18th place
	// towards the side that changes no decision, since no amount has more.
	At []decimal.Decimal `json:"at"`
	// Equal is the side on which a value equal to a cut belongs.
	Equal Side `json:"equal"`
	// Best is the end at which the best score lies: Below for recency, where
	// few days are good, Above for the others.
	Best Side `json:"best"`
}

// MarshalJSON writes the cuts as texts, whatever the variables of package
// decimal say.
func (c Cuts) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		At    []string `json:"at"`
		Equal Side     `json:"equal"`
		Best  Side     `json:"best"`
	}{texts(c.At), c.Equal, c.Best})
}

func texts(ds []decimal.Decimal) []string {
	list := make([]string, len(ds))
	for i, d := range ds {
		list[i] = exact.Text(d)
	}
	return list
}

// Scores returns the number of scores.
func (c Cuts) Scores() int { return len(c.At) + 1 }

// Score returns the score of a value, from 1 to [Cuts.Scores]; the highest is
// the best.
func (c Cuts) Score(v decimal.Decimal) uint8 {
	below := 0
	for below < len(c.At) && c.exceeds(v, c.At[below]) {
		below++
	}
	return c.score(below)
}

// exceeds reports whether v belongs above the cut.
func (c Cuts) exceeds(v, cut decimal.Decimal) bool {
	order := v.Cmp(cut)
	return order > 0 || order == 0 && c.Equal == Above
}

// score turns the number of cuts that a value exceeds into its score.
func (c Cuts) score(below int) uint8 {
	if c.Best == Below {
		return uint8(len(c.At) + 1 - below)
	}
	return uint8(below + 1)
}

// around returns the cuts on both sides of the values that have a score; nil
// where there is none.
func (c Cuts) around(score uint8) (lower, upper *decimal.Decimal) {
	below := int(score) - 1
	if c.Best == Below {
		below = len(c.At) + 1 - int(score)
	}
	if below > 0 {
		lower = &c.At[below-1]
	}
	if below < len(c.At) {
		upper = &c.At[below]
	}
	return lower, upper
}

// thresholds returns the cuts for integers in units of 10^-places: a value
// exceeds a cut if and only if it is greater than the threshold.
func (c Cuts) thresholds(places int) []int64 {
	limits := make([]int64, len(c.At))
	for i, cut := range c.At {
		scaled := cut.Shift(int32(places))
		whole := scaled.Floor()
		if c.Equal == Above && whole.Equal(scaled) {
			whole = whole.Sub(decimal.NewFromInt(1))
		}
		switch n := whole.BigInt(); {
		case n.IsInt64():
			limits[i] = n.Int64()
		case n.Sign() > 0:
			limits[i] = math.MaxInt64
		default:
			// Nothing lies below but MinInt64 itself, which no column has.
			limits[i] = math.MinInt64
		}
	}
	return limits
}

func (c Cuts) faults() (f regulars.Faults) {
	if len(c.At) == 0 || len(c.At) >= MaxScores {
		f.Add("at", "%d cuts: want 1 to %d", len(c.At), MaxScores-1)
	}
	for i, problem := range cutFaults(c.At) {
		if problem != "" {
			f.Add(fmt.Sprintf("at[%d]", i), "%s", problem)
		}
	}
	if c.Equal != Below && c.Equal != Above {
		f.Add("equal", `%q: want "below" or "above"`, c.Equal)
	}
	if c.Best != Below && c.Best != Above {
		f.Add("best", `%q: want "below" or "above"`, c.Best)
	}
	return f
}

// cutFaults returns what is wrong with each cut, "" if nothing.
func cutFaults(cuts []decimal.Decimal) []string {
	problems := make([]string, len(cuts))
	for i, cut := range cuts {
		if err := exact.CheckSum(cut); err != nil {
			problems[i] = err.Error()
		} else if i > 0 && problems[i-1] == "" && cut.LessThan(cuts[i-1]) {
			problems[i] = fmt.Sprintf("%v is below the one before, %v: want ascending cuts", cut, cuts[i-1])
		}
	}
	return problems
}

// cut finds the cuts of a population that is not empty; best is the better end
// of the metric.
func (s Scale) cut(values column, best Side) Cuts {
	c := Cuts{Equal: s.Equal, Best: best}
	if c.Equal == "" {
		c.Equal = s.ownSide(best)
	}
	switch s.Method {
	case MethodQuantile:
		c.At = s.quantiles(values, best, c.Equal)
	case MethodQuantileR:
		for _, q := range quantiles(values, s.Scores, c.Equal) {
			c.At = append(c.At, q.Add(decimal.NewFromInt(1)))
		}
	case MethodMean:
		c.At = []decimal.Decimal{ratio(values.sum(), values.len(), c.Equal)}
	case MethodMedian:
		c.At = quantiles(values, 2, c.Equal)
	case MethodTop:
		c.At = []decimal.Decimal{s.last(values, best)}
	case MethodFixed:
		c.At = s.At
	}
	return c
}

// ownSide is where a value equal to a cut belongs unless Equal says otherwise.
func (s Scale) ownSide(best Side) Side {
	switch s.Method {
	case MethodQuantile:
		return Below
	case MethodQuantileR:
		return Above
	}
	return best
}

// quantiles returns Scores-1 cuts; with a Reserve the first of them, from the
// worse end, is the reserve. If nobody is better than that, so are the others.
func (s Scale) quantiles(values column, best, equal Side) []decimal.Decimal {
	if !s.Reserve.Valid {
		return quantiles(values, s.Scores, equal)
	}
	reserve := s.Reserve.Decimal
	worse := Cuts{At: []decimal.Decimal{reserve}, Equal: equal, Best: best}
	rest := values.without(func(v decimal.Decimal) bool { return worse.Score(v) == 1 })
	cuts := make([]decimal.Decimal, 0, s.Scores-1)
	if best == Above {
		cuts = append(cuts, reserve)
	}
	if rest.len() > 0 {
		cuts = append(cuts, quantiles(rest, s.Scores-1, equal)...)
	} else {
		for range s.Scores - 2 {
			cuts = append(cuts, reserve)
		}
	}
	if best == Below {
		cuts = append(cuts, reserve)
	}
	return cuts
}

// quantiles returns the n-1 type-7 quantiles that cut values into n.
func quantiles(values column, n int, equal Side) []decimal.Decimal {
	type point struct{ low, high, rem int }
	points := make([]point, n-1)
	ranks := make([]int, 0, 2*n)
	for k := range points {
		low, rem := stats.Index7(values.len(), k+1, n)
		points[k] = point{low, min(low+1, values.len()-1), rem}
		ranks = append(ranks, points[k].low, points[k].high)
	}
	slices.Sort(ranks) // with fewer values than cuts, neighbours overlap
	ranks = slices.Compact(ranks)
	found := values.at(ranks)
	at := func(rank int) decimal.Decimal {
		i, _ := slices.BinarySearch(ranks, rank)
		return found[i]
	}
	cuts := make([]decimal.Decimal, len(points))
	for k, p := range points {
		step := at(p.high).Sub(at(p.low)).Mul(decimal.NewFromInt(int64(p.rem)))
		cuts[k] = at(p.low).Add(ratio(step, n, equal))
	}
	return cuts
}

// last returns the value of the last customer who is on top. A share that does
// not come to a whole number of customers is rounded up.
func (s Scale) last(values column, best Side) decimal.Decimal {
	count := s.Count
	if count == 0 {
		count = int(s.Share.Mul(decimal.NewFromInt(int64(values.len()))).Ceil().IntPart())
	}
	rank := min(count, values.len()) - 1
	if best == Above {
		rank = values.len() - 1 - rank
	}
	return values.at([]int{rank})[0]
}

// ratio returns num/den, den > 0. If 18 places are too few for it, it is
// rounded so that no value with at most as many changes sides: down if equal
// values belong below, up if above.
func ratio(num decimal.Decimal, den int, equal Side) decimal.Decimal {
	scaled := num.Shift(exact.MaxPlaces).BigInt() // exact: num has at most 18 places
	q, rem := new(big.Int).DivMod(scaled, big.NewInt(int64(den)), new(big.Int))
	if rem.Sign() > 0 && equal == Above {
		q.Add(q, big.NewInt(1))
	}
	return exact.Shortest(decimal.NewFromBigInt(q, -exact.MaxPlaces))
}
