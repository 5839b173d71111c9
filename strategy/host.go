package strategy

import (
	"errors"
	"maps"
	"sync"
	"sync/atomic"
	"time"
)

// Host is what a playbook may count on: the zones, labels and numbers that the
// host application knows. The zero value knows UTC, every label and every
// number.
type Host struct {
	// Zones finds a time zone by its name; pass [time.LoadLocation], or a
	// resolver of your own where the answer must not depend on the machine. It
	// must always answer the same, as a policy asks for each name once. Nil knows
	// "UTC" alone.
	Zones func(name string) (*time.Location, error)
	// Labels are those that customers can have. Nil knows every label.
	Labels Vocabulary
	// Numbers are the names of the numbers that customers can have. Nil knows
	// every name.
	Numbers []string
}

// zone finds a zone by its name; none given is UTC.
func (h Host) zone(name string) (*time.Location, error) {
	switch {
	case name == "" || name == "UTC":
		return time.UTC, nil
	case h.Zones == nil:
		return nil, errors.New("want UTC, or a resolver of zones")
	case len(name) > MaxNameBytes:
		return nil, errors.New("unknown zone")
	}
	loc, err := h.Zones(name)
	if err == nil && loc == nil {
		err = errors.New("unknown zone")
	}
	return loc, err
}

// place is a time zone by its name.
type place struct {
	name string
	zone *time.Location
}

// maxZones bounds the zones that a policy remembers: more than there are names.
// Beyond it the host is asked each time.
const maxZones = 2000

// zoneBook remembers what the host answered, so that a decision does not load a
// zone anew. A name that is not found is remembered as nil.
type zoneBook struct {
	host  Host
	known atomic.Pointer[map[string]*place]
	write sync.Mutex
}

// find returns a zone, or nil if the host does not know it.
func (b *zoneBook) find(name string) *place {
	if known := b.known.Load(); known != nil {
		if p, ok := (*known)[name]; ok {
			return p
		}
	}
	var found *place
	if loc, err := b.host.zone(name); err == nil {
		found = &place{name, loc}
	}
	b.write.Lock()
	defer b.write.Unlock()
	next := map[string]*place{}
	if known := b.known.Load(); known != nil {
		maps.Copy(next, *known)
	}
	if len(next) < maxZones {
		next[name] = found
		b.known.Store(&next)
	}
	return found
}
