package loyaltytest

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/loyalty"
)

// ZoneNames are zones whose calendars have found most mistakes: one without
// daylight saving time, one with, one that skipped a whole day (2011-12-30),
// and one whose clocks move by half an hour.
var ZoneNames = []string{"Asia/Shanghai", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe"}

// Zones finds the zones of [ZoneNames]; pass [time.LoadLocation].
func Zones(load func(name string) (*time.Location, error)) ([]*time.Location, error) {
	zones := []*time.Location{time.UTC}
	for _, name := range ZoneNames {
		zone, err := load(name)
		if err != nil {
			return nil, fmt.Errorf("loyaltytest: zone %q: %w", name, err)
		}
		zones = append(zones, zone)
	}
	return zones, nil
}

// Programs draws first versions of programs that are valid by construction,
// from one wallet and no rules to a few of everything, small numbers and the
// largest. Their zones are drawn from those given; none means UTC.
func Programs(zones ...*time.Location) *rapid.Generator[loyalty.Program] {
	if len(zones) == 0 {
		zones = []*time.Location{time.UTC}
	}
	return rapid.Custom(func(t *rapid.T) loyalty.Program {
		d := programDraw{t: t}
		d.p = loyalty.Program{
			Name: "drawn", Version: 1, Zone: draw(t, "zone", zones...),
			WeekStart: draw(t, "week start", "", "mon", "sun", "wed"),
			MaxLate:   draw(t, "max late", regulars.Span{}, regulars.Hours(240), regulars.Hours(1), regulars.Hours(400*24)),
			MaxAhead:  draw(t, "max ahead", regulars.Span{}, regulars.Minutes(1), regulars.Hours(24)),
			KeepKeys:  draw(t, "keep keys", regulars.Span{}, regulars.Days(1)),
		}
		d.wallets()
		d.tiers()
		d.rules()
		d.multipliers()
		d.rewards()
		d.limits()
		return d.p
	})
}

// draw draws one of some values.
func draw[T any](t *rapid.T, label string, values ...T) T {
	return rapid.SampledFrom(values).Draw(t, label)
}

// seldom is true one time in four.
func seldom(t *rapid.T, label string) bool { return rapid.IntRange(0, 3).Draw(t, label) == 3 }

// programDraw draws a program from the top of its document down, since what
// comes later refers to what came before.
type programDraw struct {
	t *rapid.T
	p loyalty.Program
}

var drawnAmounts = []string{"0.01", "1", "9.99", "10", "100", "0.0001"}

func drawPoints(t *rapid.T, label string) int64 {
	return draw[int64](t, label, 1, 2, 5, 10, 50, 100, 500, 1000, loyalty.MaxPoints)
}

func (d *programDraw) wallets() {
	names := []string{"points", "成长值", "miles"}
	first := rapid.Uint8Range(1, 200).Draw(d.t, "first wallet")
	for i := range rapid.IntRange(1, 3).Draw(d.t, "wallets") {
		w := loyalty.Wallet{ID: first + uint8(i), Name: names[i], Qualifying: i == 1, Expiry: d.expiry(true)}
		if seldom(d.t, "pending") {
			w.Pending.For = draw(d.t, "pending for", regulars.Days(1), regulars.Days(7), regulars.Months(1))
		}
		w.Shortfall = draw(d.t, "shortfall", "", loyalty.ShortfallClamp, loyalty.ShortfallDebt, loyalty.ShortfallRefuse)
		if w.Shortfall == loyalty.ShortfallDebt {
			w.DebtLimit = drawPoints(d.t, "debt limit")
		}
		never := w.Expiry.After.IsZero() && w.Expiry.RoundUp == "" && len(w.Expiry.Dates) == 0 && w.Expiry.Idle.IsZero()
		if !never && seldom(d.t, "restores") {
			w.Restore = draw(d.t, "restore", regulars.Days(1), regulars.Days(30))
		}
		if seldom(d.t, "worth") {
			w.Value, w.Cost = decimal.New(1, -2), decimal.New(5, -3)
		}
		d.p.Wallets = append(d.p.Wallets, w)
	}
}

func (d *programDraw) expiry(idle bool) (e loyalty.Expiry) {
	kind := rapid.IntRange(0, 4).Draw(d.t, "expiry")
	if kind == 4 && !idle {
		kind = 1
	}
	switch kind {
	case 1:
		e.After = draw(d.t, "after", regulars.Days(1), regulars.Days(30), regulars.Weeks(2), regulars.Months(1), regulars.Months(12), regulars.Years(1), regulars.Years(50))
	case 2:
		e.RoundUp = draw(d.t, "round up", "day", "month", "quarter", "half", "year")
		if rapid.Bool().Draw(d.t, "later") {
			e.After = draw(d.t, "after", regulars.Days(30), regulars.Months(3), regulars.Years(1))
		}
	case 3:
		e.Dates = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"12-31", "06-30", "02-29", "01-01", "03-31"}), 1, 3, rapid.ID).Draw(d.t, "dates")
	case 4:
		e.Idle = draw(d.t, "idle", regulars.Days(30), regulars.Months(6))
	}
	return e
}

func (d *programDraw) tiers() {
	if !rapid.Bool().Draw(d.t, "tiered") {
		return
	}
	t := &loyalty.Tiers{Wallet: d.wallet(true), Window: draw(d.t, "window", "year", "anniversary", "rolling"), Soft: rapid.Bool().Draw(d.t, "soft")}
	if t.Window == "rolling" {
		t.Months = draw[int32](d.t, "months", 1, 3, 12, 36)
	}
	if seldom(d.t, "graceful") {
		t.Grace = draw(d.t, "grace", regulars.Days(1), regulars.Months(2))
	}
	least := draw[int64](d.t, "first level", 0, 1, 50)
	for i, name := range []string{"silver", "gold", "黑卡"}[:rapid.IntRange(1, 3).Draw(d.t, "levels")] {
		t.Levels = append(t.Levels, loyalty.Level{ID: uint8(2*i + 1), Name: name, Min: least})
		least = least*4 + 100
	}
	d.p.Tiers = t
}

// wallet draws one by name; "" is the first.
func (d *programDraw) wallet(qualifying bool) string {
	names := []string{""}
	for _, w := range d.p.Wallets {
		if qualifying || !w.Qualifying {
			names = append(names, w.Name)
		}
	}
	return draw(d.t, "wallet", names...)
}

func (d *programDraw) level() []string {
	if d.p.Tiers == nil || !seldom(d.t, "by tier") {
		return nil
	}
	return []string{draw(d.t, "tier", d.p.Tiers.Levels...).Name}
}

// Kinds of events that drawn programs and commands know.
var drawnKinds = []string{"order", "quiz", "open-account", "review"}

var drawnCategories = []string{"coffee", "tea", "书"}

func (d *programDraw) rules() {
	n := rapid.IntRange(0, 7).Draw(d.t, "rules")
	first := draw[uint32](d.t, "first rule", 1, 7, 4_000_000_000)
	for i := range n {
		r := loyalty.Rule{ID: first + uint32(i), Name: fmt.Sprint("rule ", i), Disabled: seldom(d.t, "disabled") && seldom(d.t, "really")}
		r.Layer = draw(d.t, "layer", loyalty.LayerZeroCost, loyalty.LayerRoutine, loyalty.LayerUpgrade)
		r.Wallet, r.When = d.wallet(true), d.condition()
		d.way(&r)
		d.caps(&r)
		d.terms(&r)
		d.p.Rules = append(d.p.Rules, r)
	}
}

func (d *programDraw) kinds(r *loyalty.Rule) {
	r.On = rapid.SliceOfNDistinct(rapid.SampledFrom(drawnKinds), 1, 2, rapid.ID).Draw(d.t, "on")
}

// way draws what a rule gives.
func (d *programDraw) way(r *loyalty.Rule) {
	d.kinds(r)
	switch draw(d.t, "way", "points", "amount", "amount", "streak", "task", "referral") {
	case "points":
		r.Points = drawPoints(d.t, "points")
		d.set(r)
	case "amount":
		r.PerAmount = &loyalty.PerAmount{Points: draw[int64](d.t, "rate", 1, 3, 10, 1_000_000), Per: decimal.RequireFromString(draw(d.t, "per", drawnAmounts...))}
		if seldom(d.t, "of categories") {
			r.PerAmount.Categories = []string{draw(d.t, "category", drawnCategories...)}
		}
		r.Rounding = draw(d.t, "rounding", "", loyalty.RoundFloor, loyalty.RoundHalfEven, loyalty.RoundLines)
		d.set(r)
	case "streak":
		r.On = []string{"check-in"}
		d.streak(r)
	case "task":
		r.Task = &loyalty.Task{Goal: draw[int32](d.t, "goal", 1, 2, 3), Points: drawPoints(d.t, "points"), Repeat: rapid.Bool().Draw(d.t, "repeat")}
		for _, other := range d.p.Rules {
			if other.Task != nil && seldom(d.t, "after") {
				r.Task.After = append(r.Task.After, other.ID)
			}
		}
	case "referral":
		r.Referral = &loyalty.Referral{Points: drawPoints(d.t, "points")}
		if rapid.Bool().Draw(d.t, "in time") {
			r.Referral.Within = draw(d.t, "within", regulars.Days(7), regulars.Months(3))
		}
	}
}

// set draws whether a rule is one of which only the best fires. Those of one
// wallet are in one set.
func (d *programDraw) set(r *loyalty.Rule) {
	if seldom(d.t, "best") {
		r.Best = "best of " + r.Wallet
		if r.Wallet == "" {
			r.Best = "best of " + d.p.Wallets[0].Name
		}
	}
}

func (d *programDraw) streak(r *loyalty.Rule) {
	s := &loyalty.Streak{Steps: []loyalty.Step{{Day: 1, Points: draw[int64](d.t, "first day", 0, 1, 5)}}}
	if rapid.Bool().Draw(d.t, "second step") {
		s.Steps = append(s.Steps, loyalty.Step{Day: 3, Points: 10})
	}
	if rapid.Bool().Draw(d.t, "with goal") {
		s.Goals = []loyalty.Step{{Day: draw[int32](d.t, "goal", 2, 7), Points: 50}}
		s.Cycle = draw[int32](d.t, "cycle", 0, 7, 30)
	}
	if rapid.Bool().Draw(d.t, "make up") {
		s.MakeUp = &loyalty.MakeUpPrice{Points: draw[int64](d.t, "price", 0, 5), Days: draw[int32](d.t, "days", 1, 7, 31), PerMonth: draw[int32](d.t, "a month", 0, 1)}
		if s.MakeUp.Points > 0 && d.qualifying(r.Wallet) {
			s.MakeUp.Points = 0
		}
	}
	r.When.MinAmount = decimal.Decimal{} // a check-in has none
	r.Streak = s
}

func (d *programDraw) qualifying(wallet string) bool {
	for _, w := range d.p.Wallets {
		if w.Name == wallet {
			return w.Qualifying
		}
	}
	return false
}

func (d *programDraw) condition() (w loyalty.Condition) {
	switch draw(d.t, "when", "", "", "", "attribute", "label", "amount", "dates", "weekday", "tier") {
	case "attribute":
		w.Attributes = []loyalty.AttributeIn{{Name: "channel", In: []string{"app", "mini"}}}
	case "label":
		switch draw(d.t, "labels", "all", "any", "none") {
		case "all":
			w.AllOf = []string{"segment=vip"}
		case "any":
			w.AnyOf = []string{"segment=vip", "stage=silent"}
		case "none":
			w.NoneOf = []string{"stage=silent"}
		}
	case "amount":
		w.MinAmount = decimal.RequireFromString(draw(d.t, "at least", drawnAmounts...))
	case "dates":
		w.From = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		if rapid.Bool().Draw(d.t, "to") {
			w.To = time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)
		}
	case "weekday":
		w.Weekdays = []string{"sat", "sun", "mon"}
	case "tier":
		w.Tiers = d.level()
	}
	return w
}

func (d *programDraw) caps(r *loyalty.Rule) {
	seen := map[string]bool{}
	for range rapid.IntRange(0, 2).Draw(d.t, "caps") {
		c := loyalty.Cap{Per: draw(d.t, "per", "event", "day", "week", "month", "year", "life"), By: draw(d.t, "by", "", "program", "device")}
		if c.Per == "event" {
			c.By = ""
		}
		if c.By == "" && c.Per != "event" && r.Referral != nil {
			c.By = "program"
		}
		if c.Per != "event" && rapid.Bool().Draw(d.t, "times") {
			c.Times = draw[int64](d.t, "times", 1, 2, 5)
			c.Reject = rapid.Bool().Draw(d.t, "reject")
		} else {
			c.Points = draw[int64](d.t, "cap", 1, 7, 100, 5000)
		}
		if key := fmt.Sprint(c.Per, c.By, c.Times > 0); !seen[key] {
			seen[key] = true
			r.Caps = append(r.Caps, c)
		}
	}
}

func (d *programDraw) terms(r *loyalty.Rule) {
	r.Locked = seldom(d.t, "locked")
	if seldom(d.t, "own pending") {
		r.Pending = &loyalty.Pending{}
		switch {
		case rapid.Bool().Draw(d.t, "for"):
			r.Pending.For = regulars.Days(3)
		case r.Streak == nil && r.Referral == nil:
			r.Pending.Until = "delivered"
			r.Pending.Within = draw(d.t, "within", regulars.Span{}, regulars.Days(5))
		}
	}
	if seldom(d.t, "own expiry") {
		r.Expiry = new(d.expiry(false))
	}
}

func (d *programDraw) multipliers() {
	names := map[string]bool{}
	for i := range rapid.IntRange(0, 3).Draw(d.t, "multipliers") {
		m := loyalty.Multiplier{ID: uint32(i) + 1, Name: fmt.Sprint("multiplier ", i), Group: draw(d.t, "group", "a", "b"), When: d.condition()}
		m.Factor = decimal.RequireFromString(draw(d.t, "factor", "1", "1.5", "2", "0.5", "3.3333", "100", "0"))
		if m.When.MinAmount.IsPositive() && m.Factor.LessThan(decimal.New(1, 0)) {
			m.Factor = decimal.New(2, 0)
		}
		for _, r := range d.p.Rules {
			if r.PerAmount != nil && seldom(d.t, "named") {
				m.Rules = append(m.Rules, r.ID)
			}
		}
		if seldom(d.t, "of categories") {
			m.Categories = []string{draw(d.t, "category", drawnCategories...)}
		}
		names[m.Group] = true
		d.p.Multipliers = append(d.p.Multipliers, m)
	}
	for _, g := range []string{"a", "b"} {
		if names[g] && rapid.Bool().Draw(d.t, "said") {
			d.p.Groups = append(d.p.Groups, loyalty.Group{Name: g, Combine: draw(d.t, "combine", "add", "best", "multiply")})
		}
	}
}

func (d *programDraw) rewards() {
	for i := range rapid.IntRange(0, 3).Draw(d.t, "rewards") {
		r := loyalty.Reward{ID: uint32(i)*3 + 1, Name: fmt.Sprint("reward ", i), Wallet: d.wallet(false), Cost: drawPoints(d.t, "cost"), Tiers: d.level()}
		r.Disabled = seldom(d.t, "disabled") && seldom(d.t, "really")
		if rapid.Bool().Draw(d.t, "stocked") {
			r.Stock = new(draw[int64](d.t, "stock", 0, 1, 3, 1000))
		}
		if rapid.Bool().Draw(d.t, "limited") {
			r.PerMember = draw[int64](d.t, "per member", 1, 2)
			r.Per = draw(d.t, "per", "", "day", "month", "life")
		}
		if seldom(d.t, "dated") {
			r.From = time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
		}
		d.p.Rewards = append(d.p.Rewards, r)
	}
}

func (d *programDraw) limits() {
	least := draw[int64](d.t, "min redeem", 0, 0, 1, 5, 500)
	for _, r := range d.p.Rewards {
		least = min(least, r.Cost) // a reward must be to be had one by one
	}
	d.p.Limits.MinRedeem = least
	d.p.Limits.HoldFor = draw(d.t, "hold for", regulars.Span{}, regulars.Minutes(30), regulars.Hours(48))
	if rapid.Bool().Draw(d.t, "transfers") {
		d.p.Limits.Transfers = &loyalty.Transfers{Min: draw[int64](d.t, "min transfer", 0, 1, 10), PerDay: draw[int64](d.t, "transfers a day", 0, 10, 100)}
	}
}
