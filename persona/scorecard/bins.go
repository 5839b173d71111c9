package scorecard

import (
	"math"
	"slices"
)

// Bin is some of the values of a feature, and what they say.
type Bin struct {
	// Label says which values: "unknown", "30 to below 40", "beijing".
	Label string `json:"label"`
	// Good and Bad are how many of the cases that the card was fitted to have
	// them.
	Good int64 `json:"good"`
	Bad  int64 `json:"bad"`
	// WOE is the weight of evidence: ln((Good/all good) / (Bad/all bad)), above 0
	// where the good are more than usual. If one of the two is 0, half a case is
	// added to each, since no logarithm is infinite here; without any case it is
	// 0: nothing is known.
	WOE float64 `json:"woe"`
	// Points are what somebody in the bin gets.
	Points int `json:"points"`
}

func (b Bin) all() int64 { return b.Good + b.Bad }

// binning says which bins a feature has in the end.
type binning struct {
	bins  []Bin
	place []int // by the number of a bin of the layout
}

// join makes the bins of a feature of their counts, so that none but unknown has
// too few cases, if there are others that it can be joined with.
func (c *column) join(counts []tally, few func(cases int64) bool) binning {
	b := binning{place: make([]int, len(counts))}
	b.bins = append(b.bins, Bin{Label: c.labels[0], Good: counts[0].good, Bad: counts[0].bad})
	if c.ranked {
		c.joinBands(&b, counts, few)
	} else {
		c.joinValues(&b, counts, few)
	}
	return b
}

// band is a run of neighbours.
type band struct {
	first, last int // of the layout's bins
	tally
}

// joinBands joins the band with fewest cases, of equals the lowest, with that of
// its neighbours whose share of good ones is closer, of equals the lower, until
// all have enough.
func (c *column) joinBands(b *binning, counts []tally, few func(int64) bool) {
	bands := make([]band, 0, len(counts)-1)
	for i := 1; i < len(counts); i++ {
		bands = append(bands, band{i, i, counts[i]})
	}
	for len(bands) > 1 {
		at := 0
		for i := range bands {
			if bands[i].all() < bands[at].all() {
				at = i
			}
		}
		if !few(bands[at].all()) {
			break
		}
		if at == len(bands)-1 || at > 0 && distance(bands[at], bands[at-1]) <= distance(bands[at], bands[at+1]) {
			at--
		}
		bands[at].last = bands[at+1].last
		bands[at].add(bands[at+1].tally)
		bands = slices.Delete(bands, at+1, at+2)
	}
	for _, band := range bands {
		for i := band.first; i <= band.last; i++ {
			b.place[i] = len(b.bins)
		}
		b.bins = append(b.bins, Bin{Label: c.bandLabel(band), Good: band.good, Bad: band.bad})
	}
}

// distance is how far apart the shares of good ones are; nothing is near to
// all.
func distance(a, b band) float64 {
	if a.all() == 0 || b.all() == 0 {
		return 0
	}
	return math.Abs(rate(a.good, a.all()) - rate(b.good, b.all()))
}

// bandLabel says from which cut to which a band reaches.
func (c *column) bandLabel(b band) string {
	switch lowest, highest := b.first == 1, b.last == len(c.edges)+1; {
	case lowest && highest:
		return "known"
	case lowest:
		return "below " + c.edges[b.last-1]
	case highest:
		return c.edges[b.first-2] + " and above"
	}
	return c.edges[b.first-2] + " to below " + c.edges[b.last-1]
}

// joinValues makes one bin, the last, of the values with too few cases, if there
// are two or more of them.
func (c *column) joinValues(b *binning, counts []tally, few func(int64) bool) {
	var rare []int
	for i := 1; i < len(counts); i++ {
		if few(counts[i].all()) {
			rare = append(rare, i)
		}
	}
	for i := 1; i < len(counts); i++ {
		if len(rare) > 1 && slices.Contains(rare, i) {
			continue
		}
		b.place[i] = len(b.bins)
		b.bins = append(b.bins, Bin{Label: c.labels[i], Good: counts[i].good, Bad: counts[i].bad})
	}
	if len(rare) < 2 {
		return
	}
	other := Bin{Label: "other"}
	for _, i := range rare {
		b.place[i] = len(b.bins)
		other.Good += counts[i].good
		other.Bad += counts[i].bad
	}
	b.bins = append(b.bins, other)
}

// weigh sets the weights of evidence, and returns the information value: the sum
// over bins of (Good/all good - Bad/all bad)·WOE (Kullback 1959; Siddiqi 2006).
func (b *binning) weigh(total tally) (iv float64) {
	for i := range b.bins {
		bin := &b.bins[i]
		if bin.all() == 0 {
			continue
		}
		good, bad := float64(bin.Good), float64(bin.Bad)
		if bin.Good == 0 || bin.Bad == 0 {
			good, bad = good+0.5, bad+0.5
		}
		good, bad = good/float64(total.good), bad/float64(total.bad)
		woe := math.Log(good / bad)
		iv += float64((good - bad) * woe)
		bin.WOE = settle(woe)
	}
	return iv
}
