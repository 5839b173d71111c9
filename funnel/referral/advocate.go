package referral

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
)

// Advocate is a customer who brought others.
type Advocate[K regulars.ID] struct {
	ID K `json:"id"`
	// Generation is how many ancestors the advocate has.
	Generation int `json:"generation"`
	// Invites is how many they sent; Brought how many of the takers became
	// customers by them, and Converted how many of those paid.
	Invites   int64 `json:"invites"`
	Brought   int64 `json:"brought"`
	Converted int64 `json:"converted"`
	// Descendants is how many there are below them: those whom they brought,
	// those whom these brought, and so on.
	Descendants int64 `json:"descendants"`
	// Direct is what those whom they brought paid, net of refunds and exactly;
	// Downstream is what all descendants paid. What the advocate paid is in
	// neither.
	Direct     decimal.Decimal `json:"direct"`
	Downstream decimal.Decimal `json:"downstream"`
}

// Advocates returns those who brought somebody, by Downstream, the highest
// first, then by how many descendants they have, then by ID. Direct adds up to
// what all referred customers paid; Downstream does not, since a customer is
// below each of their ancestors.
func (f *Forest[K]) Advocates() []Advocate[K] {
	descendants, converted, direct := f.below()
	var advocates []Advocate[K]
	for i, brought := range f.brought {
		if brought == 0 {
			continue
		}
		a := Advocate[K]{
			ID: f.ids[i], Generation: int(f.depth[i]), Brought: int64(brought),
			Converted: converted[i], Descendants: descendants[i],
			Direct: direct[i], Downstream: f.downstream[i].Decimal(),
		}
		for _, s := range f.sentBy(uint32(i)) {
			a.Invites += int64(s.count)
		}
		advocates = append(advocates, a)
	}
	slices.SortFunc(advocates, func(a, b Advocate[K]) int {
		return cmp.Or(b.Downstream.Cmp(a.Downstream), cmp.Compare(b.Descendants, a.Descendants), regulars.Compare(a.ID, b.ID))
	})
	return advocates
}

// below counts those below each customer, those of the next generation who
// converted, and what these paid.
func (f *Forest[K]) below() (descendants, converted []int64, direct []decimal.Decimal) {
	descendants, converted = make([]int64, len(f.ids)), make([]int64, len(f.ids))
	sums := f.direct()
	direct = make([]decimal.Decimal, len(f.ids))
	for _, who := range slices.Backward(f.order) {
		direct[who] = sums[who].Decimal()
		parent := f.parent[who]
		if parent == nobody {
			continue
		}
		descendants[parent] += 1 + descendants[who]
		if f.first[who] != never {
			converted[parent]++
		}
	}
	return descendants, converted, direct
}

// Concentration says how much the best advocates bring. Its shares are of the
// customers who were brought; nil if nobody was.
type Concentration struct {
	// Advocates is how many customers brought somebody, Brought how many they
	// brought.
	Advocates int64 `json:"advocates"`
	Brought   int64 `json:"brought"`
	// TopTenth and TopFifth are the shares brought by the tenth and the fifth of
	// the advocates who brought most, a part of one counted as one.
	TopTenth *float64 `json:"topTenth"`
	TopFifth *float64 `json:"topFifth"`
	// Half is the least number of advocates who brought half of all.
	Half int64 `json:"half"`
	// Gini is the Gini coefficient among advocates: 0 if all brought as many.
	Gini *float64 `json:"gini"`
}

// Concentration returns how much the best advocates bring.
func (f *Forest[K]) Concentration() Concentration {
	var brought []int64
	for _, n := range f.brought {
		if n > 0 {
			brought = append(brought, int64(n))
		}
	}
	slices.SortFunc(brought, func(a, b int64) int { return cmp.Compare(b, a) })
	c := Concentration{Advocates: int64(len(brought))}
	for _, n := range brought {
		c.Brought += n
	}
	if c.Brought == 0 {
		return c
	}
	tops, top, area := make([]int64, len(brought)), int64(0), new(big.Int)
	for i, n := range brought {
		top += n
		tops[i] = top
		area.Add(area, big.NewInt(top))
	}
	share := func(parts int) *float64 {
		return new(float64(tops[(len(tops)-1)/parts]) / float64(c.Brought))
	}
	c.TopTenth, c.TopFifth = share(10), share(5)
	half, _ := slices.BinarySearch(tops, (c.Brought+1)/2)
	c.Half = int64(half + 1)
	// (2·area/total - n - 1)/n, as of a Lorenz curve seen from the top.
	g := new(big.Rat).SetFrac(area, big.NewInt(c.Brought))
	count := big.NewRat(c.Advocates, 1)
	g.Add(g, g).Sub(g, count).Sub(g, big.NewRat(1, 1)).Quo(g, count)
	gini, _ := g.Float64()
	c.Gini = &gini
	return c
}
