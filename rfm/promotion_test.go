package rfm_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/rfm"
)

// sale returns a sale on 5 March.
func sale(paid, discount string) rfm.Sale {
	return rfm.Sale{At: march(5), Paid: cash(paid), Discount: cash(discount)}
}

// recordOf tallies the sales to one customer.
func recordOf(t testing.TB, sales ...rfm.Sale) rfm.PromotionRecord {
	var tally rfm.PromotionTally[int]
	for _, s := range sales {
		if err := tally.Add(1, s); err != nil {
			t.Fatal(err)
		}
	}
	r, _ := tally.Record(1)
	return r
}

// The money of a record as text, so that 1.50 and 1.5 are the same.
func promotionText(r rfm.PromotionRecord) string {
	return fmt.Sprintf("%d/%d/%d %s %s %s", r.FullPrice, r.Discounted, r.Free,
		r.PaidFull.StringFixed(2), r.PaidDiscounted.StringFixed(2), r.Subsidy.StringFixed(2))
}

func TestPromotionTally(t *testing.T) {
	tally := rfm.PromotionTally[string]{Until: march(5)}
	for _, s := range []rfm.Sale{
		sale("10", "0"), sale("5.50", "4.5"), sale("0", "3"), sale("0", "0"),
		{At: march(5).Add(time.Microsecond), Paid: cash("99")},
		{At: march(5).Add(999 * time.Nanosecond), Paid: cash("1")},
	} {
		if err := tally.Add("ann", s); err != nil {
			t.Fatal(err)
		}
	}
	r, ok := tally.Record("ann")
	if want := "2/2/1 11.00 5.50 7.50"; !ok || promotionText(r) != want {
		t.Errorf("record %s, want %s", promotionText(r), want)
	}
	if depth, ok := r.Depth(); !ok || depth != 7.5/13 {
		t.Errorf("depth %v, %v: want %v", depth, ok, 7.5/13)
	}
	if r.Orders() != 4 || tally.AfterUntil() != 1 || tally.Len() != 1 {
		t.Errorf("%d orders, %d after, %d customers: want 4, 1, 1", r.Orders(), tally.AfterUntil(), tally.Len())
	}
	if _, ok := tally.Record("bob"); ok {
		t.Error("a record of nobody")
	}
	if _, ok := recordOf(t, sale("5", "0")).Depth(); ok {
		t.Error("a depth without discounts")
	}
}

func TestPromotionTallyRefuses(t *testing.T) {
	tests := []struct {
		name string
		id   string
		sale rfm.Sale
		want string
	}{
		{"nobody", "", sale("1", "0"), "rfm: sale to a customer with an empty ID"},
		{"no time", "ann", rfm.Sale{Paid: cash("1")}, "rfm: sale to customer ann: has no time"},
		{"negative", "ann", sale("-1", "0"), "rfm: sale to customer ann: paid amount is -1: want zero or more"},
		{"negative discount", "ann", sale("1", "-0.5"), "rfm: sale to customer ann: discount is -0.5: want zero or more"},
		{"hostile amount", "ann", sale("1e1000", "0"), "rfm: sale to customer ann: paid amount has exponent 1000: want -18 to 18"},
		{"hostile discount", "ann", sale("1", "1e-1000"), "rfm: sale to customer ann: discount amount has exponent -1000: want -18 to 18"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var tally rfm.PromotionTally[string]
			if err := tally.Add(test.id, test.sale); err == nil || err.Error() != test.want {
				t.Errorf("error %v, want %s", err, test.want)
			}
			if tally.Len() != 0 {
				t.Error("the refused sale was added")
			}
		})
	}
	a, b := &rfm.PromotionTally[string]{Until: march(5)}, &rfm.PromotionTally[string]{}
	if err := a.Merge(b); err == nil || !strings.Contains(err.Error(), "until ever: want 2026-03-05T12:00:00Z") {
		t.Errorf("tallies of unlike ends merge: %v", err)
	}
	if err := a.Merge(a); err == nil {
		t.Error("a tally merges into itself")
	}
}

// Property: neither the order of sales nor their split over tallies changes
// the bytes, and the bytes read back as they were.
func TestPromotionTallyMerges(t *testing.T) {
	type event struct {
		ID   int
		Sale rfm.Sale
	}
	rapid.Check(t, func(t *rapid.T) {
		events := rapid.SliceOf(rapid.Custom(func(t *rapid.T) event {
			amount := func(name string) decimal.Decimal {
				return decimal.New(rapid.Int64Range(0, 500).Draw(t, name), -int32(rapid.IntRange(0, 3).Draw(t, "places")))
			}
			at := march(rapid.IntRange(1, 9).Draw(t, "day"))
			return event{rapid.IntRange(-2, 3).Draw(t, "customer"), rfm.Sale{At: at, Paid: amount("paid"), Discount: amount("discount")}}
		})).Draw(t, "sales")
		tallyOf := func(keep func(i int) bool) *rfm.PromotionTally[int] {
			tally := &rfm.PromotionTally[int]{Until: march(7)}
			for i := range events {
				e := events[len(events)-1-i]
				if keep(i) {
					if err := tally.Add(e.ID, e.Sale); err != nil {
						t.Fatal(err)
					}
				}
			}
			return tally
		}
		whole := &rfm.PromotionTally[int]{Until: march(7)}
		for _, e := range events {
			if err := whole.Add(e.ID, e.Sale); err != nil {
				t.Fatal(err)
			}
		}
		left, right := tallyOf(func(i int) bool { return i%2 == 0 }), tallyOf(func(i int) bool { return i%2 == 1 })
		if err := left.Merge(right); err != nil {
			t.Fatal(err)
		}
		want, err := whole.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := left.MarshalBinary(); err != nil || string(got) != string(want) {
			t.Fatalf("halves merged are %x, want %x: %v", got, want, err)
		}
		back := &rfm.PromotionTally[int]{Until: march(7)}
		if err := back.UnmarshalBinary(want); err != nil {
			t.Fatal(err)
		}
		if got, err := back.MarshalBinary(); err != nil || string(got) != string(want) {
			t.Fatalf("read back as %x, want %x: %v", got, want, err)
		}
	})
}

func TestPromotionTallyUnmarshalRefuses(t *testing.T) {
	var tally rfm.PromotionTally[int]
	if err := tally.Add(3, sale("1", "0")); err != nil {
		t.Fatal(err)
	}
	good, err := tally.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		data []byte
		want string
	}{
		{"nothing", nil, "rfm: not a promotion tally: at byte 0"},
		{"another version", bytes.Replace(good, []byte("promotions.1"), []byte("promotions.2"), 1), `rfm: not a promotion tally: at byte 17: is "rfm.promotions.2", not "rfm.promotions.1"`},
		{"cut short", good[:len(good)-1], "rfm: not a promotion tally:"},
		{"another end", slices.Concat(good[:17], []byte{0}, good[27:]), "rfm: promotion tally until 1970-01-01T00:00:00Z: want ever"},
	}
	for _, test := range tests {
		err := tally.UnmarshalBinary(test.data)
		if err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s: error %v, want %s", test.name, err, test.want)
		}
		if tally.Len() != 1 {
			t.Errorf("%s: a refused input changed the tally", test.name)
		}
	}
}

func FuzzPromotionTallyUnmarshalBinary(f *testing.F) {
	var tally rfm.PromotionTally[string]
	for _, s := range []rfm.Sale{sale("10", "0"), sale("5.50", "4.5"), sale("0", "0")} {
		if err := tally.Add("ann", s); err != nil {
			f.Fatal(err)
		}
	}
	data, err := tally.MarshalBinary()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		var tally rfm.PromotionTally[string]
		if tally.UnmarshalBinary(data) != nil {
			return
		}
		if again, err := tally.MarshalBinary(); err != nil || string(again) != string(data) {
			t.Fatalf("%x becomes %x: %v", data, again, err)
		}
		for _, r := range tally.All() {
			_ = rfm.PromotionPolicy{}.Explain(r).String()
			_, _ = r.Depth()
		}
	})
}

func TestPromotionClass(t *testing.T) {
	strict := rfm.PromotionPolicy{MinOrders: 1, DealSeeker: cash("0.75"), FullPrice: cash("0.25"), Depth: cash("0.2")}
	tests := []struct {
		name   string
		policy rfm.PromotionPolicy
		record rfm.PromotionRecord
		want   rfm.PromotionClass
	}{
		{"two orders are too few", rfm.PromotionPolicy{}, rfm.PromotionRecord{Discounted: 2, Subsidy: cash("1")}, rfm.PromotionUnknown},
		{"free ones do not count", rfm.PromotionPolicy{}, rfm.PromotionRecord{Discounted: 2, Free: 9, Subsidy: cash("1")}, rfm.PromotionUnknown},
		{"nothing at all", rfm.PromotionPolicy{MinOrders: 1}, rfm.PromotionRecord{}, rfm.PromotionUnknown},
		{"three at full price", rfm.PromotionPolicy{}, rfm.PromotionRecord{FullPrice: 3}, rfm.PromotionFullPrice},
		{"one of many is mixed", rfm.PromotionPolicy{}, rfm.PromotionRecord{FullPrice: 99, Discounted: 1, Subsidy: cash("1")}, rfm.PromotionMixed},
		{"four of five", rfm.PromotionPolicy{}, rfm.PromotionRecord{FullPrice: 1, Discounted: 4, Subsidy: cash("1")}, rfm.PromotionDealSeeker},
		{"three of four", rfm.PromotionPolicy{}, rfm.PromotionRecord{FullPrice: 1, Discounted: 3, Subsidy: cash("1")}, rfm.PromotionMixed},
		{"at the lower line", strict, rfm.PromotionRecord{FullPrice: 3, Discounted: 1, Subsidy: cash("1")}, rfm.PromotionFullPrice},
		{"at the upper line, deep", strict, rfm.PromotionRecord{FullPrice: 1, Discounted: 3, PaidDiscounted: cash("80"), Subsidy: cash("20")}, rfm.PromotionDealSeeker},
		{"at the upper line, shallow", strict, rfm.PromotionRecord{FullPrice: 1, Discounted: 3, PaidDiscounted: cash("80.01"), Subsidy: cash("20")}, rfm.PromotionMixed},
		{"a negative count", strict, rfm.PromotionRecord{FullPrice: -1, Discounted: 3}, rfm.PromotionUnknown},
		{"a hostile sum", strict, rfm.PromotionRecord{Discounted: 3, Subsidy: cash("1e1000")}, rfm.PromotionUnknown},
		{"a negative sum", strict, rfm.PromotionRecord{Discounted: 3, Subsidy: cash("-1")}, rfm.PromotionUnknown},
		{"lines crossed", rfm.PromotionPolicy{DealSeeker: cash("0.2"), FullPrice: cash("0.2")}, rfm.PromotionRecord{Discounted: 3}, rfm.PromotionUnknown},
	}
	for _, test := range tests {
		e := test.policy.Explain(test.record)
		if e.Class != test.want || e.Because == "" || test.policy.Class(test.record) != test.want {
			t.Errorf("%s: %v, want %v", test.name, e, test.want)
		}
	}
}

// Property: one more order at a discount never makes a customer less of a
// deal-seeker, and one at full price never more.
func TestPromotionClassIsMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lo := rapid.Int64Range(0, 9).Draw(t, "full price")
		p := rfm.PromotionPolicy{
			MinOrders: 1, FullPrice: decimal.New(lo, -1),
			DealSeeker: decimal.New(rapid.Int64Range(lo+1, 10).Draw(t, "deal-seeker"), -1),
		}
		r := rfm.PromotionRecord{FullPrice: rapid.IntRange(0, 20).Draw(t, "at full price"), Discounted: rapid.IntRange(0, 20).Draw(t, "discounted")}
		if r.Orders() == 0 {
			r.FullPrice = 1
		}
		more, less := r, r
		more.Discounted++
		less.FullPrice++
		if p.Class(more) < p.Class(r) || p.Class(less) > p.Class(r) {
			t.Fatalf("%v; with a discount %v, without %v", p.Explain(r), p.Explain(more), p.Explain(less))
		}
	})
}

func TestParsePromotionPolicy(t *testing.T) {
	p := rfm.PromotionPolicy{MinOrders: 5, DealSeeker: cash("0.750"), Depth: cash("0.1")}
	data, err := json.Marshal(p)
	want := `{"minOrders":5,"dealSeeker":"0.75","depth":"0.1"}`
	if err != nil || string(data) != want {
		t.Fatalf("JSON %s, %v: want %s", data, err, want)
	}
	got, err := rfm.ParsePromotionPolicy(data)
	if again, _ := json.Marshal(got); err != nil || string(again) != want {
		t.Errorf("%s becomes %s, %v", want, again, err)
	}
	tests := []struct{ name, document, want string }{
		{"negative", `{"minOrders":-1,"dealSeeker":"1.2","depth":"-0.1"}`, "minOrders: -1: want 1 or more\ndealSeeker: 1.2: want a share from 0 to 1 with at most 6 places\ndepth: -0.1: want a share from 0 to 1 with at most 6 places"},
		{"crossed", `{"fullPrice":"0.8"}`, "fullPrice: 0.8: want less than the deal-seeker's 0.8"},
		{"unknown key", `{"share":"0.8"}`, `unknown key "share"`},
	}
	for _, test := range tests {
		_, err := rfm.ParsePromotionPolicy([]byte(test.document))
		faults, ok := errors.AsType[regulars.Faults](err)
		if !ok || !strings.HasPrefix(faults.Error(), test.want) {
			t.Errorf("%s: %v, want %s", test.name, err, test.want)
		}
	}
}

func TestPromotionClassNames(t *testing.T) {
	var labels []string
	for _, c := range rfm.PromotionClasses() {
		text, err := c.MarshalText()
		var back rfm.PromotionClass
		if err != nil || back.UnmarshalText(text) != nil || back != c {
			t.Errorf("%v does not come back from %q: %v", c, text, err)
		}
		labels = append(labels, c.Label())
	}
	want := []string{"promotion=unknown", "promotion=full-price", "promotion=mixed", "promotion=deal-seeker"}
	if diff := cmp.Diff(want, labels); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
	if _, err := rfm.PromotionClass(4).MarshalText(); err == nil {
		t.Error("class 4 has a text")
	}
	var c rfm.PromotionClass
	if err := c.UnmarshalText(nil); err == nil {
		t.Error("the empty text is taken for a class")
	}
}

func FuzzParsePromotionPolicy(f *testing.F) {
	f.Add([]byte(`{"minOrders":5,"dealSeeker":"0.75","depth":"0.1"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := rfm.ParsePromotionPolicy(data)
		if err != nil {
			return
		}
		first, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		if p, err = rfm.ParsePromotionPolicy(first); err != nil {
			t.Fatalf("%v in %s", err, first)
		}
		if second, _ := json.Marshal(p); string(second) != string(first) {
			t.Fatalf("%s becomes %s", first, second)
		}
	})
}

func ExamplePromotionTally() {
	var tally rfm.PromotionTally[string]
	for _, s := range []rfm.Sale{sale("7", "3"), sale("5", "5"), sale("8", "2")} {
		if err := tally.Add("ann", s); err != nil {
			fmt.Println(err)
			return
		}
	}
	r, _ := tally.Record("ann")
	depth, _ := r.Depth()
	fmt.Printf("%d of %d discounted, subsidy %v, depth %.2f\n", r.Discounted, r.Orders(), r.Subsidy, depth)
	fmt.Println(rfm.PromotionPolicy{}.Class(r).Label())
	// Output:
	// 3 of 3 discounted, subsidy 10, depth 0.33
	// promotion=deal-seeker
}

func ExamplePromotionPolicy_Explain() {
	p := rfm.PromotionPolicy{Depth: cash("0.2")}
	fmt.Println(p.Explain(rfm.PromotionRecord{FullPrice: 1, Discounted: 9, PaidDiscounted: cash("90"), Subsidy: cash("10")}))
	fmt.Println(p.Explain(rfm.PromotionRecord{FullPrice: 1}))
	// Output:
	// mixed: 9 of 10 orders at a discount, but 10 off 100: less than a share of 0.2
	// unknown: 1 order with a price: fewer than 3
}

func ExamplePromotionTally_Labels() {
	winter, spring := rfm.PromotionTally[string]{}, rfm.PromotionTally[string]{}
	for range 3 {
		_ = winter.Add("ann", sale("5", "5"))
		_ = spring.Add("ann", sale("10", "0"))
		_ = spring.Add("bob", sale("10", "0"))
	}
	m, err := rfm.MigrateLabels(winter.Labels(rfm.PromotionPolicy{}), spring.Labels(rfm.PromotionPolicy{}))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range m.Cells() {
		fmt.Printf("%q to %q: %d\n", c.From, c.To, c.Customers)
	}
	// Output:
	// "" to "promotion=full-price": 1
	// "promotion=deal-seeker" to "promotion=full-price": 1
}

func ExampleParsePromotionPolicy() {
	p, err := rfm.ParsePromotionPolicy([]byte(`{"minOrders": 1, "dealSeeker": "0.5"}`))
	fmt.Println(p.Class(rfm.PromotionRecord{FullPrice: 1, Discounted: 1, Subsidy: cash("5")}), err)
	// Output:
	// deal-seeker <nil>
}
