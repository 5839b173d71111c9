package shop

import (
	"math/rand/v2"
	"time"

	"github.com/regulars-go/regulars/examples/internal/table"
	"github.com/shopspring/decimal"
)

// What happens to orders, of 1,000.
const (
	refunded      = 62
	wholly        = 600 // of those refunded
	inTwoParts    = 200 // of those refunded in part
	gifts         = 10
	duplicated    = 6
	saleDiscounts = 500 // on days of a sale
	coupons       = 120 // on other days
	ownFavourite  = 600 // in the customer's favourite category
	ownChannel    = 800 // through the customer's usual channel
)

const (
	maxRefundDays = 14
	leastCents    = 100
)

type category struct {
	name  string
	cents uint64 // mean price of a basket before discount
}

var categories = []weighted[category]{
	{category{"tea and snacks", 58_00}, 30},
	{category{"household", 79_00}, 25},
	{category{"kitchen", 139_00}, 15},
	{category{"beauty", 168_00}, 15},
	{category{"bedding", 299_00}, 10},
	{category{"appliances", 899_00}, 5},
}

// levels are percentages of the mean price.
var levels = []weighted[int]{{60, 20}, {80, 25}, {100, 25}, {140, 15}, {200, 10}, {350, 5}}

var channels = []weighted[string]{{"app", 40}, {"mini program", 30}, {"web", 20}, {"store", 10}}

// sale is an order with what comes of it. Money is in cents.
type sale struct {
	customer, sequence int
	id                 string // the customer's
	at                 time.Time
	paid, discount     int64
	category, channel  string
	gift, twice        bool
	refunds            []refund
}

type refund struct {
	at    time.Time
	cents int64
}

// purchases returns all that a customer orders.
func (s *Shop) purchases(c customer) []sale {
	var (
		baskets    = stream(s.config.Seed, "baskets", c.number)
		discounts  = stream(s.config.Seed, "discounts", c.number)
		giving     = stream(s.config.Seed, "gifts", c.number)
		refunding  = stream(s.config.Seed, "refunds", c.number)
		duplicates = stream(s.config.Seed, "duplicates", c.number)
	)
	var sales []sale
	for i, day := range s.orderDays(c) {
		o := s.basket(c, day, baskets)
		o.sequence = i
		o.discount = o.paid * int64(s.depth(c, day, discounts)) / 100
		o.paid -= o.discount
		if chance(giving, gifts) && !c.dealSeeker {
			o.gift, o.paid, o.discount = true, 0, 0
		}
		o.refunds = s.refund(o.paid, day, refunding)
		o.twice = chance(duplicates, duplicated)
		sales = append(sales, o)
	}
	return sales
}

// basket returns an order at its full price.
func (s *Shop) basket(c customer, day int, rng *rand.Rand) sale {
	goods, channel := c.favourite, c.channel
	if !chance(rng, ownFavourite) {
		goods = pick(rng, categories)
	}
	if !chance(rng, ownChannel) {
		channel = pick(rng, channels)
	}
	// 35 percent of the mean is the floor; the rest is exponential.
	mean := goods.cents * uint64(c.level) / 100
	cents := mean * (35*uint64(one) + 65*uint64(exponential(rng))) / 100 / uint64(one)
	return sale{
		customer: c.number, id: c.id(), at: s.clock(day, openingTime(rng)),
		paid: max(int64(cents), leastCents), category: goods.name, channel: channel,
	}
}

// openingTime draws a time of day, in seconds.
func openingTime(rng *rand.Rand) int { return pick(rng, hours)*3600 + rng.IntN(3600) }

// depth returns how many percent are taken off the price.
func (s *Shop) depth(c customer, day int, rng *rand.Rand) int {
	switch {
	case c.dealSeeker:
		return between(rng, 40, 70)
	case s.onSale(day) && chance(rng, saleDiscounts):
		return between(rng, 15, 45)
	case !s.onSale(day) && chance(rng, coupons):
		return between(rng, 5, 15)
	}
	return 0
}

// refund returns what is paid back within the period, never more than was
// paid.
func (s *Shop) refund(paid int64, day int, rng *rand.Rand) []refund {
	if !chance(rng, refunded) || paid == 0 {
		return nil
	}
	parts := []int64{paid}
	if !chance(rng, wholly) {
		parts[0] = max(1, paid*int64(between(rng, 10, 80))/100)
		if rest := paid - parts[0]; chance(rng, inTwoParts) && rest > 1 {
			parts = append(parts, max(1, rest*int64(between(rng, 10, 80))/100))
		}
	}
	var refunds []refund
	for _, cents := range parts {
		day += between(rng, 1, maxRefundDays)
		at := s.clock(day, openingTime(rng))
		if day >= s.days {
			break
		}
		refunds = append(refunds, refund{at, cents})
	}
	return refunds
}

// rows returns the order as the export has it.
func (o sale) rows(order string) []table.Order {
	first := table.Order{
		Customer: o.id, At: o.at, Amount: money(o.paid), ID: order,
		Discount: decimal.NewNullDecimal(money(o.discount)), Category: o.category, Channel: o.channel,
	}
	rows := []table.Order{first}
	if o.twice {
		rows = append(rows, first)
	}
	for _, r := range o.refunds {
		row := first
		row.At, row.Amount, row.Discount = r.at, money(-r.cents), decimal.NullDecimal{}
		rows = append(rows, row)
	}
	return rows
}
