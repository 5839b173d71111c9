package strategy

// queue is a heap of entries, the first before all others.
type queue struct {
	before func(a, b entry) bool
	heap   []entry // each before those at twice its place and 1 or 2
}

func (q *queue) push(e entry) {
	q.heap = append(q.heap, e)
	for i := len(q.heap) - 1; i > 0; {
		above := (i - 1) / 2
		if !q.before(q.heap[i], q.heap[above]) {
			return
		}
		q.heap[i], q.heap[above] = q.heap[above], q.heap[i]
		i = above
	}
}

// pop takes the first out of a queue that is not empty.
func (q *queue) pop() entry {
	first, last := q.heap[0], len(q.heap)-1
	q.heap[0] = q.heap[last]
	q.heap = q.heap[:last]
	for i := 0; 2*i+1 < last; {
		below := 2*i + 1
		if below+1 < last && q.before(q.heap[below+1], q.heap[below]) {
			below++
		}
		if !q.before(q.heap[below], q.heap[i]) {
			break
		}
		q.heap[i], q.heap[below] = q.heap[below], q.heap[i]
		i = below
	}
	return first
}
