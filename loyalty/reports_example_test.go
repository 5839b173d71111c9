package loyalty_test

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/loyalty"
)

func ExampleEngine_Liability() {
	e, _ := loyalty.NewEngine(loyalty.NewMemory(), corner())
	ctx, day := context.Background(), noon(1)
	e.Do(ctx, day, loyalty.Command{Key: "1", Member: "a", OccurredAt: day, Earn: &loyalty.Earn{Kind: "order", Amount: decimal.New(120, 0)}})
	e.Do(ctx, day, loyalty.Command{Key: "2", Member: "b", OccurredAt: day.AddDate(0, 0, 20), CheckIn: &loyalty.CheckIn{}})
	l, err := e.Liability(ctx, noon(2))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, w := range l.Wallets {
		fmt.Println(w.Wallet, w.Settled.Points()+w.Due.Points(), "cost", w.Cost, w.Months)
	}
	// Output:
	// points 120 cost 1.2 [{2026-03 120}]
}

func ExampleEngine_Reminders() {
	e, _ := loyalty.NewEngine(loyalty.NewMemory(), corner())
	ctx, day := context.Background(), noon(1)
	e.Do(ctx, day, loyalty.Command{Key: "1", Member: "a", OccurredAt: day, Earn: &loyalty.Earn{Kind: "order", Amount: decimal.New(120, 0)}})
	page, err := e.Reminders(ctx, noon(22), loyalty.ReminderQuery{From: noon(22), To: noon(22).AddDate(0, 0, 14), Kinds: []loyalty.ReminderKind{loyalty.RemindExpiry}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range page.Reminders {
		fmt.Printf("%s: %d %s end at %s\n", r.Member, r.Points, r.Wallet, r.At.Format(time.DateTime))
		e.Do(ctx, noon(22), r.Sent(noon(22))) // so that coverage can be measured
	}
	// Output:
	// a: 120 points end at 2026-04-01 00:00:00
}

func ExampleSimulate() {
	generous := corner()
	generous.Rules[0].PerAmount = &loyalty.PerAmount{Points: 3, Per: decimal.New(2, 0)}
	commands := []loyalty.Recorded{
		{At: noon(1), Command: loyalty.Command{Key: "1", Member: "a", OccurredAt: noon(1), Earn: &loyalty.Earn{Kind: "order", Amount: decimal.New(99, 0)}}},
		{At: noon(2), Command: loyalty.Command{Key: "2", Member: "b", OccurredAt: noon(2), CheckIn: &loyalty.CheckIn{}}},
	}
	s, err := loyalty.Simulate(context.Background(), slices.Values(commands), noon(3), []loyalty.Program{corner()}, []loyalty.Program{generous})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range s.Members {
		fmt.Println(m.Member, m.Earned["points"], "->", m.CandidateEarned["points"])
	}
	// Output:
	// a 99 -> 148
}
