package identity_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/regulars-go/regulars/persona/identity"
)

// facts are evidence as plain lists, for the naive resolver.
type facts struct {
	observations []identity.Observation
	matches      []identity.Match
	verdicts     []identity.Verdict
	retracted    map[string]bool
	withdrawn    map[string]bool
}

// key is an identifier with the holder of its time.
type key struct {
	id    identity.ID
	since int64 // 0 for the first holder; tests have no instant at 1970
}

func (k key) compare(o key) int {
	if c := k.id.Compare(o.id); c != 0 {
		return c
	}
	return int(min(1, max(-1, k.since-o.since)))
}

// naive resolves by the letter of the documentation: sets of identifiers, all
// checks from the definitions, no shortcut.
type naive struct {
	rules  identity.Rules
	facts  facts
	cuts   map[identity.ID][]int64
	events [][]key // of the observations that count
	at     []time.Time
	first  map[key]time.Time
	last   map[key]time.Time
	shared map[key]bool
	must   map[[2]key][]identity.Verdict
	cannot map[[2]key][]identity.Verdict
	groups []map[key]bool
	lines  []string // refusals
}

var errContradiction = errors.New("contradiction")

func (n *naive) rule(k key) identity.NamespaceRule {
	for _, r := range n.rules.Namespaces {
		if r.Name == k.id.Namespace {
			return r
		}
	}
	panic("unknown namespace")
}

// keyOf returns the holder of an identifier at an instant.
func (n *naive) keyOf(id identity.ID, at time.Time) (key, bool) {
	id, flaw := n.rules.Normalise(id)
	if flaw != "" {
		return key{}, false
	}
	k := key{id: id}
	for _, cut := range n.cuts[id] {
		if at.UnixMicro() > cut && cut > k.since {
			k.since = cut
		}
	}
	return k, true
}

func (n *naive) counts(event string, at time.Time) bool {
	return !n.facts.retracted[event] && (n.rules.AsOf.IsZero() || !at.After(n.rules.AsOf))
}

func (n *naive) resolve() error {
	n.cuts = map[identity.ID][]int64{}
	for _, v := range n.facts.verdicts {
		if id, flaw := n.rules.Normalise(v.A); v.Ruling == identity.Retire && !n.facts.withdrawn[v.ID] && flaw == "" {
			n.cuts[id] = append(n.cuts[id], v.ValidTo.UnixMicro())
		}
	}
	n.observe()
	n.findShared()
	if err := n.judge(); err != nil {
		return err
	}
	n.join(n.edges())
	return nil
}

func (n *naive) observe() {
	n.first, n.last = map[key]time.Time{}, map[key]time.Time{}
	for _, o := range n.facts.observations {
		if !n.counts(o.EventID, o.At) {
			continue
		}
		var keys []key
		for _, id := range o.IDs {
			if k, ok := n.keyOf(id, o.At); ok && !slices.Contains(keys, k) {
				keys = append(keys, k)
			}
		}
		for _, k := range keys {
			if at, ok := n.first[k]; !ok || o.At.Before(at) {
				n.first[k] = o.At
			}
			if at, ok := n.last[k]; !ok || o.At.After(at) {
				n.last[k] = o.At
			}
		}
		n.events, n.at = append(n.events, keys), append(n.at, o.At)
	}
}

func (n *naive) findShared() {
	n.shared = map[key]bool{}
	above := n.rules.SharedAbove
	if above == 0 {
		above = 3
	}
	for k := range n.first {
		neighbours := map[identity.Namespace]map[key]bool{}
		for _, keys := range n.events {
			if !slices.Contains(keys, k) {
				continue
			}
			for _, o := range keys {
				r := n.rule(o)
				single := slices.ContainsFunc(r.Limits, func(l identity.Limit) bool { return l.Max == 1 && l.Within.IsZero() })
				if o == k || !single || r.Priority > n.rule(k).Priority {
					continue
				}
				if neighbours[r.Name] == nil {
					neighbours[r.Name] = map[key]bool{}
				}
				neighbours[r.Name][o] = true
				n.shared[k] = n.shared[k] || len(neighbours[r.Name]) > above
			}
		}
	}
}

func pair(a, b key) [2]key {
	if a.compare(b) > 0 {
		a, b = b, a
	}
	return [2]key{a, b}
}

// judge reads the verdicts.
func (n *naive) judge() error {
	n.must, n.cannot = map[[2]key][]identity.Verdict{}, map[[2]key][]identity.Verdict{}
	for _, v := range n.facts.verdicts {
		if n.facts.withdrawn[v.ID] || v.Ruling == identity.Retire {
			continue
		}
		a, okA := n.keyOf(v.A, v.At)
		b, okB := n.keyOf(v.B, v.At)
		switch {
		case !okA || !okB:
		case v.Ruling == identity.MustLink:
			n.must[pair(a, b)] = append(n.must[pair(a, b)], v)
		case a == b:
			return errContradiction
		default:
			n.cannot[pair(a, b)] = append(n.cannot[pair(a, b)], v)
		}
	}
	// Whoever must be one, by any number of steps.
	same := map[[2]key]bool{}
	for p := range n.must {
		same[p] = true
	}
	for grown := true; grown; {
		grown = false
		for p := range same {
			for q := range same {
				for _, r := range [][2]key{{p[0], q[0]}, {p[0], q[1]}, {p[1], q[0]}, {p[1], q[1]}} {
					meet := p[0] == q[0] || p[0] == q[1] || p[1] == q[0] || p[1] == q[1]
					if r = pair(r[0], r[1]); meet && r[0] != r[1] && !same[r] {
						same[r], grown = true, true
					}
				}
			}
		}
	}
	for p := range n.cannot {
		if same[p] {
			return errContradiction
		}
	}
	return nil
}

// edge is a link of the naive resolver.
type edge struct {
	pair        [2]key
	class       int // 0 verdict, 1 observed, 2 match
	score       float64
	first, last time.Time
}

func (n *naive) edges() []edge {
	all := map[[2]key]*edge{}
	add := func(a, b key, class int, score float64, at time.Time) {
		e := all[pair(a, b)]
		if e == nil {
			e = &edge{pair(a, b), class, score, at, at}
			all[pair(a, b)] = e
		}
		if class < e.class {
			e.class, e.score = class, 0
		} else if class == e.class {
			e.score = max(e.score, score)
		}
		if at.Before(e.first) {
			e.first = at
		}
		if at.After(e.last) {
			e.last = at
		}
	}
	for i, keys := range n.events {
		var open []key
		for _, k := range keys {
			if !n.shared[k] {
				open = append(open, k)
			}
		}
		slices.SortFunc(open, n.stronger)
		for k := 1; k < len(open); k++ {
			add(open[0], open[k], 1, 0, n.at[i])
		}
	}
	for _, m := range n.facts.matches {
		a, okA := n.keyOf(m.A, m.At)
		b, okB := n.keyOf(m.B, m.At)
		_, seenA := n.first[a]
		_, seenB := n.first[b]
		if okA && okB && seenA && seenB && a != b && !n.shared[a] && !n.shared[b] && n.counts(m.EventID, m.At) && n.rules.MinScore > 0 && m.Score >= n.rules.MinScore {
			add(a, b, 2, m.Score, m.At)
		}
	}
	for p, verdicts := range n.must {
		_, seenA := n.first[p[0]]
		_, seenB := n.first[p[1]]
		for _, v := range verdicts {
			if p[0] != p[1] && seenA && seenB {
				add(p[0], p[1], 0, 0, v.At)
			}
		}
	}
	var list []edge
	for _, e := range all {
		list = append(list, *e)
	}
	sort.Slice(list, func(i, j int) bool { return n.before(list[i], list[j]) })
	return list
}

func (n *naive) stronger(a, b key) int {
	if pa, pb := n.rule(a).Priority, n.rule(b).Priority; pa != pb {
		return pa - pb
	}
	return a.compare(b)
}

func (n *naive) before(x, y edge) bool {
	px := []int{n.rule(x.pair[0]).Priority, n.rule(x.pair[1]).Priority}
	py := []int{n.rule(y.pair[0]).Priority, n.rule(y.pair[1]).Priority}
	timeX, timeY := x.first.UnixMicro(), y.first.UnixMicro()
	if n.rules.Owner == identity.Latest {
		timeX, timeY = -x.last.UnixMicro(), -y.last.UnixMicro()
	}
	for _, c := range [][2]float64{
		{float64(x.class), float64(y.class)},
		{-x.score, -y.score},
		{float64(px[0] + px[1]), float64(py[0] + py[1])},
		{float64(max(px[0], px[1])), float64(max(py[0], py[1]))},
		{float64(timeX), float64(timeY)},
	} {
		if c[0] != c[1] {
			return c[0] < c[1]
		}
	}
	if c := x.pair[0].compare(y.pair[0]); c != 0 {
		return c < 0
	}
	return x.pair[1].compare(y.pair[1]) < 0
}

func (n *naive) join(edges []edge) {
	of := map[key]map[key]bool{}
	for k := range n.first {
		of[k] = map[key]bool{k: true}
	}
	for _, e := range edges {
		a, b := of[e.pair[0]], of[e.pair[1]]
		if a[e.pair[1]] {
			continue
		}
		if why := n.violated(a, b); why != "" {
			n.lines = append(n.lines, fmt.Sprintf("%s %s: %s", e.pair[0].id, e.pair[1].id, why))
			continue
		}
		for k := range b {
			a[k] = true
			of[k] = a
		}
	}
	for k, group := range of {
		if k == n.founder(group) {
			n.groups = append(n.groups, group)
		}
	}
	sort.Strings(n.lines)
}

// violated says which rule two groups break as one; "" if none.
func (n *naive) violated(a, b map[key]bool) string {
	var apart []string
	for p, verdicts := range n.cannot {
		if a[p[0]] && b[p[1]] || a[p[1]] && b[p[0]] {
			for _, v := range verdicts {
				apart = append(apart, v.ID)
			}
		}
	}
	if len(apart) > 0 {
		return "cannot-link " + slices.Min(apart)
	}
	for _, r := range n.rules.Namespaces {
		for _, l := range r.Limits {
			countA, valueA := n.count(a, r.Name, l)
			countB, valueB := n.count(b, r.Name, l)
			if countA+countB > l.Max {
				return fmt.Sprintf("limit %s %d: %d %s, %d %s", r.Name, l.Max, countA, valueA, countB, valueB)
			}
		}
	}
	if size := n.rules.MaxIDs; size > 0 && len(a)+len(b) > size {
		return fmt.Sprintf("size %d: %d, %d", size, len(a), len(b))
	}
	return ""
}

func (n *naive) count(group map[key]bool, name identity.Namespace, l identity.Limit) (count int, first string) {
	var keys []key
	for k := range group {
		if k.id.Namespace == name && (l.Within.IsZero() || n.last[k].After(l.Within.Before(n.rules.AsOf, n.rules.Zone))) {
			keys = append(keys, k)
		}
	}
	if len(keys) == 0 {
		return 0, "none"
	}
	slices.SortFunc(keys, key.compare)
	return len(keys), keys[0].id.String()
}

func (n *naive) founder(group map[key]bool) key {
	var best *key
	for k := range group {
		if best == nil || n.first[k].Before(n.first[*best]) || n.first[k].Equal(n.first[*best]) && n.stronger(k, *best) < 0 {
			best = &k
		}
	}
	return *best
}

func (n *naive) oneID(group map[key]bool) identity.OneID {
	k := n.founder(group)
	message := string(k.id.Namespace) + "\x00" + k.id.Value
	if k.since != 0 {
		message += fmt.Sprintf("\x00%d", k.since)
	}
	mac := hmac.New(sha256.New, n.rules.Key)
	mac.Write([]byte(message))
	return identity.OneID(base32.StdEncoding.EncodeToString(mac.Sum(nil))[:26])
}

// dump lists people and refusals in a form of its own, to compare.
func (n *naive) dump() string {
	var lines []string
	for _, group := range n.groups {
		var members []string
		for k := range group {
			until := ""
			for _, cut := range n.cuts[k.id] {
				if text := time.UnixMicro(cut).UTC().Format(time.RFC3339); cut > k.since && (until == "" || text < until) {
					until = text
				}
			}
			members = append(members, fmt.Sprintf("%s %s..%s %s", k.id, n.first[k].Format(time.RFC3339), n.last[k].Format(time.RFC3339), until))
		}
		sort.Strings(members)
		lines = append(lines, fmt.Sprintf("%s: %s", n.oneID(group), strings.Join(members, "; ")))
	}
	sort.Strings(lines)
	var shared []string
	for k := range n.shared {
		if n.shared[k] {
			shared = append(shared, "shared "+k.id.String())
		}
	}
	sort.Strings(shared)
	return strings.Join(slices.Concat(lines, n.lines, shared), "\n")
}

// plain is dump for what the package answers.
func plain(p *identity.People) string {
	var lines, refusals, shared []string
	for person := range p.All() {
		var members []string
		for _, m := range person.Members {
			until := ""
			if !m.Until.IsZero() {
				until = m.Until.Format(time.RFC3339)
			}
			members = append(members, fmt.Sprintf("%s %s..%s %s", m.ID, m.First.Format(time.RFC3339), m.Last.Format(time.RFC3339), until))
		}
		sort.Strings(members)
		lines = append(lines, fmt.Sprintf("%s: %s", person.ID, strings.Join(members, "; ")))
	}
	sort.Strings(lines)
	for r := range p.Refusals() {
		line := fmt.Sprintf("%s %s: ", r.Link.A, r.Link.B)
		switch r.Constraint {
		case identity.ConstraintVerdict:
			line += "cannot-link " + r.Verdict.ID
		case identity.ConstraintLimit:
			line += fmt.Sprintf("limit %s %d: %d %s, %d %s", r.Namespace, r.Max, r.A.Count, valueText(r.A), r.B.Count, valueText(r.B))
		default:
			line += fmt.Sprintf("size %d: %d, %d", r.Max, r.A.Count, r.B.Count)
		}
		refusals = append(refusals, line)
	}
	sort.Strings(refusals)
	for id := range p.Shared() {
		shared = append(shared, "shared "+id.String())
	}
	sort.Strings(shared)
	return strings.Join(slices.Concat(lines, refusals, shared), "\n")
}

func valueText(s identity.Side) string {
	if s.Value == nil {
		return "none"
	}
	return s.Value.String()
}
