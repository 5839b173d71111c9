package sqlstore

import (
	"context"
	"database/sql"
	"strconv"

	"github.com/regulars-go/regulars/loyalty/sqlstore/internal/checkpoint"
	"github.com/regulars-go/regulars/loyalty/sqlstore/internal/link"
)

// sqlite is the dialect of SQLite. All of it runs in the host's process, so
// statements cost no round trips, and one writer at a time is all there is: a
// transaction takes the write lock first, and then checks and writes at leisure.
type sqlite struct {
	db       *sql.DB
	prepared prepared
	// writing holds a token while a transaction of this process writes. The
	// others wait for it here, in order, and not for SQLite, which makes them
	// sleep and look again. Other processes wait for SQLite.
	writing chan struct{}
}

func newSQLite(db *sql.DB) *sqlite {
	return &sqlite{db: db, writing: make(chan struct{}, 1)}
}

func (s *sqlite) pool() link.Queryer { return standard{s.db} }

func (s *sqlite) text(query string) string { return questionMarks(query) }

// sqliteLock takes the write lock, and changes nothing.
const sqliteLock = `DELETE FROM loyalty_checkpoint WHERE 0`

func (s *sqlite) begin(ctx context.Context) (*transaction, error) {
	if err := s.prepared.ready(ctx, s.db); err != nil {
		return nil, err
	}
	return s.beginWith(ctx, sqliteLock)
}

// beginWith begins a transaction with a statement that takes the write lock.
func (s *sqlite) beginWith(ctx context.Context, lock string) (*transaction, error) {
	select {
	case s.writing <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	done := func() { <-s.writing }
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		done()
		return nil, err
	}
	t := &transaction{Tx: standardTx{standard{preparedTx{&s.prepared, tx}}, tx}, done: done}
	if _, err := t.Exec(ctx, lock); err != nil {
		return nil, t.end(ctx, err)
	}
	return t, nil
}

const (
	sqliteLoad = `
SELECT j.value->>'o', a.version, a.due, a.until, a.body
FROM json_each(?1) j CROSS JOIN loyalty_account a ON a.program = j.value->>'p' AND a.member = j.value->>'n'
UNION ALL
SELECT j.value->>'o', r.version, NULL, r.until, r.body
FROM json_each(?2) j CROSS JOIN loyalty_record r ON r.program = j.value->>'p' AND r.kind = j.value->>'k' AND r.name = j.value->>'n'
UNION ALL
SELECT j.value->>'o', c.count, NULL, NULL, NULL
FROM json_each(?3) j CROSS JOIN loyalty_counter c ON c.program = j.value->>'p' AND c.kind = j.value->>'k'
	AND c.number = j.value->>'i' AND c.period = j.value->>'w' AND c.value = j.value->>'x'`

	sqliteTotals = `
SELECT t.value->>0, sum(t.value->>1), sum(t.value->>2), sum(t.value->>3), sum(t.value->>4)
FROM loyalty_account a, json_each(a.totals) t
WHERE a.program = ?1 AND a.totals IS NOT NULL
GROUP BY 1 ORDER BY 1`

	// The position is the key that SQLite gives in the order of inserts. Since
	// one writes at a time, that is the order of commits. The plus keeps it from
	// looking for the program first.
	sqliteFeed = `
SELECT member, seq, kind, occurred, recorded, body, command, position
FROM loyalty_entry
WHERE position > ?2 AND +program = ?1
ORDER BY position LIMIT ?3`

	sqlitePruneRecords  = `DELETE FROM loyalty_record WHERE (program, kind, name) IN (SELECT program, kind, name FROM loyalty_record WHERE until <= ?1 LIMIT ?2)`
	sqlitePruneAccounts = `DELETE FROM loyalty_account WHERE rowid IN (SELECT rowid FROM loyalty_account WHERE until <= ?1 LIMIT ?2)`
	sqlitePruneCounters = `DELETE FROM loyalty_counter WHERE (program, kind, number, period, value) IN (SELECT program, kind, number, period, value FROM loyalty_counter WHERE until <= ?1 LIMIT ?2)`
)

func (s *sqlite) load(ctx context.Context, tx link.Queryer, l *loading) error {
	accounts, others, counters := l.sheets()
	if tx == s.pool() {
		if err := s.prepared.ready(ctx, s.db); err != nil {
			return err
		}
		tx = standard{preparedDB{&s.prepared, s.db}}
	}
	rows, err := tx.Query(ctx, sqliteLoad, accounts.json(), others.json(), counters.json())
	if err != nil {
		return err
	}
	return l.take(rows)
}

// checkpoint needs no lock: the transaction has it.
func (s *sqlite) checkpoint() checkpoint.Texts {
	return checkpoint.Texts{Open: s.text(checkpoint.Open), Get: s.text(checkpoint.Get), Put: s.text(checkpoint.Put)}
}

func (s *sqlite) totals() string { return sqliteTotals }

func (s *sqlite) feed(ctx context.Context, tx link.Queryer, program, cursor string, limit int) (*feedPage, error) {
	at := int64(0)
	if cursor != "" {
		n, err := strconv.ParseInt(cursor, 10, 64)
		if err != nil {
			return nil, errCursor(cursor)
		}
		at = n
	}
	rows, err := tx.Query(ctx, sqliteFeed, program, at, limit)
	if err != nil {
		return nil, err
	}
	return takeFeed(rows, program)
}

func (s *sqlite) prune(ctx context.Context, tx link.Queryer, now int64, limit int) (int, error) {
	return pruneRows(ctx, tx, now, limit, 0, sqlitePruneCounters, sqlitePruneRecords, sqlitePruneAccounts)
}
