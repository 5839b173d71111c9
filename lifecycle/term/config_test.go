package term_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/lifecycle"
	"github.com/regulars-go/regulars/lifecycle/term"
)

func TestParsePlan(t *testing.T) {
	plan, err := term.ParsePlan([]byte(`{"zone": "Asia/Shanghai", "milestones": [
		{"name": "install", "after": "7d", "doneBy": "installed"},
		{"name": "upkeep", "everyMonths": 6, "doneBy": "serviced", "grace": "14d"}]}`), time.LoadLocation)
	check(t, err)
	if plan.Zone.String() != "Asia/Shanghai" || plan.Milestones[0].After != regulars.Days(7) || plan.Milestones[1].EveryMonths != 6 || plan.Milestones[1].Grace != regulars.Days(14) {
		t.Errorf("%+v", plan)
	}
	utc, err := term.ParsePlan([]byte(`{"milestones": []}`), nil)
	check(t, err)
	if utc.Zone != time.UTC {
		t.Errorf("%v", utc.Zone)
	}
	text, err := json.Marshal(term.Plan{})
	check(t, err)
	if _, err := term.ParsePlan(text, nil); err != nil {
		t.Errorf("the empty plan is written as %s: %v", text, err)
	}
	many := term.Plan{Milestones: make([]term.Milestone, term.MaxMilestones+1)}
	if many.Validate() == nil {
		t.Error("too many milestones")
	}
	tests := []struct{ text, want string }{
		{`{"milestones": [{"name": "a"}]}`, "milestones[0]: want one of after and everyMonths\nmilestones[0].doneBy: is empty: want the name of an event"},
		{`{"milestones": [{"name": "a", "after": "7d", "everyMonths": 1, "doneBy": "b"}]}`, "milestones[0]: want one of after and everyMonths"},
		{`{"milestones": [{"name": "a", "everyMonths": -1, "doneBy": "b"}]}`, "milestones[0].everyMonths: -1: want 1 to 1200"},
		{`{"milestones": [{"after": "7d", "doneBy": "b"}]}`, "milestones[0].name: is empty"},
		{`{"milestones": [{"name": "a", "after": "7d", "doneBy": "b"}, {"name": "a", "after": "8d", "doneBy": "b"}]}`, `milestones[1].name: "a" is another milestone's too`},
		{`{"milestones": [{"name": "a=b", "after": "7d", "doneBy": "b"}]}`, `milestones[0].name: "a=b": want a name without "="`},
		{`{"milestones": [{"name": "term", "after": "7d", "doneBy": "b"}]}`, `milestones[0].name: "term": want`},
		{`{"milestones": [{"name": "renewal", "after": "7d", "doneBy": "b"}]}`, `milestones[0].name: "renewal": want`},
		{`{"milestones": [], "zone": "Nowhere/Land"}`, `zone: "Nowhere/Land": unknown time zone Nowhere/Land`},
		{`{"milestones": [], "Zone": "UTC"}`, "Zone"},
	}
	for _, tt := range tests {
		if _, err := term.ParsePlan([]byte(tt.text), time.LoadLocation); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", tt.text, err, tt.want)
		}
	}
	if _, err := term.ParsePlan([]byte(`{"zone": "Asia/Shanghai"}`), nil); err == nil || !strings.Contains(err.Error(), "want UTC, or a resolver of zones") {
		t.Errorf("%v", err)
	}
	lost := func(string) (*time.Location, error) { return nil, nil }
	if _, err := term.ParsePlan([]byte(`{"zone": "Asia/Shanghai"}`), lost); err == nil || !strings.Contains(err.Error(), "unknown zone") {
		t.Errorf("%v", err)
	}
}

func TestParsePolicy(t *testing.T) {
	policy, err := term.ParsePolicy([]byte(`{"zone": "Asia/Shanghai", "onTime": "3d", "early": "1mo", "late": "2mo", "each": "week from monday", "ladders": [["basic", "plus"]]}`), time.LoadLocation)
	check(t, err)
	if policy.OnTime != regulars.Days(3) || policy.Each != lifecycle.Weekly(time.Monday) || policy.Zone.String() != "Asia/Shanghai" {
		t.Errorf("%+v", policy)
	}
	text, err := json.Marshal(term.Policy{})
	if err != nil || string(text) != `{}` {
		t.Errorf("%s, %v", text, err)
	}
	for _, tt := range []struct{ text, want string }{
		{`{"ladders": [["basic"]]}`, "ladders[0]: has 1 products: want two or more"},
		{`{"ladders": [["basic", ""]]}`, "ladders[0][1]: is empty"},
		{`{"ladders": [["basic", "plus"], ["max", "plus"]]}`, `ladders[1][1]: "plus" is at ladders[0][1] too`},
		{`{"late": "0d"}`, "late"},
		{`{"zone": "Mars"}`, "zone"},
	} {
		if _, err := term.ParsePolicy([]byte(tt.text), time.LoadLocation); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", tt.text, err, tt.want)
		}
	}
	// As many products as may be, on two ladders, and one more.
	var products []string
	for i := range term.MaxLadderProducts + 1 {
		products = append(products, fmt.Sprint("product ", i))
	}
	most := term.Policy{Ladders: [][]string{products[:5], products[5:term.MaxLadderProducts]}}
	check(t, most.Validate())
	most.Ladders[1] = products[5:]
	if err := most.Validate(); err == nil || err.Error() != "ladders: have more than 10000 products" {
		t.Errorf("too many products: %v", err)
	}
}

func FuzzParsePlan(f *testing.F) {
	f.Add([]byte(`{"milestones": [{"name": "install", "after": "7d", "doneBy": "installed"}, {"name": "upkeep", "everyMonths": 6, "doneBy": "serviced", "grace": "14d"}]}`))
	f.Add([]byte(`{"milestones": [{"name": "a", "after": "250y", "doneBy": "b", "grace": "2190000h"}, {"name": "c", "everyMonths": 1, "doneBy": "b"}]}`))
	// Property: a plan that reads without an error writes back as one that reads
	// the same, and has a label for each of its milestones at any time.
	f.Fuzz(func(t *testing.T, data []byte) {
		plan, err := term.ParsePlan(data, nil)
		if err != nil {
			return
		}
		text, err := json.Marshal(plan)
		check(t, err)
		again, err := term.ParsePlan(text, nil)
		if second, _ := json.Marshal(again); err != nil || string(second) != string(text) {
			t.Fatalf("%s came back as %s, %v", text, second, err)
		}
		for _, x := range []term.Term[string]{filter("0001-01-02", "9999-12-31"), filter("9999-12-30", ""), filter("2024-01-31", "2024-02-01")} {
			for _, asOf := range []string{"0001-01-01 00:01", "2024-01-31", "9999-12-31"} {
				got, err := x.At(plan, []term.Event{{Name: "installed", At: x.Start}, {Name: "b", At: at(asOf)}}, at(asOf))
				check(t, err)
				if len(got.Labels()) != 1+len(plan.Milestones) {
					t.Fatalf("%v of %s", got.Labels(), text)
				}
			}
		}
	})
}

func FuzzParsePolicy(f *testing.F) {
	f.Add([]byte(`{"onTime": "3d", "early": "1mo", "late": "2mo", "each": "week from monday", "ladders": [["basic", "plus"]]}`))
	f.Add([]byte(`{"onTime": "250y", "early": "2190000h", "late": "250y", "each": "day"}`))
	// Property: a policy that reads without an error writes back as one that
	// reads the same, and a report by it counts every term.
	f.Fuzz(func(t *testing.T, data []byte) {
		policy, err := term.ParsePolicy(data, nil)
		if err != nil {
			return
		}
		text, err := json.Marshal(policy)
		check(t, err)
		again, err := term.ParsePolicy(text, nil)
		if second, _ := json.Marshal(again); err != nil || string(second) != string(text) {
			t.Fatalf("%s came back as %s, %v", text, second, err)
		}
		var b term.Book[string]
		for _, x := range []term.Term[string]{filter("0001-01-02", "0001-12-31"), filter("2024-01-31", "2024-02-29"), filter("2024-02-29", "2024-03-31"), filter("9999-01-01", "9999-12-31")} {
			check(t, b.Add(x))
		}
		r, err := b.Report(policy, at("9999-12-31"))
		check(t, err)
		if r.All.Due != 4 || r.All.Decided+r.All.Count(term.Open) > 4 {
			t.Fatalf("%+v by %s", r.All, text)
		}
	})
}

func TestTexts(t *testing.T) {
	for l := term.Open; l <= term.Lapsed; l++ {
		text, err := l.MarshalText()
		var back term.Label
		if err != nil || back.UnmarshalText(text) != nil || back != l || l.Label() != "renewal="+string(text) {
			t.Errorf("%v: %s, %v, back %v", l, text, err, back)
		}
		if renewed, kept := l >= term.Early && l <= term.Downgraded, l != term.Open && l != term.Lapsed; l.Renewed() != renewed || l.Kept() != kept {
			t.Errorf("%v: renewed %t, kept %t", l, l.Renewed(), l.Kept())
		}
	}
	for s := term.Upcoming; s <= term.NeverDue; s++ {
		text, err := s.MarshalText()
		var back term.Status
		if err != nil || back.UnmarshalText(text) != nil || back != s {
			t.Errorf("%v: %s, %v, back %v", s, text, err, back)
		}
	}
	for s := term.NotStarted; s <= term.Ended; s++ {
		text, err := s.MarshalText()
		var back term.State
		if err != nil || back.UnmarshalText(text) != nil || back != s || s.Label() != "term="+string(text) {
			t.Errorf("%v: %s, %v, back %v", s, text, err, back)
		}
	}
	for _, err := range []error{new(term.Label).UnmarshalText([]byte("")), new(term.Status).UnmarshalText([]byte("Due")), new(term.State).UnmarshalText([]byte("over"))} {
		if err == nil {
			t.Error("an unknown text is taken")
		}
	}
	if got := fmt.Sprint(term.Label(99), term.Status(99), term.State(99)); got != "Label(99) Status(99) State(99)" {
		t.Error(got)
	}
}
