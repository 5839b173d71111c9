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
// for, such as an order that earns, or a redemption. Its Key makes it happen
// once. A [Receipt] says what it did and why, and why not.
//
//   - [NewEngine] makes an [Engine] of a store and the versions of a program.
//     [Engine.Do] does a command and [Engine.DoBatch] many; [Engine.Preview]
//     answers the same and writes nothing. [Engine.Balance], [Engine.History]
//     and [Engine.Explain] read; [Engine.Verify] proves an account by its
//     journal; [Engine.Sweep] writes what time has made due.
//   - [Command] has one payload: [Earn], [Keep], [CheckIn], [MakeUp], [Hold],
//     [Capture], [Release], [Redeem], [Reverse], [Grant], [Deduct], [Transfer],
//     [Merge], [Close] or [Reminded]. [ParseCommand] reads one from JSON.
//   - [Receipt], [RuleResult] and [Reason] explain. Rejections are typed:
//     [InsufficientError], [LimitError], [StockError], [KeyReusedError],
//     [TimeError], [ClosedError], [StateError], [DisabledError],
//     [CommandError], [BehindError], [ErrUnknownAccount], [ErrUnknownOrder],
//     [ErrUnknownRedemption] and [ErrOverflow]. Only those of [Redeem] and
//     [Hold] are bound to their key. Any other error leaves open whether a
//     command was done, [ErrContended] among them: do it again with its key.
//   - [ParseProgram] reads a program strictly, and [Program.Validate] lists all
//     that is wrong with one. [BankCard], [Retailer], [ApplianceService] and
//     [VocationalSchool] are complete ones to begin with. Every list in a
//     program or a command has a limit, such as [MaxRules] or [MaxLines].
//   - [Checkup] says why members do not take part, held against [Benchmarks], and
//     [Engine.Checkup] reads the journals for it; [WhatIf] says what a lower
//     first reward or a longer validity would change. [Simulate] runs commands
//     under a candidate program beside the present one: those of the past are
//     [Engine.Recorded]. [Engine.Liability] is what is owed and when it ends,
//     [Engine.Reminders] what to tell members. [Spec] is a program with cases,
//     as a file.
//   - [Store] is what the host implements: four methods over versioned records.
//     [NewMemory] makes one in memory. The package loyaltytest checks any of
//     them, clause by clause, and the module loyalty/sqlstore has one for
//     PostgreSQL and SQLite, by database/sql or by pgx itself.
//   - [Record], [Counter], [Entry] and [Batch] are what a store keeps. What it
//     can do beyond is found by assertion: [Binder], [Totaler], [Feeder],
//     [Eraser].
//   - [Compile], [Rules.Needs], [View.Fill], [Rules.Decide], [Decision.Batch],
//     [Decision.Apply] and [Account.Apply] are the core without the engine, for
//     hosts that load and commit in their own way; [View.FillAccount] lends it
//     accounts that a host holds in memory.
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
//
// # Points
//
// Points are whole numbers, and never wrap. Each is in one [Pot] at a time, and
// every entry moves points from pots to pots, so that for each wallet
//
//	issued + received = available + pending + held + redeemed + expired + revoked + forfeited + sent - debt
//
// Points are spent by the soonest end. Points with the same wallet, end and
// terms are one lot, so that a busy member has few. A reversed redemption puts
// points back into the lots that they came from.
//
// # Returns
//
// [Keep] says what of an order was kept in the end. What the order earned less
// what the kept part would have earned, under the version, the tier and the
// caps of then, is taken back: from the lot that it went to, then from others by
// the soonest end, and what is missing by the wallet's [Shortfall]. Points that
// the member has let expire are taken from others too: whether it was them or
// others of the same lot that expired can't be told. What was used of a cap
// stays used, so that buying and returning gains nothing.
package loyalty
