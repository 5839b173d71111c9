package strategy

import (
	"fmt"
	"math"
	"slices"

	"github.com/regulars-go/regulars"
)

// Limits of a playbook's lists. They keep one from an untrusted source small,
// and are wide of what people maintain by hand.
const (
	// MaxParts bounds each list of a playbook other than its operations, and
	// each list of an operation.
	MaxParts = 100
	// MaxLimit bounds the limit of a cap and how often an outcome may be asked
	// for: more messages than anybody reads.
	MaxLimit = 10_000
	// MaxChannels bounds the channels of an operation that are tried in turn.
	MaxChannels = 8
)

// checker knows what the parts of a playbook may refer to.
type checker struct {
	host                                   Host
	playbook                               *Playbook
	all                                    []Operation // with the fallback
	channels, budgets, objectives, metrics []string
	operations, tags                       []string
}

func newChecker(p *Playbook, host Host) *checker {
	c := &checker{host: host, playbook: p, all: p.all()}
	for _, x := range p.Channels {
		c.channels = append(c.channels, x.Name)
	}
	for _, x := range p.Budgets {
		c.budgets = append(c.budgets, x.Name)
	}
	for _, x := range p.Objectives {
		c.objectives = append(c.objectives, x.Name)
	}
	for _, x := range p.Metrics {
		c.metrics = append(c.metrics, x.Name)
	}
	for _, o := range c.all {
		c.operations = append(c.operations, o.Name)
		c.tags = append(c.tags, o.Tags...)
		c.channels = append(c.channels, o.Channel)
		c.channels = append(c.channels, o.Or...)
	}
	for _, x := range p.Channels {
		c.channels = append(c.channels, x.Or...)
	}
	return c
}

// at returns the path of an entry of a list.
func at(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i) }

// known adds a fault if a name is not one of those that there are.
func (c *checker) known(f *regulars.Faults, path, what, name string, names []string) {
	if !slices.Contains(names, name) {
		f.Add(path, "%q is no %s of the playbook", name, what)
	}
}

// oneOf adds a fault if a word is none of those allowed; the first is the
// default.
func (c *checker) oneOf(f *regulars.Faults, path, word string, words ...string) {
	if !slices.Contains(words, word) {
		named := make([]string, 0, len(words))
		for _, w := range words {
			if w != "" {
				named = append(named, w)
			}
		}
		f.Add(path, "%q: want %s", word, oneOf(named))
	}
}

// unique adds faults for what is wrong with the names of a list.
func unique[T any](f *regulars.Faults, list string, items []T, name func(*T) string) {
	if len(items) > MaxParts {
		f.Add(list, "has %d: want at most %d", len(items), MaxParts)
	}
	first := map[string]int{}
	for i := range items {
		n := name(&items[i])
		nameFaults(f, at(list, i)+".name", n)
		if j, taken := first[n]; taken && n != "" {
			f.Add(at(list, i)+".name", "%q is the name of %s already", n, at(list, j))
			continue
		}
		first[n] = i
	}
}

// words adds faults for a list of words, each of which may stand once.
func wordFaults(f *regulars.Faults, list string, words []string, most int) {
	if len(words) > most {
		f.Add(list, "has %d: want at most %d", len(words), most)
	}
	for i, w := range words {
		nameFaults(f, at(list, i), w)
		if slices.Contains(words[:i], w) {
			f.Add(at(list, i), "%q comes twice", w)
		}
	}
}

// costs adds faults for what something takes from budgets.
func (c *checker) costs(f *regulars.Faults, costs map[string]Micros) {
	for _, name := range sortedKeys(costs) {
		path := "costs." + name
		c.known(f, path, "budget", name, c.budgets)
		if costs[name] < 0 {
			f.Add(path, "%v: want 0 or more", costs[name])
		}
	}
}

// label adds a fault if a label is malformed or not known.
func (c *checker) label(f *regulars.Faults, path, label string) {
	if problem := c.host.Labels.problem(label); problem != "" {
		f.Add(path, "%s", problem)
	}
}

// number adds a fault if the name of a number is malformed or not known.
func (c *checker) number(f *regulars.Faults, path, name string) {
	before := len(*f)
	nameFaults(f, path, name)
	if len(*f) == before && c.host.Numbers != nil && !slices.Contains(c.host.Numbers, name) {
		f.Add(path, "unknown number %q: want %s", name, oneOf(slices.Clone(c.host.Numbers)))
	}
}

// finite adds a fault for NaN and infinities.
func finite(f *regulars.Faults, path string, x float64) bool {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		f.Add(path, "is %v: want a finite number", x)
		return false
	}
	return true
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
