// Package scorecard (评分卡) grades people with reasons: which leads to call
// first, who will likely become a core customer, who will move up, and why.
//
// All of it is pure: an answer depends on its arguments alone. Nothing reads the
// clock, the environment or a file. Neither the order of the cases nor how they
// are split over samples that are merged later can change a card.
//
// # From cases to a card
//
//   - A [Feature] is an attribute of the schema or the answer of a rule, in bins;
//     [NewLayout] checks a list of them. What is not known is a bin of its own.
//   - A [Case] is a profile as of a moment, and what became of the person after
//     it: a [Window] says so by instants, [Become] and [MoveUp] by the labels of
//     two snapshots. A profile that knows what came later is [ErrLeak], and whose
//     window is still open is set aside.
//   - A [Sample] counts cases; it merges and marshals. [HeldBack] says who is
//     left out of the fit, to judge it by.
//   - [Fit] makes a [Card] by a [Policy]: bins that are too small are joined,
//     each has its weight of evidence (WOE), each feature its information value
//     (IV); ridge logistic regression says how much each counts beside the
//     others, and a scale makes points of it: 20 more for twice the odds.
//
// # What a card says
//
//   - [Card.Score] gives points, a grade and a chance, [Card.Label] the label of
//     the grade, such as "lead=a".
//   - [Card.Explain] says what each feature gave, what stands against somebody,
//     and how many points are missing to the next grade.
//   - [Card.Evaluate] judges it by another sample: AUC with its interval, KS,
//     calibration by grade, and by the population stability index (PSI) whether
//     the people are still those of the fit.
//   - A card is JSON, and [ParseCard] reads it.
//
// A card foresees, and does not say what would help: who scores high may be
// going to buy anyway. What an operation causes is for an experiment.
package scorecard
