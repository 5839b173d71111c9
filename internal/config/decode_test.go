package config_test

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/config"
)

// program has a field of every kind that a document may hold.
type program struct {
	Name   string            `json:"name"`
	On     bool              `json:"on,omitempty"`
	Small  int8              `json:"small,omitzero"`
	Big    int64             `json:"big"`
	Count  uint8             `json:"count"`
	Share  float64           `json:"share"`
	Narrow float32           `json:"narrow"`
	Rules  []rule            `json:"rules"`
	Edges  [3]int            `json:"edges"`
	Tiers  map[tier]int      `json:"tiers"`
	Names  map[string]string `json:"names"`
	Limit  *int              `json:"limit"`
	Free   any               `json:"free"`
	Raw    json.RawMessage   `json:"raw"`
	Idle   regulars.Span     `json:"idle"`
	Self   letter            `json:"self"`
	Nested wrapper           `json:"nested"`
	Secret string            `json:"-"`
	Dash   string            `json:"-,"` //nolint:staticcheck // the comma makes it a key, which is tested
	Plain  string
	Common
	inner

	hidden string //nolint:unused // not a key, which is tested
}

type tier string

type rule struct {
	ID      string         `json:"id"`
	Caps    caps           `json:"caps"`
	Next    *rule          `json:"next"`
	Segment string         `json:"segment"`
	Spans   []*rule        `json:"spans"`
	After   *regulars.Span `json:"after"`
}

type caps struct {
	Day  int `json:"day"`
	Week int `json:"week"`
}

// Common and inner are embedded, one exported and one not; Name is hidden by
// that of program.
type Common struct {
	Version int    `json:"version"`
	Name    string `json:"name"`
}

type inner struct{ Depth int }

// letter reads itself from one letter.
type letter byte

func (l *letter) UnmarshalJSON(data []byte) error {
	if len(data) == 3 && data[0] == '"' {
		*l = letter(data[1])
		return nil
	}
	return errors.New("letter: " + string(data) + " is not one letter")
}

// wrapper reads itself by way of Decode, as a type with several forms does.
type wrapper struct{ caps caps }

func (w *wrapper) UnmarshalJSON(data []byte) error { return config.Decode(data, &w.caps) }

var unexported = cmpopts.EquateComparable(regulars.Span{}, wrapper{})

func TestDecode(t *testing.T) {
	const document = ` {
		"name": "gold \u00e9\ud83d\ude00", "on": true, "small": -128, "big": 9223372036854775807, "count": 255,
		"share": 0.5, "narrow": 1e3, "edges": [1, 2, 3], "tiers": {"a.b": 1, "": 2}, "names": {},
		"rules": [ {"id": "r1", "caps": {"day": 1}, "next": {"id": "r2"}}, {"spans": [null, {"after": "2w"}]} ],
		"limit": null, "free": [null, true, 1.5, "x", {"k": []}], "raw": {"a" : [1,2 ]}, "idle": "90d",
		"self": "x", "nested": {"week": 7}, "-": "dash", "Plain": "p", "version": 3, "Depth": 4
	} `
	two := regulars.Weeks(2)
	want := program{
		Name: "gold é😀", On: true, Small: -128, Big: math.MaxInt64, Count: 255,
		Share: 0.5, Narrow: 1000, Edges: [3]int{1, 2, 3}, Tiers: map[tier]int{"a.b": 1, "": 2}, Names: map[string]string{},
		Rules: []rule{{ID: "r1", Caps: caps{Day: 1}, Next: &rule{ID: "r2"}}, {Spans: []*rule{nil, {After: &two}}}},
		Free:  []any{nil, true, 1.5, "x", map[string]any{"k": []any{}}}, Raw: json.RawMessage(`{"a" : [1,2 ]}`),
		Idle: regulars.Days(90), Self: 'x', Nested: wrapper{caps{Week: 7}}, Dash: "dash", Plain: "p",
		Common: Common{Version: 3}, inner: inner{4},
	}
	var got program
	if err := config.Decode([]byte(document), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(program{}), unexported); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestDecodeReplaces(t *testing.T) {
	got := caps{Day: 1, Week: 2}
	if err := config.Decode([]byte(`{"week": 3}`), &got); err != nil {
		t.Fatal(err)
	}
	if want := (caps{Week: 3}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestDecodeOther(t *testing.T) {
	var pointer *int
	if err := config.Decode([]byte(`7`), &pointer); err != nil || pointer == nil || *pointer != 7 {
		t.Errorf("pointer %v, error %v", pointer, err)
	}
	if err := config.Decode([]byte(`null`), &pointer); err != nil || pointer != nil {
		t.Errorf("pointer %v, error %v; want nil", pointer, err)
	}
	var raw json.RawMessage
	if err := config.Decode([]byte(` null `), &raw); err != nil || string(raw) != "null" {
		t.Errorf("raw %q, error %v", raw, err)
	}
}

type fault struct{ Path, Problem string }

func TestFaults(t *testing.T) {
	tests := []struct {
		name, document string
		want           []fault
	}{
		{"nothing", ``, []fault{{"", "line 1, column 1: unexpected end of JSON input"}}},
		{"trailing data", `{} x`, []fault{{"", "line 1, column 4: invalid character 'x' after top-level value"}}},
		{"second document", "{}\n{}", []fault{{"", "line 2, column 1: invalid character '{' after top-level value"}}},
		{"syntax", "{\n \"é\": ]}", []fault{{"", "line 2, column 7: invalid character ']' looking for beginning of value"}}},
		{"comma", `{"rules": [{},]}`, []fault{{"", "line 1, column 15: invalid character ']' looking for beginning of value"}}},
		{"not UTF-8", "{\"name\": \"\xff\"}", []fault{{"", "line 1, column 11: not valid UTF-8"}}},
		{"byte order mark", "\uFEFF{}", []fault{{"", "line 1, column 1: a byte order mark: want UTF-8 without one"}}},
		{"half a pair", `{"name": "\\\ud83d"}`, []fault{{"", `line 1, column 13: half a surrogate pair: want \ud800-\udbff and then \udc00-\udfff`}}},
		{"second half", `{"name": "\udc00\udc00"}`, []fault{{"", `line 1, column 11: half a surrogate pair: want \ud800-\udbff and then \udc00-\udfff`}}},
		{"null document", `null`, []fault{{"", "want an object, not null"}}},
		{"list for object", `[]`, []fault{{"", "want an object, not a list"}}},

		{"unknown key", `{"xyz": 1}`, []fault{{"", `unknown key "xyz": want one of "name", "on", "small", "big", "count", "share", "narrow", ` +
			`"rules", "edges", "tiers", "names", "limit", "free", "raw", "idle", "self", "nested", "-", "Plain", "version", "Depth"`}}},
		{"case", `{"Name": "x", "NAME": "y"}`, []fault{
			{"", `unknown key "Name": did you mean "name"?`},
			{"", `unknown key "NAME": did you mean "name"?`},
		}},
		{"slip", `{"rules": [{}, {"segmnt": 1}]}`, []fault{{"rules[1]", `unknown key "segmnt": did you mean "segment"?`}}},
		{"tag -", `{"Secret": "x"}`, []fault{{"", `unknown key "Secret": want one of "name", "on", "small", "big", "count", "share", "narrow", ` +
			`"rules", "edges", "tiers", "names", "limit", "free", "raw", "idle", "self", "nested", "-", "Plain", "version", "Depth"`}}},
		{"duplicates", `{"tiers": {"a": 1, "a": 2}, "free": [{"b": {"c": 1, "c": 1}}], "raw": {"d": 1, "\u0064": 1}, "tiers": {}}`, []fault{
			{"tiers", `duplicate key "a"`},
			{"free[0].b", `duplicate key "c"`},
			{"raw", `duplicate key "d"`},
			{"", `duplicate key "tiers"`},
		}},

		{"kinds", `{"name": 1, "on": "yes", "big": "1", "share": true, "rules": {}, "tiers": [], "idle": 90}`, []fault{
			{"name", "want a string, not 1"},
			{"on", `want true or false, not "yes"`},
			{"big", `want a number, not "1"`},
			{"share", "want a number, not true"},
			{"rules", "want a list, not an object"},
			{"tiers", "want an object, not a list"},
			{"idle", "want a string, not 90"},
		}},
		{"null", `{"name": null, "rules": null, "tiers": {"x": null}, "idle": null, "self": null, "free": null, "raw": null}`, []fault{
			{"name", "want a string, not null"},
			{"rules", "want a list, not null"},
			{"tiers.x", "want a number, not null"},
			{"idle", "want a value, not null"},
			{"self", "want a value, not null"},
		}},
		{"ranges", `{"small": 128, "big": 9223372036854775808, "count": -1, "limit": 1.0, "share": 1e999, "narrow": 1e39, "free": [1e999]}`, []fault{
			{"small", "want a whole number from -128 to 127, not 128"},
			{"big", "want a whole number from -9223372036854775808 to 9223372036854775807, not 9223372036854775808"},
			{"count", "want a whole number from 0 to 255, not -1"},
			{"limit", "want a whole number from " + intRange + ", not 1.0"},
			{"share", "want a number that fits 64 bits, not 1e999"},
			{"narrow", "want a number that fits 32 bits, not 1e39"},
			{"free[0]", "want a number that fits 64 bits, not 1e999"},
		}},
		{"arrays", `{"edges": [1, "x"]}`, []fault{
			{"edges", "want a list of 3, not of 2"},
			{"edges[1]", `want a number, not "x"`},
		}},
		{"long array", `{"edges": [1, 2, 3, 4]}`, []fault{{"edges", "want a list of 3, not of 4"}}},

		{"paths", `{"rules": [{}, {"caps": {"day": "x"}, "next": {"spans": [null, {"id": 5}]}}], "tiers": {"a.b": "x", "": "y"}}`, []fault{
			{"rules[1].caps.day", `want a number, not "x"`},
			{"rules[1].next.spans[1].id", "want a string, not 5"},
			{`tiers["a.b"]`, `want a number, not "x"`},
			{`tiers[""]`, `want a number, not "y"`},
		}},
		{"leaves", `{"idle": "0d", "self": "ab", "nested": {"dya": 1, "week": "x"}}`, []fault{
			{"idle", `"0d" is not a span: want a number and s, m, h, d, w, mo or y, such as "90d"`},
			{"self", `"ab" is not one letter`},
			{"nested", `unknown key "dya": want one of "day", "week"`},
			{"nested.week", `want a number, not "x"`},
		}},
		{"long text", `{"on": "` + strings.Repeat("é", 40) + `"}`, []fault{{"on", `want true or false, not "` + strings.Repeat("é", 30) + `…"`}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before := program{Name: "before", Rules: []rule{{ID: "before"}}}
			got := before
			err := config.Decode([]byte(tt.document), &got)
			faults, ok := errors.AsType[regulars.Faults](err)
			if !ok {
				t.Fatalf("error %v is not Faults", err)
			}
			var said []fault
			for _, f := range faults {
				said = append(said, fault(f))
			}
			if diff := cmp.Diff(tt.want, said); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(before, got, cmp.AllowUnexported(program{}), unexported); diff != "" {
				t.Errorf("a refused document changed the value (-before +after)\n%s", diff)
			}
		})
	}
}

var intRange = map[bool]string{
	true:  "-9223372036854775808 to 9223372036854775807",
	false: "-2147483648 to 2147483647",
}[math.MaxInt == math.MaxInt64]

func TestLimits(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	long := func(n int) string { return `"` + strings.Repeat("x", n-2) + `"` }
	tests := []struct {
		name, document, want string
	}{
		{"as deep as may be", deep(64), ""},
		{"one deeper", deep(65), "line 1, column 65: values within values go deeper than 64"},
		{"far too deep", deep(9000), "line 1, column 65: values within values go deeper than 64"},
		{"as long as may be", long(1 << 20), ""},
		{"one longer", long(1<<20 + 1), "the document has 1048577 bytes: want at most 1048576"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var value any
			got := ""
			if err := config.Decode([]byte(tt.document), &value); err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// A document can't make a list of faults much larger than itself.
func TestFaultLimit(t *testing.T) {
	limited := func(into any, item string) {
		t.Helper()
		document := `{"` + strings.Repeat("k", 1<<19) + `": [` + strings.Repeat(item+",", 20_000) + item + `]}`
		faults, _ := errors.AsType[regulars.Faults](config.Decode([]byte(document), into))
		if len(faults) != 101 || faults[100] != (regulars.Fault{Problem: "more than 100 faults"}) {
			t.Errorf("%d faults for %s, the last %v", len(faults), item, faults[max(0, len(faults)-1):])
		}
		if n := len(faults.Error()); n > 100*300 {
			t.Errorf("the faults for %s have %d bytes", item, n)
		}
	}
	limited(new(map[string][]caps), `"x"`)
	limited(new(map[string][]caps), `{"a": 0, "a": 0}`)
	limited(new(map[string][]wrapper), `{"a": 0, "day": 0.5}`)
}

func TestNoKeys(t *testing.T) {
	const want = `unknown key "a": want none`
	if err := config.Decode([]byte(`{"a": 1}`), new(struct{ a int })); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestDecodePanics(t *testing.T) {
	type twice struct {
		A int `json:"B"`
		B int
	}
	type left struct{ X int }
	type right struct{ X int }
	type both struct {
		left
		right
	}
	type embedsPointer struct{ *left }
	type quoted struct {
		N int `json:"n,string"`
	}
	for name, into := range map[string]any{
		"nil":              nil,
		"no pointer":       program{},
		"nil pointer":      (*program)(nil),
		"channel":          new(struct{ C chan int }),
		"function":         new([]func()),
		"interface":        new(struct{ E error }),
		"bytes":            new([]byte),
		"integer keys":     new(map[int]string),
		"one key twice":    new(twice),
		"one field twice":  new(both),
		"embedded pointer": new(embedsPointer),
		"option string":    new(quoted),
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Errorf("no panic for %T", into)
				}
			}()
			_ = config.Decode([]byte(`{}`), into)
		})
	}
}
