package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"github.com/regulars-go/regulars/loyalty/sqlstore/internal/link"
)

// boundShape is of a commit in a transaction that must not fail: the host's.
type boundShape commitShape

// commitBound commits in one statement. What it can't decide goes the longer way.
func (p *postgres) commitBound(ctx context.Context, tx link.Queryer, d *draft) error {
	if !d.spread() {
		return p.writeExactly(ctx, tx, d)
	}
	shape := d.shape()
	result, err := p.write(ctx, tx, d, textOf(p, boundShape(shape.few())), d.arguments(shape))
	switch {
	case err != nil || result == resultWritten:
		return err
	case result == resultFull:
		return p.writeExactly(ctx, tx, d)
	}
	return p.staleOf(ctx, tx, d)
}

// text returns the statement. Its parts run in the order in which each asks for
// the outcome of the one before, and none fails:
//
//	ok       all records seem to be at their versions; what follows takes rows
//	held     records that are there are locked, new ones inserted: all of them
//	counted  the counters, all of them
//
// Only then the rest is written. The order is that of all commits: accounts,
// other records, counters.
func (s boundShape) text() string {
	b := &statement{}
	commitShape(s).sources(b)
	tail := commitShape(s).tail(b)
	s.look(b)
	s.hold(b, tail)
	gate := "(SELECT yes FROM held)"
	if s.counters > 0 {
		b.addf(addToShards, tail.shard, gate)
		b.addf(",\ncounted AS MATERIALIZED (SELECT %s AND (SELECT count(*) FROM count_up) = %s AS yes)", gate, tail.counters)
		gate = "(SELECT yes FROM counted)"
	}
	s.rest(b, gate)
	s.answer(b)
	return b.String()
}

// look compares versions without taking anything. A position is that of this
// transaction, or a later one that an account has seen; it is of no use unless
// the account still has its version when it is held.
func (s boundShape) look(b *statement) {
	met, position := "true", "loyalty_position(txid_current())"
	if s.accounts.rows > 0 {
		b.WriteString(`,
seen_account AS MATERIALIZED (SELECT x.v = coalesce(t.version, 0) AS met, t.position FROM account x LEFT JOIN LATERAL (
	SELECT version, position FROM loyalty_account WHERE program = x.p AND member = x.n OFFSET 0) t ON true)`)
		met += " AND (SELECT bool_and(met) FROM seen_account)"
		position = "greatest(" + position + ", (SELECT max(position) FROM seen_account))"
	}
	if s.others.rows > 0 {
		b.WriteString(`,
seen_other AS MATERIALIZED (SELECT x.v = coalesce(t.version, 0) AS met FROM other x LEFT JOIN LATERAL (
	SELECT version FROM loyalty_record WHERE program = x.p AND kind = x.k AND name = x.n OFFSET 0) t ON true)`)
		met += " AND (SELECT bool_and(met) FROM seen_other)"
	}
	b.addf(",\nok AS MATERIALIZED (SELECT %s AS yes),\nplace AS MATERIALIZED (SELECT %s AS position)", met, position)
}

// hold takes the records. Where some are new, an INSERT takes all in order: it
// locks what is there, and does not change it. What has another version by then
// is found by a look that locks, which does not wait any more.
func (s boundShape) hold(b *statement, tail tail) {
	gate := "(SELECT yes FROM ok)"
	for _, part := range [...]struct {
		rowsShape
		name   string
		insert string
		lock   string
		count  string
	}{
		{s.accounts, "account", insertAccounts, lockAccounts, tail.accounts},
		{s.others, "other", insertRecords, lockRecords, tail.others},
	} {
		if part.rows == 0 {
			continue
		}
		held, after := "0", gate
		if part.age != allOld {
			b.addf(part.insert, gate)
			inserted := fmt.Sprintf("(SELECT count(*) FROM insert_%s WHERE version = 1)", part.name)
			held, after = inserted, gate+" AND "+inserted+" >= 0"
		}
		if part.age != allNew {
			b.addf(part.lock, after)
			held += fmt.Sprintf(" + (SELECT count(*) FROM lock_%s)", part.name)
		}
		gate += fmt.Sprintf(" AND %s = %s", held, part.count)
	}
	b.addf(",\nheld AS MATERIALIZED (SELECT %s AS yes)", gate)
}

// %[1]s is what must hold before. Only a new record has version 1 when it is
// inserted: one that was there, and is gone, has another.
const (
	insertAccounts = `,
insert_account AS (INSERT INTO loyalty_account AS t (program, member, version, position, due, until, totals, body)
SELECT x.p, x.n, x.v + 1, (SELECT position FROM place), x.d, x.u, x.t, x.b FROM account x WHERE %[1]s ORDER BY x.o
ON CONFLICT (program, member) DO UPDATE SET version = t.version WHERE false RETURNING program, member, version)`

	insertRecords = `,
insert_other AS (INSERT INTO loyalty_record AS t (program, kind, name, version, until, body)
SELECT x.p, x.k, x.n, x.v + 1, x.u, x.b FROM other x WHERE %[1]s ORDER BY x.o
ON CONFLICT (name, kind, program) DO UPDATE SET version = t.version WHERE false RETURNING program, kind, name, version)`

	lockAccounts = `,
lock_account AS (SELECT FROM (SELECT * FROM account ORDER BY o) x, LATERAL (
	SELECT FROM loyalty_account WHERE program = x.p AND member = x.n AND version = x.v FOR NO KEY UPDATE) t WHERE %[1]s)`

	lockRecords = `,
lock_other AS (SELECT FROM (SELECT * FROM other ORDER BY o) x, LATERAL (
	SELECT FROM loyalty_record WHERE program = x.p AND kind = x.k AND name = x.n AND version = x.v FOR NO KEY UPDATE) t WHERE %[1]s)`
)

// rest writes what nothing can be in the way of any more.
func (s boundShape) rest(b *statement, gate string) {
	if s.accounts.rows > 0 && s.accounts.age != allNew {
		b.addf(`,
update_account AS (UPDATE loyalty_account t
SET version = x.v + 1, position = (SELECT position FROM place), due = x.d, until = x.u, totals = x.t, body = x.b
FROM account x WHERE %s AND t.program = x.p AND t.member = x.n AND x.v > 0)`, gate)
	}
	if s.others.rows > 0 && s.others.age != allNew {
		b.addf(`,
update_other AS (UPDATE loyalty_record t SET version = x.v + 1, until = x.u, body = x.b
FROM other x WHERE %s AND t.program = x.p AND t.kind = x.k AND t.name = x.n AND x.v > 0)`, gate)
	}
	if s.entries > 0 {
		b.addf(",\ninsert_entry AS ("+insertEntries+")", "(SELECT position FROM place)", " WHERE "+gate)
	}
}

// answer tells what came of it and, unless all is written, which rows have been
// written all the same: their numbers in the sources.
func (s boundShape) answer(b *statement) {
	result := fmt.Sprintf("CASE WHEN NOT (SELECT yes FROM held) THEN %d", resultStale)
	accounts, others, counters := "NULL::text", "NULL::text", "NULL::text"
	if s.counters > 0 {
		result += fmt.Sprintf(" WHEN NOT (SELECT yes FROM counted) THEN %d", resultFull)
	}
	if s.accounts.rows > 0 && s.accounts.age != allOld {
		accounts = "(SELECT string_agg(x.o::text, ',') FROM account x JOIN insert_account i ON i.program = x.p AND i.member = x.n)"
	}
	if s.others.rows > 0 && s.others.age != allOld {
		others = "(SELECT string_agg(x.o::text, ',') FROM other x JOIN insert_other i ON i.program = x.p AND i.kind = x.k AND i.name = x.n)"
	}
	if s.counters > 1 {
		counters = `(SELECT string_agg(x.o::text, ',') FROM counter x JOIN count_up i ON i.program = x.p AND i.kind = x.k AND i.number = x.i AND i.period = x.w AND i.value = x.x)`
	}
	b.addf("\nSELECT r.result, CASE WHEN r.result > 0 THEN %s END, CASE WHEN r.result > 0 THEN %s END, CASE WHEN r.result > 0 THEN %s END FROM (SELECT %s ELSE %d END AS result OFFSET 0) r",
		accounts, others, counters, result, resultWritten)
}

// write runs a statement of the kind above. Unless all is written, it takes back
// what is.
func (p *postgres) write(ctx context.Context, tx link.Queryer, d *draft, query string, args []any) (result int, err error) {
	var accounts, others, counters sql.NullString
	if err := link.One(ctx, tx, query, args, &result, &accounts, &others, &counters); err != nil || result == resultWritten {
		return result, err
	}
	var w written
	for _, part := range [...]struct {
		list    *[]int
		numbers sql.NullString
	}{{&w.accounts, accounts}, {&w.others, others}, {&w.counters, counters}} {
		if *part.list, err = places(part.numbers); err != nil {
			return 0, err
		}
	}
	return result, w.undo(ctx, tx, d)
}

// places reads numbers that count from 1.
func places(numbers sql.NullString) (list []int, err error) {
	if !numbers.Valid {
		return nil, nil
	}
	for number := range strings.SplitSeq(numbers.String, ",") {
		n, err := strconv.Atoi(number)
		if err != nil {
			return nil, err
		}
		list = append(list, n-1)
	}
	return list, nil
}

// written are rows that were written before something was in the way: places in
// the lists of a draft.
type written struct{ accounts, others, counters []int }

// fresh are the new records.
func (d *draft) fresh() (w written) {
	for i, place := range d.accounts {
		if d.record(place).Version == 0 {
			w.accounts = append(w.accounts, i)
		}
	}
	for i, place := range d.others {
		if d.record(place).Version == 0 {
			w.others = append(w.others, i)
		}
	}
	return w
}

const (
	removeAccounts = `
DELETE FROM loyalty_account t USING json_to_recordset($1::json) AS x(p text COLLATE "C", n text COLLATE "C")
WHERE t.program = x.p AND t.member = x.n`

	removeRecords = `
DELETE FROM loyalty_record t USING json_to_recordset($1::json) AS x(p text COLLATE "C", k smallint, n text COLLATE "C")
WHERE t.program = x.p AND t.kind = x.k AND t.name = x.n`

	subtract = `
UPDATE loyalty_counter t SET count = t.count - x.v FROM ` + counterRows + `
WHERE t.program = x.p AND t.kind = x.k AND t.number = x.i AND t.period = x.w AND t.value = x.x AND t.shard = $2`
)

// undo removes the records, and subtracts what was added.
func (w *written) undo(ctx context.Context, tx link.Queryer, d *draft) error {
	var accounts, others, counters sheet
	for _, i := range w.accounts {
		accounts.id(i, &d.record(d.accounts[i]).ID)
	}
	for _, i := range w.others {
		others.id(i, &d.record(d.others[i]).ID)
	}
	for _, i := range w.counters {
		counters.counter(i, &d.counters[i].ID, d.counters[i].Delta, nil)
	}
	for _, part := range [...]struct {
		sheet *sheet
		query string
		args  []any
	}{{&accounts, removeAccounts, nil}, {&others, removeRecords, nil}, {&counters, subtract, []any{d.shard()}}} {
		if part.sheet.rows == nil {
			continue
		}
		if _, err := tx.Exec(ctx, part.query, append([]any{part.sheet.json()}, part.args...)...); err != nil {
			return err
		}
	}
	return nil
}
