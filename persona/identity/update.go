package identity

import (
	"fmt"
	"slices"
	"time"
)

// Update catches up with what has come into the evidence since: observations,
// matches and verdicts, retractions and withdrawals, merged logs. Only the
// components that these touch are resolved again, so the cost grows with them
// and not with everything; an event on a shared identifier, which is in no
// component, costs the same however often it was seen. The result is that of
// [Resolve] on the same evidence.
//
// The changes say who is who now. On an error, a [*ContradictionError], nothing
// has changed; withdraw a verdict and update again.
func (p *People) Update() (Changes, error) { return p.advance() }

// UpdateTo is [People.Update] and moves [Rules.AsOf] forward: evidence that was
// later counts now, and windows of limits move, which takes a look at every
// identifier. An earlier instant than that of the rules is an error, as is any
// if the rules had none.
func (p *People) UpdateTo(asOf time.Time) (Changes, error) {
	if err := checkTime(asOf); err != nil {
		return Changes{}, fmt.Errorf("identity: update: %w", err)
	}
	to := asOf.UnixMicro()
	if p.asOf == never || to < p.asOf {
		return Changes{}, fmt.Errorf("identity: update to %s: want no earlier than that of the rules, %s", timeText(to), timeText(p.asOf))
	}
	// A contradiction must leave the instant as it was.
	if _, err := p.readVerdicts(); err != nil {
		return Changes{}, err
	}
	from := p.windows
	p.asOf = to
	p.setWindows(to)
	return p.advanceFrom(from)
}

func timeText(micro int64) string {
	if micro == never {
		return "none"
	}
	return instant(micro).Format(time.RFC3339Nano)
}

func (p *People) advance() (Changes, error) { return p.advanceFrom(p.windows) }

// advanceFrom does what Update says; from are the windows of the last time.
func (p *People) advanceFrom(from []int64) (Changes, error) {
	p.nodes.readIDs(p.evidence, p.rules)
	next := p.rulings
	if next.changes != p.evidence.changes {
		var err error
		if next, err = p.readVerdicts(); err != nil {
			return Changes{}, err
		}
	}
	u := update{People: p, from: from}
	u.handOver(next.cuts)
	u.observe()
	u.retract()
	u.rule(next)
	u.lookAround()
	u.slide()
	return u.finish(), nil
}

// update is one run of Update: what it touches.
type update struct {
	*People
	from []int64 // the windows before it
	// touched are nodes whose component is resolved again.
	touched marks
	// gained and lost are nodes with an observation that came or went.
	gained, lost marks
}

// marks is a set of nodes that remembers the order in which they came.
type marks struct {
	list []int32
	in   map[int32]struct{}
}

func (m *marks) add(node int32) {
	if _, ok := m.in[node]; ok || node < 0 {
		return
	}
	if m.in == nil {
		m.in = map[int32]struct{}{}
	}
	m.in[node] = struct{}{}
	m.list = append(m.list, node)
}

func (m *marks) has(node int32) bool {
	_, ok := m.in[node]
	return ok
}

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
	u.scratch.grow(n.len())
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

// finish resolves the components that are touched.
func (u *update) finish() Changes {
	n, c := &u.nodes, &u.components
	u.logins.forget()
	var area []int32
	for _, i := range u.touched.list {
		if number := n.component[i]; number < 0 {
			area = append(area, i)
		} else if c.blocks[number].members > 0 {
			area = append(area, c.nodesOf(number)...)
			c.drop(number)
		}
	}
	before := make([]int32, len(area))
	for k, i := range area {
		before[k] = n.person[i]
		n.person[i], n.component[i] = -1, -1
	}
	var seen []int32
	var links []link
	for _, i := range area {
		if n.seen(i) {
			seen = append(seen, i)
			links = u.gather(links, i)
		}
	}
	replayed := len(links)
	u.rebuild(seen, links)
	u.compact()
	changes := u.changes(area, before)
	changes.Replayed = replayed
	return changes
}
