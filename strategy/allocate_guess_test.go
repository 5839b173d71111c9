package strategy

import (
	"maps"
	"math"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// plainly allocates one budget by sorting all steps of all customers.
func (s *seller) plainly() (*Allocation, error) {
	c, err := s.collect(nil, window{top: math.MaxUint64})
	if err != nil {
		return nil, err
	}
	if err := c.settle(); err != nil {
		return nil, err
	}
	return c.allocation(c.bound())
}

var allocations = cmp.AllowUnexported(Allocation{})

// Property: however the place is found where the budget runs out, by a guess that
// is right, by one that is wrong or by counting, everyone is given what sorting
// all steps gives.
func TestGuessesChangeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := tied(t, 1)
		m.Workers = rapid.IntRange(1, 3).Draw(t, "workers")
		s := &seller{Market: m, few: -1, look: rapid.SampledFrom([]int{1, 2, 5, 20, 1000}).Draw(t, "look ahead")}
		want, err := s.plainly()
		if err != nil {
			t.Fatal(err)
		}
		counted, err := s.one()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, counted, allocations); diff != "" {
			t.Fatalf("by counting (-want +got)\n%s", diff)
		}
		s.draws = min(rapid.IntRange(1, 60).Draw(t, "draws"), m.Customers)
		guessed, err := s.one()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, guessed, allocations); diff != "" {
			t.Fatalf("by a guess (-want +got)\n%s", diff)
		}
	})
}

// Property: a window has the first step that does not fit, and as many after it
// as are looked at, if there are so many; and not many more, but for those alike.
func TestWindowsHaveWhatIsLookedAt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &seller{Market: tied(t, 1), few: -1, look: rapid.IntRange(1, 20).Draw(t, "look ahead")}
		all, err := s.collect(nil, window{top: math.MaxUint64})
		if err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(all.entries, s.compareEntries)
		left := int64(s.Budgets[0])
		split := slices.IndexFunc(all.entries, func(e entry) bool { left -= e.weight; return left < 0 })
		if split < 0 {
			return // all fit
		}
		near, err := s.near(nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range all.entries[split:min(split+1+s.look, len(all.entries))] {
			if !slices.Contains(near.entries, e) {
				t.Fatalf("%v is not among %v", e, near.entries)
			}
		}
		alike := map[float64]int{}
		for _, e := range near.entries {
			alike[e.efficiency]++
		}
		if n, most := len(near.entries), 3*max(s.look, slices.Max(slices.Collect(maps.Values(alike)))); n > most {
			t.Fatalf("%d steps in the window, want at most %d", n, most)
		}
	})
}

// reads counts how many times a market's offers are asked for.
func reads(m Market) (Market, *atomic.Int64) {
	n, offers := new(atomic.Int64), m.Offers
	m.Offers = func(customer int, buffer []Offer) []Offer {
		n.Add(1)
		return offers(customer, buffer)
	}
	return m, n
}

// Of many customers each is read once, but for those who were drawn and those
// who are about where the budget runs out.
func TestGuessReadsOnce(t *testing.T) {
	m := calls(40_000)
	offers := m.Offers
	m.Budgets = m.Budgets[:1]
	m.Offers = func(customer int, buffer []Offer) []Offer {
		buffer = offers(customer, buffer)
		for i := range buffer {
			buffer[i].Cost[1] = 0
		}
		return buffer
	}
	m, n := reads(m)
	s := &seller{Market: m, few: -1, look: 100, draws: 2000}
	want, err := s.plainly()
	if err != nil {
		t.Fatal(err)
	}
	n.Store(0)
	got, err := s.one()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, allocations); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if read := n.Load(); read < 42_000 || read > 43_000 {
		t.Errorf("%d reads for 40,000 customers of whom 2,000 were drawn", read)
	}
}

// A guess by customers who are unlike the rest is made good: offers are read more
// often, and everyone is given the same.
func TestGuessByOthers(t *testing.T) {
	const customers, draws = 5000, 500
	drawn := [customers]bool{}
	for draw := range draws {
		drawn[drawnCustomer(draw, customers)] = true
	}
	for _, test := range []struct {
		name         string
		theirs, rest Micros // costs
	}{
		{"who take more", 10, 1},
		{"who take less", 1, 10},
	} {
		t.Run(test.name, func(t *testing.T) {
			m, n := reads(Market{
				Customers: customers, Budgets: []Micros{2000 * test.rest}, Workers: 2,
				Offers: func(customer int, buffer []Offer) []Offer {
					cost := test.rest
					if drawn[customer] {
						cost = test.theirs
					}
					return append(buffer, Offer{Value: cost * Micros(1000+customer%997), Cost: Costs{cost}})
				},
			})
			s := &seller{Market: m, few: -1, look: 10, draws: draws}
			want, err := s.plainly()
			if err != nil {
				t.Fatal(err)
			}
			n.Store(0)
			got, err := s.one()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, allocations); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if read := n.Load(); read < 3*customers {
				t.Errorf("%d reads for %d customers: want a wrong guess", read, customers)
			}
		})
	}
}

// A guess knows budgets that suffice for all, or for nobody, and those that run
// out among customers who are all alike: they are read again in their turn.
func TestGuessOfAlike(t *testing.T) {
	for _, test := range []struct {
		budget Micros
		again  int64
	}{{0, 0}, {1000, 1011}, {3000, 0}, {math.MaxInt64, 0}} {
		m, n := reads(Market{
			Customers: 3000, Budgets: []Micros{test.budget},
			Offers: func(_ int, buffer []Offer) []Offer { return append(buffer, Offer{Value: 2, Cost: Costs{1}}) },
		})
		a, err := (&seller{Market: m, few: -1, look: 10, draws: 100}).one()
		if err != nil {
			t.Fatal(err)
		}
		if want := min(test.budget, 3000); a.Spent[0] != want || a.Value != 2*want || a.Served != int(want) {
			t.Errorf("of %v: %v", test.budget, a)
		}
		if read := n.Load() - 3100 - test.again; read != 0 {
			t.Errorf("of %v: %d reads beyond 3,000 customers, 100 draws and %d in turn", test.budget, read, test.again)
		}
	}
}

// Draws of too many steps are no guess.
func TestGuessBoundsItsSteps(t *testing.T) {
	line := make([]Offer, MaxOffers)
	for i := range line {
		line[i] = Offer{Value: Micros(i + 1), Cost: Costs{Micros(i + 1)}}
	}
	s := &seller{Market: Market{
		Customers: 10, Budgets: []Micros{MaxAmount}, Workers: 2,
		Offers: func(_ int, buffer []Offer) []Offer { return append(buffer, line...) },
	}}
	const most = guessSteps / MaxOffers
	if steps, ok := s.drawSteps(most); !ok || len(steps) != most*MaxOffers {
		t.Errorf("%d draws have %d steps, %v", most, len(steps), ok)
	}
	if steps, ok := s.drawSteps(most + 1); ok || len(steps) > 0 {
		t.Errorf("%d draws have %d steps, %v", most+1, len(steps), ok)
	}
}
