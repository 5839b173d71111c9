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
	tall := term.Policy{Ladders: [][]string{make([]string, term.MaxLadderProducts+1)}}
	if tall.Validate() == nil {
		t.Error("too many products")
	}
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
