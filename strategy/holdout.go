package strategy

import (
	"slices"

	"github.com/regulars-go/regulars"
)

// In reports whether the holdout has a customer. It depends on the salt, the
// share and the ID alone, whatever a playbook says otherwise.
func (h Holdout) In(customer string) bool {
	return h.Share > 0 && h.draw().Bucket(customer).In(uint64(h.Share), uint64(One))
}

func (h Holdout) draw() Bucketer { return NewBucketer("holdout", h.Salt) }

// covers reports whether the holdout holds back an operation.
func (h Holdout) covers(o *Operation) bool {
	switch {
	case o.Class != Marketing:
		return false
	case h.Operation != "":
		return h.Operation == o.Name
	case h.Objective != "":
		return h.Objective == o.Objective
	}
	return true
}

// everything reports whether the holdout holds back all marketing.
func (h Holdout) everything() bool { return h.Objective == "" && h.Operation == "" }

func (h Holdout) faults(c *checker) (f regulars.Faults) {
	nameFaults(&f, "salt", h.Salt)
	if h.Share <= 0 || h.Share >= One {
		f.Add("share", "%v: want more than 0 and less than 1", h.Share)
	}
	switch {
	case h.Objective != "" && h.Operation != "":
		f.Add("operation", "%q beside an objective: want one of the two", h.Operation)
	case h.Objective != "":
		c.known(&f, "objective", "objective", h.Objective, c.objectives)
	case h.Operation != "":
		c.known(&f, "operation", "operation", h.Operation, c.operations)
	}
	return f
}

// holdoutFaults adds what is wrong with all holdouts, each and together.
func (c *checker) holdoutFaults(f *regulars.Faults) {
	all := c.playbook.Holdouts
	unique(f, "holdouts", all, func(h *Holdout) string { return h.Name })
	for i, h := range all {
		f.Under(at("holdouts", i), h.faults(c))
		for j, other := range all[:i] {
			if other.Salt == h.Salt && h.Salt != "" {
				f.Add(at("holdouts", i)+".salt", "%q is that of %s: the two would overlap and not be independent", h.Salt, at("holdouts", j))
			}
			if both, ok := c.overlap(h, other); ok {
				f.Add(at("holdouts", i), "overlaps %s: both hold back %s", at("holdouts", j), both)
			}
		}
	}
}

// overlap returns what two holdouts hold back both, other than one of all
// marketing and one of a part of it.
func (c *checker) overlap(a, b Holdout) (what string, ok bool) {
	if a.everything() != b.everything() {
		return "", false
	}
	if a.everything() {
		return "all marketing", true
	}
	for i := range c.all {
		if a.covers(&c.all[i]) && b.covers(&c.all[i]) {
			return c.all[i].Name, true
		}
	}
	return "", false
}

// controlShare returns the share of customers whom a holdout keeps from an
// objective's operations, as a number from 0 to 1.
func (p *Playbook) controlShare(objective string) float64 {
	served := 1.0
	for _, h := range p.Holdouts {
		if h.everything() || h.Objective == objective {
			served *= 1 - h.Share.Float64()
		}
	}
	return 1 - served
}

// Withheld reports whether a holdout keeps an operation from a customer: a pure
// function of the policy's holdouts and the ID, whatever else is known.
func (p *Policy) Withheld(customer, operation string) bool {
	i, ok := p.index[operation]
	if !ok {
		return false
	}
	return slices.ContainsFunc(p.gates[i].holdouts, func(h int) bool { return p.holdouts[h].has(customer) })
}

func (h *heldRule) has(customer string) bool {
	return h.draw.Bucket(customer).In(h.share, uint64(One))
}
