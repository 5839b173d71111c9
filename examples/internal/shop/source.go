package shop

import (
	"encoding/csv"
	"io"
	"iter"
	"time"

	"github.com/shopspring/decimal"
)

// The ways in which customers come to the shop. Of some it is not known.
const (
	SearchAds  = "search ads"
	SocialAds  = "social ads"
	CouponSite = "coupon site"
	Friends    = "friends"
)

// unknownSource is that of customers of whom nothing is known.
const unknownSource = ""

// The coupon site brings those who buy once, or for the discount: its customers
// cost least and are worth least.
var (
	sourcesOfLeaky = []weighted[string]{{CouponSite, 480}, {SearchAds, 170}, {SocialAds, 150}, {Friends, 60}, {unknownSource, 140}}
	sourcesOfLoyal = []weighted[string]{{CouponSite, 90}, {SearchAds, 300}, {SocialAds, 250}, {Friends, 200}, {unknownSource, 160}}
)

// costs are what a customer of a source costs on average, in cents. Friends
// cost nothing.
var costs = []weighted[string]{{SearchAds, 44_00}, {SocialAds, 36_00}, {CouponSite, 29_00}}

// Spend is what was spent to win customers, on a source in a month.
type Spend struct {
	Source string
	At     time.Time
	Amount decimal.Decimal
}

// Sources returns how each customer came, by number: one of [SearchAds] and its
// kin, or "" where it is not known.
func (s *Shop) Sources() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for i, c := range s.truth.Customers {
			if !yield(c.ID, s.source(i)) {
				return
			}
		}
	}
}

func (s *Shop) source(number int) string {
	c, rng := s.truth.Customers[number], stream(s.config.Seed, "source", number)
	if c.DealSeeker || c.Orders <= 1 {
		return pick(rng, sourcesOfLeaky)
	}
	return pick(rng, sourcesOfLoyal)
}

// Spend returns what was spent, month by month and in each by source. It is some
// 15 percent more or less than what the customers who joined in the month cost
// on average.
func (s *Shop) Spend() iter.Seq[Spend] {
	joined := map[string][]int{}
	for i, c := range s.truth.Customers {
		source := s.source(i)
		if joined[source] == nil {
			joined[source] = make([]int, s.config.Months+1)
		}
		joined[source][s.month(c.Joined)]++
	}
	return func(yield func(Spend) bool) {
		for month := range s.config.Months {
			y, m, d := s.first.AddDate(0, month, 0).Date()
			at := time.Date(y, m, d, 9, 0, 0, 0, s.config.Zone)
			rng := stream(s.config.Seed, "spend", month)
			for _, cost := range costs {
				n := 0
				if of := joined[cost.value]; of != nil {
					n = of[month]
				}
				cents := int64(n) * int64(cost.weight) * int64(between(rng, 85, 115)) / 100
				if !yield(Spend{cost.value, at, money(cents)}) {
					return
				}
			}
		}
	}
}

// month numbers the months of the period from 0.
func (s *Shop) month(at time.Time) int {
	n := s.config.Months - 1
	for ; n > 0; n-- {
		y, m, d := s.first.AddDate(0, n, 0).Date()
		if !at.Before(time.Date(y, m, d, 0, 0, 0, 0, s.config.Zone)) {
			break
		}
	}
	return n
}

// Invite is one customer asking somebody else to come.
type Invite struct {
	From string
	To   string // who joined by it; empty if nobody did
	At   time.Time
}

// Invites returns all invitations, by who came of them, those of nobody beside
// the ones that worked. Who came by [Friends] was invited by a customer who had
// joined a week before at least; one customer in eight invites most of them.
func (s *Shop) Invites() iter.Seq[Invite] {
	return func(yield func(Invite) bool) {
		for i, c := range s.truth.Customers {
			if s.source(i) != Friends {
				continue
			}
			rng := stream(s.config.Seed, "invites", i)
			from, ok := -1, false
			for try := range 60 {
				from = rng.IntN(len(s.truth.Customers))
				host := s.truth.Customers[from]
				if (try > 30 || from%8 == 0) && host.Joined.AddDate(0, 0, 7).Before(c.Joined) && host.Alive(c.Joined) {
					ok = true
					break
				}
			}
			if !ok {
				continue
			}
			at := c.Joined.AddDate(0, 0, -between(rng, 1, 5)).Add(time.Duration(openingTime(rng)) * time.Second)
			if !yield(Invite{s.truth.Customers[from].ID, c.ID, at}) {
				return
			}
			for range between(rng, 0, 2) {
				if !yield(Invite{s.truth.Customers[from].ID, "", at.Add(time.Duration(between(rng, 1, 600)) * time.Second)}) {
					return
				}
			}
		}
	}
}

// WriteSpend writes what was spent as CSV with a header.
func (s *Shop) WriteSpend(w io.Writer) error {
	out := csv.NewWriter(w)
	_ = out.Write([]string{"channel", "date", "amount"})
	for x := range s.Spend() {
		_ = out.Write([]string{x.Source, x.At.Format(time.DateOnly), x.Amount.StringFixed(2)})
	}
	out.Flush()
	return out.Error() // the first of all writes
}

// WriteInvites writes the invitations as CSV with a header.
func (s *Shop) WriteInvites(w io.Writer) error {
	out := csv.NewWriter(w)
	_ = out.Write([]string{"from", "to", "at"})
	for x := range s.Invites() {
		_ = out.Write([]string{x.From, x.To, x.At.Format(time.DateTime)})
	}
	out.Flush()
	return out.Error() // the first of all writes
}
