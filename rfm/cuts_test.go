package rfm_test

import (
	"encoding/json"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/rfm"
)

// money makes a table of monetary values in whole units; the rest is equal.
func money(values ...int64) *rfm.Table[int] {
	table := &rfm.Table[int]{AsOf: epoch}
	for i, v := range values {
		table.Customer = append(table.Customer, i)
		table.Recency = append(table.Recency, 1)
		table.Frequency = append(table.Frequency, 1)
		table.Monetary = append(table.Monetary, v)
	}
	return table
}

// Each way to cut, on ten customers worth 1 to 10; R and NumPy's default give
// the same quantiles (type 7).
func TestCuts(t *testing.T) {
	tests := []struct {
		name   string
		scale  rfm.Scale
		cuts   string
		scores string // of 1 to 10
	}{
		{"quartiles", rfm.Scale{Method: rfm.MethodQuantile, Scores: 4}, "3.25 5.5 7.75", "1112233444"},
		{"quintiles", rfm.Scale{Method: rfm.MethodQuantile, Scores: 5}, "2.8 4.6 6.4 8.2", "1122334455"},
		{"thirds meet values", rfm.Scale{Method: rfm.MethodQuantile, Scores: 3}, "4 7", "1111222333"},
		{"thirds, equal above", rfm.Scale{Method: rfm.MethodQuantile, Scores: 3, Equal: rfm.Above}, "4 7", "1112223333"},
		{"R's quintiles, one up", rfm.Scale{Method: rfm.MethodQuantileR, Scores: 5}, "3.8 5.6 7.4 9.2", "1112233445"},
		{"mean", rfm.Scale{Method: rfm.MethodMean}, "5.5", "1111122222"},
		{"median", rfm.Scale{Method: rfm.MethodMedian}, "5.5", "1111122222"},
		{"top fifth", rfm.Scale{Method: rfm.MethodTop, Share: dec("0.2")}, "9", "1111111122"},
		{"top share rounded up", rfm.Scale{Method: rfm.MethodTop, Share: dec("0.21")}, "8", "1111111222"},
		{"top three", rfm.Scale{Method: rfm.MethodTop, Count: 3}, "8", "1111111222"},
		{"top more than there are", rfm.Scale{Method: rfm.MethodTop, Count: 11}, "1", "2222222222"},
		{"fixed", rfm.FixedAt(dec("3"), dec("3"), dec("8.5")), "3 3 8.5", "1133333344"},
		{"fixed, equal below", rfm.Scale{Method: rfm.MethodFixed, At: []decimal.Decimal{dec("3")}, Equal: rfm.Below}, "3", "1112222222"},
		{"reserve for four", rfm.Scale{Method: rfm.MethodQuantile, Scores: 4, Reserve: nullDec("4")}, "4 6.666666666666666666 8.333333333333333333", "1111223344"},
		{"reserve for half", rfm.Scale{Method: rfm.MethodQuantile, Scores: 3, Reserve: nullDec("5")}, "5 8", "1111122233"},
		{"reserve for half, equal above", rfm.Scale{Method: rfm.MethodQuantile, Scores: 3, Reserve: nullDec("5"), Equal: rfm.Above}, "5 7.5", "1111222333"},
		{"reserve for all", rfm.Scale{Method: rfm.MethodQuantile, Scores: 4, Reserve: nullDec("10")}, "10 10 10", "1111111111"},
		{"reserve for none", rfm.Scale{Method: rfm.MethodQuantile, Scores: 3, Reserve: nullDec("0")}, "0 5.5", "2222233333"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := rfm.Medians()
			b.Monetary = tt.scale
			table := money(4, 2, 9, 1, 10, 3, 5, 8, 7, 6)
			m := mustFit(t, table, b)
			if got := texts(m.Monetary[0].At); got != tt.cuts {
				t.Errorf("cuts %s, want %s", got, tt.cuts)
			}
			got := make([]byte, 10)
			for i, s := range mustScore(t, table, m) {
				got[table.Monetary[i]-1] = '0' + s.M
			}
			if string(got) != tt.scores {
				t.Errorf("scores %s, want %s", got, tt.scores)
			}
		})
	}
}

func texts(cuts []decimal.Decimal) string {
	var text strings.Builder
	for i, cut := range cuts {
		if i > 0 {
			text.WriteString(" ")
		}
		text.WriteString(cut.String())
	}
	return text.String()
}

// The same on recency, where few days are good: the reserve is at the far end.
func TestCutsOfRecency(t *testing.T) {
	tests := []struct {
		name   string
		scale  rfm.Scale
		cuts   string
		scores string // of 1 to 10 days
	}{
		{"quintiles", rfm.Scale{Method: rfm.MethodQuantile, Scores: 5}, "2.8 4.6 6.4 8.2", "5544332211"},
		{"thirds meet values", rfm.Scale{Method: rfm.MethodQuantile, Scores: 3}, "4 7", "3333222111"},
		{"mean", rfm.Scale{Method: rfm.MethodMean}, "5.5", "2222211111"},
		{"top fifth", rfm.Scale{Method: rfm.MethodTop, Share: dec("0.2")}, "2", "2211111111"},
		{"within five days", rfm.FixedAt(dec("5")), "5", "2222211111"},
		{"less than five days", rfm.Scale{Method: rfm.MethodFixed, At: []decimal.Decimal{dec("5")}, Equal: rfm.Above}, "5", "2222111111"},
		{"reserve of more than five days", rfm.Scale{Method: rfm.MethodQuantile, Scores: 3, Reserve: nullDec("5")}, "3 5", "3332211111"},
		{"reserve of five days and more", rfm.Scale{Method: rfm.MethodQuantile, Scores: 3, Reserve: nullDec("5"), Equal: rfm.Above}, "2.5 5", "3322111111"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := rfm.Medians()
			b.Recency = tt.scale
			table := money(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
			table.Recency = []int32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
			m := mustFit(t, table, b)
			if got := texts(m.Recency.At); got != tt.cuts {
				t.Errorf("cuts %s, want %s", got, tt.cuts)
			}
			var got []byte
			for _, s := range mustScore(t, table, m) {
				got = append(got, '0'+s.R)
			}
			if string(got) != tt.scores {
				t.Errorf("scores %s, want %s", got, tt.scores)
			}
		})
	}
}

// Property: quantile cuts are those of exact fractions, rounded where they
// have no end so that no amount changes sides, also of fewer values than
// scores and of as many values as need more than one pass.
func TestQuantileCutsAgainstFractions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := &rfm.Table[int]{AsOf: epoch}
		most := rapid.SampledFrom([]int64{3, 200, 1 << 40}).Draw(t, "most")
		values := rapid.SliceOfN(rapid.Int64Range(-2, most), 1, 130).Draw(t, "values")
		for i, v := range values {
			table.Customer, table.Recency = append(table.Customer, i), append(table.Recency, 1)
			table.Frequency, table.Monetary = append(table.Frequency, 1), append(table.Monetary, v)
		}
		n := rapid.IntRange(2, rfm.MaxScores).Draw(t, "scores")
		equal := rapid.SampledFrom([]rfm.Side{rfm.Below, rfm.Above}).Draw(t, "equal")
		b := rfm.Medians()
		b.Monetary = rfm.Scale{Method: rfm.MethodQuantile, Scores: n, Equal: equal}
		_, _, fractions := metrics(table)
		unit := big.NewRat(1, 1e18)
		for k, cut := range mustFit(t, table, b).Monetary[0].At {
			want := naiveQuantile(fractions, k+1, n)
			off := new(big.Rat).Sub(want, cut.Rat())
			if equal == rfm.Above {
				off.Neg(off)
			}
			if off.Sign() < 0 || off.Cmp(unit) >= 0 {
				t.Fatalf("cut %d of %d is %v, want %v", k+1, n, cut, want.FloatString(20))
			}
		}
	})
}

// More scores than customers, and more customers than are simply sorted.
func TestQuantileCutsOfNeighboursThatOverlap(t *testing.T) {
	table := money(make([]int64, 80)...)
	for i := range table.Monetary {
		table.Monetary[i] = int64(i * i)
	}
	_, _, fractions := metrics(table)
	for k, cut := range mustFit(t, table, rfm.Quantiles(100)).Monetary[0].At {
		if want := naiveQuantile(fractions, k+1, 100); cut.Rat().Cmp(want) != 0 {
			t.Errorf("cut %d is %v, want %v", k+1, cut, want.FloatString(4))
		}
	}
}

// Property: (8) a second copy of everyone keeps the scores of fixed cuts, and
// leaves each quantile cut between the same two neighbours.
func TestCutsOfEveryoneTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := populations(t, 30)
		twice := &rfm.Table[int]{AsOf: table.AsOf, Places: table.Places}
		for range 2 {
			for i := range table.Customer {
				twice.Customer = append(twice.Customer, len(twice.Customer))
				twice.Recency = append(twice.Recency, table.Recency[i])
				twice.Frequency = append(twice.Frequency, table.Frequency[i])
				twice.Monetary = append(twice.Monetary, table.Monetary[i])
			}
		}
		fixed := rfm.Binning{Recency: rfm.FixedAt(dec("2")), Frequency: rfm.FixedAt(dec("2"), dec("5")), Monetary: rfm.FixedAt(dec("1"))}
		once := mustScore(t, table, mustFit(t, table, fixed))
		both := mustScore(t, twice, mustFit(t, twice, fixed))
		if diff := diff(append(slices.Clone(once), once...), both); diff != "" {
			t.Fatalf("fixed cuts (-want +got):\n%s", diff)
		}
		n := rapid.IntRange(2, 10).Draw(t, "scores")
		_, _, values := metrics(table)
		slices.SortFunc(values, (*big.Rat).Cmp)
		for k, cut := range mustFit(t, twice, rfm.Quantiles(n)).Monetary[0].At {
			low := (len(values) - 1) * (k + 1) / n
			high := min(low+1, len(values)-1)
			if c := cut.Rat(); c.Cmp(values[low]) < 0 || c.Cmp(values[high]) > 0 {
				t.Fatalf("cut %d of %d is %v, want between %v and %v", k+1, n, cut, values[low], values[high])
			}
		}
	})
}

// Property: (9) by quantiles no fewer than floor((N-1)k/n)+1 customers are at
// or below the k-th cut, and no score has more than (N-1)/n + the largest
// group of equals.
func TestQuantileSizes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := populations(t, 60)
		n := rapid.IntRange(2, 10).Draw(t, "scores")
		m := mustFit(t, table, rfm.Quantiles(n))
		recency, frequency, monetary := metrics(table)
		for name, metric := range map[string]struct {
			values []*big.Rat
			cuts   rfm.Cuts
		}{
			"recency": {recency, m.Recency}, "frequency": {frequency, m.Frequency[0]}, "monetary": {monetary, m.Monetary[0]},
		} {
			count := len(metric.values)
			sizes, equals := map[int]int{}, map[string]int{}
			for _, v := range metric.values {
				bin := 0
				for bin < n-1 && v.Cmp(metric.cuts.At[bin].Rat()) > 0 {
					bin++
				}
				sizes[bin]++
				equals[v.String()]++
			}
			ties := 0
			for _, equal := range equals {
				ties = max(ties, equal)
			}
			below := 0
			for bin := range n {
				if n*(sizes[bin]-ties) > count-1 {
					t.Fatalf("%s: %d customers in bin %d of %d, want at most (%d-1)/%d + %d", name, sizes[bin], bin, n, count, n, ties)
				}
				if below += sizes[bin]; bin < n-1 && below < (count-1)*(bin+1)/n+1 {
					t.Fatalf("%s: %d customers up to cut %d of %d, want %d", name, below, bin+1, n, (count-1)*(bin+1)/n+1)
				}
			}
		}
	})
}

// Cuts say in JSON what they are, whatever the variables of package decimal,
// and without zeros at the end.
func TestCutsJSON(t *testing.T) {
	c := rfm.Cuts{At: []decimal.Decimal{dec("1.50"), decimal.New(3, 2), dec("0.000000000000000001")}, Equal: rfm.Below, Best: rfm.Above}
	want := `{"at":["1.5","300","0.000000000000000001"],"equal":"below","best":"above"}`
	for _, quotes := range []bool{false, true} {
		decimal.MarshalJSONWithoutQuotes = quotes
		data, err := json.Marshal(c)
		decimal.MarshalJSONWithoutQuotes = false
		if err != nil || string(data) != want {
			t.Errorf("JSON %s, %v, want %s", data, err, want)
		}
	}
	if got := c.Scores(); got != 4 {
		t.Errorf("Scores = %d, want 4", got)
	}
}
