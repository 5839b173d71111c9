package strategy_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/strategy"
)

// A small world, so that audiences, dates and priorities meet often.
var (
	someLabels = []string{"a=1", "a=2", "b=1", "b=2", "c=1", "d=1"}
	epoch      = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
)

func instants() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		return epoch.Add(time.Duration(rapid.IntRange(-6, 6).Draw(t, "half microseconds")) * 500)
	})
}

func audiences() *rapid.Generator[strategy.Audience] {
	return rapid.Custom(func(t *rapid.T) strategy.Audience {
		shuffled := rapid.Permutation(someLabels).Draw(t, "labels")
		var a strategy.Audience
		for _, label := range shuffled {
			switch rapid.IntRange(0, 9).Draw(t, "list") {
			case 0:
				a.AllOf = append(a.AllOf, label)
			case 1, 2:
				a.AnyOf = append(a.AnyOf, label)
			case 3:
				a.NoneOf = append(a.NoneOf, label)
			}
		}
		return a
	})
}

func operations(name string) *rapid.Generator[strategy.Operation] {
	return rapid.Custom(func(t *rapid.T) strategy.Operation {
		o := operation(name, rapid.IntRange(0, 3).Draw(t, "priority"), audiences().Draw(t, "audience"))
		if rapid.Bool().Draw(t, "has a start") {
			o.Dates.Start = instants().Draw(t, "start")
		}
		if rapid.Bool().Draw(t, "has an end") {
			o.Dates.End = instants().Draw(t, "end")
		}
		if !o.Dates.Start.IsZero() && !o.Dates.End.IsZero() && !cut(o.Dates.End).After(cut(o.Dates.Start)) {
			o.Dates.End = o.Dates.Start.Add(time.Microsecond)
		}
		return o
	})
}

func playbooks() *rapid.Generator[strategy.Playbook] {
	return rapid.Custom(func(t *rapid.T) strategy.Playbook {
		var p strategy.Playbook
		for i := range rapid.IntRange(1, 6).Draw(t, "operations") {
			p.Operations = append(p.Operations, operations(fmt.Sprintf("op %d", i)).Draw(t, "operation"))
		}
		p.Operations = rapid.Permutation(p.Operations).Draw(t, "order")
		if rapid.Bool().Draw(t, "has a fallback") {
			o := operations("a fallback").Draw(t, "fallback")
			o.Priority = 0
			p.Fallback = &o
		}
		return p
	})
}

func customers() *rapid.Generator[strategy.Customer] {
	return rapid.Custom(func(t *rapid.T) strategy.Customer {
		known := rapid.SliceOfN(rapid.SampledFrom(append(someLabels, "other=1", "A=1", "")), 0, 8).Draw(t, "labels")
		return strategy.Customer{ID: rapid.StringMatching("u[0-9]").Draw(t, "id"), Labels: known}
	})
}

func cut(t time.Time) time.Time { return t.Truncate(time.Microsecond) }

// naive judges one operation straight from what its fields say.
func naive(o strategy.Operation, c strategy.Customer, now time.Time) (code strategy.Code, inAudience bool) {
	has := func(label string) bool { return slices.Contains(c.Labels, label) }
	lacks := !slices.ContainsFunc(o.Audience.AnyOf, has) && len(o.Audience.AnyOf) > 0
	for _, label := range o.Audience.AllOf {
		lacks = lacks || !has(label)
	}
	excluded := slices.ContainsFunc(o.Audience.NoneOf, has)
	switch {
	case !o.Dates.Start.IsZero() && cut(now).Before(cut(o.Dates.Start)):
		code = strategy.NotStarted
	case !o.Dates.End.IsZero() && !cut(now).Before(cut(o.Dates.End)):
		code = strategy.Ended
	case lacks:
		code = strategy.LacksLabel
	case excluded:
		code = strategy.Excluded
	}
	return code, !lacks && !excluded
}

// Property: every candidate gets exactly one verdict; of those that nothing
// refuses, the one with the highest priority, and among equals with the first
// name, is chosen, the fallback only if it is alone; no other is.
func TestDecideAsTheNaiveModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, c, now := playbooks().Draw(t, "playbook"), customers().Draw(t, "customer"), instants().Draw(t, "now")
		got := compileDrawn(t, p).Decide(c, now)

		want := map[string]strategy.Code{}
		best := ""
		priority := -1
		for _, o := range p.Operations {
			code, _ := naive(o, c, now)
			want[o.Name] = code
			if code == 0 && (o.Priority > priority || o.Priority == priority && o.Name < best) {
				best, priority = o.Name, o.Priority
			}
		}
		if p.Fallback != nil {
			want[p.Fallback.Name], _ = naive(*p.Fallback, c, now)
			if best == "" && want[p.Fallback.Name] == 0 {
				best = p.Fallback.Name
			}
		}
		for name, code := range want {
			if name == best {
				want[name] = strategy.Chosen
			} else if code == 0 {
				want[name] = strategy.Outranked
			}
		}
		verdicts := map[string]strategy.Code{}
		for _, v := range got.Verdicts {
			verdicts[v.Operation] = v.Code
			if v.Code == strategy.Outranked && v.Detail != best {
				t.Errorf("%v, want %q", v, best)
			}
		}
		if got.Chosen != best || len(got.Verdicts) != len(want) {
			t.Errorf("chose %q of %d, want %q of %d", got.Chosen, len(got.Verdicts), best, len(want))
		}
		if diff := cmp.Diff(want, verdicts); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
}

// Property: neither the order of operations nor that of labels, in the playbook
// or of the customer, nor a label said twice, changes a byte.
func TestOrderChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, c, now := playbooks().Draw(t, "playbook"), customers().Draw(t, "customer"), instants().Draw(t, "now")
		before, err := json.Marshal(compileDrawn(t, p).Decide(c, now))
		if err != nil {
			t.Fatal(err)
		}
		p.Operations = rapid.Permutation(p.Operations).Draw(t, "operations")
		for i := range p.Operations {
			a := &p.Operations[i].Audience
			for _, list := range []*[]string{&a.AllOf, &a.AnyOf, &a.NoneOf} {
				*list = rapid.Permutation(*list).Draw(t, "audience")
			}
		}
		c.Labels = rapid.Permutation(append(slices.Clone(c.Labels), c.Labels...)).Draw(t, "labels")
		after, err := json.Marshal(compileDrawn(t, p).Decide(c, now))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(before), string(after)); diff != "" {
			t.Errorf("(-before +after)\n%s", diff)
		}
	})
}

// Property: taking away an operation that was not chosen changes no other
// verdict.
func TestWhoIsNotChosenCanGo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, c, now := playbooks().Draw(t, "playbook"), customers().Draw(t, "customer"), instants().Draw(t, "now")
		before := compileDrawn(t, p).Decide(c, now)
		gone := rapid.IntRange(0, len(p.Operations)-1).Draw(t, "gone")
		name := p.Operations[gone].Name
		if len(p.Operations) == 1 || name == before.Chosen {
			t.Skip("nothing to take away")
		}
		p.Operations = slices.Delete(slices.Clone(p.Operations), gone, gone+1)
		after := compileDrawn(t, p).Decide(c, now)

		want := slices.DeleteFunc(before.Verdicts, func(v strategy.Verdict) bool { return v.Operation == name })
		if diff := cmp.Diff(want, after.Verdicts); diff != "" || before.Chosen != after.Chosen {
			t.Errorf("chosen %q, then %q (-before +after)\n%s", before.Chosen, after.Chosen, diff)
		}
	})
}

// Property: RetryAt is there if and only if just the start is to wait for, and
// is exact: a microsecond earlier the operation has not started, and from then
// on it is eligible.
func TestRetryAtIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, c, now := playbooks().Draw(t, "playbook"), customers().Draw(t, "customer"), instants().Draw(t, "now")
		policy := compileDrawn(t, p)
		for i, v := range policy.Decide(c, now).Verdicts {
			o, _ := policy.Operation(v.Operation)
			code, inAudience := naive(o, c, now)
			if waits := code == strategy.NotStarted && inAudience; waits == v.RetryAt.IsZero() {
				t.Errorf("%v: RetryAt %v", v, v.RetryAt)
			}
			if v.RetryAt.IsZero() {
				continue
			}
			early := policy.Decide(c, v.RetryAt.Add(-time.Microsecond)).Verdicts[i]
			due := policy.Decide(c, v.RetryAt).Verdicts[i]
			if early.Code != strategy.NotStarted || due.Code != strategy.Chosen && due.Code != strategy.Outranked {
				t.Errorf("before %v: %v; at it: %v", v.RetryAt, early, due)
			}
		}
	})
}

// Property: a detail says what is so: the label that lacks is lacking, the one
// that excludes is there.
func TestDetailsAreTrue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, c, now := playbooks().Draw(t, "playbook"), customers().Draw(t, "customer"), instants().Draw(t, "now")
		for _, v := range compileDrawn(t, p).Decide(c, now).Verdicts {
			labels, several := strings.CutPrefix(v.Detail, "any of ")
			switch v.Code {
			case strategy.Excluded:
				if !slices.Contains(c.Labels, v.Detail) {
					t.Errorf("%v: has only %q", v, c.Labels)
				}
			case strategy.LacksLabel:
				for label := range strings.SplitSeq(labels, ", ") {
					if slices.Contains(c.Labels, label) || !several && label != v.Detail {
						t.Errorf("%v: has %q", v, c.Labels)
					}
				}
			}
		}
	})
}

// Property: a playbook that went through JSON is the same policy.
func TestPlaybookSurvivesJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := playbooks().Draw(t, "playbook")
		data, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		back, err := strategy.ParsePlaybook(data)
		if err != nil {
			t.Fatal(err)
		}
		if want, got := compileDrawn(t, p).ID(), compileDrawn(t, back).ID(); want != got {
			t.Errorf("policy %s became %s", want, got)
		}
	})
}

func compileDrawn(t *rapid.T, p strategy.Playbook) *strategy.Policy {
	policy, err := strategy.NewPolicy(p)
	if err != nil {
		t.Fatal(err)
	}
	return policy
}
