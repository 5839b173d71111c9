package strategy

import (
	"math"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// tied draws markets in which many efficiencies are close or the same, so that
// budgets run out among them.
func tied(t *rapid.T, budgets int) Market {
	kind := rapid.SampledFrom([]string{"any", "about alike", "near", "one line", "a line each"}).Draw(t, "efficiencies")
	all := make([][]Offer, rapid.IntRange(0, 40).Draw(t, "customers"))
	for i := range all {
		line := Micros(rapid.Int64Range(1, 50).Draw(t, "line"))
		for range rapid.IntRange(0, 5).Draw(t, "offers") {
			cost := Micros(rapid.Int64Range(1, 1000).Draw(t, "cost"))
			o := Offer{Value: 3 * cost, Cost: Costs{cost}}
			switch kind {
			case "any":
				o.Value = Micros(rapid.Int64Range(1, 5000).Draw(t, "value"))
			case "about alike":
				o.Value = 1000<<(line%4)*cost + Micros(rapid.Int64Range(0, 60*int64(cost)).Draw(t, "more"))
			case "near": // ratios that agree in 40 bits
				o = Offer{Value: cost<<40 + Micros(rapid.Int64Range(0, 3).Draw(t, "more")), Cost: Costs{cost << 38}}
			case "a line each":
				o.Value = line * cost
			}
			for b := 1; b < budgets; b++ {
				o.Cost[b] = Micros(rapid.Int64Range(0, 10).Draw(t, "other cost"))
			}
			all[i] = append(all[i], o)
		}
	}
	m := Market{Customers: len(all), Offers: func(i int, buffer []Offer) []Offer { return append(buffer, all[i]...) }}
	share := rapid.Int64Range(0, 40).Draw(t, "share")
	for b := range budgets {
		sum := Micros(0)
		for _, offers := range all {
			for _, o := range offers {
				sum += o.Cost[b]
			}
		}
		m.Budgets = append(m.Budgets, Micros(int64(sum)/100*share))
	}
	return m
}

// Property: sorting the steps near where the budget runs out gives what sorting
// all steps does, but for what is filled in after it, if the window is narrow;
// the bound is the same, and a larger budget brings no less, but for one step.
func TestWindowsGiveTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := tied(t, 1)
		whole, err := (&seller{Market: m, few: math.MaxInt, look: lookAhead}).one()
		if err != nil {
			t.Fatal(err)
		}
		look := rapid.SampledFrom([]int{1, 2, 5, 20, 1000}).Draw(t, "look ahead")
		m.Workers = rapid.IntRange(1, 3).Draw(t, "workers")
		part, err := (&seller{Market: m, few: -1, look: look}).one()
		if err != nil {
			t.Fatal(err)
		}
		if part.Bound != whole.Bound || part.Prices != whole.Prices {
			t.Fatalf("%v at %v, by windows %v at %v", whole, whole.Prices, part, part.Prices)
		}
		if look == 1000 && part.Value != whole.Value {
			t.Fatalf("value %v, by windows %v", whole, part)
		}
		largest := int64(0)
		for i := range m.Customers {
			for _, o := range m.Offers(i, nil) {
				largest = max(largest, int64(o.Value))
			}
		}
		if int64(part.Gap()) > largest {
			t.Fatalf("%v: the largest offer is %d", part, largest)
		}
		m.Budgets = []Micros{m.Budgets[0] + Micros(rapid.Int64Range(0, int64(m.Budgets[0])).Draw(t, "more budget"))}
		more, err := (&seller{Market: m, few: -1, look: look}).one()
		if err != nil || int64(part.Value-more.Value) > largest || more.Bound < part.Bound {
			t.Fatalf("%v, with a larger budget %v, error %v", part, more, err)
		}
	})
}

// Property: windows hold several budgets too, and never more than them.
func TestWindowsOfSeveralBudgets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := tied(t, 3)
		a, err := (&seller{m, -1, rapid.IntRange(1, 1000).Draw(t, "look ahead"), 0, 8, 16}).several()
		if err != nil {
			t.Fatal(err)
		}
		if a.Value > a.Bound {
			t.Fatal(a)
		}
		for b, spent := range a.Spent {
			if spent > m.Budgets[b] {
				t.Fatalf("%v of %v", a, m.Budgets)
			}
		}
	})
}

// calls is a market of coupons, some of which come with calls.
func calls(customers int) Market {
	draw := NewBucketer("test", "responses")
	m := Market{Customers: customers, Budgets: []Micros{Micros(150 * customers), Micros(customers)}, Workers: 2}
	m.ID = func(customer int) string { return strconv.Itoa(customer) }
	m.Offers = func(customer int, buffer []Offer) []Offer {
		x := Micros(draw.Bucket(strconv.Itoa(customer)) >> 20 % 1000)
		for j := range Micros(8) {
			more := x * j / (j + 3)
			buffer = append(buffer, Offer{Value: more * 100, Cost: Costs{j * (100 + more/5), j % 3}})
		}
		return buffer
	}
	return m
}

// Customers are drawn by ID, so neither their order nor the number of workers
// changes what anyone is given.
func TestDrawnInAnyOrder(t *testing.T) {
	m := calls(3000)
	allocate := func(m Market) *Allocation {
		a, err := (&seller{m, -1, 50, 0, 300, 1000}).several()
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	turn := func(customer int) int { return (customer*7 + 13) % m.Customers }
	other := m
	other.Workers = 1
	other.ID = func(customer int) string { return m.ID(turn(customer)) }
	other.Offers = func(customer int, buffer []Offer) []Offer { return m.Offers(turn(customer), buffer) }
	a, b := allocate(m), allocate(other)
	if a.String() != b.String() || a.Prices != b.Prices {
		t.Fatalf("%v at %v, in another order %v at %v", a, a.Prices, b, b.Prices)
	}
	for customer := range m.Customers {
		if a.chosen[turn(customer)] != b.chosen[customer] {
			t.Fatalf("customer %d is given %d, in another order %d", turn(customer), a.chosen[turn(customer)], b.chosen[customer])
		}
	}
}

// Property: a queue gives back what was put into it, the first first.
func TestQueue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := queue{before: func(a, b entry) bool { return a.efficiency > b.efficiency }}
		var model []float64
		for range rapid.IntRange(0, 60).Draw(t, "steps") {
			if len(model) == 0 || rapid.IntRange(0, 2).Draw(t, "push") > 0 {
				e := entry{efficiency: float64(rapid.IntRange(0, 20).Draw(t, "efficiency"))}
				q.push(e)
				model = append(model, e.efficiency)
				continue
			}
			first := slices.Index(model, slices.Max(model))
			if got := q.pop().efficiency; got != model[first] {
				t.Fatalf("got %v, want %v", got, model[first])
			}
			model = slices.Delete(model, first, first+1)
		}
		if len(q.heap) != len(model) {
			t.Fatalf("%d are left, want %d", len(q.heap), len(model))
		}
	})
}

// Prices found on a draw of customers bound the whole almost as well.
func TestDrawnPrices(t *testing.T) {
	m := calls(6000)
	whole, err := (&seller{m, fewCustomers, lookAhead, 0, m.Customers, m.Customers}).several()
	if err != nil {
		t.Fatal(err)
	}
	drawn, err := (&seller{m, fewCustomers, lookAhead, 0, 500, 2000}).several()
	if err != nil {
		t.Fatal(err)
	}
	if worse := float64(drawn.Bound-whole.Bound) / float64(whole.Bound); worse < 0 || worse > 1e-3 {
		t.Errorf("bound %v on a draw, %v on all", drawn.Bound, whole.Bound)
	}
	if gap := float64(drawn.Gap()) / float64(drawn.Bound); gap > 5e-3 {
		t.Errorf("%v on a draw, %v on all", drawn, whole)
	}
	if gap := float64(whole.Gap()) / float64(whole.Bound); gap > 1e-3 {
		t.Errorf("%v on all", whole)
	}
}

func TestWide(t *testing.T) {
	for _, n := range []int64{0, 1, -1, math.MaxInt64, math.MinInt64, 1 << 40} {
		var w wide
		w.add(n)
		if got, ok := w.int64(); !ok || got != n || n >= 0 && w.float() != float64(n) {
			t.Errorf("%d is %v", n, w)
		}
		if w.atMost(n) != true || n > math.MinInt64 && w.atMost(n-1) {
			t.Errorf("%d is not at most itself, or at most less", n)
		}
		twice := w
		twice.merge(w)
		if half := twice.shifted(1); half != w {
			t.Errorf("half of twice %d is %v", n, half)
		}
	}
	var large wide
	for range 8 {
		large.add(math.MaxInt64)
	}
	if _, ok := large.int64(); ok || large.atMost(math.MaxInt64) || large.float() != 0x1p66 {
		t.Errorf("eight times the largest: %v", large)
	}
	if got := wideOf(0x1p70 + 0x1p20); got != (wide{64, 1 << 20}) {
		t.Errorf("2^70 + 2^20 is %v", got)
	}
	if got := (wide{64, 1 << 20}).shifted(10); got != (wide{0, 1<<60 + 1<<10}) {
		t.Errorf("(2^70 + 2^20) / 2^10 is %v", got)
	}
}

// Ratios are compared exactly, also where their products take 128 bits and where
// floats can't tell them apart.
func TestStepsCompare(t *testing.T) {
	const most = int64(MaxAmount)
	for _, test := range []struct {
		name string
		a, b step
		want int
	}{
		{"the same", step{3, 7}, step{3, 7}, 0},
		{"the same in other terms", step{3, 7}, step{3 << 45, 7 << 45}, 0},
		{"less", step{3, 8}, step{3, 7}, -1},
		{"one apart, beyond a float", step{most - 1, most}, step{most - 2, most - 1}, 1},
		{"more, with a smaller low word", step{1 << 51, 1}, step{most - 1, 1 << 40}, 1},
		{"for nothing", step{1, 0}, step{most, 1}, 1},
		{"both for nothing", step{1, 0}, step{most, 0}, 0},
	} {
		if got := test.a.compare(test.b); got != test.want {
			t.Errorf("%s: %d, want %d", test.name, got, test.want)
		}
		if got := test.b.compare(test.a); got != -test.want {
			t.Errorf("%s, the other way round: %d, want %d", test.name, got, -test.want)
		}
	}
}
