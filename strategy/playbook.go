package strategy

import (
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

// ParsePlaybook reads a playbook from JSON and validates it for a [Host] that
// knows UTC and every label. The document is read strictly: an unknown or
// repeated key and trailing data are faults. Instants are texts such as
// "2026-11-11T00:00:00+08:00". The error is [regulars.Faults].
func ParsePlaybook(data []byte) (Playbook, error) { return Host{}.ParsePlaybook(data) }

// ParsePlaybook is the function [ParsePlaybook] for this host.
func (h Host) ParsePlaybook(data []byte) (Playbook, error) {
	var p Playbook
	if err := config.Decode(data, &p); err != nil {
		return Playbook{}, err
	}
	if err := h.Validate(p); err != nil {
		return Playbook{}, err
	}
	return p, nil
}

// Validate returns all faults of p as [regulars.Faults]: those of
// [Host.Validate] for a host that knows UTC and every label and number.
func (p Playbook) Validate() error { return Host{}.Validate(p) }

// ValidateWith is [Playbook.Validate] for a host that knows which labels its
// customers can have: a label beyond the vocabulary, which would keep an
// audience empty without a word, is a fault too. A nil vocabulary knows all.
func (p Playbook) ValidateWith(known Vocabulary) error { return Host{Labels: known}.Validate(p) }

// Validate returns all faults of a playbook as [regulars.Faults], each with its
// path: names that are missing, malformed or given twice, or that lead nowhere;
// labels, numbers and zones that the host does not know; amounts and limits out
// of range; times that end before they start; metrics that are not a tree under
// the north star; holdouts that overlap; hours that leave nothing of the day;
// and objectives that are not specific, measurable, achievable, relevant and
// bound in time. One whose customers are too few to show it is refused with the
// number that it would take.
func (h Host) Validate(p Playbook) error {
	var f regulars.Faults
	if p.Name != "" {
		nameFaults(&f, "name", p.Name)
	}
	if _, err := h.zone(p.Zone); err != nil {
		f.Add("zone", "%.80q: %v", p.Zone, err)
	}
	if n := len(p.Operations); n == 0 || n > MaxOperations {
		f.Add("operations", "%d operations: want 1 to %d", n, MaxOperations)
		return f.Err()
	}
	c := newChecker(&p, h)
	c.metricFaults(&f)
	c.sharedFaults(&f)
	c.operationFaults(&f)
	return f.Err()
}

// sharedFaults adds what is wrong with what operations share.
func (c *checker) sharedFaults(f *regulars.Faults) {
	p := c.playbook
	unique(f, "objectives", p.Objectives, func(o *Objective) string { return o.Name })
	for i := range p.Objectives {
		f.Under(at("objectives", i), p.Objectives[i].faults(c))
	}
	unique(f, "channels", p.Channels, func(x *Channel) string { return x.Name })
	for i, x := range p.Channels {
		f.Under(at("channels", i), x.faults(c))
	}
	unique(f, "budgets", p.Budgets, func(b *Budget) string { return b.Name })
	for i, b := range p.Budgets {
		f.Under(at("budgets", i), b.faults())
	}
	unique(f, "caps", p.Caps, func(k *Cap) string { return k.Name })
	for i, k := range p.Caps {
		f.Under(at("caps", i), k.faults(c))
	}
	if len(p.QuietHours) > MaxParts {
		f.Add("quietHours", "has %d: want at most %d", len(p.QuietHours), MaxParts)
	}
	for i, q := range p.QuietHours {
		f.Under(at("quietHours", i), q.faults(c))
	}
	c.holdoutFaults(f)
	if p.Exploration != nil {
		f.Under("exploration", p.Exploration.faults())
	}
	if p.Effects != nil {
		f.Under("effects", p.Effects.faults(c))
	}
}

// operationFaults adds what is wrong with the operations and the fallback.
func (c *checker) operationFaults(f *regulars.Faults) {
	taken := map[string]string{}
	check := func(path string, o Operation) {
		f.Under(path, o.faults(c))
		if noHourLeft(c.playbook.QuietHours, o.Channel) && o.orMarketing(o.ObeysQuiet) {
			f.Add(path+".channel", "%q is quiet all day", o.Channel)
		}
		if first := taken[o.Name]; first != "" && o.Name != "" {
			f.Add(path+".name", "%q is the name of %s already", o.Name, first)
			return
		}
		taken[o.Name] = path
	}
	for i, o := range c.playbook.Operations {
		check(at("operations", i), o)
	}
	if fallback := c.playbook.Fallback; fallback != nil {
		check("fallback", *fallback)
		if fallback.Priority != 0 {
			f.Add("fallback.priority", "%d: want none, as a fallback ranks below all", fallback.Priority)
		}
		if fallback.Class == Mandatory {
			f.Add("fallback.class", "%q: want another, as a fallback ranks below all", fallback.Class)
		}
	}
}

// Labels returns the labels that decisions and objectives look for, each once,
// in their order by bytes: what the host's data must be able to say.
func (p Playbook) Labels() []string {
	var labels []string
	for _, a := range p.audiences() {
		for _, list := range a.lists() {
			labels = append(labels, list.labels...)
		}
	}
	for _, o := range p.Objectives {
		if o.Migration != nil {
			labels = append(labels, o.Migration.To)
		}
	}
	for _, x := range p.Channels {
		if x.Reach != "" {
			labels = append(labels, x.Reach)
		}
	}
	if p.Effects != nil {
		for _, e := range p.Effects.Rows {
			if e.Label != "" {
				labels = append(labels, e.Label)
			}
		}
	}
	slices.Sort(labels)
	return slices.Compact(labels)
}

// audiences returns those of operations and objectives.
func (p *Playbook) audiences() (all []Audience) {
	for _, o := range p.all() {
		all = append(all, o.Audience, o.Relevant, o.Suits)
	}
	for i := range p.Objectives {
		all = append(all, p.Objectives[i].audience())
	}
	return all
}

// Numbers returns the names of the numbers that decisions and objectives look
// for, each once, in their order by bytes.
func (p Playbook) Numbers() []string {
	var names []string
	for _, a := range p.audiences() {
		for _, r := range a.Numbers {
			names = append(names, r.Number)
		}
	}
	for _, o := range p.all() {
		if o.PropensityFrom != "" {
			names = append(names, o.PropensityFrom)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
