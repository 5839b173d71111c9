// Package lifecycle answers where each customer is in their life with you: who
// is new, who is active, who has fallen silent and who is gone; how the base
// grows and leaks; and how long customers stay.
//
// All of it is pure: an answer depends on its arguments alone, the moment of
// the report among them. Nothing reads the clock, the environment or a file.
//
// There are two families of answers, which are not to be mixed. Stock is the
// state of a customer as of a moment, by how long they have been idle. Flow is
// the account of a period against the one before.
//
// # Stock: stages
//
//   - [Policy] sets the boundaries; [Policy.At] gives the [Stage] of one
//     customer from their [History], with the rule that decided and the next
//     change if nothing happens, so that a host can schedule instead of scanning
//     everyone. [History.Overdue] measures a silence by the customer's own pace.
//   - [Log] collects events. [Log.Stages] gives everybody's stage as of any
//     moment, [Log.Count] counts them, and [Log.Migrate] says who went where
//     between two moments.
//   - [Log.Fit] fits boundaries to the gaps between events, the open last gap
//     included, and [Fitted.Policy] makes a policy of them.
//
// # Flow: growth and retention
//
//   - [Activity] notes who was active in which local day, week or month.
//     [Activity.Growth] accounts for new, retained, resurrected and churned
//     customers; [Activity.Retention] makes cohort triangles of five kinds;
//     [Activity.Stickiness] compares a day with the month that it ends.
//   - [Revenue] does it in exact money: [Revenue.Growth] adds expansion and
//     contraction, and [Revenue.Value] is what cohorts have paid to date.
//   - [Log.Retention] counts by each customer's own clock, such as 24 hours from
//     the first event.
//   - [PhasePolicy] tells the [Phase] of a growth series: introduction, growth,
//     maturity, decline.
//
// # Acquisition and key actions
//
//   - [Spend] adds up what was spent on each channel. [Revenue.Acquisition] holds
//     it against what the customers it brought have paid: cost per customer,
//     value to a horizon, their ratio with an interval, payback, and which
//     channels are proven better or worse than the rest.
//   - [Actions] remembers who did what. [Actions.Key] finds the early actions of
//     those who stay, corrected for all that it tries.
//
// # Survival
//
//   - [Survival] collects waits, some of them still going on, and
//     [Survival.Curve] estimates how long they last: the median or that it is
//     not reached, a mean within a limit, intervals. [LogRank] tests groups, and
//     [RestrictedMeanDifference] says how much longer one waits than another.
//
// What customers have for a while, such as courses, plans and appliances, is in
// package [github.com/regulars-go/regulars/lifecycle/term]; what they will still
// be worth in [github.com/regulars-go/regulars/lifecycle/clv].
//
// Log, Activity, Revenue, Spend, Actions and Survival are accumulators: neither
// the order of what is added nor a split over machines changes an answer. They
// merge with those of the same configuration and marshal to canonical bytes. To
// unmarshal, set the configuration first; bytes of another one are an error.
//
// # Now
//
// Stock answers include an event at now itself: it has happened, and whoever
// buys at now is not idle. This holds for [Policy.At], [Policy.History],
// [History.Overdue], [Log.Stages], [Log.Count], [Log.Migrate] and [Log.Fit].
// Flow answers end just before now, since a period includes its first instant
// and not its end: at midnight the old day is over, and the new one has not
// begun. This holds for Growth, Retention, Stickiness, [Revenue.Value] and
// [Revenue.Acquisition]. [Actions.Key] counts those whose outcome window is over
// at now.
//
// To report at the end of a day, pass its last microsecond to stock answers and
// the first instant of the next day to flow answers, and set Until to that last
// microsecond. [Activity] and [Revenue] don't know the order of events within a
// period: without Until they count those after now in the last period too.
//
// A period or an interval that is not over at the moment of the report is
// flagged and left out of rates, since it can only look bad.
package lifecycle
