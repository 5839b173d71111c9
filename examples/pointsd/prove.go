package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/regulars-go/regulars/loyalty"
)

// proof is what all journals come to.
type proof struct {
	Accounts int64 `json:"accounts"`
	Entries  int64 `json:"entries"`
	// Keys is how many commands are in the journals.
	Keys int64 `json:"keys"`
	// Pots are the points of all members by wallet and pot; those of issued and
	// received count what came out of them.
	Pots map[string]map[string]int64 `json:"pots"`
}

// prove replays every journal against the account that the store has, adds up
// all that ever moved, and looks for commands that were done twice. It holds
// the keys of all commands in memory.
func (s *service) prove(ctx context.Context, out io.Writer) error {
	p := prover{service: s, seen: map[string]string{}, proof: proof{Pots: map[string]map[string]int64{}}}
	if err := p.all(ctx); err != nil {
		return err
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return errors.Join(encoder.Encode(p.proof), p.conserved())
}

type prover struct {
	service *service
	proof   proof
	seen    map[string]string // whose journal a key is in
}

func (p *prover) all(ctx context.Context) error {
	after := ""
	for {
		list, err := p.service.list(ctx, "", after, pageMost)
		if err != nil {
			return err
		}
		for _, m := range list.Members {
			if err := p.member(ctx, m.Member); err != nil {
				return err
			}
		}
		if after = list.Next; after == "" {
			return nil
		}
	}
}

func (p *prover) member(ctx context.Context, member string) error {
	if err := p.service.engine.Verify(ctx, member); err != nil {
		return err
	}
	p.proof.Accounts++
	for after := uint64(0); ; {
		events, err := p.service.engine.History(ctx, member, after, pageMost)
		if err != nil {
			return err
		}
		for i := range events {
			if err := p.event(member, &events[i]); err != nil {
				return err
			}
			after = events[i].Seq
		}
		if len(events) < pageMost {
			return nil
		}
	}
}

func (p *prover) event(member string, e *loyalty.Event) error {
	p.proof.Entries++
	for _, m := range e.Moves {
		pots := p.proof.Pots[m.WalletName]
		if pots == nil {
			pots = map[string]int64{}
			p.proof.Pots[m.WalletName] = pots
		}
		pots[m.From.String()] += sign(m.From, -1) * m.Points
		pots[m.To.String()] += sign(m.To, 1) * m.Points
	}
	if e.Command == nil {
		return nil
	}
	p.proof.Keys++
	if other, ok := p.seen[e.Command.Key]; ok {
		return fmt.Errorf("key %q is in the journals of %q and %q, or twice in one", e.Command.Key, other, member)
	}
	p.seen[e.Command.Key] = member
	return nil
}

// sign is which way a move changes a pot: points come out of issued and
// received, whose totals count upwards, and debt is what is owed.
func sign(p loyalty.Pot, way int64) int64 {
	if p == loyalty.PotIssued || p == loyalty.PotReceived || p == loyalty.PotDebt {
		return -way
	}
	return way
}

// conserved checks what package loyalty promises of every wallet, for all
// members together: what was sent was also received.
func (p *prover) conserved() error {
	for wallet, pots := range p.proof.Pots {
		in := pots["issued"] + pots["received"]
		out := pots["available"] + pots["pending"] + pots["held"] + pots["redeemed"] + pots["expired"] + pots["revoked"] + pots["forfeited"] + pots["sent"] - pots["debt"]
		if in != out {
			return fmt.Errorf("wallet %q: %d points came in and %d are somewhere", wallet, in, out)
		}
		if pots["sent"] != pots["received"] {
			return fmt.Errorf("wallet %q: %d points were sent and %d received", wallet, pots["sent"], pots["received"])
		}
		for pot, points := range pots {
			if points < 0 {
				return fmt.Errorf("wallet %q: %d points are %s", wallet, points, pot)
			}
		}
	}
	return nil
}
