package pgxstore

import (
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/loyalty/sqlstore"
	"github.com/regulars-go/regulars/loyalty/sqlstore/internal/pgxlink"
)

// Store is a store of package sqlstore, with all that it can do, on a pool of
// pgx. It is safe for concurrent use by any number of goroutines, and of processes
// on the same database, whichever way they reach it.
type Store struct {
	*sqlstore.Store
	pool *pgxpool.Pool
}

var _ loyalty.Binder[pgx.Tx] = (*Store)(nil)

// New returns a store on a pool that the host has opened, and closes when nobody
// uses the store any more. It does nothing yet: call Migrate before anything else.
//
// Each connection of the pool keeps up to a hundred statements of the store
// prepared. A pool whose connections have another DefaultQueryExecMode, as behind a
// proxy that shares sessions, or a Tracer, has each statement run as that asks.
func New(pool *pgxpool.Pool) (*Store, error) {
	if pool == nil {
		return nil, errors.New("pgxstore: no pool")
	}
	return &Store{sqlstore.On(pgxlink.NewPool(pool)), pool}, nil
}

// Bind returns a store that works in a transaction of the host: what it writes
// is committed or rolled back with it. What [sqlstore.Store.Bind] says of
// PostgreSQL holds here, too.
func (s *Store) Bind(tx pgx.Tx) loyalty.Store { return s.Within(pgxlink.Tx{Tx: tx}) }
