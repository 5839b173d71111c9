// Package strategy answers what to do next, and for whom: of the operations
// that a shop runs (a coupon, a survey, a win-back gift), each customer gets
// at most one at a time, and for every other there is a reason why not.
//
// A decision depends on the playbook, on what is passed in of the customer and
// on the instant that is passed in, and on nothing else: not on a clock, not on
// the order of the operations in the playbook nor on that of the customer's
// facts. The same case gives the same bytes. Chance is drawn from salts and IDs,
// so it can be drawn again. Explaining is deciding: there is no other path.
//
// # A playbook
//
//   - [Playbook] holds it all as data: strict JSON by [ParsePlaybook], checked by
//     [Playbook.Validate], or by [Host.Validate] for a host that says which zones,
//     labels and numbers there are. [Starter] is one to begin with, and [Practice]
//     has one for each rule of the trade, by the names of [Practices].
//   - [Objective] says what operations are for, and [Metric] what is watched, as
//     a tree under a north star. An objective is checked to be specific,
//     measurable, achievable, relevant and bound in time: one that the customers
//     are too few to show is refused, with the number that [Objective.Needed]
//     says. [Playbook.Split] splits a change of the north star over the tree,
//     exactly.
//   - [Operation] is what can be done, for an [Audience], by a [Channel], at a
//     cost to a [Budget], after a [CoolDown].
//   - [Cap], [QuietHours], [Holdout] and [Exploration] are what all share.
//
// # Deciding
//
//   - [NewPolicy] compiles a playbook, once; [Host.NewPolicy] for a host with zones.
//   - [Policy.Decide] decides for one customer, [Policy.DecideCase] with all that
//     may be known, [Policy.DecideAll] for a population, and [Policy.Choose]
//     without the reasons. [Policy.Count] counts decisions into a [Summary].
//   - [Policy.Preflight] tries a policy on a population: who is served and who is
//     left out, what is never chosen, what the data lacks, what it costs, and what
//     could be shown.
//   - [Policy.Record] keeps a decision with its case, and [Policy.Replay] makes it
//     again. [Policy.Backtest] compares a candidate policy with the one that
//     decided.
//   - [Policy.Reserve] takes the exposure and what it costs from a host's stores,
//     [Exposures] and [Budgets], and passes on to the next candidate when one
//     refuses. [MemoryExposures] and [MemoryBudgets] are in memory; package
//     [github.com/regulars-go/regulars/strategy/strategytest] checks a host's own.
//   - [Allocate] spends budgets where they bring most, over many customers at once;
//     [Pace] as they come. What customers could be given, and what it brings and
//     costs by the playbook's [Effects], is [Policy.Candidates].
//   - [NewBucketer] draws customers for a purpose. [GrowthBookHash] with
//     [GrowthBookRanges], [GrowthBookChoose] and [GrowthBookNamespace], and
//     [UnleashBucket] with [UnleashEnabled] and [UnleashVariant], draw as others
//     do, so that what was assigned stays.
//   - [Watch] reads a [Series], such as orders by day, and notices that it is
//     off. A [Plan] says what to do then: [Plan.Respond] makes a [Proposal] of
//     it, which [Proposal.Apply] carries out once it is accepted.
//
// Package [github.com/regulars-go/regulars/strategy/experiment] says what came of
// it.
//
// # The stages
//
// A candidate goes through the stages in this order, and its [Verdict] is that of
// the first that refuses it:
//
//  1. holdout: marketing is kept from those held out, see [Holdout];
//  2. dates: it runs, and its kill switch is off;
//  3. eligibility: its Audience has the customer;
//  4. relevance: so does Relevant;
//  5. suitability: so does Suits;
//  6. consent: the customer can be reached by one of its channels, and agreed;
//  7. cool-down: it was not sent, or ignored, too recently;
//  8. caps: the customer has not had too much, by each [Cap];
//  9. quiet hours: it is not the hour to be quiet;
//  10. budget: what is left pays for it;
//  11. exploration: it is drawn, where there is [Exploration];
//  12. score: Value × Propensity × Lever is above 0, if it has a value;
//  13. rank: nothing ranks above it: mandatory before other operations, then by
//     priority, by score and by name;
//  14. fallback: for who gets nothing else.
//
// From consent to budget a channel is tried after the other, and the first that
// nothing refuses is taken. Where all are refused, the verdict is on the one that
// time mends first, or else on the first one. A refusal that time mends says when
// it lapses, to the microsecond.
//
// # Time
//
// Instants are cut to the microsecond. Days, weeks, months and clocks are local:
// in the customer's zone, or, where that is missing or not known, or the rule says
// so, in that of the playbook. A day of 23 hours is a day. A rolling window is
// (now-length, now], of elapsed time. An exposure that lies ahead, since a clock
// was set back, counts at once; an outcome that lies ahead does not.
//
// # Amounts
//
// Values, costs, limits, shares and levers are [Micros]: whole millionths, so
// that sums are exact, and numbers with up to six places in JSON. A share is from
// 0 to [One], but a propensity is a probability from 0 to 1. What is wrong with a
// playbook is [regulars.Faults], each with its path. Deciding never fails:
// [Customer.Validate] says beforehand what of a customer can't be.
//
// # Labels
//
// What is known of a customer arrives as labels, texts of the form key=value,
// so that this package need not know where they come from. The key begins with
// a letter from a to z; letters, digits, ".", "_" and "-" may follow. The value
// is anything printable, without "=", capital letters, or spaces at its ends. A
// label has up to [MaxLabelBytes]. Labels are compared byte by byte, so spelling
// matters. A customer may have several labels of one key, and several times the
// same. The labels that [Starter] reads, and [StarterLabels] lists:
//
//	stage=      follower, new, active, silent, churned, returned
//	segment=    champions, loyal, potential loyalist, new, promising, need attention,
//	            about to sleep, can't lose, at risk, hibernating
//	layer=      core, waist, tail
//	quadrant=   important value, important retain, priority develop, general value
//	promotion=  unknown, full-price, mixed, deal-seeker
//
// A [Vocabulary] says which labels there are, so that a misspelt one is found by
// [Playbook.ValidateWith] and [Customer.Validate] before it silently matches
// nobody.
//
// A missing label is no label: an audience that asks for it refuses, and one
// that excludes it does not. A missing number is unknown, and in no range.
package strategy
