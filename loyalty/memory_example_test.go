package loyalty_test

import (
	"context"
	"fmt"
	"time"

	"github.com/regulars-go/regulars/loyalty"
)

func ExampleNewMemory() {
	ctx, store := context.Background(), loyalty.NewMemory()
	id := loyalty.AccountID{Program: "cafe", Member: "ada"}.Record()
	first := &loyalty.Batch{Records: []loyalty.Record{{ID: id, Body: []byte("first")}}}
	fmt.Println(store.Commit(ctx, first))
	fmt.Println(store.Commit(ctx, first)) // version 0 is gone
	records, _, err := store.Load(ctx, []loyalty.RecordID{id}, nil)
	fmt.Printf("version %d: %s, %v\n", records[0].Version, records[0].Body, err)
	// Output:
	// <nil>
	// loyalty: conflict on "ada" and 0 more
	// version 1: first, <nil>
}

func ExampleMemory_Prune() {
	ctx, store := context.Background(), loyalty.NewMemory()
	until := time.Date(2026, 4, 10, 0, 0, 0, 0, time.UTC)
	key := loyalty.Record{ID: loyalty.RecordID{Program: "cafe", Kind: loyalty.KindKey, Name: "order-1/paid"}, Until: until}
	fmt.Println(store.Commit(ctx, &loyalty.Batch{Records: []loyalty.Record{key}}))
	fmt.Println(store.Prune(until.Add(-time.Microsecond)), store.Prune(until))
	// Output:
	// <nil>
	// 0 1
}

func ExampleMemory_Scan() {
	ctx, store := context.Background(), loyalty.NewMemory()
	noon := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	for i, member := range []string{"ada", "bo", "cy"} {
		account := loyalty.Record{ID: loyalty.AccountID{Program: "cafe", Member: member}.Record(), Due: noon.AddDate(0, 0, -i)}
		if err := store.Commit(ctx, &loyalty.Batch{Records: []loyalty.Record{account}}); err != nil {
			fmt.Println(err)
		}
	}
	page, err := store.Scan(ctx, loyalty.Scan{Program: "cafe", UpTo: noon.AddDate(0, 0, -1), Limit: 10})
	for _, due := range page {
		fmt.Println(due.Member, due.At.Format(time.DateOnly))
	}
	fmt.Println(err)
	// Output:
	// cy 2026-03-02
	// bo 2026-03-03
	// <nil>
}

func ExampleMemory_Feed() {
	ctx, store := context.Background(), loyalty.NewMemory()
	engine, err := loyalty.NewEngine(store, loyalty.Retailer())
	if err != nil {
		fmt.Println(err)
		return
	}
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	cursor := "" // a consumer keeps it beside what it wrote
	for i := range 2 {
		grant := loyalty.Command{Key: fmt.Sprint("grant ", i), Member: "ada", OccurredAt: now, Grant: &loyalty.Grant{Points: 10, Reason: "sorry"}}
		if _, err := engine.Do(ctx, now, grant); err != nil {
			fmt.Println(err)
		}
		entries, next, err := store.Feed(ctx, loyalty.Retailer().Name, cursor, 100)
		for _, e := range entries {
			fmt.Println(e.Account.Member, "entry", e.Seq, err)
		}
		cursor = next
	}
	// Output:
	// ada entry 1 <nil>
	// ada entry 2 <nil>
}
