package sqlstore

import (
	"strconv"

	"github.com/regulars-go/regulars/loyalty"
)

// sheet is any number of rows on their way into one statement: names and
// numbers as a JSON array of objects, bodies in one string of bytes in which
// the objects have their places, from 1. All drivers and databases take both.
//
// Keys of objects: o the place in the caller's list, p program, n name, k kind,
// v version or count, d due, u until, t totals, s seq, c occurred, r recorded,
// i number, w period, x value, a and l place and length of the body, e length
// of the command that follows it.
type sheet struct {
	rows  []byte
	bytes []byte
}

func (s *sheet) open() {
	if s.rows == nil {
		s.rows = append(s.rows, '[')
	} else {
		s.rows = append(s.rows, ',')
	}
	s.rows = append(s.rows, '{')
}

func (s *sheet) close() { s.rows[len(s.rows)-1] = '}' }

// json returns the rows.
func (s *sheet) json() string {
	if s.rows == nil {
		return "[]"
	}
	return string(append(s.rows, ']'))
}

func (s *sheet) key(key byte) { s.rows = append(s.rows, '"', key, '"', ':') }

func (s *sheet) text(key byte, text string) {
	s.key(key)
	s.rows = append(appendText(s.rows, text), ',')
}

func (s *sheet) int(key byte, n int64) {
	s.key(key)
	s.rows = append(strconv.AppendInt(s.rows, n, 10), ',')
}

// optional writes an integer or a text; nothing, which reads as NULL, for nil.
func (s *sheet) optional(key byte, v any) {
	switch v := v.(type) {
	case int64:
		s.int(key, v)
	case string:
		s.text(key, v)
	}
}

// body puts bytes behind those of the rows before.
func (s *sheet) body(body []byte) {
	s.int('a', int64(len(s.bytes))+1)
	s.int('l', int64(len(body)))
	s.bytes = append(s.bytes, body...)
}

// id adds a row for Load.
func (s *sheet) id(place int, id *loyalty.RecordID) {
	s.open()
	s.int('o', int64(place))
	s.text('p', id.Program)
	s.int('k', int64(id.Kind))
	s.text('n', id.Name)
	s.close()
}

// record adds a row of an account or another record. Its version is the one
// that must be there.
func (s *sheet) record(place int, r *loyalty.Record) {
	s.open()
	s.int('o', int64(place))
	s.text('p', r.ID.Program)
	s.int('k', int64(r.ID.Kind))
	s.text('n', r.ID.Name)
	s.int('v', signed(r.Version))
	s.optional('d', nullable(r.Due))
	s.optional('u', nullable(r.Until))
	s.optional('t', totalsText(r.Totals))
	s.body(r.Body)
	s.close()
}

func (s *sheet) entry(e *loyalty.Entry) {
	s.open()
	s.text('p', e.Account.Program)
	s.text('n', e.Account.Member)
	s.int('s', signed(e.Seq))
	s.int('k', int64(e.Kind))
	s.int('c', micros(e.OccurredAt))
	s.int('r', micros(e.RecordedAt))
	s.body(e.Body)
	if e.Command != nil {
		s.int('e', int64(len(e.Command)))
		s.bytes = append(s.bytes, e.Command...)
	}
	s.close()
}

// counter adds a row with a number of its own, such as its value.
func (s *sheet) counter(place int, id *loyalty.CounterID, n int64, until any) {
	s.open()
	s.int('o', int64(place))
	s.text('p', id.Program)
	s.int('k', int64(id.Kind))
	s.int('i', int64(id.Number))
	s.int('w', int64(id.Window))
	s.text('x', id.Value)
	s.int('v', n)
	s.optional('u', until)
	s.close()
}
