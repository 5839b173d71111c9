// Package strategy answers what to do next, and for whom: of the operations
// that a shop runs (a coupon, a survey, a win-back gift), each customer gets
// at most one, and for every other there is a reason why not.
//
//   - [Playbook] holds the operations as data: strict JSON by [ParsePlaybook],
//     checked by [Playbook.Validate]. [Starter] is a ready-made one.
//   - [NewPolicy] compiles a playbook, once.
//   - [Policy.Decide] decides for one customer. The [Decision] has one
//     [Verdict] for every operation; [Policy.DecideAll] goes through a
//     population, and [Policy.Count] counts it into a [Summary].
//
// A decision depends on the playbook, the customer's labels and the instant
// that is passed in, and on nothing else: not on the order of the operations
// in the playbook, nor on that of the labels. Explaining is deciding: there is
// no other path.
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
// that excludes it does not.
package strategy
