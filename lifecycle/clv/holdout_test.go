package clv

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// ordersOf draws an order log whose customers follow the model, in days.
func ordersOf(m Model, n int, seed uint64) []Line[int] {
	rng := rand.New(rand.NewPCG(seed, 0))
	var orders []Line[int]
	for id := range n {
		joined := rng.IntN(60)
		orders = append(orders, Line[int]{Customer: id, At: day(joined), Amount: 5})
		rate := gammaDraw(rng, m.Params[0]) / m.Params[1]
		a, b := gammaDraw(rng, m.Params[2]), gammaDraw(rng, m.Params[3])
		for t := rng.ExpFloat64() / rate; t < 400; t += rng.ExpFloat64() / rate {
			orders = append(orders, Line[int]{Customer: id, At: day(joined + int(math.Ceil(t))), Amount: 5})
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
	h := HoldOut{LinePolicy{Unit: Day, Through: day(365)}, day(200), BGNBD, Fitter{}}
	c, err := CheckHoldOut(orders, h)
	if err != nil {
		t.Fatal(err)
	}
	before, _, err := Customers(orders, LinePolicy{Unit: Day, Through: day(200)})
	if err != nil {
		t.Fatal(err)
	}
	after, _, err := Customers(orders, LinePolicy{Unit: Day, Through: day(365)})
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
	order := func(id, n int) Line[int] { return Line[int]{Customer: id, At: day(n), Amount: 5} }
	orders := []Line[int]{order(1, 0), order(1, 6), order(1, 7), order(2, 3), order(2, 13), order(2, 14), order(3, 14), order(1, 20)}
	c, err := CheckHoldOut(orders, HoldOut{LinePolicy{Unit: Week, Through: day(20)}, day(10), ParetoNBD, Fitter{PriorSD: 1}})
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
	order := func(id, n int, amount float64) Line[int] {
		return Line[int]{Customer: id, At: day(n), Amount: amount}
	}
	orders := []Line[int]{order(1, 0, 5), order(2, 0, 5), order(2, 4, 6), order(1, 12, -5), order(2, 15, 5)}
	c, err := CheckHoldOut(orders, HoldOut{LinePolicy{Unit: Week, Through: day(20)}, day(10), BGNBD, Fitter{PriorSD: 1}})
	if err != nil {
		t.Fatal(err)
	}
	if c.Customers != 2 || c.Actual != 1 {
		t.Errorf("%d customers, %v purchases, want 2, 1", c.Customers, c.Actual)
	}
}

// The weeks end after a hundred years; all else is about the whole log.
func TestHoldOutOfAHundredYears(t *testing.T) {
	const last = 365 * 102
	line := func(id, n int) Line[int] { return Line[int]{Customer: id, At: day(n), Amount: 5} }
	lines := []Line[int]{line(1, 0), line(1, 7*maxWeeks-1), line(1, 7*maxWeeks), line(1, last), line(2, 400)}
	c, err := CheckHoldOut(lines, HoldOut{LinePolicy{Unit: Week, Through: day(last)}, day(365), BGNBD, Fitter{PriorSD: 1}})
	if err != nil {
		t.Fatal(err)
	}
	if c.Customers != 1 || c.Actual != 3 || c.Classes[0].Actual != 3 || c.MAE != math.Abs(3-c.Predicted) || c.Correlation != nil {
		t.Errorf("%+v, want 3 purchases of one customer", c)
	}
	if n := len(c.Weeks); n != maxWeeks || c.Weeks[n-1].Week != maxWeeks || c.Weeks[n-1].Actual != 1 || c.Weeks[n-2].Actual != 0 {
		t.Errorf("%d weeks, the last %+v, want %d with 1 purchase in the last", n, c.Weeks[n-1], maxWeeks)
	}
}

func TestBadHoldOut(t *testing.T) {
	orders := []Line[int]{{Customer: 1, At: day(5), Amount: 5}}
	policy := LinePolicy{Unit: Week, Through: day(20)}
	for name, h := range map[string]HoldOut{
		"until at the end": {policy, day(20), BGNBD, Fitter{}},
		"until after it":   {policy, day(21), BGNBD, Fitter{}},
		"no until":         {policy, time.Time{}, BGNBD, Fitter{}},
		"no family":        {policy, day(10), 0, Fitter{}},
		"no unit":          {LinePolicy{Through: day(20)}, day(10), BGNBD, Fitter{}},
	} {
		if _, err := CheckHoldOut(orders, h); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := CheckHoldOut(orders, HoldOut{policy, day(4), BGNBD, Fitter{}}); !errors.Is(err, ErrEmpty) {
		t.Errorf("nobody before: error %v", err)
	}
}

func TestCorrelation(t *testing.T) {
	tests := []struct {
		name    string
		a, b, w []float64
		want    *float64
	}{
		{"rising", []float64{1, 2, 3}, []float64{10, 20, 30}, nil, new(1.0)},
		{"falling", []float64{1, 2, 3}, []float64{3, 2, 1}, nil, new(-1.0)},
		{"constant", []float64{1, 2, 3}, []float64{0.1, 0.1, 0.1}, nil, nil},
		// The mean of three is not 0.1, nor 0.7, in floats.
		{"both constant", []float64{0.1, 0.1, 0.1}, []float64{0.7, 0.7, 0.7}, nil, nil},
		{"one", []float64{1}, []float64{1}, nil, nil},
		// Σdadb 4, Σda² 5, Σdb² 5.
		{"some", []float64{1, 2, 3, 4}, []float64{1, 3, 2, 4}, nil, new(0.8)},
		{"weighted", []float64{1, 4, 2, 3}, []float64{1, 4, 3, 2}, []float64{1, 1, 1, 1}, new(0.8)},
		{"weighted as repeated", []float64{1, 2}, []float64{5, 9}, []float64{3, 2}, new(1.0)},
	}
	for _, tt := range tests {
		got := correlation(tt.a, tt.b, tt.w)
		if (got == nil) != (tt.want == nil) || got != nil && math.Abs(*got-*tt.want) > 1e-14 {
			t.Errorf("%s: %s, want %s", tt.name, told(got), told(tt.want))
		}
	}
}

// told is the figure that p points to, in words for a failing test.
func told(p *float64) string {
	if p == nil {
		return "undefined"
	}
	return fmt.Sprint(*p)
}

// What does not vary has no correlation, which is not one of 0: one customer
// in the check, and equal spends in the fit of them.
func TestUndefinedCorrelation(t *testing.T) {
	lines := []Line[int]{{Customer: 1, At: day(0), Amount: 5}, {Customer: 1, At: day(6), Amount: 5}}
	check, err := CheckHoldOut(lines, HoldOut{LinePolicy{Unit: Week, Through: day(20)}, day(10), BGNBD, Fitter{PriorSD: 1}})
	if err != nil {
		t.Fatal(err)
	}
	spend, err := FitGammaGamma([]Row{
		{Repeats: 1, Recency: 1, Age: 2, Unit: Week, Spend: 20},
		{Repeats: 2, Recency: 1, Age: 2, Unit: Week, Spend: 20},
	})
	if err != nil {
		t.Fatal(err)
	}
	if check.Correlation != nil || spend.Correlation != nil {
		t.Errorf("correlations %s and %s of what does not vary", told(check.Correlation), told(spend.Correlation))
	}
	text, err := json.Marshal(check)
	if err != nil || !strings.Contains(string(text), `"correlation":null`) {
		t.Errorf("%s, error %v", text, err)
	}
}
