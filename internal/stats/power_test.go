package stats

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestPowerOfPublishedData(t *testing.T) {
	// power.prop.test of R, its own examples.
	power, ok := TwoRates{0.50, 0.75, 0.05}.Power(50, 50)
	if !ok {
		t.Fatal("undefined")
	}
	printed(t, "power", power, 0.740, 3)
	n, _ := TwoRates{0.50, 0.75, 0.05}.Size(0.90, 0.5)
	printed(t, "size of a side", n/2, 76.7, 1)
	n, _ = TwoRates{0.10, 0.11, 0.05}.Size(0.80, 0.5)
	printed(t, "10 % to 11 %", math.Ceil(n/2), 14751, 0)
}

func TestPowerAgainstReference(t *testing.T) {
	var block struct {
		Computed []struct {
			P1, P2, Alpha, Power float64
			N                    float64 `json:"n_per_arm"`
		}
		Unequal []struct {
			Control float64 `json:"p_control"`
			Treated float64 `json:"p_treat"`
			Share   float64 `json:"holdout_share"`
			N       float64 `json:"n_total"`
		} `json:"unequal_split"`
	}
	vector(t, "power", &block)
	if len(block.Computed) < 5 || len(block.Unequal) < 4 {
		t.Fatal("figures are missing")
	}
	for _, row := range block.Computed {
		n, ok := TwoRates{row.P1, row.P2, row.Alpha}.Size(row.Power, 0.5)
		if !ok || math.Abs(n/2-row.N) > 1e-9*row.N {
			t.Errorf("%+v: %v a side", row, n/2)
		}
	}
	for _, row := range block.Unequal {
		n, ok := TwoRates{row.Control, row.Treated, 0.05}.SizeUnpooled(0.80, row.Share)
		if !ok || math.Abs(n-row.N) > 1e-9*row.N {
			t.Errorf("%+v: %v in all", row, n)
		}
	}
}

func TestPowerLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rates := TwoRates{
			rapid.Float64Range(0, 1).Draw(t, "a"),
			rapid.Float64Range(0, 1).Draw(t, "b"),
			rapid.Float64Range(0.001, 0.2).Draw(t, "alpha"),
		}
		if math.Abs(rates.A-rates.B) < 0.001 {
			return
		}
		share, power := rapid.Float64Range(0.05, 0.95).Draw(t, "share"), rapid.Float64Range(0.5, 0.99).Draw(t, "power")
		n, ok := rates.Size(power, share)
		if !ok || n <= 0 {
			t.Fatalf("%v: %v, %v", rates, n, ok)
		}
		// Property: the size that a power needs has that power, unless rates next
		// to 0 and 1 leave no chance in it.
		got, ok := rates.Power(n*share, n*(1-share))
		if _, apart := rates.spreads(share, 1-share); apart > 1e-3 && (!ok || math.Abs(got-power) > 1e-9) {
			t.Fatalf("%v of %v: power %v, want %v", n, rates, got, power)
		}
		// Property: the order of the rates does not matter.
		swapped, _ := TwoRates{rates.B, rates.A, rates.Alpha}.Size(power, 1-share)
		if math.Abs(swapped/n-1) > 1e-9 {
			t.Fatalf("%v, swapped %v", n, swapped)
		}
	})
}

func TestSmallestEffect(t *testing.T) {
	// Of 1,000 and of 5,000 in the control and no end of treated, at 5 %, 80 %
	// of tests show 38.6 % and 17.3 % of the rate.
	for n, want := range map[float64]float64{1000: 0.386, 5000: 0.173} {
		d, ok := SmallestEffect(0.05, n, math.Inf(1), 0.05, 0.80)
		if !ok {
			t.Fatal("undefined")
		}
		printed(t, fmt.Sprint("of ", n), d/0.05, want, 3)
	}
	even, _ := SmallestEffect(0.3, 100, 100, 0.05, 0.8)
	close(t, "of equal sides", even, (NormalZ(0.95)+NormalQuantile(0.8))*math.Sqrt(2*0.3*0.7/100), 1e-14)
}

func TestSmallestDrop(t *testing.T) {
	// Property: the drop has the power asked for, and no drop is shown where
	// not even that to 0 would be.
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.Float64Range(0.01, 1).Draw(t, "rate")
		nA, nB := float64(rapid.IntRange(1, 5000).Draw(t, "nA")), float64(rapid.IntRange(1, 5000).Draw(t, "nB"))
		d, ok := SmallestDrop(rate, nA, nB, 0.05, 0.8)
		all, _ := TwoRates{rate, 0, 0.05}.Power(nA, nB)
		if ok != (all >= 0.8) {
			t.Fatalf("%v, power of a drop to 0: %v", ok, all)
		}
		if ok && d < rate {
			if got, _ := (TwoRates{rate, rate - d, 0.05}).Power(nA, nB); math.Abs(got-0.8) > 1e-6 {
				t.Fatalf("a drop of %v has power %v", d, got)
			}
		}
	})
}

func TestPowerHasNoAnswer(t *testing.T) {
	good := TwoRates{0.1, 0.2, 0.05}
	for _, bad := range []TwoRates{{0.1, 0.1, 0.05}, {-0.1, 0.1, 0.05}, {0.1, 1.1, 0.05}, {0.1, math.NaN(), 0.05}, {0.1, 0.2, 0}, {0.1, 0.2, 1}, {0.1, 0.2, math.NaN()}} {
		if _, ok := bad.Power(10, 10); ok {
			t.Errorf("power of %v", bad)
		}
		if _, ok := bad.Size(0.8, 0.5); ok {
			t.Errorf("size of %v", bad)
		}
		if _, ok := bad.SizeUnpooled(0.8, 0.5); ok {
			t.Errorf("unpooled size of %v", bad)
		}
	}
	for _, n := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		if _, ok := good.Power(n, 10); ok {
			t.Errorf("power of %v trials", n)
		}
		if _, ok := SmallestDrop(0.1, n, 10, 0.05, 0.8); ok {
			t.Errorf("drop of %v trials", n)
		}
		if _, ok := SmallestEffect(0.1, n, 10, 0.05, 0.8); ok != math.IsInf(n, 1) {
			t.Errorf("effect of %v trials", n)
		}
	}
	for _, p := range []float64{0, 1, math.NaN()} {
		if _, ok := good.Size(p, 0.5); ok {
			t.Errorf("size for a power of %v", p)
		}
		if _, ok := good.Size(0.8, p); ok {
			t.Errorf("size for a share of %v", p)
		}
		if _, ok := SmallestEffect(p, 10, 10, 0.05, 0.8); ok {
			t.Errorf("effect at a rate of %v", p)
		}
		if _, ok := SmallestDrop(0.1, 10, 10, 0.05, p); ok {
			t.Errorf("drop for a power of %v", p)
		}
	}
	if n, ok := (TwoRates{1, 0.5, 0.2}).Size(0.3, 0.95); ok {
		t.Errorf("chance alone has that power, with %v trials", n)
	}
	if power, ok := (TwoRates{0, 1, 0.05}).Power(10, 10); !ok || power != 1 {
		t.Errorf("0 against 1: %v, %v", power, ok)
	}
}
