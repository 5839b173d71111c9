package sqlstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/regulars-go/regulars/loyalty"
)

// Consumer follows the feed of a program, and keeps in the database how far it
// came. Any number of replicas may run the same consumer: each page goes to one
// of them. Consumers of other names have each entry, too.
type Consumer struct {
	Store *Store
	// Name is this consumer's, such as "warehouse". Program is whose feed it is.
	Name, Program string
}

const (
	checkpointOpen = `INSERT INTO loyalty_checkpoint (program, consumer, cursor) VALUES ($1, $2, '') ON CONFLICT DO NOTHING`
	checkpointPut  = `UPDATE loyalty_checkpoint SET cursor = $3 WHERE program = $1 AND consumer = $2`
)

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
	if err := t.end(err); err != nil {
		return 0, fmt.Errorf("sqlstore: consumer %q: %w", c.Name, err)
	}
	return n, nil
}

func (c *Consumer) next(ctx context.Context, tx Tx, limit int, f func(context.Context, Tx, []loyalty.Entry) error) (int, error) {
	d := c.Store.dialect
	if _, err := tx.ExecContext(ctx, d.text(checkpointOpen), c.Program, c.Name); err != nil {
		return 0, err
	}
	cursor := ""
	if err := tx.QueryRowContext(ctx, d.checkpoint(), c.Program, c.Name).Scan(&cursor); err != nil {
		return 0, err
	}
	entries, next, err := c.Store.bind(tx).Feed(ctx, c.Program, cursor, limit)
	if err != nil || len(entries) == 0 {
		return 0, err
	}
	if err := f(ctx, tx, entries); err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, d.text(checkpointPut), c.Program, c.Name, next)
	return len(entries), err
}
