package clv

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// ordersOf draws an order log whose customers follow the model, in days.
func ordersOf(m Model, n int, seed uint64) []Order[int] {
	rng := rand.New(rand.NewPCG(seed, 0))
	var orders []Order[int]
	for id := range n {
		joined := rng.IntN(60)
		orders = append(orders, Order[int]{Customer: id, At: day(joined), Amount: 5})
		rate := gammaDraw(rng, m.Params[0]) / m.Params[1]
		a, b := gammaDraw(rng, m.Params[2]), gammaDraw(rng, m.Params[3])
		for t := rng.ExpFloat64() / rate; t < 400; t += rng.ExpFloat64() / rate {
			orders = append(orders, Order[int]{Customer: id, At: day(joined + int(math.Ceil(t))), Amount: 5})
			if rng.Float64() < a/(a+b) {
				break
			}
		}
	}
	return orders
}

// Property: what is compared is what the parts give one by one.
func TestHoldOutByHand(t *testing.T) {
	m := Model{BGNBD, Day, [4]float64{0.5, 20, 0.8, 3}}
	orders := ordersOf(m, 400, 1)
	h := HoldOut{Log{Unit: Day, Through: day(365)}, day(200), BGNBD, Fitter{}}
	c, err := CheckHoldOut(orders, h)
	if err != nil {
		t.Fatal(err)
	}
	before, _, err := Customers(orders, Log{Unit: Day, Through: day(200)})
	if err != nil {
		t.Fatal(err)
	}
	after, _, err := Customers(orders, Log{Unit: Day, Through: day(365)})
	if err != nil {
		t.Fatal(err)
	}
	fit, err := FitBGNBD(Rows(before))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(fit, c.Fit); diff != "" {
		t.Errorf("fit (-want +got):\n%s", diff)
	}
	later := map[int]float64{}
	for _, customer := range after {
		later[customer.ID] = float64(customer.Repeats)
	}
	var actual, predicted, absolute, square float64
	classes := map[int]float64{}
	for _, customer := range before {
		bought := later[customer.ID] - float64(customer.Repeats)
		expected := first(fit.Expected(customer.Row, 165))
		actual += bought
		predicted += expected
		absolute += math.Abs(bought - expected)
		square += (bought - expected) * (bought - expected)
		classes[min(customer.Repeats, 7)] += bought
	}
	n := float64(len(before))
	for name, pair := range map[string][2]float64{
		"time":      {c.Time, 165},
		"customers": {float64(c.Customers), n},
		"actual":    {c.Actual, actual},
		"predicted": {c.Predicted, predicted},
		"MAE":       {c.MAE, absolute / n},
		"RMSE":      {c.RMSE, math.Sqrt(square / n)},
	} {
		if !near(pair[0], pair[1], 1e-12) {
			t.Errorf("%s is %v, want %v", name, pair[0], pair[1])
		}
	}
	customers, sum := 0, 0.0
	for i, class := range c.Classes {
		customers += class.Customers
		sum += class.Predicted
		if class.Repeats != i || class.OrMore != (i == 7) || class.Actual != classes[i] {
			t.Errorf("%+v, want %v purchases", class, classes[i])
		}
	}
	if customers != c.Customers || !near(sum, c.Predicted, 1e-12) {
		t.Errorf("classes have %d customers, %v predicted", customers, sum)
	}
	// The last week is that of the last day, and ends with it.
	last := c.Weeks[len(c.Weeks)-1]
	if want := first(fit.Cumulative(Rows(before), 366)); last.Week != 53 || !near(last.Predicted, want, 1e-12) {
		t.Errorf("%+v, want week 53, %v", last, want)
	}
}

// A week counts the days from its first to its seventh.
func TestWeeksOfHoldOut(t *testing.T) {
	order := func(id, n int) Order[int] { return Order[int]{Customer: id, At: day(n), Amount: 5} }
	orders := []Order[int]{order(1, 0), order(1, 6), order(1, 7), order(2, 3), order(2, 13), order(2, 14), order(3, 14), order(1, 20)}
	c, err := CheckHoldOut(orders, HoldOut{Log{Unit: Week, Through: day(20)}, day(10), ParetoNBD, Fitter{PriorSD: 1}})
	if err != nil {
		t.Fatal(err)
	}
	var got []float64
	for _, w := range c.Weeks {
		got = append(got, w.Actual)
	}
	// Customer 3 came too late to be predicted.
	if diff := cmp.Diff([]float64{1, 3, 5}, got); diff != "" || c.Customers != 2 || c.Actual != 3 {
		t.Errorf("%d customers, %v purchases, weeks (-want +got):\n%s", c.Customers, c.Actual, diff)
	}
}

// A refund that comes after the cut takes the purchase out of what happened,
// and not out of what the model knew.
func TestHoldOutKnowsNoFuture(t *testing.T) {
	order := func(id, n int, amount float64) Order[int] {
		return Order[int]{Customer: id, At: day(n), Amount: amount}
	}
	orders := []Order[int]{order(1, 0, 5), order(2, 0, 5), order(2, 4, 6), order(1, 12, -5), order(2, 15, 5)}
	c, err := CheckHoldOut(orders, HoldOut{Log{Unit: Week, Through: day(20)}, day(10), BGNBD, Fitter{PriorSD: 1}})
	if err != nil {
		t.Fatal(err)
	}
	if c.Customers != 2 || c.Actual != 1 {
		t.Errorf("%d customers, %v purchases, want 2, 1", c.Customers, c.Actual)
	}
}

func TestBadHoldOut(t *testing.T) {
	orders := []Order[int]{{Customer: 1, At: day(5), Amount: 5}}
	log := Log{Unit: Week, Through: day(20)}
	for name, h := range map[string]HoldOut{
		"until at the end":   {log, day(20), BGNBD, Fitter{}},
		"until after it":     {log, day(21), BGNBD, Fitter{}},
		"no until":           {log, time.Time{}, BGNBD, Fitter{}},
		"no family":          {log, day(10), 0, Fitter{}},
		"no unit":            {Log{Through: day(20)}, day(10), BGNBD, Fitter{}},
		"more than 5k weeks": {Log{Unit: Week, Through: day(365 * 101)}, day(365 * 100), BGNBD, Fitter{}},
	} {
		if _, err := CheckHoldOut(orders, h); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := CheckHoldOut(orders, HoldOut{log, day(4), BGNBD, Fitter{}}); !errors.Is(err, ErrEmpty) {
		t.Errorf("nobody before: error %v", err)
	}
}

func TestCorrelation(t *testing.T) {
	tests := []struct {
		name    string
		a, b, w []float64
		want    float64
	}{
		{"rising", []float64{1, 2, 3}, []float64{10, 20, 30}, nil, 1},
		{"falling", []float64{1, 2, 3}, []float64{3, 2, 1}, nil, -1},
		{"constant", []float64{1, 2, 3}, []float64{0.1, 0.1, 0.1}, nil, 0},
		// The mean of three is not 0.1, nor 0.7, in floats.
		{"both constant", []float64{0.1, 0.1, 0.1}, []float64{0.7, 0.7, 0.7}, nil, 0},
		{"one", []float64{1}, []float64{1}, nil, 0},
		// Σdadb 4, Σda² 5, Σdb² 5.
		{"some", []float64{1, 2, 3, 4}, []float64{1, 3, 2, 4}, nil, 0.8},
		{"weighted", []float64{1, 4, 2, 3}, []float64{1, 4, 3, 2}, []float64{1, 1, 1, 1}, 0.8},
		{"weighted as repeated", []float64{1, 2}, []float64{5, 9}, []float64{3, 2}, 1},
	}
	for _, tt := range tests {
		if got := correlation(tt.a, tt.b, tt.w); math.Abs(got-tt.want) > 1e-14 {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
