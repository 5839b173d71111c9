package term

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/exact"
	"github.com/regulars-go/regulars/internal/wire"
)

// Book collects terms. The zero value is ready to use. What it answers depends
// neither on the order of terms nor on how they are split over books that are
// merged later. The same term twice is two terms, as of two machines of a kind;
// to send a shard again is for the host to avoid. Times are cut to
// microseconds.
//
// A Book must not be copied once it is in use, and is not safe for concurrent
// use, not even for reading: give each goroutine its own and [Book.Merge] them.
type Book[K regulars.ID] struct {
	terms   []Term[K]
	ordered bool // whether terms are in order
}

// Add adds a term. An error says what is wrong with it, as [Term.Validate]
// does, and means that it was not added.
func (b *Book[K]) Add(t Term[K]) error {
	if err := t.Validate(); err != nil {
		return err
	}
	t = t.canonical()
	if err := t.Validate(); err != nil { // shorter than a microsecond, or worth too much
		return err
	}
	b.terms = append(b.terms, t)
	b.ordered = false
	return nil
}

// canonical returns the one form of a term: of times in UTC and microseconds,
// of its value without zeros at the end.
func (t Term[K]) canonical() Term[K] {
	cut := func(at time.Time) time.Time {
		if at.IsZero() {
			return time.Time{}
		}
		return time.UnixMicro(at.UnixMicro()).UTC()
	}
	t.Start, t.End, t.Sold = cut(t.Start), cut(t.End), cut(t.Sold)
	t.Value = plain(t.Value)
	return t
}

func plain(d decimal.Decimal) decimal.Decimal {
	var sum exact.Sum
	sum.Add(d)
	return exact.Shortest(sum.Decimal())
}

// Merge adds all that was added to other, which stays as it is.
func (b *Book[K]) Merge(other *Book[K]) error {
	if b == other {
		return errors.New("term: a book can't be merged into itself")
	}
	b.terms = append(b.terms, other.terms...)
	b.ordered = false
	return nil
}

// Len returns how many terms there are.
func (b *Book[K]) Len() int { return len(b.terms) }

// sorted returns the terms in a total order, which only ties of equals leave
// open.
func (b *Book[K]) sorted() []Term[K] {
	if !b.ordered {
		slices.SortFunc(b.terms, Term[K].compare)
		b.ordered = true
	}
	return b.terms
}

// compare orders by customer, start, end (none last), product, sale and value.
func (t Term[K]) compare(o Term[K]) int {
	if c := regulars.Compare(t.Customer, o.Customer); c != 0 {
		return c
	}
	if t.End.IsZero() != o.End.IsZero() && t.Start.Equal(o.Start) {
		if t.End.IsZero() {
			return 1
		}
		return -1
	}
	return cmp.Or(
		t.Start.Compare(o.Start), t.End.Compare(o.End), cmp.Compare(t.Product, o.Product),
		t.Sold.Compare(o.Sold), t.Value.Cmp(o.Value),
	)
}

const wireBook = "lifecycle.term.1"

// MarshalBinary returns b as bytes: the same terms give the same bytes, in
// whatever order they came.
func (b *Book[K]) MarshalBinary() ([]byte, error) { return b.AppendBinary(nil) }

// AppendBinary appends what [Book.MarshalBinary] returns.
func (b *Book[K]) AppendBinary(dst []byte) ([]byte, error) {
	dst = wire.AppendString(dst, wireBook)
	dst = wire.AppendUint(dst, uint64(len(b.terms)))
	for _, t := range b.sorted() {
		dst = wire.AppendID(dst, t.Customer)
		dst = wire.AppendString(dst, t.Product)
		dst = wire.AppendTime(dst, t.Start)
		dst = wire.AppendTime(dst, t.End)
		dst = wire.AppendTime(dst, t.Sold)
		var value exact.Sum
		value.Add(t.Value)
		dst = wire.AppendSum(dst, value)
	}
	return dst, nil
}

// UnmarshalBinary replaces what b holds by what [Book.MarshalBinary] wrote of a
// book with the same type of ID. b stays as it was if there is an error.
func (b *Book[K]) UnmarshalBinary(data []byte) error {
	r := wire.NewReader(data)
	r.Form(wireBook)
	var read []Term[K]
	for range r.Count() {
		t := Term[K]{Customer: wire.ReadID[K](r), Product: r.String(), Start: r.Time(), End: r.Time(), Sold: r.Time()}
		sum := r.Sum()
		if r.Err() != nil {
			break
		}
		if t.Value = plain(sum.Decimal()); -int(t.Value.Exponent()) != sum.Places() {
			r.Fail("value %v is not in its shortest form", sum.Decimal())
		}
		if err := t.Validate(); err != nil {
			r.Fail("%v", err)
		}
		if len(read) > 0 && read[len(read)-1].compare(t) > 0 {
			r.Fail("terms of customer %v are out of order", t.Customer)
		}
		read = append(read, t)
	}
	if err := r.Close(); err != nil {
		return fmt.Errorf("term: unmarshal: %w", err)
	}
	b.terms, b.ordered = read, true
	return nil
}
