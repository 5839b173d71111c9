package identity

import (
	"iter"
	"slices"
	"strconv"
	"time"
)

// People is what evidence resolves to: every identifier that was seen belongs
// to exactly one person. Its answers don't depend on the order in which the
// evidence came.
//
// It reads the evidence that it was made from, and takes at most 150 bytes an
// identifier beside the bytes of its value, and 46 for each identifier of an
// observation; while it resolves, 32 more for each of these. It may be read by
// several goroutines while none calls [People.Update] or changes the evidence.
type People struct {
	evidence *Evidence
	rules    *compiled
	asOf     int64   // microseconds; never if all evidence counts
	windows  []int64 // of each limit: values last seen after it count

	nodes      nodes
	slots      slots
	rulings    rulings
	components components
	aliases    aliases
	logins     logins
	scratch    scratch
}

// Person is one person: whoever is behind some identifiers.
type Person struct {
	// ID names the person. It is made of the identifier that was seen first, so
	// it stays when others are found; see [People.Person] for one that changed.
	ID OneID `json:"id"`
	// Members are the identifiers, the strongest first, then in canonical order.
	Members []Member `json:"members"`
}

// Member is an identifier of a person.
type Member struct {
	ID
	// First and Last are when it was first and last seen.
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`
	// Until is when it passed to its next holder; zero if it did not.
	Until time.Time `json:"until,omitzero"`
}

// Resolve finds out which identifiers are one person. The links that were seen
// are taken one by one, in an order that depends on nothing but themselves, and
// each joins two groups unless a rule or a verdict forbids it:
//
//  1. must-link verdicts, then observed links, then matches by falling score;
//  2. of those, the lower sum of the priorities of both ends, and then the lower
//     of the greater priority;
//  3. the one first seen earlier, or last seen later: see [Rules.Owner];
//  4. the canonical order of the identifiers.
//
// An event of several identifiers links the strongest of them to each other one.
// Shared identifiers take no part: see [Rules.SharedAbove].
//
// It returns an error for rules that are wrong ([regulars.Faults]), [ErrNoKey],
// or a [*ContradictionError] for verdicts that are. The zero Evidence resolves
// to nobody.
func Resolve(e *Evidence, rules Rules) (*People, error) {
	if err := rules.check(); err != nil {
		return nil, err
	}
	rules.Key = slices.Clone(rules.Key)
	p := &People{evidence: e, rules: compile(rules), asOf: never}
	if !rules.AsOf.IsZero() {
		p.asOf = rules.AsOf.UnixMicro()
	}
	p.setWindows(p.asOf)
	if err := p.resolve(); err != nil {
		return nil, err
	}
	return p, nil
}

// resolve is Update for all at once, which need not look for what is touched.
func (p *People) resolve() error {
	e := p.evidence
	p.nodes.readIDs(e, p.rules)
	rulings, err := p.readVerdicts()
	if err != nil {
		return err
	}
	p.rulings, p.nodes.cuts = rulings, rulings.cuts
	p.slots.extend(e)
	p.slots.deaths, p.slots.asOf = len(e.deaths), p.asOf
	for o := range int32(len(e.at)) {
		p.attach(o)
		switch {
		case e.gone[o]:
		case e.at[o] > p.asOf:
			p.slots.pending = append(p.slots.pending, o)
		default:
			p.slots.live[o] = true
			p.see(o)
		}
	}
	p.scratch.grow(p.nodes.len())
	p.guardAll()
	seen, links := p.everything()
	p.components.reserve(len(seen), len(links))
	p.rebuild(seen, links)
	return nil
}

// guardAll finds the shared nodes. It counts with repetitions first, which one
// pass over the observations can do, and looks closely at the few that remain.
func (p *People) guardAll() {
	if !p.rules.guarded {
		return
	}
	atMost := make([]int32, p.nodes.len())
	for o, live := range p.slots.live {
		if !live || p.isMatch(int32(o)) {
			continue
		}
		group := p.nodesOf(int32(o))
		single := int32(0)
		for _, i := range group {
			if i >= 0 && p.rules.spaces[p.nodes.space[i]].single {
				single++
			}
		}
		for _, i := range group {
			if i >= 0 && single > 0 {
				atMost[i] += single
			}
		}
	}
	for i, n := range atMost {
		p.nodes.shared[i] = int(n) > p.rules.SharedAbove && p.isShared(int32(i))
	}
}

// everything returns all nodes that are seen and all links.
func (p *People) everything() ([]int32, []link) {
	seen := make([]int32, 0, p.nodes.len())
	links := make([]link, 0, max(0, len(p.slots.node)-len(p.slots.live)))
	for i := range int32(p.nodes.len()) {
		if p.nodes.seen(i) {
			seen = append(seen, i)
			links = p.gatherVerdicts(links, i)
		}
	}
	for o, live := range p.slots.live {
		if !live {
			continue
		}
		if centre := p.star(int32(o)); centre >= 0 {
			links = p.gatherStar(links, int32(o), centre)
		}
	}
	return seen, links
}

// setWindows says from where the limits count as of an instant.
func (p *People) setWindows(asOf int64) {
	p.windows = make([]int64, len(p.rules.limits))
	for k, l := range p.rules.limits {
		p.windows[k] = always
		if !l.Within.IsZero() {
			p.windows[k] = l.Within.Before(instant(asOf), p.rules.Zone).UnixMicro()
		}
	}
}

// Len returns how many people there are.
func (p *People) Len() int {
	n := 0
	for i, founder := range p.nodes.person {
		if int32(i) == founder {
			n++
		}
	}
	return n
}

// All returns the people in the order in which they were first seen; of those
// seen at once, the one with the stronger founding identifier comes first.
func (p *People) All() iter.Seq[Person] {
	return func(yield func(Person) bool) {
		for _, founder := range p.founders() {
			if !yield(p.personOf(founder)) {
				return
			}
		}
	}
}

func (p *People) founders() []int32 {
	var list []int32
	for i, founder := range p.nodes.person {
		if int32(i) == founder {
			list = append(list, founder)
		}
	}
	slices.SortFunc(list, p.older)
	return list
}

// Of returns the person who has an identifier, in any spelling. Of one that
// changed hands it is the present holder. ok is false if it was not seen, or is
// set aside by [Rules.Normalise].
func (p *People) Of(id ID) (person Person, ok bool) {
	i := p.nodeOf(id, never)
	if i < 0 {
		return Person{}, false
	}
	return p.personOf(p.nodes.person[i]), true
}

// OfAt is [People.Of] with whoever held the identifier at an instant.
func (p *People) OfAt(id ID, at time.Time) (person Person, ok bool) {
	i := p.nodeOf(id, at.UnixMicro())
	if i < 0 {
		return Person{}, false
	}
	return p.personOf(p.nodes.person[i]), true
}

// OneID returns the name of the person who has an identifier, by the rules of
// [People.Of]. It is the quick way for rows of orders and events.
func (p *People) OneID(id ID) (name OneID, ok bool) {
	i := p.nodeOf(id, never)
	if i < 0 {
		return "", false
	}
	return p.oneID(p.nodes.person[i]), true
}

// nodeOf returns the node of an identifier that is seen, or -1.
func (p *People) nodeOf(id ID, at int64) int32 {
	text, _ := p.nodes.find(p.rules, id)
	if text < 0 {
		return -1
	}
	i := p.nodes.lookup(text, at)
	if i < 0 || !p.nodes.seen(i) {
		return -1
	}
	return i
}

func (p *People) personOf(founder int32) Person {
	group := p.members(founder)
	person := Person{ID: p.oneID(founder), Members: make([]Member, len(group))}
	for k, i := range group {
		person.Members[k] = Member{p.idOf(i), instant(p.nodes.first[i]), instant(p.nodes.last[i]), p.nodes.until(i)}
	}
	return person
}

// members returns the identifiers of the person that a node founded.
func (p *People) members(founder int32) []int32 {
	start := p.nodes.run[founder]
	return p.components.members[start : start+p.nodes.size[founder]]
}

// oneID returns the name of the person that a node founded, or would found.
func (p *People) oneID(founder int32) OneID {
	return OneID(digest(p.rules.Key, p.message("", founder)))
}

// message is what a name is made of: the namespace, the value and, if it changed
// hands, since when; with zero bytes between them, which no namespace has.
func (p *People) message(lead string, i int32) []byte {
	m := append([]byte(lead), p.rules.spaces[p.nodes.space[i]].rule.Name...)
	m = append(append(m, 0), p.nodes.value(i)...)
	if since := p.nodes.sinceNode(i); since != always {
		m = strconv.AppendInt(append(m, 0), since, 10)
	}
	return m
}
