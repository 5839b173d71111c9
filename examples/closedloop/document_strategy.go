package main

import (
	"github.com/regulars-go/regulars/strategy"
	"github.com/regulars-go/regulars/strategy/experiment"
)

// strategySection is the loop: what was decided and why not, what the holdout
// says of it, and what is to change. How customers respond is simulated, with
// effects that are known: Truth says what they are. All else is found out as if
// it were not.
type strategySection struct {
	// From is the first day of the month that is played through.
	From      string `json:"from"`
	Simulated bool   `json:"simulated"`
	Customers int64  `json:"customers"`
	Unserved  int64  `json:"unserved"`
	// Decisions count customers by operation, as these rank, and Verdicts all
	// candidates by code.
	Decisions []operationSection `json:"decisions"`
	Verdicts  map[string]int64   `json:"verdicts"`
	Holdout   holdoutSection     `json:"holdout"`
	// Lift is by operation, and Overall of all of them together.
	Lift      []liftSection     `json:"lift"`
	Overall   liftSection       `json:"overall"`
	Proposals []proposalSection `json:"proposals"`
	Budget    budgetSection     `json:"budget"`
	Next      nextSection       `json:"next"`
}

type operationSection struct {
	Operation string `json:"operation"`
	Objective string `json:"objective"`
	Channel   string `json:"channel"`
	Audience  string `json:"audience"`
	Customers int64  `json:"customers"`
}

// holdoutSection says from whom all marketing is withheld.
type holdoutSection struct {
	Name      string  `json:"name"`
	Share     float64 `json:"share"`
	Customers int     `json:"customers"`
}

// liftSection is by how much more of the customers ordered within Days who got an
// operation, than of those from whom it was withheld: a difference of shares.
// The estimate and its bounds are null where one of the groups is empty.
type liftSection struct {
	Operation string   `json:"operation"`
	Days      int      `json:"days"`
	Treated   int64    `json:"treated"`
	Control   int64    `json:"control"`
	Ordered   float64  `json:"ordered"` // of the treated
	Unasked   float64  `json:"unasked"` // of the control group
	Estimate  *float64 `json:"estimate"`
	Low       *float64 `json:"low"`
	High      *float64 `json:"high"`
	P         *float64 `json:"p"`
	// Truth is what the response was simulated with; of all operations together
	// the mean over the treated.
	Truth float64 `json:"truth"`
	Cost  string  `json:"cost"` // what it took from the budget
}

// proposalSection is what the reviews propose: the last change, if there was one.
type proposalSection struct {
	Operation string `json:"operation"`
	Action    string `json:"action"`
	Because   string `json:"because"`
	// Net is what the operation brings per treated customer after its cost; null
	// where there is no estimate.
	Net     *float64 `json:"net"`
	Applied bool     `json:"applied"`
}

// budgetSection says what the money goes into. Spent is of the first month. The
// rest is of the next, in margin: what the best allocation of Limit brings, which
// no other can raise above Bound, and what first come, first served brings by
// rank.
type budgetSection struct {
	Name      string       `json:"name"`
	Unit      string       `json:"unit"`
	Limit     string       `json:"limit"`
	Spent     string       `json:"spent"`
	Bound     string       `json:"bound"`
	Allocated yieldSection `json:"allocated"`
	FirstCome yieldSection `json:"firstCome"`
}

// yieldSection is what operations bring by the effects that were found, and by
// those that the response is simulated with.
type yieldSection struct {
	Found string `json:"found"`
	Truth string `json:"truth"`
}

// nextSection is the plan of the next month.
type nextSection struct {
	Policy string `json:"policy"`
	// Changed is how many customers get another operation than in the first
	// month, or none.
	Changed   int            `json:"changed"`
	Decisions map[string]int `json:"decisions"`
	// Served and Spent are those of the allocation.
	Served int    `json:"served"`
	Spent  string `json:"spent"`
}

func (t *trial) holdoutSection() holdoutSection {
	h := t.playbook.Holdouts[0]
	return holdoutSection{h.Name, h.Share.Float64(), t.withheld}
}

func (t *trial) liftSections() []liftSection {
	list := []liftSection{}
	for _, operation := range t.atStake() {
		o, _ := t.policy.Operation(operation)
		s := liftOf(operation, t.lift(operation))
		s.Truth = assumed(o).effect
		s.Cost = t.costOf(operation).String()
		list = append(list, s)
	}
	return list
}

// overall is the lift of all operations together.
func (t *trial) overall() liftSection {
	s := liftOf("all", t.lift())
	truth, treated, cost := 0.0, int64(0), strategy.Micros(0)
	for _, one := range t.liftSections() {
		truth += one.Truth * float64(one.Treated)
		treated += one.Treated
	}
	for _, operation := range t.policy.Operations() {
		cost += t.costOf(operation)
	}
	if treated > 0 {
		s.Truth = truth / float64(treated)
	}
	s.Cost = cost.String()
	return s
}

func liftOf(operation string, l experiment.Lift) liftSection {
	e := l.Effect
	s := liftSection{
		Operation: operation, Days: orderDays, Treated: e.Treated.N, Control: e.Control.N,
		Ordered: e.Treated.Mean, Unasked: e.Control.Mean, P: e.P,
	}
	if d := e.Difference; d != nil {
		s.Estimate, s.Low, s.High = &d.Value, &d.Low, &d.High
	}
	return s
}

// costOf is what an operation took from the budget.
func (t *trial) costOf(operation string) (sum strategy.Micros) {
	for _, spent := range t.spent {
		sum += spent[operation]
	}
	return sum
}

func (t *trial) proposalSections() []proposalSection {
	list := []proposalSection{}
	for _, p := range t.proposals {
		s := proposalSection{Operation: p.Operation, Action: string(p.Action), Because: p.Because, Applied: p.Action != experiment.Keep}
		if p.Net != nil {
			s.Net = &p.Net.Value
		}
		list = append(list, s)
	}
	return list
}

func (t *trial) budgetSection() budgetSection {
	b, n := t.playbook.Budgets[0], t.next
	return budgetSection{
		Name: b.Name, Unit: b.Unit, Limit: b.Limit.String(), Spent: (b.Limit - t.left[b.Name]).String(),
		Bound: n.allocation.Bound.String(), Allocated: n.allocated.section(), FirstCome: n.firstCome.section(),
	}
}

func (y yield) section() yieldSection { return yieldSection{y.found.String(), y.truth.String()} }

func (t *trial) nextSection() nextSection {
	n := t.next
	s := nextSection{
		Policy: n.policy.ID(), Changed: n.changed, Decisions: map[string]int{},
		Served: n.allocation.Served, Spent: n.allocation.Spent[0].String(),
	}
	for _, operation := range n.policy.Operations() {
		if customers := n.decisions.Of(operation, strategy.Chosen); customers > 0 {
			s.Decisions[operation] = int(customers)
		}
	}
	return s
}
