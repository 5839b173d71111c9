package sqlstore

import (
	"context"
	"strings"

	"github.com/regulars-go/regulars/loyalty/sqlstore/internal/link"
)

// loadShape is how many rows a load asks for.
type loadShape struct {
	accounts, others, counters int
	manyPrograms               bool // a program for each row, not one for all
}

func (p *postgres) load(ctx context.Context, tx link.Queryer, l *loading) error {
	program, one := l.oneProgram()
	shape := loadShape{len(l.accounts), len(l.others), len(l.counters), !one}
	a := loadArguments{manyPrograms: !one}
	if one {
		a.list = append(make([]any, 0, 16), program)
	}
	query := ""
	if shape.accounts+shape.others+shape.counters > few {
		query = textOf(p, loadManyShape{!one})
		a.many(l)
	} else {
		query = textOf(p, shape)
		a.few(l)
	}
	rows, err := tx.Query(ctx, query, a.all()...)
	if err != nil {
		return err
	}
	return l.take(rows)
}

// text returns the statement for few rows, which are numbered in it.
func (s loadShape) text() string {
	b := &statement{}
	if !s.manyPrograms {
		b.program = b.parameter("text")
	}
	n := 0
	row := func(format string, kinds ...string) {
		if n > 0 {
			b.WriteString("\nUNION ALL\n")
		}
		args := []any{n, b.program}
		if s.manyPrograms {
			args[1] = b.parameter("text")
		}
		for _, kind := range kinds {
			args = append(args, b.parameter(kind))
		}
		b.addf(format, args...)
		n++
	}
	for range s.accounts {
		row("SELECT %d, version, due, until, body FROM loyalty_account WHERE program = %s AND member = %s", "text")
	}
	for range s.others {
		row("SELECT %d, version, NULL::bigint, until, body FROM loyalty_record WHERE program = %s AND kind = %s AND name = %s", "smallint", "text")
	}
	for range s.counters {
		row(`SELECT %d, coalesce(sum(count), 0)::bigint, NULL::bigint, NULL::bigint, NULL::bytea FROM loyalty_counter
WHERE program = %s AND kind = %s AND number = %s AND period = %s AND value = %s`, "smallint", "bigint", "int", "text")
	}
	return b.String()
}

// loadManyShape is of a load of any number of rows, in arrays.
type loadManyShape struct{ manyPrograms bool }

// text returns the statement. OFFSET 0 keeps the look-ups by index, row by row;
// the sub-selects hide how many there are from the planner.
func (s loadManyShape) text() string {
	b := &statement{}
	if !s.manyPrograms {
		b.program = b.parameter("text") + collation(column{"p", "text"})
	}
	part := func(format string, columns ...column) {
		arrays, names := []string{}, []string{}
		program := b.program
		if s.manyPrograms {
			columns, program = append(columns, column{"p", "text"}), `x.p COLLATE "C"`
		}
		for _, c := range columns {
			arrays = append(arrays, "(SELECT "+b.parameter(c.kind+"[]")+")")
			names = append(names, c.key)
		}
		b.addf(format, "unnest("+strings.Join(arrays, ", ")+") AS x("+strings.Join(names, ", ")+")", program)
	}
	part(`SELECT x.o, t.* FROM %s,
LATERAL (SELECT version, due, until, body FROM loyalty_account WHERE program = %s AND member = x.n COLLATE "C" OFFSET 0) t
UNION ALL
`, column{"o", "int"}, column{"n", "text"})
	part(`SELECT x.o, t.* FROM %s,
LATERAL (SELECT version, NULL::bigint, until, body FROM loyalty_record WHERE program = %s AND kind = x.k AND name = x.n COLLATE "C" OFFSET 0) t
UNION ALL
`, column{"o", "int"}, column{"k", "smallint"}, column{"n", "text"})
	part(`SELECT x.o, t.count, NULL, NULL, NULL FROM %s,
LATERAL (SELECT coalesce(sum(count), 0)::bigint AS count FROM loyalty_counter
	WHERE program = %s AND kind = x.k AND number = x.i AND period = x.w AND value = x.x COLLATE "C" OFFSET 0) t`,
		column{"o", "int"}, column{"k", "smallint"}, column{"i", "bigint"}, column{"w", "int"}, column{"x", "text"})
	return b.String()
}

// loadArguments are what the parameters of a load stand for. Rows are numbered
// in the order of loading.place.
type loadArguments struct {
	arrays
	manyPrograms bool
}

func (a *loadArguments) program(name string) {
	if a.manyPrograms {
		a.list = append(a.list, name)
	}
}

func (a *loadArguments) few(l *loading) {
	for _, i := range l.accounts {
		a.program(l.ids[i].Program)
		a.list = append(a.list, l.ids[i].Name)
	}
	for _, i := range l.others {
		a.program(l.ids[i].Program)
		a.list = append(a.list, int64(l.ids[i].Kind), l.ids[i].Name)
	}
	for i := range l.counters {
		c := &l.counters[i]
		a.program(c.Program)
		a.list = append(a.list, int64(c.Kind), int64(c.Number), int64(c.Window), c.Value)
	}
}

func (a *loadArguments) many(l *loading) {
	const width = 16 // of a name and two numbers, mostly
	a.text = make([]byte, 0, width*(len(l.ids)+len(l.counters)))
	number := 0
	numbers := func(n int) {
		a.ints(n, func(i int) int64 { return int64(number + i) })
		number += n
	}
	programs := func(n int, of func(i int) string) {
		if a.manyPrograms {
			a.texts(n, of)
		}
	}
	n := len(l.accounts)
	numbers(n)
	a.texts(n, func(i int) string { return l.ids[l.accounts[i]].Name })
	programs(n, func(i int) string { return l.ids[l.accounts[i]].Program })
	n = len(l.others)
	numbers(n)
	a.ints(n, func(i int) int64 { return int64(l.ids[l.others[i]].Kind) })
	a.texts(n, func(i int) string { return l.ids[l.others[i]].Name })
	programs(n, func(i int) string { return l.ids[l.others[i]].Program })
	n = len(l.counters)
	numbers(n)
	a.ints(n, func(i int) int64 { return int64(l.counters[i].Kind) })
	a.ints(n, func(i int) int64 { return int64(l.counters[i].Number) })
	a.ints(n, func(i int) int64 { return int64(l.counters[i].Window) })
	a.texts(n, func(i int) string { return l.counters[i].Value })
	programs(n, func(i int) string { return l.counters[i].Program })
}
