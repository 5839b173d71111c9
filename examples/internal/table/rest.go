package table

import (
	"slices"
	"strconv"
	"strings"
)

// addRest notes the columns that no key is read from, if they are wanted and
// have a name.
func (r *Reader[T]) addRest(schema Schema[T]) {
	if schema.Rest == nil {
		return
	}
	r.into = schema.Rest
	for field, name := range r.header {
		taken := slices.ContainsFunc(r.bound, func(b binding[T]) bool { return b.field == field })
		if !taken && name != "" {
			r.rest = append(r.rest, field)
		}
	}
}

// readRest puts the values of the other columns into r.row.
func (r *Reader[T]) readRest(row []string) *MalformedError {
	if len(r.rest) == 0 {
		return nil
	}
	texts := make([]string, len(r.rest))
	for i, field := range r.rest {
		text := strings.TrimSpace(row[field])
		shared, p := r.values.text(text)
		if p != nil {
			malformed := r.malformed(p.reason, p.want)
			malformed.Line = r.source.line(field)
			malformed.Column, malformed.Value = strconv.Quote(r.header[field]), shorten(text)
			return malformed
		}
		texts[i] = shared
	}
	*r.into(&r.row) = texts
	return nil
}

// Rest returns the names of the columns that no key is read from, in the order
// in which [Schema.Rest] has their values. There are none if the schema does not
// want them, or the file has no header.
func (r *Reader[T]) Rest() []string {
	names := make([]string, len(r.rest))
	for i, field := range r.rest {
		names[i] = r.header[field]
	}
	return names
}
