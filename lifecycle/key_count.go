package lifecycle

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/stats"
)

// Key holds what customers did early against who stayed, as known at now:
// customers whose outcome window ends later are counted as open. No actions
// give a report without tries.
func (a *Actions[K]) Key(now time.Time, o KeyOptions[K]) (KeyActions, error) {
	o = o.withDefaults()
	if err := o.check(now); err != nil {
		return KeyActions{}, err
	}
	count := a.newKeyCount(o)
	report := KeyActions{First: o.First, From: o.From, To: o.To, Level: o.Level, Reading: reading, Tried: []KeyAction{}}
	for id, did := range a.customers() {
		start, ok := count.start(id, did)
		if !ok {
			report.LeftOut++
			continue
		}
		w, err := o.windows(start, a.Zone)
		if err != nil {
			return KeyActions{}, err
		}
		switch {
		case w.to.After(now):
			report.Open++
		case !count.present(id, did, w):
			report.Gone++
		default:
			stayed := count.stayed(did, w)
			count.add(did, w, stayed)
			report.Stayed.Of++
			report.Stayed.Count += oneIf(stayed)
		}
	}
	count.judge(&report)
	return report, nil
}

func oneIf(b bool) int {
	if b {
		return 1
	}
	return 0
}

// customers ranges over everybody in ascending order of ID, with the events of
// each kind of action in the order of Kinds.
func (a *Actions[K]) customers() func(yield func(id K, did [][]int64) bool) {
	var logs []*Log[K]
	var places [][]place
	for _, kind := range a.Kinds() {
		log := a.logs[kind]
		for i := range log.pages {
			log.pages[i].settle()
		}
		logs, places = append(logs, log), append(places, log.roster.sorted())
	}
	return func(yield func(id K, did [][]int64) bool) {
		next, did := make([]int, len(logs)), make([][]int64, len(logs))
		for {
			var id K
			found := false
			for i, log := range logs {
				if next[i] < len(places[i]) {
					if own := log.roster.id(places[i][next[i]]); !found || regulars.Compare(own, id) < 0 {
						id, found = own, true
					}
				}
			}
			if !found {
				return
			}
			for i, log := range logs {
				did[i] = nil
				if next[i] < len(places[i]) && log.roster.id(places[i][next[i]]) == id {
					at := places[i][next[i]]
					did[i] = log.pages[at.page].events(at.number)
					next[i]++
				}
			}
			if !yield(id, did) {
				return
			}
		}
	}
}

// keyCount counts tries.
type keyCount[K regulars.ID] struct {
	o       KeyOptions[K]
	kinds   []string
	zone    *time.Location
	outcome []bool       // by kind: whether it is one of the outcome
	try     []bool       // by kind
	did     [][]doneSums // by kind and count
}

// doneSums is how many customers did something, and how many of them stayed.
type doneSums struct{ customers, stayed int }

func (a *Actions[K]) newKeyCount(o KeyOptions[K]) *keyCount[K] {
	c := &keyCount[K]{o: o, kinds: a.Kinds(), zone: calendar.OrUTC(a.Zone)}
	for _, kind := range c.kinds {
		c.outcome = append(c.outcome, o.Outcome == nil || slices.Contains(o.Outcome, kind))
		c.try = append(c.try, o.Try == nil || slices.Contains(o.Try, kind))
		c.did = append(c.did, make([]doneSums, len(o.Counts)))
	}
	return c
}

func (c *keyCount[K]) start(id K, did [][]int64) (start time.Time, ok bool) {
	if c.o.Start != nil {
		start, ok = c.o.Start(id)
		return start, ok && calendar.CheckInstant(start) == nil
	}
	first := int64(math.MaxInt64)
	for _, events := range did {
		if len(events) > 0 {
			first = min(first, events[0])
		}
	}
	return time.UnixMicro(first).In(c.zone), true
}

// within counts the events from one instant to just before another.
func within(events []int64, from, to time.Time) int {
	i, _ := slices.BinarySearch(events, from.UnixMicro())
	j, _ := slices.BinarySearch(events, to.UnixMicro())
	return j - i
}

func (c *keyCount[K]) present(id K, did [][]int64, w windows) bool {
	if c.o.Present != nil {
		return c.o.Present(id, w.first)
	}
	return slices.ContainsFunc(did, func(events []int64) bool { return within(events, w.first, w.from) > 0 })
}

func (c *keyCount[K]) stayed(did [][]int64, w windows) bool {
	for i, events := range did {
		if c.outcome[i] && within(events, w.from, w.to) > 0 {
			return true
		}
	}
	return false
}

func (c *keyCount[K]) add(did [][]int64, w windows, stayed bool) {
	for i, events := range did {
		if !c.try[i] {
			continue
		}
		times := within(events, w.start, w.first)
		for k, atLeast := range c.o.Counts {
			if times >= atLeast {
				c.did[i][k].customers++
				c.did[i][k].stayed += oneIf(stayed)
			}
		}
	}
}

// judge makes the tries of a report whose customers are counted.
func (c *keyCount[K]) judge(r *KeyActions) {
	z := stats.NormalZ(c.o.Level)
	var ps []float64
	for i, kind := range c.kinds {
		for k, d := range c.did[i] {
			if !c.try[i] {
				continue
			}
			others := r.Stayed.Of - d.customers
			if min(d.customers, others) < c.o.Least {
				r.Untried++
				continue
			}
			action := KeyAction{
				Action: kind, AtLeast: c.o.Counts[k], Done: Share{d.customers, r.Stayed.Of},
				Did: Share{d.stayed, d.customers}, DidNot: Share{r.Stayed.Count - d.stayed, others},
			}
			action.measure(z)
			r.Tried, ps = append(r.Tried, action), append(ps, action.P)
		}
	}
	for i, p := range stats.Holm(ps) {
		r.Tried[i].conclude(p, c.o.Level)
	}
	slices.SortStableFunc(r.Tried, func(a, b KeyAction) int {
		return cmp.Or(-cmp.Compare(oneIf(a.Verdict > Unproven), oneIf(b.Verdict > Unproven)), -cmp.Compare(a.sure(), b.sure()))
	})
}

// measure fills in what a try says by itself. Where Fisher's test has nothing to
// say, since all stayed or none, P is 1.
func (k *KeyAction) measure(z float64) {
	did, didNot := k.Did.proportion(), k.DidNot.proportion()
	d, _ := stats.Difference(did, didNot, z)
	k.Difference, k.Low, k.High = d.Value, d.Low, d.High
	k.Phi = phi(float64(k.Did.Count), float64(k.Did.Of), float64(k.DidNot.Count), float64(k.DidNot.Of))
	k.P = 1
	if test, ok := stats.Fisher(did, didNot); ok {
		k.P = min(1, test.TwoSided)
	}
}

// phi is the correlation of two binary variables, 0 if one does not vary.
func phi(hitsA, ofA, hitsB, ofB float64) float64 {
	hits, misses := hitsA+hitsB, ofA+ofB-hitsA-hitsB
	if hits == 0 || misses == 0 || ofA == 0 || ofB == 0 {
		return 0
	}
	return (hitsA/ofA - hitsB/ofB) * math.Sqrt(ofA) / math.Sqrt(hits) * math.Sqrt(ofB) / math.Sqrt(misses)
}

func (k *KeyAction) conclude(adjusted, level float64) {
	k.Adjusted = adjusted
	switch stayed := k.Did.Count + k.DidNot.Count; {
	case stayed == 0 || stayed == k.Done.Of:
		k.Verdict = Untested
	case adjusted > 1-level:
		k.Verdict = Unproven
	case k.Difference > 0:
		k.Verdict = Better
	default:
		k.Verdict = Worse
	}
}

// sure is the size of the difference that the interval leaves for sure, below 0
// if it holds 0.
func (k KeyAction) sure() float64 {
	if k.Difference < 0 {
		return -k.High
	}
	return k.Low
}
