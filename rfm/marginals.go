package rfm

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/exact"
)

// Marginals are the distributions of recency, frequency and monetary value in
// a population, each by itself: every value that occurs, and how many customers
// have it. That is all that fitting needs, as long as one metric isn't cut
// within another, and it is far less than the customers: there are as many
// recencies as days, and as many amounts as prices make. So a population that
// is spread over many machines is cut by merging their marginals, and nobody
// has to hold all customers.
//
// The zero value with an AsOf is ready to use. Neither the order of the
// customers nor a split over marginals that are merged changes an answer, and
// the answers are those of a [Table] of all of them, to the byte. A customer is
// added once: marginals can't know whom they have counted.
type Marginals struct {
	// AsOf is the moment from which recency counts back. Set it before the first
	// customer.
	AsOf time.Time

	recency, frequency map[int64]int
	monetary           map[money]int
	wide               map[string]int // amounts that don't fit a money, by their text
	customers          int
	prospects          int
}

// money is an amount in units of 10^-places, with no more places than it needs.
type money struct {
	units  int64
	places int8
}

// ErrNested is what [Marginals.Fit] returns for a nested binning: the values
// within a score can't be told from the values alone.
var ErrNested = errors.New("rfm: nested cuts need the customers, not their marginals")

// maxMarginals keeps ranks within 32 bits, so that every machine can hold them.
const maxMarginals = math.MaxInt32

// Add counts the values of one customer. Customers without an order are
// prospects and have none. It is an error if one ordered later than AsOf, or if
// their numbers make no sense; nothing is counted then.
func (m *Marginals) Add(r Record) error {
	if err := calendar.CheckInstant(m.AsOf); err != nil {
		return fmt.Errorf("rfm: as-of %w", err)
	}
	if m.customers+m.prospects == maxMarginals {
		return fmt.Errorf("rfm: marginals of %d customers have no room for more", maxMarginals)
	}
	if r.Orders == 0 {
		m.prospects++
		return nil
	}
	if err := r.check(m.AsOf); err != nil {
		return fmt.Errorf("rfm: %w", err)
	}
	m.makeMaps()
	days, _ := r.Recency(m.AsOf)
	m.recency[int64(days)]++
	m.frequency[int64(r.Orders)]++
	m.addMoney(r.Net(), 1)
	m.customers++
	return nil
}

func (m *Marginals) makeMaps() {
	if m.recency == nil {
		m.recency, m.frequency = map[int64]int{}, map[int64]int{}
		m.monetary, m.wide = map[money]int{}, map[string]int{}
	}
}

func (m *Marginals) addMoney(amount decimal.Decimal, customers int) {
	if key, ok := moneyOf(amount); ok {
		m.monetary[key] += customers
		return
	}
	// Zeros at its end may have been all that was too long.
	if key, ok := moneyOf(exact.Shortest(amount)); ok {
		m.monetary[key] += customers
		return
	}
	m.wide[exact.Text(amount)] += customers
}

func moneyOf(amount decimal.Decimal) (key money, ok bool) {
	var s exact.Sum
	s.Add(amount)
	units, places, ok := s.Int64()
	for places > 0 && units%10 == 0 {
		units, places = units/10, places-1
	}
	return money{units, int8(places)}, ok
}

// Merge counts all that other has counted, which stays as it is. Marginals as
// of another moment don't merge.
func (m *Marginals) Merge(other *Marginals) error {
	switch {
	case m == other:
		return errors.New("rfm: marginals can't be merged into themselves")
	case m.AsOf.UnixMicro() != other.AsOf.UnixMicro():
		return fmt.Errorf("rfm: marginals as of %s: want %s", other.AsOf.Format(time.RFC3339Nano), m.AsOf.Format(time.RFC3339Nano))
	case other.customers+other.prospects > maxMarginals-m.customers-m.prospects:
		return fmt.Errorf("rfm: marginals of %d customers and %d more: want at most %d", m.Len()+m.prospects, other.Len()+other.prospects, maxMarginals)
	}
	m.makeMaps()
	addAll(m.recency, other.recency)
	addAll(m.frequency, other.frequency)
	addAll(m.monetary, other.monetary)
	addAll(m.wide, other.wide)
	m.customers += other.customers
	m.prospects += other.prospects
	return nil
}

func addAll[V comparable](to, from map[V]int) {
	for value, customers := range from {
		to[value] += customers
	}
}

// Len returns how many customers with an order were added.
func (m *Marginals) Len() int { return m.customers }

// Fit is the function [Fit] for all customers that were added. A nested binning
// is [ErrNested].
func (m *Marginals) Fit(b Binning) (Model, error) {
	if err := b.Validate(); err != nil {
		return Model{}, fmt.Errorf("rfm: binning: %w", err)
	}
	switch {
	case b.Nested:
		return Model{}, ErrNested
	case m.customers == 0:
		return Model{}, ErrNoCustomers
	}
	return Model{
		AsOf: m.AsOf, Binning: b, Customers: m.customers, Prospects: m.prospects,
		Recency:   b.Recency.cut(countedIntegers(m.recency), Below),
		Frequency: []Cuts{b.Frequency.cut(countedIntegers(m.frequency), Above)},
		Monetary:  []Cuts{b.Monetary.cut(m.countedMoney(), Above)},
	}, nil
}

// FitLayers is the function [FitLayers] for the monetary values.
func (m *Marginals) FitLayers(p LayerPolicy) (Layering, error) { return p.fit(m.countedMoney()) }

// counted is a column that has each value once, in ascending order, with how
// many values there are up to it.
type counted struct {
	values []decimal.Decimal
	upTo   []int
}

func countedIntegers(counts map[int64]int) counted {
	var c counted
	for _, v := range valuesOf(counts) {
		c.append(decimal.NewFromInt(v), counts[v])
	}
	return c
}

// valuesOf returns the values that occur, in ascending order.
func valuesOf(counts map[int64]int) []int64 {
	values := make([]int64, 0, len(counts))
	for v := range counts {
		values = append(values, v)
	}
	slices.Sort(values)
	return values
}

func (m *Marginals) countedMoney() counted {
	type pair struct {
		value     decimal.Decimal
		customers int
	}
	pairs := make([]pair, 0, len(m.monetary)+len(m.wide))
	for v, n := range m.monetary {
		pairs = append(pairs, pair{decimal.New(v.units, -int32(v.places)), n})
	}
	for text, n := range m.wide {
		pairs = append(pairs, pair{decimal.RequireFromString(text), n})
	}
	slices.SortFunc(pairs, func(a, b pair) int { return a.value.Cmp(b.value) })
	var c counted
	for _, p := range pairs {
		c.append(p.value, p.customers)
	}
	return c
}

func (c *counted) append(value decimal.Decimal, customers int) {
	c.upTo = append(c.upTo, c.len()+customers)
	c.values = append(c.values, value)
}

func (c counted) len() int {
	if len(c.upTo) == 0 {
		return 0
	}
	return c.upTo[len(c.upTo)-1]
}

func (c counted) at(ranks []int) []decimal.Decimal {
	found := make([]decimal.Decimal, len(ranks))
	for i, rank := range ranks {
		at, _ := slices.BinarySearch(c.upTo, rank+1)
		found[i] = c.values[at]
	}
	return found
}

func (c counted) count(i int) int {
	if i == 0 {
		return c.upTo[0]
	}
	return c.upTo[i] - c.upTo[i-1]
}

func (c counted) sum() decimal.Decimal {
	sum := decimal.Zero
	for i, v := range c.values {
		sum = sum.Add(v.Mul(decimal.NewFromInt(int64(c.count(i)))))
	}
	return sum
}

func (c counted) descending() iter.Seq[exact.Sum] {
	return func(yield func(exact.Sum) bool) {
		for i, v := range slices.Backward(c.values) {
			var s exact.Sum
			s.Add(v)
			for range c.count(i) {
				if !yield(s) {
					return
				}
			}
		}
	}
}

func (c counted) without(drop func(decimal.Decimal) bool) column {
	var kept counted
	for i, v := range c.values {
		if !drop(v) {
			kept.append(v, c.count(i))
		}
	}
	return kept
}
