package pgxstore

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/loyalty/sqlstore/internal/checkpoint"
	"github.com/regulars-go/regulars/loyalty/sqlstore/internal/pgxlink"
)

// Consumer follows the feed of a program, and keeps in the database how far it
// came, as a consumer of package sqlstore does: they are the same if program and
// name are.
type Consumer struct {
	Store *Store
	// Name is this consumer's, such as "warehouse". Program is whose feed it is.
	Name, Program string
}

// Next hands up to limit entries to f, and returns how many. It returns 0
// without a call of f if there are none. f is given the transaction in which the
// checkpoint moves on: what it writes there is written once for each entry, and
// what it does elsewhere at least once. If f fails, the checkpoint stays.
//
// The transaction lasts as long as f does, and holds back all feeds of the
// database.
func (c *Consumer) Next(ctx context.Context, limit int, f func(ctx context.Context, tx pgx.Tx, entries []loyalty.Entry) error) (int, error) {
	n := 0
	err := pgx.BeginTxFunc(ctx, c.Store.pool, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, func(tx pgx.Tx) (err error) {
		n, err = c.next(ctx, tx, limit, f)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("pgxstore: consumer %q: %w", c.Name, err)
	}
	return n, nil
}

func (c *Consumer) next(ctx context.Context, tx pgx.Tx, limit int, f func(context.Context, pgx.Tx, []loyalty.Entry) error) (int, error) {
	queryer := pgxlink.Tx{Tx: tx}
	return checkpoint.Next(ctx, queryer, c.Store.Within(queryer), checkpoint.PostgreSQL(), c.Program, c.Name, limit, func(entries []loyalty.Entry) error {
		return f(ctx, tx, entries)
	})
}
