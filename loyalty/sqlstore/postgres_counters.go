package sqlstore

import (
	"context"
	"hash/fnv"
)

// A counter is kept in shards, so that commits of different members seldom wait
// for each other. Each shard has an equal share of the bound. A commit adds to
// one of them in its one statement, if none has more than its share: then the
// sum can't exceed the bound, whoever adds to the others meanwhile. Whatever
// does not fit so, takes something back or stands near the bound locks all
// shards, is judged by their exact sum, and spreads it evenly again. So no change
// that fits is rejected.

// shards is how many there are: enough for some hundred commits at once, few
// enough to sum whenever a counter is read.
const shards = 16

// shard returns the one that a draft adds to: it is by the member.
func (d *draft) shard() int {
	place := 0
	for _, list := range [...][]int{d.accounts, d.newAccounts} {
		if len(list) > 0 {
			place = list[0]
			break
		}
	}
	if len(d.batch.Records) == 0 {
		return 0
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(d.record(place).ID.Name)) // never fails
	return int(h.Sum32() % shards)
}

// share returns a shard's part of a number that is not negative.
func share(n int64, shard int) int64 { return n/shards + int64(bit(int64(shard) < n%shards)) }

// spread reports whether the changes of all counters may fit into a shard.
func (d *draft) spread() bool {
	shard := d.shard()
	for i := range d.counters {
		c := &d.counters[i]
		if c.Delta < 0 || c.Max < 0 || c.Delta > share(c.Max, shard) {
			return false
		}
	}
	return true
}

const counterRows = `json_to_recordset($1::json) AS x(o int, p text COLLATE "C", k smallint, i bigint, w int, x text COLLATE "C", v bigint, u bigint)`

const (
	postgresOpenShards = `
INSERT INTO loyalty_counter (program, kind, number, period, value, shard, count, until)
SELECT x.p, x.k, x.i, x.w, x.x, shard, 0, x.u FROM ` + counterRows + `, generate_series(0, $2::int - 1) shard
ORDER BY x.o, shard
ON CONFLICT DO NOTHING`

	postgresLockShards = `
SELECT x.o, t.count FROM ` + counterRows + `, LATERAL (
	SELECT count FROM loyalty_counter WHERE program = x.p AND kind = x.k AND number = x.i AND period = x.w AND value = x.x
	ORDER BY shard FOR UPDATE) t`

	postgresPutShards = `
UPDATE loyalty_counter t SET until = x.u,
	count = x.v / $2::int - (x.v % $2::int < 0)::int + (t.shard < mod(x.v % $2::int + $2::int, $2::int))::int
FROM ` + counterRows + `
WHERE t.program = x.p AND t.kind = x.k AND t.number = x.i AND t.period = x.w AND t.value = x.x`
)

// commitExactly commits with the records and all shards of the counters locked.
func (p *postgres) commitExactly(ctx context.Context, host Tx, d *draft) error {
	if host != nil {
		return p.writeExactly(ctx, host, d)
	}
	t, err := p.begin(ctx)
	if err != nil {
		return err
	}
	return t.end(p.writeExactly(ctx, t, d))
}

func (p *postgres) writeExactly(ctx context.Context, tx Tx, d *draft) error {
	if err := p.lock(ctx, tx, d); err != nil {
		return err
	}
	sums, err := p.lockCounters(ctx, tx, d)
	if err != nil {
		return err
	}
	if err := d.bounds(sums); err != nil {
		return err
	}
	if len(d.batch.Records) > 0 {
		rest := *d
		rest.counters = nil
		result, err := p.writeBound(ctx, tx, &rest)
		if err != nil {
			return err
		}
		if result != resultWritten {
			return p.staleOf(ctx, tx, d)
		}
	}
	if len(d.counters) == 0 {
		return nil
	}
	var s sheet
	for i := range d.counters {
		c := &d.counters[i]
		s.counter(i, &c.ID, sums[i]+c.Delta, nullable(c.Until))
	}
	_, err = tx.ExecContext(ctx, postgresPutShards, s.json(), shards)
	return err
}

// lockShape is a shape of which only the first half is run.
type lockShape boundShape

func (l lockShape) text() string {
	s := boundShape(l)
	b := &statement{}
	commitShape(s).sources(b)
	s.locks(b, s.existing().rowCounts(b))
	b.WriteString("\nSELECT yes FROM ok")
	return b.String()
}

// lock locks the records that are there, and compares versions.
func (p *postgres) lock(ctx context.Context, tx Tx, d *draft) error {
	if len(d.batch.Records) == 0 {
		return nil
	}
	shape := boundShape(d.shape())
	shape.entries, shape.counters = 0, 0
	a := arguments{draft: d}
	a.rows(commitShape(shape))
	a.counts(shape.existing())
	yes := false
	if err := tx.QueryRowContext(ctx, textOf(p, lockShape(commitShape(shape).few())), a.list...).Scan(&yes); err != nil {
		return err
	}
	if !yes {
		return p.staleOf(ctx, tx, d)
	}
	return nil
}

// lockCounters locks all shards of the counters, made if need be, and returns
// their sums.
func (p *postgres) lockCounters(ctx context.Context, tx Tx, d *draft) ([]int64, error) {
	if len(d.counters) == 0 {
		return nil, nil
	}
	var s sheet
	for i := range d.counters {
		s.counter(i, &d.counters[i].ID, 0, nullable(d.counters[i].Until))
	}
	rows := s.json()
	if _, err := tx.ExecContext(ctx, postgresOpenShards, rows, shards); err != nil {
		return nil, err
	}
	found, err := tx.QueryContext(ctx, postgresLockShards, rows)
	if err != nil {
		return nil, err
	}
	l := newLoading(nil, d.counterIDs())
	return l.values, l.sum(found)
}
