package table

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
)

// Column says which column of a file holds a key.
type Column struct {
	File string // which file it is of, such as "events"; empty for the orders
	Key  string
	Name string // the column's exact header, or its position from 1
}

// Columns names the columns of one file or several. It is a [flag.Value]:
// given twice, the columns add up.
type Columns []Column

// ParseColumns reads key=column pairs with commas between them, such as
// "customer=customer_id,at=2,events.user=uid". A key that is led by a word and
// a dot is of the file of that name, any other is of the orders. A pair with a
// comma or a quote in it is quoted as in CSV. Spaces around a key or a column
// don't belong to it.
func ParseColumns(text string) (Columns, error) {
	pairs := csv.NewReader(strings.NewReader(text))
	pairs.TrimLeadingSpace = true
	fields, err := pairs.Read()
	if err != nil {
		return nil, fmt.Errorf("table: columns %q: want key=column pairs with commas between them", text)
	}
	var columns Columns
	for _, pair := range fields {
		key, name, found := strings.Cut(pair, "=")
		c := Column{Key: strings.TrimSpace(key), Name: strings.TrimSpace(name)}
		if file, rest, dotted := strings.Cut(c.Key, "."); dotted {
			c.File, c.Key = file, rest
		}
		if !found || c.Key == "" || c.Name == "" {
			return nil, fmt.Errorf("table: columns: %q is not a pair such as customer=customer_id or customer=1", pair)
		}
		columns = append(columns, c)
	}
	return columns, nil
}

// Set adds the columns that text names, as [ParseColumns] reads them.
func (c *Columns) Set(text string) error {
	more, err := ParseColumns(text)
	if err == nil {
		*c = append(*c, more...)
	}
	return err
}

// String returns the pairs as [ParseColumns] reads them.
func (c *Columns) String() string {
	if c == nil {
		return ""
	}
	pairs := make([]string, len(*c))
	for i, column := range *c {
		pairs[i] = column.Key + "=" + column.Name
		if column.File != "" {
			pairs[i] = column.File + "." + pairs[i]
		}
		if strings.ContainsAny(pairs[i], "\",\n\r") {
			pairs[i] = `"` + strings.ReplaceAll(pairs[i], `"`, `""`) + `"`
		}
	}
	return strings.Join(pairs, ",")
}

// Of returns the columns of one file; "" is the orders. Their File is empty, as
// [Options.Columns] wants it.
func (c Columns) Of(file string) Columns {
	var of Columns
	for _, column := range c {
		if column.File == file {
			of = append(of, Column{Key: column.Key, Name: column.Name})
		}
	}
	return of
}

// Files returns the files that c names columns of, sorted, so that a misspelt
// one can be found.
func (c Columns) Files() []string {
	var files []string
	for _, column := range c {
		files = append(files, column.File)
	}
	slices.Sort(files)
	return slices.Compact(files)
}
