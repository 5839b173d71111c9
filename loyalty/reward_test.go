package loyalty_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/loyalty"
)

// A reward is to be had from From on and until To, exclusively.
func TestRewardDates(t *testing.T) {
	p := cafe()
	from, to := monday.Add(time.Hour), monday.Add(2*time.Hour)
	p.Rewards = append(p.Rewards, loyalty.Reward{ID: 3, Name: "mug", Cost: 1, From: from, To: to})
	for at, want := range map[time.Time]bool{
		from.Add(-time.Microsecond): false, from: true, to.Add(-time.Microsecond): true, to: false,
	} {
		d := newDesk(t, p)
		d.do("ada", grant(5))
		d.now = at
		if _, err := d.try("ada", reward("mug")); (err == nil) != want {
			t.Errorf("%s: %v, want %t", at, err, want)
		}
	}
}

// A member's limit and the stock are reached exactly, and come back with a
// reversal; the limit also with the next period.
func TestRewardLimits(t *testing.T) {
	p := cafe()
	p.Rewards = append(p.Rewards, loyalty.Reward{ID: 3, Name: "mug", Cost: 1, PerMember: 3, Per: "week", Stock: new(int64(4))})
	d := newDesk(t, p)
	d.do("ada", grant(50))
	d.do("bo", grant(50))
	mugs := func(n int64) loyalty.Command {
		return loyalty.Command{Redeem: &loyalty.Redeem{Reward: "mug", Quantity: n}}
	}
	d.do("ada", reward("mug"))
	d.do("ada", keyed("two", mugs(2)))
	nextWeek := time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC)
	if _, err := d.try("ada", reward("mug")); !sameError(err, &loyalty.LimitError{Limit: `reward "mug": 3 per member`, Max: 3, Used: 3, RetryAt: nextWeek}) {
		t.Error(err)
	}
	if _, err := d.try("bo", mugs(2)); !sameError(err, &loyalty.StockError{Reward: "mug", Left: 1, Wanted: 2}) {
		t.Error(err)
	}
	d.do("ada", loyalty.Command{Reverse: &loyalty.Reverse{Redemption: "two"}})
	d.do("bo", mugs(2))
	if _, err := d.try("ada", mugs(2)); !sameError(err, &loyalty.StockError{Reward: "mug", Left: 1, Wanted: 2}) {
		t.Error(err)
	}
	d.do("ada", reward("mug"))
	if _, err := d.try("ada", reward("mug")); !sameError(err, &loyalty.StockError{Reward: "mug", Wanted: 1}) {
		t.Error(err)
	}
	d.now = nextWeek
	if _, err := d.try("ada", mugs(3)); !sameError(err, &loyalty.StockError{Reward: "mug", Wanted: 3}) {
		t.Errorf("a new week: %v", err)
	}
}

// A reward for a level is for those who hold that level.
func TestRewardForALevel(t *testing.T) {
	p := tiered(loyalty.Tiers{Window: "year"}, nil)
	p.Rewards = append(p.Rewards, loyalty.Reward{ID: 3, Name: "lounge", Cost: 1, Tiers: []string{"gold"}})
	d := newDesk(t, p)
	d.do("ada", grant(5))
	for _, tt := range []struct {
		points int64
		ok     bool
	}{{100, false}, {200, true}, {700, false}} { // silver, gold, diamond
		d.do("ada", growth(tt.points))
		if _, err := d.try("ada", reward("lounge")); (err == nil) != tt.ok {
			t.Errorf("%s: %v", d.statement("ada").Tier.Level, err)
		}
	}
}

// The next reward is one that the member's level may have.
func TestNextRewardForALevel(t *testing.T) {
	p := tiered(loyalty.Tiers{Window: "year"}, nil)
	p.Rewards = append(p.Rewards, loyalty.Reward{ID: 3, Name: "lounge", Cost: 20, Tiers: []string{"gold"}})
	d := newDesk(t, p)
	d.do("ada", grant(5))
	for _, tt := range []struct {
		points int64
		want   loyalty.NextReward
	}{
		{100, loyalty.NextReward{Reward: "coffee", Missing: 25}}, // silver
		{200, loyalty.NextReward{Reward: "lounge", Missing: 15}}, // gold
		{700, loyalty.NextReward{Reward: "coffee", Missing: 25}}, // diamond
	} {
		if got := d.do("ada", growth(tt.points)).Next; got != tt.want {
			t.Errorf("%s: %+v, want %+v", d.statement("ada").Tier.Level, got, tt.want)
		}
		if got := d.statement("ada").Next; got != tt.want {
			t.Errorf("%s: the statement says %+v, want %+v", d.statement("ada").Tier.Level, got, tt.want)
		}
	}
}

// Points that end when the wallet is idle are spent in their turn among those
// that end on a day.
func TestBurnOrderWithIdlePoints(t *testing.T) {
	p := cafe()
	p.Wallets[0].Expiry = loyalty.Expiry{Idle: regulars.Days(10)}
	p.Limits.Transfers = &loyalty.Transfers{}
	d := newDesk(t, p)
	d.do("bo", grant(10)) // ends 13 March
	d.later(8)
	d.do("ada", grant(9)) // ends 21 March
	d.do("ada", loyalty.Command{Transfer: &loyalty.Transfer{To: "bo", Points: 5}})
	d.later(2)
	d.do("bo", redeem(12)) // the ten first; what was sent is not kept alive by it
	var got []string
	for _, l := range d.statement("bo").Lots {
		got = append(got, l.Expires.Format("01-02"))
	}
	if diff := cmp.Diff([]string{"03-21"}, got); diff != "" || d.available("bo") != 3 {
		t.Errorf("%d points, that end (-want +got):\n%s", d.available("bo"), diff)
	}
}

// The least that may be redeemed at once is enough.
func TestMinRedeem(t *testing.T) {
	p := cafe()
	p.Limits.MinRedeem = 10
	d := newDesk(t, p)
	d.do("ada", grant(50))
	d.do("ada", redeem(10))
	if _, err := d.try("ada", redeem(9)); !sameError(err, &loyalty.LimitError{Limit: "at least 10 points at once", Max: 10, Used: 9}) {
		t.Error(err)
	}
}

// A transfer may use up a day's limit, and all that there is, but not what is
// locked.
func TestTransferLimits(t *testing.T) {
	p := cafe()
	p.Rules[1].Locked = true
	p.Limits.Transfers = &loyalty.Transfers{Min: 5, PerDay: 20}
	d := newDesk(t, p)
	d.do("bo", grant(1))
	d.do("ada", order("o", 30))
	d.do("ada", event("quiz")) // five, locked
	send := func(points int64) error {
		_, err := d.try("ada", loyalty.Command{Transfer: &loyalty.Transfer{To: "bo", Points: points}})
		return err
	}
	for _, tt := range []struct {
		points int64
		want   error
	}{
		{4, &loyalty.LimitError{Limit: "at least 5 points a transfer", Max: 5, Used: 4}},
		{5, nil},
		{15, nil},
		{5, &loyalty.LimitError{Limit: "20 points transferred a day", Max: 20, Used: 20, RetryAt: time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC)}},
	} {
		if err := send(tt.points); !sameError(err, tt.want) {
			t.Errorf("%d: %v", tt.points, err)
		}
	}
	d.later(1)
	if err := send(11); !sameError(err, &loyalty.InsufficientError{Wallet: "points", Available: 10, Wanted: 11}) {
		t.Error(err)
	}
	if err := send(10); err != nil {
		t.Error(err)
	}
	if got := d.available("ada"); got != 5 {
		t.Errorf("%d points left, want the locked 5", got)
	}
}

// A redemption that is reversed at the very end of its points, or later, brings
// them back for as long as the wallet says; a microsecond before, with the end
// that they had.
func TestRestoreAtTheEnd(t *testing.T) {
	p := cafe()
	p.Wallets[0].Restore = regulars.Days(5)
	end := time.Date(2026, 4, 2, 0, 0, 0, 0, time.UTC)
	for at, want := range map[time.Time]string{
		end.Add(-time.Microsecond): "04-02", end: "04-08", end.AddDate(0, 0, 3): "04-11",
	} {
		d := newDesk(t, p)
		d.do("ada", order("o", 9))
		d.do("ada", keyed("r", redeem(9)))
		d.now = at
		d.do("ada", loyalty.Command{Reverse: &loyalty.Reverse{Redemption: "r"}})
		if lots := d.statement("ada").Lots; len(lots) != 1 || lots[0].Points != 9 || lots[0].Expires.Format("01-02") != want {
			t.Errorf("reversed at %s: %+v, want 9 until %s", at, lots, want)
		}
	}
}

// The next reward is the cheapest that is to be had and can't be afforded; what
// is owed has to be earned too.
func TestNextReward(t *testing.T) {
	p := cafe()
	p.Wallets[0].Shortfall, p.Wallets[0].DebtLimit = loyalty.ShortfallDebt, 50
	p.Rewards = append(p.Rewards,
		loyalty.Reward{ID: 3, Name: "gone", Cost: 20, Disabled: true},
		loyalty.Reward{ID: 4, Name: "over", Cost: 21, To: monday},
		loyalty.Reward{ID: 5, Name: "to come", Cost: 22, From: monday.Add(time.Hour)},
	)
	d := newDesk(t, p)
	for _, tt := range []struct {
		command loyalty.Command
		want    loyalty.NextReward
	}{
		{grant(10), loyalty.NextReward{Reward: "coffee", Missing: 20}},
		{grant(19), loyalty.NextReward{Reward: "coffee", Missing: 1}},
		{grant(1), loyalty.NextReward{Reward: "cake", Missing: 50}},
		{grant(50), loyalty.NextReward{}},
		{loyalty.Command{Deduct: &loyalty.Deduct{Points: 90, Reason: "r"}}, loyalty.NextReward{Reward: "coffee", Missing: 40}},
	} {
		if got := d.do("ada", tt.command).Next; got != tt.want {
			t.Errorf("%+v, want %+v", got, tt.want)
		}
		if got := d.statement("ada").Next; got != tt.want {
			t.Errorf("the statement says %+v, want %+v", got, tt.want)
		}
	}
}

// So many holds may be open at once, and no more.
func TestOpenHolds(t *testing.T) {
	d := newDesk(t, cafe())
	d.do("ada", grant(100))
	one := loyalty.Command{Hold: &loyalty.Hold{Points: 1}}
	for i := range loyalty.MaxOpenHolds {
		d.do("ada", keyed("hold "+string(rune('A'+i)), one))
	}
	if _, err := d.try("ada", one); !sameError(err, &loyalty.LimitError{Limit: "32 open holds", Max: 32, Used: 32}) {
		t.Error(err)
	}
	d.do("ada", loyalty.Command{Release: &loyalty.Release{Hold: "hold A"}})
	d.do("ada", one)
}

// Holds that end at one instant come back together: what ends soonest pays what
// is owed, whatever the holds are called.
func TestHoldsThatEndTogether(t *testing.T) {
	for _, keys := range [][2]string{{"tea", "cake"}, {"cake", "tea"}} {
		p := cafe()
		p.Wallets[0].Expiry = loyalty.Expiry{After: regulars.Days(30)}
		p.Wallets[0].Shortfall, p.Wallets[0].DebtLimit = loyalty.ShortfallDebt, 50
		p.Limits.HoldFor = regulars.Hours(1)
		d := newDesk(t, p)
		d.do("ada", grant(10))
		d.now = d.now.AddDate(0, 0, 1)
		d.do("ada", grant(10))
		hold := loyalty.Command{Hold: &loyalty.Hold{Points: 10}}
		d.do("ada", keyed(keys[0], hold))
		d.do("ada", keyed(keys[1], hold))
		d.do("ada", loyalty.Command{Deduct: &loyalty.Deduct{Points: 4, Reason: "r"}})
		d.now = d.now.Add(time.Hour)
		lots := d.statement("ada").Lots
		if len(lots) != 2 || lots[0].Points != 6 || lots[1].Points != 10 {
			t.Errorf("hold %q, then %q: %+v, want 6 that end first and 10", keys[0], keys[1], lots)
		}
	}
}
