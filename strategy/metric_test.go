package strategy_test

import (
	"math"
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/strategy"
)

// shopTree is revenue per visit, of two shops.
func shopTree() strategy.Playbook {
	return strategy.Playbook{
		NorthStar: "per visit",
		Metrics: []strategy.Metric{
			{Name: "per visit", Ratio: []string{"revenue", "visits"}},
			{Name: "revenue", Sum: []string{"online", "shop"}},
			{Name: "online", Product: []string{"buyers", "orders per buyer", "order value"}},
			{Name: "shop"},
			{Name: "visits"},
			{Name: "buyers"},
			{Name: "orders per buyer"},
			{Name: "order value"},
		},
		Operations: []strategy.Operation{operation("a", 1, strategy.Audience{})},
	}
}

// By hand: revenue goes from 2·3·5+10 = 40 to 4·3·6+8 = 80 and visits from 10 to
// 16, so that the north star goes from 4 to 5. Revenue has a weight of
// (1/10+1/16)/2 = 13/160, and visits one of -(40+80)/2/(10·16) = -3/8. Of the
// product, buyers have a weight of 3·(5+6)/2 = 33/2, order value 3·(2+4)/2 = 9.
func TestSplit(t *testing.T) {
	before := map[string]float64{"buyers": 2, "orders per buyer": 3, "order value": 5, "shop": 10, "visits": 10}
	after := map[string]float64{"buyers": 4, "orders per buyer": 3, "order value": 6, "shop": 8, "visits": 16}
	got, err := shopTree().Split(before, after)
	if err != nil {
		t.Fatal(err)
	}
	want := []strategy.Share{
		{Metric: "per visit", Before: 4, After: 5, Contribution: 1},
		{Metric: "revenue", Parent: "per visit", Before: 40, After: 80, Contribution: 40 * 13. / 160},
		{Metric: "online", Parent: "revenue", Before: 30, After: 72, Contribution: 42 * 13. / 160},
		{Metric: "buyers", Parent: "online", Before: 2, After: 4, Contribution: 2 * 16.5 * 13 / 160},
		{Metric: "orders per buyer", Parent: "online", Before: 3, After: 3},
		{Metric: "order value", Parent: "online", Before: 5, After: 6, Contribution: 9 * 13. / 160},
		{Metric: "shop", Parent: "revenue", Before: 10, After: 8, Contribution: -2 * 13. / 160},
		{Metric: "visits", Parent: "per visit", Before: 10, After: 16, Contribution: -6 * 3. / 8},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(strategy.Share{})); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if x := got[7].Exact(); x.Cmp(big.NewRat(-9, 4)) != 0 {
		t.Errorf("visits contribute exactly %v", x)
	}
	if (strategy.Share{}).Exact().Sign() != 0 {
		t.Error("nothing contributes something")
	}
}

// Property: the parts of a metric contribute exactly what it does, and the order
// of the parts changes nothing.
func TestSplitIsExact(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		values := rapid.Custom(func(t *rapid.T) map[string]float64 {
			v := map[string]float64{}
			for _, name := range []string{"buyers", "orders per buyer", "order value", "shop"} {
				v[name] = rapid.Float64Range(-1e9, 1e9).Draw(t, name)
			}
			v["visits"] = rapid.Float64Range(1e-9, 1e9).Draw(t, "visits")
			return v
		})
		p, before, after := shopTree(), values.Draw(rt, "before"), values.Draw(rt, "after")
		shares, err := p.Split(before, after)
		if err != nil {
			rt.Fatal(err)
		}
		due := map[string]*big.Rat{}
		parts := map[string]*big.Rat{}
		for _, s := range shares {
			due[s.Metric] = s.Exact()
			if parts[s.Parent] == nil {
				parts[s.Parent] = new(big.Rat)
			}
			parts[s.Parent].Add(parts[s.Parent], s.Exact())
		}
		for name, sum := range parts {
			if want := due[name]; name != "" && sum.Cmp(want) != 0 {
				rt.Fatalf("the parts of %q contribute %v, and it %v", name, sum, want)
			}
		}
		for i := range p.Metrics {
			p.Metrics[i].Sum = rapid.Permutation(p.Metrics[i].Sum).Draw(rt, "sum")
			p.Metrics[i].Product = rapid.Permutation(p.Metrics[i].Product).Draw(rt, "product")
		}
		again, err := p.Split(before, after)
		if err != nil {
			rt.Fatal(err)
		}
		for _, s := range again {
			if s.Exact().Cmp(due[s.Metric]) != 0 {
				rt.Fatalf("%q contributes %v, and in another order %v", s.Metric, due[s.Metric], s.Exact())
			}
		}
	})
}

func TestSplitRefuses(t *testing.T) {
	good := func() map[string]float64 {
		return map[string]float64{"buyers": 2, "orders per buyer": 3, "order value": 5, "shop": 10, "visits": 10}
	}
	tests := []struct {
		name   string
		change func(map[string]float64)
		want   string
	}{
		{"missing", func(v map[string]float64) { delete(v, "shop") }, `no value of "shop"`},
		{"NaN", func(v map[string]float64) { v["shop"] = math.NaN() }, `"shop" is NaN: want a finite number`},
		{"infinite", func(v map[string]float64) { v["visits"] = math.Inf(1) }, `"visits" is +Inf`},
		{"divided by 0", func(v map[string]float64) { v["visits"] = 0 }, `"per visit" divides by "visits", which is 0`},
		{"computed", func(v map[string]float64) { v["online"] = 30 }, `"online" is computed`},
		{"not there", func(v map[string]float64) { v["clicks"] = 30 }, `"clicks" is no metric`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			bad := good()
			test.change(bad)
			for _, pair := range [][2]map[string]float64{{good(), bad}, {bad, good()}} {
				got, err := shopTree().Split(pair[0], pair[1])
				if err == nil || got != nil {
					t.Fatalf("%v, %v", got, err)
				}
				expect(t, err, test.want)
			}
		})
	}
	circle := strategy.Playbook{NorthStar: "a", Metrics: []strategy.Metric{{Name: "a", Sum: []string{"b", "c"}}, {Name: "b", Sum: []string{"a", "c"}}, {Name: "c"}}}
	if _, err := circle.Split(map[string]float64{"c": 1}, map[string]float64{"c": 2}); err == nil {
		t.Error("no error for a circle")
	}
}

func TestMetricsAreATree(t *testing.T) {
	tests := []struct {
		name   string
		change func(*strategy.Playbook)
		want   string
	}{
		{"as it is", func(*strategy.Playbook) {}, ""},
		{"no north star", func(p *strategy.Playbook) { p.NorthStar = "" }, `northStar: "" with 8 metrics: want both or neither`},
		{"no metrics", func(p *strategy.Playbook) { p.Metrics = nil }, `northStar: "per visit" with 0 metrics: want both or neither`},
		{"another north star", func(p *strategy.Playbook) { p.NorthStar = "polaris" }, `northStar: "polaris" is no metric`},
		{"two of a name", func(p *strategy.Playbook) { p.Metrics[3].Name = "online" }, `metrics[3].name: "online" is the name of metrics[2] already`},
		{"no such part", func(p *strategy.Playbook) { p.Metrics[1].Sum[1] = "branch" }, `metrics[1].sum[1]: "branch" is no metric`},
		{"a part twice", func(p *strategy.Playbook) { p.Metrics[1].Sum = append(p.Metrics[1].Sum, "visits") }, `metrics[1].sum[2]: "visits" is part of "per visit" already`},
		{"a circle", func(p *strategy.Playbook) { p.Metrics[2].Product[0] = "revenue" }, `metrics[2].product[0]: "revenue" is part of "per visit" already`},
		{"apart", func(p *strategy.Playbook) {
			p.Metrics = append(p.Metrics, strategy.Metric{Name: "x", Sum: []string{"y", "z"}}, strategy.Metric{Name: "y"}, strategy.Metric{Name: "z"})
		}, `metrics[8]: "x" is not under the north star, "per visit"`},
		{"sum and product", func(p *strategy.Playbook) { p.Metrics[1].Product = []string{"visits", "buyers"} }, "metrics[1]: want one of sum, product and ratio"},
		{"a sum of one", func(p *strategy.Playbook) { p.Metrics[1].Sum = []string{"online"} }, "metrics[1].sum: has 1: want 2 to 8, and 2 for a ratio"},
		{"a ratio of three", func(p *strategy.Playbook) { p.Metrics[0].Ratio = append(p.Metrics[0].Ratio, "shop") }, "metrics[0].ratio: has 3"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := shopTree()
			test.change(&p)
			expect(t, p.Validate(), test.want)
		})
	}
}
