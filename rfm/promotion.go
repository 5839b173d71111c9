package rfm

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/exact"
	"github.com/regulars-go/regulars/internal/ids"
	"github.com/regulars-go/regulars/internal/wire"
)

// Sale is one order as promotions see it. Pass orders that lasted: one that was
// refunded in full says nothing of why somebody buys.
type Sale struct {
	At time.Time
	// Paid is what the customer paid, Discount what they would have paid more
	// without coupon, voucher or special price. Neither is negative.
	Paid, Discount decimal.Decimal
}

func (s Sale) check() error {
	if err := calendar.CheckInstant(s.At); err != nil {
		return err
	}
	if err := exact.Check(s.Paid); err != nil {
		return fmt.Errorf("paid %w", err)
	}
	if err := exact.Check(s.Discount); err != nil {
		return fmt.Errorf("discount %w", err)
	}
	if s.Paid.Sign() < 0 {
		return fmt.Errorf("paid amount is %v: want zero or more", s.Paid)
	}
	if s.Discount.Sign() < 0 {
		return fmt.Errorf("discount is %v: want zero or more", s.Discount)
	}
	return nil
}

// PromotionTally adds sales up, one record a customer, to tell who buys only
// at a discount. The zero value is ready to use. Like a [Tally] it depends
// neither on the order of the sales nor on how they are split, must not be
// copied once in use, and is not safe for concurrent use. A sale that is added
// twice counts twice.
type PromotionTally[K regulars.ID] struct {
	// Until is the last microsecond that counts: sales after it are set aside.
	// The zero time sets none aside. Set it before the first sale.
	Until time.Time

	customers  map[K]*promotionSums
	afterUntil int
}

type promotionSums struct {
	counts [3]int       // full price, discounted, free
	sums   [3]exact.Sum // paid at full price, paid at a discount, subsidy
}

// Add adds one sale. A sale after Until is counted and set aside. An error says
// what is wrong with the sale, and means that it was not added.
func (t *PromotionTally[K]) Add(id K, s Sale) error {
	if ids.IsEmpty(id) {
		return errors.New("rfm: sale to a customer with an empty ID")
	}
	if err := s.check(); err != nil {
		return fmt.Errorf("rfm: sale to customer %v: %w", id, err)
	}
	if s.At.UnixMicro() > t.until() {
		t.afterUntil++
		return nil
	}
	kind := 0
	switch {
	case s.Discount.Sign() > 0:
		kind = 1
	case s.Paid.Sign() == 0:
		kind = 2
	}
	to := t.of(id)
	if to.counts[kind] == math.MaxInt32 {
		return fmt.Errorf("rfm: sale to customer %v: has %d already", id, to.counts[kind])
	}
	to.counts[kind]++
	if kind < 2 {
		to.sums[kind].Add(s.Paid)
		to.sums[2].Add(s.Discount)
	}
	return nil
}

func (t *PromotionTally[K]) of(id K) *promotionSums {
	if t.customers == nil {
		t.customers = map[K]*promotionSums{}
	}
	if t.customers[id] == nil {
		t.customers[id] = &promotionSums{}
	}
	return t.customers[id]
}

// Merge adds all that was added to other, which stays as it is. Tallies of
// another Until don't merge.
func (t *PromotionTally[K]) Merge(other *PromotionTally[K]) error {
	if t == other {
		return errors.New("rfm: a tally can't be merged into itself")
	}
	if t.until() != other.until() {
		return fmt.Errorf("rfm: promotion tally until %s: want %s", untilText(other.until()), untilText(t.until()))
	}
	for id, from := range other.customers {
		if to := t.customers[id]; to != nil {
			for i, n := range from.counts {
				if to.counts[i] > math.MaxInt32-n {
					return fmt.Errorf("rfm: customer %v has %d and %d sales: want at most %d in all", id, to.counts[i], n, math.MaxInt32)
				}
			}
		}
	}
	for id, from := range other.customers {
		to := t.of(id)
		for i := range from.counts {
			to.counts[i] += from.counts[i]
			to.sums[i].Merge(from.sums[i])
		}
	}
	t.afterUntil += other.afterUntil
	return nil
}

// Len returns the number of customers.
func (t *PromotionTally[K]) Len() int { return len(t.customers) }

// AfterUntil returns how many sales were set aside because they are later than
// Until.
func (t *PromotionTally[K]) AfterUntil() int { return t.afterUntil }

// Record returns the record of one customer; ok is false if there is none.
func (t *PromotionTally[K]) Record(id K) (r PromotionRecord, ok bool) {
	s := t.customers[id]
	if s == nil {
		return PromotionRecord{}, false
	}
	return s.record(), true
}

func (s *promotionSums) record() PromotionRecord {
	return PromotionRecord{
		FullPrice: s.counts[0], Discounted: s.counts[1], Free: s.counts[2],
		PaidFull: s.sums[0].Decimal(), PaidDiscounted: s.sums[1].Decimal(), Subsidy: s.sums[2].Decimal(),
	}
}

// All returns the customers and their records in ascending order of ID. Don't
// add while you range over it.
func (t *PromotionTally[K]) All() iter.Seq2[K, PromotionRecord] {
	return func(yield func(K, PromotionRecord) bool) {
		for _, id := range t.ids() {
			if !yield(id, t.customers[id].record()) {
				return
			}
		}
	}
}

// Labels returns the customers and what a policy calls them, such as
// "promotion=deal-seeker", in ascending order of ID: what [MigrateLabels] takes,
// to see who turned.
func (t *PromotionTally[K]) Labels(p PromotionPolicy) iter.Seq2[K, string] {
	return func(yield func(K, string) bool) {
		for id, r := range t.All() {
			if !yield(id, p.Class(r).Label()) {
				return
			}
		}
	}
}

func (t *PromotionTally[K]) ids() []K {
	return slices.SortedFunc(maps.Keys(t.customers), regulars.Compare[K])
}

func (t *PromotionTally[K]) until() int64 {
	if t.Until.IsZero() {
		return math.MaxInt64
	}
	return t.Until.UnixMicro()
}

const wirePromotions = "rfm.promotions.1"

// MarshalBinary returns the tally as bytes, for another machine to read. Equal
// tallies give equal bytes, however their sales came in.
func (t *PromotionTally[K]) MarshalBinary() ([]byte, error) { return t.AppendBinary(nil) }

// AppendBinary appends what [PromotionTally.MarshalBinary] returns.
func (t *PromotionTally[K]) AppendBinary(dst []byte) ([]byte, error) {
	dst = wire.AppendString(dst, wirePromotions)
	dst = wire.AppendInt(dst, t.until())
	dst = wire.AppendUint(dst, uint64(t.afterUntil))
	dst = wire.AppendUint(dst, uint64(t.Len()))
	for _, id := range t.ids() {
		dst = wire.AppendID(dst, id)
		s := t.customers[id]
		for i := range s.counts {
			dst = wire.AppendUint(dst, uint64(s.counts[i]))
			dst = wire.AppendSum(dst, s.sums[i])
		}
	}
	return dst, nil
}

// UnmarshalBinary replaces what t has counted by what
// [PromotionTally.MarshalBinary] wrote of a tally with the same type of ID.
// Until must be set as it was there. t stays as it was if there is an error.
func (t *PromotionTally[K]) UnmarshalBinary(data []byte) error {
	r := wire.NewReader(data)
	r.Form(wirePromotions)
	if until := r.Int(); r.Err() == nil && until != t.until() {
		return fmt.Errorf("rfm: promotion tally until %s: want %s", untilText(until), untilText(t.until()))
	}
	var read PromotionTally[K]
	read.afterUntil = int(r.UintUpTo(math.MaxInt32))
	n := r.Count()
	var last K
	for i := 0; i < n && r.Err() == nil; i++ {
		id := wire.ReadID[K](r)
		if r.Err() == nil && (i > 0 && regulars.Compare(last, id) >= 0 || ids.IsEmpty(id)) {
			r.Fail("customer %v out of order", id)
		}
		last = id
		read.of(id).read(r)
	}
	if err := r.Close(); err != nil {
		return fmt.Errorf("rfm: not a promotion tally: %w", err)
	}
	t.customers, t.afterUntil = read.customers, read.afterUntil
	return nil
}

func (s *promotionSums) read(r *wire.Reader) {
	orders := 0
	for i := range s.counts {
		s.counts[i] = int(r.UintUpTo(math.MaxInt32))
		s.sums[i] = r.Sum()
		if s.sums[i].Sign() < 0 || s.counts[min(i, 1)] == 0 && s.sums[i].Sign() > 0 {
			r.Fail("sums that no sales give")
		}
		orders |= s.counts[i]
	}
	if r.Err() == nil && orders == 0 {
		r.Fail("customer without a sale")
	}
}
