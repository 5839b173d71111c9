package rfm

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/regulars-go/regulars"
)

// Rank scores the customers of a table by their place in line, row by row: r,
// f and m groups of equal size in recency, frequency and monetary value, as
// NTILE makes them in SQL. Sizes differ by one at most, and the worse groups
// are the larger ones; with fewer customers than groups the best stay empty.
//
// To fill groups evenly it must part equals: of two customers with the same
// value the one with the greater ID gets the better place, which is as good as
// chance and always the same. So a rank is no [Cuts]: it says nothing of
// anybody outside the table, and next month it is another. Where half of all
// ordered once, [Quantiles] keep them together. The numbers of groups are from
// 1 to [MaxScores]. No customers give no scores.
func (t *Table[K]) Rank(r, f, m int) ([]Score, error) {
	for _, n := range []int{r, f, m} {
		if n < 1 || n > MaxScores {
			return nil, fmt.Errorf("rfm: rank in %d groups: want 1 to %d", n, MaxScores)
		}
	}
	if err := t.check(); err != nil {
		return nil, err
	}
	scores := make([]Score, t.Len())
	t.deal(r, func(a, b int32) int { return cmp.Compare(t.Recency[b], t.Recency[a]) },
		func(row int32, score uint8) { scores[row].R = score })
	t.deal(f, func(a, b int32) int { return cmp.Compare(t.Frequency[a], t.Frequency[b]) },
		func(row int32, score uint8) { scores[row].F = score })
	byMoney := func(a, b int32) int { return cmp.Compare(t.Monetary[a], t.Monetary[b]) }
	if t.wide != nil {
		byMoney = func(a, b int32) int { return t.wide[a].Cmp(t.wide[b]) }
	}
	t.deal(m, byMoney, func(row int32, score uint8) { scores[row].M = score })
	return scores, nil
}

// deal puts the rows in line, the worst first, and gives them n scores in
// parts of equal size.
func (t *Table[K]) deal(n int, order func(a, b int32) int, give func(row int32, score uint8)) {
	line := make([]int32, t.Len())
	for i := range line {
		line[i] = int32(i)
	}
	slices.SortFunc(line, func(a, b int32) int {
		return cmp.Or(order(a, b), regulars.Compare(t.Customer[a], t.Customer[b]), cmp.Compare(a, b))
	})
	size, more := len(line)/n, len(line)%n
	at := 0
	for score := 1; score <= n; score++ {
		end := at + size
		if score <= more {
			end++
		}
		for ; at < end; at++ {
			give(line[at], uint8(score))
		}
	}
}
