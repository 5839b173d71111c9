package loyalty_test

import (
	"cmp"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/loyalty"
)

// The model keeps every award as lots of its own, in plain lists, and works
// with whole dates of package time. It shares no code with the engine.

type modelLot struct {
	wallet    string
	points    int64
	expires   time.Time // zero: never
	activates time.Time // zero: does not wait
	event     bool      // waits for "delivered"
	locked    bool
}

type modelHold struct {
	key   string
	until time.Time
	parts []modelLot
}

type modelMember struct {
	name     string
	enrolled bool
	into     string // merged
	closed   bool
	lots     []modelLot
	waiting  []modelLot
	holds    []modelHold
	debt     map[string]int64
	pots     map[string]map[loyalty.Pot]int64 // of wallets, without what lists say
	quiz     map[string]int64                 // points by date
	sent     map[string]int64                 // by date
	months   map[int]int64                    // qualifying points
	level    int                              // 0, 1 silver, 2 gold
	grace    time.Time                        // end; zero: none
	reviewed time.Time                        // the last month start that was looked at
}

type modelAward struct {
	rule          int
	lot           modelLot // as it was given; points are the award
	taken, waived int64
}

type modelOrder struct {
	owner  string
	amount int64 // whole units, what is kept
	awards []*modelAward
	day    time.Time
}

type modelDeal struct {
	owner  string
	state  string // "held", "spent", "done"
	hold   string
	parts  []modelLot
	reward bool
}

type model struct {
	zone      *time.Location
	shortfall loyalty.Shortfall
	restore   int // days
	members   map[string]*modelMember
	orders    map[string]*modelOrder
	deals     map[string]*modelDeal
	stock     int64
}

const (
	modelDebtLimit = 40
	modelStock     = 3
)

func (m *model) program() loyalty.Program {
	points := loyalty.Wallet{ID: 1, Name: "points", Expiry: loyalty.Expiry{After: regulars.Days(30)}, Shortfall: m.shortfall}
	if m.shortfall == loyalty.ShortfallDebt {
		points.DebtLimit = modelDebtLimit
	}
	if m.restore > 0 {
		points.Restore = regulars.Days(m.restore)
	}
	unit := decimal.New(1, 0)
	return loyalty.Program{
		Name: "model", Version: 1, Zone: m.zone, MaxLate: regulars.Days(10),
		Wallets: []loyalty.Wallet{points, {ID: 2, Name: "growth", Qualifying: true}},
		Rules: []loyalty.Rule{
			{ID: 1, Name: "spend", Layer: loyalty.LayerRoutine, On: []string{"order"}, PerAmount: &loyalty.PerAmount{Points: 1, Per: unit}},
			{ID: 2, Name: "bonus", Layer: loyalty.LayerRoutine, On: []string{"order"}, Points: 10, When: loyalty.Condition{MinAmount: decimal.New(50, 0)}, Pending: &loyalty.Pending{For: regulars.Days(7)}},
			{ID: 3, Name: "quiz", Layer: loyalty.LayerZeroCost, On: []string{"quiz"}, Points: 4, Caps: []loyalty.Cap{{Per: "day", Points: 10}}},
			{ID: 4, Name: "growth", Layer: loyalty.LayerRoutine, On: []string{"order"}, Wallet: "growth", PerAmount: &loyalty.PerAmount{Points: 1, Per: unit}},
			{
				ID: 5, Name: "app", Layer: loyalty.LayerUpgrade, On: []string{"order"}, Points: 15, Locked: true,
				When:    loyalty.Condition{Attributes: []loyalty.AttributeIn{{Name: "channel", In: []string{"app"}}}},
				Pending: &loyalty.Pending{Until: "delivered", Within: regulars.Days(20)},
			},
		},
		Rewards: []loyalty.Reward{{ID: 1, Name: "mug", Cost: 20, Stock: new(int64(modelStock)), PerMember: 2}},
		Tiers: &loyalty.Tiers{
			Wallet: "growth", Window: "rolling", Months: 3, Grace: regulars.Days(10), Soft: true,
			Levels: []loyalty.Level{{ID: 1, Name: "silver", Min: 100}, {ID: 2, Name: "gold", Min: 300}},
		},
		Limits: loyalty.Limits{HoldFor: regulars.Hours(30), Transfers: &loyalty.Transfers{PerDay: 60}},
	}
}

func newModel(zone *time.Location, shortfall loyalty.Shortfall, restore int) *model {
	return &model{
		zone: zone, shortfall: shortfall, restore: restore, members: map[string]*modelMember{},
		orders: map[string]*modelOrder{}, deals: map[string]*modelDeal{},
	}
}

func (m *model) member(name string) *modelMember {
	if m.members[name] == nil {
		m.members[name] = &modelMember{
			name: name, debt: map[string]int64{}, quiz: map[string]int64{}, sent: map[string]int64{}, months: map[int]int64{},
			pots: map[string]map[loyalty.Pot]int64{"points": {}, "growth": {}},
		}
	}
	return m.members[name]
}

// dayAfter is midnight n dates after that of t.
func (m *model) dayAfter(t time.Time, n int) time.Time {
	year, month, day := t.In(m.zone).Date()
	return time.Date(year, month, day+n, 0, 0, 0, 0, m.zone)
}

func (m *model) date(t time.Time) string { return t.In(m.zone).Format(time.DateOnly) }

func (m *model) month(t time.Time) int {
	year, month, _ := t.In(m.zone).Date()
	return year*12 + int(month) - 1
}

func (a *modelMember) sum(list []modelLot, wallet string) (sum int64) {
	for _, l := range list {
		if l.wallet == wallet {
			sum += l.points
		}
	}
	return sum
}

func (a *modelMember) available(wallet string) int64 { return a.sum(a.lots, wallet) }

func (a *modelMember) open() bool { return a.enrolled && !a.closed && a.into == "" }

// credit puts points that are in no list where they belong.
func (a *modelMember) credit(l modelLot, now time.Time) {
	pots := a.pots[l.wallet]
	switch {
	case !l.expires.IsZero() && !l.expires.After(now):
		pots[loyalty.PotExpired] += l.points
		return
	case a.closed || a.into != "":
		pots[loyalty.PotForfeited] += l.points
		return
	}
	paid := min(l.points, a.debt[l.wallet])
	a.debt[l.wallet] -= paid
	if l.points -= paid; l.points > 0 {
		l.activates, l.event = time.Time{}, false
		a.lots = append(a.lots, l)
	}
}

// advance does what is due by now, the earliest first.
func (m *model) advance(a *modelMember, now time.Time) {
	for {
		var due time.Time
		sooner := func(t time.Time) {
			if !t.IsZero() && !t.After(now) && (due.IsZero() || t.Before(due)) {
				due = t
			}
		}
		for _, l := range a.waiting {
			sooner(l.activates)
		}
		for _, h := range a.holds {
			sooner(h.until)
		}
		for _, l := range a.lots {
			sooner(l.expires)
		}
		sooner(m.nextLook(a))
		if due.IsZero() {
			return
		}
		m.happen(a, due)
	}
}

func (m *model) happen(a *modelMember, due time.Time) {
	slices.SortStableFunc(a.waiting, byEnd) // the soonest pays what is owed
	waiting := a.waiting
	a.waiting = nil
	for _, l := range waiting {
		switch {
		case !l.activates.Equal(due):
			a.waiting = append(a.waiting, l)
		case l.event:
			a.pots[l.wallet][loyalty.PotForfeited] += l.points
		default:
			a.credit(l, due)
		}
	}
	holds, back := a.holds, []modelLot(nil)
	a.holds = nil
	for _, h := range holds {
		if h.until.Equal(due) {
			back = append(back, h.parts...)
		} else {
			a.holds = append(a.holds, h)
		}
	}
	slices.SortStableFunc(back, byEnd)
	for _, l := range back {
		a.credit(l, due)
	}
	lots := a.lots
	a.lots = nil
	for _, l := range lots {
		if l.expires.Equal(due) {
			a.pots[l.wallet][loyalty.PotExpired] += l.points
		} else {
			a.lots = append(a.lots, l)
		}
	}
	m.look(a, due)
}

// nextLook is when the tier is looked at again: at the end of the grace, else at the
// next month's start.
func (m *model) nextLook(a *modelMember) time.Time {
	if a.level == 0 || a.into != "" || a.closed {
		return time.Time{}
	}
	if !a.grace.IsZero() {
		return a.grace
	}
	year, month, _ := a.reviewed.In(m.zone).Date()
	return time.Date(year, month+1, 1, 0, 0, 0, 0, m.zone)
}

func (m *model) target(a *modelMember, now time.Time) int {
	n := m.month(now)
	switch sum := a.months[n] + a.months[n-1] + a.months[n-2]; {
	case sum >= 300:
		return 2
	case sum >= 100:
		return 1
	}
	return 0
}

func (m *model) look(a *modelMember, due time.Time) {
	if !m.nextLook(a).Equal(due) {
		return
	}
	a.reviewed = due
	target := m.target(a, due)
	switch {
	case target >= a.level:
		a.level, a.grace = target, time.Time{}
	case a.grace.IsZero():
		a.grace = m.dayAfter(due, 11)
	default:
		a.level, a.grace = max(target, a.level-1), time.Time{}
	}
}

// qualify adds to a month, and moves the tier at once where it must.
func (m *model) qualify(a *modelMember, at, now time.Time, points int64) {
	before := m.target(a, now)
	a.months[m.month(at)] += points
	if points == 0 || !a.open() {
		return
	}
	target := m.target(a, now)
	switch {
	case target > a.level, target < a.level && a.level <= before:
		a.level, a.grace, a.reviewed = target, time.Time{}, now
	case target == a.level:
		if !a.grace.IsZero() {
			a.reviewed = now
		}
		a.grace = time.Time{}
	}
}

// burn takes points of a wallet by the soonest end, of equals those that are
// not locked first.
func (a *modelMember) burn(wallet string, points int64, free bool) (parts []modelLot, short int64) {
	slices.SortStableFunc(a.lots, byEnd)
	var rest []modelLot
	for _, l := range a.lots {
		take := min(l.points, points)
		if l.wallet != wallet || free && l.locked {
			take = 0
		}
		if take > 0 {
			part := l
			part.points = take
			parts = append(parts, part)
			points -= take
			l.points -= take
		}
		if l.points > 0 {
			rest = append(rest, l)
		}
	}
	a.lots = rest
	return parts, points
}

// byEnd orders lots by the soonest end, of equals those first that are not
// locked.
func byEnd(x, y modelLot) int {
	return cmp.Or(compareEnds(x.expires, y.expires), cmp.Compare(rank(x.locked), rank(y.locked)))
}

func rank(b bool) int {
	if b {
		return 1
	}
	return 0
}

func compareEnds(x, y time.Time) int {
	if x.IsZero() || y.IsZero() {
		return cmp.Compare(rank(x.IsZero()), rank(y.IsZero()))
	}
	return x.Compare(y)
}

// own takes points from lots that are like one.
func own(list []modelLot, like modelLot, points int64) (rest []modelLot, taken int64) {
	for _, l := range list {
		if l.wallet == like.wallet && l.locked == like.locked && l.event == like.event && l.expires.Equal(like.expires) && l.activates.Equal(like.activates) {
			take := min(l.points, points-taken)
			taken += take
			l.points -= take
		}
		if l.points > 0 {
			rest = append(rest, l)
		}
	}
	return rest, taken
}

// judge returns what each rule gives for an order.
func judge(amount int64, app bool) map[int]int64 {
	given := map[int]int64{1: amount, 4: amount}
	if amount >= 50 {
		given[2] = 10
	}
	if app {
		given[5] = 15
	}
	return given
}

func (m *model) order(name, key string, at, now time.Time, amount int64, app bool) bool {
	a := m.member(name)
	m.advance(a, now)
	if m.orders[key] != nil || a.closed || a.into != "" {
		return false
	}
	a.enrolled = true
	o := &modelOrder{owner: name, amount: amount, day: at}
	m.orders[key] = o
	given := judge(amount, app)
	for rule := 1; rule <= 5; rule++ {
		points := given[rule]
		if points == 0 || rule == 3 {
			continue
		}
		l := modelLot{wallet: "points", points: points}
		switch rule {
		case 4:
			l.wallet = "growth"
		case 2:
			l.activates = m.dayAfter(at, 8)
			l.expires = m.dayAfter(l.activates, 31)
		case 5:
			l.activates, l.event, l.locked = m.dayAfter(at, 21), true, true
		default:
			l.expires = m.dayAfter(at, 31)
		}
		a.pots[l.wallet][loyalty.PotIssued] += points
		if l.activates.After(now) {
			a.waiting = append(a.waiting, l)
		} else {
			l.activates = time.Time{}
			a.credit(l, now)
		}
		o.awards = append(o.awards, &modelAward{rule: rule, lot: l})
	}
	m.qualify(a, at, now, amount)
	return true
}

func (m *model) delivered(name, key string, at, now time.Time) bool {
	a, o := m.member(name), m.orders[key]
	if o == nil || !a.open() || m.holder(o.owner) != a {
		return false
	}
	m.advance(a, now)
	for _, w := range o.awards {
		if w.lot.event && w.lot.activates.After(now) {
			like := w.lot
			left := w.lot.points - w.taken - w.waived
			a.waiting, _ = own(a.waiting, like, left)
			w.lot.event, w.lot.activates, w.lot.expires = false, time.Time{}, m.dayAfter(at, 31)
			l := w.lot
			if l.points = left; left > 0 {
				a.credit(l, now)
			}
		}
	}
	return true
}

// holder follows merges.
func (m *model) holder(name string) *modelMember {
	a := m.member(name)
	for a.into != "" {
		a = m.member(a.into)
	}
	return a
}

// had reports whether a member is the first owner of something, or one whom it
// came to by merges.
func (m *model) had(name, owner string) bool {
	for owner != name {
		if owner = m.member(owner).into; owner == "" {
			return false
		}
	}
	return true
}

func (m *model) keep(name, key string, now time.Time, kept int64, app bool) bool {
	o := m.orders[key]
	if o == nil {
		return false
	}
	a := m.holder(o.owner)
	if !m.had(name, o.owner) {
		return false
	}
	m.advance(a, now)
	amount := min(o.amount, kept)
	given := judge(amount, app)
	if amount == 0 { // nothing is kept
		given = nil
	}
	if m.shortfall == loyalty.ShortfallRefuse && !m.affords(a, o, given, now) {
		return false
	}
	o.amount = amount
	for _, w := range o.awards {
		back := w.lot.points - given[w.rule] - w.taken - w.waived
		if back <= 0 {
			continue
		}
		if w.rule == 4 {
			m.qualify(a, o.day, now, -back)
		}
		waived := m.take(a, w.lot, back, now, true)
		w.taken += back - waived
		w.waived += waived
	}
	return true
}

// affords reports whether all that a keep takes back is there, by trying it on
// a copy.
func (m *model) affords(a *modelMember, o *modelOrder, given map[int]int64, now time.Time) bool {
	trial := *a
	trial.lots, trial.waiting = slices.Clone(a.lots), slices.Clone(a.waiting)
	trial.pots = map[string]map[loyalty.Pot]int64{"points": {}, "growth": {}}
	for _, w := range o.awards {
		back := w.lot.points - given[w.rule] - w.taken - w.waived
		if back <= 0 || w.lot.event && !w.lot.activates.After(now) {
			continue
		}
		if m.take(&trial, w.lot, back, now, true) > 0 && w.lot.wallet == "points" && a.open() {
			return false
		}
	}
	return true
}

// take takes points back, and returns how many it waived.
func (m *model) take(a *modelMember, like modelLot, points int64, now time.Time, first bool) int64 {
	if like.event && !like.activates.After(now) {
		return points // forfeited before
	}
	rest := points
	if first {
		var taken int64
		if like.activates.After(now) {
			a.waiting, taken = own(a.waiting, like, rest)
		} else {
			like.activates = time.Time{}
			a.lots, taken = own(a.lots, like, rest)
		}
		rest -= taken
	}
	_, rest = a.burn(like.wallet, rest, false)
	owed := int64(0)
	if m.shortfall == loyalty.ShortfallDebt && like.wallet == "points" && a.open() {
		owed = min(rest, max(0, modelDebtLimit-a.debt["points"])) // two debts merge to more
		a.debt["points"] += owed
	}
	a.pots[like.wallet][loyalty.PotRevoked] += points - rest + owed
	return rest - owed
}

func (m *model) quizzed(name string, at, now time.Time) int64 {
	a := m.member(name)
	m.advance(a, now)
	if a.closed || a.into != "" {
		return -1
	}
	a.enrolled = true
	points := min(4, 10-a.quiz[m.date(at)])
	if points > 0 {
		a.quiz[m.date(at)] += points
		a.pots["points"][loyalty.PotIssued] += points
		a.credit(modelLot{wallet: "points", points: points, expires: m.dayAfter(at, 31)}, now)
	}
	return points
}

func (m *model) grant(name string, now time.Time, points int64) bool {
	a := m.member(name)
	m.advance(a, now)
	if a.closed || a.into != "" {
		return false
	}
	a.enrolled = true
	a.pots["points"][loyalty.PotIssued] += points
	a.credit(modelLot{wallet: "points", points: points, expires: m.dayAfter(now, 31)}, now)
	return true
}

func (m *model) deduct(name string, now time.Time, points int64) bool {
	a := m.member(name)
	m.advance(a, now)
	if !a.open() || m.shortfall == loyalty.ShortfallRefuse && a.available("points") < points {
		return false
	}
	m.take(a, modelLot{wallet: "points"}, points, now, false)
	return true
}

func (m *model) spend(name, key string, now time.Time, points int64) bool {
	a := m.member(name)
	m.advance(a, now)
	if !a.open() || a.available("points") < points {
		return false
	}
	parts, _ := a.burn("points", points, false)
	a.pots["points"][loyalty.PotRedeemed] += points
	m.deals[key] = &modelDeal{owner: name, state: "spent", parts: parts}
	return true
}

func (m *model) hold(name, key string, now time.Time, points int64) bool {
	a := m.member(name)
	m.advance(a, now)
	if !a.open() || a.available("points") < points {
		return false
	}
	parts, _ := a.burn("points", points, false)
	a.holds = append(a.holds, modelHold{key, now.Add(30 * time.Hour), parts})
	m.deals[key] = &modelDeal{owner: name, state: "held", hold: key}
	return true
}

// settle captures points of a hold, or none, and gives the rest back.
func (m *model) settle(name, key string, now time.Time, points int64, release bool) bool {
	d := m.deals[key]
	if d == nil {
		return false
	}
	a := m.holder(d.owner)
	if !m.had(name, d.owner) || !release && (name != a.name || !a.open()) {
		return false
	}
	m.advance(a, now)
	i := slices.IndexFunc(a.holds, func(h modelHold) bool { return h.key == key })
	if d.state != "held" || i < 0 {
		return false
	}
	h := a.holds[i]
	if points > a.sum(h.parts, "points") {
		return false
	}
	a.holds = slices.Delete(slices.Clone(a.holds), i, i+1)
	slices.SortStableFunc(h.parts, byEnd)
	d.state = "done"
	for _, l := range h.parts {
		take := min(points, l.points)
		if take > 0 {
			part := l
			part.points = take
			d.parts, d.state = append(d.parts, part), "spent"
			a.pots["points"][loyalty.PotRedeemed] += take
			points -= take
		}
		if l.points -= take; l.points > 0 {
			a.credit(l, now)
		}
	}
	return true
}

func (m *model) reverse(name, key string, now time.Time) bool {
	d := m.deals[key]
	if d == nil {
		return false
	}
	a := m.holder(d.owner)
	if name != a.name || !a.open() || d.state != "spent" {
		return false
	}
	m.advance(a, now)
	d.state = "done"
	if d.reward {
		m.stock--
	}
	for _, l := range d.parts {
		a.pots["points"][loyalty.PotRedeemed] -= l.points
		if !l.expires.After(now) && m.restore > 0 {
			l.expires = m.dayAfter(now, m.restore+1)
		}
		a.credit(l, now)
	}
	return true
}

func (m *model) transfer(from, to string, now time.Time, points int64) bool {
	a, b := m.member(from), m.member(to)
	m.advance(a, now)
	m.advance(b, now)
	free := int64(0)
	for _, l := range a.lots {
		if l.wallet == "points" && !l.locked {
			free += l.points
		}
	}
	if !a.open() || !b.open() || free < points || a.sent[m.date(now)]+points > 60 {
		return false
	}
	a.sent[m.date(now)] += points
	parts, _ := a.burn("points", points, true)
	a.pots["points"][loyalty.PotSent] += points
	b.pots["points"][loyalty.PotReceived] += points
	for _, l := range parts {
		b.credit(l, now)
	}
	return true
}

func (m *model) merge(from, to string, now time.Time) bool {
	a, b := m.member(from), m.member(to)
	m.advance(a, now)
	m.advance(b, now)
	if !a.open() || !b.open() || len(a.holds)+len(b.holds) > loyalty.MaxOpenHolds {
		return false
	}
	before := m.target(b, now)
	slices.SortStableFunc(a.lots, byEnd) // the soonest pays what is owed
	for _, l := range a.lots {
		a.pots[l.wallet][loyalty.PotSent] += l.points
		b.pots[l.wallet][loyalty.PotReceived] += l.points
		b.credit(l, now)
	}
	for _, l := range a.waiting {
		a.pots[l.wallet][loyalty.PotSent] += l.points
		b.pots[l.wallet][loyalty.PotReceived] += l.points
	}
	b.waiting = append(b.waiting, a.waiting...)
	for _, h := range a.holds {
		sum := a.sum(h.parts, "points")
		a.pots["points"][loyalty.PotSent] += sum
		b.pots["points"][loyalty.PotReceived] += sum
	}
	b.holds = append(b.holds, a.holds...)
	if debt := a.debt["points"]; debt > 0 {
		a.pots["points"][loyalty.PotReceived] += debt
		_, rest := b.burn("points", debt, false)
		b.debt["points"] += rest
		b.pots["points"][loyalty.PotSent] += debt
	}
	redeemed := a.pots["points"][loyalty.PotRedeemed]
	a.pots["points"][loyalty.PotRedeemed] = 0
	a.pots["points"][loyalty.PotSent] += redeemed
	b.pots["points"][loyalty.PotReceived] += redeemed
	b.pots["points"][loyalty.PotRedeemed] += redeemed
	for date, points := range a.quiz {
		b.quiz[date] += points
	}
	for date, points := range a.sent {
		b.sent[date] += points
	}
	for month, points := range a.months {
		b.months[month] += points
	}
	if a.level > b.level {
		b.level, b.grace, b.reviewed = a.level, a.grace, a.reviewed
	}
	m.afterMerge(b, now, before)
	*a = modelMember{name: from, enrolled: true, into: to, debt: map[string]int64{}, pots: a.pots, months: map[int]int64{}, quiz: a.quiz, sent: a.sent}
	return true
}

func (m *model) afterMerge(b *modelMember, now time.Time, before int) {
	target := m.target(b, now)
	switch {
	case target > b.level, target < b.level && b.level <= before:
		b.level, b.grace, b.reviewed = target, time.Time{}, now
	case target == b.level:
		if !b.grace.IsZero() {
			b.reviewed = now
		}
		b.grace = time.Time{}
	}
}

func (m *model) close(name string, now time.Time) bool {
	a := m.member(name)
	m.advance(a, now)
	if !a.open() {
		return false
	}
	for _, l := range append(slices.Clone(a.lots), a.waiting...) {
		a.pots[l.wallet][loyalty.PotForfeited] += l.points
	}
	a.lots, a.waiting, a.closed, a.level, a.grace = nil, nil, true, 0, time.Time{}
	return true
}
