package strategy_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/strategy"
)

// tenThousand returns customers, half of them of the waist, a tenth new.
func tenThousand() []strategy.Customer {
	people := make([]strategy.Customer, 10_000)
	for i := range people {
		c := strategy.Customer{ID: fmt.Sprintf("u%05d", i), Zone: "UTC"}
		switch {
		case i%2 == 0:
			c.Labels = []string{"layer=waist", "city=vienna", "city=vienna"}
		case i%5 == 0:
			c.Labels = []string{"stage=new", "city=graz"}
		default:
			c.Labels = []string{"city=graz"}
		}
		if i%4 == 0 {
			c.Consents = []strategy.Consent{{Channel: "sms", Granted: true}}
		}
		people[i] = c
	}
	return people
}

func TestPreflight(t *testing.T) {
	p := smart()
	p.Objectives[0].Customers = 0
	p.Objectives[0].Population = strategy.Audience{AllOf: []string{"stage=new"}}
	p.Objectives[1].Customers = 0
	p.Channels = []strategy.Channel{{Name: "sms", Consent: strategy.OptIn, Costs: map[string]strategy.Micros{"messages": 50_000}}, {Name: "email", Consent: strategy.OptIn}}
	p.Budgets = []strategy.Budget{{Name: "messages", Unit: "money", Limit: 100 * strategy.One}}
	p.QuietHours = []strategy.QuietHours{quietHours(t, "22:00", "08:00")}
	step := operation("one step up", 2, strategy.Audience{AllOf: []string{"layer=waist"}})
	step.Objective, step.Channel = "rise", "sms"
	survey := operation("survey", 3, strategy.Audience{AllOf: []string{"layer=core"}, Numbers: []strategy.Range{{Number: "orders", AtLeast: new(3.0)}}})
	survey.Objective, survey.Channel = "rise", "email"
	survey.CoolDowns = []strategy.CoolDown{{For: regulars.Months(11)}}
	p.Operations = []strategy.Operation{step, survey}
	policy := compile(t, p)
	people := tenThousand()
	now := at("2027-03-01T12:00:00Z")
	got, err := policy.Preflight(slices.Values(people), now)
	if err != nil {
		t.Fatal(err)
	}

	held := func(keep func(int) bool) (n int64) {
		for i, c := range people {
			if keep(i) && p.Holdouts[0].In(c.ID) {
				n++
			}
		}
		return n
	}
	waistHeld, newHeld := held(func(i int) bool { return i%2 == 0 }), held(func(i int) bool { return i%2 == 1 && i%5 == 0 })
	wouldHeld := held(func(i int) bool { return i%4 == 0 })
	graz := strategy.LeftOut{Label: "city=graz", Customers: 5000, Unserved: 5000}
	fresh := strategy.LeftOut{Label: "stage=new", Customers: 1000, Unserved: 1000}
	chosen := 2500 - wouldHeld
	unserved := 5000 - chosen - wouldHeld // of the waist: without consent
	effect := (1.959963984540054 + 0.8416212335729143) * math.Sqrt(0.05*0.95*(1/float64(waistHeld)+1/float64(5000-waistHeld)))
	neededAt10 := int64(42_201)
	want := strategy.Preflight{
		Policy: policy.ID(), Customers: 10_000, Served: chosen, HeldOut: wouldHeld,
		LeftOut: []strategy.LeftOut{graz, {Label: "city=vienna", Customers: 5000, Unserved: unserved}, {Label: "layer=waist", Customers: 5000, Unserved: unserved}, fresh},
		Operations: []strategy.OperationForecast{
			{Operation: "survey", Spend: []strategy.BudgetForecast{}},
			{Operation: "one step up", Audience: 5000, HeldOut: waistHeld, Chosen: chosen, SmallestEffect: &effect, Spend: []strategy.BudgetForecast{
				{Budget: "messages", Spend: strategy.Micros(chosen) * 50_000, Limit: 100 * strategy.One},
			}},
		},
		Objectives: []strategy.ObjectiveForecast{
			{Objective: "rise", Customers: 5000, HeldOut: waistHeld, Needed: neededAt10}, {Objective: "sell", Customers: 1000, HeldOut: newHeld, Needed: neededAt10},
		},
		Budgets: []strategy.BudgetForecast{{Budget: "messages", Spend: strategy.Micros(chosen) * 50_000, Limit: 100 * strategy.One}},
		Lacks:   strategy.Lacks{Labels: []string{"layer=core"}, Numbers: []string{"orders"}, Consents: []string{"email"}},
	}
	options := cmp.Options{cmpopts.IgnoreFields(strategy.OperationForecast{}, "Verdicts"), cmpopts.EquateApprox(1e-12, 0)}
	if diff := cmp.Diff(want, got, options); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"survey"}, got.NeverChosen()); diff != "" {
		t.Errorf("never chosen (-want +got)\n%s", diff)
	}

	// It is the path of the decision itself.
	summary := policy.Count(slices.Values(people), now)
	for _, o := range got.Operations {
		total := int64(0)
		for i, c := range o.Verdicts {
			total += c.Times
			if c.Times != summary.Of(o.Operation, c.Code) || i > 0 && c.Times > o.Verdicts[i-1].Times {
				t.Errorf("%s: %v", o.Operation, o.Verdicts)
			}
		}
		if total != 10_000 {
			t.Errorf("%s has %d verdicts", o.Operation, total)
		}
	}

	slices.Reverse(people)
	again, err := policy.Preflight(slices.Values(people), now)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, again); diff != "" {
		t.Errorf("in another order (-want +got)\n%s", diff)
	}
}

func TestPreflightOfNobody(t *testing.T) {
	policy := compile(t, strategy.Playbook{Operations: []strategy.Operation{operation("a", 1, strategy.Audience{})}})
	got, err := policy.Preflight(slices.Values([]strategy.Customer(nil)), epoch)
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"policy":"` + policy.ID() + `","customers":0,"served":0,"heldOut":0,"leftOut":[],` +
		`"operations":[{"operation":"a","audience":0,"heldOut":0,"chosen":0,"verdicts":[],"spend":[]}],"objectives":[],"budgets":[],` +
		`"lacks":{"labels":[],"numbers":[],"consents":[]},"zoneAssumed":0}`
	if diff := cmp.Diff(want, string(data)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Labels beyond the limit are counted together, and spending out of range is an
// error.
func TestPreflightLimits(t *testing.T) {
	o := operation("a", 1, strategy.Audience{})
	o.Costs = map[string]strategy.Micros{"money": math.MaxInt64}
	policy := compile(t, strategy.Playbook{
		Operations: []strategy.Operation{o}, Budgets: []strategy.Budget{{Name: "money", Unit: "money", Limit: math.MaxInt64}},
	})
	if _, err := policy.Preflight(slices.Values([]strategy.Customer{{ID: "a"}, {ID: "b"}}), epoch); err == nil {
		t.Error("no error")
	}
	many := strategy.Customer{ID: "a"}
	for i := range strategy.MaxSeenLabels + 3 {
		many.Labels = append(many.Labels, fmt.Sprintf("n=%d", i))
	}
	got, err := policy.Preflight(slices.Values([]strategy.Customer{many}), epoch)
	if err != nil || got.OtherLabels != 3 || got.Served != 1 || len(got.LeftOut) != 0 {
		t.Errorf("%d other labels, %d served, %d left out, %v", got.OtherLabels, got.Served, len(got.LeftOut), err)
	}
}
