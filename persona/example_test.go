package persona_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/persona"
)

// teahouse is the schema of the examples.
var teahouse = func() *persona.Schema {
	schema, err := persona.ParseSchema([]byte(`{
		"zone": "Asia/Shanghai",
		"sources": ["crm", "app"],
		"attributes": [
			{"name": "city", "title": "城市", "kind": "string", "normal": ["width", "trim"]},
			{"name": "born", "title": "生日", "kind": "date", "pii": true},
			{"name": "gender", "title": "性别", "kind": "enum", "values": ["female", "male"], "survivor": "source"},
			{"name": "income", "title": "收入", "kind": "decimal", "places": 2, "unit": "CNY", "min": 0},
			{"name": "interests", "title": "兴趣", "kind": "list", "survivor": "union"},
			{"name": "app", "kind": "string"}],
		"events": [{"name": "order", "title": "下单", "amount": true, "places": 2, "unit": "CNY", "fields": ["category", "channel"]}]}`),
		time.LoadLocation)
	if err != nil {
		panic(err)
	}
	return schema
}()

var monday = time.Date(2026, 3, 30, 9, 0, 0, 0, teahouse.Zone())

func order(daysAgo int, amount int64, category string) persona.Event {
	return persona.Event{
		Kind: "order", At: monday.AddDate(0, 0, -daysAgo), Amount: decimal.NewFromInt(amount),
		Fields: map[string]string{"category": category},
	}
}

func mustRule(text string) persona.Rule {
	rule, err := persona.ParseRule([]byte(text))
	if err != nil {
		panic(err)
	}
	return rule
}

func Example() {
	rule := mustRule(`{"all": [
		{"attr": "born", "as": "age", "op": "between", "value": [18, 30], "bounds": "[)"},
		{"attr": "city", "op": "in", "value": ["福州", "厦门"]},
		{"event": "order", "where": {"category": ["tea"]}, "within": "90d", "op": "gte", "value": 2}]}`)
	segment, err := teahouse.Compile(rule)
	if err != nil {
		fmt.Println(err)
		return
	}
	lin, err := teahouse.NewProfile(map[string]persona.Value{
		"born": persona.Date(2000, 5, 1),
		"city": persona.Text("厦门"),
	}, order(3, 88, "tea"), order(40, 120, "tea"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(segment.Match(lin, monday) == persona.True)
	// In July the second order is too old.
	july := monday.AddDate(0, 3, 0)
	for _, reason := range segment.Explain(lin, july).WhyNot {
		fmt.Println(reason)
	}
	// Output:
	// true
	// count of order gte 2: got 0: false
}

func ExampleNewSchema() {
	_, err := persona.NewSchema(persona.Definition{
		Attributes: []persona.Attribute{
			{Name: "gender", Kind: persona.KindEnum},
			{Name: "age", Kind: persona.KindInt, Min: persona.Int(130), Max: persona.Int(0)},
		},
	})
	fmt.Println(err)
	// Output:
	// attributes[0].values: has 0 texts: want 1 to 65536
	// attributes[1].max: 0 is less than min, 130
}

func ExampleParseSchema() {
	schema, err := persona.ParseSchema([]byte(`{"zone": "Asia/Shanghai", "attributes": [{"name": "age", "kind": "int"}]}`), time.LoadLocation)
	fmt.Println(schema.Len(), schema.Attribute(0).Name, schema.Zone(), err)
	// Output: 1 age Asia/Shanghai <nil>
}

func ExampleSchema_NewProfile() {
	_, err := teahouse.NewProfile(map[string]persona.Value{
		"income": persona.Float(5000.125),
		"gender": persona.Text("F"),
		"city":   persona.Text(" 福州 "),
	})
	fmt.Println(err)
	// Output:
	// gender: F: not in the dictionary
	// income: 5000.125: want a number of at most 2 places
}

func ExampleSchema_ReadProfile() {
	profile, left, err := teahouse.ReadProfile([]byte(`{"city": "福州", "income": "5000", "gender": null, "born": "1998-02-29"}`))
	text, _ := json.Marshal(profile)
	fmt.Println(string(text), err)
	fmt.Println(left)
	// Output:
	// {"city":"福州"} <nil>
	// born: 1998-02-29: "1998-02-29" is not a date: want the form 2006-01-02
	// income: 5000: want a number, not a text
}

func ExampleSchema_Draft() {
	city, _ := teahouse.Index("city")
	income, _ := teahouse.Index("income")
	draft := teahouse.Draft()
	for _, row := range []struct {
		city   string
		income int64
	}{{"福州", 5000}, {"厦门", -1}} {
		if err := draft.Set(city, persona.Text(row.city)); err != nil {
			fmt.Println(err)
		}
		if err := draft.Set(income, persona.Int(row.income)); err != nil {
			fmt.Println(err)
		}
		profile := draft.Profile()
		fmt.Println(profile.Text(city), profile.Has(income), profile.Value(income))
	}
	// Output:
	// 福州 true 5000
	// persona: "income": -1: want at least 0
	// 厦门 false
}

func ExampleProfile() {
	p, _, err := teahouse.ReadProfile([]byte(`{"gender": "male", "income": 5000.5, "interests": ["tea", "go"]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for i := range teahouse.Len() {
		switch a := teahouse.Attribute(i); {
		case !p.Has(i):
			fmt.Println(a.Name, "is not known")
		case a.Kind == persona.KindList:
			fmt.Println(a.Name, p.ItemCount(i), p.ItemText(i, 0))
		case a.Kind == persona.KindEnum:
			fmt.Println(a.Name, a.Values[p.Number(i)])
		default:
			fmt.Println(a.Name, p.Number(i))
		}
	}
	// Output:
	// city is not known
	// born is not known
	// gender male
	// income 500050
	// interests 2 tea
	// app is not known
}

func ExampleParseRule() {
	_, err := persona.ParseRule([]byte(`{"all": [{"attr": "city", "opp": "eq", "value": "福州"}]}`))
	fmt.Println(err)
	// Output: all[0]: unknown key "opp": did you mean "op"?
}

func ExampleSchema_Compile() {
	_, err := teahouse.Compile(mustRule(`{"all": [
		{"attr": "town", "op": "eq", "value": "福州"},
		{"attr": "income", "op": "gt", "value": "5000"},
		{"attr": "city", "op": "matches", "value": "(福"},
		{"any": []}]}`))
	fmt.Println(err)
	// Output:
	// all[0].attr: no such attribute: "town"
	// all[1].value: 5000: want a number, not a text
	// all[2].value: missing closing ): `(福`
	// all[3].any: empty, so nobody is in it: want a rule, or allowEmpty
}

func ExampleSchema_CompileAll() {
	rules, err := persona.ParseRules([]byte(`[
		{"name": "women of means", "rule": {"all": [{"segment": "of means"}, {"attr": "gender", "op": "eq", "value": "female"}]}},
		{"name": "of means", "title": "高收入", "rule": {"attr": "income", "op": "gte", "value": 10000}}]`))
	if err != nil {
		fmt.Println(err)
		return
	}
	segments, err := teahouse.CompileAll(rules)
	if err != nil {
		fmt.Println(err)
		return
	}
	p, _, _ := teahouse.ReadProfile([]byte(`{"income": 12000, "gender": "female"}`))
	for _, segment := range segments {
		fmt.Printf("%s (%s): %v, so %s\n", segment.Name(), segment.Title(), segment.Match(p, monday), segment.Label())
	}
	rules[1].Rule = mustRule(`{"not": {"segment": "women of means"}}`)
	_, err = teahouse.CompileAll(rules)
	fmt.Println(err)
	// Output:
	// women of means (women of means): true, so group=women of means
	// of means (高收入): true, so group=of means
	// [1].rule.not.segment: "women of means" refers to itself, by way of "of means"
}

func ExampleSegment_Match() {
	segment, err := teahouse.Compile(mustRule(`{"attr": "city", "op": "ne", "value": "北京"}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, text := range []string{`{"city": "福州"}`, `{"city": "北京"}`, `{}`} {
		p, _, _ := teahouse.ReadProfile([]byte(text))
		fmt.Println(text, segment.Match(p, monday))
	}
	// Output:
	// {"city": "福州"} true
	// {"city": "北京"} false
	// {} unknown
}

func ExampleSegment_At() {
	segment, err := teahouse.Compile(mustRule(`{"event": "order", "measure": "sum", "within": "3mo", "op": "gte", "value": 200}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	at := segment.At(monday) // finds once when three months ago was
	for _, amount := range []int64{50, 150} {
		p, _ := teahouse.NewProfile(nil, order(10, amount, "tea"), order(60, amount, "tea"))
		fmt.Println(at.Match(p))
	}
	// Output:
	// false
	// true
}

func ExampleSegment_Count() {
	segment, err := teahouse.Compile(mustRule(`{"attr": "income", "op": "gte", "value": 8000}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	var people []persona.Profile
	for _, text := range []string{`{"income": 8000}`, `{"income": 7999.99}`, `{}`, `{"city": "福州"}`} {
		p, _, _ := teahouse.ReadProfile([]byte(text))
		people = append(people, p)
	}
	counts := segment.Count(slices.Values(people), monday)
	fmt.Printf("%+v of %d\n", counts, counts.Total())
	// Output: {True:1 False:1 Unknown:2} of 4
}

func ExampleSegment_Explain() {
	segment, err := teahouse.Compile(mustRule(`{"all": [
		{"attr": "gender", "op": "eq", "value": "female"},
		{"any": [{"attr": "income", "op": "gte", "value": 8000}, {"attr": "interests", "op": "in", "value": ["tea", "wine"]}]},
		{"not": {"attr": "city", "op": "eq", "value": "北京"}}]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	p, _, _ := teahouse.ReadProfile([]byte(`{"gender": "female", "income": 5000, "city": "北京"}`))
	explanation := segment.Explain(p, monday)
	fmt.Println(explanation.Verdict)
	for _, reason := range explanation.WhyNot {
		fmt.Printf("%s: %v, and should be %v\n", reason.Path, reason, reason.Wanted)
	}
	// Output:
	// false
	// all[1].any[0]: income gte 8000: got 5000: false, and should be true
	// all[1].any[1]: interests in ["tea","wine"]: not known: unknown, and should be true
	// all[2].not: city eq 北京: got 北京: true, and should be false
}

func ExampleSegment_Version() {
	a, _ := teahouse.Compile(mustRule(`{"attr": "income", "op": "in", "value": [2, 1.50, 2]}`))
	b, _ := teahouse.Compile(mustRule(`{"value": [1.5, 2.0], "op": "in", "attr": "income", "missing": "unknown"}`))
	fmt.Println(string(a.JSON()))
	fmt.Println(a.Version() == b.Version(), a.Version()[:8])
	// Output:
	// {"attr":"income","op":"in","value":[1.5,2]}
	// true bd859e0f
}

func ExampleSegment_Warnings() {
	segment, err := teahouse.Compile(mustRule(`{"attr": "gender", "op": "eq", "value": "Female"}`))
	fmt.Println(segment.Warnings(), err)
	// Output: value: "Female" is not in the dictionary of "gender" <nil>
}

func ExampleSchema_FromMongo() {
	rule, err := teahouse.FromMongo([]byte(`{"city": {"$nin": ["北京"]}, "app": {"$vgte": "2.10.0"}, "income": {"$gt": 5000, "$lte": 9000}}`), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	segment, err := teahouse.Compile(rule)
	if err != nil {
		fmt.Println(err)
		return
	}
	p, _, _ := teahouse.ReadProfile([]byte(`{"app": "2.9.1", "income": 6000}`))
	for _, reason := range segment.Explain(p, monday).WhyNot {
		fmt.Println(reason)
	}
	// Output: version of app gte 2.10.0: got 2.9.1: false
}

func ExampleCensus() {
	var shop, app persona.Census[string]
	shop.Schema, app.Schema = teahouse, teahouse
	said := func(c *persona.Census[string], source string, daysAgo int, values map[string]persona.Value) {
		if err := c.Observe("lin", persona.Observation{Source: source, At: monday.AddDate(0, 0, -daysAgo), Values: values}); err != nil {
			fmt.Println(err)
		}
	}
	said(&shop, "crm", 9, map[string]persona.Value{"gender": persona.Text("female"), "city": persona.Text("福州"), "interests": persona.Texts("tea")})
	said(&app, "app", 2, map[string]persona.Value{"gender": persona.Text("male"), "city": persona.Text("厦门"), "interests": persona.Texts("go")})
	if err := app.AddEvent("lin", order(1, 88, "tea")); err != nil {
		fmt.Println(err)
	}
	if err := shop.Merge(&app); err != nil {
		fmt.Println(err)
	}
	for id, p := range shop.All() {
		text, _ := json.Marshal(p)
		fmt.Println(id, string(text), p.EventCount())
	}
	_, ok := shop.Profile("wang")
	fmt.Println("wang is known:", ok)
	conflicts, _ := shop.Conflicts("lin")
	for _, c := range conflicts {
		fmt.Printf("%s: %v from %s, not %v from %s\n", c.Attribute, c.Believed.Value, c.Believed.Source, c.Others[0].Value, c.Others[0].Source)
	}
	// Output:
	// lin {"city":"厦门","gender":"female","interests":["go","tea"]} 1
	// wang is known: false
	// city: 厦门 from app, not 福州 from crm
	// gender: female from crm, not male from app
}

func ExampleCensus_Observe() {
	census := persona.Census[int]{Schema: teahouse}
	err := census.Observe(7, persona.Observation{Source: "app", At: monday, Values: map[string]persona.Value{
		"city": persona.Text("福州"), "income": persona.Int(-5), "shoe size": persona.Int(43),
	}})
	fmt.Println(err)
	fmt.Println(census.Len(), "people")
	// Output:
	// persona: "income": -5: want at least 0
	// persona: "shoe size": no such attribute
	// 0 people
}

func ExampleCensus_MarshalBinary() {
	a := persona.Census[int]{Schema: teahouse}
	if err := a.AddEvent(7, order(1, 88, "tea")); err != nil {
		fmt.Println(err)
	}
	data, err := a.MarshalBinary()
	if err != nil {
		fmt.Println(err)
		return
	}
	b := persona.Census[int]{Schema: teahouse}
	fmt.Println(b.UnmarshalBinary(data), b.Len())
	fmt.Println(b.UnmarshalBinary(data[:len(data)-1]), b.Len())
	// Output:
	// <nil> 1
	// persona: census: at byte 71: not a number 1
}

func ExampleSchema_CompileTags() {
	tags, err := persona.ParseTags([]byte(`[
		{"name": "age-band", "title": "年龄段", "metric": {"attr": "born", "as": "age"}, "bounds": [18, 30], "values": ["minor", "young", "older"]},
		{"name": "worth", "choices": [
			{"value": "high", "rule": {"event": "order", "measure": "sum", "within": "1y", "op": "gte", "value": 1000}},
			{"value": "some", "rule": {"event": "order", "op": "gte", "value": 1}}], "otherwise": "none"},
		{"name": "likes", "pick": {"event": "order", "field": "category", "take": "most", "top": 2, "within": "180d"}},
		{"name": "active-at", "pick": {"event": "order", "field": "hour", "take": "most"}}]`))
	if err != nil {
		fmt.Println(err)
		return
	}
	taggers, err := teahouse.CompileTags(tags)
	if err != nil {
		fmt.Println(err)
		return
	}
	p, _ := teahouse.NewProfile(map[string]persona.Value{"born": persona.Date(1996, 3, 31)},
		order(3, 60, "tea"), order(9, 45, "Cake"), order(20, 70, "tea"), order(30, 40, "coffee"))
	for _, tagger := range taggers {
		fmt.Println(tagger.Labels(p, monday))
	}
	// Output:
	// [age-band=young]
	// [worth=some]
	// [likes=tea likes=cake]
	// [active-at=09]
}

func ExampleTagger_Explain() {
	tags, _ := persona.ParseTags([]byte(`[{"name": "likes", "pick": {"event": "order", "field": "category", "take": "most", "by": "sum", "top": 2}}]`))
	taggers, err := teahouse.CompileTags(tags)
	if err != nil {
		fmt.Println(err)
		return
	}
	p, _ := teahouse.NewProfile(nil, order(3, 60, "tea"), order(9, 45, "cake"), order(20, 70, "tea"))
	for _, preference := range taggers[0].Explain(p, monday).Picked {
		fmt.Println(preference.Text, preference.Events, preference.Amount)
	}
	// Output:
	// tea 2 130
	// cake 1 45
}

func ExampleSchema_FitTag() {
	tags, _ := persona.ParseTags([]byte(`[{"name": "spender", "metric": {"event": "order", "measure": "sum"},
		"shares": [0.2, 0.5], "values": ["top fifth", "upper half"], "otherwise": "lower half"}]`))
	var people []persona.Profile
	for amount := range int64(10) {
		p, _ := teahouse.NewProfile(nil, order(1, amount, "tea"))
		people = append(people, p)
	}
	fitted, err := teahouse.FitTag(tags[0], slices.Values(people), monday)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(fitted.Bounds, fitted.Values)
	taggers, err := teahouse.CompileTags([]persona.Tag{fitted})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(taggers[0].Labels(people[7], monday), taggers[0].Labels(people[8], monday))
	// Output:
	// [5 8] [lower half upper half top fifth]
	// [spender=upper half] [spender=top fifth]
}
