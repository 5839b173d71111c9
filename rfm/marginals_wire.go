package rfm

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/internal/exact"
	"github.com/regulars-go/regulars/internal/wire"
)

const wireMarginals = "rfm.marginals.1"

// MarshalBinary returns the marginals as bytes, for another machine to read.
// Equal marginals give equal bytes, however their customers came in.
func (m *Marginals) MarshalBinary() ([]byte, error) { return m.AppendBinary(nil) }

// AppendBinary appends what [Marginals.MarshalBinary] returns.
func (m *Marginals) AppendBinary(dst []byte) ([]byte, error) {
	dst = wire.AppendString(dst, wireMarginals)
	dst = wire.AppendTime(dst, m.AsOf.Truncate(time.Microsecond))
	dst = wire.AppendUint(dst, uint64(m.prospects))
	for _, counts := range []map[int64]int{m.recency, m.frequency} {
		dst = wire.AppendUint(dst, uint64(len(counts)))
		for _, v := range valuesOf(counts) {
			dst = wire.AppendInt(dst, v)
			dst = wire.AppendUint(dst, uint64(counts[v]))
		}
	}
	amounts := m.countedMoney()
	dst = wire.AppendUint(dst, uint64(len(amounts.values)))
	for i, v := range amounts.values {
		dst = wire.AppendSum(dst, shortestSum(v))
		dst = wire.AppendUint(dst, uint64(amounts.count(i)))
	}
	return dst, nil
}

// shortestSum returns an amount with no more places than it needs.
func shortestSum(amount decimal.Decimal) exact.Sum {
	var s exact.Sum
	s.Add(exact.Shortest(amount))
	return s
}

// UnmarshalBinary replaces what m has counted by what [Marginals.MarshalBinary]
// wrote. AsOf must be set as it was there. m stays as it was if there is an
// error.
func (m *Marginals) UnmarshalBinary(data []byte) error {
	r := wire.NewReader(data)
	r.Form(wireMarginals)
	asOf := r.Time()
	if r.Err() == nil && asOf.UnixMicro() != m.AsOf.UnixMicro() {
		return fmt.Errorf("rfm: marginals as of %s: want %s", asOf.Format(time.RFC3339Nano), m.AsOf.Format(time.RFC3339Nano))
	}
	read := Marginals{AsOf: m.AsOf}
	read.makeMaps()
	read.prospects = int(r.UintUpTo(maxMarginals))
	recencies := readCounts(r, read.recency, 0)
	frequencies := readCounts(r, read.frequency, 1)
	read.customers = read.readMoney(r)
	if r.Err() == nil && (recencies != read.customers || frequencies != read.customers || read.customers > maxMarginals-read.prospects) {
		r.Fail("%d recencies, %d frequencies and %d amounts: want as many of each", recencies, frequencies, read.customers)
	}
	if err := r.Close(); err != nil {
		return fmt.Errorf("rfm: not marginals: %w", err)
	}
	*m = read
	return nil
}

// readCounts returns how many customers there are in all.
func readCounts(r *wire.Reader, to map[int64]int, least int64) (customers int) {
	n := r.Count()
	last := least - 1
	for i := 0; i < n && r.Err() == nil; i++ {
		v, count := r.Int(), r.UintUpTo(uint64(maxMarginals-customers))
		if r.Err() == nil && (v <= last || v > maxFrequency || count == 0) {
			r.Fail("value %d, %d times, out of order or range", v, count)
		}
		last = v
		to[v] = int(count)
		customers += int(count)
	}
	return customers
}

// maxFrequency bounds days and orders alike: what a [Record] can have.
const maxFrequency int64 = 1<<32 - 1

func (m *Marginals) readMoney(r *wire.Reader) (customers int) {
	n := r.Count()
	var last decimal.Decimal
	for i := 0; i < n && r.Err() == nil; i++ {
		sum := r.Sum()
		count := r.UintUpTo(uint64(maxMarginals - customers))
		v := sum.Decimal()
		switch err := exact.CheckSum(v); {
		case r.Err() != nil:
			return customers
		case err != nil:
			r.Fail("%v", err)
			return customers
		case i > 0 && v.Cmp(last) <= 0 || count == 0:
			r.Fail("amount %v, %d times, out of order or range", v, count)
		case shortestSum(v).Places() != sum.Places():
			r.Fail("amount %v is not in its shortest form", v)
		}
		last = v
		m.addMoney(v, int(count))
		customers += int(count)
	}
	return customers
}
