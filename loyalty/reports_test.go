package loyalty_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/loyalty"
)

// noon is an instant of March 2026, UTC, at noon.
func noon(day int) time.Time { return time.Date(2026, 3, day, 12, 0, 0, 0, time.UTC) }

// corner is a program whose points last 30 days and cost a cent.
func corner() loyalty.Program {
	return loyalty.Program{
		Name: "cafe", Version: 1,
		Wallets: []loyalty.Wallet{
			{ID: 1, Name: "points", Expiry: loyalty.Expiry{After: regulars.Days(30)}, Cost: decimal.New(1, -2)},
			{ID: 2, Name: "growth", Qualifying: true},
		},
		Rules: []loyalty.Rule{
			{ID: 1, Name: "order", Layer: loyalty.LayerRoutine, On: []string{"order"}, PerAmount: &loyalty.PerAmount{Points: 1, Per: decimal.New(1, 0)}},
			{ID: 2, Name: "sign-in", Layer: loyalty.LayerZeroCost, On: []string{"check-in"}, Streak: &loyalty.Streak{Steps: []loyalty.Step{{Day: 1, Points: 5}}}},
			{ID: 3, Name: "growth", Layer: loyalty.LayerRoutine, On: []string{"order"}, Wallet: "growth", PerAmount: &loyalty.PerAmount{Points: 1, Per: decimal.New(1, 0)}},
		},
		Multipliers: []loyalty.Multiplier{{ID: 1, Name: "gold", Group: "tier", Factor: decimal.New(2, 0), Rules: []uint32{1}, When: loyalty.Condition{Tiers: []string{"gold"}}}},
		Rewards:     []loyalty.Reward{{ID: 1, Name: "espresso", Cost: 100}},
		Tiers:       &loyalty.Tiers{Wallet: "growth", Window: "rolling", Months: 1, Levels: []loyalty.Level{{ID: 1, Name: "gold", Min: 200}}},
		Limits:      loyalty.Limits{HoldFor: regulars.Hours(24)},
	}
}

func engineOf(t testing.TB, p ...loyalty.Program) *loyalty.Engine {
	t.Helper()
	e, err := loyalty.NewEngine(loyalty.NewMemory(), p...)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func mustDo(t testing.TB, e *loyalty.Engine, member, key string, when time.Time, c loyalty.Command) loyalty.Receipt {
	t.Helper()
	c.Member, c.Key, c.OccurredAt = member, key, when
	receipt, err := e.Do(t.Context(), when, c)
	if err != nil {
		t.Fatalf("%s: %v", key, err)
	}
	return receipt
}

func spend(amount int64) loyalty.Command {
	return loyalty.Command{Earn: &loyalty.Earn{Kind: "order", Amount: decimal.New(amount, 0)}}
}

func TestLiabilityCountsNothingPastItsEnd(t *testing.T) {
	e := engineOf(t, corner())
	mustDo(t, e, "a", "a1", noon(1), spend(100)) // ends with 31 March
	mustDo(t, e, "b", "b1", noon(5), spend(50))  // with 4 April
	mustDo(t, e, "b", "b2", noon(6), loyalty.Command{Hold: &loyalty.Hold{Points: 20}})
	now := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	got, err := e.Liability(t.Context(), now)
	if err != nil {
		t.Fatal(err)
	}
	// Both accounts are due: a's points have ended, b's hold has timed out.
	want := loyalty.Liability{AsOf: now, Accounts: 2, Due: 2, Wallets: []loyalty.WalletLiability{{
		Wallet: "points", Due: loyalty.Owed{Available: 50}, Past: 100, Months: []loyalty.ExpiryMonth{{Month: "2026-04", Points: 50}},
		Cost: decimal.New(5, -1), Expected: decimal.New(5, -1), Low: decimal.New(5, -1), High: decimal.New(5, -1),
	}}}
	same := cmp.Comparer(func(a, b decimal.Decimal) bool { return a.Equal(b) })
	if diff := cmp.Diff(want, got, same); diff != "" {
		t.Errorf("liability (-want +got) %s", diff)
	}
	if _, err := e.Sweep(t.Context(), now, 100); err != nil {
		t.Fatal(err)
	}
	if got, err = e.Liability(t.Context(), now); err != nil {
		t.Fatal(err)
	}
	want.Due, want.Wallets[0].Settled, want.Wallets[0].Due, want.Wallets[0].Past = 0, want.Wallets[0].Due, loyalty.Owed{}, 0
	if diff := cmp.Diff(want, got, same); diff != "" {
		t.Errorf("liability once swept (-want +got) %s", diff)
	}
}

// All accounts are read, also those of the pages after the first.
func TestLiabilityOfManyAccounts(t *testing.T) {
	e := engineOf(t, corner())
	for i := range 1001 {
		name := strconv.Itoa(i)
		mustDo(t, e, name, name, noon(1), spend(1))
	}
	l, err := e.Liability(t.Context(), noon(1))
	if err != nil || l.Accounts != 1001 || l.Wallets[0].Settled.Available != 1001 {
		t.Errorf("%+v, %v", l, err)
	}
}

// The last microsecond of a point's life counts, and the next instant not.
func TestLiabilityAtTheEdge(t *testing.T) {
	e := engineOf(t, corner())
	mustDo(t, e, "a", "a1", noon(1), spend(100))
	ends := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	for when, want := range map[time.Time]int64{ends.Add(-time.Microsecond): 100, ends: 0} {
		l, err := e.Liability(t.Context(), when)
		if err != nil || l.Wallets[0].Settled.Points()+l.Wallets[0].Due.Points() != want {
			t.Errorf("at %s: %+v, %v; want %d points", when, l.Wallets[0], err, want)
		}
	}
}

// community does what members of the retailer's program might do in a season.
func community(t testing.TB, e *loyalty.Engine, members int) time.Time {
	random := rand.New(rand.NewPCG(7, 8))
	now := noon(1)
	for day := range 90 {
		for m := range members {
			name, key := fmt.Sprintf("m%02d", m), fmt.Sprintf("%d-%d", day, m)
			when := now.Add(time.Duration(m) * time.Second)
			switch random.IntN(12) {
			case 0:
				c := spend(random.Int64N(200))
				c.Earn.Order = key
				mustDo(t, e, name, key, when, c)
			case 1, 2:
				mustDo(t, e, name, key, when, loyalty.Command{CheckIn: &loyalty.CheckIn{}})
			case 3:
				c := loyalty.Command{Key: key, Member: name, OccurredAt: when, Redeem: &loyalty.Redeem{Reward: "shopping bag"}}
				_, _ = e.Do(t.Context(), when, c) // most can't afford it
			case 4:
				_, _ = e.Do(t.Context(), when, loyalty.Command{Key: key, Member: name, OccurredAt: when, Hold: &loyalty.Hold{Points: 60}})
			}
		}
		now = now.AddDate(0, 0, 1)
	}
	return now
}

// The whole is the sum of what members are told that they hold.
func TestLiabilityIsTheSumOfStatements(t *testing.T) {
	e := engineOf(t, loyalty.Retailer())
	now := community(t, e, 40)
	for _, when := range []time.Time{now, now.AddDate(0, 3, 0), now.AddDate(2, 0, 0)} {
		l, err := e.Liability(t.Context(), when)
		if err != nil {
			t.Fatal(err)
		}
		var sum, ending loyalty.Owed
		byMonth := map[string]int64{}
		for m := range 40 {
			st, err := e.Balance(t.Context(), when, fmt.Sprintf("m%02d", m))
			if errors.Is(err, loyalty.ErrUnknownAccount) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			sum.Available += st.Balances[0].Available
			sum.Pending += st.Balances[0].Pending
			sum.Held += st.Balances[0].Held
			sum.Debt += st.Balances[0].Debt
			for _, lot := range slices.Concat(st.Lots, st.Waiting) {
				if lot.Wallet == "points" {
					byMonth[lot.Expires.Add(-1).Format("2006-01")] += lot.Points
				}
			}
		}
		w := l.Wallets[0]
		ending = loyalty.Owed{Available: w.Settled.Available + w.Due.Available, Pending: w.Settled.Pending + w.Due.Pending, Held: w.Settled.Held + w.Due.Held, Debt: w.Settled.Debt + w.Due.Debt}
		if diff := cmp.Diff(sum, ending); diff != "" {
			t.Errorf("at %s (-statements +liability) %s", when, diff)
		}
		got := map[string]int64{}
		for _, m := range w.Months {
			got[m.Month] = m.Points
		}
		if diff := cmp.Diff(byMonth, got); diff != "" {
			t.Errorf("months at %s (-statements +liability) %s", when, diff)
		}
	}
}

func TestReminders(t *testing.T) {
	e := engineOf(t, corner())
	mustDo(t, e, "a", "a1", noon(1), spend(250)) // gold, for March; points end with 31 March
	mustDo(t, e, "b", "b1", noon(10), loyalty.Command{CheckIn: &loyalty.CheckIn{}})
	mustDo(t, e, "b", "b2", noon(11), loyalty.Command{CheckIn: &loyalty.CheckIn{}})
	mustDo(t, e, "b", "b3", noon(11), spend(75)) // 85 points: 15 are missing
	mustDo(t, e, "b", "b4", noon(11).Add(time.Hour), loyalty.Command{Hold: &loyalty.Hold{Points: 3}})
	mustDo(t, e, "c", "c1", noon(11), spend(50)) // half of the reward is missing

	april := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	ask := func(from, to time.Time, kinds ...loyalty.ReminderKind) (ids []string) {
		t.Helper()
		page, err := e.Reminders(t.Context(), noon(12), loyalty.ReminderQuery{From: from, To: to, Kinds: kinds})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Reminders {
			ids = append(ids, fmt.Sprint(r.ID, " ", r.Points, " ", r.Days))
		}
		return ids
	}
	cases := []struct {
		name     string
		from, to time.Time
		kinds    []loyalty.ReminderKind
		want     []string
	}{
		{"points that end with March", noon(12), april.Add(time.Microsecond), []loyalty.ReminderKind{loyalty.RemindExpiry}, []string{"expiry/1/2026-04-01T00:00:00Z/a 250 0"}},
		{"to is not included", noon(12), april, []loyalty.ReminderKind{loyalty.RemindExpiry}, nil},
		{"from is", april, april.Add(time.Microsecond), []loyalty.ReminderKind{loyalty.RemindExpiry}, []string{"expiry/1/2026-04-01T00:00:00Z/a 250 0"}},
		{"the level of March", noon(12), april.Add(time.Microsecond), []loyalty.ReminderKind{loyalty.RemindTier}, []string{"tier/1/2026-04-01T00:00:00Z/a 200 0"}},
		{"a hold of a day", noon(12), noon(13), []loyalty.ReminderKind{loyalty.RemindHold}, []string{"hold/ 3 0"}},
		{"two days in a row that end tonight", noon(12), noon(13), []loyalty.ReminderKind{loyalty.RemindStreak}, []string{"streak/2/2026-03-11/b 0 2"}},
		{"a reward for which little is missing", noon(12), noon(13), []loyalty.ReminderKind{loyalty.RemindReward}, []string{"reward/1/0/b 18 0"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := ask(c.from, c.to, c.kinds...)
			for i := range got {
				if len(got[i]) > 5 && got[i][:5] == "hold/" {
					got[i] = "hold/" + got[i][len(got[i])-4:]
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("reminders (-want +got) %s", diff)
			}
		})
	}
	if all := ask(noon(12), april.Add(time.Microsecond)); len(all) != 5 {
		t.Errorf("%d reminders of all kinds, want 5: %v", len(all), all)
	}
	mustDo(t, e, "b", "b5", noon(12), loyalty.Command{CheckIn: &loyalty.CheckIn{}})
	if got := ask(noon(12), noon(13), loyalty.RemindStreak); got != nil {
		t.Errorf("checked in, and yet reminded: %v", got)
	}
}

// Property: pages of any size list the same reminders as one.
func TestReminderPages(t *testing.T) {
	e := engineOf(t, loyalty.Retailer())
	now := community(t, e, 30)
	for _, kinds := range [][]loyalty.ReminderKind{nil, {loyalty.RemindExpiry, loyalty.RemindTier}} {
		read := func(size int) (all []loyalty.Reminder) {
			q := loyalty.ReminderQuery{From: now, To: now.AddDate(2, 0, 0), Kinds: kinds, Reach: 1, Accounts: size}
			for {
				page, err := e.Reminders(t.Context(), now, q)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, page.Reminders...)
				if q.After = page.Next; q.After == nil {
					return all
				}
			}
		}
		whole := read(0)
		if len(whole) == 0 {
			t.Fatal("no reminders to page through")
		}
		for _, size := range []int{1, 7, 30} {
			if diff := cmp.Diff(whole, read(size)); diff != "" {
				t.Errorf("pages of %d (-one +many) %s", size, diff)
			}
		}
	}
}

func TestReminderQueriesThatMakeNoSense(t *testing.T) {
	e := engineOf(t, corner())
	for name, q := range map[string]loyalty.ReminderQuery{
		"empty": {}, "backwards": {From: noon(2), To: noon(1)}, "at once": {From: noon(1), To: noon(1)},
		"reach": {From: noon(1), To: noon(2), Reach: 1.5}, "NaN": {From: noon(1), To: noon(2), Reach: math.NaN()}, "accounts": {From: noon(1), To: noon(2), Accounts: -1},
	} {
		if _, err := e.Reminders(t.Context(), noon(1), q); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// A law: under the same program nothing differs.
func TestSimulateTheSameProgramDiffersInNothing(t *testing.T) {
	e := engineOf(t, loyalty.Retailer())
	now := community(t, e, 25)
	commands, err := e.Recorded(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p := []loyalty.Program{loyalty.Retailer()}
	s, err := loyalty.Simulate(t.Context(), slices.Values(commands), now, p, p)
	if err != nil {
		t.Fatal(err)
	}
	if s.Commands != len(commands) || len(s.Members) != 0 || s.Now.Rejected != 0 {
		t.Errorf("%d commands, %d rejected, differs: %+v", s.Commands, s.Now.Rejected, s.Members)
	}
	if diff := cmp.Diff(s.Now, s.Candidate, cmp.Comparer(func(a, b decimal.Decimal) bool { return a.Equal(b) })); diff != "" {
		t.Errorf("outcomes (-now +candidate) %s", diff)
	}
	real, err := e.Liability(t.Context(), now)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(real.Wallets, s.Now.Liability.Wallets, cmp.Comparer(func(a, b decimal.Decimal) bool { return a.Equal(b) })); diff != "" {
		t.Errorf("replayed (-store +simulation) %s", diff)
	}
}

// By hand: two points a unit of growth make the member gold with the first
// order, so that the second one pays double; and then the reward is had that
// could not be paid for.
func TestSimulateChainsEffects(t *testing.T) {
	candidate := corner()
	candidate.Rules[2].PerAmount = &loyalty.PerAmount{Points: 2, Per: decimal.New(1, 0)}
	commands := []loyalty.Recorded{
		{At: noon(1), Command: loyalty.Command{Key: "1", Member: "a", OccurredAt: noon(1), Earn: &loyalty.Earn{Kind: "order", Amount: decimal.New(100, 0)}}},
		{At: noon(2), Command: loyalty.Command{Key: "2", Member: "a", OccurredAt: noon(2), Redeem: &loyalty.Redeem{Points: 60}}},
		{At: noon(3), Command: loyalty.Command{Key: "3", Member: "a", OccurredAt: noon(3), Earn: &loyalty.Earn{Kind: "order", Amount: decimal.New(50, 0)}}},
		{At: noon(4), Command: loyalty.Command{Key: "4", Member: "a", OccurredAt: noon(4), Redeem: &loyalty.Redeem{Reward: "espresso"}}},
		{At: noon(4), Command: loyalty.Command{Key: "5", Member: "b", OccurredAt: noon(4), CheckIn: &loyalty.CheckIn{}}},
	}
	s, err := loyalty.Simulate(t.Context(), slices.Values(commands), noon(5), []loyalty.Program{corner()}, []loyalty.Program{candidate})
	if err != nil {
		t.Fatal(err)
	}
	wantMembers := []loyalty.MemberDiff{{
		Member: "a", Earned: map[string]int64{"points": 150, "growth": 150}, CandidateEarned: map[string]int64{"points": 200, "growth": 300},
		Available: map[string]int64{"points": 90, "growth": 150}, CandidateAvailable: map[string]int64{"points": 40, "growth": 300},
		CandidateTier: "gold", Rejected: 1,
	}}
	if diff := cmp.Diff(wantMembers, s.Members); diff != "" {
		t.Errorf("members (-want +got) %s", diff)
	}
	wantRules := []loyalty.RuleDiff{{1, "order", 2, 150, 2, 200}, {2, "sign-in", 1, 5, 1, 5}, {3, "growth", 2, 150, 2, 300}}
	if diff := cmp.Diff(wantRules, s.Rules); diff != "" {
		t.Errorf("rules (-want +got) %s", diff)
	}
	if diff := cmp.Diff(map[string]int{"insufficient points": 1}, s.Now.Reasons); diff != "" || s.Candidate.Rejected != 0 {
		t.Errorf("refused (-want +got) %s; candidate %d", diff, s.Candidate.Rejected)
	}
	// a has 90 and 40 points left, b 5; nothing has come to its end but what was redeemed
	wantOwed := []loyalty.LiabilityDiff{{Wallet: "points", Points: 95, CandidatePoints: 45, Expected: decimal.New(95, -2), CandidateExpected: decimal.New(45, -2)}}
	if diff := cmp.Diff(wantOwed, s.Liability, cmp.Comparer(func(a, b decimal.Decimal) bool { return a.Equal(b) })); diff != "" {
		t.Errorf("liability (-want +got) %s", diff)
	}
	commands[0], commands[4] = commands[4], commands[0]
	if _, err := loyalty.Simulate(t.Context(), slices.Values(commands), noon(5), []loyalty.Program{corner()}, []loyalty.Program{candidate}); err == nil {
		t.Error("commands out of order: no error")
	}
}
