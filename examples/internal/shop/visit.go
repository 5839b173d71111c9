package shop

import (
	"cmp"
	"iter"
	"slices"
	"time"
)

const (
	browsesPerYear = 24      // mean over customers, while they stay
	leastLookingIn = 60      // seconds between a visit and the order that it leads to
	mostLookingIn  = 30 * 60 // the shop opens at 9: the visit is on the same date
)

// Visit is one time that a customer came to look, whether they ordered or not.
type Visit struct {
	Customer string
	At       time.Time
	Channel  string // where they came in; that of the order, if there is one
}

// Visits returns all visits, by time; those of the same second by customer.
func (s *Shop) Visits() iter.Seq[Visit] {
	return func(yield func(Visit) bool) {
		for _, v := range s.visits {
			visit := Visit{
				Customer: s.truth.Customers[v.customer].ID,
				At:       time.Unix(v.at, 0).In(s.config.Zone),
				Channel:  channels[v.channel].value,
			}
			if !yield(visit) {
				return
			}
		}
	}
}

// look is a visit as it is kept, since there are several for each order.
type look struct {
	at       int64 // seconds since 1970
	customer int32 // number
	channel  uint8 // index of channels
	until    int16 // seconds until the order that it leads to is paid; 0 if to none
}

// looks returns all visits of a customer: one before each order, one on the day
// of joining if there was no order, and those without any further reason.
func (s *Shop) looks(c customer, sales []sale) []look {
	var list []look
	add := func(at time.Time, channel string, until int) {
		list = append(list, look{at.Unix(), int32(c.number), channelIndex(channel), int16(until)})
	}
	rng := stream(s.config.Seed, "visits before orders", c.number)
	for _, o := range sales {
		before := between(rng, leastLookingIn, mostLookingIn)
		add(o.at.Add(-time.Duration(before)*time.Second), o.channel, before)
	}
	rng = stream(s.config.Seed, "visits", c.number)
	browse := func(day int) {
		channel := c.channel
		if !chance(rng, ownChannel) {
			channel = pick(rng, channels)
		}
		add(s.clock(day, openingTime(rng)), channel, 0)
	}
	if len(sales) == 0 || sales[0].at.After(s.clock(c.joined+1, 0)) {
		browse(c.joined)
	}
	at, last := uint64(c.joined)*secondsPerDay, uint64(min(c.joined+c.stays, s.days-1))
	for {
		at += secondsPerYear * uint64(exponential(rng)) / uint64(c.browses)
		if at/secondsPerDay > last {
			return list
		}
		browse(int(at / secondsPerDay))
	}
}

// channelIndex is where a channel stands in the list of channels.
func channelIndex(name string) uint8 {
	return uint8(slices.IndexFunc(channels, func(w weighted[string]) bool { return w.value == name }))
}

func (v look) compare(other look) int {
	return cmp.Or(cmp.Compare(v.at, other.at), cmp.Compare(v.customer, other.customer), cmp.Compare(v.channel, other.channel), cmp.Compare(v.until, other.until))
}
