package rfm_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/rfm"
)

func TestLayerNextRung(t *testing.T) {
	l := rfm.Layering{Core: cash("310"), Waist: cash("60")}
	var seen rfm.Migration
	seen.Add("layer=tail", "layer=waist")
	seen.Add("layer=tail", "layer=tail")
	tests := []struct{ name, value, want string }{
		{"tail", "20", "layer=tail to layer=waist: lacks 40 in money; seen: 1 of 2"},
		{"a cent below the core", "309.99", "layer=waist to layer=core: lacks 0.01 in money; seen: not observed"},
		{"core", "310", "layer=core: the top"},
	}
	for _, test := range tests {
		n, err := l.NextRung(cash(test.value), &seen)
		if err != nil || n.String() != test.want {
			t.Errorf("%s: %v, %v: want %s", test.name, n, err, test.want)
		}
	}
	if _, err := l.NextRung(cash("1e1000"), nil); err == nil || err.Error() != "rfm: next layer: sum has exponent 1000: want -18 to 18" {
		t.Errorf("hostile value: %v", err)
	}
	if n, err := (rfm.Layering{Core: cash("9"), Waist: cash("9")}).NextRung(cash("4"), nil); err != nil || n.To != "layer=core" {
		t.Errorf("without a waist: %v, %v", n, err)
	}
}

func TestLadderNextRung(t *testing.T) {
	var seen rfm.Migration
	seen.Add("rung=gold", "rung=private")
	tests := []struct {
		name     string
		standing rfm.Standing
		value    string
		want     string
	}{
		{"none", rfm.Standing{}, "499000", " to rung=gold: lacks 1000 in money; seen: not observed"},
		{"gold", rfm.Standing{Rung: 1}, "600000", "rung=gold to rung=private: lacks 9400000 in money; seen: 1 of 1"},
		{"there already", rfm.Standing{Rung: 1}, "10e6", "rung=gold to rung=private: lacks nothing; seen: 1 of 1"},
		{"the top, flagged", rfm.Standing{Rung: 2, Short: 1}, "5", "rung=private: the top"},
	}
	for _, test := range tests {
		n, err := bank.NextRung(test.standing, cash(test.value), &seen)
		if err != nil || n.String() != test.want {
			t.Errorf("%s: %v, %v: want %s", test.name, n, err, test.want)
		}
	}
	if _, err := bank.NextRung(rfm.Standing{Rung: 3}, cash("1"), nil); err == nil {
		t.Error("no error for a rung that is not there")
	}
}

// fixedModel scores recency at 10 and 20 days, frequency at 2 and 5 orders and
// money above 100 and 200.
func fixedModel(t testing.TB) rfm.Model {
	money := rfm.FixedAt(cash("100"), cash("200"))
	money.Equal = rfm.Below
	model, err := rfm.Fit(shopOf(3, 9, 30), march(31), rfm.Binning{
		Recency:   rfm.FixedAt(cash("10"), cash("20")),
		Frequency: rfm.FixedAt(cash("2"), cash("5")),
		Monetary:  money,
	})
	if err != nil {
		t.Fatal(err)
	}
	return model
}

var threes = rfm.Map{
	Name: "threes", Scores: [3]int{3, 3, 3}, Rest: "away",
	Rules: []rfm.Rule{
		{Segment: "best", R: rfm.Range{3, 3}, F: rfm.Range{3, 3}, M: rfm.Range{2, 3}},
		{Segment: "rich", R: rfm.Range{2, 3}, M: rfm.Range{3, 3}},
		{Segment: "fresh", R: rfm.Range{3, 3}, F: rfm.Range{1, 1}},
		{Segment: "seen", R: rfm.Range{2, 3}},
	},
}

func TestSegmentNextRung(t *testing.T) {
	model := fixedModel(t)
	var seen rfm.Migration
	seen.Add("segment=seen", "segment=best")
	seen.Add("segment=seen", "segment=seen")
	seen.Add("segment=seen", "")
	tests := []struct {
		name   string
		path   string
		record rfm.Record
		want   string
	}{
		{"orders, money and days", "seen best", ordered(15, 2, "60"), "segment=seen to segment=best: lacks a last order nearer by 6 days and 3 orders and over 40 in money; seen: 1 of 3"},
		{"the cut itself is not beyond", "seen best", ordered(15, 2, "100"), "segment=seen to segment=best: lacks a last order nearer by 6 days and 3 orders and any money; seen: 1 of 3"},
		{"just an order", "seen best", ordered(21, 4, "101"), "segment=seen to segment=best: lacks 1 order; seen: 1 of 3"},
		{"a nearer order counts as one", "away seen", ordered(10, 9, "50"), "segment=away to segment=seen: lacks a last order nearer by 1 day and 1 order; seen: not observed"},
		{"at a cut of money, without more if that will do", "away seen", ordered(10, 9, "100"), "segment=away to segment=seen: lacks a last order nearer by 1 day and 1 order; seen: not observed"},
		{"fewest orders first", "away rich", ordered(5, 1, "50"), "segment=away to segment=rich: lacks a last order nearer by 6 days and 1 order and over 150 in money; seen: not observed"},
		{"what can't be undone", "seen fresh", ordered(15, 2, "50"), "segment=seen to segment=fresh: no later order, further order or further money leads there; seen: 0 of 3"},
		{"the top", "seen best", ordered(30, 9, "150"), "segment=best: the top"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			n, err := model.NextRung(test.record, threes, strings.Fields(test.path), &seen)
			if err != nil || n.String() != test.want {
				t.Errorf("%v, %v: want %s", n, err, test.want)
			}
		})
	}
}

func TestSegmentNextRungRefuses(t *testing.T) {
	model := fixedModel(t)
	tests := []struct {
		name   string
		by     rfm.Map
		path   []string
		record rfm.Record
		want   string
	}{
		{"no order", threes, []string{"away", "seen"}, rfm.Record{}, "rfm: next segment: no order"},
		{"from the future", threes, []string{"away", "seen"}, ordered(40, 1, "1"), "rfm: next segment: last order at"},
		{"not on the path", threes, []string{"best"}, ordered(1, 1, "1"), `rfm: segment "away" is not on the path`},
		{"an unknown name", threes, []string{"away", "beast"}, ordered(1, 1, "1"), `rfm: path has "beast": want segments of map "threes"`},
		{"another map", rfm.Grid(), []string{"loyal"}, ordered(1, 1, "1"), `rfm: map "grid" is for 5-5-5 scores: the model has 3-3-3`},
	}
	for _, test := range tests {
		_, err := model.NextRung(test.record, test.by, test.path, nil)
		if err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s: error %v, want %s", test.name, err, test.want)
		}
	}
}

// Property: with what they lack, and a hair more where it says so, a customer
// is where the rung says; and no fewer orders would do, whatever the money.
func TestSegmentNextRungIsEnoughAndLeast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		binning := rapid.SampledFrom([]rfm.Binning{
			rfm.Quantiles(3), rfm.Nested(3, 3, 3),
			{Recency: rfm.FixedAt(cash("10"), cash("20")), Frequency: rfm.FixedAt(cash("2"), cash("5")), Monetary: rfm.FixedAt(cash("1.5"), cash("3.5"))},
		}).Draw(t, "binning")
		model, err := rfm.Fit(drawShop(t), march(31), binning)
		if err != nil {
			t.Fatal(err)
		}
		r := ordered(rapid.IntRange(1, 31).Draw(t, "last day"), rapid.IntRange(1, 6).Draw(t, "orders"), "0")
		r.Spend = decimal.New(rapid.Int64Range(-50, 500).Draw(t, "cents"), -2)
		from := threes.Segment(model.Score(r))
		to := rapid.SampledFrom(threes.Segments()).Filter(func(s string) bool { return s != from }).Draw(t, "to")
		n, err := model.NextRung(r, threes, []string{from, to}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if n.Unreachable == "" {
			there := r
			there.Last = r.Last.AddDate(0, 0, n.Lacks.Days)
			there.Orders += n.Lacks.Orders
			there.Spend = there.Spend.Add(n.Lacks.Money)
			if n.Lacks.Beyond {
				there.Spend = there.Spend.Add(cash("0.000000000000000001"))
			}
			if got := threes.Segment(model.Score(there)); got != to {
				t.Fatalf("%v: with that, %q", n, got)
			}
		}
		most := n.Lacks.Orders
		if n.Unreachable != "" {
			most = 8
		}
		for orders := range most {
			for days := 0; r.Last.AddDate(0, 0, days).Day() != 1 && (days == 0 || orders > 0) && days <= 30; days++ {
				for cents := int64(0); cents < 600; cents += 25 {
					try := r
					try.Last = r.Last.AddDate(0, 0, days)
					try.Orders += orders
					try.Spend = r.Spend.Add(decimal.New(cents, -2))
					if model.Score(try).R >= model.Score(r).R && threes.Segment(model.Score(try)) == to {
						t.Fatalf("%v: %d orders, %d days and %d cents do it too", n, orders, days, cents)
					}
				}
			}
		}
	})
}

func ExampleModel_NextRung() {
	model, err := rfm.Fit(shopOf(2, 5, 8, 20, 30), march(31), rfm.Quantiles(5))
	if err != nil {
		fmt.Println(err)
		return
	}
	path := []string{"hibernating", "about to sleep", "potential loyalist", "champions"}
	n, err := model.NextRung(ordered(14, 6, "55"), rfm.Grid(), path, nil)
	fmt.Println(n, err)
	// Output:
	// segment=potential loyalist to segment=champions: lacks a last order nearer by 8 days and 7 orders; seen: not observed <nil>
}

func ExampleLayering_NextRung() {
	var seen rfm.Migration
	seen.Add("layer=waist", "layer=core")
	seen.Add("layer=waist", "layer=waist")
	seen.Add("layer=waist", "layer=tail")
	layers := rfm.Layering{Core: cash("310"), Waist: cash("60")}
	n, err := layers.NextRung(cash("250"), &seen)
	fmt.Println(n, err)
	// Output:
	// layer=waist to layer=core: lacks 60 in money; seen: 1 of 3 <nil>
}

func ExampleLadder_NextRung() {
	n, err := bank.NextRung(rfm.Standing{Rung: 1}, cash("8500000"), nil)
	fmt.Println(n.To, n.Lacks, err)
	// Output:
	// rung=private 1500000 in money <nil>
}
