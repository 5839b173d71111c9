package sqlstore

import (
	"strings"
	"sync"
	"testing"

	"github.com/regulars-go/regulars/loyalty"
)

// Replicas that start at once bring the schema to its version once.
func TestMigrate(t *testing.T) {
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			at := d.new(t)
			var all sync.WaitGroup
			for range 6 {
				all.Go(func() {
					s, err := at.open(t.Context())
					if err != nil {
						t.Error(err)
						return
					}
					if err := s.Migrate(t.Context()); err != nil {
						t.Error("again:", err)
					}
					s.close()
				})
			}
			all.Wait()
			s := at.store(t)
			var versions int
			if err := s.db.QueryRowContext(t.Context(), `SELECT count(*) FROM loyalty_migration`).Scan(&versions); err != nil || versions != 1 {
				t.Errorf("%d migrations were applied, want 1; error %v", versions, err)
			}
		})
	}
}

// A release refuses a schema that it doesn't know.
func TestMigrateNewer(t *testing.T) {
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			s := d.new(t).store(t)
			if _, err := s.db.ExecContext(t.Context(), `INSERT INTO loyalty_migration (version) VALUES (99)`); err != nil {
				t.Fatal(err)
			}
			if err := s.Migrate(t.Context()); err == nil || !strings.Contains(err.Error(), "version 99") {
				t.Errorf("Migrate: %v, want an error that tells the version", err)
			}
		})
	}
}

// At a higher isolation a lost swap would be an error of the database, and no
// conflict.
func TestMigrateIsolation(t *testing.T) { onPostgreSQL(t, testMigrateIsolation) }

func testMigrateIsolation(t *testing.T, p place) {
	p.address += "&default_transaction_isolation=serializable"
	if _, err := p.open(t.Context()); err == nil || !strings.Contains(err.Error(), "serializable") {
		t.Errorf("Migrate: %v, want an error that tells the isolation", err)
	}
}

func TestNew(t *testing.T) {
	if _, err := New(nil, SQLite); err == nil {
		t.Error("a store without a database")
	}
	s := databases[1].new(t).store(t)
	for _, d := range []Dialect{0, 3} {
		if _, err := New(s.db, d); err == nil {
			t.Errorf("a store of dialect %d", d)
		}
	}
}

// A database that comes from a cluster which had counted further hands out what
// is written to it after what was there.
func TestRestoredElsewhere(t *testing.T) { onPostgreSQL(t, testRestoredElsewhere) }

func testRestoredElsewhere(t *testing.T, p place) {
	s := p.store(t)
	commit := func(version uint64, members ...string) {
		t.Helper()
		if err := s.Commit(t.Context(), journal(version, members...)); err != nil {
			t.Fatal(err)
		}
	}
	read := func(cursor string) (next string, seen string) {
		t.Helper()
		for {
			entries, after, err := s.Feed(t.Context(), "p", cursor, 2)
			if err != nil {
				t.Fatal(err)
			}
			if len(entries) == 0 {
				return cursor, seen
			}
			for _, e := range entries {
				seen += e.Account.Member
			}
			cursor = after
		}
	}
	commit(0, "a", "b")
	if _, seen := read(""); seen != "ab" {
		t.Fatalf("the feed has %q", seen)
	}
	for _, table := range []string{"account", "entry"} { // as if that cluster had begun a million transactions more
		if _, err := s.db.ExecContext(t.Context(), `UPDATE loyalty_`+table+` SET position = position + 1000000`); err != nil {
			t.Fatal(err)
		}
	}
	cursor, seen := read("")
	if seen != "" {
		t.Errorf("the feed has %q, but what lies ahead is held back", seen)
	}
	commit(1, "a", "b") // two accounts whose positions lie ahead
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if cursor, seen = read(cursor); seen != "aabb" {
		t.Errorf("after Migrate the feed has %q, want both entries of both", seen)
	}
	commit(2, "b", "a")
	commit(0, "c")
	if _, seen = read(cursor); seen != "abc" {
		t.Errorf("the feed goes on with %q, want the new entries", seen)
	}
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, seen = read(""); seen != "aabbabc" {
		t.Errorf("from the start the feed has %q", seen)
	}
}

// journal is a batch of an entry for each member, after version others.
func journal(version uint64, members ...string) *loyalty.Batch {
	b := &loyalty.Batch{}
	for _, m := range members {
		account := loyalty.AccountID{Program: "p", Member: m}
		b.Records = append(b.Records, loyalty.Record{ID: account.Record(), Version: version, Body: []byte("x")})
		b.Entries = append(b.Entries, loyalty.Entry{Account: account, Seq: version + 1, OccurredAt: noon, RecordedAt: noon, Body: []byte("x")})
	}
	return b
}
