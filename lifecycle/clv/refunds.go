package clv

import (
	"cmp"
	"slices"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
)

// sale is an order, or what was sold on a day without order IDs, with what is
// left of it after refunds.
type sale struct {
	day        calendar.Day
	paid, left float64
}

// refund is an amount to take off earlier sales.
type refund struct {
	day    calendar.Day
	amount float64 // positive
}

// settle returns the days of purchase of one customer, whose lines are sorted
// by compareLines.
func settle[K regulars.ID](lines []dayLine[K], skipZero bool, aside *SetAside) []dayAmount {
	var sales []sale
	var refunds []refund
	for len(lines) > 0 {
		n := 1
		for n < len(lines) && lines[n].id == lines[0].id {
			n++
		}
		if lines[0].id == "" {
			sales, refunds = readAnonymous(lines[:n], sales, refunds)
		} else {
			sales, refunds = readOrder(lines[:n], sales, refunds)
		}
		lines = lines[n:]
	}
	slices.SortFunc(sales, func(a, b sale) int {
		return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.paid, b.paid), cmp.Compare(a.left, b.left))
	})
	slices.SortFunc(refunds, func(a, b refund) int {
		return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.amount, b.amount))
	})
	for _, r := range refunds {
		if !r.takeOff(sales) {
			aside.Unmatched++
		}
	}
	return purchaseDays(sales, skipZero, aside)
}

// readAnonymous reads lines without an order ID: each is a sale or a refund.
func readAnonymous[K regulars.ID](lines []dayLine[K], sales []sale, refunds []refund) ([]sale, []refund) {
	for _, l := range lines {
		if l.amount < 0 {
			refunds = append(refunds, refund{l.day, -l.amount})
		} else {
			sales = append(sales, sale{l.day, l.amount, l.amount})
		}
	}
	return sales, refunds
}

// readOrder reads the lines of one order. What was paid back beyond what was
// paid becomes a refund like one without an ID.
func readOrder[K regulars.ID](lines []dayLine[K], sales []sale, refunds []refund) ([]sale, []refund) {
	var s sale
	sold, back, last := false, 0.0, lines[0].day
	for _, l := range lines {
		if l.amount < 0 {
			back -= l.amount
			last = l.day
			continue
		}
		if !sold {
			s.day, sold = l.day, true
		}
		s.paid += l.amount
	}
	s.left = max(s.paid-back, 0)
	if sold {
		sales = append(sales, s)
	}
	if beyond := back - s.paid; beyond > rounding*s.paid {
		refunds = append(refunds, refund{last, beyond})
	}
	return sales, refunds
}

// rounding is the part of what was paid below which a rest is due to binary
// fractions: 0.1 + 0.2 - 0.3 is not 0.
const rounding = 1e-9

// spent reports whether nothing is left of s, or never was.
func (s sale) spent() bool { return s.left <= rounding*s.paid }

// takeOff takes the refund off the latest sales on or before its day. It
// reports whether they sufficed.
func (r refund) takeOff(sales []sale) bool {
	rest := r.amount
	for i := len(sales) - 1; i >= 0 && rest > rounding*r.amount; i-- {
		s := &sales[i]
		if s.day > r.day || s.spent() {
			continue
		}
		off := min(rest, s.left)
		rest -= off
		s.left -= off
	}
	return rest <= rounding*r.amount
}

// purchaseDays returns the days on which something was bought and kept.
func purchaseDays(sales []sale, skipZero bool, aside *SetAside) (days []dayAmount) {
	for _, s := range sales {
		switch {
		case s.paid == 0 && skipZero:
			aside.ZeroAmounts++
			continue
		case s.paid > 0 && s.spent():
			aside.Refunded++
			continue
		}
		if n := len(days); n > 0 && days[n-1].day == s.day {
			days[n-1].amount += s.left
			continue
		}
		days = append(days, dayAmount{s.day, s.left})
	}
	return days
}
