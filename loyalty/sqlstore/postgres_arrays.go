package sqlstore

import (
	"strconv"
	"time"
)

// arrays are arguments of which some are lists of values, each written as an
// array in PostgreSQL's own text, which every driver takes for a string. All
// lists are written into one text, from which they are cut at last.
type arrays struct {
	list []any
	text []byte
	cuts []cut
}

// cut is where a list ends in the text, and its place among the arguments.
type cut struct{ place, end int }

func (a *arrays) array(n int, write func(i int)) {
	a.text = append(a.text, '{')
	for i := range n {
		if i > 0 {
			a.text = append(a.text, ',')
		}
		write(i)
	}
	a.text = append(a.text, '}')
	a.cuts = append(a.cuts, cut{len(a.list), len(a.text)})
	a.list = append(a.list, nil)
}

func (a *arrays) texts(n int, of func(i int) string) {
	a.array(n, func(i int) {
		a.text = append(a.text, '"')
		for _, c := range []byte(of(i)) {
			if c == '"' || c == '\\' {
				a.text = append(a.text, '\\')
			}
			a.text = append(a.text, c)
		}
		a.text = append(a.text, '"')
	})
}

func (a *arrays) ints(n int, of func(i int) int64) {
	a.array(n, func(i int) { a.int(of(i)) })
}

// instants writes NULL for none.
func (a *arrays) instants(n int, of func(i int) time.Time) {
	a.array(n, func(i int) {
		if at := of(i); at.IsZero() {
			a.null()
		} else {
			a.int(at.UnixMicro())
		}
	})
}

func (a *arrays) int(v int64) { a.text = strconv.AppendInt(a.text, v, 10) }

func (a *arrays) null() { a.text = append(a.text, "NULL"...) }

// all returns the arguments.
func (a *arrays) all() []any {
	text, from := string(a.text), 0
	for _, c := range a.cuts {
		a.list[c.place] = text[from:c.end]
		from = c.end
	}
	return a.list
}
