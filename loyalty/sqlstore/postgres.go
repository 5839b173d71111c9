package sqlstore

import (
	"context"
	"strconv"
	"strings"
	"sync"

	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/loyalty/sqlstore/internal/checkpoint"
	"github.com/regulars-go/regulars/loyalty/sqlstore/internal/link"
)

// postgres is the dialect of PostgreSQL. What counts there is round trips and
// transactions: a load is one statement, and so is a commit, which is then a
// transaction by itself.
//
// A statement for few rows has them as VALUES of parameters, so that it is planned
// once and uses the indexes whatever the tables hold; for many rows they come in
// arrays. Either way the text depends on the numbers of rows alone, and on whether
// all are of one program, which is then one parameter.
type postgres struct {
	db    link.Pool
	texts sync.Map // statements by the numbers of rows that they are for
}

func (p *postgres) pool() link.Queryer { return p.db }

func (p *postgres) text(query string) string { return query }

func (p *postgres) begin(ctx context.Context) (*transaction, error) {
	tx, err := p.db.Begin(ctx)
	if err != nil {
		return nil, err
	}
	return &transaction{Tx: tx, done: func() {}}, nil
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
	AND position < loyalty_position(txid_snapshot_xmin(txid_current_snapshot()))
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

func (p *postgres) checkpoint() checkpoint.Texts { return checkpoint.PostgreSQL() }

func (p *postgres) feed(ctx context.Context, tx link.Queryer, program, cursor string, limit int) (*feedPage, error) {
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
	rows, err := tx.Query(ctx, postgresFeed+strconv.Itoa(limit), program, position, member, seq)
	if err != nil {
		return nil, err
	}
	return takeFeed(rows, program)
}

func (p *postgres) prune(ctx context.Context, tx link.Queryer, now int64, limit int) (dropped int, err error) {
	if err := link.One(ctx, tx, postgresPruneCounters, []any{now, limit}, &dropped); err != nil {
		return 0, err
	}
	return pruneRows(ctx, tx, now, limit, dropped, postgresPruneRecords, postgresPruneAccounts)
}

// staleOf names the records of a draft whose versions are others by now. There
// is one at least: a commit has met it.
func (p *postgres) staleOf(ctx context.Context, tx link.Queryer, d *draft) error {
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
