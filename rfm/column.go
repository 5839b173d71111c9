package rfm

import (
	"iter"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/internal/exact"
	"github.com/regulars-go/regulars/internal/stats"
)

// column is one metric of a population, as fitting looks at it.
type column interface {
	len() int
	// at returns the values at the given ascending ranks, from 0.
	at(ranks []int) []decimal.Decimal
	sum() decimal.Decimal
	// descending ranges over the values, the greatest first.
	descending() iter.Seq[exact.Sum]
	// without returns the values that drop does not want dropped.
	without(drop func(decimal.Decimal) bool) column
}

// rowColumn is a column that knows whose value is whose: one row a customer.
type rowColumn interface {
	column
	value(row int) decimal.Decimal
	// pick returns the values of the given rows.
	pick(rows []int32) column
}

// integers are values in units of 10^-places.
type integers[T stats.Integer] struct {
	values []T
	places int
}

func (c integers[T]) len() int { return len(c.values) }

func (c integers[T]) at(ranks []int) []decimal.Decimal {
	found := make([]decimal.Decimal, len(ranks))
	for i, v := range stats.OrderStatistics(c.values, ranks) {
		found[i] = decimal.New(int64(v), -int32(c.places))
	}
	return found
}

func (c integers[T]) sum() decimal.Decimal {
	var s exact.Sum
	for _, v := range c.values {
		s.AddUnits(int64(v), c.places)
	}
	return s.Decimal()
}

func (c integers[T]) value(row int) decimal.Decimal {
	return decimal.New(int64(c.values[row]), -int32(c.places))
}

func (c integers[T]) descending() iter.Seq[exact.Sum] {
	sorted := slices.Clone(c.values)
	slices.Sort(sorted)
	return func(yield func(exact.Sum) bool) {
		for _, v := range slices.Backward(sorted) {
			var s exact.Sum
			s.AddUnits(int64(v), c.places)
			if !yield(s) {
				return
			}
		}
	}
}

func (c integers[T]) without(drop func(decimal.Decimal) bool) column { return without(c, drop) }

func (c integers[T]) pick(rows []int32) column {
	picked := make([]T, len(rows))
	for i, row := range rows {
		picked[i] = c.values[row]
	}
	return integers[T]{picked, c.places}
}

// decimals are values that 64 bits are too few for.
type decimals []decimal.Decimal

func (c decimals) len() int { return len(c) }

func (c decimals) at(ranks []int) []decimal.Decimal {
	sorted := slices.SortedFunc(slices.Values(c), decimal.Decimal.Cmp)
	found := make([]decimal.Decimal, len(ranks))
	for i, rank := range ranks {
		found[i] = sorted[rank]
	}
	return found
}

func (c decimals) sum() decimal.Decimal {
	sum := decimal.Zero
	for _, v := range c {
		sum = sum.Add(v)
	}
	return sum
}

func (c decimals) value(row int) decimal.Decimal { return c[row] }

func (c decimals) descending() iter.Seq[exact.Sum] {
	sorted := slices.SortedFunc(slices.Values(c), decimal.Decimal.Cmp)
	return func(yield func(exact.Sum) bool) {
		for _, v := range slices.Backward(sorted) {
			var s exact.Sum
			s.Add(v)
			if !yield(s) {
				return
			}
		}
	}
}

func (c decimals) without(drop func(decimal.Decimal) bool) column { return without(c, drop) }

func (c decimals) pick(rows []int32) column {
	picked := make(decimals, len(rows))
	for i, row := range rows {
		picked[i] = c[row]
	}
	return picked
}

func without(values rowColumn, drop func(decimal.Decimal) bool) column {
	kept := make([]int32, 0, values.len())
	for i := range values.len() {
		if !drop(values.value(i)) {
			kept = append(kept, int32(i))
		}
	}
	return values.pick(kept)
}
