// Package sqlstore keeps the points of every member in a database that the
// company already runs: PostgreSQL, or SQLite in a file.
//
// A [Store] is a [github.com/regulars-go/regulars/loyalty.Store] on
// database/sql. It brings no driver: the host opens the database, and hands it
// over with its dialect. The store reads no clock, keeps no state but prepared
// statements, and starts no goroutine.
//
//	db, err := sql.Open("pgx", url)
//	store, err := sqlstore.New(db, sqlstore.PostgreSQL)
//	err = store.Migrate(ctx)
//	engine, err := loyalty.NewEngine(store, program)
//
// The tables are described in SCHEMA.md; [Store.Migrate] makes them. Package
// [github.com/regulars-go/regulars/loyalty/sqlstore/pgxstore] reaches the same tables
// by pgx itself, with less work for the client.
//
// # The host's transaction
//
// [Store.Bind] makes a store that writes in the host's transaction, so that an
// order and its points are committed together, or not at all. A conflict never
// aborts that transaction.
//
// # Following along
//
// [Store.Feed] hands out the entries of a program in an order in which none is
// missed, also if transactions commit in another order than they began. A
// [Consumer] remembers how far it came.
//
// # Upkeep
//
// [Store.Prune] drops what its Until allows to, mostly keys. [Store.Totals] sums
// what all members hold, [Store.Erase] forgets what a member's commands said.
//
// # SQLite
//
// Open it in WAL mode, with a busy timeout, and with transactions that begin as
// writers. With modernc.org/sqlite:
//
//	sql.Open("sqlite", "file:points.db?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(10000)&_txlock=immediate")
//
// # Tests
//
// A host's tests get a PostgreSQL that is thrown away by package
// [github.com/regulars-go/regulars/loyalty/sqlstore/sqlstoretest].
package sqlstore
