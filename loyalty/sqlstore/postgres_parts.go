package sqlstore

import (
	"fmt"
	"strings"

	"github.com/regulars-go/regulars/loyalty"
)

// column is one that rows bring into a statement, by the key that it has in
// sheets.
type column struct{ key, kind string }

// text is what a text is compared by: its bytes.
const text = `text COLLATE "C"`

// Columns of the parts of a commit. In a sheet, bodies and commands lie in its
// bytes; among parameters they are b and e.
var (
	accountColumns = []column{{"o", "int"}, {"p", text}, {"n", text}, {"v", "bigint"}, {"d", "bigint"}, {"u", "bigint"}, {"t", "text"}, {"b", "bytea"}}
	recordColumns  = []column{{"o", "int"}, {"p", text}, {"k", "smallint"}, {"n", text}, {"v", "bigint"}, {"u", "bigint"}, {"b", "bytea"}}
	entryColumns   = []column{{"p", text}, {"n", text}, {"s", "bigint"}, {"k", "smallint"}, {"c", "bigint"}, {"r", "bigint"}, {"b", "bytea"}, {"e", "bytea"}}
	counterColumns = []column{
		{"o", "int"}, {"p", text}, {"k", "smallint"}, {"i", "bigint"}, {"w", "int"}, {"x", text}, {"v", "bigint"}, {"u", "bigint"},
		{"most", "bigint"}, {"share", "bigint"}, {"spare", "int"},
	}
)

// statement is a text in the making. It numbers its parameters.
type statement struct {
	strings.Builder
	parameters int
}

func (s *statement) parameter() string {
	s.parameters++
	return fmt.Sprintf("$%d", s.parameters)
}

// source returns where n rows come from: as parameters if they are few, else
// as a sheet and its bytes.
func (s *statement) source(columns []column, n int) string {
	if n > few {
		return s.sheet(columns)
	}
	var b strings.Builder
	b.WriteString("(VALUES ")
	for row := range n {
		for i, c := range columns {
			fmt.Fprintf(&b, "%s%s::%s", [...]string{", ", "("}[bit(i == 0)], s.parameter(), c.kind)
		}
		b.WriteString([...]string{"), ", ")"}[bit(row == n-1)])
	}
	b.WriteString(") AS x(")
	for i, c := range columns {
		b.WriteString([...]string{", ", ""}[bit(i == 0)] + c.key)
	}
	return b.String() + ")"
}

func (s *statement) sheet(columns []column) string {
	var list, definitions []string
	json, bytes := s.parameter(), ""
	for _, c := range columns {
		switch c.key {
		case "b":
			bytes = s.parameter()
			list = append(list, "substring("+bytes+"::bytea FROM j.a FOR j.l) AS b")
			definitions = append(definitions, "a int", "l int")
		case "e":
			list = append(list, "substring("+bytes+"::bytea FROM j.a + j.l FOR j.e) AS e")
			definitions = append(definitions, "e int")
		default:
			list = append(list, "j."+c.key)
			definitions = append(definitions, c.key+" "+c.kind)
		}
	}
	return "(SELECT " + strings.Join(list, ", ") + " FROM json_to_recordset(" + json + "::json) AS j(" + strings.Join(definitions, ", ") + ")) AS x"
}

func bit(is bool) int {
	if is {
		return 1
	}
	return 0
}

// arguments are what a statement's parameters stand for, in the same order.
type arguments struct {
	draft *draft
	list  []any
}

func (a *arguments) accounts(places []int) {
	if len(places) > few {
		a.recordSheet(places)
		return
	}
	for _, i := range places {
		r := a.draft.record(i)
		a.list = append(a.list, i, r.ID.Program, r.ID.Name, signed(r.Version), nullable(r.Due), nullable(r.Until), totalsText(r.Totals), bytesOf(r.Body))
	}
}

func (a *arguments) others(places []int) {
	if len(places) > few {
		a.recordSheet(places)
		return
	}
	for _, i := range places {
		r := a.draft.record(i)
		a.list = append(a.list, i, r.ID.Program, int64(r.ID.Kind), r.ID.Name, signed(r.Version), nullable(r.Until), bytesOf(r.Body))
	}
}

func (a *arguments) recordSheet(places []int) {
	var s sheet
	for _, i := range places {
		s.record(i, a.draft.record(i))
	}
	a.list = append(a.list, s.json(), bytesOf(s.bytes))
}

func (a *arguments) entries(entries []loyalty.Entry) {
	if len(entries) > few {
		var s sheet
		for i := range entries {
			s.entry(&entries[i])
		}
		a.list = append(a.list, s.json(), bytesOf(s.bytes))
		return
	}
	for i := range entries {
		e := &entries[i]
		a.list = append(a.list, e.Account.Program, e.Account.Member, signed(e.Seq), int64(e.Kind), micros(e.OccurredAt), micros(e.RecordedAt),
			bytesOf(e.Body), optionalBytes(e.Command))
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
