package identity_test

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/persona/identity"
)

func TestWhy(t *testing.T) {
	rules := plainRules()
	rules.MinScore = 0.5
	p := mustResolve(t, evidenceOf(t, append(attributionFacts(), []fact{
		seen("e1", 1, "user:a", "email:a"), seen("e2", 2, "email:a", "cookie:a"), seen("e0", 3, "email:a", "cookie:a"),
		seen("e3", 3, "cookie:a", "device:b"), seen("e4", 4, "device:b", "user:b"), seen("e5", 5, "user:g", "email:g"), seen("e6", 5, "cookie:g"),
		{Match: &identity.Match{EventID: "m", A: id("email:g"), B: id("cookie:g"), Score: 0.8, Source: "matcher", At: hour(6)}},
		seen("x1", 1, "cookie:x", "device:x"), seen("x2", 2, "cookie:x", "cookie:y"), seen("x3", 2, "cookie:y", "device:y"),
		seen("x4", 1, "user:x1", "device:x"), seen("x5", 2, "user:x2", "cookie:y"), seen("x6", 2, "user:x3", "device:y"),
	}...)), rules)
	tests := []struct{ name, a, b, want string }{
		{"one identifier", "user:a", "user: a", "one person: same"},
		{"a direct link", "user:a", "email:a", "one person: joined\nuser:a – email:a (event e1)"},
		{
			"a path, with the first event of each link", "cookie:a", "user:a",
			"one person: joined\ncookie:a – email:a (event e2)\nemail:a – user:a (event e1)",
		},
		{
			"a match on the path", "user:g", "cookie:g",
			"one person: joined\nuser:g – email:g (event e5)\nemail:g – cookie:g (match m, matcher)",
		},
		{
			"a refusal between them", "user:a", "user:b",
			"not one person: refused\ncookie:a – device:b (event e3) refused: at most 1 user a person, not both user:a (by cookie:a – email:a (event e2), email:a – user:a (event e1)) and user:b (by device:b – user:b (event e4))",
		},
		{
			"refusals by way of a third", "user:x1", "user:x3",
			"not one person: refused\n" +
				"cookie:x – cookie:y (event x2) refused: at most 1 user a person, not both user:x1 (by cookie:x – device:x (event x1), device:x – user:x1 (event x4)) and user:x2 (by cookie:y – user:x2 (event x5))\n" +
				"cookie:y – device:y (event x3) refused: at most 1 user a person, not both user:x2 (by cookie:y – user:x2 (event x5)) and user:x3 (by device:y – user:x3 (event x6))",
		},
		{"a shared tablet between them", "user:ann", "user:c", "not one person: shared\ndevice:tablet"},
		{"with the shared tablet itself", "user:ann", "device:tablet", "not one person: shared\ndevice:tablet"},
		{"nothing between them", "user:a", "user:g", "not one person: not linked"},
		{"never seen", "user:a", "user:nemo", "not one person: not seen"},
		{"set aside", "user:a", "user:null", "set aside: no name"},
		{"set aside, the first", "fax:1", "user:null", "set aside: undeclared"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, p.Why(id(tt.a), id(tt.b)).String()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// A limit of several values counts both sides and names one of each.
func TestRefusalCounts(t *testing.T) {
	rules := plainRules()
	rules.Namespaces[1].Limits = []identity.Limit{{Max: 2}}
	p := mustResolve(t, evidenceOf(t, []fact{
		seen("e1", 1, "user:a", "email:1"), seen("e2", 2, "user:a", "email:2"), seen("e3", 3, "user:a", "email:3"),
	}), rules)
	want := []string{
		"email:3 – user:a (event e3) refused: at most 2 email a person, not 1 and 2, such as email:3 and email:1 (by user:a – email:1 (event e1))",
	}
	if diff := cmp.Diff(want, refusals(p)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestReport(t *testing.T) {
	rules := plainRules()
	rules.MaxIDs, rules.AsOf, rules.MinScore = 3, hour(20), 0.5
	rules.Namespaces[3].Limits = []identity.Limit{{Max: 2}, {Max: 0}}
	got := mustResolve(t, evidenceOf(t, []fact{
		seen("e1", 1, "user:a", "email:x"), seen("e2", 2, "user:a", "email:x"), seen("e3", 3, "user:a", "email:y"), seen("e4", 4, "user:a", "email:z"),
		seen("e5", 5, "email:null", "fax:1"), seen("e6", 6, "user:a", "email:", "fax:2"), seen("late", 21, "user:late"), seen("e8", 8, "user:b", "cookie:c"),
		seen("e9", 9, "user:b", "email:x"),
		{Retract: "e9"},
		{Retract: "e10"},
		verdict("v", identity.CannotLink, 1, "user:b", "email:b"), seen("e11", 9, "user:b", "email:b"),
		{Match: &identity.Match{EventID: "m", A: id("email:x"), B: id("email:y"), Score: 0.8, At: hour(6)}},
		verdict("w", identity.CannotLink, 1, "user:b", "fax:b"),
	}), rules).Report()
	want := identity.Report{
		Observations: 8, Matches: 1, Retracted: 2, Later: 1, Unusable: 1,
		SetAside: []identity.Blocked{
			{Namespace: "email", Flaw: identity.Empty, Count: 1},
			{Namespace: "email", Flaw: identity.NoName, Count: 1},
			{Namespace: "fax", Flaw: identity.Undeclared, Count: 2},
		},
		Identifiers: 7, Contested: 3, People: 5, Largest: 3, Components: 2, LargestComponent: 4,
		Links: 6, Joined: 2, Spare: 1,
		Refused: []identity.RefusedBy{
			{Constraint: identity.ConstraintVerdict, Count: 1},
			{Constraint: identity.ConstraintLimit, Namespace: "cookie", Limit: 1, Count: 1},
			{Constraint: identity.ConstraintSize, Count: 1},
		},
		Ignored: got.Ignored,
	}
	if diff := cmp.Diff(want, got); diff != "" || len(got.Ignored) != 1 || got.Ignored[0].ID != "w" {
		t.Errorf("ignored %v (-want +got)\n%s", got.Ignored, diff)
	}
}

// People may be read by several goroutines at once.
func TestReadersAtOnce(t *testing.T) {
	rules := plainRules()
	rules.LookBack = regulars.Hours(3)
	p := mustResolve(t, evidenceOf(t, attributionFacts()), rules)
	want := full(t, p)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			name, _ := p.OneID(id("user:ann"))
			if person, ok := p.Person(name); !ok || person.ID != name {
				t.Errorf("%s is %v", name, person)
			}
			if got := full(t, p); got != want {
				t.Errorf("(-want +got)\n%s", cmp.Diff(want, got))
			}
		})
	}
	group.Wait()
}
