package sqlstore

import (
	"context"
	"strings"
)

// aloneShape is of a commit that is a transaction by itself: its statement may
// fail, since that undoes all of it.
type aloneShape commitShape

// What the statement fails with, by how it is answered. A duplicate key is
// known by the name of its constraint, which stands in the message in every
// language.
var (
	failuresOfVersion = []string{"loyalty: moved", "loyalty_account_pkey", "loyalty_record_pkey"}
	failuresOfOrder   = []string{"loyalty: overtaken", "loyalty: full"}
)

func contains(err error, any []string) bool {
	for _, text := range any {
		if strings.Contains(err.Error(), text) {
			return true
		}
	}
	return false
}

// commitAlone commits in one statement. What it can't decide goes the longer
// way.
func (p *postgres) commitAlone(ctx context.Context, d *draft) error {
	shape := d.shape()
	a := arguments{draft: d, list: make([]any, 0, 64)}
	a.rows(shape)
	a.counts(commitShape{accounts: shape.accounts, others: shape.others, counters: shape.counters})
	if shape.counters > 0 {
		a.list = append(a.list, d.shard())
	}
	result := 0
	err := p.db.QueryRowContext(ctx, textOf(p, aloneShape(shape.few())), a.list...).Scan(&result)
	switch {
	case err == nil && result == resultWritten:
		return nil
	case err == nil || contains(err, failuresOfVersion):
		return p.staleOf(ctx, p.db, d)
	case contains(err, failuresOfOrder):
		return p.commitExactly(ctx, nil, d)
	}
	return err
}

// text returns the statement. Records that are there are written by an INSERT
// that conflicts, which takes them in order and by the index, whatever the
// planner thinks; that it found each, and at its version, shows in what it
// returns.
//
// A position is that of this transaction. If an account has seen a later one, the
// entries of a single account take that; several go the longer way.
func (a aloneShape) text() string {
	s := commitShape(a)
	b := &statement{}
	s.sources(b)
	counts := commitShape{accounts: s.accounts, others: s.others, counters: s.counters}.rowCounts(b)
	conditions, position := "", "(SELECT loyalty_position(pg_current_xact_id()))"
	gate := ""
	if s.accounts > 0 {
		single := s.accounts == 1 && s.newAccounts+s.others+s.counters == 0
		if single {
			b.WriteString(updateOneAccount)
			gate, position = " WHERE EXISTS (SELECT FROM put_account)", "(SELECT position FROM put_account)"
			conditions += " WHEN NOT EXISTS (SELECT FROM put_account) THEN 1"
		} else {
			b.WriteString(putAccounts)
			conditions += " WHEN (SELECT count(*) FROM put_account WHERE found) <> " + counts.accounts + " THEN loyalty_refuse('loyalty: moved')" +
				" WHEN (SELECT max(position) FROM put_account) > " + position + " THEN loyalty_refuse('loyalty: overtaken')"
		}
	}
	if s.others > 0 {
		b.WriteString(putOthers)
		conditions += " WHEN (SELECT count(*) FROM put_other WHERE found) <> " + counts.others + " THEN loyalty_refuse('loyalty: moved')"
	}
	if s.counters > 0 {
		b.addf(addToShards, b.parameter("smallint"), "true")
		conditions += " WHEN (SELECT count(*) FROM count_up) <> " + counts.counters + " THEN loyalty_refuse('loyalty: full')"
	}
	// In this order, as all commits do.
	if s.newAccounts > 0 {
		b.addf(insertAccounts, position, gate, " RETURNING 1")
		conditions += " WHEN (SELECT count(*) FROM insert_account) = 0 THEN 1"
	}
	if s.newOthers > 0 {
		b.addf(insertOthers, gate, " RETURNING 1")
		conditions += " WHEN (SELECT count(*) FROM insert_other) = 0 THEN 1"
	}
	if s.entries > 0 {
		b.addf(insertEntries, position, gate)
	}
	if conditions == "" {
		conditions = " WHEN false THEN 1"
	}
	b.addf("\nSELECT CASE%s ELSE 0 END", conditions)
	return b.String()
}

const (
	updateOneAccount = `,
put_account AS (UPDATE loyalty_account t
SET version = x.v + 1, position = greatest(t.position, loyalty_position(pg_current_xact_id())), due = x.d, until = x.u, totals = x.t, body = x.b
FROM account x WHERE t.program = x.p AND t.member = x.n AND t.version = x.v RETURNING t.position)`

	// A row that was inserted was not there, so that xmax is 0. It is then
	// undone.
	putAccounts = `,
put_account AS (INSERT INTO loyalty_account AS t (program, member, version, position, due, until, totals, body)
SELECT x.p, x.n, x.v + 1, (SELECT loyalty_position(pg_current_xact_id())), x.d, x.u, x.t, x.b FROM account x
ON CONFLICT (program, member) DO UPDATE
SET version = excluded.version, position = greatest(t.position, excluded.position), due = excluded.due, until = excluded.until,
	totals = excluded.totals, body = excluded.body
WHERE t.version = excluded.version - 1 RETURNING position, xmax <> 0 AS found)`

	putOthers = `,
put_other AS (INSERT INTO loyalty_record AS t (program, kind, name, version, until, body)
SELECT x.p, x.k, x.n, x.v + 1, x.u, x.b FROM other x
ON CONFLICT (name, kind, program) DO UPDATE SET version = excluded.version, until = excluded.until, body = excluded.body
WHERE t.version = excluded.version - 1 RETURNING xmax <> 0 AS found)`

	// %[1]s is the shard, %[2]s what must hold before.
	addToShards = `,
count_up AS (INSERT INTO loyalty_counter AS c (program, kind, number, period, value, shard, count, until)
SELECT x.p, x.k, x.i, x.w, x.x, %[1]s, x.v, x.u FROM counter x
WHERE %[2]s AND NOT EXISTS (
	SELECT FROM loyalty_counter o WHERE o.program = x.p AND o.kind = x.k AND o.number = x.i AND o.period = x.w AND o.value = x.x
	AND o.count > x.share + (o.shard < x.spare)::int)
ON CONFLICT (program, kind, number, period, value, shard) DO UPDATE SET count = c.count + excluded.count, until = excluded.until
WHERE c.count <= (SELECT x.most FROM counter x
	WHERE x.p = excluded.program AND x.k = excluded.kind AND x.i = excluded.number AND x.w = excluded.period AND x.x = excluded.value)
RETURNING 1)`

	// %[1]s is the position, %[2]s what must hold before, %[3]s what comes after.
	insertAccounts = `,
insert_account AS (INSERT INTO loyalty_account (program, member, version, position, due, until, totals, body)
SELECT x.p, x.n, 1, %[1]s, x.d, x.u, x.t, x.b FROM new_account x%[2]s%[3]s)`

	insertOthers = `,
insert_other AS (INSERT INTO loyalty_record (program, kind, name, version, until, body)
SELECT x.p, x.k, x.n, 1, x.u, x.b FROM new_other x%[1]s%[2]s)`

	insertEntries = `,
insert_entry AS (INSERT INTO loyalty_entry (program, member, seq, kind, occurred, recorded, position, body, command)
SELECT x.p, x.n, x.s, x.k, x.c, x.r, %[1]s, x.b, x.e FROM entry x%[2]s)`
)
