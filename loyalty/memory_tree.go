package loyalty

import (
	"cmp"
	"strings"
)

// The accounts of a ledger stand in two trees, by member and by what is due
// next, so that a page of either costs what it holds. They are treaps: searched
// by key, and balanced by random ranks.

// memoryOrder is that of a tree.
type memoryOrder uint8

const (
	byMember memoryOrder = iota
	byDue                // then by member; only accounts with something due
)

type memoryLinks struct{ left, right *memoryAccount }

// compare orders two accounts, given by when they are due and who they are.
func (o memoryOrder) compare(due1 int64, member1 string, due2 int64, member2 string) int {
	if o == byDue && due1 != due2 {
		return cmp.Compare(due1, due2)
	}
	return strings.Compare(member1, member2)
}

func (o memoryOrder) before(a, b *memoryAccount) bool {
	return o.compare(a.due, a.id.Member, b.due, b.id.Member) < 0
}

// enter takes a new account into the ledger.
func (l *memoryLedger) enter(a *memoryAccount) {
	// SplitMix64: Steele, Lea and Flood, OOPSLA 2014.
	l.seed += 0x9e3779b97f4a7c15
	z := l.seed
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	a.rank = z ^ z>>31
	l.roots[byMember] = byMember.insert(l.roots[byMember], a)
}

// setDue moves an account to where its new instant belongs.
func (l *memoryLedger) setDue(a *memoryAccount, due int64) {
	if a.due != 0 {
		l.roots[byDue] = byDue.remove(l.roots[byDue], a)
	}
	if a.due = due; due != 0 {
		l.roots[byDue] = byDue.insert(l.roots[byDue], a)
	}
}

func (o memoryOrder) insert(t, a *memoryAccount) *memoryAccount {
	if t == nil {
		return a
	}
	if a.rank > t.rank {
		a.links[o].left, a.links[o].right = o.split(t, a)
		return a
	}
	if o.before(a, t) {
		t.links[o].left = o.insert(t.links[o].left, a)
	} else {
		t.links[o].right = o.insert(t.links[o].right, a)
	}
	return t
}

// split divides a tree into what comes before a, and after.
func (o memoryOrder) split(t, a *memoryAccount) (left, right *memoryAccount) {
	if t == nil {
		return nil, nil
	}
	if o.before(a, t) {
		left, t.links[o].left = o.split(t.links[o].left, a)
		return left, t
	}
	t.links[o].right, right = o.split(t.links[o].right, a)
	return t, right
}

func (o memoryOrder) remove(t, a *memoryAccount) *memoryAccount {
	if t == a {
		t = o.join(a.links[o].left, a.links[o].right)
		a.links[o] = memoryLinks{}
		return t
	}
	if o.before(a, t) {
		t.links[o].left = o.remove(t.links[o].left, a)
	} else {
		t.links[o].right = o.remove(t.links[o].right, a)
	}
	return t
}

// join makes one tree of two, all of left coming before right.
func (o memoryOrder) join(left, right *memoryAccount) *memoryAccount {
	switch {
	case left == nil:
		return right
	case right == nil:
		return left
	case left.rank > right.rank:
		left.links[o].right = o.join(left.links[o].right, right)
		return left
	}
	right.links[o].left = o.join(left, right.links[o].left)
	return right
}

// scan appends what the ledger has for the page that s asks for. page is what
// other shards have: beyond a full page nothing is looked for.
func (l *memoryLedger) scan(dst []Due, by memoryOrder, s *Scan, page []Due) []Due {
	if l == nil {
		return dst
	}
	w := memoryWalk{by: by, upTo: micros(s.UpTo), limit: s.Limit, found: dst}
	if s.After != nil {
		w.from, w.due, w.member = true, micros(s.After.At), s.After.Member
	}
	if len(page) == s.Limit {
		w.worst = &page[len(page)-1]
	}
	w.walk(l.roots[by])
	return w.found
}

// memoryWalk goes through a tree in order.
type memoryWalk struct {
	by     memoryOrder
	from   bool // only what comes after due and member
	due    int64
	member string
	upTo   int64
	limit  int
	worst  *Due // the last of a full page
	found  []Due
}

// walk returns whether to go on.
func (w *memoryWalk) walk(t *memoryAccount) bool {
	if t == nil {
		return true
	}
	if !w.from || w.by.compare(t.due, t.id.Member, w.due, w.member) > 0 {
		if !w.walk(t.links[w.by].left) || !w.visit(t) {
			return false
		}
	}
	return w.walk(t.links[w.by].right)
}

func (w *memoryWalk) visit(t *memoryAccount) bool {
	if len(w.found) == w.limit || w.by == byDue && t.due > w.upTo {
		return false
	}
	if w.worst != nil && w.by.compare(t.due, t.id.Member, micros(w.worst.At), w.worst.Member) > 0 {
		return false
	}
	w.found = append(w.found, Due{t.id.Member, instant(t.due)})
	return true
}

// mergeDue appends the first of two sorted lists, up to a limit.
func mergeDue(dst, a, b []Due, by memoryOrder, limit int) []Due {
	for len(dst) < limit && len(a)+len(b) > 0 {
		if len(b) == 0 || len(a) > 0 && by.compare(micros(a[0].At), a[0].Member, micros(b[0].At), b[0].Member) < 0 {
			dst, a = append(dst, a[0]), a[1:]
		} else {
			dst, b = append(dst, b[0]), b[1:]
		}
	}
	return dst
}
