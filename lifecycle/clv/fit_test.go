package clv

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// smallPopulation draws a population that the model made, as rapid's shrinking
// can't follow one event by event.
func smallPopulation(t *rapid.T, m Model) []Row {
	n := rapid.IntRange(1, 80).Draw(t, "customers")
	return simulate(m, n, 10, 60, rapid.Uint64().Draw(t, "seed"))
}

func anyFamily(t *rapid.T) Model { return rapid.SampledFrom(cdnowModels).Draw(t, "model") }

// Property: the order of rows, how they are grouped and how many goroutines
// share the work make no difference to the last bit.
func TestFitKnowsNoOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := anyFamily(t)
		rows := smallPopulation(t, m)
		want, err := Fitter{}.Fit(m.Family, rows)
		if err != nil {
			t.Fatal(err)
		}
		shuffled := append([]Row(nil), rows...)
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "shuffle"), 0))
		rng.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		var grouped []Row
		for _, g := range groupRows(shuffled) {
			grouped = append(grouped, Row{Repeats: g.repeats, Recency: g.recency, Age: g.age, Unit: Week, Count: int(g.customers)})
		}
		for name, again := range map[string][]Row{"shuffled": shuffled, "grouped": grouped} {
			got, err := Fitter{Workers: 3}.Fit(m.Family, again)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%s (-want +got):\n%s", name, diff)
			}
		}
	})
}

// Workers share shards of a thousand groups; this population has several.
func TestWorkersMakeNoDifference(t *testing.T) {
	rows := simulate(cdnowModels[2], 40_000, 100, 365, 7)
	if n := len(groupRows(rows)); n < 3*shard {
		t.Fatalf("%d groups are too few for this test", n)
	}
	want, err := FitBGNBD(rows)
	if err != nil {
		t.Fatal(err)
	}
	for _, workers := range []int{2, 3, 50} {
		got, err := Fitter{Workers: workers}.Fit(BGNBD, rows)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d workers (-want +got):\n%s", workers, diff)
		}
	}
}

// Property: every population has a fit with finite figures, and no
// neighbouring model is better.
func TestFitIsFiniteAndBest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		family := anyFamily(t).Family
		rows := rapid.SliceOfN(rapid.Custom(anyRow), 1, 30).Draw(t, "rows")
		fit, err := Fitter{}.Fit(family, rows)
		if err != nil {
			t.Fatal(err)
		}
		if err := fit.Validate(); err != nil {
			t.Fatal(err)
		}
		figures := []float64{fit.LogLikelihood, fit.Verdict.Condition}
		known := 0
		for _, e := range fit.Estimates {
			figures = append(figures, e.Value, e.SE, e.Low, e.High)
			if e.Known {
				known++
			}
		}
		if len(fit.Covariance) != known || (fit.Verdict.Kind == Interior) != (known == 4) {
			t.Fatalf("%d known, %d covariances, verdict %v", known, len(fit.Covariance), fit.Verdict)
		}
		for _, f := range figures {
			if math.IsNaN(f) || math.IsInf(f, 0) {
				t.Fatalf("%+v", fit)
			}
		}
		centre := newHistory(family, Week, groupRows(rows), 1).start()
		for i := range fit.Params {
			for _, factor := range []float64{0.9, 1.1} {
				other := fit.Model
				other.Params[i] *= factor
				if math.Abs(math.Log(other.Params[i])-centre[i]) > reach {
					continue // outside of the box it may be better still
				}
				if ll := first(other.LogLikelihoodOf(rows)); ll > fit.LogLikelihood+1e-3 {
					t.Fatalf("%v has %v, %v has %v", fit.Model, fit.LogLikelihood, other, ll)
				}
			}
		}
	})
}

// Property: all customers m times over give the same parameters and m times
// the log-likelihood.
func TestFitOfRepeatedRows(t *testing.T) {
	for _, m := range cdnowModels {
		rows := simulate(m, 500, 10, 60, 3)
		once, err := Fitter{}.Fit(m.Family, rows)
		if err != nil {
			t.Fatal(err)
		}
		for i := range rows {
			rows[i].Count = 3
		}
		thrice, err := Fitter{}.Fit(m.Family, rows)
		if err != nil {
			t.Fatal(err)
		}
		if !near(thrice.LogLikelihood, 3*once.LogLikelihood, 1e-12) || thrice.Customers != 1500 {
			t.Errorf("%v: log-likelihood %v of %d, once %v", m.Family, thrice.LogLikelihood, thrice.Customers, once.LogLikelihood)
		}
		for i, e := range thrice.Estimates {
			if !near(e.Value, once.Params[i], 1e-7) || !near(e.SE*math.Sqrt(3), once.Estimates[i].SE, 1e-6) {
				t.Errorf("%v: %+v, once %+v", m.Family, e, once.Estimates[i])
			}
		}
	}
}

func TestGroups(t *testing.T) {
	rows := []Row{
		{Repeats: 1, Recency: 2, Age: 5, Unit: Week, Count: 3},
		{Age: 5, Unit: Week},
		{Repeats: 1, Recency: 2, Age: 5, Unit: Week, Count: 2},
		{Repeats: 1, Recency: 1, Age: 5, Unit: Week},
		{Repeats: 1, Recency: 1, Age: 4, Unit: Week},
		{Age: 5, Unit: Week},
	}
	want := []group{{1, 1, 4, 1}, {0, 0, 5, 2}, {1, 1, 5, 1}, {1, 2, 5, 5}}
	if diff := cmp.Diff(want, groupRows(rows), cmp.AllowUnexported(group{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Property: weeks and days give the same model.
func TestFitInDays(t *testing.T) {
	for _, m := range cdnowModels {
		rows := simulate(m, 500, 10, 60, 4)
		weeks, err := Fitter{}.Fit(m.Family, rows)
		if err != nil {
			t.Fatal(err)
		}
		repeats := 0
		for i := range rows {
			rows[i].Unit = Day
			rows[i].Recency *= 7
			rows[i].Age *= 7
			repeats += rows[i].Repeats
		}
		days, err := Fitter{}.Fit(m.Family, rows)
		if err != nil {
			t.Fatal(err)
		}
		// A density of times: per day it is a seventh of that per week.
		if want := weeks.LogLikelihood - float64(repeats)*math.Log(7); !near(days.LogLikelihood, want, 1e-10) {
			t.Errorf("%v: log-likelihood %v, want %v", m.Family, days.LogLikelihood, want)
		}
		for i := range weeks.Params {
			want := weeks.Params[i]
			if i == 1 || i == 3 && m.Family == ParetoNBD {
				want *= 7
			}
			if !near(days.Params[i], want, 1e-6) {
				t.Errorf("%v: parameter %d is %v, want %v", m.Family, i, days.Params[i], want)
			}
		}
	}
}

// The parameters that made a population are found again, within 4 standard
// errors. Recencies are rounded to days, which is little beside that.
func TestFitRecoversTheTruth(t *testing.T) {
	truths := []Model{
		{BGNBD, Day, [4]float64{0.8, 30, 0.9, 3}},
		{MBGNBD, Day, [4]float64{0.8, 30, 0.9, 3}},
		{ParetoNBD, Day, [4]float64{0.8, 30, 0.7, 90}},
	}
	for seed, truth := range truths {
		t.Run(truth.Family.String(), func(t *testing.T) {
			fit, err := Fitter{}.Fit(truth.Family, simulate(truth, 8000, 200, 400, uint64(seed)))
			if err != nil {
				t.Fatal(err)
			}
			if fit.Verdict.Kind != Interior {
				t.Fatalf("verdict %v", fit.Verdict)
			}
			for i, e := range fit.Estimates {
				// Rounding up makes times longer by half a day or so.
				if off := math.Abs(e.Value - truth.Params[i]); off > 4*e.SE {
					t.Errorf("%s is %v ± %v, in truth %v", e.Name, e.Value, e.SE, truth.Params[i])
				}
			}
		})
	}
}

// Property: the analytic gradient is that of the log-likelihood.
func TestGradient(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, r := anyModel(t), anyRow(t)
		h := newHistory(m.Family, Week, groupRows([]Row{r}), 1)
		_, grad := h.logLik(m.Params)
		for i := range m.Params {
			const step = 1e-5
			up, down := m.Params, m.Params
			up[i] *= 1 + step
			down[i] *= 1 - step
			above, _ := h.logLik(up)
			below, _ := h.logLik(down)
			got, want := grad[i]*m.Params[i], (above-below)/(2*step)
			if math.Abs(got-want) > 1e-5*(1+math.Abs(want)+math.Abs(above)*1e-4) {
				t.Fatalf("%v %+v: derivative by %s is %v, want %v", m, r, m.Family.Parameters()[i], got, want)
			}
		}
	})
}

// BG/NBD, which has the negative binomial model at its edge, fits no worse. The
// NBD's parameters and its -9763.7 on CDNOW are those that Fader, Hardie and
// Lee 2005 compare with.
func TestBetterThanNBD(t *testing.T) {
	rows := cdnowRows(t)
	fit, err := FitBGNBD(rows)
	if err != nil {
		t.Fatal(err)
	}
	nbd := Model{BGNBD, Week, [4]float64{0.385, 12.07, 1e-9, 1}}
	if ll := first(nbd.LogLikelihoodOf(rows)); math.Abs(ll-(-9763.66)) > 0.05 || ll > fit.LogLikelihood {
		t.Errorf("NBD has %v, BG/NBD %v", ll, fit.LogLikelihood)
	}
}

// A prior hardly moves the fit of a large population, and holds that of three
// customers, whose likelihood has its best at infinity.
func TestPrior(t *testing.T) {
	rows := cdnowRows(t)
	plain, err := FitBGNBD(rows)
	if err != nil {
		t.Fatal(err)
	}
	held, err := Fitter{PriorSD: 3}.Fit(BGNBD, rows)
	if err != nil {
		t.Fatal(err)
	}
	for i := range plain.Params {
		if !near(held.Params[i], plain.Params[i], 0.02) || held.Params[i] == plain.Params[i] {
			t.Errorf("parameter %d is %v with the prior, %v without", i, held.Params[i], plain.Params[i])
		}
	}
	if held.LogLikelihood > plain.LogLikelihood || held.LogLikelihood < plain.LogLikelihood-0.01 {
		t.Errorf("log-likelihood %v with the prior, %v without", held.LogLikelihood, plain.LogLikelihood)
	}
	three := []Row{{Age: 30, Unit: Day}, {Repeats: 1, Recency: 5, Age: 40, Unit: Day}, {Repeats: 4, Recency: 60, Age: 80, Unit: Day}}
	few, err := Fitter{PriorSD: 1}.Fit(BGNBD, three)
	if err != nil {
		t.Fatal(err)
	}
	if few.Verdict.Kind != Interior || few.Starts != 1+len(geometricStarts) {
		t.Errorf("three customers with a prior: %v after %d starts", few.Verdict, few.Starts)
	}
}

func TestBadRows(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	good := Row{Repeats: 2, Recency: 5, Age: 10, Unit: Week, Spend: 10}
	tests := []struct {
		name string
		edit func(*Row)
		unit bool // an ErrUnit, rather than a RowError
	}{
		{"negative repeats", func(r *Row) { r.Repeats = -1 }, false},
		{"too many repeats", func(r *Row) { r.Repeats = MaxRepeats + 1 }, false},
		{"recency beyond age", func(r *Row) { r.Recency = math.Nextafter(10, 11) }, false},
		{"recency without repeat", func(r *Row) { r.Repeats = 0 }, false},
		{"repeat without recency", func(r *Row) { r.Recency = 0 }, false},
		{"negative recency", func(r *Row) { r.Recency = -1 }, false},
		{"negative age", func(r *Row) { *r = Row{Age: -1, Unit: Week} }, false},
		{"age NaN", func(r *Row) { r.Age = nan }, false},
		{"recency NaN", func(r *Row) { r.Recency = nan }, false},
		{"age infinite", func(r *Row) { r.Age = inf }, false},
		{"age too long", func(r *Row) { r.Age = 1.1e9 }, false},
		{"spend NaN", func(r *Row) { r.Spend = nan }, false},
		{"spend negative", func(r *Row) { r.Spend = -1 }, false},
		{"spend infinite", func(r *Row) { r.Spend = inf }, false},
		{"count negative", func(r *Row) { r.Count = -1 }, false},
		{"no unit", func(r *Row) { r.Unit = 0 }, true},
		{"mixed units", func(r *Row) { r.Unit = Day }, true},
		{"unknown unit", func(r *Row) { r.Unit = 9 }, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bad := good
			tt.edit(&bad)
			rows := []Row{good, good, bad}
			_, err1 := FitBGNBD(rows)
			_, err2 := FitGammaGamma(rows)
			_, err3 := cdnowModels[0].LogLikelihoodOf(rows)
			_, err4 := cdnowModels[0].Predict(rows, 1)
			_, err5 := NewPopulation(cdnowModels[0], rows)
			_, err6 := cdnowModels[0].Cumulative(rows, 1)
			for i, err := range []error{err1, err2, err3, err4, err5, err6} {
				bad, isRow := errors.AsType[*RowError](err)
				switch {
				case tt.unit && !errors.Is(err, ErrUnit), !tt.unit && !isRow:
					t.Errorf("verb %d: error %v", i, err)
				case isRow && bad.Index != 2:
					t.Errorf("verb %d: error %v, want row 2", i, err)
				}
			}
			if _, err := cdnowModels[0].Alive(bad); err == nil {
				t.Error("P(alive) without an error")
			}
		})
	}
}

// What sits on a boundary is still a customer.
func TestRowsOnTheBoundary(t *testing.T) {
	for _, r := range []Row{
		{Unit: Week},
		{Age: MaxTime, Unit: Week},
		{Repeats: 1, Recency: 5e-324, Age: 1, Unit: Week},
		{Repeats: 1, Recency: MaxTime, Age: MaxTime, Unit: Week},
		{Repeats: MaxRepeats, Recency: 1, Age: 1, Unit: Week, Count: MaxCount},
	} {
		for _, m := range cdnowModels {
			if p := first(m.Alive(r)); !(p >= 0 && p <= 1) {
				t.Errorf("%v %+v: P(alive) %v", m.Family, r, p)
			}
			if e := first(m.Expected(r, 1)); !(e >= 0 && e < 1e7) {
				t.Errorf("%v %+v: %v purchases", m.Family, r, e)
			}
			fit, err := Fitter{}.Fit(m.Family, []Row{r})
			if err != nil || math.IsNaN(fit.LogLikelihood) || fit.Verdict.Kind == Interior {
				t.Errorf("%v %+v: fit %+v, error %v", m.Family, r, fit, err)
			}
		}
	}
}

func TestBadArguments(t *testing.T) {
	m, r := cdnowModels[0], Row{Repeats: 2, Recency: 5, Age: 10, Unit: Week}
	nan := math.NaN()
	with := func(edit func(*Model)) Model {
		edited := m
		edit(&edited)
		return edited
	}
	value := func(_ float64, err error) error { return err }
	fails := func(_ *Fit, err error) error { return err }
	tests := []struct {
		name string
		err  error
		want error
	}{
		{"no rows", fails(FitBGNBD(nil)), ErrEmpty},
		{"no rows to sum", value(m.LogLikelihoodOf(nil)), ErrEmpty},
		{"no rows to expect", value(m.Cumulative(nil, 1)), ErrEmpty},
		{"no family", fails(Fitter{}.Fit(0, []Row{r})), ErrModel},
		{"zero model", value(Model{}.Alive(r)), ErrModel},
		{"unknown family", value(with(func(m *Model) { m.Family = 9 }).Alive(r)), ErrModel},
		{"model without unit", value(with(func(m *Model) { m.Unit = 0 }).Alive(r)), ErrUnit},
		{"parameter zero", value(with(func(m *Model) { m.Params[2] = 0 }).Alive(r)), ErrModel},
		{"parameter NaN", value(with(func(m *Model) { m.Params[2] = nan }).Alive(r)), ErrModel},
		{"parameter infinite", value(with(func(m *Model) { m.Params[0] = math.Inf(1) }).Alive(r)), ErrModel},
		{"time negative", value(m.Expected(r, -1)), ErrHorizon},
		{"time NaN", value(m.NoPurchase(r, nan)), ErrHorizon},
		{"time infinite", value(m.AliveIn(r, math.Inf(1))), ErrHorizon},
		{"time NaN, cumulative", value(m.Cumulative([]Row{r}, nan)), ErrHorizon},
		{"time beyond the work limit", value(m.ExpectedNew(MaxTime)), ErrHorizon},
		{"probability of -1", value(m.Probability(-1, 1)), ErrHorizon},
		{"probability in no time", value(m.Probability(1, nan)), ErrHorizon},
		{"rate negative", value(m.Residual(r, Annual(-0.1))), ErrRate},
		{"rate NaN", value(m.Residual(r, Annual(nan))), ErrRate},
		{"rate infinite", value(m.Residual(r, Annual(math.Inf(1)))), ErrRate},
		{"rate per nothing", value(m.Residual(r, Rate{Of: 0.1})), ErrRate},
		{"rate of nothing for ever", value(m.Residual(r, Rate{})), ErrRate},
		{"rate into no unit", value(Annual(0.1).In(0)), ErrUnit},
		{"rate too low for ever", value(m.Residual(r, Annual(1e-9))), ErrHorizon},
		{"mean of q 1", value(GammaGamma{6, 1, 15}.Mean()), ErrMean},
		{"parameter of spend", value(GammaGamma{6, nan, 15}.Mean()), ErrModel},
	}
	for _, tt := range tests {
		if !errors.Is(tt.err, tt.want) {
			t.Errorf("%s: error %v, want %v", tt.name, tt.err, tt.want)
		}
	}
	if err := fails(Fitter{Workers: -1}.Fit(BGNBD, []Row{r})); err == nil {
		t.Error("-1 workers without an error")
	}
	if err := fails(Fitter{PriorSD: nan}.Fit(BGNBD, []Row{r})); err == nil {
		t.Error("a prior NaN without an error")
	}
	if err := value(Valuation{Model: m, Spend: GammaGamma{6, 4, 15}, Margin: 1.5}.ToCome(r, 1)); err == nil {
		t.Error("a margin of 1.5 without an error")
	}
}

// Purchases within minutes, seen for years: the likelihood rises beyond the
// box, where alpha is a millionth of the longest age. That is not a peak.
func TestFitAtAFace(t *testing.T) {
	rows := []Row{{Repeats: 7, Recency: 0.0053091441962090724, Age: 2.718281828459045, Unit: Week}, {Age: 500, Unit: Week}}
	fit, err := FitBGNBD(rows)
	if err != nil {
		t.Fatal(err)
	}
	if want := (Limit{Parameter: "alpha"}); !slices.Contains(fit.Verdict.Limits, want) || fit.Estimates[1].Known {
		t.Errorf("verdict %v, %+v; want %v among its limits", fit.Verdict, fit.Estimates[1], want)
	}
}

// A population too large to climb from every start is no worse for it: nobody
// leaves here, so that the NBD's likelihood is the best there is.
func TestLargeDegenerateFit(t *testing.T) {
	truth := Model{BGNBD, Day, [4]float64{0.7, 40, 1e-12, 1}}
	rows := simulate(truth, 30_000, 15, 364, 5)
	if n := len(groupRows(rows)); n < 5*sample {
		t.Fatalf("%d groups are too few for this test", n)
	}
	fit, err := FitMBGNBD(rows)
	if err != nil {
		t.Fatal(err)
	}
	if want := "boundary: a → 0, b → ∞"; fit.Verdict.String() != want || fit.Starts != 1+len(geometricStarts) {
		t.Errorf("verdict %q after %d starts, want %q (%v)", fit.Verdict, fit.Starts, want, fit.Model)
	}
	for i, e := range fit.Estimates[:2] {
		if !e.Known || math.Abs(e.Value-truth.Params[i]) > 4*e.SE {
			t.Errorf("%+v, in truth %v", e, truth.Params[i])
		}
	}
	if ll := first(truth.LogLikelihoodOf(rows)); fit.LogLikelihood < ll-0.5 {
		t.Errorf("log-likelihood %v, in truth %v", fit.LogLikelihood, ll)
	}
}
