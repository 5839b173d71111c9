package funnel

import "github.com/regulars-go/regulars/internal/names"

// Correction says how P-values are adjusted for being many.
type Correction uint8

const (
	// BenjaminiHochberg keeps the share of false ones among the leaks named
	// (Benjamini and Hochberg 1995). Segments are disjoint, and a step's rate is
	// one given that of the step before, so that the tests against another
	// period are independent. Those against the rest are not, since each segment
	// is in the rest of the others; the share has been seen to hold there too.
	BenjaminiHochberg Correction = iota
	// Holm keeps the probability that any leak is named falsely (Holm 1979). It
	// asks more, and names fewer.
	Holm
	// BenjaminiYekutieli is BenjaminiHochberg for tests that depend on each other
	// in any way (2001), at the price of naming fewer.
	BenjaminiYekutieli
)

var corrections = names.Names{Package: "funnel", Type: "Correction", What: "correction", List: []string{"benjamini-hochberg", "holm", "benjamini-yekutieli"}}

// String returns the lower-case name of c, such as "holm".
func (c Correction) String() string { return corrections.Of(uint8(c)) }

// MarshalText writes c as [Correction.String] does; what is none is an error.
func (c Correction) MarshalText() ([]byte, error) { return corrections.Marshal(uint8(c)) }

// UnmarshalText reads what [Correction.String] writes; any other text is an error, and
// leaves c as it was.
func (c *Correction) UnmarshalText(text []byte) error {
	i, err := corrections.Unmarshal(text)
	if err == nil {
		*c = Correction(i)
	}
	return err
}

// Test says where P-values come from. All are two-sided: to choose the side
// after looking doubles the share of false alarms.
type Test uint8

const (
	// Exact is Fisher's test, or the binomial test against a target. It holds
	// for any counts.
	Exact Test = iota
	// MidP counts outcomes that are as probable as the one seen by half
	// (Lancaster 1961): it names more in small samples, and holds its level on
	// average only. Against a target it is Exact.
	MidP
	// Score is the z test with a pooled rate where at least 5 units are expected
	// in each cell, and Exact elsewhere.
	Score
)

var tests = names.Names{Package: "funnel", Type: "Test", What: "test", List: []string{"exact", "mid-p", "score"}}

// String returns the lower-case name of t, such as "exact".
func (t Test) String() string { return tests.Of(uint8(t)) }

// MarshalText writes t as [Test.String] does; what is none is an error.
func (t Test) MarshalText() ([]byte, error) { return tests.Marshal(uint8(t)) }

// UnmarshalText reads what [Test.String] writes; any other text is an error, and
// leaves t as it was.
func (t *Test) UnmarshalText(text []byte) error {
	i, err := tests.Unmarshal(text)
	if err == nil {
		*t = Test(i)
	}
	return err
}
