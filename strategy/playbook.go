package strategy

import (
	"fmt"
	"slices"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/config"
)

// MaxOperations bounds the operations of a playbook: ten times what a large
// team runs at once, and few enough to judge each for every customer.
const MaxOperations = 500

// Playbook is what a shop may do for its customers, and within which bounds:
// operations, of which each customer gets at most one at a time, and what they
// share. It is data; [NewPolicy] makes it decide. The order of the lists means
// nothing.
type Playbook struct {
	// Name is for people. It may be left out.
	Name string `json:"name,omitzero"`
	// Zone is the name of the time zone of the business, such as "Asia/Shanghai".
	// Defaults to "UTC"; any other needs a resolver, see [Host].
	Zone string `json:"zone,omitempty"`
	// NorthStar is the metric that everything is for, and Metrics the tree under
	// it.
	NorthStar   string       `json:"northStar,omitempty"`
	Metrics     []Metric     `json:"metrics,omitempty"`
	Objectives  []Objective  `json:"objectives,omitempty"`
	Channels    []Channel    `json:"channels,omitempty"`
	Budgets     []Budget     `json:"budgets,omitempty"`
	Caps        []Cap        `json:"caps,omitempty"`
	QuietHours  []QuietHours `json:"quietHours,omitempty"`
	Holdouts    []Holdout    `json:"holdouts,omitempty"`
	Exploration *Exploration `json:"exploration,omitempty"`
	Effects     *Effects     `json:"effects,omitempty"`
	Operations  []Operation  `json:"operations"`
	// Fallback is for customers who may get none of the operations. It is a
	// candidate as they are, with an audience and dates of its own, but ranks
	// below them all, so its Priority must be 0. Nil means that such customers
	// get nothing.
	Fallback *Operation `json:"fallback,omitempty"`
}

// ParsePlaybook reads a playbook from JSON and validates it. The document is
// read strictly: an unknown or repeated key and trailing data are faults.
// Instants are texts such as "2026-11-11T00:00:00+08:00". The error is
// [regulars.Faults].
func ParsePlaybook(data []byte) (Playbook, error) {
	var p Playbook
	if err := config.Decode(data, &p); err != nil {
		return Playbook{}, err
	}
	if err := p.Validate(); err != nil {
		return Playbook{}, err
	}
	return p, nil
}

// Validate returns all faults of p as [regulars.Faults]: no operation or too
// many, two of one name, a missing name, objective or channel, a priority out
// of range, a malformed label or one that stands twice in an audience, dates
// that end before they start.
func (p Playbook) Validate() error { return p.ValidateWith(nil) }

// ValidateWith is [Playbook.Validate] for a host that knows which labels its
// customers can have: a label beyond the vocabulary, which would keep an
// audience empty without a word, is a fault too. A nil vocabulary knows all.
func (p Playbook) ValidateWith(known Vocabulary) error {
	var f regulars.Faults
	if p.Name != "" {
		nameFaults(&f, "name", p.Name)
	}
	if n := len(p.Operations); n == 0 || n > MaxOperations {
		f.Add("operations", "%d operations: want 1 to %d", n, MaxOperations)
		return f.Err()
	}
	taken := map[string]string{}
	check := func(path string, o Operation) {
		f.Under(path, o.faults(known))
		if first := taken[o.Name]; first != "" && o.Name != "" {
			f.Add(path+".name", "%q is the name of %s already", o.Name, first)
			return
		}
		taken[o.Name] = path
	}
	for i, o := range p.Operations {
		check(fmt.Sprintf("operations[%d]", i), o)
	}
	if p.Fallback != nil {
		check("fallback", *p.Fallback)
		if p.Fallback.Priority != 0 {
			f.Add("fallback.priority", "%d: want none, as a fallback ranks below all", p.Fallback.Priority)
		}
	}
	return f.Err()
}

// Labels returns the labels that the audiences mention, each once, in their
// order by bytes: what the host's data must be able to say.
func (p Playbook) Labels() []string {
	var labels []string
	for _, o := range p.ranked() {
		for _, list := range o.Audience.lists() {
			labels = append(labels, list.labels...)
		}
	}
	slices.Sort(labels)
	return slices.Compact(labels)
}

// ranked returns copies of the operations as they rank, the fallback last, with
// whatever changes no decision made alike: the order of labels, zones, and
// fractions of a microsecond.
func (p Playbook) ranked() []Operation {
	ops := slices.Clone(p.Operations)
	slices.SortFunc(ops, outranks)
	if p.Fallback != nil {
		ops = append(ops, *p.Fallback)
	}
	for i := range ops {
		ops[i].Audience = ops[i].Audience.sorted()
		ops[i].Dates = Window{moment(ops[i].Dates.Start), moment(ops[i].Dates.End)}
	}
	return ops
}
