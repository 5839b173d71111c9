package loyalty

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
)

// Statement is what a member holds at a moment, everything done that is due.
type Statement struct {
	Member     string    `json:"member"`
	At         time.Time `json:"at"`
	EnrolledAt time.Time `json:"enrolledAt"`
	// Closed is set if the account is closed.
	Closed   bool      `json:"closed,omitempty"`
	Seq      uint64    `json:"seq"`
	Balances []Balance `json:"balances"`
	// Lots are the available points by when they end, those of each wallet by
	// the soonest end, and Waiting the pending ones by when they activate.
	Lots    []Lot `json:"lots,omitempty"`
	Waiting []Lot `json:"waiting,omitempty"`
	// Tier is the level; nil if the program has no tiers.
	Tier *Standing  `json:"tier,omitempty"`
	Next NextReward `json:"next,omitzero"`
}

// Lot is points with one end.
type Lot struct {
	Wallet string `json:"wallet"`
	Points int64  `json:"points"`
	// Expires is when they end; zero if never, or if that is not known yet.
	Expires time.Time `json:"expires,omitzero"`
	// Activates is when they become available; zero if they are. If they wait
	// for an event, it is when they are forfeited.
	Activates time.Time `json:"activates,omitzero"`
	ForEvent  bool      `json:"forEvent,omitempty"`
}

// Standing is where a member stands among the tiers.
type Standing struct {
	Level string `json:"level,omitempty"` // empty if none is reached
	// Since is when the level was reached; zero if none is.
	Since time.Time `json:"since,omitzero"`
	// Review is when it is looked at again; zero if it can't be lost. Grace is
	// set if the last review failed it.
	Review time.Time `json:"review,omitzero"`
	Grace  bool      `json:"grace,omitempty"`
	// Qualifying is what counts for the level now. Stay is what is missing to
	// keep the level at the next review, of the period that it looks at; 0 if
	// it is kept.
	Qualifying int64 `json:"qualifying"`
	Stay       int64 `json:"stay"`
	// Projected is the level after the next review if nothing more is earned.
	Projected string `json:"projected,omitempty"`
	// Next is the next level, and Missing what it takes; empty at the top.
	Next    string `json:"next,omitempty"`
	Missing int64  `json:"missing,omitempty"`
}

// Balance returns what a member holds at a moment. It writes nothing.
func (e *Engine) Balance(ctx context.Context, now time.Time, member string) (Statement, error) {
	v := e.view()
	defer e.free(v)
	s, err := e.advanced(ctx, v, now, member)
	if err != nil {
		return Statement{}, err
	}
	at := max(micros(now), s.account.time)
	c := e.rules.at(at)
	v.almanac.in(c.cal.zone)
	return s.account.statement(c, member, at, &v.almanac), nil
}

// Statement returns what an account holds, as the newest version in force at
// that moment names it. What is due is done only if a command or a sweep did
// it: the account is read as it is.
func (r *Rules) Statement(a *Account, member string, at time.Time) Statement {
	c := r.at(micros(at))
	days := new(almanac)
	days.in(c.cal.zone)
	return a.statement(c, member, micros(at), days)
}

func (a *Account) statement(c *compiled, member string, at int64, days *almanac) Statement {
	st := Statement{Member: member, At: instant(at), EnrolledAt: instant(a.enrolled), Closed: a.status != statusOpen, Seq: a.seq}
	for i := range c.wallets {
		t := a.total(c.wallets[i].ID)
		st.Balances = append(st.Balances, Balance{c.wallets[i].Name, t.Available, t.Pending, t.Held, t.Debt})
	}
	for l := range a.lots {
		st.Lots = append(st.Lots, Lot{Wallet: c.walletName(l.wallet), Points: l.points, Expires: instant(a.endOf(l))})
	}
	slices.SortStableFunc(st.Lots, func(a, b Lot) int {
		return cmp.Or(cmp.Compare(a.Wallet, b.Wallet), compareExpiry(micros(a.Expires), micros(b.Expires)))
	})
	for l := range a.waiting {
		st.Waiting = append(st.Waiting, Lot{c.walletName(l.wallet), l.points, instant(l.expires), instant(l.activates), l.terms&TermEvent != 0})
	}
	if c.tiers != nil {
		st.Tier = c.tiers.standing(c, a, at, days)
	}
	st.Next.Reward, st.Next.Missing = c.nextName(a, at)
	return st
}

func (c *compiled) nextName(a *Account, at int64) (string, int64) {
	id, missing := c.next(a, at)
	for i := range c.rewards {
		if id != 0 && c.rewards[i].ID == id {
			return c.rewards[i].Name, missing
		}
	}
	return "", 0
}

func (l *ladder) standing(c *compiled, a *Account, at int64, days *almanac) *Standing {
	m := monthly.Of(days.day(at))
	st := &Standing{
		Level: c.levelName(a.tier.level), Since: instant(a.tier.since), Review: instant(a.tier.review), Grace: a.tier.grace,
		Qualifying: l.current(a, m, days),
	}
	after := a.tier.level
	if a.tier.review != 0 {
		after = l.reviewed(a, a.tier.review, days).level
		st.Stay = max(0, l.least(a.tier.level)-l.looked(a, a.tier.review, days))
	}
	st.Projected = c.levelName(after)
	for i := range l.levels {
		if l.levels[i].ID > a.tier.level {
			st.Next, st.Missing = l.levels[i].Name, max(0, l.levels[i].Min-st.Qualifying)
			break
		}
	}
	return st
}

// current is what counts in the period that month m lies in.
func (l *ladder) current(a *Account, m int32, days *almanac) int64 {
	if l.window == byRolling {
		return a.earned(m-l.months+1, m+1)
	}
	start := l.yearStart(a, m, days)
	return a.earned(start, start+12)
}

// looked is the most that a review at an instant finds if nothing more is
// earned.
func (l *ladder) looked(a *Account, at int64, days *almanac) int64 {
	m := monthly.Of(days.day(at))
	if l.window == byRolling {
		return a.earned(m-l.months+1, m+1)
	}
	start := l.yearStart(a, m, days)
	return max(a.earned(start-12, start), a.earned(start, start+12))
}

// verifyPage is how many entries are replayed at once.
const verifyPage = 1000

// Verify replays a member's journal and compares what it comes to with the
// account in the store, byte for byte. It reads the account first, so that a
// commit in between can't make a difference.
func (e *Engine) Verify(ctx context.Context, member string) error {
	id := AccountID{e.rules.program, member}
	records, _, err := e.store.Load(ctx, []RecordID{id.Record()}, nil)
	if err != nil {
		return fmt.Errorf("loyalty: load: %w", err)
	}
	var head, replayed Account
	if records[0].Version > 0 {
		if err := head.read(records[0].Body); err != nil {
			return fmt.Errorf("loyalty: account %q: %w", member, err)
		}
	}
	for replayed.seq < head.seq {
		n := int(min(verifyPage, head.seq-replayed.seq))
		entries, err := e.store.Entries(ctx, id, replayed.seq, n)
		if err != nil {
			return fmt.Errorf("loyalty: entries: %w", err)
		}
		if len(entries) == 0 {
			return fmt.Errorf("%w: account %q: the journal ends with entry %d of %d", ErrCorrupt, member, replayed.seq, head.seq)
		}
		for i := range entries {
			if err := replayed.Apply(&entries[i]); err != nil {
				return err
			}
		}
	}
	if records[0].Version > 0 && !bytes.Equal(replayed.append(nil), records[0].Body) {
		return fmt.Errorf("%w: account %q is not what its journal comes to", ErrCorrupt, member)
	}
	return nil
}
