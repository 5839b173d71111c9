package strategy_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/regulars-go/regulars/strategy"
)

// compile returns the policy of a playbook that is valid.
func compile(t testing.TB, p strategy.Playbook) *strategy.Policy {
	t.Helper()
	policy, err := strategy.NewPolicy(p)
	if err != nil {
		t.Fatal(err)
	}
	return policy
}

// november returns a playbook with an operation for each way to be refused.
func november() strategy.Playbook {
	gift := operation("gift", 90, strategy.Audience{
		AllOf: []string{"stage=silent"}, AnyOf: []string{"layer=waist", "layer=core"}, NoneOf: []string{"promotion=deal-seeker"},
	})
	gift.Dates = strategy.Window{Start: at("2026-11-01T00:00:00Z"), End: at("2026-12-01T00:00:00Z")}
	return strategy.Playbook{
		Operations: []strategy.Operation{
			operation("survey", 10, strategy.Audience{AllOf: []string{"layer=core"}}), gift,
		},
		Fallback: &strategy.Operation{Name: "news", Objective: "a visit", Channel: "site", Audience: strategy.Audience{NoneOf: []string{"news=no"}}},
	}
}

func TestDecide(t *testing.T) {
	policy := compile(t, november())
	first, last := at("2026-11-01T00:00:00Z"), at("2026-11-30T23:59:59.999999Z")
	const gift, news = "all of stage=silent; any of layer=core, layer=waist; none of promotion=deal-seeker", "none of news=no, as nothing else is eligible"
	tests := []struct {
		name   string
		labels []string
		now    time.Time
		chosen string
		want   [3]strategy.Verdict // of gift, survey and news
	}{
		{"all that it takes, at the start", []string{"stage=silent", "layer=core"}, first, "gift", [3]strategy.Verdict{
			{Code: strategy.Chosen, Detail: gift}, {Code: strategy.Outranked, Detail: "gift"}, {Code: strategy.Outranked, Detail: "gift"},
		}},
		{"the last microsecond", []string{"stage=silent", "layer=core"}, last, "gift", [3]strategy.Verdict{
			{Code: strategy.Chosen, Detail: gift}, {Code: strategy.Outranked, Detail: "gift"}, {Code: strategy.Outranked, Detail: "gift"},
		}},
		{"a nanosecond before the end", []string{"stage=silent", "layer=core"}, last.Add(999), "gift", [3]strategy.Verdict{
			{Code: strategy.Chosen, Detail: gift}, {Code: strategy.Outranked, Detail: "gift"}, {Code: strategy.Outranked, Detail: "gift"},
		}},
		{"the end", []string{"stage=silent", "layer=core"}, last.Add(1000), "survey", [3]strategy.Verdict{
			{Code: strategy.Ended, Detail: "2026-12-01T00:00:00Z"}, {Code: strategy.Chosen, Detail: "all of layer=core"}, {Code: strategy.Outranked, Detail: "survey"},
		}},
		{"a nanosecond before the start", []string{"stage=silent", "layer=core"}, first.Add(-1), "survey", [3]strategy.Verdict{
			{Code: strategy.NotStarted, Detail: "2026-11-01T00:00:00Z", RetryAt: first}, {Code: strategy.Chosen, Detail: "all of layer=core"}, {Code: strategy.Outranked, Detail: "survey"},
		}},
		{"before the start, and not in the audience", []string{"layer=core"}, first.Add(-1), "survey", [3]strategy.Verdict{
			{Code: strategy.NotStarted, Detail: "2026-11-01T00:00:00Z"}, {Code: strategy.Chosen, Detail: "all of layer=core"}, {Code: strategy.Outranked, Detail: "survey"},
		}},
		{"lacks one", []string{"layer=waist"}, first, "news", [3]strategy.Verdict{
			{Code: strategy.LacksLabel, Detail: "stage=silent"}, {Code: strategy.LacksLabel, Detail: "layer=core"}, {Code: strategy.Chosen, Detail: news},
		}},
		{"lacks any of several", []string{"stage=silent"}, first, "news", [3]strategy.Verdict{
			{Code: strategy.LacksLabel, Detail: "any of layer=core, layer=waist"}, {Code: strategy.LacksLabel, Detail: "layer=core"}, {Code: strategy.Chosen, Detail: news},
		}},
		{"excluded", []string{"promotion=deal-seeker", "layer=waist", "stage=silent"}, first, "news", [3]strategy.Verdict{
			{Code: strategy.Excluded, Detail: "promotion=deal-seeker"}, {Code: strategy.LacksLabel, Detail: "layer=core"}, {Code: strategy.Chosen, Detail: news},
		}},
		{"two labels of a key", []string{"stage=silent", "stage=active", "layer=waist", "layer=core"}, first, "gift", [3]strategy.Verdict{
			{Code: strategy.Chosen, Detail: gift}, {Code: strategy.Outranked, Detail: "gift"}, {Code: strategy.Outranked, Detail: "gift"},
		}},
		{"not even the fallback", []string{"news=no"}, first, "", [3]strategy.Verdict{
			{Code: strategy.LacksLabel, Detail: "stage=silent"}, {Code: strategy.LacksLabel, Detail: "layer=core"}, {Code: strategy.Excluded, Detail: "news=no"},
		}},
		{"no label", nil, first, "news", [3]strategy.Verdict{
			{Code: strategy.LacksLabel, Detail: "stage=silent"}, {Code: strategy.LacksLabel, Detail: "layer=core"}, {Code: strategy.Chosen, Detail: news},
		}},
		{"malformed labels are none", []string{"", "stage", "STAGE=SILENT", "stage=silent ", "\xff"}, first, "news", [3]strategy.Verdict{
			{Code: strategy.LacksLabel, Detail: "stage=silent"}, {Code: strategy.LacksLabel, Detail: "layer=core"}, {Code: strategy.Chosen, Detail: news},
		}},
		{"the zero time", []string{"stage=silent", "layer=waist"}, time.Time{}, "news", [3]strategy.Verdict{
			{Code: strategy.NotStarted, Detail: "2026-11-01T00:00:00Z", RetryAt: first}, {Code: strategy.LacksLabel, Detail: "layer=core"}, {Code: strategy.Chosen, Detail: news},
		}},
		{"before the year 1", []string{"layer=core"}, time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC), "survey", [3]strategy.Verdict{
			{Code: strategy.NotStarted, Detail: "2026-11-01T00:00:00Z"}, {Code: strategy.Chosen, Detail: "all of layer=core"}, {Code: strategy.Outranked, Detail: "survey"},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			want := strategy.Decision{
				Policy: policy.ID(), Customer: "u1", At: test.now.Truncate(time.Microsecond), Chosen: test.chosen, Verdicts: test.want[:],
			}
			for i, name := range []string{"gift", "survey", "news"} {
				want.Verdicts[i].Operation = name
			}
			got := policy.Decide(strategy.Customer{ID: "u1", Labels: test.labels}, test.now)
			channels := cmpopts.IgnoreFields(strategy.Decision{}, "Channel", "Propensity")
			if diff := cmp.Diff(want, got, channels, cmpopts.IgnoreFields(strategy.Verdict{}, "Channel", "Stage", "Propensity")); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestBecause(t *testing.T) {
	tests := []struct {
		verdict strategy.Verdict
		want    string
	}{
		{strategy.Verdict{Operation: "a", Code: strategy.Chosen, Detail: "everyone"}, "a: chosen: for everyone"},
		{strategy.Verdict{Operation: "a", Code: strategy.NotStarted, Detail: "2026-11-01T00:00:00Z"}, "a: not yet started: starts 2026-11-01T00:00:00Z"},
		{strategy.Verdict{Operation: "a", Code: strategy.Ended, Detail: "2026-11-01T00:00:00Z"}, "a: ended 2026-11-01T00:00:00Z"},
		{strategy.Verdict{Operation: "a", Code: strategy.LacksLabel, Detail: "stage=silent"}, "a: audience: lacks stage=silent"},
		{strategy.Verdict{Operation: "a", Code: strategy.Excluded, Detail: "stage=silent"}, "a: audience: excluded by stage=silent"},
		{strategy.Verdict{Operation: "a", Code: strategy.Outranked, Detail: "b"}, "a: outranked by b"},
		{strategy.Verdict{Operation: "a"}, "a: "},
		{strategy.Verdict{Operation: "a", Code: 77}, "a: Code(77)"},
	}
	for _, test := range tests {
		if got := test.verdict.String(); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

// Who leaves the loop early is asked for no further customer.
func TestDecideAllStops(t *testing.T) {
	asked := 0
	endless := func(yield func(strategy.Customer) bool) {
		for yield(strategy.Customer{ID: "u1"}) {
			asked++
		}
	}
	for d := range compile(t, november()).DecideAll(endless, time.Time{}) {
		if asked == 2 && d.Chosen == "news" {
			break
		}
	}
	if asked != 2 {
		t.Errorf("asked for %d more", asked-2)
	}
}

func TestTiesGoByName(t *testing.T) {
	policy := compile(t, strategy.Playbook{Operations: []strategy.Operation{
		operation("b", 5, strategy.Audience{}), operation("é", 5, strategy.Audience{}), operation("a", 5, strategy.Audience{}),
		operation("B", 5, strategy.Audience{}), operation("z", 6, strategy.Audience{AllOf: []string{"k=v"}}),
	}})
	if diff := cmp.Diff([]string{"z", "B", "a", "b", "é"}, policy.Operations()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if d := policy.Decide(strategy.Customer{}, at("2026-11-01T00:00:00Z")); d.Chosen != "B" {
		t.Errorf("chose %q, want B", d.Chosen)
	}
}

// A fallback named as if it came first still ranks last.
func TestFallbackRanksLast(t *testing.T) {
	policy := compile(t, strategy.Playbook{
		Operations: []strategy.Operation{operation("b", 0, strategy.Audience{})},
		Fallback:   &strategy.Operation{Name: "a", Objective: "o", Channel: "c"},
	})
	if d := policy.Decide(strategy.Customer{}, time.Time{}); d.Chosen != "b" {
		t.Errorf("chose %q, want b", d.Chosen)
	}
}

// The same instant in another zone, or with a monotonic reading, is the same
// decision to the byte.
func TestOneInstantOneRecord(t *testing.T) {
	policy := compile(t, november())
	c := strategy.Customer{ID: "u1", Labels: []string{"stage=silent", "layer=core"}}
	now := at("2026-11-11T00:00:00.123456789+08:00")
	record := func(now time.Time) string {
		data, err := json.Marshal(policy.Decide(c, now))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	want := record(now)
	for _, same := range []time.Time{now.UTC(), now.In(time.FixedZone("", -12345)), now.Add(210), now.Truncate(time.Microsecond)} {
		if got := record(same); got != want {
			t.Errorf("at %v\n%s\nwant\n%s", same, got, want)
		}
	}
	var back strategy.Decision
	if err := json.Unmarshal([]byte(want), &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(policy.Decide(c, now), back); diff != "" {
		t.Errorf("read back (-want +got)\n%s", diff)
	}
}

// However many labels a policy mentions, on the stack or beyond, each is looked
// up. An operation mentions two here.
func TestManyLabels(t *testing.T) {
	for _, n := range []int{31, 32, 33, 127, 128, 129, strategy.MaxOperations} {
		var p strategy.Playbook
		for i := range n {
			p.Operations = append(p.Operations, operation(fmt.Sprintf("op %03d", i), 0, strategy.Audience{
				AllOf: []string{fmt.Sprintf("a=%d", i)}, NoneOf: []string{fmt.Sprintf("b=%d", i)},
			}))
		}
		policy := compile(t, p)
		for i := range n {
			labels := []string{fmt.Sprintf("a=%d", i), fmt.Sprintf("b=%d", (i+1)%n)}
			if got, want := policy.Decide(strategy.Customer{Labels: labels}, time.Time{}).Chosen, fmt.Sprintf("op %03d", i); got != want {
				t.Errorf("%v: chose %q, want %q", labels, got, want)
			}
			labels = append(labels, fmt.Sprintf("b=%d", i))
			if got := policy.Decide(strategy.Customer{Labels: labels}, time.Time{}).Chosen; got != "" {
				t.Errorf("%v: chose %q, want none", labels, got)
			}
		}
	}
}

// Times that microseconds can't hold are before all dates, or after them, and
// within open ends.
func TestTimesBeyondAllDates(t *testing.T) {
	open := operation("open", 1, strategy.Audience{})
	from, to := operation("from", 2, strategy.Audience{}), operation("to", 3, strategy.Audience{})
	from.Dates.Start = at("0001-01-01T00:00:01Z")
	to.Dates.End = at("9999-12-31T23:59:59Z")
	policy := compile(t, strategy.Playbook{Operations: []strategy.Operation{open, from, to}})
	for year, want := range map[int]string{-400_000: "to", -1: "to", 10_000: "from", 400_000: "from"} {
		d := policy.Decide(strategy.Customer{}, time.Date(year, 6, 1, 0, 0, 0, 0, time.UTC))
		if d.Chosen != want {
			t.Errorf("in the year %d\n%v\nwant %s", year, d, want)
		}
	}
}

// A policy keeps to what was compiled, whatever becomes of the playbook or of
// what it hands out.
func TestPolicyIsACopy(t *testing.T) {
	p := november()
	policy := compile(t, p)
	c := strategy.Customer{ID: "u1", Labels: []string{"stage=silent", "layer=core"}}
	now := at("2026-11-11T00:00:00Z")
	before := policy.Decide(c, now)
	if diff := cmp.Diff(november(), p); diff != "" {
		t.Errorf("compiling changed the playbook (-want +got)\n%s", diff)
	}

	p.Operations[1].Audience.AllOf[0] = "k=v"
	p.Fallback.Name = "changed"
	gift, ok := policy.Operation("gift")
	if !ok {
		t.Fatal("no gift")
	}
	gift.Audience.AllOf[0] = "k=v"
	policy.Decide(c, now).Verdicts[0].Operation = "changed"

	if diff := cmp.Diff(before, policy.Decide(c, now)); diff != "" {
		t.Errorf("(-before +after)\n%s", diff)
	}
	if again, _ := policy.Operation("gift"); again.Audience.AllOf[0] != "stage=silent" {
		t.Errorf("the policy hands out %q", again.Audience.AllOf)
	}
	if _, ok := policy.Operation("changed"); ok {
		t.Error("the fallback was renamed")
	}
}

// Each change of a playbook that people would call one gives another ID.
func TestPolicyID(t *testing.T) {
	start := at("2026-11-01T00:00:00Z")
	changes := map[string]func(*strategy.Playbook){
		"none":      func(*strategy.Playbook) {},
		"name":      func(p *strategy.Playbook) { p.Name = "x" },
		"objective": func(p *strategy.Playbook) { p.Operations[0].Objective += "!" },
		"channel":   func(p *strategy.Playbook) { p.Operations[0].Channel = "x" },
		"priority":  func(p *strategy.Playbook) { p.Operations[0].Priority++ },
		"start":     func(p *strategy.Playbook) { p.Operations[0].Dates.Start = start },
		"end":       func(p *strategy.Playbook) { p.Operations[0].Dates.End = start },
		"all becomes any": func(p *strategy.Playbook) {
			p.Operations[0].Audience = strategy.Audience{AnyOf: []string{"layer=core"}}
		},
		"one operation fewer": func(p *strategy.Playbook) { p.Operations = p.Operations[:1] },
		"no fallback":         func(p *strategy.Playbook) { p.Fallback = nil },
		"fallback's rank": func(p *strategy.Playbook) {
			p.Operations = append(p.Operations, *p.Fallback)
			p.Fallback = nil
		},
	}
	by := map[string]string{}
	for name, change := range changes {
		p := november()
		change(&p)
		id := compile(t, p).ID()
		if other, taken := by[id]; taken {
			t.Errorf("%q and %q are both %s", name, other, id)
		}
		by[id] = name
	}
	same := november()
	slices.Reverse(same.Operations)
	slices.Reverse(same.Operations[0].Audience.AnyOf)
	same.Operations[0].Dates.Start = same.Operations[0].Dates.Start.In(time.FixedZone("", 3600)).Add(999)
	if id := compile(t, same).ID(); by[id] != "none" {
		t.Errorf("the same playbook in another order is %s", id)
	}
}

func TestCustomerValidate(t *testing.T) {
	c := strategy.Customer{Labels: []string{"stage=silent", "Stage=silent", "stage=silent", "plan=pro"}}
	const want = `id: missing
labels[1]: "Stage=silent": want a key of a to z, 0 to 9, ".", "_" or "-", a letter first
labels[3]: "plan=pro": unknown key "plan": want layer, promotion, quadrant, segment or stage`
	err := c.Validate(strategy.StarterLabels())
	if err == nil {
		t.Fatal("no fault")
	}
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestCodesAsText(t *testing.T) {
	for _, c := range strategy.Codes() {
		text, err := c.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var back strategy.Code
		if err := back.UnmarshalText(text); err != nil || back != c {
			t.Errorf("%v is read back as %v, %v", c, back, err)
		}
	}
	for _, c := range []strategy.Code{0, strategy.Outranked + 1, 255} {
		if text, err := c.MarshalText(); err == nil {
			t.Errorf("no error, but %q", text)
		}
	}
	var c strategy.Code
	for _, text := range []string{"", "Chosen", "code(7)"} {
		if err := c.UnmarshalText([]byte(text)); err == nil || c != 0 {
			t.Errorf("%q is read as %v, %v", text, c, err)
		}
	}
	if got := strategy.Code(200).String(); got != "Code(200)" {
		t.Errorf("got %q", got)
	}
}
