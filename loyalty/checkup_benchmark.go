package loyalty

import "slices"

// Metric names what a finding measures.
type Metric string

// The metrics.
const (
	MetricActions       Metric = "actions to the first reward"
	MetricFirstReward   Metric = "median time to the first reward"
	MetricAttainable    Metric = "members with a reward within 13 weeks"
	MetricReach         Metric = "structural reach"
	MetricAffordable    Metric = "members who can afford a reward"
	MetricRewardRate    Metric = "effective reward rate"
	MetricSpread        Metric = "spread of the value of a point"
	MetricRedeemers     Metric = "members who redeemed within 12 months"
	MetricBreakage      Metric = "breakage"
	MetricHurdles       Metric = "hurdles before a reward"
	MetricRefused       Metric = "events that earned nothing"
	MetricIdleRules     Metric = "rules that never fired"
	MetricOpened        Metric = "active members who opened their points"
	MetricReminded      Metric = "expiring points that were announced"
	MetricEarlyDays     Metric = "members with 3 earning days in their first 14"
	MetricActive        Metric = "members active in 30 days"
	MetricLayers        Metric = "layers without a rule"
	MetricFreePoints    Metric = "points given to members who never bought"
	MetricUncappedRules Metric = "zero-cost rules without a cap"
)

// Benchmark is what a value is held against. If Good is at least Bad, more is
// better: from Good on a value is good, below Bad it is bad. Else less is
// better: up to Good it is good, above Bad it is bad. What lies between is
// fair.
type Benchmark struct {
	Metric Metric  `json:"metric"`
	Good   float64 `json:"good"`
	Bad    float64 `json:"bad"`
	// Source says where it is from. Year is when that was published; 0 if it
	// does not say, or if the bound is a judgement of this package. Most figures
	// are of vendors or surveys: replace them by your own.
	Source string `json:"source"`
	Year   int    `json:"year,omitempty"`
}

// judge returns the verdict on a value.
func (b Benchmark) judge(value float64) Verdict {
	good, bad := value >= b.Good, value < b.Bad
	if b.Good < b.Bad || b.Good == 0 && b.Bad == 0 {
		good, bad = value <= b.Good, value > b.Bad
	}
	switch {
	case good:
		return VerdictGood
	case bad:
		return VerdictBad
	}
	return VerdictFair
}

const ownJudgement = "a judgement, not a survey"

var defaultBenchmarks = []Benchmark{
	{MetricActions, 12, 30, ownJudgement + "; a stamp card has 10 to 12", 0},
	{MetricFirstReward, reachMonth, reachQuarter, "Grass Roots, UK survey, some 2,700 people: 33% expect a reward within a month, 45% within 1 to 3; 27% have quit over it", 0},
	{MetricAttainable, 0.50, 0.25, ownJudgement + ": half of the members within what most expect", 0},
	{MetricReach, 2, 1, "arithmetic: below 1 the median member's points end before a reward is reached", 0},
	{MetricAffordable, 0.30, 0.10, ownJudgement, 0},
	{MetricRewardRate, 0.01, 0.005, "Revlanx: retail pays 1% to 3% back, less than 1% is ignored; below 0.5% is a judgement", 0},
	{MetricSpread, 2, 4, ownJudgement + ": the best reward gives so many times what the worst does for a point", 0},
	{MetricRedeemers, 0.30, 0.20, "Smile: below 20% is bad; Reelo: 30% to 50% is good for restaurants", 0},
	{MetricBreakage, 0.20, 0.40, "Smile: below 20% is ideal, above 40% alarming; LoyaltyOne 2018: 25% to 35% is fair, 5% for cash back, 85% for travel", 2018},
	{MetricHurdles, 1, 3, ownJudgement + "; 85% of the hundred largest US retail programs have hurdles", 0},
	{MetricRefused, 0.20, 0.40, ownJudgement, 0},
	{MetricIdleRules, 0, 2, ownJudgement, 0},
	{MetricOpened, 0.30, 0.10, ownJudgement, 0},
	{MetricReminded, 0.95, 0.80, "a judgement; practice is 30 and 3 days before (Loloyal), 30 (Friendbuy), 7 to 30 (Smile)", 0},
	{MetricEarlyDays, 0.40, 0.20, ownJudgement, 0},
	{MetricActive, 0.45, 0.30, "Bond 2019, 55,000 people: active in 6.7 of 14.8 memberships, which is 45%", 2019},
	{MetricLayers, 0, 0, "the practice of three layers: zero-cost, routine and upgrade", 0},
	{MetricFreePoints, 0.10, 0.30, ownJudgement, 0},
	{MetricUncappedRules, 0, 0, "arithmetic: what costs nothing to do and has no end is done by machines", 0},
}

// Benchmarks returns what values are held against unless the host says
// otherwise, one for each metric.
func Benchmarks() []Benchmark { return slices.Clone(defaultBenchmarks) }

func metricIndex(m Metric) int {
	return slices.IndexFunc(defaultBenchmarks, func(b Benchmark) bool { return b.Metric == m })
}
