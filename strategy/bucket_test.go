package strategy_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/regulars-go/regulars/internal/stats"
	"github.com/regulars-go/regulars/strategy"
	"pgregory.net/rapid"
)

// The draw must never change, since holdouts are not stored. The places were
// computed by the definition in another language: FNV-1a over lengths and bytes,
// then the mix of MurmurHash3.
func TestBucketIsForEver(t *testing.T) {
	for _, test := range []struct {
		purpose, salt, id string
		want              strategy.Bucket
	}{
		{"", "", "", 7765674380524223407},
		{"holdout", "2026", "u1", 23435276031567313},
		{"holdout", "2026", "u2", 15056106303403415187},
		{"arm", "2026", "u1", 5027649663003608902},
		{"holdout", "2026", "用户1", 10614425442115144626},
		{"holdout", "2026", strings.Repeat("x", 300), 16992084378120250325},
	} {
		if got := strategy.NewBucketer(test.purpose, test.salt).Bucket(test.id); got != test.want {
			t.Errorf("(%q, %q) puts %q at %d, want %d", test.purpose, test.salt, test.id, got, test.want)
		}
	}
}

func TestBucketTellsTextsApart(t *testing.T) {
	places := map[strategy.Bucket]string{}
	for _, texts := range [][3]string{
		{"ab", "c", "d"},
		{"a", "bc", "d"},
		{"a", "b", "cd"},
		{"abc", "d", ""},
		{"", "abc", "d"},
		{"", "", "abcd"},
		{"AB", "c", "d"},
		{"ab", "c", "d "},
		{"ab", "c", "\x01d"},
		{"ab", "c", "é"},
		{"ab", "c", "e\u0301"}, // one letter in two forms
	} {
		place := strategy.NewBucketer(texts[0], texts[1]).Bucket(texts[2])
		if other, ok := places[place]; ok {
			t.Errorf("%q falls where %s does", texts, other)
		}
		places[place] = fmt.Sprintf("%q", texts)
	}
}

// Property: a draw within a draw is as independent as any other.
func TestDrawsWithinADraw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := strategy.NewBucketer("explore", rapid.String().Draw(t, "salt"))
		within := func(slot string) func(string) strategy.Bucket {
			return func(id string) strategy.Bucket { return draw.With(id).Bucket(slot) }
		}
		checkIndependent(t, manyIDs(t), within("2026-11-11"), within("2026-11-12"))
		checkIndependent(t, manyIDs(t), draw.Bucket, within(""))
	})
}

func TestBucketIn(t *testing.T) {
	const half = strategy.Bucket(1 << 63)
	for _, test := range []struct {
		name         string
		place        strategy.Bucket
		share, whole uint64
		want         bool
	}{
		{"the first of half", 0, 1, 2, true},
		{"the last of half", half - 1, 1, 2, true},
		{"one past half", half, 1, 2, false},
		{"none", 0, 0, 1_000_000, false},
		{"all", math.MaxUint64, 1_000_000, 1_000_000, true},
		{"more than all", math.MaxUint64, 2, 1, true},
		{"of nothing", 0, 0, 0, false},
		{"of nothing, something", 0, 1, 0, false},
		{"the last of a third", math.MaxUint64 / 3, 1, 3, true}, // 2^64 is 1 more than a multiple of 3
		{"one past a third", math.MaxUint64/3 + 1, 1, 3, false},
		{"all but the last", math.MaxUint64, math.MaxUint64 - 1, math.MaxUint64, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.place.In(test.share, test.whole); got != test.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestBucketPick(t *testing.T) {
	const quarter = strategy.Bucket(1 << 62)
	for _, test := range []struct {
		name    string
		place   strategy.Bucket
		weights []uint64
		want    int
		ok      bool
	}{
		{"the first", 0, []uint64{1, 1, 2}, 0, true},
		{"the last of the first", quarter - 1, []uint64{1, 1, 2}, 0, true},
		{"the first of the second", quarter, []uint64{1, 1, 2}, 1, true},
		{"the last", math.MaxUint64, []uint64{1, 1, 2}, 2, true},
		{"none has a weight of 0", 0, []uint64{0, 1, 0}, 1, true},
		{"nor at the end", math.MaxUint64, []uint64{0, 1, 0}, 1, true},
		{"no arms", 7, nil, 0, false},
		{"no weight", 7, []uint64{0, 0}, 0, false},
		{"the largest weights", math.MaxUint64, []uint64{math.MaxUint64 - 1, 1}, 1, true},
		{"too large", 7, []uint64{math.MaxUint64, 1}, 0, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, ok := test.place.Pick(test.weights...)
			if got != test.want || ok != test.ok {
				t.Errorf("got %d, %v, want %d, %v", got, ok, test.want, test.ok)
			}
		})
	}
}

// Property: who is in a share is in every larger one, also if that is counted
// out of another whole.
func TestSharesAreNested(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := strategy.Bucket(rapid.Uint64().Draw(t, "place"))
		whole, other := rapid.Uint64Range(1, 1<<32).Draw(t, "whole"), rapid.Uint64Range(1, 1<<31).Draw(t, "other whole")
		share, more := rapid.Uint64Range(0, whole).Draw(t, "share"), rapid.Uint64Range(0, other).Draw(t, "more")
		if share*other > more*whole {
			t.Skip("is no larger share")
		}
		if b.In(share, whole) && !b.In(more, other) {
			t.Fatalf("in %d of %d but not in %d of %d", share, whole, more, other)
		}
	})
}

// Property: two arms of weights a and b are the share a of a+b and the rest.
func TestPickAgreesWithIn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := strategy.Bucket(rapid.Uint64().Draw(t, "place"))
		first, second := rapid.Uint64Range(1, 1<<63).Draw(t, "first"), rapid.Uint64Range(0, 1<<62).Draw(t, "second")
		arm, ok := b.Pick(first, second)
		if !ok || (arm == 0) != b.In(first, first+second) {
			t.Fatalf("arm %d, %v", arm, ok)
		}
	})
}

// seldom is a probability below which chance is no explanation, however many
// draws a run of the properties makes.
const seldom = 1e-10

// manyIDs are IDs as shops have them: counting up, of one length or not.
func manyIDs(t *rapid.T) []string {
	pattern := rapid.SampledFrom([]string{"%d", "u%08d", "用户%d", "%x@example.com", "%d-suffix", "00000000-0000-4000-8000-%012x"}).Draw(t, "pattern")
	from := rapid.IntRange(0, 1_000_000).Draw(t, "from")
	ids := make([]string, 2000)
	for i := range ids {
		ids[i] = fmt.Sprintf(pattern, from+i)
	}
	return ids
}

// Property: arms fill as their weights say, under any salt and for IDs that
// count up.
func TestArmsFillAsWeighted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := strategy.NewBucketer(rapid.String().Draw(t, "purpose"), rapid.String().Draw(t, "salt"))
		weights := rapid.SliceOfN(rapid.Uint64Range(1, 20), 2, 6).Draw(t, "weights")
		counts, shares := make([]int64, len(weights)), make([]float64, len(weights))
		for i, w := range weights {
			shares[i] = float64(w)
		}
		for _, id := range manyIDs(t) {
			arm, _ := draw.Bucket(id).Pick(weights...)
			counts[arm]++
		}
		if fit, ok := stats.GoodnessOfFit(counts, shares); !ok || fit.P < seldom {
			t.Fatalf("weights %v gave %v: p = %v", weights, counts, fit.P)
		}
	})
}

// Property: draws of unlike salts or purposes are independent, also if one letter
// is all that differs: being in a part of one says nothing of the other.
func TestDrawsAreIndependent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-c0-1]{0,3}`), 2, 2, rapid.ID).Draw(t, "salts")
		one, other := strategy.NewBucketer("arm", names[0]), strategy.NewBucketer("arm", names[1])
		if rapid.Bool().Draw(t, "by purpose") {
			one, other = strategy.NewBucketer(names[0], "s"), strategy.NewBucketer(names[1], "s")
		}
		checkIndependent(t, manyIDs(t), one.Bucket, other.Bucket)
	})
}

// A stage at 10%, then two arms on the same draw, would put all into the first;
// on a draw of its own it halves them.
func TestStagesNeedSaltsOfTheirOwn(t *testing.T) {
	stage, arm := strategy.NewBucketer("rollout", "x"), strategy.NewBucketer("arm", "x")
	in, same, own := 0, 0, 0
	for i := range 20_000 {
		id := fmt.Sprint("u", i)
		if !stage.Bucket(id).In(1, 10) {
			continue
		}
		in++
		if first, _ := stage.Bucket(id).Pick(1, 1); first == 0 {
			same++
		}
		if first, _ := arm.Bucket(id).Pick(1, 1); first == 0 {
			own++
		}
	}
	if same != in {
		t.Errorf("the same draw puts %d of %d into the first arm", same, in)
	}
	if test, _ := stats.GoodnessOfFit([]int64{int64(own), int64(in - own)}, []float64{1, 1}); test.P < 1e-3 {
		t.Errorf("a draw of its own puts %d of %d into the first arm", own, in)
	}
}

// checkIndependent lays two draws out as a table of four by four.
func checkIndependent(t *rapid.T, ids []string, one, other func(string) strategy.Bucket) {
	counts := make([]int64, 16)
	weights := make([]float64, 16)
	for _, id := range ids {
		i, _ := one(id).Pick(1, 1, 1, 1)
		j, _ := other(id).Pick(1, 1, 1, 1)
		counts[4*i+j]++
	}
	for i := range weights {
		weights[i] = 1
	}
	if fit, ok := stats.GoodnessOfFit(counts, weights); !ok || fit.P < seldom {
		t.Fatalf("the draws hang together: %v, p = %v", counts, fit.P)
	}
}

func TestBucketingAllocatesNothing(t *testing.T) {
	draw, ranges := strategy.NewBucketer("holdout", "2026"), strategy.GrowthBookRanges(2, 1, nil)
	for name, f := range map[string]func(){
		"Bucket":         func() { strategy.NewBucketer("arm", "x").Bucket("用户1").Pick(1, 2) },
		"In":             func() { _ = draw.Bucket("u1").In(50_000, 1_000_000) },
		"GrowthBookHash": func() { strategy.GrowthBookHash("seed", "用户1", 2) },
		"Namespace":      func() { strategy.GrowthBookNamespace("u1", "n", ranges[0]) },
		"Unleash":        func() { strategy.UnleashBucket("group", "u1", 100, strategy.UnleashRolloutSeed) },
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

func BenchmarkBucket(b *testing.B) {
	draw := strategy.NewBucketer("holdout", "2026")
	b.ReportAllocs()
	for b.Loop() {
		draw.Bucket("customer-0000042").In(50_000, 1_000_000)
	}
}

func BenchmarkGrowthBookHash(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		strategy.GrowthBookHash("holdout-2026", "customer-0000042", 2)
	}
}

func ExampleBucketer() {
	holdout := strategy.NewBucketer("holdout", "2026")
	arm := strategy.NewBucketer("arm", "coupon-size")
	for _, id := range []string{"u1", "u2", "用户3"} {
		place, _ := arm.Bucket(id).Pick(50, 25, 25)
		fmt.Println(id, "held out:", holdout.Bucket(id).In(50_000, 1_000_000), "arm:", place)
	}
	// Output:
	// u1 held out: true arm: 0
	// u2 held out: false arm: 0
	// 用户3 held out: false arm: 2
}

func ExampleGrowthBookHash() {
	place, _ := strategy.GrowthBookHash("my-experiment", "u1", 2)
	ranges := strategy.GrowthBookRanges(2, 0.2, nil) // two variations for 20% of all
	variation, ok := strategy.GrowthBookChoose(place, ranges)
	fmt.Println(place, ranges, variation, ok)
	// Output:
	// 0.6233 [{0 0.1} {0.5 0.6}] 0 false
}

func ExampleGrowthBookNamespace() {
	fmt.Println(strategy.GrowthBookNamespace("u1", "checkout", strategy.GrowthBookRange{From: 0, To: 0.4}))
	// Output:
	// false
}

func ExampleUnleashVariant() {
	fmt.Println(strategy.UnleashEnabled("new-checkout", "u1", 50))
	fmt.Println(strategy.UnleashVariant("new-checkout", "u1", []uint32{500, 500}))
	// Output:
	// false
	// 1 true
}
