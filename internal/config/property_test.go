package config_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/config"
)

// plain has only what encoding/json writes and reads back unchanged.
type plain struct {
	Name  string             `json:"name"`
	On    bool               `json:"on"`
	Small int8               `json:"small"`
	Big   uint64             `json:"big"`
	Share float64            `json:"share"`
	List  []string           `json:"list,omitempty"`
	Pair  [2]float32         `json:"pair"`
	Table map[string][]int16 `json:"table,omitempty"`
	Next  *plain             `json:"next"`
	Idle  regulars.Span      `json:"idle,omitzero"`
}

func plains(depth int) *rapid.Generator[plain] {
	return rapid.Custom(func(t *rapid.T) plain {
		p := plain{
			Name:  rapid.String().Draw(t, "name"),
			On:    rapid.Bool().Draw(t, "on"),
			Small: rapid.Int8().Draw(t, "small"),
			Big:   rapid.Uint64().Draw(t, "big"),
			Share: rapid.Float64().Draw(t, "share"),
			Pair:  [2]float32{rapid.Float32().Draw(t, "left"), rapid.Float32().Draw(t, "right")},
			Table: rapid.MapOfN(rapid.String(), rapid.SliceOfN(rapid.Int16(), 0, 3), 0, 3).Draw(t, "table"),
		}
		if n := rapid.IntRange(0, 3).Draw(t, "list"); n > 0 {
			p.List = rapid.SliceOfN(rapid.String(), n, n).Draw(t, "items")
		}
		if len(p.Table) == 0 {
			p.Table = nil // encoding/json leaves it out
		}
		if n := rapid.IntRange(0, 90000).Draw(t, "idle"); n > 0 {
			p.Idle = regulars.Days(n)
		}
		if depth > 0 && rapid.Bool().Draw(t, "deeper") {
			p.Next = new(plains(depth-1).Draw(t, "next"))
		}
		return p
	})
}

// Property: what encoding/json writes, Decode reads back, indented or not.
func TestReadsWhatWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := plains(3).Draw(t, "value")
		document, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		if rapid.Bool().Draw(t, "indented") {
			var indented bytes.Buffer
			if err := json.Indent(&indented, document, "\t", " "); err != nil {
				t.Fatal(err)
			}
			document = indented.Bytes()
		}
		var got plain
		if err := config.Decode(document, &got); err != nil {
			t.Fatalf("%s\n%v", document, err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v, want %+v", got, want)
		}
	})
}

// Property: a document cut off or with a byte changed is either refused, and
// changes nothing, or read as encoding/json reads it.
func TestDamaged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		document, err := json.Marshal(plains(1).Draw(t, "value"))
		if err != nil {
			t.Fatal(err)
		}
		document = document[:rapid.IntRange(0, len(document)).Draw(t, "length")]
		if len(document) > 0 {
			document[rapid.IntRange(0, len(document)-1).Draw(t, "at")] = rapid.SampledFrom([]byte(`{}[]",:0-eé\nN `)).Draw(t, "byte")
		}
		agrees(t, document, plain{Name: "before"})
	})
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"name": "\u00e9\ud83d\ude00", "small": -1, "tiers": {"a": 1}, "rules": [{"next": null, "after": "2w"}]}`,
		`{"free": [null, true, 1.5, "x", {"k": []}], "raw": {"a" : [1,2 ]}, "edges": [1, 2, 3], "nested": {"day": 1}}`,
		`{"Name": 1, "self": "x", "limit": 1e2, "version": -0, "Depth": 4, "count": 256}`,
		`[[[]]]`, `"\ud800"`, "\uFEFF{}", "null", " 1 ", `{"name":"a","name":"b"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		agrees(t, document, program{Name: "before"})
		agrees(t, document, any("before"))
		agrees(t, document, []map[string]*rule{nil})
	})
}

// agrees checks that a document which Decode takes is taken by encoding/json
// too, with the same value, and that one which it refuses leaves before as is.
func agrees[T any](t interface {
	Helper()
	Fatalf(string, ...any)
}, document []byte, before T,
) {
	t.Helper()
	got := before
	if err := config.Decode(document, &got); err != nil {
		if faults, ok := errors.AsType[regulars.Faults](err); !ok || len(faults) == 0 || !reflect.DeepEqual(got, before) {
			t.Fatalf("%q: error %#v, value %+v", document, err, got)
		}
		return
	}
	var want T
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&want); err != nil {
		t.Fatalf("%q: only encoding/json refuses it: %v", document, err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%q: got %+v, want %+v", document, got, want)
	}
}
