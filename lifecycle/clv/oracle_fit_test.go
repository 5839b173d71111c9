package clv

import (
	"bufio"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/regulars-go/regulars/internal/testdata"
)

var keyOfFamily = map[Family]string{BGNBD: "bgnbd", MBGNBD: "mbgnbd", ParetoNBD: "paretonbd"}

func cdnowRows(t testing.TB) []Row { return rowsOf(readTable(t, "cdnow_summary.csv"), Week) }

// The reference is a maximum to |gradient| < 3e-8; the published values are
// those of the papers that clv_oracle.json names, to 3 decimals.
func TestFitsOfOracle(t *testing.T) {
	o := readOracle(t)
	rows := cdnowRows(t)
	for family, key := range keyOfFamily {
		t.Run(key, func(t *testing.T) {
			fit, err := Fitter{}.Fit(family, rows)
			if err != nil {
				t.Fatal(err)
			}
			checkEstimation(t, o, key, fit.Estimation)
			if fit.Customers != 2357 || fit.Groups != 1016 || fit.Starts != 1 {
				t.Errorf("%d customers in %d groups from %d starts, want 2357 in 1016 from 1", fit.Customers, fit.Groups, fit.Starts)
			}
		})
	}
	t.Run("gammagamma", func(t *testing.T) {
		fit, err := FitGammaGamma(rows)
		if err != nil {
			t.Fatal(err)
		}
		checkEstimation(t, o, "gammagamma", fit.Estimation)
		if fit.Customers != 946 || fit.SetAside != 2357-946 {
			t.Errorf("%d customers, %d set aside, want 946, 1411", fit.Customers, fit.SetAside)
		}
		// Fader and Hardie, note 025, give 0.11.
		if c := fit.Correlation; c == nil || math.Abs(*c-0.1139) > 5e-5 {
			t.Errorf("correlation %s, want 0.1139", told(c))
		}
	})
}

func checkEstimation(t *testing.T, o oracle, key string, e Estimation) {
	t.Helper()
	reference, published := o.Fits.Reference[key], o.Published[key]
	var params, errors, covariances worst
	for i, p := range e.Estimates {
		params.see(relative(p.Value, reference.Params[p.Name]), p.Name)
		errors.see(relative(p.SE, reference.SE[p.Name]), p.Name)
		tolerance := 0.01
		if p.Name == "r" {
			tolerance = 0.005
		}
		if off := math.Abs(p.Value - published.Params[p.Name]); off > tolerance {
			t.Errorf("%s is %v, published %v", p.Name, p.Value, published.Params[p.Name])
		}
		if !p.Known || !(p.Low < p.Value && p.Value < p.High) {
			t.Errorf("%s has the interval %v to %v, known %t", p.Name, p.Low, p.High, p.Known)
		}
		for j := range e.Estimates {
			off := e.Covariance[i][j] - reference.Cov[i][j]
			covariances.see(math.Abs(off)/(reference.SE[p.Name]*reference.SE[e.Estimates[j].Name]), p.Name)
		}
	}
	params.within(t, "parameters", 1e-6)
	errors.within(t, "standard errors", 1e-4)
	covariances.within(t, "covariances, as correlations", 1e-4)
	if off := math.Abs(e.LogLikelihood - reference.LL); off > 1e-6 {
		t.Errorf("log-likelihood %.8f, want %.8f", e.LogLikelihood, reference.LL)
	}
	if published.LL != 0 && math.Abs(e.LogLikelihood-published.LL) > 0.05 {
		t.Errorf("log-likelihood %.8f, published %v", e.LogLikelihood, published.LL)
	}
	if e.Verdict.Kind != Interior || e.Iterations == 0 || e.Evaluations < e.Iterations {
		t.Errorf("verdict %v after %d iterations, %d evaluations", e.Verdict, e.Iterations, e.Evaluations)
	}
	t.Logf("%d iterations, %d evaluations, condition %.0f", e.Iterations, e.Evaluations, e.Verdict.Condition)
}

// Who bought once tells nothing of leaving; who never leaves (nbd_nodrop_days
// was made so) nothing of how; three customers can't tell a population.
var degenerateVerdicts = map[string]map[Family]string{
	"degenerate/allzero.csv": {
		BGNBD:     "boundary: r → 0; alpha, a, b are free",
		MBGNBD:    "boundary: r → 0; alpha, a, b are free",
		ParetoNBD: "boundary: r → 0, alpha → ∞; s, beta are free",
	},
	"degenerate/daily501.csv": {BGNBD: "interior", MBGNBD: "interior", ParetoNBD: "interior"},
	"degenerate/nbd_nodrop_days.csv": {
		BGNBD:     "boundary: a → 0, b → ∞",
		MBGNBD:    "boundary: a → 0, b → ∞",
		ParetoNBD: "boundary: s → 0; beta is free",
	},
	"degenerate/three.csv": {
		BGNBD:     "boundary: r → ∞, alpha → ∞, a → 0; b is free",
		MBGNBD:    "boundary: r → ∞, alpha → ∞, a → 0, b → ∞",
		ParetoNBD: "boundary: r → ∞, alpha → ∞, s → 0, beta → ∞",
	},
}

func TestDegenerateOfOracle(t *testing.T) {
	for _, d := range readOracle(t).Degenerate {
		t.Run(d.File+" "+d.Model, func(t *testing.T) {
			fit, err := Fitter{}.Fit(oracleFamily[d.Model], rowsOf(readTable(t, d.File), Day))
			if err != nil {
				t.Fatal(err)
			}
			if !(fit.LogLikelihood >= d.AtLeast) {
				t.Errorf("log-likelihood %v below %v", fit.LogLikelihood, d.AtLeast)
			}
			if err := fit.Validate(); err != nil {
				t.Error(err)
			}
			if want := degenerateVerdicts[d.File][fit.Family]; fit.Verdict.String() != want {
				t.Errorf("verdict %q, want %q", fit.Verdict, want)
			}
			t.Logf("%v, log-likelihood %.6f", fit.Model, fit.LogLikelihood)
		})
	}
}

func TestProbabilitiesOfOracle(t *testing.T) {
	o := readOracle(t)
	var w worst
	check := func(m Model, horizon float64, want []float64) {
		for n, p := range want {
			got, err := m.Probability(n, horizon)
			if err != nil {
				t.Fatal(err)
			}
			w.see(math.Abs(got-p), m.String()+" n="+strconv.Itoa(n))
		}
	}
	for _, p := range o.Masses {
		check(Model{oracleFamily[p.Model], Week, p.Params}, p.T, p.FromN0)
	}
	check(Model{ParetoNBD, Week, o.ParetoMasses.Params}, o.ParetoMasses.T, o.ParetoMasses.FromN0)
	w.within(t, "probability", 1e-10)
}

func TestSpendOfOracle(t *testing.T) {
	o := readOracle(t)
	g := GammaGamma{o.Spend.Params.P, o.Spend.Params.Q, o.Spend.Params.V}
	mean, err := g.Mean()
	if err != nil {
		t.Fatal(err)
	}
	var w worst
	w.see(relative(mean, o.Spend.PopulationMean), "population")
	for i, r := range o.Spend.Rows {
		row := Row{Repeats: r.X, Spend: r.M, Unit: Week, Age: 1}
		if r.X > 0 {
			row.Recency = 1
		}
		got, err := g.Expected(row)
		if err != nil {
			t.Fatal(err)
		}
		w.see(relative(got, r.Expected), strconv.Itoa(i))
	}
	w.within(t, "spend", 1e-12)
}

// The convention of the lifetimes package: months of so many units, amounts
// discounted at the end of each. For "D" it takes weekly rows for daily ones;
// it is no part of the API.
func TestLifetimesConvention(t *testing.T) {
	o := readOracle(t)
	spend := GammaGamma{6.25, 3.74, 15.44}
	models := []Model{
		{BGNBD, Week, [4]float64{0.243, 4.414, 0.793, 2.426}},
		{ParetoNBD, Week, [4]float64{0.553, 10.578, 0.606, 11.669}},
	}
	var w worst
	for _, c := range o.Convention {
		for k, want := range [][]float64{c.BGNBD, c.ParetoNBD} {
			for i, in := range o.Inputs {
				r := Row{Repeats: in.X, Recency: in.Recency, Age: in.Age, Unit: Week, Spend: in.M}
				each, err := spend.Expected(r)
				if err != nil {
					t.Fatal(err)
				}
				value, before := 0.0, 0.0
				for month := 1; month <= c.Months; month++ {
					e, err := models[k].Expected(r, c.Factor*float64(month))
					if err != nil {
						t.Fatal(err)
					}
					value += each * (e - before) / math.Pow(1+c.Discount, float64(month))
					before = e
				}
				w.see(relative(value, want[i]), strconv.Itoa(i))
			}
		}
	}
	w.within(t, "value", 1e-8)
}

// cdnowOrders reads the sample's log; the ID is that within the sample.
func cdnowOrders(t testing.TB) (orders []Line[int]) {
	t.Helper()
	lines := bufio.NewScanner(testdata.Open(t, "CDNOW_sample.txt"))
	for lines.Scan() {
		f := strings.Fields(lines.Text())
		if len(f) != 5 {
			continue
		}
		id, err1 := strconv.Atoi(f[1])
		at, err2 := time.Parse("20060102", f[2])
		amount, err3 := strconv.ParseFloat(f[4], 64)
		if err1 != nil || err2 != nil || err3 != nil {
			t.Fatal(lines.Text())
		}
		orders = append(orders, Line[int]{Customer: id, At: at, Amount: amount})
	}
	return orders
}

var (
	cdnowCut = time.Date(1997, 9, 30, 0, 0, 0, 0, time.UTC)
	cdnowEnd = time.Date(1998, 6, 30, 0, 0, 0, 0, time.UTC)
)

func TestRowsOfOracle(t *testing.T) {
	o := readOracle(t)
	orders := cdnowOrders(t)
	customers, aside, err := Customers(orders, LinePolicy{Unit: Week, Through: cdnowCut})
	if err != nil {
		t.Fatal(err)
	}
	all, _, err := Customers(orders, LinePolicy{Unit: Week, Through: cdnowEnd})
	if err != nil {
		t.Fatal(err)
	}
	repeats, total := 0, 0
	for _, c := range customers {
		repeats += c.Repeats
	}
	for _, c := range all {
		total += c.Repeats
	}
	if len(orders) != o.Rows.Transactions || len(customers) != o.Rows.Customers || len(all) != o.Rows.Customers ||
		repeats != o.Rows.RepeatDays || total-repeats != o.Rows.HoldOutDays || total+len(all) != o.Rows.CustomerDays {
		t.Errorf("%d orders, %d and %d customers, %d and %d repeats (set aside %+v)", len(orders), len(customers), len(all), repeats, total, aside)
	}
	for i, want := range o.Rows.Rows {
		got := customers[i]
		if got.ID != want.ID || got.Repeats != want.X || relative(got.Recency, want.Recency) > 1e-15 ||
			relative(got.Age, want.Age) > 1e-15 || relative(got.Spend, want.Monetary) > 1e-14 {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
}

func TestHoldOutOfOracle(t *testing.T) {
	o := readOracle(t)
	orders := cdnowOrders(t)
	for family, key := range keyOfFamily {
		t.Run(key, func(t *testing.T) {
			h := HoldOut{LinePolicy{Unit: Week, Through: cdnowEnd}, cdnowCut, family, Fitter{}}
			c, err := CheckHoldOut(orders, h)
			if err != nil {
				t.Fatal(err)
			}
			want := o.Log.Lifetimes[key]
			if c.Fit.LogLikelihood < want.LL-1e-6 || math.Abs(c.Fit.LogLikelihood-want.LL) > 1e-4 {
				t.Errorf("log-likelihood %.8f, want %.8f", c.Fit.LogLikelihood, want.LL)
			}
			for _, p := range c.Fit.Estimates {
				// lifetimes stops early for Pareto/NBD, which is 2e-4 in beta.
				if relative(p.Value, want.Params[p.Name]) > 3e-4 {
					t.Errorf("%s is %v, want %v", p.Name, p.Value, want.Params[p.Name])
				}
			}
			// The figures below are compared at the oracle's own parameters.
			for i, name := range family.Parameters() {
				c.Fit.Params[i] = want.Params[name]
			}
			s, err := split(orders, h)
			if err != nil {
				t.Fatal(err)
			}
			again, err := s.check(c.Fit)
			if err != nil {
				t.Fatal(err)
			}
			var w worst
			w.see(relative(again.Predicted, want.HoldOut.Predicted), "predicted")
			w.see(relative(again.Actual, want.HoldOut.Actual), "actual")
			w.see(relative(again.MAE, want.HoldOut.MAE), "MAE")
			w.see(relative(again.RMSE, want.HoldOut.RMSE), "RMSE")
			w.see(relative(*again.Correlation, want.HoldOut.Corr), "correlation")
			for _, week := range want.Cumulative {
				got := again.Weeks[week.Week-1]
				w.see(relative(got.Predicted, week.Predicted), "week "+strconv.Itoa(week.Week))
				if got.Actual != week.Actual || got.Week != week.Week {
					t.Errorf("week %d has %v, want %v", got.Week, got.Actual, week.Actual)
				}
			}
			w.within(t, "hold-out", 1e-8)
			if len(c.Weeks) != 78 || c.Time != 39 || c.Customers != 2357 {
				t.Errorf("%d weeks, %v held back, %d customers", len(c.Weeks), c.Time, c.Customers)
			}
		})
	}
}

// The published v, 15.44, is that of unrounded amounts, from the log.
func TestSpendFromLog(t *testing.T) {
	want := readOracle(t).Log.Lifetimes["gammagamma"]
	customers, _, err := Customers(cdnowOrders(t), LinePolicy{Unit: Week, Through: cdnowCut})
	if err != nil {
		t.Fatal(err)
	}
	fit, err := FitGammaGamma(Rows(customers))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range fit.Estimates {
		if relative(p.Value, want.Params[p.Name]) > 1e-4 {
			t.Errorf("%s is %v, want %v", p.Name, p.Value, want.Params[p.Name])
		}
	}
	if math.Abs(fit.LogLikelihood-want.LL) > 1e-4 || fit.Customers != want.N {
		t.Errorf("log-likelihood %.8f of %d, want %.8f of %d", fit.LogLikelihood, fit.Customers, want.LL, want.N)
	}
}
