package rfm_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/rfm"
)

// Every report is a document with keys in lower camel case and numbers as texts,
// whatever the variables of package decimal, and reads back as what it was.
func TestReportsJSON(t *testing.T) {
	place := rfm.Place{
		Value: dec("7.50"), Score: 1, Upper: nullDec("10"), Equal: rfm.Below,
		Better: &rfm.Step{Score: 2, By: dec("2.5"), Beyond: true},
	}
	const placeJSON = `{"value":"7.5","score":1,"upper":"10","equal":"below","better":{"score":2,"by":"2.5","beyond":true}}`
	promotion := rfm.PromotionRecord{FullPrice: 1, Discounted: 4, Free: 2, PaidFull: dec("30"), PaidDiscounted: dec("80.10"), Subsidy: decimal.New(2, 1)}
	const promotionJSON = `{"fullPrice":1,"discounted":4,"free":2,"paidFull":"30","paidDiscounted":"80.1","subsidy":"20"}`
	finding := rfm.Finding{Kind: rfm.Gap, Rule: -1, Other: -1, Scores: 2, Example: rfm.Score{R: 1, F: 2, M: 3}}
	const findingJSON = `{"kind":"gap","rule":-1,"other":-1,"scores":2,"example":"123"}`
	lack := rfm.Lack{Days: 6, Orders: 3, Money: dec("40.00"), Beyond: true}
	const lackJSON = `{"days":6,"orders":3,"money":"40","beyond":true}`

	tests := []struct {
		name   string
		report any
		want   string
	}{
		{"step", rfm.Step{Score: 3, By: dec("-2")}, `{"score":3,"by":"-2"}`},
		{"place", place, placeJSON},
		{
			"place in the middle",
			rfm.Place{Value: dec("0"), Score: 2, Lower: nullDec("-1"), Upper: nullDec("0"), Equal: rfm.Above, Worse: &rfm.Step{Score: 1, By: dec("-1")}},
			`{"value":"0","score":2,"lower":"-1","upper":"0","equal":"above","worse":{"score":1,"by":"-1"}}`,
		},
		{
			"explanation",
			rfm.Explanation{Score: rfm.Score{R: 1, F: 1, M: 1}, Recency: place, Frequency: place, Monetary: place},
			`{"score":"111","recency":` + placeJSON + `,"frequency":` + placeJSON + `,"monetary":` + placeJSON + `}`,
		},
		{"no score", rfm.Explanation{Unscored: "no order"}, `{"unscored":"no order"}`},
		{
			"layer",
			rfm.LayerExplanation{Layer: rfm.Waist, Value: dec("60"), AtLeast: nullDec("40"), Next: rfm.Core, Lacks: dec("15")},
			`{"layer":"waist","value":"60","atLeast":"40","next":"core","lacks":"15"}`,
		},
		{
			"tail of nothing",
			rfm.LayerExplanation{Layer: rfm.Tail, Next: rfm.Waist, Lacks: dec("40")},
			`{"layer":"tail","value":"0","next":"waist","lacks":"40"}`,
		},
		{"core", rfm.LayerExplanation{Layer: rfm.Core, Value: dec("99"), AtLeast: nullDec("75")}, `{"layer":"core","value":"99","atLeast":"75"}`},
		{"no layer", rfm.LayerExplanation{Unplaced: "too much"}, `{"unplaced":"too much"}`},
		{
			"quadrant",
			rfm.QuadrantExplanation{Quadrant: rfm.QuadrantGeneralValue, Visits: place, Spend: place},
			`{"quadrant":"general value","visits":` + placeJSON + `,"spend":` + placeJSON + `}`,
		},
		{"no quadrant", rfm.QuadrantExplanation{Unplaced: "-1 visits"}, `{"unplaced":"-1 visits"}`},
		{"promotion record", promotion, promotionJSON},
		{
			"promotion",
			rfm.PromotionExplanation{Class: rfm.PromotionDealSeeker, Record: promotion, Because: "4 of 5"},
			`{"class":"deal-seeker","record":` + promotionJSON + `,"because":"4 of 5"}`,
		},
		{"lack", lack, lackJSON},
		{
			"next rung",
			rfm.NextRung{From: "layer=tail", To: "layer=waist", Lacks: lack, Odds: rfm.Odds{Moved: 1, Of: 4}},
			`{"from":"layer=tail","to":"layer=waist","lacks":` + lackJSON + `,"odds":{"moved":1,"of":4}}`,
		},
		{
			"no way",
			rfm.NextRung{From: "layer=tail", To: "layer=waist", Unreachable: "no"},
			`{"from":"layer=tail","to":"layer=waist","unreachable":"no","lacks":{"days":0,"orders":0,"money":"0"},"odds":{"moved":0,"of":0}}`,
		},
		{
			"lines",
			rfm.Report{
				Lines: 1, Orders: 2, Joined: 3, Refunds: 4, AfterUntil: 5, ZeroAmounts: 6, Duplicates: 7, Conflicts: 8,
				FullyRefunded: 9, OverRefunded: 10, UnmatchedRefunds: 11,
			},
			`{"lines":1,"orders":2,"joined":3,"refunds":4,"afterUntil":5,"zeroAmounts":6,"duplicates":7,"conflicts":8,` +
				`"fullyRefunded":9,"overRefunded":10,"unmatchedRefunds":11}`,
		},
		{"finding", finding, findingJSON},
		{
			"lint",
			rfm.LintReport{Scores: 125, Unmatched: 2, Overlapping: 1, Owned: []int{100, 23}, Findings: []rfm.Finding{finding}},
			`{"scores":125,"unmatched":2,"overlapping":1,"owned":[100,23],"findings":[` + findingJSON + `]}`,
		},
		{"clean map", rfm.LintReport{Scores: 1, Owned: []int{1}}, `{"scores":1,"unmatched":0,"overlapping":0,"owned":[1]}`},
		{
			"record",
			rfm.Record{First: march(1), Last: march(2).Add(time.Microsecond), Orders: 3, Spend: dec("12.50"), Refunded: dec("1")},
			`{"first":"2026-03-01T12:00:00Z","last":"2026-03-02T12:00:00.000001Z","orders":3,"spend":"12.5","refunded":"1"}`,
		},
		{"record without orders", rfm.Record{}, `{"orders":0,"spend":"0","refunded":"0"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, bare := range []bool{false, true} {
				decimal.MarshalJSONWithoutQuotes = bare
				data, err := json.Marshal(tt.report)
				decimal.MarshalJSONWithoutQuotes = false
				if err != nil || string(data) != tt.want {
					t.Errorf("(bare %t) error %v (-want +got):\n%s", bare, err, diff(tt.want, string(data)))
				}
			}
			back := reflect.New(reflect.TypeOf(tt.report))
			if err := json.Unmarshal([]byte(tt.want), back.Interface()); err != nil {
				t.Fatal(err)
			}
			if diff := diff(tt.report, back.Elem().Interface()); diff != "" {
				t.Errorf("read back (-want +got):\n%s", diff)
			}
		})
	}
}

// A host can fill in a number that would be a text of a billion zeros.
func TestReportsJSONRefuseHostileNumbers(t *testing.T) {
	tests := []struct {
		name   string
		number decimal.Decimal
		want   string
	}{
		{"the least exponent", decimal.New(1, -18), ""},
		{"below it", decimal.New(1, -19), "number has exponent -19: want -18 to 18"},
		{"the greatest exponent", decimal.New(1, 18), ""},
		{"hostile", decimal.New(1, 1e9), "number has exponent 1000000000: want -18 to 18"},
	}
	for _, tt := range tests {
		for _, report := range []any{
			rfm.Record{Spend: tt.number},
			rfm.PromotionPolicy{}.Explain(rfm.PromotionRecord{Subsidy: tt.number}),
			rfm.Lack{Money: tt.number},
		} {
			_, err := json.Marshal(report)
			if (err == nil) != (tt.want == "") || err != nil && !strings.HasSuffix(err.Error(), tt.want) {
				t.Errorf("%s in %T: error %v, want %q", tt.name, report, err, tt.want)
			}
		}
	}
}
