package loyalty

import (
	"fmt"
	"slices"
	"time"

	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/stats"
)

// participation is what journals say of how members take part.
type participation struct {
	c     *compiled
	entry entryReward
	asOf  time.Time
	layer map[uint32]Layer

	members  int64
	attempts int64 // events that rules looked at
	zero     int64 // that earned nothing in any wallet
	trimmed  int64
	reasons  map[refusal]int64 // why rules gave nothing, for events that earned nothing
	fired    map[uint32]*ruleUse
	spells   []stats.Spell // until the first reward could be had, in days
	rates    []memberRate
	affords  int64 // could have a reward now

	yearOld, yearRedeemed int64 // enrolled 12 months ago or more
	fortnight, early      int64 // enrolled 14 days ago or more
	active                int64
	issued, redeemed      int64 // points that can be spent
	expired               int64
	known, free           int64 // points issued to members whose purchases are known, and to those who have none
	told, expiring        int64 // points that were announced in time, of those that were about to expire
	saved                 int64 // of told, those that did not expire
}

// refusal is a rule and why it gave nothing.
type refusal struct {
	rule   uint32
	reason Reason
}

// ruleUse is what a rule gave.
type ruleUse struct{ times, points int64 }

// memberRate is how often a member earned.
type memberRate struct{ events, weeks float64 }

func newParticipation(c *compiled, entry entryReward, asOf time.Time) *participation {
	p := &participation{c: c, entry: entry, asOf: asOf, layer: map[uint32]Layer{}, reasons: map[refusal]int64{}, fired: map[uint32]*ruleUse{}}
	for i := range c.program.Rules {
		p.layer[c.program.Rules[i].ID] = c.program.Rules[i].Layer
	}
	return p
}

// walk is one member's journal being read.
type walk struct {
	joined        time.Time
	balance       int64
	reached       time.Time // when the first reward could be had; zero: never
	redeemed      bool
	redeemedAt    time.Time
	last          time.Time // earned or spent
	days          map[calendar.Day]bool
	earned        int64 // events that gave points of the wallet
	issued        int64
	bought, blind bool            // has a purchase; has an earning whose command is gone
	gone, told    map[int64]int64 // points, by when they end: expired, and announced in time
}

// add reads one member's journal.
func (p *participation) add(events []Event) error {
	w := walk{days: map[calendar.Day]bool{}, gone: map[int64]int64{}, told: map[int64]int64{}}
	for i := range events {
		ev := &events[i]
		if i > 0 && ev.Seq != events[i-1].Seq+1 {
			return fmt.Errorf("%w: entry %d follows entry %d", ErrCorrupt, ev.Seq, events[i-1].Seq)
		}
		if ev.RecordedAt.After(p.asOf) {
			break
		}
		if w.joined.IsZero() {
			w.joined = ev.OccurredAt
		}
		p.event(&w, ev)
	}
	if !w.joined.IsZero() {
		p.member(&w)
	}
	return nil
}

func (p *participation) event(w *walk, ev *Event) {
	p.moves(w, ev)
	switch ev.Kind {
	case EntryEarned, EntryCheckedIn:
		p.attempt(w, ev)
	case EntryRedeemed, EntryCaptured:
		if !w.redeemed {
			w.redeemed, w.redeemedAt = true, ev.RecordedAt
		}
		w.last = ev.RecordedAt
	case EntryReminded:
		if t := ev.Told; t != nil && t.Points > 0 && ev.RecordedAt.Before(t.Expires.Add(-remindedBefore)) {
			at := micros(t.Expires)
			w.told[at] = max(w.told[at], t.Points)
		}
	}
}

// remindedBefore is how long before their end points must have been announced.
const remindedBefore = 7 * 24 * time.Hour

func (p *participation) moves(w *walk, ev *Event) {
	for i := range ev.Moves {
		m := &ev.Moves[i]
		spendable := !p.qualifying(m.Wallet)
		if m.Wallet == p.entry.wallet {
			if m.To == PotAvailable {
				w.balance += m.Points
			}
			if m.From == PotAvailable {
				w.balance -= m.Points
			}
		}
		switch {
		case !spendable:
		case m.From == PotIssued:
			p.issued += m.Points
			w.issued += m.Points
		case m.To == PotRedeemed:
			p.redeemed += m.Points
		case m.From == PotRedeemed:
			p.redeemed -= m.Points
		case m.To == PotExpired:
			p.expired += m.Points
			w.gone[micros(m.Expires)] += m.Points
		}
	}
	if w.reached.IsZero() && p.entry.cost > 0 && w.balance >= p.entry.cost {
		w.reached = ev.RecordedAt
	}
}

func (p *participation) qualifying(wallet uint8) bool {
	w := p.c.purse(wallet)
	return w != nil && w.Qualifying
}

// attempt counts what rules said to an event.
func (p *participation) attempt(w *walk, ev *Event) {
	if ev.Command == nil {
		w.blind = true
	} else if e := ev.Command.Earn; e != nil && (e.Amount.IsPositive() || slices.ContainsFunc(e.Lines, func(l Line) bool { return l.Amount.IsPositive() })) {
		w.bought = true
	}
	if len(ev.Rules) == 0 {
		return
	}
	p.attempts++
	gave, mine := false, false
	for i := range ev.Rules {
		r := &ev.Rules[i]
		if r.Reason == ReasonTrimmed {
			p.trimmed++
		}
		if r.Points == 0 || r.Referrer {
			continue
		}
		gave = true
		mine = mine || p.c.walletID(r.Wallet) == p.entry.wallet
		use := p.fired[r.Rule]
		if use == nil {
			use = new(ruleUse)
			p.fired[r.Rule] = use
		}
		use.times++
		use.points += r.Points
	}
	if gave {
		w.last = ev.RecordedAt
		w.days[calendar.DayOf(ev.OccurredAt, p.c.cal.zone)] = true
	}
	if mine {
		w.earned++
	}
	if !gave {
		p.zero++
		for i := range ev.Rules {
			p.reasons[refusal{ev.Rules[i].Rule, ev.Rules[i].Reason}]++
		}
	}
}

// member adds up what a journal came to.
func (p *participation) member(w *walk) {
	p.members++
	days := func(t time.Time) float64 { return t.Sub(w.joined).Hours() / 24 }
	watched := days(p.asOf)
	if p.entry.cost > 0 {
		spell := stats.Spell{Entry: -1, Exit: max(0, watched), Weight: 1}
		if !w.reached.IsZero() {
			spell.Exit, spell.Event = max(0, days(w.reached)), true
		}
		p.spells = append(p.spells, spell)
		if w.balance >= p.entry.cost {
			p.affords++
		}
	}
	p.rates = append(p.rates, memberRate{float64(w.earned), max(1, watched/7)})
	if watched >= reachYear {
		p.yearOld++
		if w.redeemed && days(w.redeemedAt) <= reachYear {
			p.yearRedeemed++
		}
	}
	if watched >= 14 {
		p.fortnight++
		if w.earlyDays(p.c.cal.zone) >= 3 {
			p.early++
		}
	}
	if !w.last.IsZero() && p.asOf.Sub(w.last) <= 30*24*time.Hour {
		p.active++
	}
	if !w.blind {
		p.known += w.issued
		if !w.bought {
			p.free += w.issued
		}
	}
	p.announced(w)
}

// earlyDays is on how many of the first 14 local days the member earned.
func (w *walk) earlyDays(zone *time.Location) (n int) {
	first := calendar.DayOf(w.joined, zone)
	for d := first; d < first+14; d++ {
		if w.days[d] {
			n++
		}
	}
	return n
}

// announced compares what expired, or was about to, with what was told of it.
func (p *participation) announced(w *walk) {
	for at, points := range w.told {
		if at > micros(p.asOf) {
			continue
		}
		p.told += points
		p.expiring += max(points, w.gone[at])
		p.saved += max(0, points-w.gone[at])
	}
	for at, points := range w.gone {
		if w.told[at] == 0 {
			p.expiring += points
		}
	}
}

// actions returns what members do, as far as it earns points of the cheapest
// reward's wallet, and how much they differ: the rate of each member has a
// gamma distribution around the mean, of which the journals show the variance
// beyond what chance alone makes (by moments).
func (p *participation) actions() (actions []ActionRate, shape float64) {
	events, mean, noise := 0.0, 0.0, 0.0
	n := float64(len(p.rates))
	for _, r := range p.rates {
		events += r.events
		mean += r.events / r.weeks / n
		noise += r.events / (r.weeks * r.weeks) / n
	}
	if events == 0 {
		return nil, 0
	}
	variance := 0.0
	for _, r := range p.rates {
		off := r.events/r.weeks - mean
		variance += float64(off*off) / max(1, n-1)
	}
	if between := variance - noise; between > 0 {
		shape = min(100, max(0.1, float64(mean*mean)/between))
	}
	for _, r := range p.c.rules {
		use := p.fired[r.id]
		if use == nil || r.terms.wallet != p.entry.wallet {
			continue
		}
		points := (use.points + use.times/2) / use.times
		actions = append(actions, ActionRate{r.name, max(1, points), float64(use.times) / events * mean})
	}
	return actions, shape
}
