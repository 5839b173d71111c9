package loyalty_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/loyalty"
)

// machine runs the same commands through an engine that is never swept, one
// that is swept now and then, and the model.
type machine struct {
	model  *model
	now    time.Time
	lazy   *loyalty.Engine
	swept  *loyalty.Engine
	stores [2]*loyalty.Memory
	keys   int
	orders []string
	apps   map[string]bool
	deals  []string
	last   loyalty.Command
	answer loyalty.Receipt
	result error
}

var machineMembers = []string{"ada", "bo", "会员三"}

func newMachine(t *rapid.T) *machine {
	name := rapid.SampledFrom([]string{"Asia/Shanghai", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe"}).Draw(t, "zone")
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	m := &machine{apps: map[string]bool{}, now: time.Date(2026, 2, 20, 3, 0, 0, 0, time.UTC)}
	shortfall := rapid.SampledFrom([]loyalty.Shortfall{loyalty.ShortfallClamp, loyalty.ShortfallDebt, loyalty.ShortfallRefuse}).Draw(t, "shortfall")
	m.model = newModel(zone, shortfall, rapid.SampledFrom([]int{0, 5}).Draw(t, "restore"))
	for i, e := range []**loyalty.Engine{&m.lazy, &m.swept} {
		m.stores[i] = loyalty.NewMemory()
		if *e, err = loyalty.NewEngine(m.stores[i], m.model.program()); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

// do runs a command in both engines. Both must take it if the model does.
func (m *machine) do(t *rapid.T, c loyalty.Command, accepted bool) {
	if c.Key == "" {
		m.keys++
		c.Key = fmt.Sprintf("key %d", m.keys)
	}
	if c.OccurredAt.IsZero() {
		c.OccurredAt = m.now
	}
	ctx := context.Background()
	preview, previewErr := m.lazy.Preview(ctx, m.now, c)
	receipt, err := m.lazy.Do(ctx, m.now, c)
	again, againErr := m.swept.Do(ctx, m.now, c)
	if (err == nil) != accepted {
		t.Fatalf("%s by %s: %v, the model says %t", c.Key, c.Member, err, accepted)
	}
	// A preview equals what is then done, and a sweep makes no difference.
	for _, other := range []struct {
		receipt loyalty.Receipt
		err     error
	}{{preview, previewErr}, {again, againErr}} {
		if diff := gocmp.Diff(receipt, other.receipt); diff != "" || fmt.Sprint(err) != fmt.Sprint(other.err) {
			t.Fatalf("%s: %v, %v (-lazy +other):\n%s", c.Key, err, other.err, diff)
		}
	}
	m.last, m.answer, m.result = c, receipt, err
}

func (m *machine) newKey() string {
	m.keys++
	return fmt.Sprintf("key %d", m.keys)
}

func whole(n int64) decimal.Decimal { return decimal.New(n, 0) }

func drawMember(t *rapid.T) string { return rapid.SampledFrom(machineMembers).Draw(t, "member") }

// drawTwo draws two members who are not the same.
func drawTwo(t *rapid.T) (from, to string) {
	i := rapid.IntRange(0, len(machineMembers)-1).Draw(t, "from")
	apart := rapid.IntRange(1, len(machineMembers)-1).Draw(t, "apart")
	return machineMembers[i], machineMembers[(i+apart)%len(machineMembers)]
}

func (m *machine) drawOrder(t *rapid.T) string {
	if len(m.orders) == 0 {
		return "none"
	}
	return rapid.SampledFrom(m.orders).Draw(t, "order")
}

func (m *machine) drawDeal(t *rapid.T) string {
	if len(m.deals) == 0 {
		return "none"
	}
	return rapid.SampledFrom(m.deals).Draw(t, "deal")
}

// drawLate draws when something happened, at most ten days ago.
func (m *machine) drawLate(t *rapid.T) time.Time {
	hours := rapid.SampledFrom([]int{0, 0, 0, 1, 30, 200, 240}).Draw(t, "hours late")
	return m.now.Add(-time.Duration(hours) * time.Hour)
}

func (m *machine) actions() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"order": func(t *rapid.T) {
			member, at := drawMember(t), m.drawLate(t)
			amount := rapid.SampledFrom([]int64{0, 1, 49, 50, 120, 250}).Draw(t, "amount")
			app := rapid.Bool().Draw(t, "app")
			m.keys++
			order := fmt.Sprintf("order %d", m.keys)
			e := &loyalty.Earn{Kind: "order", Order: order, Amount: whole(amount)}
			if app {
				e.Attributes = []loyalty.Attribute{{Name: "channel", Value: "app"}}
			}
			ok := m.model.order(member, order, at, m.now, amount, app)
			m.do(t, loyalty.Command{Member: member, OccurredAt: at, Earn: e}, ok)
			m.orders, m.apps[order] = append(m.orders, order), app
		},
		"delivered": func(t *rapid.T) {
			member, order, at := drawMember(t), m.drawOrder(t), m.drawLate(t)
			ok := m.model.delivered(member, order, at, m.now)
			m.do(t, loyalty.Command{Member: member, OccurredAt: at, Earn: &loyalty.Earn{Kind: "delivered", Order: order}}, ok)
		},
		"keep": func(t *rapid.T) {
			member, order := drawMember(t), m.drawOrder(t)
			if rapid.Bool().Draw(t, "owner") && m.model.orders[order] != nil {
				member = m.model.orders[order].owner
			}
			kept := rapid.SampledFrom([]int64{0, 1, 40, 60, 200, 300}).Draw(t, "kept")
			ok := m.model.keep(member, order, m.now, kept, m.apps[order])
			m.do(t, loyalty.Command{Member: member, Keep: &loyalty.Keep{Order: order, Amount: whole(kept)}}, ok)
		},
		"quiz": func(t *rapid.T) {
			member, at := drawMember(t), m.drawLate(t)
			points := m.model.quizzed(member, at, m.now)
			m.do(t, loyalty.Command{Member: member, OccurredAt: at, Earn: &loyalty.Earn{Kind: "quiz"}}, points >= 0)
			if points >= 0 && m.answer.Rules[0].Points != points {
				t.Fatalf("quiz gave %d points, want %d", m.answer.Rules[0].Points, points)
			}
		},
		"redeem": func(t *rapid.T) {
			member, key := drawMember(t), m.newKey()
			points := rapid.Int64Range(1, 80).Draw(t, "points")
			ok := m.model.spend(member, key, m.now, points)
			m.do(t, loyalty.Command{Key: key, Member: member, Redeem: &loyalty.Redeem{Points: points}}, ok)
			m.deals = append(m.deals, key)
		},
		"hold": func(t *rapid.T) {
			member, key := drawMember(t), m.newKey()
			points := rapid.Int64Range(1, 80).Draw(t, "points")
			ok := m.model.hold(member, key, m.now, points)
			m.do(t, loyalty.Command{Key: key, Member: member, Hold: &loyalty.Hold{Points: points}}, ok)
			m.deals = append(m.deals, key)
		},
		"capture": func(t *rapid.T) {
			member, deal := drawMember(t), m.drawDeal(t)
			points := rapid.Int64Range(1, 80).Draw(t, "points")
			ok := m.model.settle(member, deal, m.now, points, false)
			m.do(t, loyalty.Command{Member: member, Capture: &loyalty.Capture{Hold: deal, Points: points}}, ok)
		},
		"release": func(t *rapid.T) {
			member, deal := drawMember(t), m.drawDeal(t)
			ok := m.model.settle(member, deal, m.now, 0, true)
			m.do(t, loyalty.Command{Member: member, Release: &loyalty.Release{Hold: deal}}, ok)
		},
		"reverse": func(t *rapid.T) {
			member, deal := drawMember(t), m.drawDeal(t)
			ok := m.model.reverse(member, deal, m.now)
			m.do(t, loyalty.Command{Member: member, Reverse: &loyalty.Reverse{Redemption: deal}}, ok)
		},
		"grant": func(t *rapid.T) {
			member, points := drawMember(t), rapid.Int64Range(1, 50).Draw(t, "points")
			ok := m.model.grant(member, m.now, points)
			m.do(t, loyalty.Command{Member: member, Grant: &loyalty.Grant{Points: points, Reason: "sorry"}}, ok)
		},
		"deduct": func(t *rapid.T) {
			member, points := drawMember(t), rapid.Int64Range(1, 50).Draw(t, "points")
			ok := m.model.deduct(member, m.now, points)
			m.do(t, loyalty.Command{Member: member, Deduct: &loyalty.Deduct{Points: points, Reason: "mistake"}}, ok)
		},
		"transfer": func(t *rapid.T) {
			from, to := drawTwo(t)
			points := rapid.Int64Range(1, 40).Draw(t, "points")
			ok := m.model.transfer(from, to, m.now, points)
			m.do(t, loyalty.Command{Member: from, Transfer: &loyalty.Transfer{To: to, Points: points}}, ok)
		},
		"merge": func(t *rapid.T) {
			if rapid.IntRange(0, 3).Draw(t, "rarely") > 0 {
				t.Skip("rarely")
			}
			from, to := drawTwo(t)
			ok := m.model.merge(from, to, m.now)
			m.do(t, loyalty.Command{Member: from, Merge: &loyalty.Merge{Into: to}}, ok)
		},
		"close": func(t *rapid.T) {
			if rapid.IntRange(0, 7).Draw(t, "rarely") > 0 {
				t.Skip("rarely")
			}
			member := drawMember(t)
			ok := m.model.close(member, m.now)
			m.do(t, loyalty.Command{Member: member, Close: &loyalty.Close{Reason: "asked"}}, ok)
		},
		"clock": func(t *rapid.T) {
			hours := rapid.SampledFrom([]int{1, 5, 23, 24, 25, 7 * 24, 31 * 24, 100 * 24, 400 * 24}).Draw(t, "hours")
			m.now = m.now.Add(time.Duration(hours)*time.Hour + time.Duration(rapid.Int64Range(0, 3_599_999_999).Draw(t, "micros"))*time.Microsecond)
		},
		"sweep": func(t *rapid.T) {
			if _, err := m.swept.Sweep(context.Background(), m.now, rapid.IntRange(1, 3).Draw(t, "limit")); err != nil {
				t.Fatal(err)
			}
		},
		"retry": m.retry,
		"":      m.check,
	}
}

// retry sends the last command again: it must be answered as before, unless it
// was refused without that being bound to its key.
func (m *machine) retry(t *rapid.T) {
	if m.last.Key == "" || m.result != nil && m.last.Redeem == nil && m.last.Hold == nil {
		t.Skip("nothing to retry")
	}
	receipt, err := m.lazy.Do(context.Background(), m.now, m.last)
	want := m.answer
	want.Replayed = m.result == nil
	if diff := gocmp.Diff(want, receipt); diff != "" || fmt.Sprint(err) != fmt.Sprint(m.result) {
		t.Fatalf("retry of %s: %v, was %v (-want +got):\n%s", m.last.Key, err, m.result, diff)
	}
	other := m.last
	other.Member += "x"
	if _, err := m.lazy.Do(context.Background(), m.now, other); !isKeyReused(err, "member") {
		t.Fatalf("another payload for key %s: %v", m.last.Key, err)
	}
}

func isKeyReused(err error, field string) bool {
	e, ok := errors.AsType[*loyalty.KeyReusedError](err)
	return ok && e.Field == field
}

// check compares all members with the model.
func (m *machine) check(t *rapid.T) {
	for _, name := range machineMembers {
		a := m.model.members[name]
		if a == nil || !a.enrolled {
			continue
		}
		m.model.advance(a, m.now)
		st, err := m.lazy.Balance(context.Background(), m.now, name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(m.modelStatement(a), summary(&st)); diff != "" {
			t.Fatalf("%s at %s (-model +engine):\n%s", name, m.now, diff)
		}
		m.checkJournal(t, a)
	}
}

// summed is a statement without the order of lots.
type summed struct {
	Balances []loyalty.Balance
	Lots     []string
	Waiting  []string
	Level    string
	Grace    bool
}

func (m *machine) modelStatement(a *modelMember) summed {
	s := summed{Level: []string{"", "silver", "gold"}[a.level], Grace: !a.grace.IsZero()}
	for _, wallet := range []string{"points", "growth"} {
		b := loyalty.Balance{Wallet: wallet, Available: a.available(wallet), Pending: a.sum(a.waiting, wallet), Debt: a.debt[wallet]}
		for _, h := range a.holds {
			b.Held += a.sum(h.parts, wallet)
		}
		s.Balances = append(s.Balances, b)
	}
	lots, waiting := map[string]int64{}, map[string]int64{}
	for _, l := range a.lots {
		lots[fmt.Sprint(l.wallet, l.expires.UnixMicro())] += l.points
	}
	for _, l := range a.waiting {
		waiting[fmt.Sprint(l.wallet, l.expires.UnixMicro(), l.activates.UnixMicro(), l.event)] += l.points
	}
	s.Lots, s.Waiting = listed(lots), listed(waiting)
	return s
}

func summary(st *loyalty.Statement) summed {
	s := summed{Balances: st.Balances, Level: st.Tier.Level, Grace: st.Tier.Grace}
	lots, waiting := map[string]int64{}, map[string]int64{}
	for _, l := range st.Lots {
		lots[fmt.Sprint(l.Wallet, l.Expires.UnixMicro())] += l.Points
	}
	for _, l := range st.Waiting {
		waiting[fmt.Sprint(l.Wallet, l.Expires.UnixMicro(), l.Activates.UnixMicro(), l.ForEvent)] += l.Points
	}
	s.Lots, s.Waiting = listed(lots), listed(waiting)
	return s
}

func listed(sums map[string]int64) (list []string) {
	for key, points := range sums {
		list = append(list, fmt.Sprint(key, " ", points))
	}
	slices.Sort(list)
	return list
}

// checkJournal replays the journal, and adds its moves up without the engine.
func (m *machine) checkJournal(t *rapid.T, a *modelMember) {
	ctx := context.Background()
	if _, err := m.swept.Sweep(ctx, m.now, 100); err != nil { // so that the journal has what is due
		t.Fatal(err)
	}
	for _, e := range []*loyalty.Engine{m.lazy, m.swept} {
		if err := e.Verify(ctx, a.name); err != nil {
			t.Fatal(err)
		}
	}
	events, err := m.swept.History(ctx, a.name, 0, 100_000)
	if err != nil {
		t.Fatal(err)
	}
	pots := map[string]map[loyalty.Pot]int64{"points": {}, "growth": {}}
	var before time.Time
	for i, e := range events {
		if e.Seq != uint64(i+1) || e.RecordedAt.Before(before) {
			t.Fatalf("entry %d at %s follows one at %s", e.Seq, e.RecordedAt, before)
		}
		before = e.RecordedAt
		for _, move := range e.Moves {
			pots[move.WalletName][move.From] -= move.Points
			pots[move.WalletName][move.To] += move.Points
		}
	}
	for wallet, sums := range pots {
		for _, pot := range []loyalty.Pot{loyalty.PotRedeemed, loyalty.PotExpired, loyalty.PotRevoked, loyalty.PotForfeited, loyalty.PotSent} {
			if sums[pot] != a.pots[wallet][pot] {
				t.Fatalf("%s: pot %d of %s has %d, the model %d", a.name, pot, wallet, sums[pot], a.pots[wallet][pot])
			}
		}
		for _, pot := range []loyalty.Pot{loyalty.PotIssued, loyalty.PotReceived} {
			if -sums[pot] != a.pots[wallet][pot] {
				t.Fatalf("%s: pot %d of %s gave %d, the model %d", a.name, pot, wallet, -sums[pot], a.pots[wallet][pot])
			}
		}
		if sums[loyalty.PotAvailable] < 0 || sums[loyalty.PotDebt] < -modelDebtLimit*int64(len(machineMembers)) {
			t.Fatalf("%s: %s holds %v", a.name, wallet, sums)
		}
	}
}

// Property: whatever the commands and the clock, the engine agrees with a model
// that keeps every award apart, a preview with what is then done, and an engine
// that is swept with one that is not, down to the bytes of the journals.
func TestEngineAgreesWithModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newMachine(t)
		t.Repeat(m.actions())
		m.same(t)
	})
}

// same compares the journals and accounts of both engines after a last sweep.
func (m *machine) same(t *rapid.T) {
	ctx := context.Background()
	var entries [2][]loyalty.Entry
	var heads [2][]loyalty.Record
	for i, e := range []*loyalty.Engine{m.lazy, m.swept} {
		if _, err := e.Sweep(ctx, m.now, 100); err != nil {
			t.Fatal(err)
		}
		for _, name := range machineMembers {
			id := loyalty.AccountID{Program: "model", Member: name}
			page, err := m.stores[i].Entries(ctx, id, 0, 100_000)
			if err != nil {
				t.Fatal(err)
			}
			entries[i] = append(entries[i], page...)
			records, _, err := m.stores[i].Load(ctx, []loyalty.RecordID{id.Record()}, nil)
			if err != nil {
				t.Fatal(err)
			}
			records[0].Version = min(records[0].Version, 1) // sweeps commit more often
			heads[i] = append(heads[i], records[0])
		}
	}
	if diff := gocmp.Diff(entries[0], entries[1]); diff != "" {
		t.Fatalf("journals (-lazy +swept):\n%s", diff)
	}
	if diff := gocmp.Diff(heads[0], heads[1]); diff != "" {
		t.Fatalf("accounts (-lazy +swept):\n%s", diff)
	}
}
