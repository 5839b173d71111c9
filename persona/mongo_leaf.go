package persona

import (
	"encoding/json"
	"slices"
)

// mongoOps are the operators that are a leaf with the same value.
var mongoOps = map[string]Rule{
	"$eq": {Op: Eq}, "$ne": {Op: Ne, Missing: True},
	"$lt": {Op: Lt}, "$lte": {Op: Lte}, "$gt": {Op: Gt}, "$gte": {Op: Gte},
	"$in": {Op: In}, "$nin": {Op: NotIn, Missing: True},
	"$ini": {Op: In, Fold: true}, "$nini": {Op: NotIn, Fold: true, Missing: True},
	"$all": {Op: HasAll}, "$alli": {Op: HasAll, Fold: true},
	"$regex": {Op: Matches}, "$regexi": {Op: Matches, Fold: true},
	"$veq": {Op: Eq, As: Version}, "$vne": {Op: Ne, As: Version, Missing: True},
	"$vlt": {Op: Lt, As: Version}, "$vlte": {Op: Lte, As: Version},
	"$vgt": {Op: Gt, As: Version}, "$vgte": {Op: Gte, As: Version},
}

// leaf translates one operator.
func (m *mongo) leaf(name, op string, value json.RawMessage, path string, within bool) Rule {
	rule, ok := mongoOps[op]
	if !ok {
		m.faults.Add(path, "unknown operator: %q", shorten(op))
		return Rule{}
	}
	if err := rule.Value.UnmarshalJSON(value); err != nil {
		m.faults.Add(path, "%s", problemOf(err))
		return Rule{}
	}
	rule.Attr = name
	if rule.Fold && !m.hasText(name) {
		rule.Fold = false
	}
	isComparison := rule.Op == Lt || rule.Op == Lte || rule.Op == Gt || rule.Op == Gte
	if within && rule.Missing == Unknown && !isComparison {
		rule.Missing = False
	}
	return m.withNull(rule)
}

// hasText reports whether an attribute holds texts; one that is not there may.
func (m *mongo) hasText(name string) bool {
	i, ok := m.schema.Index(name)
	if !ok {
		return true
	}
	kind := m.schema.attributes[i].item()
	return kind == KindString || kind == KindEnum
}

// withNull makes what is compared with null a question of whether it is known.
func (m *mongo) withNull(rule Rule) Rule {
	exists := Rule{Attr: rule.Attr, Op: Exists}
	switch {
	case rule.Value.IsZero() && rule.Op == Eq:
		return not(exists)
	case rule.Value.IsZero() && rule.Op == Ne:
		return exists
	case rule.Op != In && rule.Op != NotIn || !slices.ContainsFunc(rule.Value.items, Value.IsZero):
		return rule
	}
	rule.Value.items = slices.DeleteFunc(slices.Clone(rule.Value.items), Value.IsZero)
	if rule.Op == In {
		return Rule{Any: []Rule{not(exists), rule}}
	}
	return Rule{All: []Rule{exists, rule}}
}

func (m *mongo) exists(name string, value json.RawMessage, path string) Rule {
	rule := Rule{Attr: name, Op: Exists}
	switch string(value) {
	case "true":
		return rule
	case "false":
		return not(rule)
	}
	m.faults.Add(path, "want true or false")
	return Rule{}
}

func (m *mongo) size(name string, value json.RawMessage, path string, within bool) Rule {
	leaf := Rule{Attr: name, As: Size}
	if members, ok := objectOf(value); ok {
		return m.operators(leaf, members, path, within)
	}
	rule := m.leaf(name, "$eq", value, path, within)
	rule.As = Size
	return rule
}

// item translates $elemMatch: an item that is so, or a list of objects of
// which an attribute has one member of each.
func (m *mongo) item(name string, value json.RawMessage, path string, within bool) Rule {
	members, ok := objectOf(value)
	if !ok || len(members) == 0 {
		m.faults.Add(path, "want an object that is not empty")
		return Rule{}
	}
	if rule, ok := m.itemRange(name, members); ok {
		return rule
	}
	for key, inner := range members {
		if len(members) > 1 {
			break
		}
		if _, ok := mongoOps[key]; ok {
			rule := m.leaf(name, key, inner, join(path, key), within)
			rule.As = Item
			if rule.Missing == True { // a list that is missing has no such item
				rule.Missing = Unknown
				if within {
					rule.Missing = False
				}
			}
			return rule
		}
		if nested, ok := objectOf(inner); ok && isNoOperator(key) && len(nested) == 1 {
			wrapped := m.item(name+"."+key, inner, join(path, key), within)
			return wrapped
		}
		if isNoOperator(key) {
			rule := m.leaf(name+"."+key, "$eq", inner, join(path, key), within)
			rule.As = Item
			return rule
		}
	}
	m.faults.Add(path, "want one operator, one member of an object with one, or $gt or $gte with $lt or $lte")
	return Rule{}
}

// itemRange translates two bounds of one item.
func (m *mongo) itemRange(name string, members map[string]json.RawMessage) (Rule, bool) {
	rule := Rule{Attr: name, As: Item, Op: Between}
	var bounds [2]Value
	if len(members) != 2 {
		return rule, false
	}
	for op, value := range members {
		end, text := -1, ""
		switch op {
		case "$gte":
			end, text = 0, "["
		case "$gt":
			end, text = 0, "("
		case "$lte":
			end, text = 1, "]"
		case "$lt":
			end, text = 1, ")"
		}
		if end < 0 || !bounds[end].IsZero() || bounds[end].UnmarshalJSON(value) != nil {
			return rule, false
		}
		if end == 0 {
			rule.Bounds = text + rule.Bounds
		} else {
			rule.Bounds += text
		}
	}
	rule.Value = List(bounds[:]...)
	return rule, !bounds[0].IsZero() && !bounds[1].IsZero()
}

// kind translates $type, which the schema answers for all that is known.
func (m *mongo) kind(name string, value json.RawMessage, path string) Rule {
	var want string
	if json.Unmarshal(value, &want) != nil {
		m.faults.Add(path, "want the name of a type")
		return Rule{}
	}
	kinds := map[string][]Kind{
		"string": {KindString, KindEnum, KindDate, KindTime}, "number": {KindInt, KindDecimal},
		"boolean": {KindBool}, "array": {KindList}, "object": {}, "null": nil, "undefined": nil,
	}
	matching, ok := kinds[want]
	if !ok {
		m.faults.Add(path, "unknown type: %q", shorten(want))
		return Rule{}
	}
	if matching == nil {
		return not(Rule{Attr: name, Op: Exists})
	}
	if i, ok := m.schema.Index(name); ok && !slices.Contains(matching, m.schema.attributes[i].Kind) {
		return anyOf(nil)
	}
	return Rule{Attr: name, Op: Exists}
}

// group translates $inGroup and $notInGroup. Members of another kind than the
// attribute's are nobody.
func (m *mongo) group(name, op string, value json.RawMessage, path string, within bool) Rule {
	var group string
	if json.Unmarshal(value, &group) != nil {
		m.faults.Add(path, "want the name of a group")
		return Rule{}
	}
	all, ok := m.groups[group]
	if !ok {
		m.faults.Add(path, "unknown group: %q", shorten(group))
		return Rule{}
	}
	members := slices.DeleteFunc(slices.Clone(all), func(v Value) bool { return !m.fits(name, v) })
	rule := Rule{Attr: name, Op: In, Value: Value{form: listForm, items: members}}
	if within {
		rule.Missing = False
	}
	switch {
	case len(members) == 0 && op == "$inGroup":
		return anyOf(nil)
	case len(members) == 0:
		return Rule{All: []Rule{}}
	case op == "$notInGroup":
		rule.Op, rule.Missing = NotIn, True
	}
	return rule
}

func (m *mongo) fits(name string, v Value) bool {
	i, ok := m.schema.Index(name)
	if !ok {
		return true // the compiler will say so
	}
	a := &m.schema.attributes[i]
	if kind := a.item(); kind == KindString || kind == KindEnum {
		return v.form == textForm
	}
	_, problem := a.number(v)
	return problem == ""
}
