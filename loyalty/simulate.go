package loyalty

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/shopspring/decimal"
)

// Recorded is a command and when it was recorded.
type Recorded struct {
	At      time.Time `json:"at"`
	Command Command   `json:"command"`
}

// Simulation is what would have been, had another program been in force: what
// it differs in. The same commands run under both, each on accounts of its own,
// so that effects chain: who earns more reaches a tier sooner, which earns more
// again, and what was redeemed may not be enough for.
type Simulation struct {
	Commands int `json:"commands"`
	// Now and Candidate are the whole of each.
	Now       Outcome `json:"now"`
	Candidate Outcome `json:"candidate"`
	// Liability is the difference of what is owed in the end, by wallet.
	Liability []LiabilityDiff `json:"liability,omitempty"`
	// Rules are all that gave points under either, by ID. Members are those for
	// whom something differs, by name.
	Rules   []RuleDiff   `json:"rules,omitempty"`
	Members []MemberDiff `json:"members,omitempty"`
}

// Outcome is what commands came to under one program.
type Outcome struct {
	// Rejected is how many commands were refused, and Reasons of which kind.
	Rejected  int            `json:"rejected"`
	Reasons   map[string]int `json:"reasons,omitempty"`
	Liability Liability      `json:"liability"`
}

// LiabilityDiff is what is owed in one wallet: points that may still be
// redeemed, and what is expected to be paid for them.
type LiabilityDiff struct {
	Wallet            string          `json:"wallet"`
	Points            int64           `json:"points"`
	CandidatePoints   int64           `json:"candidatePoints"`
	Expected          decimal.Decimal `json:"expected"`
	CandidateExpected decimal.Decimal `json:"candidateExpected"`
}

// RuleDiff is what a rule gave.
type RuleDiff struct {
	Rule uint32 `json:"rule"`
	Name string `json:"name"`
	// Times is how often it gave points, and Points how many.
	Times           int64 `json:"times"`
	Points          int64 `json:"points"`
	CandidateTimes  int64 `json:"candidateTimes"`
	CandidatePoints int64 `json:"candidatePoints"`
}

// MemberDiff is what a member has in the end.
type MemberDiff struct {
	Member string `json:"member"`
	// Earned is what rules gave, by wallet.
	Earned          map[string]int64 `json:"earned,omitempty"`
	CandidateEarned map[string]int64 `json:"candidateEarned,omitempty"`
	// Available is what could be spent at the end, by wallet.
	Available          map[string]int64 `json:"available,omitempty"`
	CandidateAvailable map[string]int64 `json:"candidateAvailable,omitempty"`
	Tier               string           `json:"tier,omitempty"`
	CandidateTier      string           `json:"candidateTier,omitempty"`
	Rejected           int              `json:"rejected,omitempty"`
	CandidateRejected  int              `json:"candidateRejected,omitempty"`
}

// Simulate runs commands under the program of today and under a candidate, and
// compares them as of an instant after the last. Commands come in the order of
// their recording; [Engine.Recorded] collects those of a store. Each program is
// all its versions; a candidate that is to be in force from the start has
// version 1 and no dates. It is as if the commands were all there ever was:
// simulate from the first one on, or read the differences only.
//
// It holds both outcomes in memory: some kilobytes for each member.
func Simulate(ctx context.Context, commands iter.Seq[Recorded], asOf time.Time, now, candidate []Program) (Simulation, error) {
	a, err := newRun(now)
	if err != nil {
		return Simulation{}, fmt.Errorf("loyalty: the program of today: %w", err)
	}
	b, err := newRun(candidate)
	if err != nil {
		return Simulation{}, fmt.Errorf("loyalty: the candidate: %w", err)
	}
	var s Simulation
	last := time.Time{}
	for r := range commands {
		if r.At.Before(last) || r.At.After(asOf) {
			return Simulation{}, fmt.Errorf("loyalty: command %q of %s comes after one of %s: want them in order, and none after %s",
				r.Command.Key, stamp(r.At), stamp(last), stamp(asOf))
		}
		last = r.At
		s.Commands++
		if err := errors.Join(a.do(ctx, r), b.do(ctx, r)); err != nil {
			return Simulation{}, err
		}
	}
	if s.Now, err = a.outcome(ctx, asOf); err == nil {
		s.Candidate, err = b.outcome(ctx, asOf)
	}
	if err != nil {
		return Simulation{}, err
	}
	s.Liability = liabilityDiffs(s.Now.Liability.Wallets, s.Candidate.Liability.Wallets)
	s.Rules = ruleDiffs(a, b)
	s.Members = memberDiffs(a, b)
	return s, nil
}

// run is one program under which the commands are done.
type run struct {
	engine   *Engine
	members  map[string]*memberRun
	rules    map[uint32]*ruleUse
	names    map[uint32]string
	rejected int
	reasons  map[string]int
}

type memberRun struct {
	earned, available map[string]int64
	tier              string
	rejected          int
}

func newRun(versions []Program) (*run, error) {
	engine, err := NewEngine(NewMemory(), versions...)
	if err != nil {
		return nil, err
	}
	return &run{engine: engine, members: map[string]*memberRun{}, rules: map[uint32]*ruleUse{}, names: map[uint32]string{}, reasons: map[string]int{}}, nil
}

func (r *run) member(name string) *memberRun {
	m := r.members[name]
	if m == nil {
		m = &memberRun{earned: map[string]int64{}, available: map[string]int64{}}
		r.members[name] = m
	}
	return m
}

// do runs one command. A refusal is an outcome; an error is anything else.
func (r *run) do(ctx context.Context, c Recorded) error {
	receipt, err := r.engine.Do(ctx, c.At, c.Command)
	m := r.member(c.Command.Member)
	if err != nil {
		kind := refusalOf(err)
		if kind == "" {
			return fmt.Errorf("loyalty: command %q: %w", c.Command.Key, err)
		}
		m.rejected++
		r.rejected++
		r.reasons[kind]++
		return nil
	}
	if receipt.Replayed {
		return nil
	}
	for i := range receipt.Rules {
		result := &receipt.Rules[i]
		if result.Points == 0 || c.Command.Earn == nil && c.Command.CheckIn == nil {
			continue
		}
		use := r.rules[result.Rule]
		if use == nil {
			use = new(ruleUse)
			r.rules[result.Rule], r.names[result.Rule] = use, result.Name
		}
		use.times++
		use.points += result.Points
		if !result.Referrer {
			m.earned[result.Wallet] += result.Points
		}
	}
	return nil
}

// refusalOf names the kind of a refusal; "" if err is none.
func refusalOf(err error) string {
	for _, kind := range []struct {
		name string
		is   func(error) bool
	}{
		{"insufficient points", isA[*InsufficientError]},
		{"limit", isA[*LimitError]},
		{"stock", isA[*StockError]},
		{"closed", isA[*ClosedError]},
		{"disabled", isA[*DisabledError]},
		{"state", isA[*StateError]},
		{"time", isA[*TimeError]},
		{"key reused", isA[*KeyReusedError]},
		{"command", isA[*CommandError]},
		{"unknown account", isThe(ErrUnknownAccount)},
		{"unknown order", isThe(ErrUnknownOrder)},
		{"unknown redemption", isThe(ErrUnknownRedemption)},
		{"overflow", isThe(ErrOverflow)},
	} {
		if kind.is(err) {
			return kind.name
		}
	}
	return ""
}

func isA[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

func isThe(target error) func(error) bool {
	return func(err error) bool { return errors.Is(err, target) }
}

func (r *run) outcome(ctx context.Context, asOf time.Time) (Outcome, error) {
	o := Outcome{Rejected: r.rejected, Reasons: r.reasons}
	var err error
	if o.Liability, err = r.engine.Liability(ctx, asOf); err != nil {
		return Outcome{}, err
	}
	c := r.engine.rules.at(micros(asOf))
	err = r.engine.accounts(ctx, asOf, Scan{}, func(at Due, _, a *Account) error {
		m := r.member(at.Member)
		for i := range c.wallets {
			if points := a.pot(c.wallets[i].ID, PotAvailable); points > 0 {
				m.available[c.wallets[i].Name] = points
			}
		}
		m.tier = c.levelName(a.tier.level)
		return nil
	})
	return o, err
}
