package loyalty_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/loyalty"
)

// told does commands an hour apart and returns the last receipt.
func told(engine *loyalty.Engine, commands ...loyalty.Command) (receipt loyalty.Receipt) {
	for i, c := range commands {
		at := exampleNow.Add(time.Duration(i) * time.Hour)
		c.Member, c.OccurredAt = "m42", at
		var err error
		if receipt, err = engine.Do(context.Background(), at, c); err != nil {
			log.Fatal(err)
		}
	}
	return receipt
}

func ordered(amount string) loyalty.Command {
	return loyalty.Command{Key: "order-1/paid", Earn: &loyalty.Earn{Kind: "order", Order: "1", Amount: decimal.RequireFromString(amount)}}
}

// An order of 59.90 is returned in two parts. Whatever the parts, what is left is
// what the rest of the order would have earned by itself.
func ExampleKeep() {
	kept := func(key, amount string) loyalty.Command {
		return loyalty.Command{Key: key, Keep: &loyalty.Keep{Order: "1", Amount: decimal.RequireFromString(amount)}}
	}
	inOne := told(exampleEngine(), ordered("59.90"), kept("return-1", "20.10"))
	inTwo := told(exampleEngine(), ordered("59.90"), kept("return-1", "40.55"), kept("return-2", "20.10"))
	fmt.Println("in one:", inOne.Balances[0].Available, "in two:", inTwo.Balances[0].Available, "for 20.10 alone:", told(exampleEngine(), ordered("20.10")).Balances[0].Available)
	// Output:
	// in one: 20 in two: 20 for 20.10 alone: 20
}

// At the till: points are held while the coffee is made, and spent when it is
// handed over. Cream was out, so five of them go back.
func ExampleHold() {
	engine := exampleEngine()
	held := told(engine, ordered("80"), loyalty.Command{Key: "till-7", Hold: &loyalty.Hold{Points: 35}})
	fmt.Println("available", held.Balances[0].Available, "held", held.Balances[0].Held)
	spent := told(engine, loyalty.Command{Key: "till-7/served", Capture: &loyalty.Capture{Hold: "till-7", Points: 30}})
	fmt.Println("available", spent.Balances[0].Available, "held", spent.Balances[0].Held)
	// Output:
	// available 45 held 35
	// available 50 held 0
}

// A coffee is sent back: its points return with the end that they had.
func ExampleReverse() {
	engine := exampleEngine()
	told(engine, ordered("80"), loyalty.Command{Key: "coffee-1", Redeem: &loyalty.Redeem{Reward: "coffee"}},
		loyalty.Command{Key: "coffee-1/back", Reverse: &loyalty.Reverse{Redemption: "coffee-1"}})
	statement, err := engine.Balance(context.Background(), exampleNow.AddDate(0, 0, 1), "m42")
	for _, lot := range statement.Lots {
		fmt.Println(lot.Points, "until", lot.Expires.Format(time.DateOnly), err)
	}
	// Output:
	// 80 until 2026-06-01 <nil>
}

// Signing in on days in a row pays more from the third day on. A day that was
// missed can be paid for.
func ExampleMakeUp() {
	engine, err := loyalty.NewEngine(loyalty.NewMemory(), loyalty.Retailer())
	if err != nil {
		log.Fatal(err)
	}
	day := func(n int) time.Time { return exampleNow.AddDate(0, 0, n) }
	do := func(now time.Time, c loyalty.Command) {
		c.Member, c.OccurredAt = "m42", now
		receipt, err := engine.Do(context.Background(), now, c)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(c.Key, receipt.Balances[0].Available)
	}
	for _, n := range []int{0, 1, 2, 3, 5} {
		do(day(n), loyalty.Command{Key: "sign-in " + day(n).Format(time.DateOnly), CheckIn: &loyalty.CheckIn{}})
	}
	do(day(5), loyalty.Command{Key: "made up for 10", MakeUp: &loyalty.MakeUp{Day: day(4).Format(time.DateOnly)}})
	do(day(6), loyalty.Command{Key: "sign-in " + day(6).Format(time.DateOnly), CheckIn: &loyalty.CheckIn{}})
	// Output:
	// sign-in 2026-03-02 2
	// sign-in 2026-03-03 4
	// sign-in 2026-03-04 7
	// sign-in 2026-03-05 10
	// sign-in 2026-03-07 12
	// made up for 10 2
	// sign-in 2026-03-08 17
}

// A level is reached at once by what was earned, and reviewed at the end of the
// year; one level at a time is lost.
func ExampleTiers() {
	program := loyalty.Program{
		Name: "club", Version: 1,
		Wallets: []loyalty.Wallet{{ID: 1, Name: "growth", Qualifying: true}},
		Rules:   []loyalty.Rule{{ID: 1, Name: "spend", Layer: loyalty.LayerRoutine, On: []string{"order"}, PerAmount: &loyalty.PerAmount{Points: 1, Per: decimal.New(1, 0)}}},
		Tiers: &loyalty.Tiers{Window: "year", Soft: true, Grace: regulars.Months(1), Levels: []loyalty.Level{
			{ID: 1, Name: "silver", Min: 200}, {ID: 2, Name: "gold", Min: 1000},
		}},
	}
	engine, err := loyalty.NewEngine(loyalty.NewMemory(), program)
	if err != nil {
		log.Fatal(err)
	}
	told(engine, ordered("1200"))
	for _, at := range []time.Time{exampleNow, exampleNow.AddDate(1, 0, 0), exampleNow.AddDate(2, 0, 0), exampleNow.AddDate(3, 0, 0)} {
		statement, err := engine.Balance(context.Background(), at, "m42")
		tier := statement.Tier
		fmt.Printf("%s %q, next review %s, then %q %v\n", at.Format(time.DateOnly), tier.Level, tier.Review.Format(time.DateOnly), tier.Projected, err)
	}
	// Output:
	// 2026-03-02 "gold", next review 2027-01-01, then "gold" <nil>
	// 2027-03-02 "gold", next review 2028-01-01, then "gold" <nil>
	// 2028-03-02 "silver", next review 2029-01-01, then "silver" <nil>
	// 2029-03-02 "", next review 0001-01-01, then "" <nil>
}

// A member gives points to her son, who must be a member, too.
func ExampleTransfer() {
	program := exampleProgram
	program.Limits.Transfers = &loyalty.Transfers{Min: 10, PerDay: 50}
	engine, err := loyalty.NewEngine(loyalty.NewMemory(), program)
	if err != nil {
		log.Fatal(err)
	}
	told(engine, ordered("80"))
	do := func(c loyalty.Command) {
		c.OccurredAt = exampleNow.Add(time.Hour)
		receipt, err := engine.Do(context.Background(), c.OccurredAt, c)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(c.Member, "has", receipt.Balances[0].Available)
	}
	gift := func(key string) loyalty.Command {
		return loyalty.Command{Key: key, Member: "m42", Transfer: &loyalty.Transfer{To: "son", Points: 40}}
	}
	do(gift("gift 1"))
	do(loyalty.Command{Key: "order-2/paid", Member: "son", Earn: &loyalty.Earn{Kind: "order", Amount: decimal.New(5, 0)}})
	do(gift("gift 2"))
	do(gift("gift 3"))
	// Output:
	// loyalty: unknown account: "son"
	// son has 5
	// m42 has 40
	// loyalty: limit reached: 50 points transferred a day (40 of 50 used)
}
