// Package term follows what a customer has for a while: a course, a plan, a
// policy, an appliance. It says what is due during a term, such as an
// installation or the upkeep every six months, and what becomes of a term at its
// end: renewed early, on time or late, upgraded, downgraded, replaced by another
// product, lapsed, or still open.
//
// All of it is pure: an answer depends on its arguments alone, the moment of
// the report among them. Nothing reads the clock, the environment or a file.
// Days and months are those of the calendar in a zone, month ends clamped:
// monthly from 31 January is due on the last day of February and on 31 March.
//
// # During a term
//
//   - A [Term] is of one customer and one product, from its Start until just
//     before its End, or without one.
//   - A [Plan] lists the [Milestone] of such a term: due once, or every so many
//     months, and done by an event of a name.
//   - [Term.At] says where a term stands as of a moment: for each milestone its
//     label, such as "upkeep=overdue", its due date, whether it is overdue, and
//     what is due next; and when any of that will change by itself, so that a
//     host can schedule a reminder instead of scanning everyone.
//
// # At the end of a term
//
//   - A [Book] collects terms. It is an accumulator: neither the order of what is
//     added nor a split over machines changes an answer; it merges, and marshals
//     to canonical bytes.
//   - [Book.Renewals] says of each term that is due by which other it was renewed,
//     with a [Label]. A term renews at most one term, and is renewed by at most
//     one.
//   - [Book.Report] counts them by due cohort, with the rates of those that are
//     decided, their intervals, and gross and net retention in exact money.
//
// For customers who may leave without saying so there are no terms: package
// [github.com/regulars-go/regulars/lifecycle/clv] tells who is likely still one.
package term
