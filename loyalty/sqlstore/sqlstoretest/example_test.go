package sqlstoretest_test

import (
	"database/sql"
	"os"
	"testing"

	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/loyalty/loyaltytest"
	"github.com/regulars-go/regulars/loyalty/sqlstore"
	"github.com/regulars-go/regulars/loyalty/sqlstore/sqlstoretest"
)

// In the tests of a program that keeps points in PostgreSQL: a cluster for all
// of them, and a database for each.
func Example() {
	_ = func(m *testing.M) { os.Exit(sqlstoretest.Main(m)) } // TestMain
	_ = func(t *testing.T) {
		loyaltytest.TestStore(t, func(t testing.TB) loyalty.Store {
			db, err := sql.Open("pgx", sqlstoretest.PostgreSQL(t))
			if err != nil {
				t.Fatal(err)
			}
			store, err := sqlstore.New(db, sqlstore.PostgreSQL)
			if err != nil {
				t.Fatal(err)
			}
			return store
		})
	}
	// Output:
}
