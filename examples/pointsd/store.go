package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"

	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/loyalty/sqlstore"
)

// memoryStore is the name of a store that ends with the process.
const memoryStore = "memory:"

// maxConnections is how many connections one replica opens to PostgreSQL. With
// SQLite it is how many readers there are beside the one writer.
const maxConnections = 16

// openStore opens a store by its name, brings its tables up to date, and
// returns how to close it.
func openStore(ctx context.Context, name string) (loyalty.Store, func() error, error) {
	if name == memoryStore {
		return loyalty.NewMemory(), func() error { return nil }, nil
	}
	driver, source, dialect := database(name)
	if dialect == sqlstore.SQLite {
		if _, err := os.Stat(filepath.Dir(name)); err != nil { // of which SQLite would say that memory is short
			return nil, nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		return nil, nil, err
	}
	db.SetMaxOpenConns(maxConnections)
	db.SetMaxIdleConns(maxConnections)
	store, err := sqlstore.New(db, dialect)
	if err == nil {
		err = store.Migrate(ctx)
	}
	if err != nil && dialect == sqlstore.SQLite {
		err = fmt.Errorf("%s: %w", name, err)
	}
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return store, db.Close, nil
}

// database tells PostgreSQL from a file of SQLite. A commit to the file is on
// the disk when it returns; one writer waits for another.
func database(name string) (driver, source string, dialect sqlstore.Dialect) {
	if strings.HasPrefix(name, "postgres://") || strings.HasPrefix(name, "postgresql://") {
		return "pgx", name, sqlstore.PostgreSQL
	}
	options := url.Values{
		"_pragma": {"journal_mode(WAL)", "synchronous(FULL)", "busy_timeout(10000)"},
		"_txlock": {"immediate"},
	}
	file := url.URL{Scheme: "file", Opaque: (&url.URL{Path: name}).EscapedPath(), RawQuery: options.Encode()}
	return "sqlite", file.String(), sqlstore.SQLite
}

// stored fails if a store is a file that is not there: there is nothing to prove,
// and a name that was misspelt must not look as if there were.
func stored(name string) error {
	if _, _, dialect := database(name); name == memoryStore || dialect != sqlstore.SQLite {
		return nil
	}
	_, err := os.Stat(name)
	return err
}
