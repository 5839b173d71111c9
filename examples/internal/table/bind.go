package table

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// binding is a key and the field that holds it, from 0.
type binding[T any] struct {
	key   *Key[T]
	field int
	label string // what messages call the column
}

// header is the first row of a file, as a row of names.
type header []string

// bind finds the field of each key. It reports whether the first row is a
// header.
func bind[T any](schema Schema[T], columns Columns, first []string, v *values) (bound []binding[T], isHeader bool, err error) {
	names := make(header, len(first))
	for i, name := range first {
		names[i] = strings.TrimSpace(name)
	}
	if err := checkColumns(schema, columns); err != nil {
		return nil, false, err
	}
	isHeader = len(columns) == 0 || slices.ContainsFunc(columns, func(c Column) bool { return !isPosition(c.Name) })
	for _, c := range columns {
		field, err := names.find(c, isHeader)
		if err != nil {
			return nil, false, err
		}
		key := &schema.Keys[slices.Index(schema.names(), c.Key)]
		bound = append(bound, binding[T]{key, field, strconv.Itoa(field + 1)})
	}
	if !isHeader {
		isHeader = !anyFits(bound, names, v)
	}
	bound, err = addUsual(schema, bound, len(columns) == 0, names, isHeader)
	if err != nil {
		return nil, false, err
	}
	if isHeader {
		for i := range bound {
			bound[i].label = strconv.Quote(names[bound[i].field])
		}
	}
	return bound, isHeader, nil
}

// checkColumns finds what is wrong with columns whatever the file holds.
func checkColumns[T any](schema Schema[T], columns Columns) error {
	var seen []string
	for _, c := range columns {
		switch {
		case c.File != "":
			return fmt.Errorf("columns: %s.%s is of another file than the %s", c.File, c.Key, schema.Name)
		case !slices.Contains(schema.names(), c.Key):
			return fmt.Errorf("columns: there is no key %q; %s have %s", c.Key, schema.Name, quoteAll(schema.names()))
		case slices.Contains(seen, c.Key):
			return fmt.Errorf("columns: %q is given twice", c.Key)
		}
		seen = append(seen, c.Key)
	}
	return nil
}

// find returns the field of a column that was given by name or position.
func (h header) find(c Column, named bool) (int, error) {
	if at := slices.Index(h, c.Name); at >= 0 && named {
		if slices.Contains(h[at+1:], c.Name) {
			return 0, fmt.Errorf("columns: more than one column is called %q; give %s by its position, from 1", c.Name, c.Key)
		}
		return at, nil
	}
	if !isPosition(c.Name) {
		return 0, fmt.Errorf("columns: there is no column %q for %s; the file's first line has %s", c.Name, c.Key, quoteAll(h))
	}
	position, err := strconv.Atoi(c.Name)
	if err != nil || position < 1 || position > len(h) {
		return 0, fmt.Errorf("columns: there is no column %s for %s; the file has %d, counted from 1", c.Name, c.Key, len(h))
	}
	return position - 1, nil
}

func isPosition(name string) bool { return strings.Trim(name, "0123456789") == "" }

// anyFits reports whether a time or an amount of the row can be read, which
// makes it data, if perhaps malformed, and no header.
func anyFits[T any](bound []binding[T], row header, v *values) bool {
	typed := false
	for _, b := range bound {
		typed = typed || b.key.typed
		if b.key.typed && b.key.fits(row[b.field], v) {
			return true
		}
	}
	return !typed
}

// addUsual binds the keys that no column was given for to those with a usual
// header. Optional keys are only looked for where all are.
func addUsual[T any](schema Schema[T], bound []binding[T], optional bool, names header, isHeader bool) ([]binding[T], error) {
	var missing []*Key[T]
	for i := range schema.Keys {
		key := &schema.Keys[i]
		taken := slices.ContainsFunc(bound, func(b binding[T]) bool { return b.key == key })
		if taken || key.Optional && !optional {
			continue
		}
		field, found, err := -1, false, error(nil)
		if isHeader {
			field, found, err = usual(names, key)
		}
		switch {
		case err != nil && !key.Optional:
			return nil, err
		case found:
			bound = append(bound, binding[T]{key: key, field: field})
		case !key.Optional:
			missing = append(missing, key)
		}
	}
	if len(missing) > 0 {
		return nil, unclear(missing, names, isHeader)
	}
	return bound, nil
}

// unclear says which columns can't be told, and how to name them.
func unclear[T any](missing []*Key[T], names header, isHeader bool) error {
	titles, flags := make([]string, len(missing)), make([]string, len(missing))
	for i, key := range missing {
		titles[i], flags[i] = key.title(), key.Name+"=…"
	}
	columns, them := "columns", "them"
	if len(missing) == 1 {
		columns, them = "column", "it"
	}
	has := "the columns are"
	if !isHeader {
		has = "the first line has"
	}
	return fmt.Errorf("columns: can't tell the %s of %s: name %s with -columns %s (by header, or by position from 1); %s %s",
		columns, enumerate(titles), them, strings.Join(flags, ","), has, quoteAll(names))
}

// enumerate joins words for a sentence: a, b and c.
func enumerate(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// usual finds the column that has one of a key's usual headers.
func usual[T any](h header, key *Key[T]) (field int, found bool, err error) {
	plain := make([]string, len(h))
	for i, name := range h {
		plain[i] = plainName(name)
	}
	for _, group := range key.Headers {
		var hits []int
		barred := false
		for word := range strings.FieldsSeq(group) {
			bar := strings.HasPrefix(word, "!")
			for i, name := range plain {
				if name == plainName(word) {
					barred = barred || bar
					hits = append(hits, i)
				}
			}
		}
		if barred || len(hits) == 0 {
			continue
		}
		if len(hits) > 1 {
			slices.Sort(hits)
			return 0, false, fmt.Errorf("columns: %q and %q could both be the %s; say which, as in -columns %s=%d",
				h[hits[0]], h[hits[1]], key.title(), key.Name, hits[0]+1)
		}
		return hits[0], true, nil
	}
	return 0, false, nil
}

// plainName drops case and all but letters and digits: "Customer ID",
// "customer_id" and "customerId" are one name.
func plainName(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}
