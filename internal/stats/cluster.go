package stats

import "math"

// Clusters sums what the ratio of two counts needs where what is counted comes
// in clusters: the invites of one customer are alike, so that a rate per invite
// is less sure than as many invites of different customers would make it. The
// sums are whole numbers, and so depend neither on order nor on split.
type Clusters struct {
	// N is how many clusters there are.
	N int64
	// X and Y are the sums of the counts below and above the line, and XX, XY
	// and YY those of their squares and products.
	X, Y, XX, XY, YY int64
}

// Add adds a cluster with y of x, or y a unit if x is 1. Neither may exceed
// 2^31, nor may their sums.
func (c *Clusters) Add(x, y int64) {
	c.N++
	c.X += x
	c.Y += y
	c.XX += x * x
	c.XY += x * y
	c.YY += y * y
}

// Merge adds the clusters of other.
func (c *Clusters) Merge(other Clusters) {
	c.N += other.N
	c.X += other.X
	c.Y += other.Y
	c.XX += other.XX
	c.XY += other.XY
	c.YY += other.YY
}

// Ratio returns Y/X; ok is false if X is 0.
func (c Clusters) Ratio() (ratio float64, ok bool) {
	if c.X <= 0 {
		return 0, false
	}
	return float64(c.Y) / float64(c.X), true
}

// StandardError returns that of the ratio, by the delta method over clusters:
//
//	Var(Y/X) = N/(N-1) · Σ(y - R·x)² / X²
//
// (Cochran 1977, Sampling Techniques, section 2.11). With x = 1 it is that of a
// mean. ok is false for fewer than two clusters, and if all have one ratio:
// then nothing is known of how they differ.
func (c Clusters) StandardError() (se float64, ok bool) {
	ratio, ok := c.Ratio()
	if !ok || c.N < 2 {
		return 0, false
	}
	x := float64(c.X)
	squares := float64(c.YY) - float64(2*ratio*float64(c.XY)) + float64(ratio*ratio*float64(c.XX))
	if !(squares > 1e-12*float64(c.YY)) {
		return 0, false // what is left of sums that cancel
	}
	n := float64(c.N)
	return math.Sqrt(n/(n-1)*squares) / x, true
}
