package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/shopspring/decimal"
	_ "modernc.org/sqlite"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/loyalty/sqlstore"
	"github.com/regulars-go/regulars/loyalty/sqlstore/pgxstore"
)

// opener opens a database that holds nothing.
type opener func(ctx context.Context) (*ledger, error)

// tables are those of a store, and the one of its migrations.
var tables = []string{
	"loyalty_account", "loyalty_record", "loyalty_entry", "loyalty_counter", "loyalty_checkpoint", "loyalty_migration",
}

// openPostgreSQL opens the server that PGHOST and its kin name. Its store takes a
// pool of pgx.
func openPostgreSQL(ctx context.Context) (*ledger, error) {
	config, err := pgxpool.ParseConfig("")
	if err != nil {
		return nil, err
	}
	config.MaxConns = 64
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	store, err := pgxstore.New(pool)
	if err != nil {
		return nil, err
	}
	l := &ledger{name: "postgresql", db: stdlib.OpenDBFromPool(pool), store: store.Store, tidy: "VACUUM ANALYZE", close: pool.Close}
	return l, l.empty(ctx)
}

// openDatabaseSQL is openPostgreSQL for a store that takes database/sql.
func openDatabaseSQL(ctx context.Context) (*ledger, error) {
	db, err := sql.Open("pgx", "")
	if err != nil {
		return nil, err
	}
	db.SetMaxIdleConns(64)
	store, err := sqlstore.New(db, sqlstore.PostgreSQL)
	if err != nil {
		return nil, err
	}
	l := &ledger{name: "postgresql by database/sql", db: db, store: store, tidy: "VACUUM ANALYZE"}
	return l, l.empty(ctx)
}

// empty drops what PostgreSQL has of a ledger.
func (l *ledger) empty(ctx context.Context) error {
	for _, table := range tables {
		if _, err := l.db.ExecContext(ctx, "DROP TABLE IF EXISTS "+table); err != nil {
			return err
		}
	}
	for _, function := range []string{"loyalty_position(bigint)", "loyalty_moved()", "loyalty_refuse(text)"} {
		if _, err := l.db.ExecContext(ctx, "DROP FUNCTION IF EXISTS "+function); err != nil {
			return err
		}
	}
	return nil
}

// inFolder opens a database of SQLite that makes each commit durable.
func inFolder(dir string) opener {
	return func(context.Context) (*ledger, error) {
		path := filepath.Join(dir, "ledger.db")
		for _, suffix := range []string{"", "-wal", "-shm"} {
			if err := os.Remove(path + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
				return nil, err
			}
		}
		db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(30000)&_txlock=immediate")
		if err != nil {
			return nil, err
		}
		db.SetMaxIdleConns(64)
		store, err := sqlstore.New(db, sqlstore.SQLite)
		return &ledger{name: "sqlite", db: db, store: store, tidy: "PRAGMA wal_checkpoint(TRUNCATE)"}, err
	}
}

// ledger is an engine over a store with accounts.
type ledger struct {
	name     string
	db       *sql.DB // for what is done beside the store
	store    *sqlstore.Store
	tidy     string // the statement after the accounts are made
	close    func() // closes what db stands on; nil if that is nothing
	engine   *loyalty.Engine
	accounts int
	awards   int64 // that were answered
}

// program gives a point for each unit of money spent, for a year.
func program() loyalty.Program {
	return loyalty.Program{
		Name: "bench", Version: 1,
		Wallets: []loyalty.Wallet{{ID: 1, Name: "points", Expiry: loyalty.Expiry{After: regulars.Years(1)}}},
		Rules: []loyalty.Rule{{
			ID: 1, Name: "spend", Layer: loyalty.LayerRoutine, On: []string{"order"},
			PerAmount: &loyalty.PerAmount{Points: 1, Per: decimal.New(1, 0)},
		}},
	}
}

// newLedger opens accounts with an award each.
func newLedger(ctx context.Context, open opener, accounts int) (*ledger, error) {
	l, err := open(ctx)
	if err != nil {
		return nil, err
	}
	l.accounts = accounts
	if err := l.store.Migrate(ctx); err != nil {
		return nil, err
	}
	if l.engine, err = loyalty.NewEngine(l.store, program()); err != nil {
		return nil, err
	}
	for from := 0; from < accounts; from += 500 {
		commands := make([]loyalty.Command, min(500, accounts-from))
		for i := range commands {
			commands[i] = award(from+i, "open-"+strconv.Itoa(from+i))
		}
		if err := l.batch(ctx, commands); err != nil {
			return nil, err
		}
	}
	_, err = l.db.ExecContext(ctx, l.tidy)
	return l, err
}

// end closes the database.
func (l *ledger) end() error {
	err := l.db.Close()
	if l.close != nil {
		l.close()
	}
	return err
}

var paid = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// award is 10 points for an order.
func award(account int, key string) loyalty.Command {
	return loyalty.Command{
		Key: key, Member: strconv.Itoa(account), OccurredAt: paid,
		Earn: &loyalty.Earn{Kind: "order", Amount: decimal.New(10, 0)},
	}
}

func (l *ledger) batch(ctx context.Context, commands []loyalty.Command) error {
	for i, r := range l.engine.DoBatch(ctx, paid, commands) {
		if r.Err != nil {
			return fmt.Errorf("command %q: %w", commands[i].Key, r.Err)
		}
	}
	atomic.AddInt64(&l.awards, int64(len(commands)))
	return nil
}

// run awards on some goroutines for a while: to random accounts one by one, or
// to accounts spread over the table in batches. Each award has a new key. It returns
// transactions a second, and checks the books.
func (l *ledger) run(ctx context.Context, clients, size int, d time.Duration) (float64, error) {
	var all sync.WaitGroup
	var transactions atomic.Int64
	failed := make([]error, clients)
	start := time.Now()
	for i := range clients {
		all.Go(func() {
			random := rand.New(rand.NewPCG(uint64(start.UnixNano()), uint64(i)))
			for failed[i] == nil && time.Since(start) < d {
				failed[i] = l.transaction(ctx, random, size)
				transactions.Add(1)
			}
		})
	}
	all.Wait()
	took := time.Since(start)
	if err := errors.Join(failed...); err != nil {
		return 0, err
	}
	return float64(transactions.Load()) / took.Seconds(), l.check(ctx)
}

func (l *ledger) transaction(ctx context.Context, random *rand.Rand, size int) error {
	request := strconv.FormatInt(random.Int64(), 10)
	if size == 1 {
		_, err := l.engine.Do(ctx, paid, award(random.IntN(l.accounts), "order-"+request))
		atomic.AddInt64(&l.awards, 1)
		return err
	}
	step := l.accounts / size
	base := random.IntN(step)
	commands := make([]loyalty.Command, size)
	for i := range commands {
		commands[i] = award(base+i*step, "batch-"+request+"-"+strconv.Itoa(i))
	}
	return l.batch(ctx, commands)
}

// check compares what the store holds with what was answered.
func (l *ledger) check(ctx context.Context) error {
	totals, err := l.store.Totals(ctx, "bench")
	if err != nil {
		return err
	}
	var versions, entries, keys int64
	err = l.db.QueryRowContext(ctx, `SELECT (SELECT sum(version) FROM loyalty_account), (SELECT count(*) FROM loyalty_entry), (SELECT count(*) FROM loyalty_record)`).
		Scan(&versions, &entries, &keys)
	if err != nil {
		return err
	}
	if len(totals) != 1 || totals[0].Available != 10*l.awards || versions != l.awards || entries != l.awards || keys != l.awards {
		return fmt.Errorf("the books do not balance: %d awards, totals %+v, %d versions, %d entries, %d keys", l.awards, totals, versions, entries, keys)
	}
	return nil
}
