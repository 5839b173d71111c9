package shop

import (
	"time"

	"github.com/shopspring/decimal"
)

// Truth is what is known of a simulated shop, its copied rows left out.
type Truth struct {
	// Start and End bound the period: from Start until just before End.
	Start, End time.Time
	// Customers are all who joined, in the order of their numbers and IDs.
	Customers []Customer

	Orders     int // gifts are among them
	Gifts      int // orders of value 0
	Refunds    int // rows; an order may have two
	Duplicates int // rows that copy another
	Visits     int // each order has one

	// Fault is what [Shop.Events] has gone wrong.
	Fault Fault

	Gross     decimal.Decimal // paid for orders
	Refunded  decimal.Decimal // paid back, as a positive number
	Net       decimal.Decimal // Gross less Refunded
	Discounts decimal.Decimal // taken off before payment
}

// Customer is the truth about one of a shop's customers.
type Customer struct {
	ID     string
	Joined time.Time // the day's beginning
	// AliveUntil is when the customer left for good: they may order before it
	// and never after, but a refund may still come. It may lie beyond the end
	// of the period, by up to a hundred years.
	AliveUntil time.Time
	// OrdersPerYear is how many orders a year are expected, while the customer
	// stays. Of a deal-seeker, who waits for sales, it is an upper bound.
	OrdersPerYear float64
	// BrowsesPerYear is how many visits a year are expected that lead to no
	// order, while the customer stays. It does not depend on OrdersPerYear.
	BrowsesPerYear float64
	// DealSeeker says that the customer orders in sales only, with 40 percent
	// off or more.
	DealSeeker bool
	Favourite  string // the category of most orders, given enough of them
	Channel    string // the channel of most orders, given enough of them

	Orders int             // in the period; 0 for one who joined and no more
	Visits int             // in the period; at least one, on the day of joining
	Net    decimal.Decimal // paid less refunded in the period
}

// Alive reports whether the customer may still order at an instant.
func (c Customer) Alive(at time.Time) bool { return at.Before(c.AliveUntil) }

func (c customer) truth(s *Shop, sales []sale, looks []look) Customer {
	net := int64(0)
	for _, o := range sales {
		net += o.paid
		for _, r := range o.refunds {
			net -= r.cents
		}
	}
	return Customer{
		ID:             c.id(),
		Joined:         s.clock(c.joined, 0),
		AliveUntil:     s.clock(c.joined+c.stays+1, 0),
		OrdersPerYear:  float64(c.rate) / float64(one),
		BrowsesPerYear: float64(c.browses) / float64(one),
		DealSeeker:     c.dealSeeker,
		Favourite:      c.favourite.name,
		Channel:        c.channel,
		Orders:         len(sales),
		Visits:         len(looks),
		Net:            money(net),
	}
}

func (t *Truth) total(s *Shop, sales []sale) {
	var gross, refunded, discounts int64
	for _, o := range sales {
		gross += o.paid
		discounts += o.discount
		t.Orders++
		if o.gift {
			t.Gifts++
		}
		if o.twice {
			t.Duplicates++
		}
		for _, r := range o.refunds {
			refunded += r.cents
			t.Refunds++
		}
	}
	t.Visits = len(s.visits)
	t.Fault = s.fault()
	t.Start, t.End = s.clock(0, 0), s.clock(s.days, 0)
	t.Gross, t.Refunded, t.Net = money(gross), money(refunded), money(gross-refunded)
	t.Discounts = money(discounts)
}
