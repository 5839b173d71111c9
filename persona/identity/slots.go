package identity

// slots are the places of identifiers in observations, as columns that run
// beside those of [Evidence]. Each node has a list of its slots, so that
// whatever touches one finds the observations of it without looking at others.
type slots struct {
	node []int32 // -1 if the identifier is set aside or stands there already
	next []int32 // of the same node, -1 at the end
	of   []int32 // the observation

	live    []bool  // of each observation: counts
	asOf    int64   // of the last look at pending
	pending []int32 // observations that are later
	deaths  int     // how many of the evidence's deaths are done
}

// extend makes room for what is new in the evidence.
func (s *slots) extend(e *Evidence) {
	n, m := len(e.slots)-len(s.node), len(e.at)-len(s.live)
	s.node = append(s.node, make([]int32, n)...)
	s.next = append(s.next, make([]int32, n)...)
	s.of = append(s.of, make([]int32, n)...)
	s.live = append(s.live, make([]bool, m)...)
}

// attach adds the identifiers of an observation to the lists of their nodes.
func (p *People) attach(o int32) {
	s, start, end := &p.slots, 0, 0
	from, to := p.evidence.span(o)
	start, end = int(from), int(to)
	for i := start; i < end; i++ {
		node := int32(-1)
		if text := p.nodes.raw[p.evidence.slots[i]]; text >= 0 {
			node = p.nodes.at(text, p.evidence.at[o])
		}
		for j := start; j < i && node >= 0; j++ {
			if s.node[j] == node {
				node = -1 // two spellings of one identifier
			}
		}
		p.slots.of[i] = o
		p.push(i, node)
	}
}

// push puts a slot in front of the list of a node.
func (p *People) push(slot int, node int32) {
	p.slots.node[slot], p.slots.next[slot] = node, -1
	if node >= 0 {
		p.slots.next[slot] = p.nodes.head[node]
		p.nodes.head[node] = int32(slot)
	}
}

// nodesOf returns the nodes of an observation; those set aside are -1.
func (p *People) nodesOf(o int32) []int32 {
	start, end := p.evidence.span(o)
	return p.slots.node[start:end]
}

// each calls yield for every observation and match of a node that counts, until
// yield returns false.
func (p *People) each(node int32, yield func(o int32) bool) {
	for slot := p.nodes.head[node]; slot >= 0; slot = p.slots.next[slot] {
		if o := p.slots.of[slot]; p.slots.live[o] && !yield(o) {
			return
		}
	}
}

func (p *People) isMatch(o int32) bool { return p.evidence.match[o] }

// star returns the strongest of the nodes that an observation or a match links,
// and -1 if it links none. The others are linked to it.
func (p *People) star(o int32) int32 {
	centre, others := int32(-1), 0
	match := p.isMatch(o)
	for _, i := range p.nodesOf(o) {
		if i < 0 || p.nodes.shared[i] || match && !p.nodes.seen(i) {
			continue
		}
		if others++; centre < 0 || p.stronger(i, centre) < 0 {
			centre = i
		}
	}
	if others < 2 || match && !p.counts(o) {
		return -1
	}
	return centre
}

// counts reports whether the score of a match is high enough.
func (p *People) counts(o int32) bool {
	return p.rules.MinScore > 0 && p.evidence.score(o) >= p.rules.MinScore
}

// see counts an observation as a sighting of its nodes.
func (p *People) see(o int32) {
	if p.isMatch(o) {
		return
	}
	at, n := p.evidence.at[o], &p.nodes
	for _, i := range p.nodesOf(o) {
		switch {
		case i < 0:
			continue
		case n.sightings[i] == 0:
			n.first[i], n.last[i] = at, at
		default:
			n.first[i], n.last[i] = min(n.first[i], at), max(n.last[i], at)
		}
		n.sightings[i]++
	}
}

// lookAgain finds out anew when a node was seen.
func (p *People) lookAgain(node int32) {
	n := &p.nodes
	n.sightings[node] = 0
	p.each(node, func(o int32) bool {
		if p.isMatch(o) {
			return true
		}
		at := p.evidence.at[o]
		if n.sightings[node] == 0 {
			n.first[node], n.last[node] = at, at
		}
		n.first[node], n.last[node] = min(n.first[node], at), max(n.last[node], at)
		n.sightings[node]++
		return true
	})
}

// isShared reports whether a node was seen with too many values of a namespace
// that is no weaker and allows one.
func (p *People) isShared(node int32) bool {
	var counts [MaxNamespaces]int32
	mine, shared := p.priority(node), false
	p.scratch.nextStamp()
	p.each(node, func(o int32) bool {
		if p.isMatch(o) {
			return true
		}
		for _, i := range p.nodesOf(o) {
			if i < 0 || i == node || p.scratch.stamps[i] == p.scratch.stamp {
				continue
			}
			if s := &p.rules.spaces[p.nodes.space[i]]; s.single && s.rule.Priority <= mine {
				p.scratch.stamps[i] = p.scratch.stamp
				counts[p.nodes.space[i]]++
				shared = shared || int(counts[p.nodes.space[i]]) > p.rules.SharedAbove
			}
		}
		return !shared
	})
	return shared
}
