package portrait_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/regulars-go/regulars/persona"
	"github.com/regulars-go/regulars/persona/portrait"
)

// town has 40 people in the old town, of whom 30 buy tea, and 60 in the new one,
// of whom 15 do; of 20 at the harbour 8 do, and of 6 elsewhere 3. They are 20 to
// 59 years old.
func town() (*portrait.Layout, []persona.Profile) {
	schema, err := persona.NewSchema(persona.Definition{Attributes: []persona.Attribute{
		{Name: "district", Title: "地域", Kind: persona.KindString},
		{Name: "age", Title: "年龄", Kind: persona.KindInt},
		{Name: "buys tea", Kind: persona.KindBool},
		{Name: "phone", Kind: persona.KindString, PII: true},
	}})
	if err != nil {
		panic(err)
	}
	layout, err := portrait.NewLayout(schema, []portrait.Column{
		{Attribute: "district"},
		{Attribute: "age", Cuts: []persona.Value{persona.Int(30), persona.Int(45)}},
	})
	if err != nil {
		panic(err)
	}
	var profiles []persona.Profile
	add := func(n, buyers int, district string) {
		for i := range n {
			p, err := schema.NewProfile(map[string]persona.Value{
				"district": persona.Text(district),
				"age":      persona.Int(int64(20 + i*7%40)),
				"buys tea": persona.Bool(i < buyers),
			})
			if err != nil {
				panic(err)
			}
			profiles = append(profiles, p)
		}
	}
	add(40, 30, "old town")
	add(60, 15, "new town")
	add(6, 3, "elsewhere")
	add(20, 8, "harbour")
	return layout, profiles
}

func buysTea(p persona.Profile) bool { return p.Number(2) == 1 }

func board() portrait.Board {
	layout, profiles := town()
	tally := portrait.Tally{Layout: layout}
	if err := tally.AddAll(slices.Values(profiles), nil, buysTea); err != nil {
		panic(err)
	}
	b, err := tally.Board(portrait.Policy{})
	if err != nil {
		panic(err)
	}
	return b
}

func ExampleNewLayout() {
	layout, _ := town()
	fmt.Println(layout.Attributes())

	schema, err := persona.NewSchema(persona.Definition{Attributes: []persona.Attribute{
		{Name: "phone", Kind: persona.KindString, PII: true},
		{Name: "birthday", Kind: persona.KindDate},
	}})
	if err != nil {
		fmt.Println(err)
	}
	_, err = portrait.NewLayout(schema, []portrait.Column{{Attribute: "phone"}, {Attribute: "birthday"}, {Attribute: "gender"}})
	fmt.Println(err)
	// Output:
	// [district age]
	// columns[0].pii: "phone" is personal data: want the permission to show it
	// columns[1].cuts: missing: a date is shown in bands
	// columns[2].attribute: "gender" is not in the schema
}

func ExampleParseColumns() {
	columns, err := portrait.ParseColumns([]byte(`[{"attribute": "gender"}, {"attribute": "age", "cuts": [18, 25, 35]}]`))
	fmt.Println(len(columns), columns[1].Cuts, err)
	_, err = portrait.ParseColumns([]byte(`[{"attribute": "age", "cut": [18]}]`))
	fmt.Println(err)
	// Output:
	// 2 [18 25 35] <nil>
	// [0]: unknown key "cut": did you mean "cuts"?
}

func ExampleTally_Board() {
	b := board()
	fmt.Println(b.Target, "of", b.Base, "buy tea")
	for _, v := range b.Facets[0].Values {
		if v.Cell == nil {
			fmt.Printf("%-9s hidden\n", v.Value)
			continue
		}
		fmt.Printf("%-9s %2d of %2d, TGI %.0f (%.0f to %.0f), shrunk %.0f, q %.5f\n", v.Value, v.Cell.Target, v.Cell.Base,
			v.Cell.TGI.Value, v.Cell.TGI.Low, v.Cell.TGI.High, *v.Cell.Shrunk, v.Cell.Test.Q)
	}
	others := b.Facets[0].Others
	fmt.Printf("%-9s %2d of %2d, TGI %.0f\n", "together", others.Target, others.Base, others.TGI.Value)
	fmt.Printf("V %.2f\n", b.Facets[0].Association.V)
	// Output:
	// 56 of 126 buy tea
	// new town  15 of 60, TGI 56 (36 to 83), shrunk 84, q 0.00007
	// old town  30 of 40, TGI 169 (135 to 193), shrunk 120, q 0.00001
	// elsewhere hidden
	// harbour   hidden
	// together  11 of 26, TGI 95
	// V 0.44
}

func ExampleBoard_Traits() {
	for _, trait := range board().Traits(0.05) {
		fmt.Printf("%s %s: %.0f\n", trait.Attribute, trait.Value, trait.Cell.TGI.Value)
	}
	// Output:
	// district old town: 169
	// district new town: 56
}

func ExampleBoard_json() {
	b := board()
	cell := *b.Facets[0].Values[0].Cell
	cell.TGI, cell.Test = nil, nil // as of a value that nobody has
	text, err := json.Marshal(struct {
		Value portrait.Value `json:"hidden"`
		TGI   any            `json:"tgi"`
	}{b.Facets[0].Values[2], cell.TGI})
	fmt.Println(string(text), err)
	// Output: {"hidden":{"value":"elsewhere","cell":null},"tgi":null} <nil>
}

func ExampleTally_Add() {
	layout, profiles := town()
	tally := portrait.Tally{Layout: layout}
	for _, p := range profiles {
		side, err := portrait.SideOf(p.Text(0) != "elsewhere", buysTea(p)) // the base is all but the harbour
		if err == nil {
			err = tally.Add(p, side)
		}
		if err != nil {
			fmt.Println(err)
			break
		}
	}
	fmt.Println(tally.Target(), "of", tally.Base())
	// Output:
	// portrait: in the target but not in the base: the base includes the target
	// 45 of 100
}

func ExampleTally_Merge() {
	layout, profiles := town()
	north, south := portrait.Tally{Layout: layout}, portrait.Tally{Layout: layout}
	for i, tally := range []*portrait.Tally{&north, &south} {
		half := profiles[i*63 : i*63+63]
		if err := tally.AddAll(slices.Values(half), nil, buysTea); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println(north.Merge(&south), north.Target(), "of", north.Base())
	// Output: <nil> 56 of 126
}

func ExampleTally_UnmarshalBinary() {
	layout, profiles := town()
	there := portrait.Tally{Layout: layout}
	if err := there.AddAll(slices.Values(profiles), nil, buysTea); err != nil {
		fmt.Println(err)
	}
	data, err := there.MarshalBinary()
	if err != nil {
		fmt.Println(err)
	}
	name := "tea/" + layout.ID() // where only counts of the same columns lie
	stored := map[string][]byte{name: data}
	here := portrait.Tally{Layout: layout} // as it was there
	fmt.Println(len(name), here.UnmarshalBinary(stored[name]), here.Base())
	// Output: 36 <nil> 126
}

func ExampleTooFewError() {
	layout, profiles := town()
	tally := portrait.Tally{Layout: layout}
	n := 0
	err := tally.AddAll(slices.Values(profiles), nil, func(persona.Profile) bool { n++; return n > 2 })
	if err != nil {
		fmt.Println(err)
	}
	_, err = tally.Board(portrait.Policy{}) // of all but two: beside the board of all it would tell of the two
	if tooFew, ok := errors.AsType[*portrait.TooFewError](err); ok {
		fmt.Println(tooFew.What, tooFew.Threshold)
	}
	// Output: the rest of the base 5
}

func ExampleDifferencing() {
	layout, profiles := town()
	boards := make([]portrait.Board, 2)
	for i, oldest := range []int64{50, 51} { // those up to 50 and those up to 51
		tally := portrait.Tally{Layout: layout}
		err := tally.AddAll(slices.Values(profiles), nil, func(p persona.Profile) bool { return p.Number(1) <= oldest })
		if err != nil {
			fmt.Println(err)
		}
		if boards[i], err = tally.Board(portrait.Policy{}); err != nil {
			fmt.Println(err)
		}
	}
	for _, leak := range portrait.Differencing(boards[0], boards[1]) {
		if leak.Of == "target" {
			fmt.Printf("%q %q %v: %d\n", leak.Attribute, leak.Value, leak.Others, leak.Profiles)
		}
	}
	// Output:
	// "" "" false: 2
	// "district" "" false: 2
	// "district" "new town" false: 1
	// "district" "" true: 1
	// "age" "" false: 2
	// "age" "45 and above" false: 2
}

func ExampleParsePolicy() {
	policy, err := portrait.ParsePolicy([]byte(`{"threshold": 10, "round": 5, "empirical": true}`))
	fmt.Println(policy.Threshold, policy.Round, policy.Empirical, err)
	_, err = portrait.ParsePolicy([]byte(`{"threshold": -1}`))
	fmt.Println(err)
	// Output:
	// 10 5 true <nil>
	// threshold: -1: want 1 to 1000000, or 0 for 5
}

func ExamplePolicy_Validate() {
	fmt.Println(portrait.Policy{}.Validate())
	fmt.Println(portrait.Policy{Level: 95}.Validate())
	// Output:
	// <nil>
	// level: 95: want 0.5 to 0.9999, or 0 for 0.95
}

func ExampleCoverage_Rate() {
	rate, ok := portrait.Coverage{Known: 3, Of: 4}.Rate()
	fmt.Println(rate, ok)
	// Output: 0.75 true
}

func ExampleSummary_Median() {
	schema, err := persona.NewSchema(persona.Definition{Attributes: []persona.Attribute{{Name: "age", Kind: persona.KindInt}}})
	if err != nil {
		fmt.Println(err)
	}
	layout, err := portrait.NewLayout(schema, []portrait.Column{{Attribute: "age"}})
	if err != nil {
		fmt.Println(err)
	}
	tally := portrait.Tally{Layout: layout}
	for age := range 40 {
		p, err := schema.NewProfile(map[string]persona.Value{"age": persona.Int(int64(20 + age))})
		if err == nil {
			err = tally.Add(p, portrait.Side(1+age%2)) // every other is in the target
		}
		if err != nil {
			fmt.Println(err)
		}
	}
	b, err := tally.Board(portrait.Policy{})
	if err != nil {
		fmt.Println(err)
	}
	numbers := b.Facets[0].Numbers
	median, ok := numbers.Target.Median()
	fmt.Println(median, ok)
	fmt.Printf("difference %.2f, delta %.2f, p %.2f\n", *numbers.Difference, *numbers.Delta, numbers.KS.P)
	// Output:
	// 40 true
	// difference 0.08, delta 0.05, p 1.00
}
