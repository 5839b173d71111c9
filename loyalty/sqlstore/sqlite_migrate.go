package sqlstore

import "context"

func (s *sqlite) migrations() migrations { return migrations{folder: "sqlite"} }

// beginMigration makes the table of migrations first, by itself: a transaction
// must begin with what takes the write lock.
func (s *sqlite) beginMigration(ctx context.Context) (*transaction, error) {
	if _, err := s.db.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS loyalty_migration (version INTEGER PRIMARY KEY) STRICT`); err != nil {
		return nil, err
	}
	return s.beginWith(ctx, `DELETE FROM loyalty_migration WHERE 0`)
}
