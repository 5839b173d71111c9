package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/regulars-go/regulars/loyalty"
)

// summarise says in a line what the orders come to under the program.
func (l *ledger) summarise(b *strings.Builder) {
	s := l.section
	if s.Reason != "" {
		fmt.Fprintf(b, "Points of program %q: %s.\n", s.Program, s.Reason)
		return
	}
	fmt.Fprintf(b, "Points of program %q:", s.Program)
	for i, w := range s.spendable() {
		if i > 0 {
			fmt.Fprintf(b, "; %s:", w.Name)
		}
		fmt.Fprintf(b, " %s earned, %s redeemed, %s expired, %s owed", points(w.Issued), points(w.Redeemed), points(w.Expired), points(w.owed()))
	}
	fmt.Fprintf(b, ".%s Check-up: %s.\n", tiersInLine(s.Tiers), verdictsInLine(s.Checkup))
}

// spendable are the wallets whose points can be redeemed.
func (s *loyaltySection) spendable() []walletSection {
	return slices.DeleteFunc(slices.Clone(s.Wallets), func(w walletSection) bool { return w.Qualifying })
}

// wallet returns what became of the points of a wallet.
func (s *loyaltySection) wallet(name string) walletSection {
	return s.Wallets[slices.IndexFunc(s.Wallets, func(w walletSection) bool { return w.Name == name })]
}

// owed is what may still be redeemed.
func (w *walletSection) owed() int64 { return w.Available + w.Pending + w.Held }

func points(n int64) string { return grouped(fmt.Sprint(n)) }

func tiersInLine(t *tiersSection) string {
	if t == nil {
		return ""
	}
	parts := []string{"no tier " + count(t.None)}
	for _, level := range t.Levels {
		parts = append(parts, level.Name+" "+count(level.Members))
	}
	return " Tiers: " + strings.Join(parts, ", ") + "."
}

func verdictsInLine(r *loyalty.CheckupReport) string {
	counts := verdictCounts(r)
	var parts []string
	for _, v := range verdicts() {
		if counts[v] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[v], v))
		}
	}
	return strings.Join(parts, ", ")
}

// verdicts are all there are, the worst first.
func verdicts() []loyalty.Verdict {
	return []loyalty.Verdict{loyalty.VerdictBad, loyalty.VerdictFair, loyalty.VerdictGood, loyalty.VerdictNotMeasured}
}

func verdictCounts(r *loyalty.CheckupReport) map[loyalty.Verdict]int {
	counts := map[loyalty.Verdict]int{}
	for i := range r.Findings {
		counts[r.Findings[i].Verdict]++
	}
	return counts
}

// explain says what a member holds, and how it came about, entry by entry.
func (l *ledger) explain(b *strings.Builder, id string) error {
	if !l.has(id) {
		return nil
	}
	ctx := context.Background()
	st, err := l.engine.Balance(ctx, l.asOf, id)
	if err != nil {
		return err
	}
	events, err := l.journal(ctx, id)
	if err != nil {
		return err
	}
	fmt.Fprintf(b, "member of %q since %s: %s\n", l.program.Name, l.day(st.EnrolledAt), balancesInLine(st.Balances))
	for _, lot := range slices.Concat(st.Lots, st.Waiting) {
		if i := l.wallet(lot.Wallet); i >= 0 && !l.program.Wallets[i].Qualifying {
			fmt.Fprintf(b, "  %s %s%s\n", points(lot.Points), lot.Wallet, l.lotInWords(lot))
		}
	}
	if st.Tier != nil {
		fmt.Fprintf(b, "  %s\n", l.standingInWords(st.Tier))
	}
	if st.Next.Reward != "" {
		fmt.Fprintf(b, "  %s short of the reward %s%s\n", points(st.Next.Missing), st.Next.Reward, l.onlyFor(st.Next.Reward))
	}
	fmt.Fprintf(b, "journal of points (assumed: %s):\n", l.section.Assumed)
	for i := range events {
		fmt.Fprintf(b, "  %s\n", l.eventInWords(&events[i]))
	}
	return nil
}

// onlyFor says which tiers a reward is for; empty if it is for all.
func (l *ledger) onlyFor(reward string) string {
	for i := range l.program.Rewards {
		if r := &l.program.Rewards[i]; r.Name == reward && len(r.Tiers) > 0 {
			return ", which is for " + strings.Join(r.Tiers, ", ") + " only"
		}
	}
	return ""
}

func (l *ledger) day(at time.Time) string { return at.In(l.zone()).Format(time.DateOnly) }

func (l *ledger) zone() *time.Location { return cmp.Or(l.program.Zone, time.UTC) }

func balancesInLine(balances []loyalty.Balance) string {
	var wallets []string
	for _, w := range balances {
		parts := []string{w.Wallet + " " + points(w.Available)}
		for _, more := range []struct {
			name string
			n    int64
		}{{"pending", w.Pending}, {"held", w.Held}, {"owed", w.Debt}} {
			if more.n > 0 {
				parts = append(parts, points(more.n)+" "+more.name)
			}
		}
		wallets = append(wallets, strings.Join(parts, " and "))
	}
	return strings.Join(wallets, ", ")
}

func (l *ledger) lotInWords(lot loyalty.Lot) string {
	words := ""
	if !lot.Activates.IsZero() {
		words = " pending until " + l.day(lot.Activates)
	}
	if lot.Expires.IsZero() {
		return words
	}
	return words + ", good to the end of " + lastDay(lot.Expires, l.zone()).Format(time.DateOnly)
}

func (l *ledger) standingInWords(t *loyalty.Standing) string {
	wallet := l.walletName(l.program.Tiers.Wallet)
	words := "no tier"
	if t.Level != "" {
		words = fmt.Sprintf("tier %s since %s", t.Level, l.day(t.Since))
	}
	words += fmt.Sprintf(", %s %s count now", points(t.Qualifying), wallet)
	if t.Next != "" {
		words += fmt.Sprintf("; %s more for %s", points(t.Missing), t.Next)
	}
	if !t.Review.IsZero() {
		words += "; review on " + l.day(t.Review)
		switch {
		case t.Projected == t.Level:
			words += " keeps it"
		case t.Projected == "":
			words += " would leave none"
		default:
			words += " would leave " + t.Projected
		}
	}
	return words
}

// eventInWords writes one entry of a journal: what moved, and why.
func (l *ledger) eventInWords(e *loyalty.Event) string {
	words := fmt.Sprintf("%s %s", l.day(e.OccurredAt), e.Kind)
	if c := e.Command; c != nil {
		switch {
		case c.Earn != nil:
			words += " by order " + c.Earn.Order
		case c.Keep != nil:
			words += " of order " + c.Keep.Order
		}
	}
	if e.Reward != "" {
		words += " for " + e.Reward
	}
	var parts []string
	for _, m := range e.Moves {
		part := fmt.Sprintf("%s %s from %s to %s", points(m.Points), m.WalletName, m.From, m.To)
		if m.RuleName != "" && e.Kind == loyalty.EntryEarned {
			part = fmt.Sprintf("+%s %s %s, by %q", points(m.Points), m.To, m.WalletName, m.RuleName)
		}
		parts = append(parts, part)
	}
	if e.Waived > 0 {
		parts = append(parts, points(e.Waived)+" could not be taken back")
	}
	if len(parts) > 0 {
		words += ": " + strings.Join(parts, "; ")
	}
	if not := refusedInLine(e); not != "" {
		words += "; not " + not
	}
	return words
}

// refusedInLine names the rules that gave nothing for an order, and why.
func refusedInLine(e *loyalty.Event) string {
	if e.Kind != loyalty.EntryEarned {
		return ""
	}
	var parts []string
	for i := range e.Rules {
		r := &e.Rules[i]
		if r.Points > 0 {
			continue
		}
		part := fmt.Sprintf("%q (%s", r.Name, r.Reason)
		if r.Reason == loyalty.ReasonProgress {
			part += fmt.Sprintf(" %d of %d", r.Progress, r.Goal)
		}
		parts = append(parts, part+")")
	}
	return strings.Join(parts, ", ")
}

// byCount are the names of counts, those first that are most frequent.
func byCount[N int | int64](counts map[string]N) []string {
	return slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
}
