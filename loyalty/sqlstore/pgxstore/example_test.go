package pgxstore_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/loyalty/sqlstore/pgxstore"
)

// cafe gives a point for each unit of money.
var cafe = loyalty.Program{
	Name: "cafe", Version: 1,
	Wallets: []loyalty.Wallet{{ID: 1, Name: "points"}},
	Rules: []loyalty.Rule{{
		ID: 1, Name: "spend", Layer: loyalty.LayerRoutine, On: []string{"order"},
		PerAmount: &loyalty.PerAmount{Points: 1, Per: decimal.New(1, 0)},
	}},
}

func Example() {
	ctx := context.Background()
	pool, err := pgxpool.New(ctx, os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	defer pool.Close()
	store, err := pgxstore.New(pool)
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
}

// An order and its points, in one transaction of pgx.
func ExampleStore_Bind() {
	pay := func(ctx context.Context, pool *pgxpool.Pool, store *pgxstore.Store, order string) error {
		return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, `UPDATE shop_order SET paid = true WHERE id = $1`, order); err != nil {
				return err
			}
			engine, err := loyalty.NewEngine(store.Bind(tx), cafe)
			if err != nil {
				return err
			}
			_, err = engine.Do(ctx, noon, loyalty.Command{
				Key: order + "/paid", Member: "ada", OccurredAt: noon,
				Earn: &loyalty.Earn{Kind: "order", Order: order, Amount: decimal.New(42, 0)},
			})
			return err
		})
	}
	_ = pay
	// Output:
}

// A consumer keeps a table of its own up to date, and finds each entry once.
func ExampleConsumer() {
	follow := func(ctx context.Context, store *pgxstore.Store) error {
		consumer := pgxstore.Consumer{Store: store, Name: "warehouse", Program: "cafe"}
		for {
			n, err := consumer.Next(ctx, 100, func(ctx context.Context, tx pgx.Tx, entries []loyalty.Entry) error {
				for _, e := range entries {
					if _, err := tx.Exec(ctx, `INSERT INTO warehouse VALUES ($1, $2)`, e.Account.Member, int64(e.Seq)); err != nil {
						return err
					}
				}
				return nil
			})
			if n == 0 || err != nil {
				return err
			}
		}
	}
	_ = follow
	// Output:
}
