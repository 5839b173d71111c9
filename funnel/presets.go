package funnel

import "time"

// LikeClickHouse is windowFunnel of ClickHouse in its default mode: one event
// may make several steps in a row, and rows of one second count as in order.
func LikeClickHouse(w Window) Match { return Match{Window: w, Reuse: true} }

// LikeClickHouseOnce is windowFunnel with strict_once, which is the definition
// of this package.
func LikeClickHouseOnce(w Window) Match { return Match{Window: w} }

// LikeClickHouseIncrease is what windowFunnel with strict_increase is meant to
// be: each step later than the one before. ClickHouse finds fewer conversions
// where several rows share a second.
func LikeClickHouseIncrease(w Window) Match { return Match{Window: w, Ties: TiesStrict} }

// LikeDoris is window_funnel of Apache Doris and StarRocks in their default
// mode: rows of one instant are in the order in which they are given.
func LikeDoris(w Window) Match { return Match{Window: w, Ties: TiesGiven} }

// LikeDorisIncrease is window_funnel of Apache Doris with increase, and of
// StarRocks with mode 4.
func LikeDorisIncrease(w Window) Match { return Match{Window: w, Ties: TiesStrict} }

// LikeDorisFixed is window_funnel of Apache Doris before 4.1 with fixed, and of
// StarRocks with mode 2: the next row must be the next step.
func LikeDorisFixed(w Window) Match { return Match{Window: w, Order: Contiguous, Ties: TiesGiven} }

// LikePostHog is an ordered funnel of PostHog: who is stopped by an exclusion
// counts for no step.
func LikePostHog(w Window) Match { return Match{Window: w, Excluded: DropUnit} }

// LikePostHogStrict is a strict funnel of PostHog.
func LikePostHogStrict(w Window) Match { return Match{Window: w, Order: Contiguous, Ties: TiesGiven} }

// LikePostHogUnordered is an unordered funnel of PostHog: who is stopped by an
// exclusion counts for the steps before.
func LikePostHogUnordered(w Window) Match { return Match{Window: w, Order: AnyOrder} }

// LikeMixpanel is a funnel of uniques in Mixpanel by default: only the first
// entry counts, and steps within two seconds are in any order. Count by
// [ByTotal] for its totals.
func LikeMixpanel(w Window) Match {
	return Match{Window: w, Entry: FirstEntry, Grace: Within(2 * time.Second)}
}

// LikeMixpanelReentry is a funnel of uniques in Mixpanel with optimised
// re-entry.
func LikeMixpanelReentry(w Window) Match { return Match{Window: w, Grace: Within(2 * time.Second)} }

// LikeAmplitude is a funnel in this order of Amplitude, which takes the events
// of one second in any order.
func LikeAmplitude(w Window) Match { return Match{Window: w, Grace: Within(time.Second)} }

// LikeRetentioneering is a closed funnel of retentioneering: no window, and the
// events in the order of the log.
func LikeRetentioneering() Match { return Match{Ties: TiesGiven} }
