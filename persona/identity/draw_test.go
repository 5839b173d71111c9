package identity_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/persona/identity"
)

var epoch = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

func hour(n int) time.Time { return epoch.Add(time.Duration(n) * time.Hour) }

func ids(texts ...string) []identity.ID {
	list := make([]identity.ID, len(texts))
	for i, text := range texts {
		list[i] = id(text)
	}
	return list
}

func id(text string) identity.ID {
	space, value, _ := strings.Cut(text, ":")
	return identity.Namespace(space).ID(value)
}

var secret = []byte("an example of key")

// drawRules draws rules over the namespaces user, email, device and cookie, tight enough
// that small evidence breaks them.
func drawRules(t *rapid.T) identity.Rules {
	limits := func(name string, most int) []identity.Limit {
		var list []identity.Limit
		for i := range rapid.IntRange(0, 2).Draw(t, name+" limits") {
			l := identity.Limit{Max: rapid.IntRange(0, most).Draw(t, "max")}
			if i > 0 {
				l.Within = regulars.Hours(rapid.IntRange(1, 20).Draw(t, "within"))
			}
			list = append(list, l)
		}
		return list
	}
	r := identity.Rules{
		Namespaces: []identity.NamespaceRule{
			{Name: "user", Priority: 1, Limits: []identity.Limit{{Max: 1}}},
			{Name: "email", Priority: 2, Form: identity.Lower, Limits: limits("email", 2)},
			{Name: "device", Priority: rapid.IntRange(2, 3).Draw(t, "device priority"), Limits: limits("device", 3)},
			{Name: "cookie", Priority: 3},
		},
		Owner:       rapid.SampledFrom([]identity.Owner{"", identity.FirstSeen, identity.Latest}).Draw(t, "owner"),
		MaxIDs:      rapid.SampledFrom([]int{0, 2, 4, 6}).Draw(t, "most ids"),
		SharedAbove: rapid.IntRange(0, 3).Draw(t, "shared above"),
		MinScore:    rapid.SampledFrom([]float64{0, 0.5, 1}).Draw(t, "score"),
		Key:         secret,
		AsOf:        hour(rapid.IntRange(10, 30).Draw(t, "as of")),
	}
	return r
}

var drawnID = rapid.Custom(func(t *rapid.T) identity.ID {
	space := rapid.SampledFrom([]string{"user", "user", "email", "device", "cookie", "other"}).Draw(t, "namespace")
	value := rapid.SampledFrom([]string{"a", "b", "c", "d", "E", "e", "null"}).Draw(t, "value")
	return identity.Namespace(space).ID(value)
})

// fact is one thing that evidence is told.
type fact struct {
	Observation *identity.Observation `json:",omitempty"`
	Match       *identity.Match       `json:",omitempty"`
	Verdict     *identity.Verdict     `json:",omitempty"`
	Retract     string                `json:",omitempty"`
	Withdraw    string                `json:",omitempty"`
}

func (f fact) GoString() string {
	text, _ := json.Marshal(f)
	return string(text)
}

var drawnFact = rapid.Custom(func(t *rapid.T) fact {
	event := fmt.Sprintf("e%d", rapid.IntRange(0, 15).Draw(t, "event"))
	at := hour(rapid.IntRange(0, 30).Draw(t, "hour"))
	switch rapid.IntRange(0, 11).Draw(t, "kind") {
	case 0:
		a := drawnID.Draw(t, "a")
		b := drawnID.Filter(func(b identity.ID) bool { return a != b }).Draw(t, "b")
		return fact{Match: &identity.Match{EventID: event, A: a, B: b, Score: rapid.SampledFrom([]float64{0.4, 0.5, 0.7, 1}).Draw(t, "score"), At: at}}
	case 1:
		return fact{Retract: event}
	case 2, 3:
		v := identity.Verdict{A: drawnID.Draw(t, "a"), Ruling: identity.Retire, ValidTo: hour(rapid.IntRange(1, 20).Draw(t, "valid to")), At: at}
		if r := rapid.IntRange(0, 4).Draw(t, "ruling"); r > 0 {
			v.B = drawnID.Filter(func(b identity.ID) bool { return v.A != b }).Draw(t, "b")
			v.Ruling, v.ValidTo = identity.CannotLink, time.Time{}
			if r > 2 {
				v.Ruling = identity.MustLink
			}
		}
		// One ID means one verdict, so that the order of verdicts can't matter.
		v.ID = fmt.Sprintf("v%s-%s-%s-%d-%d", v.Ruling[:1], v.A, v.B, at.Unix(), v.ValidTo.Unix())
		return fact{Verdict: &v}
	}
	list := rapid.SliceOfN(drawnID, 1, 4).Draw(t, "ids")
	return fact{Observation: &identity.Observation{EventID: event, IDs: list, At: at, Source: rapid.SampledFrom([]string{"", "app", "store"}).Draw(t, "source")}}
})

// drawFacts draws facts, and withdraws some of the verdicts among them.
func drawFacts(t *rapid.T, name string) []fact {
	list := rapid.SliceOfN(drawnFact, 0, 25).Draw(t, name)
	for _, f := range list {
		if f.Verdict != nil && rapid.IntRange(0, 2).Draw(t, "withdrawn") == 0 {
			list = append(list, fact{Withdraw: f.Verdict.ID})
		}
	}
	return list
}

// tell tells evidence a fact. A verdict that was withdrawn before is refused,
// which is what it comes to in any other order.
func tell(t interface{ Fatal(...any) }, e *identity.Evidence, f fact) {
	var err error
	switch {
	case f.Observation != nil:
		err = e.Add(*f.Observation)
	case f.Match != nil:
		err = e.AddMatch(*f.Match)
	case f.Verdict != nil:
		if err = e.Decide(*f.Verdict); err != nil && strings.Contains(err.Error(), "was withdrawn") {
			err = nil
		}
	case f.Retract != "":
		err = e.Retract(f.Retract)
	default:
		err = e.Withdraw(f.Withdraw)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func evidenceOf(t interface{ Fatal(...any) }, list []fact) *identity.Evidence {
	e := &identity.Evidence{}
	for _, f := range list {
		tell(t, e, f)
	}
	return e
}

// naiveOf is the naive resolver of facts.
func naiveOf(rules identity.Rules, list []fact) *naive {
	n := &naive{rules: rules, facts: facts{retracted: map[string]bool{}, withdrawn: map[string]bool{}}}
	for _, f := range list {
		switch {
		case f.Observation != nil:
			n.facts.observations = append(n.facts.observations, *f.Observation)
		case f.Match != nil:
			n.facts.matches = append(n.facts.matches, *f.Match)
		case f.Verdict != nil:
			n.facts.verdicts = append(n.facts.verdicts, *f.Verdict)
		case f.Retract != "":
			n.facts.retracted[f.Retract] = true
		default:
			n.facts.withdrawn[f.Withdraw] = true
		}
	}
	return n
}

// full is everything that people answer, as text.
func full(t interface{ Fatal(...any) }, p *identity.People) string {
	var s strings.Builder
	write := func(v any) {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		s.Write(text)
		s.WriteByte('\n')
	}
	var all []identity.ID
	for person := range p.All() {
		write(person)
		for _, m := range person.Members {
			all = append(all, m.ID)
		}
	}
	for r := range p.Refusals() {
		write(r)
	}
	for id := range p.Shared() {
		write(id)
	}
	write(p.Report())
	for _, a := range all {
		write(p.Attribute(identity.Observation{IDs: []identity.ID{a}, At: hour(5)}))
		write(p.Why(all[0], a))
	}
	return s.String()
}

func mustResolve(t testing.TB, e *identity.Evidence, r identity.Rules) *identity.People {
	t.Helper()
	p, err := identity.Resolve(e, r)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
