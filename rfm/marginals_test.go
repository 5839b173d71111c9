package rfm_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/rfm"
)

// unnested has one of each method.
var unnested = []rfm.Binning{
	rfm.Quantiles(5), rfm.Quantiles(2), rfm.RCompatible(4), rfm.Means(), rfm.Medians(), rfm.TopShares(dec("0.2")),
	{
		Recency:   rfm.Scale{Method: rfm.MethodQuantile, Scores: 4, Reserve: nullDec("365")},
		Frequency: rfm.Scale{Method: rfm.MethodQuantile, Scores: 4, Reserve: nullDec("1")},
		Monetary:  rfm.FixedAt(dec("10"), dec("99.5")),
	},
}

// Property: however customers are dealt to marginals, and these merged, fitting
// gives the bytes that a table of all customers does, layers too.
func TestMarginalsFitAsTheTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := populations(t, 60)
		parts := make([]rfm.Marginals, rapid.IntRange(1, 4).Draw(t, "parts"))
		for i := range parts {
			parts[i].AsOf = table.AsOf
		}
		prospects := rapid.IntRange(0, 3).Draw(t, "prospects")
		for range prospects {
			addTo(t, &parts[0], rfm.Record{})
		}
		for i := range table.Customer {
			addTo(t, &parts[rapid.IntRange(0, len(parts)-1).Draw(t, "part")], record(table, i))
		}
		table.Prospects = prospects
		all := merged(t, parts)
		b := rapid.SampledFrom(unnested).Draw(t, "binning")
		want, got := mustFit(t, table, b), mustFitMarginals(t, all, b)
		if d := diff(jsonOf(t, want), jsonOf(t, got)); d != "" {
			t.Errorf("model (-want +got):\n%s", d)
		}
		layers := rapid.SampledFrom([]rfm.LayerPolicy{rfm.ByValue(dec("0.7"), dec("0.9")), rfm.ByHeadCount(dec("0.2"), dec("0.5"))}).Draw(t, "layers")
		wantLayers, wantErr := table.FitLayers(layers)
		gotLayers, gotErr := all.FitLayers(layers)
		if d := diff(wantLayers, gotLayers); d != "" || !errors.Is(gotErr, wantErr) {
			t.Errorf("layers (-want +got):\n%s%v", d, gotErr)
		}
	})
}

// Property: merging in any order gives the same bytes, and what is read from
// bytes is written as the same bytes.
func TestMarginalsBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := populations(t, 40)
		parts := make([]rfm.Marginals, 3)
		for i := range parts {
			parts[i].AsOf = table.AsOf
		}
		for i := range table.Customer {
			addTo(t, &parts[i%3], record(table, i))
		}
		want := bytesOf(t, merged(t, parts))
		slices.Reverse(parts)
		if !bytes.Equal(want, bytesOf(t, merged(t, parts))) {
			t.Fatal("another order of merging gives other bytes")
		}
		read := rfm.Marginals{AsOf: table.AsOf}
		addTo(t, &read, rfm.Record{})
		if err := read.UnmarshalBinary(want); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(want, bytesOf(t, &read)) || read.Len() != table.Len() {
			t.Fatal("reads as other marginals")
		}
	})
}

// Zeros at the end of an amount are no other amount, even where they make it
// too long for 64 bits.
func TestMarginalsKnowEqualAmounts(t *testing.T) {
	m := rfm.Marginals{AsOf: epoch}
	for _, spend := range []string{"10", "10.00", "10.000000000000000000", "123456789012345678901234567890"} {
		addTo(t, &m, rfm.Record{Last: epoch, Orders: 1, Spend: dec(spend)})
	}
	b := rfm.Quantiles(2)
	b.Monetary = rfm.Scale{Method: rfm.MethodTop, Count: 2}
	if got := mustFitMarginals(t, &m, b).Monetary[0].At[0]; !got.Equal(dec("10")) {
		t.Errorf("second best is %v, want 10", got)
	}
	once := rfm.Marginals{AsOf: epoch}
	for _, spend := range []string{"123456789012345678901234567890.0", "10", "10", "10"} {
		addTo(t, &once, rfm.Record{Last: epoch, Orders: 1, Spend: dec(spend)})
	}
	if !bytes.Equal(bytesOf(t, &m), bytesOf(t, &once)) {
		t.Error("equal amounts give other bytes")
	}
}

func TestMarginalsRefuse(t *testing.T) {
	late := rfm.Record{Last: epoch.Add(time.Hour), Orders: 1}
	m := rfm.Marginals{AsOf: epoch}
	before := bytesOf(t, &m)
	other := rfm.Marginals{AsOf: epoch.Add(time.Second)}
	for name, err := range map[string]error{
		"ordered later":   m.Add(late),
		"negative orders": m.Add(rfm.Record{Last: epoch, Orders: -1}),
		"another moment":  m.Merge(&other),
		"itself":          m.Merge(&m),
		"no moment":       (&rfm.Marginals{AsOf: time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)}).Add(rfm.Record{}),
		"bytes as of":     m.UnmarshalBinary(bytesOf(t, &other)),
		"cut short":       m.UnmarshalBinary(before[:len(before)-1]),
		"of a tally":      m.UnmarshalBinary([]byte{9}),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if !bytes.Equal(before, bytesOf(t, &m)) {
		t.Error("changed by what it refused")
	}
	if _, err := m.Fit(rfm.Quantiles(5)); !errors.Is(err, rfm.ErrNoCustomers) {
		t.Errorf("fit of nobody: %v", err)
	}
	addTo(t, &m, rfm.Record{Last: epoch, Orders: 1})
	if _, err := m.Fit(rfm.Nested(2, 2, 2)); !errors.Is(err, rfm.ErrNested) {
		t.Errorf("nested: %v", err)
	}
	if _, err := m.Fit(rfm.Quantiles(1)); err == nil {
		t.Error("one score: no error")
	}
}

func FuzzMarginalsUnmarshalBinary(f *testing.F) {
	m := rfm.Marginals{AsOf: epoch}
	addTo(f, &m, rfm.Record{})
	f.Add(bytesOf(f, &m))
	for i, spend := range []string{"10", "0.5", "-3", "123456789012345678901234567890"} {
		addTo(f, &m, rfm.Record{Last: epoch.AddDate(0, 0, -i), Orders: 1 + i, Spend: dec(spend)})
	}
	f.Add(bytesOf(f, &m))
	f.Fuzz(func(t *testing.T, data []byte) {
		read := rfm.Marginals{AsOf: epoch}
		if read.UnmarshalBinary(data) != nil {
			return
		}
		if !bytes.Equal(data, bytesOf(t, &read)) {
			t.Error("reads what it would not write")
		}
	})
}

// Two shops of a chain count their own customers, and cut all of them alike.
func ExampleMarginals() {
	asOf := time.Date(2026, 6, 30, 12, 0, 0, 0, time.UTC)
	north, south := rfm.Marginals{AsOf: asOf}, rfm.Marginals{AsOf: asOf}
	for i, spend := range []string{"12", "30", "45", "80", "200"} {
		r := rfm.Record{Last: asOf.AddDate(0, 0, -10*i), Orders: 1 + i, Spend: dec(spend)}
		if err := []*rfm.Marginals{&north, &south}[i%2].Add(r); err != nil {
			fmt.Println(err)
		}
	}
	if err := north.Merge(&south); err != nil {
		fmt.Println(err)
	}
	model, err := north.Fit(rfm.Medians())
	fmt.Println(model.Customers, model.Recency.At, model.Frequency[0].At, model.Monetary[0].At, err)
	// Output: 5 [20] [3] [45] <nil>
}

func addTo(t interface{ Fatal(...any) }, m *rfm.Marginals, r rfm.Record) {
	if err := m.Add(r); err != nil {
		t.Fatal(err)
	}
}

func merged(t interface{ Fatal(...any) }, parts []rfm.Marginals) *rfm.Marginals {
	all := rfm.Marginals{AsOf: parts[0].AsOf}
	for i := range parts {
		if err := all.Merge(&parts[i]); err != nil {
			t.Fatal(err)
		}
	}
	return &all
}

func mustFitMarginals(t interface{ Fatal(...any) }, m *rfm.Marginals, b rfm.Binning) rfm.Model {
	model, err := m.Fit(b)
	if err != nil {
		t.Fatal(err)
	}
	return model
}

func jsonOf(t interface{ Fatal(...any) }, v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
