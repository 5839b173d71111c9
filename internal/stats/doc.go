// Package stats holds the statistics that several packages need. Counts are
// int64, everything else is float64. A result that is undefined says so by its
// ok, and is never NaN.
//
//   - Order statistics and quantiles: [OrderStatistics], [Index7].
//   - One proportion and two: [Proportion.Wilson], [Difference], [ZTest],
//     [DifferenceP], [Fisher], [RelativeRisk], [OddsRatio]; by Bayes [Beta],
//     [Best], [Losses].
//   - Tables and strata: [Associate], [GoodnessOfFit], [Strata].
//   - Means: [Welch], [RelativeLift]; exact and order-free sums for them: [Sum],
//     [Mean], [Covariance].
//   - Many tests at once: [Holm], [BenjaminiHochberg], [BenjaminiYekutieli].
//   - Several estimates of a kind, drawn together: [Shrink].
//   - Before and after a test: [TwoRates], [TwoMeans], [SmallestEffect],
//     [SmallestDrop].
//   - Survival: [NewSurvival], [LogRank], [RestrictedMeanDifference].
//   - Distributions: [NormalQuantile], [StudentTail], [ChiSquareTail],
//     [BetaQuantile], [BinomialAtLeast] and their kin.
package stats
