package main

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// builtIn is a small shop for a run without files: the same for the same seed.
func builtIn(seed uint64, customers int) (orders []Order, events []Event) {
	random := rand.New(rand.NewPCG(seed, 0))
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range customers {
		name := fmt.Sprintf("c%05d", i)
		at := start.Add(time.Duration(random.IntN(170*24)) * time.Hour)
		for range 1 + random.IntN(4) {
			amount := fmt.Sprintf("%d.%02d", 5+random.IntN(200), random.IntN(100))
			orders = append(orders, Order{name, at.UnixMicro(), amount})
			events = append(events, visit(random, name, at)...)
			at = at.Add(time.Duration(1+random.IntN(40*24)) * time.Hour)
		}
	}
	return orders, events
}

// visit is a way to the till that may end before it.
func visit(random *rand.Rand, user string, at time.Time) (events []Event) {
	for _, name := range []string{"view", "cart", "pay"} {
		events = append(events, Event{user, at.UnixMicro(), name})
		if random.IntN(3) == 0 {
			break
		}
		at = at.Add(time.Duration(1+random.IntN(3600)) * time.Second)
	}
	return events
}
