// Package portrait shows what a group of customers looks like beside everyone:
// which cities, ages and habits it has more of than usual, by how much, and
// whether that could be chance.
//
// All of it is pure: an answer depends on its arguments alone. Nothing reads the
// clock, the environment or a file.
//
// # Counting
//
//   - A [Column] is an attribute to portray, numbers and dates in bands if there
//     are [Column.Cuts]. [ParseColumns] reads them from JSON, and [NewLayout]
//     checks them against a schema; personal data need a permission.
//   - A [Tally] counts profiles, each on its [Side]: in the target, in the rest
//     of the base, or outside. [Tally.AddAll] takes a population with a base and
//     a target, such as two segments. Tallies merge in any order, and marshal to
//     canonical bytes.
//
// # The board
//
//   - [Tally.Board] makes a [Board] by a [Policy]: a [Facet] an attribute, with
//     coverage, and a [Cell] a value, with counts, shares, intervals, the TGI
//     (目标群体指数), the TGI shrunk for small samples, and a test against the
//     rest of the base. Every attribute as a whole has an [Association], or
//     [Numbers].
//   - [Board.Traits] ranks what sets the group apart.
//
// # What is not shown
//
// A count from 1 to Threshold-1 is hidden, on the side of the target and on that
// of the rest, and with it whatever would give it away; a group that is smaller
// as a whole is a [*TooFewError]. A board alone is safe in that sense; of two
// boards [Differencing] says what they tell together. What is undefined is nil,
// and never infinite.
package portrait
