package term_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/lifecycle/term"
)

func mustMarshal[K ~string | ~int64](t rapid.TB, b *term.Book[K]) []byte {
	t.Helper()
	data, err := b.MarshalBinary()
	check(t, err)
	return data
}

func drawTerms(t *rapid.T) (terms []term.Term[int64]) {
	base := at("2024-01-01")
	for range rapid.IntRange(0, 25).Draw(t, "terms") {
		x := term.Term[int64]{
			Customer: rapid.Int64Range(-2, 2).Draw(t, "customer"), Product: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "product"),
			Start: base.AddDate(0, rapid.IntRange(0, 12).Draw(t, "start"), 0),
			Value: decimal.New(rapid.Int64Range(0, 20).Draw(t, "value"), rapid.Int32Range(-2, 2).Draw(t, "exponent")),
		}
		if rapid.IntRange(0, 3).Draw(t, "ends") > 0 {
			x.End = x.Start.AddDate(0, 1, 0).In(time.FixedZone("x", 3600))
		}
		if rapid.IntRange(0, 3).Draw(t, "sold") == 0 {
			x.Sold = x.Start.AddDate(0, 0, -5)
		}
		terms = append(terms, x)
	}
	return terms
}

// Property: shuffling the terms and merging them from shards in any bracketing,
// some through bytes, gives the same bytes and the same report.
func TestAnyOrderAnySplitSameBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		terms := drawTerms(t)
		var whole term.Book[int64]
		for _, x := range terms {
			check(t, whole.Add(x))
		}
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		random.Shuffle(len(terms), func(i, j int) { terms[i], terms[j] = terms[j], terms[i] })
		shards := make([]*term.Book[int64], rapid.IntRange(1, 5).Draw(t, "shards"))
		for i := range shards {
			shards[i] = new(term.Book[int64])
		}
		for _, x := range terms {
			check(t, shards[random.IntN(len(shards))].Add(x))
		}
		for len(shards) > 1 {
			i := random.IntN(len(shards) - 1)
			from, before := shards[i+1], mustMarshal(t, shards[i+1])
			if random.IntN(2) == 0 {
				from = new(term.Book[int64])
				check(t, from.UnmarshalBinary(before))
			}
			check(t, shards[i].Merge(from))
			if !bytes.Equal(before, mustMarshal(t, from)) {
				t.Fatal("merging changed the other")
			}
			shards = append(shards[:i+1], shards[i+2:]...)
		}
		want, got := mustMarshal(t, &whole), mustMarshal(t, shards[0])
		if !bytes.Equal(want, got) || whole.Len() != shards[0].Len() {
			t.Fatalf("bytes differ:\n%x\n%x", want, got)
		}
		report := func(b *term.Book[int64]) string {
			r, err := b.Report(lessons, at("2024-09-15"))
			check(t, err)
			text, err := json.Marshal(r)
			check(t, err)
			return string(text)
		}
		if want, got := report(&whole), report(shards[0]); want != got {
			t.Fatalf("%s\nin shards %s", want, got)
		}
	})
}

// Property: the labels of a report add up, gross retention is at most 1, and no
// cohort is left out of the whole.
func TestReportAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b term.Book[int64]
		terms := drawTerms(t)
		for _, x := range terms {
			check(t, b.Add(x))
		}
		r, err := b.Report(lessons, at("2024-01-01").AddDate(0, rapid.IntRange(0, 20).Draw(t, "month"), 3))
		check(t, err)
		sum := map[term.Label]int{}
		before, due := decimal.Zero, 0
		for _, c := range append(r.Cohorts, r.All) {
			all, decided := 0, 0
			for _, l := range term.Labels() {
				all += c.Count(l)
				decided += c.Share(l).Count
				if c.Interval != nil {
					sum[l] += c.Count(l)
				}
			}
			if all != c.Due || decided != c.Decided || c.Share(term.Open).Count != 0 || c.Held.GreaterThan(c.Before) || c.Held.GreaterThan(c.After) {
				t.Fatalf("%+v", c)
			}
			if gross, ok := c.GRR(); ok && gross > 1 {
				t.Fatalf("gross retention %v", gross)
			}
			if c.Interval != nil {
				before, due = before.Add(c.Before), due+c.Due
			}
		}
		for l, n := range sum {
			if r.All.Count(l) != n {
				t.Fatalf("%v: %d in cohorts, %d in all", l, n, r.All.Count(l))
			}
		}
		if !before.Equal(r.All.Before) || due != r.All.Due || due+r.NotDue+r.Endless+r.Later != len(terms) {
			t.Fatalf("%+v of %d terms", r, len(terms))
		}
	})
}

// What version 1 wrote, which every later version reads.
const written = "106c6966656379636c652e7465726d2e310203616e6e04706c75730180808982e2f5860601808082bbb5bf8a06018080c5a0b5b986060104019603626f62057069616e6f018080bcd7e9858b0600000000"

func TestFormStaysReadable(t *testing.T) {
	want := bookOf(t, course("ann", "plus 2024-01-01 2024-04-01 40.60 2023-12-20"), course("bob", "piano 2024-04-15 - 0"))
	data, err := hex.DecodeString(written)
	check(t, err)
	var got term.Book[string]
	if err := got.UnmarshalBinary(data); err != nil || !bytes.Equal(mustMarshal(t, &got), mustMarshal(t, want)) {
		t.Errorf("%v; version 1 is now %x", err, mustMarshal(t, want))
	}
}

func TestUnmarshalRefuses(t *testing.T) {
	b := bookOf(t, course("ann", "plus 2024-01-01 2024-04-01 40.6 2023-12-20"), course("bob", "piano 2024-04-15 - 900"))
	data := mustMarshal(t, b)
	for n := range data {
		if err := new(term.Book[string]).UnmarshalBinary(data[:n]); err == nil {
			t.Errorf("took the first %d of %d bytes", n, len(data))
		}
	}
	for name, broken := range map[string][]byte{
		"a byte too many": append(data[:len(data):len(data)], 0),
		"another form":    bytes.Replace(data, []byte("term.1"), []byte("term.2"), 1),
		"out of order":    bytes.Replace(data, []byte("ann"), []byte("zoe"), 1),
		"no customer":     bytes.Replace(data, []byte("\x03ann"), []byte{0}, 1),
	} {
		if err := b.UnmarshalBinary(broken); err == nil || !strings.HasPrefix(err.Error(), "term: unmarshal: ") || !bytes.Equal(mustMarshal(t, b), data) {
			t.Errorf("%s: %v", name, err)
		}
	}
	check(t, b.Add(course("cat", "plus 2024-01-01 - 1")))
	if err := b.UnmarshalBinary(data); err != nil || !bytes.Equal(mustMarshal(t, b), data) {
		t.Errorf("reading does not replace what was there: %v", err)
	}
	if b.Merge(b) == nil {
		t.Error("a book was merged into itself")
	}
}

func TestAddAtTheEdges(t *testing.T) {
	var b term.Book[string]
	x := course("ann", "plus 2024-01-01 - 1")
	x.End = x.Start.Add(time.Nanosecond)
	if b.Add(x) == nil {
		t.Error("a term of a nanosecond was taken")
	}
	x.End, x.Value = time.Time{}, decimal.New(1, 18)
	check(t, b.Add(x))
	x.Value = decimal.NewFromBigInt(dec(strings.Repeat("9", 36)).Coefficient(), 18) // 54 digits
	if b.Add(x) == nil {
		t.Error("a value of 54 digits was taken")
	}
	check(t, new(term.Book[string]).UnmarshalBinary(mustMarshal(t, &b)))
}

// Two machines of a kind, bought together, are two terms, also after a trip
// through bytes.
func TestEqualTermsAreTwo(t *testing.T) {
	machine := course("ann", "filter 2024-01-01 2025-01-01 300")
	var read term.Book[string]
	check(t, read.UnmarshalBinary(mustMarshal(t, bookOf(t, machine, machine))))
	report, err := read.Report(term.Policy{}, at("2026-01-01"))
	check(t, err)
	if read.Len() != 2 || report.All.Due != 2 || report.All.Count(term.Lapsed) != 2 {
		t.Errorf("%d terms, %+v", read.Len(), report.All)
	}
}

func FuzzUnmarshal(f *testing.F) {
	data, err := bookOf(f, course("ann", "plus 2024-01-01 2024-04-01 40.6 2023-12-20"), course("bob", "piano 2024-04-15 - 900")).MarshalBinary()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	// Property: what reads without an error writes back as the same bytes.
	f.Fuzz(func(t *testing.T, data []byte) {
		var b term.Book[string]
		if b.UnmarshalBinary(data) != nil {
			return
		}
		if again, err := b.AppendBinary(nil); err != nil || !bytes.Equal(again, data) {
			t.Fatalf("%x came back as %x, %v", data, again, err)
		}
	})
}
