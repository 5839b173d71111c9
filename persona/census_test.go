package persona_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/persona"
)

func observe(t testing.TB, c *persona.Census[string], id, source, at, values string) {
	t.Helper()
	when, err := time.Parse(time.DateOnly, at)
	if err != nil {
		t.Fatal(err)
	}
	o := persona.Observation{Source: source, At: when}
	decode2(t, values, &o.Values)
	if err := c.Observe(id, o); err != nil {
		t.Fatal(err)
	}
}

func decode2(t testing.TB, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatal(err)
	}
}

func TestSurvivors(t *testing.T) {
	type said struct{ source, at, values string }
	tests := []struct {
		name string
		said []said
		want string
	}{
		{"recent: the latest", []said{{"crm", "2026-01-01", `{"age": 30}`}, {"app", "2026-01-02", `{"age": 29}`}}, `{"age":29}`},
		{"recent: a tie goes to the more trusted", []said{{"app", "2026-01-01", `{"age": 29}`}, {"crm", "2026-01-01", `{"age": 30}`}}, `{"age":30}`},
		{"recent: a tie of one source goes to the smaller", []said{{"app", "2026-01-01", `{"age": 30}`}, {"app", "2026-01-01", `{"age": 29}`}}, `{"age":29}`},
		{"source: the most trusted, though older", []said{{"app", "2026-01-02", `{"gender": "male"}`}, {"crm", "2026-01-01", `{"gender": "female"}`}}, `{"gender":"female"}`},
		{"source: the latest of that", []said{{"crm", "2026-01-02", `{"gender": "male"}`}, {"crm", "2026-01-01", `{"gender": "female"}`}}, `{"gender":"male"}`},
		{"max", []said{{"app", "2026-01-01", `{"income": 20}`}, {"crm", "2026-01-02", `{"income": 9.5}`}, {"app", "2026-01-03", `{"income": 3}`}}, `{"income":20}`},
		{"oldest", []said{{"app", "2026-01-01", `{"joined": "2026-01-01T00:00:00Z"}`}, {"crm", "2026-01-02", `{"joined": "2020-01-01T00:00:00Z"}`}}, `{"joined":"2026-01-01T00:00:00Z"}`},
		{"union", []said{{"app", "2026-01-01", `{"interests": ["tea", "go", "tea"]}`}, {"crm", "2026-01-02", `{"interests": ["chess", "go"]}`}}, `{"interests":["chess","go","tea"]}`},
		{"union of one source", []said{{"app", "2026-01-02", `{"interests": ["tea"]}`}, {"app", "2026-01-01", `{"interests": ["go"]}`}}, `{"interests":["go","tea"]}`},
		{"a tie of codes goes by their texts", []said{{"app", "2026-01-01", `{"colours": ["red"]}`}, {"app", "2026-01-01", `{"colours": ["blue"]}`}}, `{"colours":["blue"]}`},
		{"non-empty: the latest that is not", []said{{"app", "2026-01-01", `{"phone": "138"}`}, {"crm", "2026-01-02", `{"phone": ""}`}, {"app", "2026-01-03", `{"phone": ""}`}}, `{"phone":"138"}`},
		{"non-empty: all are", []said{{"app", "2026-01-01", `{"phone": ""}`}, {"crm", "2026-01-02", `{"phone": ""}`}}, `{"phone":""}`},
		{"no value takes nothing away", []said{{"app", "2026-01-01", `{"age": 30}`}, {"app", "2026-01-02", `{"age": null}`}}, `{"age":30}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var written [][]byte
			for _, reversed := range []bool{false, true} {
				c := persona.Census[string]{Schema: shop(t)}
				if reversed {
					slices.Reverse(tt.said)
				}
				for _, s := range tt.said {
					observe(t, &c, "u1", s.source, s.at, s.values)
				}
				p, ok := c.Profile("u1")
				got, err := json.Marshal(p)
				if !ok || err != nil {
					t.Fatal(ok, err)
				}
				if diff := cmp.Diff(tt.want, string(got)); diff != "" {
					t.Errorf("reversed %v (-want +got)\n%s", reversed, diff)
				}
				data, err := c.MarshalBinary()
				if err != nil {
					t.Fatal(err)
				}
				written = append(written, data)
			}
			if !bytes.Equal(written[0], written[1]) {
				t.Error("the bytes depend on the order")
			}
		})
	}
}

func TestConflicts(t *testing.T) {
	c := persona.Census[string]{Schema: shop(t)}
	observe(t, &c, "u1", "crm", "2026-01-01", `{"gender": "female", "age": 30, "city": "a", "interests": ["tea"]}`)
	observe(t, &c, "u1", "shop", "2026-01-02", `{"gender": "male", "age": 31, "city": "A", "interests": ["go"]}`)
	observe(t, &c, "u1", "app", "2026-01-03", `{"gender": "female", "age": 29}`)
	conflicts, ok := c.Conflicts("u1")
	if !ok {
		t.Fatal("nobody")
	}
	got, err := json.Marshal(conflicts)
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"attribute":"age","believed":{"source":"app","at":"2026-01-03T08:00:00+08:00","value":29},"others":[` +
		`{"source":"shop","at":"2026-01-02T08:00:00+08:00","value":31},{"source":"crm","at":"2026-01-01T08:00:00+08:00","value":30}]},` +
		`{"attribute":"gender","believed":{"source":"crm","at":"2026-01-01T08:00:00+08:00","value":"female"},"others":[` +
		`{"source":"shop","at":"2026-01-02T08:00:00+08:00","value":"male"}]}]`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if _, ok := c.Conflicts("u2"); ok {
		t.Error("u2 is somebody")
	}
}

func TestCensusRefuses(t *testing.T) {
	now := asOf
	valid := map[string]persona.Value{"age": persona.Int(30)}
	tests := []struct {
		name string
		id   string
		o    persona.Observation
		want string
	}{
		{"nobody", "", persona.Observation{Source: "crm", At: now, Values: valid}, "persona: a person with an empty ID"},
		{"no time", "u", persona.Observation{Source: "crm", Values: valid}, `persona: "crm": want an observation with a time in the years 1 to 9999`},
		{"year 10000", "u", persona.Observation{Source: "crm", At: now.AddDate(8000, 0, 0), Values: valid}, `persona: "crm": want an observation with a time in the years 1 to 9999`},
		{"so far ahead that microseconds overflow", "u", persona.Observation{Source: "crm", At: time.Unix(1<<58, 0), Values: valid}, `persona: "crm": want an observation with a time in the years 1 to 9999`},
		{"unknown source", "u", persona.Observation{Source: "erp", At: now, Values: valid}, `persona: "erp": no such source`},
		{"everything wrong", "u", persona.Observation{Source: "crm", At: now, Values: map[string]persona.Value{
			"age": persona.Int(200), "gender": persona.Text("x"), "shoe": persona.Int(1), "city": persona.Text("ok"),
		}}, `persona: "age": 200: want 0 to 130` + "\n" + `persona: "gender": x: not in the dictionary` + "\n" + `persona: "shoe": no such attribute`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := persona.Census[string]{Schema: shop(t)}
			err := c.Observe(tt.id, tt.o)
			if err == nil || err.Error() != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
			if c.Len() > 0 {
				t.Error("somebody was added")
			}
		})
	}
	var c persona.Census[string]
	if err := c.Observe("u", persona.Observation{At: now, Values: valid}); err == nil {
		t.Error("no error without a schema")
	}
	if err := c.AddEvent("u", persona.Event{Kind: "order", At: now}); err == nil {
		t.Error("no error without a schema")
	}
}

func TestCensusEventRefuses(t *testing.T) {
	tests := []struct {
		name string
		e    persona.Event
		want error
	}{
		{"unknown kind", persona.Event{Kind: "buy", At: asOf}, persona.ErrUnknownAttribute},
		{"no time", persona.Event{Kind: "view"}, persona.ErrRange},
		{"so far ahead that microseconds overflow", persona.Event{Kind: "view", At: time.Unix(1<<58, 0)}, persona.ErrRange},
		{"unknown field", persona.Event{Kind: "view", At: asOf, Fields: map[string]string{"colour": "red"}}, persona.ErrUnknownAttribute},
		{"amount of what has none", persona.Event{Kind: "view", At: asOf, Amount: decimal.New(1, 0)}, persona.ErrKind},
		{"three places", persona.Event{Kind: "order", At: asOf, Amount: decimal.New(1, -3)}, persona.ErrKind},
		{"absurd amount", persona.Event{Kind: "order", At: asOf, Amount: decimal.New(1, 1_000_000_000)}, persona.ErrKind},
		{"long text", persona.Event{Kind: "search", At: asOf, Fields: map[string]string{"term": strings.Repeat("x", 5000)}}, persona.ErrRange},
		{"invalid UTF-8", persona.Event{Kind: "search", At: asOf, Fields: map[string]string{"term": "\xff"}}, persona.ErrRange},
	}
	c := persona.Census[string]{Schema: shop(t)}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := c.AddEvent("u", tt.e); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			if c.Len() > 0 {
				t.Error("somebody was added")
			}
		})
	}
}

// fact is an observation or an event.
type fact struct {
	id          string
	observation *persona.Observation
	event       *persona.Event
}

func (f fact) add(t *rapid.T, c *persona.Census[string]) {
	var err error
	if f.event != nil {
		err = c.AddEvent(f.id, *f.event)
	} else {
		err = c.Observe(f.id, *f.observation)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// drawFacts draws facts from so few values that ties are common.
func drawFacts(t *rapid.T) []fact {
	text := rapid.SampledFrom([]string{"", "a", "b", "c"})
	at := rapid.Custom(func(t *rapid.T) time.Time {
		return asOf.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "hour")) * time.Hour)
	})
	values := map[string]*rapid.Generator[persona.Value]{
		"age":       rapid.Map(rapid.Int64Range(0, 3), persona.Int),
		"income":    rapid.Map(rapid.Int64Range(-2, 2), func(n int64) persona.Value { return persona.Decimal(decimal.New(n, -2)) }),
		"gender":    rapid.Map(rapid.SampledFrom([]string{"female", "male"}), persona.Text),
		"city":      rapid.Map(text, persona.Text),
		"joined":    rapid.Map(at, persona.Time),
		"interests": rapid.Map(rapid.SliceOfN(text, 0, 3), func(s []string) persona.Value { return persona.Texts(s...) }),
		"colours": rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]string{"red", "blue"}), 0, 2),
			func(s []string) persona.Value { return persona.Texts(s...) }),
		"phone": rapid.Map(text, persona.Text),
	}
	names := []string{"age", "income", "gender", "city", "joined", "interests", "colours", "phone"}
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) fact {
		f := fact{id: rapid.SampledFrom([]string{"u1", "u2", "u3"}).Draw(t, "id")}
		if rapid.Bool().Draw(t, "is event") {
			f.event = &persona.Event{Kind: "order", At: at.Draw(t, "at"), Amount: decimal.New(rapid.Int64Range(0, 2).Draw(t, "amount"), 0), Fields: map[string]string{}}
			for _, name := range []string{"category", "channel"} {
				if rapid.Bool().Draw(t, "has field") {
					f.event.Fields[name] = text.Draw(t, name)
				}
			}
			return f
		}
		f.observation = &persona.Observation{Source: rapid.SampledFrom([]string{"crm", "shop", "app"}).Draw(t, "source"), At: at.Draw(t, "at"), Values: map[string]persona.Value{}}
		for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(names), 1, 4, rapid.ID).Draw(t, "names") {
			f.observation.Values[name] = values[name].Draw(t, name)
		}
		return f
	}), 0, 20).Draw(t, "facts")
}

// Property: any order and any split of facts over censuses gives the same bytes
// and the same profiles; bytes read back are written as the same bytes.
func TestCensusInAnyOrder(t *testing.T) {
	s := shop(t)
	rapid.Check(t, func(t *rapid.T) {
		facts := drawFacts(t)
		whole := persona.Census[string]{Schema: s}
		for _, f := range facts {
			f.add(t, &whole)
		}
		parts := make([]*persona.Census[string], 3)
		for i := range parts {
			parts[i] = &persona.Census[string]{Schema: s}
		}
		for _, f := range rapid.Permutation(facts).Draw(t, "order") {
			f.add(t, parts[rapid.IntRange(0, 2).Draw(t, "part")])
		}
		first, second := parts[0], parts[1]
		if rapid.Bool().Draw(t, "bracketing") {
			first, second = parts[1], parts[2]
			merge(t, first, second)
			merge(t, first, parts[0])
		} else {
			merge(t, first, second)
			merge(t, first, parts[2])
		}
		want := bytesOf(t, &whole)
		if got := bytesOf(t, first); !bytes.Equal(want, got) {
			t.Fatalf("other bytes:\n%q\n%q", want, got)
		}
		read := persona.Census[string]{Schema: s}
		if err := read.UnmarshalBinary(want); err != nil {
			t.Fatal(err)
		}
		for _, c := range []*persona.Census[string]{first, &read} {
			if diff := cmp.Diff(profilesOf(&whole), profilesOf(c)); diff != "" {
				t.Fatalf("(-want +got)\n%s", diff)
			}
		}
	})
}

func merge(t *rapid.T, into, from *persona.Census[string]) {
	if err := into.Merge(from); err != nil {
		t.Fatal(err)
	}
}

func bytesOf(t *rapid.T, c *persona.Census[string]) []byte {
	data, err := c.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func profilesOf(c *persona.Census[string]) []string {
	var all []string
	for id, p := range c.All() {
		text, _ := json.Marshal(p)
		all = append(all, id+" "+string(text))
		for e := range p.Events() {
			all = append(all, fmt.Sprint(e.Kind, e.At.UnixMicro(), e.Amount, e.Fields))
		}
	}
	return all
}

// Property: what is believed is what a plain search through all observations
// finds by the words of the survivor rules.
func TestSurvivorsAgainstPlainSearch(t *testing.T) {
	s := shop(t)
	rank := map[string]int{"crm": 0, "shop": 1, "app": 2}
	rapid.Check(t, func(t *rapid.T) {
		facts := drawFacts(t)
		c := persona.Census[string]{Schema: s}
		for _, f := range facts {
			f.add(t, &c)
		}
		for id, p := range c.All() {
			for i := range s.Len() {
				a := s.Attribute(i)
				var said []persona.Observation
				for _, f := range facts {
					if f.id == id && f.observation != nil {
						if _, ok := f.observation.Values[a.Name]; ok {
							said = append(said, *f.observation)
						}
					}
				}
				if len(said) == 0 {
					if p.Has(i) {
						t.Fatalf("%s has %q from nowhere", id, a.Name)
					}
					continue
				}
				want := believed(a, said, rank)
				if got := p.Value(i); !got.Equal(want) {
					t.Fatalf("%s %s: got %v, want %v", a.Name, a.Survivor, got, want)
				}
			}
		}
	})
}

func believed(a persona.Attribute, said []persona.Observation, rank map[string]int) persona.Value {
	value := func(o persona.Observation) persona.Value { return o.Values[a.Name] }
	if a.Survivor == persona.Union {
		var items []persona.Value
		for _, o := range said {
			items = append(items, value(o).Items()...)
		}
		slices.SortFunc(items, persona.Value.Compare)
		return persona.List(slices.CompactFunc(items, persona.Value.Equal)...)
	}
	if a.Survivor == persona.NonEmpty {
		isEmpty := func(o persona.Observation) bool { return value(o).String() == "" }
		if full := slices.DeleteFunc(slices.Clone(said), isEmpty); len(full) > 0 {
			said = full
		}
	}
	best := said[0]
	for _, o := range said[1:] {
		later := o.At.Compare(best.At)
		trusted := rank[best.Source] - rank[o.Source]
		smaller := value(best).Compare(value(o))
		var keys []int
		switch a.Survivor {
		case persona.Oldest:
			keys = []int{-later, trusted, smaller}
		case persona.Source:
			keys = []int{trusted, later, smaller}
		case persona.Largest:
			keys = []int{-smaller}
		default:
			keys = []int{later, trusted, smaller}
		}
		for _, key := range keys {
			if key > 0 {
				best = o
			}
			if key != 0 {
				break
			}
		}
	}
	return value(best)
}

func TestUnionKeepsTheFirst(t *testing.T) {
	s := shop(t)
	var texts []string
	for i := range persona.MaxItems + 10 {
		texts = append(texts, fmt.Sprintf("%06d", i))
	}
	for _, reversed := range []bool{false, true} {
		c := persona.Census[int]{Schema: s}
		if reversed {
			slices.Reverse(texts)
		}
		for chunk := range slices.Chunk(texts, 100) {
			if err := c.Observe(1, persona.Observation{Source: "crm", At: asOf, Values: map[string]persona.Value{"interests": persona.Texts(chunk...)}}); err != nil {
				t.Fatal(err)
			}
		}
		p, _ := c.Profile(1)
		i := index(t, s, "interests")
		if n := p.ItemCount(i); n != persona.MaxItems || p.ItemText(i, 0) != "000000" || p.ItemText(i, n-1) != "000999" {
			t.Errorf("%d items, from %s", n, p.ItemText(i, 0))
		}
	}
}

func TestCensusOfAnotherSchema(t *testing.T) {
	other, err := persona.NewSchema(persona.Definition{Attributes: []persona.Attribute{{Name: "age", Kind: persona.KindInt}}})
	if err != nil {
		t.Fatal(err)
	}
	a, b := persona.Census[string]{Schema: shop(t)}, persona.Census[string]{Schema: other}
	observe(t, &a, "u1", "crm", "2026-01-01", `{"age": 30}`)
	if err := b.Merge(&a); err == nil {
		t.Error("merged")
	}
	if err := a.Merge(&a); err == nil {
		t.Error("merged into itself")
	}
	data, err := a.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	if err := b.UnmarshalBinary(data); err == nil {
		t.Error("read")
	}
	// Schemas that were read apart and say the same are the same.
	c := persona.Census[string]{Schema: shop(t)}
	if err := c.UnmarshalBinary(data); err != nil || c.Len() != 1 {
		t.Error(c.Len(), err)
	}
	if err := c.Merge(&a); err != nil {
		t.Error(err)
	}
	defer func() {
		if recover() == nil {
			t.Error("a profile of another schema was matched")
		}
	}()
	p, _ := a.Profile("u1")
	segment, err := other.Compile(persona.Rule{Attr: "age", Op: persona.Eq, Value: persona.Int(30)})
	if err != nil {
		t.Fatal(err)
	}
	segment.Match(p, asOf)
}

func FuzzCensusUnmarshal(f *testing.F) {
	s := shop(f)
	c := persona.Census[string]{Schema: s}
	observe(f, &c, "u1", "crm", "2026-01-01", somebody)
	observe(f, &c, "u2", "app", "2026-01-02", `{"age": 3, "interests": ["tea"]}`)
	if err := c.AddEvent("u2", persona.Event{Kind: "order", At: asOf, Fields: map[string]string{"category": "tea"}}); err != nil {
		f.Fatal(err)
	}
	data, err := c.MarshalBinary()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	head := len(data) - len(data)/2
	f.Add(data[:head])
	f.Fuzz(func(t *testing.T, data []byte) {
		c := persona.Census[string]{Schema: s}
		if err := c.UnmarshalBinary(data); err != nil {
			if c.Len() > 0 {
				t.Fatal("an error, and yet a census")
			}
			return
		}
		again, err := c.MarshalBinary()
		if err != nil || !bytes.Equal(data, again) {
			t.Fatal("written otherwise", err)
		}
		for range c.All() {
		}
	})
}

// What one person's texts come to is bounded; what was replaced does not count.
func TestCensusBoundsText(t *testing.T) {
	s := shop(t)
	long := make([]persona.Value, persona.MaxItems)
	for i := range long {
		long[i] = persona.Text(fmt.Sprintf("%04d", i) + strings.Repeat("x", persona.MaxText-4))
	}
	c := persona.Census[int]{Schema: s}
	for day := range 3 { // of 4 MB each
		o := persona.Observation{Source: "crm", At: asOf.AddDate(0, 0, day), Values: map[string]persona.Value{"interests": persona.List(long...)}}
		if err := c.Observe(1, o); err != nil {
			t.Fatal(err)
		}
	}
	other := persona.Census[int]{Schema: s}
	for range 3 {
		if err := other.Merge(&c); err != nil {
			t.Fatal(err)
		}
	}
	e := persona.Event{Kind: "search", At: asOf, Fields: map[string]string{"term": strings.Repeat("y", persona.MaxText)}}
	var err error
	n := 0
	for ; err == nil && n < 10_000; n++ {
		err = other.AddEvent(1, e)
	}
	if want := persona.MaxProfileText/persona.MaxText - persona.MaxItems; err == nil || n-1 != want {
		t.Errorf("%d searches, then %v; want %d", n-1, err, want)
	}
	before := other.Len()
	if err := other.Merge(&c); err == nil || other.Len() != before {
		t.Errorf("merged too much: %v", err)
	}
	p, _ := other.Profile(1)
	if p.EventCount() != n-1 {
		t.Errorf("%d events", p.EventCount())
	}
}

// One value has one encoding: texts in another order are refused, though they
// would say the same.
func TestCensusReadsOnlyCanonicalBytes(t *testing.T) {
	c := persona.Census[string]{Schema: shop(t)}
	observe(t, &c, "u1", "crm", "2026-01-01", `{"city": "x", "phone": "y"}`)
	data, err := c.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	swapped := bytes.Replace(data, []byte("\x01x\x01y"), []byte("\x01y\x01x"), 1)
	if bytes.Equal(swapped, data) {
		t.Fatal("the texts are not where they were thought to be")
	}
	for name, bad := range map[string][]byte{"swapped": swapped, "cut": data[:len(data)-1], "longer": append(slices.Clone(data), 0), "empty": nil} {
		into := persona.Census[string]{Schema: shop(t)}
		observe(t, &into, "u9", "crm", "2026-01-01", `{"city": "x"}`)
		if err := into.UnmarshalBinary(bad); err == nil {
			t.Errorf("%s: read", name)
		}
		if _, ok := into.Profile("u9"); !ok || into.Len() != 1 {
			t.Errorf("%s: an error, and yet a change", name)
		}
	}
}
