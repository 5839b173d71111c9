package sqlstore_test

import (
	"context"
	"database/sql"
	"fmt"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/loyalty/sqlstore"
	"github.com/regulars-go/regulars/loyalty/sqlstore/sqlstoretest"
)

// BenchmarkRetailer measures what the worked example of docs/scale.md reckons
// with: the bytes that PostgreSQL keeps, with its indexes, for members of a
// retailer who have ordered on five days in a row, two lines each time, so that
// their points wait in five lots.
func BenchmarkRetailer(b *testing.B) {
	const members, orders = 5_000, 5
	for b.Loop() {
		db, err := sql.Open("pgx", sqlstoretest.PostgreSQL(b))
		if err != nil {
			b.Fatal(err)
		}
		store, err := sqlstore.New(db, sqlstore.PostgreSQL)
		if err == nil {
			err = store.Migrate(b.Context())
		}
		if err != nil {
			b.Fatal(err)
		}
		engine, err := loyalty.NewEngine(store, loyalty.Retailer())
		if err != nil {
			b.Fatal(err)
		}
		var first, last size
		for order := range orders {
			if err := everybodyOrders(b.Context(), engine, members, order); err != nil {
				b.Fatal(err)
			}
			if last, err = measure(b.Context(), db); err != nil {
				b.Fatal(err)
			}
			if order == 0 {
				first = last
			}
		}
		b.ReportMetric(last.accounts/members, "B/account")
		b.ReportMetric((last.entries-first.entries)/(members*(orders-1)), "B/entry")
		b.ReportMetric((last.records-first.records)/(members*(orders-1)), "B/order-and-key")
		if err := db.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// everybodyOrders gives each member an order, a day after the one before.
func everybodyOrders(ctx context.Context, engine *loyalty.Engine, members, order int) error {
	at := noon.AddDate(0, 0, order)
	for from := 0; from < members; from += 500 {
		commands := make([]loyalty.Command, 500)
		for i := range commands {
			name := fmt.Sprintf("order-%08d-%d", from+i, order)
			commands[i] = loyalty.Command{
				Key: name + "/paid", Member: fmt.Sprintf("member-%08d", from+i), OccurredAt: at.Add(time.Duration(i) * time.Second),
				Earn: &loyalty.Earn{
					Kind: "order", Order: name, Attributes: []loyalty.Attribute{{Name: "channel", Value: "app"}, {Name: "branch", Value: "harbour"}},
					Lines: []loyalty.Line{{ID: "1", Category: "fresh", Amount: decimal.New(int64(3000+i), -2)}, {ID: "2", Category: "home", Amount: decimal.New(1250, -2)}},
				},
			}
		}
		for _, r := range engine.DoBatch(ctx, at.Add(time.Hour), commands) {
			if r.Err != nil {
				return r.Err
			}
		}
	}
	return nil
}

// size is what tables take with their indexes, in bytes.
type size struct{ accounts, entries, records float64 }

func measure(ctx context.Context, db *sql.DB) (s size, err error) {
	if _, err := db.ExecContext(ctx, "VACUUM"); err != nil {
		return size{}, err
	}
	err = db.QueryRowContext(ctx, `SELECT pg_total_relation_size('loyalty_account'), pg_total_relation_size('loyalty_entry'), pg_total_relation_size('loyalty_record')`).
		Scan(&s.accounts, &s.entries, &s.records)
	return s, err
}
