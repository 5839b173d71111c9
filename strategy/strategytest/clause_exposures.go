package strategytest

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/regulars-go/regulars/strategy"
)

// sent is when the exposures are that bounds are held against.
var sent = noon.Add(123456 * time.Microsecond)

// matching are bounds beside whether they count a certain exposure.
var matching = []struct {
	name   string
	bound  strategy.Bound
	counts bool
}{
	{"of anything", strategy.Bound{}, true},
	{"of its channel", strategy.Bound{Channel: "push"}, true},
	{"of another channel", strategy.Bound{Channel: "sms"}, false},
	{"of one of its tags", strategy.Bound{Tag: "winter"}, true},
	{"of another tag", strategy.Bound{Tag: "win"}, false},
	{"of its operation", strategy.Bound{Operation: "gift"}, true},
	{"of another operation", strategy.Bound{Operation: "survey"}, false},
	{"of its objective", strategy.Bound{Objective: "return"}, true},
	{"of another objective", strategy.Bound{Objective: "stay"}, false},
	{"of its channel and another tag", strategy.Bound{Channel: "push", Tag: "summer"}, false},
	{"of its channel, tag, operation and objective", strategy.Bound{Channel: "push", Tag: "sale", Operation: "gift", Objective: "return"}, true},
	{"after a microsecond before", strategy.Bound{After: sent.Add(-time.Microsecond)}, true},
	{"after the instant itself", strategy.Bound{After: sent}, false},
	{"after the instant itself, in another zone", strategy.Bound{After: sent.In(time.FixedZone("east", 8*3600))}, false},
	{"after a microsecond later", strategy.Bound{After: sent.Add(time.Microsecond)}, false},
	{"since a year ago", strategy.Bound{After: noon.AddDate(-1, 0, 0)}, true},
}

func checkMatching(l *lab) {
	gift := strategy.Exposure{Operation: "gift", Channel: "push", Objective: "return", Tags: []string{"sale", "winter"}, At: sent}
	l.counted("u1", gift, true, "an exposure")
	l.must("committing", l.commit("u1 kept"))
	for _, m := range matching {
		l.matches("u1", m.name+", committed", m.bound, m.counts)
	}
	ahead := gift
	ahead.At = noon.AddDate(1, 0, 0)
	l.counted("u2", ahead, true, "an exposure of next year")
	quiet := gift
	quiet.Uncounted = true
	l.counted("u3", quiet, false, "an uncounted exposure")
	l.matches("u3", "of all, on an uncounted exposure", strategy.Bound{All: true, Channel: "push"}, true)
	// What is reserved counts itself only if the bound matches it.
	l.matches("u4", "of another channel, alone", strategy.Bound{Channel: "sms"}, false)
}

// counted keeps an exposure, and sees whether the bounds count it.
func (l *lab) counted(customer string, e strategy.Exposure, all bool, what string) {
	r := strategy.Reservation{Key: customer + " kept", Customer: customer, Exposure: e, Expires: late}
	if refused, err := l.exposures.Reserve(l.ctx, r); refused != nil || err != nil {
		l.fatalf("%s: %v refused, error %v", what, refused, err)
	}
	for _, m := range matching {
		if !m.bound.After.IsZero() && !e.At.Equal(sent) {
			continue
		}
		l.matches(customer, m.name+", on "+what, m.bound, all && m.counts)
	}
}

// matches reserves an exposure that no bound here matches, with a limit of 0: it
// is refused if the bound counts what is there.
func (l *lab) matches(customer, what string, b strategy.Bound, counts bool) {
	l.probes++
	r := strategy.Reservation{
		Key: fmt.Sprint("probe ", l.probes), Customer: customer, Expires: late, Bounds: []strategy.Bound{b},
		Exposure: strategy.Exposure{Operation: "probe", Channel: "letter", At: noon.AddDate(-9, 0, 0), Uncounted: true},
	}
	refused, err := l.exposures.Reserve(l.ctx, r)
	if err != nil || (refused != nil) != counts {
		l.problemf("a bound %s: it counts %v, error %v, want %v", what, refused != nil, err, counts)
	}
	l.must("releasing", l.release(r.Key))
}

func checkExposureOwnership(l *lab) {
	r := one("k", 3).reservation()
	r.Exposure.Tags = []string{"sale"}
	if refused, err := l.exposures.Reserve(l.ctx, r); refused != nil || err != nil {
		l.fatalf("reserving: %v refused, error %v", refused, err)
	}
	r.Exposure.Tags[0], r.Bounds[0].Name = "changed", "changed"
	l.matches("u1", "of a tag that the caller changed afterwards", strategy.Bound{Tag: "sale"}, true)
	again := one("other", 1).reservation()
	refused, err := l.exposures.Reserve(l.ctx, again)
	if refused == nil || err != nil {
		l.fatalf("reserving more: %v refused, error %v", refused, err)
	}
	refused.Limit = 99 // the caller's to change
	if again.Bounds[0].Limit != 1 {
		l.problemf("the refusal that was returned is a part of what was given")
	}
	history, ok := l.exposures.(strategy.History)
	if !ok {
		return
	}
	loaded, err := history.Load(l.ctx, "u1", time.Time{})
	if err != nil || len(loaded) != 1 || len(loaded[0].Tags) != 1 {
		l.fatalf("loading: %v, error %v", loaded, err)
	}
	loaded[0].Tags[0] = "changed"
	l.matches("u1", "of a tag that the caller changed in what was loaded", strategy.Bound{Tag: "sale"}, true)
}

func checkHistory(l *lab) {
	history, ok := l.exposures.(strategy.History)
	if !ok {
		l.skip("the store is no strategy.History")
	}
	var want []strategy.Exposure
	for i, minutes := range []int{5, 3, 9, 3, 1} {
		e := strategy.Exposure{
			Key: fmt.Sprint("k", i), Operation: "gift " + fmt.Sprint(i), Channel: "push", Objective: "return", Class: strategy.Transactional,
			Tags: []string{"a", "b"}, At: noon.Add(time.Duration(minutes)*time.Minute + time.Microsecond), Uncounted: i%2 == 0,
			State: strategy.Reserved,
		}
		r := strategy.Reservation{Key: e.Key, Customer: "u1", Exposure: e, Expires: late}
		if refused, err := l.exposures.Reserve(l.ctx, r); refused != nil || err != nil {
			l.fatalf("reserving: %v refused, error %v", refused, err)
		}
		want = append(want, e)
	}
	l.must("committing", l.commit("k1"))
	want[1].State = strategy.Sent
	slices.SortStableFunc(want, func(a, b strategy.Exposure) int { return a.At.Compare(b.At) })
	l.loads(history, "u1", time.Time{}, want)
	l.loads(history, "u1", want[1].At.Add(-time.Microsecond), want[1:])
	l.loads(history, "u1", want[1].At, want[3:]) // two are of that instant
	l.loads(history, "u1", want[4].At, nil)
	l.loads(history, "nobody", time.Time{}, nil)
	l.must("releasing", l.release("k2"))
	l.loads(history, "u1", time.Time{}, want[:4])
}

func (l *lab) loads(history strategy.History, customer string, after time.Time, want []strategy.Exposure) {
	got, err := history.Load(l.ctx, customer, after)
	if err != nil {
		l.problemf("loading %q: %v", customer, err)
		return
	}
	for i := range got {
		got[i].At = got[i].At.UTC()
	}
	if len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
		l.problemf("%q after %v:\n\t\tgot  %v\n\t\twant %v", customer, after, got, want)
	}
}
