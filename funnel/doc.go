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
// earliest, among those one that starts latest, and of these the one that makes
// each step by the first event that can (with gaps between steps, by the last).
//
// That is what the zero [Match] does. Every other way of counting that is in
// use deviates from it somewhere, and each deviation is a field with a name.
//
// # From events to counts
//
//   - [Funnel] is data: steps, what makes a chain, what is counted, and by which
//     labels. [Parse] reads it from JSON, and [Funnel.ValidateEvents] finds
//     misspelt events. [Source] says how to read the host's events: a name that
//     is looked up once, predicates, labels.
//   - [Count] counts a log in any order; a [Counter] one user after the other,
//     holding nothing but [Counts], which merge, marshal, and have the units by
//     the values of labels as of entry.
//   - [Outcomes] has the [Result] of each unit: level, chain, times, why it
//     ended. [Funnel.Explain] says it in words and [Funnel.Label] as a label,
//     such as "stuck=pay".
//   - [Funnel.Levels] is for columns of codes that are grouped by user, and
//     [Log] for those that are not: two quick ways to levels and nothing else.
//   - [Tracker] follows users as their events arrive, up to a watermark, and
//     [Chunk] sums a user's stretch of time up, so that days can be rolled up.
//
// # What the counts say
//
//   - [Report.Steps] has the units that made each step, the share of the step
//     before and of all, with Wilson's interval; [Report.By] the same for the
//     values of one or more breakdowns. Report.Maturity leaves out the units
//     whose window is open.
//   - [Report.TimeToConvert], [Report.TimeToConvertBy] and [Report.StepTime] say
//     how long it took: [Times.OfConverted] those who got there, [Times.OfAll]
//     and [Times.Within] with those who are still waiting.
//   - [Compare] says what changed between two periods, at which step, and in
//     which segment by rate or by mix.
//   - [Leaks] names the segments that do worse at a step, if that is proven:
//     exact tests, adjusted for their number, a lower bound of what is lost, and
//     a guard against a mix that only looks like a leak. Otherwise it says what
//     could have been seen. [LeakSearch] compares with another period, a label
//     or a target instead of the rest; [ParseLeakSearch] reads it from JSON.
//   - [Drivers] finds the events that go with making a step, or not.
//   - [Report.DesignEffects] says how much sessions or attempts of one user are
//     alike.
//
// What they do not say: a structural leak, the step with the lowest rate, is no
// anomaly; a driver is no cause; and each interval holds for itself.
//
// # Other products
//
// The cases of other systems' own tests and documentation are run against these
// settings. Where a product finds less than its own definition allows, we find
// what is there.
//
//	product and mode             settings                    differs on purpose
//	ClickHouse windowFunnel      LikeClickHouse              no
//	  strict_once                LikeClickHouseOnce          no
//	  strict_increase            LikeClickHouseIncrease      it loses chains where rows share a second
//	  strict_order,              none                        they stop for good at the first disturbance,
//	  strict_deduplication                                   and so hide later chains; see Contiguous
//	Doris, StarRocks             LikeDoris                   no
//	  increase, mode 4           LikeDorisIncrease           Doris loses chains at ties
//	  fixed, mode 2              LikeDorisFixed              later versions skip rows that are no step
//	  deduplication, mode 1      none                        as strict_deduplication
//	DuckDB extension behavioral  LikeDoris                   there any event but the first may make several steps
//	  strict_increase            LikeClickHouseIncrease      no
//	  strict_once                LikeDoris                   no
//	PostHog ordered              LikePostHog                 it may lose an event that matches several steps at a tie
//	  strict                     LikePostHogStrict           at ties it does not look at what comes between
//	  unordered                  LikePostHogUnordered        it takes the first step that an event matches
//	Mixpanel uniques             LikeMixpanel                its two seconds slide, ours are on a grid
//	  optimised re-entry         LikeMixpanelReentry         as above
//	  totals                     LikeMixpanel, ByTotal       as above
//	Amplitude, this order        LikeAmplitude               no
//	retentioneering, closed      LikeRetentioneering         it divides by all paths, we by entrants
//	易观方舟                      Match, Window 168h          no: a day is 24 hours there too
//	Aliyun SLS window_funnel     none                        it gives a round up at the first disturbance
//	sets of steps, any order     Match, Order Nested         for clocks that scramble events
package funnel
