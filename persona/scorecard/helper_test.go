package scorecard_test

import (
	"fmt"
	"time"

	"github.com/regulars-go/regulars/persona"
	"github.com/regulars-go/regulars/persona/scorecard"
)

// fataler is what a test, a property and a fuzz target have in common.
type fataler interface {
	Helper()
	Fatal(args ...any)
}

var monday = time.Date(2026, 3, 30, 9, 0, 0, 0, time.UTC)

var people = func() *persona.Schema {
	schema, err := persona.NewSchema(persona.Definition{
		Attributes: []persona.Attribute{
			{Name: "account", Kind: persona.KindEnum, Values: []string{"none", "below 200", "salary", "overdrawn", "rare", "rarer"}},
			{Name: "age", Kind: persona.KindInt},
			{Name: "married", Kind: persona.KindBool},
			{Name: "born", Kind: persona.KindDate, PII: true},
			{Name: "salary", Kind: persona.KindInt, PII: true},
			{Name: "tags", Kind: persona.KindList, Of: persona.KindString},
		},
		Events: []persona.EventKind{{Name: "visit"}},
	})
	if err != nil {
		panic(err)
	}
	return schema
}()

func profile(values map[string]persona.Value) persona.Profile {
	p, err := people.NewProfile(values)
	if err != nil {
		panic(err)
	}
	return p
}

func layoutOf(t fataler, features ...scorecard.Feature) *scorecard.Layout {
	t.Helper()
	l, err := scorecard.NewLayout(people, features)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// germanCredit is the checking account of 1,000 borrowers with their good and
// bad outcomes: the first attribute of Hofmann's German credit data (UCI Machine
// Learning Repository, 1994).
var germanCredit = []struct {
	account   string
	good, bad int
}{{"overdrawn", 139, 135}, {"below 200", 164, 105}, {"salary", 49, 14}, {"none", 348, 46}}

func german(t fataler) *scorecard.Sample {
	t.Helper()
	s := &scorecard.Sample{Layout: layoutOf(t, scorecard.Feature{Attribute: "account"})}
	for _, row := range germanCredit {
		p := profile(map[string]persona.Value{"account": persona.Text(row.account)})
		add(t, s, p, scorecard.Good, row.good)
		add(t, s, p, scorecard.Bad, row.bad)
	}
	return s
}

func add(t fataler, s *scorecard.Sample, p persona.Profile, o scorecard.Outcome, n int) {
	t.Helper()
	for range n {
		if err := s.Add(scorecard.Case{Profile: p, AsOf: monday, Outcome: o}); err != nil {
			t.Fatal(err)
		}
	}
}

func fit(t fataler, s *scorecard.Sample, p scorecard.Policy) *scorecard.Card {
	t.Helper()
	c, err := scorecard.Fit(s, p)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func bytesOf(t fataler, s *scorecard.Sample) []byte {
	t.Helper()
	data, err := s.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// person draws are numbered, so that the same number is the same person: who is
// older, married and without an account is more often good.
func person(n int) (persona.Profile, scorecard.Outcome) {
	values := map[string]persona.Value{}
	account, age, married := n%5, n/5%7, n/35%3
	if account < 4 {
		values["account"] = persona.Text(germanCredit[account].account)
	}
	if age > 0 {
		values["age"] = persona.Int(int64(15 + 10*age))
	}
	if married > 0 {
		values["married"] = persona.Bool(married > 1)
	}
	outcome := scorecard.Bad
	if (n*7919%101)+account*6+age*5+married*8 > 75 {
		outcome = scorecard.Good
	}
	return profile(values), outcome
}

func several(t fataler) *scorecard.Layout {
	t.Helper()
	return layoutOf(t,
		scorecard.Feature{Attribute: "account"},
		scorecard.Feature{Attribute: "age", Cuts: ints(20, 30, 40, 50, 60)},
		scorecard.Feature{Attribute: "married"},
	)
}

func ints(ns ...int64) (values []persona.Value) {
	for _, n := range ns {
		values = append(values, persona.Int(n))
	}
	return values
}

// crowd is of the people from one number to another.
func crowd(t fataler, from, to int) *scorecard.Sample {
	t.Helper()
	s := &scorecard.Sample{Layout: several(t)}
	for n := from; n < to; n++ {
		p, o := person(n)
		add(t, s, p, o, 1)
	}
	return s
}

func mustRule(text string) *persona.Rule {
	rule, err := persona.ParseRule([]byte(text))
	if err != nil {
		panic(fmt.Sprint(text, ": ", err))
	}
	return &rule
}

func marriedOrNot(married bool) persona.Profile {
	return profile(map[string]persona.Value{"married": persona.Bool(married)})
}
