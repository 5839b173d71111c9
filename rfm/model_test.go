package rfm_test

import (
	"encoding/json"
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/rfm"
)

// Property: (1) customers with equal metrics have equal scores, (2) fewer days,
// more orders or more money never lower the score of the metric, and (4) every
// score is one of those that the cuts make.
func TestScoresAreFair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table, b := populations(t, 30), binnings(t)
		b.Nested = false // nested scores compare within a group only, see below
		m := mustFit(t, table, b)
		scores := mustScore(t, table, m)
		if len(scores) != table.Len() {
			t.Fatalf("%d scores of %d customers", len(scores), table.Len())
		}
		for i, s := range scores {
			if s.R < 1 || int(s.R) > m.Recency.Scores() || s.F < 1 || int(s.F) > m.Frequency[0].Scores() || s.M < 1 || int(s.M) > m.Monetary[0].Scores() {
				t.Fatalf("score %v is out of range", s)
			}
			for j, other := range scores {
				if table.Recency[i] <= table.Recency[j] && s.R < other.R ||
					table.Frequency[i] >= table.Frequency[j] && s.F < other.F ||
					table.Monetary[i] >= table.Monetary[j] && s.M < other.M {
					t.Fatalf("%+v scores %v, but %+v scores %v", record(table, i), s, record(table, j), other)
				}
			}
		}
	})
}

// Property: the same holds of a nested model for customers of one recency
// score, and in money of one frequency score too.
func TestNestedScoresAreFair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table, b := populations(t, 40), binnings(t)
		b.Nested = true
		scores := mustScore(t, table, mustFit(t, table, b))
		for i, s := range scores {
			for j, other := range scores {
				if table.Recency[i] <= table.Recency[j] && s.R < other.R ||
					s.R == other.R && table.Frequency[i] >= table.Frequency[j] && s.F < other.F ||
					s.R == other.R && s.F == other.F && table.Monetary[i] >= table.Monetary[j] && s.M < other.M {
					t.Fatalf("%+v scores %v, but %+v scores %v", record(table, i), s, record(table, j), other)
				}
			}
		}
	})
}

// Property: (5) a model read from its JSON scores everyone as the one that was
// fitted, table or record, and writes the same JSON again.
func TestModelJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table, b := populations(t, 30), binnings(t)
		table.AsOf = table.AsOf.In(zone(t, "Asia/Shanghai"))
		m := mustFit(t, table, b)
		data, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		read, err := rfm.ParseModel(data)
		if err != nil {
			t.Fatalf("%v in %s", err, data)
		}
		if again, err := json.Marshal(read); err != nil || string(again) != string(data) {
			t.Fatalf("read and written again %s, %v, want %s", again, err, data)
		}
		scores := mustScore(t, table, m)
		if diff := diff(scores, mustScore(t, table, read)); diff != "" {
			t.Fatalf("scores (-want +got):\n%s", diff)
		}
		for i, want := range scores {
			if got := read.Score(record(table, i)); got != want {
				t.Fatalf("record %+v scores %v, want %v as in the table", record(table, i), got, want)
			}
		}
	})
}

// Property: (6) moving all orders and the as-of time by as many days changes
// no score.
func TestScoresMoveWithTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := purchases(t, time.UTC)
		asOf := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
		days := rapid.IntRange(-5000, 5000).Draw(t, "days")
		var moved []purchase
		for _, p := range list {
			p.Order.At = p.Order.At.AddDate(0, 0, days)
			moved = append(moved, p)
		}
		score := func(list []purchase, asOf time.Time) ([]rfm.Score, error) {
			table, err := tallyOf(t, nil, asOf, list).Table(asOf)
			if err != nil {
				t.Fatal(err)
			}
			m, err := table.Fit(rfm.Quantiles(3))
			if err != nil {
				return nil, err
			}
			return table.Scores(m)
		}
		want, err1 := score(list, asOf)
		got, err2 := score(moved, asOf.AddDate(0, 0, days))
		if diff := diff(want, got); diff != "" || !errors.Is(err1, err2) {
			t.Fatalf("%v, %v, scores (-want +got):\n%s", err1, err2, diff)
		}
	})
}

// Property: (7) counting money in another unit changes no score; only R's
// quantiles don't bear it, since they add one of whatever the unit is.
func TestScoresDoNotDependOnTheCurrencyUnit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table, b := populations(t, 30), binnings(t)
		if b.Monetary.Method == rfm.MethodQuantileR {
			b.Monetary.Method = rfm.MethodQuantile
		}
		by := rapid.SampledFrom([]string{"0.01", "3", "7.25", "1000"}).Draw(t, "by")
		scaled := b
		scaled.Monetary.At = nil
		for _, cut := range b.Monetary.At {
			scaled.Monetary.At = append(scaled.Monetary.At, cut.Mul(dec(by)))
		}
		if b.Monetary.Reserve.Valid {
			scaled.Monetary.Reserve = decimal.NewNullDecimal(b.Monetary.Reserve.Decimal.Mul(dec(by)))
		}
		if table.Places = 0; slices.Max(table.Monetary) > 1e12 || slices.Min(table.Monetary) < -1e12 {
			return
		}
		customers := func(by string) func(yield func(int, rfm.Record) bool) {
			return func(yield func(int, rfm.Record) bool) {
				for i := range table.Customer {
					r := record(table, i)
					r.Spend, r.Refunded = r.Spend.Mul(dec(by)), r.Refunded.Mul(dec(by))
					if !yield(i, r) {
						return
					}
				}
			}
		}
		other, err := rfm.NewTable(customers(by), table.AsOf)
		if err != nil {
			t.Fatal(err)
		}
		want := mustScore(t, table, mustFit(t, table, b))
		if diff := diff(want, mustScore(t, other, mustFit(t, other, scaled))); diff != "" {
			t.Fatalf("scores times %s (-want +got):\n%s", by, diff)
		}
	})
}

// R's plus one puts everyone who is worth less than one into the worst score.
func TestQuantileRDependsOnTheCurrencyUnit(t *testing.T) {
	cents, dollars := money(10, 20, 30, 40, 50), money(10, 20, 30, 40, 50)
	dollars.Places = 2
	b := rfm.RCompatible(5)
	var got [2]string
	for i, table := range []*rfm.Table[int]{cents, dollars} {
		for _, s := range mustScore(t, table, mustFit(t, table, b)) {
			got[i] += string('0' + rune(s.M))
		}
	}
	if want := [2]string{"12345", "11111"}; got != want {
		t.Errorf("scores in cents and in dollars %v, want %v", got, want)
	}
}

// Property: (14) nesting in one score of recency and one of frequency is no
// nesting.
func TestNestedInOneCell(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := populations(t, 30)
		b := rfm.Binning{
			Recency:   rfm.FixedAt(decimal.New(1, 6)), // everyone is nearer
			Frequency: rfm.FixedAt(dec("1")),          // everyone reaches it
			Monetary:  scales(t, "monetary"),
		}
		plain := mustFit(t, table, b)
		b.Nested = true
		nested := mustFit(t, table, b)
		if diff := diff(mustScore(t, table, plain), mustScore(t, table, nested)); diff != "" {
			t.Fatalf("scores (-plain +nested):\n%s", diff)
		}
		if diff := diff(plain.Monetary[0], nested.Monetary[3]); diff != "" {
			t.Fatalf("cuts (-plain +nested):\n%s", diff)
		}
	})
}

// Two recency scores with their own frequency cuts, each with its own money
// cuts: by hand.
func TestNested(t *testing.T) {
	table := &rfm.Table[int]{
		AsOf:      epoch,
		Customer:  []int{0, 1, 2, 3, 4, 5, 6, 7},
		Recency:   []int32{1, 1, 1, 1, 90, 90, 90, 90},
		Frequency: []uint32{10, 10, 20, 20, 1, 1, 2, 2},
		Monetary:  []int64{100, 200, 30, 40, 5, 6, 1000, 2000},
	}
	m := mustFit(t, table, rfm.Nested(2, 2, 2))
	var got []string
	for _, s := range mustScore(t, table, m) {
		got = append(got, s.String())
	}
	if diff := diff(strings.Fields("211 212 221 222 111 112 121 122"), got); diff != "" {
		t.Errorf("scores (-want +got):\n%s", diff)
	}
	var cuts []string
	for _, c := range append(m.Frequency, m.Monetary...) {
		cuts = append(cuts, texts(c.At))
	}
	// Frequency within recency 1 and 2; money within 11, 12, 21, 22.
	if diff := diff(strings.Fields("1.5 15 5.5 1500 150 35"), cuts); diff != "" {
		t.Errorf("cuts (-want +got):\n%s", diff)
	}
	if f := m.Explain(record(table, 2)).Frequency; !f.Lower.Decimal.Equal(dec("15")) {
		t.Errorf("explained by the cut %v, want that of the recency score, 15", f.Lower.Decimal)
	}
	// A cell that nobody was in takes the cuts of all.
	empty := mustFit(t, money(1, 2, 3), rfm.Nested(2, 2, 2))
	for i, c := range empty.Monetary {
		if texts(c.At) != "2" {
			t.Errorf("cell %d has cuts %v, want 2", i, c.At)
		}
	}
}

// Property: a model of many cuts scores integers in a table as it scores their
// decimals one by one, and as fractions compare.
func TestScoresAgainstCuts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table, b := populations(t, 30), binnings(t)
		m := mustFit(t, table, b)
		if b.Nested {
			return
		}
		recency, frequency, monetary := metrics(table)
		for i, s := range mustScore(t, table, m) {
			want := rfm.Score{R: byCuts(recency[i], m.Recency), F: byCuts(frequency[i], m.Frequency[0]), M: byCuts(monetary[i], m.Monetary[0])}
			if s != want || m.Score(record(table, i)) != want {
				t.Fatalf("row %d scores %v, its record %v, want %v", i, s, m.Score(record(table, i)), want)
			}
		}
	})
}

func byCuts(v *big.Rat, c rfm.Cuts) uint8 {
	var cuts []*big.Rat
	for _, cut := range c.At {
		cuts = append(cuts, cut.Rat())
	}
	return naiveScore(v, cuts, c.Equal, c.Best)
}

func TestParseModelRefuses(t *testing.T) {
	good, err := json.Marshal(mustFit(t, money(1, 2, 3), rfm.Quantiles(3)))
	if err != nil {
		t.Fatal(err)
	}
	const cut = `{"at":["1","1"],"equal":"below","best":"above"}`
	tests := []struct {
		name, old, new, want string
	}{
		{"unknown key", `"customers"`, `"customer"`, "customer"},
		{"no as-of", `"asOf":"1970-01-01T00:00:00Z",`, ``, "asOf: missing"},
		{"recency the wrong way", `"best":"below"`, `"best":"above"`, `recency.best: "above": want "below"`},
		{"frequency the wrong way", cut, `{"at":["1","1"],"equal":"below","best":"below"}`, `frequency[0].best: "below": want "above"`},
		{"no side", `"equal":"below"`, `"equal":""`, `recency.equal: "": want`},
		{"no frequency", `[` + cut + `]`, `[]`, "frequency: 0 sets of cuts: want 1"},
		{"two frequencies", `[` + cut + `]`, `[` + cut + `,` + cut + `]`, "frequency: 2 sets of cuts: want 1"},
		{"descending", `"at":["1","1"]`, `"at":["2","1"]`, "recency.at[1]: 1 is below the one before"},
		{"no cuts", `"at":["1","1"]`, `"at":[]`, "recency.at: 0 cuts: want 1 to 99"},
		{"hostile cut", `"at":["1","1"]`, `"at":["1e100","1"]`, "recency.at[0]: sum has exponent 100"},
		{"not a binning", `"method":"quantile"`, `"method":"guess"`, "binning.recency.method"},
		{"nested without cells", `"monetary":{"method":"quantile","scores":3}}`, `"monetary":{"method":"quantile","scores":3},"nested":true}`, "frequency: 1 sets of cuts: want 3"},
		{"cut off", `}`, ``, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if !strings.Contains(string(good), tt.old) {
				t.Fatalf("%s is not in %s", tt.old, good)
			}
			_, err := rfm.ParseModel([]byte(strings.Replace(string(good), tt.old, tt.new, 1)))
			if _, ok := errors.AsType[regulars.Faults](err); !ok || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("ParseModel = %v, want %q", err, tt.want)
			}
		})
	}
	if _, err := rfm.ParseModel(good); err != nil {
		t.Errorf("the document unchanged: %v", err)
	}
}

// The largest nested model that is allowed can be read again.
func TestParseModelOfManyCells(t *testing.T) {
	table := &rfm.Table[int]{AsOf: epoch, Places: 18}
	for i := range 5000 {
		table.Customer = append(table.Customer, i)
		table.Recency = append(table.Recency, int32(i*7919%5000))
		table.Frequency = append(table.Frequency, uint32(i*104729%4999+1))
		table.Monetary = append(table.Monetary, int64(i)*1844674407370955)
	}
	for _, b := range []rfm.Binning{rfm.Nested(50, 100, 2), rfm.Nested(10, 10, 100), rfm.Nested(21, 21, 21)} {
		data, err := json.Marshal(mustFit(t, table, b))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := rfm.ParseModel(data); err != nil {
			t.Errorf("%d bytes: %v", len(data), err)
		}
	}
}

// FuzzParseModel: what reads without an error scores anyone, and writes back
// as what it read.
func FuzzParseModel(f *testing.F) {
	for _, b := range []rfm.Binning{rfm.Quantiles(3), rfm.Nested(2, 2, 2), rfm.RCompatible(2), rfm.TopShares(dec("0.5"))} {
		m, err := money(1, 2, 3).Fit(b)
		if err != nil {
			f.Fatal(err)
		}
		data, err := json.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := rfm.ParseModel(data)
		if err != nil {
			return
		}
		written, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		again, err := rfm.ParseModel(written)
		if err != nil {
			t.Fatalf("%v in %s", err, written)
		}
		r := rfm.Record{Last: epoch, Orders: 2, Spend: dec("2")}
		if m.Score(r) != again.Score(r) || m.Explain(r).Score != m.Score(r) {
			t.Fatalf("scores %v, %v and %v", m.Score(r), again.Score(r), m.Explain(r).Score)
		}
	})
}
