// Package rfm answers how much each customer is worth: how lately they
// ordered (recency), how often (frequency) and for how much (monetary value).
//
// The way from raw lines to an answer has five steps, each a pure function or an
// accumulator that neither order nor sharding can change:
//
//   - [Consolidate] turns raw lines into orders: refunds find their order,
//     duplicates go, and a [Report] says what was set aside. Skip it if your
//     orders are clean.
//   - [Tally] keeps one constant-size [Record] a customer. It
//     merges and marshals, so that many machines can share the work.
//   - [Fit] cuts a population into scores and returns a [Model]. Cuts are
//     fitted once and can then be applied to anyone, today or next month.
//     [Marginals] fit a population that no single machine holds.
//   - [Model.Score] gives one customer a [Score] such as 5-4-3, from 1 to the
//     number of bins, where the highest is always the best.
//   - [Map.Segment] names the segment of a score, such as "at risk"; [Grid] is
//     the usual map, [RMap], [LegacyRMap] and [CodeMap] are others in use, and
//     [Map.Lint] finds the gaps, overlaps and hidden rules of one.
//
// Other ways to see the same customers:
//
//   - [OctantOf] is the Chinese 8-map of a two-way model (see [Means]), and
//     [FitQuadrants] the four quadrants of visits and spend. They are types of
//     their own, since their names collide.
//   - [FitLayers] finds the core, the waist and the tail by share of value or by
//     head count; a [Ladder] has rungs by net worth that are reached at once and
//     lost slowly. [Concentrate] measures how much of the value the top bring,
//     since 80/20 is to be measured and not assumed.
//   - [Table.Rank] deals customers into groups of equal size, and [Weights] make
//     one number of a score.
//   - [PromotionTally] and [PromotionPolicy] tell who buys only at a discount.
//
// Every answer says why: [Model.Explain] names the cuts around each value and
// how far the next score is, and so do the other Explain methods. [Migrate]
// counts who moved between two snapshots, and whether time, their own behaviour
// or new cuts moved them. [Model.NextRung] and its namesakes say what a customer
// lacks for the next step, and how many were seen to make it.
//
// What joins this package to others are labels: "segment=at risk",
// "octant=important value", "quadrant=priority develop", "layer=core",
// "rung=private", "promotion=deal-seeker".
//
// Three terms, since each has an opposite meaning somewhere. Recency is the
// number of local calendar dates since the last order, so fewer is better.
// Frequency is the number of orders. Monetary value is the net sum: what was
// bought less what was given back, not a mean.
package rfm
