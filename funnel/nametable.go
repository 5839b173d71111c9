package funnel

import "unsafe"

// masks are the steps and exclusions of an event, as bits.
type masks struct{ steps, exclusions uint64 }

func (m masks) with(other masks) masks {
	return masks{m.steps | other.steps, m.exclusions | other.exclusions}
}

// nameTable says what the events with a name match. Hosts have few names, and
// most often each of them once: what a name matches is remembered under the
// address of its bytes too.
type nameTable struct {
	named  map[string]masks
	others masks
	seen   [1 << 8]seenName // by the top bits of a hash
}

// seenName keeps the text, so that nothing else can come to lie at its address.
type seenName struct {
	name  string
	masks masks
}

// finish adds what events match whatever their name.
func (n *nameTable) finish(others masks) {
	n.others = others
	for name, of := range n.named {
		n.named[name] = of.with(others)
	}
}

// lookup returns what events with a name match.
func (n *nameTable) lookup(name string) masks {
	data := unsafe.StringData(name)
	slot := &n.seen[uint64(uintptr(unsafe.Pointer(data)))*0x9e3779b97f4a7c15>>56]
	if unsafe.StringData(slot.name) == data && len(slot.name) == len(name) && len(name) > 0 {
		return slot.masks
	}
	return n.learn(slot, name)
}

func (n *nameTable) learn(slot *seenName, name string) masks {
	m, ok := n.named[name]
	if !ok {
		m = n.others
	}
	*slot = seenName{name, m}
	return m
}
