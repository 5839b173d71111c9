package main

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/lifecycle"
)

// findings are a sentence for each part that there is something to say of.
func (s *economicsSection) findings(a *analysis) []string {
	list := []string{phaseInWords(s.Phase)}
	for _, sentence := range []string{
		a.acquisitionInWords(s.Acquisition), termsInWords(s.Terms), keyActionsInWords(s.KeyActions),
		referralInWords(s.Referral), scorecardInWords(s.Scorecard), watchInWords(s.Watch),
	} {
		if sentence != "" {
			list = append(list, sentence)
		}
	}
	return list
}

// summariseEconomics says in one line what customers cost and bring.
func (a *analysis) summariseEconomics(b *strings.Builder) {
	s := a.worthwhile
	clauses := []string{"phase " + s.Phase.Customers.Phase.String()}
	if x := s.Acquisition; x != nil {
		clauses = append(clauses, fmt.Sprintf("paid CAC %s, blended %s", atCents(x.PaidCAC(2)), atCents(x.BlendedCAC(2))))
		for _, c := range x.Proven() {
			clauses = append(clauses, fmt.Sprintf("%s %s (LTV/CAC %.1f against %.1f)", c.Channel, c.Against.Verdict, c.Ratio.Value, c.Against.Rest))
		}
	}
	if x := s.Terms; x != nil {
		clauses = append(clauses, fmt.Sprintf("%s of %s renewed", count(x.Renewals.All.Renewed().Count), counted(x.Renewals.All.Decided, "term")))
	}
	if x := s.KeyActions; x != nil && len(x.Proven()) > 0 {
		clauses = append(clauses, fmt.Sprintf("key action %s, %d or more", x.Proven()[0].Action, x.Proven()[0].AtLeast))
	}
	if x := s.Referral; x != nil && x.Report.Referred != nil {
		clauses = append(clauses, fmt.Sprintf("%s referred", percent(&x.Report.Referred.Value)))
	}
	if x := s.Scorecard; x.Card != nil && len(x.Card.Policy.Grades) > 0 {
		clauses = append(clauses, fmt.Sprintf("%s may become core", count(x.Grades[x.Card.Policy.Grades[0].Name])))
	}
	for _, r := range s.Watch.Readings {
		if len(r.Signals) > 0 {
			clauses = append(clauses, fmt.Sprintf("alarm: %s since %s", r.Metric, r.Signals[0].Since))
		}
	}
	fmt.Fprintf(b, "Growth: %s.\n", strings.Join(clauses, "; "))
}

func phaseInWords(p phaseSection) string {
	if p.Customers.Phase == lifecycle.TooFewPeriods {
		return "There are too few months to say in which phase the shop is."
	}
	change := func(at lifecycle.PhaseAt) string {
		if c, ok := at.Change(); ok {
			return minus(fmt.Sprintf("%s (%+.1f\u00a0%%)", at.Phase, 100*c))
		}
		return at.Phase.String()
	}
	return fmt.Sprintf("Market phase, the last three months beside the three before: %s by customers, %s by revenue.", change(p.Customers), change(p.Revenue))
}

// atCents writes an amount with two decimals.
func atCents(d decimal.Decimal, ok bool) string {
	if !ok {
		return "undefined"
	}
	return grouped(d.StringFixed(2))
}

func (a *analysis) acquisitionInWords(s *acquisitionSection) string {
	if s == nil {
		return ""
	}
	sentence := fmt.Sprintf("A customer of a paid channel cost %s (paid CAC), and one of any channel %s (blended CAC).", atCents(s.PaidCAC(2)), atCents(s.BlendedCAC(2)))
	var proven []string
	for _, c := range s.Proven() {
		proven = append(proven, fmt.Sprintf("%s is %s than the rest by what customers bring for their cost (LTV/CAC %.2f against %.2f)",
			c.Channel, c.Against.Verdict, c.Ratio.Value, c.Against.Rest))
	}
	if len(proven) == 0 {
		return sentence + " By LTV/CAC no channel is proven better or worse than the rest."
	}
	return sentence + " " + sentenceCase(strings.Join(proven, "; ")) + "."
}

func sentenceCase(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

func termsInWords(s *termsSection) string {
	if s == nil {
		return ""
	}
	all := s.Renewals.All
	rate, ok := all.Renewed().Rate()
	if !ok {
		return fmt.Sprintf("Of %s none is decided yet.", counted(s.Terms, "term"))
	}
	low, high := all.Renewed().Interval(level)
	sentence := fmt.Sprintf("Of %s that are decided %s (%.1f\u00a0%%, from %.1f to %.1f) were renewed",
		counted(all.Decided, "term"), count(all.Renewed().Count), 100*rate, 100*low, 100*high)
	gross, okGross := all.GRR()
	net, okNet := all.NRR()
	if okGross && okNet {
		sentence += fmt.Sprintf(": gross retention of value %.1f\u00a0%%, net %.1f\u00a0%%", 100*gross, 100*net)
	}
	return sentence + "."
}

// level is that of the intervals.
const level = 0.95

func keyActionsInWords(k *lifecycle.KeyActions) string {
	if k == nil {
		return ""
	}
	proven := k.Proven()
	if len(proven) == 0 {
		return fmt.Sprintf("No action of the first week is proven to go with staying; %d were tried.", len(k.Tried))
	}
	return fmt.Sprintf("Key action of the first week: %s. That is an association, and a candidate for an experiment.", actionInWords(proven[0]))
}

func actionInWords(x lifecycle.KeyAction) string {
	return fmt.Sprintf("%s, %d or more: %s stayed, of the others %s (%s points, P %s)",
		x.Action, x.AtLeast, shareRate(x.Did), shareRate(x.DidNot), minus(fmt.Sprintf("%+.1f", 100*x.Difference)), probability(x.Adjusted))
}

func referralInWords(s *referralSection) string {
	if s == nil || s.Report.Referred == nil {
		return ""
	}
	sentence := fmt.Sprintf("%s of %s new customers came by an invitation (%.1f\u00a0%%)",
		count(int(s.Report.Referred.Hits)), count(int(s.Report.Referred.Of)), 100*s.Report.Referred.Value)
	if k := s.Report.Factor.K; k != nil {
		sentence += fmt.Sprintf("; each customer brings %.3f in a cycle (K)", k.Value)
	}
	return sentence + "."
}

func scorecardInWords(s *scorecardSection) string {
	if s == nil || s.Card == nil || len(s.Card.Policy.Grades) == 0 {
		return ""
	}
	best := s.Card.Policy.Grades[0].Name
	sentence := fmt.Sprintf("%s are not core and graded “%s” as those who may become so", counted(s.Grades[best], "customer"), best)
	if e := s.Evaluation; e != nil && e.AUC != nil {
		sentence += fmt.Sprintf(" (AUC %.2f on customers held back)", e.AUC.Value)
	}
	return sentence + "."
}

func watchInWords(s *watchSection) string {
	if s == nil || len(s.Readings) == 0 {
		return ""
	}
	var seen []string
	for _, r := range s.Readings {
		if len(r.Signals) > 0 {
			first := r.Signals[0]
			seen = append(seen, fmt.Sprintf("%s %s since about %s, seen on %s", r.Metric, inThePast[string(first.Side)], longDate(first.Since), longDate(first.Day)))
		}
	}
	if len(seen) == 0 {
		return fmt.Sprintf("Nothing that is watched left its course since %s.", longDate(s.From))
	}
	return sentenceCase(strings.Join(seen, "; ")) + fmt.Sprintf(". Proposed: %s.", proposalsInWords(s))
}

var inThePast = map[string]string{"falls": "fell", "rises": "rose"}

func proposalsInWords(s *watchSection) string {
	var list []string
	for _, p := range s.Proposals {
		list = append(list, fmt.Sprintf("%s “%s”", p.Do, p.Operation))
	}
	if len(list) == 0 {
		return "nothing"
	}
	return strings.Join(list, ", ")
}
