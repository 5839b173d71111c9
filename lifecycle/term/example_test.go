package term_test

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/lifecycle/term"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 9, 0, 0, 0, time.UTC)
}

// A school: a placement test in the first week, and a talk with the parents every
// three months.
func ExampleTerm_At_course() {
	plan := must(term.ParsePlan([]byte(`{"milestones": [
		{"name": "placement", "after": "7d", "doneBy": "placed"},
		{"name": "parents", "everyMonths": 3, "doneBy": "talked", "grace": "14d"}]}`), nil))
	piano := term.Term[string]{
		Customer: "ann", Product: "piano basics",
		Start: date(2023, 11, 30), End: date(2024, 11, 30), Value: decimal.NewFromInt(4800),
	}
	at := must(piano.At(plan, []term.Event{{Name: "placed", At: date(2023, 12, 4)}}, date(2024, 3, 20)))
	fmt.Println(at.Labels())
	parents := at.Milestones[1]
	fmt.Println("due", parents.Due.Format(time.DateOnly), "late by", parents.Late, "days, next", parents.Next.Format(time.DateOnly))
	// Output:
	// [term=running placement=done parents=overdue]
	// due 2024-02-29 late by 20 days, next 2024-05-30
}

// An appliance: installed within three days, its filter changed every six months,
// and traded in after eight years.
func ExampleTerm_At_appliance() {
	plan := term.Plan{Milestones: []term.Milestone{
		{Name: "install", After: regulars.Days(3), DoneBy: "installed"},
		{Name: "filter", EveryMonths: 6, DoneBy: "filter changed", Grace: regulars.Months(1)},
		{Name: "trade in", After: regulars.Years(8), DoneBy: "traded in"},
	}}
	purifier := term.Term[string]{Customer: "bob", Product: "water purifier", Start: date(2023, 8, 31)} // for good
	events := []term.Event{
		{Name: "installed", At: date(2023, 9, 2)},
		{Name: "filter changed", At: date(2024, 3, 11)},
	}
	for _, asOf := range []time.Time{date(2023, 9, 1), date(2024, 3, 5), date(2024, 3, 11), date(2024, 10, 1)} {
		at := must(purifier.At(plan, events, asOf))
		filter := at.Milestones[1]
		fmt.Println(asOf.Format(time.DateOnly), at.Labels()[1:3], filter.Due.Format(time.DateOnly), "then", at.Next.Format(time.DateOnly))
	}
	// Output:
	// 2023-09-01 [install=upcoming filter=upcoming] 2024-02-29 then 2023-09-03
	// 2024-03-05 [install=done filter=due] 2024-02-29 then 2024-04-01
	// 2024-03-11 [install=done filter=upcoming] 2024-08-31 then 2024-08-31
	// 2024-10-01 [install=done filter=overdue] 2024-08-31 then 2025-02-28
}

func ExampleBook_Report() {
	var book term.Book[string]
	for _, t := range []struct {
		customer, product string
		start, end        time.Time
		value             int64
	}{
		{"ann", "basic", date(2024, 1, 1), date(2024, 4, 1), 300},
		{"ann", "plus", date(2024, 4, 1), date(2024, 7, 1), 450},
		{"bob", "basic", date(2024, 1, 8), date(2024, 4, 8), 300},
		{"bob", "basic", date(2024, 5, 2), date(2024, 8, 2), 300},
		{"cat", "basic", date(2024, 1, 15), date(2024, 4, 15), 300},
	} {
		if err := book.Add(term.Term[string]{Customer: t.customer, Product: t.product, Start: t.start, End: t.end, Value: decimal.NewFromInt(t.value)}); err != nil {
			panic(err)
		}
	}
	policy := term.Policy{Late: regulars.Months(1), Ladders: [][]string{{"basic", "plus"}}}
	for _, r := range must(book.Renewals(policy, date(2024, 6, 1))) {
		fmt.Println(r.Term.Customer, r.Label.Label())
	}
	report := must(book.Report(policy, date(2024, 6, 1)))
	april := report.Cohorts[0]
	low, high := april.Renewed().Interval(0.95)
	gross, _ := april.GRR()
	net, _ := april.NRR()
	fmt.Printf("%s: %d of %d renewed (%.2f to %.2f), GRR %.2f, NRR %.2f\n",
		april.Interval.Name, april.Renewed().Count, april.Decided, low, high, gross, net)
	// Output:
	// ann renewal=upgraded
	// bob renewal=late
	// cat renewal=lapsed
	// 2024-04: 2 of 3 renewed (0.21 to 0.94), GRR 0.67, NRR 0.83
}

// Who left the course, and who only changed it? A school counts both.
func ExampleCohort_Kept() {
	var book term.Book[string]
	for i, next := range []string{"piano", "piano", "violin", "", "piano plus"} {
		customer := fmt.Sprint("pupil ", i)
		terms := []term.Term[string]{{Customer: customer, Product: "piano", Start: date(2024, 1, 8), End: date(2024, 7, 8), Value: decimal.NewFromInt(900)}}
		if next != "" {
			terms = append(terms, term.Term[string]{Customer: customer, Product: next, Start: date(2024, 7, 8), End: date(2025, 1, 8), Value: decimal.NewFromInt(950)})
		}
		for _, t := range terms {
			if err := book.Add(t); err != nil {
				panic(err)
			}
		}
	}
	july := must(book.Report(term.Policy{Ladders: [][]string{{"piano", "piano plus"}}}, date(2024, 12, 1))).Cohorts[0]
	for _, label := range term.Labels() {
		if n := july.Count(label); n > 0 {
			rate, _ := july.Share(label).Rate()
			fmt.Printf("%-15s %d  %.0f %%  renewed %v, kept %v\n", label, n, 100*rate, label.Renewed(), label.Kept())
		}
	}
	renewed, _ := july.Renewed().Rate()
	kept, _ := july.Kept().Rate()
	fmt.Printf("the course kept %.0f %%, and the school %.0f %%\n", 100*renewed, 100*kept)
	// Output:
	// on time         2  40 %  renewed true, kept true
	// upgraded        1  20 %  renewed true, kept true
	// other product   1  20 %  renewed false, kept true
	// lapsed          1  20 %  renewed false, kept false
	// the course kept 60 %, and the school 80 %
}

// What a member of staff sees of one customer, and what a playbook decides on.
func ExampleMilestoneAt_Label() {
	plan := term.Plan{Milestones: []term.Milestone{{Name: "filter", EveryMonths: 6, DoneBy: "filter changed"}}}
	purifier := term.Term[string]{Customer: "bob", Product: "water purifier", Start: date(2023, 8, 31)}
	at := must(purifier.At(plan, nil, date(2024, 3, 5)))
	fmt.Println(at.State.Label(), at.Milestones[0].Label(), "by", at.Milestones[0].Late, "days")
	// Output:
	// term=running filter=overdue by 5 days
}

// Rows of an old system, before they go into a [term.Book].
func ExampleTerm_Validate() {
	for _, t := range []term.Term[int]{
		{Customer: 7, Product: "piano", Start: date(2024, 1, 8), End: date(2023, 7, 8)},
		{Customer: 8, Product: "", Start: date(2024, 1, 8)},
		{Customer: 9, Product: "piano", Start: date(2024, 1, 8), Value: decimal.NewFromInt(-900)},
	} {
		fmt.Println(t.Validate())
	}
	// Output:
	// term: "piano" of customer 7 ends no later than it starts
	// term: "" of customer 8 has no product
	// term: "piano" of customer 9 is worth -900: want 0 or more
}

func ExamplePolicy_Validate() {
	fmt.Println(term.Policy{Late: regulars.Days(3), Ladders: [][]string{{"basic", "plus", "basic"}}}.Validate())
	// Output:
	// ladders[0][2]: "basic" is at ladders[0][0] too
}

func ExampleBook_Merge() {
	var here, there term.Book[string]
	purifier := term.Term[string]{Customer: "bob", Product: "water purifier", Start: date(2023, 8, 31)}
	if err := here.Add(purifier); err != nil {
		panic(err)
	}
	sent := must(here.MarshalBinary())
	if err := there.UnmarshalBinary(sent); err != nil {
		panic(err)
	}
	if err := here.Merge(&there); err != nil {
		panic(err)
	}
	fmt.Println(here.Len(), "terms")
	fmt.Println(here.Add(term.Term[string]{Customer: "bob", Product: "water purifier"}))
	// Output:
	// 2 terms
	// term: "water purifier" of customer bob has no start
}

func ExamplePlan_Validate() {
	plan := term.Plan{Milestones: []term.Milestone{{Name: "install", DoneBy: "installed"}}}
	fmt.Println(plan.Validate())
	// Output:
	// milestones[0]: want one of after and everyMonths
}

func ExampleParsePolicy() {
	policy := must(term.ParsePolicy([]byte(`{"onTime": "3d", "late": "2mo", "ladders": [["basic", "plus", "max"]]}`), nil))
	fmt.Println(policy.OnTime, policy.Late, policy.Ladders[0])
	_, err := term.ParsePolicy([]byte(`{"ladders": [["basic", "plus"], ["plus", "max"]]}`), nil)
	fmt.Println(err)
	// Output:
	// 3d 2mo [basic plus max]
	// ladders[1][0]: "plus" is at ladders[0][1] too
}
