package sqlstore

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// boundShape is of a commit in a transaction that must not fail: the host's, or
// one in which more than one statement is needed.
type boundShape commitShape

// existing is the part of a shape that must be there.
func (s boundShape) existing() commitShape {
	return commitShape{accounts: s.accounts, others: s.others}
}

// writeBound runs the statement of a commit. New records that it has written
// although others were there it removes again.
func (p *postgres) writeBound(ctx context.Context, tx Tx, d *draft) (result int, err error) {
	shape := d.shape()
	a := arguments{draft: d, list: make([]any, 0, 64)}
	a.rows(shape)
	a.counts(shape)
	if shape.counters > 0 {
		a.list = append(a.list, d.shard())
	}
	var accounts, others *string
	if err := tx.QueryRowContext(ctx, textOf(p, boundShape(shape.few())), a.list...).Scan(&result, &accounts, &others); err != nil {
		return 0, err
	}
	switch result {
	case resultTaken:
		return resultStale, p.undo(ctx, tx, d, accounts, others)
	case resultFilled:
		return resultFull, p.undo(ctx, tx, d, accounts, others)
	}
	return result, nil
}

// text returns the statement. Its parts run in the order in which each asks for
// the outcome of the one before, and none fails:
//
//	locked    records that are there, if their versions are those of the batch
//	ok        all of them are, and no new one is there yet
//	inserted  the new records, all of them
//	counted   the counters, all of them
//
// Only then the rest is written.
func (s boundShape) text() string {
	b := &statement{}
	commitShape(s).sources(b)
	counts := commitShape(s).rowCounts(b)
	s.locks(b, counts)
	gate := s.insert(b, counts)
	if s.counters > 0 {
		b.addf(addToShards, b.parameter("smallint"), "(SELECT yes FROM "+gate+")")
		b.addf(",\ncounted AS MATERIALIZED (SELECT (SELECT yes FROM %s) AND (SELECT count(*) FROM count_up) = %s AS yes)", gate, counts.counters)
		gate = "counted"
	}
	s.rest(b, gate)
	s.answer(b)
	return b.String()
}

// locks locks what is there, by the index and in order. The position is that of
// this transaction, or a later one that an account has seen.
func (s boundShape) locks(b *statement, counts rowCounts) {
	position, conditions := "loyalty_position(pg_current_xact_id())", []string{"true"}
	if s.accounts > 0 {
		b.WriteString(`,
locked_account AS (SELECT t.position FROM account x, LATERAL (
	SELECT position FROM loyalty_account WHERE program = x.p AND member = x.n AND version = x.v FOR NO KEY UPDATE) t)`)
		position = "greatest(" + position + ", (SELECT max(position) FROM locked_account))"
		conditions = append(conditions, "(SELECT count(*) FROM locked_account) = "+counts.accounts)
	}
	if s.others > 0 {
		b.WriteString(`,
locked_other AS (SELECT t.version FROM other x, LATERAL (
	SELECT version FROM loyalty_record WHERE program = x.p AND kind = x.k AND name = x.n AND version = x.v FOR NO KEY UPDATE) t)`)
		conditions = append(conditions, "(SELECT count(*) FROM locked_other) = "+counts.others)
	}
	if s.newAccounts > 0 {
		conditions = append(conditions, `NOT EXISTS (SELECT FROM new_account x, LATERAL (
	SELECT FROM loyalty_account WHERE program = x.p AND member = x.n OFFSET 0) t)`)
	}
	if s.newOthers > 0 {
		conditions = append(conditions, `NOT EXISTS (SELECT FROM new_other x, LATERAL (
	SELECT FROM loyalty_record WHERE program = x.p AND kind = x.k AND name = x.n OFFSET 0) t)`)
	}
	b.addf(",\nok AS MATERIALIZED (SELECT %s AS yes),\nplace AS MATERIALIZED (SELECT %s AS position)", strings.Join(conditions, " AND "), position)
}

// insert writes the new records. It returns the gate to what comes next.
func (s boundShape) insert(b *statement, counts rowCounts) string {
	if s.newAccounts+s.newOthers == 0 {
		return "ok"
	}
	conditions, gate := "(SELECT yes FROM ok)", " WHERE (SELECT yes FROM ok)"
	if s.newAccounts > 0 {
		b.addf(insertAccounts, "(SELECT position FROM place)", gate, " ON CONFLICT (program, member) DO NOTHING RETURNING program, member")
		conditions += " AND (SELECT count(*) FROM insert_account) = " + counts.newAccounts
	}
	if s.newOthers > 0 {
		b.addf(insertOthers, gate, " ON CONFLICT (name, kind, program) DO NOTHING RETURNING program, kind, name")
		conditions += " AND (SELECT count(*) FROM insert_other) = " + counts.newOthers
	}
	b.addf(",\ninserted AS MATERIALIZED (SELECT %s AS yes)", conditions)
	return "inserted"
}

// rest writes what nothing can be in the way of any more.
func (s boundShape) rest(b *statement, gate string) {
	if s.accounts > 0 {
		b.addf(`,
update_account AS (UPDATE loyalty_account t
SET version = x.v + 1, position = (SELECT position FROM place), due = x.d, until = x.u, totals = x.t, body = x.b
FROM account x WHERE (SELECT yes FROM %s) AND t.program = x.p AND t.member = x.n)`, gate)
	}
	if s.others > 0 {
		b.addf(`,
update_other AS (UPDATE loyalty_record t SET version = x.v + 1, until = x.u, body = x.b
FROM other x WHERE (SELECT yes FROM %s) AND t.program = x.p AND t.kind = x.k AND t.name = x.n)`, gate)
	}
	if s.entries > 0 {
		b.addf(insertEntries, "(SELECT position FROM place)", " WHERE (SELECT yes FROM "+gate+")")
	}
}

// answer tells what came of it, and which new records to remove.
func (s boundShape) answer(b *statement) {
	results := fmt.Sprintf(" WHEN NOT (SELECT yes FROM ok) THEN %d", resultStale)
	accounts, others := "NULL::text", "NULL::text"
	full := resultFull
	if s.newAccounts+s.newOthers > 0 {
		full = resultFilled
		results += fmt.Sprintf(" WHEN NOT (SELECT yes FROM inserted) THEN %d", resultTaken)
	}
	if s.counters > 0 {
		results += fmt.Sprintf(" WHEN NOT (SELECT yes FROM counted) THEN %d", full)
	}
	if s.newAccounts > 0 {
		accounts = "(SELECT string_agg(x.o::text, ',') FROM new_account x JOIN insert_account i ON i.program = x.p AND i.member = x.n)"
	}
	if s.newOthers > 0 {
		others = "(SELECT string_agg(x.o::text, ',') FROM new_other x JOIN insert_other i ON i.program = x.p AND i.kind = x.k AND i.name = x.n)"
	}
	b.addf("\nSELECT r.result, CASE WHEN r.result > %[1]d THEN %[2]s END, CASE WHEN r.result > %[1]d THEN %[3]s END FROM (SELECT CASE%[4]s ELSE 0 END AS result OFFSET 0) r",
		resultFull, accounts, others, results)
}

const (
	removeAccounts = `
DELETE FROM loyalty_account t USING json_to_recordset($1::json) AS x(p text COLLATE "C", n text COLLATE "C")
WHERE t.program = x.p AND t.member = x.n`

	removeOthers = `
DELETE FROM loyalty_record t USING json_to_recordset($1::json) AS x(p text COLLATE "C", k smallint, n text COLLATE "C")
WHERE t.program = x.p AND t.kind = x.k AND t.name = x.n`
)

// undo removes new records that this transaction has written: places count
// from 1 in the lists of new records.
func (p *postgres) undo(ctx context.Context, tx Tx, d *draft, accounts, others *string) error {
	for _, part := range [...]struct {
		places *string
		list   []int
		query  string
	}{{accounts, d.newAccounts, removeAccounts}, {others, d.newOthers, removeOthers}} {
		if part.places == nil {
			continue
		}
		var s sheet
		for place := range strings.SplitSeq(*part.places, ",") {
			i, err := strconv.Atoi(place)
			if err != nil {
				return err
			}
			s.id(i, &d.record(part.list[i-1]).ID)
		}
		if _, err := tx.ExecContext(ctx, part.query, s.json()); err != nil {
			return err
		}
	}
	return nil
}
