package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/regulars-go/regulars/loyalty"
)

// postgres is the dialect of PostgreSQL. What counts there is round trips and
// transactions: a load is one statement, and so is a commit, which is then a
// transaction by itself.
//
// A statement for few rows has them as VALUES of parameters, so that it is planned
// once and uses the indexes whatever the tables hold; for many rows they come in
// sheets. Either way the text depends on the number of rows alone.
type postgres struct {
	db    *sql.DB
	texts sync.Map // statements by the numbers of rows that they are for
}

func (p *postgres) pool() Tx { return p.db }

func (p *postgres) text(query string) string { return query }

func (p *postgres) begin(ctx context.Context) (*transaction, error) {
	tx, err := p.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		return nil, err
	}
	return &transaction{Tx: tx, tx: tx, done: func() {}}, nil
}

// few is how many rows are still few.
const few = 8

const (
	postgresTotals = `
SELECT (t.value->>0)::smallint, sum((t.value->>1)::bigint)::bigint, sum((t.value->>2)::bigint)::bigint,
	sum((t.value->>3)::bigint)::bigint, sum((t.value->>4)::bigint)::bigint
FROM loyalty_account a, json_array_elements(a.totals::json) t
WHERE a.program = $1 AND a.totals IS NOT NULL
GROUP BY 1 ORDER BY 1`

	// A position is that of a transaction, or of an older one that the account
	// had seen: so a row whose position lies below all transactions under way is
	// preceded by no row that is yet to come.
	postgresFeed = `
SELECT member, seq, kind, occurred, recorded, body, command, position::text || '/' || seq::text || '/' || member
FROM loyalty_entry
WHERE program = $1 AND position >= $2 AND (position, member, seq) > ($2, $3, $4)
	AND position < loyalty_position(pg_snapshot_xmin(pg_current_snapshot()))
ORDER BY position, member, seq LIMIT `

	// Rows that a command holds are left for the next time.
	postgresPruneRecords = `
DELETE FROM loyalty_record WHERE ctid = ANY (ARRAY(
	SELECT ctid FROM loyalty_record WHERE until <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED))`

	postgresPruneAccounts = `
DELETE FROM loyalty_account WHERE ctid = ANY (ARRAY(
	SELECT ctid FROM loyalty_account WHERE until <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED))`

	// All shards of a counter go together, and count as one; if a command holds
	// one of them, none goes. The last look is at what they are by then.
	postgresPruneCounters = `
WITH over AS MATERIALIZED (
	SELECT program, kind, number, period, value, count(*) AS shards FROM loyalty_counter
	GROUP BY 1, 2, 3, 4, 5 HAVING bool_and(until IS NOT NULL AND until <= $1) LIMIT $2),
held AS MATERIALIZED (
	SELECT c.program, c.kind, c.number, c.period, c.value FROM loyalty_counter c JOIN over USING (program, kind, number, period, value)
	WHERE c.until <= $1 FOR UPDATE OF c SKIP LOCKED),
whole AS MATERIALIZED (
	SELECT program, kind, number, period, value FROM held JOIN over USING (program, kind, number, period, value)
	GROUP BY 1, 2, 3, 4, 5, shards HAVING count(*) = shards),
gone AS (DELETE FROM loyalty_counter c USING whole w
	WHERE c.program = w.program AND c.kind = w.kind AND c.number = w.number AND c.period = w.period AND c.value = w.value)
SELECT count(*) FROM whole`
)

func (p *postgres) totals() string { return postgresTotals }

func (p *postgres) checkpoint() string {
	return `SELECT cursor FROM loyalty_checkpoint WHERE program = $1 AND consumer = $2 FOR UPDATE`
}

func (p *postgres) feed(ctx context.Context, tx Tx, program, cursor string, limit int) (*feedPage, error) {
	position, seq, member := int64(0), int64(0), ""
	if cursor != "" {
		parts := strings.SplitN(cursor, "/", 3)
		if len(parts) < 3 {
			return nil, errCursor(cursor)
		}
		var err error
		if position, err = strconv.ParseInt(parts[0], 10, 64); err != nil {
			return nil, errCursor(cursor)
		}
		if seq, err = strconv.ParseInt(parts[1], 10, 64); err != nil {
			return nil, errCursor(cursor)
		}
		member = parts[2]
	}
	rows, err := tx.QueryContext(ctx, postgresFeed+strconv.Itoa(limit), program, position, member, seq)
	if err != nil {
		return nil, err
	}
	return takeFeed(rows, program)
}

func (p *postgres) prune(ctx context.Context, tx Tx, now int64, limit int) (dropped int, err error) {
	if err := tx.QueryRowContext(ctx, postgresPruneCounters, now, limit).Scan(&dropped); err != nil {
		return 0, err
	}
	return pruneRows(ctx, tx, now, limit, dropped, postgresPruneRecords, postgresPruneAccounts)
}

// loadShape is how many rows a load asks for.
type loadShape struct{ accounts, others, counters int }

func (p *postgres) load(ctx context.Context, tx Tx, l *loading) error {
	shape := loadShape{len(l.accounts), len(l.others), len(l.counters)}
	if shape.accounts+shape.others+shape.counters > few {
		return p.loadMany(ctx, tx, l)
	}
	args := make([]any, 0, 8*few)
	for _, i := range l.accounts {
		args = append(args, i, l.ids[i].Program, l.ids[i].Name)
	}
	for _, i := range l.others {
		args = append(args, i, l.ids[i].Program, int64(l.ids[i].Kind), l.ids[i].Name)
	}
	for i := range l.counters {
		c := &l.counters[i]
		args = append(args, len(l.ids)+i, c.Program, int64(c.Kind), int64(c.Number), int64(c.Window), c.Value)
	}
	rows, err := tx.QueryContext(ctx, textOf(p, shape), args...)
	if err != nil {
		return err
	}
	return l.take(rows)
}

func (s loadShape) text() string {
	var b strings.Builder
	n := 0
	arg := func(kind string) string { n++; return fmt.Sprintf("$%d::%s", n, kind) }
	add := func(format string, args ...any) {
		if b.Len() > 0 {
			b.WriteString("\nUNION ALL\n")
		}
		fmt.Fprintf(&b, format, args...)
	}
	for range s.accounts {
		add("SELECT %s, version, due, until, body FROM loyalty_account WHERE program = %s AND member = %s", arg("int"), arg("text"), arg("text"))
	}
	for range s.others {
		add("SELECT %s, version, NULL::bigint, until, body FROM loyalty_record WHERE program = %s AND kind = %s AND name = %s",
			arg("int"), arg("text"), arg("smallint"), arg("text"))
	}
	for range s.counters {
		add(`SELECT %s, coalesce(sum(count), 0)::bigint, NULL::bigint, NULL::bigint, NULL::bytea FROM loyalty_counter
WHERE program = %s AND kind = %s AND number = %s AND period = %s AND value = %s`,
			arg("int"), arg("text"), arg("smallint"), arg("bigint"), arg("int"), arg("text"))
	}
	return b.String()
}

// OFFSET 0 keeps the look-ups by index, row by row; the sub-selects hide how
// many there are from the planner.
const postgresLoadMany = `
SELECT x.o, t.* FROM unnest((SELECT $1::int[]), (SELECT $2::text[]), (SELECT $3::text[])) AS x(o, p, n),
LATERAL (SELECT version, due, until, body FROM loyalty_account WHERE program = x.p COLLATE "C" AND member = x.n COLLATE "C" OFFSET 0) t
UNION ALL
SELECT x.o, t.* FROM unnest((SELECT $4::int[]), (SELECT $5::text[]), (SELECT $6::smallint[]), (SELECT $7::text[])) AS x(o, p, k, n),
LATERAL (SELECT version, NULL::bigint, until, body FROM loyalty_record WHERE program = x.p COLLATE "C" AND kind = x.k AND name = x.n COLLATE "C" OFFSET 0) t
UNION ALL
SELECT x.o, t.count, NULL, NULL, NULL FROM unnest((SELECT $8::int[]), (SELECT $9::text[]), (SELECT $10::text[]),
	(SELECT $11::smallint[]), (SELECT $12::bigint[]), (SELECT $13::int[])) AS x(o, p, x, k, i, w),
LATERAL (SELECT coalesce(sum(count), 0)::bigint AS count FROM loyalty_counter
	WHERE program = x.p COLLATE "C" AND kind = x.k AND number = x.i AND period = x.w AND value = x.x COLLATE "C" OFFSET 0) t`

func (p *postgres) loadMany(ctx context.Context, tx Tx, l *loading) error {
	accounts, others, counters := newTable(3, len(l.accounts)), newTable(4, len(l.others)), newTable(6, len(l.counters))
	for _, i := range l.accounts {
		accounts.int(int64(i))
		accounts.text(l.ids[i].Program)
		accounts.text(l.ids[i].Name)
	}
	for _, i := range l.others {
		others.int(int64(i))
		others.text(l.ids[i].Program)
		others.int(int64(l.ids[i].Kind))
		others.text(l.ids[i].Name)
	}
	for i := range l.counters {
		counters.int(int64(len(l.ids) + i))
		counters.counter(&l.counters[i])
	}
	args := counters.appendTo(others.appendTo(accounts.appendTo(nil)))
	rows, err := tx.QueryContext(ctx, postgresLoadMany, args...)
	if err != nil {
		return err
	}
	return l.take(rows)
}

// staleOf names the records of a draft whose versions are others by now. There
// is one at least: a commit has met it.
func (p *postgres) staleOf(ctx context.Context, tx Tx, d *draft) error {
	ids := d.ids()
	l := newLoading(ids, nil)
	if err := p.load(ctx, tx, l); err != nil {
		return err
	}
	var stale []loyalty.RecordID
	for i := range ids {
		if l.records[i].Version != d.record(i).Version {
			stale = append(stale, ids[i])
		}
	}
	if stale == nil { // what was in the way has been dropped since
		stale = ids
	}
	return &loyalty.ConflictError{Records: stale}
}
