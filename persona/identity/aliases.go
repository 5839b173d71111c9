package identity

import "sync"

// aliases finds the node that a name was made of. It is filled when it is first
// asked, since it takes a second for each million identifiers.
type aliases struct {
	mu    sync.Mutex
	known int // nodes that are in nodes
	nodes map[nameStart]int32
}

// nameStart is the start of a name: 80 of its 130 bits are as good as all.
type nameStart [16]byte

// Person returns the person with a name, whether it has it now or had it before
// it was merged, split or renamed: a name belongs to whoever has the identifier
// that it was made of. So one step leads from any former name to the present
// person, and [Person.ID] says what the name is now. ok is false if the identifier
// is not seen (any more).
//
// The first call makes the names of all identifiers, about a second a million.
func (p *People) Person(name OneID) (person Person, ok bool) {
	if len(name) != oneIDBytes {
		return Person{}, false
	}
	i, ok := p.aliases.find(p, name)
	if !ok || p.nodes.person[i] < 0 || p.oneID(i) != name {
		return Person{}, false
	}
	return p.personOf(p.nodes.person[i]), true
}

func (a *aliases) find(p *People, name OneID) (node int32, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.nodes == nil {
		a.nodes = make(map[nameStart]int32, p.nodes.len())
	}
	for ; a.known < p.nodes.len(); a.known++ {
		a.nodes[startOf(p.oneID(int32(a.known)))] = int32(a.known)
	}
	node, ok = a.nodes[startOf(name)]
	return node, ok
}

func startOf(name OneID) (start nameStart) {
	copy(start[:], name)
	return start
}
