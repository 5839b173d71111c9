package loyalty

import (
	"context"
	"fmt"
	"time"
)

// Event is an entry that was read: what moved, what the rules said, and the
// command.
type Event struct {
	Seq        uint64    `json:"seq"`
	Kind       EntryKind `json:"kind"`
	OccurredAt time.Time `json:"occurredAt"`
	RecordedAt time.Time `json:"recordedAt"`
	Moves      []Moved   `json:"moves,omitempty"`
	// Rules are what each rule gave for the event, or why not.
	Rules []RuleResult `json:"rules,omitempty"`
	// Reward and Quantity are what was redeemed, or returned if Quantity is
	// negative.
	Reward   string `json:"reward,omitempty"`
	Quantity int64  `json:"quantity,omitempty"`
	// Waived could not be taken back, Owed became debt, and Lost came back and
	// had expired.
	Waived int64 `json:"waived,omitempty"`
	Owed   int64 `json:"owed,omitempty"`
	Lost   int64 `json:"lost,omitempty"`
	// Placed is where the entry left the member among the tiers: as a review did,
	// or points that reached a level or lost it. It is nil if nothing of that
	// changed.
	Placed *Placed `json:"placed,omitempty"`
	// Told is what a reminder told about.
	Told *Told `json:"told,omitempty"`
	// Command is nil if time caused the entry, if it is another account's, or
	// if it was erased.
	Command *Command `json:"command,omitempty"`
}

// Placed is a level, as [Standing] has it, under the name that the newest version
// of the program gives it.
type Placed struct {
	Level  string    `json:"level,omitempty"` // empty if none is left
	Since  time.Time `json:"since,omitzero"`
	Review time.Time `json:"review,omitzero"`
	Grace  bool      `json:"grace,omitempty"`
}

// Told is what a reminder told a member about: points, and when they end.
type Told struct {
	Points  int64     `json:"points"`
	Expires time.Time `json:"expires,omitzero"`
}

// Moved is a [Move] with names, as the newest version of the program has them.
type Moved struct {
	Move
	WalletName string `json:"walletName,omitempty"`
	RuleName   string `json:"ruleName,omitempty"`
}

// History returns up to limit entries of a member's journal with Seq > after,
// read and named.
func (e *Engine) History(ctx context.Context, member string, after uint64, limit int) ([]Event, error) {
	entries, err := e.store.Entries(ctx, AccountID{e.rules.program, member}, after, limit)
	if err != nil {
		return nil, fmt.Errorf("loyalty: entries: %w", err)
	}
	events := make([]Event, 0, len(entries))
	for i := range entries {
		event, err := e.rules.Read(&entries[i])
		if err != nil {
			return nil, err
		}
		events = append(events, event)
	}
	return events, nil
}

// Explain returns one entry of a member's journal. What its rules said was
// written down when they were judged, by the same run of the same code.
func (e *Engine) Explain(ctx context.Context, member string, seq uint64) (Event, error) {
	if seq == 0 {
		return Event{}, &CommandError{"seq", "want 1 or more"}
	}
	events, err := e.History(ctx, member, seq-1, 1)
	if err == nil && len(events) == 0 {
		err = fmt.Errorf("%w: %q has no entry %d", ErrUnknownAccount, member, seq)
	}
	if err != nil {
		return Event{}, err
	}
	return events[0], nil
}

// Read reads an entry, and names what it refers to.
func (r *Rules) Read(entry *Entry) (Event, error) {
	ev := Event{Seq: entry.Seq, Kind: entry.Kind, OccurredAt: entry.OccurredAt, RecordedAt: entry.RecordedAt}
	c := r.newest()
	ops := newOpReader(entry.Body)
	for ops.next() {
		p := ops.payload
		switch ops.code {
		case opMove:
			m := readMove(p)
			ev.Moves = append(ev.Moves, c.moved(&m))
		case opOutcome:
			o := readOutcome(p)
			ev.Rules = append(ev.Rules, o.named(c))
		case opPass:
			o := readPass(p)
			ev.Rules = append(ev.Rules, o.named(c))
		case opReward:
			ev.Reward, ev.Quantity = c.rewardName(le.Uint32(p)), int64(le.Uint64(p[4:]))
		case opAside:
			ev.Waived += int64(le.Uint64(p))
			ev.Owed += int64(le.Uint64(p[8:]))
			ev.Lost += int64(le.Uint64(p[16:]))
		case opTier:
			t := readTier(p)
			ev.Placed = &Placed{c.levelName(t.level), instant(t.since), instant(t.review), t.grace}
		case opNotice:
			ev.Told = &Told{int64(le.Uint64(p)), instant(int64(le.Uint64(p[8:])))}
		}
	}
	if ops.err != nil {
		return Event{}, fmt.Errorf("entry %d of %q: %w", entry.Seq, entry.Account.Member, ops.err)
	}
	if len(entry.Command) > 0 {
		ev.Command = new(Command)
		if err := ev.Command.UnmarshalBinary(entry.Command); err != nil {
			return Event{}, fmt.Errorf("entry %d of %q: %w", entry.Seq, entry.Account.Member, err)
		}
	}
	return ev, nil
}

func (c *compiled) moved(m *move) Moved {
	named := Moved{WalletName: c.walletName(m.wallet), Move: Move{
		Wallet: m.wallet, From: m.from, To: m.to, Terms: m.terms, Rule: m.rule, Points: m.points,
		Expires: instant(m.expires), Activates: instant(m.activates),
	}}
	if rule := c.rule(m.rule); rule != nil {
		named.RuleName = rule.name
	}
	return named
}

func (c *compiled) rewardName(id uint32) string {
	for i := range c.rewards {
		if c.rewards[i].ID == id {
			return c.rewards[i].Name
		}
	}
	return ""
}
