package funnel

import (
	"math"
	"slices"
	"time"
)

// Tally counts units that entered: all of them, or those with some labels.
type Tally struct {
	// Reached is how many units made each step, by its index: Reached[0] is the
	// entrants. It never rises.
	Reached []int64
	// Excluded is how many entrants were left out of Reached by DropUnit.
	Excluded int64
	// Ended is how many units with the level index+1 ended how; index it by
	// [Ending]. Each row sums to the units that made this step and not the next.
	Ended [][endingCount]int64

	// The times below are multisets of microseconds in no order; sorted says
	// that all are in ascending order.
	converted []int64   // from entry to last step, of those who made it
	waited    []int64   // of those who didn't: how long they were seen
	steps     [][]int64 // steps[i]: from step i+1 to step i+2, of those who made it
	sorted    bool
}

const endingCount = int(NoEvent) + 1

func newTally(steps int) Tally {
	return Tally{
		Reached: make([]int64, steps),
		Ended:   make([][endingCount]int64, steps),
		steps:   make([][]int64, steps-1),
	}
}

// Converted returns the times from entry to the last step, in ascending order,
// of the units that made it: as many as the last of Reached.
func (t *Tally) Converted() []time.Duration { return t.durations(&t.converted) }

// Waited returns, in ascending order, how long the entrants that did not make
// the last step were seen to wait for it: to the end of their window, or to
// Source.AsOf if it is still open (or to the unit's last event if AsOf is
// zero and there is no window). Together with Converted they are all of
// Reached[0]: censored and complete times for a survival estimate.
func (t *Tally) Waited() []time.Duration { return t.durations(&t.waited) }

// StepTimes returns the times from a step to the next, in ascending order, of
// the units that made the next; step counts from 1, and the last has none.
func (t *Tally) StepTimes(step int) []time.Duration {
	if step < 1 || step > len(t.steps) {
		return nil
	}
	return t.durations(&t.steps[step-1])
}

func (t *Tally) durations(micros *[]int64) []time.Duration {
	t.sort()
	out := make([]time.Duration, len(*micros))
	for i, m := range *micros {
		out[i] = toDuration(m)
	}
	return out
}

// toDuration caps what a Duration can't hold, 292 years, at its largest value.
func toDuration(micros int64) time.Duration {
	if micros > math.MaxInt64/1000 {
		return math.MaxInt64
	}
	return time.Duration(micros) * time.Microsecond
}

func (t *Tally) sort() {
	if t.sorted {
		return
	}
	slices.Sort(t.converted)
	slices.Sort(t.waited)
	for _, s := range t.steps {
		slices.Sort(s)
	}
	t.sorted = true
}

// Clone returns a copy that shares nothing with t.
func (t *Tally) Clone() Tally {
	c := newTally(len(t.Reached))
	c.add(t)
	return c
}

// add adds the units of other, which has the same steps.
func (t *Tally) add(other *Tally) {
	for i, n := range other.Reached {
		t.Reached[i] += n
	}
	t.Excluded += other.Excluded
	for i := range other.Ended {
		for e, n := range other.Ended[i] {
			t.Ended[i][e] += n
		}
	}
	t.converted = append(t.converted, other.converted...)
	t.waited = append(t.waited, other.waited...)
	for i, s := range other.steps {
		t.steps[i] = append(t.steps[i], s...)
	}
	t.sorted = false
}
