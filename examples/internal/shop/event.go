package shop

import (
	"encoding/csv"
	"io"
	"iter"
	"math/rand/v2"
	"time"
)

// The steps of a visit, in order. It begins with one of the first two.
const (
	BannerClick = "banner_click"
	Search      = "search"
	ViewProduct = "view_product"
	SubmitOrder = "submit_order"
	PayOrder    = "pay_order"
)

// How far visits without an order get, of 1,000.
const (
	fromBanner    = 450 // the others search
	viewing       = 720
	viewingFaulty = 260 // while the fault lasts, where it is
	submitting    = 90  // of those who view; they never pay
)

// faultyChannel is where product pages fail to load in the last twelfth of the
// period.
const (
	faultyChannel = "mini program"
	faultyPart    = 12
)

// Event is one step of a visit.
type Event struct {
	Customer string
	At       time.Time
	Name     string // such as [Search]
	Channel  string // that of the visit
}

// Fault is what went wrong in the shop, for a while.
type Fault struct {
	// Channel is where, Step is what few get to; From is the first day, and End
	// of the period the end.
	Channel string
	Step    string
	From    time.Time
}

// Events returns the steps of all visits, visit by visit as [Shop.Visits] has
// them; those of one visit by time. The visit that led to an order has all
// steps, the last of them when the order was paid.
func (s *Shop) Events() iter.Seq[Event] {
	return func(yield func(Event) bool) {
		for _, v := range s.visits {
			e := Event{Customer: s.truth.Customers[v.customer].ID, Channel: channels[v.channel].value}
			for _, step := range s.steps(v) {
				e.Name, e.At = step.name, time.Unix(v.at+int64(step.after), 0).In(s.config.Zone)
				if !yield(e) {
					return
				}
			}
		}
	}
}

// WriteEvents writes the events as CSV with a header, times as local time.
func (s *Shop) WriteEvents(w io.Writer) error {
	out := csv.NewWriter(w)
	_ = out.Write([]string{"customer_id", "at", "event", "channel"})
	for e := range s.Events() {
		_ = out.Write([]string{e.Customer, e.At.Format(time.DateTime), e.Name, e.Channel})
	}
	out.Flush()
	return out.Error() // the first of all writes
}

// step is an event of a visit, so many seconds after its beginning.
type step struct {
	name  string
	after int
}

// steps returns the steps of a visit. They depend on the visit alone.
func (s *Shop) steps(v look) []step {
	rng := stream(s.config.Seed^scramble(uint64(v.at)), "steps", int(v.customer))
	steps := []step{{Search, 0}}
	if chance(rng, fromBanner) {
		steps[0].name = BannerClick
	}
	if v.until > 0 {
		until := int(v.until)
		return append(
			steps,
			step{ViewProduct, until * between(rng, 5, 30) / 100},
			step{SubmitOrder, until * between(rng, 60, 95) / 100},
			step{PayOrder, until},
		)
	}
	return s.browse(v, rng, steps)
}

// browse adds the steps of a visit that leads to no order.
func (s *Shop) browse(v look, rng *rand.Rand, steps []step) []step {
	odds, after := viewing, between(rng, 3, 60)
	if channels[v.channel].value == faultyChannel && v.at >= s.truth.Fault.From.Unix() {
		odds = viewingFaulty
	}
	if !chance(rng, odds) {
		return steps
	}
	steps = append(steps, step{ViewProduct, after})
	if !chance(rng, submitting) {
		return steps
	}
	return append(steps, step{SubmitOrder, after + between(rng, 30, 600)})
}

// fault returns what is wrong, and from when on.
func (s *Shop) fault() Fault {
	return Fault{Channel: faultyChannel, Step: ViewProduct, From: s.clock(s.days-s.days/faultyPart, 0)}
}
