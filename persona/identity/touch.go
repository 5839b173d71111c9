package identity

import "slices"

// handOver gives the observations of values whose holders changed to the nodes
// of the new holders.
func (u *update) handOver(cuts map[int32][]int64) {
	n := &u.nodes
	var moved []int32 // slots
	for _, text := range changedCuts(n.cuts, cuts) {
		for _, node := range append(u.heldBy(text), n.single[text]) {
			for slot := n.head[node]; slot >= 0; slot = u.slots.next[slot] {
				moved = append(moved, slot)
			}
			n.head[node] = -1
			u.lost.add(node)
		}
	}
	n.cuts = cuts
	for _, slot := range moved {
		o := u.slots.of[slot]
		u.push(int(slot), n.at(n.raw[u.evidence.slots[slot]], u.evidence.at[o]))
		for _, i := range u.nodesOf(o) {
			u.lost.add(i)
		}
	}
}

// heldBy returns the nodes of the later holders of a text.
func (p *People) heldBy(text int32) []int32 {
	var list []int32
	for _, cut := range p.nodes.cuts[text] {
		if i, ok := p.nodes.holders[holder{text, cut}]; ok {
			list = append(list, i)
		}
	}
	return list
}

// changedCuts returns the texts that were cut otherwise before, ascending.
func changedCuts(before, after map[int32][]int64) []int32 {
	var list []int32
	for text, cuts := range before {
		if !slices.Equal(cuts, after[text]) {
			list = append(list, text)
		}
	}
	for text := range after {
		if _, ok := before[text]; !ok {
			list = append(list, text)
		}
	}
	slices.Sort(list)
	return list
}

// observe reads what is new, and what was too late so far.
func (u *update) observe() {
	s, e := &u.slots, u.evidence
	fresh := int32(len(s.live))
	s.extend(e)
	var pending []int32
	if s.asOf != u.asOf {
		pending, s.pending, s.asOf = s.pending, nil, u.asOf
	}
	for o := fresh; o < int32(len(e.at)); o++ {
		u.attach(o)
		if !e.gone[o] {
			pending = append(pending, o)
		}
	}
	u.scratch.grow(u.nodes.len())
	for _, o := range pending {
		switch {
		case e.gone[o]:
		case e.at[o] > u.asOf:
			s.pending = append(s.pending, o)
		default:
			s.live[o] = true
			u.see(o)
			for _, i := range u.nodesOf(o) {
				u.gained.add(i)
			}
		}
	}
}

// retract takes back what was retracted since.
func (u *update) retract() {
	for _, o := range u.evidence.deaths[u.slots.deaths:] {
		if !u.slots.live[o] {
			continue
		}
		u.slots.live[o] = false
		for _, i := range u.nodesOf(o) {
			u.lost.add(i)
		}
	}
	u.slots.deaths = len(u.evidence.deaths)
}

// rule touches the ends of the verdicts that came or went.
func (u *update) rule(next rulings) {
	before := map[ruling]bool{}
	for _, r := range u.rulings.list {
		before[r] = true
	}
	for _, r := range next.list {
		if !before[r] {
			u.touched.add(r.a)
			u.touched.add(r.b)
		}
		delete(before, r)
	}
	for r := range before {
		u.touched.add(r.a)
		u.touched.add(r.b)
	}
	u.rulings = next
}

// lookAround brings what is known of single nodes up to date, and touches those
// that it matters to.
func (u *update) lookAround() {
	for _, i := range u.lost.list {
		u.lookAgain(i)
	}
	for _, list := range [][]int32{u.lost.list, u.gained.list} {
		for _, i := range list {
			u.touched.add(i)
			if u.nodes.seen(i) != (u.nodes.component[i] >= 0) {
				u.touchPartners(i)
			}
		}
	}
	if !u.rules.guarded {
		return
	}
	for _, i := range u.lost.list {
		u.guard(i)
	}
	for _, i := range u.gained.list {
		// What is shared stays so, whatever more is seen of it.
		if !u.nodes.shared[i] {
			u.guard(i)
		}
	}
}

// touchPartners touches what verdicts and matches link to a node that appeared
// or vanished.
func (u *update) touchPartners(node int32) {
	for _, m := range u.rulings.must[node] {
		u.touched.add(m.b)
	}
	if len(u.evidence.scores) == 0 {
		return
	}
	u.each(node, func(o int32) bool {
		if u.isMatch(o) {
			u.touchAll(o)
		}
		return true
	})
}

func (u *update) touchAll(o int32) {
	for _, i := range u.nodesOf(o) {
		u.touched.add(i)
	}
}

// guard finds out whether a node is shared, and touches its neighbours if that
// changed.
func (u *update) guard(node int32) {
	shared := u.isShared(node)
	if shared == u.nodes.shared[node] {
		return
	}
	u.nodes.shared[node] = shared
	u.each(node, func(o int32) bool {
		u.touchAll(o)
		return true
	})
}

// slide touches the nodes that came into a window or left it.
func (u *update) slide() {
	if slices.Equal(u.from, u.windows) {
		return
	}
	for i := range int32(u.nodes.len()) {
		s := &u.rules.spaces[u.nodes.space[i]]
		for l := s.from; l < s.to && u.nodes.seen(i); l++ {
			if last := u.nodes.last[i]; (last > u.from[l]) != (last > u.windows[l]) {
				u.touched.add(i)
			}
		}
	}
}
