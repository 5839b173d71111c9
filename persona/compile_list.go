package persona

import "fmt"

// wholeList compiles a comparison of a list: of the whole, or of its items with
// those of another.
func (b *leafBuilder) wholeList(a *Attribute) {
	switch b.rule.Op {
	case In, NotIn:
		not := b.rule.Op == NotIn
		b.rule.Op = In
		b.single(a, itemSource)
		if b.node.negate = not; not {
			b.rule.Op = NotIn
		}
	case Eq, Ne, HasAll:
		b.items(a)
	default:
		b.fault("op", "%s is not for a list: want %s, or as %s or %s", b.rule.Op, oneOf([]Op{Eq, Ne, In, NotIn, HasAll}), Item, Size)
	}
}

// items compiles a comparison with a list that is taken as it is.
func (b *leafBuilder) items(a *Attribute) {
	items, ok := b.values()
	if !ok {
		return
	}
	if b.rule.Op == HasAll && len(items) == 0 {
		b.fault("value", "empty: want a value")
	}
	b.node.negate = b.rule.Op == Ne
	b.leaf.source, b.leaf.isText = wholeSource, a.Of == KindString
	if b.rule.Op == HasAll {
		b.leaf.source = hasAllSource
		b.leaf.text.mode = b.mode()
	} else {
		b.noFold()
	}
	if a.Of != KindString && a.Of != KindEnum {
		b.noFold()
	}
	codes := codesByKey(a, b.leaf.text.mode)
	canonical := make([]Value, len(items))
	for j, item := range items {
		canonical[j] = b.item(a, codes, item, fmt.Sprintf("value[%d]", j))
	}
	b.rule.Value = Value{form: listForm, items: canonical}
}

// item adds an item to those of the leaf, and returns it in its canonical form.
func (b *leafBuilder) item(a *Attribute, codes map[string]int64, item Value, field string) Value {
	if a.Of != KindString && a.Of != KindEnum {
		n, _ := b.exactly(a, item, field)
		b.leaf.list = append(b.leaf.list, n)
		return a.valueOf(a.Of, n)
	}
	key, ok := b.key(a, b.leaf.text.mode, item, field)
	if !ok {
		return item
	}
	item = b.normal(a, item)
	if a.Of == KindString {
		b.leaf.texts = append(b.leaf.texts, key)
		return item
	}
	code, ok := codes[key]
	if !ok {
		b.warn(field, "%q is not in the dictionary of %q", shorten(item.text), a.Name)
		code = absent // nobody has it
	}
	b.leaf.list = append(b.leaf.list, code)
	return item
}
