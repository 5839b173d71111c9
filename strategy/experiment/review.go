package experiment

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/strategy"
)

// Signal is what the evidence of one review says.
type Signal string

const (
	// Open says nothing: it may be either.
	Open Signal = "open"
	// Gain is a net above 0, by its whole interval.
	Gain Signal = "gain"
	// Loss is a net below 0, by its whole interval: it works, if at all, for more
	// than it is worth.
	Loss Signal = "loss"
	// Harm is an effect below 0, by its whole interval.
	Harm Signal = "harm"
)

// Standing is what reviews so far said of one operation. Keep it between reviews.
type Standing struct {
	Operation string `json:"operation"`
	// Signal is the last, and Reviews how many in a row said the same since the
	// last change, each with data of its own.
	Signal  Signal `json:"signal"`
	Reviews int    `json:"reviews"`
	// Control and Treated are the groups of the last review that counted. A review
	// that says the same of the same groups does not count.
	Control Arm `json:"control"`
	Treated Arm `json:"treated"`
	// Last is the last change that was proposed; empty if there was none.
	Last Action `json:"last,omitempty"`
}

// Reviewer turns evidence into proposals. It proposes what two reviews in a row
// have said, and a turn back only after three, so that chance does not make it go
// to and fro. A review counts if its data are new: as long as the groups of an
// operation have as many customers and the same means as before, reviewing them
// again says nothing. One customer more is enough, though, so review as often as
// there is something to know, such as once a window. The zero value is ready to
// use.
type Reviewer struct {
	// Least is how many customers each group must have. Defaults to 100.
	Least int64 `json:"least,omitzero"`
	// Reviews is how many in a row must say the same before a change is proposed,
	// and one more before one that turns back the last. Defaults to 2.
	Reviews int `json:"reviews,omitzero"`
	// Step is the factor by which a lever is raised, and by whose inverse it is
	// lowered. Defaults to 1.25.
	Step strategy.Micros `json:"step,omitzero"`
	// Lowest and Highest bound levers. What loses at the lowest is paused.
	// Default to 0.25 and 4.
	Lowest  strategy.Micros `json:"lowest,omitzero"`
	Highest strategy.Micros `json:"highest,omitzero"`
	// Places is by how much a priority is raised or lowered, from 0 to
	// [strategy.MaxPriority]. Defaults to 10.
	Places int `json:"places,omitzero"`
	// RollOut lists, by operation, the labels to which it is to be widened as it
	// proves its worth, one after the other. Widening comes before raising.
	RollOut map[string][]string `json:"rollOut,omitempty"`
	// Automatic are the actions that need nobody's approval. None by default.
	Automatic []Action `json:"automatic,omitempty"`
}

func (r Reviewer) withDefaults() Reviewer {
	for _, f := range []struct {
		field *strategy.Micros
		value strategy.Micros
	}{{&r.Step, strategy.One * 5 / 4}, {&r.Lowest, strategy.One / 4}, {&r.Highest, 4 * strategy.One}} {
		if *f.field == 0 {
			*f.field = f.value
		}
	}
	if r.Least == 0 {
		r.Least = 100
	}
	if r.Reviews == 0 {
		r.Reviews = 2
	}
	if r.Places == 0 {
		r.Places = 10
	}
	return r
}

// Validate returns all faults of the reviewer as [regulars.Faults].
func (r Reviewer) Validate() error {
	var f regulars.Faults
	d := r.withDefaults()
	if d.Least < 2 {
		f.Add("least", "%d: want 2 or more", r.Least)
	}
	if d.Reviews < 1 {
		f.Add("reviews", "%d: want 1 or more", r.Reviews)
	}
	if d.Step <= strategy.One || d.Step > 1000*strategy.One {
		f.Add("step", "%v: want above 1 to 1000", r.Step)
	}
	if d.Lowest <= 0 || d.Lowest > strategy.One || d.Highest < strategy.One {
		f.Add("lowest", "levers from %v to %v: want above 0 to 1, and 1 or more", d.Lowest, d.Highest)
	}
	if d.Places < 1 || d.Places > strategy.MaxPriority {
		f.Add("places", "%d: want 1 to %d", r.Places, strategy.MaxPriority)
	}
	for i, a := range r.Automatic {
		if !slices.Contains([]Action{Raise, Lower, Pause, Widen}, a) {
			f.Add(fmt.Sprintf("automatic[%d]", i), "%q: want raise, lower, pause or widen", a)
		}
	}
	return f.Err()
}

// Review returns one proposal for each operation of the evidence that the
// playbook has, in the order of names, and how they stand after it. Standings of
// other operations stay as they were.
func (r Reviewer) Review(p strategy.Playbook, evidence []Evidence, before []Standing) (proposals []Proposal, after []Standing, err error) {
	if err := r.Validate(); err != nil {
		return nil, nil, fmt.Errorf("experiment: reviewer: %w", err)
	}
	r = r.withDefaults()
	evidence = slices.Clone(evidence)
	slices.SortStableFunc(evidence, func(a, b Evidence) int { return strings.Compare(a.Operation, b.Operation) })
	after = slices.Clone(before)
	for i, e := range evidence {
		if i > 0 && evidence[i-1].Operation == e.Operation {
			return nil, nil, fmt.Errorf("experiment: two pieces of evidence of %q", e.Operation)
		}
		o := operationOf(&p, e.Operation)
		if o == nil {
			continue
		}
		at := slices.IndexFunc(after, func(s Standing) bool { return s.Operation == e.Operation })
		if at < 0 {
			at = len(after)
			after = append(after, Standing{Operation: e.Operation})
		}
		proposals = append(proposals, r.one(o, o == p.Fallback, e, &after[at]))
	}
	slices.SortFunc(after, func(a, b Standing) int { return strings.Compare(a.Operation, b.Operation) })
	return proposals, after, nil
}

// one reviews one operation.
func (r Reviewer) one(o *strategy.Operation, fallback bool, e Evidence, s *Standing) Proposal {
	p := Proposal{Operation: o.Name, Action: Keep, Evidence: e}
	signal, why := r.signal(e)
	if net, ok := e.Net(); ok {
		p.Net = &net
	}
	p.Because = why
	counts := s.note(signal, e)
	switch {
	case o.Stopped:
		p.Because = "stopped"
		return p
	case signal == Open:
		return p
	case !counts:
		p.Because += ", and nothing new since the last review"
		return p
	}
	needed := r.Reviews
	if turns(s.Last, signal) {
		needed++
	}
	if s.Reviews < needed {
		p.Because = fmt.Sprintf("%s in %d of %s", why, s.Reviews, times(needed))
		return p
	}
	r.act(&p, o, fallback, signal)
	p.Because = fmt.Sprintf("%s in %s%s", why, times(s.Reviews), p.Because[len(why):])
	if p.Action != Keep {
		s.Last, s.Reviews = p.Action, 0
		p.Automatic = slices.Contains(r.Automatic, p.Action)
	}
	return p
}

// note counts a review, unless it says the same of the same groups as the last
// that counted.
func (s *Standing) note(signal Signal, e Evidence) (counts bool) {
	control, treated := e.Effect.Control, e.Effect.Treated
	if s.Signal == signal && s.Control == control && s.Treated == treated {
		return false
	}
	if s.Signal != signal {
		s.Signal, s.Reviews = signal, 0
	}
	s.Control, s.Treated = control, treated
	s.Reviews = min(s.Reviews+1, math.MaxInt32)
	return true
}

func times(reviews int) string {
	if reviews == 1 {
		return "1 review"
	}
	return fmt.Sprintf("%d reviews", reviews)
}

// signal says what the evidence shows, and in words.
func (r Reviewer) signal(e Evidence) (s Signal, why string) {
	net, ok := e.Net()
	switch n := min(e.Effect.Control.N, e.Effect.Treated.N); {
	case e.SRM.P != nil && !e.SRM.OK:
		return Open, "the groups are not of the sizes that they should have"
	case n < r.Least:
		return Open, fmt.Sprintf("%d customers in the smaller group: want %d", n, r.Least)
	case !ok || e.Effect.P == nil:
		return Open, "nothing to say: " + e.Effect.Reason.String()
	case e.Effect.Proven() < 0:
		return Harm, "it does harm"
	case net.High < 0:
		return Loss, "net below 0"
	case net.Low > 0:
		return Gain, "net above 0"
	}
	return Open, "net may be above 0 or below"
}

// turns reports whether acting on a signal takes back the last change.
func turns(last Action, s Signal) bool {
	up := last == Raise || last == Widen
	return up && s != Gain || last == Lower && s == Gain
}

// act sets what the signal asks for; it may be nothing, where a dial is at its
// bound.
func (r Reviewer) act(p *Proposal, o *strategy.Operation, fallback bool, s Signal) {
	dial, now, down, up := r.dial(o, fallback)
	turn := func(a Action, to strategy.Micros) { p.Action, p.Dial, p.From, p.To = a, dial, now, to }
	switch next := r.next(o); {
	case s == Harm:
		p.Action = Pause
	case s == Loss && down < now:
		turn(Lower, down)
	case s == Loss:
		p.Action = Pause
		p.Because += ", at the lowest " + string(dial)
	case next != "":
		p.Action, p.Label = Widen, next
	case up > now:
		turn(Raise, up)
	default:
		p.Because += ", at the highest " + string(dial)
	}
}

// dial returns which dial an operation has, how it stands, and the next positions
// below and above. A fallback has no place but the last.
func (r Reviewer) dial(o *strategy.Operation, fallback bool) (d Dial, now, down, up strategy.Micros) {
	if o.Value > 0 {
		now = lever(o)
		step := r.Step.Float64()
		return Lever, now, max(r.Lowest, scale(now, 1/step)), min(r.Highest, scale(now, step))
	}
	if fallback {
		return Priority, 0, 0, 0
	}
	place := func(n int) strategy.Micros { return strategy.Micros(n) * strategy.One }
	now, down, up = place(o.Priority), place(max(0, o.Priority-r.Places)), place(min(strategy.MaxPriority, o.Priority+r.Places))
	return Priority, now, down, up
}

func lever(o *strategy.Operation) strategy.Micros {
	if o.Lever == 0 {
		return strategy.One
	}
	return o.Lever
}

// next returns the label to which an operation is to be widened, if any.
func (r Reviewer) next(o *strategy.Operation) string {
	if len(o.Audience.AnyOf) == 0 {
		return ""
	}
	for _, label := range r.RollOut[o.Name] {
		if !slices.Contains(o.Audience.AnyOf, label) {
			return label
		}
	}
	return ""
}

// scale multiplies a lever, to the nearest millionth but at least that.
func scale(lever strategy.Micros, factor float64) strategy.Micros {
	scaled, ok := strategy.MicrosOf(lever.Float64() * factor)
	if !ok {
		return lever
	}
	return max(1, scaled)
}
