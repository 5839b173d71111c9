package clv

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"strconv"
	"testing"

	"github.com/regulars-go/regulars/internal/testdata"
)

// readTable returns the columns of a CSV file of numbers by name.
func readTable(t testing.TB, name string) map[string][]float64 {
	t.Helper()
	records, err := csv.NewReader(testdata.Open(t, name)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	columns := map[string][]float64{}
	for _, record := range records[1:] {
		for i, cell := range record {
			v, err := strconv.ParseFloat(cell, 64)
			if err != nil {
				t.Fatal(err)
			}
			columns[records[0][i]] = append(columns[records[0][i]], v)
		}
	}
	return columns
}

// rowsOf returns a table with columns x, t_x, T and perhaps zbar as rows.
func rowsOf(table map[string][]float64, unit Unit) []Row {
	rows := make([]Row, len(table["x"]))
	for i := range rows {
		rows[i] = Row{Repeats: int(table["x"][i]), Recency: table["t_x"][i], Age: table["T"][i], Unit: unit}
		if z := table["zbar"]; z != nil {
			rows[i].Spend = z[i]
		}
	}
	return rows
}

// oracle is the reference file; its notes say with which programs it was made.
type oracle struct {
	Fits struct {
		Reference map[string]struct {
			Params map[string]float64
			LL     float64
			SE     map[string]float64
			Cov    [][]float64
		} `json:"reference_mle"`
	} `json:"fits_summary_csv"`
	Published map[string]struct {
		Params map[string]float64
		LL     float64
	}
	Log struct {
		Lifetimes map[string]struct {
			Params  map[string]float64
			LL      float64
			N       int64
			HoldOut struct {
				Predicted float64 `json:"predicted_total"`
				Actual    float64 `json:"actual_total"`
				MAE, RMSE float64
				Corr      float64
			} `json:"holdout_39w"`
			Cumulative []struct {
				Week              int
				Predicted, Actual float64
			}
		}
	} `json:"fits_from_log"`
	Rows struct {
		Transactions int
		CustomerDays int `json:"customer_days"`
		Customers    int
		RepeatDays   int `json:"calibration_repeat_days"`
		HoldOutDays  int `json:"holdout_days"`
		Rows         []struct {
			ID       int
			X        int
			Recency  float64 `json:"t_x_weeks"`
			Age      float64 `json:"T_weeks"`
			Monetary float64
		}
	} `json:"rfm_from_log"`
	Masses []struct {
		Model  string
		Params [4]float64
		T      float64
		FromN0 []float64 `json:"n_from_0"`
	} `json:"pmf"`
	ParetoMasses struct {
		Params [4]float64
		T      float64
		FromN0 []float64 `json:"n_from_0"`
	} `json:"pareto_pmf_R"`
	Spend struct {
		Params         struct{ P, Q, V float64 }
		PopulationMean float64 `json:"population_mean"`
		Rows           []struct {
			X        int
			M        float64
			Expected float64
		}
	} `json:"gammagamma_conditional"`
	Inputs []struct {
		X       int
		Recency float64 `json:"t_x"`
		Age     float64 `json:"T"`
		M       float64
	} `json:"clv_inputs"`
	Convention []struct {
		Factor    float64
		Months    int
		Discount  float64 `json:"discount_per_month"`
		BGNBD     []float64
		ParetoNBD []float64
	} `json:"clv_lifetimes_convention"`
	Degenerate []struct {
		File, Model string
		AtLeast     float64 `json:"accept_ll_at_least"`
	}
	Predictions []struct {
		Model    string
		Params   [4]float64
		X        int
		Recency  float64 `json:"t_x"`
		Age      float64 `json:"T"`
		Horizons map[string]float64
		LogLik   float64
		PAlive   float64  `json:"p_alive"`
		Dert     *float64 `json:"dert_0.0027"`
		Dert10   *float64 `json:"dert_0.1"`
		Disc     *float64 `json:"disc_cont_52w_0.0027"`
	}
	Unconditional []struct {
		Model       string
		Params      [4]float64
		T, Expected float64
	} `json:"unconditional_expected"`
}

func readOracle(t testing.TB) (o oracle) {
	t.Helper()
	if err := json.NewDecoder(testdata.Open(t, "clv_oracle.json")).Decode(&o); err != nil {
		t.Fatal(err)
	}
	return o
}

var oracleFamily = map[string]Family{"bgnbd": BGNBD, "mbgnbd": MBGNBD, "paretonbd": ParetoNBD}

func relative(got, want float64) float64 {
	if got == want {
		return 0
	}
	return math.Abs(got-want) / math.Abs(want)
}

// worst remembers the largest error of many, to fail once with it.
type worst struct {
	err   float64
	where string
}

func (w *worst) see(err float64, where string) {
	if err > w.err || err != err {
		w.err, w.where = err, where
	}
}

func (w *worst) within(t *testing.T, what string, tolerance float64) {
	t.Helper()
	t.Logf("%s: largest error %.2g (%s)", what, w.err, w.where)
	if !(w.err <= tolerance) {
		t.Errorf("%s: error %.3g above %.0e (%s)", what, w.err, tolerance, w.where)
	}
}

func TestBeforeLeavingStress(t *testing.T) {
	table := readTable(t, "bg_h_stress.csv")
	var w worst
	for i, k := range table["k"] {
		h, _, err := beforeLeaving(k, table["a"][i], table["B"][i], table["tau"][i])
		if err != nil {
			t.Fatal(err)
		}
		w.see(relative(h, table["h"][i]), strconv.Itoa(i+2))
	}
	w.within(t, "h", 1e-9)
}

func TestParetoStress(t *testing.T) {
	table := readTable(t, "pareto_stress.csv")
	var ll, alive, expected worst
	for i := range table["r"] {
		m := Model{ParetoNBD, Week, [4]float64{table["r"][i], table["al"][i], table["s"][i], table["be"][i]}}
		r := Row{Repeats: int(table["x"][i]), Recency: table["tx"][i], Age: table["T"][i], Unit: Week}
		where := "line " + strconv.Itoa(i+2)
		l, err := m.LogLikelihoodOf([]Row{r})
		if err != nil {
			t.Fatal(where, err)
		}
		p, err := m.Alive(r)
		if err != nil {
			t.Fatal(where, err)
		}
		e, err := m.Expected(r, table["t"][i])
		if err != nil {
			t.Fatal(where, err)
		}
		ll.see(relative(l, table["ll"][i]), where)
		alive.see(math.Abs(p-table["pa"][i]), where)
		expected.see(relative(e, table["cet"][i]), where)
	}
	ll.within(t, "log-likelihood", 1e-9)
	alive.within(t, "P(alive)", 1e-9)
	expected.within(t, "expectation", 1e-9)
}

func TestPredictionsOfOracle(t *testing.T) {
	o := readOracle(t)
	var ll, alive, expected, unconditional, residual, discounted worst
	for _, p := range o.Predictions {
		m := Model{oracleFamily[p.Model], Week, p.Params}
		r := Row{Repeats: p.X, Recency: p.Recency, Age: p.Age, Unit: Week}
		where := p.Model + " x=" + strconv.Itoa(p.X)
		l, err := m.LogLikelihoodOf([]Row{r})
		if err != nil {
			t.Fatal(where, err)
		}
		ll.see(math.Abs(l-p.LogLik)/(1e-9+1e-10*math.Abs(p.LogLik)), where)
		a, err := m.Alive(r)
		if err != nil {
			t.Fatal(where, err)
		}
		alive.see(math.Abs(a-p.PAlive), where)
		for want, force := range map[*float64]float64{p.Dert: 0.0027, p.Dert10: 0.1} {
			if want == nil {
				continue
			}
			e, err := m.Residual(r, Rate{force, Week, true})
			if err != nil {
				t.Fatal(where, err)
			}
			residual.see(relative(e, *want), where)
		}
		e, err := m.Discounted(r, 52, Rate{0.0027, Week, true})
		if err != nil {
			t.Fatal(where, err)
		}
		discounted.see(relative(e, *p.Disc), where)
		for horizon, want := range p.Horizons {
			h, err := strconv.ParseFloat(horizon, 64)
			if err != nil {
				t.Fatal(err)
			}
			e, err := m.Expected(r, h)
			if err != nil {
				t.Fatal(where, err)
			}
			expected.see(relative(e, want), where+" t="+horizon)
		}
	}
	for _, u := range o.Unconditional {
		e, err := Model{oracleFamily[u.Model], Week, u.Params}.ExpectedNew(u.T)
		if err != nil {
			t.Fatal(err)
		}
		unconditional.see(relative(e, u.Expected), u.Model)
	}
	ll.within(t, "log-likelihood, in units of 1e-9 + 1e-10 relative", 1)
	alive.within(t, "P(alive)", 1e-9)
	expected.within(t, "expectation", 1e-9)
	unconditional.within(t, "expectation of a new customer", 1e-9)
	residual.within(t, "purchases for ever, discounted", 1e-8)
	discounted.within(t, "purchases in 52 weeks, discounted", 1e-7)
}
