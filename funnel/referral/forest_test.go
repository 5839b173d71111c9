package referral_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/funnel/referral"
)

func spanOfDays(n int) regulars.Span { return regulars.Days(n) }

func TestClaims(t *testing.T) {
	tests := []struct {
		name     string
		facts    []fact
		credit   referral.Credit
		from, to string
		want     referral.Verdict
		because  string
	}{
		{"accepted", []fact{join("ann", 1), invite("ann", "bo", 2), join("bo", 3)}, 0, "ann", "bo", referral.Accepted, "ann brought bo"},
		{"invited at the moment of joining", []fact{invite("ann", "bo", 3), join("bo", 3)}, 0, "ann", "bo", referral.Accepted, "ann brought bo"},
		{"a microsecond later", []fact{{kind: "inviteTo", who: "ann", to: "bo", at: day(3).Add(time.Microsecond)}, join("bo", 3)}, 0, "ann", "bo", referral.JoinedBefore, "bo joined before, at 2026-01-03T00:00:00Z"},
		{"a nanosecond later is cut off", []fact{{kind: "inviteTo", who: "ann", to: "bo", at: day(3).Add(time.Nanosecond)}, join("bo", 3)}, 0, "ann", "bo", referral.Accepted, "ann brought bo"},
		{"not joined", []fact{invite("ann", "bo", 3)}, 0, "ann", "bo", referral.Waiting, "bo has not joined"},
		{"joined after the moment", []fact{invite("ann", "bo", 3), join("bo", 32)}, 0, "ann", "bo", referral.Waiting, "bo has not joined"},
		{"self", []fact{invite("bo", "bo", 1), join("bo", 3)}, 0, "bo", "bo", referral.Self, "bo invited nobody else"},
		{"paid as a guest before", []fact{pay("bo", "9.90", 1), invite("ann", "bo", 2), join("bo", 3)}, 0, "ann", "bo", referral.JoinedBefore, "bo joined before, at 2026-01-01T00:00:00Z"},
		{"a refund is no start", []fact{pay("bo", "-9.90", 1), invite("ann", "bo", 2), join("bo", 3)}, 0, "ann", "bo", referral.Accepted, "ann brought bo"},
		{"paid without joining", []fact{invite("ann", "bo", 2), pay("bo", "0", 3)}, 0, "ann", "bo", referral.Accepted, "ann brought bo"},
		{"the first invite", []fact{invite("ann", "cy", 2), invite("bo", "cy", 3), join("cy", 4)}, referral.FirstInvite, "bo", "cy", referral.SecondParent, "cy has ann as a parent already"},
		{"the last invite", []fact{invite("ann", "cy", 2), invite("bo", "cy", 3), join("cy", 4)}, referral.LastInvite, "ann", "cy", referral.SecondParent, "cy has bo as a parent already"},
		{"the last before joining", []fact{invite("ann", "cy", 2), invite("ann", "cy", 9), invite("bo", "cy", 3), join("cy", 4)}, referral.LastInvite, "bo", "cy", referral.Accepted, "bo brought cy"},
		{"invites again", []fact{invite("ann", "cy", 3), invite("bo", "cy", 2), invite("ann", "cy", 1), join("cy", 4)}, referral.FirstInvite, "ann", "cy", referral.Accepted, "ann brought cy"},
		{"at one instant the lower ID", []fact{invite("bo", "cy", 2), invite("ann", "cy", 2), join("cy", 4)}, referral.FirstInvite, "bo", "cy", referral.SecondParent, "cy has ann as a parent already"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := resolve(t, logOf(t, tt.facts...), referral.Policy{Credit: tt.credit}, day(31))
			claim, ok := f.Why(tt.from, tt.to)
			if !ok || claim.Verdict != tt.want || claim.Because() != tt.because {
				t.Errorf("%s to %s: %v, %q, %t, want %v, %q", tt.from, tt.to, claim.Verdict, claim.Because(), ok, tt.want, tt.because)
			}
			parent, brought := f.Parent(tt.to)
			if brought && parent == tt.from != (tt.want == referral.Accepted) {
				t.Errorf("the parent of %s is %q", tt.to, parent)
			}
		})
	}
}

// A ring of three: each was invited by the one before, long before anyone
// joined. Two claims make a tree; the one that would close the ring is refused.
func TestRingOfThree(t *testing.T) {
	f := resolve(t, logOf(t,
		invite("ann", "bo", 1), invite("bo", "cy", 2), invite("cy", "ann", 3),
		join("ann", 9), join("bo", 9), join("cy", 9),
	), referral.Policy{}, day(31))
	want := referral.Counts{Claims: 3, Accepted: 2, Cycle: 1}
	if diff := cmp.Diff(want, f.Counts()); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	claim, _ := f.Why("cy", "ann")
	if got := claim.Because(); got != "cy was brought by ann, directly or not" {
		t.Errorf("because %q", got)
	}
	if generation, ok := f.Generation("cy"); !ok || generation != 2 {
		t.Errorf("cy is of generation %d, %t, want 2", generation, ok)
	}
}

// A ring sent at one instant: claims go by the taker first, so that the one to
// cy is the last.
func TestRingAtOneInstant(t *testing.T) {
	f := resolve(t, logOf(t,
		invite("ann", "bo", 1), invite("bo", "cy", 1), invite("cy", "ann", 1),
		join("ann", 9), join("bo", 9), join("cy", 9),
	), referral.Policy{}, day(31))
	for _, c := range f.Claims() {
		if want := c.To == "cy"; (c.Verdict == referral.Cycle) != want {
			t.Errorf("%s to %s is %v", c.From, c.To, c.Verdict)
		}
	}
}

// Property: claims, parents and values are those of the plainest way to find
// them.
func TestForestAgainstNaive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		drawn, p := facts().Draw(t, "facts"), policies(t)
		asOf := day(rapid.IntRange(5, 25).Draw(t, "asOf"))
		l := &referral.Log[string]{}
		for _, f := range drawn {
			f.add(t, l)
		}
		forest, err := l.Resolve(p, asOf)
		if err != nil {
			t.Fatal(err)
		}
		want := naiveOf(drawn, p, asOf)
		got := map[[2]string]referral.Verdict{}
		for _, c := range forest.Claims() {
			got[[2]string{c.From, c.To}] = c.Verdict
			if why, ok := forest.Why(c.From, c.To); !ok || why.Because() != c.Because() {
				t.Fatalf("why %v: %v, %t", c, why, ok)
			}
		}
		if diff := cmp.Diff(want.verdicts, got); diff != "" {
			t.Fatalf("verdicts (-want +got):\n%s", diff)
		}
		for _, id := range []string{"a", "b", "c", "d", "e", "f"} {
			parent, _ := forest.Parent(id)
			if parent != want.parent[id] {
				t.Fatalf("the parent of %s is %q, want %q", id, parent, want.parent[id])
			}
		}
		for _, a := range forest.Advocates() {
			sum, descendants := want.downstream(a.ID)
			if !a.Downstream.Equal(sum) || a.Descendants != descendants || a.Brought != int64(len(want.children(a.ID))) || a.Invites != int64(len(want.invites[a.ID])) {
				t.Fatalf("%+v, want %v of %d and %v", a, sum, descendants, want.invites[a.ID])
			}
		}
	})
}

// Property: whatever is drawn, no customer has two parents, none is their own
// ancestor, no invite that counts came after the taker had joined, and each
// refusal still holds in the forest that results.
func TestForestIsAForest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := &referral.Log[string]{}
		for _, f := range facts().Draw(t, "facts") {
			f.add(t, l)
		}
		forest, err := l.Resolve(policies(t), day(20))
		if err != nil {
			t.Fatal(err)
		}
		above := func(id string) (all []string) {
			for len(all) < 10 {
				parent, ok := forest.Parent(id)
				if !ok {
					break
				}
				all, id = append(all, parent), parent
			}
			return all
		}
		accepted := map[string]int{}
		for _, c := range forest.Claims() {
			parent, _ := forest.Parent(c.To)
			switch c.Verdict {
			case referral.Accepted:
				if accepted[c.To]++; accepted[c.To] > 1 || parent != c.From {
					t.Fatalf("%s has two parents", c.To)
				}
			case referral.SecondParent:
				if parent == "" || parent == c.From {
					t.Fatalf("%s has no other parent than %s", c.To, c.From)
				}
			case referral.Cycle:
				found := false
				for _, ancestor := range above(c.From) {
					found = found || ancestor == c.To
				}
				if !found {
					t.Fatalf("%s does not descend from %s", c.From, c.To)
				}
			}
			if c.Verdict.Refused() == (c.Verdict == referral.Accepted || c.Verdict == referral.Waiting) {
				t.Fatalf("%v is refused: %t", c.Verdict, c.Verdict.Refused())
			}
		}
		for _, id := range []string{"a", "b", "c", "d", "e", "f"} {
			if ancestors := above(id); len(ancestors) > 5 {
				t.Fatalf("%s has ancestors without end: %v", id, ancestors)
			} else if generation, ok := forest.Generation(id); ok && generation != len(ancestors) {
				t.Fatalf("%s is of generation %d, with %v above", id, generation, ancestors)
			}
		}
	})
}

// Property: neither the order of the facts, nor how they are split over logs,
// nor carrying those as bytes, nor sending joins and invites twice changes a
// byte of the log or of the report.
func TestAnyOrderAnySplit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		drawn, p := facts().Draw(t, "facts"), policies(t)
		whole := &referral.Log[string]{}
		for _, f := range drawn {
			f.add(t, whole)
		}
		shards := [3]*referral.Log[string]{{}, {}, {}}
		for _, f := range shuffled(drawn, rapid.Uint64().Draw(t, "seed")) {
			f.add(t, shards[rapid.IntRange(0, 2).Draw(t, "shard")])
			if f.kind != "convert" {
				f.add(t, shards[rapid.IntRange(0, 2).Draw(t, "again")])
			}
		}
		carried := &referral.Log[string]{}
		if err := carried.UnmarshalBinary(bytesOf(t, shards[2])); err != nil {
			t.Fatal(err)
		}
		for _, err := range []error{carried.Merge(shards[0]), carried.Merge(shards[1])} {
			if err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(bytesOf(t, whole), bytesOf(t, carried)) {
			t.Fatal("the bytes differ")
		}
		a, err1 := whole.Resolve(p, day(15))
		b, err2 := carried.Resolve(p, day(15))
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		if diff := cmp.Diff(a.Report(), b.Report(), cmp.Comparer(sameMoney)); diff != "" {
			t.Fatalf("report (-whole +split):\n%s", diff)
		}
		if diff := cmp.Diff(a.Advocates(), b.Advocates(), cmp.Comparer(sameMoney)); diff != "" {
			t.Fatalf("advocates (-whole +split):\n%s", diff)
		}
	})
}

// Property: what was noted after the moment changes nothing.
func TestLaterFactsChangeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		drawn, p := facts().Draw(t, "facts"), policies(t)
		asOf := day(rapid.IntRange(1, 20).Draw(t, "asOf"))
		all, past := &referral.Log[string]{}, &referral.Log[string]{}
		for _, f := range drawn {
			f.add(t, all)
			if !f.at.After(asOf) {
				f.add(t, past)
			}
		}
		a, err1 := all.Resolve(p, asOf)
		b, err2 := past.Resolve(p, asOf)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		if diff := cmp.Diff(b.Report(), a.Report(), cmp.Comparer(sameMoney)); diff != "" {
			t.Fatalf("report (-past +all):\n%s", diff)
		}
	})
}

func TestLabels(t *testing.T) {
	f := resolve(t, logOf(t, join("ann", 1), invite("ann", "bo", 2), join("bo", 3), open("bo", 4), join("cy", 5), invite("ann", "dee", 6)), referral.Policy{}, day(31))
	want := map[string][]string{
		"ann": {"referral=advocate"}, "bo": {"referral=inviter", "referral=referred"}, "cy": nil, "dee": nil, "nobody": nil,
	}
	for id, labels := range want {
		if diff := cmp.Diff(labels, f.Labels(nil, id)); diff != "" {
			t.Errorf("labels of %s (-want +got):\n%s", id, diff)
		}
	}
}
