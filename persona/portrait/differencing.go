package portrait

// Leak is a number of two boards whose difference tells of few profiles, if the
// one group includes the other.
type Leak struct {
	// Attribute is empty if the boards as a whole differ by few.
	Attribute string `json:"attribute,omitzero"`
	// Value is empty if the number of those who have any differs by few.
	Value string `json:"value,omitzero"`
	// Others is whether the number is of all values that either board hides.
	Others bool `json:"others,omitzero"`
	// Of is whose number it is: "target", "rest" or "base".
	Of string `json:"of"`
	// Profiles is by how many the boards differ.
	Profiles int64 `json:"profiles"`
}

// Differencing returns what two boards give away together that each keeps to
// itself: counts that differ by 1 to k-1, for the larger threshold k of the
// two. Of people at risk last week and this week, who are mostly the same,
// the difference is the few who came. Whether one group includes the other is
// for the host to know; if not, a difference says nothing, and what is listed
// does no harm. It looks at the counts that are shown, and at the whole of what
// either hides.
func Differencing(a, b Board) []Leak {
	d := differencing{k: int64(max(a.Policy.Threshold, b.Policy.Threshold))}
	d.compare(Leak{}, pair{a.Target, a.Base - a.Target}, pair{b.Target, b.Base - b.Target})
	facets := map[string]Facet{}
	for _, f := range b.Facets {
		facets[f.Attribute] = f
	}
	for _, f := range a.Facets {
		if other, ok := facets[f.Attribute]; ok && f.Base != nil && other.Base != nil {
			d.facet(f, other)
		}
	}
	return d.leaks
}

type differencing struct {
	k     int64
	leaks []Leak
}

func (d *differencing) compare(place Leak, a, b pair) {
	for _, number := range []struct {
		of   string
		a, b int64
	}{{"target", a.target, b.target}, {"rest", a.rest, b.rest}, {"base", a.base(), b.base()}} {
		if by := max(number.a-number.b, number.b-number.a); isSmall(by, d.k) {
			place.Of, place.Profiles = number.of, by
			d.leaks = append(d.leaks, place)
		}
	}
}

func (d *differencing) facet(a, b Facet) {
	known := func(f Facet) pair { return pair{f.Target.Known, f.Base.Known - f.Target.Known} }
	d.compare(Leak{Attribute: a.Attribute}, known(a), known(b))
	if a.Withheld != "" || b.Withheld != "" {
		return
	}
	cellsA, cellsB := cellsOf(a), cellsOf(b)
	poolA, poolB := a.Others.pair(), b.Others.pair()
	for _, label := range labelsOf(a, b) {
		x, hiddenA := cellsA.look(label)
		y, hiddenB := cellsB.look(label)
		switch {
		case !hiddenA && !hiddenB:
			d.compare(Leak{Attribute: a.Attribute, Value: label}, x, y)
		case hiddenA && !hiddenB:
			poolB.add(y)
		case hiddenB && !hiddenA:
			poolA.add(x)
		}
	}
	if a.Others != nil || b.Others != nil {
		d.compare(Leak{Attribute: a.Attribute, Others: true}, poolA, poolB)
	}
}

// cells are the counts of a facet's values; nil where one is hidden.
type cells map[string]*Cell

func cellsOf(f Facet) cells {
	c := make(cells, len(f.Values))
	for _, v := range f.Values {
		c[v.Value] = v.Cell
	}
	return c
}

// look returns the counts of a value; nobody has one that is not there.
func (c cells) look(label string) (p pair, hidden bool) {
	cell, ok := c[label]
	return cell.pair(), ok && cell == nil
}

func (c *Cell) pair() pair {
	if c == nil {
		return pair{}
	}
	return pair{c.Target, c.Base - c.Target}
}

// labelsOf returns the values of both, those of a first.
func labelsOf(a, b Facet) []string {
	seen := map[string]bool{}
	var labels []string
	for _, values := range [][]Value{a.Values, b.Values} {
		for _, v := range values {
			if !seen[v.Value] {
				seen[v.Value] = true
				labels = append(labels, v.Value)
			}
		}
	}
	return labels
}
