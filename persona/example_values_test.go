package persona_test

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/persona"
)

// Rows of a warehouse have types of their own.
func ExampleDecimal() {
	schema, err := persona.ParseSchema([]byte(`{"attributes": [
		{"name": "balance", "kind": "decimal", "places": 2}, {"name": "seen", "kind": "time"}, {"name": "sizes", "kind": "list", "of": "int"}]}`), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := schema.NewProfile(map[string]persona.Value{
		"balance": persona.Decimal(decimal.New(1990, -2)),
		"seen":    persona.Time(time.Date(2026, 3, 30, 9, 0, 0, 0, time.UTC)),
		"sizes":   persona.List(persona.Int(42), persona.Int(43)),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i := range p.Schema().Len() {
		fmt.Println(p.Schema().Attribute(i).Name, p.Value(i))
	}
	sizes, _ := schema.Index("sizes")
	largest := int64(0)
	for j := range p.ItemCount(sizes) {
		largest = max(largest, p.ItemNumber(sizes, j)) // without a list of values in between
	}
	fmt.Println("largest", largest)
	// Output:
	// balance 19.9
	// seen 2026-03-30T09:00:00Z
	// sizes [42,43]
	// largest 43
}

// Labels are stored with what gave them, so that a change of the rules is seen.
func ExampleTagger_Version() {
	versions := map[string]bool{}
	for _, least := range []string{"1000", "1000.00", "2000"} {
		tags, err := persona.ParseTags([]byte(`[{"name": "worth", "title": "价值", "choices": [
			{"value": "high", "rule": {"event": "order", "measure": "sum", "within": "1y", "op": "gte", "value": ` + least + `}}]}]`))
		if err != nil {
			fmt.Println(err)
			return
		}
		taggers, err := teahouse.CompileTags(tags)
		if err != nil {
			fmt.Println(err)
			return
		}
		tagger := taggers[0]
		versions[tagger.Version()] = true
		fmt.Println(tagger.Name(), tagger.Title(), "from", least, "on: version", len(versions))
	}
	// Output:
	// worth 价值 from 1000 on: version 1
	// worth 价值 from 1000.00 on: version 1
	// worth 价值 from 2000 on: version 2
}

// Two services must read profiles alike: they compare what their schemas say.
func ExampleSchema_Version() {
	definition := persona.Definition{Attributes: []persona.Attribute{{Name: "age", Kind: persona.KindInt}}}
	here, err := persona.NewSchema(definition)
	if err != nil {
		fmt.Println(err)
		return
	}
	definition.Attributes[0].Max = persona.Int(130)
	there, err := persona.NewSchema(definition)
	if err != nil {
		fmt.Println(err)
		return
	}
	segment, err := here.Compile(mustRule(`{"attr": "age", "op": "gte", "value": 18}`))
	fmt.Println(segment.Schema().Version() == here.Version(), here.Version() == there.Version(), err)
	// Output:
	// true false <nil>
}
