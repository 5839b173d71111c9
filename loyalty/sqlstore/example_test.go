package sqlstore_test

import (
	"context"
	"database/sql"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/shopspring/decimal"
	_ "modernc.org/sqlite"

	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/loyalty/sqlstore"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// cafe gives a point for each unit of money.
var cafe = loyalty.Program{
	Name: "cafe", Version: 1,
	Wallets: []loyalty.Wallet{{ID: 1, Name: "points"}},
	Rules: []loyalty.Rule{{
		ID: 1, Name: "spend", Layer: loyalty.LayerRoutine, On: []string{"order"},
		PerAmount: &loyalty.PerAmount{Points: 1, Per: decimal.New(1, 0)},
	}},
}

// open opens a database in a folder that is removed at the end.
func open() (*sql.DB, func()) {
	dir, err := os.MkdirTemp("", "points")
	if err != nil {
		log.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "points.db")+
		"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(10000)&_txlock=immediate")
	if err != nil {
		log.Fatal(err)
	}
	return db, func() { db.Close(); os.RemoveAll(dir) }
}

func Example() {
	db, done := open()
	defer done()
	ctx := context.Background()
	store, err := sqlstore.New(db, sqlstore.SQLite)
	if err != nil {
		log.Fatal(err)
	}
	if err := store.Migrate(ctx); err != nil {
		log.Fatal(err)
	}
	engine, err := loyalty.NewEngine(store, cafe)
	if err != nil {
		log.Fatal(err)
	}
	receipt, err := engine.Do(ctx, noon, loyalty.Command{
		Key: "order-1/paid", Member: "ada", OccurredAt: noon,
		Earn: &loyalty.Earn{Kind: "order", Amount: decimal.New(42, 0)},
	})
	fmt.Println(receipt.Balances[0].Available, err)
	// Output: 42 <nil>
}

// An order and its points, in one transaction: here the order can't be paid, and
// nothing is left of either.
func ExampleStore_Bind() {
	db, done := open()
	defer done()
	ctx := context.Background()
	store, _ := sqlstore.New(db, sqlstore.SQLite)
	store.Migrate(ctx)
	db.Exec(`CREATE TABLE shop_order (id TEXT PRIMARY KEY, paid BOOLEAN CHECK (paid))`)

	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	engine, err := loyalty.NewEngine(store.Bind(tx), cafe)
	if err != nil {
		log.Fatal(err)
	}
	receipt, err := engine.Do(ctx, noon, loyalty.Command{
		Key: "order-1/paid", Member: "ada", OccurredAt: noon,
		Earn: &loyalty.Earn{Kind: "order", Order: "order-1", Amount: decimal.New(42, 0)},
	})
	fmt.Println(receipt.Balances[0].Available, err)
	if _, err := tx.Exec(`INSERT INTO shop_order VALUES ('order-1', FALSE)`); err != nil {
		tx.Rollback()
	}
	accounts, err := store.Scan(ctx, loyalty.Scan{Program: "cafe", Limit: 10})
	fmt.Println(len(accounts), err)
	// Output:
	// 42 <nil>
	// 0 <nil>
}

// A consumer keeps a table of its own up to date, and finds each entry once.
func ExampleConsumer() {
	db, done := open()
	defer done()
	ctx := context.Background()
	store, _ := sqlstore.New(db, sqlstore.SQLite)
	store.Migrate(ctx)
	engine, _ := loyalty.NewEngine(store, cafe)
	for _, member := range []string{"ada", "bob", "ada"} {
		engine.Do(ctx, noon, loyalty.Command{
			Key: fmt.Sprint(member, "/", len(member)), Member: member, OccurredAt: noon,
			Grant: &loyalty.Grant{Points: 5, Reason: "welcome"},
		})
	}
	consumer := sqlstore.Consumer{Store: store, Name: "printer", Program: "cafe"}
	for {
		n, err := consumer.Next(ctx, 100, func(_ context.Context, _ sqlstore.Tx, entries []loyalty.Entry) error {
			for _, e := range entries {
				fmt.Println(e.Account.Member, e.Seq, e.Kind)
			}
			return nil
		})
		if n == 0 {
			fmt.Println("that is all", err)
			return
		}
	}
	// Output:
	// ada 1 granted
	// bob 1 granted
	// that is all <nil>
}

// A job drops keys that are no longer needed, page by page.
func ExampleStore_Prune() {
	db, done := open()
	defer done()
	ctx := context.Background()
	store, _ := sqlstore.New(db, sqlstore.SQLite)
	store.Migrate(ctx)
	engine, _ := loyalty.NewEngine(store, cafe)
	engine.Do(ctx, noon, loyalty.Command{Key: "welcome/ada", Member: "ada", OccurredAt: noon, Grant: &loyalty.Grant{Points: 5, Reason: "welcome"}})
	for _, days := range []int{30, 40} {
		n, err := store.Prune(ctx, noon.AddDate(0, 0, days), 1000)
		fmt.Println("after", days, "days:", n, err)
	}
	// Output:
	// after 30 days: 0 <nil>
	// after 40 days: 1 <nil>
}

// What is owed in all, and a member who asks to be forgotten: what she did goes,
// and what she holds stays.
func ExampleStore_Erase() {
	db, done := open()
	defer done()
	ctx := context.Background()
	store, _ := sqlstore.New(db, sqlstore.SQLite)
	store.Migrate(ctx)
	engine, _ := loyalty.NewEngine(store, cafe)
	for i, member := range []string{"ada", "bob"} {
		engine.Do(ctx, noon, loyalty.Command{
			Key: "order/" + member, Member: member, OccurredAt: noon,
			Earn: &loyalty.Earn{Kind: "order", Amount: decimal.New(int64(40+i), 0)},
		})
	}
	ada := loyalty.AccountID{Program: cafe.Name, Member: "ada"}
	if err := store.Erase(ctx, ada); err != nil {
		log.Fatal(err)
	}
	entries, err := store.Entries(ctx, ada, 0, 10)
	fmt.Println(len(entries), "entry, its command", entries[0].Command, err)
	totals, err := store.Totals(ctx, cafe.Name)
	fmt.Println(totals[0].Available, "points in all", err)
	fmt.Println("proved:", engine.Verify(ctx, "ada") == nil)
	// Output:
	// 1 entry, its command [] <nil>
	// 81 points in all <nil>
	// proved: true
}

// A dashboard polls what is new, and keeps no place in the database: its cursor
// is in the page.
func ExampleStore_Feed() {
	db, done := open()
	defer done()
	ctx := context.Background()
	store, _ := sqlstore.New(db, sqlstore.SQLite)
	store.Migrate(ctx)
	engine, _ := loyalty.NewEngine(store, cafe)
	cursor := ""
	for _, members := range [][]string{{"ada", "bob"}, {"cai"}, nil} {
		for _, member := range members {
			engine.Do(ctx, noon, loyalty.Command{Key: "welcome/" + member, Member: member, OccurredAt: noon, Grant: &loyalty.Grant{Points: 5, Reason: "welcome"}})
		}
		entries, next, err := store.Feed(ctx, cafe.Name, cursor, 100)
		fmt.Println(len(entries), "new, cursor moved:", next != cursor, err)
		cursor = next
	}
	// Output:
	// 2 new, cursor moved: true <nil>
	// 1 new, cursor moved: true <nil>
	// 0 new, cursor moved: false <nil>
}
