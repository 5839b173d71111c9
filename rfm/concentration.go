package rfm

import (
	"fmt"
	"iter"
	"math"
	"math/big"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/internal/exact"
)

// Concentration says how much of a value, such as spend, its top holders have.
// Make one with [Concentrate] or [Table.Concentrate].
type Concentration struct {
	// Customers is how many there are, Total what they have together.
	Customers int
	Total     decimal.Decimal
	// Negative is how many have less than nothing, such as more refunds than
	// orders. They count as having nothing, since the top would otherwise have
	// more than all.
	Negative int

	shares []float64 // shares[i] is what the top i+1 have of the total
	gini   float64
}

// Concentrate measures values that come in any order, one a customer. It is an
// error if one is out of the bounds for money.
func Concentrate(values iter.Seq[decimal.Decimal]) (*Concentration, error) {
	var list amounts
	for v := range values {
		if err := exact.CheckSum(v); err != nil {
			return nil, fmt.Errorf("rfm: value %d: %w", list.len(), err)
		}
		var s exact.Sum
		s.Add(v)
		list.append(s)
	}
	return concentrate(list.column()), nil
}

// Concentrate measures the monetary values of a table.
func (t *Table[K]) Concentrate() (*Concentration, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	return concentrate(t.monetary()), nil
}

func concentrate(values column) *Concentration {
	c := &Concentration{Customers: values.len()}
	descending := values.descending()
	var total exact.Sum
	for v := range descending {
		if v.Sign() < 0 {
			c.Negative++
			continue
		}
		total.Merge(v)
	}
	c.Total = total.Decimal()
	if total.Sign() == 0 {
		return c
	}
	c.shares = make([]float64, 0, c.Customers)
	var top, area exact.Sum
	for v := range descending {
		if v.Sign() > 0 {
			top.Merge(v)
		}
		area.Merge(top)
		c.shares = append(c.shares, quotient(top, total))
	}
	// With S(i) the share of the top i of n, the Gini coefficient is
	// (2 (S(1) + ... + S(n)) - n - 1) / n; area is that sum times the total.
	n := big.NewRat(int64(c.Customers), 1)
	g := new(big.Rat).Quo(rat(area), rat(total))
	g.Add(g, g).Sub(g, n).Sub(g, big.NewRat(1, 1)).Quo(g, n)
	c.gini, _ = g.Float64()
	return c
}

// Top returns the share of the total that the given share of the customers
// has, those with most first: Top(0.2) is 0.8 where 80/20 holds. Customers are
// whole: a share that does not come to a number of them is rounded up. ok is
// false if nobody has anything, or share is not from 0 to 1.
func (c *Concentration) Top(share float64) (of float64, ok bool) {
	if len(c.shares) == 0 || !(share >= 0 && share <= 1) {
		return 0, false
	}
	// Of 100 customers 7 % are 7, though 0.07*100 is a hair more.
	n := int(math.Ceil(float64(share*float64(len(c.shares))) - 1e-9))
	if n <= 0 {
		return 0, true
	}
	return c.shares[n-1], true
}

// Gini returns the Gini coefficient: 0 if all have the same, near 1 if one has
// all. ok is false if nobody has anything.
func (c *Concentration) Gini() (g float64, ok bool) { return c.gini, len(c.shares) > 0 }

// Point is a point of a curve: the top Customers, as a share of all, have Value
// of the total.
type Point struct{ Customers, Value float64 }

// Curve returns the concentration curve in n equal steps, n+1 points from
// (0, 0) to (1, 1); nil if nobody has anything or n is below 1. It is the Lorenz
// curve seen from the top, with straight lines between customers.
func (c *Concentration) Curve(n int) []Point {
	if len(c.shares) == 0 || n < 1 {
		return nil
	}
	points := make([]Point, n+1)
	for i := range points {
		points[i] = Point{float64(i) / float64(n), c.between(i, n)}
	}
	return points
}

// between returns the curve at i/n of the customers.
func (c *Concentration) between(i, n int) float64 {
	at := int64(i) * int64(len(c.shares))
	whole, part := at/int64(n), float64(at%int64(n))/float64(n)
	var before float64
	if whole > 0 {
		before = c.shares[whole-1]
	}
	if part == 0 {
		return before
	}
	return before + float64(part*(c.shares[whole]-before))
}

// quotient returns a/b as a float.
func quotient(a, b exact.Sum) float64 {
	x, xPlaces, ok1 := a.Int64()
	y, yPlaces, ok2 := b.Int64()
	if ok1 && ok2 && xPlaces == yPlaces && x < 1<<53 && y < 1<<53 {
		return float64(x) / float64(y)
	}
	f, _ := new(big.Rat).Quo(rat(a), rat(b)).Float64()
	return f
}

func rat(s exact.Sum) *big.Rat { return s.Decimal().Rat() }
