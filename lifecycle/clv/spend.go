package clv

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// GammaGamma is a population by how much its customers spend at a purchase:
// amounts of one customer are Gamma(p, ν), and ν differs between customers as
// Gamma(q, v) does (Fader, Hardie, Lee 2005, Journal of Marketing Research
// 42:415; Fader and Hardie 2013, note 025). It takes for granted that what a
// customer spends has nothing to do with how often: see [SpendFit].
type GammaGamma struct {
	P float64 `json:"p"`
	Q float64 `json:"q"`
	V float64 `json:"v"` // in money
}

// MinSpend and MaxSpend bound a Row.Spend that is not 0. Between them no
// product in the model can overflow.
const (
	MinSpend = 1e-15
	MaxSpend = 1e15
)

// ErrMean is the error for a mean that does not exist: with q at most 1 the
// mean of the population is infinite, and so is what is expected of a customer
// of whom too little is known.
var ErrMean = errors.New("clv: mean spend undefined")

// Validate reports an error if a parameter is not from 1e-30 to 1e30.
func (g GammaGamma) Validate() error {
	for i, p := range []float64{g.P, g.Q, g.V} {
		if !(p >= minParam && p <= maxParam) {
			return fmt.Errorf("%w: parameter %s is %v: want %v to %v", ErrModel, spendParams[i], p, minParam, maxParam)
		}
	}
	return nil
}

// Mean returns the mean amount of a purchase over all customers: p·v/(q-1). It
// returns [ErrMean] if q is at most 1.
func (g GammaGamma) Mean() (float64, error) { return g.mean(0, 0) }

// Expected returns what the customer is expected to spend at a purchase to
// come: between what they spent on average and what all customers do, nearer
// to the former the more purchases there were. A row without repeats or
// without Spend gives [GammaGamma.Mean].
func (g GammaGamma) Expected(r Row) (float64, error) {
	if p := r.problem(); p != "" {
		return 0, &RowError{0, r, p}
	}
	if r.Repeats == 0 || r.Spend == 0 {
		return g.mean(0, 0)
	}
	return g.mean(float64(r.Repeats), r.Spend)
}

func (g GammaGamma) mean(x, spend float64) (float64, error) {
	if err := g.Validate(); err != nil {
		return 0, err
	}
	shape := float64(g.P*x) + g.Q - 1
	if x == 0 {
		shape = g.Q - 1
	}
	if !(shape > 0) {
		return 0, fmt.Errorf("%w: q is %v", ErrMean, g.Q)
	}
	return g.P * ((g.V + float64(x*spend)) / shape), nil
}

// SpendFit is a Gamma-Gamma model with the evidence for it.
type SpendFit struct {
	GammaGamma
	Estimation
	// SetAside is how many customers were left out: those without a repeat
	// purchase, or without an amount.
	SetAside int64 `json:"setAside"`
	// Correlation is that of repeats and spend over the customers fitted; nil if
	// either does not vary. The model takes it to be 0: from 0.3 up or down,
	// say, its values are biased. It is 0.114 in the CDNOW sample.
	Correlation *float64 `json:"correlation"`
}

var spendParams = []string{"p", "q", "v"}

// ErrNoSpend is the error for rows of which none has a repeat and a spend.
var ErrNoSpend = errors.New("clv: no customer with a repeat purchase and an amount")

// FitGammaGamma fits a [GammaGamma] model to the rows that have repeats and a
// Spend. Errors and the meaning of the verdict are as in [FitBGNBD]; it
// returns [ErrNoSpend] if there is no row to fit.
func FitGammaGamma(rows []Row) (*SpendFit, error) { return Fitter{}.GammaGamma(rows) }

// GammaGamma fits a [GammaGamma] model; see [FitGammaGamma]. It is fast enough
// to leave f.Workers unused.
func (f Fitter) GammaGamma(rows []Row) (*SpendFit, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	if _, err := checkRows(rows); err != nil {
		return nil, err
	}
	s, setAside := groupSpend(rows)
	if len(s.groups) == 0 {
		return nil, ErrNoSpend
	}
	p := problem{
		names:     spendParams,
		box:       box{centre: vector{log(2), log(2), log(s.median())}, n: 3, reach: reach},
		customers: s.customers,
		groups:    len(s.groups),
		logLik:    s.logLik,
		starts:    spendStarts,
		priorSD:   f.PriorSD,
	}
	e, params := p.solve()
	return &SpendFit{GammaGamma{params[0], params[1], params[2]}, e, setAside, s.correlation()}, nil
}

// spendHistory is a population as the likelihood of spend sees it.
type spendHistory struct {
	groups    []spendGroup // sorted by repeats and spend
	customers float64
}

// spendGroup is all customers with the same repeats and spend.
type spendGroup struct {
	repeats, spend float64
	customers      float64
}

func groupSpend(rows []Row) (s spendHistory, setAside int64) {
	for _, r := range rows {
		if r.Repeats == 0 || r.Spend == 0 {
			setAside += int64(r.weight())
			continue
		}
		s.groups = append(s.groups, spendGroup{float64(r.Repeats), r.Spend, r.weight()})
		s.customers += r.weight()
	}
	slices.SortFunc(s.groups, compareSpend)
	kept := s.groups[:0]
	for _, g := range s.groups {
		if n := len(kept); n > 0 && compareSpend(kept[n-1], g) == 0 {
			kept[n-1].customers += g.customers
			continue
		}
		kept = append(kept, g)
	}
	s.groups = kept
	return s, setAside
}

func compareSpend(a, b spendGroup) int {
	if a.repeats != b.repeats {
		return cmp.Compare(a.repeats, b.repeats)
	}
	return cmp.Compare(a.spend, b.spend)
}

// logLik returns the log-likelihood and its derivatives. With u = p·x and m
// the mean spend, that of a customer is
//
//	-ln B(u, q) - ln m - u·ln(1 + v/(x·m)) - q·ln(1 + x·m/v),
//
// which is the density of the mean; it is the published one with its
// cancelling terms taken together.
func (s *spendHistory) logLik(params vector) (ll float64, grad vector) {
	p, q, v := params[0], params[1], params[2]
	var x, u, beta, riseU, riseQ float64
	for _, g := range s.groups {
		if g.repeats != x {
			x = g.repeats
			u = float64(p * x)
			beta, riseU, riseQ = logBeta(u, q), digammaRise(u, q), digammaRise(q, u)
		}
		sum := float64(x * g.spend)
		perSum, perV := log1p(v/sum), log1p(sum/v)
		one := -beta - log(g.spend) - float64(u*perSum) - float64(q*perV)
		ll += float64(g.customers * one)
		grad[0] += float64(g.customers * float64(x*(riseU-perSum)))
		grad[1] += float64(g.customers * (riseQ - perV))
		grad[2] += float64(g.customers * ((float64(q*(sum/v)) - u) / (sum + v)))
	}
	return ll, grad
}

// median returns a middle spend, to start from.
func (s *spendHistory) median() float64 {
	spends := make([]float64, len(s.groups))
	for i, g := range s.groups {
		spends[i] = g.spend
	}
	slices.Sort(spends)
	return spends[len(spends)/2]
}

// correlation returns Pearson's r of repeats and spend.
func (s *spendHistory) correlation() *float64 {
	n := len(s.groups)
	repeats, spend, customers := make([]float64, n), make([]float64, n), make([]float64, n)
	for i, g := range s.groups {
		repeats[i], spend[i], customers[i] = g.repeats, g.spend, g.customers
	}
	return correlation(repeats, spend, customers)
}
