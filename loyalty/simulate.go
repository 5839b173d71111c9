package loyalty

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
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

// liabilityDiffs pairs wallets by name: those of today, then new ones.
func liabilityDiffs(now, candidate []WalletLiability) (list []LiabilityDiff) {
	for i := range now {
		w := &now[i]
		list = append(list, LiabilityDiff{Wallet: w.Wallet, Points: w.Settled.Points() + w.Due.Points(), Expected: w.Expected})
	}
	for i := range candidate {
		w := &candidate[i]
		at := slices.IndexFunc(list, func(d LiabilityDiff) bool { return d.Wallet == w.Wallet })
		if at < 0 {
			at = len(list)
			list = append(list, LiabilityDiff{Wallet: w.Wallet})
		}
		list[at].CandidatePoints, list[at].CandidateExpected = w.Settled.Points()+w.Due.Points(), w.Expected
	}
	return list
}

func ruleDiffs(a, b *run) (list []RuleDiff) {
	ids := maps.Clone(a.names)
	maps.Copy(ids, b.names)
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		d := RuleDiff{Rule: id, Name: ids[id]}
		if use := a.rules[id]; use != nil {
			d.Times, d.Points = use.times, use.points
		}
		if use := b.rules[id]; use != nil {
			d.CandidateTimes, d.CandidatePoints = use.times, use.points
		}
		list = append(list, d)
	}
	return list
}

func memberDiffs(a, b *run) (list []MemberDiff) {
	names := map[string]bool{}
	for name := range a.members {
		names[name] = true
	}
	for name := range b.members {
		names[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		x, y := a.member(name), b.member(name)
		if maps.Equal(x.earned, y.earned) && maps.Equal(x.available, y.available) && x.tier == y.tier && x.rejected == y.rejected {
			continue
		}
		list = append(list, MemberDiff{
			Member: name, Earned: x.earned, CandidateEarned: y.earned, Available: x.available, CandidateAvailable: y.available,
			Tier: x.tier, CandidateTier: y.tier, Rejected: x.rejected, CandidateRejected: y.rejected,
		})
	}
	return list
}

// Recorded collects the commands of all members, in the order of their
// recording; of one instant, by member and then as the journal has them. Those
// that were erased, or refused, are not in it. It holds them all in memory.
func (e *Engine) Recorded(ctx context.Context) ([]Recorded, error) {
	type place struct {
		Recorded
		seq uint64
	}
	var all []place
	err := e.journals(ctx, func(_ string, events []Event) error {
		for i := range events {
			if c := events[i].Command; c != nil {
				all = append(all, place{Recorded{events[i].RecordedAt, *c}, events[i].Seq})
			}
		}
		return nil
	})
	slices.SortFunc(all, func(a, b place) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Command.Member, b.Command.Member), cmp.Compare(a.seq, b.seq))
	})
	list := make([]Recorded, len(all))
	for i := range all {
		list[i] = all[i].Recorded
	}
	return list, err
}

// journals calls each with the whole journal of each member, by name.
func (e *Engine) journals(ctx context.Context, each func(member string, events []Event) error) error {
	scan := Scan{Program: e.rules.program, Limit: accountPage}
	for {
		page, err := e.store.Scan(ctx, scan)
		if err != nil {
			return fmt.Errorf("loyalty: scan: %w", err)
		}
		for _, at := range page {
			events, err := e.journal(ctx, at.Member)
			if err == nil {
				err = each(at.Member, events)
			}
			if err != nil {
				return err
			}
		}
		if len(page) < scan.Limit {
			return nil
		}
		scan.After = &page[len(page)-1]
	}
}

// journal reads all entries of a member.
func (e *Engine) journal(ctx context.Context, member string) (all []Event, err error) {
	for {
		after := uint64(len(all))
		events, err := e.History(ctx, member, after, verifyPage)
		if err != nil {
			return nil, err
		}
		if all = append(all, events...); len(events) < verifyPage {
			return all, nil
		}
	}
}

// Checkup makes a check-up of the newest version of the program from the
// journals and the stock in the store. Journals, Gone and a zero AsOf of the
// evidence are filled in; all else is as the host says. What is due and was not
// written yet is not in a journal: sweep first, so that points count as expired
// that are.
func (e *Engine) Checkup(ctx context.Context, now time.Time, ev Evidence) (CheckupReport, error) {
	if ev.AsOf.IsZero() {
		ev.AsOf = now
	}
	c := e.rules.newest()
	var err error
	if ev.Gone, err = e.gone(ctx, c); err != nil {
		return CheckupReport{}, err
	}
	var failed error
	stop := errors.New("stopped")
	ev.Journals = func(yield func(string, []Event) bool) {
		failed = e.journals(ctx, func(member string, events []Event) error {
			if !yield(member, events) {
				return stop
			}
			return nil
		})
	}
	report, err := Checkup(c.program, ev)
	if failed != nil && !errors.Is(failed, stop) {
		return CheckupReport{}, failed
	}
	return report, err
}

// gone loads how many of each reward with a stock are gone.
func (e *Engine) gone(ctx context.Context, c *compiled) (map[string]int64, error) {
	var ids []CounterID
	var names []string
	for i := range c.rewards {
		if p := &c.rewards[i]; p.Stock != nil {
			ids, names = append(ids, stockOf(e.rules.program, p)), append(names, p.Name)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	_, values, err := e.store.Load(ctx, nil, ids)
	if err != nil {
		return nil, fmt.Errorf("loyalty: load: %w", err)
	}
	gone := map[string]int64{}
	for i := range values {
		gone[names[i]] = values[i]
	}
	return gone, nil
}
