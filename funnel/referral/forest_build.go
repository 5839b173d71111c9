package referral

import (
	"cmp"
	"slices"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/exact"
)

// load takes what the log has up to asOf, with customers numbered by their IDs.
func (f *Forest[K]) load(l *Log[K]) {
	now := f.asOf.UnixMicro()
	rank := f.name(l)
	n := len(f.ids)
	f.start, f.first = slices.Repeat([]int64{never}, n), slices.Repeat([]int64{never}, n)
	f.value = make([]exact.Sum, n)
	for i, at := range l.joined {
		if at <= now {
			f.start[rank[i]] = at
		}
	}
	for _, p := range l.payments {
		if p.at > now {
			continue
		}
		who := rank[p.who]
		l.add(&f.value[who], p)
		if !l.negative(p) {
			f.first[who] = min(f.first[who], p.at)
		}
	}
	for i, at := range f.first {
		f.start[i] = min(f.start[i], at)
	}
	invites := make([]invite, 0, len(l.invites))
	for _, v := range l.invites {
		if v.at > now {
			continue
		}
		v.from = rank[v.from]
		if v.to != nobody {
			v.to = rank[v.to]
		}
		invites = append(invites, v)
	}
	f.count(invites)
}

// name numbers the customers by their IDs, and returns the number of each in l.
func (f *Forest[K]) name(l *Log[K]) (rank []uint32) {
	sorted := make([]uint32, len(l.ids))
	for i := range sorted {
		sorted[i] = uint32(i)
	}
	slices.SortFunc(sorted, func(a, b uint32) int { return regulars.Compare(l.ids[a], l.ids[b]) })
	f.ids, f.number, rank = make([]K, len(sorted)), make(map[K]uint32, len(sorted)), make([]uint32, len(sorted))
	for i, old := range sorted {
		f.ids[i], rank[old] = l.ids[old], uint32(i)
		f.number[f.ids[i]] = uint32(i)
	}
	return rank
}

// count makes of invites how many were sent when, and the claims.
func (f *Forest[K]) count(invites []invite) {
	slices.SortFunc(invites, invite.compare)
	invites = dropOpen(slices.Compact(invites))
	for _, v := range invites {
		if v.to == v.from {
			continue // nobody else was invited
		}
		last := len(f.sent) - 1
		if last < 0 || f.sent[last].from != v.from || f.sent[last].at != v.at {
			f.sent = append(f.sent, sent{v.from, 1, v.at})
		} else {
			f.sent[last].count++
		}
	}
	slices.SortFunc(invites, func(a, b invite) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to), cmp.Compare(a.at, b.at))
	})
	for len(invites) > 0 {
		pair, n := invites[0], 1
		for n < len(invites) && invites[n].from == pair.from && invites[n].to == pair.to {
			n++
		}
		if pair.to != nobody {
			f.claims = append(f.claims, f.claim(invites[:n]))
		}
		invites = invites[n:]
	}
}

// claim looks at the invites of one pair, the earliest first.
func (f *Forest[K]) claim(invites []invite) claim {
	c := claim{from: invites[0].from, to: invites[0].to, at: invites[0].at}
	joined := f.start[c.to]
	switch {
	case c.from == c.to:
		c.verdict = Self
	case joined == never:
		c.verdict = Waiting
	case c.at > joined:
		c.verdict = JoinedBefore
	case f.policy.Credit == LastInvite:
		for _, v := range invites {
			if v.at <= joined {
				c.at = v.at
			}
		}
	}
	return c
}

// judge accepts claims in their order. A taker without a parent is the root of
// a tree, so that the claim closes a ring if, and only if, the inviter is in it.
func (f *Forest[K]) judge() {
	f.parent, f.brought = slices.Repeat([]uint32{nobody}, len(f.ids)), make([]uint32, len(f.ids))
	sets := newSets(len(f.ids))
	for _, i := range f.ranked() {
		c := &f.claims[i]
		switch {
		case f.parent[c.to] != nobody:
			c.verdict = SecondParent
		case sets.find(c.from) == sets.find(c.to):
			c.verdict = Cycle
		default:
			f.parent[c.to] = c.from
			f.brought[c.from]++
			sets.join(c.from, c.to)
		}
	}
	for _, c := range f.claims {
		f.counts.add(c.verdict)
	}
}

// ranked returns the claims that may be accepted, in the order in which they
// are judged.
func (f *Forest[K]) ranked() []int32 {
	var ranked []int32
	for i, c := range f.claims {
		if c.verdict == Accepted {
			ranked = append(ranked, int32(i))
		}
	}
	slices.SortFunc(ranked, func(i, j int32) int {
		a, b := f.claims[i], f.claims[j]
		byTime := cmp.Compare(a.at, b.at)
		if f.policy.Credit == LastInvite {
			byTime = -byTime
		}
		return cmp.Or(byTime, cmp.Compare(a.to, b.to), cmp.Compare(a.from, b.from))
	})
	return ranked
}

// grow orders the customers with parents first, and sums up what is below them.
func (f *Forest[K]) grow() {
	n := len(f.ids)
	f.depth, f.order = make([]uint32, n), make([]uint32, 0, n)
	starts := make([]uint32, n+1) // of those whom each brought
	for i, brought := range f.brought {
		starts[i+1] = starts[i] + brought
	}
	children, next := make([]uint32, starts[n]), slices.Clone(starts)
	for i, parent := range f.parent {
		if parent == nobody {
			f.order = append(f.order, uint32(i))
			continue
		}
		children[next[parent]] = uint32(i)
		next[parent]++
	}
	for i := 0; i < len(f.order); i++ {
		who := f.order[i]
		for _, child := range children[starts[who]:starts[who+1]] {
			f.depth[child] = f.depth[who] + 1
			f.order = append(f.order, child)
		}
	}
	f.downstream = make([]exact.Sum, n)
	for _, who := range slices.Backward(f.order) {
		if parent := f.parent[who]; parent != nobody {
			f.downstream[parent].Merge(f.value[who])
			f.downstream[parent].Merge(f.downstream[who])
		}
	}
}

// sets are disjoint sets of customers, one a tree (Tarjan 1975, Journal of the
// ACM 22:215).
type sets struct{ up []uint32 }

func newSets(n int) sets {
	up := make([]uint32, n)
	for i := range up {
		up[i] = uint32(i)
	}
	return sets{up}
}

func (s sets) find(n uint32) uint32 {
	for s.up[n] != n {
		s.up[n] = s.up[s.up[n]] // halve the way for the next
		n = s.up[n]
	}
	return n
}

func (s sets) join(a, b uint32) { s.up[s.find(b)] = s.find(a) }
