package strategy

// contest finds the winner among the candidates that a policy has judged, in
// the order in which they rank.
type contest struct {
	policy      *Policy
	best        int // the highest that may be sent or that others wait for; -1 for none
	bestFinding finding

	options []option // for exploration, as they rank
	scores  []Micros // of the options
	whole   uint64   // of their weights

	chosen, waits int // -1 for none
	explored      bool
}

func newContest(p *Policy) contest {
	r := contest{policy: p, best: -1}
	if p.explore != nil {
		r.options, r.scores = make([]option, 0, len(p.gates)), make([]Micros, 0, len(p.gates))
	}
	return r
}

// over reports whether no candidate from i on can change the outcome.
func (r *contest) over(i int) bool {
	if r.best < 0 || r.policy.explore != nil {
		return false
	}
	return !r.policy.gates[i].dynamic || r.policy.gates[i].tier != r.policy.gates[r.best].tier
}

// enter takes a candidate into account.
func (r *contest) enter(i int, f *finding) {
	if f.code != Chosen && !f.waits {
		return
	}
	g := &r.policy.gates[i]
	if f.code == Chosen && r.policy.explore != nil && g.marketing && !g.fallback {
		r.options = append(r.options, option{gate: int32(i)})
		r.scores = append(r.scores, f.score)
	}
	if r.best < 0 || r.ahead(i, f.score, r.best, r.bestFinding.score) {
		r.best, r.bestFinding = i, *f
	}
}

// ahead reports whether a candidate ranks above another.
func (r *contest) ahead(i int, score Micros, j int, other Micros) bool {
	a, b := &r.policy.gates[i], &r.policy.gates[j]
	switch {
	case a.tier != b.tier:
		return a.tier < b.tier
	case score != other:
		return score > other
	}
	return a.byName < b.byName
}

// settle finds who is chosen, or waited for.
func (r *contest) settle(s *situation) {
	r.chosen, r.waits = -1, -1
	if r.best < 0 {
		return
	}
	if r.bestFinding.waits {
		r.waits = r.best
		return
	}
	r.chosen = r.best
	if r.policy.explore != nil && r.policy.explore.rule.Temperature > 0 {
		r.keepRivals()
	}
	for i, o := range r.options {
		if int(o.gate) == r.best {
			r.whole = r.policy.explore.weigh(r.options, r.scores, i)
			r.chosen = int(r.options[r.policy.explore.pick(r.options, r.whole, s.c.Customer.ID, s.c.Slot)].gate)
			r.explored = true
			return
		}
	}
}

// keepRivals drops the options that don't rank with the best: scores tell apart
// what has one priority, and no score makes up for another.
func (r *contest) keepRivals() {
	n := 0
	for i, o := range r.options {
		if r.policy.gates[o.gate].tier == r.policy.gates[r.best].tier {
			r.options[n], r.scores[n] = o, r.scores[i]
			n++
		}
	}
	r.options, r.scores = r.options[:n], r.scores[:n]
}

// propensity returns the probability with which a candidate was to be chosen.
func (r *contest) propensity(i int) float64 {
	if !r.explored {
		if i == r.chosen {
			return 1
		}
		return 0
	}
	for _, o := range r.options {
		if int(o.gate) == i {
			return float64(o.weight) / float64(r.whole)
		}
	}
	return 0
}

// finish gives those that were not chosen, though they could have been, their
// verdicts.
func (r *contest) finish(verdicts []Verdict) {
	for i := range verdicts {
		v := &verdicts[i]
		if v.Code != Chosen {
			continue
		}
		v.Propensity = r.propensity(i)
		switch {
		case r.waits >= 0:
			v.Code, v.Detail = HeldBack, verdicts[r.waits].Operation
		case i == r.chosen:
		case r.ahead(i, v.Score, r.chosen, verdicts[r.chosen].Score):
			v.Stage, v.Code, v.Detail = StageExploration, NotDrawn, verdicts[r.chosen].Operation
		default:
			v.Code, v.Detail = Outranked, verdicts[r.chosen].Operation
		}
	}
}
