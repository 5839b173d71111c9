package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/regulars-go/regulars/loyalty"
)

// hold says what members hold: by month of ending, and by tier.
func (l *ledger) hold(ctx context.Context, owed loyalty.Liability) error {
	s := l.section
	counts := map[string]int{}
	ends := newEndings(l.program)
	for _, id := range l.members {
		st, err := l.engine.Balance(ctx, l.asOf, id)
		if err != nil {
			return err
		}
		ends.add(st)
		if st.Tier != nil {
			counts[st.Tier.Level]++
			l.levels[id] = st.Tier.Level
		}
	}
	for _, w := range owed.Wallets {
		s.Liability = append(s.Liability, l.liability(w, ends))
	}
	if t := l.program.Tiers; t != nil {
		s.Tiers = &tiersSection{Wallet: l.walletName(t.Wallet), None: counts[""]}
		for _, level := range t.Levels {
			s.Tiers.Levels = append(s.Tiers.Levels, levelSection{level.Name, level.Min, counts[level.Name]})
		}
	}
	return nil
}

func (l *ledger) liability(w loyalty.WalletLiability, ends *endings) liabilitySection {
	s := liabilitySection{
		Wallet: w.Wallet, Points: w.Settled.Points() + w.Due.Points(),
		Settled: w.Settled, Due: w.Due, Past: w.Past, Endless: w.Endless, Months: []endingSection{},
	}
	for _, m := range w.Months {
		pending := ends.pending[ending{w.Wallet, m.Month}]
		s.Months = append(s.Months, endingSection{m.Month, m.Points, m.Points - pending, pending})
	}
	if i := l.wallet(w.Wallet); i >= 0 && l.program.Wallets[i].Cost.IsPositive() {
		s.Cost = new(money(w.Cost))
	}
	return s
}

// endings are points that wait, by wallet and month in which they end.
type endings struct {
	zone    *time.Location
	pending map[ending]int64
}

type ending struct{ wallet, month string }

func newEndings(p loyalty.Program) *endings {
	e := &endings{zone: p.Zone, pending: map[ending]int64{}}
	if e.zone == nil {
		e.zone = time.UTC
	}
	return e
}

func (e *endings) add(st loyalty.Statement) {
	for _, lot := range st.Waiting {
		if !lot.Expires.IsZero() && !lot.ForEvent {
			e.pending[ending{lot.Wallet, lastDay(lot.Expires, e.zone).Format("2006-01")}] += lot.Points
		}
	}
}

// lastDay is the local day on which points are good for the last time, if they
// end at an instant.
func lastDay(end time.Time, zone *time.Location) time.Time {
	return end.Add(-time.Microsecond).In(zone)
}

// wallet returns the place of a wallet among the program's; -1 if there is none
// of the name.
func (l *ledger) wallet(name string) int {
	return slices.IndexFunc(l.program.Wallets, func(w loyalty.Wallet) bool { return w.Name == name })
}

// walletName is the name that an empty one stands for, the program's first.
func (l *ledger) walletName(name string) string {
	if name == "" {
		return l.program.Wallets[0].Name
	}
	return name
}

// ruleSections says of all rules what they gave, those first that gave most.
func (l *ledger) ruleSections() []ruleSection {
	var list []ruleSection
	for i := range l.program.Rules {
		r := &l.program.Rules[i]
		s := ruleSection{ID: r.ID, Name: r.Name, Wallet: l.walletName(r.Wallet), Unseen: !slices.Contains(r.On, orderKind)}
		if c := l.rules[r.ID]; c != nil {
			s.Times, s.Points = c.times, c.points
			for reason, n := range c.reasons {
				if s.Not == nil {
					s.Not = map[string]int64{}
				}
				s.Not[reason.String()] = n
			}
		}
		list = append(list, s)
	}
	slices.SortStableFunc(list, func(a, b ruleSection) int {
		switch {
		case a.Unseen != b.Unseen:
			return map[bool]int{true: 1, false: -1}[a.Unseen]
		case a.Points != b.Points:
			return int(max(-1, min(1, b.Points-a.Points)))
		}
		return strings.Compare(a.Name, b.Name)
	})
	return list
}
