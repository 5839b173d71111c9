package persona

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/config"
)

// Limits of a schema: far more than anyone looks after, few enough that what
// is kept of each person stays small.
const (
	// MaxAttributes is the most attributes of a schema.
	MaxAttributes = 4096
	// MaxDictionary is the most texts of an enum: all the counties of a country.
	MaxDictionary = 65536
	// MaxSources is the most sources of a schema.
	MaxSources = 256
	// MaxEventKinds is the most kinds of events of a schema.
	MaxEventKinds = 1024
	// MaxFields is the most fields of a kind of events.
	MaxFields = 32
	// MaxPlaces is the most places behind the point of a decimal attribute, so
	// that 10^9 units before the point fit beside them in 64 bits.
	MaxPlaces = 9
	// MaxText is the most bytes of a text: a name, an address, a search.
	MaxText = 4096
	// MaxItems is the most items of a list that somebody may have.
	MaxItems = 1000
)

// Definition is a schema as data: what there is to know about a person.
// [NewSchema] checks and compiles it.
type Definition struct {
	// Attributes are what is known of a person at most once, such as the city.
	// Defaults to none.
	Attributes []Attribute `json:"attributes,omitempty"`
	// Events are the kinds of things that a person does. Defaults to none.
	Events []EventKind `json:"events,omitempty"`
	// Sources are where observations come from, the most trusted first.
	// Defaults to a single one without a name.
	Sources []string `json:"sources,omitempty"`
	// Zone is the calendar on which days, birthdays and local hours are counted.
	// Nil means UTC. In JSON it is the name under "zone"; see [ParseSchema].
	Zone *time.Location `json:"-"`
}

// Schema is a compiled definition. It does not change, and is safe for
// concurrent use. A nil Schema is none: use [NewSchema] or [ParseSchema].
type Schema struct {
	zone       *time.Location
	attributes []Attribute
	byName     map[string]int
	codes      []map[string]int64 // of each enum, or list of an enum: text to code
	limits     []limits           // of each attribute that holds a number
	events     []EventKind
	byEvent    map[string]int
	sources    []string
	bySource   map[string]int
	version    [sha256.Size]byte
	absent     []int64 // the slots of a profile of whom nothing is known
	nobody     Profile // of whom nothing is known
}

// limits are the least and the largest number that an attribute may hold.
type limits struct{ lo, hi int64 }

// NewSchema compiles a definition. The error is [regulars.Faults], with a line
// for everything that is wrong with it.
func NewSchema(d Definition) (*Schema, error) {
	var faults regulars.Faults
	s := &Schema{
		zone:     d.Zone,
		byName:   make(map[string]int, len(d.Attributes)),
		byEvent:  make(map[string]int, len(d.Events)),
		bySource: make(map[string]int, len(d.Sources)),
	}
	if s.zone == nil {
		s.zone = time.UTC
	}
	s.addSources(d.Sources, &faults)
	s.addAttributes(d.Attributes, &faults)
	s.addEvents(d.Events, &faults)
	if err := faults.Err(); err != nil {
		return nil, err
	}
	for i := range s.attributes {
		s.limits = append(s.limits, s.attributes[i].limits())
	}
	s.version = sha256.Sum256(s.canonical())
	s.absent = slices.Repeat([]int64{absent}, len(s.attributes))
	s.nobody = s.Draft().Profile()
	return s, nil
}

// ParseSchema reads a definition from JSON and compiles it:
//
//	{"zone": "Asia/Shanghai",
//	 "sources": ["crm", "shop"],
//	 "attributes": [
//	   {"name": "birthday", "kind": "date", "pii": true},
//	   {"name": "gender", "kind": "enum", "values": ["female", "male"], "survivor": "source"},
//	   {"name": "income", "kind": "decimal", "places": 2, "unit": "CNY", "min": 0}],
//	 "events": [{"name": "order", "amount": true, "places": 2, "fields": ["category", "channel"]}]}
//
// The document is read strictly: no unknown or repeated key, and no trailing
// data. zones finds a zone by its name; pass [time.LoadLocation], or a resolver
// of your own where the answer must not depend on the machine. A zone that it
// does not find is a fault, as is any name other than "UTC" if zones is nil.
func ParseSchema(data []byte, zones func(name string) (*time.Location, error)) (*Schema, error) {
	var file struct {
		Zone string `json:"zone"`
		Definition
	}
	if err := config.Decode(data, &file); err != nil {
		return nil, err
	}
	var faults regulars.Faults
	file.Definition.Zone = config.Zone(file.Zone, zones, &faults)
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return NewSchema(file.Definition)
}

func (s *Schema) addSources(sources []string, faults *regulars.Faults) {
	if len(sources) > MaxSources {
		faults.Add("sources", "has %d: want at most %d", len(sources), MaxSources)
		return
	}
	if len(sources) == 0 {
		sources = []string{""}
	}
	for i, source := range sources {
		path := fmt.Sprintf("sources[%d]", i)
		if _, ok := s.bySource[source]; ok {
			faults.Add(path, "%q is there before", source)
		}
		if problem := badName(source); problem != "" && (source != "" || len(sources) > 1) {
			faults.Add(path, "%s", problem)
		}
		s.bySource[source] = i
		s.sources = append(s.sources, source)
	}
}

// Len returns how many attributes there are.
func (s *Schema) Len() int { return len(s.attributes) }

// Attribute returns the attribute of an index from 0 to [Schema.Len] - 1: the
// index by which a [Profile] is read. Its lists are those of the schema, not to
// be changed.
func (s *Schema) Attribute(i int) Attribute { return s.attributes[i] }

// Index returns the index of the attribute of a name; ok is false if there is
// none.
func (s *Schema) Index(name string) (i int, ok bool) {
	i, ok = s.byName[name]
	return i, ok
}

// Code returns the code of a text in the dictionary of attribute i, an enum or
// a list of one: its place in Values. ok is false if it is not there.
func (s *Schema) Code(i int, text string) (code int64, ok bool) {
	a := &s.attributes[i]
	code, ok = s.codes[i][normalise(text, a.Normal)]
	return code, ok
}

// Zone returns the calendar of s, never nil.
func (s *Schema) Zone() *time.Location { return s.zone }

// Sources returns the sources, the most trusted first.
func (s *Schema) Sources() []string { return append([]string(nil), s.sources...) }

// Version returns the SHA-256 of all that s says, in hexadecimal. Schemas of one
// version are the same.
func (s *Schema) Version() string { return hex.EncodeToString(s.version[:]) }

// canonical is s as JSON, with its zone.
func (s *Schema) canonical() []byte {
	data, err := json.Marshal(struct {
		Zone       string      `json:"zone"`
		Sources    []string    `json:"sources"`
		Attributes []Attribute `json:"attributes"`
		Events     []EventKind `json:"events"`
	}{s.zone.String(), s.sources, s.attributes, s.events})
	if err != nil {
		panic(err) // a checked schema has a form in JSON
	}
	return data
}

// same reports whether o is s, or says the same.
func (s *Schema) same(o *Schema) bool {
	return s == o || s != nil && o != nil && s.version == o.version
}
