package sqlstore

import (
	"time"

	"github.com/regulars-go/regulars/loyalty"
)

// arguments are what the parameters of a commit stand for, in the same order.
// First come the bytes of many rows, as one: drivers copy arguments one behind
// the other, and have the least to move then.
type arguments struct {
	arrays
	draft        *draft
	manyPrograms bool
	bytes        []byte
}

func newArguments(d *draft, s commitShape) *arguments {
	a := &arguments{draft: d, manyPrograms: s.manyPrograms}
	size, text := 6, 0 // what is in no part, and what follows all
	for _, part := range s.parts() {
		if part.rows > few {
			size += len(part.columns) + 1
			text += part.rows * len(part.columns) * 10
		} else {
			size += part.rows * len(part.columns)
		}
	}
	a.list, a.text = make([]any, 0, size), make([]byte, 0, text)
	if s.bytes() {
		a.list = append(a.list, nil)
		a.bytes = make([]byte, 0, d.size())
	}
	if !s.manyPrograms {
		a.list = append(a.list, d.program())
	}
	return a
}

// all returns them.
func (a *arguments) all() []any {
	list := a.arrays.all()
	if a.bytes != nil {
		list[0] = a.bytes
	}
	return list
}

func (a *arguments) accounts(places []int) {
	n := len(places)
	at := func(i int) *loyalty.Record { return a.draft.record(places[i]) }
	if n > few {
		a.programs(n, func(i int) string { return at(i).ID.Program })
		a.texts(n, func(i int) string { return at(i).ID.Name })
		a.ints(n, func(i int) int64 { return signed(at(i).Version) })
		a.instants(n, func(i int) time.Time { return at(i).Due })
		a.instants(n, func(i int) time.Time { return at(i).Until })
		a.totals(n, func(i int) []loyalty.Total { return at(i).Totals })
		a.bodies(n, func(i int) ([]byte, []byte) { return at(i).Body, nil })
		return
	}
	for i := range n {
		r := at(i)
		a.program(r.ID.Program)
		a.list = append(a.list, r.ID.Name, signed(r.Version), nullable(r.Due), nullable(r.Until), totalsText(r.Totals), bytesOf(r.Body))
	}
}

func (a *arguments) others(places []int) {
	n := len(places)
	at := func(i int) *loyalty.Record { return a.draft.record(places[i]) }
	if n > few {
		a.programs(n, func(i int) string { return at(i).ID.Program })
		a.texts(n, func(i int) string { return at(i).ID.Name })
		a.ints(n, func(i int) int64 { return int64(at(i).ID.Kind) })
		a.ints(n, func(i int) int64 { return signed(at(i).Version) })
		a.instants(n, func(i int) time.Time { return at(i).Until })
		a.bodies(n, func(i int) ([]byte, []byte) { return at(i).Body, nil })
		return
	}
	for i := range n {
		r := at(i)
		a.program(r.ID.Program)
		a.list = append(a.list, r.ID.Name, int64(r.ID.Kind), signed(r.Version), nullable(r.Until), bytesOf(r.Body))
	}
}

func (a *arguments) entries(entries []loyalty.Entry) {
	n := len(entries)
	if n > few {
		a.programs(n, func(i int) string { return entries[i].Account.Program })
		a.texts(n, func(i int) string { return entries[i].Account.Member })
		a.ints(n, func(i int) int64 { return signed(entries[i].Seq) })
		a.ints(n, func(i int) int64 { return int64(entries[i].Kind) })
		a.ints(n, func(i int) int64 { return micros(entries[i].OccurredAt) })
		a.ints(n, func(i int) int64 { return micros(entries[i].RecordedAt) })
		a.bodies(n, func(i int) ([]byte, []byte) { return entries[i].Body, entries[i].Command })
		a.array(n, func(i int) {
			if entries[i].Command == nil {
				a.null()
			} else {
				a.int(int64(len(entries[i].Command)))
			}
		})
		return
	}
	for i := range entries {
		e := &entries[i]
		a.program(e.Account.Program)
		a.list = append(a.list, e.Account.Member, signed(e.Seq), int64(e.Kind), micros(e.OccurredAt), micros(e.RecordedAt),
			bytesOf(e.Body), optionalBytes(e.Command))
	}
}

func (a *arguments) counters(counters []loyalty.Counter) {
	n, shard := len(counters), a.draft.shard()
	at := func(i int) *loyalty.Counter { return &counters[i] }
	if n > few {
		a.programs(n, func(i int) string { return at(i).ID.Program })
		a.texts(n, func(i int) string { return at(i).ID.Value })
		a.ints(n, func(i int) int64 { return int64(at(i).ID.Kind) })
		a.ints(n, func(i int) int64 { return int64(at(i).ID.Number) })
		a.ints(n, func(i int) int64 { return int64(at(i).ID.Window) })
		a.ints(n, func(i int) int64 { return at(i).Delta })
		a.instants(n, func(i int) time.Time { return at(i).Until })
		a.ints(n, func(i int) int64 { return share(at(i).Max, shard) - at(i).Delta })
		a.ints(n, func(i int) int64 { return at(i).Max / shards })
		a.ints(n, func(i int) int64 { return at(i).Max % shards })
		return
	}
	for i := range n {
		c := at(i)
		a.program(c.ID.Program)
		a.list = append(a.list, c.ID.Value, int64(c.ID.Kind), int64(c.ID.Number), int64(c.ID.Window), c.Delta, nullable(c.Until),
			share(c.Max, shard)-c.Delta, c.Max/shards, c.Max%shards)
	}
}

// program appends that of a row, unless all rows have one.
func (a *arguments) program(name string) {
	if a.manyPrograms {
		a.list = append(a.list, name)
	}
}

func (a *arguments) programs(n int, of func(i int) string) {
	if a.manyPrograms {
		a.texts(n, of)
	}
}

func (a *arguments) totals(n int, of func(i int) []loyalty.Total) {
	a.array(n, func(i int) {
		from := len(a.text)
		a.text = append(a.text, '"')
		if a.text = appendTotals(a.text, of(i)); len(a.text) == from+1 {
			a.text = a.text[:from]
			a.null()
			return
		}
		a.text = append(a.text, '"')
	})
}

// bodies puts bodies, each with the command behind it, among the bytes, and
// writes places from 1 and lengths of the bodies.
func (a *arguments) bodies(n int, of func(i int) (body, command []byte)) {
	place := len(a.bytes) + 1
	a.array(n, func(i int) {
		body, command := of(i)
		a.int(int64(place))
		place += len(body) + len(command)
		a.bytes = append(append(a.bytes, body...), command...)
	})
	a.ints(n, func(i int) int64 { body, _ := of(i); return int64(len(body)) })
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
