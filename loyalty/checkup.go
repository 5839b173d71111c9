package loyalty

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"time"
)

// A check-up answers why members do not take part. Each finding says what was
// measured and how, against which benchmark of whom, and what would help for
// the least. What it has no input for it calls not measured, and never good.

// Evidence is what a check-up knows beside the program. Every part may be
// absent.
type Evidence struct {
	// AsOf is when the check-up is made; it must be set. What was recorded later
	// is left out.
	AsOf time.Time
	// Journals are all entries of each member, from the first on, as
	// [Engine.History] gives them; they are read once. Nil: not measured.
	Journals iter.Seq2[string, []Event]
	// Actions are what members do on average and what that earns, and Shape how
	// much they differ; see [Reach]. Empty: taken from the journals.
	Actions []ActionRate
	Shape   float64
	// Welcome is what the program gives at enrolment, in points of the wallet of
	// the cheapest reward.
	Welcome int64
	// Gone is how many of each reward with a stock are gone, by name.
	Gone map[string]int64
	// Entrance is how many found the points; nil: not measured.
	Entrance *Entrance
	// Benchmarks replace those of [Benchmarks] that have the same metric.
	Benchmarks []Benchmark
	// Random is the chance in simulations. Nil: nothing is simulated.
	Random *rand.Rand
}

// Entrance is how many members were active in the last 30 days, in any way,
// and how many of them opened the page with their points.
type Entrance struct{ Active, Opened int64 }

// Cause is a reason why members do not take part.
type Cause string

// The causes.
const (
	CauseWeak     Cause = "weak"                  // 奖励没用: rewards are not worth it
	CauseHard     Cause = "hard to earn"          // 难积累: too long to the first reward
	CauseComplex  Cause = "complex or gated"      // 规则复杂: too many conditions
	CauseEntrance Cause = "entrance"              // 入口隐蔽: nobody finds the points
	CauseReminder Cause = "reminder"              // 没有提醒: points end unnoticed
	CauseHabit    Cause = "habit"                 // 没有习惯: nothing brings members back
	CauseLayer    Cause = "missing layer"         // 缺层: no zero-cost, routine or upgrade rule
	CauseCost     Cause = "cost without purchase" // 只花钱不成交: points for those who never buy
)

// Verdict is what a finding comes to.
type Verdict string

// The verdicts.
const (
	VerdictGood        Verdict = "good"
	VerdictFair        Verdict = "fair"
	VerdictBad         Verdict = "bad"
	VerdictNotMeasured Verdict = "not measured"
)

// Finding is one thing that was looked at.
type Finding struct {
	Cause  Cause  `json:"cause"`
	Metric Metric `json:"metric"`
	// Formula says how the value comes about, and Inputs from what.
	Formula string  `json:"formula"`
	Inputs  []Input `json:"inputs,omitempty"`
	// Value is in Unit: "days", "share", "actions", "rules", "money" or "times".
	// It means nothing if the verdict is not measured; Missing then says which
	// input is absent.
	Value   float64 `json:"value"`
	Unit    string  `json:"unit"`
	Verdict Verdict `json:"verdict"`
	Missing string  `json:"missing,omitempty"`
	// Benchmark is what the value was held against.
	Benchmark Benchmark `json:"benchmark"`
	// Levers are what would help, the cheapest first; none if the verdict is
	// good or not measured.
	Levers []Lever `json:"levers,omitempty"`
}

// Input is one number that a finding comes from.
type Input struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
}

// Lever is a change and what it would do.
type Lever struct {
	Change string `json:"change"`
	// Effect is what it would do to the value, in words.
	Effect string `json:"effect"`
	// After is how members would come to a reward; nil if that was not
	// simulated.
	After *Attainment `json:"after,omitempty"`
	// Cost is what it would take, in points a member over two years, beyond
	// what is given today.
	Cost float64 `json:"cost"`
}

// String returns the finding in one line.
func (f Finding) String() string {
	if f.Verdict == VerdictNotMeasured {
		return fmt.Sprintf("%s: %s: not measured: %s", f.Cause, f.Metric, f.Missing)
	}
	return fmt.Sprintf("%s: %s: %s: %s", f.Cause, f.Metric, f.Verdict, inUnit(f.Value, f.Unit))
}

func inUnit(value float64, unit string) string {
	switch {
	case unit == "share":
		return fmt.Sprintf("%.1f%%", 100*value)
	case unit == "times" || unit == "money":
		return fmt.Sprintf("%.2f", value)
	}
	return fmt.Sprintf("%.0f %s", value, unit)
}

// CheckupReport is what a check-up found, one finding after the other in a
// fixed order.
type CheckupReport struct {
	Program string    `json:"program"`
	Version uint32    `json:"version"`
	AsOf    time.Time `json:"asOf"`
	// Members is how many journals were read.
	Members int64 `json:"members"`
	// Reach is the model of how members come to the cheapest reward, and Now
	// what it gives; nil if there is nothing to simulate from.
	Reach    *Reach      `json:"reach,omitempty"`
	Now      *Attainment `json:"now,omitempty"`
	Findings []Finding   `json:"findings"`
}

// Of returns the findings of a cause.
func (r CheckupReport) Of(c Cause) (findings []Finding) {
	for _, f := range r.Findings {
		if f.Cause == c {
			findings = append(findings, f)
		}
	}
	return findings
}

// Checkup looks for the reasons why members of a program do not take part. The
// same evidence and the same source of randomness give the same report. The
// error is of a program that is not valid, of evidence out of range, or of an
// event that can't be.
func Checkup(p Program, ev Evidence) (CheckupReport, error) {
	if err := p.Validate(); err != nil {
		return CheckupReport{}, err
	}
	if err := ev.check(); err != nil {
		return CheckupReport{}, err
	}
	c := checkup{program: &p, compiled: compile(&p), evidence: &ev}
	c.entry = c.cheapest()
	if ev.Journals != nil {
		c.seen = newParticipation(c.compiled, c.entry, ev.AsOf)
		for member, events := range ev.Journals {
			if err := c.seen.add(events); err != nil {
				return CheckupReport{}, fmt.Errorf("loyalty: journal of %q: %w", member, err)
			}
		}
	}
	c.simulate()
	c.run()
	report := CheckupReport{Program: p.Name, Version: p.Version, AsOf: ev.AsOf, Reach: c.reach, Now: c.now, Findings: c.findings}
	if c.seen != nil {
		report.Members = c.seen.members
	}
	return report, nil
}

func (ev *Evidence) check() error {
	if !inRange(ev.AsOf) {
		return errors.New("loyalty: check-up: AsOf: want an instant from 1971 to 2499")
	}
	if e := ev.Entrance; e != nil && (e.Opened < 0 || e.Opened > e.Active) {
		return fmt.Errorf("loyalty: check-up: %d of %d active members opened their points", e.Opened, e.Active)
	}
	if len(ev.Actions) > 0 {
		if m := (Reach{MinCost: 1, Welcome: ev.Welcome, Actions: ev.Actions, Shape: ev.Shape}); !m.valid() {
			return errors.New("loyalty: check-up: actions, shape or welcome out of range")
		}
	}
	for _, b := range ev.Benchmarks {
		if math.IsNaN(b.Good) || math.IsNaN(b.Bad) || metricIndex(b.Metric) < 0 {
			return fmt.Errorf("loyalty: check-up: benchmark of %q: want a known metric, and numbers", b.Metric)
		}
	}
	return nil
}

// checkup is one being made.
type checkup struct {
	program  *Program
	compiled *compiled
	evidence *Evidence
	entry    entryReward
	seen     *participation // nil: not measured
	reach    *Reach
	now      *Attainment
	seed     [2]uint64 // of all simulations, so that they differ by the lever alone
	closer   []Lever   // what brings the first reward closer; nil: not simulated yet
	findings []Finding
}

// entryReward is what the cheapest reward takes.
type entryReward struct {
	name   string // empty: points are spent without one
	wallet uint8
	cost   int64 // 0: there is nothing to spend points on
}

// cheapest returns the reward that takes the fewest points of those that any
// member can have now. What may be redeemed at least counts too.
func (c *checkup) cheapest() entryReward {
	at := micros(c.evidence.AsOf)
	for i := range c.compiled.rewards { // sorted by cost
		r := &c.compiled.rewards[i]
		sold := r.Stock != nil && c.evidence.Gone[r.Name] >= *r.Stock
		if r.Disabled || sold || len(r.levels) > 0 || at < r.from || r.to != 0 && at >= r.to {
			continue
		}
		return entryReward{r.Name, r.wallet, max(r.Cost, c.program.Limits.MinRedeem)}
	}
	if least := c.program.Limits.MinRedeem; len(c.program.Rewards) == 0 && least > 0 {
		return entryReward{wallet: c.compiled.wallets[0].ID, cost: least}
	}
	return entryReward{}
}

// add makes a finding of a value, or of what is missing for it.
func (c *checkup) add(f Finding, missing string) *Finding {
	f.Benchmark = c.benchmark(f.Metric)
	f.Verdict = f.Benchmark.judge(f.Value)
	if missing != "" {
		f.Verdict, f.Missing, f.Value = VerdictNotMeasured, missing, 0
	}
	c.findings = append(c.findings, f)
	return &c.findings[len(c.findings)-1]
}

// helps reports whether a finding wants levers.
func (f *Finding) helps() bool { return f.Verdict == VerdictBad || f.Verdict == VerdictFair }

func (c *checkup) benchmark(m Metric) Benchmark {
	for _, b := range c.evidence.Benchmarks {
		if b.Metric == m {
			return b
		}
	}
	return defaultBenchmarks[metricIndex(m)]
}

func (c *checkup) run() {
	c.hard()
	c.weak()
	c.complex()
	c.entrance()
	c.reminders()
	c.habit()
	c.layers()
	c.cost()
}
