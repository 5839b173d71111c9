package portrait

import (
	"math"
	"slices"

	"github.com/regulars-go/regulars/internal/stats"
)

// numbers holds the numbers of one side, each different one once with how often
// it came. New ones wait unsorted until there are as many as sorted ones.
type numbers struct {
	values  []int64 // ascending
	counts  []int64 // beside values
	waiting []int64
}

// minWaiting keeps a short list from being sorted again and again.
const minWaiting = 4096

func (n *numbers) add(value int64) {
	n.waiting = append(n.waiting, value)
	if len(n.waiting) >= max(minWaiting, len(n.values)) {
		n.settle()
	}
}

// settle sorts what waits and merges it in.
func (n *numbers) settle() {
	if len(n.waiting) == 0 {
		return
	}
	slices.Sort(n.waiting)
	var more numbers
	for i := 0; i < len(n.waiting); {
		j := i + 1
		for j < len(n.waiting) && n.waiting[j] == n.waiting[i] {
			j++
		}
		more.values = append(more.values, n.waiting[i])
		more.counts = append(more.counts, int64(j-i))
		i = j
	}
	n.waiting = n.waiting[:0]
	settled := union(*n, more)
	n.values, n.counts = settled.values, settled.counts
}

// union returns the settled numbers of both.
func union(a, b numbers) numbers {
	size := len(a.values) + len(b.values)
	out := numbers{values: make([]int64, 0, size), counts: make([]int64, 0, size)}
	i, j := 0, 0
	for i < len(a.values) || j < len(b.values) {
		var value, count int64
		fromA := j == len(b.values) || i < len(a.values) && a.values[i] <= b.values[j]
		fromB := i == len(a.values) || j < len(b.values) && b.values[j] <= a.values[i]
		if fromA {
			value, count = a.values[i], count+a.counts[i]
		}
		if fromB {
			value, count = b.values[j], count+b.counts[j]
		}
		if fromA {
			i++
		}
		if fromB {
			j++
		}
		out.values = append(out.values, value)
		out.counts = append(out.counts, count)
	}
	return out
}

func (n *numbers) merge(o *numbers) {
	n.settle()
	o.settle()
	*n = union(*n, *o)
}

// len returns how many numbers there are; n is settled, here and below.
func (n *numbers) len() (total int64) {
	for _, count := range n.counts {
		total += count
	}
	return total
}

// moments returns the mean and, if there are two numbers or more, the standard
// deviation with n-1 below the line. They are of sums in ascending order, so
// that they don't depend on the order in which numbers came.
func (n *numbers) moments() (mean, deviation float64) {
	total, sum := float64(n.len()), 0.0
	for i, value := range n.values {
		sum += float64(float64(value) * float64(n.counts[i]))
	}
	mean = sum / total
	squares := 0.0
	for i, value := range n.values {
		d := float64(value) - mean
		squares += float64(d * d * float64(n.counts[i]))
	}
	return mean, math.Sqrt(squares / max(1, total-1))
}

// quantile returns the quantile percent/100 of type 7.
func (n *numbers) quantile(percent int) float64 {
	index, rem := stats.Index7(int(n.len()), percent, 100)
	low := n.at(int64(index))
	if rem == 0 {
		return float64(low)
	}
	high := n.at(int64(index) + 1)
	return float64(low) + float64((float64(high)-float64(low))*float64(rem))/100
}

// at returns the number of a rank from 0.
func (n *numbers) at(rank int64) int64 {
	for i, count := range n.counts {
		if rank < count {
			return n.values[i]
		}
		rank -= count
	}
	return n.values[len(n.values)-1]
}
