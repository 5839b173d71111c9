package strategy_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars/strategy"
)

// operation returns a valid one, for tests to change.
func operation(name string, priority int, audience strategy.Audience) strategy.Operation {
	return strategy.Operation{Name: name, Objective: "an order", Audience: audience, Channel: "push", Priority: priority}
}

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		panic(err)
	}
	return t
}

const wholeDocument = `{
	"name": "autumn",
	"operations": [
		{"name": "gift", "objective": "an order", "channel": "sms", "priority": 90,
			"audience": {"allOf": ["stage=silent"], "anyOf": ["layer=core", "layer=waist"], "noneOf": ["promotion=deal-seeker"]},
			"dates": {"start": "2026-11-01T00:00:00+08:00", "end": "2026-12-01T00:00:00+08:00"}},
		{"name": "survey", "objective": "an answer", "channel": "email", "priority": 0}
	],
	"fallback": {"name": "news", "objective": "a visit", "channel": "site", "priority": 0}
}`

func TestParsePlaybook(t *testing.T) {
	want := strategy.Playbook{
		Name: "autumn",
		Operations: []strategy.Operation{
			{
				Name: "gift", Objective: "an order", Channel: "sms", Priority: 90,
				Audience: strategy.Audience{
					AllOf: []string{"stage=silent"}, AnyOf: []string{"layer=core", "layer=waist"}, NoneOf: []string{"promotion=deal-seeker"},
				},
				Dates: strategy.Window{Start: at("2026-10-31T16:00:00Z"), End: at("2026-11-30T16:00:00Z")},
			},
			{Name: "survey", Objective: "an answer", Channel: "email"},
		},
		Fallback: &strategy.Operation{Name: "news", Objective: "a visit", Channel: "site"},
	}
	got, err := strategy.ParsePlaybook([]byte(wholeDocument))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	data, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	again, err := strategy.ParsePlaybook(data)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, again); diff != "" {
		t.Errorf("after a round trip (-want +got)\n%s", diff)
	}
}

func TestParsePlaybookRefuses(t *testing.T) {
	one := func(fields string) string {
		return `{"operations": [{"name": "a", "objective": "o", "channel": "c", "priority": 1` + fields + `}]}`
	}
	tests := []struct{ name, document, want string }{
		{"nothing", ``, "unexpected end of JSON input"},
		{"null", `null`, "want an object"},
		{"no operation", `{"operations": []}`, "operations: 0 operations: want 1 to 500"},
		{"unknown key", `{"operation": []}`, `unknown key "operation"`},
		{"unknown key within", one(`, "caps": 3`), `operations[0]: unknown key "caps"`},
		{"unknown key of an audience", one(`, "audience": {"all": []}`), `operations[0].audience: unknown key "all"`},
		{"repeated key", one(`, "name": "b"`), `operations[0]: duplicate key "name"`},
		{"key in another case", one(`, "Dates": {}`), `unknown key "Dates"`},
		{"trailing data", one("") + "{}", "after"},
		{"priority too large for a number", `{"operations": [{"priority": 1e99}]}`, "operations[0].priority"},
		{"fractional priority", `{"operations": [{"priority": 1.5}]}`, "operations[0].priority"},
		{"no such day", one(`, "dates": {"start": "2026-02-30T00:00:00Z"}`), "operations[0].dates.start"},
		{"a date without a zone", one(`, "dates": {"end": "2026-02-01T00:00:00"}`), "operations[0].dates.end"},
		{"label", one(`, "audience": {"noneOf": ["stage=new", "Stage=new"]}`), `operations[0].audience.noneOf[1]: "Stage=new": want a key`},
		{"null audience", one(`, "audience": null`), "operations[0].audience: want an object, not null"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := strategy.ParsePlaybook([]byte(test.document))
			if err == nil {
				t.Fatal("no error")
			}
			expect(t, err, test.want)
			if diff := cmp.Diff(strategy.Playbook{}, got); diff != "" {
				t.Errorf("beside the error (-want +got)\n%s", diff)
			}
		})
	}
}

func TestValidate(t *testing.T) {
	long := strings.Repeat("x", 1001)
	many := make([]string, strategy.MaxAudienceLabels+1)
	for i := range many {
		many[i] = fmt.Sprintf("n=%d", i)
	}
	tests := []struct {
		name   string
		change func(*strategy.Playbook)
		want   string // "" if the playbook is valid
	}{
		{"as it is", func(*strategy.Playbook) {}, ""},
		{"everyone", func(p *strategy.Playbook) { p.Operations[0].Audience = strategy.Audience{} }, ""},
		{"no operation", func(p *strategy.Playbook) { p.Operations = nil }, "operations: 0 operations: want 1 to 500"},
		{"too many operations", func(p *strategy.Playbook) { p.Operations = make([]strategy.Operation, 501) }, "operations: 501 operations: want 1 to 500"},
		{"playbook's name", func(p *strategy.Playbook) { p.Name = "a\n" }, `name: "a\n": want printable text without spaces at its ends`},
		{"no name", func(p *strategy.Playbook) { p.Operations[0].Name = "" }, "operations[0].name: missing"},
		{"long name", func(p *strategy.Playbook) { p.Operations[0].Name = long }, "operations[0].name: has 1001 bytes: want at most 100"},
		{"name with a space", func(p *strategy.Playbook) { p.Operations[0].Name = " a" }, `operations[0].name: " a": want printable text`},
		{"same name", func(p *strategy.Playbook) { p.Operations[1].Name = "a" }, `operations[1].name: "a" is the name of operations[0] already`},
		{"names in two cases", func(p *strategy.Playbook) { p.Operations[1].Name = "A" }, ""},
		{"fallback's name", func(p *strategy.Playbook) { p.Fallback.Name = "b" }, `fallback.name: "b" is the name of operations[1] already`},
		{"fallback's priority", func(p *strategy.Playbook) { p.Fallback.Priority = 1 }, "fallback.priority: 1: want none, as a fallback ranks below all"},
		{"no fallback", func(p *strategy.Playbook) { p.Fallback = nil }, ""},
		{"no objective", func(p *strategy.Playbook) { p.Operations[0].Objective = " " }, "operations[0].objective: missing"},
		{"long objective", func(p *strategy.Playbook) { p.Operations[0].Objective = long }, "operations[0].objective: has 1001 bytes: want at most 1000"},
		{"objective not UTF-8", func(p *strategy.Playbook) { p.Operations[0].Objective = "\xff" }, "operations[0].objective: is not valid UTF-8"},
		{"no channel", func(p *strategy.Playbook) { p.Operations[0].Channel = "" }, "operations[0].channel: missing"},
		{"highest priority", func(p *strategy.Playbook) { p.Operations[0].Priority = 1_000_000 }, ""},
		{"higher", func(p *strategy.Playbook) { p.Operations[0].Priority = 1_000_001 }, "operations[0].priority: 1000001: want 0 to 1000000"},
		{"negative", func(p *strategy.Playbook) { p.Operations[0].Priority = -1 }, "operations[0].priority: -1: want 0 to 1000000"},
		{"empty label", func(p *strategy.Playbook) { p.Operations[0].Audience.AllOf = []string{""} }, "operations[0].audience.allOf[0]: empty: want key=value"},
		{"label twice", func(p *strategy.Playbook) { p.Operations[0].Audience.AnyOf = []string{"k=v", "k=v"} }, `audience.anyOf[1]: "k=v" stands in anyOf already: want each label once`},
		{"asked for and excluded", func(p *strategy.Playbook) {
			p.Operations[0].Audience = strategy.Audience{AllOf: []string{"k=v"}, NoneOf: []string{"k=v"}}
		}, `audience.noneOf[0]: "k=v" stands in allOf already`},
		{"as many labels as may be", func(p *strategy.Playbook) { p.Operations[0].Audience = strategy.Audience{AnyOf: many[1:]} }, ""},
		{"one more", func(p *strategy.Playbook) { p.Operations[0].Audience = strategy.Audience{AnyOf: many} }, "operations[0].audience: 101 labels: want at most 100"},
		{"end before start", func(p *strategy.Playbook) {
			p.Operations[0].Dates = strategy.Window{Start: at("2026-01-02T00:00:00Z"), End: at("2026-01-01T00:00:00Z")}
		}, "operations[0].dates.end: 2026-01-01T00:00:00Z is not after start, 2026-01-02T00:00:00Z"},
		{"end at start", func(p *strategy.Playbook) {
			p.Operations[0].Dates = strategy.Window{Start: at("2026-01-01T00:00:00Z"), End: at("2026-01-01T00:00:00Z")}
		}, "operations[0].dates.end"},
		{"one microsecond", func(p *strategy.Playbook) {
			p.Operations[0].Dates = strategy.Window{Start: at("2026-01-01T00:00:00Z"), End: at("2026-01-01T00:00:00.000001Z")}
		}, ""},
		{"less than that", func(p *strategy.Playbook) {
			p.Operations[0].Dates = strategy.Window{Start: at("2026-01-01T00:00:00Z"), End: at("2026-01-01T00:00:00.000000999Z")}
		}, "operations[0].dates.end"},
		{"end alone", func(p *strategy.Playbook) { p.Operations[0].Dates.End = at("2026-01-01T00:00:00Z") }, ""},
		{"year 10000", func(p *strategy.Playbook) {
			p.Operations[0].Dates.End = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
		}, "operations[0].dates.end: is in the year 10000: want 1 to 9999"},
		{"year 10000 in UTC", func(p *strategy.Playbook) { p.Operations[0].Dates.End = at("9999-12-31T23:59:59-01:00") }, "operations[0].dates.end: is in the year 10000"},
		{"year 0 in UTC", func(p *strategy.Playbook) { p.Operations[0].Dates.Start = at("0001-01-01T00:59:59+01:00") }, "operations[0].dates.start: is in the year 0"},
		{"the last second of all", func(p *strategy.Playbook) { p.Operations[0].Dates.End = at("9999-12-31T23:59:59Z") }, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := strategy.Playbook{
				Name: "test",
				Operations: []strategy.Operation{
					operation("a", 2, strategy.Audience{AllOf: []string{"stage=new"}}),
					operation("b", 1, strategy.Audience{NoneOf: []string{"stage=new"}}),
				},
				Fallback: &strategy.Operation{Name: "c", Objective: "a visit", Channel: "site"},
			}
			test.change(&p)
			err := p.Validate()
			expect(t, err, test.want)
			policy, compileErr := strategy.NewPolicy(p)
			if (err == nil) != (compileErr == nil) || (err == nil) != (policy != nil) {
				t.Errorf("Validate says %v, NewPolicy %v", err, compileErr)
			}
		})
	}
}

func TestValidateReportsEveryFault(t *testing.T) {
	p := strategy.Playbook{Operations: []strategy.Operation{
		{Priority: -1, Audience: strategy.Audience{AllOf: []string{"x", "stage=gone"}}},
		operation("b", 1, strategy.Audience{AnyOf: []string{"stge=new"}}),
	}}
	const want = `operations[0].name: missing
operations[0].objective: missing: want what the operation is for
operations[0].audience.allOf[0]: "x": want key=value
operations[0].audience.allOf[1]: "stage=gone": unknown value "gone" of stage: want active, churned, follower, new, returned or silent
operations[0].channel: missing
operations[0].priority: -1: want 0 to 1000000
operations[1].audience.anyOf[0]: "stge=new": unknown key "stge": want layer, promotion, quadrant, segment or stage`
	err := p.ValidateWith(strategy.StarterLabels())
	if err == nil {
		t.Fatal("no fault")
	}
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// FuzzParsePlaybook: what is read can be written, is read back the same, and
// compiles.
func FuzzParsePlaybook(f *testing.F) {
	f.Add([]byte(wholeDocument))
	starter, err := json.Marshal(strategy.Starter())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(starter)
	for _, name := range strategy.Practices() {
		p, _ := strategy.Practice(name)
		data, err := json.Marshal(p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	everything, err := json.Marshal(shared())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(everything)
	f.Add([]byte(`{"operations":[{"name":"a","objective":"o","channel":"c","priority":1,"audience":{"anyOf":["a=b=c"]}}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := strategy.ParsePlaybook(data)
		if err != nil {
			return
		}
		written, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		again, err := strategy.ParsePlaybook(written)
		if err != nil {
			t.Fatalf("%v\n%s", err, written)
		}
		first, err := strategy.NewPolicy(p)
		if err != nil {
			t.Fatal(err)
		}
		second, err := strategy.NewPolicy(again)
		if err != nil {
			t.Fatal(err)
		}
		if first.ID() != second.ID() {
			t.Errorf("policy %s is read back as %s\n%s", first.ID(), second.ID(), written)
		}
		first.Decide(strategy.Customer{ID: "u1", Labels: p.Labels()}, time.Time{})
		first.Since(time.Time{})
	})
}
