// Package rfm answers how much each customer is worth: how lately they
// ordered (recency), how often (frequency) and for how much (monetary value).
//
// The way from rows to an answer has five steps, each a pure function or an
// accumulator that neither order nor sharding can change:
//
//   - [Consolidate] turns raw rows into orders: refunds find their order,
//     duplicates go, and a [Report] says what was set aside. Skip it if your
//     orders are clean.
//   - [Tally] keeps one constant-size [Record] a customer. It
//     merges and marshals, so that many machines can share the work.
//   - [Fit] cuts a population into scores and returns a [Model]. Cuts are
//     fitted once and can then be applied to anyone, today or next month.
//   - [Model.Score] gives one customer a [Score] such as 5-4-3, from 1 to the
//     number of bins, where the highest is always the best.
//   - [Map.Segment] names the segment of a score, such as "at risk"; [Grid] is
//     the usual map.
//
// [Model.Explain] says why a customer has a score, and how far the next one
// is. [Concentrate] measures how much of the value the top customers bring,
// since 80/20 is to be measured and not assumed.
//
// Three terms, since each has an opposite meaning somewhere. Recency is the
// number of local calendar dates since the last order, so fewer is better.
// Frequency is the number of orders. Monetary value is the net sum: what was
// bought less what was given back, not a mean.
package rfm
