package strategy

import (
	"iter"
	"math"
	"time"
)

// Decide chooses what a customer gets at now, cut to the microsecond: of the
// operations that pass all stages the one of the highest rank; if there is none,
// the fallback on the same terms. Every candidate gets one verdict, by the first
// stage that refuses it.
//
// Nothing but what c says is known: a customer without labels belongs to the
// audiences that ask for none, one without exposures was sent nothing, and
// budgets are full. The zero time is an instant like any other, before all
// dates. If times are beyond the year 9999 the decision stands, but can't be
// written as JSON.
func (p *Policy) Decide(c Customer, now time.Time) Decision {
	return p.DecideCase(Case{Customer: c, Now: now})
}

// DecideCase is [Policy.Decide] for a case with all that may be known of it.
func (p *Policy) DecideCase(c Case) Decision {
	return p.decide(make([]Verdict, 0, len(p.gates)), &c)
}

// DecideAll decides for each customer in turn, as [Policy.Decide] does. It asks for
// the next customer only when the loop does, and each decision is the
// caller's to keep.
func (p *Policy) DecideAll(customers iter.Seq[Customer], now time.Time) iter.Seq[Decision] {
	return func(yield func(Decision) bool) {
		for c := range customers {
			if !yield(p.Decide(c, now)) {
				return
			}
		}
	}
}

// Count decides for each customer, as [Policy.Decide] does, and keeps the counts
// only. A customer who comes twice is counted twice.
func (p *Policy) Count(customers iter.Seq[Customer], now time.Time) Summary {
	s := p.summary()
	verdicts := make([]Verdict, 0, len(p.gates))
	for c := range customers {
		s.count(p.decide(verdicts, &Case{Customer: c, Now: now}))
	}
	return s
}

// Choice is what a decision comes to, without the verdicts. Its fields are those
// of [Decision], and those of the verdict on the chosen operation.
type Choice struct {
	Operation, Channel string
	Score              Micros
	Propensity         float64
	Explored           bool
	SendAt             time.Time
	// Waits is the operation for which the customer gets nothing now, until
	// RetryAt.
	Waits   string
	RetryAt time.Time
}

// Choose decides as [Policy.DecideCase] does, and asks only as far as it takes to
// know who wins. It allocates nothing as long as the playbook has few enough
// parts, and the customer few enough exposures, to be held on the stack.
func (p *Policy) Choose(c Case) Choice {
	var few scratch
	s := p.look(&c, &few)
	s.quick = true
	var f finding
	race := newContest(p)
	for i := range p.gates {
		if race.over(i) {
			break
		}
		if p.hopeless(&p.gates[i], &s) {
			continue
		}
		p.judge(&p.gates[i], &s, &f)
		race.enter(i, &f)
	}
	race.settle(&s)
	if race.chosen < 0 && race.waits < 0 {
		return Choice{}
	}
	if race.waits >= 0 {
		return Choice{Waits: p.gates[race.waits].operation, RetryAt: instant(race.bestFinding.retryAt)}
	}
	f = race.bestFinding
	if race.chosen != race.best {
		p.judge(&p.gates[race.chosen], &s, &f)
	}
	return Choice{
		Operation: p.gates[race.chosen].operation, Channel: p.channels[f.channel].name, Score: f.score,
		Propensity: race.propensity(race.chosen), Explored: race.explored, SendAt: p.sendAt(f.channel, p.gates[race.chosen].endsAt, &s),
	}
}

// decide appends the verdicts to an empty slice.
func (p *Policy) decide(verdicts []Verdict, c *Case) Decision {
	var few scratch
	s := p.look(c, &few)
	var f finding
	race := newContest(p)
	for i := range p.gates {
		p.judge(&p.gates[i], &s, &f)
		race.enter(i, &f)
		verdicts = append(verdicts, p.verdict(i, &f))
	}
	race.settle(&s)
	d := Decision{
		Policy: p.id, Customer: c.Customer.ID, Slot: c.Slot, At: moment(c.Now), HeldOut: p.heldOutNames(&s),
		Explored: race.explored, Verdicts: verdicts,
	}
	if p.zoned {
		d.Zone, d.ZoneAssumed = s.place.name, s.assumed
	}
	if race.waits >= 0 {
		d.Waits = p.gates[race.waits].operation
	}
	if race.chosen >= 0 {
		f := &verdicts[race.chosen]
		d.Chosen, d.Channel, d.Propensity = f.Operation, f.Channel, race.propensity(race.chosen)
		channel, _ := p.channelIndex(f.Channel)
		d.SendAt = p.sendAt(channel, p.gates[race.chosen].endsAt, &s)
	}
	race.finish(verdicts)
	return d
}

// verdict puts a finding in words.
func (p *Policy) verdict(i int, f *finding) Verdict {
	v := Verdict{Operation: p.gates[i].operation, Stage: f.stage, Code: f.code, Detail: f.detail, RetryAt: instant(f.retryAt), Score: f.score}
	if f.channel >= 0 {
		v.Channel = p.channels[f.channel].name
	}
	return v
}

func (p *Policy) heldOutNames(s *situation) (names []string) {
	for i := range p.holdouts {
		if s.heldOut.has(i) {
			names = append(names, p.holdouts[i].name)
		}
	}
	return names
}

// never stands for no instant among microseconds.
const never = math.MinInt64

func instant(micros int64) time.Time {
	if micros == never {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}
