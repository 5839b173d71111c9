package referral

import (
	"slices"
	"time"

	"github.com/regulars-go/regulars/funnel"
	"github.com/regulars-go/regulars/internal/stats"
)

// Ratio is a ratio of two counts that come by customer, such as invites by
// inviter.
type Ratio struct {
	// Value is Of/Per.
	Value float64 `json:"value"`
	Of    int64   `json:"of"`
	Per   int64   `json:"per"`
	// Interval is at [funnel.IntervalLevel], with each customer as one cluster:
	// the invites of one are alike. It is cut at 0. Nil with fewer than two
	// customers, and if all are alike, so that nothing is known of how they
	// differ.
	Interval *Interval `json:"interval"`
}

// Interval has the truth between its bounds in 95 of 100 cases.
type Interval struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Factor is K, how many customers each customer brings in a cycle, and the three
// rates that it is the product of:
//
//	K = Inviters · InvitesPerInviter · Conversion
//
// All four are of mature customers: those who joined, and whose cycle is over.
// Of the others too little has been seen. An invite counts if it was sent within
// the cycle, and one whom it brought if they also reached the policy's Goal
// within it. What is of nothing is nil.
type Factor struct {
	// Mature is how many customers the rates are of, and Open how many joined
	// and have their cycle before them.
	Mature int64 `json:"mature"`
	Open   int64 `json:"open"`
	// Inviters is the share of mature customers who sent an invite.
	Inviters *funnel.Rate `json:"inviters"`
	// InvitesPerInviter is how many invites those sent.
	InvitesPerInviter *Ratio `json:"invitesPerInviter"`
	// Conversion is the share of invites by which somebody came; its interval is
	// cut at 1 too.
	Conversion *Ratio `json:"conversion"`
	// K is how many a mature customer brought.
	K *Ratio `json:"k"`
	// Progeny is how many customers each new one comes to in the end, itself
	// included, if K stays: 1/(1-K). Nil if K is undefined, and if it is 1 or
	// more, as then there is no end.
	Progeny *float64 `json:"progeny"`
	// CycleTime is how long it took from joining to those who were brought.
	CycleTime *CycleTime `json:"cycleTime"`
}

// CycleTime is how long it took from the moment when an inviter joined to that
// when one whom they brought reached the goal. It knows of no more than a cycle,
// and so is never longer than one. Quartiles are of type 7 of Hyndman and Fan.
type CycleTime struct {
	Pairs  int64         `json:"pairs"`
	Lower  time.Duration `json:"lower"` // in nanoseconds, as are the next two
	Median time.Duration `json:"median"`
	Upper  time.Duration `json:"upper"`
}

// watch is what customers did in their cycles.
type watch struct {
	open, inviters   int64
	invites, brought stats.Clusters   // per inviter, per invite
	k                []stats.Clusters // per customer, by row of the generations
	times            []int64          // microseconds
}

// within is the cycle of a customer: both ends count.
type within struct{ from, to int64 }

func (w within) has(at int64) bool { return w.from <= at && at <= w.to }

// cycle returns the cycle of a customer; mature is false for one who has not
// joined, and for one whose cycle is not over.
func (f *Forest[K]) cycle(n uint32) (w within, mature bool) {
	if f.start[n] == never {
		return within{}, false
	}
	end := f.policy.Cycle.After(f.at(f.start[n]), f.policy.Zone).UnixMicro()
	return within{f.start[n], end}, end <= f.asOf.UnixMicro()
}

// goal returns when a customer reached the goal, or never.
func (f *Forest[K]) goal(n uint32) int64 {
	if f.policy.Goal == Converted {
		return f.first[n]
	}
	return f.start[n]
}

func (f *Forest[K]) watch() *watch {
	w := &watch{}
	brought := f.broughtInCycle(w)
	next := 0 // in f.sent, which is by customer too
	for i, depth := range f.depth {
		n, first := uint32(i), next
		for next < len(f.sent) && f.sent[next].from == n {
			next++
		}
		if f.start[n] == never {
			continue
		}
		for len(w.k) <= row(depth) {
			w.k = append(w.k, stats.Clusters{})
		}
		cycle, mature := f.cycle(n)
		if !mature {
			w.open++
			continue
		}
		w.k[row(depth)].Add(1, int64(brought[n]))
		invites := int64(0)
		for _, s := range f.sent[first:next] {
			if cycle.has(s.at) {
				invites += int64(s.count)
			}
		}
		if invites > 0 {
			w.inviters++
			w.invites.Add(1, invites)
			w.brought.Add(invites, int64(brought[n]))
		}
	}
	slices.Sort(w.times)
	return w
}

// broughtInCycle counts, for each mature customer, whom they brought by an
// invite of their cycle and within it.
func (f *Forest[K]) broughtInCycle(w *watch) []uint32 {
	brought := make([]uint32, len(f.ids))
	for _, c := range f.claims {
		if c.verdict != Accepted {
			continue
		}
		cycle, mature := f.cycle(c.from)
		if goal := f.goal(c.to); mature && cycle.has(c.at) && cycle.has(goal) {
			brought[c.from]++
			w.times = append(w.times, goal-f.start[c.from])
		}
	}
	return brought
}

func (w *watch) factor() Factor {
	var k stats.Clusters
	for _, of := range w.k {
		k.Merge(of)
	}
	f := Factor{
		Mature: k.N, Open: w.open,
		Inviters:          funnel.NewRate(w.inviters, k.N),
		InvitesPerInviter: newRatio(w.invites),
		Conversion:        newRatio(w.brought),
		K:                 newRatio(k),
		CycleTime:         newCycleTime(w.times),
	}
	if c := f.Conversion; c != nil && c.Interval != nil {
		c.Interval.High = min(1, c.Interval.High)
	}
	if f.K != nil && f.K.Value < 1 {
		f.Progeny = new(1 / (1 - f.K.Value))
	}
	return f
}

var intervalZ = stats.NormalZ(funnel.IntervalLevel)

func newRatio(c stats.Clusters) *Ratio {
	value, ok := c.Ratio()
	if !ok {
		return nil
	}
	r := &Ratio{Value: value, Of: c.Y, Per: c.X}
	if se, ok := c.StandardError(); ok {
		half := intervalZ * se
		r.Interval = &Interval{max(0, value-half), value + half}
	}
	return r
}

// newCycleTime reads microseconds that ascend.
func newCycleTime(micros []int64) *CycleTime {
	if len(micros) == 0 {
		return nil
	}
	quartile := func(k int) time.Duration {
		index, rem := stats.Index7(len(micros), k, 4)
		at := micros[index]
		if rem > 0 {
			at += (micros[index+1] - at) * int64(rem) / 4
		}
		return time.Duration(at) * time.Microsecond
	}
	return &CycleTime{int64(len(micros)), quartile(1), quartile(2), quartile(3)}
}
