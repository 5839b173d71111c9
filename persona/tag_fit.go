package persona

import (
	"fmt"
	"iter"
	"math/big"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// FitTag cuts a population into shares as of an instant, and returns the tag
// with the bounds of buckets in place of its shares: data, to be compiled,
// stored and applied to anybody later. Somebody is in a share s of n people if
// fewer than s·n of them have a larger number, so that equals are together and
// a share may have more than its part. n counts those of whom the metric is
// known. Where equals fill two shares, all of them are in the smaller.
//
// The error is [regulars.Faults] if the tag is wrong. That nobody's number is
// known is an error too.
func (s *Schema) FitTag(tag Tag, profiles iter.Seq[Profile], asOf time.Time) (Tag, error) {
	c := tagCompiler{schema: s, tag: tag}
	metric := c.shares()
	if err := c.faults.Err(); err != nil {
		return Tag{}, err
	}
	numbers := metric.numbers(profiles, asOf)
	if len(numbers) == 0 {
		return Tag{}, fmt.Errorf("persona: tag %q: its metric is known of nobody", tag.Name)
	}
	slices.Sort(numbers)
	slices.Reverse(numbers)

	fitted := tag
	fitted.Shares, fitted.Otherwise = nil, ""
	fitted.Bounds, fitted.Values = nil, []string{tag.Otherwise}
	for i := len(tag.Shares) - 1; i >= 0; i-- {
		bound := metric.value(numbers[lastOf(tag.Shares[i].decimal(), len(numbers))])
		if n := len(fitted.Bounds); n > 0 && fitted.Bounds[n-1].Equal(bound) {
			fitted.Values[n] = tag.Values[i]
			continue
		}
		fitted.Bounds, fitted.Values = append(fitted.Bounds, bound), append(fitted.Values, tag.Values[i])
	}
	return fitted, nil
}

// shares checks a tag of shares and returns its metric compiled.
func (c *tagCompiler) shares() *Segment {
	tag := &c.tag
	if problem := badLabelKey(tag.Name); problem != "" {
		c.faults.Add("name", "%s", problem)
	}
	if tag.Metric == nil || len(tag.Choices) > 0 || tag.Pick != nil || len(tag.Bounds) > 0 {
		c.faults.Add("", "want metric, shares, values and otherwise, and nothing else")
		return nil
	}
	if n := len(tag.Shares); n == 0 || n >= MaxChoices {
		c.faults.Add("shares", "has %d: want 1 to %d", n, MaxChoices-1)
	}
	if len(tag.Values) != len(tag.Shares) {
		c.faults.Add("values", "has %d: want one for each share, %d", len(tag.Values), len(tag.Shares))
	}
	for i, share := range tag.Shares {
		path := fmt.Sprintf("shares[%d]", i)
		if share.Compare(Int(0)) <= 0 || share.Compare(Int(1)) >= 0 {
			c.faults.Add(path, "%s: want a number above 0 and below 1", share)
		} else if i > 0 && share.Compare(tag.Shares[i-1]) <= 0 {
			c.faults.Add(path, "%s: want more than the share before, %s", share, tag.Shares[i-1])
		}
	}
	for i, value := range tag.Values {
		c.value(fmt.Sprintf("values[%d]", i), value)
	}
	c.value("otherwise", tag.Otherwise)
	return c.metric()
}

// lastOf returns the index of the last of n in a share: the least whole number
// that is not below share times n, less one.
func lastOf(share decimal.Decimal, n int) int {
	part := share.Mul(decimal.New(int64(n), 0)).Rat()
	up := new(big.Int).Add(part.Num(), new(big.Int).Sub(part.Denom(), big.NewInt(1)))
	return int(up.Quo(up, part.Denom()).Int64()) - 1
}

// numbers are those of a metric's leaf, of whom it is known.
func (s *Segment) numbers(profiles iter.Seq[Profile], asOf time.Time) []int64 {
	at := s.At(asOf)
	var numbers []int64
	for p := range profiles {
		r := run{nodes: s.nodes, p: s.checked(p), now: &at.now}
		if n, ok := r.number(&s.nodes[0]); ok {
			numbers = append(numbers, n)
		}
	}
	return numbers
}

// value is a number of a metric's leaf as a rule has it.
func (s *Segment) value(n int64) Value {
	l := s.nodes[0].leaf
	switch {
	case l.source == eventSource && l.event.measure == Sum:
		return Decimal(decimal.New(n, int32(-l.event.places)))
	case l.source == slotSource:
		return s.schema.attributes[s.nodes[0].slot].valueOf(s.schema.attributes[s.nodes[0].slot].Kind, n)
	}
	return Int(n)
}
