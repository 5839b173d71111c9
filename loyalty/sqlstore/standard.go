package sqlstore

import (
	"context"
	"database/sql"

	"github.com/regulars-go/regulars/loyalty/sqlstore/internal/link"
)

// standard is what database/sql has, as the store takes it.
type standard struct{ Tx }

func (s standard) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	done, err := s.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return done.RowsAffected()
}

func (s standard) Query(ctx context.Context, query string, args ...any) (link.Rows, error) {
	rows, err := s.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return rows, nil
}

// standardPool is a *sql.DB.
type standardPool struct {
	standard
	db *sql.DB
}

func newStandardPool(db *sql.DB) standardPool { return standardPool{standard{db}, db} }

func (p standardPool) Begin(ctx context.Context) (link.Tx, error) {
	tx, err := p.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		return nil, err
	}
	return standardTx{standard{tx}, tx}, nil
}

// standardTx is a *sql.Tx, or what wraps one.
type standardTx struct {
	standard
	tx *sql.Tx
}

func (t standardTx) Commit(context.Context) error { return t.tx.Commit() }

func (t standardTx) Rollback(context.Context) error { return t.tx.Rollback() }
