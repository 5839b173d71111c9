// Package journey shows which ways people take: what they do after what, where
// they leave, how far they are on the way that the operator has in mind, and
// how many of those who were won come back, bring others and pay.
//
// All of it is pure: an answer depends on its arguments alone, the moment up to
// which the data are complete among them. Nothing reads the clock, the
// environment or a file, and no goroutine outlives a call. Events may come in
// any order; those at one instant are taken in the order of their names.
//
// Events are read by a [funnel.Source], as in the parent package, and what is
// counted is a user or a session, by the same rules.
//
// # Paths
//
//   - [Paths] says what a path is: of users or sessions, of which events, with
//     repeats or without, from an anchor on or up to it. [ParsePaths] reads it
//     from JSON.
//   - [CountPaths] counts a log; a [PathCounter] one user after the other.
//   - [PathCounts] has the answers: [PathCounts.Events] with where paths start
//     and end, [PathCounts.Transitions], [PathCounts.Next] and
//     [PathCounts.Previous] for one event, [PathCounts.Top] for whole paths, and
//     [PathCounts.Sankey] for a diagram.
//   - [ComparePaths] says what one group of users does more than another.
//
// # The journey map
//
//   - [Map] has the stages, each with the operator's own words and the events
//     that enter and complete it. [ParseMap] reads it from JSON.
//   - [CountMap] counts a log; a [MapCounter] one user after the other.
//   - [MapCounts.Report] fills the map in: how many entered and completed each
//     stage, how long it took them, what they did last before they left, and
//     the worst leak that is proven.
//   - [Places] says where each user is, with a label such as
//     "journey=consider".
//
// # AARRR
//
//   - [AARRR] says what acquisition is and what should follow, each in a window
//     of its own and in any order; [StandardGoals] are the usual ones, and
//     [ParseAARRR] reads it from JSON.
//   - [CountAARRR] counts a log; an [AARRRCounter] one user after the other.
//   - [AARRRCounts.Report] gives each goal's share of the acquired, and of those
//     who reached the goal before, among users whose window is over.
//
// # Accumulators
//
// [PathCounts], [MapCounts] and [AARRRCounts] merge over disjoint users, in any
// order, and can be marshalled: the same users give the same bytes.
package journey
