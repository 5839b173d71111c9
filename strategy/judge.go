package strategy

import (
	"fmt"
	"math"
	"slices"
)

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

// hopeless reports at a glance, without a reason, that an operation can neither
// be chosen nor waited for. Of what it lets through judge decides.
func (p *Policy) hopeless(g *gate, s *situation) bool {
	if g.stopped || s.at < g.startsAt || s.at >= g.endsAt {
		return true
	}
	if slices.ContainsFunc(g.holdouts, s.heldOut.has) {
		return true
	}
	for i := range g.audiences {
		if !g.audiences[i].has(s.labels) {
			return true
		}
	}
	if g.whenCapped != Next {
		return false
	}
	for i := range g.sendings {
		if !p.capped(&g.sendings[i], s) && p.consent(g, g.sendings[i].channel, s) == 0 {
			return false
		}
	}
	return true
}

// capped reports whether a cap refuses an operation on one channel.
func (p *Policy) capped(x *sending, s *situation) bool {
	for _, n := range x.counters {
		if p.full(n, s) {
			return true
		}
	}
	return false
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
	if !a.has(s.labels) {
		return p.lack(a, s.labels)
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

// has reports whether labels are as the audience asks.
func (a *audienceRule) has(labels bitSet) bool {
	some := len(a.anyOf) == 0
	for i, held := range labels {
		if held&a.all[i] != a.all[i] || held&a.none[i] != 0 {
			return false
		}
		some = some || held&a.any[i] != 0
	}
	return some
}

// lack returns what labels lack for the audience, or have too much.
func (p *Policy) lack(a *audienceRule, labels bitSet) (Code, string) {
	for _, n := range a.allOf {
		if !labels.has(n) {
			return LacksLabel, p.labels[n]
		}
	}
	if len(a.anyOf) > 0 && !slices.ContainsFunc(a.anyOf, labels.has) {
		return LacksLabel, a.lacksAny
	}
	for _, n := range a.noneOf {
		if labels.has(n) {
			return Excluded, p.labels[n]
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
		if !p.full(n, s) {
			continue
		}
		if until := p.opens(n, s); f.code == 0 || until > f.retryAt {
			f.code, f.stage, f.detail, f.retryAt = Capped, StageCaps, p.counters[n].cap.Name, until
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
	if propensity, given := p.propensity(g, s); given && !effect {
		if !(propensity >= 0 && propensity <= 1) {
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

// propensity returns the customer's own, if it is given; what is no number is
// NaN.
func (p *Policy) propensity(g *gate, s *situation) (x float64, given bool) {
	if g.propensityFrom < 0 {
		return 0, false
	}
	if x = s.figures[g.propensityFrom]; math.IsNaN(x) {
		_, given = s.c.Customer.Numbers[p.figures[g.propensityFrom]]
		return x, given
	}
	return x, true
}

// scoreWords says a score that is not above 0.
func scoreWords(score Micros) string {
	if score == 0 {
		return "0"
	}
	return fmt.Sprint(score)
}
