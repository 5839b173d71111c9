package scorecard_test

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/persona"
	"github.com/regulars-go/regulars/persona/scorecard"
)

// Leads of a school: where they came from, and whether they took a trial lesson
// before the moment of the profile. Good is who enrolled within 30 days.
func Example() {
	schema, err := persona.ParseSchema([]byte(`{
		"attributes": [{"name": "source", "kind": "enum", "values": ["search", "friend", "advert"]}],
		"events": [{"name": "trial"}]}`), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	features, err := scorecard.ParseFeatures([]byte(`[
		{"attribute": "source"},
		{"name": "trial", "rule": {"event": "trial", "within": "30d", "op": "gte", "value": 1}}]`))
	if err != nil {
		fmt.Println(err)
		return
	}
	layout, err := scorecard.NewLayout(schema, features)
	if err != nil {
		fmt.Println(err)
		return
	}

	asOf := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	window := scorecard.Window{Within: regulars.Days(30), Until: asOf.AddDate(0, 0, 60)}
	lead := func(source string, trial bool) persona.Profile {
		draft := schema.Draft()
		if source != "" {
			draft.Set(0, persona.Text(source))
		}
		if trial {
			draft.Add(persona.Event{Kind: "trial", At: asOf.AddDate(0, 0, -2)})
		}
		return draft.Profile()
	}
	sample := scorecard.Sample{Layout: layout}
	note := func(source string, trial bool, enrolled, not int) {
		for i := range enrolled + not {
			var happened time.Time
			if i < enrolled {
				happened = asOf.AddDate(0, 0, 10)
			}
			sample.Add(scorecard.Case{Profile: lead(source, trial), AsOf: asOf, Outcome: window.Outcome(asOf, happened)})
		}
	}
	note("friend", true, 60, 20)
	note("friend", false, 30, 40)
	note("search", true, 45, 45)
	note("search", false, 20, 100)
	note("advert", false, 10, 120)
	note("", false, 10, 50)

	card, err := scorecard.Fit(&sample, scorecard.Policy{Name: "lead", Points: 100, Odds: 1, Grades: []scorecard.Grade{
		{Name: "call", Least: 100}, {Name: "write", Least: 60}, {Name: "wait"},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	e, err := card.Explain(lead("search", false), asOf)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s, %d points, a chance of %.0f %%; %d more for %q\n", card.Label(e.Score), e.Points, 100*e.Chance, e.Missing, e.Next)
	for _, reason := range e.Against {
		fmt.Println("against:", reason)
	}
	data, _ := json.Marshal(card)
	again, err := scorecard.ParseCard(schema, data)
	fmt.Println(again.Characteristics[0].Feature.Name, "has an IV of", again.Characteristics[0].IV, err)
	// Output:
	// lead=write, 62 points, a chance of 21 %; 38 more for "call"
	// against: trial: no gives 24, 12 below neutral
	// source has an IV of 0.931676031 <nil>
}

func ExampleCard_Evaluate() {
	schema, _ := persona.ParseSchema([]byte(`{"attributes": [{"name": "visits", "kind": "int"}]}`), nil)
	layout, _ := scorecard.NewLayout(schema, []scorecard.Feature{{Attribute: "visits", Cuts: []persona.Value{persona.Int(2), persona.Int(5)}}})
	train, held := scorecard.Sample{Layout: layout}, scorecard.Sample{Layout: layout}
	asOf := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for id := range 3000 {
		visits := id % 8
		profile, _ := schema.NewProfile(map[string]persona.Value{"visits": persona.Int(int64(visits))})
		before, after := []string{"layer=waist"}, []string{"layer=waist"}
		if id*31%11 < visits {
			after = []string{"layer=core"}
		}
		sample := &train
		if scorecard.HeldBack("march", id, 0.3) {
			sample = &held
		}
		sample.Add(scorecard.Case{Profile: profile, AsOf: asOf, Outcome: scorecard.Become("layer=core", before, after)})
	}
	card, err := scorecard.Fit(&train, scorecard.Policy{})
	if err != nil {
		fmt.Println(err)
		return
	}
	e, err := card.Evaluate(&held)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("AUC %.2f (%.2f to %.2f), KS %.2f, PSI %.3f\n", e.AUC.Value, e.AUC.Interval.Low, e.AUC.Interval.High, *e.KS, *e.Stability.PSI)
	for _, c := range e.Calibration {
		fmt.Printf("%s: %d cases, %.0f %% expected, %.0f %% came\n", c.Grade, c.Cases, 100**c.Expected, 100*c.Observed.Value)
	}
	// Output:
	// AUC 0.74 (0.71 to 0.77), KS 0.39, PSI 0.002
	// a: 342 cases, 55 % expected, 53 % came
	// b: 335 cases, 28 % expected, 26 % came
	// c: 209 cases, 5 % expected, 3 % came
}

// Two branches count their own leads. The hotline then asks for a score alone.
func ExampleCard_Score() {
	schema, _ := persona.ParseSchema([]byte(`{"attributes": [{"name": "visits", "kind": "int"}]}`), nil)
	layout, _ := scorecard.NewLayout(schema, []scorecard.Feature{{Attribute: "visits", Cuts: []persona.Value{persona.Int(2), persona.Int(5)}}})
	lead := func(visits int) persona.Profile {
		p, _ := schema.NewProfile(map[string]persona.Value{"visits": persona.Int(int64(visits))})
		return p
	}
	asOf := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	north, south := scorecard.Sample{Layout: layout}, scorecard.Sample{Layout: layout}
	for id := range 400 {
		visits, outcome := id%8, scorecard.Bad
		switch {
		case id < 20:
			outcome = scorecard.Aside // still in their 30 days
		case id*31%11 < visits:
			outcome = scorecard.Good
		}
		if err := []*scorecard.Sample{&north, &south}[id%2].Add(scorecard.Case{Profile: lead(visits), AsOf: asOf, Outcome: outcome}); err != nil {
			fmt.Println(err)
		}
	}
	if err := north.Merge(&south); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(north.Good(), "enrolled,", north.Bad(), "did not,", north.Aside(), "are left out; layout", len(layout.ID()), "digits")
	card, err := scorecard.Fit(&north, scorecard.Policy{Name: "lead"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, visits := range []int{0, 3, 7} {
		s, err := card.Score(lead(visits), asOf)
		fmt.Printf("%d visits: %d points, %s, %v\n", visits, s.Points, card.Label(s), err)
	}
	// Output:
	// 122 enrolled, 258 did not, 20 are left out; layout 32 digits
	// 0 visits: 405 points, lead=c, <nil>
	// 3 visits: 459 points, lead=b, <nil>
	// 7 visits: 492 points, lead=a, <nil>
}

func ExampleParsePolicy() {
	policy, err := scorecard.ParsePolicy([]byte(`{"name": "lead", "points": 100, "odds": 1, "grades": [{"name": "call", "least": 100}, {"name": "wait"}]}`))
	fmt.Println(policy.Name, policy.Grades[0].Name, "from", policy.Grades[0].Least, err)
	_, err = scorecard.ParsePolicy([]byte(`{"grade": []}`))
	fmt.Println(err)
	// Output:
	// lead call from 100 <nil>
	// unknown key "grade": did you mean "grades"?
}

func ExamplePolicy_Validate() {
	fmt.Println(scorecard.Policy{MinShare: 0.6, Odds: -1, Grades: []scorecard.Grade{{Name: "call", Least: 60}, {Name: "write", Least: 100}, {Name: "wait"}}}.Validate())
	// Output:
	// minShare: 0.6: want at most 0.5
	// odds: -1: want more than 0 and at most 1e+06, or 0 for the default
	// grades[1].least: 100 is not below the grade before it
}

func ExampleMoveUp() {
	rungs := []string{"tail", "waist", "core"}
	fmt.Println(scorecard.MoveUp("layer", rungs, []string{"layer=tail"}, []string{"layer=waist"}))
	fmt.Println(scorecard.MoveUp("layer", rungs, []string{"layer=core"}, []string{"layer=core"}))
	// Output:
	// good
	// aside
}
