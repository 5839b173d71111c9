package portrait

import (
	"cmp"
	"math"
	"slices"

	"github.com/regulars-go/regulars/internal/stats"
)

// adjust fills in the Q of every test: values are one family of tests, and
// attributes as a whole another.
func (b *Board) adjust() {
	var values, attributes family
	for i := range b.Facets {
		f := &b.Facets[i]
		for _, v := range f.Values {
			if v.Cell != nil && v.Cell.Test != nil {
				values.add(v.Cell.Test.P, &v.Cell.Test.Q)
			}
		}
		if f.Association != nil {
			attributes.add(f.Association.P, &f.Association.Q)
		}
		if f.Numbers != nil && f.Numbers.KS != nil {
			attributes.add(f.Numbers.KS.P, &f.Numbers.KS.Q)
		}
	}
	values.adjust()
	attributes.adjust()
}

// family is tests that are adjusted together.
type family struct {
	ps []float64
	qs []*float64
}

func (f *family) add(p float64, q *float64) {
	f.ps, f.qs = append(f.ps, p), append(f.qs, q)
}

func (f *family) adjust() {
	for i, q := range stats.BenjaminiHochberg(f.ps) {
		*f.qs[i] = q
	}
}

// Trait is a value that sets the target apart.
type Trait struct {
	Attribute string `json:"attribute"`
	Value     string `json:"value"`
	Cell      Cell   `json:"cell"`
}

// Traits returns the values of which the test has a Q of at most q, those first
// whose shrunk TGI is farthest from 100, as a ratio: 50 is as far as 200. Those
// that are as far come in the order of the board.
func (b Board) Traits(q float64) []Trait {
	var traits []Trait
	for _, f := range b.Facets {
		for _, v := range f.Values {
			if v.Cell != nil && v.Cell.Test != nil && v.Cell.Shrunk != nil && v.Cell.Test.Q <= q {
				traits = append(traits, Trait{f.Attribute, v.Value, *v.Cell})
			}
		}
	}
	slices.SortStableFunc(traits, func(a, b Trait) int { return cmp.Compare(b.distance(), a.distance()) })
	return traits
}

// distance is infinite for a TGI that was shrunk to 0, as nothing shrinks it.
func (t Trait) distance() float64 { return math.Abs(math.Log(*t.Cell.Shrunk / 100)) }
