package persona

import (
	"fmt"
	"slices"
)

// ofEvents compiles a leaf on events.
func (b *leafBuilder) ofEvents() {
	r := &b.rule
	number, ok := b.schema.byEvent[r.Event]
	if !ok {
		b.fault("event", "no such kind of events: %q", shorten(r.Event))
		return
	}
	kind := &b.schema.events[number]
	b.leaf.source = eventSource
	b.leaf.window = -1
	b.leaf.event = eventTest{kind: int32(number), places: kind.Places}
	before := len(b.faults)
	b.checkBounds()
	b.checkMeasure(kind)
	b.where(kind)
	b.eventWindow()
	if r.As != "" {
		b.fault("as", "belongs to attr")
	}
	if len(b.faults) > before {
		return
	}
	what := Attribute{Kind: KindInt}
	if b.leaf.event.measure == Sum {
		what = Attribute{Kind: KindDecimal, Places: kind.Places}
	}
	b.number(&what, eventSource)
}

func (b *leafBuilder) checkMeasure(kind *EventKind) {
	r := &b.rule
	switch {
	case r.Measure != "" && !known(allMeasures, r.Measure):
		b.fault("measure", "%q: want %s", r.Measure, oneOf(allMeasures))
	case r.Measure == Sum && !kind.Amount:
		b.fault("measure", "%q has no amounts to sum", kind.Name)
	case r.Measure != Recency && r.Missing != Unknown:
		b.fault("missing", "only %s can be unknown", Recency)
	}
	b.leaf.event.measure = r.Measure
	if r.Measure == "" {
		b.leaf.event.measure = Count
	}
	if r.Measure == Count {
		r.Measure = ""
	}
}

func (b *leafBuilder) where(kind *EventKind) {
	if len(b.rule.Where) == 0 {
		b.rule.Where = nil
		return
	}
	canonical := make(map[string][]string, len(b.rule.Where))
	for _, name := range sortedFields(b.rule.Where) {
		texts := b.rule.Where[name]
		field := fmt.Sprintf("where[%q]", shorten(name))
		if len(texts) == 0 || len(texts) > MaxList {
			b.fault(field, "list of %d: want 1 to %d texts", len(texts), MaxList)
			continue
		}
		test := fieldTest{field: slices.Index(kind.Fields, name)}
		if test.field < 0 && !b.calendarField(&test, name, texts) {
			b.fault(field, "%q has no such field: want %s", kind.Name, oneOf(append(slices.Clone(kind.Fields), calendarFields...)))
			continue
		}
		test.texts = make([]string, len(texts))
		for i, text := range texts {
			if problem := badText(text); problem != "" {
				b.fault(fmt.Sprintf("%s[%d]", field, i), "%s", problem)
			}
			test.texts[i] = normalise(text, kind.Normal)
		}
		slices.Sort(test.texts)
		test.texts = slices.Compact(test.texts)
		canonical[name] = test.texts
		b.leaf.event.where = append(b.leaf.event.where, test)
	}
	b.rule.Where = canonical
}

func (b *leafBuilder) calendarField(test *fieldTest, name string, texts []string) bool {
	var all []string
	switch name {
	case FieldHour:
		test.field, all = hourField, hours[:]
	case FieldWeekday:
		test.field, all = weekdayField, []string{"1", "2", "3", "4", "5", "6", "7"}
	default:
		return false
	}
	for i, text := range texts {
		if !slices.Contains(all, text) {
			b.fault(fmt.Sprintf("where[%q][%d]", name, i), "%q: want %q to %q", shorten(text), all[0], all[len(all)-1])
		}
	}
	return true
}

func (b *leafBuilder) eventWindow() {
	r := &b.rule
	switch {
	case r.Within.IsZero() && r.WholeDays:
		b.fault("wholeDays", "belongs to within")
	case r.Within.IsZero():
	case r.WholeDays && isElapsed(r.Within):
		b.fault("within", "%s is elapsed time: want d, w, mo or y for whole days", r.Within)
	default:
		b.addWindow(window{span: r.Within, whole: r.WholeDays})
	}
}
