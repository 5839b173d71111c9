package strategy

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/regulars-go/regulars/internal/wire"
)

// Policy is a playbook made ready to decide. It never changes, and any number
// of goroutines may share one.
type Policy struct {
	id     string
	ranked []Operation    // the highest rank first, a fallback last
	gates  []gate         // beside ranked
	labels []string       // those that audiences mention, by bytes
	number map[string]int // of a label in labels
}

// NewPolicy compiles a playbook, of which it keeps a copy. A playbook that is
// not valid is an error, which [regulars.Faults] can be taken out of.
func NewPolicy(p Playbook) (*Policy, error) {
	if err := p.Validate(); err != nil {
		return nil, fmt.Errorf("strategy: playbook: %w", err)
	}
	policy := &Policy{ranked: p.ranked(), labels: p.Labels(), number: map[string]int{}}
	for i, label := range policy.labels {
		policy.number[label] = i
	}
	for i, o := range policy.ranked {
		policy.gates = append(policy.gates, policy.gate(o, p.Fallback != nil && i == len(p.Operations)))
	}
	policy.id = fingerprint(p.Name, policy.ranked, p.Fallback != nil)
	return policy, nil
}

// ID names the policy by what it holds: playbooks that differ in anything but
// the order of operations and labels, or the zone in which an instant is
// written, have different IDs. It is 32 hexadecimal digits.
func (p *Policy) ID() string { return p.id }

// Operation returns a copy of an operation or the fallback by its name; false
// if there is none of that name. Its labels are sorted, and its dates are in
// UTC.
func (p *Policy) Operation(name string) (Operation, bool) {
	for _, o := range p.ranked {
		if o.Name == name {
			o.Audience = o.Audience.sorted()
			return o, true
		}
	}
	return Operation{}, false
}

// Operations returns the names of the operations as they rank, the highest
// first and a fallback last. That is the order of verdicts.
func (p *Policy) Operations() []string {
	names := make([]string, len(p.ranked))
	for i, o := range p.ranked {
		names[i] = o.Name
	}
	return names
}

// outranks orders operations: by priority, the highest first, then by name.
func outranks(a, b Operation) int {
	return cmp.Or(cmp.Compare(b.Priority, a.Priority), strings.Compare(a.Name, b.Name))
}

// gate lets customers through to one operation. Labels are numbers here and
// instants are microseconds, and what a verdict says is written beforehand.
type gate struct {
	operation            string
	start                time.Time
	startsAt, endsAt     int64 // microseconds; an open side is the first or the last there is
	allOf, anyOf, noneOf []int

	starts, ends, lacksAny, audience string
}

func (p *Policy) gate(o Operation, fallback bool) gate {
	g := gate{
		operation: o.Name, start: o.Dates.Start, startsAt: math.MinInt64, endsAt: math.MaxInt64,
		allOf: p.numbers(o.Audience.AllOf), anyOf: p.numbers(o.Audience.AnyOf), noneOf: p.numbers(o.Audience.NoneOf),
		starts: stamp(o.Dates.Start), ends: stamp(o.Dates.End),
		lacksAny: "any of " + joined(o.Audience.AnyOf), audience: o.Audience.String(),
	}
	if !o.Dates.Start.IsZero() {
		g.startsAt = microseconds(o.Dates.Start)
	}
	if !o.Dates.End.IsZero() {
		g.endsAt = microseconds(o.Dates.End)
	}
	if fallback {
		g.audience += ", as nothing else is eligible"
	}
	return g
}

// microseconds returns t as microseconds since 1970. Times outside the years of
// a window, which may not fit, come before or after all that are in one.
func microseconds(t time.Time) int64 {
	switch year := t.Year(); {
	case year < minYear:
		return math.MinInt64
	case year > maxYear:
		return math.MaxInt64 - 1
	}
	return t.UnixMicro()
}

func (p *Policy) numbers(labels []string) []int {
	numbers := make([]int, len(labels))
	for i, label := range labels {
		numbers[i] = p.number[label]
	}
	return numbers
}

// fingerprint hashes a form in which each playbook has one way to be written.
func fingerprint(name string, ranked []Operation, fallback bool) string {
	form := wire.AppendString(nil, "strategy.playbook.1")
	form = wire.AppendString(form, name)
	last := uint64(0)
	if fallback {
		last = 1
	}
	form = wire.AppendUint(wire.AppendUint(form, last), uint64(len(ranked)))
	for _, o := range ranked {
		for _, text := range []string{o.Name, o.Objective, o.Channel} {
			form = wire.AppendString(form, text)
		}
		form = wire.AppendInt(form, int64(o.Priority))
		form = wire.AppendTime(form, o.Dates.Start)
		form = wire.AppendTime(form, o.Dates.End)
		for _, list := range o.Audience.lists() {
			form = wire.AppendUint(form, uint64(len(list.labels)))
			for _, label := range list.labels {
				form = wire.AppendString(form, label)
			}
		}
	}
	sum := sha256.Sum256(form)
	return hex.EncodeToString(sum[:16])
}
