package stats

import (
	"encoding/json"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func posterior(of [2]int64) Beta { return Beta{1 + of[0], 1 + of[1] - of[0]} }

func TestBetaAgainstReference(t *testing.T) {
	var block struct {
		Computed []struct {
			Control, Treatment [2]int64
			Better             float64    `json:"P_treatment_better"`
			Loss               float64    `json:"expected_loss_choosing_treatment"`
			Mean               [2]float64 `json:"post_mean"`
			Credible           [2]float64 `json:"cred95_treatment"`
		}
		BestOf []map[string]json.RawMessage `json:"best_of_k"`
	}
	vector(t, "beta_bernoulli", &block)
	if len(block.Computed) < 3 || len(block.BestOf) < 2 {
		t.Fatal("figures are missing")
	}
	// The figures were computed in floating point, and are good to some 12
	// digits: of 49 against 51 of 100 fractions give 0.6107705226878395.
	for _, row := range block.Computed {
		a, b := posterior(row.Control), posterior(row.Treatment)
		better, _ := b.Above(a)
		loss, _ := b.Loss(a)
		close(t, "chance", better, row.Better, 1e-12)
		close(t, "loss", loss, row.Loss, 1e-12)
		close(t, "mean", a.Mean(), row.Mean[0], 1e-15)
		low, _ := BetaQuantile(0.025, float64(b.Hits), float64(b.Misses))
		close(t, "low", low, row.Credible[0], 1e-9)
	}
	for _, row := range block.BestOf {
		var shapes [][2]int64
		var want []float64
		for key, value := range row { // the posteriors, and their chances to be best
			var err error
			if key == "posteriors" {
				err = json.Unmarshal(value, &shapes)
			} else {
				err = json.Unmarshal(value, &want)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		var rates []Beta
		for _, p := range shapes {
			rates = append(rates, Beta{p[0], p[1]})
		}
		chances, _ := Best(rates)
		if len(want) != 3 {
			t.Fatal("figures are missing")
		}
		for i := range want {
			close(t, "chance to be best", chances[i], want[i], 1e-11)
		}
	}
	// 20 of 200 against 30 of 200.
	better, _ := posterior([2]int64{30, 200}).Above(posterior([2]int64{20, 200}))
	loss, _ := posterior([2]int64{30, 200}).Loss(posterior([2]int64{20, 200}))
	printed(t, "chance", better, 0.933305, 6)
	printed(t, "loss", loss, 0.000975355, 9)
	better, _ = Beta{52, 50}.Above(Beta{50, 52})
	close(t, "chance", better, 0.6107705226878395, 1e-15)
}

// Property: the sum and the integral agree, whichever of the shapes is least,
// and the chances of two rates add up to 1.
func TestBetaSumIsTheIntegral(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) Beta {
			size := rapid.SampledFrom([]int64{3, 50, 3000}).Draw(t, name+" size")
			return Beta{rapid.Int64Range(1, size).Draw(t, name+" hits"), rapid.Int64Range(1, size).Draw(t, name+" misses")}
		}
		a, b := draw("a"), draw("b")
		got, _ := b.Above(a)
		want := chanceBest([]Beta{b, a})[0]
		if math.Abs(got-want) > 1e-10 {
			t.Fatalf("%v above %v: %v by the sum, %v by the integral", b, a, got, want)
		}
		if back, _ := a.Above(b); math.Abs(got+back-1) > 1e-11 {
			t.Fatalf("%v and %v", got, back)
		}
		loss, _ := b.Loss(a)
		gain, _ := a.Loss(b)
		if d := a.Mean() - b.Mean(); loss < 0 || math.Abs(loss-gain-d) > 1e-11 {
			t.Fatalf("loss %v less gain %v is not %v", loss, gain, d)
		}
	})
}

// A third rate that is surely the lowest changes nothing.
func TestLossesOfThree(t *testing.T) {
	a, b, low := Beta{30, 70}, Beta{36, 64}, Beta{1, 500}
	two, _ := Losses([]Beta{a, b})
	three, ok := Losses([]Beta{a, b, low})
	if !ok || math.Abs(two[0]-three[0]) > 1e-11 || math.Abs(two[1]-three[1]) > 1e-11 {
		t.Errorf("%v, with a third %v", two, three)
	}
	// The highest of three uniform rates is 3/4 on average, each 1/2.
	three, _ = Losses([]Beta{{1, 1}, {1, 1}, {1, 1}})
	for _, loss := range three {
		close(t, "loss", loss, 0.25, 1e-13)
	}
}

func TestBetaOfManyTrials(t *testing.T) {
	// So many that the rates are normal.
	a, b := Beta{1_000_000, 9_000_000}, Beta{1_001_000, 8_999_000}
	variance := func(b Beta) float64 { return b.Mean() * (1 - b.Mean()) / float64(b.Hits+b.Misses+1) }
	want := NormalCDF((b.Mean() - a.Mean()) / math.Sqrt(variance(a)+variance(b)))
	if got, ok := b.Above(a); !ok || math.Abs(got-want) > 1e-4 {
		t.Errorf("%v, %v, want about %v", got, ok, want)
	}
	// A small side against a large one: whether a uniform rate is above 1/2.
	if got, ok := (Beta{1, 1}).Above(Beta{1 << 40, 1 << 40}); !ok || math.Abs(got-0.5) > 1e-6 {
		t.Errorf("%v, %v, want 1/2", got, ok)
	}
}

func TestBetaHasNoAnswer(t *testing.T) {
	good := Beta{1, 1}
	for _, bad := range []Beta{{}, {0, 1}, {1, -1}, {1 << 60, 1}} {
		if _, ok := bad.Above(good); ok {
			t.Errorf("%v above", bad)
		}
		if _, ok := good.Loss(bad); ok {
			t.Errorf("loss against %v", bad)
		}
		if _, ok := Best([]Beta{good, bad}); ok {
			t.Errorf("best of %v", bad)
		}
	}
	if _, ok := Best(nil); ok {
		t.Error("best of none")
	}
	if _, ok := Losses(nil); ok {
		t.Error("losses of none")
	}
	if p, ok := Best([]Beta{good}); !ok || p[0] != 1 {
		t.Errorf("the only one: %v, %v", p, ok)
	}
}
