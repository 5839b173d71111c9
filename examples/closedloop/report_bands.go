package main

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/rfm"
)

// around returns the cuts on both sides of a score; nil where there is none.
func around(c rfm.Cuts, score int) (lower, upper *decimal.Decimal) {
	above := score - 1 // how many cuts its values exceed
	if c.Best == rfm.Below {
		above = c.Scores() - score
	}
	if above > 0 {
		lower = &c.At[above-1]
	}
	if above < len(c.At) {
		upper = &c.At[above]
	}
	return lower, upper
}

// wholeBand names the whole numbers of a score, such as "3–4", "5+" or "none".
func wholeBand(c rfm.Cuts, score int) string {
	// largest is the largest whole number that a cut does not divide off.
	largest := func(cut decimal.Decimal) decimal.Decimal {
		whole := cut.Floor()
		if c.Equal == rfm.Above && whole.Equal(cut) {
			return whole.Sub(decimal.NewFromInt(1))
		}
		return whole
	}
	// Orders start at 1, days at 0.
	from := decimal.NewFromInt(1)
	if c.Best == rfm.Below {
		from = decimal.Zero
	}
	lower, upper := around(c, score)
	if lower != nil {
		from = decimal.Max(from, largest(*lower).Add(decimal.NewFromInt(1)))
	}
	if upper == nil {
		return grouped(from.String()) + "+"
	}
	to := largest(*upper)
	switch from.Cmp(to) {
	case 1:
		return "none"
	case 0:
		return grouped(from.String())
	}
	return grouped(from.String()) + "–" + grouped(to.String())
}

// moneyBand names the amounts of a score.
func moneyBand(c rfm.Cuts, score int) string {
	over, upTo := "over %s", "up to %s"
	if c.Equal == rfm.Above {
		over, upTo = "from %s", "below %s"
	}
	lower, upper := around(c, score)
	name := func(format string, cut *decimal.Decimal) string {
		return fmt.Sprintf(format, grouped(money(readable(*cut))))
	}
	switch {
	case lower == nil && upper == nil:
		return "any"
	case lower == nil:
		return name(upTo, upper)
	case upper == nil:
		return name(over, lower)
	case lower.Equal(*upper):
		return "none"
	}
	return name(over, lower) + " " + name(upTo, upper)
}
