package clv

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func day(n int) time.Time { return time.Date(2026, 1, 1+n, 12, 0, 0, 0, time.UTC) }

func TestCustomersOfLines(t *testing.T) {
	sale := func(n int, amount float64) Line[string] { return Line[string]{"u", day(n), amount, ""} }
	order := func(id string, n int, amount float64) Line[string] { return Line[string]{"u", day(n), amount, id} }
	row := func(repeats int, recency, age, spend float64) Row {
		return Row{Repeats: repeats, Recency: recency, Age: age, Unit: Day, Spend: spend}
	}
	tests := []struct {
		name   string
		orders []Line[string]
		skip   bool
		want   Row
		aside  SetAside
	}{
		{"one order", []Line[string]{sale(0, 9)}, false, row(0, 0, 30, 0), SetAside{}},
		{"two days", []Line[string]{sale(0, 9), sale(10, 7)}, false, row(1, 10, 30, 7), SetAside{}},
		{"two on a day", []Line[string]{sale(0, 9), sale(10, 7), sale(10, 5)}, false, row(1, 10, 30, 12), SetAside{}},
		{"on the last day", []Line[string]{sale(0, 9), sale(30, 7)}, false, row(1, 30, 30, 7), SetAside{}},
		{"after the last day", []Line[string]{sale(0, 9), sale(31, 7)}, false, row(0, 0, 30, 0), SetAside{Later: 1}},
		{"zero amounts", []Line[string]{sale(0, 0), sale(5, 9), sale(10, 0)}, false, row(2, 10, 30, 4.5), SetAside{}},
		{"zero amounts skipped", []Line[string]{sale(0, 0), sale(5, 9), sale(10, 0)}, true, row(0, 0, 25, 0), SetAside{ZeroAmounts: 2}},
		{"zero amounts only", []Line[string]{sale(0, 0), sale(10, 0)}, false, row(1, 10, 30, 0), SetAside{}},
		{"zero amounts only, skipped", []Line[string]{sale(0, 0), sale(10, 0)}, true, Row{}, SetAside{ZeroAmounts: 2, Visitors: 1}},
		{"refund same day", []Line[string]{sale(0, 9), sale(10, 7), sale(10, -7)}, false, row(0, 0, 30, 0), SetAside{Refunded: 1}},
		{"refund later", []Line[string]{sale(0, 9), sale(10, 7), sale(20, -7)}, false, row(0, 0, 30, 0), SetAside{Refunded: 1}},
		{"refund unknown yet", []Line[string]{sale(0, 9), sale(10, 7), sale(31, -7)}, false, row(1, 10, 30, 7), SetAside{Later: 1}},
		{"partial refund", []Line[string]{sale(0, 9), sale(10, 7), sale(20, -3)}, false, row(1, 10, 30, 4), SetAside{}},
		{"refund reaches back", []Line[string]{sale(0, 9), sale(10, 7), sale(20, -10)}, false, row(0, 0, 30, 0), SetAside{Refunded: 1}},
		{"refund not of later ones", []Line[string]{sale(0, 9), sale(5, -9), sale(10, 7)}, false, row(0, 0, 20, 0), SetAside{Refunded: 1}},
		{"refund of too much", []Line[string]{sale(0, 9), sale(10, 7), sale(10, -20)}, false, Row{}, SetAside{Refunded: 2, Unmatched: 1, Visitors: 1}},
		{"refund alone", []Line[string]{sale(3, -5)}, false, Row{}, SetAside{Unmatched: 1, Visitors: 1}},
		{"binary fractions", []Line[string]{sale(0, 9), order("a", 10, 0.1), order("a", 10, 0.2), order("a", 11, -0.3)}, false, row(0, 0, 30, 0), SetAside{Refunded: 1}},
		{"refund by ID", []Line[string]{order("a", 0, 9), order("b", 10, 7), order("a", 20, -9)}, false, row(0, 0, 20, 0), SetAside{Refunded: 1}},
		{"lines of an order", []Line[string]{order("a", 0, 9), order("b", 10, 7), order("b", 12, 2)}, false, row(1, 10, 30, 9), SetAside{}},
		{"refund by ID of too much", []Line[string]{order("a", 0, 9), order("b", 10, 7), order("b", 12, -9)}, false, row(0, 0, 30, 0), SetAside{Refunded: 1}},
		{"the rest of a refund by ID", []Line[string]{sale(0, 9), order("b", 2, 7), sale(5, 8), order("b", 12, -9)}, false, row(1, 5, 30, 6), SetAside{Refunded: 1}},
		{"refund of an unknown ID", []Line[string]{order("a", 0, 9), order("x", 10, -4)}, false, row(0, 0, 30, 0), SetAside{}},
		{"refund before its order", []Line[string]{order("a", 5, -9), order("a", 6, 9), order("b", 10, 7)}, false, row(0, 0, 20, 0), SetAside{Refunded: 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var want []Customer[string]
			if tt.want != (Row{}) {
				want = []Customer[string]{{"u", tt.want}}
			}
			got, aside, err := Customers(tt.orders, LinePolicy{Unit: Day, Through: day(30), SkipZero: tt.skip})
			if (want == nil) != errors.Is(err, ErrEmpty) {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.aside, aside); diff != "" {
				t.Errorf("set aside (-want +got):\n%s", diff)
			}
		})
	}
}

// 15:30 and 16:30 UTC on 7 March are two dates in Shanghai, and one in UTC.
func TestCustomersInTheirZone(t *testing.T) {
	shanghai := time.FixedZone("UTC+8", 8*3600)
	orders := []Line[int]{
		{Customer: 1, At: time.Date(2026, 3, 7, 15, 30, 0, 0, time.UTC), Amount: 5},
		{Customer: 1, At: time.Date(2026, 3, 7, 16, 30, 0, 0, time.UTC), Amount: 6},
	}
	through := time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)
	for zone, want := range map[*time.Location]Row{
		nil:      {Age: 13, Unit: Day},
		time.UTC: {Age: 13, Unit: Day},
		shanghai: {Repeats: 1, Recency: 1, Age: 13, Unit: Day, Spend: 6},
	} {
		got, _, err := Customers(orders, LinePolicy{Unit: Day, Through: through, Zone: zone})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got[0].Row); diff != "" {
			t.Errorf("%v (-want +got):\n%s", zone, diff)
		}
	}
}

// A day counts as one where clocks change: from 28 to 30 March it is 47 hours
// in Berlin.
func TestCustomersAcrossClockChange(t *testing.T) {
	berlin := time.FixedZone("CET", 3600)
	if z, err := time.LoadLocation("Europe/Berlin"); err == nil {
		berlin = z
	}
	orders := []Line[int]{
		{Customer: 1, At: time.Date(2026, 3, 28, 23, 30, 0, 0, berlin), Amount: 5},
		{Customer: 1, At: time.Date(2026, 3, 30, 0, 30, 0, 0, berlin), Amount: 6},
	}
	got, _, err := Customers(orders, LinePolicy{Unit: Day, Through: orders[1].At, Zone: berlin})
	if err != nil {
		t.Fatal(err)
	}
	if want := (Row{Repeats: 1, Recency: 2, Age: 2, Unit: Day, Spend: 6}); got[0].Row != want {
		t.Errorf("%+v, want %+v", got[0].Row, want)
	}
}

func TestBadLines(t *testing.T) {
	good := Line[string]{"u", day(0), 5, ""}
	policy := LinePolicy{Unit: Week, Through: day(30)}
	tests := []struct {
		name string
		edit func(*Line[string])
	}{
		{"no time", func(o *Line[string]) { o.At = time.Time{} }},
		{"NaN", func(o *Line[string]) { o.Amount = math.NaN() }},
		{"infinite", func(o *Line[string]) { o.Amount = math.Inf(-1) }},
		{"too much", func(o *Line[string]) { o.Amount = 1.1e15 }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bad := good
			tt.edit(&bad)
			_, _, err := Customers([]Line[string]{good, bad}, policy)
			if e, ok := errors.AsType[*LineError](err); !ok || e.Index != 1 {
				t.Errorf("error %v", err)
			}
		})
	}
	if _, _, err := Customers[string](nil, policy); !errors.Is(err, ErrEmpty) {
		t.Errorf("no orders: error %v", err)
	}
	if _, _, err := Customers([]Line[string]{good}, LinePolicy{Through: day(30)}); !errors.Is(err, ErrUnit) {
		t.Errorf("no unit: error %v", err)
	}
	if _, _, err := Customers([]Line[string]{good}, LinePolicy{Unit: Week}); err == nil {
		t.Error("no last day: no error")
	}
}

func anyOrders(t *rapid.T) []Line[int] {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Line[int] {
		return Line[int]{
			Customer: rapid.IntRange(1, 4).Draw(t, "customer"),
			At:       day(0).Add(time.Duration(rapid.IntRange(0, 40*24).Draw(t, "hour")) * time.Hour),
			Amount:   float64(rapid.IntRange(-50, 100).Draw(t, "amount")) / 10,
			ID:       rapid.SampledFrom([]string{"", "", "a", "b"}).Draw(t, "id"),
		}
	}), 1, 30).Draw(t, "orders")
}

// Property: the order of the lines makes no difference, and every row can be
// fitted.
func TestCustomersKnowNoOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		orders := anyOrders(t)
		policy := LinePolicy{Unit: Week, Through: day(30), SkipZero: rapid.Bool().Draw(t, "skip zero")}
		want, wantAside, err1 := Customers(orders, policy)
		shuffled := append([]Line[int](nil), orders...)
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "shuffle"), 0))
		rng.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		got, gotAside, err2 := Customers(shuffled, policy)
		if (err1 == nil) != (err2 == nil) {
			t.Fatalf("errors %v, %v", err1, err2)
		}
		if diff := cmp.Diff(want, got); diff != "" || wantAside != gotAside {
			t.Fatalf("(-want +got):\n%s %+v %+v", diff, wantAside, gotAside)
		}
		if err1 == nil {
			if _, err := checkRows(Rows(got)); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// Property: without refunds, rows are what counting days by hand gives.
func TestCustomersByHand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		orders := anyOrders(t)
		days := map[int]map[int]float64{}
		for i := range orders {
			o := &orders[i]
			o.ID = ""
			o.Amount = math.Abs(o.Amount) + 1
			n := int(o.At.Sub(day(0).Add(-12*time.Hour)).Hours()) / 24
			if n > 30 {
				continue
			}
			if days[o.Customer] == nil {
				days[o.Customer] = map[int]float64{}
			}
			days[o.Customer][n] += o.Amount
		}
		got, _, err := Customers(orders, LinePolicy{Unit: Day, Through: day(30)})
		if len(got) != len(days) || err != nil && len(days) > 0 {
			t.Fatalf("%d customers, want %d (%v)", len(got), len(days), err)
		}
		for _, c := range got {
			first, last, sum := 99, 0, 0.0
			for n, amount := range days[c.ID] {
				first, last = min(first, n), max(last, n)
				sum += amount
			}
			sum -= days[c.ID][first]
			want := Row{Repeats: len(days[c.ID]) - 1, Recency: float64(last - first), Age: float64(30 - first), Unit: Day}
			if want.Repeats > 0 {
				want.Spend = sum / float64(want.Repeats)
			}
			if math.Abs(c.Spend-want.Spend) > 1e-9 {
				t.Fatalf("customer %d spends %v, want %v", c.ID, c.Spend, want.Spend)
			}
			want.Spend = c.Spend
			if c.Row != want {
				t.Fatalf("customer %d: %+v, want %+v", c.ID, c.Row, want)
			}
		}
	})
}

// 0.1 + 0.2 + 0.3 is not 0.3 + 0.2 + 0.1 in floats: lines are summed in an
// order of their own.
func TestCustomersSumInOneOrder(t *testing.T) {
	for _, id := range []string{"", "a"} {
		spends := map[float64]bool{}
		for _, amounts := range [][]float64{{0.1, 0.2, 0.3}, {0.3, 0.2, 0.1}, {0.2, 0.3, 0.1}} {
			orders := []Line[int]{{Customer: 1, At: day(0), Amount: 1}}
			for _, amount := range amounts {
				orders = append(orders, Line[int]{Customer: 1, At: day(5), Amount: amount, ID: id})
			}
			got, _, err := Customers(orders, LinePolicy{Unit: Day, Through: day(9)})
			if err != nil {
				t.Fatal(err)
			}
			spends[got[0].Spend] = true
		}
		if len(spends) != 1 {
			t.Errorf("order %q comes to %v", id, spends)
		}
	}
}
