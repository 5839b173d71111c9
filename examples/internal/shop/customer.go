package shop

import (
	"fmt"
	"time"
)

// What customers are like, in numbers.
const (
	dealSeekers    = 120 // of 1,000 customers
	buyAtOnce      = 700 // of 1,000 order on the day of joining
	hesitationDays = 14  // mean of the others until they would order
	ordersPerYear  = 6   // mean over customers, while they stay
	stayDays       = 500 // scale of the Lomax distribution: half leave within 207 days
	maxStayDays    = 100 * 365
	secondsPerDay  = 24 * 60 * 60
	secondsPerYear = 365 * secondsPerDay
)

// customer is one who joined, with all that decides about their orders.
type customer struct {
	number     int
	joined     int   // day
	stays      int   // further days on which orders may come
	rate       fixed // orders a year
	browses    fixed // visits a year besides
	dealSeeker bool
	level      int // percent of the usual price that they are used to spending
	favourite  category
	channel    string
}

func (s *Shop) join(number int) customer {
	c := customer{number: number}

	life := stream(s.config.Seed, "life", number)
	c.joined = life.IntN(s.days)
	if other := life.IntN(s.days); chance(life, 500) {
		c.joined = max(c.joined, other)
	}
	leaving := exponential(life) + exponential(life) // gamma of shape 2
	c.stays = int(min(stayDays*uint64(exponential(life))/max(1, uint64(leaving)), maxStayDays))

	habits := stream(s.config.Seed, "habits", number)
	c.rate = max(1, ordersPerYear*exponential(habits))
	c.dealSeeker = chance(habits, dealSeekers)
	c.level = pick(habits, levels)
	c.favourite = pick(habits, categories)
	c.channel = pick(habits, channels)
	c.browses = max(1, browsesPerYear*exponential(stream(s.config.Seed, "browsing", number)))
	return c
}

func (c customer) id() string { return fmt.Sprintf("c%05d", c.number+1) }

// orderDays lists the days of the customer's orders, in order. A day occurs once
// for each order on it.
func (s *Shop) orderDays(c customer) []int {
	rng := stream(s.config.Seed, "purchases", c.number)
	at := uint64(c.joined) * secondsPerDay
	if !chance(rng, buyAtOnce) {
		at += hesitationDays * secondsPerDay * uint64(exponential(rng)) / uint64(one)
	}
	last := min(c.joined+c.stays, s.days-1)
	var days []int
	for at/secondsPerDay <= uint64(last) {
		day := int(at / secondsPerDay)
		if c.dealSeeker {
			// What they want waits for the next sale, and is one basket then.
			if day = s.nextSale(day); day > last {
				break
			}
			at = max(at, uint64(day+1)*secondsPerDay)
		}
		days = append(days, day)
		at += secondsPerYear * uint64(exponential(rng)) / uint64(c.rate)
	}
	return days
}

// nextSale returns the first day of a sale, day or later.
func (s *Shop) nextSale(day int) int {
	for !s.onSale(day) {
		day++
	}
	return day
}

func (s *Shop) onSale(day int) bool {
	_, month, date := s.date(day)
	return date <= 3 ||
		month == time.June && date >= 16 && date <= 18 ||
		month == time.November && date >= 9 && date <= 11
}
