package funnel

import "math/bits"

// pairing pairs steps with distinct events of one instant, for events that
// match several steps. It is a bipartite matching by augmenting paths: a step
// without a free event takes that of another step, which then looks for another
// one.
//
// Of a large instant few events need to be looked at: a step that has as many
// candidates as there are steps finds one whatever the others take.
type pairing struct {
	steps      int
	candidates [MaxSteps + 1][]int32 // by step: places in events, at most as many as there are steps
	events     []int32               // numbers of events in the instant
	takenBy    []uint8               // by place: the step that has the event, or 0
	place      [MaxSteps + 1]int32   // by step: the place of its event; -1 if it has none
	tried      []uint8               // by place: the round in which it was tried
	round      uint8
	row        []hit // of the chain at hand
}

// load finds the candidates.
func (p *pairing) load(steps []uint64, n int) {
	p.steps, p.events = n, p.events[:0]
	for k := 1; k <= n; k++ {
		p.candidates[k] = p.candidates[k][:0]
		p.place[k] = -1
	}
	wanting := uint64(1)<<n - 1 // steps with too few candidates; all of them if n is 64
	for e, mask := range steps {
		if mask &= wanting; mask == 0 {
			continue
		}
		place := int32(len(p.events))
		p.events = append(p.events, int32(e))
		for ; mask != 0; mask &= mask - 1 {
			k := bits.TrailingZeros64(mask) + 1
			p.candidates[k] = append(p.candidates[k], place)
			if len(p.candidates[k]) == n {
				wanting &^= 1 << (k - 1)
			}
		}
	}
	p.takenBy = append(p.takenBy[:0], make([]uint8, len(p.events))...)
	p.tried = append(p.tried[:0], make([]uint8, len(p.events))...)
	p.round = 0
}

// take finds an event for step k, and reports whether all steps that had one
// still have one.
func (p *pairing) take(k int) bool {
	if p.round == 255 {
		clear(p.tried)
		p.round = 0
	}
	p.round++
	return p.augment(k)
}

func (p *pairing) augment(k int) bool {
	for _, place := range p.candidates[k] {
		if p.tried[place] == p.round {
			continue
		}
		p.tried[place] = p.round
		if other := int(p.takenBy[place]); other == 0 || p.augment(other) {
			p.takenBy[place], p.place[k] = uint8(k), place
			return true
		}
	}
	return false
}

// release frees the event of step k, if it has one.
func (p *pairing) release(k int) {
	if p.place[k] >= 0 {
		p.takenBy[p.place[k]] = 0
		p.place[k] = -1
	}
}

// event returns the number of the event of step k, which has one.
func (p *pairing) event(k int) int32 { return p.events[p.place[k]] }
