package rfm

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/config"
	"github.com/regulars-go/regulars/internal/exact"
	"github.com/regulars-go/regulars/internal/names"
)

// Quadrant is one of the four kinds of customer by how often they visit and
// how much they spend. It is not an [Octant]: 一般价值 is low in both here, and
// recent and frequent there. The zero value is no quadrant.
type Quadrant uint8

// The quadrants by visits and spend.
const (
	QuadrantImportantValue  Quadrant = 1 + iota // 重要价值: both high
	QuadrantImportantRetain                     // 重要保持: few visits, high spend
	QuadrantPriorityDevelop                     // 重点发展: many visits, low spend
	QuadrantGeneralValue                        // 一般价值: both low
)

// Quadrants lists the quadrants, the most valuable first.
func Quadrants() []Quadrant {
	return []Quadrant{QuadrantImportantValue, QuadrantImportantRetain, QuadrantPriorityDevelop, QuadrantGeneralValue}
}

var quadrantNames = names.Names{
	Package: "rfm", Type: "Quadrant", What: "quadrant",
	List: []string{"", "important value", "important retain", "priority develop", "general value"},
}

var quadrantChinese = [...]string{"", "重要价值", "重要保持", "重点发展", "一般价值"}

// QuadrantFrom returns the quadrant of a customer who visits often or not, and
// whose spend is high or not.
func QuadrantFrom(often, high bool) Quadrant {
	q := QuadrantImportantValue
	if !often {
		q++
	}
	if !high {
		q += 2
	}
	return q
}

// Often reports whether visits are many; false for no quadrant.
func (q Quadrant) Often() bool { return q.valid() && (q-1)&1 == 0 }

// High reports whether spend is high; false for no quadrant.
func (q Quadrant) High() bool { return q.valid() && (q-1)&2 == 0 }

func (q Quadrant) valid() bool { return quadrantNames.Has(uint8(q)) }

// String returns the English name, such as "priority develop"; "" for the zero value.
func (q Quadrant) String() string { return quadrantNames.Of(uint8(q)) }

// Chinese returns the Chinese name, such as "重点发展"; "" for no quadrant.
func (q Quadrant) Chinese() string {
	if !q.valid() {
		return ""
	}
	return quadrantChinese[q]
}

// Label returns q as other packages read it, such as "quadrant=priority develop"; "" for no
// quadrant.
func (q Quadrant) Label() string { return quadrantNames.Label("quadrant", uint8(q)) }

// MarshalText writes q as [Quadrant.String] does; no quadrant is an error.
func (q Quadrant) MarshalText() ([]byte, error) { return quadrantNames.Marshal(uint8(q)) }

// UnmarshalText reads what [Quadrant.MarshalText] writes; any other text is an error,
// and leaves q as it was.
func (q *Quadrant) UnmarshalText(text []byte) error {
	n, err := quadrantNames.Unmarshal(text)
	if err == nil {
		*q = Quadrant(n)
	}
	return err
}

// Visitor is what one person came to over a period that the host chose.
// Somebody who visits and buys nothing is a visitor too.
type Visitor struct {
	// Visits is how often they came, zero or more.
	Visits int
	// Spend is what they paid, less what they got back; it can be negative.
	Spend decimal.Decimal
}

func (v Visitor) check() error {
	if v.Visits < 0 || int64(v.Visits) > math.MaxInt32 {
		return fmt.Errorf("%d visits: want 0 to %d", v.Visits, math.MaxInt32)
	}
	if err := exact.CheckSum(v.Spend); err != nil {
		return fmt.Errorf("spend: %w", err)
	}
	return nil
}

// QuadrantBinning says where visits and spend are split in two, each by a
// [Scale] of its own.
type QuadrantBinning struct {
	Visits Scale `json:"visits"`
	Spend  Scale `json:"spend"`
}

// MeanQuadrants splits visits and spend at their means; a value that equals the
// mean is high. If a few come very often, the mean is far above what is usual:
// then take the method [MethodMedian].
func MeanQuadrants() QuadrantBinning {
	return QuadrantBinning{Visits: Scale{Method: MethodMean}, Spend: Scale{Method: MethodMean}}
}

// Validate returns all faults of b as [regulars.Faults]. A scale must make two
// scores.
func (b QuadrantBinning) Validate() error {
	var f regulars.Faults
	for _, axis := range []struct {
		name string
		Scale
	}{{"visits", b.Visits}, {"spend", b.Spend}} {
		faults := axis.faults()
		if len(faults) == 0 && (axis.Scores > 2 || len(axis.At) > 1) {
			faults.Add("", "makes more than two scores: want one cut")
		}
		f.Under(axis.name, faults)
	}
	return f.Err()
}

// QuadrantModel holds the two cuts that were fitted on a population, and
// places anyone by them. It is stable JSON.
type QuadrantModel struct {
	Binning QuadrantBinning `json:"binning"`
	Visits  Cuts            `json:"visits"`
	Spend   Cuts            `json:"spend"`
	// Visitors is how many the cuts were fitted on.
	Visitors int `json:"visitors"`
}

// ErrNoVisitors is what fitting quadrants returns if there is nobody.
var ErrNoVisitors = errors.New("rfm: no visitor to fit quadrants on")

// FitQuadrants finds where a population is split in four. The answer does not
// depend on the order of the visitors. It is an error if the numbers of one
// make no sense, and [ErrNoVisitors] if there is none.
func FitQuadrants[K regulars.ID](visitors iter.Seq2[K, Visitor], b QuadrantBinning) (QuadrantModel, error) {
	if err := b.Validate(); err != nil {
		return QuadrantModel{}, fmt.Errorf("rfm: quadrants: %w", err)
	}
	var visits []int32
	var spend amounts
	for id, v := range visitors {
		if err := v.check(); err != nil {
			return QuadrantModel{}, fmt.Errorf("rfm: visitor %v: %w", id, err)
		}
		var sum exact.Sum
		sum.Add(v.Spend)
		spend.append(sum)
		visits = append(visits, int32(v.Visits))
	}
	if len(visits) == 0 {
		return QuadrantModel{}, ErrNoVisitors
	}
	return QuadrantModel{
		Binning:  b,
		Visits:   b.Visits.cut(integers[int32]{visits, 0}, Above),
		Spend:    b.Spend.cut(spend.column(), Above),
		Visitors: len(visits),
	}, nil
}

// Quadrant returns the quadrant of anyone, who need not be one of those that
// the cuts were fitted on. It is 0 if their numbers make no sense;
// [QuadrantModel.Explain] says why.
func (m QuadrantModel) Quadrant(v Visitor) Quadrant { return m.Explain(v).Quadrant }

// QuadrantExplanation says why somebody is in a quadrant. In JSON it is a
// report, which leaves out what is empty.
type QuadrantExplanation struct {
	Quadrant Quadrant `json:"quadrant,omitzero"`
	// Unplaced says why there is no quadrant; the rest is then empty.
	Unplaced string `json:"unplaced,omitzero"`
	Visits   Place  `json:"visits,omitzero"`
	Spend    Place  `json:"spend,omitzero"`
}

// Explain places a visitor and says why: score 2 is high.
func (m QuadrantModel) Explain(v Visitor) QuadrantExplanation {
	if err := v.check(); err != nil {
		return QuadrantExplanation{Unplaced: err.Error()}
	}
	e := QuadrantExplanation{
		Visits: m.Visits.place(decimal.NewFromInt(int64(v.Visits)), true),
		Spend:  m.Spend.place(v.Spend, false),
	}
	e.Quadrant = QuadrantFrom(e.Visits.Score == 2, e.Spend.Score == 2)
	return e
}

// String explains the quadrant in a few lines of English.
func (e QuadrantExplanation) String() string {
	if e.Unplaced != "" {
		return "no quadrant: " + e.Unplaced
	}
	return strings.Join([]string{
		e.Quadrant.String() + " " + e.Quadrant.Chinese(),
		"visits " + e.Visits.describe(""),
		"spend " + e.Spend.describe(""),
	}, "\n")
}

// ParseQuadrantModel reads a model from JSON, strictly; what is wrong is
// [regulars.Faults].
func ParseQuadrantModel(data []byte) (QuadrantModel, error) {
	var m QuadrantModel
	if err := config.Decode(data, &m); err != nil {
		return QuadrantModel{}, err
	}
	if err := m.Validate(); err != nil {
		return QuadrantModel{}, err
	}
	return m, nil
}

// Validate returns all faults of m as [regulars.Faults].
func (m QuadrantModel) Validate() error {
	var f regulars.Faults
	if faults, ok := errors.AsType[regulars.Faults](m.Binning.Validate()); ok {
		f.Under("binning", faults)
	}
	for _, axis := range []struct {
		name string
		Cuts
	}{{"visits", m.Visits}, {"spend", m.Spend}} {
		faults := axis.faults()
		if len(axis.At) != 1 {
			faults.Add("at", "%d cuts: want 1", len(axis.At))
		}
		if axis.Best != Above {
			faults.Add("best", `%q: want "above", since more is better`, axis.Best)
		}
		f.Under(axis.name, faults)
	}
	if m.Visitors < 0 {
		f.Add("visitors", "%d: want zero or more", m.Visitors)
	}
	return f.Err()
}
