package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/regulars-go/regulars/loyalty"
)

// journalPage is how many entries are read at once.
const journalPage = 1000

// check reads all journals once: for the check-up, and for what became of the
// points.
func (l *ledger) check(ctx context.Context, random *rand.Rand) error {
	flows := map[uint8]*[loyalty.PotDebt + 1]int64{}
	var failed error
	journals := func(yield func(string, []loyalty.Event) bool) {
		for _, id := range l.members {
			events, err := l.journal(ctx, id)
			if err != nil {
				failed = err
				return
			}
			addMoves(flows, events)
			if !yield(id, events) {
				return
			}
		}
	}
	report, err := loyalty.Checkup(l.program, loyalty.Evidence{AsOf: l.asOf, Journals: journals, Gone: l.gone, Random: random})
	if failed != nil {
		return failed
	}
	if err != nil {
		return err
	}
	for i := range report.Findings {
		l.doubt(&report.Findings[i])
	}
	l.section.Checkup = &report
	l.section.Wallets = l.walletSections(flows)
	return nil
}

func (l *ledger) journal(ctx context.Context, member string) ([]loyalty.Event, error) {
	var all []loyalty.Event
	for {
		page, err := l.engine.History(ctx, member, uint64(len(all)), journalPage)
		if err != nil {
			return nil, err
		}
		if all == nil && len(page) < journalPage {
			return page, nil
		}
		if all = append(all, page...); len(page) < journalPage {
			return all, nil
		}
	}
}

// addMoves adds what came into each pot of each wallet, less what went out.
func addMoves(flows map[uint8]*[loyalty.PotDebt + 1]int64, events []loyalty.Event) {
	for i := range events {
		for _, m := range events[i].Moves {
			pots := flows[m.Wallet]
			if pots == nil {
				pots = new([loyalty.PotDebt + 1]int64)
				flows[m.Wallet] = pots
			}
			pots[m.From] -= m.Points
			pots[m.To] += m.Points
		}
	}
}

func (l *ledger) walletSections(flows map[uint8]*[loyalty.PotDebt + 1]int64) []walletSection {
	var list []walletSection
	for _, w := range l.program.Wallets {
		s := walletSection{Name: w.Name, Qualifying: w.Qualifying}
		if p := flows[w.ID]; p != nil {
			// Points come out of issued and debt: their pots count downwards.
			s.Issued, s.Debt = -p[loyalty.PotIssued], -p[loyalty.PotDebt]
			s.Available, s.Pending, s.Held = p[loyalty.PotAvailable], p[loyalty.PotPending], p[loyalty.PotHeld]
			s.Redeemed, s.Expired, s.Revoked, s.Forfeited = p[loyalty.PotRedeemed], p[loyalty.PotExpired], p[loyalty.PotRevoked], p[loyalty.PotForfeited]
		}
		list = append(list, s)
	}
	return list
}

// doubt takes back what a finding says if it rests on something that the
// orders don't tell.
func (l *ledger) doubt(f *loyalty.Finding) {
	if f.Verdict == loyalty.VerdictNotMeasured {
		return
	}
	if missing := l.missing(f); missing != "" {
		f.Verdict, f.Missing, f.Value, f.Levers = loyalty.VerdictNotMeasured, missing, 0, nil
	}
}

// missing says what a finding lacks; "" if it lacks nothing.
func (l *ledger) missing(f *loyalty.Finding) string {
	switch f.Metric {
	case loyalty.MetricRedeemers, loyalty.MetricBreakage, loyalty.MetricAffordable:
		return "redemptions: those here are assumed"
	case loyalty.MetricRewardRate:
		for _, in := range f.Inputs {
			if in.Name == "face rate" && in.Value != f.Value {
				return fmt.Sprintf("redemptions, and so breakage; before it the rate is %.2f %%", 100*in.Value)
			}
		}
	case loyalty.MetricReminded:
		if len(f.Inputs) > 0 { // else points don't end
			return "which reminders were sent"
		}
	case loyalty.MetricIdleRules, loyalty.MetricFreePoints:
		if l.others() {
			return "events other than orders"
		}
	case loyalty.MetricEarlyDays, loyalty.MetricActive:
		if l.others() && f.Verdict != loyalty.VerdictGood {
			return fmt.Sprintf("events other than orders; by orders alone it is %.1f %%", 100*f.Value)
		}
	}
	return ""
}

// others reports whether the program has rules for events that the input
// lacks.
func (l *ledger) others() bool {
	return slices.ContainsFunc(l.program.Rules, func(r loyalty.Rule) bool {
		return !r.Disabled && slices.ContainsFunc(r.On, func(kind string) bool { return kind != orderKind })
	})
}
