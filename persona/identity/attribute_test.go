package identity_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/persona/identity"
)

// The tablet of a store: ann and bob log in now and then; four others did once,
// so it is shared. The phone of a home has two owners, and is contested.
func attributionFacts() []fact {
	return []fact{
		seen("t1", 1, "device:tablet", "user:c"), seen("t2", 1, "device:tablet", "user:d"),
		seen("t3", 1, "device:tablet", "user:e"), seen("t4", 1, "device:tablet", "user:f"),
		seen("t5", 10, "device:tablet", "user:ann"), seen("t6", 20, "device:tablet", "user:bob"),
		seen("t7", 30, "device:tablet", "user:ann"), seen("t8", 30, "device:tablet", "user:bob"),
		seen("t9", 14, "device:tablet"), seen("t10", 15, "device:tablet", "cookie:new"),
		seen("h1", 1, "user:ma", "email:home"), seen("h2", 4, "user:pa", "email:home"),
	}
}

func TestAttribute(t *testing.T) {
	tests := []struct {
		name  string
		at    int
		event []string
		who   string // an identifier of the person; "" if nobody known
		by    string
		how   identity.Attributed
	}{
		{"their own id, even on the tablet", 12, []string{"device:tablet", "user:bob"}, "user:bob", "user:bob", identity.ByOwnID},
		{"the strongest of two", 12, []string{"user:bob", "user:ann", "cookie:new"}, "user:ann", "user:ann", identity.ByOwnID},
		{"a weak one that is their own", 12, []string{"email:home", "cookie:new"}, "cookie:new", "cookie:new", identity.ByOwnID},
		{"a login follows within the look-back", 8, []string{"device:tablet"}, "user:ann", "device:tablet", identity.ByNextLogin},
		{"at the very time of the login", 10, []string{"device:tablet"}, "user:ann", "device:tablet", identity.ByNextLogin},
		{"a login follows one tick too late", 6, []string{"device:tablet"}, "", "device:tablet", identity.Anonymously},
		{"exactly at the reach of the look-back", 7, []string{"device:tablet"}, "user:ann", "device:tablet", identity.ByNextLogin},
		{"another was there less than the look-back before", 17, []string{"device:tablet"}, "", "device:tablet", identity.Anonymously},
		{"another was there just as long ago as the look-back", 18, []string{"device:tablet"}, "user:bob", "device:tablet", identity.ByNextLogin},
		{"two log in at once", 29, []string{"device:tablet"}, "", "device:tablet", identity.Anonymously},
		{"after the last login nobody guesses", 31, []string{"device:tablet"}, "", "device:tablet", identity.Anonymously},
		{"a contested phone", 9, []string{"email:home"}, "", "email:home", identity.Anonymously},
		{"a contested phone before a login", 3, []string{"email:home"}, "", "email:home", identity.Anonymously},
		{"a contested phone before its first login", 0, []string{"email:home"}, "user:ma", "email:home", identity.ByNextLogin},
		{"the winner of it is sure of their own id", 9, []string{"user:ma"}, "user:ma", "user:ma", identity.ByOwnID},
		{"what was never seen", 9, []string{"cookie:unknown"}, "", ":", identity.Nobody},
		{"what names nobody", 9, []string{"user:null", "fax:1"}, "", ":", identity.Nobody},
		{"no identifiers", 9, nil, "", ":", identity.Nobody},
	}
	rules := plainRules()
	rules.LookBack = regulars.Hours(3)
	p := mustResolve(t, evidenceOf(t, attributionFacts()), rules)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := p.Attribute(identity.Observation{IDs: ids(tt.event...), At: hour(tt.at)})
			want := identity.Attribution{By: id(tt.by), How: tt.how, Person: got.Person}
			if tt.who != "" {
				want.Person, _ = p.OneID(id(tt.who))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if _, known := p.Person(got.Person); known != (tt.who != "") {
				t.Errorf("%s is the name of a person: %v", got.Person, known)
			}
			if (got.Person == "") != (tt.how == identity.Nobody) {
				t.Errorf("name %q", got.Person)
			}
		})
	}
	// Anonymous names are one a device.
	tablet := p.Attribute(identity.Observation{IDs: ids("device:tablet"), At: hour(40)})
	home := p.Attribute(identity.Observation{IDs: ids("email:home"), At: hour(40)})
	if again := p.Attribute(identity.Observation{IDs: ids("device: tablet"), At: hour(50)}); again != tablet || home.Person == tablet.Person {
		t.Errorf("%v, then %v; the phone %v", tablet, again, home)
	}
	// Without a time, and without a look-back, nobody logged in next.
	if got := p.Attribute(identity.Observation{IDs: ids("device:tablet")}); got != tablet {
		t.Errorf("without a time %v", got)
	}
	p = mustResolve(t, evidenceOf(t, attributionFacts()), plainRules())
	if got := p.Attribute(identity.Observation{IDs: ids("device:tablet"), At: hour(10)}); got != tablet {
		t.Errorf("without a look-back %v", got)
	}
}

// A login that comes in later counts at the next update.
func TestAttributeAfterUpdate(t *testing.T) {
	rules := plainRules()
	rules.LookBack = regulars.Hours(3)
	e := evidenceOf(t, attributionFacts())
	p := mustResolve(t, e, rules)
	event := identity.Observation{IDs: ids("device:tablet"), At: hour(31)}
	if got := p.Attribute(event); got.How != identity.Anonymously {
		t.Errorf("before: %v", got)
	}
	tell(t, e, seen("t11", 33, "device:tablet", "user:zoe"))
	tell(t, e, fact{Retract: "t7"})
	tell(t, e, fact{Retract: "t8"})
	if _, err := p.Update(); err != nil {
		t.Fatal(err)
	}
	if zoe, _ := p.OneID(id("user:zoe")); p.Attribute(event).Person != zoe {
		t.Errorf("after: %v", p.Attribute(event))
	}
}

// Property: an event is of the person of one of its identifiers, of somebody who
// logged in on its device, or of nobody who has a name.
func TestAttributedToSomebodyThere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules, list := drawRules(t), drawFacts(t, "facts")
		rules.LookBack = regulars.Hours(4)
		p, err := identity.Resolve(evidenceOf(t, list), rules)
		if _, contradict := errors.AsType[*identity.ContradictionError](err); contradict {
			t.Skip("verdicts that contradict each other")
		}
		if err != nil {
			t.Fatal(err)
		}
		event := identity.Observation{IDs: rapid.SliceOfN(drawnID, 0, 3).Draw(t, "event"), At: hour(rapid.IntRange(0, 30).Draw(t, "hour"))}
		got := p.Attribute(event)
		person, known := p.Person(got.Person)
		switch got.How {
		case identity.ByOwnID:
			if own, ok := p.OfAt(got.By, event.At); !ok || own.ID != got.Person || person.ID != own.ID {
				t.Fatalf("%v, but %s is of %s", got, got.By, own.ID)
			}
		case identity.ByNextLogin:
			if !known {
				t.Fatalf("%v: no such person", got)
			}
		case identity.Anonymously:
			if known || got.Person == "" {
				t.Fatalf("%v is the name of %v", got, person)
			}
		default:
			for _, id := range event.IDs {
				if _, ok := p.OfAt(id, event.At); ok {
					t.Fatalf("%v, but %s was seen", got, id)
				}
			}
		}
	})
}
