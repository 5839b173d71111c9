package strategy

import "math"

// window bounds the steps that are sorted, by the bits of their efficiency:
// those from top up are taken before, those below bottom never.
type window struct {
	bottom, top uint64
	steps       int // how many it has, about; 0 if not known
}

// Buckets of efficiencies are 16 of their bits at a time: the sign, which is
// always 0, the exponent, and 4 bits below it make the first.
const (
	bucketBits  = 16
	bucketCount = 1 << bucketBits
	firstShift  = 64 - bucketBits
)

// efficiencies count the steps of a worker by bucket, those of a customer on one
// line as one, and what they cost each budget.
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

// counting counts the steps whose bits above a bucket's are a prefix.
type counting func(prefix uint64, shift int) (*efficiencies, error)

// window finds where the budget runs out after what is spent. It counts steps by
// the leading bits of their efficiency, and those of the bucket that is too much
// by the next ones if they are more than one would like to sort. Below that
// bucket it takes in as many as are looked at. If all fit, everything is above.
func (s *seller) window(spent ledger, count counting) (window, error) {
	prefix, under := uint64(0), floor{}
	for shift := firstShift; ; shift -= bucketBits {
		all, err := count(prefix, shift)
		if err != nil {
			return window{}, err
		}
		bucket := all.runsOut(&spent)
		if bucket < 0 {
			return window{}, nil
		}
		if next, ok := all.below(prefix, bucket, s.look); ok {
			under, under.shift = next, shift
		}
		prefix = prefix<<bucketBits | uint64(bucket)
		if all.counts[bucket] <= int64(s.look) || shift == 0 {
			bottom, err := s.bottom(under, count)
			return window{bottom: bottom, top: (prefix + 1) << shift}, err
		}
	}
}

// floor is the bucket in which a window ends: its bits, how many steps it has,
// and how many of them the window needs. Its zero value has all that is left.
type floor struct {
	prefix uint64
	shift  int
	steps  int64
	needed int
}

// bottom divides the last bucket of a window, if that is more than one would like
// to sort.
func (s *seller) bottom(under floor, count counting) (uint64, error) {
	for under.steps > int64(s.look) && under.shift > 0 {
		shift := under.shift - bucketBits
		all, err := count(under.prefix, shift)
		if err != nil {
			return 0, err
		}
		under, _ = all.below(under.prefix, bucketCount, under.needed)
		under.shift = shift
	}
	return under.prefix << under.shift, nil
}

// runsOut returns the first bucket, from the top, for which the budgets do not
// suffice, and adds to what is spent those above it; -1 if they suffice for all.
func (e *efficiencies) runsOut(spent *ledger) int {
	for bucket := bucketCount - 1; bucket >= 0; bucket-- {
		if e.counts[bucket] == 0 {
			continue
		}
		after := e.after(*spent, bucket)
		if !after.within(e.reader.Budgets) {
			return bucket
		}
		*spent = after
	}
	return -1
}

// below returns down to which bucket there are so many steps below another.
func (e *efficiencies) below(prefix uint64, bucket, needed int) (under floor, ok bool) {
	for low := bucket - 1; low >= 0; low-- {
		n := e.counts[low]
		if n >= int64(needed) {
			return floor{prefix: prefix<<bucketBits | uint64(low), steps: n, needed: needed}, true
		}
		needed -= int(n)
	}
	return floor{}, false
}

// count counts the steps of all customers whose bits above a bucket's are the
// prefix.
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
				if i > 1 && inLine(hull, i) {
					e.counts[key%bucketCount]-- // one entry with the step before
				}
			}
		}
		return nil
	})
	for i := range parts[1:] {
		parts[0].merge(&parts[1+i])
	}
	return &parts[0], err
}
