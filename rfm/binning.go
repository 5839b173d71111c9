package rfm

import (
	"encoding/json"
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/exact"
)

// Binning says how a population is cut into scores, one [Scale] for each
// metric. The functions [Quantiles], [RCompatible], [Means], [Medians],
// [TopShares] and [Nested] return the usual ones; change a scale of theirs, or
// put three of your own together.
type Binning struct {
	Recency   Scale `json:"recency"`
	Frequency Scale `json:"frequency"`
	Monetary  Scale `json:"monetary"`
	// Nested cuts frequency anew within each recency score, and monetary value
	// within each pair of the two, as SPSS does. Cells are fuller, but scores
	// of the second and third metric no longer compare across the first. There
	// can be 10,000 cells, the product of the three numbers of scores.
	Nested bool `json:"nested,omitzero"`
}

// Scale says how one metric is cut.
type Scale struct {
	Method Method `json:"method"`
	// Scores is the number of scores of a quantile method, from 2 to
	// [MaxScores].
	Scores int `json:"scores,omitzero"`
	// At are the cuts of the fixed method, ascending: n cuts make n+1 scores.
	At []decimal.Decimal `json:"at,omitempty"`
	// Share is the part of the customers whom the top method puts on top, above
	// 0 and below 1.
	Share decimal.Decimal `json:"share,omitzero"`
	// Count is their number, where it is given instead of Share.
	Count int `json:"count,omitzero"`
	// Equal says on which side of a cut a value equal to it belongs. Empty means
	// the method's own way: Below for quantiles, the better side for the rest.
	Equal Side `json:"equal,omitzero"`
	// Reserve is a cut of its own: it keeps the worst score for the values on
	// its worse side, and the others are cut into one score fewer. A Reserve of
	// 1 on frequency is for those who ordered once, who are half of many a
	// population and would otherwise pile up across several quantiles; one of
	// 365 on recency is for those who have been gone for longer than that. A
	// value equal to it belongs where Equal says. Only for the quantile method.
	Reserve decimal.NullDecimal `json:"reserve,omitzero"`
}

// Method is a way to find cuts.
type Method string

const (
	// MethodQuantile cuts at the type-7 quantiles k/n, with an exact index.
	// Equal values always share a score, so scores may be of unlike size, and
	// one may be empty.
	MethodQuantile Method = "quantile"
	// MethodQuantileR is what the R package rfm 0.3.0 does: the type-7 quantile
	// plus one, where a value equal to that belongs above. For whole numbers
	// below whole cuts it is MethodQuantile; elsewhere it lifts values into the
	// wrong score. It is here to compare with.
	MethodQuantileR Method = "quantile-r"
	// MethodMean makes two scores, split at the arithmetic mean.
	MethodMean Method = "mean"
	// MethodMedian makes two scores, split at the middle value.
	MethodMedian Method = "median"
	// MethodTop makes two scores: the best customers by Share or Count, with all
	// who equal the last of them, and the rest.
	MethodTop Method = "top"
	// MethodFixed cuts where At says, whatever the population.
	MethodFixed Method = "fixed"
)

// Side is a side of a cut.
type Side string

// A value equal to a cut belongs Below it or Above it.
const (
	Below Side = "below"
	Above Side = "above"
)

// MaxScores bounds the number of scores of one metric: a hundred are
// percentiles, and more are no grades any more.
const MaxScores = 100

// Quantiles cuts each metric into n scores by type-7 quantiles with ties
// together: the default of this package. n is from 2 to [MaxScores].
func Quantiles(n int) Binning { return each(Scale{Method: MethodQuantile, Scores: n}) }

// RCompatible cuts as the R package rfm 0.3.0 does, its slips included; see
// [MethodQuantileR].
func RCompatible(n int) Binning { return each(Scale{Method: MethodQuantileR, Scores: n}) }

// Means splits each metric in two at its mean, the usual way to octants. One
// whale can move a mean far; [Medians] stay.
func Means() Binning { return each(Scale{Method: MethodMean}) }

// Medians splits each metric in two at its median.
func Medians() Binning { return each(Scale{Method: MethodMedian}) }

// TopShares splits each metric in two: the best share of the customers, such
// as 0.2, and the rest.
func TopShares(share decimal.Decimal) Binning { return each(Scale{Method: MethodTop, Share: share}) }

// FixedAt returns a Scale with the given cuts, ascending. A value equal to a
// cut gets the better score: 30 days are "within 30 days", and 2 orders reach
// the cut of 2. Set Equal where your rule differs.
func FixedAt(cuts ...decimal.Decimal) Scale { return Scale{Method: MethodFixed, At: cuts} }

// Nested cuts by quantiles into r scores of recency, each of these into f
// scores of frequency, and each of those into m of monetary value.
func Nested(r, f, m int) Binning {
	return Binning{
		Recency:   Scale{Method: MethodQuantile, Scores: r},
		Frequency: Scale{Method: MethodQuantile, Scores: f},
		Monetary:  Scale{Method: MethodQuantile, Scores: m},
		Nested:    true,
	}
}

func each(s Scale) Binning { return Binning{Recency: s, Frequency: s, Monetary: s} }

// MarshalJSON writes decimals as texts, whatever the variables of package
// decimal say.
func (s Scale) MarshalJSON() ([]byte, error) {
	out := struct {
		Method  Method   `json:"method"`
		Scores  int      `json:"scores,omitzero"`
		At      []string `json:"at,omitempty"`
		Share   string   `json:"share,omitzero"`
		Count   int      `json:"count,omitzero"`
		Equal   Side     `json:"equal,omitzero"`
		Reserve string   `json:"reserve,omitzero"`
	}{s.Method, s.Scores, texts(s.At), "", s.Count, s.Equal, ""}
	if !s.Share.IsZero() {
		out.Share = exact.Text(s.Share)
	}
	if s.Reserve.Valid {
		out.Reserve = exact.Text(s.Reserve.Decimal)
	}
	return json.Marshal(out)
}

// Validate returns all faults of b as [regulars.Faults].
func (b Binning) Validate() error {
	var faults regulars.Faults
	faults.Under("recency", b.Recency.faults())
	faults.Under("frequency", b.Frequency.faults())
	faults.Under("monetary", b.Monetary.faults())
	if cells := b.Recency.scores() * b.Frequency.scores() * b.Monetary.scores(); b.Nested && len(faults) == 0 && cells > maxCells {
		faults.Add("nested", "%d cells: want at most %d", cells, maxCells)
	}
	return faults.Err()
}

// maxCells is what a model's JSON has room for; SPSS has 9 x 9 x 9 at most.
const maxCells = 10_000

// scores returns how many scores a valid s makes.
func (s Scale) scores() int {
	switch s.Method {
	case MethodQuantile, MethodQuantileR:
		return s.Scores
	case MethodFixed:
		return len(s.At) + 1
	}
	return 2
}

func (s Scale) faults() (f regulars.Faults) {
	quantile := s.Method == MethodQuantile || s.Method == MethodQuantileR
	switch s.Method {
	case MethodQuantile, MethodQuantileR:
		if s.Scores < 2 || s.Scores > MaxScores {
			f.Add("scores", "%d: want 2 to %d", s.Scores, MaxScores)
		}
		if s.Reserve.Valid && s.Scores < 3 {
			f.Add("reserve", "needs 3 scores or more: one for the reserve and two for the rest")
		}
	case MethodFixed:
		f = append(f, s.atFaults()...)
	case MethodTop:
		if err := exact.Check(s.Share); err != nil {
			f.Add("share", "%v", err) // without the value: its text may be a billion digits
			break
		}
		share := s.Share.Exponent() >= -maxSharePlaces && s.Share.Sign() > 0 && s.Share.LessThan(decimal.NewFromInt(1))
		if s.Count < 0 || s.Count > 0 == !s.Share.IsZero() || s.Count == 0 && !share {
			f.Add("share", "share %v and count %d: want one of them, the share above 0 and below 1 with at most %d places", s.Share, s.Count, maxSharePlaces)
		}
	case MethodMean, MethodMedian:
	default:
		f.Add("method", "%q: want one of quantile, quantile-r, mean, median, top, fixed", s.Method)
		return f
	}
	if !quantile && s.Scores != 0 {
		f.Add("scores", "belongs to the quantile methods, not to %q", s.Method)
	}
	if s.Method != MethodFixed && len(s.At) > 0 {
		f.Add("at", `belongs to the method "fixed", not to %q`, s.Method)
	}
	if s.Method != MethodTop && (s.Count != 0 || !s.Share.IsZero()) {
		f.Add("share", `share and count belong to the method "top", not to %q`, s.Method)
	}
	if s.Method != MethodQuantile && s.Reserve.Valid {
		f.Add("reserve", `belongs to the method "quantile", not to %q`, s.Method)
	}
	if s.Reserve.Valid {
		if err := exact.CheckSum(s.Reserve.Decimal); err != nil {
			f.Add("reserve", "%v", err)
		}
	}
	if s.Equal != "" && s.Equal != Below && s.Equal != Above {
		f.Add("equal", `%q: want "below", "above" or nothing`, s.Equal)
	}
	return f
}

// maxSharePlaces keeps the product of a share and a number of customers exact
// in 64 bits.
const maxSharePlaces = 6

func (s Scale) atFaults() (f regulars.Faults) {
	if len(s.At) == 0 || len(s.At) >= MaxScores {
		f.Add("at", "%d cuts: want 1 to %d", len(s.At), MaxScores-1)
		return f
	}
	for i, problem := range cutFaults(s.At) {
		if problem != "" {
			f.Add(fmt.Sprintf("at[%d]", i), "%s", problem)
		}
	}
	return f
}
