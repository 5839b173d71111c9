package portrait

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"sort"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/config"
	"github.com/regulars-go/regulars/persona"
)

// Limits on what is counted, so that a mistake in a layout can't exhaust the
// host.
const (
	// MaxColumns is how many attributes a board may have: more than anyone reads.
	MaxColumns = 500
	// MaxCuts is how many cuts a column may have.
	MaxCuts = 1000
	// MaxValues is how many different texts a column counts. What has more is an
	// ID or a free text, of which no board can be made: its facet is withheld.
	MaxValues = 10_000
)

// Column is one attribute to portray.
type Column struct {
	// Attribute is its name in the schema.
	Attribute string `json:"attribute"`
	// Cuts divide an int, a decimal, a date or a time into bands: each band is
	// from a cut, included, to the next, excluded, and there is one below the
	// first and one from the last on. They ascend. Without cuts an int or a
	// decimal is summarised as a number; dates and times need some.
	Cuts []persona.Value `json:"cuts,omitempty"`
	// PII is the permission to portray an attribute that the schema marks as
	// personal. Without it such an attribute is a fault.
	PII bool `json:"pii,omitzero"`
}

// ParseColumns reads a list of columns from JSON. The document is read strictly:
// an unknown or repeated key and trailing data are faults. The error is
// [regulars.Faults]. Whether the columns fit a schema is for [NewLayout] to say.
func ParseColumns(data []byte) ([]Column, error) {
	var columns []Column
	if err := config.Decode(data, &columns); err != nil {
		return nil, err
	}
	return columns, nil
}

// Layout says what a board shows. Get one from [NewLayout]. It never changes,
// and any number of goroutines may share one.
type Layout struct {
	schema  *persona.Schema
	id      string
	columns []column
}

// column is a Column that is ready to count.
type column struct {
	index     int // in the schema
	attribute persona.Attribute
	form      columnForm
	cuts      []int64  // in the units of a profile's slot
	labels    []string // of coded values and bands
}

// columnForm is how values are counted.
type columnForm uint8

const (
	coded      columnForm = iota // an enum or a bool: the slot is the code
	banded                       // a number in bands
	named                        // a text
	codedList                    // a list of an enum
	namedList                    // a list of texts
	summarised                   // a number
)

// isList reports whether a profile may have several values, so that they don't
// add up to the profiles.
func (f columnForm) isList() bool { return f == codedList || f == namedList }

// NewLayout checks columns against a schema. The error is [regulars.Faults]: no
// column or too many, an attribute that the schema lacks or that stands there
// twice, personal data without permission, a list of numbers, a date without
// cuts, and cuts that don't ascend or are not of the attribute's kind.
func NewLayout(schema *persona.Schema, columns []Column) (*Layout, error) {
	var f regulars.Faults
	if n := len(columns); n == 0 || n > MaxColumns {
		f.Add("columns", "%d columns: want 1 to %d", n, MaxColumns)
		return nil, f
	}
	l := &Layout{schema: schema}
	seen := map[string]int{}
	for i, c := range columns {
		path := fmt.Sprintf("columns[%d]", i)
		if first, ok := seen[c.Attribute]; ok {
			f.Add(path+".attribute", "%q is column %d already", c.Attribute, first)
			continue
		}
		seen[c.Attribute] = i
		compiled, faults := compile(schema, c)
		f.Under(path, faults)
		l.columns = append(l.columns, compiled)
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	form, err := json.Marshal(columns)
	if err != nil {
		return nil, fmt.Errorf("portrait: layout: %w", err)
	}
	sum := sha256.Sum256(append([]byte(schema.Version()), form...))
	l.id = hex.EncodeToString(sum[:16])
	return l, nil
}

// ID names the layout by what it says: its columns, and the version of the
// schema. It is 32 hexadecimal digits.
func (l *Layout) ID() string { return l.id }

func compile(schema *persona.Schema, c Column) (out column, f regulars.Faults) {
	i, ok := schema.Index(c.Attribute)
	if !ok {
		f.Add("attribute", "%q is not in the schema", c.Attribute)
		return column{}, f
	}
	out = column{index: i, attribute: schema.Attribute(i)}
	if out.attribute.PII && !c.PII {
		f.Add("pii", "%q is personal data: want the permission to show it", c.Attribute)
	}
	kind := out.attribute.Kind
	isNumber := kind == persona.KindInt || kind == persona.KindDecimal
	isMoment := kind == persona.KindDate || kind == persona.KindTime
	switch {
	case len(c.Cuts) > 0 && !isNumber && !isMoment:
		f.Add("cuts", "only numbers, dates and times have bands, not %s", kind)
	case len(c.Cuts) == 0 && isMoment:
		f.Add("cuts", "missing: a %s is shown in bands", kind)
	case kind == persona.KindList && out.attribute.Of != persona.KindString && out.attribute.Of != persona.KindEnum:
		f.Add("attribute", "%q is a list of numbers: want one of texts", c.Attribute)
	}
	if len(f) == 0 {
		out.setForm(schema, c, &f)
	}
	return out, f
}

func (c *column) setForm(schema *persona.Schema, from Column, f *regulars.Faults) {
	switch kind := c.attribute.Kind; {
	case len(from.Cuts) > 0:
		c.form = banded
		c.setCuts(schema, from.Cuts, f)
	case kind == persona.KindBool:
		c.form, c.labels = coded, []string{"false", "true"}
	case kind == persona.KindEnum:
		c.form, c.labels = coded, c.attribute.Values
	case kind == persona.KindString:
		c.form = named
	case kind == persona.KindList && c.attribute.Of == persona.KindEnum:
		c.form, c.labels = codedList, c.attribute.Values
	case kind == persona.KindList:
		c.form = namedList
	default:
		c.form = summarised
	}
}

func (c *column) setCuts(schema *persona.Schema, cuts []persona.Value, f *regulars.Faults) {
	if n := len(cuts); n > MaxCuts {
		f.Add("cuts", "%d cuts: want at most %d", n, MaxCuts)
		return
	}
	draft := schema.Draft()
	for i, cut := range cuts {
		path := fmt.Sprintf("cuts[%d]", i)
		if cut.IsZero() {
			f.Add(path, "want a value, not null")
			continue
		}
		// What a profile can have, a cut can be: it is read as one.
		if err := draft.Set(c.index, cut); err != nil {
			f.Add(path, "%v", err)
			continue
		}
		at := draft.Profile().Number(c.index)
		if n := len(c.cuts); n > 0 && at <= c.cuts[n-1] {
			f.Add(path, "%s is not above the cut before it", cut)
		}
		c.cuts = append(c.cuts, at)
	}
	if len(*f) > 0 {
		return
	}
	c.labels = bandLabels(cuts)
}

func bandLabels(cuts []persona.Value) []string {
	labels := []string{"below " + cuts[0].String()}
	for i := 1; i < len(cuts); i++ {
		labels = append(labels, cuts[i-1].String()+" to below "+cuts[i].String())
	}
	return append(labels, cuts[len(cuts)-1].String()+" and above")
}

// band returns in which band a number lies.
func (c *column) band(n int64) int {
	if len(c.cuts) <= 16 { // as many as age has: no search is faster than a look
		i := 0
		for i < len(c.cuts) && n >= c.cuts[i] {
			i++
		}
		return i
	}
	return sort.Search(len(c.cuts), func(i int) bool { return n < c.cuts[i] })
}

// Attributes returns the names of the columns' attributes, in their order.
func (l *Layout) Attributes() []string {
	names := make([]string, len(l.columns))
	for i, c := range l.columns {
		names[i] = c.attribute.Name
	}
	return slices.Clip(names)
}
