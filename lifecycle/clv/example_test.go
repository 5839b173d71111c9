package clv_test

import (
	"encoding/json"
	"fmt"
	"log"
	"math"
	"math/rand/v2"
	"time"

	"github.com/regulars-go/regulars/lifecycle/clv"
)

// shop is the log of a made-up shop. 300 customers first buy in January or
// February 2025, come back at their own pace, and after each purchase some
// have had enough.
func shop() (lines []clv.Line[string]) {
	rng := rand.New(rand.NewPCG(2025, 0))
	for i := range 300 {
		at := time.Date(2025, 1, 1+rng.IntN(59), 10, 0, 0, 0, time.UTC)
		gap := []float64{7, 14, 28, 56, 112}[rng.IntN(5)] // days, on average
		leaves := []float64{0.02, 0.1, 0.2, 0.5}[rng.IntN(4)]
		pays := 10 + 40*rng.Float64()
		for at.Year() == 2025 {
			amount := math.Round(pays * (0.5 + rng.Float64()))
			lines = append(lines, clv.Line[string]{Customer: fmt.Sprintf("c%03d", i), At: at, Amount: amount})
			if rng.Float64() < leaves {
				break
			}
			at = at.AddDate(0, 0, 1+int(gap*rng.ExpFloat64()))
		}
	}
	return lines
}

func through(month time.Month, day int) time.Time {
	return time.Date(2025, month, day, 0, 0, 0, 0, time.UTC)
}

// cdnow is the BG/NBD model of the CDNOW data, as published by Fader, Hardie
// and Lee in 2005.
var cdnow = clv.Model{Family: clv.BGNBD, Unit: clv.Week, Params: [4]float64{0.243, 4.414, 0.793, 2.426}}

// Two repeat purchases in 30.43 weeks, then 8.43 weeks of silence.
var customer = clv.Row{Repeats: 2, Recency: 30.43, Age: 38.86, Unit: clv.Week, Spend: 22.35}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}

// From an order log to what a customer is still worth.
func Example() {
	customers, _, err := clv.Customers(shop(), clv.LinePolicy{Unit: clv.Week, Through: through(time.August, 31)})
	if err != nil {
		log.Fatal(err)
	}
	rows := clv.Rows(customers)
	fit, err := clv.FitMBGNBD(rows)
	if err != nil {
		log.Fatal(err)
	}
	spend, err := clv.FitGammaGamma(rows)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(fit.Verdict.Kind, "/", spend.Verdict.Kind)

	value := clv.Valuation{Model: fit.Model, Spend: spend.GammaGamma, Rate: clv.Annual(0.1), Margin: 0.4}
	year := fit.Unit.Per(clv.Year)
	for _, c := range customers[8:11] {
		fmt.Printf("%s: %d repeats, P(alive) %.2f, %.1f purchases and %.2f a year\n", c.ID, c.Repeats,
			must(fit.Alive(c.Row)), must(fit.Expected(c.Row, year)), must(value.ToCome(c.Row, year)))
	}
	// Output:
	// interior / interior
	// c008: 1 repeats, P(alive) 0.05, 0.1 purchases and 1.44 a year
	// c009: 15 repeats, P(alive) 0.00, 0.1 purchases and 0.99 a year
	// c010: 13 repeats, P(alive) 0.84, 12.3 purchases and 215.00 a year
}

func ExampleFitBGNBD() {
	customers, _, err := clv.Customers(shop(), clv.LinePolicy{Unit: clv.Week, Through: through(time.June, 30)})
	if err != nil {
		log.Fatal(err)
	}
	rows := clv.Rows(customers) // or rows from elsewhere
	fit, err := clv.FitBGNBD(rows)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(fit.Model)
	fmt.Printf("%v, log-likelihood %.3f of %d customers\n", fit.Verdict, fit.LogLikelihood, fit.Customers)
	for _, e := range fit.Estimates {
		fmt.Printf("%-5s %.3f ± %.3f\n", e.Name, e.Value, e.SE)
	}
	// Output:
	// BG/NBD r=0.564797 alpha=1.74792 a=0.796576 b=4.44698 (week)
	// interior, log-likelihood -2544.603 of 300 customers
	// r     0.565 ± 0.057
	// alpha 1.748 ± 0.249
	// a     0.797 ± 0.298
	// b     4.447 ± 2.264
}

// Customers who never come back tell nothing of how they leave. The fit says
// so, instead of failing.
func ExampleVerdict() {
	rows := []clv.Row{
		{Age: 10, Unit: clv.Week},
		{Age: 20, Unit: clv.Week},
		{Age: 30, Unit: clv.Week},
	}
	fit, err := clv.FitParetoNBD(rows)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(fit.Verdict)
	// Output:
	// boundary: r → 0; alpha, s, beta are free
}

func ExampleFitMBGNBD() {
	customers, _, err := clv.Customers(shop(), clv.LinePolicy{Unit: clv.Day, Through: through(time.June, 30)})
	if err != nil {
		log.Fatal(err)
	}
	fit, err := clv.FitMBGNBD(clv.Rows(customers))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(fit.Model)
	// Output:
	// MBG/NBD r=1.04694 alpha=18.8007 a=0.910581 b=4.1269 (day)
}

func ExampleFitParetoNBD() {
	customers, _, err := clv.Customers(shop(), clv.LinePolicy{Unit: clv.Week, Through: through(time.June, 30)})
	if err != nil {
		log.Fatal(err)
	}
	fit, err := clv.FitParetoNBD(clv.Rows(customers))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(fit.Model)
	// Output:
	// Pareto/NBD r=1.0382 alpha=3.53589 s=1.70763 beta=30.6007 (week)
}

func ExampleFitter() {
	customers, _, err := clv.Customers(shop(), clv.LinePolicy{Unit: clv.Week, Through: through(time.June, 30)})
	if err != nil {
		log.Fatal(err)
	}
	careful := clv.Fitter{Workers: 4, PriorSD: 3}
	fit, err := careful.Fit(clv.BGNBD, clv.Rows(customers))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(fit.Model)
	// Output:
	// BG/NBD r=0.56632 alpha=1.75464 a=0.776904 b=4.28695 (week)
}

func ExampleFitGammaGamma() {
	customers, _, err := clv.Customers(shop(), clv.LinePolicy{Unit: clv.Week, Through: through(time.June, 30)})
	if err != nil {
		log.Fatal(err)
	}
	fit, err := clv.FitGammaGamma(clv.Rows(customers))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("mean %.2f over %d customers, %d set aside, correlation with repeats %.2f\n",
		must(fit.Mean()), fit.Customers, fit.SetAside, *fit.Correlation)
	// Output:
	// mean 31.06 over 226 customers, 74 set aside, correlation with repeats 0.08
}

// A prior keeps a fit of three customers from running away.
func ExampleFitter_GammaGamma() {
	rows := []clv.Row{
		{Repeats: 3, Recency: 20, Age: 30, Unit: clv.Week, Spend: 20},
		{Repeats: 1, Recency: 10, Age: 30, Unit: clv.Week, Spend: 35},
		{Repeats: 2, Recency: 25, Age: 30, Unit: clv.Week, Spend: 50},
	}
	for _, fitter := range []clv.Fitter{{}, {PriorSD: 1}} {
		fit, err := fitter.GammaGamma(rows)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("p=%.3g q=%.3g v=%.3g: %v\n", fit.P, fit.Q, fit.V, fit.Verdict)
	}
	// Output:
	// p=2.41e+06 q=7.1 v=8.98e-05: boundary: p → ∞, v → 0
	// p=3.17 q=3.64 v=35.4: interior
}

// The figures for CDNOW of Fader and Hardie's note 025.
func ExampleGammaGamma_Expected() {
	spend := clv.GammaGamma{P: 6.25, Q: 3.74, V: 15.44}
	fmt.Printf("%.2f of this customer, %.2f of any\n", must(spend.Expected(customer)), must(spend.Mean()))
	// Output:
	// 24.66 of this customer, 35.22 of any
}

// Parameters that came out of a spreadsheet.
func ExampleGammaGamma_Validate() {
	fmt.Println(clv.GammaGamma{P: 6.25, Q: 3.74}.Validate())
	// Output:
	// clv: not a model: parameter v is 0: want 1e-30 to 1e+30
}

// A model counts in its own unit; people ask in days.
func ExampleUnit_Days() {
	weeks := 90 / cdnow.Unit.Days()
	fmt.Printf("90 days are %.2f weeks: %.2f orders\n", weeks, must(cdnow.Expected(customer, weeks)))
	// Output:
	// 90 days are 12.86 weeks: 0.45 orders
}

func ExampleModel_Alive() {
	fmt.Printf("%.3f\n", must(cdnow.Alive(customer)))
	// Output:
	// 0.727
}

func ExampleModel_AliveIn() {
	for _, weeks := range []float64{0, 13, 52} {
		fmt.Printf("in %2.0f weeks: %.3f\n", weeks, must(cdnow.AliveIn(customer, weeks)))
	}
	// Output:
	// in  0 weeks: 0.727
	// in 13 weeks: 0.661
	// in 52 weeks: 0.532
}

func ExampleModel_NoPurchase() {
	fmt.Printf("nothing in 13 weeks: %.3f\n", must(cdnow.NoPurchase(customer, 13)))
	// Output:
	// nothing in 13 weeks: 0.677
}

// The published figure is 1.226.
func ExampleModel_Expected() {
	fmt.Printf("%.3f\n", must(cdnow.Expected(customer, 39)))
	// Output:
	// 1.226
}

func ExampleModel_ExpectedNew() {
	fmt.Printf("%.2f in a year\n", must(cdnow.ExpectedNew(cdnow.Unit.Per(clv.Year))))
	// Output:
	// 1.45 in a year
}

func ExampleModel_Predict() {
	predictions, err := cdnow.Predict([]clv.Row{customer, {Age: 38.86, Unit: clv.Week}}, 39)
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range predictions {
		fmt.Printf("%.3f alive, %.3f purchases\n", p.Alive, p.Expected)
	}
	// Output:
	// 0.727 alive, 1.226 purchases
	// 1.000 alive, 0.195 purchases
}

func ExampleModel_Cumulative() {
	rows := []clv.Row{
		{Age: 38, Unit: clv.Week, Count: 100}, // joined at week 0
		{Age: 30, Unit: clv.Week, Count: 50},  // joined at week 8
	}
	for _, week := range []float64{4, 8, 26, 52} {
		fmt.Printf("by week %2.0f: %.1f\n", week, must(cdnow.Cumulative(rows, week)))
	}
	// Output:
	// by week  4: 19.6
	// by week  8: 35.9
	// by week 26: 124.7
	// by week 52: 209.5
}

func ExampleModel_Probability() {
	for n := range 4 {
		fmt.Printf("%d repeats: %.3f\n", n, must(cdnow.Probability(n, 39)))
	}
	// Output:
	// 0 repeats: 0.574
	// 1 repeats: 0.199
	// 2 repeats: 0.085
	// 3 repeats: 0.046
}

func ExampleModel_LogLikelihoodOf() {
	rows := []clv.Row{customer}
	other := clv.Model{Family: clv.MBGNBD, Unit: clv.Week, Params: [4]float64{0.525, 6.183, 0.891, 1.614}}
	fmt.Printf("%.3f against %.3f\n", must(cdnow.LogLikelihoodOf(rows)), must(other.LogLikelihoodOf(rows)))
	// Output:
	// -9.459 against -9.486
}

// A yearly rate meets a weekly model: the rate knows its own unit.
func ExampleModel_Discounted() {
	year := cdnow.Unit.Per(clv.Year)
	fmt.Printf("%.4f, undiscounted %.4f\n",
		must(cdnow.Discounted(customer, year, clv.Annual(0.15))), must(cdnow.Expected(customer, year)))
	// Output:
	// 1.4660, undiscounted 1.5631
}

func ExampleModel_Residual() {
	fmt.Printf("%.2f purchases for ever, at what they are worth today\n", must(cdnow.Residual(customer, clv.Annual(0.15))))
	// Output:
	// 5.18 purchases for ever, at what they are worth today
}

func ExampleRate_In() {
	rate := clv.Annual(0.15)
	fmt.Printf("%.6f a week, %.6f a day\n", must(rate.In(clv.Week)), must(rate.In(clv.Day)))
	// Output:
	// 0.002679 a week, 0.000383 a day
}

func ExampleValuation_ToCome() {
	value := clv.Valuation{
		Model:  cdnow,
		Spend:  clv.GammaGamma{P: 6.25, Q: 3.74, V: 15.44},
		Rate:   clv.Annual(0.15),
		Margin: 0.3,
	}
	fmt.Printf("%.2f in a year, %.2f in all\n",
		must(value.ToCome(customer, cdnow.Unit.Per(clv.Year))), must(value.Residual(customer)))
	// Output:
	// 10.85 in a year, 38.32 in all
}

// What several customers will still be worth, all at once.
func ExampleValuation_Residuals() {
	value := clv.Valuation{Model: cdnow, Spend: clv.GammaGamma{P: 6.25, Q: 3.74, V: 15.44}, Rate: clv.Annual(0.15)}
	newcomer := clv.Row{Age: 38.86, Unit: clv.Week}
	fmt.Printf("%.2f\n", must(value.Residuals([]clv.Row{customer, newcomer})))
	// Output:
	// [127.74 35.96]
}

func ExampleCustomers() {
	at := func(day int) time.Time { return time.Date(2026, 3, day, 18, 0, 0, 0, time.UTC) }
	lines := []clv.Line[string]{
		{Customer: "ann", At: at(1), Amount: 30},
		{Customer: "ann", At: at(8), Amount: 20},
		{Customer: "ann", At: at(20), Amount: 50, ID: "a3"},
		{Customer: "ann", At: at(22), Amount: -50, ID: "a3"}, // sent back
		{Customer: "bob", At: at(5), Amount: 10},
	}
	customers, aside, err := clv.Customers(lines, clv.LinePolicy{Unit: clv.Day, Through: at(31)})
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range customers {
		fmt.Printf("%s: %d repeats, recency %v, age %v, spend %v\n", c.ID, c.Repeats, c.Recency, c.Age, c.Spend)
	}
	fmt.Printf("%+v\n", aside)
	// Output:
	// ann: 1 repeats, recency 7, age 30, spend 20
	// bob: 0 repeats, recency 0, age 26, spend 0
	// {Later:0 ZeroAmounts:0 Refunded:1 Unmatched:0 Visitors:0}
}

func ExampleCheckHoldOut() {
	check, err := clv.CheckHoldOut(shop(), clv.HoldOut{
		Policy: clv.LinePolicy{Unit: clv.Week, Through: through(time.December, 31)},
		Until:  through(time.June, 30),
		Family: clv.BGNBD,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.1f weeks: %.0f purchases, %.1f predicted\n", check.Time, check.Actual, check.Predicted)
	for _, c := range check.Classes[:3] {
		fmt.Printf("%d repeats before: %d customers, %.0f purchases, %.1f predicted\n", c.Repeats, c.Customers, c.Actual, c.Predicted)
	}
	w := check.Weeks[25]
	fmt.Printf("by week %d: %.0f repeats, %.1f predicted\n", w.Week, w.Actual, w.Predicted)
	// Output:
	// 26.3 weeks: 612 purchases, 714.7 predicted
	// 0 repeats before: 74 customers, 48 purchases, 41.9 predicted
	// 1 repeats before: 61 customers, 47 purchases, 41.7 predicted
	// 2 repeats before: 43 customers, 50 purchases, 48.0 predicted
	// by week 26: 1147 repeats, 1140.2 predicted
}

func ExamplePopulation_Explain() {
	customers, _, err := clv.Customers(shop(), clv.LinePolicy{Unit: clv.Day, Through: through(time.June, 30)})
	if err != nil {
		log.Fatal(err)
	}
	rows := clv.Rows(customers)
	fit, err := clv.FitParetoNBD(rows)
	if err != nil {
		log.Fatal(err)
	}
	population, err := clv.NewPopulation(fit.Model, rows)
	if err != nil {
		log.Fatal(err)
	}
	e, err := population.Explain(rows[4])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(e)
	fmt.Printf("had they bought today: %.2f\n", e.IfBought)
	fmt.Printf("typical of all: %.2f\n", population.Typical().Alive)
	// Output:
	// P(alive) 0.07: silence; silent for 163 at a usual gap of 16.6; above 15% of customers
	// had they bought today: 1.00
	// typical of all: 0.23
}

func ExampleFamily_Parameters() {
	for _, f := range []clv.Family{clv.BGNBD, clv.ParetoNBD} {
		fmt.Println(f, f.Parameters())
	}
	// Output:
	// BG/NBD [r alpha a b]
	// Pareto/NBD [r alpha s beta]
}

func ExampleUnit_Per() {
	fmt.Printf("%.4f weeks a year\n", clv.Week.Per(clv.Year))
	// Output:
	// 52.1775 weeks a year
}

func ExampleModel_Validate() {
	var m clv.Model
	text := `{"family": "Pareto/NBD", "unit": "week", "params": [0.553, 10.578, 0.606, 0]}`
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.Validate())
	// Output:
	// clv: not a model: parameter beta is 0: want 1e-30 to 1e+30
}
