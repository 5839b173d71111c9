package persona_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/persona"
)

func TestCompileRefuses(t *testing.T) {
	tests := []struct{ name, rule, want string }{
		{"nothing", `{}`, `want one of all, any, not, segment, attr and event, not 0 of them`},
		{"two things", `{"all": [], "attr": "age"}`, `want one of all, any, not, segment, attr and event, not 2 of them`},
		{"unknown attribute", `{"all": [{"attr": "Age", "op": "eq", "value": 1}]}`, `all[0].attr: no such attribute: "Age"`},
		{"unknown operator", `{"attr": "age", "op": "regx", "value": 1}`, `op: "regx": want eq, ne, lt, lte, gt, gte, between, in, not_in, contains, starts_with, ends_with, matches, has_all, within_last, within_next, exists or has_value`},
		{"operator left out", `{"attr": "age", "value": 1}`, `op: "": want eq, ne, lt, lte, gt, gte, between, in, not_in, contains, starts_with, ends_with, matches, has_all, within_last, within_next, exists or has_value`},
		{"operator of a tree", `{"not": {"all": []}, "op": "eq"}`, `op: belongs to a leaf, with attr or event`},
		{"empty any", `{"any": []}`, `any: empty, so nobody is in it: want a rule, or allowEmpty`},
		{"text for a number", `{"attr": "age", "op": "eq", "value": "30"}`, `value: 30: want a whole number, not a text`},
		{"number for a text", `{"attr": "city", "op": "eq", "value": 30}`, `value: want a text, not a whole number`},
		{"fraction that no whole number is", `{"attr": "age", "op": "eq", "value": 30.5}`, `value: 30.5: want a whole number`},
		{"fraction finer than the places", `{"attr": "income", "op": "in", "value": [1, 1.005]}`, `value[1]: 1.005: want a number of at most 2 places`},
		{"1e308", `{"attr": "age", "op": "lt", "value": 1e308}`, `value: 1e308: amount has exponent 308: want -18 to 18`},
		{"beyond 64 bits", `{"attr": "age", "op": "lt", "value": 1e19}`, `value: 1e19: amount has exponent 19: want -18 to 18`},
		{"beyond 64 bits, in digits", `{"attr": "age", "op": "lt", "value": 9223372036854775808}`, `value: 9223372036854775808: want a number of at most 64 bits in 0 places`},
		{"the end of 64 bits", `{"attr": "scores", "as": "item", "op": "gte", "value": 9223372036854775807}`, `value: 9223372036854775807: is where 64 bits end: want a number nearer to 0 for an order`},
		{"no value", `{"attr": "age", "op": "eq"}`, `value: : want a whole number, not no value`},
		{"null", `{"attr": "age", "op": "eq", "value": null}`, `value: want a value, not null`},
		{"not a list", `{"attr": "age", "op": "in", "value": 1}`, `value: in takes a list, not a whole number`},
		{"empty list", `{"attr": "age", "op": "in", "value": []}`, `value: empty: want a value`},
		{"three bounds", `{"attr": "age", "op": "between", "value": [1, 2, 3]}`, `value: between takes a list of two, not of 3`},
		{"bounds in the wrong order", `{"attr": "age", "op": "between", "value": [3, 1]}`, `value: no number is so`},
		{"empty range", `{"attr": "age", "op": "between", "value": [3, 3], "bounds": "[)"}`, `value: no number is so`},
		{"texts in the wrong order", `{"attr": "city", "op": "between", "value": ["b", "a"]}`, `value: no text is so`},
		{"empty range of texts", `{"attr": "city", "op": "between", "value": ["a", "a"], "bounds": "[)"}`, `value: no text is so`},
		{"unknown bounds", `{"attr": "age", "op": "between", "value": [1, 2], "bounds": "]["}`, `bounds: "][": want "[]", "[)", "(]" or "()"`},
		{"bounds of eq", `{"attr": "age", "op": "eq", "value": 1, "bounds": "[]"}`, `bounds: belongs to between`},
		{"order of an enum", `{"attr": "gender", "op": "lt", "value": "male"}`, `op: lt needs an order, which an enum has not`},
		{"order of a bool", `{"attr": "member", "op": "lt", "value": true}`, `op: lt needs an order, which bool has not`},
		{"part of a number", `{"attr": "age", "op": "contains", "value": "3"}`, `op: contains is not for int`},
		{"bad pattern", `{"attr": "city", "op": "matches", "value": "/???***[)"}`, "value: invalid nested repetition operator: `???`"},
		{"long pattern", `{"attr": "city", "op": "matches", "value": "` + strings.Repeat("a", 1001) + `"}`, `value: pattern of 1001 bytes: want at most 1000`},
		{"fold of a number", `{"attr": "age", "op": "eq", "value": 1, "fold": true}`, `fold: only texts have upper and lower case`},
		{"age of a text", `{"attr": "city", "as": "age", "op": "eq", "value": 1}`, `as: age is not for string`},
		{"unknown as", `{"attr": "city", "as": "upper", "op": "eq", "value": 1}`, `as: "upper": want age, days, anniversary, date, size, item or version`},
		{"date as a time", `{"attr": "joined", "op": "eq", "value": "2026-01-01"}`, `value: 2026-01-01: "2026-01-01" is not a time: want the form 2006-01-02T15:04:05+08:00`},
		{"not a date", `{"attr": "born", "op": "eq", "value": "2023-02-29"}`, `value: 2023-02-29: "2023-02-29" is not a date: want the form 2006-01-02`},
		{"not a span", `{"attr": "joined", "op": "within_last", "value": "30 days"}`, "value: \"30 days\" is not a span: want a number and s, m, h, d, w, mo or y, such as \"90d\""},
		{"hours of a date", `{"attr": "born", "op": "within_last", "value": "24h"}`, `value: 24h is elapsed time: want d, w, mo or y for dates and whole days`},
		{"window of a number", `{"attr": "age", "op": "within_last", "value": "30d"}`, `op: within_last compares a date or a time, not int`},
		{"less than a list", `{"attr": "interests", "op": "lt", "value": "a"}`, `op: lt is not for a list: want eq, ne, in, not_in or has_all, or as item or size`},
		{"all of nothing", `{"attr": "interests", "op": "has_all", "value": []}`, `value: empty: want a value`},
		{"exists with a value", `{"attr": "age", "op": "exists", "value": true}`, `value: exists takes none`},
		{"exists and missing", `{"attr": "age", "op": "exists", "missing": "true"}`, `missing: exists is never unknown`},
		{"unknown event", `{"event": "buy", "op": "gte", "value": 1}`, `event: no such kind of events: "buy"`},
		{"unknown field", `{"event": "order", "where": {"colour": ["red"]}, "op": "gte", "value": 1}`, `where["colour"]: "order" has no such field: want category, channel, hour or weekday`},
		{"unknown hour", `{"event": "order", "where": {"hour": ["24"]}, "op": "gte", "value": 1}`, `where["hour"][0]: "24": want "00" to "23"`},
		{"sum without amounts", `{"event": "view", "measure": "sum", "op": "gte", "value": 1}`, `measure: "view" has no amounts to sum`},
		{"unknown measure", `{"event": "view", "measure": "mean", "op": "gte", "value": 1}`, `measure: "mean": want count, sum or recency`},
		{"missing count", `{"event": "view", "op": "gte", "value": 1, "missing": "true"}`, `missing: only recency can be unknown`},
		{"half an event", `{"event": "view", "op": "eq", "value": 1.5}`, `value: 1.5: want a whole number`},
		{"whole days of hours", `{"event": "view", "op": "eq", "within": "2h", "wholeDays": true, "value": 1}`, `within: 2h is elapsed time: want d, w, mo or y for whole days`},
		{"unknown segment", `{"segment": "vip"}`, `segment: no rule is named "vip": compile them together`},
		{"unknown truth", `{"attr": "age", "op": "eq", "value": 1, "missing": "maybe"}`, `missing: "maybe" is no truth value: want true, false or unknown`},
		{"unknown key", `{"attr": "age", "opp": "eq"}`, `unknown key "opp": did you mean "op"?`},
		{"key twice", `{"attr": "age", "attr": "city", "op": "exists"}`, `duplicate key "attr"`},
		{"object as value", `{"attr": "age", "op": "eq", "value": {"a": 1}}`, `value: want true or false, a number, a text or a list, not an object`},
		{"list in a list", `{"attr": "age", "op": "in", "value": [[1]]}`, `value: want a list of single values, not of lists`},
	}
	s := shop(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rule, err := persona.ParseRule([]byte(tt.rule))
			if err == nil {
				_, err = s.Compile(rule)
			}
			faults, ok := errors.AsType[regulars.Faults](err)
			if !ok {
				t.Fatalf("got %v, want faults", err)
			}
			if diff := cmp.Diff(tt.want, faults.Error()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	leaf := persona.Rule{Attr: "age", Op: persona.Eq, Value: persona.Int(1)}
	nested := func(depth int) persona.Rule {
		rule := leaf
		for range depth - 1 {
			rule = persona.Rule{Not: new(rule)}
		}
		return rule
	}
	many := func(n int) persona.Rule {
		rule := persona.Rule{All: make([]persona.Rule, n)}
		for i := range rule.All {
			rule.All[i] = leaf
		}
		return rule
	}
	list := func(n int) persona.Rule {
		items := make([]persona.Value, n)
		for i := range items {
			items[i] = persona.Int(int64(i))
		}
		return persona.Rule{Attr: "age", Op: persona.In, Value: persona.List(items...)}
	}
	itself := new(persona.Rule)
	itself.Not = itself
	tests := []struct {
		name string
		rule persona.Rule
		want string
	}{
		{"as deep as may be", nested(persona.MaxDepth), ""},
		{"text that is no UTF-8", persona.Rule{Attr: "interests", Op: persona.HasAll, Value: persona.Texts("\xff")}, "value[0]: want valid UTF-8"},
		{"field that is no UTF-8", persona.Rule{Event: "order", Op: persona.Gte, Value: persona.Int(1), Where: map[string][]string{"category": {"\xff"}}}, `where["category"][0]: want valid UTF-8`},
		{"deeper", nested(persona.MaxDepth + 1), "rules within rules go deeper than 32"},
		{"as many as may be", many(persona.MaxNodes - 1), ""},
		{"more", many(persona.MaxNodes), "more than 1000 rules"},
		{"as long as may be", list(persona.MaxList), ""},
		{"a rule within itself", *itself, "rules within rules go deeper than 32"},
		{"longer", list(persona.MaxList + 1), "list of 10001: want at most 10000"},
	}
	s := shop(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := s.Compile(tt.rule)
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestCompileAll(t *testing.T) {
	tests := []struct{ name, rules, want string }{
		{"any order", `[
			{"name": "loyal adults", "rule": {"all": [{"segment": "adult"}, {"segment": "member"}]}},
			{"name": "adult", "rule": {"attr": "age", "op": "gte", "value": 18}},
			{"name": "member", "rule": {"attr": "member", "op": "eq", "value": true}}]`, ``},
		{
			"itself", `[{"name": "a", "rule": {"not": {"segment": "a"}}}]`,
			`[0].rule.not.segment: "a" refers to itself, by way of "a"`,
		},
		{
			"in a circle", `[
			{"name": "a", "rule": {"segment": "b"}}, {"name": "b", "rule": {"segment": "c"}}, {"name": "c", "rule": {"any": [{"segment": "a"}]}}]`,
			`[2].rule.any[0].segment: "a" refers to itself, by way of "c"`,
		},
		{"to nothing", `[{"name": "a", "rule": {"segment": "b"}}]`, `[0].rule.segment: no rule is named "b"`},
		{"twice", `[{"name": "a", "rule": {"all": []}}, {"name": "a", "rule": {"all": []}}]`, `[1].name: "a" is the name of [0] too`},
		{
			"capital letters", `[{"name": "VIP", "rule": {"all": []}}]`,
			`[0].name: "VIP": want printable lower case without "=" or spaces at its ends, since it becomes a label`,
		},
		{
			"faulty", `[{"name": "a", "rule": {"attr": "x", "op": "exists"}}, {"name": "b", "rule": {"segment": "a"}}]`,
			`[0].rule.attr: no such attribute: "x"`,
		},
	}
	s := shop(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rules, err := persona.ParseRules([]byte(tt.rules))
			if err != nil {
				t.Fatal(err)
			}
			segments, err := s.CompileAll(rules)
			got := ""
			if err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Fatalf("(-want +got)\n%s", diff)
			}
			if err != nil {
				return
			}
			p := read(t, s, `{"age": 40, "member": true}`)
			for i, segment := range segments {
				if segment.Name() != rules[i].Name || segment.Match(p, asOf) != persona.True {
					t.Errorf("%s is %v", segment.Name(), segment.Match(p, asOf))
				}
			}
			if got := segments[0].Label(); got != "group=loyal adults" {
				t.Errorf("label %q", got)
			}
		})
	}
}

// A rule that doubles at each step would have 2^40 parts.
func TestReferencesThatDouble(t *testing.T) {
	rules := []persona.NamedRule{{Name: "s0", Rule: persona.Rule{All: []persona.Rule{}}}}
	for i := range 40 {
		part := persona.Rule{Segment: fmt.Sprintf("s%d", i)}
		rules = append(rules, persona.NamedRule{Name: fmt.Sprintf("s%d", i+1), Rule: persona.Rule{Any: []persona.Rule{part, part}}})
	}
	_, err := shop(t).CompileAll(rules)
	if err == nil || !strings.Contains(err.Error(), "want at most 10000") {
		t.Fatalf("got %v", err)
	}
}

// Each rule is within its own limit, and all of them are too many together.
func TestSetThatExpands(t *testing.T) {
	base := persona.Rule{All: make([]persona.Rule, 990)}
	for i := range base.All {
		base.All[i] = persona.Rule{Attr: "age", Op: persona.Exists}
	}
	ten := persona.Rule{All: make([]persona.Rule, 10)}
	for i := range ten.All {
		ten.All[i] = persona.Rule{Segment: "base"}
	}
	rules := []persona.NamedRule{{Name: "base", Rule: base}}
	for i := range 102 {
		rules = append(rules, persona.NamedRule{Name: fmt.Sprintf("s%d", i), Rule: ten})
	}
	s := shop(t)
	if _, err := s.CompileAll(rules[:12]); err != nil {
		t.Fatal(err)
	}
	if _, err := s.CompileAll(rules); err == nil || !strings.Contains(err.Error(), "come to more than 1000000") {
		t.Fatalf("got %v", err)
	}
}

func TestVersions(t *testing.T) {
	s := shop(t)
	base := compile(t, s, `{"all": [{"attr": "city", "op": "in", "value": ["b", "a"]}, {"attr": "born", "op": "lt", "value": "2000-01-01"}]}`)
	same := `{ "all" : [{"op":"in","value":["A ","b","a"],"attr":"city","missing":"unknown"}, {"attr": "born", "op": "lt", "value": "2000-01-01"}]}`
	if got := compile(t, s, same); got.Version() != base.Version() {
		t.Errorf("%s and %s differ", got.JSON(), base.JSON())
	}
	want := `{"all":[{"attr":"city","op":"in","value":["a","b"]},{"attr":"born","op":"lt","value":"2000-01-01"}]}`
	if diff := cmp.Diff(want, string(base.JSON())); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	other := compile(t, s, `{"all": [{"attr": "city", "op": "in", "value": ["b", "c"]}, {"attr": "born", "op": "lt", "value": "2000-01-01"}]}`)
	if other.Version() == base.Version() {
		t.Error("another rule has the same version")
	}
	tea := `{"event": "order", "where": {"category": ["tea", "cake", "tea"]}, "measure": "count", "op": "gte", "value": 1.0}`
	if got := string(compile(t, s, tea).JSON()); got != `{"event":"order","where":{"category":["cake","tea"]},"op":"gte","value":1}` {
		t.Errorf("not canonical: %s", got)
	}
	// Who refers to a rule that changed has changed.
	version := func(age int) string {
		segments, err := s.CompileAll([]persona.NamedRule{
			{Name: "adult", Rule: persona.Rule{Attr: "age", Op: persona.Gte, Value: persona.Int(int64(age))}},
			{Name: "minor", Rule: persona.Rule{Not: &persona.Rule{Segment: "adult"}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		return segments[1].Version()
	}
	if version(18) == version(21) {
		t.Error("the version does not depend on the rule referred to")
	}
}

// What Rule returns is the caller's, and compiles to the same.
func TestRuleIsTheCallers(t *testing.T) {
	s := shop(t)
	segment := compile(t, s, `{"all": [{"not": {"event": "order", "where": {"category": ["tea"]}, "op": "gte", "value": 1}}, {"any": [], "allowEmpty": true}]}`)
	rule := segment.Rule()
	rule.All[0].Not.Where["category"][0] = "wine"
	rule.All[0].Not.Op = persona.Lt
	rule.All[1] = persona.Rule{All: []persona.Rule{}}
	again, err := s.Compile(segment.Rule())
	if err != nil || again.Version() != segment.Version() {
		t.Errorf("%s became %s: %v", segment.JSON(), again.JSON(), err)
	}
}

func TestWarnings(t *testing.T) {
	s := shop(t)
	segment := compile(t, s, `{"any": [
		{"attr": "gender", "op": "in", "value": ["female", "Male"]},
		{"attr": "age", "op": "gt", "value": 200},
		{"attr": "colours", "op": "has_all", "value": ["mauve"]}]}`)
	want := `any[0].value: "Male" is not in the dictionary of "gender"` + "\n" +
		`any[1].value: nobody is so: "age" is 0 to 130` + "\n" +
		`any[2].value[0]: "mauve" is not in the dictionary of "colours"`
	if diff := cmp.Diff(want, segment.Warnings().Error()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := segment.Match(read(t, s, `{"gender": "male", "age": 130, "colours": ["red"]}`), asOf); got != persona.False {
		t.Errorf("got %v", got)
	}
}
