package sqlstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/loyalty/sqlstore/internal/checkpoint"
)

// Consumer follows the feed of a program, and keeps in the database how far it
// came. Any number of replicas may run the same consumer: each page goes to one
// of them. Consumers of other names have each entry, too.
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
// database, on SQLite all writers.
func (c *Consumer) Next(ctx context.Context, limit int, f func(ctx context.Context, tx Tx, entries []loyalty.Entry) error) (int, error) {
	if c.Store.bound != nil {
		return 0, errors.New("sqlstore: a consumer needs a transaction of its own: its store is bound to one")
	}
	t, err := c.Store.dialect.begin(ctx)
	if err != nil {
		return 0, fmt.Errorf("sqlstore: consumer %q: %w", c.Name, err)
	}
	n, err := c.next(ctx, t, limit, f)
	if err := t.end(ctx, err); err != nil {
		return 0, fmt.Errorf("sqlstore: consumer %q: %w", c.Name, err)
	}
	return n, nil
}

func (c *Consumer) next(ctx context.Context, t *transaction, limit int, f func(context.Context, Tx, []loyalty.Entry) error) (int, error) {
	own, ok := t.Tx.(standardTx)
	if !ok {
		return 0, errors.New("the store is not on database/sql: its package has a consumer, too")
	}
	return checkpoint.Next(ctx, t, c.Store.Within(t), c.Store.dialect.checkpoint(), c.Program, c.Name, limit, func(entries []loyalty.Entry) error {
		return f(ctx, own.standard.Tx, entries)
	})
}
