package pgxstore_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/loyalty/sqlstore"
	"github.com/regulars-go/regulars/loyalty/sqlstore/pgxstore"
	"github.com/regulars-go/regulars/loyalty/sqlstore/sqlstoretest"
)

// What a store can do is tested in package sqlstore, by each way to reach it.
// Here is what only this one has.

func TestMain(m *testing.M) { os.Exit(sqlstoretest.Main(m)) }

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// open opens a new database, as changed.
func open(t *testing.T, change func(*pgxpool.Config)) (*pgxstore.Store, *pgxpool.Pool) {
	t.Helper()
	config, err := pgxpool.ParseConfig(sqlstoretest.PostgreSQL(t))
	if err != nil {
		t.Fatal(err)
	}
	change(config)
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	store, err := pgxstore.New(pool)
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return store, pool
}

func asItIs(*pgxpool.Config) {}

func oneConnection(c *pgxpool.Config) { c.MaxConns = 1 }

// welcome gives a member 5 points.
func welcome(ctx context.Context, s loyalty.Store, member, key string) error {
	engine, err := loyalty.NewEngine(s, cafe)
	if err != nil {
		return err
	}
	_, err = engine.Do(ctx, noon, loyalty.Command{Key: key, Member: member, OccurredAt: noon, Grant: &loyalty.Grant{Points: 5, Reason: "welcome"}})
	return err
}

func available(t *testing.T, s *pgxstore.Store) int64 {
	t.Helper()
	totals, err := s.Totals(t.Context(), cafe.Name)
	if err != nil {
		t.Fatal(err)
	}
	if len(totals) == 0 {
		return 0
	}
	return totals[0].Available
}

func TestNew(t *testing.T) {
	if _, err := pgxstore.New(nil); err == nil {
		t.Error("a store without a pool")
	}
}

// What is written in the host's transaction comes and goes with it, and none is
// written after it.
func TestBind(t *testing.T) {
	s, pool := open(t, asItIs)
	for i, commits := range []bool{false, true} {
		tx, err := pool.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := welcome(t.Context(), s.Bind(tx), "ada", "k"); err != nil {
			t.Fatal(err)
		}
		end := tx.Rollback
		if commits {
			end = tx.Commit
		}
		if err := end(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := available(t, s); got != int64(i)*5 {
			t.Errorf("committed %v: %d points", commits, got)
		}
		if err := welcome(t.Context(), s.Bind(tx), "ada", "late"); !errors.Is(err, pgx.ErrTxClosed) {
			t.Errorf("after the transaction: %v, want %v", err, pgx.ErrTxClosed)
		}
	}
}

// traced is a tracer that counts.
type traced struct{ queries int }

func (t *traced) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	t.queries++
	return ctx
}

func (*traced) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// However a pool would have queries run, and whoever traces them, the answers
// are the same.
func TestAsConfigured(t *testing.T) {
	tracer := &traced{}
	modes := map[string]func(*pgxpool.Config){
		"as it is": asItIs,
		"tracer":   func(c *pgxpool.Config) { c.MaxConns, c.ConnConfig.Tracer = 1, tracer },
	}
	for _, mode := range []pgx.QueryExecMode{pgx.QueryExecModeCacheDescribe, pgx.QueryExecModeDescribeExec, pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol} {
		modes[mode.String()] = func(c *pgxpool.Config) { c.ConnConfig.DefaultQueryExecMode = mode }
	}
	for name, change := range modes {
		t.Run(name, func(t *testing.T) {
			s, _ := open(t, change)
			before := tracer.queries
			for i, member := range []string{"ada", "bob", "ada", `b"o\b`} {
				if err := welcome(t.Context(), s, member, fmt.Sprint("key ", i)); err != nil {
					t.Fatal(err)
				}
			}
			if got := tracer.queries - before; name == "tracer" && got != 8 {
				t.Errorf("%d queries were traced, want 8", got)
			}
			if got := available(t, s); got != 20 {
				t.Errorf("%d points, want 20", got)
			}
			entries, cursor, err := s.Feed(t.Context(), cafe.Name, "", 10)
			if err != nil || len(entries) != 4 || cursor == "" || len(entries[0].Command) == 0 {
				t.Errorf("%d entries, cursor %q, error %v", len(entries), cursor, err)
			}
			engine, err := loyalty.NewEngine(s, cafe)
			if err == nil {
				err = engine.Verify(t.Context(), "ada")
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// A connection that has lost its prepared statements, or whose statements were
// planned for tables that were changed since, is left after one error.
func TestStatementsAnew(t *testing.T) {
	s, pool := open(t, oneConnection)
	key := 0
	award := func() error {
		key++
		return welcome(t.Context(), s, "ada", fmt.Sprint("key ", key))
	}
	load := func() error {
		_, _, err := s.Load(t.Context(), []loyalty.RecordID{loyalty.AccountID{Program: cafe.Name, Member: "ada"}.Record()}, nil)
		return err
	}
	if err := award(); err != nil { // the account's first is another statement
		t.Fatal(err)
	}
	for _, c := range []struct {
		change string
		do     func() error
	}{
		{`DISCARD ALL`, award},
		{`ALTER TABLE loyalty_account ALTER due TYPE integer`, load},
	} {
		if err := c.do(); err != nil {
			t.Fatal(err)
		}
		if _, err := pool.Exec(t.Context(), c.change); err != nil {
			t.Fatal(err)
		}
		if err := c.do(); err == nil {
			t.Errorf("after %s nothing is amiss: the test shows nothing", c.change)
		}
		if err := c.do(); err != nil {
			t.Errorf("after %s: %v", c.change, err)
		}
	}
}

// More shapes of statements than a connection keeps prepared, and pages of any
// size, all have their answers.
func TestManyStatements(t *testing.T) {
	s, _ := open(t, oneConnection)
	if err := welcome(t.Context(), s, "ada", "k"); err != nil {
		t.Fatal(err)
	}
	for limit := 1; limit < 120; limit++ {
		page, err := s.Scan(t.Context(), loyalty.Scan{Program: cafe.Name, Limit: limit})
		if err != nil || len(page) != 1 {
			t.Fatalf("a page of %d: %v, %v", limit, page, err)
		}
	}
	if err := welcome(t.Context(), s, "ada", "k2"); err != nil || available(t, s) != 10 {
		t.Errorf("%d points, error %v", available(t, s), err)
	}
}

// A context that has ended is an error, and the pool has all connections still.
func TestCanceled(t *testing.T) {
	s, _ := open(t, oneConnection)
	ended, end := context.WithCancel(t.Context())
	end()
	for range 3 {
		if err := welcome(ended, s, "ada", "k"); !errors.Is(err, context.Canceled) {
			t.Errorf("%v, want %v", err, context.Canceled)
		}
	}
	if err := welcome(t.Context(), s, "ada", "k"); err != nil {
		t.Error(err)
	}
}

// Two consumers of a name share the entries, and each entry comes once to what
// they keep. One that fails has the page again.
func TestConsumer(t *testing.T) {
	s, pool := open(t, asItIs)
	if _, err := pool.Exec(t.Context(), `CREATE TABLE warehouse (member text, seq bigint, PRIMARY KEY (member, seq))`); err != nil {
		t.Fatal(err)
	}
	const members, rounds = 4, 5
	for i := range members * rounds {
		if err := welcome(t.Context(), s, fmt.Sprint("m", i%members), fmt.Sprint("key ", i)); err != nil {
			t.Fatal(err)
		}
	}
	c := pgxstore.Consumer{Store: s, Name: "warehouse", Program: cafe.Name}
	broken := errors.New("no room today")
	if n, err := c.Next(t.Context(), 3, func(context.Context, pgx.Tx, []loyalty.Entry) error { return broken }); n != 0 || !errors.Is(err, broken) {
		t.Errorf("a consumer that fails: %d, %v", n, err)
	}
	done := make(chan error, 2)
	for range 2 {
		go func() {
			for {
				n, err := c.Next(t.Context(), 3, keep)
				if n == 0 || err != nil {
					done <- err
					return
				}
			}
		}()
	}
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	kept := 0
	if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM warehouse`).Scan(&kept); err != nil || kept != members*rounds {
		t.Errorf("%d entries were kept, want %d; error %v", kept, members*rounds, err)
	}
	other := sqlstore.Consumer{Store: s.Store, Name: "warehouse", Program: cafe.Name}
	if _, err := other.Next(t.Context(), 1, nil); err == nil || !strings.Contains(err.Error(), "consumer") {
		t.Errorf("database/sql's consumer on a store that has none: %v", err)
	}
}

func keep(ctx context.Context, tx pgx.Tx, entries []loyalty.Entry) error {
	for _, e := range entries {
		if _, err := tx.Exec(ctx, `INSERT INTO warehouse VALUES ($1, $2)`, e.Account.Member, int64(e.Seq)); err != nil {
			return err
		}
	}
	return nil
}
