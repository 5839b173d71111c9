package sqlstore

import (
	"context"
	"errors"
	"strconv"

	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/loyalty/sqlstore/internal/link"
)

// commitShape is how many rows of each part a commit writes.
type commitShape struct {
	accounts, others  rowsShape
	entries, counters int
	manyPrograms      bool // a program for each row, not one for all
}

// bytes reports whether bodies come as one string of bytes.
func (s commitShape) bytes() bool { return max(s.accounts.rows, s.others.rows, s.entries) > few }

// rowsShape is how many records there are in a part, and which of them must not
// be there yet.
type rowsShape struct {
	rows int
	age  age
}

// age says which records of a part are new.
type age uint8

const (
	allOld age = iota
	someNew
	allNew
)

func newRowsShape(rows, fresh int) rowsShape {
	switch fresh {
	case 0:
		return rowsShape{rows, allOld}
	case rows:
		return rowsShape{rows, allNew}
	}
	return rowsShape{rows, someNew}
}

func (d *draft) shape() commitShape {
	return commitShape{
		newRowsShape(len(d.accounts), d.newAccounts), newRowsShape(len(d.others), d.newOthers),
		len(d.entries), len(d.counters), !d.oneProgram(),
	}
}

// few makes shapes of many rows alike: they have one text.
func (s commitShape) few() commitShape {
	for _, n := range [...]*int{&s.accounts.rows, &s.others.rows, &s.entries, &s.counters} {
		*n = min(*n, few+1)
	}
	return s
}

// rows are the arguments for the rows of all parts, in the order of texts.
func (d *draft) rows(s commitShape) []any {
	a := newArguments(d, s)
	if s.accounts.rows > 0 {
		a.accounts(d.accounts)
	}
	if s.others.rows > 0 {
		a.others(d.others)
	}
	if s.counters > 0 {
		a.counters(d.counters)
	}
	if s.entries > 0 {
		a.entries(d.entries)
	}
	return a.all()
}

// arguments are the rows and what follows them: the numbers of those that are
// more than few, which stand in no text, and the shard.
func (d *draft) arguments(s commitShape) []any {
	list := d.rows(s)
	for _, n := range [...]int{s.accounts.rows, s.others.rows, s.counters} {
		if n > few {
			list = append(list, n)
		}
	}
	if s.counters > 0 {
		list = append(list, d.shard())
	}
	return list
}

// sources begins a statement with the rows of each part.
func (s commitShape) sources(b *statement) {
	if s.bytes() {
		b.bytes = b.parameter("bytea")
	}
	if !s.manyPrograms {
		b.program = b.parameter("text") + collation(column{"p", "text"})
	}
	separator := "WITH "
	for _, part := range s.parts() {
		if part.rows > 0 {
			b.addf("%s%s AS (SELECT * FROM %s)", separator, part.name, b.source(part.columns, part.rows))
			separator = ",\n"
		}
	}
}

// tail is what follows the rows, as a text says it.
type tail struct{ accounts, others, counters, shard string }

func (s commitShape) tail(b *statement) tail {
	count := func(n int) string {
		if n > few {
			return b.parameter("bigint")
		}
		return strconv.Itoa(n)
	}
	t := tail{accounts: count(s.accounts.rows), others: count(s.others.rows), counters: count(s.counters)}
	if s.counters > 0 {
		t.shard = b.parameter("smallint")
	}
	return t
}

type sourcePart struct {
	name    string
	rows    int
	columns []column
}

// parts are all of them, also those without rows.
func (s commitShape) parts() [4]sourcePart {
	return [...]sourcePart{
		{"account", s.accounts.rows, accountColumns},
		{"other", s.others.rows, recordColumns},
		{"counter", s.counters, counterColumns},
		{"entry", s.entries, entryColumns},
	}
}

// Results of the statements of a commit.
const (
	resultWritten = iota
	resultStale   // a record has another version
	resultFull    // a counter may be full
)

func (p *postgres) commit(ctx context.Context, host link.Queryer, d *draft) error {
	if host != nil {
		return p.commitBound(ctx, host, d)
	}
	err := p.commitAlone(ctx, d)
	if wasUndone(err) && len(d.batch.Records) > 0 {
		return &loyalty.ConflictError{Records: d.ids()}
	}
	return err
}

// wasUndone reports whether the database has rolled back a transaction because
// of others: 40001 is a serialization failure, 40P01 a deadlock. Both can come
// of what is not the store's: the host's transactions, or their isolation. The
// store's own transaction holds nothing else, so that a new attempt is all that
// it takes. The drivers' errors tell the code by a method.
func wasUndone(err error) bool {
	coded, ok := errors.AsType[interface {
		error
		SQLState() string
	}](err)
	return ok && (coded.SQLState() == "40001" || coded.SQLState() == "40P01")
}

// textOf returns the text of a shape, made once.
func textOf[S interface {
	comparable
	text() string
}](p *postgres, shape S) string {
	if text, ok := p.texts.Load(shape); ok {
		return text.(string)
	}
	text := shape.text()
	p.texts.Store(shape, text)
	return text
}
