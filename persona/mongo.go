package persona

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/config"
)

// FromMongo reads a condition in the style of MongoDB, as feature-flag systems
// store it, and returns the same as a rule:
//
//	{"country": {"$in": ["CN", "SG"]}, "$not": {"plan": "free"}, "app": {"$vgte": "2.10.0"}}
//
// It knows $and, $or, $nor and $not; $eq, $ne, $lt, $lte, $gt, $gte, $in, $nin,
// $exists, $type, $regex, $size, $all and $elemMatch; $ini, $nini, $alli and
// $regexi without regard to case; $veq, $vne, $vlt, $vlte, $vgt and $vgte for
// versions; $inGroup and $notInGroup, for which groups has the members.
// A path such as "father.age" is the name of an attribute. An object that is
// compared as a whole is its members one by one, with no other attribute under
// its path; null is an attribute that is not known.
//
// Rules keep their meaning where something is missing: $ne, $nin, $nini, $vne
// and $notInGroup are then true, and within $not and $nor all others are false.
// But a comparison with what is missing stays unknown, where some of those
// systems compare with 0; texts and numbers are never converted into each
// other; an $or of nothing is false; and what is no operator, no list or no
// regular expression is an error, and not silently false.
//
// The error is [regulars.Faults], with paths in the condition. Whether
// attributes and values fit the schema is for [Schema.Compile] to say.
func (s *Schema) FromMongo(condition []byte, groups map[string][]Value) (Rule, error) {
	var members map[string]json.RawMessage
	if err := config.Decode(condition, &members); err != nil {
		return Rule{}, err
	}
	m := mongo{schema: s, groups: groups}
	rule := m.object(members, "", false)
	if err := m.faults.Err(); err != nil {
		return Rule{}, err
	}
	return rule, nil
}

// mongo translates one condition. Each of its methods is told whether it is
// within a $not or a $nor.
type mongo struct {
	schema *Schema
	groups map[string][]Value
	faults regulars.Faults
}

// object translates a condition: all of its members hold.
func (m *mongo) object(members map[string]json.RawMessage, path string, within bool) Rule {
	rules := make([]Rule, 0, len(members))
	for _, key := range slices.Sorted(maps.Keys(members)) {
		rules = append(rules, m.member(key, members[key], join(path, key), within))
	}
	return allOf(rules)
}

func (m *mongo) member(key string, value json.RawMessage, path string, within bool) Rule {
	switch key {
	case "$and":
		return Rule{All: m.list(value, path, within)}
	case "$or":
		return anyOf(m.list(value, path, within))
	case "$nor":
		return not(anyOf(m.list(value, path, true)))
	case "$not":
		return not(m.condition(value, path, true))
	}
	if _, ok := m.schema.Index(key); !ok && strings.HasPrefix(key, "$") {
		m.faults.Add(path, "unknown operator: %q", shorten(key))
		return Rule{}
	}
	return m.field(key, value, path, within)
}

func (m *mongo) condition(value json.RawMessage, path string, within bool) Rule {
	members, ok := objectOf(value)
	if !ok {
		m.faults.Add(path, "want an object")
		return Rule{}
	}
	return m.object(members, path, within)
}

func (m *mongo) list(value json.RawMessage, path string, within bool) []Rule {
	var items []json.RawMessage
	if value[0] != '[' || json.Unmarshal(value, &items) != nil {
		m.faults.Add(path, "want a list")
		return nil
	}
	rules := make([]Rule, len(items))
	for i, item := range items {
		rules[i] = m.condition(item, fmt.Sprintf("%s[%d]", path, i), within)
	}
	return rules
}

// field translates what a condition asks of one attribute.
func (m *mongo) field(name string, value json.RawMessage, path string, within bool) Rule {
	members, ok := objectOf(value)
	if !ok {
		return m.leaf(name, "$eq", value, path, within)
	}
	if len(members) == 0 || slices.ContainsFunc(slices.Collect(maps.Keys(members)), isNoOperator) {
		return m.whole(name, members, path, within)
	}
	return m.operators(Rule{Attr: name}, members, path, within)
}

func isNoOperator(key string) bool { return !strings.HasPrefix(key, "$") }

// operators translates operators that all hold of an attribute, or of what a
// leaf's As makes of it.
func (m *mongo) operators(leaf Rule, members map[string]json.RawMessage, path string, within bool) Rule {
	rules := make([]Rule, 0, len(members))
	for _, op := range slices.Sorted(maps.Keys(members)) {
		at, value := join(path, op), members[op]
		switch op {
		case "$not":
			rules = append(rules, m.notField(leaf, value, at))
		case "$elemMatch":
			rules = append(rules, m.item(leaf.Attr, value, at, within))
		case "$size":
			rules = append(rules, m.size(leaf.Attr, value, at, within))
		case "$type":
			rules = append(rules, m.kind(leaf.Attr, value, at))
		case "$inGroup", "$notInGroup":
			rules = append(rules, m.group(leaf.Attr, op, value, at, within))
		case "$exists":
			rules = append(rules, m.exists(leaf.Attr, value, at))
		default:
			rule := m.leaf(leaf.Attr, op, value, at, within)
			if rule.Attr != "" && rule.As == "" {
				rule.As = leaf.As
			}
			rules = append(rules, rule)
		}
	}
	return allOf(rules)
}

func (m *mongo) notField(leaf Rule, value json.RawMessage, path string) Rule {
	members, ok := objectOf(value)
	if !ok {
		return not(m.leaf(leaf.Attr, "$eq", value, path, true))
	}
	return not(m.operators(leaf, members, path, true))
}

// whole translates equality with an object.
func (m *mongo) whole(name string, members map[string]json.RawMessage, path string, within bool) Rule {
	rules := make([]Rule, 0, len(members))
	for _, key := range slices.Sorted(maps.Keys(members)) {
		at := join(path, key)
		if !isNoOperator(key) {
			m.faults.Add(at, "an operator beside the member of an object")
		} else if inner, ok := objectOf(members[key]); ok {
			rules = append(rules, m.whole(name+"."+key, inner, at, within))
		} else {
			rules = append(rules, m.leaf(name+"."+key, "$eq", members[key], at, within))
		}
	}
	for _, a := range m.schema.attributes {
		if rest, ok := strings.CutPrefix(a.Name, name+"."); ok {
			if key, _, _ := strings.Cut(rest, "."); members[key] == nil {
				rules = append(rules, not(Rule{Attr: a.Name, Op: Exists}))
			}
		}
	}
	return allOf(rules)
}

func objectOf(value json.RawMessage) (members map[string]json.RawMessage, ok bool) {
	return members, value[0] == '{' && json.Unmarshal(value, &members) == nil
}

func not(rule Rule) Rule { return Rule{Not: &rule} }

func allOf(rules []Rule) Rule {
	if len(rules) == 1 {
		return rules[0]
	}
	return Rule{All: rules}
}

func anyOf(rules []Rule) Rule {
	if rules == nil {
		rules = []Rule{}
	}
	return Rule{Any: rules, AllowEmpty: len(rules) == 0}
}
