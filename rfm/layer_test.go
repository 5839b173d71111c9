package rfm_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/rfm"
)

var eightyNinetyFive = rfm.ByValue(cash("0.8"), cash("0.95"))

// amountsOf returns decimals from their texts.
func amountsOf(texts string) []decimal.Decimal {
	var list []decimal.Decimal
	for text := range strings.FieldsSeq(texts) {
		list = append(list, cash(text))
	}
	return list
}

// prefixes returns how many of the values, the greatest first, it takes to
// reach each share of the total, by adding them up one by one.
func prefixes(values []decimal.Decimal, shares ...decimal.Decimal) []int {
	sorted := slices.Clone(values)
	slices.SortFunc(sorted, func(a, b decimal.Decimal) int { return b.Cmp(a) })
	total := decimal.Zero
	for _, v := range sorted {
		if v.Sign() > 0 {
			total = total.Add(v)
		}
	}
	var counts []int
	for _, share := range shares {
		sum, n := decimal.Zero, 0
		for sum.LessThan(total.Mul(share)) {
			sum = sum.Add(sorted[n])
			n++
		}
		counts = append(counts, n)
	}
	return counts
}

// layerSizes counts the values in the core, the waist and the tail.
func layerSizes(l rfm.Layering, values []decimal.Decimal) [3]int {
	var sizes [3]int
	for _, v := range values {
		sizes[l.Layer(v)-1]++
	}
	return sizes
}

// An ABC analysis at 80 and 95 % with the boundary customer inside makes
// classes of 7,695, 8,044 and 7,831 of CDNOW, and of 606, 228 and 161 of R
// rfm's demo customers. It parts equals at the boundary; layers don't, and so
// have 23 more in the waist of the one and 1 more in the core of the other.
func TestLayersOfPublicData(t *testing.T) {
	cdnow := rfm.Tally[string]{}
	for _, row := range readCDNOW(t) {
		if err := cdnow.Add(row.Customer, rfm.Order{At: row.At, Amount: row.Amount}); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		name     string
		tally    *rfm.Tally[string]
		asOf     time.Time
		prefixes []int
		want     [3]int
	}{
		{"CDNOW", &cdnow, time.Date(1998, 6, 30, 0, 0, 0, 0, time.UTC), []int{7695, 7695 + 8044}, [3]int{7695, 8067, 7808}},
		{"R demo", readDemo(t), demoAsOf, []int{606, 606 + 228}, [3]int{607, 228, 160}},
	}
	for _, test := range tests {
		table, err := test.tally.Table(test.asOf)
		if err != nil {
			t.Fatal(err)
		}
		var values []decimal.Decimal
		for i := range table.Len() {
			values = append(values, table.Net(i))
		}
		if diff := cmp.Diff(test.prefixes, prefixes(values, cash("0.8"), cash("0.95"))); diff != "" {
			t.Errorf("%s: prefixes (-want +got):\n%s", test.name, diff)
		}
		l, err := table.FitLayers(eightyNinetyFive)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, layerSizes(l, values)); diff != "" {
			t.Errorf("%s: layers (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestFitLayers(t *testing.T) {
	tests := []struct {
		name   string
		values string
		policy rfm.LayerPolicy
		want   [3]int
	}{
		{"the boundary customer is inside", "60 20 10 5 5", eightyNinetyFive, [3]int{2, 3, 0}},
		{"a cent less and one more is needed", "60 19.99 10 5 5.01", eightyNinetyFive, [3]int{3, 1, 1}},
		{"all equal are all core", "7 7 7 7 7 7 7 7 7 7", eightyNinetyFive, [3]int{10, 0, 0}},
		{"one whale takes it all", "1000 1 1", eightyNinetyFive, [3]int{1, 0, 2}},
		{"zeros and negatives are tail", "10 0 0 -5", rfm.ByValue(cash("0.5"), cash("1")), [3]int{1, 0, 3}},
		{"negatives take nothing from the total", "80 20 -90", eightyNinetyFive, [3]int{1, 1, 1}},
		{"one customer", "3", eightyNinetyFive, [3]int{1, 0, 0}},
		{"heads", "9 8 7 6 5 4 3 2 1 0", rfm.ByHeadCount(cash("0.2"), cash("0.5")), [3]int{2, 3, 5}},
		{"heads rounded up", "9 8 7 6 5 4 3", rfm.ByHeadCount(cash("0.2"), cash("0.5")), [3]int{2, 2, 3}},
		{"equal heads stay together", "9 8 8 6 5 4 3 2 1 0", rfm.ByHeadCount(cash("0.2"), cash("0.5")), [3]int{3, 2, 5}},
		{"heads of nothing", "0 0 0", rfm.ByHeadCount(cash("0.2"), cash("0.5")), [3]int{3, 0, 0}},
		{"more than 64 bits hold", "9e18 1e18 1e-18", eightyNinetyFive, [3]int{1, 1, 1}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			values := amountsOf(test.values)
			l, err := rfm.FitLayers(slices.Values(values), test.policy)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, layerSizes(l, values)); diff != "" {
				t.Errorf("core %v, waist %v; sizes (-want +got):\n%s", l.Core, l.Waist, diff)
			}
		})
	}
}

func TestFitLayersRefuses(t *testing.T) {
	one := cash("1")
	tests := []struct {
		name   string
		values string
		policy rfm.LayerPolicy
		want   string
	}{
		{"nobody", "", eightyNinetyFive, "rfm: no value to share out in layers"},
		{"nobody by head", "", rfm.ByHeadCount(cash("0.2"), one), "rfm: no value to share out in layers"},
		{"nothing to share", "0 0 -3", eightyNinetyFive, "rfm: no value to share out in layers"},
		{"hostile value", "1 1e1000", eightyNinetyFive, "rfm: value 1: sum has exponent 1000: want -18 to 18"},
		{"no policy", "1", rfm.LayerPolicy{}, "rfm: layers: by: \"\": want \"value\" or \"customers\"\ncore: 0: want a share above zero\nwaist: 0: want a share above zero\nwaist: 0: want more than the core's 0"},
		{"upside down", "1", rfm.ByValue(cash("0.95"), cash("0.8")), "rfm: layers: waist: 0.8: want more than the core's 0.95"},
		{"over one", "1", rfm.ByValue(cash("0.8"), cash("1.1")), "rfm: layers: waist: 1.1: want a share from 0 to 1 with at most 6 places"},
		{"too fine", "1", rfm.ByValue(cash("0.8000001"), one), "rfm: layers: core: 0.8000001: want a share from 0 to 1 with at most 6 places"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := rfm.FitLayers(slices.Values(amountsOf(test.values)), test.policy)
			if err == nil || err.Error() != test.want {
				t.Errorf("error %v, want %s", err, test.want)
			}
		})
	}
	if _, err := rfm.FitLayers(slices.Values(amountsOf("0")), eightyNinetyFive); !errors.Is(err, rfm.ErrNoValue) {
		t.Errorf("error %v is not ErrNoValue", err)
	}
}

// Property: the core is the shortest list of greatest values that reaches its
// share, extended over those who have as much as the last; core and waist are
// the same for theirs. So the core has its share, and equals have one layer.
func TestLayersAreShortestPrefixes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cents := rapid.SliceOfN(rapid.Int64Range(0, 40), 1, 60).Draw(t, "cents")
		var values []decimal.Decimal
		for _, n := range cents {
			values = append(values, decimal.New(n, -2))
		}
		values = append(values, cash("0.01"))
		lo := rapid.Int64Range(1, 98).Draw(t, "core share")
		core, waist := decimal.New(lo, -2), decimal.New(rapid.Int64Range(lo+1, 100).Draw(t, "waist share"), -2)
		l, err := rfm.FitLayers(slices.Values(values), rfm.ByValue(core, waist))
		if err != nil {
			t.Fatal(err)
		}
		sorted := slices.Clone(values)
		slices.SortFunc(sorted, func(a, b decimal.Decimal) int { return b.Cmp(a) })
		var want []int
		for _, n := range prefixes(values, core, waist) {
			for n < len(sorted) && sorted[n].Equal(sorted[n-1]) {
				n++
			}
			want = append(want, n)
		}
		sizes := layerSizes(l, values)
		if got := []int{sizes[0], sizes[0] + sizes[1]}; !slices.Equal(got, want) {
			t.Fatalf("core, core and waist: %v, want %v", got, want)
		}
		slices.Reverse(values)
		again, err := rfm.FitLayers(slices.Values(values), rfm.ByValue(core, waist))
		if err != nil {
			t.Fatal(err)
		}
		first, _ := json.Marshal(l)
		second, _ := json.Marshal(again)
		if string(first) != string(second) {
			t.Fatalf("another order gives %s, not %s", second, first)
		}
	})
}

// Property: what an explanation says is lacking is just enough for the layer
// that it names.
func TestLayerExplanationIsEnough(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		waist := rapid.Int64Range(-20, 20).Draw(t, "waist")
		l := rfm.Layering{Core: decimal.New(waist+rapid.Int64Range(0, 20).Draw(t, "to core"), -1), Waist: decimal.New(waist, -1)}
		v := decimal.New(rapid.Int64Range(-50, 80).Draw(t, "value"), -1)
		e := l.Explain(v)
		if e.Layer == rfm.Core {
			if e.Next != 0 || !e.Lacks.IsZero() {
				t.Fatalf("%v", e)
			}
			return
		}
		if got := l.Layer(v.Add(e.Lacks)); got != e.Next {
			t.Fatalf("%v: with that, %v", e, got)
		}
		if got := l.Layer(v.Add(e.Lacks).Sub(cash("0.01"))); got != e.Layer {
			t.Fatalf("%v: with a cent less, %v", e, got)
		}
	})
}

func TestParseLayering(t *testing.T) {
	l, err := rfm.FitLayers(slices.Values(amountsOf("60 20.50 10 5 4.5")), eightyNinetyFive)
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(l)
	want := `{"policy":{"by":"value","core":"0.8","waist":"0.95"},"core":"20.5","waist":"5","customers":5}`
	if err != nil || string(data) != want {
		t.Fatalf("JSON %s, %v: want %s", data, err, want)
	}
	got, err := rfm.ParseLayering(data)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := json.Marshal(got); string(again) != want {
		t.Errorf("%s becomes %s", want, again)
	}
	_, err = rfm.ParseLayering([]byte(`{"policy":{"by":"heads","core":"0.8","waist":"0.95"},"core":"20.5","waist":"21","customers":-5}`))
	faults, ok := errors.AsType[regulars.Faults](err)
	if !ok {
		t.Fatalf("error %v, want faults", err)
	}
	wantFaults := "policy.by: \"heads\": want \"value\" or \"customers\"\nwaist: 21: want at most the core's 20.5\ncustomers: -5: want zero or more"
	if diff := cmp.Diff(wantFaults, faults.Error()); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
}

func TestLayerNames(t *testing.T) {
	for _, l := range rfm.Layers() {
		text, err := l.MarshalText()
		var back rfm.Layer
		if err != nil || back.UnmarshalText(text) != nil || back != l || l.Label() != "layer="+string(text) {
			t.Errorf("%v does not come back from %q: %v", l, text, err)
		}
	}
	for _, none := range []rfm.Layer{0, 4} {
		if _, err := none.MarshalText(); err == nil || none.Label() != "" || none.Chinese() != "" {
			t.Errorf("layer %d is none but has names", none)
		}
	}
	var l rfm.Layer
	if err := l.UnmarshalText([]byte("A")); err == nil {
		t.Error("A is taken for a layer")
	}
}

func FuzzParseLayering(f *testing.F) {
	f.Add([]byte(`{"policy":{"by":"value","core":"0.8","waist":"0.95"},"core":"20.5","waist":"5","customers":5}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := rfm.ParseLayering(data)
		if err != nil {
			return
		}
		first, err := json.Marshal(l)
		if err != nil {
			t.Fatal(err)
		}
		if l, err = rfm.ParseLayering(first); err != nil {
			t.Fatalf("%v in %s", err, first)
		}
		if second, _ := json.Marshal(l); string(second) != string(first) {
			t.Fatalf("%s becomes %s", first, second)
		}
		_ = l.Explain(cash("12")).String()
	})
}

func ExampleFitLayers() {
	spend := map[string]string{"ann": "500", "bob": "310", "cho": "100", "dee": "60", "eli": "30"}
	values := func(yield func(decimal.Decimal) bool) {
		for _, text := range spend {
			if !yield(cash(text)) {
				return
			}
		}
	}
	layers, err := rfm.FitLayers(values, rfm.ByValue(cash("0.8"), cash("0.95")))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range []string{"ann", "bob", "cho", "dee", "eli"} {
		fmt.Println(name, layers.Layer(cash(spend[name])))
	}
	// Output:
	// ann core
	// bob core
	// cho waist
	// dee waist
	// eli tail
}

func ExampleByHeadCount() {
	layers, err := rfm.FitLayers(slices.Values(amountsOf("9 8 7 6 5 4 3 2 1 0")), rfm.ByHeadCount(cash("0.2"), cash("0.5")))
	fmt.Println(layers.Core, layers.Waist, err)
	// Output:
	// 8 5 <nil>
}

func ExampleTable_FitLayers() {
	table, err := rfm.NewTable(shopOf(2, 3, 5, 30), march(31))
	if err != nil {
		fmt.Println(err)
		return
	}
	layers, err := table.FitLayers(rfm.ByValue(cash("0.7"), cash("0.9")))
	fmt.Println(layers.Core, layers.Waist, err)
	// Output:
	// 300 30 <nil>
}

func ExampleLayering_Explain() {
	layers := rfm.Layering{Core: cash("310"), Waist: cash("60")}
	fmt.Println(layers.Explain(cash("299.5")))
	fmt.Println(layers.Explain(cash("20")))
	// Output:
	// waist 腰部: 299.5 is at least 60; 10.5 more for core
	// tail 尾部: 20; 40 more for waist
}

func ExampleLayerLabels() {
	label := rfm.LayerLabels(rfm.Layering{Core: cash("310"), Waist: cash("60")})
	fmt.Println(label(ordered(3, 2, "75"), march(31)))
	// Output:
	// layer=waist
}

func ExampleParseLayering() {
	layers, err := rfm.ParseLayering([]byte(`{
		"policy": {"by": "value", "core": "0.8", "waist": "0.95"},
		"core": "310", "waist": "60", "customers": 5
	}`))
	fmt.Println(layers.Layer(cash("60")).Label(), err)
	// Output:
	// layer=waist <nil>
}
