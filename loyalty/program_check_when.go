package loyalty

import (
	"fmt"
	"slices"
	"strings"
)

func (c *programCheck) condition(path string, w *Condition) {
	c.attributes(path+".attributes", w.Attributes)
	for _, list := range []struct {
		name   string
		labels []string
	}{{".allOf", w.AllOf}, {".anyOf", w.AnyOf}, {".noneOf", w.NoneOf}} {
		c.labels(path+list.name, list.labels)
	}
	excluded := func(label string) bool { return slices.Contains(w.NoneOf, label) }
	if slices.ContainsFunc(w.AllOf, excluded) || len(w.AnyOf) > 0 && !slices.ContainsFunc(w.AnyOf, func(l string) bool { return !excluded(l) }) {
		c.add(path+".noneOf", "excludes what the other labels ask for, so it never holds")
	}
	least, most := c.money(path+".minAmount", w.MinAmount), c.money(path+".maxAmount", w.MaxAmount)
	if most > 0 && least > most {
		c.add(path+".maxAmount", "is less than minAmount, so it never holds")
	}
	c.tierNames(path+".tiers", w.Tiers)
	c.between(path, w.From, w.To)
	if c.names(path+".weekdays", w.Weekdays, 0, 7) {
		for i, day := range w.Weekdays {
			if _, ok := weekdays[day]; !ok {
				c.add(fmt.Sprintf("%s.weekdays[%d]", path, i), `%.40q: want "mon", "tue", …`, day)
			}
		}
	}
}

func (c *programCheck) attributes(path string, list []AttributeIn) {
	if !c.count(path, len(list), 0, MaxAttributes) {
		return
	}
	for i, a := range list {
		at := fmt.Sprintf("%s[%d]", path, i)
		c.text(at+".name", a.Name)
		c.names(at+".in", a.In, 1, maxValues)
		if slices.ContainsFunc(list[:i], func(b AttributeIn) bool { return a.Name == b.Name }) {
			c.add(at+".name", "%q is there twice: list all values in one", a.Name)
		}
	}
}

func (c *programCheck) labels(path string, list []string) {
	if !c.names(path, list, 0, maxValues) {
		return
	}
	for i, label := range list {
		key, value, ok := strings.Cut(label, "=")
		if label != "" && (!ok || key == "" || value == "") {
			c.add(fmt.Sprintf("%s[%d]", path, i), `%.40q: want "key=value"`, label)
		}
	}
}
