package sqlstore

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/loyalty/loyaltytest"
	"github.com/regulars-go/regulars/loyalty/sqlstore/internal/link"
	"github.com/regulars-go/regulars/loyalty/sqlstore/internal/pgxlink"
	"github.com/regulars-go/regulars/loyalty/sqlstore/sqlstoretest"
)

// A database takes its time, and what is drawn is drawn for memory, too: fewer
// than the usual 100 are enough here, unless somebody asks for more.
func TestMain(m *testing.M) {
	if os.Getenv("RAPID_CHECKS") == "" {
		if err := flag.Set("rapid.checks", "20"); err != nil {
			panic(err)
		}
	}
	os.Exit(sqlstoretest.Main(m))
}

// hosted is a store with all that its host has: further connections,
// transactions, processes.
type hosted struct{ *opened }

// place is where a database is.
type place struct {
	driver, address string
	dialect         Dialect
}

// opened is a store, and its database for what a test does there.
type opened struct {
	*Store
	at    place
	db    *sql.DB
	pool  link.Pool // by which the store reaches it
	close func()
}

// oneWriter is a store of SQLite.
type oneWriter struct{ hosted }

func (oneWriter) OneWriter() {}

// pgxItself is the driver of a place that is reached without database/sql.
const pgxItself = "pgx-itself"

// databases are those that tests run on.
var databases = []struct {
	name string
	new  func(t testing.TB) place
}{
	{"PostgreSQL", func(t testing.TB) place { return place{"pgx", sqlstoretest.PostgreSQL(t), PostgreSQL} }},
	{"PostgreSQL by pgx itself", func(t testing.TB) place { return place{pgxItself, sqlstoretest.PostgreSQL(t), PostgreSQL} }},
	{"SQLite", func(t testing.TB) place {
		return place{"sqlite", sqliteAddress(filepath.Join(t.TempDir(), "points.db"), "NORMAL"), SQLite}
	}},
}

func sqliteAddress(path, synchronous string) string {
	return "file:" + path + "?_pragma=journal_mode(WAL)&_pragma=synchronous(" + synchronous + ")&_pragma=busy_timeout(30000)&_txlock=immediate"
}

// onPostgreSQL runs a test by each way to reach PostgreSQL.
func onPostgreSQL(t *testing.T, test func(t *testing.T, p place)) {
	for _, d := range databases {
		if p := d.new(t); p.dialect == PostgreSQL {
			t.Run(d.name, func(t *testing.T) { test(t, p) })
		}
	}
}

// another returns a new database by the same way.
func (p place) another(t testing.TB) place {
	return place{p.driver, sqlstoretest.PostgreSQL(t), p.dialect}
}

// open opens a database and brings it to its schema.
func (p place) open(ctx context.Context) (*opened, error) {
	s, err := p.unmigrated(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.Migrate(ctx); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (p place) unmigrated(ctx context.Context) (*opened, error) {
	driver := p.driver
	if driver == pgxItself {
		driver = "pgx" // for what a test does beside the store
	}
	db, err := sql.Open(driver, p.address)
	if err != nil {
		return nil, err
	}
	s := &opened{at: p, db: db}
	if p.driver == pgxItself {
		pool, err := pgxpool.New(ctx, p.address+"&pool_max_conns=32") // tests hold some, and wait for others
		if err != nil {
			return nil, err
		}
		s.pool = pgxlink.NewPool(pool)
		s.Store, s.close = On(s.pool), func() { pool.Close(); _ = db.Close() }
		return s, nil
	}
	s.pool, s.close = newStandardPool(db), func() { _ = db.Close() }
	s.Store, err = New(db, p.dialect)
	return s, err
}

func (p place) store(t testing.TB) *opened {
	t.Helper()
	s, err := p.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.close)
	return s
}

// begin begins a transaction of the host, by the way that the store takes. If
// the test does not end it, it is rolled back.
func (s *opened) begin(t testing.TB) link.Tx {
	t.Helper()
	tx, err := s.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback(context.Background()) })
	return tx
}

// bind is Bind for what begin returns.
func (s *opened) bind(tx link.Tx) loyalty.Store {
	if own, ok := tx.(standardTx); ok {
		return s.Bind(own.tx)
	}
	return s.Within(tx)
}

// host returns a store with its capabilities.
func (p place) host(t testing.TB) loyalty.Store {
	h := hosted{p.store(t)}
	if p.dialect == SQLite {
		return oneWriter{h}
	}
	return h
}

func (h hosted) Reopen(t testing.TB) loyalty.Store { return h.at.store(t) }

func (h hosted) Begin(t testing.TB) (loyalty.Store, func(commit bool) error) {
	tx := h.begin(t)
	return h.bind(tx), func(commit bool) error {
		if commit {
			return tx.Commit(t.Context())
		}
		return tx.Rollback(t.Context())
	}
}

// Spawn starts this test's own binary again.
func (h hosted) Spawn(t testing.TB) *loyaltytest.Process {
	t.Helper()
	again := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestOtherProcess$")
	address, name := h.at.address, fmt.Sprint("other-", spawned.Add(1))
	if h.at.dialect == PostgreSQL {
		address += "&application_name=" + name
	}
	again.Env = append(os.Environ(), otherProcess+"="+fmt.Sprintf("%s %d %s", h.at.driver, h.at.dialect, address))
	in, err := again.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := again.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Start(); err != nil {
		t.Fatal(err)
	}
	return &loyaltytest.Process{In: in, Out: out, Kill: func() {
		_ = again.Process.Kill() // SIGKILL; or it has ended
		_, _ = again.Process.Wait()
		if h.at.dialect == PostgreSQL { // the server may still be about its last statement
			wait(t, h.db, `SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = '`+name+`')`)
		}
	}}
}

// spawned counts other processes, to tell them apart.
var spawned atomic.Int64

// otherProcess has the place in the environment of the other process.
const otherProcess = "SQLSTORE_PLACE"

func TestOtherProcess(t *testing.T) {
	said := os.Getenv(otherProcess)
	if said == "" {
		return // nobody has started this as another process
	}
	var p place
	if _, err := fmt.Sscanf(said, "%s %d %s", &p.driver, &p.dialect, &p.address); err != nil {
		t.Fatal(err)
	}
	if err := loyaltytest.Work(t.Context(), p.store(t), os.Stdin, os.Stdout); err != nil {
		t.Fatal(err)
	}
}

func TestStore(t *testing.T) {
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			loyaltytest.TestStore(t, func(t testing.TB) loyalty.Store { return d.new(t).host(t) })
		})
	}
}

func TestEngine(t *testing.T) {
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			loyaltytest.TestEngine(t, func(t testing.TB) loyalty.Store { return d.new(t).store(t) })
		})
	}
}
