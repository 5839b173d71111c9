package sqlstore

import (
	"database/sql"

	"github.com/regulars-go/regulars/loyalty"
)

// loading is what a Load is asked for, by table, and its answer.
type loading struct {
	ids      []loyalty.RecordID
	accounts []int // places in ids
	others   []int
	counters []loyalty.CounterID
	records  []loyalty.Record
	values   []int64
}

func newLoading(ids []loyalty.RecordID, counters []loyalty.CounterID) *loading {
	l := &loading{ids: ids, counters: counters}
	if len(ids) > 0 {
		l.records = make([]loyalty.Record, len(ids))
	}
	if len(counters) > 0 {
		l.values = make([]int64, len(counters))
	}
	for i, id := range ids {
		l.records[i].ID = id
		if id.Kind == loyalty.KindAccount {
			l.accounts = append(l.accounts, i)
		} else {
			l.others = append(l.others, i)
		}
	}
	return l
}

// A row of an answer is: the place that it is for, its version, due, until and
// body. Places of counters come after those of all records, and their version
// is their value.
func (l *loading) take(rows *sql.Rows) error {
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var place int
		var version int64
		var due, until sql.NullInt64
		var body []byte
		if err := rows.Scan(&place, &version, &due, &until, &body); err != nil {
			return err
		}
		if place >= len(l.ids) {
			l.values[place-len(l.ids)] = version
			continue
		}
		r := &l.records[place]
		r.Version, r.Due, r.Until, r.Body = uint64(version), instantOf(due), instantOf(until), body
	}
	return rows.Err()
}

// sum is take for values that come in several rows.
func (l *loading) sum(rows *sql.Rows) error {
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var place int
		var value int64
		if err := rows.Scan(&place, &value); err != nil {
			return err
		}
		l.values[place] += value
	}
	return rows.Err()
}

// sheets returns what is asked for, for a statement.
func (l *loading) sheets() (accounts, others, counters sheet) {
	for _, i := range l.accounts {
		accounts.id(i, &l.ids[i])
	}
	for _, i := range l.others {
		others.id(i, &l.ids[i])
	}
	for i := range l.counters {
		counters.counter(len(l.ids)+i, &l.counters[i], 0, nil)
	}
	return accounts, others, counters
}
