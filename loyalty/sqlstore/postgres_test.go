package sqlstore

import (
	"database/sql"
	"os"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"

	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/loyalty/loyaltytest"
	"github.com/regulars-go/regulars/loyalty/sqlstore/sqlstoretest"
)

func TestMain(m *testing.M) { os.Exit(sqlstoretest.Main(m)) }

func openPostgreSQL(t testing.TB, address string) *Store {
	db, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	s, err := New(db, PostgreSQL)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPostgreSQL(t *testing.T) {
	loyaltytest.TestStore(t, func(t testing.TB) loyalty.Store { return openPostgreSQL(t, sqlstoretest.PostgreSQL(t)) })
}

func TestPostgreSQLEngine(t *testing.T) {
	loyaltytest.TestEngine(t, func(t testing.TB) loyalty.Store { return openPostgreSQL(t, sqlstoretest.PostgreSQL(t)) })
}
