package sqlstore

import (
	"database/sql"

	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/loyalty/sqlstore/internal/link"
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
	accounts := 0
	for i := range ids {
		accounts += bit(ids[i].Kind == loyalty.KindAccount)
	}
	places := make([]int, len(ids))
	l.accounts, l.others = places[:0:accounts], places[accounts:accounts]
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

// oneProgram returns the program of all that is asked for; false if there are
// several.
func (l *loading) oneProgram() (program string, one bool) {
	switch {
	case len(l.ids) > 0:
		program = l.ids[0].Program
	case len(l.counters) > 0:
		program = l.counters[0].Program
	}
	for i := range l.ids {
		if l.ids[i].Program != program {
			return "", false
		}
	}
	for i := range l.counters {
		if l.counters[i].Program != program {
			return "", false
		}
	}
	return program, true
}

// place returns the place in ids of a row by its number: accounts come first,
// then other records.
func (l *loading) place(row int) int {
	if row < len(l.accounts) {
		return l.accounts[row]
	}
	return l.others[row-len(l.accounts)]
}

// A row of an answer is: its number, version, due, until and body. Counters come
// after all records, and their version is their value.
func (l *loading) take(rows link.Rows) error {
	defer func() { _ = rows.Close() }()
	var row int
	var version int64
	var due, until sql.NullInt64
	var body []byte
	for rows.Next() {
		if err := rows.Scan(&row, &version, &due, &until, &body); err != nil {
			return err
		}
		if row >= len(l.ids) {
			l.values[row-len(l.ids)] = version
			continue
		}
		r := &l.records[l.place(row)]
		r.Version, r.Due, r.Until, r.Body = uint64(version), instantOf(due), instantOf(until), body
	}
	return rows.Err()
}

// sum is take for values that come in several rows.
func (l *loading) sum(rows link.Rows) error {
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
	for row, i := range l.accounts {
		accounts.id(row, &l.ids[i])
	}
	for row, i := range l.others {
		others.id(len(l.accounts)+row, &l.ids[i])
	}
	for i := range l.counters {
		counters.counter(len(l.ids)+i, &l.counters[i], 0, nil)
	}
	return accounts, others, counters
}
