package strategy

import (
	"iter"
	"slices"
	"strings"
	"time"
)

// MaxSeenLabels is how many labels a [Preflight] tells apart; those that come
// after are counted together.
const MaxSeenLabels = 10_000

// Preflight is what a policy would do for a population, before it does it: a
// playbook that was made for another shop shows here that it does not fit.
type Preflight struct {
	Policy    string `json:"policy"`
	Customers int64  `json:"customers"`
	// Served is how many customers get something, and HeldOut how many of the
	// others would, but for a holdout.
	Served  int64 `json:"served"`
	HeldOut int64 `json:"heldOut"`
	// LeftOut has the labels of customers who get nothing, those of most such
	// customers first, then by label. Who is held out is not left out.
	LeftOut []LeftOut `json:"leftOut"`
	// OtherLabels is how many labels came after the first [MaxSeenLabels].
	OtherLabels int64 `json:"otherLabels,omitempty"`
	// Operations are as they rank, a fallback last.
	Operations []OperationForecast `json:"operations"`
	Objectives []ObjectiveForecast `json:"objectives"`
	// Budgets is what would be spent.
	Budgets []BudgetForecast `json:"budgets"`
	// Lacks is what the playbook asks for and no customer has.
	Lacks Lacks `json:"lacks"`
	// ZoneAssumed is how many customers had no zone that is known, if any rule
	// asks for one.
	ZoneAssumed int64 `json:"zoneAssumed"`
}

// LeftOut is how many of the customers with a label get nothing.
type LeftOut struct {
	Label     string `json:"label"`
	Customers int64  `json:"customers"`
	Unserved  int64  `json:"unserved"`
}

// Lacks are inputs that are missing from all customers.
type Lacks struct {
	Labels  []string `json:"labels"`
	Numbers []string `json:"numbers"`
	// Consents are channels that ask for a consent which nobody gave.
	Consents []string `json:"consents"`
}

// OperationForecast is what would become of an operation.
type OperationForecast struct {
	Operation string `json:"operation"`
	// Audience is how many customers all its audiences have, whatever its dates
	// are, and HeldOut how many of those it is withheld from.
	Audience int64 `json:"audience"`
	HeldOut  int64 `json:"heldOut"`
	Chosen   int64 `json:"chosen"`
	// Verdicts are the codes that it got, the most frequent first.
	Verdicts []CodeCount `json:"verdicts"`
	// SmallestEffect is the least difference to its objective's baseline that a
	// comparison of those held out with the rest of the audience would find, by a
	// test of level [TestLevel] with probability [TestPower]. Nil if the objective
	// has no figures, or one of the two groups is empty.
	SmallestEffect *float64 `json:"smallestEffect,omitempty"`
	// Spend is what it would take from budgets.
	Spend []BudgetForecast `json:"spend"`
}

// CodeCount is how often a code was given.
type CodeCount struct {
	Code  Code  `json:"code"`
	Times int64 `json:"times"`
}

// ObjectiveForecast says whether an objective can be shown on the population.
type ObjectiveForecast struct {
	Objective string `json:"objective"`
	// Customers is how many of the population it is about, and HeldOut how many
	// of those are held out from it.
	Customers int64 `json:"customers"`
	HeldOut   int64 `json:"heldOut"`
	// Needed is how many customers it takes with the share that is to be held
	// out, and Shown whether there are as many. Zero means that nobody is held out
	// from all of the objective, so that it can't be shown, though operations with
	// a holdout of their own may be.
	Needed int64 `json:"needed"`
	Shown  bool  `json:"shown"`
}

// BudgetForecast is what would be spent of a budget. It may be more than the
// limit: customers are looked at one by one, and reserving keeps to it.
type BudgetForecast struct {
	Budget string `json:"budget"`
	Spend  Micros `json:"spend"`
	Limit  Micros `json:"limit"`
}

// Preflight decides for each customer, as [Policy.Decide] does, and says what
// would come of it. It is an error if what would be spent is out of range.
func (p *Policy) Preflight(population iter.Seq[Customer], now time.Time) (Preflight, error) {
	f := newFlight(p)
	for c := range population {
		if err := f.add(&Case{Customer: c, Now: now}); err != nil {
			return Preflight{}, err
		}
	}
	return f.finish(), nil
}

// channelIndex returns the number of a channel.
func (p *Policy) channelIndex(name string) (i int, ok bool) {
	return slices.BinarySearchFunc(p.channels, name, func(x channelRule, name string) int { return strings.Compare(x.name, name) })
}

// NeverChosen returns the names of the operations that nobody gets, as they
// rank.
func (r Preflight) NeverChosen() (names []string) {
	for _, o := range r.Operations {
		if o.Chosen == 0 {
			names = append(names, o.Operation)
		}
	}
	return names
}
