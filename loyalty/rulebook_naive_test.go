package loyalty

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/internal/calendar"
)

// naiveRules judges events by the words of the documentation: it keeps every
// award that was made, counts caps by looking through all of them, and does all
// arithmetic in fractions.
type naiveRules struct {
	p        *Program
	zone     *time.Location
	given    []naiveAward
	checkIns map[uint32]map[string]bool // by rule: dates
	progress map[uint32]int32
	done     map[uint32]int32
	referred map[uint32]bool
	level    string
}

// naiveAward is points that a rule gave.
type naiveAward struct {
	rule   uint32
	at     time.Time
	points int64
	event  *naiveEvent
}

type naiveEvent struct {
	kind       string
	at         time.Time
	amount     decimal.Decimal
	lines      []Line
	attributes map[string]string
	labels     []string
	member     bool // of the member whose account is looked at; else of another
}

type naiveResult struct {
	points, wanted int64
	reason         Reason
}

func newNaive(p *Program) *naiveRules {
	n := &naiveRules{p: p, zone: time.UTC, checkIns: map[uint32]map[string]bool{}, progress: map[uint32]int32{}, done: map[uint32]int32{}, referred: map[uint32]bool{}}
	if p.Zone != nil {
		n.zone = p.Zone
	}
	return n
}

func (n *naiveRules) holds(c *Condition, e *naiveEvent) bool {
	for _, a := range c.Attributes {
		value, ok := e.attributes[a.Name]
		if !ok || !slices.Contains(a.In, value) {
			return false
		}
	}
	has := func(l string) bool { return slices.Contains(e.labels, l) }
	for _, l := range c.AllOf {
		if !has(l) {
			return false
		}
	}
	if len(c.AnyOf) > 0 && !slices.ContainsFunc(c.AnyOf, has) || slices.ContainsFunc(c.NoneOf, has) {
		return false
	}
	if e.amount.LessThan(c.MinAmount) || c.MaxAmount.IsPositive() && e.amount.GreaterThan(c.MaxAmount) {
		return false
	}
	if len(c.Tiers) > 0 && !slices.Contains(c.Tiers, n.level) {
		return false
	}
	if e.at.Before(c.From) || !c.To.IsZero() && !e.at.Before(c.To) {
		return false
	}
	day := strings.ToLower(e.at.In(n.zone).Format("Mon"))
	return len(c.Weekdays) == 0 || slices.Contains(c.Weekdays, day)
}

func rat(d decimal.Decimal) *big.Rat { return d.Rat() }

// factor multiplies over groups, for a line of a category or, if line is
// false, for an order without lines.
func (n *naiveRules) factor(r *Rule, e *naiveEvent, category string, line bool) *big.Rat {
	groups := map[string][]*big.Rat{}
	for i := range n.p.Multipliers {
		m := &n.p.Multipliers[i]
		raises := slices.Contains(m.Rules, r.ID) || len(m.Rules) == 0 && r.PerAmount != nil
		covers := len(m.Categories) == 0 || line && slices.Contains(m.Categories, category)
		if raises && covers && n.holds(&m.When, e) {
			groups[m.Group] = append(groups[m.Group], rat(m.Factor))
		}
	}
	one := big.NewRat(1, 1)
	product := big.NewRat(1, 1)
	for name, factors := range groups {
		combine := "add"
		for _, g := range n.p.Groups {
			if g.Name == name {
				combine = g.Combine
			}
		}
		all := big.NewRat(1, 1)
		switch combine {
		case "add":
			for _, f := range factors {
				all.Add(all, new(big.Rat).Sub(f, one))
			}
			if all.Sign() < 0 {
				all = new(big.Rat)
			}
		case "best":
			all = factors[0]
			for _, f := range factors {
				if f.Cmp(all) > 0 {
					all = f
				}
			}
		case "multiply":
			for _, f := range factors {
				all.Mul(all, f)
			}
		}
		product.Mul(product, all)
	}
	return product
}

// exact is what a rule gives before rounding.
func (n *naiveRules) exact(r *Rule, e *naiveEvent, base int64) *big.Rat {
	if r.PerAmount == nil {
		return new(big.Rat).Mul(new(big.Rat).SetInt64(base), n.factor(r, e, "", false))
	}
	sum := new(big.Rat)
	add := func(amount decimal.Decimal, category string, line bool) {
		points := new(big.Rat).Mul(rat(amount), n.factor(r, e, category, line))
		points.Mul(points, new(big.Rat).SetInt64(r.PerAmount.Points))
		sum.Add(sum, points.Quo(points, rat(r.PerAmount.Per)))
	}
	if len(e.lines) == 0 && len(r.PerAmount.Categories) == 0 {
		add(e.amount, "", false)
	}
	for _, l := range e.lines {
		if len(r.PerAmount.Categories) == 0 || slices.Contains(r.PerAmount.Categories, l.Category) {
			add(l.Amount, l.Category, true)
		}
	}
	return sum
}

func round(x *big.Rat, how Rounding) int64 {
	whole := new(big.Int).Quo(x.Num(), x.Denom())
	rest := new(big.Rat).Sub(x, new(big.Rat).SetInt(whole))
	half := rest.Cmp(big.NewRat(1, 2))
	if how == RoundHalfEven && (half > 0 || half == 0 && whole.Bit(0) == 1) {
		whole.Add(whole, big.NewInt(1))
	}
	if whole.Cmp(big.NewInt(MaxPoints)) > 0 {
		return MaxPoints
	}
	return whole.Int64()
}

// run counts the days in a row that end on a date.
func (n *naiveRules) run(rule uint32, at time.Time) int32 {
	run := int32(0)
	for d := calendar.DayOf(at, n.zone); n.checkIns[rule][d.String()]; d-- {
		run++
	}
	return run
}

// judge says what each rule gives, before any has given it.
func (n *naiveRules) judge(e *naiveEvent) map[uint32]naiveResult {
	results := map[uint32]naiveResult{}
	for i := range n.p.Rules {
		r := &n.p.Rules[i]
		if slices.Contains(r.On, e.kind) {
			results[r.ID] = n.rule(r, e)
		}
	}
	for id, mine := range results { // the best of each set
		r := n.byID(id)
		for other, theirs := range results {
			better := theirs.points > mine.points || theirs.points == mine.points && other < id
			if r.Best != "" && other != id && n.byID(other).Best == r.Best && theirs.points > 0 && mine.points > 0 && better {
				defer func() { results[id] = naiveResult{0, mine.wanted, ReasonOutranked} }()
			}
		}
	}
	return results
}

func (n *naiveRules) byID(id uint32) *Rule {
	for i := range n.p.Rules {
		if n.p.Rules[i].ID == id {
			return &n.p.Rules[i]
		}
	}
	return nil
}

func (n *naiveRules) rule(r *Rule, e *naiveEvent) naiveResult {
	no := naiveResult{}
	if r.Disabled || !n.holds(&r.When, e) {
		return no
	}
	base := r.Points
	today := calendar.DayOf(e.at, n.zone)
	switch {
	case e.kind == "check-in" && n.checkIns[r.ID][today.String()]:
		return naiveResult{reason: ReasonCheckedIn}
	case r.Streak != nil:
		days := n.checkIns[r.ID]
		if days == nil {
			days = map[string]bool{}
			n.checkIns[r.ID] = days
		}
		days[today.String()] = true
		base = n.streakPoints(r.Streak, n.run(r.ID, e.at))
		delete(days, today.String())
	case r.Task != nil:
		for _, id := range r.Task.After {
			if n.done[id] == 0 {
				return naiveResult{reason: ReasonLocked}
			}
		}
		if n.done[r.ID] > 0 && !r.Task.Repeat {
			return naiveResult{reason: ReasonDone}
		}
		if n.progress[r.ID]+1 < r.Task.Goal {
			return naiveResult{reason: ReasonProgress}
		}
		base = r.Task.Points
	case r.Referral != nil:
		base = r.Referral.Points
		if n.referred[r.ID] {
			return naiveResult{reason: ReasonPaid}
		}
	}
	wanted := round(n.exact(r, e, base), r.Rounding)
	return naiveResult{points: n.capped(r, e, wanted), wanted: wanted}
}

func (n *naiveRules) streakPoints(s *Streak, run int32) int64 {
	day := run
	if s.Cycle > 0 {
		for day > s.Cycle {
			day -= s.Cycle
		}
	}
	points := int64(0)
	for _, step := range s.Steps {
		if day >= step.Day {
			points = step.Points
		}
	}
	for _, goal := range s.Goals {
		if day == goal.Day {
			points += goal.Points
		}
	}
	return points
}

// capped is the least that any cap lets through.
func (n *naiveRules) capped(r *Rule, e *naiveEvent, wanted int64) int64 {
	points := wanted
	for _, c := range r.Caps {
		used, times, counts := n.usedOf(r, &c, e)
		if !counts {
			continue
		}
		left := c.Points - used
		switch {
		case c.Times > 0 && times >= c.Times:
			return 0
		case c.Points > 0 && c.Reject && left < wanted:
			return 0
		case c.Points > 0:
			points = min(points, left)
		}
	}
	return max(0, points)
}

func (n *naiveRules) usedOf(r *Rule, c *Cap, e *naiveEvent) (points, times int64, counts bool) {
	value := ""
	if c.By != "" && c.By != "member" && c.By != "program" {
		v, ok := e.attributes[c.By]
		if !ok {
			return 0, 0, false
		}
		value = v
	}
	for _, g := range n.given {
		if g.rule != r.ID || c.Per == "event" || n.periodName(c.Per, g.at) != n.periodName(c.Per, e.at) {
			continue
		}
		switch c.By {
		case "", "member":
			if !g.event.member || !e.member {
				continue
			}
		case "program":
		default:
			if v, ok := g.event.attributes[c.By]; !ok || v != value {
				continue
			}
		}
		points += g.points
		times++
	}
	return points, times, true
}

// periodName names the period in which an instant lies.
func (n *naiveRules) periodName(per string, at time.Time) string {
	at = at.In(n.zone)
	switch per {
	case "day":
		return at.Format("2006-01-02")
	case "week":
		year, week := at.ISOWeek()
		return fmt.Sprint(year, week)
	case "month":
		return at.Format("2006-01")
	case "year":
		return at.Format("2006")
	}
	return ""
}

// take records what was given.
func (n *naiveRules) take(e *naiveEvent, results map[uint32]naiveResult) {
	for id, result := range results {
		r := n.byID(id)
		if result.points > 0 {
			n.given = append(n.given, naiveAward{id, e.at, result.points, e})
		}
		if !e.member {
			continue
		}
		if e.kind == "check-in" && (result.points > 0 || result.reason == ReasonProgress || r.Streak != nil && !r.Disabled && n.holds(&r.When, e)) {
			if n.checkIns[id] == nil {
				n.checkIns[id] = map[string]bool{}
			}
			n.checkIns[id][calendar.DayOf(e.at, n.zone).String()] = true
		}
		switch {
		case r.Task != nil && result.reason == ReasonProgress:
			n.progress[id]++
		case r.Task != nil && result.points > 0:
			n.progress[id] = 0
			n.done[id]++
		case r.Referral != nil && result.points > 0:
			n.referred[id] = true
		}
	}
}
