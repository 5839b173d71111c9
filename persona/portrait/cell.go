package portrait

import (
	"math"

	"github.com/regulars-go/regulars/internal/stats"
)

// Cell is a value in numbers. Shares are of the profiles of which the attribute
// is known.
type Cell struct {
	// Target and Base are how many profiles have the value.
	Target int64 `json:"target"`
	Base   int64 `json:"base"`
	// TargetShare is with Wilson's interval; both shares are nil where the
	// attribute is known of nobody.
	TargetShare *Estimate `json:"targetShare"`
	BaseShare   *float64  `json:"baseShare"`
	// Penetration is the share of those with the value who are in the target,
	// with Wilson's interval.
	Penetration *Estimate `json:"penetration"`
	// TGI (目标群体指数) is 100 times the target's share over the base's: 120 is
	// a fifth more than usual. It is undefined, and nil, for a value that nobody
	// has and where nobody of the target has any.
	//
	// It is also the penetration over that of the whole base, so that it can
	// stand on either: the interval is Wilson's for the one with fewer profiles,
	// which says how much is known, and which ends at the largest TGI there can
	// be.
	TGI *Estimate `json:"tgi"`
	// Shrunk is the TGI drawn towards 100 by as much as is not known: with k of
	// n profiles, where the base leads to expect a share p and the strength is a,
	// ((k+a·p)/(n+a))/p·100. The n are the target or those with the value,
	// whichever are fewer.
	Shrunk *float64 `json:"shrunk"`
	// VersusRest is 100 times the target's share over that of the rest of the
	// base, with the interval of Katz et al., Obtaining Confidence Intervals for
	// the Risk Ratio in Cohort Studies, 1978. A large target pulls its TGI to
	// 100, and this not. It is nil if either count is 0.
	VersusRest *Estimate `json:"versusRest"`
	// LogOdds is the z score of the log odds against the rest, with the base as
	// the prior (Monroe, Colaresi and Quinn, Fightin' Words, 2008).
	LogOdds *float64 `json:"logOdds"`
	// Test is nil if there is nothing to compare.
	Test *Test `json:"test"`
	// Small warns that the TGI stands on fewer than 30 profiles.
	Small bool `json:"small,omitzero"`
}

// Estimate is a number and its interval.
type Estimate struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

func (e Estimate) times(factor float64) *Estimate {
	return &Estimate{e.Value * factor, e.Low * factor, e.High * factor}
}

// Test is whether the share of a value differs between the target and the rest
// of the base, by the two-proportion z test with a pooled variance.
type Test struct {
	Z float64 `json:"z"`
	// P is two-sided, and Q is adjusted for all values of the board, by Benjamini
	// and Hochberg: of what has a Q of at most 0.05 about a twentieth is chance.
	P float64 `json:"p"`
	Q float64 `json:"q"`
}

const smallSample = 30

// scale is what cells of one attribute are measured by.
type scale struct {
	sum      pair // of those who have a value
	z        float64
	strength Strength
}

func (s scale) cell(p pair) Cell {
	c := Cell{Target: p.target, Base: p.base()}
	target, base := stats.Proportion{Hits: p.target, Of: s.sum.target}, stats.Proportion{Hits: p.base(), Of: s.sum.base()}
	rest := stats.Proportion{Hits: p.rest, Of: s.sum.rest}
	c.TargetShare = s.wilson(target)
	c.Penetration = s.wilson(stats.Proportion{Hits: p.target, Of: p.base()})
	if rate, ok := base.Rate(); ok {
		c.BaseShare = &rate
	}
	if ratio, ok := stats.RelativeRisk(target, rest, s.z); ok {
		c.VersusRest = Estimate(ratio).times(100)
	}
	if z, p, ok := stats.ZTest(target, rest); ok {
		c.Test = &Test{Z: z, P: p}
	}
	if side, ok := s.narrow(p); ok {
		c.TGI = s.tgi(target, base, side)
		c.Shrunk = new(side.shrunk(s.strength))
		c.LogOdds = side.logOdds(s.strength)
		c.Small = side.of < smallSample
	}
	return c
}

func (s scale) wilson(p stats.Proportion) *Estimate {
	rate, ok := p.Rate()
	if !ok {
		return nil
	}
	low, high := p.Wilson(s.z)
	return &Estimate{rate, low, high}
}

// narrow is the side of a TGI with fewer profiles: hits of them where the base
// leads to expect the share p. Outside of them there are as many hits and
// profiles as otherHits and others say.
type narrow struct {
	hits, of, otherHits, others int64
	p                           float64
}

// narrow returns the target with those who have the value as hits, or the other
// way round. It is not ok if either is nobody.
func (s scale) narrow(p pair) (side narrow, ok bool) {
	few, many, all := s.sum.target, p.base(), s.sum.base()
	if few > many {
		few, many = many, few
	}
	if few == 0 {
		return narrow{}, false
	}
	return narrow{p.target, few, many - p.target, all - few, float64(many) / float64(all)}, true
}

func (s scale) tgi(target, base stats.Proportion, side narrow) *Estimate {
	share, _ := target.Rate()
	baseShare, _ := base.Rate()
	value := share / baseShare * 100
	low, high := stats.Proportion{Hits: side.hits, Of: side.of}.Wilson(s.z)
	low, high = low/side.p*100, high/side.p*100
	return &Estimate{value, min(low, value), max(high, value)} // rounding may have moved a bound past it
}

// shrunk returns the TGI with a further a profiles that are as the base.
func (n narrow) shrunk(s Strength) float64 {
	if s.Profiles == nil {
		return 100
	}
	a, raw := *s.Profiles, float64(n.hits)/float64(n.of)/n.p*100
	weight := a / (float64(n.of) + a)
	return raw + float64((100-raw)*weight)
}

// logOdds is nil without a prior or where a count is all or nothing beyond it.
func (n narrow) logOdds(s Strength) *float64 {
	if s.Profiles == nil || n.others == 0 {
		return nil
	}
	a := *s.Profiles
	prior := a * n.p
	hits, misses := float64(n.hits)+prior, float64(n.of-n.hits)+(a-prior)
	otherHits, otherMisses := float64(n.otherHits)+prior, float64(n.others-n.otherHits)+(a-prior)
	if !(hits > 0 && misses > 0 && otherHits > 0 && otherMisses > 0) {
		return nil
	}
	z := (math.Log(hits/misses) - math.Log(otherHits/otherMisses)) / math.Sqrt(1/hits+1/otherHits)
	return &z
}
