package funnel

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/stats"
)

// DriverSearch says for which step to look for drivers, and how strong the
// proof must be.
type DriverSearch struct {
	// Step is the number of the step that units should make, from 2.
	Step int `json:"step"`
	// Maturity says which units are looked at. Defaults to Everybody.
	Maturity Maturity `json:"maturity,omitzero"`
	// Alpha and Correction are as in [LeakSearch].
	Alpha      float64    `json:"alpha,omitzero"`
	Correction Correction `json:"correction,omitzero"`
	// MinUnits is how many units must have had an event, and how many not, for
	// it to be tested. Zero means 10.
	MinUnits int64 `json:"minUnits,omitzero"`
}

// Driver is an event after which units are more or less likely to make a step.
// That is not to say that it makes them: who looks at the delivery terms may
// have meant to buy anyway.
type Driver struct {
	Event string `json:"event"`
	// With and Without are the shares that made the step, of the units that had
	// the event and of those that had not; nil if there are none.
	With    *Rate `json:"with"`
	Without *Rate `json:"without"`
	// OddsRatio is the odds of making the step with the event over those
	// without, each of the four counts taken as one more, so that an empty one
	// has an answer: above 1 goes with making it. Low and High are its interval
	// by Woolf (1955), at [IntervalLevel].
	OddsRatio float64 `json:"oddsRatio"`
	Low       float64 `json:"low"`
	High      float64 `json:"high"`
	// P is that of Fisher's exact test, two-sided, and Adjusted the same in view
	// of all events. Both are nil if the event was not tested.
	P        *float64 `json:"p"`
	Adjusted *float64 `json:"adjusted"`
	// Verdict is Better if the event goes with making the step, Leak if it goes
	// with not making it, Unproven or Insufficient.
	Verdict Verdict `json:"verdict"`
}

// Drivers finds the events that go with making a step, or with not making it.
// Of the units that made the step before, it compares those that had an event
// of some name on their way there with those that had not. Only events from
// entry up to the step before count, at its instant too: what comes later may
// be a consequence of the step, or of having given up. Events that the funnel's
// steps name are left out.
//
// Proven drivers come first, then by ascending P, untested ones last, and equal
// ones by name. A search that asks for a step which is not there, and a source
// without names, are errors, as are those of [Count].
func Drivers[E any, K regulars.ID](f Funnel, s Source[E, K], events []E, search DriverSearch) ([]Driver, error) {
	if err := search.validate(f); err != nil {
		return nil, err
	}
	if s.Name == nil {
		return nil, errors.New("funnel: source has no Name, which drivers are")
	}
	f.Breakdowns = nil
	outcomes, err := Outcomes(f, s, events)
	if err != nil {
		return nil, err
	}
	log := newWayLog(f, s, events)
	var all stats.Proportion
	with := map[string]stats.Proportion{}
	for _, o := range outcomes {
		if o.Excluded || o.Level < search.Step-1 || search.Maturity == Mature && o.Open || search.Maturity == Immature && !o.Open {
			continue
		}
		made := int64(0)
		if o.Level >= search.Step {
			made = 1
		}
		all.Hits, all.Of = all.Hits+made, all.Of+1
		for name := range log.names(o.User, o.Session, o.Result, search.Step-1) {
			p := with[name]
			with[name] = stats.Proportion{Hits: p.Hits + made, Of: p.Of + 1}
		}
	}
	return search.judge(all, with), nil
}

func (d DriverSearch) validate(f Funnel) error {
	leaks := LeakSearch{Alpha: d.Alpha, Correction: d.Correction, MinUnits: d.MinUnits}
	if err := leaks.Validate(); err != nil {
		return err
	}
	if d.Step < 2 || d.Step > len(f.Steps) {
		return fmt.Errorf("funnel: drivers of step %d: want 2 to %d", d.Step, len(f.Steps))
	}
	return nil
}

// judge tests all events as one family.
func (d DriverSearch) judge(all stats.Proportion, with map[string]stats.Proportion) []Driver {
	s := LeakSearch{Alpha: d.Alpha, Correction: d.Correction, MinUnits: d.MinUnits}.withDefaults()
	drivers := []Driver{}
	var ps []float64
	var tested []int
	for _, name := range slices.Sorted(maps.Keys(with)) {
		a := with[name]
		b := stats.Proportion{Hits: all.Hits - a.Hits, Of: all.Of - a.Of}
		ratio, _ := stats.OddsRatio(a, b, 1, intervalZ)
		driver := Driver{
			Event: name, With: NewRate(a.Hits, a.Of), Without: NewRate(b.Hits, b.Of),
			OddsRatio: ratio.Value, Low: ratio.Low, High: ratio.High,
		}
		if min(a.Of, b.Of) < s.MinUnits {
			driver.Verdict = Insufficient
		} else if test, ok := stats.Fisher(a, b); ok {
			driver.P = new(test.TwoSided)
			ps, tested = append(ps, test.TwoSided), append(tested, len(drivers))
		}
		drivers = append(drivers, driver)
	}
	for i, adjusted := range s.adjust(ps) {
		driver := &drivers[tested[i]]
		driver.Adjusted = new(adjusted)
		if adjusted <= s.Alpha {
			driver.Verdict = Better
			if driver.With.Value < driver.Without.Value {
				driver.Verdict = Leak
			}
		}
	}
	slices.SortStableFunc(drivers, func(a, b Driver) int { return cmp.Compare(a.place(), b.place()) })
	return drivers
}

// place is where a driver comes in the list: by P, the untested last. Adjusting
// keeps the order of P, so that the proven come first.
func (d Driver) place() float64 {
	if d.P == nil {
		return math.Inf(1)
	}
	return *d.P
}

// String returns such as "help: 40 of 50 (80.0 %) with, 20 of 60 (33.3 %)
// without: better".
func (d Driver) String() string {
	return fmt.Sprintf("%s: %s with, %s without: %s", d.Event, short(d.With), short(d.Without), d.Verdict)
}

// wayLog finds the events of a unit on its way. Events are grouped by user, and
// by session if the host gives one.
type wayLog[E any, K regulars.ID] struct {
	source Source[E, K]
	events []E
	groups map[wayKey[K]][]int // numbers of events, by time
	steps  map[string]bool     // names that the steps have

	asked, anyOrder bool // sessions are the host's; Match.Order
}

type wayKey[K regulars.ID] struct {
	user    K
	session string
}

func newWayLog[E any, K regulars.ID](f Funnel, s Source[E, K], events []E) *wayLog[E, K] {
	l := &wayLog[E, K]{
		source: s, events: events, groups: map[wayKey[K]][]int{}, steps: map[string]bool{},
		asked: f.By == BySession && s.Session != nil, anyOrder: f.Match.Order == AnyOrder,
	}
	for _, step := range f.Steps {
		if len(step.Events) == 0 && step.Where == "" {
			l.steps[step.Name] = true
		}
		for _, name := range step.Events {
			l.steps[name] = true
		}
	}
	for i, e := range events {
		key := wayKey[K]{user: s.User(e)}
		if l.asked {
			key.session = s.Session(e)
		}
		l.groups[key] = append(l.groups[key], i)
	}
	for _, group := range l.groups {
		slices.SortFunc(group, func(a, b int) int { return cmp.Compare(l.micros(a), l.micros(b)) })
	}
	return l
}

func (l *wayLog[E, K]) micros(i int) int64 { return l.source.At(l.events[i]).UnixMicro() }

// names returns the names of events from the entry of a chain to its last step
// up to the given one.
func (l *wayLog[E, K]) names(user K, session string, r Result, step int) map[string]bool {
	key := wayKey[K]{user: user}
	if l.asked {
		key.session = session
	}
	from, to := r.Chain[0].At.UnixMicro(), int64(math.MinInt64)
	for i, hit := range r.Chain {
		// With any order it is not which steps that counts, but how many.
		if l.anyOrder && i < step || !l.anyOrder && hit.Step <= step {
			to = max(to, hit.At.UnixMicro())
		}
	}
	group := l.groups[key]
	start, _ := slices.BinarySearchFunc(group, from, func(i int, at int64) int { return cmp.Compare(l.micros(i), at) })
	names := map[string]bool{}
	for _, i := range group[start:] {
		if l.micros(i) > to {
			break
		}
		if name := l.source.Name(l.events[i]); !l.steps[name] {
			names[name] = true
		}
	}
	return names
}
