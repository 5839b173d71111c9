package strategy_test

import (
	"fmt"

	"github.com/regulars-go/regulars/strategy"
)

// One customer in three gets the evening slot, and another third each day, so
// that nobody is always the one who is woken last.
func ExampleBucketer_With() {
	slots := strategy.NewBucketer("slot", "autumn")
	for _, day := range []string{"mon", "tue", "wed"} {
		today := slots.With(day)
		for _, id := range []string{"ann", "bob", "cai"} {
			slot, _ := today.Bucket(id).Pick(1, 1, 1)
			fmt.Print(id, " ", []string{"morning", "noon", "evening"}[slot], "  ")
		}
		fmt.Println(day)
	}
	// Output:
	// ann noon  bob evening  cai evening  mon
	// ann noon  bob morning  cai morning  tue
	// ann morning  bob noon  cai noon  wed
}

// A rollout that Unleash began goes on here with the same customers in it.
func ExampleUnleashBucket() {
	for _, id := range []string{"u1", "u2", "u3"} {
		bucket := strategy.UnleashBucket("new-checkout", id, 100, strategy.UnleashRolloutSeed)
		fmt.Printf("%s is in from %d %% on: at 50 %% %v\n", id, bucket, strategy.UnleashEnabled("new-checkout", id, 50))
	}
	// Output:
	// u1 is in from 69 % on: at 50 % false
	// u2 is in from 26 % on: at 50 % true
	// u3 is in from 92 % on: at 50 % false
}

// A holdout that was kept in GrowthBook: its members stay the same.
func ExampleGrowthBookRange_Has() {
	holdout := strategy.GrowthBookRange{From: 0, To: 0.3}
	for _, id := range []string{"u1", "u2", "u3"} {
		place, _ := strategy.GrowthBookHash("holdout-2026", id, 2)
		fmt.Println(id, place, "held out:", holdout.Has(place))
	}
	// Output:
	// u1 0.6021 held out: false
	// u2 0.0788 held out: true
	// u3 0.0866 held out: true
}
