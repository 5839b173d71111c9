// Package identity finds the one person (OneID, 用户身份打通) behind many ids: the
// account of the shop, the card of the store, the phone number, the openid of the
// mini-program, the devices.
//
// The way from events to people has three steps, each pure and deterministic: no
// answer depends on the order in which events came, on how they were split over
// machines, on a clock or on chance.
//
//   - [Evidence] is a log of facts. [Evidence.Add] takes an [Observation],
//     an event in which identifiers were seen together; [Evidence.AddMatch] a
//     scored [Match] from elsewhere; [Evidence.Decide] a [Verdict] of a human. Logs
//     merge and marshal. What was wrong is taken back by [Evidence.Retract] and
//     [Evidence.Withdraw], and then leaves no trace.
//   - [Rules] say which identifiers count, how strong they are, and how many of
//     each a person may have. They are data: see [ParseRules], and [Shop] to start
//     from.
//   - [Resolve] makes [People] of both.
//
// What people answer:
//
//   - [People.Of], [People.OfAt] and [People.OneID] find the person who has an
//     identifier; [People.All] lists everybody. A [OneID] is made of the
//     identifier that was seen first, with a secret key: resolved anew it is the
//     same, and nobody can guess the phone number in it.
//   - [People.Why] says by which events two identifiers are one person, or what
//     keeps them apart. [People.Refusals] lists every link that was refused, with
//     the rule, both values and the way in which each got there.
//   - [People.Update] catches up with new evidence at the cost of the people whom
//     it touches, and returns the [Changes]: who was merged, split or renamed. A
//     name that went leads to the present person: [People.Person]. [Diff]
//     compares any two results.
//   - [People.Attribute] says whose an event on a shared or contested device is.
//   - [People.Shared] and [People.Report] are for whoever watches over the data.
//
// # How links are judged
//
// Merging is deterministic and constrained. Identifiers are tidied, and those
// that name nobody are set aside ([Rules.Normalise]). Identifiers of everybody,
// such as a tablet in a store, take no part ([Rules.SharedAbove]). The links that are
// left are taken in one total order, which [Resolve] states, and each joins
// two groups of identifiers unless the result would break a limit
// ([Limit]), the size of a person ([Rules.MaxIDs]) or a cannot-link verdict.
// This is Kruskal's algorithm with constraints. Since groups only grow, a link
// that was refused would break the rule at the end too, and no link is refused
// because of a weaker one.
//
// To undo a merge, part two identifiers by a cannot-link verdict, or retract the
// event that linked them. To undo that, withdraw the verdict: people are then
// exactly who they were.
package identity
