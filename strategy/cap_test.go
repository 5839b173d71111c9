package strategy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/strategy"
)

func TestCalendarWindowVectors(t *testing.T) {
	cases := loadContactPolicy(t).CalendarWindows
	if len(cases) != 7 {
		t.Fatalf("%d cases, want 7", len(cases))
	}
	for _, c := range cases {
		t.Run(c.TZ+" "+c.Kind, func(t *testing.T) {
			k := strategy.Cap{Name: "k", Limit: 1, Calendar: strategy.Calendar(c.Kind)}
			if k.Calendar == strategy.Week {
				k.WeekStart = strings.ToLower(c.WeekStarts)
			}
			after, last := k.Window(c.At, zone(t, c.TZ))
			start, end := after.Add(time.Microsecond), last.Add(time.Microsecond)
			if !start.Equal(c.Start) || !end.Equal(c.End) || end.Sub(start).Hours() != c.Hours {
				t.Errorf("from %v to %v, want %v to %v", start, end, c.Start, c.End)
			}
		})
	}
}

// In Newfoundland the clocks went back at 00:01, to 23:01 of the day before: the
// date returns, and the window does not.
func TestADateThatReturns(t *testing.T) {
	loc := zone(t, "America/St_Johns")
	k := strategy.Cap{Name: "k", Limit: 1, Calendar: strategy.Day}
	midnight, next := at("2006-10-29T00:00:00-02:30"), at("2006-10-30T00:00:00-03:30")
	for _, now := range []time.Time{midnight, at("2006-10-28T23:30:00-03:30"), at("2006-10-29T12:00:00-03:30")} {
		after, last := k.Window(now, loc)
		if !after.Add(time.Microsecond).Equal(midnight) || !last.Add(time.Microsecond).Equal(next) {
			t.Errorf("%v is in the window after %v to %v", now, after, last)
		}
	}
}

// The example of OneSignal's documentation: three in 24 hours, and a message that
// is exactly 24 hours old has left.
func TestOneSignalCap(t *testing.T) {
	c := loadContactPolicy(t).Caps[0]
	if !strings.HasPrefix(c.Name, "OneSignal") || len(c.Attempts) != 8 {
		t.Fatalf("%q", c.Name)
	}
	policy := compile(t, strategy.Playbook{
		Operations: []strategy.Operation{operation("a", 1, strategy.Audience{})},
		Caps:       []strategy.Cap{{Name: "three a day", Limit: 3, Rolling: regulars.Hours(24)}},
	})
	customer := strategy.Customer{ID: "u1"}
	for _, attempt := range c.Attempts {
		var day, hour, minute int
		if _, err := fmt.Sscanf(attempt[0], "D%d %d:%d", &day, &hour, &minute); err != nil {
			t.Fatal(err)
		}
		now := time.Date(2026, 11, day, hour, minute, 0, 0, time.UTC)
		d := policy.Decide(customer, now)
		if sent := d.Chosen != ""; sent != (attempt[1] == "sent") {
			t.Errorf("%s: %v, want %s", attempt[0], d.Verdicts[0], attempt[1])
		}
		if d.Chosen != "" {
			customer.Exposures = append(customer.Exposures, strategy.Exposure{Operation: "a", Channel: "push", At: now})
		}
	}
}

// capped returns the verdict on an operation "a" by push, tagged "promotion", for
// the objective "sell", under one cap.
func capped(t testing.TB, k strategy.Cap, now time.Time, exposures ...strategy.Exposure) strategy.Verdict {
	t.Helper()
	a := operation("a", 2, strategy.Audience{})
	a.Tags = []string{"promotion"}
	b := operation("b", 1, strategy.Audience{AllOf: []string{"k=never"}})
	b.Channel = "sms"
	k.Name = "k"
	policy, err := strategy.Host{Zones: time.LoadLocation}.NewPolicy(strategy.Playbook{Operations: []strategy.Operation{a, b}, Caps: []strategy.Cap{k}})
	if err != nil {
		t.Fatal(err)
	}
	return policy.Decide(strategy.Customer{ID: "u1", Zone: "America/New_York", Exposures: exposures}, now).Verdicts[0]
}

func TestCaps(t *testing.T) {
	now := at("2026-03-08T12:00:00-04:00") // the day on which clocks go forward in New York
	sent := func(ago time.Duration, change ...func(*strategy.Exposure)) strategy.Exposure {
		e := strategy.Exposure{Operation: "a", Channel: "push", Objective: "an order", Tags: []string{"promotion"}, At: now.Add(-ago)}
		for _, c := range change {
			c(&e)
		}
		return e
	}
	other := func(e *strategy.Exposure) {
		e.Operation, e.Channel, e.Objective, e.Tags = "b", "sms", "an answer", []string{"survey"}
	}
	hour := strategy.Cap{Limit: 2, Rolling: regulars.Hours(1)}
	day := strategy.Cap{Limit: 1, Calendar: strategy.Day}
	with := func(k strategy.Cap, change func(*strategy.Cap)) strategy.Cap { change(&k); return k }
	tests := []struct {
		name  string
		cap   strategy.Cap
		sends []strategy.Exposure
		retry time.Time // zero: not capped
	}{
		{"none sent", hour, nil, time.Time{}},
		{"one of two", hour, []strategy.Exposure{sent(0)}, time.Time{}},
		{"two of two", hour, []strategy.Exposure{sent(time.Minute), sent(30 * time.Minute)}, now.Add(30 * time.Minute)},
		{"more than two: the second last counts", hour, []strategy.Exposure{sent(time.Minute), sent(2 * time.Minute), sent(30 * time.Minute)}, now.Add(58 * time.Minute)},
		{"exactly an hour ago has left", hour, []strategy.Exposure{sent(time.Minute), sent(time.Hour)}, time.Time{}},
		{"a microsecond less", hour, []strategy.Exposure{sent(time.Minute), sent(time.Hour - time.Microsecond)}, now.Add(time.Microsecond)},
		{"ahead counts at once", hour, []strategy.Exposure{sent(-time.Hour), sent(-2 * time.Hour)}, now.Add(2 * time.Hour)},
		{"failed counts for nothing", hour, []strategy.Exposure{sent(0, func(e *strategy.Exposure) { e.State = strategy.Failed }), sent(0)}, time.Time{}},
		{"reserved counts", hour, []strategy.Exposure{sent(0, func(e *strategy.Exposure) { e.State = strategy.Reserved }), sent(0)}, now.Add(time.Hour)},
		{"uncounted does not", hour, []strategy.Exposure{sent(0, func(e *strategy.Exposure) { e.Uncounted = true }), sent(0)}, time.Time{}},
		{"of all", hour, []strategy.Exposure{sent(0, other), sent(0, other)}, now.Add(time.Hour)},
		{"of the channel", with(hour, func(k *strategy.Cap) { k.Scope = strategy.PerChannel }), []strategy.Exposure{sent(0, other), sent(0, other), sent(0)}, time.Time{}},
		{"of the channel, full", with(hour, func(k *strategy.Cap) { k.Scope = strategy.PerChannel }), []strategy.Exposure{sent(0), sent(0)}, now.Add(time.Hour)},
		{"of another channel", with(hour, func(k *strategy.Cap) { k.Scope, k.On = strategy.PerChannel, "sms" }), []strategy.Exposure{sent(0), sent(0)}, time.Time{}},
		{"of the tag as sent", with(hour, func(k *strategy.Cap) { k.Scope, k.On = strategy.PerTag, "promotion" }), []strategy.Exposure{sent(0), sent(0, func(e *strategy.Exposure) { e.Tags = nil })}, time.Time{}},
		{"of the tag, full", with(hour, func(k *strategy.Cap) { k.Scope, k.On = strategy.PerTag, "promotion" }), []strategy.Exposure{sent(0), sent(0)}, now.Add(time.Hour)},
		{"of the operation", with(hour, func(k *strategy.Cap) { k.Scope = strategy.PerOperation }), []strategy.Exposure{sent(0), sent(0, other)}, time.Time{}},
		{"of the objective", with(hour, func(k *strategy.Cap) { k.Scope = strategy.PerObjective }), []strategy.Exposure{sent(0), sent(0)}, now.Add(time.Hour)},
		{"of another objective", with(hour, func(k *strategy.Cap) { k.Scope = strategy.PerObjective }), []strategy.Exposure{sent(0), sent(0, other)}, time.Time{}},
		{"today", day, []strategy.Exposure{sent(time.Hour)}, at("2026-03-09T00:00:00-04:00")},
		{"today, which is short", day, []strategy.Exposure{sent(11 * time.Hour)}, at("2026-03-09T00:00:00-04:00")},
		{"yesterday at 23:00, legal at 00:00", day, []strategy.Exposure{sent(12 * time.Hour)}, time.Time{}},
		{"today by the business, which is in UTC", with(day, func(k *strategy.Cap) { k.Zone = strategy.OfBusiness }), []strategy.Exposure{sent(16 * time.Hour)}, at("2026-03-09T00:00:00Z")},
		{"this week", strategy.Cap{Limit: 1, Calendar: strategy.Week}, []strategy.Exposure{sent(5 * 24 * time.Hour)}, at("2026-03-09T00:00:00-04:00")},
		{"a week that starts on Sunday", strategy.Cap{Limit: 1, Calendar: strategy.Week, WeekStart: "sun"}, []strategy.Exposure{sent(2 * 24 * time.Hour)}, time.Time{}},
		{"this month", strategy.Cap{Limit: 1, Calendar: strategy.Month}, []strategy.Exposure{sent(6 * 24 * time.Hour)}, at("2026-04-01T00:00:00-04:00")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v := capped(t, test.cap, now, test.sends...)
			if full := v.Code == strategy.Capped; full == test.retry.IsZero() || !v.RetryAt.Equal(test.retry) {
				t.Fatalf("%v, want until %v", v, test.retry)
			}
			if test.retry.IsZero() {
				return
			}
			if early := capped(t, test.cap, test.retry.Add(-time.Microsecond), test.sends...); early.Code != strategy.Capped || !early.RetryAt.Equal(test.retry) {
				t.Errorf("a microsecond earlier: %v", early)
			}
			if free := capped(t, test.cap, test.retry, test.sends...); free.Code == strategy.Capped {
				t.Errorf("then: %v", free)
			}
		})
	}
}

// All caps hold at once, and the verdict is on the one that holds longest.
func TestCapsTogether(t *testing.T) {
	now := at("2026-11-22T12:00:00Z")
	policy := compile(t, strategy.Playbook{
		Operations: []strategy.Operation{operation("a", 1, strategy.Audience{})},
		Caps: []strategy.Cap{
			{Name: "an hour", Limit: 1, Rolling: regulars.Hours(1)}, {Name: "a week", Limit: 2, Rolling: regulars.Hours(168)}, {Name: "a day", Limit: 2, Rolling: regulars.Hours(24)},
		},
	})
	c := strategy.Customer{ID: "u1", Exposures: []strategy.Exposure{{Operation: "b", Channel: "sms", At: now}, {Operation: "b", Channel: "sms", At: now.Add(-2 * time.Hour)}}}
	v := policy.Decide(c, now).Verdicts[0]
	if v.Code != strategy.Capped || v.Detail != "a week" || !v.RetryAt.Equal(now.Add(166*time.Hour)) {
		t.Errorf("%v", v)
	}
}

// Both switches of an operation are apart: to obey caps, and to count towards
// them.
func TestObeyAndCount(t *testing.T) {
	now := at("2026-11-22T12:00:00Z")
	yes, no := true, false
	tests := []struct {
		name          string
		class         strategy.Class
		obeys, counts *bool
		capped, uncnt bool
	}{
		{"marketing", strategy.Marketing, nil, nil, true, false},
		{"marketing that obeys none", strategy.Marketing, &no, nil, false, false},
		{"marketing that counts for nothing", strategy.Marketing, nil, &no, true, true},
		{"transactional", strategy.Transactional, nil, nil, false, true},
		{"transactional that obeys", strategy.Transactional, &yes, nil, true, true},
		{"mandatory", strategy.Mandatory, nil, nil, false, true},
		{"mandatory that counts", strategy.Mandatory, nil, &yes, false, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := operation("a", 1, strategy.Audience{})
			o.Class, o.ObeysCaps, o.CountsToCaps = test.class, test.obeys, test.counts
			o.CoolDowns = []strategy.CoolDown{{For: regulars.Hours(1)}}
			policy := compile(t, strategy.Playbook{
				Operations: []strategy.Operation{o}, Caps: []strategy.Cap{{Name: "k", Limit: 1, Rolling: regulars.Hours(24)}},
			})
			sent := strategy.Exposure{Operation: "other", Channel: "push", At: now}
			d := policy.Decide(strategy.Customer{ID: "u1", Exposures: []strategy.Exposure{sent}}, now)
			if (d.Verdicts[0].Code == strategy.Capped) != test.capped {
				t.Errorf("%v", d)
			}
			var kept shelf
			stores := strategy.Stores{Exposures: &kept}
			if _, err := policy.Reserve(t.Context(), stores, strategy.Case{Customer: strategy.Customer{ID: "u1"}, Now: now, Key: "k1"}, time.Hour); err != nil {
				t.Fatal(err)
			}
			if got := kept.held["k1"].Exposure.Uncounted; got != test.uncnt {
				t.Errorf("uncounted: %v, want %v", got, test.uncnt)
			}
		})
	}
}

// anyCap draws a cap on all that a customer gets.
func anyCap(t *rapid.T) strategy.Cap {
	k := strategy.Cap{Name: "k", Limit: rapid.IntRange(1, 3).Draw(t, "limit")}
	switch rapid.IntRange(0, 3).Draw(t, "window") {
	case 0:
		k.Calendar = strategy.Day
	case 1:
		k.Calendar, k.WeekStart = strategy.Week, rapid.SampledFrom([]string{"", "sun", "wed"}).Draw(t, "week start")
	case 2:
		k.Calendar = strategy.Month
	default:
		k.Rolling = regulars.Hours(rapid.IntRange(1, 100).Draw(t, "hours"))
	}
	if k.Calendar != "" && rapid.Bool().Draw(t, "of the business") {
		k.Zone = strategy.OfBusiness
	}
	return k
}

// P7. Property: whatever is decided, in whatever order of time, and whatever is
// taken back in between, no window has more than the limit.
func TestNoWindowIsEverOverfull(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		name := rapid.SampledFrom(zoneNames).Draw(rt, "zone")
		loc := zone(t, name)
		k := anyCap(rt)
		policy, err := strategy.Host{Zones: time.LoadLocation}.NewPolicy(strategy.Playbook{
			Zone: "Asia/Shanghai", Operations: []strategy.Operation{operation("a", 1, strategy.Audience{})}, Caps: []strategy.Cap{k},
		})
		if err != nil {
			rt.Fatal(err)
		}
		if k.Zone == strategy.OfBusiness {
			loc = zone(t, "Asia/Shanghai")
		}
		customer := strategy.Customer{ID: "u1", Zone: name}
		base := oddInstants(rt, loc)
		for range rapid.IntRange(1, 25).Draw(rt, "attempts") {
			now := base.Add(time.Duration(rapid.IntRange(-100, 100).Draw(rt, "half hours")) * 30 * time.Minute)
			if len(customer.Exposures) > 0 && rapid.IntRange(0, 4).Draw(rt, "take back") == 0 {
				customer.Exposures[rapid.IntRange(0, len(customer.Exposures)-1).Draw(rt, "which")].State = strategy.Failed
			}
			if policy.Decide(customer, now).Chosen != "" {
				customer.Exposures = append(customer.Exposures, strategy.Exposure{Operation: "a", Channel: "push", At: now})
			}
		}
		for _, e := range customer.Exposures {
			after, last := k.Window(e.At, loc)
			n := 0
			for _, other := range customer.Exposures {
				if other.State != strategy.Failed && other.At.After(after) && !other.At.After(last) {
					n++
				}
			}
			if n > k.Limit {
				rt.Fatalf("%d in the window of %v, want at most %d", n, e.At, k.Limit)
			}
		}
	})
}

// P10. Property: the windows of a calendar follow one another without gap or
// overlap, in every zone.
func TestWindowsPartitionTime(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		loc := zone(t, rapid.SampledFrom(zoneNames).Draw(rt, "zone"))
		k := anyCap(rt)
		if k.Calendar == "" {
			return
		}
		at := oddInstants(rt, loc)
		for range 4 {
			after, last := k.Window(at, loc)
			if !at.After(after) || at.After(last) {
				rt.Fatalf("%v is not in its own window, after %v to %v", at, after, last)
			}
			for _, inside := range []time.Time{after.Add(time.Microsecond), last, after.Add(last.Sub(after) / 2).Add(time.Microsecond)} {
				if a, l := k.Window(inside, loc); !a.Equal(after) || !l.Equal(last) {
					rt.Fatalf("%v is in the window after %v to %v, and not after %v to %v", inside, a, l, after, last)
				}
			}
			if a, _ := k.Window(last.Add(time.Microsecond), loc); !a.Equal(last) {
				rt.Fatalf("after %v comes a window from %v", last, a)
			}
			at = last.Add(time.Microsecond)
		}
	})
}

// P6, for one cap alone: a tighter cap never sends more. With caps that overlap
// that is false: what blocks A, tagged 1 and 2, may free B, tagged 1, and C,
// tagged 2.
func TestATighterCapNeverSendsMore(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		k := anyCap(rt)
		attempts := rapid.SliceOfN(rapid.IntRange(0, 400), 1, 40).Draw(rt, "half hours")
		slices.Sort(attempts)
		sends := func(k strategy.Cap) (n int) {
			policy := compile(t, strategy.Playbook{Operations: []strategy.Operation{operation("a", 1, strategy.Audience{})}, Caps: []strategy.Cap{k}})
			customer := strategy.Customer{ID: "u1"}
			for _, half := range attempts {
				now := epoch.Add(time.Duration(half) * 30 * time.Minute)
				if policy.Decide(customer, now).Chosen != "" {
					customer.Exposures = append(customer.Exposures, strategy.Exposure{Operation: "a", Channel: "push", At: now})
					n++
				}
			}
			return n
		}
		tight, loose := k, k
		loose.Limit++
		if a, b := sends(tight), sends(loose); a > b {
			rt.Fatalf("%d sends with a limit of %d, and %d with one more", a, k.Limit, b)
		}
	})
}
