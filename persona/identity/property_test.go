package identity_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/persona/identity"
)

// Property: people are those that the definitions give, taken by the letter.
func TestNaive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules, list := drawRules(t), drawFacts(t, "facts")
		n := naiveOf(rules, list)
		want := n.resolve()
		got, err := identity.Resolve(evidenceOf(t, list), rules)
		if _, ok := errors.AsType[*identity.ContradictionError](err); ok != (want != nil) {
			t.Fatalf("error %v, want %v", err, want)
		}
		if err != nil {
			return
		}
		if diff := cmp.Diff(n.dump(), plain(got)); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
	})
}

// Property: neither the order of evidence, nor what is sent twice, nor the order
// of the ends of a link changes anything, down to the last byte.
func TestAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules, list := drawRules(t), drawFacts(t, "facts")
		other := append(append([]fact(nil), list...), rapid.SliceOf(rapid.SampledFrom(append(list, fact{Retract: "e99"}))).Draw(t, "again")...)
		list = append(list, fact{Retract: "e99"})
		other = append(rapid.Permutation(other).Draw(t, "order"), fact{Retract: "e99"})
		for i, f := range other {
			other[i] = swapped(f)
		}
		a, b := evidenceOf(t, list), evidenceOf(t, other)
		if !bytes.Equal(bytesOf(t, a), bytesOf(t, b)) {
			t.Fatal("other bytes")
		}
		sameAnswers(t, a, b, rules)
	})
}

// swapped says the same with the ends of links the other way round.
func swapped(f fact) fact {
	switch {
	case f.Observation != nil:
		o := *f.Observation
		o.IDs = append([]identity.ID(nil), o.IDs...)
		for i, j := 0, len(o.IDs)-1; i < j; i, j = i+1, j-1 {
			o.IDs[i], o.IDs[j] = o.IDs[j], o.IDs[i]
		}
		f.Observation = &o
	case f.Match != nil:
		m := *f.Match
		m.A, m.B = m.B, m.A
		f.Match = &m
	case f.Verdict != nil && f.Verdict.Ruling != identity.Retire:
		v := *f.Verdict
		v.A, v.B = v.B, v.A
		f.Verdict = &v
	}
	return f
}

func bytesOf(t interface{ Fatal(...any) }, e *identity.Evidence) []byte {
	data, err := e.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// sameAnswers fails unless two logs resolve to the same.
func sameAnswers(t *rapid.T, a, b *identity.Evidence, rules identity.Rules) {
	p, errA := identity.Resolve(a, rules)
	q, errB := identity.Resolve(b, rules)
	if errA != nil || errB != nil {
		if errA == nil || errB == nil || errA.Error() != errB.Error() {
			t.Fatalf("errors %v and %v", errA, errB)
		}
		return
	}
	if diff := cmp.Diff(full(t, p), full(t, q)); diff != "" {
		t.Fatalf("(-one +other)\n%s", diff)
	}
}

// Property: logs that are merged, in any bracketing and after a trip through
// bytes, are the log of everything.
func TestMerge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules := drawRules(t)
		parts := [][]fact{drawFacts(t, "a"), drawFacts(t, "b"), drawFacts(t, "c")}
		all := evidenceOf(t, append(append(append([]fact(nil), parts[0]...), parts[1]...), parts[2]...))
		a, b, c := evidenceOf(t, parts[0]), evidenceOf(t, parts[1]), &identity.Evidence{}
		if err := c.UnmarshalBinary(bytesOf(t, evidenceOf(t, parts[2]))); err != nil {
			t.Fatal(err)
		}
		if rapid.Bool().Draw(t, "left first") {
			a, b, c = c, a, b
		}
		for _, err := range []error{b.Merge(c), a.Merge(b), a.Merge(c)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(bytesOf(t, all), bytesOf(t, a)) {
			t.Fatal("other bytes")
		}
		sameAnswers(t, all, a, rules)
	})
}

// Property: after every single fact, and every move of the moment, updated
// people are those that are resolved anew, and the changes are the difference.
// An error changes nothing.
func TestUpdate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules, list := drawRules(t), drawFacts(t, "facts")
		e := evidenceOf(t, list[:len(list)/3])
		people, err := identity.Resolve(e, rules)
		if err != nil {
			return
		}
		for _, f := range list[len(list)/3:] {
			before, err := identity.Resolve(cloneOf(t, e), rules)
			if err != nil {
				t.Fatal(err)
			}
			tell(t, e, f)
			update := people.Update
			if rapid.IntRange(0, 4).Draw(t, "later") == 0 {
				rules.AsOf = rules.AsOf.Add(hour(3).Sub(hour(0)))
				update = func() (identity.Changes, error) { return people.UpdateTo(rules.AsOf) }
			}
			changes, err := update()
			want, wantErr := identity.Resolve(e, rules)
			if wantErr != nil {
				if err == nil || err.Error() != wantErr.Error() {
					t.Fatalf("error %v, want %v", err, wantErr)
				}
				if diff := cmp.Diff(plain(before), plain(people)); diff != "" {
					t.Fatalf("an error changed something (-before +after)\n%s", diff)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(full(t, want), full(t, people)); diff != "" {
				t.Fatalf("after %#v (-want +got)\n%s", f, diff)
			}
			changes.Replayed = 0
			if diff := cmp.Diff(identity.Diff(before, want), changes); diff != "" {
				t.Fatalf("changes after %#v (-want +got)\n%s", f, diff)
			}
			checkAliases(t, before, people, changes)
		}
	})
}

func cloneOf(t *rapid.T, e *identity.Evidence) *identity.Evidence {
	var clone identity.Evidence
	if err := clone.UnmarshalBinary(bytesOf(t, e)); err != nil {
		t.Fatal(err)
	}
	return &clone
}

// checkAliases fails unless every name that went leads to somebody in one step.
func checkAliases(t *rapid.T, before, after *identity.People, c identity.Changes) {
	present := map[identity.OneID]bool{}
	for person := range after.All() {
		present[person.ID] = true
	}
	to := map[identity.OneID]identity.OneID{}
	for _, a := range c.Aliases {
		if present[a.From] || !present[a.To] {
			t.Fatalf("alias %v: from a name that is there or to one that is not", a)
		}
		if person, ok := after.Person(a.From); ok && person.ID != a.To {
			t.Fatalf("alias %v, but Person says %s", a, person.ID)
		}
		to[a.From] = a.To
	}
	for _, name := range c.Removed {
		if present[name] {
			t.Fatalf("%s was removed and is there", name)
		}
		to[name] = ""
	}
	for person := range before.All() {
		if _, ok := to[person.ID]; ok == present[person.ID] {
			t.Fatalf("%s: is there: %v, has an alias or was removed: %v", person.ID, present[person.ID], ok)
		}
	}
}
