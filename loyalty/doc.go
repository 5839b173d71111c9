// Package loyalty keeps members' points: it gives them for what members do,
// spends them on rewards, lets them expire, takes them back when an order is
// returned, raises and lowers tiers, and says why for every point.
//
// The core is pure. What it answers depends on its arguments alone: the moment
// is one of them, and nothing reads the clock, the environment or a file. The
// same commands at the same instants give the same bytes, whatever the machine.
// All input and output goes through a [Store] that the host gives.
//
// # How it fits together
//
// An account is one member of one program. Everything that ever happened to it
// is an [Entry] in its journal; the [Account] is a fold of the journal, so that
// it can be proved by replay. A [Program] is data: wallets, earn rules, rewards
// and tiers, versioned and effective-dated. A [Command] is what the host asks
// for, such as an order that earns or a redemption. Its Key makes it happen
// once. A [Receipt] says what it did and why, and why not.
//
//   - [Store] is what the host implements: four methods over versioned records.
//     The package loyaltytest checks an implementation clause by clause.
//   - [Record], [Counter], [Entry] and [Batch] are what it stores.
//   - [Command] has one payload: [Earn], [Keep], [CheckIn], [MakeUp], [Hold],
//     [Capture], [Release], [Redeem], [Reverse], [Grant], [Deduct], [Transfer],
//     [Merge], [Close] or [Reminded].
//   - [Receipt], [RuleResult] and [Reason] explain; the errors are typed:
//     [InsufficientError], [LimitError], [KeyReusedError] and others.
//
// # Time
//
// Instants are whole microseconds; finer ones are truncated. OccurredAt is when
// something happened and decides rules, lots and windows; RecordedAt is when it
// was decided and orders the journal. What is due by the mere passing of time
// (expiry, activation, a hold's end, a tier review) is written by the next
// command or by a sweep, whichever comes first, dated at its own instant: the
// bytes are the same. So a point is never spendable at or after its expiry,
// whether or not a sweep ran.
package loyalty
