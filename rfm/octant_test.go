package rfm_test

import (
	"encoding/csv"
	"fmt"
	"iter"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/internal/testdata"
	"github.com/regulars-go/regulars/rfm"
)

// readDemo tallies the demo orders of the R package rfm, up to the last day of
// 2006, as its documentation does.
func readDemo(t testing.TB) *rfm.Tally[string] {
	rows, err := csv.NewReader(testdata.Open(t, "rfm_data_orders_slim.csv")).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	tally := &rfm.Tally[string]{Until: demoAsOf}
	for _, row := range rows[1:] {
		at, err := time.Parse(time.DateOnly, row[1])
		if err != nil {
			t.Fatal(err)
		}
		if err := tally.Add(row[0], rfm.Order{At: at, Amount: decimal.RequireFromString(row[2])}); err != nil {
			t.Fatal(err)
		}
	}
	return tally
}

var demoAsOf = time.Date(2006, 12, 31, 0, 0, 0, 0, time.UTC)

// Counted once with a few lines of another language on the raw means
// (286.7387 days, 4.9307 orders, 466.4905): the eight octants of R rfm's 995
// demo customers, and the four quadrants if orders stand for visits.
func TestOctantsAndQuadrantsOfTheDemo(t *testing.T) {
	tally := readDemo(t)
	model, err := rfm.Fit(tally.All(), demoAsOf, rfm.Means())
	if err != nil {
		t.Fatal(err)
	}
	quadrants, err := rfm.FitQuadrants(visitorsOf(tally.All()), rfm.MeanQuadrants())
	if err != nil {
		t.Fatal(err)
	}
	octants, quarters := map[string]int{}, map[string]int{}
	for _, r := range tally.All() {
		octants[rfm.OctantOf(model.Score(r)).Chinese()]++
		quarters[quadrants.Quadrant(rfm.Visitor{Visits: r.Orders, Spend: r.Net()}).Chinese()]++
	}
	wantOctants := map[string]int{
		"重要价值": 274, "一般价值": 102, "重要发展": 20, "一般发展": 185,
		"重要保持": 125, "一般保持": 39, "重要挽留": 28, "一般挽留": 222,
	}
	if diff := cmp.Diff(wantOctants, octants); diff != "" {
		t.Errorf("octants (-want +got):\n%s", diff)
	}
	wantQuadrants := map[string]int{"重要价值": 399, "重点发展": 141, "重要保持": 48, "一般价值": 407}
	if diff := cmp.Diff(wantQuadrants, quarters); diff != "" {
		t.Errorf("quadrants (-want +got):\n%s", diff)
	}
}

// visitorsOf takes each order for a visit.
func visitorsOf[K int | string](customers iter.Seq2[K, rfm.Record]) iter.Seq2[K, rfm.Visitor] {
	return func(yield func(K, rfm.Visitor) bool) {
		for id, r := range customers {
			if !yield(id, rfm.Visitor{Visits: r.Orders, Spend: r.Net()}) {
				return
			}
		}
	}
}

// drawShop draws a few customers with orders in March 2026.
func drawShop(t *rapid.T) iter.Seq2[int, rfm.Record] {
	records := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) rfm.Record {
		return rfm.Record{
			First:  march(1),
			Last:   march(rapid.IntRange(1, 30).Draw(t, "last day")),
			Orders: rapid.IntRange(1, 6).Draw(t, "orders"),
			Spend:  decimal.New(rapid.Int64Range(-50, 500).Draw(t, "cents"), -2),
		}
	}), 1, 30).Draw(t, "customers")
	return func(yield func(int, rfm.Record) bool) {
		for i, r := range records {
			if !yield(i+1, r) {
				return
			}
		}
	}
}

// Property: the octant of a two-way model is its three splits side by side, and
// the quadrant on the same numbers is the octant without recency.
func TestOctantIsThreeSplitsAndQuadrantTwo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		shop := drawShop(t)
		binning := rapid.SampledFrom([]rfm.Binning{
			rfm.Means(), rfm.Medians(), rfm.TopShares(cash("0.2")), rfm.Quantiles(2),
		}).Draw(t, "binning")
		model, err := rfm.Fit(shop, march(31), binning)
		if err != nil {
			t.Fatal(err)
		}
		quadrants, err := rfm.FitQuadrants(visitorsOf(shop), rfm.QuadrantBinning{Visits: binning.Frequency, Spend: binning.Monetary})
		if err != nil {
			t.Fatal(err)
		}
		for id, r := range shop {
			days, _ := r.Recency(march(31))
			recent := model.Recency.Score(decimal.NewFromInt(int64(days))) == 2
			frequent := model.Frequency[0].Score(decimal.NewFromInt(int64(r.Orders))) == 2
			high := model.Monetary[0].Score(r.Net()) == 2
			o := rfm.OctantOf(model.Score(r))
			if o.Recent() != recent || o.Frequent() != frequent || o.High() != high {
				t.Fatalf("customer %d is %v, split %v %v %v", id, o, recent, frequent, high)
			}
			q := quadrants.Quadrant(rfm.Visitor{Visits: r.Orders, Spend: r.Net()})
			if q.Often() != frequent || q.High() != high {
				t.Fatalf("customer %d is %v, split %v %v", id, q, frequent, high)
			}
		}
	})
}

func TestOctantNames(t *testing.T) {
	seen := map[string]bool{}
	for i, o := range rfm.Octants() {
		if int(o) != i+1 || rfm.OctantFrom(o.Recent(), o.Frequent(), o.High()) != o {
			t.Errorf("%v does not come back from its own bits", o)
		}
		text, err := o.MarshalText()
		var back rfm.Octant
		if err != nil || back.UnmarshalText(text) != nil || back != o {
			t.Errorf("%v does not come back from %q: %v", o, text, err)
		}
		seen[o.String()], seen[o.Chinese()] = true, true
	}
	if len(seen) != 16 {
		t.Errorf("%d names, want 16", len(seen))
	}
	for _, none := range []rfm.Octant{0, 9} {
		if none.Label() != "" || none.Chinese() != "" || none.Recent() || none.Frequent() || none.High() {
			t.Errorf("octant %d is none but says %q", none, none.Label())
		}
		if _, err := none.MarshalText(); err == nil {
			t.Errorf("octant %d has a text", none)
		}
	}
	var o rfm.Octant
	if err := o.UnmarshalText([]byte("priority develop")); err == nil {
		t.Error("an octant takes the name of a quadrant")
	}
	for _, code := range []string{"123", "311", "155"} {
		if s, _ := rfm.ParseScore(code); rfm.OctantOf(s) != 0 {
			t.Errorf("score %s of a finer model has octant %v", code, rfm.OctantOf(s))
		}
	}
}

func ExampleOctantOf() {
	model, err := rfm.Fit(shopOf(3, 5, 30), march(31), rfm.Means())
	if err != nil {
		fmt.Println(err)
		return
	}
	for id, r := range shopOf(3, 5, 30) {
		o := rfm.OctantOf(model.Score(r))
		fmt.Println(id, o, o.Chinese())
	}
	// Output:
	// 1 general win-back 一般挽留
	// 2 general win-back 一般挽留
	// 3 important value 重要价值
}

func ExampleOctantFrom() {
	fmt.Println(rfm.OctantFrom(false, true, true).Label())
	// Output:
	// octant=important retain
}

func ExampleOctantLabels() {
	model, err := rfm.Fit(shopOf(3, 5, 30), march(31), rfm.Medians())
	if err != nil {
		fmt.Println(err)
		return
	}
	label := rfm.OctantLabels(model)
	visitor := ordered(28, 1, "12.50")
	fmt.Println(label(visitor, march(31)))
	fmt.Println(label(visitor, march(31+60)))
	// Output:
	// octant=general develop
	// octant=general win-back
}
