package persona_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars/internal/testdata"
	"github.com/regulars-go/regulars/persona"
)

// deviations are the cases in which the suite expects what we refuse, with the
// reason. The answer is what we give instead.
var deviations = map[string]struct{ answer, reason string }{
	"$in - not array":                             {"compile error", "a value that is no list would match nobody, silently"},
	"$nin - not array":                            {"compile error", "a value that is no list would match everybody or nobody, silently"},
	"$ini - not array":                            {"compile error", "a value that is no list would match nobody, silently"},
	"$nini - not array":                           {"compile error", "a value that is no list would match everybody or nobody, silently"},
	"unknown operator - pass":                     {"compile error", "a misspelt operator would match nobody, silently"},
	"$regex invalid - pass":                       {"compile error", "a pattern that can't be read would match nobody, silently"},
	"$regex invalid - fail":                       {"compile error", "a pattern that can't be read would match nobody, silently"},
	"missing attribute with comparison operators": {"unknown", "missing is not 0: the suite has it as JavaScript converts null"},
	"comparing numbers and strings":               {"unknown", `"8" is not 8: the suite converts texts to numbers`},
	"comparing numbers and strings - v2":          {"unknown", `8 is not "8": the suite converts texts to numbers`},
	"empty $or - pass":                            {"false", "at least one of none is none; the suite says true"},
}

func TestGrowthBookCases(t *testing.T) {
	var suite struct {
		EvalCondition [][]json.RawMessage `json:"evalCondition"`
	}
	readJSON(t, "growthbook_cases.json", &suite)
	if len(suite.EvalCondition) < 150 {
		t.Fatalf("only %d cases", len(suite.EvalCondition))
	}
	agreed := 0
	for _, c := range suite.EvalCondition {
		var name string
		var want bool
		decode(t, c[0], &name)
		decode(t, c[3], &want)
		t.Run(name, func(t *testing.T) {
			got := answerOf(t, c)
			if deviation, ok := deviations[name]; ok {
				if got != deviation.answer {
					t.Errorf("got %s, want the deviation %s, since %s", got, deviation.answer, deviation.reason)
				}
				return
			}
			if (got == "true") != want || got == "compile error" {
				t.Errorf("%s of %s: got %s, want %t", c[1], c[2], got, want)
				return
			}
			agreed++
		})
	}
	t.Logf("%d of %d cases agree", agreed, len(suite.EvalCondition))
}

// The deviations above are those that are published beside the cases.
func TestGrowthBookDeviations(t *testing.T) {
	var published struct {
		Deviations []struct{ Name, Strict string }
	}
	readJSON(t, "growthbook_strict_deviations.json", &published)
	var want []string
	for _, d := range published.Deviations {
		answer, _, _ := strings.Cut(strings.ReplaceAll(d.Strict, "_", " "), " (")
		want = append(want, d.Name+": "+answer)
	}
	var got []string
	for name, d := range deviations {
		got = append(got, name+": "+d.answer)
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// The cases that were published with the deviations and are not in every
// copy of the suite.
func TestDeviationsThatCopiesLack(t *testing.T) {
	for _, c := range []string{
		`["$ini - not array", {"num": {"$ini": 1}}, {"num": 1}, false]`,
		`["comparing numbers and strings", {"n": {"$gt": 5, "$lt": 10}}, {"n": "8"}, true]`,
		`["empty $or - pass", {"$or": []}, {"hello": "world"}, true]`,
	} {
		var parts []json.RawMessage
		decode(t, []byte(c), &parts)
		var name string
		decode(t, parts[0], &name)
		if got := answerOf(t, parts); got != deviations[name].answer {
			t.Errorf("%s: got %s, want %s", name, got, deviations[name].answer)
		}
	}
}

// answerOf compiles a case by the schema that its condition asks for.
func answerOf(t *testing.T, c []json.RawMessage) string {
	t.Helper()
	var attributes any
	var condition map[string]any
	decode(t, c[2], &attributes)
	decode(t, c[1], &condition)
	values := make(map[string]any)
	flatten("", attributes, values)
	kinds := make(kindsByName)
	kinds.ofCondition("", condition)
	kinds.ofValues(values)
	for name := range condition {
		if _, ok := kinds[name]; !ok && !strings.HasPrefix(name, "$") {
			kinds.put(name, "", false)
		}
	}

	s, err := persona.NewSchema(persona.Definition{Attributes: kinds.attributes()})
	if err != nil {
		t.Fatal(err)
	}
	var groups map[string][]persona.Value
	if len(c) > 4 {
		decode(t, c[4], &groups)
	}
	rule, err := s.FromMongo(c[1], groups)
	if err != nil {
		return "compile error"
	}
	segment, err := s.Compile(rule)
	if err != nil {
		return "compile error"
	}
	data, err := json.Marshal(values)
	if err != nil {
		t.Fatal(err)
	}
	p, _, err := s.ReadProfile(data) // what is of another kind is not known
	if err != nil {
		t.Fatal(err)
	}
	return segment.Match(p, asOf).String()
}

// flatten makes attributes of an object: "father.age" is a member of a member,
// and a list of objects is a list for each of their members.
func flatten(path string, value any, into map[string]any) {
	switch value := value.(type) {
	case map[string]any:
		for key, member := range value {
			flatten(strings.TrimPrefix(path+"."+key, "."), member, into)
		}
	case []any:
		if len(value) > 0 {
			if _, ok := value[0].(map[string]any); ok {
				for _, item := range value {
					for key, member := range item.(map[string]any) {
						name := path + "." + key
						list, _ := into[name].([]any)
						into[name] = append(list, member)
					}
				}
				return
			}
		}
		into[path] = value
	default:
		if path != "" {
			into[path] = value
		}
	}
}

// kindsByName are the attributes of a case's schema.
type kindsByName map[string]persona.Attribute

func (k kindsByName) put(name string, value any, isList bool) {
	a, ok := k[name]
	if ok && (a.Kind == persona.KindList) == isList && a.Of != "" {
		return
	}
	kind := persona.KindString
	switch value.(type) {
	case float64:
		kind, a.Places = persona.KindDecimal, 3
	case bool:
		kind = persona.KindBool
	}
	if a.Name, a.Kind = name, kind; isList || ok && k[name].Kind == persona.KindList {
		a.Kind, a.Of = persona.KindList, kind
	}
	k[name] = a
}

func (k kindsByName) ofCondition(path string, condition map[string]any) {
	for key, value := range condition {
		if list, ok := value.([]any); ok && (key == "$and" || key == "$or" || key == "$nor") {
			for _, part := range list {
				k.ofCondition(path, part.(map[string]any))
			}
			continue
		}
		if part, ok := value.(map[string]any); ok && key == "$not" {
			k.ofCondition(path, part)
			continue
		}
		k.ofMember(path, key, value)
	}
}

func (k kindsByName) ofMember(path, key string, value any) {
	isOperator := strings.HasPrefix(key, "$") && path != ""
	if !isOperator {
		path = strings.TrimPrefix(path+"."+key, ".")
	}
	switch value := value.(type) {
	case map[string]any:
		switch key {
		case "$elemMatch":
			for inner, operand := range value {
				if strings.HasPrefix(inner, "$") {
					if list, ok := operand.([]any); ok {
						operand = list[0]
					}
					k.put(path, operand, true)
				} else {
					for _, operand := range operand.(map[string]any) {
						k.put(path+"."+inner, operand, true)
					}
				}
			}
		case "$size":
			k.put(path, "", true)
		default:
			k.ofCondition(path, value)
		}
	case []any:
		k.put(path, value[0], key == "$all" || key == "$alli" || !isOperator)
	case nil:
	default:
		if key == "$size" {
			k.put(path, "", true)
		} else if key != "$exists" && key != "$type" && key != "$inGroup" && key != "$notInGroup" {
			k.put(path, value, false)
		}
	}
}

// ofValues adds what the condition says nothing of, and makes lists of what is
// one.
func (k kindsByName) ofValues(values map[string]any) {
	for name, value := range values {
		a, ok := k[name]
		list, isList := value.([]any)
		if isList && (!ok || a.Kind != persona.KindList || len(list) > 0) {
			var item any = ""
			if len(list) > 0 {
				item = list[0]
			}
			delete(k, name)
			k.put(name, item, true)
		} else if !ok {
			k.put(name, value, false)
		}
	}
}

func (k kindsByName) attributes() []persona.Attribute {
	var all []persona.Attribute
	for _, name := range slices.Sorted(maps.Keys(k)) {
		all = append(all, k[name])
	}
	return all
}

func readJSON(t *testing.T, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(testdata.Path(t, name))
	if err != nil {
		t.Fatal(err)
	}
	decode(t, data, into)
}

func decode(t *testing.T, data []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(fmt.Errorf("%s: %w", data, err))
	}
}

func TestFromMongo(t *testing.T) {
	tests := []struct{ name, condition, want string }{
		{
			"members of one object", `{"city": "x", "age": {"$gte": 18, "$lt": 30}}`,
			`{"all":[{"all":[{"attr":"age","op":"gte","value":18},{"attr":"age","op":"lt","value":30}]},{"attr":"city","op":"eq","value":"x"}]}`,
		},
		{"missing matches ne", `{"city": {"$ne": "x"}}`, `{"attr":"city","op":"ne","value":"x","missing":"true"}`},
		{
			"missing does not match within not", `{"$not": {"city": {"$in": ["x"]}}}`,
			`{"not":{"attr":"city","op":"in","value":["x"],"missing":"false"}}`,
		},
		{"a comparison within not stays unknown", `{"age": {"$not": {"$gt": 3}}}`, `{"not":{"attr":"age","op":"gt","value":3}}`},
		{"null", `{"age": null, "city": {"$ne": null}}`, `{"all":[{"not":{"attr":"age","op":"exists"}},{"attr":"city","op":"exists"}]}`},
		{"null in a list", `{"age": {"$in": [null, 3]}}`, `{"any":[{"not":{"attr":"age","op":"exists"}},{"attr":"age","op":"in","value":[3]}]}`},
		{
			"bounds of an item", `{"scores": {"$elemMatch": {"$gt": 1, "$lte": 5}}}`,
			`{"attr":"scores","as":"item","op":"between","value":[1,5],"bounds":"(]"}`,
		},
		{"an item that is not", `{"scores": {"$elemMatch": {"$ne": 1}}}`, `{"attr":"scores","as":"item","op":"ne","value":1}`},
		{"no item that is not", `{"scores": {"$not": {"$elemMatch": {"$ne": 1}}}}`, `{"not":{"attr":"scores","as":"item","op":"ne","value":1,"missing":"false"}}`},
		{"members of a group that can't be", `{"age": {"$inGroup": "g"}}`, `{"attr":"age","op":"in","value":[1,2]}`},
		{"nobody is in an empty group", `{"gender": {"$inGroup": "numbers"}}`, `{"any":[],"allowEmpty":true}`},
		{
			"type by the schema", `{"age": {"$type": "number"}, "city": {"$type": "number"}}`,
			`{"all":[{"attr":"age","op":"exists"},{"any":[],"allowEmpty":true}]}`,
		},
	}
	s := shop(t)
	groups := map[string][]persona.Value{
		"g":       {persona.Int(1), persona.Text("2"), persona.Int(2)},
		"numbers": {persona.Int(1)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rule, err := s.FromMongo([]byte(tt.condition), groups)
			if err != nil {
				t.Fatal(err)
			}
			segment, err := s.Compile(rule)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, string(segment.JSON())); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestFromMongoRefuses(t *testing.T) {
	tests := []struct{ name, condition, want string }{
		{"not an object", `[]`, `want an object, not a list`},
		{"misspelt operator", `{"age": {"$gtt": 3}}`, `age.$gtt: unknown operator: "$gtt"`},
		{"misspelt logic", `{"$an": []}`, `$an: unknown operator: "$an"`},
		{"and of an object", `{"$and": {"age": 3}}`, `$and: want a list`},
		{"part that is no object", `{"$or": [3]}`, `$or[0]: want an object`},
		{"unknown group", `{"age": {"$inGroup": "x"}}`, `age.$inGroup: unknown group: "x"`},
		{"unknown type", `{"age": {"$type": "int"}}`, `age.$type: unknown type: "int"`},
		{"exists maybe", `{"age": {"$exists": 1}}`, `age.$exists: want true or false`},
		{
			"two members of an item", `{"interests": {"$elemMatch": {"a": 1, "b": 2}}}`,
			`interests.$elemMatch: want one operator, one member of an object with one, or $gt or $gte with $lt or $lte`,
		},
		{"nothing of an item", `{"interests": {"$elemMatch": {}}}`, `interests.$elemMatch: want an object that is not empty`},
		{"operator beside a member", `{"age": {"$gt": 3, "x": 1}}`, `age.$gt: an operator beside the member of an object`},
		{"key twice", `{"age": {"$gt": 3, "$gt": 4}}`, `age: duplicate key "$gt"`},
	}
	s := shop(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := s.FromMongo([]byte(tt.condition), nil)
			if err == nil {
				t.Fatal("no error")
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
