package referral

import (
	"math/big"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/funnel"
	"github.com/regulars-go/regulars/internal/exact"
)

// MaxGenerations is the most rows of a report by generation. A chain letter can
// have a million; beyond the first hundred there is nothing to learn.
const MaxGenerations = 100

// Report says what referral brings.
type Report struct {
	AsOf time.Time `json:"asOf"`
	// Customers is how many joined up to AsOf. Undated is how many others sent an
	// invite: of them no start is known, so that they are in no rate, though
	// those whom they brought are.
	Customers int64 `json:"customers"`
	Undated   int64 `json:"undated"`
	// Claims says which claims were accepted, and why the others were not.
	Claims Counts `json:"claims"`
	// Referred is the share of new customers, those who joined since the policy's
	// Since, whom somebody brought. Nil if there are none.
	Referred *funnel.Rate `json:"referred"`
	// Factor is of all customers.
	Factor Factor `json:"factor"`
	// Generations are the customers by how many ancestors they have.
	Generations []Generation `json:"generations"`
	Trees       Trees        `json:"trees"`
	Value       Value        `json:"value"`
	// Concentration says how much the best advocates bring.
	Concentration Concentration `json:"concentration"`
}

// Generation are the customers with a number of ancestors. Nobody brought those
// of generation 0.
type Generation struct {
	Generation int `json:"generation"`
	// OrLater says that the row has all later generations too: it is the last of
	// [MaxGenerations].
	OrLater bool `json:"orLater,omitzero"`
	// Customers joined, and Converted of them paid. Brought is how many they
	// brought, which is the next generation but for those whom Undated brought.
	Customers int64 `json:"customers"`
	Converted int64 `json:"converted"`
	Brought   int64 `json:"brought"`
	// Mature is how many have their cycle behind them, and K how many each of
	// those brought in it; nil without any.
	Mature int64  `json:"mature"`
	K      *Ratio `json:"k"`
}

// Trees says what becomes of one customer whom nobody brought.
type Trees struct {
	// Roots is how many customers, dated or not, nobody brought, and Bearing how
	// many of them brought somebody.
	Roots   int64 `json:"roots"`
	Bearing int64 `json:"bearing"`
	// Progeny is how many customers there are to a root, itself included. It is
	// what has been seen so far: recent roots may yet grow. Nil without roots.
	Progeny *float64 `json:"progeny"`
	// Largest is how many customers the largest tree has, and Deepest how many
	// generations the deepest has after its root.
	Largest int64 `json:"largest"`
	Deepest int64 `json:"deepest"`
}

// Value says what referred customers paid, net of refunds and exactly.
type Value struct {
	// Total is what all customers paid, Referred what those paid whom somebody
	// brought: the direct value of all advocates together, and also the
	// downstream value of all roots together.
	Total    decimal.Decimal `json:"total"`
	Referred decimal.Decimal `json:"referred"`
	// Share is Referred as a share of Total; nil if Total is not above 0, or
	// Referred is below.
	Share *float64 `json:"share"`
}

// Report returns what the forest says.
func (f *Forest[K]) Report() Report {
	r := Report{AsOf: f.asOf, Claims: f.counts, Concentration: f.Concentration()}
	since, sender, isNew, referred := int64(-1<<63), 0, int64(0), int64(0)
	if !f.policy.Since.IsZero() {
		since = f.policy.Since.UnixMicro()
	}
	for i := range f.ids {
		n := uint32(i)
		sends := sender < len(f.sent) && f.sent[sender].from == n
		for sender < len(f.sent) && f.sent[sender].from == n {
			sender++
		}
		switch {
		case f.start[n] == never && sends:
			r.Undated++
		case f.start[n] != never:
			r.Customers++
			if f.start[n] >= since {
				isNew++
				if f.parent[n] != nobody {
					referred++
				}
			}
		}
	}
	r.Referred = funnel.NewRate(referred, isNew)
	w := f.watch()
	r.Factor, r.Generations = w.factor(), f.generations(w)
	r.Trees = f.trees()
	r.Value = f.worth()
	return r
}

func (f *Forest[K]) generations(w *watch) []Generation {
	rows := make([]Generation, len(w.k))
	for i, k := range w.k {
		rows[i] = Generation{Generation: i, Mature: k.N, K: newRatio(k)}
	}
	for i, depth := range f.depth {
		if f.start[i] == never {
			continue
		}
		g := &rows[row(depth)]
		g.OrLater = g.OrLater || int(depth) >= MaxGenerations
		g.Customers++
		g.Brought += int64(f.brought[i])
		if f.first[i] != never {
			g.Converted++
		}
	}
	return rows
}

// row is where the customers of a depth are counted.
func row(depth uint32) int { return min(int(depth), MaxGenerations-1) }

func (f *Forest[K]) trees() Trees {
	var t Trees
	size, root := make([]int64, len(f.ids)), make([]uint32, len(f.ids))
	members := int64(0)
	for _, who := range f.order {
		root[who] = who
		if parent := f.parent[who]; parent != nobody {
			root[who] = root[parent]
		} else if f.start[who] == never && f.brought[who] == 0 {
			continue // an ID that never became a customer
		} else {
			t.Roots++
			if f.brought[who] > 0 {
				t.Bearing++
			}
		}
		members++
		size[root[who]]++
		t.Largest = max(t.Largest, size[root[who]])
		t.Deepest = max(t.Deepest, int64(f.depth[who]))
	}
	if t.Roots > 0 {
		t.Progeny = new(float64(members) / float64(t.Roots))
	}
	return t
}

func (f *Forest[K]) worth() Value {
	var total, referred exact.Sum
	for i, sum := range f.value {
		total.Merge(sum)
		if f.parent[i] != nobody {
			referred.Merge(sum)
		}
	}
	v := Value{Total: total.Decimal(), Referred: referred.Decimal()}
	if total.Sign() > 0 && referred.Sign() >= 0 {
		share, _ := new(big.Rat).Quo(v.Referred.Rat(), v.Total.Rat()).Float64()
		v.Share = &share
	}
	return v
}

// direct returns what those paid whom each customer brought.
func (f *Forest[K]) direct() []exact.Sum {
	sums := make([]exact.Sum, len(f.ids))
	for i, parent := range f.parent {
		if parent != nobody {
			sums[parent].Merge(f.value[i])
		}
	}
	return sums
}
