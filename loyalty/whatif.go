package loyalty

import (
	"cmp"
	"math"
	"math/rand/v2"

	"github.com/regulars-go/regulars/internal/stats"
)

// Reach is a model of how long members take to their first reward: what it
// costs, what they begin with, how long points last, and what they do. It is
// for asking what would be if one of these changed.
//
// Members act as a Poisson process each, with rates that differ between members
// as a gamma distribution: few act often, many seldom. Points end Validity
// after the action that earned them. Waiting for points to become available,
// caps and spending are left out.
type Reach struct {
	// MinCost is what the cheapest reward costs, in points from 1.
	MinCost int64 `json:"minCost"`
	// Welcome is given at enrolment. Zero means nothing.
	Welcome int64 `json:"welcome,omitempty"`
	// Validity is how many days points last. Zero means for ever.
	Validity float64 `json:"validity,omitempty"`
	// Actions are what members do, on average; at least one.
	Actions []ActionRate `json:"actions"`
	// Shape is that of the gamma distribution: the smaller, the more members
	// differ. Zero means that all are alike.
	Shape float64 `json:"shape,omitempty"`
	// Members is how many are simulated, at most [MaxSimulated]. Zero means
	// 20,000, for a standard error of a third of a percentage point.
	Members int `json:"members,omitempty"`
}

// ActionRate is something that members do, what it earns them, and how often
// they do it in a week on average.
type ActionRate struct {
	Name    string  `json:"name,omitempty"`
	Points  int64   `json:"points"`
	PerWeek float64 `json:"perWeek"`
}

// MaxSimulated keeps a simulation within some seconds.
const MaxSimulated = 1_000_000

// The times that an [Attainment] looks at, in days.
const (
	reachMonth   = 30.4
	reachQuarter = 13 * 7
	reachYear    = 365
	reachNever   = 730
)

// Attainment is how members come to their first reward: the share that has
// reached it in so many days, of all.
type Attainment struct {
	Month   float64 `json:"month"`   // 30.4 days
	Quarter float64 `json:"quarter"` // 13 weeks
	Year    float64 `json:"year"`    // 365 days
	Never   float64 `json:"never"`   // not in 730 days
	// MedianDays is when half have reached it; 0 if fewer than half ever do.
	MedianDays float64 `json:"medianDays,omitempty"`
	// Lost is the mean of what a member lost to expiry before the first reward,
	// in points over the 730 days.
	Lost float64 `json:"lost"`
	// Members is how many were simulated.
	Members int `json:"members"`
}

// Error returns the standard error of a share of the attainment.
func (a Attainment) Error(share float64) float64 {
	if a.Members == 0 {
		return 0
	}
	return math.Sqrt(share * (1 - share) / float64(a.Members))
}

// valid reports whether the model can be simulated.
func (m *Reach) valid() bool {
	ok := m.MinCost >= 1 && m.MinCost <= MaxPoints && m.Welcome >= 0 && m.Welcome <= MaxPoints && m.Members >= 0 && m.Members <= MaxSimulated
	ok = ok && m.Validity >= 0 && !math.IsInf(m.Validity, 1) && m.Shape >= 0 && !math.IsInf(m.Shape, 1)
	rate := 0.0
	for _, a := range m.Actions {
		ok = ok && a.Points >= 0 && a.Points <= MaxPoints && a.PerWeek >= 0
		rate += a.PerWeek
	}
	members := float64(cmp.Or(m.Members, defaultSimulated))
	return ok && rate > 0 && rate <= maxRate && members*rate*reachNever/7 <= maxWalked
}

const (
	defaultSimulated = 20_000
	// maxRate bounds what members do in a week: once in ten minutes.
	maxRate = 1000
	// maxWalked bounds what they all do in 730 days, to some ten seconds.
	maxWalked = 1e9
)

// WhatIf simulates a model. random is all the chance there is in it: the same
// source gives the same answer. ok is false for a model out of range: costs
// below 1, negative numbers, no action that is ever done, more than 1000 of
// them a week or a billion of all members in 730 days, or random nil.
func WhatIf(m Reach, random *rand.Rand) (a Attainment, ok bool) {
	if !m.valid() || random == nil {
		return Attainment{}, false
	}
	if m.Members == 0 {
		m.Members = defaultSimulated
	}
	walk := walker{model: &m, random: random}
	walk.prepare()
	spells := make([]stats.Spell, m.Members)
	a.Members = m.Members
	for i := range spells {
		days, reached, lost := walk.member()
		spells[i] = stats.Spell{Entry: -1, Exit: days, Event: reached, Weight: 1} // a welcome may be enough at day 0
		a.Lost += float64(lost) / float64(m.Members)
	}
	survival := stats.NewSurvival(spells)
	a.Month, a.Quarter = 1-survival.At(reachMonth), 1-survival.At(reachQuarter)
	a.Year, a.Never = 1-survival.At(reachYear), survival.At(reachNever)
	a.MedianDays, _ = survival.Quantile(0.5)
	return a, true
}

// walker walks members through a model.
type walker struct {
	model  *Reach
	random *rand.Rand
	rate   float64   // actions a day
	until  []float64 // cumulated shares of the actions
	lots   []simulatedLot
}

type simulatedLot struct {
	expires float64
	points  int64
}

func (w *walker) prepare() {
	for _, a := range w.model.Actions {
		w.rate += a.PerWeek / 7
		w.until = append(w.until, w.rate)
	}
}

// member walks one member until the first reward, or to the end.
func (w *walker) member() (days float64, reached bool, lost int64) {
	m := w.model
	rate := w.rate
	if m.Shape > 0 {
		rate *= gamma(w.random, m.Shape) / m.Shape
	}
	balance := m.Welcome
	w.lots = append(w.lots[:0], simulatedLot{m.Validity, m.Welcome}) // sorted, as all last equally long
	first, at := 0, 0.0
	for {
		if balance >= m.MinCost {
			return at, true, lost
		}
		if at += w.random.ExpFloat64() / rate; at > reachNever || math.IsNaN(at) {
			at = reachNever
		}
		for m.Validity > 0 && first < len(w.lots) && w.lots[first].expires <= at {
			balance -= w.lots[first].points
			lost += w.lots[first].points
			first++
		}
		if at == reachNever {
			return at, false, lost
		}
		points := w.action()
		balance += points
		if m.Validity > 0 {
			w.lots = append(w.lots, simulatedLot{at + m.Validity, points})
		}
	}
}

// action draws what a member does, and returns what it earns.
func (w *walker) action() int64 {
	actions := w.model.Actions
	if len(actions) == 1 {
		return actions[0].Points
	}
	at := w.random.Float64() * w.rate
	for i := range actions {
		if at < w.until[i] {
			return actions[i].Points
		}
	}
	return actions[len(actions)-1].Points
}

// gamma draws from the gamma distribution of a shape and scale 1 (Marsaglia and
// Tsang 2000, ACM Transactions on Mathematical Software 26:363).
func gamma(random *rand.Rand, shape float64) float64 {
	if shape < 1 {
		return gamma(random, shape+1) * math.Pow(1-random.Float64(), 1/shape)
	}
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := random.NormFloat64()
		v := 1 + float64(c*x)
		if v <= 0 {
			continue
		}
		v = v * v * v
		if u := 1 - random.Float64(); math.Log(u) < float64(x*x)/2+d-float64(d*v)+float64(d*math.Log(v)) {
			return d * v
		}
	}
}
