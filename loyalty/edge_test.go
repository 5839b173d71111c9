package loyalty_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/loyalty"
)

// Points of an idle wallet that come back at or after its end are gone, and a
// microsecond before they are not.
func TestIdlePointsComingBack(t *testing.T) {
	p := cafe()
	p.Wallets[0].Expiry = loyalty.Expiry{Idle: regulars.Days(10)}
	end := time.Date(2026, 3, 13, 0, 0, 0, 0, time.UTC) // ten days, to the end of the last
	for _, tt := range []struct {
		name      string
		at        time.Time
		available int64
		lost      int64
	}{
		{"before the end", end.Add(-time.Microsecond), 40, 0},
		{"at the end", end, 0, 30},
		{"after the end", end.Add(time.Hour), 0, 30},
	} {
		d := newDesk(t, p)
		d.do("ada", order("o", 40))
		d.do("ada", keyed("r", redeem(30)))
		d.now = tt.at
		r := d.do("ada", loyalty.Command{Reverse: &loyalty.Reverse{Redemption: "r"}})
		if got := d.available("ada"); got != tt.available || r.Lost != tt.lost {
			t.Errorf("%s: %d points, %d lost; want %d and %d", tt.name, got, r.Lost, tt.available, tt.lost)
		}
	}
}

// With a grace for what is restored they come back for so long, and then end on
// a day of their own.
func TestIdlePointsRestored(t *testing.T) {
	p := cafe()
	p.Wallets[0].Expiry, p.Wallets[0].Restore = loyalty.Expiry{Idle: regulars.Days(10)}, regulars.Days(5)
	end := time.Date(2026, 3, 13, 0, 0, 0, 0, time.UTC)
	for at, want := range map[time.Time]string{
		end.Add(-time.Microsecond): "03-13", end: "03-19", end.Add(time.Hour): "03-19",
	} {
		d := newDesk(t, p)
		d.do("ada", order("o", 9))
		d.do("ada", keyed("r", redeem(9)))
		d.now = at
		d.do("ada", loyalty.Command{Reverse: &loyalty.Reverse{Redemption: "r"}})
		if lots := d.statement("ada").Lots; len(lots) != 1 || lots[0].Expires.Format("01-02") != want {
			t.Errorf("reversed at %s: %+v, want an end of %s", at, lots, want)
		}
	}
}

// A version may turn inactivity off: what never ends does not end by what the
// wallet remembers of it.
func TestIdleTurnedOff(t *testing.T) {
	first, second := cafe(), cafe()
	first.Wallets[0].Expiry = loyalty.Expiry{Idle: regulars.Days(10)}
	second.Version, second.Published, second.Effective = 2, monday, monday.Add(24*time.Hour)
	second.Wallets[0].Expiry = loyalty.Expiry{}
	d := newDesk(t, first, second)
	d.do("ada", order("o", 40))
	d.later(1)
	d.do("ada", order("p", 7))
	d.do("ada", keyed("r", redeem(2)))
	d.later(20)
	if got := d.available("ada"); got != 7 {
		t.Errorf("%d points, want the 7 that never end", got)
	}
}

// Points that would have to wait for an event until an instant that has come
// are forfeited at once; a microsecond before they wait.
func TestTooLateToWait(t *testing.T) {
	p := cafe()
	p.Wallets[0].Pending = loyalty.Pending{Until: "delivered", Within: regulars.Days(10)}
	end := time.Date(2026, 3, 13, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		at   time.Time
		want []line
	}{
		{end.Add(-time.Microsecond), []line{{"03-12 23:59", "issued", "pending", 9}}},
		{end, []line{{"03-13 00:00", "issued", "forfeited", 9}}},
	} {
		d := newDesk(t, p)
		c := order("o", 9)
		c.OccurredAt, d.now = monday, tt.at
		d.do("ada", c)
		if diff := cmp.Diff(tt.want, d.journal("ada")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.at, diff)
		}
	}
}

// Points that activate, and points that end, at the very moment of a command
// have done so.
func TestDueAtTheMomentItself(t *testing.T) {
	p := cafe()
	p.Wallets[0].Pending = loyalty.Pending{For: regulars.Days(3)}
	d := newDesk(t, p)
	d.do("ada", order("o", 9))
	activates := time.Date(2026, 3, 6, 0, 0, 0, 0, time.UTC)
	ends := time.Date(2026, 4, 6, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		at   time.Time
		want int64
	}{
		{activates.Add(-time.Microsecond), 0}, {activates, 9}, {ends.Add(-time.Microsecond), 9}, {ends, 0},
	} {
		d.now = tt.at
		if got := d.available("ada"); got != tt.want {
			t.Errorf("%s: %d points, want %d", tt.at, got, tt.want)
		}
	}
	late := order("p", 5) // would have activated at this very instant
	late.OccurredAt, d.now = monday, activates
	d = newDesk(t, p)
	d.now = activates
	d.do("bo", late)
	if got := d.available("bo"); got != 5 {
		t.Errorf("%d points, want 5", got)
	}
}

// Two streaks that end on one day become the longer one, however long.
func TestMergeOfLongStreaks(t *testing.T) {
	for _, into := range []string{"ada", "bo"} {
		d := newDesk(t, everyFeature())
		in := func(member string) int32 {
			return d.do(member, loyalty.Command{CheckIn: &loyalty.CheckIn{}}).Rules[0].Progress
		}
		for range 69 {
			in("ada")
			d.later(1)
		}
		in("ada")
		in("bo")
		from := map[string]string{"ada": "bo", "bo": "ada"}[into]
		d.do(from, loyalty.Command{Merge: &loyalty.Merge{Into: into}})
		d.later(1)
		if got := in(into); got != 71 {
			t.Errorf("merged into %s: day %d of the streak, want 71", into, got)
		}
	}
}
