package table

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
)

// Limits of a file. A row that ends nowhere, such as one with a quote that is
// never closed, would otherwise be read into memory whole.
const (
	MaxRow    = 1 << 18 // bytes of a row, with the line ends in its quotes
	MaxFields = 4096    // fields of a row
)

var errTooLong = fmt.Errorf("a row is longer than %d bytes; a quote may not be closed", MaxRow)

// source delivers the rows of a file.
type source interface {
	// next returns the next row that is not empty; the slice is valid until
	// the next call. The error is io.EOF at the end, a *quoteError for a row
	// that can be passed over, or final.
	next() ([]string, error)
	// line returns the line, from 1, of a field of that row.
	line(field int) int
}

// quoteError is a row with a quote where none may be.
type quoteError struct{ line int }

func (e *quoteError) Error() string { return fmt.Sprintf("line %d: misplaced quote", e.line) }

// delimited reads comma, tab and semicolon separated rows.
type delimited struct {
	csv   *csv.Reader
	limit *limiter
}

func newDelimited(text *bufio.Reader, limit *limiter, separator rune) *delimited {
	reader := csv.NewReader(text)
	reader.Comma = separator
	reader.FieldsPerRecord = -1
	reader.ReuseRecord = true
	// With tabs, "leading space" would swallow empty fields.
	reader.TrimLeadingSpace = separator != '\t'
	return &delimited{reader, limit}
}

func (d *delimited) next() ([]string, error) {
	start := d.csv.InputOffset()
	d.limit.rowAt(start)
	row, err := d.csv.Read()
	if d.limit.err != nil && !errors.Is(d.limit.err, io.EOF) {
		return nil, d.limit.err
	}
	if parse, ok := errors.AsType[*csv.ParseError](err); ok {
		if parse.Line != parse.StartLine {
			return nil, fmt.Errorf("line %d: a quote is opened that is not closed properly until line %d: where rows begin after it is unknown", parse.StartLine, parse.Line)
		}
		return nil, &quoteError{parse.StartLine}
	}
	if err == nil && d.csv.InputOffset()-start > MaxRow {
		return nil, errTooLong
	}
	return row, err
}

func (d *delimited) line(field int) int {
	line, _ := d.csv.FieldPos(field)
	return line
}

// aligned reads rows of which the fields are apart by spaces and tabs.
type aligned struct {
	text   *bufio.Reader
	limit  *limiter
	offset int64
	lines  int
	fields []string
}

func (a *aligned) next() ([]string, error) {
	for {
		a.limit.rowAt(a.offset)
		line, err := a.text.ReadSlice('\n')
		a.offset += int64(len(line))
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			return nil, errTooLong
		case err != nil && (err != io.EOF || len(line) == 0):
			return nil, err
		}
		a.lines++
		if line = bytes.TrimSpace(line); len(line) > 0 {
			a.fields = splitSpaces(a.fields[:0], string(line))
			return a.fields, nil
		}
	}
}

func (a *aligned) line(int) int { return a.lines }

func splitSpaces(fields []string, line string) []string {
	start := -1
	for i := range len(line) {
		space := line[i] == ' ' || line[i] == '\t'
		switch {
		case space && start >= 0:
			fields = append(fields, line[start:i])
			start = -1
		case !space && start < 0:
			start = i
		}
	}
	if start >= 0 {
		fields = append(fields, line[start:])
	}
	return fields
}

// limiter passes bytes on until a row is far longer than MaxRow, so that the
// row is never in memory whole. Its error stays.
type limiter struct {
	in        io.Reader
	delivered int64
	row       int64 // where the current row begins
	err       error
}

func (l *limiter) rowAt(offset int64) { l.row = offset }

// Read is called when all that was delivered so far is in rows that were
// returned, or in the current one.
func (l *limiter) Read(p []byte) (int, error) {
	if l.err == nil && l.delivered-l.row > 2*MaxRow {
		l.err = errTooLong
	}
	if l.err != nil {
		return 0, l.err
	}
	n, err := l.in.Read(p)
	l.delivered += int64(n)
	l.err = err
	return n, err
}
