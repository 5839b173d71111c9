package persona_test

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/persona"
)

// shop is the schema of most tests.
func shop(t testing.TB) *persona.Schema {
	t.Helper()
	s, err := persona.ParseSchema([]byte(`{
		"zone": "Asia/Shanghai",
		"sources": ["crm", "shop", "app"],
		"attributes": [
			{"name": "age", "kind": "int", "unit": "years", "min": 0, "max": 130},
			{"name": "income", "kind": "decimal", "places": 2, "unit": "CNY", "survivor": "max"},
			{"name": "gender", "kind": "enum", "values": ["female", "male"], "survivor": "source"},
			{"name": "city", "title": "城市", "kind": "string", "normal": ["trim", "width", "fold"]},
			{"name": "member", "kind": "bool"},
			{"name": "born", "kind": "date", "pii": true, "survivor": "non_empty"},
			{"name": "joined", "kind": "time", "survivor": "oldest"},
			{"name": "interests", "kind": "list", "survivor": "union"},
			{"name": "colours", "kind": "list", "of": "enum", "values": ["red", "green", "blue"]},
			{"name": "scores", "kind": "list", "of": "int"},
			{"name": "phone", "kind": "string", "pii": true, "survivor": "non_empty"}
		],
		"events": [
			{"name": "order", "amount": true, "places": 2, "unit": "CNY", "fields": ["category", "channel"]},
			{"name": "view", "fields": ["category"]},
			{"name": "search", "fields": ["term"], "normal": ["trim", "fold"]}
		]}`), time.LoadLocation)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func index(t testing.TB, s *persona.Schema, name string) int {
	t.Helper()
	i, ok := s.Index(name)
	if !ok {
		t.Fatalf("no attribute %q", name)
	}
	return i
}

func TestProfileRoundTrip(t *testing.T) {
	s := shop(t)
	// Full-width letters, spaces around and an upper-case letter are gone by the
	// attribute's normal form; 3.0 is a whole number, and 12.50 has two places.
	in := `{"age": 33.0, "income": 12.50, "gender": "male", "city": " ＢeiJing　", "member": false,
		"born": "1990-02-28", "joined": "2026-01-02T03:04:05+08:00", "interests": ["tea", "", "tea"],
		"colours": ["blue", "red"], "scores": [], "phone": null}`
	p, left, err := s.ReadProfile([]byte(in))
	if err != nil || len(left) > 0 {
		t.Fatal(left, err)
	}
	got, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"age":33,"income":12.5,"gender":"male","city":"beijing","member":false,` +
		`"born":"1990-02-28","joined":"2026-01-01T19:04:05Z","interests":["tea","","tea"],` +
		`"colours":["blue","red"],"scores":[]}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if n := p.Number(index(t, s, "income")); n != 1250 {
		t.Errorf("income is %d units, want 1250", n)
	}
	if n := p.Number(index(t, s, "gender")); n != 1 {
		t.Errorf("male is code %d, want 1", n)
	}
	if n := p.ItemNumber(index(t, s, "colours"), 0); n != 2 {
		t.Errorf("blue is code %d, want 2", n)
	}
	if p.Has(index(t, s, "phone")) || !p.Has(index(t, s, "scores")) {
		t.Error("null is absent, and an empty list is not")
	}
}

func TestDraftRefuses(t *testing.T) {
	long := strings.Repeat("a", persona.MaxText+1)
	tests := []struct {
		name, attribute string
		value           persona.Value
		want            error
	}{
		{"text for a number", "age", persona.Text("30"), persona.ErrKind},
		{"number for a text", "city", persona.Int(30), persona.ErrKind},
		{"half a year", "age", persona.Float(25.5), persona.ErrKind},
		{"below the least", "age", persona.Int(-1), persona.ErrRange},
		{"above the largest", "age", persona.Int(131), persona.ErrRange},
		{"three places", "income", persona.Float(0.001), persona.ErrKind},
		{"more than 64 bits", "income", persona.Float(1e17), persona.ErrKind},
		{"exponent that would stop the program", "income", persona.Decimal(decimal.New(1, 1_000_000_000)), persona.ErrKind},
		{"the number that stands for none", "scores", persona.List(persona.Int(math.MinInt64)), persona.ErrKind},
		{"1e308", "income", persona.Float(1e308), persona.ErrKind},
		{"text that no dictionary has", "gender", persona.Text("Male"), persona.ErrDictionary},
		{"item that no dictionary has", "colours", persona.Texts("red", "mauve"), persona.ErrDictionary},
		{"text for a list", "interests", persona.Text("tea"), persona.ErrKind},
		{"list for a text", "city", persona.Texts("a"), persona.ErrKind},
		{"list in a list", "interests", persona.List(persona.Texts("a")), persona.ErrKind},
		{"29 February of a common year", "born", persona.Text("2023-02-29"), persona.ErrKind},
		{"year 10000", "born", persona.Date(10000, 1, 1), persona.ErrKind},
		{"time without a zone", "joined", persona.Text("2026-01-02T03:04:05"), persona.ErrKind},
		{"invalid UTF-8", "city", persona.Text("\xff"), persona.ErrRange},
		{"long text", "city", persona.Text(long), persona.ErrRange},
		{"long list", "interests", persona.List(make([]persona.Value, persona.MaxItems+1)...), persona.ErrRange},
		{"no value in a list", "interests", persona.List(persona.Value{}), persona.ErrKind},
	}
	s := shop(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := s.Draft()
			err := d.Set(index(t, s, tt.attribute), tt.value)
			if !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			if got, _ := json.Marshal(d.Profile()); string(got) != "{}" {
				t.Errorf("a refused value left %s", got)
			}
		})
	}
	for _, f := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if !persona.Float(f).IsZero() {
			t.Errorf("%v is a value", f)
		}
	}
}

func TestReadProfileLeavesOut(t *testing.T) {
	p, left, err := shop(t).ReadProfile([]byte(`{"age": "30", "shoe": 43, "city": {"a": 1}, "gender": "male"}`))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`age: 30: want a whole number, not a text`,
		`city: want true or false, a number, a text or a list, not an object`,
		`shoe: no such attribute`,
	}
	var got []string
	for _, fault := range left {
		got = append(got, fault.String())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if text, _ := json.Marshal(p); string(text) != `{"gender":"male"}` {
		t.Errorf("kept %s", text)
	}
}
