package persona

import (
	"slices"

	"github.com/regulars-go/regulars"
)

// leaf compiles a leaf and returns it in its canonical form.
func (c *compiler) leaf(r Rule, path string) Rule {
	b := leafBuilder{compiler: c, rule: r, path: path, leaf: &leaf{window: -1}}
	b.node = node{op: opLeaf, missing: r.Missing, end: int32(len(c.nodes)) + 1, leaf: b.leaf}
	if r.Missing < False || r.Missing > True {
		b.fault("missing", "want true, false or unknown")
	}
	if r.AllowEmpty {
		b.fault("allowEmpty", "belongs to any")
	}
	if !known(allOps, r.Op) {
		b.fault("op", "%q: want %s", r.Op, oneOf(allOps))
		return r
	}
	if r.Attr != "" {
		b.ofAttribute()
	} else {
		b.ofEvents()
	}
	b.leaf.rule = b.rule
	b.leaf.text.settle()
	switch b.leaf.source {
	case ageSource, daysSource, anniversarySource, dateSource, withinSource, eventSource:
		c.timed = true
	}
	c.add(b.node, place{path, r.Attr + r.Event})
	return b.rule
}

// leafBuilder compiles one leaf.
type leafBuilder struct {
	*compiler
	rule Rule // becomes canonical on the way
	path string
	node node
	leaf *leaf
}

func (b *leafBuilder) fault(field, format string, args ...any) {
	b.faults.Add(join(b.path, field), format, args...)
}

func (b *leafBuilder) warn(field, format string, args ...any) {
	b.warnings.Add(join(b.path, field), format, args...)
}

func (b *leafBuilder) ofAttribute() {
	i, ok := b.schema.Index(b.rule.Attr)
	if !ok {
		b.fault("attr", "no such attribute: %q", shorten(b.rule.Attr))
		return
	}
	b.node.slot = int32(i)
	if !b.allowed() {
		return
	}
	a := &b.schema.attributes[i]
	switch op := b.rule.Op; {
	case op == Exists || op == HasValue:
		b.presence(a)
	case op == WithinLast || op == WithinNext:
		b.within(a)
	case b.rule.As != "":
		b.derived(a)
	case a.Kind == KindList:
		b.wholeList(a)
	default:
		b.single(a, slotSource)
	}
}

// allowed reports fields that a leaf on an attribute does not have.
func (b *leafBuilder) allowed() bool {
	before := len(b.faults)
	r := &b.rule
	if r.Where != nil {
		b.fault("where", "belongs to event")
	}
	if r.Measure != "" {
		b.fault("measure", "belongs to event")
	}
	if !r.Within.IsZero() {
		b.fault("within", "belongs to event: want %s with a value", WithinLast)
	}
	if r.WholeDays && r.Op != WithinLast && r.Op != WithinNext {
		b.fault("wholeDays", "belongs to %s and %s", WithinLast, WithinNext)
	}
	b.checkBounds()
	if r.As != "" && !known(allAs, r.As) {
		b.fault("as", "%q: want %s", r.As, oneOf(allAs))
	}
	return len(b.faults) == before
}

func (b *leafBuilder) checkBounds() {
	r := &b.rule
	if r.Bounds != "" && r.Op != Between {
		b.fault("bounds", "belongs to %s", Between)
	} else if !slices.Contains([]string{"", "[]", "[)", "(]", "()"}, r.Bounds) {
		b.fault("bounds", `%q: want "[]", "[)", "(]" or "()"`, shorten(r.Bounds))
	}
	if r.Bounds == "[]" {
		r.Bounds = ""
	}
}

func (b *leafBuilder) presence(a *Attribute) {
	r := &b.rule
	switch {
	case !r.Value.IsZero():
		b.fault("value", "%s takes none", r.Op)
	case r.As != "":
		b.fault("as", "%s takes the attribute as it is", r.Op)
	case r.Missing != Unknown:
		b.fault("missing", "%s is never unknown", r.Op)
	case r.Fold:
		b.fault("fold", "%s compares no text", r.Op)
	}
	b.leaf.source = existsSource
	if r.Op == HasValue && (a.Kind == KindString || a.Kind == KindList) {
		b.leaf.source = hasValueSource
	}
}

func (b *leafBuilder) within(a *Attribute) {
	r := &b.rule
	b.noFold()
	if r.As != "" || a.Kind != KindDate && a.Kind != KindTime {
		b.fault("op", "%s compares a date or a time, not %s", r.Op, b.what(a))
		return
	}
	if r.Value.form != textForm {
		b.fault("value", `want a span such as "30d", not %s`, formNames[r.Value.form])
		return
	}
	span, err := regulars.ParseSpan(r.Value.text)
	if err != nil {
		b.fault("value", "%s", withoutPackage(err))
		return
	}
	w := window{span: span, next: r.Op == WithinNext, whole: r.WholeDays, ofDays: a.Kind == KindDate}
	if (w.whole || w.ofDays) && isElapsed(span) {
		b.fault("value", "%s is elapsed time: want d, w, mo or y for dates and whole days", span)
	}
	if w.whole && w.ofDays {
		b.fault("wholeDays", "a date always is")
	}
	b.leaf.source = withinSource
	b.addWindow(w)
}

func (b *leafBuilder) addWindow(w window) {
	b.leaf.window = int32(len(b.windows))
	b.windows = append(b.windows, w)
}

// derived compiles a leaf on what As makes of an attribute.
func (b *leafBuilder) derived(a *Attribute) {
	r := &b.rule
	isDay := a.Kind == KindDate || a.Kind == KindTime
	days := Attribute{Kind: KindInt}
	switch as := r.As; {
	case as == Age && isDay:
		b.number(&days, ageSource)
	case as == DaysSince && isDay:
		b.number(&days, daysSource)
	case as == Anniversary && isDay:
		b.number(&days, anniversarySource)
	case as == LocalDate && a.Kind == KindTime:
		b.number(&Attribute{Kind: KindDate}, dateSource)
	case as == Size && a.Kind == KindList:
		b.number(&days, sizeSource)
	case as == Item && a.Kind == KindList:
		b.single(a, itemSource)
	case as == Version && a.Kind == KindString:
		b.text(a, versionMode, textSource)
	default:
		b.fault("as", "%s is not for %s", as, a.Kind)
	}
}

// what is what a leaf compares, for a message.
func (b *leafBuilder) what(a *Attribute) string {
	if b.rule.As != "" {
		return string(b.rule.As)
	}
	return string(a.Kind)
}

// single compiles a comparison of one value: of an attribute, or of some item.
func (b *leafBuilder) single(a *Attribute, source source) {
	switch a.item() {
	case KindString:
		b.text(a, b.mode(), source)
	case KindEnum:
		b.enum(a, source)
	default:
		b.number(a, source)
	}
}

func (b *leafBuilder) mode() textMode {
	if b.rule.Fold {
		return foldMode
	}
	return plainMode
}

func (b *leafBuilder) noFold() {
	if b.rule.Fold {
		b.fault("fold", "only texts have upper and lower case")
	}
}

// number compiles a comparison of a number of a's kind.
func (b *leafBuilder) number(a *Attribute, source source) {
	b.noFold()
	b.leaf.source = source
	test, ok := b.numbers(a)
	if !ok {
		return
	}
	b.node.negate = b.rule.Op == Ne || b.rule.Op == NotIn
	b.leaf.number = test
	if test.isNever() {
		b.fault("value", "no number is so")
	}
	if source == slotSource || source == itemSource {
		b.warnOutside(a, test)
	}
	if source == itemSource {
		b.perItem()
	}
	if source == slotSource && test.of == noSet {
		b.node.op, b.node.lo, b.node.hi = opRange, test.lo, test.hi
	}
}

// perItem lets Ne and NotIn be of the item and not of the answer: whether some
// item is not so.
func (b *leafBuilder) perItem() {
	b.node.op = opItem
	b.leaf.negateItem, b.node.negate = b.node.negate, false
}

func (b *leafBuilder) warnOutside(a *Attribute, test numberTest) {
	limits := a.limits()
	inside := test.of == noSet && test.lo <= limits.hi && test.hi >= limits.lo ||
		test.of == sortedSet && slices.ContainsFunc(test.set, func(n int64) bool { return limits.lo <= n && n <= limits.hi })
	if !inside {
		b.warn("value", "nobody is so: %q is %s", a.Name, rangeText(a.Min, a.Max))
	}
}

// text compiles a comparison of a text.
func (b *leafBuilder) text(a *Attribute, mode textMode, source source) {
	if b.rule.Fold && mode == versionMode {
		b.fault("fold", "versions are compared as they are")
	}
	test, ok := b.texts(a, mode)
	if !ok {
		return
	}
	b.node.negate = b.rule.Op == Ne || b.rule.Op == NotIn
	b.leaf.source, b.leaf.text, b.leaf.isText = source, test, true
	switch source {
	case slotSource:
		b.node.op = opText
	case itemSource:
		b.perItem()
	}
}

// enum compiles a comparison of an enum: it asks each text of the dictionary
// once, so that a profile's code need only be looked up.
func (b *leafBuilder) enum(a *Attribute, source source) {
	switch b.rule.Op {
	case Lt, Lte, Gt, Gte, Between:
		b.fault("op", "%s needs an order, which an enum has not", b.rule.Op)
		return
	}
	test, ok := b.texts(a, b.mode())
	if !ok {
		return
	}
	b.warnMisses(a, test)
	codes := codesOf(len(a.Values), func(code int) bool { return test.holds(a.Values[code]) })
	b.node.negate = b.rule.Op == Ne || b.rule.Op == NotIn
	b.leaf.source, b.leaf.number = source, codes
	switch {
	case source == itemSource:
		b.perItem()
	case len(codes.bits) == 1:
		b.node.op, b.node.lo = opMask, int64(codes.bits[0])
	}
}

// warnMisses warns of texts that no dictionary has.
func (b *leafBuilder) warnMisses(a *Attribute, test textTest) {
	if test.of != setText {
		return
	}
	codes := codesByKey(a, test.mode)
	for _, key := range test.keys {
		if _, ok := codes[key]; !ok {
			b.warn("value", "%q is not in the dictionary of %q", shorten(key), a.Name)
		}
	}
}

// codesByKey are the first codes of a dictionary's texts as mode has them.
func codesByKey(a *Attribute, mode textMode) map[string]int64 {
	codes := make(map[string]int64, len(a.Values))
	for code, text := range slices.Backward(a.Values) {
		codes[mode.key(text)] = int64(code)
	}
	return codes
}
