package sqlstore

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// commitShape is how many rows of each part a commit writes.
type commitShape struct {
	accounts, newAccounts, others, newOthers, entries, counters int
	bound                                                       bool
}

// Outcomes of the statement of a commit. The last two come in the host's
// transaction only, and leave new records behind that must be removed.
const (
	outcomeWritten = iota
	outcomeStale   // a record has another version
	outcomeFull    // a counter may be full: ask all of its shards
	outcomeTaken   // some new records were written, others were there
	outcomeFilled  // as outcomeFull
)

func (d *draft) shape(bound bool) commitShape {
	return commitShape{len(d.accounts), len(d.newAccounts), len(d.others), len(d.newOthers), len(d.entries), len(d.counters), bound}
}

// few makes shapes of many rows alike.
func (s commitShape) few() commitShape {
	for _, n := range [...]*int{&s.accounts, &s.newAccounts, &s.others, &s.newOthers, &s.entries, &s.counters} {
		*n = min(*n, few+1)
	}
	return s
}

// single reports whether one update decides over all: then it needs no lock
// before it.
func (s commitShape) single() bool {
	return !s.bound && s.accounts == 1 && s.newAccounts+s.others+s.counters == 0
}

func (p *postgres) commit(ctx context.Context, host Tx, d *draft) error {
	if len(d.counters) > 0 && !d.spread() {
		return p.commitExactly(ctx, host, d)
	}
	outcome, err := p.write(ctx, host, d)
	if err != nil {
		if strings.Contains(err.Error(), "loyalty_moved") {
			return p.staleOf(ctx, p.db, d)
		}
		return err
	}
	switch outcome {
	case outcomeWritten:
		return nil
	case outcomeFull:
		return p.commitExactly(ctx, host, d)
	default:
		return p.staleOf(ctx, p.of(host), d)
	}
}

func (p *postgres) of(host Tx) Tx {
	if host != nil {
		return host
	}
	return p.db
}

// write runs the statement of a commit. What it leaves behind in the host's
// transaction, if new records were taken, it removes.
func (p *postgres) write(ctx context.Context, host Tx, d *draft) (outcome int, err error) {
	shape := d.shape(host != nil)
	key := shape.few()
	text, ok := p.texts.Load(key)
	if !ok {
		text = key.text()
		p.texts.Store(key, text)
	}
	a := arguments{draft: d, list: make([]any, 0, 64)}
	a.of(shape)
	var accounts, others *string
	if err := p.of(host).QueryRowContext(ctx, text.(string), a.list...).Scan(&outcome, &accounts, &others); err != nil {
		return 0, err
	}
	switch outcome {
	case outcomeTaken:
		return outcomeStale, p.undo(ctx, host, d, accounts, others)
	case outcomeFilled:
		return outcomeFull, p.undo(ctx, host, d, accounts, others)
	}
	return outcome, nil
}

// of appends what the statement of a shape takes, in the order of its text.
func (a *arguments) of(s commitShape) {
	a.rows(s)
	a.counts(s)
	if s.counters > 0 {
		a.list = append(a.list, a.draft.shard())
	}
}

// rows appends the rows of all parts.
func (a *arguments) rows(s commitShape) {
	d := a.draft
	if s.accounts > 0 {
		a.accounts(d.accounts)
	}
	if s.others > 0 {
		a.others(d.others)
	}
	if s.newAccounts > 0 {
		a.accounts(d.newAccounts)
	}
	if s.newOthers > 0 {
		a.others(d.newOthers)
	}
	if s.counters > 0 {
		a.counters(d.counters)
	}
	if s.entries > 0 {
		a.entries(d.entries)
	}
}

// counts appends the numbers of rows that are more than few, which stand in no
// text.
func (a *arguments) counts(s commitShape) {
	for _, n := range [...]int{s.accounts, s.others, s.newAccounts, s.newOthers, s.counters} {
		if n > few {
			a.list = append(a.list, n)
		}
	}
}

// existing is the part of a shape that must be there.
func (s commitShape) existing() commitShape {
	return commitShape{accounts: s.accounts, others: s.others, bound: s.bound}
}

// text returns the statement of a shape. Its parts run in the order in which
// each asks for the outcome of the one before:
//
//	locked    existing records, if their versions are those of the batch
//	ok        all of them are, and no new one is there yet
//	counted   the counters
//	inserted  the new records
//	done      all were inserted
//	…         then the rest is written
//
// In the host's transaction nothing may fail, so the counters come after the
// new records there, which can be removed again; else they come before, and an
// error undoes all of it.
func (s commitShape) text() string {
	if s.single() {
		return s.singleText()
	}
	b := &statement{}
	b.WriteString("WITH ")
	s.sources(b)
	counts := s.countTexts(b)
	s.locks(b, counts)
	gate := "ok"
	if !s.bound {
		gate = s.count(b, gate, counts)
	}
	gate = s.insert(b, gate, counts)
	if s.bound {
		gate = s.count(b, gate, counts)
	}
	s.rest(b, gate)
	s.answer(b)
	return b.String()
}

// sources names the rows of each part.
func (s commitShape) sources(b *statement) {
	for _, part := range [...]struct {
		name    string
		n       int
		columns []column
	}{
		{"account", s.accounts, accountColumns},
		{"other", s.others, recordColumns},
		{"new_account", s.newAccounts, accountColumns},
		{"new_other", s.newOthers, recordColumns},
		{"counter", s.counters, counterColumns},
		{"entry", s.entries, entryColumns},
	} {
		if part.n > 0 {
			fmt.Fprintf(b, "%s AS MATERIALIZED (SELECT * FROM %s),\n", part.name, b.source(part.columns, part.n))
		}
	}
}

// countTexts returns how many rows each part has, as the text says it.
func (s commitShape) countTexts(b *statement) map[string]string {
	counts := map[string]string{}
	for _, part := range [...]struct {
		name string
		n    int
	}{{"account", s.accounts}, {"other", s.others}, {"new_account", s.newAccounts}, {"new_other", s.newOthers}, {"counter", s.counters}} {
		counts[part.name] = strconv.Itoa(part.n)
		if part.n > few {
			counts[part.name] = b.parameter() + "::bigint"
		}
	}
	return counts
}

// locks locks what is there. A position is that of this transaction, or of a
// later one that an account has seen.
func (s commitShape) locks(b *statement, counts map[string]string) {
	position := "loyalty_position(pg_current_xact_id())"
	conditions := []string{"true"}
	if s.accounts > 0 {
		b.WriteString(`locked_account AS (SELECT t.position FROM account x, LATERAL (
	SELECT position FROM loyalty_account WHERE program = x.p AND member = x.n AND version = x.v FOR NO KEY UPDATE) t),
`)
		position = "greatest(" + position + ", (SELECT max(position) FROM locked_account))"
		conditions = append(conditions, "(SELECT count(*) FROM locked_account) = "+counts["account"])
	}
	if s.others > 0 {
		b.WriteString(`locked_other AS (SELECT t.version FROM other x, LATERAL (
	SELECT version FROM loyalty_record WHERE program = x.p AND kind = x.k AND name = x.n AND version = x.v FOR NO KEY UPDATE) t),
`)
		conditions = append(conditions, "(SELECT count(*) FROM locked_other) = "+counts["other"])
	}
	if s.newAccounts > 0 {
		conditions = append(conditions, `NOT EXISTS (SELECT FROM new_account x, LATERAL (
	SELECT FROM loyalty_account WHERE program = x.p AND member = x.n OFFSET 0) t)`)
	}
	if s.newOthers > 0 {
		conditions = append(conditions, `NOT EXISTS (SELECT FROM new_other x, LATERAL (
	SELECT FROM loyalty_record WHERE program = x.p AND kind = x.k AND name = x.n OFFSET 0) t)`)
	}
	fmt.Fprintf(b, "ok AS MATERIALIZED (SELECT %s AS yes),\nplace AS MATERIALIZED (SELECT %s AS position)", strings.Join(conditions, " AND "), position)
}

// count adds to one shard of each counter, if neither it nor another has more
// than its share of the bound. It returns the gate to what comes next.
func (s commitShape) count(b *statement, gate string, counts map[string]string) string {
	if s.counters == 0 {
		return gate
	}
	fmt.Fprintf(b, `,
count_up AS (INSERT INTO loyalty_counter AS c (program, kind, number, period, value, shard, count, until)
SELECT x.p, x.k, x.i, x.w, x.x, %s, x.v, x.u FROM counter x
WHERE (SELECT yes FROM %s) AND NOT EXISTS (
	SELECT FROM loyalty_counter o WHERE o.program = x.p AND o.kind = x.k AND o.number = x.i AND o.period = x.w AND o.value = x.x
	AND o.count > x.share + (o.shard < x.spare)::int)
ON CONFLICT (program, kind, number, period, value, shard) DO UPDATE SET count = c.count + excluded.count, until = excluded.until
WHERE c.count <= (SELECT x.most FROM counter x
	WHERE x.p = excluded.program AND x.k = excluded.kind AND x.i = excluded.number AND x.w = excluded.period AND x.x = excluded.value)
RETURNING 1),
counted AS MATERIALIZED (SELECT (SELECT yes FROM %s) AND (SELECT count(*) FROM count_up) = %s AS yes)`,
		b.parameter(), gate, gate, counts["counter"])
	return "counted"
}

// insert writes the new records.
func (s commitShape) insert(b *statement, gate string, counts map[string]string) string {
	if s.newAccounts+s.newOthers == 0 {
		return gate
	}
	conditions := []string{"(SELECT yes FROM " + gate + ")"}
	if s.newAccounts > 0 {
		fmt.Fprintf(b, `,
insert_account AS (INSERT INTO loyalty_account (program, member, version, position, due, until, totals, body)
SELECT x.p, x.n, 1, (SELECT position FROM place), x.d, x.u, x.t, x.b FROM new_account x WHERE (SELECT yes FROM %s)
ON CONFLICT (program, member) DO NOTHING RETURNING program, member)`, gate)
		conditions = append(conditions, "(SELECT count(*) FROM insert_account) = "+counts["new_account"])
	}
	if s.newOthers > 0 {
		fmt.Fprintf(b, `,
insert_other AS (INSERT INTO loyalty_record (program, kind, name, version, until, body)
SELECT x.p, x.k, x.n, 1, x.u, x.b FROM new_other x WHERE (SELECT yes FROM %s)
ON CONFLICT (program, kind, name) DO NOTHING RETURNING program, kind, name)`, gate)
		conditions = append(conditions, "(SELECT count(*) FROM insert_other) = "+counts["new_other"])
	}
	fmt.Fprintf(b, ",\ninserted AS MATERIALIZED (SELECT %s AS yes)", strings.Join(conditions, " AND "))
	return "inserted"
}

// rest writes what nothing can be in the way of any more.
func (s commitShape) rest(b *statement, gate string) {
	if s.accounts > 0 {
		fmt.Fprintf(b, `,
update_account AS (UPDATE loyalty_account t
SET version = x.v + 1, position = (SELECT position FROM place), due = x.d, until = x.u, totals = x.t, body = x.b
FROM account x WHERE (SELECT yes FROM %s) AND t.program = x.p AND t.member = x.n)`, gate)
	}
	if s.others > 0 {
		fmt.Fprintf(b, `,
update_other AS (UPDATE loyalty_record t SET version = x.v + 1, until = x.u, body = x.b
FROM other x WHERE (SELECT yes FROM %s) AND t.program = x.p AND t.kind = x.k AND t.name = x.n)`, gate)
	}
	if s.entries > 0 {
		fmt.Fprintf(b, `,
insert_entry AS (INSERT INTO loyalty_entry (program, member, seq, kind, occurred, recorded, position, body, command)
SELECT x.p, x.n, x.s, x.k, x.c, x.r, (SELECT position FROM place), x.b, x.e FROM entry x WHERE (SELECT yes FROM %s))`, gate)
	}
}

// answer tells what came of it.
func (s commitShape) answer(b *statement) {
	inserts := s.newAccounts+s.newOthers > 0
	full, taken := "", ""
	if s.counters > 0 {
		full = fmt.Sprintf(" WHEN NOT (SELECT yes FROM counted) THEN %d", [...]int{outcomeFull, outcomeFilled}[bit(s.bound && inserts)])
	}
	if inserts {
		taken = " WHEN NOT (SELECT yes FROM inserted) THEN " + [...]string{"loyalty_moved()", strconv.Itoa(outcomeTaken)}[bit(s.bound)]
	}
	if s.bound {
		full, taken = taken, full // in the order in which they run
	}
	accounts, others := s.undone()
	fmt.Fprintf(b, "\nSELECT CASE WHEN NOT (SELECT yes FROM ok) THEN %d%s%s ELSE 0 END, %s, %s", outcomeStale, full, taken, accounts, others)
}

// undone lists the places of new records that were written although others
// were not.
func (s commitShape) undone() (accounts, others string) {
	accounts, others = "NULL::text", "NULL::text"
	if !s.bound {
		return accounts, others
	}
	if s.newAccounts > 0 {
		accounts = "(SELECT string_agg(x.o::text, ',') FROM new_account x JOIN insert_account i ON i.program = x.p AND i.member = x.n)"
	}
	if s.newOthers > 0 {
		others = "(SELECT string_agg(x.o::text, ',') FROM new_other x JOIN insert_other i ON i.program = x.p AND i.kind = x.k AND i.name = x.n)"
	}
	return accounts, others
}

// singleText is the statement that most commands come to: one account that is
// there, some new records, some entries. If the update finds the version, the
// account is locked by it.
func (s commitShape) singleText() string {
	b := &statement{}
	fmt.Fprintf(b, `WITH update_account AS (UPDATE loyalty_account t
SET version = x.v + 1, position = greatest(t.position, loyalty_position(pg_current_xact_id())), due = x.d, until = x.u, totals = x.t, body = x.b
FROM %s WHERE t.program = x.p AND t.member = x.n AND t.version = x.v RETURNING t.position)`, b.source(accountColumns, s.accounts))
	inserted := ""
	if s.newOthers > 0 {
		fmt.Fprintf(b, `,
insert_other AS (INSERT INTO loyalty_record (program, kind, name, version, until, body)
SELECT x.p, x.k, x.n, 1, x.u, x.b FROM %s WHERE EXISTS (SELECT FROM update_account)
ON CONFLICT (program, kind, name) DO NOTHING RETURNING 1)`, b.source(recordColumns, s.newOthers))
		inserted = " WHEN (SELECT count(*) FROM insert_other) < " + strconv.Itoa(s.newOthers) + " THEN loyalty_moved()"
	}
	if s.entries > 0 {
		fmt.Fprintf(b, `,
insert_entry AS (INSERT INTO loyalty_entry (program, member, seq, kind, occurred, recorded, position, body, command)
SELECT x.p, x.n, x.s, x.k, x.c, x.r, (SELECT position FROM update_account), x.b, x.e FROM %s WHERE EXISTS (SELECT FROM update_account))`,
			b.source(entryColumns, s.entries))
	}
	if s.newOthers > few {
		inserted = strings.Replace(inserted, "< "+strconv.Itoa(s.newOthers), "< "+b.parameter()+"::bigint", 1)
	}
	fmt.Fprintf(b, "\nSELECT CASE WHEN NOT EXISTS (SELECT FROM update_account) THEN 1%s ELSE 0 END, NULL::text, NULL::text", inserted)
	return b.String()
}

// undo removes new records that were written in the host's transaction.
func (p *postgres) undo(ctx context.Context, host Tx, d *draft, accounts, others *string) error {
	for _, gone := range [...]struct {
		places *string
		query  string
	}{
		{accounts, `DELETE FROM loyalty_account t USING json_to_recordset($1::json) AS x(p text COLLATE "C", n text COLLATE "C") WHERE t.program = x.p AND t.member = x.n`},
		{others, `DELETE FROM loyalty_record t USING json_to_recordset($1::json) AS x(p text COLLATE "C", k smallint, n text COLLATE "C") WHERE t.program = x.p AND t.kind = x.k AND t.name = x.n`},
	} {
		if gone.places == nil {
			continue
		}
		var s sheet
		for place := range strings.SplitSeq(*gone.places, ",") {
			i, err := strconv.Atoi(place)
			if err != nil {
				return err
			}
			s.id(i, &d.record(i).ID)
		}
		if _, err := host.ExecContext(ctx, gone.query, s.json()); err != nil {
			return err
		}
	}
	return nil
}
