package strategy

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/regulars-go/regulars/internal/config"
)

// Policy is a playbook made ready to decide. Its answers never change, and any
// number of goroutines may share one.
type Policy struct {
	id       string
	playbook Playbook // in normal form: operations as they rank, other lists by name
	zones    zoneBook
	place    *place // of the business
	zoned    bool   // whether any rule asks for the time of day or the date

	gates    []gate         // as they rank, a fallback last
	index    map[string]int // of an operation in gates
	labels   []string       // those that decisions look for, by bytes
	number   map[string]int // of a label in labels
	figures  []string       // names of the customer's numbers, by bytes
	channels []channelRule
	counters []counter
	budgets  []Budget // by name
	holdouts []heldRule
	explore  *explorer
}

// NewPolicy compiles a playbook, of which it keeps a copy, for a [Host] that
// knows UTC and every label and number. A playbook that is not valid is an
// error, which [regulars.Faults] can be taken out of.
func NewPolicy(p Playbook) (*Policy, error) { return Host{}.NewPolicy(p) }

// NewPolicy is the function [NewPolicy] for this host.
func (h Host) NewPolicy(p Playbook) (*Policy, error) {
	if err := h.Validate(p); err != nil {
		return nil, fmt.Errorf("strategy: playbook: %w", err)
	}
	form, err := p.normal()
	if err != nil {
		return nil, fmt.Errorf("strategy: playbook: %w", err)
	}
	policy := &Policy{zones: zoneBook{host: h}}
	if err := config.Decode(form, &policy.playbook); err != nil { // a copy of all that it holds
		return nil, fmt.Errorf("strategy: playbook: %w", err)
	}
	sum := sha256.Sum256(append([]byte("strategy.playbook.2\n"), form...))
	policy.id = hex.EncodeToString(sum[:16])
	policy.place = policy.zones.find(cmp.Or(p.Zone, "UTC"))
	policy.compile()
	return policy, nil
}

// ID names the policy by what it holds: playbooks that differ in anything but
// the order of their lists, or the zone in which an instant is written, have
// different IDs. It is 32 hexadecimal digits.
func (p *Policy) ID() string { return p.id }

// Operation returns a copy of an operation or the fallback by its name; false
// if there is none of that name. Its labels are sorted, and its dates are in
// UTC.
func (p *Policy) Operation(name string) (Operation, bool) {
	i, ok := p.index[name]
	if !ok {
		return Operation{}, false
	}
	return p.playbook.all()[i].clone(), true
}

// Playbook returns a copy of the playbook in its normal form: the operations as
// they rank, other lists in the order of their names.
func (p *Policy) Playbook() Playbook {
	var copied Playbook
	if form, err := json.Marshal(p.playbook); err == nil { // as it was read from JSON
		_ = json.Unmarshal(form, &copied)
	}
	return copied
}

// Operations returns the names of the operations as they rank, the highest
// first and a fallback last. That is the order of verdicts.
func (p *Policy) Operations() []string {
	names := make([]string, len(p.gates))
	for i := range p.gates {
		names[i] = p.gates[i].operation
	}
	return names
}

// Since returns the earliest instant that a decision at now may have to know of:
// exposures at or before it make no difference, but for those since a consent's
// quota was granted.
func (p *Policy) Since(now time.Time) time.Time {
	now = moment(now)
	since := now
	for _, k := range p.playbook.Caps {
		at := now
		if k.Calendar != "" { // elsewhere an earlier day may not be over yet
			at = at.AddDate(0, 0, -maxZonesApart)
		}
		after, _ := k.Window(at, p.place.zone)
		if k.Calendar != "" {
			after = after.AddDate(0, 0, -maxZonesApart)
		}
		since = earlier(since, after)
	}
	for _, o := range p.playbook.all() {
		for _, d := range o.CoolDowns {
			last := d.For.Before(now, p.place.zone)
			since = earlier(since, d.within().Before(last, p.place.zone).AddDate(0, 0, -maxZonesApart))
		}
	}
	return since.UTC()
}

// maxZonesApart is how many days the calendars of two zones may lie apart, with
// room for clocks that are set and months that are clamped.
const maxZonesApart = 4

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// outranks orders operations: the mandatory ones, then by priority, the highest
// first, then by what the playbook says of the score, then by name.
func outranks(a, b Operation) int {
	return cmp.Or(
		cmp.Compare(b.rankOfClass(), a.rankOfClass()), cmp.Compare(b.Priority, a.Priority),
		cmp.Compare(b.score(), a.score()), strings.Compare(a.Name, b.Name),
	)
}

func (o *Operation) rankOfClass() int {
	if o.Class == Mandatory {
		return 1
	}
	return 0
}

// score returns what a customer's score is by the playbook alone.
func (o *Operation) score() Micros {
	worth, _ := o.Value.times(orOne(o.Lever))
	score, _ := worth.times(orOne(o.Propensity))
	return score
}

// normal returns p as JSON in a form that is the same for all playbooks that
// decide alike: the order of lists, zones, and fractions of a microsecond are
// made one.
func (p Playbook) normal() ([]byte, error) {
	p.Operations = slices.Clone(p.Operations)
	slices.SortFunc(p.Operations, outranks)
	for i := range p.Operations {
		p.Operations[i] = p.Operations[i].normal()
	}
	if p.Fallback != nil {
		fallback := p.Fallback.normal()
		p.Fallback = &fallback
	}
	p.Objectives = slices.Clone(p.Objectives)
	for i, o := range p.Objectives {
		o.Population, o.Start, o.Deadline = o.Population.sorted(), moment(o.Start), moment(o.Deadline)
		p.Objectives[i] = o
	}
	p.QuietHours = slices.Clone(p.QuietHours)
	for i, q := range p.QuietHours {
		p.QuietHours[i].Channels = sortedLabels(q.Channels)
	}
	slices.SortFunc(p.QuietHours, func(a, b QuietHours) int {
		return cmp.Or(cmp.Compare(a.Start.minute, b.Start.minute), cmp.Compare(a.End.minute, b.End.minute),
			cmp.Compare(a.Zone, b.Zone), slices.Compare(a.Channels, b.Channels))
	})
	p.Metrics = byName(p.Metrics, func(m Metric) string { return m.Name })
	p.Objectives = byName(p.Objectives, func(o Objective) string { return o.Name })
	p.Channels = byName(p.Channels, func(x Channel) string { return x.Name })
	p.Budgets = byName(p.Budgets, func(b Budget) string { return b.Name })
	p.Caps = byName(p.Caps, func(k Cap) string { return k.Name })
	p.Holdouts = byName(p.Holdouts, func(h Holdout) string { return h.Name })
	return json.Marshal(p)
}

func byName[T any](items []T, name func(T) string) []T {
	items = slices.Clone(items)
	slices.SortFunc(items, func(a, b T) int { return strings.Compare(name(a), name(b)) })
	return items
}

// clone returns a copy that shares nothing with o.
func (o Operation) clone() Operation {
	o.Audience, o.Relevant, o.Suits = o.Audience.clone(), o.Relevant.clone(), o.Suits.clone()
	o.Or, o.Tags, o.CoolDowns = slices.Clone(o.Or), slices.Clone(o.Tags), slices.Clone(o.CoolDowns)
	o.Costs = maps.Clone(o.Costs)
	o.ObeysCaps, o.CountsToCaps, o.ObeysQuiet = cloneOf(o.ObeysCaps), cloneOf(o.CountsToCaps), cloneOf(o.ObeysQuiet)
	return o
}

func (a Audience) clone() Audience {
	numbers := slices.Clone(a.Numbers)
	for i, r := range numbers {
		numbers[i].AtLeast, numbers[i].Below = cloneOf(r.AtLeast), cloneOf(r.Below)
	}
	return Audience{slices.Clone(a.AllOf), slices.Clone(a.AnyOf), slices.Clone(a.NoneOf), numbers}
}

func cloneOf[T any](p *T) *T {
	if p == nil {
		return nil
	}
	return new(*p)
}

func (o Operation) normal() Operation {
	o.Audience, o.Relevant, o.Suits = o.Audience.sorted(), o.Relevant.sorted(), o.Suits.sorted()
	o.Tags = sortedLabels(o.Tags)
	o.Dates = Window{moment(o.Dates.Start), moment(o.Dates.End)}
	return o
}
