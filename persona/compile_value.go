package persona

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/exact"
)

// values are those of a list that a leaf compares with.
func (b *leafBuilder) values() (items []Value, ok bool) {
	v := b.rule.Value
	switch {
	case v.form != listForm:
		b.fault("value", "%s takes a list, not %s", b.rule.Op, formNames[v.form])
		return nil, false
	case len(v.items) > MaxList:
		b.fault("value", "list of %d: want at most %d", len(v.items), MaxList)
		return nil, false
	case b.rule.Op == Between && len(v.items) != 2:
		b.fault("value", "%s takes a list of two, not of %d", b.rule.Op, len(v.items))
		return nil, false
	}
	return v.items, true
}

// numbers makes a test of numbers of a's kind, and the value canonical.
func (b *leafBuilder) numbers(a *Attribute) (test numberTest, ok bool) {
	kind := a.item()
	switch op := b.rule.Op; op {
	case Eq, Ne:
		n, ok := b.exactly(a, b.rule.Value, "value")
		b.rule.Value = a.valueOf(kind, n)
		return numberTest{lo: n, hi: n}, ok
	case In, NotIn:
		return b.numberSet(a)
	case Lt, Lte, Gt, Gte, Between:
		if !kind.isOrdered() {
			b.fault("op", "%s needs an order, which %s has not", op, kind)
			return test, false
		}
		return b.numberRange(a)
	default:
		b.fault("op", "%s is not for %s", op, kind)
		return test, false
	}
}

func (b *leafBuilder) exactly(a *Attribute, v Value, field string) (n int64, ok bool) {
	n, problem := a.number(v)
	if problem != "" {
		b.fault(field, "%s: %s", shorten(v.String()), problem)
	}
	return n, problem == ""
}

func (b *leafBuilder) numberSet(a *Attribute) (test numberTest, ok bool) {
	items, ok := b.values()
	if !ok {
		return test, false
	}
	numbers := make([]int64, len(items))
	for i, item := range items {
		var fits bool
		numbers[i], fits = b.exactly(a, item, fmt.Sprintf("value[%d]", i))
		ok = ok && fits
	}
	if len(items) == 0 {
		b.fault("value", "empty: want a value")
		return test, false
	}
	test = setOf(numbers)
	b.rule.Value = canonicalList(items, func(v Value) Value {
		n, _ := a.number(v)
		return a.valueOf(a.item(), n)
	})
	return test, ok
}

// canonicalList is a list as a set: in ascending order, each once.
func canonicalList(items []Value, canonical func(Value) Value) Value {
	list := Value{form: listForm, items: make([]Value, len(items))}
	for i, item := range items {
		list.items[i] = canonical(item)
	}
	slices.SortFunc(list.items, Value.Compare)
	list.items = slices.CompactFunc(list.items, Value.Equal)
	return list
}

func (b *leafBuilder) numberRange(a *Attribute) (test numberTest, ok bool) {
	test = numberTest{lo: math.MinInt64, hi: math.MaxInt64}
	v := b.rule.Value
	switch b.rule.Op {
	case Lt:
		test.hi, b.rule.Value, ok = b.atMost(a, v, false, "value")
	case Lte:
		test.hi, b.rule.Value, ok = b.atMost(a, v, true, "value")
	case Gt:
		test.lo, b.rule.Value, ok = b.atLeast(a, v, false, "value")
	case Gte:
		test.lo, b.rule.Value, ok = b.atLeast(a, v, true, "value")
	default:
		items, isPair := b.values()
		if !isPair {
			return test, false
		}
		lo, least, ok1 := b.atLeast(a, items[0], !strings.HasPrefix(b.rule.Bounds, "("), "value[0]")
		hi, most, ok2 := b.atMost(a, items[1], !strings.HasSuffix(b.rule.Bounds, ")"), "value[1]")
		test.lo, test.hi, ok = lo, hi, ok1 && ok2
		b.rule.Value = List(least, most)
	}
	return test, ok
}

// atMost returns the largest number that is at most v, or less than v if it is
// not to be included. A bound may have more places than a holds.
func (b *leafBuilder) atMost(a *Attribute, v Value, included bool, field string) (n int64, canonical Value, ok bool) {
	n, isExact, canonical, ok := b.bound(a, v, field)
	if ok && isExact && !included {
		n--
	}
	return n, canonical, ok
}

// atLeast returns the least number that is at least v, or more than v.
func (b *leafBuilder) atLeast(a *Attribute, v Value, included bool, field string) (n int64, canonical Value, ok bool) {
	n, isExact, canonical, ok := b.bound(a, v, field)
	if ok && (!isExact || !included) {
		n++
	}
	return n, canonical, ok
}

// bound returns v in units of a, rounded down.
func (b *leafBuilder) bound(a *Attribute, v Value, field string) (floor int64, isExact bool, canonical Value, ok bool) {
	if !a.item().isNumber() || v.form != intForm && v.form != decimalForm {
		n, ok := b.exactly(a, v, field)
		return n, true, a.valueOf(a.item(), n), ok
	}
	d := v.decimal()
	if err := exact.Check(d); err != nil {
		b.fault(field, "%s", err)
		return 0, false, v, false
	}
	floor, isExact, over := scaled(d, a.Places)
	if over != 0 {
		b.fault(field, "%s: want a number of at most 64 bits in %d places", v, a.Places)
		return 0, false, v, false
	}
	if floor == math.MinInt64 || floor == math.MaxInt64 {
		b.fault(field, "%s: is where 64 bits end: want a number nearer to 0 for an order", v)
		return 0, false, v, false
	}
	return floor, isExact, v, true
}

// texts makes a test of texts in the normal form of a, and the value canonical.
func (b *leafBuilder) texts(a *Attribute, mode textMode) (test textTest, ok bool) {
	test.mode = mode
	switch op := b.rule.Op; op {
	case Eq, Ne:
		key, ok := b.key(a, mode, b.rule.Value, "value")
		test.of, test.keys = setText, []string{key}
		b.rule.Value = b.normal(a, b.rule.Value)
		return test, ok
	case In, NotIn:
		return b.textSet(a, mode)
	case Lt, Lte, Gt, Gte, Between:
		return b.textRange(a, mode)
	case Contains, StartsWith, EndsWith, Matches:
		if mode == versionMode {
			break
		}
		return b.pattern(a)
	}
	b.fault("op", "%s is not for %s", b.rule.Op, b.what(a))
	return test, false
}

func (b *leafBuilder) key(a *Attribute, mode textMode, v Value, field string) (key string, ok bool) {
	if v.form != textForm {
		b.fault(field, "want a text, not %s", formNames[v.form])
		return "", false
	}
	if problem := badText(v.text); problem != "" {
		b.fault(field, "%s", problem)
		return "", false
	}
	return mode.key(normalise(v.text, a.Normal)), true
}

func (b *leafBuilder) normal(a *Attribute, v Value) Value {
	v.text = normalise(v.text, a.Normal)
	return v
}

func (b *leafBuilder) textSet(a *Attribute, mode textMode) (test textTest, ok bool) {
	items, ok := b.values()
	if !ok {
		return test, false
	}
	test = textTest{of: setText, mode: mode, keys: make([]string, len(items))}
	for i, item := range items {
		var fits bool
		test.keys[i], fits = b.key(a, mode, item, fmt.Sprintf("value[%d]", i))
		ok = ok && fits
	}
	if len(items) == 0 {
		b.fault("value", "empty: want a value")
		return test, false
	}
	slices.Sort(test.keys)
	test.keys = slices.Compact(test.keys)
	b.rule.Value = canonicalList(items, func(v Value) Value { return b.normal(a, v) })
	return test, ok
}

func (b *leafBuilder) textRange(a *Attribute, mode textMode) (test textTest, ok bool) {
	test = textTest{of: spanText, mode: mode}
	lo, hi, loField, hiField := b.rule.Value, b.rule.Value, "value", "value"
	if b.rule.Op == Between {
		items, isPair := b.values()
		if !isPair {
			return test, false
		}
		lo, hi, loField, hiField = items[0], items[1], "value[0]", "value[1]"
		b.rule.Value = List(b.normal(a, lo), b.normal(a, hi))
	} else {
		b.rule.Value = b.normal(a, lo)
	}
	ok = true
	if op := b.rule.Op; op == Gt || op == Gte || op == Between {
		test.lo.is, test.lo.equal = true, op == Gte || op == Between && !strings.HasPrefix(b.rule.Bounds, "(")
		test.lo.key, ok = b.key(a, mode, lo, loField)
	}
	if op := b.rule.Op; op == Lt || op == Lte || op == Between {
		var fits bool
		test.hi.is, test.hi.equal = true, op == Lte || op == Between && !strings.HasSuffix(b.rule.Bounds, ")")
		test.hi.key, fits = b.key(a, mode, hi, hiField)
		ok = ok && fits
	}
	if c := strings.Compare(test.lo.key, test.hi.key); ok && b.rule.Op == Between && (c > 0 || c == 0 && !(test.lo.equal && test.hi.equal)) {
		b.fault("value", "no text is so")
		ok = false
	}
	return test, ok
}

// pattern makes a test of a part of a text. Without regard to case it is
// a regular expression.
func (b *leafBuilder) pattern(a *Attribute) (test textTest, ok bool) {
	v := b.rule.Value
	if v.form != textForm {
		b.fault("value", "want a text, not %s", formNames[v.form])
		return test, false
	}
	expression := v.text
	if b.rule.Op != Matches {
		if problem := badText(v.text); problem != "" {
			b.fault("value", "%s", problem)
			return test, false
		}
		part := partNormal(v.text, a.Normal)
		b.rule.Value = Text(part)
		if !b.rule.Fold {
			return textTest{of: partOps[b.rule.Op].op, keys: []string{part}}, true
		}
		expression = fmt.Sprintf(partOps[b.rule.Op].expression, regexp.QuoteMeta(part))
	} else if len(v.text) > MaxPattern {
		b.fault("value", "pattern of %d bytes: want at most %d", len(v.text), MaxPattern)
		return test, false
	}
	if b.rule.Fold {
		expression = "(?i)" + expression
	}
	compiled, err := regexp.Compile(expression)
	if err != nil {
		b.fault("value", "%s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		return test, false
	}
	return textTest{of: patternText, pattern: compiled}, true
}

// partOps are the operators that look for a part of a text.
var partOps = map[Op]struct {
	op         textOp
	expression string
}{
	Contains:   {containsText, "%s"},
	StartsWith: {prefixText, "^%s"},
	EndsWith:   {suffixText, "%s$"},
}

// partNormal is the normal form of a part of a text: space at its ends is not at
// the ends of the text.
func partNormal(part string, steps []Normal) string {
	return normalise(part, slices.DeleteFunc(slices.Clone(steps), func(step Normal) bool { return step == NormalTrim }))
}

// isElapsed reports whether a span is of hours, minutes or seconds.
func isElapsed(s regulars.Span) bool {
	unit := strings.TrimLeft(s.String(), "0123456789")
	return unit == "s" || unit == "m" || unit == "h"
}

func withoutPackage(err error) string {
	if faults, ok := errors.AsType[regulars.Faults](err); ok {
		return faults.Error()
	}
	return strings.TrimPrefix(err.Error(), "regulars: ")
}
