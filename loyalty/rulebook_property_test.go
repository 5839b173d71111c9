package loyalty

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/internal/calendar"
)

var drawnZones = []string{"UTC", "Asia/Shanghai", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe"}

func drawZone(t *rapid.T) *time.Location {
	zone, err := time.LoadLocation(rapid.SampledFrom(drawnZones).Draw(t, "zone"))
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func drawSome[T any](t *rapid.T, from []T, label string) []T {
	var some []T
	for _, x := range from {
		if rapid.Bool().Draw(t, label) {
			some = append(some, x)
		}
	}
	return some
}

func drawAmount(t *rapid.T, label string) decimal.Decimal {
	if rapid.IntRange(0, 19).Draw(t, label+" huge") == 0 {
		return decimal.New(int64(maxMoney)/5-rapid.Int64Range(0, 1_000_000).Draw(t, label), -4)
	}
	return decimal.New(rapid.Int64Range(0, 20000).Draw(t, label), -int32(rapid.IntRange(0, 4).Draw(t, label+" places")))
}

func drawCondition(t *rapid.T, forMultiplier bool) Condition {
	var c Condition
	if rapid.IntRange(0, 3).Draw(t, "attribute") == 0 {
		c.Attributes = []AttributeIn{{"channel", []string{"app"}}}
	}
	if rapid.IntRange(0, 5).Draw(t, "labels") == 0 {
		c.AnyOf, c.NoneOf = []string{"stage=new", "stage=silent"}, []string{"buyer=reseller"}
	}
	if rapid.IntRange(0, 5).Draw(t, "least") == 0 {
		c.MinAmount = decimal.New(rapid.Int64Range(1, 50).Draw(t, "minAmount"), 0)
	}
	if !forMultiplier && rapid.IntRange(0, 8).Draw(t, "most") == 0 {
		c.MaxAmount = decimal.New(rapid.Int64Range(60, 500).Draw(t, "maxAmount"), 0)
	}
	if rapid.IntRange(0, 6).Draw(t, "tier") == 0 {
		c.Tiers = []string{"gold"}
	}
	if rapid.IntRange(0, 6).Draw(t, "weekday") == 0 {
		c.Weekdays = []string{"mon", "wed", "sat", "sun"}
	}
	if rapid.IntRange(0, 6).Draw(t, "dates") == 0 {
		c.From, c.To = time.Date(2026, 1, 10, 3, 0, 0, 0, time.UTC), time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	}
	return c
}

func drawCaps(t *rapid.T, referral bool) []Cap {
	var caps []Cap
	for i := range rapid.IntRange(0, 3).Draw(t, "caps") {
		c := Cap{Per: rapid.SampledFrom([]string{"event", "day", "week", "month", "year", "life"}).Draw(t, "per"), By: rapid.SampledFrom([]string{"", "member", "program", "device"}).Draw(t, "by")}
		if c.Per == "event" {
			c.By = ""
		}
		if referral && c.Per != "event" && (c.By == "" || c.By == "member") {
			c.By = "program"
		}
		if c.Per != "event" && rapid.Bool().Draw(t, "times") {
			c.Times = rapid.Int64Range(1, 4).Draw(t, "most times")
		} else {
			c.Points = rapid.Int64Range(1, 60).Draw(t, "most points")
			c.Reject = rapid.Bool().Draw(t, "reject")
		}
		same := func(o Cap) bool {
			return o.Per == c.Per && (o.By == c.By || o.By == "" && c.By == "member" || o.By == "member" && c.By == "") && (o.Times > 0) == (c.Times > 0)
		}
		if !slices.ContainsFunc(caps[:i], same) {
			caps = append(caps, c)
		} else {
			return caps
		}
	}
	return caps
}

func drawRule(t *rapid.T, id uint32) Rule {
	r := Rule{ID: id, Name: fmt.Sprint("rule ", id), Layer: LayerRoutine, When: drawCondition(t, false), Disabled: rapid.IntRange(0, 9).Draw(t, "disabled") == 0}
	r.On = []string{"order"}
	r.Rounding = rapid.SampledFrom([]Rounding{"", RoundHalfEven}).Draw(t, "rounding")
	switch way := rapid.IntRange(0, 6).Draw(t, "way"); way {
	case 0:
		r.Points = rapid.Int64Range(1, 40).Draw(t, "points")
		r.On = rapid.SampledFrom([][]string{{"order"}, {"check-in"}, {"order", "check-in"}}).Draw(t, "on")
	case 1:
		r.Streak = &Streak{Steps: []Step{{1, rapid.Int64Range(0, 5).Draw(t, "step")}, {3, 4}}, Goals: []Step{{5, 10}}, Cycle: rapid.SampledFrom([]int32{0, 5, 9}).Draw(t, "cycle")}
		r.On = []string{"check-in"}
	case 2:
		r.Task = &Task{Goal: rapid.Int32Range(1, 4).Draw(t, "goal"), Points: rapid.Int64Range(1, 40).Draw(t, "points"), Repeat: rapid.Bool().Draw(t, "repeat")}
		r.On = rapid.SampledFrom([][]string{{"order"}, {"check-in"}, {"order", "check-in"}}).Draw(t, "on")
	case 3:
		r.Referral = &Referral{Points: rapid.Int64Range(1, 40).Draw(t, "points")}
	default:
		r.PerAmount = &PerAmount{Points: rapid.SampledFrom([]int64{1, 2, 3, 7, 1_000_000}).Draw(t, "points"), Per: decimal.New(rapid.SampledFrom([]int64{1, 3, 10, 99, 10000}).Draw(t, "per"), -int32(rapid.IntRange(0, 2).Draw(t, "per places")))}
		r.PerAmount.Categories = drawSome(t, []string{"tea", "cake"}, "category")
		if rapid.IntRange(0, 3).Draw(t, "lines") == 0 {
			r.Rounding = RoundLines
		}
	}
	if r.Streak == nil && r.Task == nil && r.Referral == nil {
		r.Best = rapid.SampledFrom([]string{"", "", "a", "b"}).Draw(t, "best")
	}
	if slices.Equal(r.On, []string{"check-in"}) {
		r.When.MinAmount, r.When.MaxAmount = decimal.Decimal{}, decimal.Decimal{}
	}
	r.Caps = drawCaps(t, r.Referral != nil)
	if (r.Points > 0 || r.Task != nil || r.Referral != nil) && slices.ContainsFunc(r.Caps, func(c Cap) bool { return c.Reject && c.Points < 40 }) {
		r.Caps = nil
	}
	return r
}

func drawMultiplier(t *rapid.T, id uint32, rules []Rule) Multiplier {
	m := Multiplier{ID: id, Name: fmt.Sprint("multiplier ", id), Group: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "group"), When: drawCondition(t, true)}
	m.Factor = decimal.New(rapid.SampledFrom([]int64{0, 5000, 10000, 12500, 15000, 20000, 33333, 1000000}).Draw(t, "factor"), -4)
	if m.When.MinAmount.IsPositive() && m.Factor.LessThan(decimal.New(1, 0)) {
		m.Factor = decimal.New(3, 0)
	}
	for i := range rules {
		if rapid.IntRange(0, 2).Draw(t, "raises") == 0 {
			m.Rules = append(m.Rules, rules[i].ID)
		}
	}
	if !slices.ContainsFunc(rules, func(r Rule) bool { return slices.Contains(m.Rules, r.ID) && r.PerAmount == nil }) {
		m.Categories = drawSome(t, []string{"tea", "bun"}, "category")
	}
	return m
}

// drawProgram draws a program that is valid, with rules of all ways.
func drawProgram(t *rapid.T) *Program {
	p := &Program{
		Name: "p", Version: 1, Zone: drawZone(t), Wallets: []Wallet{{ID: 1, Name: "points"}},
		Tiers: &Tiers{Window: "year", Levels: []Level{{ID: 1, Name: "gold", Min: 100}}},
	}
	for i := range rapid.IntRange(1, 7).Draw(t, "rules") {
		p.Rules = append(p.Rules, drawRule(t, uint32(i+1)))
	}
	for i := range p.Rules {
		if task := p.Rules[i].Task; task != nil {
			for k := range i {
				if p.Rules[k].Task != nil && rapid.Bool().Draw(t, "after") {
					task.After = append(task.After, p.Rules[k].ID)
				}
			}
		}
	}
	for i := range rapid.IntRange(0, 6).Draw(t, "multipliers") {
		p.Multipliers = append(p.Multipliers, drawMultiplier(t, uint32(i+1), p.Rules))
	}
	for i, combine := range []string{"", "best", "multiply"} {
		name := string(rune('a' + i))
		if combine != "" && slices.ContainsFunc(p.Multipliers, func(m Multiplier) bool { return m.Group == name }) {
			p.Groups = append(p.Groups, Group{name, combine})
		}
	}
	if err := p.Validate(); err != nil {
		t.Fatalf("drew an invalid program: %v", err)
	}
	return p
}

func drawNaiveEvent(t *rapid.T, at time.Time) *naiveEvent {
	e := &naiveEvent{at: at, kind: rapid.SampledFrom([]string{"order", "check-in"}).Draw(t, "kind"), member: rapid.IntRange(0, 3).Draw(t, "member") > 0, attributes: map[string]string{}}
	if rapid.Bool().Draw(t, "channel") {
		e.attributes["channel"] = rapid.SampledFrom([]string{"app", "web"}).Draw(t, "channel")
	}
	if rapid.Bool().Draw(t, "device") {
		e.attributes["device"] = rapid.SampledFrom([]string{"d1", "d2"}).Draw(t, "device")
	}
	e.labels = drawSome(t, []string{"buyer=reseller", "stage=new"}, "label")
	if e.kind == "check-in" {
		return e
	}
	if rapid.Bool().Draw(t, "whole") {
		e.amount = drawAmount(t, "amount")
		return e
	}
	for i := range rapid.IntRange(1, 4).Draw(t, "lines") {
		l := Line{fmt.Sprint(i), rapid.SampledFrom([]string{"", "tea", "cake", "bun"}).Draw(t, "category"), drawAmount(t, "line")}
		e.lines = append(e.lines, l)
		e.amount = e.amount.Add(l.Amount)
	}
	return e
}

func (e *naiveEvent) event(t testing.TB, zone *time.Location) *event {
	ev := &event{kind: e.kind, at: e.at.UnixMicro(), day: calendar.DayOf(e.at, zone), labels: e.labels}
	amount, problem := toMoney(e.amount)
	if problem != "" {
		t.Fatal(problem)
	}
	ev.amount = amount
	for _, l := range e.lines {
		m, _ := toMoney(l.Amount)
		ev.lines = append(ev.lines, eventLine{l.ID, l.Category, m})
	}
	for _, name := range []string{"channel", "device"} {
		if v, ok := e.attributes[name]; ok {
			ev.attributes = append(ev.attributes, Attribute{name, v})
		}
	}
	return ev
}

// table is a rulebook with accounts and counters to work on.
type table struct {
	book     *rulebook
	mine     Account
	counters map[CounterID]int64
	out      award
}

func newTable(p *Program) *table {
	return &table{book: compile(p).book, counters: map[CounterID]int64{}}
}

// judge judges an event; level is the member's, and account theirs.
func (b *table) judge(ev *event, account *Account, level uint8) *award {
	st := standing{account: account, level: level, referrer: referrerOpen}
	for _, id := range b.book.shared(nil, "p", ev) {
		st.shared = append(st.shared, b.counters[id])
	}
	b.book.award(ev, &st, &b.out)
	return &b.out
}

// apply writes what was judged.
func (b *table) apply(ev *event, account *Account) error {
	ids := b.book.shared(nil, "p", ev)
	for _, use := range b.out.shared {
		b.counters[ids[use.index]] += use.delta
		if b.counters[ids[use.index]] > use.max {
			return fmt.Errorf("counter %+v is over its cap", ids[use.index])
		}
	}
	for _, w := range b.out.windows {
		if err := account.use(&w); err != nil {
			return err
		}
	}
	for _, s := range b.out.streaks {
		if err := account.setStreak(s); err != nil {
			return err
		}
	}
	for _, s := range b.out.tasks {
		if err := account.setTask(s); err != nil {
			return err
		}
	}
	return nil
}

// Property: whatever the program and the events, also late ones, every rule
// gives exactly what the documentation says, worked out in fractions over the
// list of all that was ever given.
func TestRulesGiveWhatFractionsSay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawProgram(t)
		naive, board := newNaive(p), newTable(p)
		at := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
		for range rapid.IntRange(1, 25).Draw(t, "events") {
			at = at.Add(time.Duration(rapid.IntRange(-30, 60).Draw(t, "hours")) * time.Hour)
			e := drawNaiveEvent(t, at)
			ev := e.event(&testing.T{}, p.Zone)
			account, model := &board.mine, naive
			if !e.member { // another member, who has nothing but this event
				other := *naive
				other.checkIns, other.progress, other.done, other.referred = map[uint32]map[string]bool{}, map[uint32]int32{}, map[uint32]int32{}, map[uint32]bool{}
				account, model = &Account{}, &other
			}
			level := uint8(0)
			if model.level = ""; rapid.IntRange(0, 2).Draw(t, "gold") == 0 {
				level, model.level = 1, "gold"
			}
			out := board.judge(ev, account, level)
			want := model.judge(e)
			if len(out.outcomes) != len(want) {
				t.Fatalf("%d outcomes, want %d", len(out.outcomes), len(want))
			}
			for _, o := range out.outcomes {
				w := want[o.rule]
				if o.points != w.points || w.wanted > 0 && o.wanted != w.wanted {
					t.Fatalf("rule %+v\nevent %+v\ngave %+v, want %+v", *naive.byID(o.rule), *e, o, w)
				}
				if w.reason != 0 && o.reason != w.reason {
					t.Fatalf("rule %d: reason %q, want %q", o.rule, o.reason, w.reason)
				}
				if (o.points > 0) != (o.reason == ReasonFired || o.reason == ReasonTrimmed) {
					t.Fatalf("rule %d: %d points with reason %q", o.rule, o.points, o.reason)
				}
			}
			if err := board.apply(ev, account); err != nil {
				t.Fatal(err)
			}
			naive.level = model.level
			naive.take(e, want)
		}
	})
}

// Property: the order in which a document lists rules, multipliers and groups
// changes nothing.
func TestRuleOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawProgram(t)
		shuffled := *p
		shuffled.Rules, shuffled.Multipliers, shuffled.Groups = slices.Clone(p.Rules), slices.Clone(p.Multipliers), slices.Clone(p.Groups)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		r.Shuffle(len(p.Rules), func(i, k int) { shuffled.Rules[i], shuffled.Rules[k] = shuffled.Rules[k], shuffled.Rules[i] })
		r.Shuffle(len(p.Multipliers), func(i, k int) {
			shuffled.Multipliers[i], shuffled.Multipliers[k] = shuffled.Multipliers[k], shuffled.Multipliers[i]
		})
		r.Shuffle(len(p.Groups), func(i, k int) { shuffled.Groups[i], shuffled.Groups[k] = shuffled.Groups[k], shuffled.Groups[i] })
		a, b := newTable(p), newTable(&shuffled)
		at := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
		for range rapid.IntRange(1, 10).Draw(t, "events") {
			at = at.Add(time.Duration(rapid.IntRange(0, 60).Draw(t, "hours")) * time.Hour)
			ev := drawNaiveEvent(t, at).event(&testing.T{}, p.Zone)
			x, y := a.judge(ev, &a.mine, 0), b.judge(ev, &b.mine, 0)
			all := cmp.AllowUnexported(outcome{}, slot{}, window{}, windowKey{}, sharedUse{}, streak{}, task{}, linePoints{})
			for _, pair := range [][2]any{{x.outcomes, y.outcomes}, {x.windows, y.windows}, {x.shared, y.shared}, {x.streaks, y.streaks}, {x.tasks, y.tasks}, {x.lines, y.lines}} {
				if diff := cmp.Diff(pair[0], pair[1], all); diff != "" {
					t.Fatalf("award (-as listed +shuffled) %s", diff)
				}
			}
			if err := errors.Join(a.apply(ev, &a.mine), b.apply(ev, &b.mine)); err != nil {
				t.Fatal(err)
			}
		}
	})
}
