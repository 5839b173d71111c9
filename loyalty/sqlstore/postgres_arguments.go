package sqlstore

import (
	"strconv"

	"github.com/regulars-go/regulars/loyalty"
)

// arguments are what a statement's parameters stand for, in the same order.
type arguments struct {
	draft *draft
	list  []any
}

func (a *arguments) accounts(places []int) {
	if len(places) > few {
		t := newTable(8, len(places))
		t.bytes = make([]byte, 0, a.draft.size(places))
		for _, i := range places {
			r := a.draft.record(i)
			t.text(r.ID.Program)
			t.text(r.ID.Name)
			t.int(signed(r.Version))
			t.optional(nullable(r.Due))
			t.optional(nullable(r.Until))
			t.optional(totalsText(r.Totals))
			t.body(r.Body)
		}
		a.list = append(t.appendTo(a.list), bytesOf(t.bytes))
		return
	}
	for _, i := range places {
		r := a.draft.record(i)
		a.list = append(a.list, r.ID.Program, r.ID.Name, signed(r.Version), nullable(r.Due), nullable(r.Until), totalsText(r.Totals), bytesOf(r.Body))
	}
}

func (a *arguments) others(places []int) {
	if len(places) > few {
		t := newTable(7, len(places))
		t.bytes = make([]byte, 0, a.draft.size(places))
		for _, i := range places {
			r := a.draft.record(i)
			t.text(r.ID.Program)
			t.text(r.ID.Name)
			t.int(int64(r.ID.Kind))
			t.int(signed(r.Version))
			t.optional(nullable(r.Until))
			t.body(r.Body)
		}
		a.list = append(t.appendTo(a.list), bytesOf(t.bytes))
		return
	}
	for _, i := range places {
		r := a.draft.record(i)
		a.list = append(a.list, r.ID.Program, r.ID.Name, int64(r.ID.Kind), signed(r.Version), nullable(r.Until), bytesOf(r.Body))
	}
}

func (a *arguments) entries(entries []loyalty.Entry) {
	if len(entries) > few {
		t := newTable(9, len(entries))
		size := 0
		for i := range entries {
			size += len(entries[i].Body) + len(entries[i].Command)
		}
		t.bytes = make([]byte, 0, size)
		for i := range entries {
			e := &entries[i]
			t.text(e.Account.Program)
			t.text(e.Account.Member)
			t.int(signed(e.Seq))
			t.int(int64(e.Kind))
			t.int(micros(e.OccurredAt))
			t.int(micros(e.RecordedAt))
			t.body(e.Body)
			t.command(e.Command)
		}
		a.list = append(t.appendTo(a.list), bytesOf(t.bytes))
		return
	}
	for i := range entries {
		e := &entries[i]
		a.list = append(a.list, e.Account.Program, e.Account.Member, signed(e.Seq), int64(e.Kind), micros(e.OccurredAt), micros(e.RecordedAt),
			bytesOf(e.Body), optionalBytes(e.Command))
	}
}

func (a *arguments) counters(counters []loyalty.Counter) {
	shard := a.draft.shard()
	if len(counters) > few {
		t := newTable(10, len(counters))
		for i := range counters {
			c := &counters[i]
			t.counter(&c.ID)
			t.int(c.Delta)
			t.optional(nullable(c.Until))
			t.int(share(c.Max, shard) - c.Delta)
			t.int(c.Max / shards)
			t.int(c.Max % shards)
		}
		a.list = t.appendTo(a.list)
		return
	}
	for i := range counters {
		c := &counters[i]
		a.list = append(a.list, c.ID.Program, c.ID.Value, int64(c.ID.Kind), int64(c.ID.Number), int64(c.ID.Window), c.Delta, nullable(c.Until),
			share(c.Max, shard)-c.Delta, c.Max/shards, c.Max%shards)
	}
}

// bytesOf is never nil, which would be NULL.
func bytesOf(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

func optionalBytes(b []byte) any {
	if b == nil {
		return nil
	}
	return b
}

// table is rows by columns, each written as an array in PostgreSQL's own text,
// which every driver takes for a string. Bytes of all rows lie in one string of
// bytes, and each row has their place and length.
type table struct {
	columns [][]byte
	next    int // the column of the next value
	bytes   []byte
}

func newTable(columns, rows int) *table {
	const width = 12 // of most values, with the comma
	t := &table{columns: make([][]byte, columns)}
	room := make([]byte, columns*rows*width)
	for i := range t.columns {
		t.columns[i], room = room[:0:rows*width], room[rows*width:]
	}
	return t
}

// value begins the next value: that of the next column or, after the last one,
// of the first one of the next row.
func (t *table) value() *[]byte {
	c := &t.columns[t.next]
	t.next = (t.next + 1) % len(t.columns)
	if len(*c) == 0 {
		*c = append(*c, '{')
	} else {
		*c = append(*c, ',')
	}
	return c
}

func (t *table) text(s string) {
	c := t.value()
	*c = append(*c, '"')
	for i := range len(s) {
		if s[i] == '"' || s[i] == '\\' {
			*c = append(*c, '\\')
		}
		*c = append(*c, s[i])
	}
	*c = append(*c, '"')
}

func (t *table) int(n int64) {
	c := t.value()
	*c = strconv.AppendInt(*c, n, 10)
}

// optional writes an integer or a text; NULL for nil.
func (t *table) optional(v any) {
	switch v := v.(type) {
	case int64:
		t.int(v)
	case string:
		t.text(v)
	default:
		c := t.value()
		*c = append(*c, "NULL"...)
	}
}

// body writes the place of a body and its length.
func (t *table) body(b []byte) {
	t.int(int64(len(t.bytes)) + 1)
	t.int(int64(len(b)))
	t.bytes = append(t.bytes, b...)
}

// command writes the length of a command, which stands behind its body.
func (t *table) command(b []byte) {
	if b == nil {
		t.optional(nil)
		return
	}
	t.int(int64(len(b)))
	t.bytes = append(t.bytes, b...)
}

func (t *table) counter(id *loyalty.CounterID) {
	t.text(id.Program)
	t.text(id.Value)
	t.int(int64(id.Kind))
	t.int(int64(id.Number))
	t.int(int64(id.Window))
}

// appendTo appends the arrays.
func (t *table) appendTo(list []any) []any {
	for _, c := range t.columns {
		if len(c) == 0 {
			c = append(c, '{')
		}
		list = append(list, string(append(c, '}')))
	}
	return list
}
