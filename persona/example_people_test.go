package persona_test

import (
	"fmt"

	"github.com/regulars-go/regulars/persona"
)

// What a person did is read back in the order of time.
func ExampleProfile_Events() {
	draft := teahouse.Draft()
	for _, e := range []persona.Event{order(2, 60, "cake"), order(9, 45, "tea")} {
		if err := draft.Add(e); err != nil {
			fmt.Println(err)
		}
	}
	for e := range draft.Profile().Events() {
		fmt.Println(e.At.Format("2 January"), e.Kind, e.Amount, e.Fields["category"])
	}
	// Output:
	// 21 March order 45 tea
	// 28 March order 60 cake
}

// A census is a population: segments count it, and portraits are drawn of it.
func ExampleCensus_Profiles() {
	census := persona.Census[int]{Schema: teahouse}
	for id, city := range []string{"福州", "厦门", "福州"} {
		err := census.Observe(id, persona.Observation{Source: "crm", At: monday, Values: map[string]persona.Value{"city": persona.Text(city)}})
		if err != nil {
			fmt.Println(err)
		}
	}
	if err := census.AddEvent(3, order(1, 20, "tea")); err != nil { // of whom nothing else is known
		fmt.Println(err)
	}
	segment, err := teahouse.Compile(mustRule(`{"attr": "city", "op": "eq", "value": "福州"}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%+v\n", segment.Count(census.Profiles(), monday))
	// Output: {True:2 False:1 Unknown:1}
}

// The counts of parts of a population add up to those of the whole.
func ExampleCounts_Merge() {
	var stores, online persona.Counts
	stores.Add(persona.True)
	stores.Add(persona.Unknown)
	online.Add(persona.True)
	online.Add(persona.False)
	stores.Merge(online)
	fmt.Printf("%+v of %d\n", stores, stores.Total())
	// Output: {True:2 False:1 Unknown:1} of 4
}

// A rule is known by its canonical form, which two spellings share.
func ExampleSegment_Rule() {
	segment, err := teahouse.Compile(mustRule(`{"attr": "city", "op": "in", "value": ["厦门", " 福州", "厦门"], "missing": "unknown"}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(segment.Rule().Value)
	fmt.Printf("%s\n", segment.JSON())
	// Output:
	// ["厦门","福州"]
	// {"attr":"city","op":"in","value":["厦门","福州"]}
}

// For many people, labels go into one slice that is used again.
func ExampleTagger_AppendLabels() {
	tags, err := persona.ParseTags([]byte(`[{"name": "gender", "choices": [
		{"value": "her", "rule": {"attr": "gender", "op": "eq", "value": "female"}}], "otherwise": "other"}]`))
	if err != nil {
		fmt.Println(err)
		return
	}
	taggers, err := teahouse.CompileTags(tags)
	if err != nil {
		fmt.Println(err)
		return
	}
	var labels []string
	for _, text := range []string{`{"gender": "female"}`, `{"gender": "male"}`, `{}`} {
		p, _, _ := teahouse.ReadProfile([]byte(text))
		labels = taggers[0].AppendLabels(labels[:0], p, monday)
		fmt.Println(labels)
	}
	// Output:
	// [gender=her]
	// [gender=other]
	// []
}

func ExampleTruth_Not() {
	for _, t := range []persona.Truth{persona.True, persona.False, persona.Unknown} {
		fmt.Println(t, t.Not())
	}
	// Output:
	// true false
	// false true
	// unknown unknown
}

// Numbers are equal as numbers, and nothing is equal to what is written
// otherwise.
func ExampleValue_Equal() {
	three := persona.Int(3)
	fmt.Println(three.Equal(persona.Float(3.00)), three.Equal(persona.Text("3")), three.Compare(persona.Int(4)))
	fmt.Println(persona.Value{}.IsZero(), persona.Text("").IsZero(), persona.List(three, persona.Bool(true)).Items())
	// Output:
	// true false -1
	// true false [3 true]
}

// The code of a text is its place in the dictionary.
func ExampleSchema_Code() {
	gender, _ := teahouse.Index("gender")
	code, ok := teahouse.Code(gender, "male")
	_, unknown := teahouse.Code(gender, "Male")
	kind, _ := teahouse.EventKind("order")
	fmt.Println(code, ok, unknown, kind.Title, kind.Unit, teahouse.Sources())
	// Output: 1 true false 下单 CNY [crm app]
}
