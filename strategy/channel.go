package strategy

import (
	"slices"

	"github.com/regulars-go/regulars"
)

// Channel is a way to reach customers. A channel that operations name and the
// playbook does not list is free, reaches everybody and asks for no consent.
type Channel struct {
	// Name is what operations call it.
	Name string `json:"name"`
	// Costs are what a message takes from budgets, by their names.
	Costs map[string]Micros `json:"costs,omitempty"`
	// Reach is a label that customers have who can be reached, such as
	// "reach=sms". Empty means that all can.
	Reach string `json:"reach,omitempty"`
	// Consent says what a marketing message needs. By default it needs nothing;
	// a customer who refused the channel is left alone in any case.
	Consent ConsentKind `json:"consent,omitempty"`
	// Or are the channels that are tried in turn where this one can't be used,
	// unless the operation says its own.
	Or []string `json:"or,omitempty"`
	// PreferredHour is when a message does best. A decision says when that is
	// next; it does not wait for it.
	PreferredHour *Clock `json:"preferredHour,omitempty"`
}

// ConsentKind says what consent a channel asks for.
type ConsentKind string

const (
	// NoneNeeded asks for none. It is the default.
	NoneNeeded ConsentKind = ""
	// OptIn asks that the customer agreed.
	OptIn ConsentKind = "opt-in"
	// Quota asks for a permission that is used up by messages, as a mini program's
	// one-time subscription is. It holds for all classes.
	Quota ConsentKind = "quota"
)

// Budget is something that operations use up and there is an end to.
type Budget struct {
	Name string `json:"name"`
	// Unit is what it is counted in: "money", "calls", "hours", or a word of the
	// host's own. It is required.
	Unit string `json:"unit"`
	// Limit is how much there is in all, above 0.
	Limit Micros `json:"limit"`
}

// Holdout is a share of the customers who get no marketing, so that what
// operations bring can be measured against them. Who is in it depends on the
// salt and the customer's ID alone: it is never drawn again, and when the share
// grows, those who are in it stay.
type Holdout struct {
	// Name is for people.
	Name string `json:"name"`
	// Salt makes it independent of other holdouts. Never change it, unless
	// others are to be held out on purpose: write "2026" into it, then "2027".
	Salt string `json:"salt"`
	// Share of the customers, above 0 and below 1, such as 0.05.
	Share Micros `json:"share"`
	// Objective or Operation is what is held back. Neither means all marketing;
	// of this kind there may be one. An operation may be held back by one of the
	// others beside it.
	Objective string `json:"objective,omitempty"`
	Operation string `json:"operation,omitempty"`
}

// Exploration now and then chooses another than the best of the marketing
// operations that a customer may get, so that there is something to learn from.
// A decision records with which probability each was drawn. The draw goes by the
// policy's salt, the customer and the slot: it can be made again. Give Epsilon
// or Temperature.
type Exploration struct {
	// Salt makes its draws independent of others.
	Salt string `json:"salt"`
	// Epsilon is the share of decisions that are drawn with equal chances, above
	// 0 and at most 1, whatever the priorities.
	Epsilon Micros `json:"epsilon,omitzero"`
	// Temperature draws each with a chance in proportion to exp(score/Temperature):
	// the higher, the more alike. Only those of the best one's priority are drawn
	// from, since no score makes up for a priority.
	Temperature Micros `json:"temperature,omitzero"`
}

func (x Channel) faults(c *checker) (f regulars.Faults) {
	c.costs(&f, x.Costs)
	if x.Reach != "" {
		c.label(&f, "reach", x.Reach)
	}
	c.oneOf(&f, "consent", string(x.Consent), string(NoneNeeded), string(OptIn), string(Quota))
	wordFaults(&f, "or", x.Or, MaxChannels-1)
	if slices.Contains(x.Or, x.Name) {
		f.Add("or", "has %q itself", x.Name)
	}
	if x.PreferredHour == nil {
		return f
	}
	for i, q := range c.playbook.QuietHours {
		if (len(q.Channels) == 0 || slices.Contains(q.Channels, x.Name)) && q.holds(x.PreferredHour.micros()) {
			f.Add("preferredHour", "%v lies in quietHours[%d], %v", x.PreferredHour, i, q)
		}
	}
	return f
}

func (b Budget) faults() (f regulars.Faults) {
	nameFaults(&f, "unit", b.Unit)
	if b.Limit <= 0 {
		f.Add("limit", "%v: want more than 0", b.Limit)
	}
	return f
}
