package experiment_test

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/strategy"
	"github.com/regulars-go/regulars/strategy/experiment"
)

// giftShop is a playbook with one gift, withheld from a quarter of the customers.
func giftShop() strategy.Playbook {
	return strategy.Playbook{
		Operations: []strategy.Operation{{
			Name: "gift", Objective: "order", Channel: "sms", Value: 20 * strategy.One, Audience: strategy.Audience{AnyOf: []string{"stage=silent", "stage=churned"}},
		}},
		Holdouts: []strategy.Holdout{{Name: "2026", Salt: "2026", Share: strategy.One / 4}},
	}
}

// month is the log of a month: every customer gets a decision, and of the silent
// every fifth orders with the gift and every tenth without. Of the churned every
// twentieth orders in any case.
func month(playbook strategy.Playbook, start time.Time) *experiment.Log {
	policy, err := strategy.NewPolicy(playbook)
	check(err)
	assigner, err := experiment.NewAssigner(strategy.Host{}, playbook)
	check(err)
	log := new(experiment.Log)
	seen := map[string]int{}
	for i := range 4000 {
		customer := strategy.Customer{ID: fmt.Sprint("customer ", i), Labels: []string{"stage=silent"}}
		if i%4 == 0 {
			customer.Labels[0] = "stage=churned"
		}
		record, err := policy.Record(strategy.Case{Customer: customer, Now: start})
		check(err)
		assignment, ok, err := assigner.Assign(record)
		check(err)
		if !ok {
			continue
		}
		check(log.AddAssignment(assignment))

		every := map[string]int{"stage=silent": 10, "stage=churned": 20}[customer.Labels[0]]
		if record.Decision.Chosen == "gift" && every == 10 {
			every = 5
		}
		kind := fmt.Sprint(customer.Labels, record.Decision.Chosen)
		if seen[kind]++; seen[kind]%every == 0 {
			check(log.AddOutcome(experiment.Outcome{ID: customer.ID, Customer: customer.ID, Objective: "order", At: start.AddDate(0, 0, 3), Value: 1}))
		}
	}
	return log
}

var may = time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC)

// From decisions to the playbook of the next month.
func Example() {
	playbook := giftShop()
	log := month(playbook, may)
	attribution, err := log.Attribute(experiment.Rules{Window: regulars.Days(14), AsOf: may.AddDate(0, 1, 0)})
	check(err)
	fmt.Println("gift:", attribution.Lift(experiment.Question{Objective: "order"}, 0.95))

	evidence := attribution.Evidence(playbook, map[string]strategy.Micros{"gift": 1500 * strategy.One}, 0.95)
	reviewer := experiment.Reviewer{Reviews: 1}
	proposals, standings, err := reviewer.Review(playbook, evidence, nil)
	check(err)
	for i := range proposals {
		fmt.Println(proposals[i], "·", *proposals[i].Net)
		proposals[i].Approved = true // by somebody who has read it
	}
	next, applied, err := experiment.Apply(strategy.Host{}, playbook, proposals)
	check(err)

	effects, err := attribution.Effects(experiment.EffectRules{})
	check(err)
	read := effects.Strategy()
	next.Effects = &read // by which the next month scores
	fmt.Println(len(applied), "applied, lever", next.Operations[0].Lever, "·", standings[0].Last)
	// Output:
	// gift: +0.07547 (0.05349 to 0.09745), p 2.1e-11, of 982 and 3018; sizes as they should be, p 0.51
	// gift: raise lever from 1 to 1.25: net above 0 in 1 review · 1.012 (0.5728 to 1.452)
	// 1 applied, lever 1.25 · raise
}

func ExampleAttribution_Effects() {
	attribution, err := month(giftShop(), may).Attribute(experiment.Rules{Window: regulars.Days(14), AsOf: may.AddDate(0, 1, 0)})
	check(err)
	table, err := attribution.Effects(experiment.EffectRules{Metrics: map[string]experiment.Metric{"order": experiment.Share}})
	check(err)
	for _, row := range table.Rows {
		fmt.Printf("%s %q: %v; shrunk %v\n", row.Operation, row.Label, row.Effect, *row.Shrunk)
	}
	row, err := json.Marshal(table.Strategy().Rows[0])
	check(err)
	fmt.Println(string(row))
	// Output:
	// gift "": +0.07547 (0.05241 to 0.09646), p 6.4e-09, of 982 and 3018; shrunk 0.07547 (0.05241 to 0.09646)
	// gift "stage=churned": -0.0002385 (-0.03747 to 0.02715), p 0.99, of 244 and 756; shrunk 0.002394 (-0.02917 to 0.03396)
	// gift "stage=silent": +0.1009 (0.07236 to 0.1268), p 5.4e-10, of 738 and 2262; shrunk 0.09901 (0.07208 to 0.1259)
	// {"operation":"gift","estimate":0.07546978819547075,"low":0.052410106401293,"high":0.09646391342166505,"treated":3018,"control":982}
}

func ExampleLog_Attribute() {
	var log experiment.Log
	check(log.AddAssignment(experiment.Assignment{Decision: "d1", Customer: "ann", At: may, Operation: "gift", Objective: "order", Share: 0.25}))
	for id, day := range map[string]int{"o1": 3, "o2": 20, "o3": -1} {
		check(log.AddOutcome(experiment.Outcome{ID: id, Customer: "ann", Objective: "order", At: may.AddDate(0, 0, day), Value: 30}))
	}
	attribution, err := log.Attribute(experiment.Rules{Window: regulars.Days(14), AsOf: may.AddDate(0, 1, 0)})
	check(err)
	for _, c := range attribution.Credits() {
		fmt.Printf("%s (%s): %d order of %v\n", c.Decision, c.Operation, c.Outcomes, c.Value)
	}
	counts := attribution.Counts()
	fmt.Println(counts.Credited, "credited,", counts.Late, "late,", counts.Before, "before")
	// Output:
	// d1 (gift): 1 order of 30
	// 1 credited, 1 late, 1 before
}

// Ann has two accounts. One got the gift and one was held out, so what she does
// says nothing about the gift.
func ExampleLog_Same() {
	assigned := func(customer string, withheld bool) experiment.Assignment {
		return experiment.Assignment{Decision: "for " + customer, Customer: customer, At: may, Operation: "gift", Objective: "order", Withheld: withheld, Share: 0.25}
	}
	var log, web experiment.Log
	check(log.AddAssignment(assigned("ann", false)))
	check(web.AddAssignment(assigned("ann@example.com", true)))
	check(web.AddAssignment(assigned("bob", true)))
	check(web.AddAssignment(assigned("cai", false)))
	log.Merge(&web)
	check(log.Same("ann", "ann@example.com"))
	attribution, err := log.Attribute(experiment.Rules{Window: regulars.Days(14), AsOf: may.AddDate(0, 1, 0)})
	check(err)
	fmt.Println("in both groups:", attribution.Counts().ContaminatedPeople)
	fmt.Println("left to compare:", attribution.Lift(experiment.Question{Objective: "order"}, 0.95).Effect)
	// Output:
	// in both groups: 1
	// left to compare: nothing to say: too few, of 1 and 1
}

// A decision is named by its case's key; without one by who, when and which slot.
func ExampleDecisionName() {
	policy, err := strategy.NewPolicy(giftShop())
	check(err)
	ann := strategy.Customer{ID: "ann", Labels: []string{"stage=silent"}}
	for _, c := range []strategy.Case{{Customer: ann, Now: may, Key: "may/ann"}, {Customer: ann, Now: may, Slot: "morning"}} {
		record, err := policy.Record(c)
		check(err)
		fmt.Printf("%q\n", experiment.DecisionName(record))
	}
	// Output:
	// "may/ann"
	// "ann\x002026-05-01T09:00:00Z\x00morning"
}

func ExampleAssigner_Assign() {
	playbook := giftShop()
	policy, err := strategy.NewPolicy(playbook)
	check(err)
	assigner, err := experiment.NewAssigner(strategy.Host{}, playbook)
	check(err)
	for _, id := range []string{"customer 5", "customer 6"} {
		record, err := policy.Record(strategy.Case{Customer: strategy.Customer{ID: id, Labels: []string{"stage=silent"}}, Now: may})
		check(err)
		a, ok, err := assigner.Assign(record)
		check(err)
		fmt.Printf("%s gets %q; at stake %v, %s, withheld %v\n", id, record.Decision.Chosen, ok, a.Operation, a.Withheld)
	}
	// Output:
	// customer 5 gets "gift"; at stake true, gift, withheld false
	// customer 6 gets ""; at stake true, gift, withheld true
}

func ExampleLogRecord() {
	playbook := giftShop()
	policy, err := strategy.NewPolicy(playbook)
	check(err)
	playbook.Operations[0].Stopped = true
	candidate, err := strategy.NewPolicy(playbook)
	check(err)
	record, err := policy.Record(strategy.Case{Customer: strategy.Customer{ID: "customer 1", Labels: []string{"stage=silent"}}, Now: may})
	check(err)
	fmt.Printf("%+v\n", experiment.LogRecord(record, candidate, 1))
	// Output:
	// {Reward:1 Propensity:1 Target:0 Unseen:1 Predicted:0 Expected:0}
}

// An order brings 20, the gifts cost 1,500 in all.
func ExampleEvidence_Net() {
	e := experiment.Evidence{
		Operation: "gift", Worth: 20 * strategy.One, Spend: 1500 * strategy.One,
		Effect: experiment.CompareRates(experiment.Rate{Hits: 100, Of: 1000}, experiment.Rate{Hits: 390, Of: 3000}, 0.95),
	}
	net, ok := e.Net()
	fmt.Println("more orders per customer:", e.Effect.Difference)
	fmt.Println("net of the gift:", net, ok)
	fmt.Println("may be a loss:", net.Holds(0))
	// Output:
	// more orders per customer: 0.03 (0.006766 to 0.05118)
	// net of the gift: 0.1 (-0.3647 to 0.5236) true
	// may be a loss: true
}

func ExampleReviewer_Validate() {
	fmt.Println(experiment.Reviewer{Reviews: -1, Step: strategy.One, Automatic: []experiment.Action{"stop"}}.Validate())
	// Output:
	// reviews: -1: want 1 or more
	// step: 1: want above 1 to 1000
	// automatic[0]: "stop": want raise, lower, pause or widen
}

func ExampleReviewer_Review() {
	// Of each month, a thousand were held out and three thousand got it.
	after := func(months int64) experiment.Evidence {
		return experiment.Evidence{
			Operation: "gift",
			Effect:    experiment.CompareRates(experiment.Rate{Hits: 300 * months, Of: 1000 * months}, experiment.Rate{Hits: 700 * months, Of: 3000 * months}, 0.95),
			SRM:       experiment.CheckSRM(experiment.ArmSize{N: 1000 * months, Weight: 1}, experiment.ArmSize{N: 3000 * months, Weight: 3}),
		}
	}
	reviewer := experiment.Reviewer{Automatic: []experiment.Action{experiment.Pause}}
	var standings []experiment.Standing
	for _, months := range []int64{1, 1, 2} { // the second time there is nothing new
		proposals, next, err := reviewer.Review(giftShop(), []experiment.Evidence{after(months)}, standings)
		check(err)
		standings = next
		fmt.Println(proposals[0], proposals[0].Automatic)
	}
	// Output:
	// gift: keep: it does harm in 1 of 2 reviews false
	// gift: keep: it does harm, and nothing new since the last review false
	// gift: pause: it does harm in 2 reviews true
}

func ExampleApply() {
	playbook := giftShop()
	pause := experiment.Proposal{Operation: "gift", Action: experiment.Pause}
	next, applied, err := experiment.Apply(strategy.Host{}, playbook, []experiment.Proposal{pause})
	fmt.Println(next.Operations[0].Stopped, len(applied), err)
	pause.Approved = true
	next, applied, err = experiment.Apply(strategy.Host{}, playbook, []experiment.Proposal{pause})
	fmt.Println(next.Operations[0].Stopped, len(applied), err)
	// Output:
	// false 0 <nil>
	// true 1 <nil>
}
