package tracking

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars"
)

const shopPlan = `{
	"name": "shop",
	"reserved": ["distinct_id"],
	"window": {"past": "7d", "ahead": "1h"},
	"events": [
		{"name": "order", "title": "提交订单", "properties": [
			{"name": "amount", "kind": "decimal", "required": true, "unit": "CNY", "min": 0, "max": 100000},
			{"name": "items", "kind": "int", "min": 1},
			{"name": "channel", "kind": "enum", "values": ["app", "web", "store"]},
			{"name": "phone", "kind": "string", "pii": true},
			{"name": "gift", "kind": "bool"},
			{"name": "wanted", "kind": "date"},
			{"name": "paid", "kind": "time"},
			{"name": "coupons", "kind": "list"}
		]},
		{"name": "view", "properties": [{"name": "page", "kind": "string", "required": true}]},
		{"name": "login"}
	]
}`

func mustPlan(t testing.TB, text string) Plan {
	t.Helper()
	p, err := ParsePlan([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func shop(t testing.TB) *Validator {
	t.Helper()
	v, err := NewValidator(mustPlan(t, shopPlan), nil)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestPlanFaults(t *testing.T) {
	event := func(properties string) string {
		return `{"events": [{"name": "e", "properties": [` + properties + `]}]}`
	}
	tests := []struct {
		name, plan string
		want       []string
	}{
		{"no events", `{"events": []}`, []string{"events: 0 events: want 1 to 5000"}},
		{"unknown key", `{"events": [{"name": "e", "props": []}]}`, []string{`events[0]: unknown key "props": want one of "name", "title", "properties"`}},
		{"repeated key", `{"name": "a", "name": "b", "events": [{"name": "e"}]}`, []string{`duplicate key "name"`}},
		{"event twice", `{"events": [{"name": "e"}, {"name": "e"}]}`, []string{`events[1].name: "e" is there already`}},
		{"events that differ by case", `{"events": [{"name": "Order"}, {"name": "order"}]}`, []string{`events[1].name: "order" differs only by case from "Order"`}},
		{"reserved event", `{"events": [{"name": "$pageview"}]}`, []string{`events[0].name: "$pageview" is reserved`}},
		{"reserved property", `{"reserved": ["Time"], "events": [{"name": "e", "properties": [{"name": "time", "kind": "int"}]}]}`, []string{`events[0].properties[0].name: "time" is reserved`}},
		{"reserved twice", `{"reserved": ["a", "a"], "events": [{"name": "e"}]}`, []string{`reserved[1]: "a" stands there already`}},
		{"missing names", `{"events": [{"name": "", "properties": [{"name": "", "kind": "int"}]}]}`, []string{"events[0].name: missing", "events[0].properties[0].name: missing"}},
		{"spaces", event(`{"name": " p", "kind": "int"}`), []string{`events[0].properties[0].name: " p": want printable text without spaces at its ends`}},
		{"long name", event(`{"name": "` + strings.Repeat("x", 129) + `", "kind": "int"}`), []string{"events[0].properties[0].name: has 129 bytes: want at most 128"}},
		{"no kind", event(`{"name": "p"}`), []string{`events[0].properties[0].kind: "": want bool, int, decimal, string, enum, date, time or list`}},
		{"other kind", event(`{"name": "p", "kind": "number"}`), []string{`events[0].properties[0].kind: "number": want bool, int, decimal, string, enum, date, time or list`}},
		{"enum without dictionary", event(`{"name": "p", "kind": "enum"}`), []string{"events[0].properties[0].values: missing: want what the enum may be"}},
		{"dictionary of a string", event(`{"name": "p", "kind": "string", "values": ["a"]}`), []string{"events[0].properties[0].values: only an enum has a dictionary, not string"}},
		{"dictionary with a repetition", event(`{"name": "p", "kind": "enum", "values": ["a", "b", "a"]}`), []string{`events[0].properties[0].values[2]: "a" is text 0 already`}},
		{"bounds of a text", event(`{"name": "p", "kind": "string", "min": 1}`), []string{"events[0].properties[0].min: a property of kind string has no bounds"}},
		{"bounds upside down", event(`{"name": "p", "kind": "int", "min": 2, "max": 1}`), []string{"events[0].properties[0].max: 1 is below min, 2"}},
		{"window", `{"window": {"past": "soon"}, "events": [{"name": "e"}]}`, []string{`window.past: "soon" is not a span: want a number and s, m, h, d, w, mo or y, such as "90d"`}},
		{
			"all at once", event(`{"name": "p", "kind": "int"}, {"name": "P", "kind": "enum"}`),
			[]string{`events[0].properties[1].name: "P" differs only by case from "p"`, "events[0].properties[1].values: missing: want what the enum may be"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ParsePlan([]byte(tt.plan))
			faults, _ := err.(regulars.Faults) //nolint:errorlint // it is documented to be just that
			var got []string
			for _, f := range faults {
				got = append(got, f.String())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
		})
	}
}

func TestValidatorKeepsACopy(t *testing.T) {
	p := mustPlan(t, shopPlan)
	v, err := NewValidator(p, nil)
	if err != nil {
		t.Fatal(err)
	}
	p.Events[0].Properties[2].Values[0] = "changed"
	*p.Events[0].Properties[0].Max = 1
	got := v.Check(order("1", map[string]any{"amount": 7, "channel": "app"}))
	if got.Fate != Accepted {
		t.Errorf("after a change to the plan: %v", got.Violations)
	}
}

func FuzzParsePlan(f *testing.F) {
	f.Add([]byte(shopPlan))
	f.Fuzz(func(_ *testing.T, data []byte) {
		if p, err := ParsePlan(data); err == nil {
			v, err := NewValidator(p, nil)
			if err != nil {
				panic(err)
			}
			v.Check(Event{Name: p.Events[0].Name, Properties: map[string]any{"a": 1}})
		}
	})
}
