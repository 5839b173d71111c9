// Package loyaltytest shows a host that its own store keeps members' points
// safe: a suite that names each promise it finds broken, and one that runs the
// points engine on the store with lost replies, crashes, races and clocks that
// differ.
//
// It is for tests. Nothing in it reads a clock, a file or the environment by
// itself; what is random is drawn from a seed or by rapid, so that a failure
// comes again. Only who wins a race is up to the scheduler.
//
// # Suites
//
//   - [TestStore] checks a [loyalty.Store] clause by clause.
//   - [TestEngine] runs the engine on it and compares with the same commands in
//     memory, down to the bytes.
//   - [RunSpecs] runs files of cases that say what a program gives.
//
// # Where a store alone does not get
//
// A store, or a type of the test that embeds it, may also be a [Reopener], to
// be seen from a second connection; a [Transactor], to work in a transaction of
// the host; and a [Spawner], to be used and killed in another [Process], which
// runs [Work]. [OneWriter] marks stores in which writers wait for each other.
// What is missing is reported as not measured, never as passed.
//
// # What can go wrong, and what is drawn
//
//   - [Faulty] and [FaultyAt] make calls of a store fail, each [Fault] in its way.
//   - [Programs], [Commands], [Story], [Steps], [Members] and [Zones] draw what a
//     property of a host's own needs, with rapid.
package loyaltytest
