package table

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
)

const (
	sampleBytes = 1 << 16 // of the text, from which the separator is told
	sampleRows  = 10
)

var (
	errEmpty = errors.New("the file is empty")
	errUTF16 = errors.New("the text is UTF-16; save it as UTF-8")
	errZip   = errors.New("this is a zip archive, such as a workbook; save the sheet as CSV")
)

// counter counts the bytes of a file as it is stored.
type counter struct {
	in    io.Reader
	bytes int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	c.bytes += int64(n)
	return n, err
}

// openText finds out what the bytes are: it unpacks gzip, skips a byte order
// mark and picks the separator.
func openText(in io.Reader) (source, error) {
	stored := bufio.NewReaderSize(in, sampleBytes)
	limit := &limiter{in: stored}
	switch magic, _ := stored.Peek(4); {
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		unpacked, err := gzip.NewReader(stored)
		if err != nil {
			return nil, err
		}
		limit.in = unpacked
	case bytes.Equal(magic, []byte("PK\x03\x04")):
		return nil, errZip
	}
	text := bufio.NewReaderSize(limit, MaxRow)
	if err := skipMark(text); err != nil {
		return nil, err
	}
	sample, err := text.Peek(sampleBytes)
	if err != nil && err != io.EOF {
		return nil, err
	}
	if len(bytes.TrimSpace(sample)) == 0 && err == io.EOF {
		return nil, errEmpty
	}
	if separator := sniff(sample, err == io.EOF); separator != ' ' {
		return newDelimited(text, limit, separator), nil
	}
	return &aligned{text: text, limit: limit}, nil
}

func skipMark(text *bufio.Reader) error {
	mark, err := text.Peek(3)
	switch {
	case err != nil && err != io.EOF:
		return err
	case bytes.HasPrefix(mark, []byte("\xff\xfe")), bytes.HasPrefix(mark, []byte("\xfe\xff")):
		return errUTF16
	case bytes.Equal(mark, []byte("\xef\xbb\xbf")):
		_, err = text.Discard(3)
		return err
	}
	return nil
}

// sniff picks the separator that splits the first rows into equally many
// fields, the one with most; a space if none splits them at all. Whole says
// that the sample is all of the text.
func sniff(sample []byte, whole bool) rune {
	separator, most := ' ', 1
	for _, candidate := range []rune{'\t', ';', ','} {
		counts := countFields(sample, byte(candidate), whole)
		if even(counts) && counts[0] > most {
			separator, most = candidate, counts[0]
		}
	}
	if most > 1 {
		return separator
	}
	// No separator is in every row as often. Space-aligned text has none of
	// them in its first row; a file with a ragged row is read by what that has.
	first, _, _ := bytes.Cut(bytes.TrimLeft(sample, "\r\n"), []byte("\n"))
	for _, candidate := range []rune{'\t', ';', ','} {
		if n := bytes.Count(first, []byte(string(candidate))); n+1 > most {
			separator, most = candidate, n+1
		}
	}
	if most == 1 && !strings.ContainsAny(string(bytes.TrimSpace(first)), " \t") {
		return ',' // one column: nothing to separate
	}
	if separator == '\t' && len(bytes.Fields(first)) > most {
		return ' ' // tabs among spaces only align
	}
	return separator
}

// countFields counts the fields of each of the first rows, quotes considered.
// The last row of a sample may be cut off and is then not counted.
func countFields(sample []byte, separator byte, whole bool) []int {
	var counts []int
	fields, quoted, empty := 1, false, true
	for _, c := range sample {
		switch {
		case c == '"':
			quoted = !quoted
		case c == '\n' && !quoted:
			if !empty {
				counts = append(counts, fields)
			}
			fields, empty = 1, true
			if len(counts) == sampleRows {
				return counts
			}
			continue
		case c == separator && !quoted:
			fields++
		}
		empty = empty && c == '\r'
	}
	if !empty && (whole || len(counts) == 0) {
		counts = append(counts, fields)
	}
	return counts
}

func even(counts []int) bool {
	for _, n := range counts {
		if n != counts[0] {
			return false
		}
	}
	return len(counts) > 0
}
