package strategy_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars/strategy"
)

// shaken is a playbook with a coupon, a plainer one that stands ready, and a
// budget.
func shaken() strategy.Playbook {
	return strategy.Playbook{
		Budgets: []strategy.Budget{{Name: "coupons", Unit: "money", Limit: 1000 * strategy.One}},
		Operations: []strategy.Operation{
			{Name: "coupon", Objective: "a first order", Channel: "push", Costs: map[string]strategy.Micros{"coupons": strategy.One}},
			{Name: "plain greeting", Objective: "a first order", Channel: "push", Stopped: true},
		},
	}
}

const shakenPlan = `{
	"watches": [
		{"name": "orders fall", "metric": "orders"},
		{"name": "complaints", "metric": "complaints", "side": "either"}],
	"contingencies": [
		{"watch": "orders fall", "do": "swap", "operation": "coupon", "with": "plain greeting", "act": true},
		{"watch": "complaints", "side": "rises", "do": "pause", "operation": "coupon"},
		{"watch": "complaints", "do": "cut", "budget": "coupons", "keep": 0.333333, "act": true}]}`

func plan(t *testing.T, text string) strategy.Plan {
	t.Helper()
	p, err := strategy.ParsePlan([]byte(text), shaken())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func playbookJSON(t *testing.T, p strategy.Playbook) string {
	t.Helper()
	data, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestRespond(t *testing.T) {
	before := playbookJSON(t, shaken())
	given := shaken()
	r, err := plan(t, shakenPlan).Respond(given, []strategy.Signal{
		{Watch: "orders fall", Metric: "orders", Day: "2026-03-06", Since: "2026-03-02", Side: strategy.Falls, Mean: -1.6},
		{Watch: "complaints", Metric: "complaints", Day: "2026-03-09", Since: "2026-03-08", Side: strategy.Rises, Mean: 3},
		{Watch: "complaints", Metric: "complaints", Day: "2026-03-04", Since: "2026-03-03", Side: strategy.Falls, Mean: -3},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var because []string
	for _, p := range r.Proposals {
		because = append(because, p.Because())
	}
	want := []string{
		`done: swap "coupon" for "plain greeting", as orders fall: orders fell since 2026-03-02, by 1.6 standard deviations a day; seen on 2026-03-06`,
		`nothing to do: pause "coupon", as complaints: complaints rose since 2026-03-08, by 3.0 standard deviations a day; seen on 2026-03-09`,
		`done: cut budget "coupons" from 1000 to 333.333, as complaints: complaints rose since 2026-03-08, by 3.0 standard deviations a day; seen on 2026-03-09`,
	}
	if diff := cmp.Diff(want, because); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	changed := shaken()
	changed.Operations[0].Stopped, changed.Operations[1].Stopped = true, false
	changed.Budgets[0].Limit = 333_333_000
	if diff := cmp.Diff(changed, r.Playbook); diff != "" || !r.Changed {
		t.Errorf("changed %t (-want +got):\n%s", r.Changed, diff)
	}
	if playbookJSON(t, given) != before {
		t.Error("the playbook that was given has changed")
	}
	if _, err := strategy.NewPolicy(r.Playbook); err != nil {
		t.Errorf("what is left is no policy: %v", err)
	}
}

// What was handled is not done again: the same reading leads to nothing.
func TestRespondTwice(t *testing.T) {
	signals := []strategy.Signal{
		{Watch: "complaints", Day: "2026-03-04", Side: strategy.Rises},
		{Watch: "complaints", Day: "2026-03-09", Side: strategy.Rises},
	}
	p := plan(t, shakenPlan)
	first, err := p.Respond(shaken(), signals, []string{"orders fall 2026-01-01"})
	if err != nil {
		t.Fatal(err)
	}
	if first.Playbook.Budgets[0].Limit != 333_333_000 || first.Proposals[0].Signal.Day != "2026-03-09" {
		t.Errorf("two signals at once: %v, %v", first.Playbook.Budgets, first.Proposals)
	}
	want := []string{"complaints 2026-03-04", "complaints 2026-03-09", "orders fall 2026-01-01"}
	if diff := cmp.Diff(want, first.Handled); diff != "" {
		t.Errorf("handled (-want +got):\n%s", diff)
	}
	second, err := p.Respond(first.Playbook, signals, first.Handled)
	if err != nil || len(second.Proposals) != 0 || second.Changed || playbookJSON(t, second.Playbook) != playbookJSON(t, first.Playbook) {
		t.Errorf("%v, %+v", err, second)
	}
}

// Without Act a plan proposes and changes nothing; who accepts applies.
func TestProposalsOnly(t *testing.T) {
	p := plan(t, strings.ReplaceAll(shakenPlan, `, "act": true`, ""))
	r, err := p.Respond(shaken(), []strategy.Signal{{Watch: "orders fall", Day: "2026-03-06", Side: strategy.Falls}}, nil)
	if err != nil || r.Changed || len(r.Proposals) != 1 || r.Proposals[0].Acted || playbookJSON(t, r.Playbook) != playbookJSON(t, shaken()) {
		t.Fatalf("%v, %+v", err, r)
	}
	accepted, err := r.Proposals[0].Apply(r.Playbook)
	if err != nil || !accepted.Operations[0].Stopped || accepted.Operations[1].Stopped {
		t.Errorf("%v, %+v", err, accepted.Operations)
	}
	if _, err := r.Proposals[0].Apply(strategy.Playbook{}); err == nil {
		t.Error("it is applied to a playbook without the operation")
	}
	again, err := r.Proposals[0].Apply(accepted)
	if err != nil || playbookJSON(t, again) != playbookJSON(t, accepted) {
		t.Error("applied twice it does more than once")
	}
}

// Where there is nothing to do, nothing is said to be done, and a signal on the
// other side leads to nothing.
func TestRespondIdle(t *testing.T) {
	done := shaken()
	done.Operations[0].Stopped, done.Operations[1].Stopped = true, false
	r, err := plan(t, shakenPlan).Respond(done, []strategy.Signal{{Watch: "orders fall", Day: "2026-03-06", Side: strategy.Falls}}, nil)
	if err != nil || len(r.Proposals) != 1 || !r.Proposals[0].Idle || r.Proposals[0].Acted || r.Changed {
		t.Errorf("%v, %+v", err, r)
	}
	r, err = plan(t, shakenPlan).Respond(shaken(), []strategy.Signal{{Watch: "complaints", Day: "2026-03-06", Side: strategy.Falls}}, nil)
	if err != nil || len(r.Proposals) != 1 || r.Proposals[0].Do != strategy.Cut {
		t.Errorf("%v, %+v", err, r.Proposals)
	}
}

// The least that is left of a budget is a millionth: it has no limit of 0.
func TestCutOfNearlyNothing(t *testing.T) {
	p := shaken()
	p.Budgets[0].Limit = 2
	cut := strategy.Proposal{Contingency: strategy.Contingency{Do: strategy.Cut, Budget: "coupons", Keep: 1}}
	got, err := cut.Apply(p)
	if err != nil || got.Budgets[0].Limit != 1 {
		t.Errorf("%v, %v", got.Budgets, err)
	}
	p.Budgets[0].Limit = 1<<63 - 1
	cut.Keep = strategy.One - 1
	if got, err = cut.Apply(p); err != nil || got.Budgets[0].Limit != 9_223_362_813_482_738_952 {
		t.Errorf("%d, %v", got.Budgets[0].Limit, err)
	}
	if _, err := cut.Apply(strategy.Playbook{}); err == nil {
		t.Error("a budget that is not there is cut")
	}
}

func TestPlanRefused(t *testing.T) {
	tests := []struct{ name, contingency, want string }{
		{"no such watch", `{"watch": "x", "do": "pause", "operation": "coupon"}`, "contingencies[0].watch"},
		{"no such operation", `{"watch": "orders fall", "do": "pause", "operation": "x"}`, "contingencies[0].operation"},
		{"nothing to do", `{"watch": "orders fall"}`, `contingencies[0].do: "": want "pause", "swap" or "cut"`},
		{"a pause with another", `{"watch": "orders fall", "do": "pause", "operation": "coupon", "with": "plain greeting"}`, "contingencies[0].with"},
		{"a swap for itself", `{"watch": "orders fall", "do": "swap", "operation": "coupon", "with": "coupon"}`, `contingencies[0].with: "coupon" is operation`},
		{"a swap for none", `{"watch": "orders fall", "do": "swap", "operation": "coupon"}`, `contingencies[0].with: "" is no operation`},
		{"no such budget", `{"watch": "orders fall", "do": "cut", "budget": "x", "keep": 0.5}`, "contingencies[0].budget"},
		{"all of it", `{"watch": "orders fall", "do": "cut", "budget": "coupons", "keep": 1}`, "contingencies[0].keep: 1"},
		{"nothing of it", `{"watch": "orders fall", "do": "cut", "budget": "coupons"}`, "contingencies[0].keep: 0"},
		{"a cut of an operation", `{"watch": "orders fall", "do": "cut", "budget": "coupons", "keep": 0.5, "operation": "coupon"}`, "contingencies[0].operation"},
		{"a side that is not watched", `{"watch": "orders fall", "side": "rises", "do": "pause", "operation": "coupon"}`, "contingencies[0].side: watch"},
		{"no such side", `{"watch": "orders fall", "side": "up", "do": "pause", "operation": "coupon"}`, `contingencies[0].side: "up"`},
		{"an unknown key", `{"watch": "orders fall", "doo": "pause"}`, "doo"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := strategy.ParsePlan([]byte(`{"watches": [{"name": "orders fall", "metric": "orders"}], "contingencies": [`+tt.contingency+`]}`), shaken())
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
	two := `{"watches": [{"name": "w", "metric": "m"}, {"name": "w", "metric": "", "weeks": 1}]}`
	if _, err := strategy.ParsePlan([]byte(two), shaken()); err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("error %v, want three faults", err)
	}
	listed := shaken()
	listed.Metrics = []strategy.Metric{{Name: "orders"}}
	if _, err := strategy.ParsePlan([]byte(`{"watches": [{"name": "w", "metric": "profit"}]}`), listed); err == nil || !strings.Contains(err.Error(), "watches[0].metric") {
		t.Errorf("error %v, want the metric's", err)
	}
	if _, err := (strategy.Plan{Contingencies: []strategy.Contingency{{}}}).Respond(shaken(), nil, nil); err == nil {
		t.Error("a plan that is not valid responds")
	}
}

// A plan without contingencies, or with nothing, is read back as it was written.
func TestPlanRoundTrip(t *testing.T) {
	whole := plan(t, shakenPlan)
	for _, p := range []strategy.Plan{whole, {Watches: whole.Watches}, {}} {
		data, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(p, plan(t, string(data))); diff != "" {
			t.Errorf("%s (-want +got)\n%s", data, diff)
		}
	}
}

// FuzzParsePlan: a document is refused, or is a plan that responds, and leaves a
// playbook that is a policy.
func FuzzParsePlan(f *testing.F) {
	f.Add([]byte(shakenPlan))
	f.Add([]byte(`{"watches": [{"name": "w", "metric": "m", "weeks": 104, "slack": 5, "threshold": 20}], "contingencies": []}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := strategy.ParsePlan(data, shaken())
		if err != nil {
			return
		}
		var signals []strategy.Signal
		for _, w := range p.Watches {
			signals = append(signals, strategy.Signal{Watch: w.Name, Day: "2026-03-01", Side: strategy.Falls}, strategy.Signal{Watch: w.Name, Day: "2026-03-02", Side: strategy.Rises})
		}
		r, err := p.Respond(shaken(), signals, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := strategy.NewPolicy(r.Playbook); err != nil {
			t.Fatalf("%s leaves what is no policy: %v", data, err)
		}
	})
}
