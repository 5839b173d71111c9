package journey

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/regulars-go/regulars/funnel"
)

// click is an event as a host might hold it.
type click struct {
	at   int64 // seconds since 1970
	user int32
	name uint8
}

var clickNames = []string{"home", "search", "catalog", "product", "promo", "help", "cart", "shipping", "payment", "purchase"}

var clicks = funnel.Source[click, int32]{
	User: func(c click) int32 { return c.user },
	At:   func(c click) time.Time { return time.Unix(c.at, 0) },
	Name: func(c click) string { return clickNames[c.name] },
}

// shop has some 20 events a user, in sessions of some five.
func shop(users int) [][]click {
	random := rand.New(rand.NewPCG(1, 2))
	log := make([][]click, users)
	for u := range log {
		at := int64(1_748_736_000)
		for range random.IntN(40) + 1 {
			if at += random.Int64N(300); random.IntN(5) == 0 {
				at += 86_400
			}
			name := min(random.IntN(10), random.IntN(10))
			log[u] = append(log[u], click{at, int32(u), uint8(name)})
		}
	}
	return log
}

// run measures a counter that is filled with users.
func run(b *testing.B, users int, counter func() (func([]click) error, error)) {
	log, events := shop(users), 0
	for _, of := range log {
		events += len(of)
	}
	b.ReportAllocs()
	for b.Loop() {
		add, err := counter()
		if err != nil {
			b.Fatal(err)
		}
		for _, of := range log {
			if err := add(of); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(events)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

func BenchmarkPaths(b *testing.B) {
	for _, users := range []int{1000, 100_000} {
		b.Run(fmt.Sprintf("users=%d", users), func(b *testing.B) {
			run(b, users, func() (func([]click) error, error) {
				c, err := NewPathCounter(Paths{By: funnel.BySession, Collapse: true}, clicks)
				return c.Add, err
			})
		})
	}
}

func BenchmarkMap(b *testing.B) {
	m := Map{By: funnel.BySession, Stages: []Stage{
		{Name: "discover", Enter: named("search", "promo")},
		{Name: "consider", Enter: named("product"), Exit: named("cart")},
		{Name: "buy", Enter: named("shipping"), Exit: named("purchase")},
	}}
	for _, users := range []int{1000, 100_000} {
		b.Run(fmt.Sprintf("users=%d", users), func(b *testing.B) {
			run(b, users, func() (func([]click) error, error) {
				c, err := NewMapCounter(m, clicks)
				return c.Add, err
			})
		})
	}
}

var standard = AARRR{
	Acquisition: named("home", "search"),
	Goals:       StandardGoals(named("product"), named("catalog"), named("promo"), named("purchase")),
	Zone:        time.FixedZone("Asia/Shanghai", 8*3600),
}

func BenchmarkAARRR(b *testing.B) {
	for _, users := range []int{1000, 100_000} {
		b.Run(fmt.Sprintf("users=%d", users), func(b *testing.B) {
			run(b, users, func() (func([]click) error, error) {
				c, err := NewAARRRCounter(standard, clicks)
				return c.Add, err
			})
		})
	}
}

// BenchmarkOneUser is a user with very many events, in one session: what is
// quadratic shows here.
func BenchmarkOneUser(b *testing.B) {
	for _, n := range []int{10_000, 1_000_000} {
		events := make([]click, n)
		random := rand.New(rand.NewPCG(1, 2))
		for i := range events {
			events[i] = click{at: 1_748_736_000 + int64(i), name: uint8(random.IntN(10))}
		}
		c, err := NewPathCounter(Paths{}, clicks)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("events=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := c.Add(events); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// Once all names and paths are known, counting allocates nothing per event.
func TestCountingAllocates(t *testing.T) {
	log := shop(50)
	paths, err := NewPathCounter(Paths{By: funnel.BySession, Collapse: true, Depth: 4}, clicks)
	must(t, err)
	aarrr, err := NewAARRRCounter(standard, clicks)
	must(t, err)
	for name, add := range map[string]func([]click) error{"paths": paths.Add, "aarrr": aarrr.Add} {
		all := func() {
			for _, of := range log {
				must(t, add(of))
			}
		}
		all()
		if n := testing.AllocsPerRun(10, all); n > 0 {
			t.Errorf("%s: %v allocations for %d users", name, n, len(log))
		}
	}
	// A map keeps how long each unit took, so that it allocates by unit.
	c, err := NewMapCounter(Map{Stages: []Stage{{Name: "a", Enter: named("home"), Exit: named("help")}}}, clicks)
	must(t, err)
	events := make([]click, 10_000)
	for i := range events {
		events[i] = click{at: 1_748_736_000 + int64(i), name: uint8(i % 10)}
	}
	must(t, c.Add(events))
	if n := testing.AllocsPerRun(10, func() { must(t, c.Add(events)) }); n > 5 {
		t.Errorf("map: %v allocations for a user with %d events", n, len(events))
	}
}
