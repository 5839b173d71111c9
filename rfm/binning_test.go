package rfm_test

import (
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/rfm"
)

func TestBinningValidate(t *testing.T) {
	tests := []struct {
		name  string
		scale rfm.Scale
		want  string // of frequency; "" if it is valid
	}{
		{"quintiles", rfm.Scale{Method: rfm.MethodQuantile, Scores: 5}, ""},
		{"two scores", rfm.Scale{Method: rfm.MethodQuantile, Scores: 2}, ""},
		{"one score", rfm.Scale{Method: rfm.MethodQuantile, Scores: 1}, "frequency.scores: 1: want 2 to 100"},
		{"percentiles", rfm.Scale{Method: rfm.MethodQuantileR, Scores: 100}, ""},
		{"101 scores", rfm.Scale{Method: rfm.MethodQuantileR, Scores: 101}, "frequency.scores: 101: want 2 to 100"},
		{"zero value", rfm.Scale{}, `frequency.method: "": want one of quantile, quantile-r, mean, median, top, fixed`},
		{"unknown method", rfm.Scale{Method: "ntile"}, `frequency.method: "ntile": want one of`},
		{"scores of a mean", rfm.Scale{Method: rfm.MethodMean, Scores: 2}, `frequency.scores: belongs to the quantile methods, not to "mean"`},
		{"reserve", rfm.Scale{Method: rfm.MethodQuantile, Scores: 3, Reserve: nullDec("1")}, ""},
		{"reserve of zero", rfm.Scale{Method: rfm.MethodQuantile, Scores: 3, Reserve: nullDec("0")}, ""},
		{"reserve of two scores", rfm.Scale{Method: rfm.MethodQuantile, Scores: 2, Reserve: nullDec("1")}, "frequency.reserve: needs 3 scores or more"},
		{"reserve of a median", rfm.Scale{Method: rfm.MethodMedian, Reserve: nullDec("1")}, `frequency.reserve: belongs to the method "quantile", not to "median"`},
		{"hostile reserve", rfm.Scale{Method: rfm.MethodQuantile, Scores: 3, Reserve: decimal.NewNullDecimal(decimal.New(1, 1e9))}, "frequency.reserve: sum has exponent 1000000000"},
		{"top share", rfm.Scale{Method: rfm.MethodTop, Share: dec("0.2")}, ""},
		{"top count", rfm.Scale{Method: rfm.MethodTop, Count: 100}, ""},
		{"neither share nor count", rfm.Scale{Method: rfm.MethodTop}, "frequency.share: share 0 and count 0: want one of them"},
		{"share and count", rfm.Scale{Method: rfm.MethodTop, Share: dec("0.2"), Count: 1}, "frequency.share: share 0.2 and count 1: want one of them"},
		{"all", rfm.Scale{Method: rfm.MethodTop, Share: dec("1")}, "frequency.share: share 1 and count 0"},
		{"negative share", rfm.Scale{Method: rfm.MethodTop, Share: dec("-0.1")}, "frequency.share: share -0.1 and count 0"},
		{"negative count", rfm.Scale{Method: rfm.MethodTop, Count: -1}, "frequency.share: share 0 and count -1"},
		{"six places", rfm.Scale{Method: rfm.MethodTop, Share: dec("0.000001")}, ""},
		{"seven places", rfm.Scale{Method: rfm.MethodTop, Share: dec("0.0000001")}, "frequency.share: share 0.0000001 and count 0"},
		{"hostile share", rfm.Scale{Method: rfm.MethodTop, Share: decimal.New(1, 1e9)}, "frequency.share: amount has exponent 1000000000"},
		{"share of a quantile", rfm.Scale{Method: rfm.MethodQuantile, Scores: 5, Share: dec("0.2")}, `frequency.share: share and count belong to the method "top"`},
		{"fixed", rfm.FixedAt(dec("2"), dec("2"), dec("3.5")), ""},
		{"no cuts", rfm.FixedAt(), "frequency.at: 0 cuts: want 1 to 99"},
		{"100 cuts", rfm.FixedAt(make([]decimal.Decimal, 100)...), "frequency.at: 100 cuts: want 1 to 99"},
		{"descending", rfm.FixedAt(dec("2"), dec("1")), "frequency.at[1]: 1 is below the one before, 2: want ascending cuts"},
		{"hostile cut", rfm.FixedAt(decimal.New(1, 1e9), dec("1")), "frequency.at[0]: sum has exponent 1000000000"},
		{"cuts of a mean", rfm.Scale{Method: rfm.MethodMean, At: []decimal.Decimal{dec("1")}}, `frequency.at: belongs to the method "fixed", not to "mean"`},
		{"equal", rfm.Scale{Method: rfm.MethodMean, Equal: rfm.Below}, ""},
		{"unknown side", rfm.Scale{Method: rfm.MethodMean, Equal: "left"}, `frequency.equal: "left": want "below", "above" or nothing`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := rfm.Medians()
			b.Frequency = tt.scale
			err := b.Validate()
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.want) || strings.Contains(err.Error(), "\n")) {
				t.Errorf("Validate = %v, want %q", err, tt.want)
			}
			if err != nil {
				table := &rfm.Table[int]{AsOf: epoch, Customer: []int{1}, Recency: []int32{1}, Frequency: []uint32{1}, Monetary: []int64{1}}
				if _, fit := table.Fit(b); fit == nil || fit.Error() != "rfm: binning: "+err.Error() {
					t.Errorf("Fit = %v, want the same faults", fit)
				}
			}
		})
	}
}

// Every fault of all three scales is listed.
func TestBinningValidateListsAll(t *testing.T) {
	b := rfm.Binning{Recency: rfm.Scale{Method: rfm.MethodQuantile}, Frequency: rfm.Scale{Method: rfm.MethodTop, Equal: "x"}}
	err := b.Validate()
	if err == nil || strings.Count(err.Error(), "\n") != 3 {
		t.Errorf("Validate = %v, want four lines", err)
	}
}

// A nested binning of many scores has more cells than customers, and a model
// too long to read.
func TestBinningNestedTooFine(t *testing.T) {
	tests := []struct {
		name string
		b    rfm.Binning
		want string
	}{
		{"SPSS's most", rfm.Nested(9, 9, 9), ""},
		{"10,000 cells", rfm.Nested(10, 10, 100), ""},
		{"too many", rfm.Nested(11, 10, 100), "nested: 11000 cells: want at most 10000"},
		{"fixed counts too", rfm.Binning{Recency: rfm.FixedAt(make([]decimal.Decimal, 99)...), Frequency: rfm.FixedAt(make([]decimal.Decimal, 99)...), Monetary: rfm.Scale{Method: rfm.MethodMean}, Nested: true}, "nested: 20000 cells: want at most 10000"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			if err := tt.b.Validate(); err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("Validate = %q, want %q", got, tt.want)
			}
		})
	}
}

// Property: a binning read from its JSON is the same.
func TestBinningJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := binnings(t)
		if err := b.Validate(); err != nil {
			t.Fatal(err)
		}
		data, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		var got rfm.Binning
		if err := json.Unmarshal(data, &got); err != nil {
			t.Fatal(err)
		}
		if diff := diff(b, got); diff != "" {
			t.Fatalf("binning (-want +got):\n%s", diff)
		}
	})
}

func TestBinningPresets(t *testing.T) {
	tests := []struct {
		name string
		b    rfm.Binning
		want string
	}{
		{"quantiles", rfm.Quantiles(5), `{"recency":{"method":"quantile","scores":5},"frequency":{"method":"quantile","scores":5},"monetary":{"method":"quantile","scores":5}}`},
		{"R", rfm.RCompatible(4), `{"recency":{"method":"quantile-r","scores":4},"frequency":{"method":"quantile-r","scores":4},"monetary":{"method":"quantile-r","scores":4}}`},
		{"means", rfm.Means(), `{"recency":{"method":"mean"},"frequency":{"method":"mean"},"monetary":{"method":"mean"}}`},
		{"medians", rfm.Medians(), `{"recency":{"method":"median"},"frequency":{"method":"median"},"monetary":{"method":"median"}}`},
		{"top shares", rfm.TopShares(dec("0.20")), `{"recency":{"method":"top","share":"0.2"},"frequency":{"method":"top","share":"0.2"},"monetary":{"method":"top","share":"0.2"}}`},
		{"nested", rfm.Nested(5, 4, 3), `{"recency":{"method":"quantile","scores":5},"frequency":{"method":"quantile","scores":4},"monetary":{"method":"quantile","scores":3},"nested":true}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.b.Validate(); err != nil {
				t.Error(err)
			}
			data, err := json.Marshal(tt.b)
			if err != nil || string(data) != tt.want {
				t.Errorf("JSON %s, %v, want %s", data, err, tt.want)
			}
		})
	}
	scale, err := json.Marshal(rfm.Scale{Method: rfm.MethodQuantile, Scores: 3, Equal: rfm.Above, Reserve: nullDec("0")})
	if want := `{"method":"quantile","scores":3,"equal":"above","reserve":"0"}`; err != nil || string(scale) != want {
		t.Errorf("JSON %s, %v, want %s", scale, err, want)
	}
}

// naiveScore is how many of the cuts a value exceeds, plus one, or counted
// from the other end where less is better; all in fractions.
func naiveScore(v *big.Rat, cuts []*big.Rat, equal, best rfm.Side) uint8 {
	score := 1
	for _, cut := range cuts {
		if c := v.Cmp(cut); c > 0 || c == 0 && equal == rfm.Above {
			score++
		}
	}
	if best == rfm.Below {
		score = len(cuts) + 2 - score
	}
	return uint8(score)
}

// naiveCuts finds cuts by the words of Method, in fractions.
func naiveCuts(s rfm.Scale, values []*big.Rat, best rfm.Side) (cuts []*big.Rat, equal rfm.Side) {
	equal = map[rfm.Method]rfm.Side{rfm.MethodQuantile: rfm.Below, rfm.MethodQuantileR: rfm.Above, rfm.MethodMean: best, rfm.MethodMedian: best, rfm.MethodTop: best, rfm.MethodFixed: best}[s.Method]
	if s.Equal != "" {
		equal = s.Equal
	}
	quantiles := func(values []*big.Rat, n int) (cuts []*big.Rat) {
		for k := 1; k < n; k++ {
			cuts = append(cuts, naiveQuantile(values, k, n))
		}
		return cuts
	}
	switch s.Method {
	case rfm.MethodQuantile:
		if !s.Reserve.Valid {
			return quantiles(values, s.Scores), equal
		}
		reserve := s.Reserve.Decimal.Rat()
		var rest []*big.Rat
		for _, v := range values {
			if naiveScore(v, []*big.Rat{reserve}, equal, best) == 2 {
				rest = append(rest, v)
			}
		}
		if len(rest) == 0 {
			rest = []*big.Rat{reserve}
		}
		if best == rfm.Below {
			return append(quantiles(rest, s.Scores-1), reserve), equal
		}
		return append([]*big.Rat{reserve}, quantiles(rest, s.Scores-1)...), equal
	case rfm.MethodQuantileR:
		for _, q := range quantiles(values, s.Scores) {
			cuts = append(cuts, new(big.Rat).Add(q, big.NewRat(1, 1)))
		}
	case rfm.MethodMean:
		sum := new(big.Rat)
		for _, v := range values {
			sum.Add(sum, v)
		}
		cuts = append(cuts, sum.Quo(sum, big.NewRat(int64(len(values)), 1)))
	case rfm.MethodMedian:
		cuts = quantiles(values, 2)
	case rfm.MethodTop:
		// The value that as many as are on top do not fall short of.
		want := s.Count
		if want == 0 {
			exact := new(big.Rat).Mul(s.Share.Rat(), big.NewRat(int64(len(values)), 1))
			for big.NewRat(int64(want), 1).Cmp(exact) < 0 {
				want++
			}
		}
		var last *big.Rat
		for _, v := range values {
			as := 0
			for _, other := range values {
				if c := other.Cmp(v); c == 0 || (c > 0) == (best == rfm.Above) {
					as++
				}
			}
			worse := last != nil && (v.Cmp(last) < 0) == (best == rfm.Above)
			if as >= min(want, len(values)) && (last == nil || !worse) {
				last = v
			}
		}
		cuts = append(cuts, last)
	case rfm.MethodFixed:
		for _, cut := range s.At {
			cuts = append(cuts, cut.Rat())
		}
	}
	return cuts, equal
}

// naiveScores scores a population by the words of Binning.
func naiveScores(b rfm.Binning, table *rfm.Table[int]) []rfm.Score {
	recency, frequency, monetary := metrics(table)
	scores := make([]rfm.Score, table.Len())
	apply := func(s rfm.Scale, values []*big.Rat, best rfm.Side, set func(*rfm.Score, uint8), in func(rfm.Score) bool) {
		var some []*big.Rat
		for i, v := range values {
			if in(scores[i]) {
				some = append(some, v)
			}
		}
		if len(some) == 0 {
			return
		}
		cuts, equal := naiveCuts(s, some, best)
		for i, v := range values {
			if in(scores[i]) {
				set(&scores[i], naiveScore(v, cuts, equal, best))
			}
		}
	}
	setR := func(s *rfm.Score, score uint8) { s.R = score }
	setF := func(s *rfm.Score, score uint8) { s.F = score }
	setM := func(s *rfm.Score, score uint8) { s.M = score }
	everyone := func(rfm.Score) bool { return true }
	apply(b.Recency, recency, rfm.Below, setR, everyone)
	if !b.Nested {
		apply(b.Frequency, frequency, rfm.Above, setF, everyone)
		apply(b.Monetary, monetary, rfm.Above, setM, everyone)
		return scores
	}
	for r := range uint8(rfm.MaxScores) {
		apply(b.Frequency, frequency, rfm.Above, setF, func(s rfm.Score) bool { return s.R == r+1 && s.F == 0 })
	}
	seen := map[rfm.Score]bool{}
	for _, cell := range append([]rfm.Score(nil), scores...) {
		if !seen[cell] {
			seen[cell] = true
			apply(b.Monetary, monetary, rfm.Above, setM, func(s rfm.Score) bool { return s == cell })
		}
	}
	return scores
}

// Property: fitting and scoring by any binning gives everyone the score that
// the words of Method and Binning give in exact fractions.
func TestFitAgainstFractions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table, b := populations(t, 40), binnings(t)
		got := mustScore(t, table, mustFit(t, table, b))
		if diff := diff(naiveScores(b, table), got); diff != "" {
			t.Fatalf("scores (-want +got):\n%s", diff)
		}
	})
}
