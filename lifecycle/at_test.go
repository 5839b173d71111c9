package lifecycle_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/lifecycle"
)

func TestAtBoundaries(t *testing.T) {
	// By the defaults: New for 30 days, Silent after 60, Churned after 180,
	// Returned for 30. The first event is on 1 January, the last as stated.
	first := time.Date(2024, 1, 1, 10, 0, 0, 0, time.UTC)
	tick := time.Nanosecond
	days := func(t time.Time, n int) time.Time { return t.AddDate(0, 0, n) }
	once := lifecycle.History{First: first, Last: first, Events: 1}
	twice := lifecycle.History{First: first, Last: days(first, 20), Events: 2}
	back := lifecycle.History{First: first, Last: days(first, 180), Previous: first, Events: 2}
	backAgain := lifecycle.History{First: first, Last: days(first, 190), Return: days(first, 180), Events: 3}
	almost := lifecycle.History{First: first, Last: days(first, 180).Add(-tick), Previous: first, Events: 2}
	tests := []struct {
		name string
		h    lifecycle.History
		now  time.Time
		want lifecycle.Stage
		rule string
		next lifecycle.Stage
		at   time.Time
	}{
		{"nobody knows them", lifecycle.History{}, first, lifecycle.Follower, "no event", 0, time.Time{}},
		{"before the first event", once, first.Add(-tick), lifecycle.Follower, "no event", 0, time.Time{}},
		{"at the first event", once, first, lifecycle.New, "first event < newFor ago", lifecycle.Active, days(first, 30)},
		{"new, one tick left", once, days(first, 30).Add(-tick), lifecycle.New, "first event < newFor ago", lifecycle.Active, days(first, 30)},
		{"new no more", once, days(first, 30), lifecycle.Active, "idle < silentAfter", lifecycle.Silent, days(first, 60)},
		{"active, one tick left", once, days(first, 60).Add(-tick), lifecycle.Active, "idle < silentAfter", lifecycle.Silent, days(first, 60)},
		{"silent", once, days(first, 60), lifecycle.Silent, "idle >= silentAfter", lifecycle.Churned, days(first, 180)},
		{"silent, one tick left", once, days(first, 180).Add(-tick), lifecycle.Silent, "idle >= silentAfter", lifecycle.Churned, days(first, 180)},
		{"churned", once, days(first, 180), lifecycle.Churned, "idle >= churnAfter", 0, time.Time{}},
		{"idle counts from the last event", twice, days(first, 80).Add(-tick), lifecycle.Active, "idle < silentAfter", lifecycle.Silent, days(first, 80)},
		{"returned", back, days(first, 180), lifecycle.Returned, "return < returnedFor ago", lifecycle.Active, days(first, 210)},
		{"returned, one tick left", back, days(first, 210).Add(-tick), lifecycle.Returned, "return < returnedFor ago", lifecycle.Active, days(first, 210)},
		{"returned no more", back, days(first, 210), lifecycle.Active, "idle < silentAfter", lifecycle.Silent, days(first, 240)},
		{"more events after the return", backAgain, days(first, 195), lifecycle.Returned, "return < returnedFor ago", lifecycle.Active, days(first, 210)},
		{"one tick short of a return", almost, days(first, 180), lifecycle.Active, "idle < silentAfter", lifecycle.Silent, days(first, 240).Add(-tick)},
		{"a last event to come counts as now", lifecycle.History{First: first, Last: days(first, 400), Events: 9}, days(first, 100), lifecycle.Active, "idle < silentAfter", lifecycle.Silent, days(first, 160)},
		{"a first event that is not known is the last", lifecycle.History{Last: first}, first, lifecycle.New, "first event < newFor ago", lifecycle.Active, days(first, 30)},
		{"a return to come is none", lifecycle.History{First: first, Last: days(first, 300), Previous: first, Return: days(first, 300), Events: 2}, days(first, 40), lifecycle.Active, "idle < silentAfter", lifecycle.Silent, days(first, 100)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			at := lifecycle.Policy{}.At(test.h, test.now)
			if at.Stage != test.want || at.Because.Rule != test.rule {
				t.Errorf("%s because %s, want %s because %s", at.Stage, at.Because, test.want, test.rule)
			}
			var want *lifecycle.Change
			if test.next != 0 {
				want = &lifecycle.Change{At: test.at, Stage: test.next}
			}
			if diff := cmp.Diff(want, at.Next); diff != "" {
				t.Errorf("next (-want +got)\n%s", diff)
			}
		})
	}
}

func TestAtGoesByTheLocalClock(t *testing.T) {
	// Clocks go forward on 10 March 2024 in New York, so that two days from
	// noon on the 9th last 47 hours.
	zone := zones(t)[1]
	policy := lifecycle.Policy{SilentAfter: regulars.Days(2), Zone: zone}
	last := time.Date(2024, 3, 9, 12, 0, 0, 0, zone)
	at := policy.At(lifecycle.History{Last: last, First: last.AddDate(-1, 0, 0)}, last.Add(47*time.Hour))
	if at.Stage != lifecycle.Silent || at.Idle != 47*time.Hour || at.IdleDays != 2 {
		t.Errorf("%s after %s, %d days; want silent after 47h, 2 days", at.Stage, at.Idle, at.IdleDays)
	}
	elapsed := lifecycle.Policy{SilentAfter: regulars.Hours(48), Zone: zone}
	if got := elapsed.At(lifecycle.History{Last: last, First: last.AddDate(-1, 0, 0)}, last.Add(47*time.Hour)).Stage; got != lifecycle.Active {
		t.Errorf("48 elapsed hours: %s after 47, want active", got)
	}
}

func TestBoundsByLabelAndCount(t *testing.T) {
	policy := lifecycle.Policy{
		SilentAfter: regulars.Days(50),
		Overrides: []lifecycle.Override{
			{MinEvents: 2, SilentAfter: regulars.Days(30)},
			{Label: "plan=pro", SilentAfter: regulars.Days(20)},
			{Label: "plan=pro", MinEvents: 5, SilentAfter: regulars.Days(10), ChurnAfter: regulars.Days(40)},
		},
	}
	first := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	tests := []struct {
		name   string
		events int
		labels []string
		source string
		bound  regulars.Span
	}{
		{"one event", 1, nil, "policy", regulars.Days(50)},
		{"unknown number", 0, nil, "policy", regulars.Days(50)},
		{"two", 2, nil, "overrides[0]", regulars.Days(30)},
		{"one, with the label", 1, []string{"city=x", "plan=pro"}, "overrides[1]", regulars.Days(20)},
		{"four, with the label", 4, []string{"plan=pro"}, "overrides[1]", regulars.Days(20)},
		{"five, with the label", 5, []string{"plan=pro"}, "overrides[2]", regulars.Days(10)},
		{"five, with another label", 5, []string{"plan=PRO"}, "overrides[0]", regulars.Days(30)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := lifecycle.History{First: first, Last: first.AddDate(0, 0, 60), Events: test.events, Labels: test.labels}
			at := policy.At(h, h.Last)
			if at.Because.Source != test.source || at.Because.Bound != test.bound {
				t.Errorf("because %s, want %s of %s", at.Because, test.bound, test.source)
			}
		})
	}
}

func TestAReturnIsToldByTheBoundsBeforeIt(t *testing.T) {
	// After five events 40 days of silence are churn, before they are not.
	policy := lifecycle.Policy{SilentAfter: regulars.Days(20), Overrides: []lifecycle.Override{{MinEvents: 5, ChurnAfter: regulars.Days(40)}}}
	start := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	events := []time.Time{start}
	for _, gap := range []int{45, 1, 1, 1, 45} {
		events = append(events, events[len(events)-1].AddDate(0, 0, gap))
	}
	h := policy.History(events[:5], events[4])
	if !h.Return.IsZero() {
		t.Errorf("the gap after the first event is a return at %s", h.Return)
	}
	if h = policy.History(events, events[5]); !h.Return.Equal(events[5]) {
		t.Errorf("the gap after the fifth event is no return: %+v", h)
	}
}

func drawPolicy(t *rapid.T, zones []*time.Location) lifecycle.Policy {
	return lifecycle.Policy{
		NewFor:      regulars.Days(rapid.IntRange(1, 60).Draw(t, "new for")),
		SilentAfter: regulars.Hours(rapid.IntRange(1, 900).Draw(t, "silent after")),
		ChurnAfter:  regulars.Days(rapid.IntRange(40, 90).Draw(t, "churn after")),
		ReturnedFor: regulars.Weeks(rapid.IntRange(1, 8).Draw(t, "returned for")),
		Zone:        rapid.SampledFrom(zones).Draw(t, "zone"),
	}
}

func TestStageLaws(t *testing.T) {
	zones := zones(t)
	rapid.Check(t, func(t *rapid.T) {
		policy := drawPolicy(t, zones)
		var events []time.Time
		for range rapid.IntRange(0, 8).Draw(t, "events") {
			events = append(events, worldStart.Add(drawHour(t, 6000, "hour")))
		}
		now := worldStart.Add(drawHour(t, 9010, "now") - 10*time.Hour)
		h := policy.History(events, now)
		at := policy.At(h, now)

		// Property: a history summed up as of now is what At takes, and the
		// answer is what reading the rules event by event gives.
		if err := h.Validate(); err != nil {
			t.Fatal(err)
		}
		if want := naiveStage(policy, events, now); at.Stage != want {
			t.Fatalf("%s because %s, want %s", at.Stage, at.Because, want)
		}
		// Property: nothing changes before Next, and it does at Next; idleness
		// alone leads to Churned, where nothing is next.
		seen := []lifecycle.Stage{at.Stage}
		for from, steps := now, 0; at.Next != nil; steps++ {
			if steps > 5 || !at.Next.At.After(from) || at.Next.Stage == at.Stage {
				t.Fatalf("next of %s at %s is %+v", at.Stage, from, at.Next)
			}
			if before := policy.At(h, at.Next.At.Add(-1)).Stage; before != at.Stage {
				t.Fatalf("%s just before the change from %s", before, at.Stage)
			}
			from = at.Next.At
			then := policy.At(h, from)
			if then.Stage != at.Next.Stage {
				t.Fatalf("%s at the change to %s", then.Stage, at.Next.Stage)
			}
			at = then
			seen = append(seen, at.Stage)
		}
		if last := seen[len(seen)-1]; last != lifecycle.Churned && last != lifecycle.Follower {
			t.Fatalf("idleness ends in %s", last)
		}
		aging := slices.DeleteFunc(seen, func(s lifecycle.Stage) bool { return s == lifecycle.New || s == lifecycle.Returned })
		if !slices.IsSorted(aging) {
			t.Fatalf("idleness leads through %v", aging)
		}
	})
}

// naiveStage reads the rules from the events.
func naiveStage(p lifecycle.Policy, events []time.Time, now time.Time) lifecycle.Stage {
	past := slices.DeleteFunc(slices.Clone(events), func(t time.Time) bool { return t.After(now) })
	if len(past) == 0 {
		return lifecycle.Follower
	}
	slices.SortFunc(past, time.Time.Compare)
	reached := func(from time.Time, span regulars.Span) bool { return !span.After(from, p.Zone).After(now) }
	last := past[len(past)-1]
	if reached(last, p.ChurnAfter) {
		return lifecycle.Churned
	}
	if reached(last, p.SilentAfter) {
		return lifecycle.Silent
	}
	for i := 1; i < len(past); i++ {
		gone := !p.ChurnAfter.After(past[i-1], p.Zone).After(past[i])
		if gone && !reached(past[i], p.ReturnedFor) {
			return lifecycle.Returned
		}
	}
	if !reached(past[0], p.NewFor) {
		return lifecycle.New
	}
	return lifecycle.Active
}

func TestHistoryValidate(t *testing.T) {
	a, b, c := worldStart, worldStart.AddDate(0, 0, 1), worldStart.AddDate(0, 0, 2)
	tests := []struct {
		name string
		h    lifecycle.History
		want string
	}{
		{"none", lifecycle.History{Known: a}, ""},
		{"whole", lifecycle.History{First: a, Last: c, Events: 3, Previous: b, Return: b}, ""},
		{"negative", lifecycle.History{Events: -1}, "lifecycle: history with a negative number of events"},
		{"no last", lifecycle.History{First: a}, "lifecycle: history with one of First and Last"},
		{"events without times", lifecycle.History{Events: 2}, "lifecycle: history with events but without First and Last"},
		{"backwards", lifecycle.History{First: b, Last: a, Events: 2}, "lifecycle: history whose First is after its Last"},
		{"one at two times", lifecycle.History{First: a, Last: b, Events: 1}, "lifecycle: history of one event whose First is not its Last"},
		{"previous before the first", lifecycle.History{First: b, Last: c, Events: 3, Previous: a}, "lifecycle: history whose Previous is not between First and Last"},
		{"return after the last", lifecycle.History{First: a, Last: b, Events: 3, Return: c}, "lifecycle: history whose Return is not between First and Last"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := test.h.Validate()
			if got := errorText(err); got != test.want {
				t.Errorf("Validate = %q, want %q", got, test.want)
			}
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestOverdueIsUnknownWithoutAPace(t *testing.T) {
	now := worldStart.AddDate(0, 1, 0)
	for name, h := range map[string]lifecycle.History{
		"no events":    {},
		"one event":    {First: worldStart, Last: worldStart, Events: 1},
		"all at once":  {First: worldStart, Last: worldStart, Events: 3},
		"last to come": {First: worldStart, Last: now.AddDate(0, 1, 0), Events: 3},
	} {
		if ratio, ok := h.Overdue(now); ok || ratio != 0 {
			t.Errorf("%s: %v, %v", name, ratio, ok)
		}
	}
}

func TestPolicyFaults(t *testing.T) {
	tests := []struct {
		name, json string
		want       string
	}{
		{"defaults", `{}`, ""},
		{"all of it", `{"zone":"Asia/Kolkata","newFor":"2w","silentAfter":"45d","churnAfter":"6mo","returnedFor":"720h","overrides":[{"label":"plan=pro","minEvents":2,"silentAfter":"2w"}]}`, ""},
		{"unknown key", `{"silent":"45d"}`, `unknown key "silent": want one of "zone", "newFor", "silentAfter", "churnAfter", "returnedFor", "overrides"`},
		{"silent as long as churn", `{"silentAfter":"180d"}`, "silentAfter: 180d is not sure to be shorter than churnAfter, 180d"},
		{"silent perhaps as long as churn", `{"silentAfter":"60d","churnAfter":"2mo"}`, "silentAfter: 60d is not sure to be shorter than churnAfter, 2mo"},
		{"silent surely shorter", `{"silentAfter":"50d","churnAfter":"2mo"}`, ""},
		{"silent in hours", `{"silentAfter":"1440h","churnAfter":"2mo"}`, "silentAfter: 1440h is not sure to be shorter than churnAfter, 2mo"},
		{"churn in years", `{"silentAfter":"11mo","churnAfter":"1y"}`, ""},
		{"unknown zone", `{"zone":"Mars/Base"}`, `zone: "Mars/Base": unknown time zone Mars/Base`},
		{"overrides", `{"overrides":[{"silentAfter":"1d"},{"minEvents":2},{"minEvents":-1,"churnAfter":"1d"}]}`, `overrides[0]: has no condition: want label or minEvents
overrides[1]: sets no bound: want newFor, silentAfter, churnAfter or returnedFor
overrides[2].minEvents: -1: want 0 or more
overrides[2]: silentAfter, 60d, is not sure to be shorter than churnAfter, 1d`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			policy, err := lifecycle.ParsePolicy([]byte(test.json), time.LoadLocation)
			if diff := cmp.Diff(test.want, errorText(err)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if err != nil && !reflect.DeepEqual(policy, lifecycle.Policy{}) {
				t.Errorf("a policy with faults: %+v", policy)
			}
		})
	}
	if _, err := lifecycle.ParsePolicy([]byte(`{"zone":"Asia/Kolkata"}`), nil); err == nil {
		t.Error("found a zone without a resolver")
	}
	many := lifecycle.Policy{Overrides: make([]lifecycle.Override, lifecycle.MaxOverrides+1)}
	if err := many.Validate(); errorText(err) != "overrides: has 1001: want at most 1000" {
		t.Errorf("Validate = %v", err)
	}
}

func FuzzParsePolicy(f *testing.F) {
	f.Add([]byte(`{}`))
	f.Add([]byte(`{"zone":"UTC","newFor":"2w","silentAfter":"45d","churnAfter":"6mo","returnedFor":"720h"}`))
	f.Add([]byte(`{"overrides":[{"label":"plan=pro","minEvents":2,"silentAfter":"2w"}]}`))
	f.Add([]byte(`{"silentAfter":"60d","churnAfter":"2mo"}`))
	f.Add([]byte(`{"churnAfter":"100000d"} {}`))
	// Property: a policy that is read is valid, answers in order, and reads back
	// as itself.
	f.Fuzz(func(t *testing.T, data []byte) {
		policy, err := lifecycle.ParsePolicy(data, nil)
		if err != nil {
			if !reflect.DeepEqual(policy, lifecycle.Policy{}) {
				t.Fatalf("a policy with faults: %+v", policy)
			}
			return
		}
		checkAdd(t, policy.Validate())
		text, err := json.Marshal(policy)
		checkAdd(t, err)
		again, err := lifecycle.ParsePolicy(text, nil)
		sameSpan := cmp.Comparer(func(a, b regulars.Span) bool { return a == b })
		sameZone := cmp.Comparer(func(a, b *time.Location) bool { return a == b })
		diff := cmp.Diff(policy, again, sameSpan, sameZone, cmpopts.EquateEmpty())
		if diff != "" || err != nil {
			t.Fatalf("%s: %v, (-want +got)\n%s", text, err, diff)
		}
		first := date(t, "2024-01-31")
		h := lifecycle.History{First: first, Last: first, Events: 1}
		for now := first; ; {
			at := policy.At(h, now)
			if at.Next == nil {
				if at.Stage != lifecycle.Churned {
					t.Fatalf("%s for good", at.Stage)
				}
				break
			}
			if !at.Next.At.After(now) {
				t.Fatalf("after %s comes %s", now, at.Next.At)
			}
			now = at.Next.At
		}
	})
}

func TestStageNames(t *testing.T) {
	for _, s := range lifecycle.Stages() {
		text, err := s.MarshalText()
		checkAdd(t, err)
		var back lifecycle.Stage
		checkAdd(t, back.UnmarshalText(text))
		if back != s || s.Label() != "stage="+string(text) {
			t.Errorf("%d is %s, %s, %d", s, text, s.Label(), back)
		}
	}
	var s lifecycle.Stage
	for _, bad := range []string{"", "Silent", "gone"} {
		if err := s.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q is a stage", bad)
		}
	}
	if s.Label() != "" || s.String() != "" || lifecycle.Stage(9).String() != "Stage(9)" {
		t.Error("the zero Stage or an unknown one has a name")
	}
}

func TestPeriodNames(t *testing.T) {
	for _, p := range []lifecycle.Period{lifecycle.Daily(), lifecycle.Weekly(time.Sunday), lifecycle.Weekly(time.Saturday), lifecycle.Monthly()} {
		text, err := p.MarshalText()
		checkAdd(t, err)
		back := lifecycle.Daily()
		checkAdd(t, back.UnmarshalText(text))
		if back != p {
			t.Errorf("%s came back as %s", p, back)
		}
	}
	var p lifecycle.Period
	if err := p.UnmarshalText([]byte("week")); err == nil {
		t.Error("a week without a start is a period")
	}
	if p != lifecycle.Monthly() {
		t.Error("the zero Period is not Monthly")
	}
}

func FuzzPeriodUnmarshalText(f *testing.F) {
	for _, text := range []string{"day", "month", "week from monday", "week from sunday", "week", "Month", ""} {
		f.Add([]byte(text))
	}
	// Property: a text that is read is the one that is written; any other leaves
	// the period as it was.
	f.Fuzz(func(t *testing.T, text []byte) {
		p := lifecycle.Weekly(time.Friday)
		if err := p.UnmarshalText(text); err != nil {
			if p != lifecycle.Weekly(time.Friday) {
				t.Fatalf("%q left %s", text, p)
			}
			return
		}
		if again, err := p.MarshalText(); err != nil || !bytes.Equal(again, text) {
			t.Fatalf("%q came back as %q, %v", text, again, err)
		}
	})
}
