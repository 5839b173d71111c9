package table

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

// progressEvery is how many rows pass between two calls of [Options.Progress].
const progressEvery = 1 << 14

// Options say how a file is to be read. The zero value reads most files.
type Options struct {
	// Columns say which column is what, with an empty [Column.File]. Without
	// any, the usual headers are looked for.
	Columns Columns
	// Layout is how times are written, in the notation of package time, or
	// [Unix] or [UnixMilli]. Defaults to the first of a fixed list that fits
	// the first row: RFC 3339, 2006-01-02 or 2006/01/02 with or without a
	// clock time, 20060102, 20060102150405, Unix seconds or milliseconds.
	Layout string
	// Zone is where times without an offset were written down, and that of
	// all times returned. A clock time that a zone skips or has twice is read
	// as package time does. Nil means UTC.
	Zone *time.Location
	// Lenient sets malformed rows aside instead of stopping at the first. What
	// leaves the rest of the file in doubt stays an error: a quote that is not
	// closed on its line, a row over a limit, a date that needs a layout, and
	// a file of which every row is malformed.
	Lenient bool
	// Progress, if not nil, is called now and then while reading, with the
	// rows so far (malformed ones too) and the bytes so far of the file as it
	// is stored.
	Progress func(rows, bytes int64)
}

// Reader delivers the rows of a file one at a time, in their order.
type Reader[T any] struct {
	name     string
	options  Options
	stored   counter
	close    func() error
	source   source
	values   *values
	bound    []binding[T]
	header   []string // nil without one
	rest     []int    // the fields of the columns for into
	into     func(row *T) *[]string
	fields   int
	first    []string // the first row, while it is data that was not read yet
	row      T
	line     int
	rows     int64
	setAside SetAside
	err      error
}

// Open opens the file at path; call Close in the end. The errors are those of
// [os.Open] and [New].
func Open[T any](path string, schema Schema[T], options Options) (*Reader[T], error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	r, err := New(file, path, schema, options)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	r.close = file.Close
	return r, nil
}

// New reads from in; name stands for it in messages. It is an error if the
// text is empty, is no text, or has no column for a required key, and if
// options name a key or column that isn't there. A file with a header and
// nothing else has no rows, and is no error.
func New[T any](in io.Reader, name string, schema Schema[T], options Options) (*Reader[T], error) {
	r := &Reader[T]{
		name: name, options: options, stored: counter{in: in},
		values: newValues(options.Layout, cmp.Or(options.Zone, time.UTC)),
	}
	if err := r.start(schema); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return r, nil
}

func (r *Reader[T]) start(schema Schema[T]) (err error) {
	if r.source, err = openText(&r.stored); err != nil {
		return err
	}
	row, err := r.source.next()
	switch {
	case errors.Is(err, io.EOF):
		return errEmpty
	case err != nil:
		return err
	case len(row) > MaxFields:
		return fmt.Errorf("the first line has %d fields; at most %d are read", len(row), MaxFields)
	}
	first := slices.Clone(row)
	r.fields = len(first)
	bound, isHeader, err := bind(schema, r.options.Columns, first, r.values)
	if err != nil {
		return err
	}
	r.bound = bound
	r.line = r.source.line(0)
	if isHeader {
		for i := range first {
			first[i] = strings.TrimSpace(first[i])
		}
		r.header = first
		r.addRest(schema)
	} else {
		r.first = first
	}
	return nil
}

// Next reads the next row, which [Reader.Row] then returns. It is false at the
// end of the file, and after an error.
func (r *Reader[T]) Next() bool {
	for r.err == nil {
		row, err := r.take()
		if errors.Is(err, io.EOF) {
			r.err = r.end()
			return false
		}
		malformed, fatal := r.read(row, err)
		switch {
		case fatal != nil:
			r.err = fatal
		case malformed == nil:
			r.rows++
		case r.options.Lenient:
			r.setAside.add(malformed)
		default:
			r.err = malformed
		}
		if (r.rows+r.setAside.Rows)%progressEvery == 0 {
			r.progress()
		}
		if malformed == nil && r.err == nil {
			return true
		}
	}
	return false
}

// take returns the next row of text.
func (r *Reader[T]) take() ([]string, error) {
	if first := r.first; first != nil {
		r.first = nil
		return first, nil
	}
	row, err := r.source.next()
	if err == nil {
		r.line = r.source.line(0)
	}
	return row, err
}

// read turns a row of text, or the error in its place, into r.row.
func (r *Reader[T]) read(row []string, err error) (malformed *MalformedError, fatal error) {
	if quote, ok := errors.AsType[*quoteError](err); ok {
		r.line = quote.line
		return r.malformed(MisplacedQuote, `fields that hold a quote to stand in quotes, with the quote doubled`), nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: after line %d: %w", r.name, r.line, err)
	}
	if len(row) != r.fields {
		return r.malformed(WrongFields, fmt.Sprintf("%d fields, as in the first line, and not %d", r.fields, len(row))), nil
	}
	var zero T
	r.row = zero
	for i := range r.bound {
		b := &r.bound[i]
		p := b.key.read(&r.row, row[b.field], r.values)
		if p == nil {
			continue
		}
		malformed = r.malformed(p.reason, p.want)
		malformed.Line = r.source.line(b.field)
		malformed.Column, malformed.Value = b.label, shorten(strings.TrimSpace(row[b.field]))
		if p.fatal {
			return nil, malformed
		}
		return malformed, nil
	}
	return r.readRest(row), nil
}

func (r *Reader[T]) malformed(reason Reason, want string) *MalformedError {
	return &MalformedError{File: r.name, Line: r.line, Reason: reason, Want: want}
}

// end reports a file of which every row was malformed: that is no lenient
// reading of it, but a wrong one.
func (r *Reader[T]) end() error {
	r.progress()
	if r.rows == 0 && r.setAside.Rows > 0 {
		return fmt.Errorf("none of the %d rows could be read; the first: %w", r.setAside.Rows, r.setAside.First[0])
	}
	return nil
}

func (r *Reader[T]) progress() {
	if r.options.Progress != nil {
		r.options.Progress(r.rows+r.setAside.Rows, r.stored.bytes)
	}
}

// Row returns the row that [Reader.Next] read. It is the caller's to keep.
func (r *Reader[T]) Row() T { return r.row }

// Line returns the line, from 1, on which that row begins.
func (r *Reader[T]) Line() int { return r.line }

// Err returns the error that ended the reading; nil at the end of the file.
func (r *Reader[T]) Err() error { return r.err }

// Rows returns how many rows [Reader.Next] has delivered.
func (r *Reader[T]) Rows() int64 { return r.rows }

// SetAside returns what was passed over so far; see [Options.Lenient].
func (r *Reader[T]) SetAside() SetAside {
	s := r.setAside
	s.Reasons, s.First = slices.Clone(s.Reasons), slices.Clone(s.First)
	return s
}

// Layout returns the layout by which times are read; empty while neither
// [Options.Layout] nor a row has settled it.
func (r *Reader[T]) Layout() string { return r.values.clock.layout }

// Columns returns which column each key is read from, by name where there is a
// header and by position otherwise.
func (r *Reader[T]) Columns() Columns {
	columns := make(Columns, len(r.bound))
	for i, b := range r.bound {
		columns[i] = Column{Key: b.key.Name, Name: fmt.Sprint(b.field + 1)}
		if r.header != nil {
			columns[i].Name = r.header[b.field]
		}
	}
	return columns
}

// Header returns the names of all columns; nil if the file has no header.
func (r *Reader[T]) Header() []string { return slices.Clone(r.header) }

// Close closes the file that [Open] opened.
func (r *Reader[T]) Close() error {
	if r.close == nil {
		return nil
	}
	return r.close()
}
