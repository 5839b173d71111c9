package persona_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/persona"
)

func TestSchemaRefuses(t *testing.T) {
	attribute := func(text string) string { return `{"attributes": [{"name": "a", ` + text + `}]}` }
	tests := []struct{ name, schema, want string }{
		{"unknown kind", attribute(`"kind": "float"`), `attributes[0].kind: "float": want bool, int, decimal, string, enum, date, time or list`},
		{"no name", `{"attributes": [{"kind": "int"}]}`, `attributes[0].name: empty: want a name`},
		{"name twice", `{"attributes": [{"name": "a", "kind": "int"}, {"name": "a", "kind": "int"}]}`, `attributes[1].name: "a" is there before`},
		{"name with spaces around", `{"attributes": [{"name": " a", "kind": "int"}]}`, `attributes[0].name: " a": want printable text without spaces at its ends`},
		{"enum without a dictionary", attribute(`"kind": "enum"`), `attributes[0].values: has 0 texts: want 1 to 65536`},
		{"text twice", attribute(`"kind": "enum", "values": ["x", "x"]`), `attributes[0].values[1]: "x" is there before`},
		{"text twice in its normal form", attribute(`"kind": "enum", "values": ["x", "X"], "normal": ["fold"]`), `attributes[0].values[1]: "x" is there before`},
		{"dictionary of a string", attribute(`"kind": "string", "values": ["x"]`), `attributes[0].values: only an enum has a dictionary, not string`},
		{"list of lists", attribute(`"kind": "list", "of": "list"`), `attributes[0].of: "list": want string, enum, int or decimal`},
		{"of what is no list", attribute(`"kind": "int", "of": "int"`), `attributes[0].of: only a list has it, not int`},
		{"many places", attribute(`"kind": "decimal", "places": 10`), `attributes[0].places: 10: want 0 to 9`},
		{"places of an int", attribute(`"kind": "int", "places": 1`), `attributes[0].places: only a decimal has places, not int`},
		{"bounds in the wrong order", attribute(`"kind": "int", "min": 3, "max": 1`), `attributes[0].max: 1 is less than min, 3`},
		{"bound of another kind", attribute(`"kind": "date", "min": 3`), `attributes[0].min: want a date, not a whole number`},
		{"bounds of a text", attribute(`"kind": "string", "min": "a"`), `attributes[0].min: only numbers, dates and times have bounds, not string`},
		{"unknown survivor", attribute(`"kind": "int", "survivor": "newest"`), `attributes[0].survivor: "newest": want recent, oldest, source, max, union or non_empty`},
		{"union of numbers", attribute(`"kind": "int", "survivor": "union"`), `attributes[0].survivor: only lists have a union, not int`},
		{"largest enum", attribute(`"kind": "enum", "values": ["x"], "survivor": "max"`), `attributes[0].survivor: enum has no largest`},
		{"unknown normal form", attribute(`"kind": "string", "normal": ["upper"]`), `attributes[0].normal[0]: "upper": want width, trim or fold`},
		{"normal form of a number", attribute(`"kind": "int", "normal": ["trim"]`), `attributes[0].normal[0]: only texts have a normal form, not int`},
		{"source twice", `{"attributes": [], "sources": ["a", "a"]}`, `sources[1]: "a" is there before`},
		{"source without a name", `{"attributes": [], "sources": ["a", ""]}`, `sources[1]: empty: want a name`},
		{"event twice", `{"attributes": [], "events": [{"name": "e"}, {"name": "e"}]}`, `events[1].name: "e" is there before`},
		{"field twice", `{"attributes": [], "events": [{"name": "e", "fields": ["f", "f"]}]}`, `events[0].fields[1]: "f" is there before`},
		{"field of the calendar", `{"attributes": [], "events": [{"name": "e", "fields": ["hour"]}]}`, `events[0].fields[0]: "hour" is taken: every event has it by its time`},
		{"places without amounts", `{"attributes": [], "events": [{"name": "e", "places": 2}]}`, `events[0].places: only a kind with amounts has places`},
		{"unknown zone", `{"attributes": [], "zone": "Mars/Olympus"}`, `zone: "Mars/Olympus": unknown time zone Mars/Olympus`},
		{"unknown key", `{"attribute": []}`, `unknown key "attribute": did you mean "attributes"?`},
		{"key twice", `{"attributes": [], "attributes": []}`, `duplicate key "attributes"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := persona.ParseSchema([]byte(tt.schema), time.LoadLocation)
			faults, ok := errors.AsType[regulars.Faults](err)
			if !ok {
				t.Fatalf("got %v, want faults", err)
			}
			if diff := cmp.Diff(tt.want, faults.Error()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
	if _, err := persona.ParseSchema([]byte(`{"attributes": [], "zone": "Asia/Shanghai"}`), nil); err == nil {
		t.Error("a zone was found without a resolver")
	}
}

// A definition without attributes is read back as it was written.
func TestSchemaOfEventsOnly(t *testing.T) {
	data, err := json.Marshal(persona.Definition{Events: []persona.EventKind{{Name: "order"}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := persona.ParseSchema(data, nil); err != nil {
		t.Errorf("%s: %v", data, err)
	}
}

func TestSchemaLimits(t *testing.T) {
	many := func(n int) []persona.Attribute { return make([]persona.Attribute, n) }
	tests := []struct {
		name, want string
		d          persona.Definition
	}{
		{"attributes", "attributes: has 4097: want at most 4096", persona.Definition{Attributes: many(persona.MaxAttributes + 1)}},
		{"sources", "sources: has 257: want at most 256", persona.Definition{Sources: make([]string, persona.MaxSources+1)}},
		{"events", "events: has 1025: want at most 1024", persona.Definition{Events: make([]persona.EventKind, persona.MaxEventKinds+1)}},
		{"fields", "events[0].fields: has 33: want at most 32", persona.Definition{Events: []persona.EventKind{{Name: "e", Fields: make([]string, persona.MaxFields+1)}}}},
		{"dictionary", "attributes[0].values: has 65537 texts: want 1 to 65536", persona.Definition{
			Attributes: []persona.Attribute{{Name: "a", Kind: persona.KindEnum, Values: make([]string, persona.MaxDictionary+1)}},
		}},
		{"name", "attributes[0].name: has 257 bytes: want at most 256", persona.Definition{Attributes: []persona.Attribute{{Name: strings.Repeat("a", 257), Kind: persona.KindInt}}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := persona.NewSchema(tt.d)
			if err == nil || err.Error() != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestSchemaVersion(t *testing.T) {
	version := func(text string) string {
		s, err := persona.ParseSchema([]byte(text), time.LoadLocation)
		if err != nil {
			t.Fatal(err)
		}
		return s.Version()
	}
	base := version(`{"attributes": [{"name": "a", "kind": "list"}]}`)
	if version(`{"zone": "UTC", "attributes": [{"kind": "list", "of": "string", "survivor": "recent", "name": "a"}]}`) != base {
		t.Error("defaults make another version")
	}
	for _, other := range []string{
		`{"zone": "Asia/Shanghai", "attributes": [{"name": "a", "kind": "list"}]}`,
		`{"attributes": [{"name": "a", "kind": "list", "pii": true}]}`,
		`{"attributes": [{"name": "a", "kind": "list"}], "sources": ["crm"]}`,
	} {
		if version(other) == base {
			t.Errorf("%s has the same version", other)
		}
	}
}

// A schema keeps nothing of the definition that the caller could change.
func TestSchemaIsItsOwn(t *testing.T) {
	d := persona.Definition{Attributes: []persona.Attribute{{Name: "a", Kind: persona.KindEnum, Values: []string{"x", "y"}}}}
	s, err := persona.NewSchema(d)
	if err != nil {
		t.Fatal(err)
	}
	d.Attributes[0].Values[0] = "z"
	if code, ok := s.Code(0, "x"); !ok || code != 0 || s.Attribute(0).Values[0] != "x" {
		t.Error("the dictionary changed")
	}
}
