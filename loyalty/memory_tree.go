package loyalty

import (
	"bytes"
	"cmp"
	"math"
	"strings"
)

// The accounts of a ledger stand in two trees, by member and by what is due
// next, so that a page of either costs what it holds. They are treaps: searched
// by key, and balanced by random ranks.
//
// No command moves an account in the tree by due; the next page does. Most put
// off what is due: an account that is due later than where it stands is left
// there until a page comes to it. One that is due sooner is noted, and moved
// before the next page is looked for. So then each stands at or before its
// instant.

// memoryOrder is that of a tree.
type memoryOrder uint8

const (
	byMember memoryOrder = iota
	byDue                // as it is listed, then by member; only accounts with something due
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
	if o == byDue && a.listed != b.listed {
		return a.listed < b.listed
	}
	if c := bytes.Compare(a.first[:], b.first[:]); c != 0 {
		return c < 0
	}
	return bytes.Compare(a.name(), b.name()) < 0
}

// isEarly reports whether an account is due before where it stands, if anywhere.
func (a *memoryAccount) isEarly() bool { return a.due != 0 && (a.listed == 0 || a.due < a.listed) }

// isLate reports whether an account stands before its instant.
func (a *memoryAccount) isLate() bool { return a.listed != a.due }

// enter takes a new account into the tree by member.
func (m *memoryAccounts) enter(a *memoryAccount) {
	// SplitMix64: Steele, Lea and Flood, OOPSLA 2014.
	m.ranks += 0x9e3779b97f4a7c15
	z := m.ranks
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	a.rank = z ^ z>>31
	m.roots[byMember] = byMember.insert(m.roots[byMember], a)
}

// setDue notes when an account is due next. Before the instant exact no account
// is late.
func (m *memoryAccounts) setDue(a *memoryAccount, due int64) {
	a.due = due
	switch {
	case a.isEarly():
		if !a.noted {
			a.noted, m.early = true, append(m.early, a)
		}
	case a.isLate():
		m.exact = min(m.exact, a.listed)
	}
}

// listEarly moves the accounts that are due sooner than where they stand.
func (m *memoryAccounts) listEarly() {
	for _, a := range m.early {
		if a.noted = false; a.isEarly() {
			m.relist(a)
		}
	}
	clear(m.early)
	m.early = m.early[:0]
}

// relist moves an account to where it belongs.
func (m *memoryAccounts) relist(a *memoryAccount) {
	if a.listed != 0 {
		m.roots[byDue] = byDue.remove(m.roots[byDue], a)
	}
	if a.listed = a.due; a.listed != 0 {
		m.roots[byDue] = byDue.insert(m.roots[byDue], a)
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
func (m *memoryAccounts) scan(dst []Due, by memoryOrder, s *Scan, page []Due) []Due {
	m.listEarly()
	w := memoryWalk{by: by, upTo: micros(s.UpTo), limit: s.Limit, found: dst, exact: m.exact}
	if s.After != nil {
		w.from, w.due, w.member = true, micros(s.After.At), s.After.Member
	}
	if len(page) == s.Limit {
		w.worst = &page[len(page)-1]
	}
	for {
		w.end = math.MaxInt64
		w.walk(m.roots[by])
		if len(w.late) == 0 {
			break
		}
		for _, a := range w.late {
			m.relist(a)
		}
		w.late, w.found = w.late[:0], w.found[:len(dst)]
	}
	if by == byDue {
		m.exact = max(m.exact, w.end)
	}
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
	exact  int64            // none is late before
	late   []*memoryAccount // they are to be moved, and the walk to be done again
	end    int64            // it came so far
}

// walk returns whether to go on.
func (w *memoryWalk) walk(t *memoryAccount) bool {
	if t == nil {
		return true
	}
	if w.isAfter(t) || w.by == byDue && t.listed >= w.exact {
		if !w.walk(t.links[w.by].left) || !w.visit(t) {
			w.end = min(w.end, t.listed)
			return false
		}
	}
	return w.walk(t.links[w.by].right)
}

// isAfter reports whether an account comes after the page before.
func (w *memoryWalk) isAfter(t *memoryAccount) bool {
	return !w.from || w.by.compare(t.listed, string(t.name()), w.due, w.member) > 0
}

func (w *memoryWalk) visit(t *memoryAccount) bool {
	if len(w.found) == w.limit || w.by == byDue && t.listed > w.upTo {
		return false
	}
	if w.worst != nil && w.by.compare(t.listed, string(t.name()), micros(w.worst.At), w.worst.Member) > 0 {
		return false
	}
	switch {
	case w.by == byDue && t.isLate():
		w.late = append(w.late, t)
	case w.isAfter(t):
		w.found = append(w.found, Due{string(t.name()), instant(t.due)})
	}
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
