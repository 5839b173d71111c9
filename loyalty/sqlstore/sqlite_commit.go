package sqlstore

import (
	"context"
	"slices"

	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/loyalty/sqlstore/internal/link"
)

const (
	// The places of records whose version is not the one in the batch.
	sqliteStale = `
SELECT j.value->>'o' FROM json_each(?1) j
LEFT JOIN loyalty_account a ON a.program = j.value->>'p' AND a.member = j.value->>'n'
WHERE coalesce(a.version, 0) <> j.value->>'v'
UNION ALL
SELECT j.value->>'o' FROM json_each(?2) j
LEFT JOIN loyalty_record r ON r.program = j.value->>'p' AND r.kind = j.value->>'k' AND r.name = j.value->>'n'
WHERE coalesce(r.version, 0) <> j.value->>'v'`

	// From here on nothing can be in the way. WHERE true tells the parser that
	// ON begins no join.
	sqlitePutAccounts = `
INSERT INTO loyalty_account (program, member, version, due, until, totals, body)
SELECT j.value->>'p', j.value->>'n', (j.value->>'v') + 1, j.value->>'d', j.value->>'u', j.value->>'t', substr(?2, j.value->>'a', j.value->>'l')
FROM json_each(?1) j WHERE true
ON CONFLICT (program, member) DO UPDATE
SET version = excluded.version, due = excluded.due, until = excluded.until, totals = excluded.totals, body = excluded.body`

	sqlitePutRecords = `
INSERT INTO loyalty_record (program, kind, name, version, until, body)
SELECT j.value->>'p', j.value->>'k', j.value->>'n', (j.value->>'v') + 1, j.value->>'u', substr(?2, j.value->>'a', j.value->>'l')
FROM json_each(?1) j WHERE true
ON CONFLICT (program, kind, name) DO UPDATE
SET version = excluded.version, until = excluded.until, body = excluded.body`

	sqlitePutEntries = `
INSERT INTO loyalty_entry (program, member, seq, kind, occurred, recorded, body, command)
SELECT j.value->>'p', j.value->>'n', j.value->>'s', j.value->>'k', j.value->>'c', j.value->>'r',
	substr(?2, j.value->>'a', j.value->>'l'),
	CASE WHEN j.value->>'e' IS NOT NULL THEN substr(?2, (j.value->>'a') + (j.value->>'l'), j.value->>'e') END
FROM json_each(?1) j`

	sqliteCounters = `
SELECT j.value->>'o', c.count, NULL, NULL, NULL
FROM json_each(?1) j CROSS JOIN loyalty_counter c ON c.program = j.value->>'p' AND c.kind = j.value->>'k'
	AND c.number = j.value->>'i' AND c.period = j.value->>'w' AND c.value = j.value->>'x'`

	sqlitePutCounters = `
INSERT INTO loyalty_counter (program, kind, number, period, value, count, until)
SELECT j.value->>'p', j.value->>'k', j.value->>'i', j.value->>'w', j.value->>'x', j.value->>'v', j.value->>'u'
FROM json_each(?1) j WHERE true
ON CONFLICT (program, kind, number, period, value) DO UPDATE SET count = excluded.count, until = excluded.until`
)

// sqliteFrequent are the statements that commands run.
var sqliteFrequent = []string{
	sqliteLoad, sqliteLock, sqliteStale, sqlitePutAccounts, sqlitePutRecords, sqlitePutEntries, sqliteCounters, sqlitePutCounters,
}

func (s *sqlite) commit(ctx context.Context, host link.Queryer, d *draft) error {
	if host != nil {
		if _, err := host.Exec(ctx, sqliteLock); err != nil {
			return err
		}
		return s.write(ctx, host, d)
	}
	t, err := s.begin(ctx)
	if err != nil {
		return err
	}
	return t.end(ctx, s.write(ctx, t, d))
}

// write checks all of a draft, and then writes it. It holds the write lock.
func (s *sqlite) write(ctx context.Context, tx link.Queryer, d *draft) error {
	var accounts, others, entries sheet
	for _, i := range d.accounts {
		accounts.record(i, d.record(i))
	}
	for _, i := range d.others {
		others.record(i, d.record(i))
	}
	for i := range d.entries {
		entries.entry(&d.entries[i])
	}
	if err := s.stale(ctx, tx, d, &accounts, &others); err != nil {
		return err
	}
	counters, err := s.count(ctx, tx, d)
	if err != nil {
		return err
	}
	for _, put := range [...]struct {
		query string
		sheet *sheet
	}{{sqlitePutAccounts, &accounts}, {sqlitePutRecords, &others}, {sqlitePutEntries, &entries}} {
		if put.sheet.rows == nil {
			continue
		}
		if _, err := tx.Exec(ctx, put.query, put.sheet.json(), slices.Concat(put.sheet.bytes, []byte{0})); err != nil {
			return err
		}
	}
	if counters.rows != nil {
		_, err = tx.Exec(ctx, sqlitePutCounters, counters.json())
	}
	return err
}

// stale finds the records whose version is another.
func (s *sqlite) stale(ctx context.Context, tx link.Queryer, d *draft, accounts, others *sheet) error {
	if accounts.rows == nil && others.rows == nil {
		return nil
	}
	rows, err := tx.Query(ctx, sqliteStale, accounts.json(), others.json())
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	var stale []loyalty.RecordID
	for rows.Next() {
		var place int
		if err := rows.Scan(&place); err != nil {
			return err
		}
		stale = append(stale, d.record(place).ID)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if stale != nil {
		return &loyalty.ConflictError{Records: stale}
	}
	return nil
}

// count checks the counters and returns them as they will be.
func (s *sqlite) count(ctx context.Context, tx link.Queryer, d *draft) (after sheet, err error) {
	if len(d.counters) == 0 {
		return after, nil
	}
	l := newLoading(nil, d.counterIDs())
	var ids sheet
	for i := range l.counters {
		ids.counter(i, &l.counters[i], 0, nil)
	}
	rows, err := tx.Query(ctx, sqliteCounters, ids.json())
	if err == nil {
		err = l.take(rows)
	}
	if err == nil {
		err = d.bounds(l.values)
	}
	for i := range d.counters {
		c := &d.counters[i]
		after.counter(i, &c.ID, l.values[i]+c.Delta, nullable(c.Until))
	}
	return after, err
}
