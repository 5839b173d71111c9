package strategy_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/strategy"
)

func summaryJSON(t interface{ Fatal(...any) }, s *strategy.Summary) string {
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// Property: counting in one go, one by one in any order, or in shards that are
// then merged in any bracketing, with a way through JSON, gives the same bytes,
// and every operation has a verdict for each customer.
func TestAnySplitTheSameBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		policy := compileDrawn(t, playbooks().Draw(t, "playbook"))
		now := instants().Draw(t, "now")
		people := rapid.SliceOfN(customers(), 1, 12).Draw(t, "customers")
		whole := policy.Count(slices.Values(people), now)
		want := summaryJSON(t, &whole)

		var single strategy.Summary
		for d := range policy.DecideAll(slices.Values(rapid.Permutation(people).Draw(t, "order")), now) {
			if err := single.Add(d); err != nil {
				t.Fatal(err)
			}
		}
		at1 := rapid.IntRange(0, len(people)).Draw(t, "split")
		at2 := rapid.IntRange(at1, len(people)).Draw(t, "second split")
		var shards [3]strategy.Summary
		for i, part := range [][]strategy.Customer{people[:at1], people[at1:at2], people[at2:]} {
			counted := policy.Count(slices.Values(part), now)
			if err := json.Unmarshal([]byte(summaryJSON(t, &counted)), &shards[i]); err != nil {
				t.Fatal(err)
			}
		}
		if rapid.Bool().Draw(t, "from the left") {
			merge(t, &shards[0], &shards[1])
			merge(t, &shards[0], &shards[2])
		} else {
			merge(t, &shards[1], &shards[2])
			merge(t, &shards[0], &shards[1])
		}
		for name, got := range map[string]*strategy.Summary{"one by one": &single, "merged": &shards[0]} {
			if diff := cmp.Diff(want, summaryJSON(t, got)); diff != "" {
				t.Errorf("%s (-want +got)\n%s", name, diff)
			}
		}
		for _, o := range whole.Operations() {
			n := int64(0)
			for _, code := range strategy.Codes() {
				n += whole.Of(o, code)
			}
			if n != int64(len(people)) {
				t.Errorf("%s has %d verdicts for %d customers", o, n, len(people))
			}
		}
		if whole.Verdicts(strategy.Chosen)+whole.Unserved() != whole.Customers() {
			t.Errorf("%d chosen and %d unserved of %d", whole.Verdicts(strategy.Chosen), whole.Unserved(), whole.Customers())
		}
	})
}

func merge(t interface{ Fatal(...any) }, into, other *strategy.Summary) {
	if err := into.Merge(other); err != nil {
		t.Fatal(err)
	}
}

func TestSummaryRefuses(t *testing.T) {
	policy := compile(t, november())
	now := at("2026-11-11T00:00:00Z")
	c := strategy.Customer{ID: "u1", Labels: []string{"layer=core"}}
	foreign := compile(t, strategy.Starter()).Decide(c, now)
	tests := []struct {
		name   string
		change func(*strategy.Decision)
		want   string
	}{
		{"another policy", func(d *strategy.Decision) { *d = foreign }, "another policy"},
		{"no policy", func(d *strategy.Decision) { d.Policy = "" }, "without policy or verdicts"},
		{"no verdict", func(d *strategy.Decision) { d.Verdicts = nil }, "without policy or verdicts"},
		{"a verdict is missing", func(d *strategy.Decision) { d.Verdicts = d.Verdicts[:2] }, "another policy"},
		{"an operation is unknown", func(d *strategy.Decision) { d.Verdicts[0].Operation = "x" }, "another policy"},
		{"no code", func(d *strategy.Decision) { d.Verdicts[0].Code = 0 }, `operation "gift" has no code`},
		{"no such code", func(d *strategy.Decision) { d.Verdicts[0].Code = 99 }, `operation "gift" has no code`},
		{"two chosen", func(d *strategy.Decision) { d.Verdicts[0].Code = strategy.Chosen }, `operation "gift" is chosen, where "survey" was chosen`},
		{"chosen, but not said", func(d *strategy.Decision) { d.Chosen = "" }, `operation "survey" is chosen, where "" was chosen`},
		{"chosen without a verdict", func(d *strategy.Decision) { d.Chosen = "x" }, `operation "survey" is chosen, where "x" was chosen`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := policy.Count(slices.Values([]strategy.Customer{c}), now)
			before := summaryJSON(t, &s)
			d := policy.Decide(c, now)
			test.change(&d)
			err := s.Add(d)
			if err == nil {
				t.Error("no error")
			}
			expect(t, err, test.want)
			if after := summaryJSON(t, &s); after != before {
				t.Errorf("it changed to %s", after)
			}
			if strings.Contains(test.want, "another policy") != errors.Is(err, strategy.ErrOtherPolicy) {
				t.Errorf("%v is ErrOtherPolicy or is it not", err)
			}
		})
	}
	t.Run("two verdicts on one", func(t *testing.T) {
		var s strategy.Summary
		d := policy.Decide(c, now)
		d.Verdicts[0].Operation = "news"
		expect(t, s.Add(d), `operation "news" has no name or two verdicts`)
		if s.Customers() != 0 || s.Policy() != "" {
			t.Error("it was counted")
		}
	})
	t.Run("merge", func(t *testing.T) {
		one := policy.Count(slices.Values([]strategy.Customer{c}), now)
		two := compile(t, strategy.Starter()).Count(slices.Values([]strategy.Customer{c}), now)
		if err := one.Merge(&two); !errors.Is(err, strategy.ErrOtherPolicy) {
			t.Errorf("got %v", err)
		}
		if one.Customers() != 1 {
			t.Errorf("%d customers", one.Customers())
		}
	})
}

func TestEmptySummary(t *testing.T) {
	var s, other strategy.Summary
	merge(t, &s, &other)
	if got, want := summaryJSON(t, &s), `{"policy":"","customers":0,"unserved":0,"operations":[]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if err := json.Unmarshal([]byte(summaryJSON(t, &s)), &other); err != nil {
		t.Error(err)
	}
	if s.Of("gift", strategy.Chosen) != 0 || s.Verdicts(strategy.Chosen) != 0 || s.Verdicts(200) != 0 {
		t.Error("it counts what is not there")
	}
	policy := compile(t, november())
	counted := policy.Count(slices.Values([]strategy.Customer{{ID: "u1"}}), at("2026-11-11T00:00:00Z"))
	merge(t, &s, &counted)
	merge(t, &s, &s)
	if s.Customers() != 2 || counted.Customers() != 1 || counted.Of("news", strategy.Chosen) != 1 {
		t.Errorf("merged %s from %s", summaryJSON(t, &s), summaryJSON(t, &counted))
	}
	if counted.Of("news", 200) != 0 {
		t.Error("a code that does not exist was counted")
	}
}

func TestSummaryUnmarshalRefuses(t *testing.T) {
	const good = `{"policy":"p","customers":3,"unserved":1,"operations":[
		{"operation":"a","verdicts":{"chosen":2,"ended":0,"excluded":0,"lacks label":1}}]}`
	var s strategy.Summary
	if err := json.Unmarshal([]byte(good), &s); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, from, to, want string }{
		{"unknown key", `"verdicts"`, `"counts"`, `operations[0]: unknown key "counts"`},
		{"unknown code", `"ended"`, `"finished"`, `operations[0].verdicts: unknown code "finished"`},
		{"verdicts short of the customers", `"customers":3`, `"customers":4`, "operations[0]: has not one verdict for each of 4 customers"},
		{"negative count", `"chosen":2,"ended":0`, `"chosen":3,"ended":-1`, "operations[0]: has not one verdict"},
		{"overflow", `"ended":0,"excluded":0`, `"ended":9223372036854775807,"excluded":9223372036854775807`, "operations[0]: has not one verdict"},
		{"negative customers", `"customers":3`, `"customers":-3`, "customers: -3: want 0 to 9007199254740992"},
		{"too many customers", `"customers":3`, `"customers":9007199254740993`, "customers: 9007199254740993: want 0 to 9007199254740992"},
		{"unserved", `"unserved":1`, `"unserved":2`, "unserved: 2: want 1"},
		{"no policy", `"policy":"p"`, `"policy":""`, `policy: "" with 1 operations: want both or neither`},
		{"one operation twice", `{"operation"`, `{"operation":"a","verdicts":{"not started":3}},{"operation"`, `operations[1].operation: "a" comes twice`},
		{"too many operations", `{"operation"`, strings.Repeat(`{},`, 501) + `{"operation"`, "operations: 502 operations: want at most 500 and a fallback"},
		{"no name", `"operation":"a"`, `"operation":""`, "operations[0].operation: missing"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := s.UnmarshalJSON([]byte(strings.Replace(good, test.from, test.to, 1)))
			if err == nil {
				t.Error("no error")
			}
			expect(t, err, test.want)
			if s.Customers() != 3 || s.Of("a", strategy.Chosen) != 2 {
				t.Errorf("it changed to %s", summaryJSON(t, &s))
			}
		})
	}
}

// At the limit a summary takes nobody more.
func TestSummaryIsFull(t *testing.T) {
	policy := compile(t, strategy.Playbook{Operations: []strategy.Operation{operation("a", 1, strategy.Audience{})}})
	var s strategy.Summary
	full := strings.ReplaceAll(`{"policy":"ID","customers":9007199254740992,"unserved":0,"operations":[
		{"operation":"a","verdicts":{"chosen":9007199254740992}}]}`, "ID", policy.ID())
	if err := json.Unmarshal([]byte(full), &s); err != nil {
		t.Fatal(err)
	}
	now := at("2026-11-11T00:00:00Z")
	if err := s.Add(policy.Decide(strategy.Customer{}, now)); !errors.Is(err, strategy.ErrTooMany) {
		t.Errorf("Add: %v", err)
	}
	one := policy.Count(slices.Values([]strategy.Customer{{}}), now)
	if err := s.Merge(&one); !errors.Is(err, strategy.ErrTooMany) {
		t.Errorf("Merge: %v", err)
	}
	if s.Customers() != strategy.MaxCustomers {
		t.Errorf("%d customers", s.Customers())
	}
}

// FuzzSummary: what is read is written in one way.
func FuzzSummary(f *testing.F) {
	policy := compile(f, strategy.Starter())
	s := policy.Count(slices.Values([]strategy.Customer{{Labels: []string{"stage=silent"}}, {}}), at("2026-11-11T00:00:00Z"))
	f.Add([]byte(summaryJSON(f, &s)))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var s, again strategy.Summary
		if err := s.UnmarshalJSON(data); err != nil {
			return
		}
		written := summaryJSON(t, &s)
		if err := again.UnmarshalJSON([]byte(written)); err != nil {
			t.Fatalf("%v\n%s", err, written)
		}
		if diff := cmp.Diff(written, summaryJSON(t, &again)); diff != "" {
			t.Errorf("(-written +again)\n%s", diff)
		}
	})
}
