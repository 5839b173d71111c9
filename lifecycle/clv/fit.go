package clv

import "fmt"

// Fit is a model with the evidence for it.
type Fit struct {
	Model
	Estimation
}

// FitBGNBD fits a [BGNBD] model to rows by maximum likelihood. All rows must
// be in one unit. The order of rows and their grouping by [Row.Count] make no
// difference to the answer. For goroutines or a prior see [Fitter].
//
// Every population has an answer: where the likelihood has no maximum inside,
// [Fit.Verdict] says which parameters run away or can't be told, and the
// parameters are finite ones whose likelihood is as good as any.
// Errors are [ErrEmpty], [ErrUnit] and [*RowError].
func FitBGNBD(rows []Row) (*Fit, error) { return Fitter{}.Fit(BGNBD, rows) }

// FitMBGNBD fits an [MBGNBD] model; see [FitBGNBD].
func FitMBGNBD(rows []Row) (*Fit, error) { return Fitter{}.Fit(MBGNBD, rows) }

// FitParetoNBD fits a [ParetoNBD] model; see [FitBGNBD].
func FitParetoNBD(rows []Row) (*Fit, error) { return Fitter{}.Fit(ParetoNBD, rows) }

// Fitter says how to fit. The zero value fits as [FitBGNBD] does.
type Fitter struct {
	// Workers is the number of goroutines that share the work; they end with
	// the call. The answer is the same to the last bit for any number.
	// Defaults to 1.
	Workers int
	// PriorSD, if not 0, adds a normal prior on the logarithm of each
	// parameter, with this standard deviation around a start of 1 (of a
	// quarter of the longest age for times). 3 hardly moves a fit of some
	// thousand customers and keeps one of a few from running away. The
	// log-likelihood is reported without the prior. Defaults to no prior.
	PriorSD float64
}

// reach is how far a parameter may go from its start, as a logarithm: up or
// down by a factor of 1.2 million. Beyond it nothing changes but rounding.
const reach = 14

// Fit fits a model of the given family to rows; see [FitBGNBD].
func (f Fitter) Fit(family Family, rows []Row) (*Fit, error) {
	if !family.known() {
		return nil, fmt.Errorf("%w: state BGNBD, MBGNBD or ParetoNBD", ErrModel)
	}
	if err := f.check(); err != nil {
		return nil, err
	}
	unit, err := checkRows(rows)
	if err != nil {
		return nil, err
	}
	groups := groupRows(rows)
	h := newHistory(family, unit, groups, f.Workers)
	p := f.problem(h, h.start())
	if every := len(groups) / sample; every > 1 {
		p.thinned = f.problem(newHistory(family, unit, thin(groups, every), f.Workers), h.start())
	}
	e, params := p.solve()
	return &Fit{Model{family, unit, params}, e}, nil
}

// sample is how many groups are enough to tell one start from another.
const sample = 2000

// thin returns every so-manyth of the groups, which are sorted: a sample of
// all ages and counts.
func thin(groups []group, every int) (sample []group) {
	for i := every / 2; i < len(groups); i += every {
		sample = append(sample, groups[i])
	}
	return sample
}

func (f Fitter) problem(h *history, start vector) *problem {
	p := &problem{
		names:     h.family.Parameters(),
		box:       box{centre: start, n: 4, reach: reach},
		customers: h.customers,
		groups:    len(h.groups),
		logLik:    h.logLik,
		starts:    geometricStarts,
		priorSD:   f.PriorSD,
	}
	if h.family == ParetoNBD {
		p.starts = paretoStarts
	}
	return p
}

func (f Fitter) check() error {
	if f.Workers < 0 {
		return fmt.Errorf("clv: %d workers", f.Workers)
	}
	if f.PriorSD != 0 && !(f.PriorSD > 0 && f.PriorSD <= MaxTime) {
		return fmt.Errorf("clv: prior standard deviation %v is not a positive number", f.PriorSD)
	}
	return nil
}

// history is a population as the likelihood sees it.
type history struct {
	family    Family
	unit      Unit
	groups    []group
	workers   int
	most      int // repeats
	eldest    float64
	customers float64
	tables    tables
}

func newHistory(family Family, unit Unit, groups []group, workers int) *history {
	h := &history{family: family, unit: unit, groups: groups, workers: max(workers, 1)}
	for _, g := range groups {
		h.most = max(h.most, g.repeats)
		h.eldest = max(h.eldest, g.age)
		h.customers += g.customers
	}
	return h
}

// start returns the logarithms of the parameters to start from: 1, and a
// quarter of the longest age for those that are times.
func (h *history) start() (theta vector) {
	quarter := 1.0
	if h.eldest > 0 {
		quarter = h.eldest / 4
	}
	theta[1] = log(quarter)
	if h.family == ParetoNBD {
		theta[3] = theta[1]
	}
	return theta
}

// logLik returns the log-likelihood at the parameters and its derivatives.
func (h *history) logLik(params vector) (float64, vector) {
	m := Model{h.family, h.unit, params}
	s := sumOver(newLikelihood(m, h.most, &h.tables), h.groups, h.workers)
	return s.ll, s.grad
}
