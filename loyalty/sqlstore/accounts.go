package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"

	"github.com/regulars-go/regulars/loyalty"
)

// The limit stands in the text, so that a planner who sees it knows that a
// page is small, and reads the index in order.
const (
	scanDue = `
SELECT member, due FROM loyalty_account
WHERE program = $1 AND due <= $2 AND (due, member) > ($3, $4)
ORDER BY due, member LIMIT `

	scanAll = `
SELECT member, due FROM loyalty_account
WHERE program = $1 AND member > $2
ORDER BY member LIMIT `
)

// Scan implements [loyalty.Store]. A page of accounts that are due costs what
// the page is, whatever else there is. So does one of all accounts, but for a small
// program beside large ones on PostgreSQL: that costs what the program is.
func (s *Store) Scan(ctx context.Context, q loyalty.Scan) ([]loyalty.Due, error) {
	if q.Limit < 1 {
		return nil, fmt.Errorf("sqlstore: limit %d: want at least 1", q.Limit)
	}
	page, err := s.scan(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: scan: %w", err)
	}
	return page, nil
}

func (s *Store) scan(ctx context.Context, q loyalty.Scan) ([]loyalty.Due, error) {
	var after loyalty.Due
	if q.After != nil {
		after = *q.After
	}
	query, args := scanAll, []any{q.Program, after.Member}
	if !q.UpTo.IsZero() {
		at := firstInstant
		if q.After != nil {
			at = after.At.UnixMicro()
		}
		query, args = scanDue, []any{q.Program, q.UpTo.UnixMicro(), at, after.Member}
	}
	rows, err := s.reader().Query(ctx, s.dialect.text(query)+strconv.Itoa(q.Limit), args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var page []loyalty.Due
	for rows.Next() {
		var d loyalty.Due
		var at sql.NullInt64
		if err := rows.Scan(&d.Member, &at); err != nil {
			return nil, err
		}
		d.At = instantOf(at)
		page = append(page, d)
	}
	return page, rows.Err()
}

// Totals implements [loyalty.Totaler]. It reads all accounts of the program
// that hold something. A sum that exceeds an int64 is an error.
func (s *Store) Totals(ctx context.Context, program string) ([]loyalty.Total, error) {
	rows, err := s.reader().Query(ctx, s.dialect.totals(), program)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: totals: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var totals []loyalty.Total
	for rows.Next() {
		var t loyalty.Total
		if err := rows.Scan(&t.Wallet, &t.Available, &t.Pending, &t.Held, &t.Debt); err != nil {
			return nil, fmt.Errorf("sqlstore: totals: %w", err)
		}
		totals = append(totals, t)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("sqlstore: totals: %w", err)
	}
	return totals, nil
}
