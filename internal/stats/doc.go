// Package stats holds the statistics that several packages need. Counts are
// int64, everything else is float64. A result that is undefined says so by its
// ok, and is never NaN.
//
//   - Order statistics and quantiles: [OrderStatistics], [Index7].
//   - One proportion and two: [Proportion.Wilson], [Difference], [ZTest],
//     [Fisher], [RelativeRisk], [OddsRatio].
//   - Tables and strata: [Associate], [GoodnessOfFit], [Strata].
//   - Means: [Welch], [RelativeLift].
//   - Many tests at once: [Holm], [BenjaminiHochberg], [BenjaminiYekutieli].
//   - Before and after a test: [TwoRates], [SmallestEffect], [SmallestDrop].
//   - Survival: [NewSurvival], [LogRank], [RestrictedMeanDifference].
//   - Distributions: [NormalQuantile], [StudentTail], [ChiSquareTail],
//     [BetaQuantile], [BinomialAtLeast] and their kin.
package stats
