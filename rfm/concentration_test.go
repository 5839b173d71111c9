package rfm_test

import (
	"math"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/rfm"
)

func concentrate(t interface{ Fatal(...any) }, values ...string) *rfm.Concentration {
	var list []decimal.Decimal
	for _, v := range values {
		list = append(list, dec(v))
	}
	c, err := rfm.Concentrate(slices.Values(list))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestConcentrate(t *testing.T) {
	tests := []struct {
		name   string
		values []string
		total  string
		top    float64 // of a fifth
		gini   float64
		ok     bool
	}{
		{"nobody", nil, "0", 0, 0, false},
		{"nobody has anything", []string{"0", "0.00"}, "0", 0, 0, false},
		{"less than nothing alone", []string{"-5", "0"}, "0", 0, 0, false},
		{"one", []string{"7"}, "7", 1, 0, true},
		{"all the same", []string{"2", "2", "2", "2", "2"}, "10", 0.2, 0, true},
		{"one has all", []string{"0", "0", "0", "0", "9.99"}, "9.99", 1, 0.8, true}, // (n-1)/n
		{"80/20", []string{"5", "5", "5", "80", "5"}, "100", 0.8, 0.6, true},        // (2(0.8+0.85+0.9+0.95+1)-6)/5
		{"one to five", []string{"1", "2", "3", "4", "5"}, "15", 1.0 / 3, 4.0 / 15, true},
		{"less than nothing counts as nothing", []string{"-80", "5", "5", "5", "5"}, "20", 0.25, 0.2, true},
		{"places mix", []string{"0.5", "1", "0.500"}, "2", 0.5, 1.0 / 6, true},
		{"beyond 64 bits", []string{"123456789012345678901234567890123456", "0"}, "123456789012345678901234567890123456", 1, 0.5, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := concentrate(t, tt.values...)
			if c.Customers != len(tt.values) || !c.Total.Equal(dec(tt.total)) {
				t.Errorf("%d customers with %v, want %d with %s", c.Customers, c.Total, len(tt.values), tt.total)
			}
			top, ok1 := c.Top(0.2)
			gini, ok2 := c.Gini()
			if ok1 != tt.ok || ok2 != tt.ok || math.Abs(top-tt.top) > 1e-15 || math.Abs(gini-tt.gini) > 1e-15 {
				t.Errorf("top fifth %v, %t, Gini %v, %t, want %v and %v, %t", top, ok1, gini, ok2, tt.top, tt.gini, tt.ok)
			}
		})
	}
	if c := concentrate(t, "-1", "0", "-2", "5"); c.Negative != 2 {
		t.Errorf("%d below zero, want 2", c.Negative)
	}
}

func TestConcentrationTop(t *testing.T) {
	values := make([]string, 100)
	for i := range values {
		values[i] = "1"
	}
	c := concentrate(t, values...)
	tests := []struct {
		name  string
		share float64
		want  float64
		ok    bool
	}{
		{"nobody", 0, 0, true},
		{"negative zero", math.Copysign(0, -1), 0, true},
		{"7 % of 100 are 7, though 0.07*100 is more", 0.07, 0.07, true},
		{"rounded up", 0.0701, 0.08, true},
		{"all", 1, 1, true},
		{"more than all", 1.0000001, 0, false},
		{"less than nobody", -0.1, 0, false},
		{"no number", math.NaN(), 0, false},
		{"infinite", math.Inf(1), 0, false},
		{"infinite below", math.Inf(-1), 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, ok := c.Top(tt.share); ok != tt.ok || got != tt.want {
				t.Errorf("Top = %v, %t, want %v, %t", got, ok, tt.want, tt.ok)
			}
		})
	}
}

func TestConcentrationCurve(t *testing.T) {
	c := concentrate(t, "1", "3", "0", "4")
	want := []rfm.Point{{Customers: 0, Value: 0}, {Customers: 0.125, Value: 0.25}, {Customers: 0.25, Value: 0.5}, {Customers: 0.375, Value: 0.6875}, {Customers: 0.5, Value: 0.875}, {Customers: 0.625, Value: 0.9375}, {Customers: 0.75, Value: 1}, {Customers: 0.875, Value: 1}, {Customers: 1, Value: 1}}
	if diff := diff(want, c.Curve(8)); diff != "" {
		t.Errorf("curve (-want +got):\n%s", diff)
	}
	if c.Curve(0) != nil || c.Curve(-1) != nil || concentrate(t).Curve(3) != nil || concentrate(t, "0").Curve(3) != nil {
		t.Error("a curve of nothing")
	}
}

func TestConcentrateRefuses(t *testing.T) {
	_, err := rfm.Concentrate(slices.Values([]decimal.Decimal{dec("1"), decimal.New(1, 1e9)}))
	if err == nil || !strings.HasPrefix(err.Error(), "rfm: value 1: sum has exponent 1000000000") {
		t.Errorf("Concentrate = %v", err)
	}
}

// Property: shares and the Gini coefficient are those of exact fractions, in
// any order of the values; the Gini is half the mean difference between two
// customers over the mean.
func TestConcentrateAgainstFractions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) decimal.Decimal {
			v := sums(t, "value")
			if rapid.IntRange(0, 9).Draw(t, "negative") == 0 {
				v = v.Neg()
			}
			return v
		}), 0, 12).Draw(t, "values")
		c, err := rfm.Concentrate(slices.Values(list))
		if err != nil {
			t.Fatal(err)
		}
		total := new(big.Rat)
		var values []*big.Rat
		for _, v := range list {
			r := v.Rat()
			if r.Sign() < 0 {
				r.SetInt64(0)
			}
			values = append(values, r)
			total.Add(total, r)
		}
		if c.Total.Rat().Cmp(total) != 0 {
			t.Fatalf("total %v, want %v", c.Total, total)
		}
		if total.Sign() == 0 {
			return
		}
		slices.SortFunc(values, func(a, b *big.Rat) int { return b.Cmp(a) })
		n := int64(len(values))
		top, apart := new(big.Rat), new(big.Rat)
		for i, v := range values {
			top.Add(top, v)
			want, _ := new(big.Rat).Quo(top, total).Float64()
			if got, ok := c.Top(float64(i+1) / float64(n)); !ok || got != want {
				t.Fatalf("top %d of %d have %v, want %v", i+1, n, got, want)
			}
			for _, other := range values {
				d := new(big.Rat).Sub(v, other)
				apart.Add(apart, d.Abs(d))
			}
		}
		want, _ := apart.Quo(apart, total).Mul(apart, big.NewRat(1, 2*n)).Float64()
		if got, ok := c.Gini(); !ok || got != want {
			t.Fatalf("Gini %v, want %v", got, want)
		}
		other, err := rfm.Concentrate(slices.Values(rapid.Permutation(list).Draw(t, "shuffled")))
		if err != nil {
			t.Fatal(err)
		}
		if g1, _ := c.Gini(); !slices.Equal(c.Curve(7), other.Curve(7)) || func() float64 { g, _ := other.Gini(); return g }() != g1 {
			t.Fatal("another order gives another curve")
		}
	})
}

// Property: a table concentrates as its net values do.
func TestTableConcentrate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := populations(t, 30)
		var values []decimal.Decimal
		for i := range table.Len() {
			values = append(values, table.Net(i))
		}
		want, err1 := rfm.Concentrate(slices.Values(values))
		got, err2 := table.Concentrate()
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		g1, ok1 := want.Gini()
		g2, ok2 := got.Gini()
		if !want.Total.Equal(got.Total) || want.Negative != got.Negative || g1 != g2 || ok1 != ok2 || !slices.Equal(want.Curve(9), got.Curve(9)) {
			t.Fatalf("table has %v with Gini %v, want %v with %v", got.Total, g2, want.Total, g1)
		}
	})
}
