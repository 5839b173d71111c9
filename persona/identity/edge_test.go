package identity_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/persona/identity"
)

// plainRules have a user (one a person), an email, a device and a cookie.
func plainRules() identity.Rules {
	return identity.Rules{
		Namespaces: []identity.NamespaceRule{
			{Name: "user", Priority: 1, Limits: []identity.Limit{{Max: 1}}},
			{Name: "email", Priority: 2},
			{Name: "device", Priority: 3},
			{Name: "cookie", Priority: 4},
		},
		Key: secret,
	}
}

// seen is an observation at an hour.
func seen(event string, at int, texts ...string) fact {
	return fact{Observation: &identity.Observation{EventID: event, IDs: ids(texts...), At: hour(at)}}
}

func verdict(id string, ruling identity.Ruling, at int, texts ...string) fact {
	v := identity.Verdict{ID: id, Ruling: ruling, A: ids(texts[0])[0], At: hour(at)}
	if ruling == identity.Retire {
		v.ValidTo = hour(at)
	} else {
		v.B = ids(texts[1])[0]
	}
	return fact{Verdict: &v}
}

// groups are the people as lists of identifiers, in their order.
func groups(p *identity.People) []string {
	var list []string
	for person := range p.All() {
		var members []string
		for _, m := range person.Members {
			text := m.ID.String()
			if !m.Until.IsZero() {
				text += "<" + m.Until.Format("15h")
			}
			members = append(members, text)
		}
		list = append(list, strings.Join(members, " "))
	}
	return list
}

func refusals(p *identity.People) []string {
	var list []string
	for r := range p.Refusals() {
		list = append(list, r.String())
	}
	return list
}

func TestEdges(t *testing.T) {
	limit := func(name identity.Namespace, limits ...identity.Limit) func(*identity.Rules) {
		return func(r *identity.Rules) {
			for i := range r.Namespaces {
				if r.Namespaces[i].Name == name {
					r.Namespaces[i].Limits = limits
				}
			}
		}
	}
	tests := []struct {
		name    string
		rules   func(*identity.Rules)
		facts   []fact
		want    []string
		refused []string
	}{
		{name: "nothing at all"},
		{
			name:  "self-link",
			facts: []fact{seen("e1", 1, "user:a", "user:a"), seen("e2", 2, "email:x", "email: x")},
			want:  []string{"user:a", "email:x"},
		},
		{
			name:  "one namespace only",
			facts: []fact{seen("e1", 1, "cookie:a", "cookie:b"), seen("e2", 2, "cookie:c")},
			want:  []string{"cookie:a cookie:b", "cookie:c"},
		},
		{
			name:  "limit 0 links nothing",
			rules: limit("cookie", identity.Limit{Max: 0}),
			facts: []fact{seen("e1", 1, "user:a", "cookie:x"), seen("e2", 2, "cookie:y", "cookie:x")},
			want:  []string{"user:a", "cookie:x", "cookie:y"},
			refused: []string{
				"cookie:x – user:a (event e1) refused: at most 0 cookie a person, not cookie:x",
				"cookie:x – cookie:y (event e2) refused: at most 0 cookie a person, not both cookie:x and cookie:y",
			},
		},
		{
			name:  "the first owner keeps a device",
			facts: []fact{seen("e2", 2, "user:b", "device:d"), seen("e1", 1, "user:a", "device:d")},
			want:  []string{"user:a device:d", "user:b"},
			refused: []string{
				"device:d – user:b (event e2) refused: at most 1 user a person, not both user:a (by device:d – user:a (event e1)) and user:b",
			},
		},
		{
			name:  "the latest owner gets a device",
			rules: func(r *identity.Rules) { r.Owner = identity.Latest },
			facts: []fact{
				seen("e1", 1, "user:a", "device:d"), seen("e2", 2, "user:b", "device:d"), seen("e3", 3, "user:c", "device:d"),
				seen("e4", 4, "user:a", "device:d"), // a is the first and the last
			},
			want: []string{"user:a device:d", "user:b", "user:c"},
			refused: []string{
				"device:d – user:c (event e3) refused: at most 1 user a person, not both user:a (by device:d – user:a (event e1)) and user:c",
				"device:d – user:b (event e2) refused: at most 1 user a person, not both user:a (by device:d – user:a (event e1)) and user:b",
			},
		},
		{
			name: "a chain whose ends conflict",
			facts: []fact{
				seen("e1", 1, "user:a", "device:d"), seen("e2", 2, "device:d", "cookie:c"), seen("e3", 3, "cookie:c", "user:b"),
			},
			// user–cookie (1+4) goes before device–cookie (3+4).
			want: []string{"user:a device:d", "user:b cookie:c"},
			refused: []string{
				"cookie:c – device:d (event e2) refused: at most 1 user a person, not both user:b (by cookie:c – user:b (event e3)) and user:a (by device:d – user:a (event e1))",
			},
		},
		{
			name:  "a chain whose ends a verdict parts",
			facts: []fact{seen("e1", 1, "email:a", "email:b"), seen("e2", 2, "email:b", "email:c"), verdict("v", identity.CannotLink, 3, "email:c", "email:a")},
			want:  []string{"email:a email:b", "email:c"},
			refused: []string{
				"email:b – email:c (event e2) refused: [v: cannot-link email:a email:c] keeps email:a (by email:b – email:a (event e1)) and email:c apart",
			},
		},
		{
			name: "an identifier that several verdicts part from others",
			facts: []fact{
				seen("e1", 1, "email:a", "email:b"), seen("e2", 2, "email:c", "email:a"), seen("e3", 3, "email:a", "email:d"),
				verdict("v1", identity.CannotLink, 4, "email:a", "email:b"), verdict("v2", identity.CannotLink, 4, "email:a", "email:c"),
			},
			want: []string{"email:a email:d", "email:b", "email:c"},
			refused: []string{
				"email:a – email:b (event e1) refused: [v1: cannot-link email:a email:b] keeps email:a and email:b apart",
				"email:a – email:c (event e2) refused: [v2: cannot-link email:a email:c] keeps email:a and email:c apart",
			},
		},
		{
			name:  "a must-link goes before what was seen first",
			facts: []fact{seen("e1", 1, "user:a", "device:d"), seen("e2", 2, "user:b"), verdict("v", identity.MustLink, 9, "device:d", "user:b")},
			want:  []string{"user:a", "user:b device:d"},
			refused: []string{
				"device:d – user:a (event e1) refused: at most 1 user a person, not both user:b (by device:d – user:b (verdict v)) and user:a",
			},
		},
		{
			name:  "a must-link beyond a limit",
			facts: []fact{seen("e1", 1, "user:a"), seen("e2", 2, "user:b"), verdict("v", identity.MustLink, 9, "user:b", "user:a")},
			want:  []string{"user:a", "user:b"},
			refused: []string{
				"user:a – user:b (verdict v) refused: at most 1 user a person, not both user:a and user:b",
			},
		},
		{
			name:  "a must-link of what was never seen",
			facts: []fact{seen("e1", 1, "user:a"), verdict("v", identity.MustLink, 9, "user:a", "email:x")},
			want:  []string{"user:a"},
		},
		{
			name:  "of equal sums the lesser of the greater priorities goes first",
			rules: func(r *identity.Rules) { r.Namespaces[2].Priority, r.Namespaces[3].Priority, r.MaxIDs = 2, 3, 3 },
			// A cookie of the user is 1+3 and was seen first, a device of the email
			// is 2+2; there is room for one.
			facts: []fact{seen("e1", 1, "user:a", "cookie:c"), seen("e2", 2, "email:x", "device:d"), verdict("v", identity.MustLink, 3, "user:a", "email:x")},
			want:  []string{"user:a device:d email:x", "cookie:c"},
			refused: []string{
				"cookie:c – user:a (event e1) refused: at most 3 identifiers a person, not 1 and 3",
			},
		},
		{
			name:  "the cap",
			rules: func(r *identity.Rules) { r.MaxIDs = 2 },
			facts: []fact{seen("e1", 1, "user:a", "email:x", "email:y")},
			want:  []string{"user:a email:x", "email:y"},
			refused: []string{
				"email:y – user:a (event e1) refused: at most 2 identifiers a person, not 1 and 2",
			},
		},
		{
			name: "a window counts what was seen last within it",
			rules: func(r *identity.Rules) {
				limit("device", identity.Limit{Max: 1, Within: regulars.Hours(5)})(r)
				r.AsOf = hour(10)
			},
			// 5 is the boundary: the window is (5, 10].
			facts: []fact{seen("e1", 5, "user:a", "device:old"), seen("e2", 6, "user:a", "device:new"), seen("e3", 10, "user:a", "device:newer")},
			want:  []string{"user:a device:new device:old", "device:newer"},
			refused: []string{
				"device:newer – user:a (event e3) refused: at most 1 device a person within 5h, not both device:newer and device:new (by user:a – device:new (event e2))",
			},
		},
		{
			name:  "evidence after the moment does not count",
			rules: func(r *identity.Rules) { r.AsOf = hour(10) },
			facts: []fact{seen("e1", 10, "user:a", "device:d"), seen("e2", 11, "user:a", "email:x")},
			want:  []string{"user:a device:d"},
		},
		{
			name: "a phone number passes to a new owner",
			facts: []fact{
				seen("e1", 1, "user:a", "email:x"), seen("e2", 4, "user:a", "email:x"), seen("e3", 5, "user:b", "email:x"),
				verdict("v", identity.Retire, 4, "email:x"), // what was seen at the instant itself is the earlier owner's
			},
			want: []string{"user:a email:x<04h", "user:b email:x"},
		},
		{
			name: "a household shares a phone",
			facts: []fact{
				seen("e1", 1, "user:ma", "email:home"), seen("e2", 2, "user:pa", "email:home"), seen("e3", 3, "user:pa", "cookie:c"),
			},
			want: []string{"user:ma email:home", "user:pa cookie:c"},
			refused: []string{
				"email:home – user:pa (event e2) refused: at most 1 user a person, not both user:ma (by email:home – user:ma (event e1)) and user:pa",
			},
		},
		{
			name: "a tablet of everybody links nobody, and the rest of its events still do",
			facts: []fact{
				seen("e1", 1, "user:a", "device:t", "cookie:1"), seen("e2", 2, "user:b", "device:t"), seen("e3", 3, "user:c", "device:t"),
				seen("e4", 4, "user:d", "device:t"), seen("e5", 5, "device:t", "cookie:5", "cookie:6"),
			},
			want: []string{"user:a cookie:1", "device:t", "user:b", "user:c", "user:d", "cookie:5 cookie:6"},
		},
		{
			name: "three users are no crowd",
			facts: []fact{
				seen("e1", 1, "user:a", "device:t"), seen("e2", 2, "user:b", "device:t"), seen("e3", 3, "user:c", "device:t"),
			},
			want: []string{"user:a device:t", "user:b", "user:c"},
			refused: []string{
				"device:t – user:b (event e2) refused: at most 1 user a person, not both user:a (by device:t – user:a (event e1)) and user:b",
				"device:t – user:c (event e3) refused: at most 1 user a person, not both user:a (by device:t – user:a (event e1)) and user:c",
			},
		},
		{
			name:  "a match needs its score, and gives way to what was seen",
			rules: func(r *identity.Rules) { r.MinScore = 0.5 },
			facts: []fact{
				{Match: &identity.Match{EventID: "m1", A: id("user:a"), B: id("cookie:c"), Score: 0.9, At: hour(0)}},
				{Match: &identity.Match{EventID: "m2", A: id("user:a"), B: id("email:x"), Score: 0.5, At: hour(0)}},
				{Match: &identity.Match{EventID: "m3", A: id("user:a"), B: id("email:y"), Score: 0.4999, At: hour(0)}},
				seen("e1", 1, "user:a"), seen("e2", 2, "cookie:c", "user:b"), seen("e3", 3, "email:x"), seen("e4", 4, "email:y"),
			},
			want: []string{"user:a email:x", "user:b cookie:c", "email:y"},
			refused: []string{
				"cookie:c – user:a (match m1) refused: at most 1 user a person, not both user:b (by cookie:c – user:b (event e2)) and user:a",
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rules := plainRules()
			if tt.rules != nil {
				tt.rules(&rules)
			}
			p := mustResolve(t, evidenceOf(t, tt.facts), rules)
			if diff := cmp.Diff(tt.want, groups(p)); diff != "" {
				t.Errorf("people (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(tt.refused, refusals(p)); diff != "" {
				t.Errorf("refusals (-want +got)\n%s", diff)
			}
			slices.Reverse(tt.facts)
			if diff := cmp.Diff(full(t, p), full(t, mustResolve(t, evidenceOf(t, tt.facts), rules))); diff != "" {
				t.Errorf("backwards (-forwards +backwards)\n%s", diff)
			}
		})
	}
}

// Two founders seen at the same instant: the stronger one founds the person, and
// of two as strong the first in canonical order.
func TestFoundersSeenAtOnce(t *testing.T) {
	p := mustResolve(t, evidenceOf(t, []fact{seen("e1", 1, "email:x", "user:a"), seen("e2", 1, "cookie:b", "cookie:a")}), plainRules())
	alone := mustResolve(t, evidenceOf(t, []fact{seen("e1", 1, "user:a"), seen("e2", 1, "cookie:a")}), plainRules())
	for _, text := range []string{"user:a", "cookie:a"} {
		want, _ := alone.OneID(id(text))
		if got, ok := p.OneID(id(text)); !ok || got != want {
			t.Errorf("%s is of %s, want %s", text, got, want)
		}
	}
}

// A device of 100,000 users is set aside; one more user of it costs nothing of
// that, and the users stay whole.
func TestHugeDevice(t *testing.T) {
	var e identity.Evidence
	const users, cookies = 100_000, 1_000
	for i := range users {
		user := fmt.Sprintf("user:u%d", i)
		texts := []string{user, "device:kiosk"}
		if i%(users/cookies) == 0 {
			texts = append(texts, "cookie:"+user)
		}
		tell(t, &e, seen(fmt.Sprintf("e%d", i), 1, texts...))
	}
	rules := plainRules()
	rules.SharedAbove = 1000
	p := mustResolve(t, &e, rules)
	if p.Len() != users+1 || slices.Collect(p.Shared())[0] != id("device:kiosk") {
		t.Fatalf("%d people, shared %v", p.Len(), slices.Collect(p.Shared()))
	}
	tell(t, &e, seen("one more", 2, "user:new", "device:kiosk"))
	changes, err := p.Update()
	if err != nil || changes.Replayed != 0 || len(changes.Created) != 1 || p.Len() != users+2 {
		t.Errorf("changes %+v, error %v, %d people", changes, err, p.Len())
	}
	// Without the guard it belongs to the first, and everybody else is refused.
	rules.SharedAbove = 1_000_000
	p = mustResolve(t, &e, rules)
	if r := p.Report(); r.Contested != 1 || r.LargestComponent != users+cookies+2 || r.Refused[0].Count != users {
		t.Errorf("%+v", r)
	}
}

// A late event with an earlier time renames the person, and says so.
func TestLateEventRenames(t *testing.T) {
	e := evidenceOf(t, []fact{seen("e1", 5, "user:a", "device:d")})
	p := mustResolve(t, e, plainRules())
	before, _ := p.OneID(id("user:a"))
	tell(t, e, seen("e0", 2, "device:d"))
	changes, err := p.Update()
	if err != nil {
		t.Fatal(err)
	}
	after, _ := p.OneID(id("user:a"))
	alias := []identity.Alias{{From: before, To: after}}
	want := identity.Changes{Renamed: alias, Aliases: alias, Replayed: 1}
	if diff := cmp.Diff(want, changes); diff != "" || before == after {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if person, ok := p.Person(before); !ok || person.ID != after {
		t.Errorf("the old name leads to %v", person)
	}
}

// A name that went twice still leads to the person in one step, also after a
// split, where it follows the identifier that it was made of.
func TestAliasChain(t *testing.T) {
	e := evidenceOf(t, []fact{seen("e1", 3, "user:a"), seen("e2", 2, "email:x"), seen("e3", 1, "device:d")})
	p := mustResolve(t, e, plainRules())
	user, _ := p.OneID(id("user:a"))
	mail, _ := p.OneID(id("email:x"))
	device, _ := p.OneID(id("device:d"))
	steps := []struct {
		fact fact
		want []identity.Alias
		now  identity.OneID // of the user
	}{
		{seen("e4", 4, "user:a", "email:x"), []identity.Alias{{From: user, To: mail}}, mail},
		{seen("e5", 5, "email:x", "device:d"), []identity.Alias{{From: mail, To: device}}, device},
		{fact{Retract: "e4"}, nil, user},
		{verdict("v", identity.MustLink, 6, "user:a", "device:d"), []identity.Alias{{From: user, To: device}}, device},
		{fact{Withdraw: "v"}, nil, user},
	}
	for i, step := range steps {
		tell(t, e, step.fact)
		changes, err := p.Update()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(step.want, changes.Aliases); diff != "" {
			t.Errorf("step %d (-want +got)\n%s", i, diff)
		}
		if person, ok := p.Person(user); !ok || person.ID != step.now {
			t.Errorf("step %d: the user's name leads to %s, want %s", i, person.ID, step.now)
		}
	}
	if _, ok := p.Person("ABCDEFGHIJKLMNOPQRSTUVWXYZ"); ok {
		t.Error("a name of nobody has a person")
	}
	if _, ok := p.Person(""); ok {
		t.Error("no name has a person")
	}
}

func TestContradictions(t *testing.T) {
	tests := []struct {
		name  string
		facts []fact
		want  string
	}{
		{
			"a pair",
			[]fact{verdict("m", identity.MustLink, 1, "user:a", "email:x"), verdict("c", identity.CannotLink, 2, "email:x", "user:a")},
			`identity: verdicts contradict each other: [c: cannot-link email:x user:a] against [m: must-link email:x user:a]`,
		},
		{
			"a chain",
			[]fact{
				verdict("m1", identity.MustLink, 1, "user:a", "email:x"), verdict("m2", identity.MustLink, 1, "email:x", "email:y"),
				verdict("c", identity.CannotLink, 2, "email:y", "user:a"), verdict("other", identity.CannotLink, 2, "email:z", "user:a"),
			},
			`identity: verdicts contradict each other: [c: cannot-link email:y user:a] against [m2: must-link email:x email:y; m1: must-link email:x user:a]`,
		},
		{
			"two spellings",
			[]fact{verdict("c", identity.CannotLink, 2, "email:x", "email: x")},
			`identity: verdict "c" parts two spellings of one identifier, "email: x" and "email:x"`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := evidenceOf(t, []fact{seen("e1", 1, "user:a", "email:x")})
			p := mustResolve(t, e, plainRules())
			before := full(t, p)
			for _, f := range tt.facts {
				tell(t, e, f)
			}
			_, err := p.Update()
			if _, ok := errors.AsType[*identity.ContradictionError](err); !ok || err.Error() != tt.want {
				t.Errorf("got %v\nwant %s", err, tt.want)
			}
			if _, err := identity.Resolve(e, plainRules()); err == nil || err.Error() != tt.want {
				t.Errorf("resolved: got %v\nwant %s", err, tt.want)
			}
			if diff := cmp.Diff(before, full(t, p)); diff != "" {
				t.Errorf("an error changed something (-before +after)\n%s", diff)
			}
			tell(t, e, fact{Withdraw: "c"})
			if _, err := p.Update(); err != nil {
				t.Errorf("after it was withdrawn: %v", err)
			}
		})
	}
}

// Verdicts about identifiers that are set aside do nothing, and the report
// lists them.
func TestIgnoredVerdicts(t *testing.T) {
	e := evidenceOf(t, []fact{
		seen("e1", 1, "user:a", "email:x"), verdict("v", identity.CannotLink, 1, "user:a", "email:null"),
		verdict("w", identity.Retire, 1, "fax:1"),
	})
	r := mustResolve(t, e, plainRules()).Report()
	if len(r.Ignored) != 2 || r.Ignored[0].ID != "w" && r.Ignored[1].ID != "w" || r.People != 1 {
		t.Errorf("%+v", r)
	}
}

// One more link costs what its component costs, however many there are beside
// it; and none costs nothing.
func TestUpdateCostsItsComponent(t *testing.T) {
	for _, people := range []int{10, 10_000} {
		var e identity.Evidence
		for i := range people {
			for k := range 5 {
				tell(t, &e, seen(fmt.Sprintf("e%d-%d", i, k), k, fmt.Sprintf("user:%d", i+1), fmt.Sprintf("cookie:%d-%d", i+1, k)))
			}
		}
		p := mustResolve(t, &e, plainRules())
		changes, err := p.Update()
		if err != nil || changes.Replayed != 0 || !changes.Empty() {
			t.Errorf("nothing new: %+v, %v", changes, err)
		}
		for round, want := range []int{6, 12, 13} {
			texts := [][]string{{"user:7", "cookie:more"}, {"cookie:7-1", "cookie:8-1"}, {"user:7", "device:x"}}[round]
			tell(t, &e, seen(fmt.Sprint("more", round), 9, texts...))
			changes, err := p.Update()
			if err != nil || changes.Replayed != want {
				t.Errorf("%d people, round %d: %d links were judged again, want %d (%v)", people, round, changes.Replayed, want, err)
			}
		}
	}
}

// Many updates leave no more behind than the people are: what was forgotten is
// given back.
func TestManyUpdates(t *testing.T) {
	var e identity.Evidence
	for i := range 2000 {
		tell(t, &e, seen(fmt.Sprintf("e%d", i), i%20, fmt.Sprintf("user:%d", i+1), fmt.Sprintf("cookie:c%d", i), fmt.Sprintf("email:%d", i/2+1)))
	}
	p := mustResolve(t, &e, plainRules())
	for i := range 3000 {
		tell(t, &e, seen(fmt.Sprintf("more%d", i), i%24, fmt.Sprintf("user:%d", i*7%2000+1), fmt.Sprintf("device:d%d", i*13%2000)))
		if _, err := p.Update(); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(plain(mustResolve(t, &e, plainRules())), plain(p)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestUpdateTo(t *testing.T) {
	rules := plainRules()
	rules.Namespaces[2].Limits = []identity.Limit{{Max: 1, Within: regulars.Days(1)}}
	rules.AsOf = hour(10)
	e := evidenceOf(t, []fact{seen("e1", 1, "user:a", "device:1"), seen("e2", 2, "user:a", "device:2")})
	p := mustResolve(t, e, rules)
	if diff := cmp.Diff([]string{"user:a device:1", "device:2"}, groups(p)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for _, bad := range []time.Time{hour(9), {}, time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)} {
		if _, err := p.UpdateTo(bad); err == nil {
			t.Errorf("to %v: no error", bad)
		}
	}
	// At hour 25 the first device, of hour 1, leaves the window (1, 25].
	changes, err := p.UpdateTo(hour(25))
	if err != nil || len(changes.Merged) != 1 {
		t.Errorf("%+v, %v", changes, err)
	}
	if diff := cmp.Diff([]string{"user:a device:1 device:2"}, groups(p)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	unset := mustResolve(t, e, plainRules())
	if _, err := unset.UpdateTo(hour(99)); err == nil {
		t.Error("without AsOf: no error")
	}
}

func TestBadInput(t *testing.T) {
	good := identity.Observation{EventID: "e", IDs: ids("user:a"), At: hour(1)}
	match := identity.Match{EventID: "m", A: id("user:a"), B: id("user:b"), Score: 0.5, At: hour(1)}
	ruled := identity.Verdict{ID: "v", Ruling: identity.MustLink, A: id("user:a"), B: id("user:b"), At: hour(1)}
	observe := func(change func(*identity.Observation)) func(*identity.Evidence) error {
		return func(e *identity.Evidence) error { o := good; change(&o); return e.Add(o) }
	}
	score := func(change func(*identity.Match)) func(*identity.Evidence) error {
		return func(e *identity.Evidence) error { m := match; change(&m); return e.AddMatch(m) }
	}
	rule := func(change func(*identity.Verdict)) func(*identity.Evidence) error {
		return func(e *identity.Evidence) error { v := ruled; change(&v); return e.Decide(v) }
	}
	long := strings.Repeat("x", identity.MaxTextBytes+1)
	tests := []struct {
		name string
		do   func(*identity.Evidence) error
		want string
	}{
		{"no event", observe(func(o *identity.Observation) { o.EventID = "" }), `identity: event "": event has no ID`},
		{"long event", observe(func(o *identity.Observation) { o.EventID = long }), "ID of event has 65537 bytes"},
		{"event not UTF-8", observe(func(o *identity.Observation) { o.EventID = "\xff" }), "want UTF-8"},
		{"source not UTF-8", observe(func(o *identity.Observation) { o.Source = "\xff" }), "want UTF-8"},
		{"no time", observe(func(o *identity.Observation) { o.At = time.Time{} }), "has no time"},
		{"year 10000", observe(func(o *identity.Observation) { o.At = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) }), "253402300800 seconds since 1970: want the years 1 to 9999"},
		{"no identifiers", observe(func(o *identity.Observation) { o.IDs = nil }), "0 identifiers: want 1 to 32"},
		{"too many identifiers", observe(func(o *identity.Observation) { o.IDs = slices.Repeat(o.IDs, 33) }), "33 identifiers: want 1 to 32"},
		{"no namespace", observe(func(o *identity.Observation) { o.IDs = ids(":a") }), `namespace ""`},
		{"bad namespace", observe(func(o *identity.Observation) { o.IDs = ids("User:a") }), `namespace "User"`},
		{"long value", observe(func(o *identity.Observation) { o.IDs = ids("user:" + long) }), "has 65537 bytes"},
		{"score 0", score(func(m *identity.Match) { m.Score = 0 }), "score 0: want over 0 and at most 1"},
		{"score over 1", score(func(m *identity.Match) { m.Score = 1.0001 }), "score 1.0001"},
		{"score NaN", score(func(m *identity.Match) { m.Score = math.NaN() }), "score NaN"},
		{"match with itself", score(func(m *identity.Match) { m.B = m.A }), "want two identifiers"},
		{"match of a bad namespace", score(func(m *identity.Match) { m.B.Namespace = "" }), "namespace"},
		{"verdict without ID", rule(func(v *identity.Verdict) { v.ID = "" }), "verdict has no ID"},
		{"verdict without time", rule(func(v *identity.Verdict) { v.At = time.Time{} }), "has no time"},
		{"unknown ruling", rule(func(v *identity.Verdict) { v.Ruling = "may-link" }), `ruling "may-link": want "must-link", "cannot-link" or "retire"`},
		{"verdict on itself", rule(func(v *identity.Verdict) { v.B = v.A }), "want two identifiers"},
		{"must-link with validTo", rule(func(v *identity.Verdict) { v.ValidTo = hour(1) }), "validTo of a must-link: want none"},
		{"retired pair", rule(func(v *identity.Verdict) { v.Ruling = identity.Retire; v.ValidTo = hour(1) }), "second identifier"},
		{"retired without validTo", rule(func(v *identity.Verdict) { v.Ruling = identity.Retire; v.B = identity.ID{} }), "validTo has no time"},
		{"reason not UTF-8", rule(func(v *identity.Verdict) { v.Reason = "\xff" }), "want UTF-8"},
		{"verdict ID reused", rule(func(v *identity.Verdict) { v.ID = "old" }), "is there already"},
		{"verdict ID withdrawn", rule(func(v *identity.Verdict) { v.ID = "gone" }), "was withdrawn: want a new ID"},
		{"retract nothing", func(e *identity.Evidence) error { return e.Retract("") }, "event has no ID"},
		{"retract one event and nothing", func(e *identity.Evidence) error { return e.Retract("e1", "") }, "event has no ID"},
		{"withdraw nothing", func(e *identity.Evidence) error { return e.Withdraw("") }, "verdict has no ID"},
		{"merge into itself", func(e *identity.Evidence) error { return e.Merge(e) }, "into itself"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := evidenceOf(t, []fact{seen("e1", 1, "user:a"), verdict("old", identity.CannotLink, 1, "user:x", "user:y"), {Withdraw: "gone"}})
			before := bytesOf(t, e)
			err := tt.do(e)
			if err == nil || !strings.HasPrefix(err.Error(), "identity: ") || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
			if !slices.Equal(before, bytesOf(t, e)) {
				t.Error("an error changed something")
			}
		})
	}
}

// Time is cut to microseconds, whatever its zone.
func TestMicroseconds(t *testing.T) {
	at := hour(1).Add(1999 * time.Nanosecond).In(time.FixedZone("east", 8*3600))
	var e identity.Evidence
	if err := e.Add(identity.Observation{EventID: "e", IDs: ids("user:a"), At: at}); err != nil {
		t.Fatal(err)
	}
	if err := e.Add(identity.Observation{EventID: "e", IDs: ids("user:a"), At: hour(1).Add(time.Microsecond)}); err != nil {
		t.Fatal(err)
	}
	person, _ := mustResolve(t, &e, plainRules()).Of(id("user:a"))
	if want := hour(1).Add(time.Microsecond); e.Len() != 1 || !person.Members[0].First.Equal(want) || person.Members[0].First.Location() != time.UTC {
		t.Errorf("%d observations, first seen %v, want %v", e.Len(), person.Members[0].First, want)
	}
}

// A window of a day is a local day, which has 23 hours when the clocks go
// forward: the sighting at its very start is out, and a microsecond later is in.
func TestWindowStepsTheCalendar(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	rules := plainRules()
	rules.Namespaces[2].Limits = []identity.Limit{{Max: 1, Within: regulars.Days(1)}}
	rules.AsOf, rules.Zone = time.Date(2026, 3, 30, 0, 30, 0, 0, berlin), berlin
	for _, tt := range []struct {
		before time.Duration
		want   int
	}{{23 * time.Hour, 1}, {23*time.Hour - time.Microsecond, 2}} {
		var e identity.Evidence
		for i, at := range []time.Time{rules.AsOf.Add(-tt.before), rules.AsOf} {
			o := identity.Observation{EventID: fmt.Sprint(i), IDs: ids("user:a", fmt.Sprintf("device:%d", i+1)), At: at}
			if err := e.Add(o); err != nil {
				t.Fatal(err)
			}
		}
		if got := mustResolve(t, &e, rules).Len(); got != tt.want {
			t.Errorf("%v before: %d people, want %d", tt.before, got, tt.want)
		}
	}
}

// A new source or namespace for every event is a mistake, and refused before it
// fills the memory. That all events have one name costs nothing.
func TestTooManyNames(t *testing.T) {
	var e identity.Evidence
	o := identity.Observation{EventID: "e", IDs: ids("user:a"), At: hour(1)}
	for i := range 1 << 16 {
		o.Source = fmt.Sprint(i)
		if err := e.Add(o); err != nil {
			t.Fatal(err)
		}
	}
	before := bytesOf(t, &e)
	o.Source = "one more"
	if err := e.Add(o); err == nil || !strings.Contains(err.Error(), "evidence is full") {
		t.Errorf("one source more: %v", err)
	}
	other := evidenceOf(t, []fact{seen("e1", 1, "user:a")})
	if err := e.Merge(other); err == nil || !strings.Contains(err.Error(), "evidence is full") {
		t.Errorf("a merged source more: %v", err)
	}
	if !slices.Equal(before, bytesOf(t, &e)) {
		t.Error("an error changed something")
	}
	o.Source = "7"
	o.EventID = "another"
	if err := e.Add(o); err != nil {
		t.Errorf("a source that is known: %v", err)
	}
	var spaces identity.Evidence
	for i := 0; i < 1<<16; i += identity.MaxObservationIDs {
		many := identity.Observation{EventID: "e", At: hour(1)}
		for k := range identity.MaxObservationIDs {
			many.IDs = append(many.IDs, identity.Namespace(fmt.Sprintf("n%d", i+k)).ID("x"))
		}
		if err := spaces.Add(many); err != nil {
			t.Fatal(err)
		}
	}
	if err := spaces.Add(o); err == nil || !strings.Contains(err.Error(), "evidence is full") {
		t.Errorf("one namespace more: %v", err)
	}
}
