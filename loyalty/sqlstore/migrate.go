package sqlstore

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/regulars-go/regulars/loyalty/sqlstore/internal/link"
)

//go:embed migrations
var migrationFiles embed.FS

// migrations is how a dialect's schema came to be.
type migrations struct {
	folder string
	begin  []string // what comes first in the transaction
	// end is what comes last, each time; nil if there is nothing.
	end func(ctx context.Context, tx link.Queryer) error
}

// Migrate brings the schema to the version that this release needs: see
// SCHEMA.md for what it holds. It does nothing if it is there already, and may be
// called by any number of processes at once, such as all replicas at their
// start. It is an error if a newer release has changed the schema.
//
// Migrations are numbered files, each applied once, in a transaction. The
// account that the host connects with must be allowed to create tables.
func (s *Store) Migrate(ctx context.Context) error {
	t, err := s.dialect.beginMigration(ctx)
	if err != nil {
		return fmt.Errorf("sqlstore: migrate: %w", err)
	}
	if err := t.end(ctx, migrate(ctx, t, s.dialect.migrations())); err != nil {
		return fmt.Errorf("sqlstore: migrate: %w", err)
	}
	return nil
}

func migrate(ctx context.Context, tx link.Queryer, m migrations) error {
	for _, query := range m.begin {
		if _, err := tx.Exec(ctx, query); err != nil {
			return err
		}
	}
	steps, version := m.steps(), 0
	if err := link.One(ctx, tx, `SELECT coalesce(max(version), 0) FROM loyalty_migration`, nil, &version); err != nil {
		return err
	}
	if version > len(steps) {
		return fmt.Errorf("the schema has version %d, this release knows %d", version, len(steps))
	}
	for ; version < len(steps); version++ {
		for _, query := range append(steps[version], `INSERT INTO loyalty_migration (version) VALUES (`+strconv.Itoa(version+1)+`)`) {
			if _, err := tx.Exec(ctx, query); err != nil {
				return fmt.Errorf("step %d: %w", version+1, err)
			}
		}
	}
	if m.end == nil {
		return nil
	}
	return m.end(ctx, tx)
}

// steps returns the statements of each migration. Between two of them there is
// an empty line.
func (m *migrations) steps() (steps [][]string) {
	for {
		file, err := fs.ReadFile(migrationFiles, "migrations/"+m.folder+"/"+strconv.Itoa(len(steps)+1)+".sql")
		if err != nil {
			return steps // they are embedded: there is no other reason than that this was the last
		}
		var statements []string
		for statement := range strings.SplitSeq(string(file), ";\n\n") {
			statements = append(statements, strings.TrimSuffix(strings.TrimSpace(statement), ";"))
		}
		steps = append(steps, statements)
	}
}
