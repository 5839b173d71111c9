package rfm_test

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/rfm"
)

// Property: adding columns leaves the same bytes as adding their rows one by
// one, whatever was there before, up to sums beyond 64 bits.
func TestAddColumnsAgainstAdd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 40).Draw(t, "orders")
		c := rfm.Columns[int32]{
			Places: rapid.IntRange(0, 18).Draw(t, "places"),
			Tick:   rapid.SampledFrom([]time.Duration{0, time.Microsecond, time.Millisecond, time.Second, 24 * time.Hour}).Draw(t, "tick"),
		}
		tick := c.Tick
		if tick == 0 {
			tick = time.Second
		}
		until := time.Time{}
		if rapid.Bool().Draw(t, "has until") {
			until = time.Unix(1e9, 0)
		}
		money := rapid.OneOf(rapid.Int64Range(-100, 10_000), rapid.Int64Range(-math.MaxInt64, math.MaxInt64), rapid.SampledFrom([]int64{0, math.MaxInt64, -math.MaxInt64}))
		for range n {
			c.Customer = append(c.Customer, rapid.Int32Range(-3, 3).Draw(t, "customer"))
			c.At = append(c.At, (1e9*int64(time.Second)+rapid.Int64Range(-3, 3).Draw(t, "ticks")*int64(tick))/int64(tick))
			c.Amount = append(c.Amount, money.Draw(t, "amount"))
		}
		one := rfm.Tally[int32]{Until: until}
		all := rfm.Tally[int32]{Until: until}
		before := rfm.Order{At: time.Unix(3, 0), Amount: decimal.New(rapid.Int64Range(0, 99).Draw(t, "before"), -rapid.Int32Range(0, 5).Draw(t, "places before"))}
		for _, tally := range []*rfm.Tally[int32]{&one, &all} {
			if err := tally.Add(0, before); err != nil {
				t.Fatal(err)
			}
		}
		for i, id := range c.Customer {
			o := rfm.Order{At: time.UnixMicro(c.At[i] * tick.Microseconds()), Amount: decimal.New(c.Amount[i], -int32(c.Places))}
			if err := one.Add(id, o); err != nil {
				t.Fatal(err)
			}
		}
		if err := all.AddColumns(c); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(bytesOf(t, &one), bytesOf(t, &all)) {
			t.Fatal("columns give other bytes than rows")
		}
		if one.AfterUntil() != all.AfterUntil() {
			t.Fatalf("%d after until, want %d", all.AfterUntil(), one.AfterUntil())
		}
	})
}

// More orders than one batch holds, spread over all pages, against plain maps.
func TestAddColumnsInBatches(t *testing.T) {
	const n = 1<<20 + 70_000
	c := rfm.Columns[int32]{Places: 2, Customer: make([]int32, n), At: make([]int64, n), Amount: make([]int64, n)}
	counts, sums, last := map[int32]int{}, map[int32]int64{}, map[int32]int64{}
	x := uint64(1)
	for i := range n {
		x = x*6364136223846793005 + 1442695040888963407
		id, ts, units := int32(x>>48)-1<<15, int64(x>>20&0xfffffff), int64(x>>40&0x3fff)
		c.Customer[i], c.At[i], c.Amount[i] = id, ts, units
		counts[id]++
		sums[id] += units
		last[id] = max(last[id], ts)
	}
	var tally rfm.Tally[int32]
	if err := tally.AddColumns(c); err != nil {
		t.Fatal(err)
	}
	if tally.Len() != len(counts) {
		t.Fatalf("%d customers, want %d", tally.Len(), len(counts))
	}
	for id, r := range tally.All() {
		if r.Orders != counts[id] || !r.Spend.Equal(decimal.New(sums[id], -2)) || r.Last.Unix() != last[id] {
			t.Fatalf("customer %d has %+v, want %d orders, %d cents, last at %d", id, r, counts[id], sums[id], last[id])
		}
	}
}

// Columns that make no sense are refused whole.
func TestAddColumnsRefused(t *testing.T) {
	good := func() rfm.Columns[string] {
		return rfm.Columns[string]{Customer: []string{"ann", "bob"}, At: []int64{1, 2}, Amount: []int64{3, 4}}
	}
	tests := []struct {
		name   string
		change func(*rfm.Columns[string])
		want   string
	}{
		{"too few times", func(c *rfm.Columns[string]) { c.At = c.At[:1] }, "columns of 2 customers, 1 times and 2 amounts"},
		{"too few amounts", func(c *rfm.Columns[string]) { c.Amount = nil }, "columns of 2 customers, 2 times and 0 amounts"},
		{"negative places", func(c *rfm.Columns[string]) { c.Places = -1 }, "-1 places: want 0 to 18"},
		{"19 places", func(c *rfm.Columns[string]) { c.Places = 19 }, "19 places: want 0 to 18"},
		{"negative tick", func(c *rfm.Columns[string]) { c.Tick = -time.Second }, "tick of -1s: want whole microseconds"},
		{"nanoseconds", func(c *rfm.Columns[string]) { c.Tick = time.Nanosecond }, "tick of 1ns: want whole microseconds"},
		{"year 10000", func(c *rfm.Columns[string]) { c.At[1] = 253402300800 }, "order 1 is 253402300800 ticks of 1s from 1970"},
		{"zero time", func(c *rfm.Columns[string]) { c.At[1] = time.Time{}.Unix() }, "order 1 is -62135596800 ticks of 1s from 1970"},
		{"milliseconds read as seconds", func(c *rfm.Columns[string]) { c.At[1] = 1767225600000 }, "want the years 1 to 9999"},
		{"least integer", func(c *rfm.Columns[string]) { c.Amount[1] = math.MinInt64 }, "order 1 has amount -9223372036854775808"},
		{"nobody", func(c *rfm.Columns[string]) { c.Customer[1] = "" }, "order 1: customer has an empty ID"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var tally rfm.Tally[string]
			c := good()
			tt.change(&c)
			if err := tally.AddColumns(c); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("AddColumns = %v, want %q", err, tt.want)
			}
			if tally.Len() != 0 {
				t.Errorf("%d customers after an error", tally.Len())
			}
		})
	}
}

func TestAddColumnsAtTheEdges(t *testing.T) {
	c := rfm.Columns[int]{
		Customer: []int{0, 1, 2},
		At:       []int64{-62135596799, 253402300799, 0},
		Amount:   []int64{math.MaxInt64, -math.MaxInt64, 0},
		Places:   18,
	}
	var tally rfm.Tally[int]
	if err := tally.AddColumns(c); err != nil {
		t.Fatal(err)
	}
	if err := tally.AddColumns(rfm.Columns[int]{}); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range tally.All() {
		got = append(got, r.Net().String())
	}
	if diff := diff([]string{"9.223372036854775807", "-9.223372036854775807", "0"}, got); diff != "" {
		t.Errorf("net (-want +got):\n%s", diff)
	}
	if r, _ := tally.Record(0); r.First.Year() != 1 {
		t.Errorf("first order in the year %d, want 1", r.First.Year())
	}
}

// Property: what columns add depends on their order as little as on how they
// are cut up.
func TestAddColumnsInAnyOrderAndSplit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type line struct {
			id        uint16
			at, money int64
		}
		lines := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) line {
			return line{rapid.Uint16Range(0, 9).Draw(t, "id"), rapid.Int64Range(0, 99).Draw(t, "at"), rapid.Int64Range(-50, 50).Draw(t, "money")}
		}), 0, 30).Draw(t, "lines")
		columns := func(lines []line) (c rfm.Columns[uint16]) {
			for _, l := range lines {
				c.Customer, c.At, c.Amount = append(c.Customer, l.id), append(c.At, l.at), append(c.Amount, l.money)
			}
			return c
		}
		var whole, parts rfm.Tally[uint16]
		if err := whole.AddColumns(columns(lines)); err != nil {
			t.Fatal(err)
		}
		for chunk := range slices.Chunk(rapid.Permutation(lines).Draw(t, "shuffled"), rapid.IntRange(1, 30).Draw(t, "chunk")) {
			if err := parts.AddColumns(columns(chunk)); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(bytesOf(t, &whole), bytesOf(t, &parts)) {
			t.Fatal("other bytes in parts")
		}
	})
}

// Property: the shares, merged in any order, leave the bytes of the whole, be
// the times and amounts near each other or not.
func TestAddShares(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := rfm.Columns[string]{Tick: time.Microsecond, Places: rapid.IntRange(0, 3).Draw(t, "places")}
		at := rapid.SampledFrom([]int64{0, math.MaxUint32, math.MaxUint32 + 1, 1e15}).Draw(t, "latest")
		most := rapid.SampledFrom([]int64{10, math.MaxUint32, math.MaxInt64}).Draw(t, "most")
		for range rapid.IntRange(0, 60).Draw(t, "orders") {
			c.Customer = append(c.Customer, rapid.StringMatching("[a-e]{1,2}").Draw(t, "customer"))
			c.At = append(c.At, rapid.SampledFrom([]int64{0, 1, at - 1, at}).Draw(t, "at"))
			c.Amount = append(c.Amount, rapid.SampledFrom([]int64{0, -1, 1, most}).Draw(t, "amount"))
		}
		until := time.UnixMicro(at - 1)
		shares := make([]rfm.Tally[string], rapid.SampledFrom([]int{1, 2, 3, 255, 256}).Draw(t, "shares"))
		customers := 0
		for i := range shares {
			shares[i].Until = until
			if err := shares[i].AddShare(c, i, len(shares)); err != nil {
				t.Fatal(err)
			}
			customers += shares[i].Len()
		}
		whole, merged := rfm.Tally[string]{Until: until}, rfm.Tally[string]{Until: until}
		if err := whole.AddColumns(c); err != nil {
			t.Fatal(err)
		}
		for _, i := range rapid.Permutation(indexes(len(shares))).Draw(t, "order") {
			if err := merged.Merge(&shares[i]); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(bytesOf(t, &whole), bytesOf(t, &merged)) {
			t.Fatal("shares give other bytes than the whole")
		}
		if customers != whole.Len() || merged.AfterUntil() != whole.AfterUntil() {
			t.Fatalf("%d customers and %d after until, want %d and %d", customers, merged.AfterUntil(), whole.Len(), whole.AfterUntil())
		}
	})
}

// A merged tally shares no memory with those that it was made of.
func TestMergeCopies(t *testing.T) {
	huge := decimal.New(math.MaxInt64, 0)
	var from, to rfm.Tally[string]
	for _, id := range []string{"ann", "bob"} {
		for range 2 {
			if err := from.Add(id, rfm.Order{At: time.Unix(1, 0), Amount: huge}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := to.Merge(&from); err != nil {
		t.Fatal(err)
	}
	before := bytesOf(t, &from)
	for _, id := range []string{"ann", "bob", "cid"} {
		if err := to.Add(id, rfm.Order{At: time.Unix(2, 0), Amount: huge}); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(before, bytesOf(t, &from)) {
		t.Error("adding to a merged tally changed what it was merged from")
	}
	if r, _ := to.Record("ann"); r.Orders != 3 || !r.Spend.Equal(huge.Mul(decimal.New(3, 0))) {
		t.Errorf("ann has %d orders of %v in all, want 3 of %v", r.Orders, r.Spend, huge)
	}
}

func TestAddShareRefused(t *testing.T) {
	for _, share := range [][2]int{{-1, 2}, {2, 2}, {0, 0}, {0, 257}, {0, -1}} {
		var tally rfm.Tally[int]
		if err := tally.AddShare(rfm.Columns[int]{}, share[0], share[1]); err == nil || !strings.Contains(err.Error(), "want 1 to 256 shares, counted from 0") {
			t.Errorf("share %d of %d: %v", share[0], share[1], err)
		}
	}
}

func indexes(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}
