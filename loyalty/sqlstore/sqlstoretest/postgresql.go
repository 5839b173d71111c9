// Package sqlstoretest starts a PostgreSQL cluster for the tests of a program
// that keeps points in one, and throws it away after them: [PostgreSQL] gives
// each test a database of its own, and [Main] cleans up.
package sqlstoretest

import (
	"os"
	"sync"
	"testing"
)

var shared struct {
	sync.Mutex
	cluster *cluster
	err     error
}

// Main runs the tests of a package, and then removes the cluster that they
// used, if they used one:
//
//	func TestMain(m *testing.M) { os.Exit(sqlstoretest.Main(m)) }
//
// A test process that is killed removes it, too.
func Main(m *testing.M) int {
	defer func() {
		shared.Lock()
		defer shared.Unlock()
		if shared.cluster != nil {
			shared.cluster.stop()
		}
	}()
	return m.Run()
}

// PostgreSQL returns the address of a new, empty database, as a URL. The first
// call starts a cluster with the server programs found in the folder PG_BIN, in the
// PATH or where Debian keeps them, as the user postgres or nobody if the test
// runs as root. Without such programs the test is skipped; it fails instead if
// REGULARS_REQUIRE_POSTGRES is set.
//
// The cluster listens on a unix socket in a temporary folder only. Its fsync is
// off, which no test that kills clients can tell; measure speed elsewhere.
func PostgreSQL(t testing.TB) string {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if shared.cluster == nil && shared.err == nil {
		bin := programs()
		if bin == "" {
			if os.Getenv("REGULARS_REQUIRE_POSTGRES") != "" {
				t.Fatal("no PostgreSQL server programs: install them, or set PG_BIN to the folder of initdb and pg_ctl")
			}
			t.Skip("skipped: no PostgreSQL server programs; set PG_BIN to the folder of initdb and pg_ctl")
		}
		shared.cluster, shared.err = start(bin)
	}
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	address, err := shared.cluster.database()
	if err != nil {
		t.Fatal(err)
	}
	return address
}
