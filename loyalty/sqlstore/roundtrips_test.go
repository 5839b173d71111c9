package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/loyalty/sqlstore/internal/pgxlink"
	"github.com/regulars-go/regulars/loyalty/sqlstore/sqlstoretest"
)

// counted is a driver that counts what goes to the server: each statement, and
// each BEGIN and COMMIT. (The first use of a statement on a connection takes the
// driver one more, to prepare it.)
type counted struct {
	driver.Connector
	calls *atomic.Int64
}

func (c counted) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &countedConn{conn.(*stdlib.Conn), c.calls}, nil
}

type countedConn struct {
	*stdlib.Conn
	calls *atomic.Int64
}

func (c *countedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.calls.Add(1)
	return c.Conn.ExecContext(ctx, query, args)
}

func (c *countedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.calls.Add(1)
	return c.Conn.QueryContext(ctx, query, args)
}

func (c *countedConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	c.calls.Add(1)
	return c.Conn.PrepareContext(ctx, query)
}

func (c *countedConn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	c.calls.Add(1)
	tx, err := c.Conn.BeginTx(ctx, opts)
	return countedTx{tx, c.calls}, err
}

type countedTx struct {
	driver.Tx
	calls *atomic.Int64
}

func (t countedTx) Commit() error { t.calls.Add(1); return t.Tx.Commit() }

func (t countedTx) Rollback() error { t.calls.Add(1); return t.Tx.Rollback() }

func openCounted(t *testing.T) (*opened, *atomic.Int64) {
	config, err := stdlib.GetDefaultDriver().(driver.DriverContext).OpenConnector(sqlstoretest.PostgreSQL(t))
	if err != nil {
		t.Fatal(err)
	}
	calls := new(atomic.Int64)
	db := sql.OpenDB(counted{config, calls})
	t.Cleanup(func() { _ = db.Close() })
	s, err := New(db, PostgreSQL)
	if err == nil {
		err = s.Migrate(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	return &opened{Store: s, db: db, pool: newStandardPool(db)}, calls
}

// openWrites returns a store on one connection of pgx, and counts what is written
// to it: all that belongs to a round trip is written at once.
func openWrites(t *testing.T) (*Store, *atomic.Int64) {
	config, err := pgxpool.ParseConfig(sqlstoretest.PostgreSQL(t))
	if err != nil {
		t.Fatal(err)
	}
	calls := new(atomic.Int64)
	dial := config.ConnConfig.DialFunc
	config.MaxConns, config.ConnConfig.DialFunc = 1, func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		return writes{conn, calls}, err
	}
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	s := On(pgxlink.NewPool(pool))
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s, calls
}

type writes struct {
	net.Conn
	calls *atomic.Int64
}

func (w writes) Write(b []byte) (int, error) { w.calls.Add(1); return w.Conn.Write(b) }

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// shop has a shared cap, a reward with stock, tiers and a streak.
func shop(name string) loyalty.Program {
	return loyalty.Program{
		Name: name, Version: 1,
		Wallets: []loyalty.Wallet{{ID: 1, Name: "points"}, {ID: 2, Name: "growth", Qualifying: true}},
		Rules: []loyalty.Rule{
			{ID: 1, Name: "spend", Layer: loyalty.LayerRoutine, On: []string{"order"}, PerAmount: &loyalty.PerAmount{Points: 1, Per: decimal.New(1, 0)}},
			{ID: 2, Name: "flash", Layer: loyalty.LayerUpgrade, On: []string{"flash"}, Points: 10, Caps: []loyalty.Cap{
				{Per: "day", Points: 100_000, By: "program"}, {Per: "life", Times: 50_000, By: "program"},
			}},
			{ID: 3, Name: "daily", Layer: loyalty.LayerZeroCost, On: []string{"check-in"}, Streak: &loyalty.Streak{Steps: []loyalty.Step{{Day: 1, Points: 1}}}},
		},
		Rewards: []loyalty.Reward{{ID: 1, Name: "cup", Cost: 20, Stock: new(int64(1000))}},
		Limits:  loyalty.Limits{Transfers: &loyalty.Transfers{}},
	}
}

func newEngine(t testing.TB, s loyalty.Store, p loyalty.Program) *loyalty.Engine {
	t.Helper()
	engine, err := loyalty.NewEngine(s, p)
	if err != nil {
		t.Fatal(err)
	}
	return engine
}

// A command takes two round trips, one to load and one to commit, the first of
// an account too. It is one more if only a record that was loaded says which
// others are needed: whose an order or a redemption is.
func TestRoundTrips(t *testing.T) {
	t.Run("database/sql", func(t *testing.T) {
		s, calls := openCounted(t)
		testRoundTrips(t, newEngine(t, s, shop("trips")), calls)
	})
	t.Run("pgx itself", func(t *testing.T) {
		s, calls := openWrites(t)
		again := new(atomic.Int64)
		testRoundTrips(t, newEngine(t, s, shop("first")), again) // which prepares all that comes
		testRoundTrips(t, newEngine(t, s, shop("trips")), calls)
	})
}

func testRoundTrips(t *testing.T, engine *loyalty.Engine, calls *atomic.Int64) {
	number := 0
	for _, c := range []struct {
		command loyalty.Command
		trips   int64
	}{
		{loyalty.Command{Grant: &loyalty.Grant{Points: 500, Reason: "welcome"}}, 2}, // the account's first
		{loyalty.Command{Grant: &loyalty.Grant{Points: 5, Reason: "more"}}, 2},
		{loyalty.Command{Earn: &loyalty.Earn{Kind: "order", Amount: decimal.New(10, 0)}}, 2},
		{loyalty.Command{Earn: &loyalty.Earn{Kind: "order", Amount: decimal.New(10, 0), Order: "o1"}}, 2},
		{loyalty.Command{Earn: &loyalty.Earn{Kind: "flash"}}, 2}, // the first of two shared caps
		{loyalty.Command{Earn: &loyalty.Earn{Kind: "flash"}}, 2},
		{loyalty.Command{CheckIn: &loyalty.CheckIn{}}, 2},
		{loyalty.Command{Redeem: &loyalty.Redeem{Reward: "cup"}}, 2}, // the first of its stock
		{loyalty.Command{Redeem: &loyalty.Redeem{Reward: "cup"}}, 2},
		{loyalty.Command{Redeem: &loyalty.Redeem{Points: 5}}, 2},
		{loyalty.Command{Hold: &loyalty.Hold{Points: 5}}, 2},
		{loyalty.Command{Deduct: &loyalty.Deduct{Points: 5, Reason: "mistake"}}, 2},
		{loyalty.Command{Member: "friend", Grant: &loyalty.Grant{Points: 5, Reason: "welcome"}}, 2},
		{loyalty.Command{Transfer: &loyalty.Transfer{To: "friend", Points: 5}}, 2},
		{loyalty.Command{Keep: &loyalty.Keep{Order: "o1", Amount: decimal.New(4, 0)}}, 3},
		{loyalty.Command{Capture: &loyalty.Capture{Hold: "10"}}, 3},
		{loyalty.Command{Reverse: &loyalty.Reverse{Redemption: "10"}}, 3},
	} {
		number++
		c.command.Key, c.command.Member, c.command.OccurredAt = fmt.Sprint("key ", number), cmp.Or(c.command.Member, "m"), noon
		if c.command.Hold != nil {
			c.command.Key = "10"
		}
		before := calls.Load()
		if _, err := engine.Do(t.Context(), noon, c.command); err != nil {
			t.Fatalf("%+v: %v", c.command, err)
		}
		if got := calls.Load() - before; got > c.trips {
			t.Errorf("%+v: %d round trips, want %d", c.command, got, c.trips)
		}
	}
	commands := make([]loyalty.Command, 400)
	for i := range commands {
		commands[i] = loyalty.Command{
			Key: fmt.Sprint("batch ", i), Member: fmt.Sprint("m", i%300), OccurredAt: noon,
			Earn: &loyalty.Earn{Kind: "flash"},
		}
	}
	before := calls.Load()
	for i, r := range engine.DoBatch(t.Context(), noon, commands) {
		if r.Err != nil {
			t.Fatalf("command %d: %v", i, r.Err)
		}
	}
	if got := calls.Load() - before; got > 3 {
		t.Errorf("%d round trips for a batch of %d, want at most 3", got, len(commands))
	}
}

// In the host's transaction it is no more.
func TestRoundTripsBound(t *testing.T) {
	s, calls := openCounted(t)
	tx, err := s.db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	engine := newEngine(t, s.Bind(tx), shop("bound"))
	for i, c := range []loyalty.Command{
		{Grant: &loyalty.Grant{Points: 500, Reason: "welcome"}},
		{Earn: &loyalty.Earn{Kind: "order", Amount: decimal.New(10, 0), Order: "o1"}},
		{Earn: &loyalty.Earn{Kind: "flash"}},
		{Redeem: &loyalty.Redeem{Reward: "cup"}},
	} {
		c.Key, c.Member, c.OccurredAt = fmt.Sprint(i), "m", noon
		before := calls.Load()
		if _, err := engine.Do(t.Context(), noon, c); err != nil {
			t.Fatal(err)
		}
		if got := calls.Load() - before; got != 2 {
			t.Errorf("%+v: %d round trips, want 2", c, got)
		}
	}
}
