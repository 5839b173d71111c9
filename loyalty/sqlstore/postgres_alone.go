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
	failuresOfVersion = []string{"loyalty: moved", "loyalty_record_pkey"}
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
// way, in a transaction of the store's own.
func (p *postgres) commitAlone(ctx context.Context, d *draft) error {
	if !d.spread() {
		return p.commitExactly(ctx, d)
	}
	shape := d.shape()
	alone := aloneShape(shape.few())
	written, err := p.db.Exec(ctx, textOf(p, alone), d.arguments(shape)...)
	switch {
	case err == nil && alone.single():
		if written == 0 {
			return p.staleOf(ctx, p.db, d)
		}
		return nil
	case err == nil:
		return nil
	case contains(err, failuresOfVersion):
		return p.staleOf(ctx, p.db, d)
	case contains(err, failuresOfOrder):
		return p.commitExactly(ctx, d)
	}
	return err
}

// single reports whether a commit has one account that is there, with entries,
// and nothing beside it but a few new records. It is what most are.
func (a aloneShape) single() bool {
	return a.accounts == rowsShape{1, allOld} && a.others.rows <= few && (a.others.rows == 0 || a.others.age == allNew) && a.counters == 0 && a.entries > 0
}

// text returns the statement. Its parts run in the order in which all commits
// take rows: so does the CASE ask for them.
//
// Records are written by an INSERT that conflicts, which takes them in order and
// by the index, whatever the planner thinks; that it met each as it should be
// shows in what it returns. If all are new, a plain INSERT does.
//
// A position is that of this transaction. If an account has seen a later one, the
// entries of a single account take that; several go the longer way.
func (a aloneShape) text() string {
	b := &statement{}
	commitShape(a).sources(b)
	tail := commitShape(a).tail(b)
	if a.single() {
		a.putOne(b)
		return b.String()
	}
	conditions := " WHEN false THEN 1"
	if a.accounts.rows > 0 {
		b.WriteString(putAccounts)
		conditions += " WHEN (SELECT count(*) FROM put_account WHERE met) <> " + tail.accounts + " THEN loyalty_refuse('loyalty: moved')" +
			" WHEN (SELECT max(position) FROM put_account) > " + ownPosition + " THEN loyalty_refuse('loyalty: overtaken')"
	}
	switch {
	case a.others.rows > 0 && a.others.age == allNew:
		b.addf(insertOthers, "", " ORDER BY x.o RETURNING 1")
		conditions += " WHEN (SELECT count(*) FROM put_other) <> " + tail.others + " THEN loyalty_refuse('loyalty: moved')"
	case a.others.rows > 0:
		b.WriteString(putOthers)
		conditions += " WHEN (SELECT count(*) FROM put_other WHERE met) <> " + tail.others + " THEN loyalty_refuse('loyalty: moved')"
	}
	if a.counters > 0 {
		b.addf(addToShards, tail.shard, "true")
		conditions += " WHEN (SELECT count(*) FROM count_up) <> " + tail.counters + " THEN loyalty_refuse('loyalty: full')"
	}
	if a.entries > 0 {
		b.addf(",\ninsert_entry AS ("+insertEntries+")", ownPosition, "")
	}
	b.addf("\nSELECT CASE%s ELSE 0 END", conditions)
	return b.String()
}

// putOne hands what the account returns to the other parts, so that they write
// nothing if the swap is lost, and it needs no error to undo them.
func (a aloneShape) putOne(b *statement) {
	b.WriteString(putAccount)
	if a.others.rows > 0 {
		b.addf(insertOthers, ", put_account", inOrder(a.others.rows))
	}
	b.addf("\n"+insertEntries, "position", ", put_account")
}

// inOrder sorts rows by their numbers. A single one is spared the step.
func inOrder(rows int) string {
	if rows > 1 {
		return " ORDER BY x.o"
	}
	return ""
}

const (
	// The older of two functions for the number of this transaction has it as a
	// bigint; the other one's type becomes that only by way of a text.
	ownPosition = "(SELECT loyalty_position(txid_current()))"

	putAccount = `,
put_account AS (UPDATE loyalty_account t
SET version = x.v + 1, position = greatest(t.position, loyalty_position(txid_current())), due = x.d, until = x.u, totals = x.t, body = x.b
FROM account x WHERE t.program = x.p AND t.member = x.n AND t.version = x.v RETURNING t.position)`

	// What is there has version 1 at least, so that no new record is taken for
	// it. A row that was inserted was not there, so that xmax is 0, and must be
	// new; else it is undone.
	putAccounts = `,
put_account AS (INSERT INTO loyalty_account AS t (program, member, version, position, due, until, totals, body)
SELECT x.p, x.n, x.v + 1, (SELECT loyalty_position(txid_current())), x.d, x.u, x.t, x.b FROM account x ORDER BY x.o
ON CONFLICT (program, member) DO UPDATE
SET version = excluded.version, position = greatest(t.position, excluded.position), due = excluded.due, until = excluded.until,
	totals = excluded.totals, body = excluded.body
WHERE t.version = excluded.version - 1 RETURNING position, (xmax = 0) = (version = 1) AS met)`

	putOthers = `,
put_other AS (INSERT INTO loyalty_record AS t (program, kind, name, version, until, body)
SELECT x.p, x.k, x.n, x.v + 1, x.u, x.b FROM other x ORDER BY x.o
ON CONFLICT (name, kind, program) DO UPDATE SET version = excluded.version, until = excluded.until, body = excluded.body
WHERE t.version = excluded.version - 1 RETURNING (xmax = 0) = (version = 1) AS met)`

	// %[1]s is what stands behind the source, %[2]s what comes after it.
	insertOthers = `,
put_other AS (INSERT INTO loyalty_record (program, kind, name, version, until, body)
SELECT x.p, x.k, x.n, 1, x.u, x.b FROM other x%[1]s%[2]s)`

	// %[1]s is the position, %[2]s what stands behind the source.
	insertEntries = `INSERT INTO loyalty_entry (program, member, seq, kind, occurred, recorded, position, body, command)
SELECT x.p, x.n, x.s, x.k, x.c, x.r, %[1]s, x.b, x.e FROM entry x%[2]s`
)
