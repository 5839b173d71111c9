package sqlstore

import (
	"database/sql"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite"

	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/loyalty/loyaltytest"
)

func openSQLite(t testing.TB, path string) *Store {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_pragma=busy_timeout(10000)&_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	s, err := New(db, SQLite)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSQLite(t *testing.T) {
	loyaltytest.TestStore(t, func(t testing.TB) loyalty.Store { return openSQLite(t, filepath.Join(t.TempDir(), "x.db")) })
}

func TestSQLiteEngine(t *testing.T) {
	loyaltytest.TestEngine(t, func(t testing.TB) loyalty.Store { return openSQLite(t, filepath.Join(t.TempDir(), "x.db")) })
}
