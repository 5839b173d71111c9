package sqlstore

import (
	"fmt"
	"strconv"
	"strings"
)

// column is one that the rows of a part bring into a statement.
type column struct{ key, kind string }

// Columns of the parts: p program, n name, k kind, v version, d due, u until,
// t totals, b body, s seq, c occurred, r recorded, e command, i number,
// w period, x value. Those of a counter end with how much may be in its shard
// before, and with the shares of all.
var (
	accountColumns = []column{{"p", "text"}, {"n", "text"}, {"v", "bigint"}, {"d", "bigint"}, {"u", "bigint"}, {"t", "text"}, {"b", "bytea"}}
	recordColumns  = []column{{"p", "text"}, {"n", "text"}, {"k", "smallint"}, {"v", "bigint"}, {"u", "bigint"}, {"b", "bytea"}}
	entryColumns   = []column{{"p", "text"}, {"n", "text"}, {"s", "bigint"}, {"k", "smallint"}, {"c", "bigint"}, {"r", "bigint"}, {"b", "bytea"}, {"e", "bytea"}}
	counterColumns = []column{
		{"p", "text"},
		{"x", "text"},
		{"k", "smallint"},
		{"i", "bigint"},
		{"w", "int"},
		{"v", "bigint"},
		{"u", "bigint"},
		{"most", "bigint"},
		{"share", "bigint"},
		{"spare", "bigint"},
	}
)

// statement is a text in the making. It numbers its parameters.
type statement struct {
	strings.Builder
	parameters int
	program    string // the parameter for the program of all rows, if they have one
	bytes      string // that for the bodies and commands of many rows
}

func (s *statement) addf(format string, args ...any) { s.WriteString(fmt.Sprintf(format, args...)) }

func (s *statement) parameter(kind string) string {
	s.parameters++
	return "$" + strconv.Itoa(s.parameters) + "::" + kind
}

// source returns where n rows come from, as x. Few rows are parameters; many
// are arrays, a parameter for each column. Each row has its number as o, from 1.
func (s *statement) source(columns []column, n int) string {
	if n > few {
		return s.arrays(columns)
	}
	return s.values(columns, n)
}

func (s *statement) values(columns []column, n int) string {
	rows := make([]string, n)
	for row := range rows {
		values := []string{strconv.Itoa(row + 1)}
		for _, c := range columns {
			if c.key == "p" && s.program != "" {
				values = append(values, s.program)
				continue
			}
			values = append(values, s.parameter(c.kind)+collation(c))
		}
		rows[row] = "(" + strings.Join(values, ", ") + ")"
	}
	names := []string{"o"}
	for _, c := range columns {
		names = append(names, c.key)
	}
	return "(VALUES " + strings.Join(rows, ", ") + ") AS x(" + strings.Join(names, ", ") + ")"
}

// arrays hides the parameters from the planner by sub-selects: it would plan
// anew for each length otherwise. Bodies and commands lie in one string of bytes,
// a the place of a body from 1, l and e the lengths of body and command.
func (s *statement) arrays(columns []column) string {
	var arrays, names, list []string
	add := func(name, kind string) {
		names = append(names, name)
		arrays = append(arrays, "(SELECT "+s.parameter(kind+"[]")+")")
	}
	for _, c := range columns {
		switch {
		case c.key == "p" && s.program != "":
			list = append(list, s.program+" AS p")
		case c.key == "b":
			add("a", "int")
			add("l", "int")
			list = append(list, "substring("+s.bytes+" FROM j.a FOR j.l) AS b")
		case c.key == "e":
			add("e", "int")
			list = append(list, "substring("+s.bytes+" FROM j.a + j.l FOR j.e) AS e")
		default:
			add(c.key, c.kind)
			list = append(list, "j."+c.key+collation(c)+" AS "+c.key)
		}
	}
	return fmt.Sprintf("(SELECT j.o, %s FROM unnest(%s) WITH ORDINALITY AS j(%s, o)) AS x", strings.Join(list, ", "), strings.Join(arrays, ", "), strings.Join(names, ", "))
}

func collation(c column) string {
	if c.kind == "text" && c.key != "t" {
		return ` COLLATE "C"` // that of the columns they meet
	}
	return ""
}

func bit(is bool) int {
	if is {
		return 1
	}
	return 0
}
