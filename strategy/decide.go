package strategy

import (
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/regulars-go/regulars"
)

// Validate returns [regulars.Faults] if the ID is empty, or a label is malformed
// or beyond the vocabulary; a nil one knows all. [Policy.Decide] does
// not need it: there a malformed label is one that no audience mentions.
func (c Customer) Validate(known Vocabulary) error {
	var f regulars.Faults
	if c.ID == "" {
		f.Add("id", "missing")
	}
	for i, label := range c.Labels {
		if problem := known.problem(label); problem != "" {
			f.Add(fmt.Sprintf("labels[%d]", i), "%s", problem)
		}
	}
	return f.Err()
}

// Decide chooses what a customer gets at now, cut to the microsecond: of the
// operations that are within their dates and whose audience has the customer,
// the one of the highest rank; if there is none, the fallback on the same terms.
// Of those not chosen each gets one verdict, by the first of these that
// refuses it: dates, AllOf, AnyOf, NoneOf, rank.
//
// A customer without labels belongs to the audiences that ask for none. The
// zero time is an instant like any other, before all dates. If times are beyond
// the year 9999 the decision stands, but can't be written as JSON.
func (p *Policy) Decide(c Customer, now time.Time) Decision {
	return p.decide(make([]Verdict, 0, len(p.gates)), c, moment(now))
}

// DecideAll decides for each customer in turn, as [Policy.Decide] does. It asks for
// the next customer only when the loop does, and each decision is the
// caller's to keep.
func (p *Policy) DecideAll(customers iter.Seq[Customer], now time.Time) iter.Seq[Decision] {
	return func(yield func(Decision) bool) {
		for c := range customers {
			if !yield(p.Decide(c, now)) {
				return
			}
		}
	}
}

// Count decides for each customer, as [Policy.Decide] does, and keeps the counts
// only. A customer who comes twice is counted twice.
func (p *Policy) Count(customers iter.Seq[Customer], now time.Time) Summary {
	s := p.summary()
	at := moment(now)
	verdicts := make([]Verdict, 0, len(p.gates))
	for c := range customers {
		s.count(p.decide(verdicts, c, at))
	}
	return s
}

// fewLabels is how many labels a policy may mention for its customers' ones to
// be held on the stack: more than all that the starter playbook reads.
const fewLabels = 256

// decide appends the verdicts to an empty slice.
func (p *Policy) decide(verdicts []Verdict, c Customer, now time.Time) Decision {
	var few [fewLabels / 64]uint64
	held := labelSet(few[:])
	if len(p.labels) > fewLabels {
		held = make(labelSet, (len(p.labels)+63)/64)
	}
	for _, label := range c.Labels {
		if n, ok := p.number[label]; ok {
			held[n/64] |= 1 << (n % 64)
		}
	}
	chosen, micros := "", microseconds(now)
	for i := range p.gates {
		g := &p.gates[i]
		code, detail, waits := p.judge(g, held, micros)
		v := Verdict{Operation: g.operation, Code: code, Detail: detail}
		switch {
		case waits:
			v.RetryAt = g.start
		case code == Chosen && chosen == "":
			chosen = g.operation
		case code == Chosen:
			v.Code, v.Detail = Outranked, chosen
		}
		verdicts = append(verdicts, v)
	}
	return Decision{Policy: p.id, Customer: c.ID, At: now, Chosen: chosen, Verdicts: verdicts}
}

// judge returns the verdict on one operation as if it were the only one, and
// whether nothing but its start is to wait for.
func (p *Policy) judge(g *gate, held labelSet, now int64) (code Code, detail string, waits bool) {
	if now >= g.endsAt {
		return Ended, g.ends, false
	}
	code, detail = p.audience(g, held)
	if now < g.startsAt {
		return NotStarted, g.starts, code == Chosen
	}
	return code, detail, false
}

func (p *Policy) audience(g *gate, held labelSet) (Code, string) {
	for _, n := range g.allOf {
		if !held.has(n) {
			return LacksLabel, p.labels[n]
		}
	}
	if len(g.anyOf) > 0 && !held.hasAny(g.anyOf) {
		return LacksLabel, g.lacksAny
	}
	for _, n := range g.noneOf {
		if held.has(n) {
			return Excluded, p.labels[n]
		}
	}
	return Chosen, g.audience
}

// labelSet has a bit for each label that a policy mentions.
type labelSet []uint64

func (s labelSet) has(n int) bool { return s[n/64]>>(n%64)&1 != 0 }

func (s labelSet) hasAny(numbers []int) bool {
	return slices.ContainsFunc(numbers, s.has)
}
