package scorecard

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"sort"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/config"
	"github.com/regulars-go/regulars/persona"
)

// Limits on what a card looks at, so that a mistake in a layout can't exhaust
// the host. A card that people can explain has some ten features.
const (
	MaxFeatures = 100
	// MaxBins is how many bins a feature may have before it is fitted, that for
	// what is not known included: the number of one fits a byte.
	MaxBins = 200
)

// Feature is something that a card looks at: an attribute of the schema, or the
// answer of a rule.
type Feature struct {
	// Name is what reports call it. It defaults to Attribute; a rule needs one.
	Name string `json:"name,omitempty"`
	// Attribute is the name of a bool, an enum, an int or a decimal.
	Attribute string `json:"attribute,omitempty"`
	// Cuts divide an int or a decimal, which need them, into bands: each is from
	// a cut, included, to the next, excluded. They ascend. Fitting joins bands
	// that are too small.
	Cuts []persona.Value `json:"cuts,omitempty"`
	// Rule is a condition whose answer is looked at, in the place of Attribute:
	// what was done in a window, what a list has, how old somebody is. It is
	// asked as of the moment of the case, so that later events don't count.
	Rule *persona.Rule `json:"rule,omitempty"`
	// PII is the permission to look at an attribute that the schema marks as
	// personal. Without it such an attribute is a fault.
	PII bool `json:"pii,omitzero"`
}

// ParseFeatures reads a list of features from JSON. The document is read
// strictly: an unknown or repeated key and trailing data are faults. The error
// is [regulars.Faults]. Whether they fit a schema is for [NewLayout] to say.
func ParseFeatures(data []byte) ([]Feature, error) {
	var features []Feature
	if err := config.Decode(data, &features); err != nil {
		return nil, err
	}
	return features, nil
}

// Layout is the features that a sample is counted by. Get one from [NewLayout].
// It never changes, and any number of goroutines may share one.
type Layout struct {
	schema   *persona.Schema
	id       string
	features []Feature
	columns  []column
}

// column is a feature that is ready to be read. Bin 0 is what is not known.
type column struct {
	index  int              // of the attribute
	cuts   []int64          // in the units of a profile's slot; nil for codes
	edges  []string         // the cuts as texts
	rule   *persona.Segment // instead of the attribute
	labels []string         // of the bins
	ranked bool             // the bins from 1 on are in an order, so that neighbours may be joined
}

// NewLayout checks features against a schema. The error is [regulars.Faults]: no
// feature or too many, both or neither of an attribute and a rule, a name that
// stands there twice, an attribute that the schema lacks or of a kind that has
// no bins, personal data without permission, cuts that are missing, don't ascend
// or are too many, and a rule that does not compile.
func NewLayout(schema *persona.Schema, features []Feature) (*Layout, error) {
	var f regulars.Faults
	if n := len(features); n == 0 || n > MaxFeatures {
		f.Add("features", "%d features: want 1 to %d", n, MaxFeatures)
		return nil, f
	}
	l := &Layout{schema: schema}
	seen := map[string]int{}
	for i, feature := range features {
		path := fmt.Sprintf("features[%d]", i)
		if feature.Name == "" {
			feature.Name = feature.Attribute
		}
		if first, ok := seen[feature.Name]; ok {
			f.Add(path+".name", "%q is feature %d already", feature.Name, first)
			continue
		}
		seen[feature.Name] = i
		c, faults := compile(schema, feature)
		f.Under(path, faults)
		l.features, l.columns = append(l.features, feature), append(l.columns, c)
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	form, err := json.Marshal(l.features)
	if err != nil {
		return nil, fmt.Errorf("scorecard: layout: %w", err)
	}
	sum := sha256.Sum256(append([]byte(schema.Version()), form...))
	l.id = hex.EncodeToString(sum[:16])
	return l, nil
}

// ID names the layout by what it says: its features, and the version of the
// schema. It is 32 hexadecimal digits.
func (l *Layout) ID() string { return l.id }

func compile(schema *persona.Schema, feature Feature) (c column, f regulars.Faults) {
	switch {
	case feature.Name == "":
		f.Add("name", "missing: a feature has an attribute, or a rule and a name")
	case (feature.Attribute == "") == (feature.Rule == nil):
		f.Add("", "want one of attribute and rule")
	case feature.Rule != nil && len(feature.Cuts) > 0:
		f.Add("cuts", "a rule has none")
	case feature.Rule != nil:
		segment, err := schema.Compile(*feature.Rule)
		if err != nil {
			f.Under("rule", faultsOf(err))
			break
		}
		c.rule, c.labels = segment, []string{unknown, "no", "yes"}
	default:
		c.read(schema, feature, &f)
	}
	if n := len(c.labels); n > MaxBins {
		f.Add("", "%d bins: want at most %d", n, MaxBins)
	}
	return c, f
}

const unknown = "unknown"

func faultsOf(err error) regulars.Faults {
	if faults, ok := err.(regulars.Faults); ok { //nolint:errorlint // Compile says that this is its type
		return faults
	}
	return regulars.Faults{{Problem: err.Error()}}
}

// read makes c of an attribute.
func (c *column) read(schema *persona.Schema, feature Feature, f *regulars.Faults) {
	i, ok := schema.Index(feature.Attribute)
	if !ok {
		f.Add("attribute", "%q is not in the schema", feature.Attribute)
		return
	}
	a := schema.Attribute(i)
	if a.PII && !feature.PII {
		f.Add("pii", "%q is personal data: want the permission to look at it", a.Name)
	}
	c.index = i
	number := a.Kind == persona.KindInt || a.Kind == persona.KindDecimal
	switch {
	case len(feature.Cuts) > 0 && !number:
		f.Add("cuts", "only numbers have bands, not %s", a.Kind)
	case number && len(feature.Cuts) == 0:
		f.Add("cuts", "missing: a number is looked at in bands")
	case number:
		c.ranked = true
		c.setCuts(schema, feature.Cuts, f)
	case a.Kind == persona.KindBool:
		c.labels = []string{unknown, "false", "true"}
	case a.Kind == persona.KindEnum:
		c.labels = append([]string{unknown}, a.Values...)
	default:
		f.Add("attribute", "%q is a %s: want a bool, an enum or a number, or a rule that asks for it", a.Name, a.Kind)
	}
}

func (c *column) setCuts(schema *persona.Schema, cuts []persona.Value, f *regulars.Faults) {
	if n := len(cuts); n > MaxBins-2 {
		f.Add("cuts", "%d cuts: want at most %d", n, MaxBins-2)
		return
	}
	draft := schema.Draft()
	for i, cut := range cuts {
		path := fmt.Sprintf("cuts[%d]", i)
		// What a profile can have, a cut can be: it is read as one.
		if err := draft.Set(c.index, cut); err != nil || cut.IsZero() {
			f.Add(path, "%s is no value of the attribute", cut)
			continue
		}
		at := draft.Profile().Number(c.index)
		if n := len(c.cuts); n > 0 && at <= c.cuts[n-1] {
			f.Add(path, "%s is not above the cut before it", cut)
		}
		c.cuts, c.edges = append(c.cuts, at), append(c.edges, cut.String())
	}
	c.labels = []string{unknown}
	for i := 1; i <= len(c.edges)+1 && len(*f) == 0; i++ {
		c.labels = append(c.labels, c.bandLabel(band{first: i, last: i}))
	}
}

// bin returns in which bin somebody is.
func (c *column) bin(p persona.Profile, asOf time.Time) int {
	switch {
	case c.rule != nil:
		switch c.rule.Match(p, asOf) {
		case persona.True:
			return 2
		case persona.False:
			return 1
		}
		return 0
	case !p.Has(c.index):
		return 0
	case c.ranked:
		n := p.Number(c.index)
		return 1 + sort.Search(len(c.cuts), func(i int) bool { return n < c.cuts[i] })
	}
	return 1 + int(p.Number(c.index))
}

// pattern appends the bins of somebody, a byte each.
func (l *Layout) pattern(dst []byte, p persona.Profile, asOf time.Time) []byte {
	for i := range l.columns {
		dst = append(dst, byte(l.columns[i].bin(p, asOf)))
	}
	return dst
}
