package identity_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/persona/identity"
)

// resolved draws evidence without contradictions.
func resolved(t *rapid.T) (*identity.People, *identity.Evidence, identity.Rules, []fact) {
	rules, list := drawRules(t), drawFacts(t, "facts")
	e := evidenceOf(t, list)
	p, err := identity.Resolve(e, rules)
	if _, contradict := errors.AsType[*identity.ContradictionError](err); contradict {
		t.Skip("verdicts that contradict each other")
	}
	if err != nil {
		t.Fatal(err)
	}
	return p, e, rules, list
}

// standing returns the verdicts of a ruling that count.
func standing(e *identity.Evidence, ruling identity.Ruling) []identity.Verdict {
	return slices.DeleteFunc(e.Verdicts(), func(v identity.Verdict) bool { return v.Ruling != ruling })
}

// Property: every identifier that was seen and names somebody is in exactly one
// person, and nothing else is; what is blocked is nowhere.
func TestPartition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, e, rules, list := resolved(t)
		seen := map[identity.ID]bool{}
		for _, o := range naiveOf(rules, list).facts.observations {
			gone := slices.ContainsFunc(list, func(f fact) bool { return f.Retract == o.EventID })
			if gone || o.At.After(rules.AsOf) {
				continue
			}
			for _, raw := range o.IDs {
				if tidy, flaw := rules.Normalise(raw); flaw == "" {
					seen[tidy] = true
				}
			}
		}
		people, got := 0, map[string]identity.OneID{}
		for person := range p.All() {
			people++
			for _, m := range person.Members {
				holder := m.ID.String() + m.Until.String()
				if other, ok := got[holder]; ok {
					t.Fatalf("%s is in %s and %s", holder, other, person.ID)
				}
				got[holder] = person.ID
				if !seen[m.ID] {
					t.Fatalf("%s was not seen or names nobody", m.ID)
				}
				if m.Value == "null" || m.Namespace == "other" {
					t.Fatalf("%s is blocked", m.ID)
				}
				if at, ok := p.OfAt(m.ID, m.First); !ok || at.ID != person.ID {
					t.Fatalf("%s at %s is in %s, not %s", m.ID, m.First, at.ID, person.ID)
				}
			}
		}
		for want := range seen {
			if _, ok := p.Of(want); !ok && len(standing(e, identity.Retire)) == 0 {
				t.Fatalf("%s is nobody's", want)
			}
		}
		if people != p.Len() || people != p.Report().People || len(got) != p.Report().Identifiers {
			t.Fatalf("%d people of %d identifiers, but Len is %d and the report %+v", people, len(got), p.Len(), p.Report())
		}
	})
}

// violation says what is wrong with some identifiers as one person; "" if
// nothing is. Its one exception is a person of one identifier.
func violation(e *identity.Evidence, rules identity.Rules, members []identity.Member) string {
	if len(members) == 1 {
		return ""
	}
	if rules.MaxIDs > 0 && len(members) > rules.MaxIDs {
		return "size"
	}
	for _, n := range rules.Namespaces {
		for _, l := range n.Limits {
			count := 0
			for _, m := range members {
				if m.Namespace == n.Name && (l.Within.IsZero() || m.Last.After(l.Within.Before(rules.AsOf, nil))) {
					count++
				}
			}
			if count > l.Max {
				return fmt.Sprintf("%d %s", count, n.Name)
			}
		}
	}
	has := func(v identity.Verdict, id identity.ID) bool {
		id, _ = rules.Normalise(id)
		return slices.ContainsFunc(members, func(m identity.Member) bool {
			return m.ID == id && (m.Until.IsZero() || !v.At.After(m.Until)) && !m.First.After(rules.AsOf)
		})
	}
	for _, v := range standing(e, identity.CannotLink) {
		// With holders in turn, the naive resolver is the judge.
		if len(standing(e, identity.Retire)) == 0 && has(v, v.A) && has(v, v.B) {
			return v.ID
		}
	}
	return ""
}

// Property: everybody is within the limits, the cap and the verdicts, and every
// link that was refused would still break one of them at the end.
func TestNobodyBreaksARule(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, e, rules, _ := resolved(t)
		for person := range p.All() {
			if v := violation(e, rules, person.Members); v != "" {
				t.Fatalf("%s: %s", person.ID, v)
			}
		}
		if len(standing(e, identity.Retire)) > 0 {
			return
		}
		for r := range p.Refusals() {
			a, okA := p.Of(r.Link.A)
			b, okB := p.Of(r.Link.B)
			if !okA || !okB || a.ID == b.ID {
				t.Fatalf("%s: of %v and %v", r, a, b)
			}
			if violation(e, rules, slices.Concat(a.Members, b.Members)) == "" {
				t.Fatalf("%s, but nothing forbids it", r)
			}
		}
	})
}

// Property: a link is never refused because of one that is weaker: everything
// on the paths of a refusal goes before it.
func TestNoWeakerLinkRefuses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, _, rules, _ := resolved(t)
		priority := func(id identity.ID) int {
			for _, n := range rules.Namespaces {
				if n.Name == id.Namespace {
					return n.Priority
				}
			}
			panic(id)
		}
		class := map[identity.Kind]int{identity.ByVerdict: 0, identity.Observed: 1, identity.ByMatch: 2}
		rank := func(l identity.Link) [4]float64 {
			a, b := priority(l.A), priority(l.B)
			return [4]float64{float64(class[l.Kind]), -l.Score, float64(a + b), float64(max(a, b))}
		}
		for r := range p.Refusals() {
			for _, side := range []identity.Side{r.A, r.B} {
				for _, l := range side.Path {
					if x, y := rank(l), rank(r.Link); slices.Compare(x[:], y[:]) > 0 {
						t.Fatalf("%s comes after what it refuses: %s", l, r)
					}
				}
			}
		}
	})
}

// Property: a path of Why leads from the one to the other, and its links are all
// within their person.
func TestWhyLeadsThere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, _, rules, _ := resolved(t)
		a, b := drawnID.Draw(t, "a"), drawnID.Draw(t, "b")
		why := p.Why(a, b)
		personA, okA := p.Of(a)
		personB, okB := p.Of(b)
		if okA && okB && why.One() != (personA.ID == personB.ID) {
			t.Fatalf("Why says %s of %s and %s", why, personA.ID, personB.ID)
		}
		at, _ := rules.Normalise(a)
		end, _ := rules.Normalise(b)
		for _, l := range why.Path {
			if l.A != at || l.Event == "" {
				t.Fatalf("at %s: %s", at, l)
			}
			at = l.B
		}
		if why.One() && at != end {
			t.Fatalf("the path ends at %s, not %s", at, end)
		}
		if why.Because == identity.Refused && len(why.Refused) == 0 {
			t.Fatal("refused without a refusal")
		}
		if back := p.Why(b, a); back.Because != why.Because && back.Flaw == "" || len(back.Path) != len(why.Path) || len(back.Refused) != len(why.Refused) {
			t.Fatalf("%s, but the other way round %s", why, back)
		}
	})
}

// Property: a verdict that is withdrawn leaves exactly the people of before,
// down to the last byte, and their names.
func TestUndo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, e, rules, _ := resolved(t)
		before := full(t, p)
		v := drawnFact.Filter(func(f fact) bool { return f.Verdict != nil }).Draw(t, "verdict").Verdict
		v.ID = "undone"
		tell(t, e, fact{Verdict: v})
		forth, err := p.Update()
		tell(t, e, fact{Withdraw: v.ID})
		back, errBack := p.Update()
		if errBack != nil {
			t.Fatal(errBack)
		}
		if diff := cmp.Diff(before, full(t, p)); diff != "" {
			t.Fatalf("(-before +after)\n%s", diff)
		}
		if err == nil && forth.Empty() != back.Empty() {
			t.Fatalf("there %+v and back %+v", forth, back)
		}
		if diff := cmp.Diff(before, full(t, mustResolved(t, e, rules))); diff != "" {
			t.Fatalf("resolved anew (-before +after)\n%s", diff)
		}
	})
}

func mustResolved(t *rapid.T, e *identity.Evidence, rules identity.Rules) *identity.People {
	p, err := identity.Resolve(e, rules)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Property: an event that is retracted leaves exactly the people of before.
func TestRetracted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, e, _, _ := resolved(t)
		before := plain(p)
		o := drawnFact.Filter(func(f fact) bool { return f.Observation != nil }).Draw(t, "event").Observation
		o.EventID = "mistake"
		tell(t, e, fact{Observation: o})
		if _, err := p.Update(); err != nil {
			t.Fatal(err)
		}
		tell(t, e, fact{Retract: "mistake"})
		tell(t, e, fact{Observation: o})
		if _, err := p.Update(); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, plain(p)); diff != "" {
			t.Fatalf("(-before +after)\n%s", diff)
		}
	})
}

// Property: evidence about some people changes nobody whom no link connects to
// them, not even in the last byte.
func TestOthersStay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, e, _, _ := resolved(t)
		if len(standing(e, identity.Retire)) > 0 {
			t.Skip("Why is about the present holder only")
		}
		f := drawnFact.Filter(func(f fact) bool { return f.Observation != nil }).Draw(t, "event")
		f.Observation.EventID = "new"
		// Whoever may be touched: the people of the event, and all whom a way of
		// links, refused or not, connects to them.
		touched := func(person identity.Person) bool {
			for _, raw := range f.Observation.IDs {
				for _, m := range person.Members {
					because := p.Why(raw, m.ID).Because
					if because == identity.Joined || because == identity.Same || because == identity.Refused || because == identity.Shared {
						return true
					}
				}
			}
			return false
		}
		others := map[identity.OneID]string{}
		for person := range p.All() {
			if !touched(person) {
				text, _ := json.Marshal(person)
				others[person.ID] = string(text)
			}
		}
		tell(t, e, f)
		if _, err := p.Update(); err != nil {
			t.Fatal(err)
		}
		for name, before := range others {
			person, ok := p.Person(name)
			if touched(person) {
				continue // by an identifier that a verdict or a match waited for
			}
			if text, _ := json.Marshal(person); !ok || string(text) != before {
				t.Fatalf("%#v changed %s into %s", f, before, text)
			}
		}
	})
}

// Property: names are made of the key and the founder alone, so another key
// gives other names to the same groups.
func TestKeysNameTheSameGroups(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, e, rules, _ := resolved(t)
		rules.Key = []byte("another secret key")
		q := mustResolved(t, e, rules)
		names := map[identity.OneID]bool{}
		for person := range p.All() {
			names[person.ID] = true
		}
		for person := range q.All() {
			if names[person.ID] || len(person.ID) != 26 {
				t.Fatalf("name %s", person.ID)
			}
			if same, ok := p.OfAt(person.Members[0].ID, person.Members[0].First); !ok || len(same.Members) != len(person.Members) {
				t.Fatalf("%+v is %+v under another key", same, person)
			}
		}
	})
}
