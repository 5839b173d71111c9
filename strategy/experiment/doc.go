// Package experiment says whether an operation worked: what it changed, by how
// much at least, and what to do about it.
//
// A coupon that half of its customers redeem may have changed nothing: they would
// have bought anyway. So a few customers, drawn by chance, get nothing, and what
// they do is what the others would have done. This package compares the two.
//
// All of it is pure: an answer depends on its arguments alone. Nothing reads the
// clock, the environment or a file, and nothing is drawn by chance. What collects
// adds exactly, so that any order and any split of the data gives the same bytes,
// and can be marshalled.
//
// # The loop
//
//   - [Assigner.Assign] makes an [Assignment] of a decision record: what was at
//     stake for the customer, and whether a holdout withheld it; [DecisionName]
//     names it. A [Log] collects them, with each [Outcome], and which IDs are one
//     person ([Log.Same]).
//   - [Log.Attribute] puts every outcome in its place by [Rules]: credited to a
//     decision, or counted as late, early, duplicate and so on.
//   - [Attribution.Lift] answers a [Question]: what operations changed, phase by
//     phase and together. [Attribution.Effects] tells it apart by operation and
//     label, for [strategy.Effects], by which scores and budgets go.
//   - [Attribution.Evidence] and [Reviewer.Review] make a [Proposal] of each
//     operation: keep, raise, lower, pause or widen it. [Apply] makes the
//     playbook of the next period, of what is approved.
//
// Credit and effect are not the same. An order that follows a message is credited
// to it, and to one only; whether it came of it is for the comparison to say,
// which looks at all orders of both groups in windows of one length.
//
// # Comparisons
//
//   - [CompareRates] and [CompareMeans] compare a [Rate] or a [Sample] of each
//     group: an [Effect] with its difference, lift, intervals and p-value.
//     [Moments] collect values, [Pairs] also those from before, with which [CUPED]
//     takes out noise. [PooledTest] is the test of most calculators, to compare
//     with.
//   - [CheckSRM] says whether groups have the sizes that they should have: below
//     [SRMAlarm] nothing else is to be trusted.
//   - A [Trial] compares any number of arms by the [Phase]s of its [Plan].
//   - [Sequential] intervals may be looked at every day, and [Looks] keep what
//     they showed; [Sequential.Effect] is for reviews. [Many] adjusts for several
//     tests at once.
//   - [Contest] and [Estimate.Odds] say the same by Bayes: how likely the better
//     is, and what a wrong choice costs.
//   - A [Design] says beforehand how many customers it takes.
//   - [OffPolicy] judges a policy by the decisions of another, with no one
//     exposed to it; [LogRecord] makes its rows.
//
// # What is not known
//
// What can't be said is nil, and a [Reason] stands beside it: nobody in a group,
// nobody who differs, a baseline of nothing. It is never 0, nor a p-value of 1.
// Intervals hold with probability [IntervalLevel] or as asked, one at a time.
package experiment
