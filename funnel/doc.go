// Package funnel answers where people get lost on the way to a goal: how many
// reach each step, how long it takes them, at which step they leave, and, for
// one person, how far they got and why no further.
//
// All of it is pure: an answer depends on its arguments alone, the moment up to
// which the data are complete among them. Nothing reads the clock, the
// environment or a file, and no goroutine outlives a call. With the default
// [Match] the order of the input never matters.
//
// # The definition
//
// A funnel has steps 1 to K. A chain of length k is k distinct events of one
// unit (a user or a session), the first of which matches step 1, the second
// step 2 and so on, such that no event is earlier than the one before and the
// time from the first to the last is at most the window, which is inclusive:
//
//	t1 <= t2 <= … <= tk  and  tk - t1 <= window
//
// The level of a unit is the length of its longest chain, over all chains: an
// early start that comes to nothing never hides a later one. Events at one
// instant count as in whichever order is best ([TiesAnyOrder]). The chain that
// is reported is the first that reaches the level: the one whose last event is
// earliest, and among those the one that starts latest.
//
// That is what the zero [Match] does. Every other way of counting that is in
// use deviates from it somewhere, and each deviation is a field with a name.
package funnel
