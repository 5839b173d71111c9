package shop

import (
	"encoding/csv"
	"io"
	"iter"
	"math/rand/v2"
	"time"

	"github.com/shopspring/decimal"
)

// The boxes that customers subscribe to, for three months at a time.
const (
	SmallBox = "small box"
	LargeBox = "large box"
	GiftBox  = "gift box"
)

// What happens to a box at its end, of 1,000.
const (
	subscribing  = 420 // of those with three orders or more
	largeAtFirst = 300
	renewing     = 640
	movingUp     = 130 // of those who renew a small box
	movingDown   = 90  // of those who renew a large one
	givingGifts  = 60  // of those who renew
	beforehand   = 260 // of those who renew
	afterwards   = 240 // of those who renew
	boxMonths    = 3
)

// boxPrices are those of three months, in cents.
var boxPrices = map[string]int64{SmallBox: 87_00, LargeBox: 147_00, GiftBox: 60_00}

// Term is one box for three months.
type Term struct {
	Customer   string
	Product    string
	Start, End time.Time // to just before End
	Sold       time.Time
	Value      decimal.Decimal
}

// Care is something that the shop did for a term.
type Care struct {
	Customer string
	Name     string // [Welcomed] or [Delivered]
	At       time.Time
}

// What is done for a box: a call in the first week, and a delivery each month.
const (
	Welcomed  = "welcomed"
	Delivered = "delivered"
)

// Terms returns the boxes, by customer and start.
func (s *Shop) Terms() iter.Seq[Term] {
	return func(yield func(Term) bool) {
		for i, c := range s.truth.Customers {
			for _, t := range s.boxes(i, c) {
				if !yield(t) {
					return
				}
			}
		}
	}
}

// boxes are those of one customer.
func (s *Shop) boxes(number int, c Customer) (boxes []Term) {
	rng := stream(s.config.Seed, "boxes", number)
	if c.Orders < 3 || c.DealSeeker || !chance(rng, subscribing) {
		return nil
	}
	product := SmallBox
	if chance(rng, largeAtFirst) {
		product = LargeBox
	}
	start := c.Joined.AddDate(0, 0, between(rng, 20, 120)).Add(10 * time.Hour)
	sold := start
	for sold.Before(s.truth.End) && c.Alive(sold) {
		end := start.AddDate(0, boxMonths, 0)
		boxes = append(boxes, Term{c.ID, product, start, end, sold, money(boxPrices[product])})
		if !chance(rng, renewing) {
			break
		}
		start, sold = s.renewal(rng, end)
		product = s.nextBox(rng, product)
	}
	return boxes
}

// renewal says when the next box starts, and when it was sold.
func (s *Shop) renewal(rng *rand.Rand, end time.Time) (start, sold time.Time) {
	switch n := rng.IntN(1000); {
	case n < beforehand:
		return end, end.AddDate(0, 0, -between(rng, 10, 40))
	case n < beforehand+afterwards:
		late := end.AddDate(0, 0, between(rng, 10, 45))
		return late, late
	}
	sold = end.AddDate(0, 0, between(rng, -4, 4))
	if sold.After(end) {
		return sold, sold
	}
	return end, sold
}

func (s *Shop) nextBox(rng *rand.Rand, product string) string {
	switch {
	case chance(rng, givingGifts):
		return GiftBox
	case product != LargeBox && chance(rng, movingUp):
		return LargeBox
	case product == LargeBox && chance(rng, movingDown):
		return SmallBox
	case product == GiftBox:
		return SmallBox
	}
	return product
}

// Cares returns what was done for the boxes, by customer and box.
func (s *Shop) Cares() iter.Seq[Care] {
	return func(yield func(Care) bool) {
		for i, c := range s.truth.Customers {
			rng := stream(s.config.Seed, "care", i)
			for _, t := range s.boxes(i, c) {
				for _, care := range cares(rng, t) {
					if care.At.Before(s.truth.End) && !yield(care) {
						return
					}
				}
			}
		}
	}
}

// cares are those of one box, most of them in time.
func cares(rng *rand.Rand, t Term) (list []Care) {
	if chance(rng, 900) {
		list = append(list, Care{t.Customer, Welcomed, t.Start.AddDate(0, 0, between(rng, 1, 10))})
	}
	for month := 1; month < boxMonths; month++ {
		if chance(rng, 930) {
			list = append(list, Care{t.Customer, Delivered, t.Start.AddDate(0, month, between(rng, -4, 5))})
		}
	}
	return list
}

// WriteTerms writes the boxes as CSV with a header.
func (s *Shop) WriteTerms(w io.Writer) error {
	out := csv.NewWriter(w)
	_ = out.Write([]string{"customer_id", "product", "start", "end", "value", "sold"})
	for t := range s.Terms() {
		_ = out.Write([]string{
			t.Customer, t.Product, t.Start.Format(time.DateTime), t.End.Format(time.DateTime), t.Value.StringFixed(2), t.Sold.Format(time.DateTime),
		})
	}
	out.Flush()
	return out.Error() // the first of all writes
}
