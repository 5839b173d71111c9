package strategy

import (
	"fmt"
	"iter"
	"math"
	"slices"
	"time"

	"github.com/regulars-go/regulars"
)

// Validate returns [regulars.Faults] if the ID is empty, or a label is malformed
// or beyond the vocabulary; a nil one knows all. So does a number that is NaN or
// infinite, an exposure without operation, channel or time, or of a state that
// does not exist, and a quota below 0. [Policy.Decide] does not need it: there a
// malformed label is one that no audience mentions.
func (c Customer) Validate(known Vocabulary) error {
	var f regulars.Faults
	if c.ID == "" {
		f.Add("id", "missing")
	}
	for i, label := range c.Labels {
		if problem := known.problem(label); problem != "" {
			f.Add(at("labels", i), "%s", problem)
		}
	}
	for _, name := range sortedKeys(c.Numbers) {
		finite(&f, "numbers."+name, c.Numbers[name])
	}
	for i, consent := range c.Consents {
		nameFaults(&f, at("consents", i)+".channel", consent.Channel)
		if consent.Quota < 0 {
			f.Add(at("consents", i)+".quota", "%d: want 0 or more", consent.Quota)
		}
	}
	for i, e := range c.Exposures {
		path := at("exposures", i)
		nameFaults(&f, path+".operation", e.Operation)
		nameFaults(&f, path+".channel", e.Channel)
		if e.At.IsZero() {
			f.Add(path+".at", "missing")
		}
		f.Under(path, yearFaults("at", e.At))
		f.Under(path, yearFaults("outcomeAt", e.OutcomeAt))
		if e.State != Sent && e.State != Reserved && e.State != Failed {
			f.Add(path+".state", "%q: want %s or %s, or none for what was sent", e.State, Reserved, Failed)
		}
	}
	return f.Err()
}

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
// know who wins. It allocates nothing as long as a playbook has few enough
// parts for them to be held on the stack.
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
		Propensity: race.propensity(race.chosen), Explored: race.explored, SendAt: p.sendAt(f.channel, &s),
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
		d.SendAt = p.sendAt(channel, &s)
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

// finding is what became of a candidate as if it were the only one. It is handed
// on by pointer and filled in place: copying it would take as long as deciding.
type finding struct {
	code    Code
	stage   Stage
	waits   bool // capped or quiet, but otherwise sound, and not to be passed over
	channel int  // -1 for none
	detail  string
	retryAt int64
	score   Micros
}

// refuse makes it a refusal that no time mends.
func (f *finding) refuse(stage Stage, code Code, channel int, detail string) {
	f.code, f.stage, f.waits, f.channel, f.detail, f.retryAt, f.score = code, stage, false, channel, detail, never, 0
}

// judge finds what becomes of one operation.
func (p *Policy) judge(g *gate, s *situation, f *finding) {
	for _, h := range g.holdouts {
		if s.heldOut.has(h) && !s.blind {
			f.refuse(StageHoldout, HeldOut, -1, p.holdouts[h].name)
			return
		}
	}
	switch {
	case g.stopped:
		f.refuse(StageDates, Stopped, -1, "")
		return
	case s.at >= g.endsAt:
		f.refuse(StageDates, Ended, -1, g.ends)
		return
	}
	fits := p.fits(g, s, f)
	if s.at < g.startsAt {
		f.refuse(StageDates, NotStarted, -1, g.starts)
		if fits {
			f.retryAt = g.startsAt
		}
		return
	}
	if fits {
		p.send(g, s, f)
	}
}

// fits reports whether the audiences have the customer, and if not, finds why.
func (p *Policy) fits(g *gate, s *situation, f *finding) bool {
	for i := range g.audiences {
		if code, detail := p.audience(&g.audiences[i], s); code != 0 {
			f.refuse(g.audiences[i].stage, code, -1, detail)
			return false
		}
	}
	return true
}

func (p *Policy) audience(a *audienceRule, s *situation) (Code, string) {
	for _, n := range a.allOf {
		if !s.labels.has(n) {
			return LacksLabel, p.labels[n]
		}
	}
	if len(a.anyOf) > 0 && !s.labels.hasAny(a.anyOf) {
		return LacksLabel, a.lacksAny
	}
	for _, n := range a.noneOf {
		if s.labels.has(n) {
			return Excluded, p.labels[n]
		}
	}
	for i := range a.ranges {
		r := &a.ranges[i]
		switch x := s.figures[r.figure]; {
		case math.IsNaN(x):
			return LacksNumber, r.words
		case x < r.low || x >= r.below:
			return OutOfRange, r.words
		}
	}
	return 0, ""
}

// send finds what becomes of an operation whose audience has the customer: by the
// channels in turn, the first that nothing refuses.
func (p *Policy) send(g *gate, s *situation, f *finding) {
	open := 0
	for i := range g.sendings {
		if p.consent(g, g.sendings[i].channel, s) == 0 {
			open |= 1 << i
		}
	}
	if open == 0 {
		first := g.sendings[0].channel
		f.refuse(StageConsent, p.consent(g, first, s), first, p.channels[first].name)
		return
	}
	if p.coolDown(g, s, f) {
		return
	}
	f.code = 0
	for i := range g.sendings {
		if open>>i&1 == 0 {
			continue
		}
		if f.code == 0 {
			if p.sending(g, &g.sendings[i], s, f) {
				return
			}
			continue
		}
		var other finding
		passed := p.sending(g, &g.sendings[i], s, &other)
		if passed || other.sooner(f) {
			*f = other
		}
		if passed {
			return
		}
	}
}

// sooner reports whether a refusal counts before another of the same operation:
// one that is waited for, then one that time mends, the first.
func (f *finding) sooner(than *finding) bool {
	if f.waits != than.waits {
		return f.waits
	}
	return f.retryAt != never && (than.retryAt == never || f.retryAt < than.retryAt)
}

// sending finds what becomes of an operation on one channel, and reports whether
// nothing of the channel refuses it.
func (p *Policy) sending(g *gate, x *sending, s *situation, f *finding) bool {
	f.code, f.waits, f.channel, f.detail, f.retryAt, f.score = 0, false, x.channel, "", never, 0
	for _, n := range x.counters {
		if x := p.count(n, s); x.full && (f.code == 0 || x.until > f.retryAt) {
			f.code, f.stage, f.detail, f.retryAt = Capped, StageCaps, p.counters[n].cap.Name, x.until
		}
	}
	if f.code == 0 && g.obeysQuiet {
		if until, words := p.quiet(x.channel, s); words != "" {
			f.code, f.stage, f.detail, f.retryAt = Quiet, StageQuiet, words, until
		}
	}
	if f.code != 0 {
		f.waits = g.whenCapped != Next && p.worthWaiting(g, x, s, f)
		return false
	}
	if over := p.overBudget(x, s); over != "" {
		f.refuse(StageBudget, OverBudget, x.channel, over)
		return false
	}
	for i := range s.c.Refused {
		if r := &s.c.Refused[i]; r.Operation == g.operation && r.Channel == p.channels[x.channel].name {
			f.refuse(StageReserve, Refused, x.channel, r.By)
			return false
		}
	}
	p.score(g, x, s, f)
	return true
}

// worthWaiting reports whether what is capped or quiet could be sent otherwise,
// and notes its score.
func (p *Policy) worthWaiting(g *gate, x *sending, s *situation, f *finding) bool {
	if p.overBudget(x, s) != "" {
		return false
	}
	var worth finding
	p.score(g, x, s, &worth)
	f.score = worth.score
	return worth.code == Chosen
}

// overBudget returns the name of the first budget that what is to be sent costs
// too much for; "" if there is none.
func (p *Policy) overBudget(x *sending, s *situation) string {
	for _, c := range x.costs {
		if b := &p.budgets[c.budget]; c.amount > b.Limit || c.amount > s.left[c.budget] {
			return b.Name
		}
	}
	return ""
}

// score finds what becomes of an operation that passed all that comes before.
func (p *Policy) score(g *gate, x *sending, s *situation, f *finding) {
	f.refuse(StageRank, Chosen, x.channel, g.audience)
	f.score = g.score
	if g.fallback {
		f.stage = StageFallback
	}
	effect := false
	for _, e := range g.effects {
		if e.label < 0 || s.labels.has(e.label) {
			f.score, effect = e.score, true
			break
		}
	}
	if !effect && g.propensityFrom >= 0 && !math.IsNaN(s.figures[g.propensityFrom]) {
		propensity := s.figures[g.propensityFrom]
		if propensity < 0 || propensity > 1 {
			f.refuse(StageScore, Unscored, x.channel, p.figures[g.propensityFrom])
			return
		}
		share, _ := MicrosOf(propensity)
		f.score, _ = g.worth.times(share) // no more than worth
	}
	if g.worth > 0 && f.score <= 0 {
		f.code, f.stage, f.detail = NoGain, StageScore, scoreWords(f.score)
	}
}

// scoreWords says a score that is not above 0.
func scoreWords(score Micros) string {
	if score == 0 {
		return "0"
	}
	return fmt.Sprint(score)
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
