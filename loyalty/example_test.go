package loyalty_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/loyalty"
)

// A café gives a point for each unit spent; points last 90 days.
var exampleProgram = loyalty.Program{
	Name: "café", Version: 1,
	Wallets: []loyalty.Wallet{{ID: 1, Name: "points", Expiry: loyalty.Expiry{After: regulars.Days(90)}}},
	Rules: []loyalty.Rule{{
		ID: 1, Name: "spend", Layer: loyalty.LayerRoutine, On: []string{"order"},
		PerAmount: &loyalty.PerAmount{Points: 1, Per: decimal.New(1, 0)},
		Caps:      []loyalty.Cap{{Per: "day", Points: 100}},
	}},
	Rewards: []loyalty.Reward{{ID: 1, Name: "coffee", Cost: 30}},
}

var exampleNow = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

func exampleEngine() *loyalty.Engine {
	engine, err := loyalty.NewEngine(loyalty.NewMemory(), exampleProgram)
	if err != nil {
		log.Fatal(err)
	}
	return engine
}

func exampleOrder(name string, amount int64) loyalty.Command {
	return loyalty.Command{
		Key: name + "/paid", Member: "m42", OccurredAt: exampleNow,
		Earn: &loyalty.Earn{Kind: "order", Order: name, Amount: decimal.New(amount, 0)},
	}
}

func ExampleEngine_Do() {
	ctx, now, engine := context.Background(), exampleNow, exampleEngine()

	receipt, err := engine.Do(ctx, now, exampleOrder("order-1001", 120))
	if err != nil {
		log.Fatal(err)
	}
	rule := receipt.Rules[0]
	fmt.Printf("%s: %d of %d points, %s\n", rule.Name, rule.Points, rule.Wanted, rule.Reason)

	_, err = engine.Do(ctx, now, loyalty.Command{Key: "r1", Member: "m42", OccurredAt: now, Redeem: &loyalty.Redeem{Points: 130}})
	if e, ok := errors.AsType[*loyalty.InsufficientError](err); ok {
		fmt.Println("missing:", e.Missing())
	}

	again, err := engine.Do(ctx, now, exampleOrder("order-1001", 120))
	fmt.Println("again:", again.Replayed, again.Balances[0].Available, err)
	// Output:
	// spend: 100 of 120 points, trimmed
	// missing: 30
	// again: true 100 <nil>
}

func ExampleEngine_Preview() {
	receipt, err := exampleEngine().Preview(context.Background(), exampleNow, exampleOrder("order-1001", 20))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("would have %d points, %d short of %s\n", receipt.Balances[0].Available, receipt.Next.Missing, receipt.Next.Reward)
	// Output: would have 20 points, 10 short of coffee
}

func ExampleEngine_DoBatch() {
	engine := exampleEngine()
	for _, r := range engine.DoBatch(context.Background(), exampleNow, []loyalty.Command{
		exampleOrder("order-1001", 20), exampleOrder("order-1002", 30), exampleOrder("order-1001", 99),
	}) {
		if r.Err != nil {
			fmt.Println(r.Err)
			continue
		}
		fmt.Println(r.Receipt.Balances[0].Available)
	}
	// Output:
	// 20
	// 50
	// loyalty: key "order-1001/paid" was used for another command: earn.amount was 20, is 99
}

func ExampleEngine_Balance() {
	ctx, engine := context.Background(), exampleEngine()
	if _, err := engine.Do(ctx, exampleNow, exampleOrder("order-1001", 20)); err != nil {
		log.Fatal(err)
	}
	for _, days := range []int{0, 91} {
		st, err := engine.Balance(ctx, exampleNow.AddDate(0, 0, days), "m42")
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(st.Balances[0].Available)
		for _, l := range st.Lots {
			fmt.Println(l.Points, "until", l.Expires)
		}
	}
	// Output:
	// 20
	// 20 until 2026-06-01 00:00:00 +0000 UTC
	// 0
}

func ExampleEngine_Sweep() {
	ctx, engine := context.Background(), exampleEngine()
	if _, err := engine.Do(ctx, exampleNow, exampleOrder("order-1001", 20)); err != nil {
		log.Fatal(err)
	}
	swept, err := engine.Sweep(ctx, exampleNow.AddDate(0, 0, 100), 1000)
	fmt.Printf("%+v %v\n", swept, err)
	// Output: {Accounts:1 Entries:1 More:false} <nil>
}

func ExampleEngine_History() {
	ctx, engine := context.Background(), exampleEngine()
	if _, err := engine.Do(ctx, exampleNow, exampleOrder("order-1001", 20)); err != nil {
		log.Fatal(err)
	}
	if _, err := engine.Sweep(ctx, exampleNow.AddDate(0, 0, 100), 1000); err != nil {
		log.Fatal(err)
	}
	events, err := engine.History(ctx, "m42", 0, 10)
	if err != nil {
		log.Fatal(err)
	}
	for _, e := range events {
		fmt.Println(e.RecordedAt.Format(time.DateOnly), e.Kind, e.Moves[0].Points, "from", e.Moves[0].From, "to", e.Moves[0].To)
	}
	// Output:
	// 2026-03-02 earned 20 from issued to available
	// 2026-06-01 expired 20 from available to expired
}

func ExampleEngine_Explain() {
	ctx, engine := context.Background(), exampleEngine()
	receipt, err := engine.Do(ctx, exampleNow, exampleOrder("order-1001", 120))
	if err != nil {
		log.Fatal(err)
	}
	e, err := engine.Explain(ctx, "m42", receipt.Seq)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(e.Command.Earn.Order, e.Rules[0].Name, e.Rules[0].Reason, e.Rules[0].Points, "of", e.Rules[0].Wanted)
	// Output: order-1001 spend trimmed 100 of 120
}

func ExampleEngine_Verify() {
	ctx, engine := context.Background(), exampleEngine()
	if _, err := engine.Do(ctx, exampleNow, exampleOrder("order-1001", 20)); err != nil {
		log.Fatal(err)
	}
	fmt.Println(engine.Verify(ctx, "m42"))
	// Output: <nil>
}

// A host that has its own way of loading and committing uses the pure core.
func ExampleRules_Decide() {
	ctx, store := context.Background(), loyalty.NewMemory()
	rules, err := loyalty.Compile(exampleProgram)
	if err != nil {
		log.Fatal(err)
	}
	var view loyalty.View
	command := exampleOrder("order-1001", 20)
	for {
		ids, counters, err := rules.Needs(&view, &command)
		if err != nil {
			log.Fatal(err)
		}
		if len(ids)+len(counters) == 0 {
			break
		}
		fmt.Println("needs", len(ids), "records")
		records, values, err := store.Load(ctx, ids, counters)
		if err != nil {
			log.Fatal(err)
		}
		if err := view.Fill(records, counters, values); err != nil {
			log.Fatal(err)
		}
	}
	decision, err := rules.Decide(&view, &command, exampleNow)
	if err != nil {
		log.Fatal(err)
	}
	batch := decision.Batch() // for store.Commit
	fmt.Println(len(batch.Records), "records,", len(batch.Entries), "entry")

	var account loyalty.Account
	if err := account.Apply(&decision.Entries[0]); err != nil {
		log.Fatal(err)
	}
	st := rules.Statement(&account, "m42", exampleNow)
	fmt.Println(st.Balances[0].Available, decision.Receipt().Rules[0].Points)

	view.Reset() // for the next command, which reads anew
	ids, _, err := rules.Needs(&view, &command)
	fmt.Println("needs", len(ids), "records again", err)
	// Output:
	// needs 3 records
	// 3 records, 1 entry
	// 20 20
	// needs 3 records again <nil>
}

// A host that holds accounts in memory, and keeps their journals, lends them to
// the view: nothing is decoded.
func ExampleView_FillAccount() {
	rules, err := loyalty.Compile(exampleProgram)
	if err != nil {
		log.Fatal(err)
	}
	var journal [][]byte
	var account loyalty.Account
	id := loyalty.AccountID{Program: "café", Member: "m42"}

	var view loyalty.View
	for _, key := range []string{"first", "second"} {
		command := loyalty.Command{
			Key: key, Member: "m42", OccurredAt: exampleNow,
			Earn: &loyalty.Earn{Kind: "order", Amount: decimal.New(40, 0)},
		}
		view.Reset()
		view.FillAccount(id, uint64(len(journal)), &account)
		unused := loyalty.Record{ID: loyalty.RecordID{Program: "café", Kind: loyalty.KindKey, Name: key}}
		if err := view.Fill([]loyalty.Record{unused}, nil, nil); err != nil {
			log.Fatal(err)
		}
		decision, err := rules.Decide(&view, &command, exampleNow)
		if err != nil {
			log.Fatal(err)
		}
		journal = append(journal, bytes.Clone(decision.Entries[0].Body))
		if err := decision.Apply(id, &account); err != nil {
			log.Fatal(err)
		}
	}
	st := rules.Statement(&account, "m42", exampleNow)
	fmt.Println(st.Balances[0].Available, "points after", len(journal), "entries")
	// Output: 80 points after 2 entries
}

func ExampleParseCommand() {
	c, err := loyalty.ParseCommand([]byte(`{"key": "k", "member": "m42", "occurredAt": "2026-03-02T10:00:00Z", "redeem": {"reward": "coffee"}}`))
	fmt.Println(c.Redeem.Reward, err)
	_, err = loyalty.ParseCommand([]byte(`{"key": "k", "member": "m42", "occurredAt": "2026-03-02T10:00:00Z", "redeem": {"points": -5}}`))
	fmt.Println(err)
	// Output:
	// coffee <nil>
	// loyalty: command: redeem.points: -5: want 1 to 1000000000000
}

func ExampleCommand_MarshalBinary() {
	a := exampleOrder("order-1001", 20)
	b := exampleOrder("order-1001", 20)
	b.Earn.Amount = decimal.New(2000, -2) // says the same
	x, err := a.MarshalBinary()
	if err != nil {
		log.Fatal(err)
	}
	y, err := b.MarshalBinary()
	fmt.Println(string(x) == string(y), err)
	// Output: true <nil>
}
