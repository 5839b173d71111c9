// Package tracking answers whether the data can be trusted: what the tracking
// plan (埋点方案) promised, what arrived, what became of it and who uses it.
//
// All of it is pure: an answer depends on its arguments alone, the moment of
// the report among them. Nothing reads the clock, the environment or a file.
//
// # The plan, and what arrives
//
//   - [Plan] is data: events, their properties with kind, dictionary, bounds,
//     unit and PII flag, reserved names, and how late an event may be.
//     [ParsePlan] reads it from JSON, [Plan.Validate] lists all its faults.
//   - [NewValidator] makes a plan judge. [Validator.Check] says of one [Event]
//     whether it is accepted, mended or set aside, and gives each [Violation]
//     with what arrived, where, and what was expected; the properties that are
//     left have the types of the plan. [Validator.CheckAll] finds
//     duplicates in a batch as well.
//
// # The report
//
//   - [Tally] collects events. It knows a delivery that it has seen, so that
//     reading a file again changes nothing.
//   - [Tally.Report] says in three parts what was [Collected] (收数), [Cleaned]
//     (理数) and [Used] (用数). For the parts that other systems know, such as
//     how many events were matched with people, the host brings [Figures], plain
//     counts.
//
// A Tally is an accumulator: neither the order of what is added nor a split over
// machines changes the report. Tallies of one validator merge, and marshal to
// canonical bytes.
package tracking
