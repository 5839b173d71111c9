package rfm

import (
	"encoding/json"
	"strings"
)

// Path is the labels of one customer on the way from one snapshot to the
// next; "" is none. [Migrate] says which steps lie between them.
type Path struct {
	Before string // as they were
	Aged   string // once time has passed
	Acted  string // once what they did counts
	After  string // once the measure is the new one
}

// Cause returns the steps at which the label changed. A customer can change
// and come back.
func (p Path) Cause() (c Cause) {
	if p.Before != p.Aged {
		c |= ByTime
	}
	if p.Aged != p.Acted {
		c |= ByBehaviour
	}
	if p.Acted != p.After {
		c |= ByRecut
	}
	return c
}

// Cause is a set of reasons for a move: a sum of ByTime, ByBehaviour and
// ByRecut.
type Cause uint8

// Why a label changes: days went by, the customer did something, or the cuts
// moved. A new customer moves by behaviour.
const (
	ByTime Cause = 1 << iota
	ByBehaviour
	ByRecut
)

// String returns the names of the reasons, such as "time+recut"; "none" for
// the empty set.
func (c Cause) String() string {
	var names []string
	for i, name := range []string{"time", "behaviour", "recut"} {
		if c&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	if names == nil {
		return "none"
	}
	return strings.Join(names, "+")
}

// Causes counts customers by the cause of their move.
type Causes [8]int

// Only returns how many moved for c and nothing else.
func (n Causes) Only(c Cause) int { return n[c&7] }

// MarshalJSON writes the counts that are not zero by the names of the causes.
func (n Causes) MarshalJSON() ([]byte, error) {
	counts := map[string]int{}
	for c, count := range n {
		if count != 0 {
			counts[Cause(c).String()] = count
		}
	}
	return json.Marshal(counts) // sorts its keys
}
