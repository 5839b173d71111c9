package sqlstore

import (
	"context"
	"strconv"
)

// commitShape is how many rows of each part a commit writes.
type commitShape struct{ accounts, newAccounts, others, newOthers, entries, counters int }

func (d *draft) shape() commitShape {
	return commitShape{len(d.accounts), len(d.newAccounts), len(d.others), len(d.newOthers), len(d.entries), len(d.counters)}
}

// few makes shapes of many rows alike: they have one text.
func (s commitShape) few() commitShape {
	for _, n := range [...]*int{&s.accounts, &s.newAccounts, &s.others, &s.newOthers, &s.entries, &s.counters} {
		*n = min(*n, few+1)
	}
	return s
}

// rows appends the rows of all parts, in the order of texts.
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

// rowCounts are the numbers of rows as a text says them.
type rowCounts struct{ accounts, others, newAccounts, newOthers, counters string }

func (s commitShape) rowCounts(b *statement) rowCounts {
	count := func(n int) string {
		if n > few {
			return b.parameter("bigint")
		}
		return strconv.Itoa(n)
	}
	return rowCounts{count(s.accounts), count(s.others), count(s.newAccounts), count(s.newOthers), count(s.counters)}
}

// sources begins a statement with the rows of each part.
func (s commitShape) sources(b *statement) {
	b.WriteString("WITH ")
	first := true
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
			b.addf("%s%s AS (SELECT * FROM %s)", [...]string{",\n", ""}[bit(first)], part.name, b.source(part.columns, part.n))
			first = false
		}
	}
}

// Results of the statements of a commit.
const (
	resultWritten = iota
	resultStale   // a record has another version: nothing is written
	resultFull    // a counter may be full: nothing is written
	// In the host's transaction only: new records have been written that must be
	// removed again.
	resultTaken  // others were there
	resultFilled // and a counter may be full
)

func (p *postgres) commit(ctx context.Context, host Tx, d *draft) error {
	if len(d.counters) > 0 && !d.spread() {
		return p.commitExactly(ctx, host, d)
	}
	if host == nil {
		return p.commitAlone(ctx, d)
	}
	result, err := p.writeBound(ctx, host, d)
	switch {
	case err != nil || result == resultWritten:
		return err
	case result == resultFull:
		return p.commitExactly(ctx, host, d)
	}
	return p.staleOf(ctx, host, d)
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
