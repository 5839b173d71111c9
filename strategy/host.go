package strategy

import "time"

// Host is what a playbook may count on: the zones, labels and numbers that the
// host application knows. The zero value knows UTC, every label and every
// number.
type Host struct {
	// Zones finds a time zone by its name; pass [time.LoadLocation], or a
	// resolver of your own where the answer must not depend on the machine. It
	// must always answer the same. Nil knows "UTC" alone.
	Zones func(name string) (*time.Location, error)
	// Labels are those that customers can have. Nil knows every label.
	Labels Vocabulary
	// Numbers are the names of the numbers that customers can have. Nil knows
	// every name.
	Numbers []string
}
