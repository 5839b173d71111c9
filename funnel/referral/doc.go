// Package referral answers who brought whom, and what that is worth: which
// customers come by invitation, how many each customer brings, how fast, and
// what those who were brought pay in the end.
//
// All of it is pure: an answer depends on its arguments alone, the moment that
// is asked about among them. Nothing reads the clock, the environment or a file,
// and no goroutine outlives a call. Neither the order of the facts nor how they
// are split over logs that are merged later can change an answer.
//
// # From facts to trees
//
//   - A [Log] takes what the host knows: [Log.Invite] and [Log.InviteTo],
//     [Log.Join], [Log.Convert]. It merges and marshals.
//   - [Log.Resolve] judges, by a [Policy] and as of a moment, every claim that
//     one customer brought another. What remains is a [Forest]: each customer
//     has at most one parent. An invite to oneself, one that came after the
//     taker had joined, a second parent and a ring are refused; [Forest.Counts]
//     counts them by their [Verdict], and [Forest.Why] and [Claim.Because] say
//     why.
//   - [Forest.Parent], [Forest.Generation] and [Forest.Labels] speak of one
//     customer: "referral=advocate", "referral=inviter", "referral=referred".
//
// # What it brings
//
//   - [Forest.Report] has the referred share of new customers, K and what it is
//     made of, generations, trees, and what referred customers paid.
//   - [Factor] is K (病毒系数) over a cycle: the share of customers who invite,
//     times invites per inviter, times the share of invites that bring somebody.
//     It knows of customers alone whose cycle is over, and its interval takes
//     each inviter as one, since the invites of one are alike. With K below 1,
//     one new customer comes to 1/(1-K) in the end.
//   - [Forest.Advocates] lists who brought others, with what those paid directly
//     and downstream, exactly; [Forest.Concentration] says how few of them bring
//     how much.
//
// Who was brought need not have come because of it: referred customers differ
// from others in more than that. A trial that holds invitations back from some
// says what they cause.
package referral
