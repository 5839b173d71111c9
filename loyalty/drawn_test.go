package loyalty_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/loyalty/loyaltytest"
)

// Property: under any program, with any commands at any time, a preview equals
// what is then done, accounts are what their journals come to, points are
// conserved and never negative, debt stays within its limit, and an engine that
// is swept writes the same bytes as one that is not.
func TestAnyProgram(t *testing.T) {
	zones, err := loyaltytest.Zones(time.LoadLocation)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		p := loyaltytest.Programs(zones...).Draw(t, "program")
		var engines [2]*loyalty.Engine
		var stores [2]*loyalty.Memory
		for i := range engines {
			stores[i] = loyalty.NewMemory()
			if engines[i], err = loyalty.NewEngine(stores[i], p); err != nil {
				t.Fatal(err)
			}
		}
		ctx, now := context.Background(), monday
		for range rapid.IntRange(1, 40).Draw(t, "commands") {
			now = now.Add(loyaltytest.Steps().Draw(t, "step"))
			if rapid.IntRange(0, 3).Draw(t, "sweep") == 0 {
				if _, err := engines[1].Sweep(ctx, now, 2); err != nil {
					t.Fatal(err)
				}
			}
			c := loyaltytest.Commands(p, now).Draw(t, "command")
			preview, previewErr := engines[0].Preview(ctx, now, c)
			receipt, err := engines[0].Do(ctx, now, c)
			if isBug(err) {
				t.Fatalf("%v", err)
			}
			swept, sweptErr := engines[1].Do(ctx, now, c)
			if fmt.Sprint(err) != fmt.Sprint(previewErr) || fmt.Sprint(err) != fmt.Sprint(sweptErr) {
				t.Fatalf("done: %v\npreviewed: %v\nswept: %v", err, previewErr, sweptErr)
			}
			if diff := gocmp.Diff(preview, receipt); diff != "" {
				t.Fatalf("(-preview +done):\n%s", diff)
			}
			if diff := gocmp.Diff(receipt, swept); diff != "" {
				t.Fatalf("(-lazy +swept):\n%s", diff)
			}
		}
		sameStores(t, p, engines, stores, now)
		conserved(t, p, engines[0], now)
	})
}

// isBug reports an error that no command may cause.
func isBug(err error) bool {
	return errors.Is(err, loyalty.ErrCorrupt) || errors.Is(err, loyalty.ErrNewerState) || errors.Is(err, loyalty.ErrContended)
}

func sameStores(t *rapid.T, p loyalty.Program, engines [2]*loyalty.Engine, stores [2]*loyalty.Memory, now time.Time) {
	ctx := context.Background()
	var all [2]string
	for i, e := range engines {
		if _, err := e.Sweep(ctx, now, 100); err != nil {
			t.Fatal(err)
		}
		for _, name := range loyaltytest.Members {
			id := loyalty.AccountID{Program: p.Name, Member: name}
			if err := e.Verify(ctx, name); err != nil {
				t.Fatal(err)
			}
			entries, err := stores[i].Entries(ctx, id, 0, 100_000)
			if err != nil {
				t.Fatal(err)
			}
			for _, entry := range entries {
				all[i] += fmt.Sprintf("%+v\n", entry)
			}
			records, _, err := stores[i].Load(ctx, []loyalty.RecordID{id.Record()}, nil)
			if err != nil {
				t.Fatal(err)
			}
			all[i] += fmt.Sprintf("%s: %x due %s\n", name, records[0].Body, records[0].Due)
		}
	}
	if diff := gocmp.Diff(all[0], all[1]); diff != "" {
		t.Fatalf("(-lazy +swept):\n%s", diff)
	}
}

// conserved adds up the moves of all journals.
func conserved(t *rapid.T, p loyalty.Program, e *loyalty.Engine, now time.Time) {
	ctx := context.Background()
	between := map[uint8]int64{} // received less sent, by wallet
	for _, name := range loyaltytest.Members {
		events, err := e.History(ctx, name, 0, 100_000)
		if err != nil {
			t.Fatal(err)
		}
		sums := map[uint8]*[11]int64{}
		for _, event := range events {
			for _, m := range event.Moves {
				if sums[m.Wallet] == nil {
					sums[m.Wallet] = new([11]int64)
				}
				if m.Points <= 0 {
					t.Fatalf("move of %d points", m.Points)
				}
				sums[m.Wallet][m.From] -= m.Points
				sums[m.Wallet][m.To] += m.Points
			}
		}
		for wallet, s := range sums {
			for _, pot := range []loyalty.Pot{loyalty.PotAvailable, loyalty.PotPending, loyalty.PotHeld, loyalty.PotRedeemed, loyalty.PotExpired, loyalty.PotRevoked, loyalty.PotForfeited, loyalty.PotSent} {
				if s[pot] < 0 {
					t.Fatalf("%s: pot %d of wallet %d has %d", name, pot, wallet, s[pot])
				}
			}
			if s[loyalty.PotDebt] > 0 || s[loyalty.PotDebt] < 0 && s[loyalty.PotAvailable] > 0 {
				t.Fatalf("%s: wallet %d: %v", name, wallet, s)
			}
			between[wallet] += s[loyalty.PotReceived] + s[loyalty.PotSent]
		}
		st, err := e.Balance(ctx, now, name)
		if errors.Is(err, loyalty.ErrUnknownAccount) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		for i, b := range st.Balances {
			if s := sums[p.Wallets[i].ID]; s != nil && (s[loyalty.PotAvailable] != b.Available || s[loyalty.PotPending] != b.Pending || s[loyalty.PotHeld] != b.Held || -s[loyalty.PotDebt] != b.Debt) {
				t.Fatalf("%s: balance %+v, the journal says %v", name, b, s)
			}
		}
	}
	for wallet, sum := range between {
		if sum != 0 {
			t.Fatalf("wallet %d: %d points got lost or doubled between members", wallet, sum)
		}
	}
}
