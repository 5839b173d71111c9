package sqlstore

import "hash/fnv"

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

// shard returns the one that a draft adds to: it is by the first member.
func (d *draft) shard() int {
	if len(d.batch.Records) == 0 {
		return 0
	}
	place := 0
	if len(d.accounts) > 0 {
		place = d.accounts[0]
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

// %[1]s is the shard, %[2]s what must hold before. A row that has no room is not
// written, and then not all are; mostly that is seen before any is taken.
const addToShards = `,
count_up AS (INSERT INTO loyalty_counter AS c (program, kind, number, period, value, shard, count, until)
SELECT x.p, x.k, x.i, x.w, x.x, %[1]s, x.v, x.u FROM counter x
WHERE %[2]s AND NOT EXISTS (SELECT FROM counter y, LATERAL (
	SELECT FROM loyalty_counter o WHERE o.program = y.p AND o.kind = y.k AND o.number = y.i AND o.period = y.w AND o.value = y.x
	AND o.count > CASE o.shard WHEN %[1]s THEN y.most ELSE y.share + (o.shard < y.spare)::int END OFFSET 0) o)
ORDER BY x.o
ON CONFLICT (program, kind, number, period, value, shard) DO UPDATE SET count = c.count + excluded.count, until = excluded.until
WHERE c.count <= (SELECT x.most FROM counter x
	WHERE x.p = excluded.program AND x.k = excluded.kind AND x.i = excluded.number AND x.w = excluded.period AND x.x = excluded.value)
RETURNING program, kind, number, period, value)`

const (
	// Shards that are there are locked, in order, and not changed.
	postgresOpenShards = `
INSERT INTO loyalty_counter AS c (program, kind, number, period, value, shard, count, until)
SELECT x.p, x.k, x.i, x.w, x.x, shard, 0, x.u FROM ` + counterRows + `, generate_series(0, $2::int - 1) shard
ORDER BY x.o, shard
ON CONFLICT (program, kind, number, period, value, shard) DO UPDATE SET count = c.count WHERE false`

	postgresSumShards = `
SELECT x.o, t.count FROM ` + counterRows + `, LATERAL (
	SELECT count FROM loyalty_counter WHERE program = x.p AND kind = x.k AND number = x.i AND period = x.w AND value = x.x OFFSET 0) t`

	postgresPutShards = `
UPDATE loyalty_counter t SET until = x.u,
	count = x.v / $2::int - (x.v % $2::int < 0)::int + (t.shard < mod(x.v % $2::int + $2::int, $2::int))::int
FROM ` + counterRows + `
WHERE t.program = x.p AND t.kind = x.k AND t.number = x.i AND t.period = x.w AND t.value = x.x`
)
