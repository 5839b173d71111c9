// Package pgxstore keeps the points of every member in a PostgreSQL that the
// company already runs, and reaches it by pgx itself, without database/sql.
//
// A [Store] does all that the store of package
// [github.com/regulars-go/regulars/loyalty/sqlstore] does, on the same tables: some
// replicas of a service may use the one, and some the other. A command takes less
// of the client's processor, and a host that works with pgx's pools and transactions
// need not open its database twice. The store reads no clock and starts no goroutine.
//
//	pool, err := pgxpool.New(ctx, url)
//	store, err := pgxstore.New(pool)
//	err = store.Migrate(ctx)
//	engine, err := loyalty.NewEngine(store, program)
//
// [Store.Bind] makes a store that writes in a transaction of pgx, so that an order
// and its points are committed together, or not at all. A [Consumer] follows the
// feed of entries.
package pgxstore
