package identity

import (
	"fmt"
	"time"

	"github.com/regulars-go/regulars/internal/calendar"
)

// Update catches up with what has come into the evidence since: observations,
// matches and verdicts, retractions and withdrawals, merged logs. Only the
// components that these touch are resolved again, so the cost grows with them
// and not with everything; an event on a shared identifier, which is in no
// component, costs the same however often it was seen. If verdicts came or went
// all of them are read again. The result is that of [Resolve] on the same
// evidence.
//
// The changes say who is who now. On an error, a [*ContradictionError], nothing
// has changed; withdraw a verdict and update again.
func (p *People) Update() (Changes, error) { return p.advance(p.windows) }

// UpdateTo is [People.Update] and moves [Rules.AsOf] forward: evidence that was
// later counts now, and windows of limits move, which takes a look at every
// identifier. An earlier instant than that of the rules is an error, as is any
// if the rules had none.
func (p *People) UpdateTo(asOf time.Time) (Changes, error) {
	if err := calendar.CheckInstant(asOf); err != nil {
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
	return p.advance(from)
}

func timeText(micro int64) string {
	if micro == never {
		return "none"
	}
	return instant(micro).Format(time.RFC3339Nano)
}

// advance does what Update says; from are the windows of the last time.
func (p *People) advance(from []int64) (Changes, error) {
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
