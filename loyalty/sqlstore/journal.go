package sqlstore

import (
	"context"
	"fmt"
	"math"

	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/loyalty/sqlstore/internal/link"
)

const (
	entriesOf = `
SELECT seq, kind, occurred, recorded, body, command
FROM loyalty_entry
WHERE program = $1 AND member = $2 AND seq > $3
ORDER BY seq LIMIT $4`

	eraseCommands = `UPDATE loyalty_entry SET command = NULL WHERE program = $1 AND member = $2 AND command IS NOT NULL`
)

// Entries implements [loyalty.Store].
func (s *Store) Entries(ctx context.Context, account loyalty.AccountID, after uint64, limit int) ([]loyalty.Entry, error) {
	if limit < 1 {
		return nil, fmt.Errorf("sqlstore: limit %d: want at least 1", limit)
	}
	if after >= math.MaxInt64 {
		return nil, nil
	}
	rows, err := s.reader().Query(ctx, s.dialect.text(entriesOf), account.Program, account.Member, int64(after), limit)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: entries: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var entries []loyalty.Entry
	for rows.Next() {
		e := loyalty.Entry{Account: account}
		if err := scanEntry(rows, &e); err != nil {
			return nil, fmt.Errorf("sqlstore: entries: %w", err)
		}
		entries = append(entries, e)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("sqlstore: entries: %w", err)
	}
	return entries, nil
}

// scanEntry reads the columns of an entry from seq to command; before and after
// are those that stand around them.
func scanEntry(rows link.Rows, e *loyalty.Entry, beside ...any) error {
	var occurred, recorded int64
	columns := []any{&e.Seq, &e.Kind, &occurred, &recorded, &e.Body, &e.Command}
	if len(beside) > 0 {
		columns = append(append([]any{beside[0]}, columns...), beside[1:]...)
	}
	if err := rows.Scan(columns...); err != nil {
		return err
	}
	e.OccurredAt, e.RecordedAt = instant(occurred), instant(recorded)
	return nil
}

// Erase implements [loyalty.Eraser], in one statement.
func (s *Store) Erase(ctx context.Context, account loyalty.AccountID) error {
	if _, err := s.reader().Exec(ctx, s.dialect.text(eraseCommands), account.Program, account.Member); err != nil {
		return fmt.Errorf("sqlstore: erase: %w", err)
	}
	return nil
}
