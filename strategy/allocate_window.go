package strategy

import "math"

// window bounds the steps that are sorted, by the bits of their efficiency:
// those from top up are taken before, those below bottom never.
type window struct{ bottom, top uint64 }

// Buckets of efficiencies are 16 of their bits at a time: the sign, which is
// always 0, the exponent, and 4 bits below it make the first.
const (
	bucketBits  = 16
	bucketCount = 1 << bucketBits
	firstShift  = 64 - bucketBits
)

// efficiencies count the steps of a worker by bucket, and what they cost each
// budget.
type efficiencies struct {
	reader reader
	counts []int64
	costs  [MaxCosts][]wide
}

func newEfficiencies(r reader) efficiencies {
	e := efficiencies{reader: r, counts: make([]int64, bucketCount)}
	for b := range r.Budgets {
		e.costs[b] = make([]wide, bucketCount)
	}
	return e
}

func (e *efficiencies) add(bucket uint64, from, to *Costs) {
	e.counts[bucket]++
	for b := range e.reader.Budgets {
		e.costs[b][bucket].add(int64(to[b] - from[b]))
	}
}

func (e *efficiencies) merge(o *efficiencies) {
	for bucket, n := range o.counts {
		if n == 0 {
			continue
		}
		e.counts[bucket] += n
		for b := range e.reader.Budgets {
			e.costs[b][bucket].merge(o.costs[b][bucket])
		}
	}
}

// after returns what is spent when all steps of a bucket are taken.
func (e *efficiencies) after(spent ledger, bucket int) ledger {
	for b := range e.reader.Budgets {
		spent[b].merge(e.costs[b][bucket])
	}
	return spent
}

// window finds where the budget runs out. It counts steps by the leading bits of
// their efficiency, and those of the bucket that is too much by the next ones if
// they are more than one would like to sort.
func (s *seller) window(by *scale) (window, error) {
	if s.Customers <= s.few {
		return window{0, math.MaxUint64}, nil
	}
	spent, prefix := ledger{}, uint64(0)
	for shift := firstShift; ; shift -= bucketBits {
		all, err := s.count(by, prefix, shift)
		if err != nil {
			return window{}, err
		}
		bucket := bucketCount - 1
		for ; bucket >= 0; bucket-- {
			if all.counts[bucket] == 0 {
				continue
			}
			after := all.after(spent, bucket)
			if !after.within(s.Budgets) {
				break
			}
			spent = after
		}
		if bucket < 0 {
			return window{0, 0}, nil // all fit
		}
		if all.counts[bucket] > int64(s.look) && shift > 0 {
			prefix = prefix<<bucketBits | uint64(bucket)
			continue
		}
		top := (prefix<<bucketBits | uint64(bucket)) + 1
		steps := all.counts[bucket]
		for bucket > 0 && steps < int64(s.look) {
			bucket--
			steps += all.counts[bucket]
		}
		bottom := prefix<<bucketBits | uint64(bucket)
		return window{bottom << shift, top << shift}, nil
	}
}

// count counts the steps whose bits above a bucket's are the prefix.
func (s *seller) count(by *scale, prefix uint64, shift int) (*efficiencies, error) {
	parts := make([]efficiencies, s.workers())
	for i := range parts {
		parts[i] = newEfficiencies(newReader(&s.Market, by))
	}
	err := share(s.Customers, len(parts), func(worker, customer int) *OfferError {
		e := &parts[worker]
		if fault := e.reader.readHull(customer); fault != nil {
			return fault
		}
		hull := e.reader.hull
		for i := 1; i < len(hull); i++ {
			key := math.Float64bits(stepTo(hull, i).efficiency()) >> shift
			if key>>bucketBits == prefix {
				e.add(key%bucketCount, e.reader.cost(&hull[i-1]), e.reader.cost(&hull[i]))
			}
		}
		return nil
	})
	for i := range parts[1:] {
		parts[0].merge(&parts[1+i])
	}
	return &parts[0], err
}
