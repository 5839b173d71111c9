package funnel

import "math/bits"

// instant is what happens to a unit at one time: the events that no order
// parts. Under TiesGiven that is one event.
type instant struct {
	at    int64
	first int      // the number of the first event
	steps []uint64 // of each event, the steps that it matches: bit k-1 is step k
	// exclusions are those that any event meets, by their number.
	exclusions uint64
	// union are the steps that any event matches, and pick the number of the
	// first event that matches each.
	union uint64
	pick  [MaxSteps + 1]int32
	// paired says that an event matches several steps and there are others, so
	// that steps and events have to be paired.
	paired bool
}

// load takes the events from first on whose steps these are.
func (i *instant) load(at int64, first int, steps []uint64, exclusions []uint64) {
	i.at, i.first, i.steps = at, first, steps
	i.union, i.exclusions, i.paired = 0, 0, false
	for n, mask := range steps {
		for fresh := mask &^ i.union; fresh != 0; fresh &= fresh - 1 {
			i.pick[bits.TrailingZeros64(fresh)+1] = int32(n)
		}
		i.union |= mask
		i.paired = i.paired || mask&(mask-1) != 0
	}
	i.paired = i.paired && len(steps) > 1
	for _, x := range exclusions {
		i.exclusions |= x
	}
}

func (i *instant) hit(step int, event int32) hit {
	return hit{at: i.at, event: i.first + int(event), step: step}
}

// has reports whether an event makes step k.
func (i *instant) has(k int) bool { return i.union>>(k-1)&1 != 0 }

// hit is an event in a chain.
type hit struct {
	at    int64
	event int
	step  int
}
