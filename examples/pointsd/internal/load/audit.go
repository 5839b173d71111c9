package load

import (
	"context"
	"fmt"
	"maps"
	"time"
)

// audit reads all journals, and holds them against what the clients were told.
type audit struct {
	world             *world
	sent              map[string]*sent // of all clients
	keys              map[string]bool  // seen in journals
	accounts, entries int64
	issued            map[string]int64
	moved             map[string]map[string]int64 // by wallet and pot, of all members
}

func newAudit(w *world) *audit {
	a := &audit{world: w, sent: map[string]*sent{}, keys: map[string]bool{}, issued: map[string]int64{}, moved: map[string]map[string]int64{}}
	for _, c := range w.clients {
		maps.Copy(a.sent, c.sent)
	}
	return a
}

func (a *audit) all(ctx context.Context) error {
	reader := a.world.clients[0]
	for after := ""; ; {
		var page struct {
			Members []struct{ Member string }
			Next    string
		}
		if err := reader.get(ctx, "/v1/members?limit=500&after="+after, &page); err != nil {
			return err
		}
		for _, m := range page.Members {
			if err := a.member(ctx, reader, m.Member); err != nil {
				return fmt.Errorf("member %q: %w", m.Member, err)
			}
		}
		if after = page.Next; after == "" {
			break
		}
	}
	if err := a.conserved(a.moved); err != nil {
		return err
	}
	if a.moved["points"]["sent"] != a.moved["points"]["received"] {
		return fmt.Errorf("%d points were sent, %d received", a.moved["points"]["sent"], a.moved["points"]["received"])
	}
	return a.complete()
}

func (c *client) get(ctx context.Context, path string, v any) error {
	answer, err := c.ask(ctx, "GET", path, "", nil)
	if err == nil {
		err = answer.read(v)
	}
	return err
}

// member checks one journal: it has no gap, and it comes to the balance.
func (a *audit) member(ctx context.Context, reader *client, member string) error {
	a.accounts++
	pots := map[string]map[string]int64{}
	last := entry{}
	for {
		var page struct {
			Entries []entry
			Next    uint64
		}
		if err := reader.get(ctx, fmt.Sprintf("%s?limit=500&after=%d", path(member, "entries"), last.Seq), &page); err != nil {
			return err
		}
		for _, e := range page.Entries {
			if e.Seq != last.Seq+1 || e.RecordedAt.Before(last.RecordedAt) {
				return fmt.Errorf("entry %d of %s follows entry %d of %s", e.Seq, e.RecordedAt.Format(time.RFC3339Nano), last.Seq, last.RecordedAt.Format(time.RFC3339Nano))
			}
			if err := a.entry(member, &e, pots); err != nil {
				return fmt.Errorf("entry %d: %w", e.Seq, err)
			}
			last = e
		}
		if page.Next == 0 {
			break
		}
	}
	if err := a.conserved(pots); err != nil {
		return err
	}
	var st statement
	if err := reader.get(ctx, path(member, ""), &st); err != nil {
		return err
	}
	for _, b := range st.Balances {
		p := pots[b.Wallet]
		// What became due after the journal was read is in the statement only.
		if st.Seq == last.Seq && (b.Available != p["available"] || b.Pending != p["pending"] || b.Held != p["held"] || b.Debt != p["debt"]) {
			return fmt.Errorf("the balance is %+v, the journal comes to %v", b, p)
		}
	}
	for wallet, of := range pots {
		for pot, points := range of {
			add(a.moved, wallet, pot, points)
		}
	}
	return nil
}

// entry checks one entry, and adds what it moved.
func (a *audit) entry(member string, e *entry, pots map[string]map[string]int64) error {
	a.entries++
	for _, m := range e.Moves {
		if m.Points <= 0 {
			return fmt.Errorf("a move of %d", m.Points)
		}
		if m.From == "issued" {
			a.issued[m.WalletName] += m.Points
		}
		add(pots, m.WalletName, m.From, -m.Points*upwards(m.From))
		add(pots, m.WalletName, m.To, m.Points*upwards(m.To))
	}
	if e.Command == nil {
		return nil
	}
	key := e.Command.Key
	if a.keys[key] {
		return fmt.Errorf("key %q was applied twice", key)
	}
	a.keys[key] = true
	s := a.sent[key]
	switch {
	case s == nil:
		return fmt.Errorf("key %q was never answered", key)
	case s.problem != "":
		return fmt.Errorf("key %q was refused by %s, and applied", key, s.problem)
	case s.member != member || s.seq != e.Seq:
		return fmt.Errorf("key %q was answered as entry %d of %q", key, s.seq, s.member)
	}
	return nil
}

// complete checks that all that was acknowledged is there, and that no point
// was given that no answer told of.
func (a *audit) complete() error {
	told := map[string]int64{}
	for key, s := range a.sent {
		if s.problem == "" && !a.keys[key] {
			return fmt.Errorf("key %q was answered with a receipt, and is in no journal", key)
		}
		for wallet, points := range s.issued {
			told[wallet] += points
		}
	}
	maps.DeleteFunc(told, func(_ string, points int64) bool { return points == 0 })
	if !maps.Equal(told, a.issued) {
		return fmt.Errorf("receipts tell of %v points issued, journals of %v", told, a.issued)
	}
	return nil
}

// conserved checks that what came into each wallet is somewhere.
func (a *audit) conserved(pots map[string]map[string]int64) error {
	for wallet, p := range pots {
		in := p["issued"] + p["received"]
		out := p["available"] + p["pending"] + p["held"] + p["redeemed"] + p["expired"] + p["revoked"] + p["forfeited"] + p["sent"] - p["debt"]
		if in != out {
			return fmt.Errorf("wallet %q: %d points came in, %d are somewhere: %v", wallet, in, out, p)
		}
		for pot, points := range p {
			if points < 0 {
				return fmt.Errorf("wallet %q: %d points are %s", wallet, points, pot)
			}
		}
	}
	return nil
}

// upwards is -1 for pots whose totals count what came out of them.
func upwards(pot string) int64 {
	if pot == "issued" || pot == "received" || pot == "debt" {
		return -1
	}
	return 1
}

func add(pots map[string]map[string]int64, wallet, pot string, points int64) {
	if pots[wallet] == nil {
		pots[wallet] = map[string]int64{}
	}
	pots[wallet][pot] += points
}
