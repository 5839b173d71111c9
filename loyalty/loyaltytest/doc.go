// Package loyaltytest shows a host that its own store keeps points safe: a
// suite that names each promise it finds broken, and a suite that runs the
// points engine on it, with lost replies, crashes and clocks that differ.
//
// It is for tests. Nothing in it reads a clock or the environment; what is
// random is drawn from a seed or by rapid, so that a failure comes again.
//
//   - [TestStore] checks a [loyalty.Store] clause by clause. [Reopener],
//     [Transactor], [OneWriter] and [Spawner] let it reach other connections,
//     transactions and processes; [Work] is what such a [Process] runs.
package loyaltytest
