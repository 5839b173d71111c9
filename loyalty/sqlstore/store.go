package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/loyalty/sqlstore/internal/link"
)

// Store keeps accounts in a database. It is a [loyalty.Store], and can sum
// totals, hand out entries to consumers, forget what a member's commands said,
// and work in a transaction of the host. It is safe for concurrent use by any
// number of goroutines, and of processes on the same database.
type Store struct {
	dialect dialect
	bound   link.Queryer // the host's transaction; nil if the store begins its own
}

var (
	_ loyalty.Binder[Tx] = (*Store)(nil)
	_ loyalty.Totaler    = (*Store)(nil)
	_ loyalty.Feeder     = (*Store)(nil)
	_ loyalty.Eraser     = (*Store)(nil)
)

// Tx is what the store needs of a transaction of the host: a *sql.Tx is one,
// and so is what wraps one, or a driver's own transaction behind these methods.
type Tx interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Dialect says which database it is.
type Dialect uint8

// The dialects.
const (
	// PostgreSQL is PostgreSQL 13 or later. The encoding of the database must be
	// UTF8, and the default isolation of its connections READ COMMITTED, as they
	// are unless somebody has changed them; Migrate checks it.
	PostgreSQL Dialect = 1 + iota
	// SQLite is SQLite 3.38 or later. See the package's documentation for how
	// to open it.
	SQLite
)

// New returns a store in a database that the host has opened. It does nothing
// yet: call [Store.Migrate] before anything else.
func New(db *sql.DB, d Dialect) (*Store, error) {
	if db == nil {
		return nil, errors.New("sqlstore: no database")
	}
	switch d {
	case PostgreSQL:
		return On(newStandardPool(db)), nil
	case SQLite:
		return &Store{dialect: newSQLite(db)}, nil
	}
	return nil, fmt.Errorf("sqlstore: unknown dialect %d", d)
}

// On returns a store on a PostgreSQL that is reached by other means than
// database/sql. It is what packages beside this one are made of, such as pgxstore.
func On(db link.Pool) *Store { return &Store{dialect: &postgres{db: db}} }

// Bind returns a store that works in a transaction of the host: what it writes
// is committed or rolled back with it. A conflict or a bound that is reached
// leaves the transaction usable. On PostgreSQL its isolation should be READ
// COMMITTED: at a higher one a conflict is an error of the database, after which
// the transaction must be rolled back. On SQLite it should have begun with
// BEGIN IMMEDIATE, for the same reason.
//
// All commits take rows in one order, so that none deadlocks with another one,
// if it is the only one of its transaction. The database may still find a deadlock
// where the host's own rows are in it, where a transaction commits twice (another
// command, or again after a conflict), or where a counter that several share came
// near its bound while the commit waited for it. That is an error of the database
// as well (in PostgreSQL, SQLSTATE 40P01): roll back, and try again.
func (s *Store) Bind(tx Tx) loyalty.Store { return s.Within(standard{tx}) }

// Within is Bind for other means than database/sql.
func (s *Store) Within(tx link.Queryer) *Store { return &Store{dialect: s.dialect, bound: tx} }

// Load implements [loyalty.Store], in one round trip.
func (s *Store) Load(ctx context.Context, ids []loyalty.RecordID, counters []loyalty.CounterID) ([]loyalty.Record, []int64, error) {
	l := newLoading(ids, counters)
	if len(ids)+len(counters) > 0 {
		if err := s.dialect.load(ctx, s.reader(), l); err != nil {
			return nil, nil, fmt.Errorf("sqlstore: load: %w", err)
		}
	}
	return l.records, l.values, nil
}

// Commit implements [loyalty.Store]. In a transaction of the store's own it is
// also a conflict, on all records of the batch, if PostgreSQL rolls back because
// of a deadlock or a serialization failure; in the host's that is an error.
func (s *Store) Commit(ctx context.Context, b *loyalty.Batch) error {
	d := newDraft(b)
	if len(b.Records)+len(d.counters)+len(b.Entries) == 0 {
		return nil
	}
	err := s.dialect.commit(ctx, s.bound, d)
	if err == nil || isRefusal(err) {
		return err
	}
	return fmt.Errorf("sqlstore: commit: %w", err)
}

// isRefusal reports whether an error is an answer of the contract, not a
// failure.
func isRefusal(err error) bool {
	if _, ok := errors.AsType[*loyalty.ConflictError](err); ok {
		return true
	}
	_, ok := errors.AsType[*loyalty.BoundError](err)
	return ok
}

// Prune drops up to limit records and counters that may be dropped at now, and
// returns how many. Fewer than limit means that none is left but those that a
// commit holds at the moment, which it does not wait for. It is for a job that
// runs now and then: nothing depends on it but disk space.
func (s *Store) Prune(ctx context.Context, now time.Time, limit int) (int, error) {
	if limit < 1 {
		return 0, fmt.Errorf("sqlstore: limit %d: want at least 1", limit)
	}
	n, err := s.dialect.prune(ctx, s.reader(), micros(now), limit)
	if err != nil {
		return n, fmt.Errorf("sqlstore: prune: %w", err)
	}
	return n, nil
}

// pruneRows runs statements that delete up to a number of rows, until there are
// limit in all.
func pruneRows(ctx context.Context, tx link.Queryer, now int64, limit, dropped int, queries ...string) (int, error) {
	for _, query := range queries {
		if dropped >= limit {
			break
		}
		n, err := tx.Exec(ctx, query, now, limit-dropped)
		if err != nil {
			return dropped, err
		}
		dropped += int(n)
	}
	return dropped, nil
}

// reader is where single statements are run.
func (s *Store) reader() link.Queryer {
	if s.bound != nil {
		return s.bound
	}
	return s.dialect.pool()
}
