package loyalty

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
)

// ReminderKind is what a reminder is about.
type ReminderKind string

// The kinds of reminders.
const (
	RemindExpiry ReminderKind = "points expiring"
	RemindHold   ReminderKind = "hold ending"
	RemindTier   ReminderKind = "tier review" // only if it would lower the level
	RemindStreak ReminderKind = "streak at risk"
	RemindReward ReminderKind = "reward in reach" // whether it is in stock is not looked at
)

// Reminder is something to tell a member. The host sends it, and reports what
// it sent by [Reminder.Sent].
type Reminder struct {
	// ID stays the same for the same matter, whenever it is asked for, so that
	// nothing is sent twice.
	ID     string       `json:"id"`
	Kind   ReminderKind `json:"kind"`
	Member string       `json:"member"`
	// At is when it happens. A reward in reach has none.
	At time.Time `json:"at,omitzero"`
	// Wallet is of the points. Points are those that expire or are held, or that
	// are missing: for the level that would be lost, or for the reward.
	Wallet string `json:"wallet,omitempty"`
	Points int64  `json:"points,omitempty"`
	// Reward is the one in reach. Level is what the member has, Projected what a
	// review would leave, empty for none.
	Reward    string `json:"reward,omitempty"`
	Level     string `json:"level,omitempty"`
	Projected string `json:"projected,omitempty"`
	// Rule is of the streak, and Days its length.
	Rule string `json:"rule,omitempty"`
	Days int32  `json:"days,omitempty"`
}

// Sent returns the command that reports the reminder as sent at an instant. Its
// key is the reminder's ID, so that it is recorded once.
func (r Reminder) Sent(at time.Time) Command {
	told := &Reminded{Reminder: r.ID}
	if r.Kind == RemindExpiry {
		told.Points, told.Expires = r.Points, r.At
	}
	return Command{Key: r.ID, Member: r.Member, OccurredAt: at, Reminded: told}
}

// ReminderQuery asks for reminders of what happens at From <= t < To.
type ReminderQuery struct {
	From, To time.Time
	// Kinds are those to look for. Empty means all. Streaks and rewards need a
	// look at every account; the others only at those with something due before
	// To.
	Kinds []ReminderKind
	// Reach is how much of a reward may be missing for it to be in reach, as a
	// share of its cost from 0 to 1. Zero means 0.2.
	Reach float64
	// After is where the page before ended; nil for the first. Accounts is how
	// many are looked at for a page; zero means 1000.
	After    *Due
	Accounts int
}

// ReminderPage is a page of reminders.
type ReminderPage struct {
	Reminders []Reminder
	// Next is where the next page begins; nil if this was the last.
	Next *Due
}

// Reminders lists what there is to tell members, as of now, of what will happen
// in a stretch of time. It writes nothing. Reminders come in the order of
// accounts, those of one member by At and then ID. A page may be empty and yet
// have a next one.
func (e *Engine) Reminders(ctx context.Context, now time.Time, q ReminderQuery) (ReminderPage, error) {
	if !inRange(q.From) || !inRange(q.To) || micros(q.To) <= micros(q.From) {
		return ReminderPage{}, &CommandError{"reminders", "want from before to, from 1971 to 2499"}
	}
	if !(q.Reach >= 0 && q.Reach <= 1) || q.Accounts < 0 {
		return ReminderPage{}, &CommandError{"reminders", "want a reach from 0 to 1, and accounts from 0"}
	}
	r := reminding{c: e.rules.at(micros(now)), now: micros(now), from: micros(q.From), to: micros(q.To), query: &q}
	r.days.in(r.c.cal.zone)
	scan := Scan{After: q.After, Limit: cmp.Or(q.Accounts, 1000)}
	if !r.wants(RemindStreak) && !r.wants(RemindReward) {
		scan.UpTo = q.To
	}
	var page ReminderPage
	var last Due
	read := 0
	err := e.accounts(ctx, now, scan, func(at Due, _, account *Account) error {
		last = at
		read++
		page.Reminders = append(page.Reminders, r.of(at.Member, account)...)
		return nil
	})
	if err != nil {
		return ReminderPage{}, err
	}
	if read == scan.Limit {
		page.Next = &last
	}
	return page, nil
}

// reminding looks for reminders in accounts.
type reminding struct {
	c             *compiled
	now, from, to int64
	query         *ReminderQuery
	days          almanac
}

func (r *reminding) wants(k ReminderKind) bool {
	return len(r.query.Kinds) == 0 || slices.Contains(r.query.Kinds, k)
}

func (r *reminding) in(at int64) bool { return at >= r.from && at < r.to && at > r.now }

// of lists the reminders for one member.
func (r *reminding) of(member string, a *Account) []Reminder {
	if a.status != statusOpen {
		return nil
	}
	var list []Reminder
	for _, part := range [...]struct {
		kind ReminderKind
		of   func(*reminding, *Account) []Reminder
	}{
		{RemindExpiry, (*reminding).expiring},
		{RemindHold, (*reminding).holds},
		{RemindTier, (*reminding).tier},
		{RemindStreak, (*reminding).streaks},
		{RemindReward, (*reminding).reward},
	} {
		if !r.wants(part.kind) {
			continue
		}
		for _, found := range part.of(r, a) {
			found.Kind, found.Member = part.kind, member
			found.ID += "/" + member
			list = append(list, found)
		}
	}
	slices.SortFunc(list, func(a, b Reminder) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	return list
}

// expiring adds up what ends at one instant in one wallet.
func (r *reminding) expiring(a *Account) (list []Reminder) {
	add := func(l lot) {
		ends := a.endOf(l)
		w := r.c.purse(l.wallet)
		if !r.in(ends) || w == nil || w.Qualifying {
			return
		}
		id := fmt.Sprintf("expiry/%d/%s", l.wallet, stampOf(ends))
		if i := slices.IndexFunc(list, func(x Reminder) bool { return x.ID == id }); i >= 0 {
			list[i].Points += l.points
			return
		}
		list = append(list, Reminder{ID: id, At: instant(ends), Wallet: w.Name, Points: l.points})
	}
	for l := range a.lots {
		add(l)
	}
	for l := range a.waiting {
		add(l)
	}
	return list
}

func (r *reminding) holds(a *Account) (list []Reminder) {
	for h := range a.holds {
		if r.in(h.until) {
			list = append(list, Reminder{ID: fmt.Sprintf("hold/%x", h.id), At: instant(h.until), Wallet: r.c.walletName(h.wallet), Points: a.held(h.id)})
		}
	}
	return list
}

// tier tells of a review that would lower the level.
func (r *reminding) tier(a *Account) []Reminder {
	if r.c.tiers == nil || !r.in(a.tier.review) {
		return nil
	}
	st := r.c.tiers.standing(r.c, a, r.now, &r.days)
	if st.Projected == st.Level {
		return nil
	}
	return []Reminder{{
		ID: fmt.Sprintf("tier/%d/%s", a.tier.level, stampOf(a.tier.review)), At: instant(a.tier.review),
		Wallet: r.c.walletName(r.c.tiers.wallet), Points: st.Stay, Level: st.Level, Projected: st.Projected,
	}}
}

// streaks tells of runs of 2 days and more that end with the local day, unless
// the member checks in.
func (r *reminding) streaks(a *Account) (list []Reminder) {
	for i := range r.c.book.rules {
		rule := &r.c.book.rules[i]
		if rule.way != wayStreak || rule.off {
			continue
		}
		s := a.streak(rule.id)
		run := s.run(s.last)
		ends := (s.last + 2).Start(r.c.cal.zone).UnixMicro()
		if run < 2 || !r.in(ends) {
			continue
		}
		list = append(list, Reminder{ID: fmt.Sprintf("streak/%d/%s", rule.id, s.last), At: instant(ends), Rule: r.c.rule(rule.id).name, Days: run})
	}
	return list
}

// reward tells of the next reward if little is missing. It is another matter
// once the member has redeemed again.
func (r *reminding) reward(a *Account) []Reminder {
	reach := cmp.Or(r.query.Reach, 0.2)
	for i := range r.c.rewards { // sorted by cost
		p := &r.c.rewards[i]
		available := a.pot(p.wallet, PotAvailable)
		missing := p.Cost - available + a.pot(p.wallet, PotDebt)
		if missing <= 0 || !p.offered(a.tier.level, r.now) {
			continue
		}
		if float64(missing) > reach*float64(p.Cost) {
			return nil
		}
		id := fmt.Sprintf("reward/%d/%d", p.ID, a.pot(p.wallet, PotRedeemed))
		return []Reminder{{ID: id, Reward: p.Name, Wallet: r.c.walletName(p.wallet), Points: missing}}
	}
	return nil
}

// stampOf is an instant as it stands in IDs.
func stampOf(at int64) string { return instant(at).Format(time.RFC3339Nano) }
