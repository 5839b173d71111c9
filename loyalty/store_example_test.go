package loyalty_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/loyalty"
)

// busyCafe is a café with three orders of two members, the first of which has
// had a coffee.
func busyCafe() (*loyalty.Engine, *loyalty.Memory) {
	store := loyalty.NewMemory()
	engine, err := loyalty.NewEngine(store, exampleProgram)
	if err != nil {
		log.Fatal(err)
	}
	for i, c := range []loyalty.Command{
		{Key: "order-1", Member: "ada", Earn: &loyalty.Earn{Kind: "order", Order: "1", Amount: decimal.New(40, 0)}},
		{Key: "order-2", Member: "bo", Earn: &loyalty.Earn{Kind: "order", Order: "2", Amount: decimal.New(12, 0)}},
		{Key: "coffee-1", Member: "ada", Redeem: &loyalty.Redeem{Reward: "coffee"}},
		{Key: "order-3", Member: "ada", Earn: &loyalty.Earn{Kind: "order", Order: "3", Amount: decimal.New(25, 0)}},
	} {
		c.OccurredAt = exampleNow.Add(time.Duration(i) * time.Hour)
		if _, err := engine.Do(context.Background(), c.OccurredAt, c); err != nil {
			log.Fatal(err)
		}
	}
	return engine, store
}

// What the company owes, without a walk over members: a figure for a dashboard.
func ExampleMemory_Totals() {
	_, store := busyCafe()
	totals, err := store.Totals(context.Background(), exampleProgram.Name)
	if err != nil {
		log.Fatal(err)
	}
	for _, t := range totals {
		fmt.Printf("%s: %d to be spent, %d held\n", exampleProgram.Wallets[t.Wallet-1].Name, t.Available, t.Held)
	}
	// Output:
	// points: 47 to be spent, 0 held
}

// A member asks to be forgotten. What she bought goes, and her points can still
// be proved.
func ExampleMemory_Erase() {
	ctx := context.Background()
	engine, store := busyCafe()
	before, err := engine.Explain(ctx, "ada", 1)
	if err != nil {
		log.Fatal(err)
	}
	if err := store.Erase(ctx, loyalty.AccountID{Program: exampleProgram.Name, Member: "ada"}); err != nil {
		log.Fatal(err)
	}
	after, err := engine.Explain(ctx, "ada", 1)
	fmt.Println("order", before.Command.Earn.Order, "for", before.Command.Earn.Amount, "is forgotten:", after.Command == nil, err)
	fmt.Println(after.Moves[0].Points, "points by rule", after.Rules[0].Name)
	fmt.Println("proved:", engine.Verify(ctx, "ada") == nil)
	// Output:
	// order 1 for 40 is forgotten: true <nil>
	// 40 points by rule spend
	// proved: true
}

// A service beside the engine reads what the store hands out, such as entries
// that it was sent, and names what they refer to.
func ExampleRules_Read() {
	_, store := busyCafe()
	rules, err := loyalty.Compile(exampleProgram)
	if err != nil {
		log.Fatal(err)
	}
	entries, err := store.Entries(context.Background(), loyalty.AccountID{Program: exampleProgram.Name, Member: "ada"}, 1, 10)
	if err != nil {
		log.Fatal(err)
	}
	for i := range entries {
		e, err := rules.Read(&entries[i])
		fmt.Printf("%d: %d points %s %s %v\n", e.Seq, e.Moves[0].Points, e.Kind, e.Reward, err)
	}
	// Output:
	// 2: 30 points redeemed coffee <nil>
	// 3: 25 points earned  <nil>
}

// What would the last hours have cost at two points for one? Asked of the store,
// before anybody decides it.
func ExampleEngine_Recorded() {
	ctx := context.Background()
	engine, _ := busyCafe()
	commands, err := engine.Recorded(ctx)
	if err != nil {
		log.Fatal(err)
	}
	generous := exampleProgram
	generous.Rules = slices.Clone(generous.Rules)
	generous.Rules[0].PerAmount = &loyalty.PerAmount{Points: 2, Per: decimal.New(1, 0)}
	s, err := loyalty.Simulate(ctx, slices.Values(commands), exampleNow.AddDate(0, 0, 1), []loyalty.Program{exampleProgram}, []loyalty.Program{generous})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(s.Commands, "commands again")
	for _, m := range s.Members {
		fmt.Println(m.Member, m.Earned["points"], "→", m.CandidateEarned["points"])
	}
	// Output:
	// 4 commands again
	// ada 65 → 100
	// bo 12 → 24
}

// Three months later: what keeps members from taking part, as their journals
// show it.
func ExampleEngine_Checkup() {
	ctx, later := context.Background(), exampleNow.AddDate(0, 3, 0)
	engine, _ := busyCafe()
	if _, err := engine.Sweep(ctx, later, 1000); err != nil {
		log.Fatal(err)
	}
	report, err := engine.Checkup(ctx, later, loyalty.Evidence{Random: rand.New(rand.NewPCG(1, 2))})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(report.Members, "members")
	for _, f := range report.Findings {
		if f.Verdict == loyalty.VerdictBad {
			fmt.Println(f)
		}
	}
	// Output:
	// 2 members
	// hard to earn: members who can afford a reward: bad: 0.0%
	// weak: breakage: bad: 61.0%
	// reminder: expiring points that were announced: bad: 0.0%
	// habit: members with 3 earning days in their first 14: bad: 0.0%
	// habit: members active in 30 days: bad: 0.0%
	// missing layer: layers without a rule: bad: 2 layers
}

// A till was without a network for seven weeks.
func ExampleTimeError_Late() {
	_, err := exampleEngine().Do(context.Background(), exampleNow.AddDate(0, 0, 49), exampleOrder("order-1001", 20))
	fmt.Println(err)
	if e, ok := errors.AsType[*loyalty.TimeError](err); ok && e.Late() {
		fmt.Println("give them by hand what was bought before", e.Bound.Format(time.DateOnly))
	}
	// Output:
	// loyalty: occurred at 2026-03-02T10:00:00Z: too late, want 2026-03-21T10:00:00Z or later
	// give them by hand what was bought before 2026-03-21
}
