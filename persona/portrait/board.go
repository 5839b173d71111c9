package portrait

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/regulars-go/regulars/internal/stats"
	"github.com/regulars-go/regulars/persona"
)

// Board is what a group, the target, looks like beside a base that includes it:
// a facet for each attribute. Whatever is undefined is nil, and null in JSON;
// no number is ever infinite. What is said of values is computed from the
// counts that are shown, so that what is hidden can't be worked out from it; a
// summary of numbers stands for as many profiles as may be shown, or more.
type Board struct {
	// Target and Base are how many profiles there are.
	Target int64 `json:"target"`
	Base   int64 `json:"base"`
	// Policy is that by which the board was made, with its defaults.
	Policy Policy  `json:"policy"`
	Facets []Facet `json:"facets"`
}

// Facet is one attribute of a board.
type Facet struct {
	Attribute string       `json:"attribute"`
	Title     string       `json:"title,omitzero"`
	Kind      persona.Kind `json:"kind"`
	Unit      string       `json:"unit,omitzero"`
	// Withheld says why nothing of the attribute is shown; "" if something is.
	Withheld string `json:"withheld,omitzero"`
	// Target and Base are how many of the profiles have a value. Shares are of
	// those. How many have none is shown whatever it is: to lack a value says
	// nothing of it. They are nil if that number itself is too small.
	Target *Coverage `json:"target"`
	Base   *Coverage `json:"base"`
	// Values are those of a dictionary or of bands in their order, those that
	// nobody has included; texts by count, the largest in the base first, then
	// by their bytes, hidden ones last.
	Values []Value `json:"values,omitempty"`
	// Others is what is hidden, together; nil if nothing is, and for lists, whose
	// values don't add up.
	Others *Cell `json:"others,omitempty"`
	// Strength is the one by which TGIs are shrunk; nil if there are none.
	Strength *Strength `json:"strength,omitempty"`
	// Association is that of the attribute as a whole with being in the target;
	// nil for lists, whose values don't exclude each other, and if there is
	// nothing to compare.
	Association *Association `json:"association,omitempty"`
	// Numbers summarise an int or a decimal without cuts.
	Numbers *Numbers `json:"numbers,omitempty"`
}

// Coverage is how many of the profiles have a value.
type Coverage struct {
	Known int64 `json:"known"`
	Of    int64 `json:"of"`
}

// Rate returns Known/Of; it is not ok if there are no profiles.
func (c Coverage) Rate() (rate float64, ok bool) {
	return stats.Proportion{Hits: c.Known, Of: c.Of}.Rate()
}

// Value is one value of an attribute.
type Value struct {
	// Value is a text of the dictionary, "true" or "false", a text that profiles
	// have, or a band such as "18 to below 25".
	Value string `json:"value"`
	// Cell is nil if the value is hidden.
	Cell *Cell `json:"cell"`
}

// ErrEmptyTarget and ErrEmptyBase are returned where there is nobody to portray,
// or nobody to compare with.
var (
	ErrEmptyTarget = errors.New("portrait: the target is empty")
	ErrEmptyBase   = errors.New("portrait: the base is empty")
)

// TooFewError is returned where the target, or the rest of the base, has fewer
// profiles than may be shown. Any number of the board would tell of few people:
// a board of all but two says, with one of all, what those two are.
type TooFewError struct {
	// What is "the target" or "the rest of the base".
	What      string
	Threshold int
}

// Error says what is too small.
func (e *TooFewError) Error() string {
	return fmt.Sprintf("portrait: %s has fewer than %d profiles", e.What, e.Threshold)
}

// Board makes the board of what was counted. An empty base or target is
// [ErrEmptyBase] or [ErrEmptyTarget]; a target or a rest of the base that is
// smaller than the threshold is a [*TooFewError], other than no rest at all: the
// board of the base beside itself is dull but right. A policy that is not valid
// is an error, out of which [regulars.Faults] can be taken.
func (t *Tally) Board(policy Policy) (Board, error) {
	if err := t.setUp(); err != nil {
		return Board{}, err
	}
	if err := policy.Validate(); err != nil {
		return Board{}, fmt.Errorf("portrait: policy: %w", err)
	}
	policy = policy.completed()
	k := int64(policy.Threshold)
	switch {
	case t.sizes.base() == 0:
		return Board{}, ErrEmptyBase
	case t.sizes.target == 0:
		return Board{}, ErrEmptyTarget
	case isSmall(t.sizes.target, k):
		return Board{}, &TooFewError{"the target", policy.Threshold}
	case isSmall(t.sizes.rest, k):
		return Board{}, &TooFewError{"the rest of the base", policy.Threshold}
	}
	sizes := t.sizes.rounded(int64(policy.Round))
	b := Board{Target: sizes.target, Base: sizes.base(), Policy: policy}
	for i := range t.counts {
		b.Facets = append(b.Facets, t.counts[i].facet(&t.Layout.columns[i], t.sizes, policy))
	}
	b.adjust()
	return b, nil
}

func (n *counts) facet(c *column, sizes pair, policy Policy) Facet {
	a := c.attribute
	f := Facet{Attribute: a.Name, Title: a.Title, Kind: a.Kind, Unit: a.Unit}
	k := int64(policy.Threshold)
	if isSmall(n.known.target, k) || isSmall(n.known.rest, k) {
		f.Withheld = fmt.Sprintf("known of fewer than %d profiles of the target, or of the rest of the base", k)
		return f
	}
	known, all := n.known.rounded(int64(policy.Round)), sizes.rounded(int64(policy.Round))
	f.Target = &Coverage{known.target, all.target}
	f.Base = &Coverage{known.base(), all.base()}
	switch {
	case n.crowded:
		f.Withheld = fmt.Sprintf("more than %d different texts", MaxValues)
	case n.known.base() == 0:
		f.Withheld = "not known of anybody"
	case c.form == summarised:
		f.Numbers = n.summarise(c, policy)
	default:
		n.distribute(c, policy, &f)
	}
	return f
}

// distribute fills in the values.
func (n *counts) distribute(c *column, policy Policy, f *Facet) {
	labels, values := c.labels, n.values
	if labels == nil {
		labels, values = n.byName()
	}
	hidden, ok := hide(values, n.known, int64(policy.Threshold), c.form.isList())
	if !ok {
		f.Withheld = fmt.Sprintf("no value that could be shown: too many cells of fewer than %d profiles", policy.Threshold)
		return
	}
	r := release(values, hidden, n.known, c.form.isList(), int64(policy.Round))
	s := r.strength(policy)
	f.Strength = &s
	scale := scale{sum: r.sum, z: stats.NormalZ(policy.Level), strength: s}
	for i, label := range labels {
		v := Value{Value: label}
		if !hidden[i] {
			v.Cell = new(scale.cell(r.cells[i]))
		}
		f.Values = append(f.Values, v)
	}
	if c.labels == nil {
		slices.SortFunc(f.Values, byCount)
	}
	if r.pool != nil {
		f.Others = new(scale.cell(*r.pool))
	}
	if !c.form.isList() {
		f.Association = r.association()
	}
}

// byName returns the texts and their counts by the bytes of the texts: the order
// in which they were first seen shows even in the last digit of a sum.
func (n *counts) byName() (labels []string, values []pair) {
	for _, at := range n.sortedNames() {
		labels, values = append(labels, n.names[at]), append(values, n.values[at])
	}
	return labels, values
}

// byCount orders values: hidden ones last, the largest in the base first, then
// by their bytes.
func byCount(a, b Value) int {
	switch {
	case a.Cell == nil && b.Cell != nil:
		return 1
	case a.Cell != nil && b.Cell == nil:
		return -1
	case a.Cell != nil && a.Cell.Base != b.Cell.Base:
		return cmp.Compare(b.Cell.Base, a.Cell.Base)
	}
	return cmp.Compare(a.Value, b.Value)
}

// released is what of an attribute's counts is shown, and all that anything is
// computed from.
type released struct {
	cells []pair // a hidden one is zero
	shown []bool
	pool  *pair // of what is hidden; nil if nothing is, and for lists
	sum   pair  // how many profiles have a value
}

func release(values []pair, hidden []bool, known pair, list bool, step int64) released {
	r := released{cells: make([]pair, len(values)), shown: make([]bool, len(values))}
	var pool pair
	isHidden := false
	for i, v := range values {
		r.shown[i] = !hidden[i]
		if hidden[i] {
			pool.add(v)
			isHidden = true
			continue
		}
		r.cells[i] = v.rounded(step)
		r.sum.add(r.cells[i])
	}
	if list {
		r.sum = known.rounded(step)
		return r
	}
	if isHidden {
		pool = pool.rounded(step)
		r.pool = &pool
		r.sum.add(pool)
	}
	return r
}

// association tests the values that are shown, and the others as one more.
func (r released) association() *Association {
	table := [][]int64{nil, nil}
	add := func(p pair) {
		table[0], table[1] = append(table[0], p.target), append(table[1], p.rest)
	}
	for i, cell := range r.cells {
		if r.shown[i] {
			add(cell)
		}
	}
	if r.pool != nil {
		add(*r.pool)
	}
	a, ok := stats.Associate(table)
	if !ok {
		return nil
	}
	out := &Association{ChiSquare: a.ChiSquare, DF: a.DF, P: a.P, V: a.CramerV(), Sparse: a.Sparse > maxSparse}
	if v, ok := a.CorrectedV(); ok {
		out.CorrectedV = &v
	}
	return out
}

// maxSparse is from Cochran, Some Methods for Strengthening the Common χ² Tests,
// 1954.
const maxSparse = 0.2

// Association is how strongly an attribute goes with being in the target, by
// Pearson's chi-square without Yates's correction.
type Association struct {
	ChiSquare float64 `json:"chiSquare"`
	DF        int     `json:"df"`
	// P is the probability of as much by chance, and Q is adjusted for all
	// attributes of the board, numbers included, by Benjamini and Hochberg.
	P float64 `json:"p"`
	Q float64 `json:"q"`
	// V is Cramér's: 0 for none, 1 if the attribute says who is in the target.
	V float64 `json:"v"`
	// CorrectedV is V less what chance alone would give (Bergsma, A bias-correction
	// for Cramér's V, 2013).
	CorrectedV *float64 `json:"correctedV"`
	// Sparse warns that of more than a fifth of the cells fewer than 5 are
	// expected, so that P is not to be trusted.
	Sparse bool `json:"sparse,omitzero"`
}
