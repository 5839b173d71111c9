package rfm_test

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/rfm"
)

// A map for three scores was written with five in mind.
func ExampleMap_Validate() {
	m := rfm.Map{Name: "mine", Scores: [3]int{3, 3, 3}, Rules: []rfm.Rule{
		{Segment: "best", R: rfm.Range{2, 5}},
		{R: rfm.Range{1, 1}},
	}}
	fmt.Println(m.Validate())
	// Output:
	// rules[0].r: 2 to 5: want an ascending range within 1 to 3
	// rules[1].segment: missing
}

// A stored model was changed by hand.
func ExampleModel_Validate() {
	model, err := rfm.Fit(threeCustomers().All(), march26(30), rfm.Quantiles(3))
	fmt.Println(model.Validate(), err)
	model.Frequency[0].At[0] = decimal.New(9, 0)
	model.Recency.Best = rfm.Above
	fmt.Println(model.Validate())
	// Output:
	// <nil> <nil>
	// recency.best: "above": want "below", since few days are good
	// frequency[0].at[1]: 2.333333333333333333 is below the one before, 9: want ascending cuts
}

func ExampleWeights_Validate() {
	fmt.Println(rfm.Weights{R: -1, F: 1, M: 1}.Validate())
	// Output:
	// r: -1: want 0 to 1e+09
}

// Shares are out of 1, and those of the waist hold the core's.
func ExampleLayerPolicy_Validate() {
	fmt.Println(rfm.ByValue(decimal.New(80, 0), decimal.New(95, 0)).Validate())
	fmt.Println(rfm.ByHeadCount(decimal.New(2, -1), decimal.New(1, -1)).Validate())
	// Output:
	// core: 80: want a share from 0 to 1 with at most 6 places
	// waist: 95: want a share from 0 to 1 with at most 6 places
	// waist: 0.1: want more than the core's 0.2
}

func ExampleLayering_Validate() {
	l := rfm.Layering{Policy: rfm.ByValue(decimal.New(8, -1), decimal.New(95, -2)), Core: decimal.New(60, 0), Waist: decimal.New(310, 0)}
	fmt.Println(l.Validate())
	// Output:
	// waist: 310: want at most the core's 60
}

func ExampleLadder_Validate() {
	gold := rfm.Rung{Name: "gold", AtLeast: decimal.New(500_000, 0), Short: 3}
	private := rfm.Rung{Name: "private", AtLeast: decimal.New(10_000, 0), Short: 6}
	fmt.Println(rfm.Ladder{Rungs: []rfm.Rung{gold, private}}.Validate())
	// Output:
	// rungs[1].atLeast: 10000: want more than the 500000 of the rung before
}

func ExamplePromotionPolicy_Validate() {
	fmt.Println(rfm.PromotionPolicy{DealSeeker: decimal.New(3, -1), FullPrice: decimal.New(4, -1)}.Validate())
	// Output:
	// fullPrice: 0.4: want less than the deal-seeker's 0.3
}

func ExampleQuadrantBinning_Validate() {
	b := rfm.MeanQuadrants()
	b.Visits = rfm.FixedAt(decimal.New(2, 0), decimal.New(8, 0))
	fmt.Println(b.Validate())
	// Output:
	// visits: makes more than two scores: want one cut
}

// Cuts were copied from those of recency, where less is better.
func ExampleQuadrantModel_Validate() {
	days := rfm.Cuts{At: []decimal.Decimal{decimal.New(30, 0)}, Equal: rfm.Below, Best: rfm.Below}
	fmt.Println(rfm.QuadrantModel{Binning: rfm.MeanQuadrants(), Visits: days, Spend: days}.Validate())
	// Output:
	// visits.best: "below": want "above", since more is better
	// spend.best: "below": want "above", since more is better
}
