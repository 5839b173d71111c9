package clv

import "slices"

// Advice says what to use instead of a fit that shows the data to be of another
// kind than the models are for: where all customers buy at one rate, as of
// subscriptions, courses and plans, their ends are known, and are not to be
// guessed. It is empty otherwise, which proves nothing of BG/NBD: its fits to such
// data often have a peak.
func (v Verdict) Advice() string {
	if slices.Contains(v.Limits, Limit{"r", true}) || slices.Contains(v.Limits, Limit{"alpha", true}) {
		return "all customers buy at one rate, as subscribers do: if what they buy ends on a date, count renewals with package lifecycle/term"
	}
	return ""
}
