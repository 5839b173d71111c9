package strategy

import (
	"math"
	"math/bits"
	"sync"
	"sync/atomic"
)

// wide is an integer of 128 bits: a sum that does not depend on its order, of as
// many amounts as there can be.
type wide struct {
	hi int64
	lo uint64
}

func (w *wide) add(n int64) { w.merge(wide{n >> 63, uint64(n)}) }

func (w *wide) merge(o wide) {
	lo, carry := bits.Add64(w.lo, o.lo, 0)
	w.hi, w.lo = w.hi+o.hi+int64(carry), lo
}

// int64 returns w if it fits.
func (w wide) int64() (n int64, ok bool) { return int64(w.lo), w.hi == int64(w.lo)>>63 }

// atMost reports whether w <= n.
func (w wide) atMost(n int64) bool {
	if value, ok := w.int64(); ok {
		return value <= n
	}
	return w.hi < 0
}

// float returns a sum of 0 or more, rounded.
func (w wide) float() float64 { return float64(float64(w.hi)*(1<<64)) + float64(w.lo) }

// ledger is what several budgets have paid.
type ledger [MaxCosts]wide

// pay adds what one point costs over another.
func (l *ledger) pay(from, to *Costs, n int) {
	for b := range n {
		l[b].add(int64(to[b] - from[b]))
	}
}

func (l *ledger) merge(o *ledger) {
	for b := range l {
		l[b].merge(o[b])
	}
}

func (l *ledger) within(budgets []Micros) bool {
	for b, budget := range budgets {
		if !l[b].atMost(int64(budget)) {
			return false
		}
	}
	return true
}

// block is how many customers a goroutine takes at a time.
const block = 1024

// share lets workers go through the numbers below n, block by block. work gets
// the number of its worker, and is never called twice at once for one. The error
// is that of the first number that has one, whoever meets it.
func share(n, workers int, work func(worker, i int) *OfferError) error {
	var next, failed atomic.Int64
	failed.Store(math.MaxInt64)
	faults := make([]*OfferError, workers)
	run := func(worker int) {
		for faults[worker] == nil {
			from := int(next.Add(block)) - block
			if from >= n || int64(from) > failed.Load() {
				return
			}
			for i := from; i < min(from+block, n); i++ {
				if faults[worker] = work(worker, i); faults[worker] != nil {
					lower(&failed, int64(i))
					break
				}
			}
		}
	}
	var group sync.WaitGroup
	for worker := range workers - 1 {
		group.Go(func() { run(worker) })
	}
	run(workers - 1)
	group.Wait()
	return firstFault(faults)
}

func lower(least *atomic.Int64, n int64) {
	for {
		old := least.Load()
		if old <= n || least.CompareAndSwap(old, n) {
			return
		}
	}
}

func firstFault(faults []*OfferError) error {
	var first *OfferError
	for _, f := range faults {
		if f != nil && (first == nil || f.Customer < first.Customer) {
			first = f
		}
	}
	if first == nil {
		return nil // and not a nil *OfferError
	}
	return first
}

// proportion returns n × part / whole, rounded down, for a part of 0 up to but
// not the whole.
func proportion(n, part, whole int64) int64 {
	hi, lo := bits.Mul64(uint64(n), uint64(part))
	quotient, _ := bits.Div64(hi, lo, uint64(whole))
	return int64(quotient)
}

// wideOf returns a whole number of 0 or more, less than 2^127.
func wideOf(x float64) wide {
	hi := math.Floor(x / (1 << 64))
	return wide{int64(hi), uint64(x - float64(hi*(1<<64)))}
}

// shifted returns w / 2^n rounded down, for n from 1 to 63.
func (w wide) shifted(n int) wide {
	return wide{w.hi >> n, uint64(w.hi)<<(64-n) | w.lo>>n}
}
