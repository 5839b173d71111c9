package experiment_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/strategy/experiment"
)

var day0 = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func day(n float64) time.Time { return day0.Add(time.Duration(n * 24 * float64(time.Hour))) }

var rules = experiment.Rules{Window: regulars.Days(7), AsOf: day(100)}

// touched is a gift that was at stake.
func touched(decision, customer string, at time.Time) experiment.Assignment {
	return experiment.Assignment{Decision: decision, Customer: customer, At: at, Operation: "gift", Objective: "order", Share: 0.5}
}

func withheld(decision, customer string, at time.Time) experiment.Assignment {
	a := touched(decision, customer, at)
	a.Withheld = true
	return a
}

func order(id, customer string, at time.Time) experiment.Outcome {
	return experiment.Outcome{ID: id, Customer: customer, Objective: "order", At: at, Value: 10}
}

func logOf(t interface{ Fatal(...any) }, records ...any) *experiment.Log {
	l := new(experiment.Log)
	for _, r := range records {
		var err error
		switch r := r.(type) {
		case experiment.Assignment:
			err = l.AddAssignment(r)
		case experiment.Outcome:
			err = l.AddOutcome(r)
		case [2]string:
			err = l.Same(r[0], r[1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return l
}

func attribute(t interface{ Fatal(...any) }, l *experiment.Log, rules experiment.Rules) *experiment.Attribution {
	a, err := l.Attribute(rules)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAttribute(t *testing.T) {
	named := func(o experiment.Outcome, decision string) experiment.Outcome {
		o.Decision = decision
		return o
	}
	survey := touched("s1", "ann", day(2))
	survey.Operation, survey.Objective = "survey", "answer"
	tests := []struct {
		name    string
		records []any
		want    experiment.Counts
		credits []experiment.Credited
	}{
		{
			"in the window",
			[]any{touched("d1", "ann", day(0)), order("o1", "ann", day(3))},
			experiment.Counts{Assignments: 1, Outcomes: 1, Credited: 1, People: 1},
			[]experiment.Credited{{Decision: "d1", Operation: "gift", Outcomes: 1, Value: 10}},
		},
		{
			"at the instant",
			[]any{touched("d1", "ann", day(0)), order("o1", "ann", day(0))},
			experiment.Counts{Assignments: 1, Outcomes: 1, Credited: 1, People: 1},
			[]experiment.Credited{{Decision: "d1", Operation: "gift", Outcomes: 1, Value: 10}},
		},
		{
			"a microsecond before",
			[]any{touched("d1", "ann", day(0)), order("o1", "ann", day(0).Add(-time.Microsecond))},
			experiment.Counts{Assignments: 1, Outcomes: 1, Before: 1, People: 1},
			nil,
		},
		{
			"a microsecond before the end",
			[]any{touched("d1", "ann", day(0)), order("o1", "ann", day(7).Add(-time.Microsecond))},
			experiment.Counts{Assignments: 1, Outcomes: 1, Credited: 1, People: 1},
			[]experiment.Credited{{Decision: "d1", Operation: "gift", Outcomes: 1, Value: 10}},
		},
		{
			"at the end",
			[]any{touched("d1", "ann", day(0)), order("o1", "ann", day(7))},
			experiment.Counts{Assignments: 1, Outcomes: 1, Late: 1, People: 1},
			nil,
		},
		{
			"the last touch, treated or not",
			[]any{touched("d1", "ann", day(0)), withheld("d2", "bob", day(0)), withheld("d3", "bob", day(2)), order("o1", "bob", day(3))},
			experiment.Counts{Assignments: 3, Outcomes: 1, Credited: 1, People: 2},
			[]experiment.Credited{{Decision: "d3", Operation: "gift", Withheld: true, Outcomes: 1, Value: 10}},
		},
		{
			"the decision that it names",
			[]any{touched("d1", "ann", day(0)), touched("d2", "ann", day(2)), named(order("o1", "ann", day(3)), "d1")},
			experiment.Counts{Assignments: 2, Outcomes: 1, CreditedByName: 1, People: 1},
			[]experiment.Credited{{Decision: "d1", Operation: "gift", Outcomes: 1, Value: 10}},
		},
		{
			"names a decision whose window is over",
			[]any{touched("d1", "ann", day(0)), touched("d2", "ann", day(6)), named(order("o1", "ann", day(8)), "d1")},
			experiment.Counts{Assignments: 2, Outcomes: 1, Late: 1, People: 1},
			nil,
		},
		{
			"names a decision that comes later",
			[]any{touched("d1", "ann", day(0)), touched("d2", "ann", day(6)), named(order("o1", "ann", day(3)), "d2")},
			experiment.Counts{Assignments: 2, Outcomes: 1, Before: 1, People: 1},
			nil,
		},
		{
			"names a decision of somebody else",
			[]any{touched("d1", "ann", day(0)), touched("d2", "bob", day(0)), named(order("o1", "ann", day(3)), "d2")},
			experiment.Counts{Assignments: 2, Outcomes: 1, Credited: 1, UnknownName: 1, People: 2},
			[]experiment.Credited{{Decision: "d1", Operation: "gift", Outcomes: 1, Value: 10}},
		},
		{
			"names nothing that is known",
			[]any{touched("d1", "ann", day(0)), named(order("o1", "ann", day(3)), "d9")},
			experiment.Counts{Assignments: 1, Outcomes: 1, Credited: 1, UnknownName: 1, People: 1},
			[]experiment.Credited{{Decision: "d1", Operation: "gift", Outcomes: 1, Value: 10}},
		},
		{
			"of another objective",
			[]any{touched("d1", "ann", day(0)), survey, order("o1", "ann", day(3))},
			experiment.Counts{Assignments: 2, Outcomes: 1, Credited: 1, People: 1},
			[]experiment.Credited{{Decision: "d1", Operation: "gift", Outcomes: 1, Value: 10}},
		},
		{
			"of an objective that was not at stake",
			[]any{survey, order("o1", "ann", day(3))},
			experiment.Counts{Assignments: 1, Outcomes: 1, NoAssignment: 1, People: 1},
			nil,
		},
		{
			"of a customer who was not",
			[]any{touched("d1", "ann", day(0)), order("o1", "bob", day(3))},
			experiment.Counts{Assignments: 1, Outcomes: 1, NoAssignment: 1, People: 1},
			nil,
		},
		{
			"one event, two objectives",
			[]any{
				touched("d1", "ann", day(0)), survey, order("o1", "ann", day(3)),
				experiment.Outcome{ID: "o1", Customer: "ann", Objective: "answer", At: day(3), Value: 1},
			},
			experiment.Counts{Assignments: 2, Outcomes: 2, Credited: 2, People: 1},
			[]experiment.Credited{{Decision: "d1", Operation: "gift", Outcomes: 1, Value: 10}, {Decision: "s1", Operation: "survey", Outcomes: 1, Value: 1}},
		},
		{
			"delivered three times",
			[]any{touched("d1", "ann", day(0)), touched("d1", "ann", day(0)), order("o1", "ann", day(3)), order("o1", "ann", day(3)), order("o1", "ann", day(3))},
			experiment.Counts{Assignments: 1, DuplicateAssignments: 1, Outcomes: 1, DuplicateOutcomes: 2, Credited: 1, People: 1},
			[]experiment.Credited{{Decision: "d1", Operation: "gift", Outcomes: 1, Value: 10}},
		},
		{
			"delivered twice, and told differently",
			[]any{touched("d1", "ann", day(0)), order("o1", "ann", day(4)), order("o1", "ann", day(3)), touched("d1", "bob", day(0))},
			experiment.Counts{Assignments: 1, DuplicateAssignments: 1, ConflictAssignments: 1, Outcomes: 1, DuplicateOutcomes: 1, ConflictOutcomes: 1, Credited: 1, People: 1},
			[]experiment.Credited{{Decision: "d1", Operation: "gift", Outcomes: 1, Value: 10}},
		},
		{
			"later than what is known",
			[]any{touched("d1", "ann", day(98)), order("o1", "ann", day(100)), order("o2", "ann", day(100).Add(time.Microsecond))},
			experiment.Counts{Assignments: 1, Outcomes: 2, Credited: 1, Ahead: 1, People: 1},
			[]experiment.Credited{{Decision: "d1", Operation: "gift", Outcomes: 1, Value: 10}},
		},
		{
			"two IDs of one person",
			[]any{touched("d1", "ann", day(0)), order("o1", "anna", day(3)), order("o2", "an", day(3)), [2]string{"anna", "ann"}, [2]string{"an", "anna"}},
			experiment.Counts{Assignments: 1, Outcomes: 2, Credited: 2, People: 1},
			[]experiment.Credited{{Decision: "d1", Operation: "gift", Outcomes: 2, Value: 20}},
		},
		{
			"two IDs, one held out",
			[]any{touched("d1", "ann", day(0)), withheld("d2", "anna", day(0)), order("o1", "anna", day(3)), [2]string{"anna", "ann"}},
			experiment.Counts{Assignments: 2, Outcomes: 1, Contaminated: 1, ContaminatedPeople: 1, People: 1},
			nil,
		},
		{"nothing", nil, experiment.Counts{}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := attribute(t, logOf(t, test.records...), rules)
			if diff := cmp.Diff(test.want, a.Counts()); diff != "" {
				t.Errorf("counts (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(test.credits, a.Credits()); diff != "" {
				t.Errorf("credits (-want +got)\n%s", diff)
			}
		})
	}
}

func TestContamination(t *testing.T) {
	later := withheld("d2", "ann", day(1))
	later.Phase = 1
	under := func(a experiment.Assignment, customer string) experiment.Assignment {
		a.Customer = customer
		return a
	}
	other, moved := later, later
	other.Operation, moved.Objective = "survey", "answer"
	elsewhere, again := other, other
	elsewhere.Objective, again.Withheld = "answer", false
	tests := []struct {
		name    string
		records []any
		want    int64
	}{
		{"one group", []any{touched("d1", "ann", day(0)), touched("d2", "ann", day(1))}, 0},
		{"both in a phase", []any{touched("d1", "ann", day(0)), withheld("d2", "ann", day(1))}, 1},
		{"held out as the holdout grew", []any{touched("d1", "ann", day(0)), later}, 0},
		{"the same, under another ID", []any{touched("d1", "ann", day(0)), under(later, "anna"), [2]string{"ann", "anna"}}, 1},
		{"the same, not known to be one", []any{touched("d1", "ann", day(0)), under(later, "anna")}, 0},
		{"of two operations", []any{touched("d1", "ann", day(0)), other}, 0},
		{"of two operations, under two IDs", []any{touched("d1", "ann", day(0)), under(other, "anna"), [2]string{"ann", "anna"}}, 1},
		{"of two objectives, under two IDs", []any{touched("d1", "ann", day(0)), under(elsewhere, "anna"), [2]string{"ann", "anna"}}, 0},
		{"of an operation that changed its objective, under two IDs", []any{touched("d1", "ann", day(0)), under(moved, "anna"), [2]string{"ann", "anna"}}, 1},
		{"two IDs in one group, of two operations", []any{touched("d1", "ann", day(0)), under(again, "anna"), [2]string{"ann", "anna"}}, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := attribute(t, logOf(t, test.records...), rules).Counts().ContaminatedPeople; got != test.want {
				t.Errorf("%d people, want %d", got, test.want)
			}
		})
	}
}

func TestRecordsThatAreRefused(t *testing.T) {
	l := logOf(t, touched("d1", "ann", day(0)), order("o1", "ann", day(1)))
	before := marshal(t, l)
	for name, change := range map[string]func(*experiment.Assignment){
		"no decision":    func(a *experiment.Assignment) { a.Decision = "" },
		"no customer":    func(a *experiment.Assignment) { a.Customer = "" },
		"no operation":   func(a *experiment.Assignment) { a.Operation = "" },
		"no time":        func(a *experiment.Assignment) { a.At = time.Time{} },
		"year 10000":     func(a *experiment.Assignment) { a.At = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"share 1":        func(a *experiment.Assignment) { a.Share = 1 },
		"share NaN":      func(a *experiment.Assignment) { a.Share = math.NaN() },
		"share below 0":  func(a *experiment.Assignment) { a.Share = -0.1 },
		"share of none":  func(a *experiment.Assignment) { a.Share, a.Withheld = 0, true },
		"chance above 1": func(a *experiment.Assignment) { a.Chance = 1.5 },
		"chance NaN":     func(a *experiment.Assignment) { a.Chance = math.NaN() },
		"phase below 0":  func(a *experiment.Assignment) { a.Phase = -1 },
	} {
		a := touched("d2", "ann", day(0))
		if change(&a); l.AddAssignment(a) == nil {
			t.Errorf("%s is taken", name)
		}
	}
	for name, change := range map[string]func(*experiment.Outcome){
		"no ID":        func(o *experiment.Outcome) { o.ID = "" },
		"no customer":  func(o *experiment.Outcome) { o.Customer = "" },
		"no objective": func(o *experiment.Outcome) { o.Objective = "" },
		"no time":      func(o *experiment.Outcome) { o.At = time.Time{} },
		"NaN":          func(o *experiment.Outcome) { o.Value = math.NaN() },
		"infinite":     func(o *experiment.Outcome) { o.Value = math.Inf(-1) },
		"too large":    func(o *experiment.Outcome) { o.Value = 1e99 },
	} {
		o := order("o2", "ann", day(1))
		if change(&o); l.AddOutcome(o) == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if l.Same("", "ann") == nil || l.Same("ann", "") == nil {
		t.Error("nobody is the same")
	}
	if !bytes.Equal(before, marshal(t, l)) {
		t.Error("what was refused changed something")
	}
	for _, r := range []experiment.Rules{
		{AsOf: day(1)}, {Window: regulars.Days(1)}, {Window: regulars.Days(1), AsOf: day(1), Windows: map[string]regulars.Span{"order": {}}},
	} {
		if _, err := l.Attribute(r); err == nil {
			t.Errorf("%+v is taken", r)
		}
	}
}

// drawRecords draws a log small enough for everything to collide.
func drawRecords(t *rapid.T) []any {
	customers := []string{"ann", "bob", "cat", "dan"}
	record := rapid.Custom(func(t *rapid.T) any {
		customer, at := rapid.SampledFrom(customers).Draw(t, "customer"), day(float64(rapid.IntRange(0, 30).Draw(t, "day")))
		name := fmt.Sprint(rapid.IntRange(0, 30).Draw(t, "name"))
		objective := rapid.SampledFrom([]string{"order", "answer"}).Draw(t, "objective")
		switch rapid.IntRange(0, 9).Draw(t, "kind") {
		case 0:
			return [2]string{customer, rapid.SampledFrom(customers).Draw(t, "same")}
		case 1, 2, 3, 4:
			a := touched(name, customer, at)
			a.Objective, a.Withheld, a.Phase = objective, customer > "b" && rapid.Bool().Draw(t, "withheld"), rapid.IntRange(0, 1).Draw(t, "phase")
			a.Operation = objective + rapid.SampledFrom([]string{"er", "or"}).Draw(t, "operation")
			a.Labels = rapid.SliceOfN(rapid.SampledFrom([]string{"stage=new", "stage=silent", "city=x"}), 0, 3).Draw(t, "labels")
			return a
		default:
			o := order("o"+name, customer, at)
			o.Objective = objective
			o.Value = float64(rapid.IntRange(-5, 50).Draw(t, "value")) / 10
			if rapid.Bool().Draw(t, "named") {
				o.Decision = fmt.Sprint(rapid.IntRange(0, 30).Draw(t, "decision"))
			}
			return o
		}
	})
	return rapid.SliceOfN(record, 0, 60).Draw(t, "records")
}

// Property: a log in parts, in any order, gives the bytes of one pass, the same
// attribution, lift and effects, and is read back as it was.
func TestLogInAnyOrderAndSplit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		records := drawRecords(t)
		whole := logOf(t, records...)
		mixed := rapid.Permutation(records).Draw(t, "mixed")
		cut := rapid.IntRange(0, len(mixed)).Draw(t, "cut")
		parts, rest := logOf(t, mixed[:cut]...), logOf(t, mixed[cut:]...)
		if rapid.Bool().Draw(t, "carried") { // as bytes
			var carried experiment.Log
			if err := carried.UnmarshalBinary(marshal(t, rest)); err != nil {
				t.Fatal(err)
			}
			rest = &carried
		}
		parts.Merge(rest)
		if !bytes.Equal(marshal(t, parts), marshal(t, whole)) {
			t.Fatal("parts differ from one pass")
		}
		report := func(l *experiment.Log) string {
			a := attribute(t, l, rules)
			effects, err := a.Effects(experiment.EffectRules{})
			if err != nil {
				t.Fatal(err)
			}
			data, err := json.Marshal([]any{a.Counts(), a.Credits(), a.Lift(experiment.Question{Objective: "order"}, 0.95), effects, effects.Strategy()})
			if err != nil {
				t.Fatal(err)
			}
			return string(data)
		}
		if diff := cmp.Diff(report(whole), report(parts)); diff != "" {
			t.Fatalf("(-one pass +parts)\n%s", diff)
		}
	})
}

// Property: an outcome is in one place, and credited to a decision of its own
// person and objective in whose window it lies, that it names or that is the
// last; so says a search of all pairs.
func TestAttributeAgainstSearch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		records := drawRecords(t)
		a := attribute(t, logOf(t, records...), rules)
		c := a.Counts()
		if c.Credited+c.CreditedByName+c.Late+c.Before+c.NoAssignment+c.Contaminated+c.Ahead != c.Outcomes {
			t.Fatalf("%+v", c)
		}
		want := naiveCredits(records)
		got := map[string]float64{}
		n := int64(0)
		for _, credit := range a.Credits() {
			got[credit.Decision] = math.Round(credit.Value * 10)
			n += credit.Outcomes
		}
		for decision, value := range want {
			want[decision] = math.Round(value * 10)
		}
		if diff := cmp.Diff(want, got); diff != "" || n != c.Credited+c.CreditedByName {
			t.Fatalf("%d of %+v (-want +got)\n%s", n, c, diff)
		}
	})
}

// naiveCredits searches all pairs of assignments and outcomes.
func naiveCredits(records []any) map[string]float64 {
	person := map[string]string{}
	of := func(id string) string {
		if p, ok := person[id]; ok {
			return p
		}
		return id
	}
	for range records { // as often as a chain may be long
		for _, r := range records {
			if s, ok := r.([2]string); ok {
				least := min(of(s[0]), of(s[1]))
				person[s[0]], person[s[1]] = least, least
			}
		}
	}
	assignments, outcomes := map[string]experiment.Assignment{}, map[[2]string]experiment.Outcome{}
	lesser := func(a, b any) bool {
		x, _ := json.Marshal(a)
		y, _ := json.Marshal(b)
		return string(x) < string(y)
	}
	key := func(a experiment.Assignment) []any {
		labels := map[string]bool{}
		for _, l := range a.Labels {
			labels[l] = true
		}
		list := []string{"", "", ""}
		i := 0
		for _, l := range []string{"city=x", "stage=new", "stage=silent"} {
			if labels[l] {
				list[i] = l
				i++
			}
		}
		return []any{a.Customer, a.At, a.Operation, a.Objective, map[bool]int{true: 1}[a.Withheld], a.Phase, list}
	}
	for _, r := range records {
		switch r := r.(type) {
		case experiment.Assignment:
			if other, ok := assignments[r.Decision]; !ok || lesser(key(r), key(other)) {
				assignments[r.Decision] = r
			}
		case experiment.Outcome:
			k := [2]string{r.ID, r.Objective}
			// Values are compared as texts of three digits before the point.
			rank := func(o experiment.Outcome) []any { return []any{o.Customer, o.At, 200 + o.Value, o.Decision} }
			if other, ok := outcomes[k]; !ok || lesser(rank(r), rank(other)) {
				outcomes[k] = r
			}
		}
	}
	tainted := map[string]bool{}
	for _, x := range assignments {
		for _, y := range assignments {
			if of(x.Customer) != of(y.Customer) || x.Withheld == y.Withheld {
				continue
			}
			operation, objective := x.Operation == y.Operation, x.Objective == y.Objective
			if operation && x.Phase == y.Phase || (operation || objective) && x.Customer != y.Customer {
				tainted[of(x.Customer)] = true
			}
		}
	}
	credits := map[string]float64{}
	for _, o := range outcomes {
		var best *experiment.Assignment
		for _, a := range assignments {
			if of(a.Customer) != of(o.Customer) || a.Objective != o.Objective || a.At.After(o.At) {
				continue
			}
			if best == nil || a.At.After(best.At) || a.At.Equal(best.At) && a.Decision > best.Decision {
				best = &a
			}
		}
		if a, ok := assignments[o.Decision]; ok && of(a.Customer) == of(o.Customer) && a.Objective == o.Objective {
			best = &a
		}
		if best != nil && !tainted[of(o.Customer)] && !o.At.Before(best.At) && o.At.Before(best.At.AddDate(0, 0, 7)) && !o.At.After(day(100)) {
			credits[best.Decision] += o.Value
		}
	}
	return credits
}

// However logs are merged, what was delivered is counted, and a label that stands
// twice is one.
func TestMergedDeliveries(t *testing.T) {
	twice := touched("d1", "ann", day(0))
	twice.Labels = []string{"b=1", "a=1", "b=1"}
	once := twice
	once.Labels = []string{"a=1", "b=1"}
	a, b := logOf(t, twice, once, once), logOf(t, once, twice)
	marshal(t, a) // brings it in order
	marshal(t, b)
	a.Merge(b)
	want := experiment.Counts{Assignments: 1, DuplicateAssignments: 4, People: 1}
	if diff := cmp.Diff(want, attribute(t, a, rules).Counts()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestBytesThatAreNoLog(t *testing.T) {
	l := logOf(t, touched("d1", "ann", day(0)), order("o1", "ann", day(1)), [2]string{"a", "b"})
	good := marshal(t, l)
	var back experiment.Log
	for i := range good {
		if back.UnmarshalBinary(good[:i]) == nil {
			t.Errorf("%d of %d bytes are read", i, len(good))
		}
	}
	if back.UnmarshalBinary(append(good, 0)) == nil || back.UnmarshalBinary(nil) == nil {
		t.Error("bytes too many, or none, are read")
	}
	never := bytes.Clone(good)
	if at := len("\x10experiment.log.1") + 1; never[at] != 1 {
		t.Fatalf("delivered %d times", never[at])
	} else if never[at] = 0; back.UnmarshalBinary(never) == nil {
		t.Error("a record that was never delivered is read")
	}
	if err := back.UnmarshalBinary(good); err != nil || !bytes.Equal(marshal(t, &back), good) {
		t.Errorf("read back: %v", err)
	}
}

func FuzzLog(f *testing.F) {
	f.Add(marshal(f, logOf(f, touched("d1", "ann", day(0)), order("o1", "ann", day(1)), [2]string{"a", "b"})))
	f.Fuzz(func(t *testing.T, data []byte) {
		var l experiment.Log
		if l.UnmarshalBinary(data) == nil && !bytes.Equal(marshal(t, &l), data) {
			t.Error("bytes that are read are not those that are written")
		}
	})
}
