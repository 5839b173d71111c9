package identity

import (
	"bytes"
	"cmp"
	"slices"
	"time"
)

// nodes are the identifiers as people resolve them: tidied, and one for each
// holder of a value that changed hands. Columns, all by the number of a node.
type nodes struct {
	raw    []int32 // of each identifier of the evidence: its text, or -1 less the code of a flaw
	texts  texts   // two bytes of the namespace's place in the rules, and the tidied value
	single []int32 // of each text: the node of its first holder

	cuts    map[int32][]int64 // of texts that changed hands: when, ascending
	holders map[holder]int32  // the nodes of later holders
	since   map[int32]int64   // of those nodes: the cut after which they begin

	text        []int32
	space       []uint8 // the namespace's place in the rules
	first, last []int64 // when it was seen; of no meaning while sightings is 0
	sightings   []int32 // live observations
	head        []int32 // the latest of its slots, -1 if none
	shared      []bool
	contested   []bool  // see People.contest
	person      []int32 // the node that founded its person, -1 if it is not seen
	component   []int32 // -1 if it is not seen
	// run and size say where the identifiers of the person that the node
	// founded lie in components.members.
	run, size []int32
}

// holder is one of those who had a value in turn.
type holder struct {
	text  int32
	since int64
}

func (n *nodes) len() int { return len(n.text) }

func (n *nodes) seen(i int32) bool { return n.sightings[i] > 0 }

// readIDs numbers the identifiers that are new in the evidence.
func (n *nodes) readIDs(e *Evidence, rules *compiled) {
	spaces := make([]int16, len(e.spaces.list))
	for i, name := range e.spaces.list {
		spaces[i] = -1
		if s, ok := rules.index[name]; ok {
			spaces[i] = s
		}
	}
	for i := int32(len(n.raw)); i < int32(e.ids.len()); i++ {
		from, value := e.parts(i)
		n.raw = append(n.raw, n.read(rules, spaces[from], string(value)))
	}
}

// readID returns the text of an identifier, or -1 less the code of a flaw. It
// gives a new text a number, and so is not for queries.
func (n *nodes) readID(rules *compiled, id ID) int32 {
	space, ok := rules.index[string(id.Namespace)]
	if !ok {
		space = -1
	}
	return n.read(rules, space, id.Value)
}

func (n *nodes) read(rules *compiled, space int16, value string) int32 {
	key, flaw := rules.textKey(space, value)
	if flaw != "" {
		return -1 - int32(slices.Index(flaws[:], flaw))
	}
	text := n.texts.intern(key)
	if int(text) == len(n.single) {
		n.single = append(n.single, n.append(text, uint8(space)))
	}
	return text
}

// textKey returns the key of an identifier in nodes.texts.
func (c *compiled) textKey(space int16, value string) ([]byte, Flaw) {
	if space < 0 {
		return nil, Undeclared
	}
	value, flaw := c.spaces[space].normalise(c.Key, value)
	if flaw != "" {
		return nil, flaw
	}
	return append([]byte{byte(space), 0}, value...), ""
}

// find returns the text of an identifier that is known.
func (n *nodes) find(rules *compiled, id ID) (text int32, flaw Flaw) {
	space, ok := rules.index[string(id.Namespace)]
	if !ok {
		return -1, Undeclared
	}
	key, flaw := rules.textKey(space, id.Value)
	if flaw != "" {
		return -1, flaw
	}
	return n.texts.find(key), ""
}

func (n *nodes) append(text int32, space uint8) int32 {
	i := int32(n.len())
	n.text = append(n.text, text)
	n.space = append(n.space, space)
	n.first = append(n.first, 0)
	n.last = append(n.last, 0)
	n.sightings = append(n.sightings, 0)
	n.head = append(n.head, -1)
	n.shared = append(n.shared, false)
	n.contested = append(n.contested, false)
	n.person = append(n.person, -1)
	n.component = append(n.component, -1)
	n.run = append(n.run, 0)
	n.size = append(n.size, 0)
	return i
}

// at returns the node of whoever held a text at an instant. A new holder gets a
// new node.
func (n *nodes) at(text int32, at int64) int32 {
	if len(n.cuts) == 0 {
		return n.single[text]
	}
	since := sinceOf(n.cuts[text], at)
	if since == always {
		return n.single[text]
	}
	key := holder{text, since}
	if i, ok := n.holders[key]; ok {
		return i
	}
	if n.holders == nil {
		n.holders, n.since = map[holder]int32{}, map[int32]int64{}
	}
	i := n.append(text, n.space[n.single[text]])
	n.holders[key], n.since[i] = i, since
	return i
}

// lookup is at for queries: it returns -1 for a holder who was never seen.
func (n *nodes) lookup(text int32, at int64) int32 {
	since := sinceOf(n.cuts[text], at)
	if since == always {
		return n.single[text]
	}
	if i, ok := n.holders[holder{text, since}]; ok {
		return i
	}
	return -1
}

// sinceOf returns the last of the cuts that is before an instant: what is seen
// at the cut itself is of the earlier holder.
func sinceOf(cuts []int64, at int64) int64 {
	i, _ := slices.BinarySearch(cuts, at)
	if i == 0 {
		return always
	}
	return cuts[i-1]
}

// sinceNode returns when the holder of a node began, always if it is the first.
func (n *nodes) sinceNode(i int32) int64 {
	if len(n.since) > 0 {
		if since, ok := n.since[i]; ok {
			return since
		}
	}
	return always
}

// until returns when a node's identifier passed to the next holder, zero if it
// did not.
func (n *nodes) until(i int32) time.Time {
	for _, cut := range n.cuts[n.text[i]] {
		if cut > n.sinceNode(i) {
			return instant(cut)
		}
	}
	return time.Time{}
}

func (n *nodes) value(i int32) []byte { return n.texts.at(n.text[i])[2:] }

func (p *People) idOf(i int32) ID {
	return ID{p.rules.spaces[p.nodes.space[i]].rule.Name, string(p.nodes.value(i))}
}

func (p *People) priority(i int32) int { return p.rules.spaces[p.nodes.space[i]].rule.Priority }

// compareNodes is the canonical order: by namespace, value and holder.
func (p *People) compareNodes(a, b int32) int {
	n := &p.nodes
	if n.space[a] != n.space[b] {
		return cmp.Compare(p.rules.spaces[n.space[a]].rank, p.rules.spaces[n.space[b]].rank)
	}
	return cmp.Or(bytes.Compare(n.value(a), n.value(b)), cmp.Compare(n.sinceNode(a), n.sinceNode(b)))
}

// stronger orders nodes by priority, and then canonically.
func (p *People) stronger(a, b int32) int {
	return cmp.Or(cmp.Compare(p.priority(a), p.priority(b)), p.compareNodes(a, b))
}

// older orders nodes by when they were first seen, and then by strength. The
// first of a person's identifiers founded it.
func (p *People) older(a, b int32) int {
	return cmp.Or(cmp.Compare(p.nodes.first[a], p.nodes.first[b]), p.stronger(a, b))
}
