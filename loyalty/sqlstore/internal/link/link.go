// Package link is how a store reaches its database: by database/sql, or by a
// driver itself.
package link

import (
	"context"
	"errors"
)

var errNoRow = errors.New("a statement that answers has not")

// Queryer runs single statements, on a pool or in a transaction.
type Queryer interface {
	// Exec returns how many rows a statement has written.
	Exec(ctx context.Context, query string, args ...any) (int64, error)
	Query(ctx context.Context, query string, args ...any) (Rows, error)
}

// Rows is an answer. It must be closed before its Queryer is used again.
type Rows interface {
	Next() bool
	Scan(dest ...any) error
	// Close may be called more than once.
	Close() error
	Err() error
}

// Pool is a Queryer that can also begin transactions, at READ COMMITTED.
type Pool interface {
	Queryer
	Begin(ctx context.Context) (Tx, error)
}

// Tx is a transaction of the store's own.
type Tx interface {
	Queryer
	Commit(ctx context.Context) error
	Rollback(ctx context.Context) error
}

// One reads the only row of an answer.
func One(ctx context.Context, q Queryer, query string, args []any, dest ...any) (err error) {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() {
		if closed := rows.Close(); err == nil {
			err = closed
		}
	}()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return err
		}
		return errNoRow
	}
	return rows.Scan(dest...)
}
