// Package pgxlink reaches PostgreSQL by pgx itself: by a pool of its
// connections, and in its transactions.
//
// Single statements on the pool are what nearly all commands consist of. They
// are prepared once on each connection, and their arguments and answers are
// written and read as the protocol has them, which takes half of what pgx's own
// Query takes. What is rare, or asks for more, goes by that: statements in
// transactions, connections with a tracer or another way to run queries, and
// statements beyond the first hundred.
package pgxlink

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/regulars-go/regulars/loyalty/sqlstore/internal/link"
)

// Pool runs each statement on any connection of a pool.
type Pool struct{ pool *pgxpool.Pool }

// NewPool returns a pool as the store takes it.
func NewPool(pool *pgxpool.Pool) Pool { return Pool{pool} }

// Exec implements [link.Queryer].
func (p Pool) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	c, err := p.pool.Acquire(ctx)
	if err != nil {
		return 0, err
	}
	defer c.Release()
	a, err := connected(c.Conn()).ask(ctx, query, args)
	if err != nil {
		return 0, err
	}
	if a == nil {
		tag, err := c.Exec(ctx, query, args...)
		return tag.RowsAffected(), err
	}
	err = a.close(ctx)
	return a.tag.RowsAffected(), err
}

// Query implements [link.Queryer]. The connection is the answer's until that is
// closed.
func (p Pool) Query(ctx context.Context, query string, args ...any) (link.Rows, error) {
	c, err := p.pool.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	a, err := connected(c.Conn()).ask(ctx, query, args)
	if err == nil && a != nil {
		return &pooledRows{answer: a, ctx: ctx, held: c}, nil
	}
	var r pgx.Rows
	if err == nil {
		r, err = c.Query(ctx, query, args...)
	}
	if err != nil {
		c.Release()
		return nil, err
	}
	return &rows{r, c}, nil
}

// Begin implements [link.Pool].
func (p Pool) Begin(ctx context.Context) (link.Tx, error) {
	tx, err := p.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted})
	if err != nil {
		return nil, err
	}
	return Tx{tx}, nil
}

// Tx is a transaction, of the host or of the store's own.
type Tx struct{ pgx.Tx }

// Exec implements [link.Queryer].
func (t Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	tag, err := t.Tx.Exec(ctx, query, args...)
	return tag.RowsAffected(), err
}

// Query implements [link.Queryer].
func (t Tx) Query(ctx context.Context, query string, args ...any) (link.Rows, error) {
	r, err := t.Tx.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return &rows{r, nil}, nil
}

// rows is pgx's own, with the connection that is given back at its end.
type rows struct {
	pgx.Rows
	held *pgxpool.Conn
}

func (r *rows) Close() error {
	r.Rows.Close()
	if r.held != nil {
		r.held.Release() // the second time it does nothing
	}
	return r.Err()
}
