package loyalty_test

import (
	"fmt"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/loyalty"
)

// tiered has two levels on growth points, which members are granted.
func tiered(tiers loyalty.Tiers, zone *time.Location) loyalty.Program {
	p := cafe()
	p.Zone = zone
	p.Wallets = append(p.Wallets, loyalty.Wallet{ID: 2, Name: "growth", Qualifying: true})
	tiers.Wallet = "growth"
	tiers.Levels = []loyalty.Level{{ID: 1, Name: "silver", Min: 100}, {ID: 2, Name: "gold", Min: 300}, {ID: 5, Name: "diamond", Min: 1000}}
	p.Tiers = &tiers
	return p
}

func growth(points int64) loyalty.Command {
	return loyalty.Command{Grant: &loyalty.Grant{Points: points, Wallet: "growth", Reason: "test"}}
}

// naiveTier walks through the calendar day by day, and looks at everything on
// each of them.
type naiveTier struct {
	tiers    loyalty.Tiers
	earned   map[int]int64 // by month, counted from year 0
	enrolled int           // month
	level    int
	grace    time.Time // day on which it ends
}

var naiveLeast = []int64{0, 100, 300, 1000}

func monthNumber(day time.Time) int { return day.Year()*12 + int(day.Month()) - 1 }

func (n *naiveTier) sum(from, to int) (sum int64) {
	for month := from; month < to; month++ {
		sum += n.earned[month]
	}
	return sum
}

func levelOf(points int64) (level int) {
	for i, least := range naiveLeast {
		if points >= least {
			level = i
		}
	}
	return level
}

func (n *naiveTier) target(day time.Time) int {
	month := monthNumber(day)
	switch n.tiers.Window {
	case "rolling":
		return levelOf(n.sum(month-int(n.tiers.Months)+1, month+1))
	case "anniversary":
		year := month - (month-n.enrolled)%12
		return max(levelOf(n.sum(year-12, year)), levelOf(n.sum(year, year+12)))
	}
	year := day.Year() * 12
	return max(levelOf(n.sum(year-12, year)), levelOf(n.sum(year, year+12)))
}

// morning looks at the level if a period has ended, or the grace.
func (n *naiveTier) morning(day time.Time) {
	target := n.target(day)
	ended := day.Day() == 1 && (n.tiers.Window == "rolling" || n.tiers.Window == "year" && day.Month() == 1 || n.tiers.Window == "anniversary" && (monthNumber(day)-n.enrolled)%12 == 0)
	switch {
	case !n.grace.IsZero():
		if !day.Equal(n.grace) {
			return
		}
	case !ended:
		return
	case target < n.level && !n.tiers.Grace.IsZero():
		n.grace = n.tiers.Grace.After(day, day.Location()).AddDate(0, 0, 1)
		return
	}
	n.grace = time.Time{}
	switch {
	case target >= n.level:
		n.level = target
	case n.tiers.Soft:
		n.level = max(target, n.level-1)
	default:
		n.level = target
	}
}

func (n *naiveTier) grant(day time.Time, points int64) {
	n.earned[monthNumber(day)] += points
	if target := n.target(day); target >= n.level {
		n.level, n.grace = target, time.Time{}
	}
}

// Property: the level is a function of what was earned, the rules and the time,
// however often anybody looks; and it agrees with a look at every single day.
func TestTiersAgreeWithDailyLook(t *testing.T) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		tiers := loyalty.Tiers{
			Window: rapid.SampledFrom([]string{"year", "anniversary", "rolling"}).Draw(t, "window"),
			Grace:  rapid.SampledFrom([]regulars.Span{{}, regulars.Days(20), regulars.Months(2)}).Draw(t, "grace"),
			Soft:   rapid.Bool().Draw(t, "soft"),
		}
		if tiers.Window == "rolling" {
			tiers.Months = int32(rapid.SampledFrom([]int{1, 3, 12}).Draw(t, "months"))
		}
		p := tiered(tiers, zone)
		day := time.Date(2026, 2, 27, 0, 0, 0, 0, zone)
		naive := naiveTier{tiers: tiers, earned: map[int]int64{}, enrolled: monthNumber(day)}
		seldom, often := newEngine(t, p), newEngine(t, p)
		keys := 0
		for range rapid.IntRange(1, 12).Draw(t, "grants") {
			points := rapid.SampledFrom([]int64{1, 60, 99, 100, 250, 300, 900}).Draw(t, "points")
			keys++
			c := growth(points)
			c.Key, c.Member, c.OccurredAt = fmt.Sprint(keys), "ada", day.Add(13*time.Hour)
			for _, e := range []*loyalty.Engine{seldom, often} {
				if _, err := e.Do(t.Context(), c.OccurredAt, c); err != nil {
					t.Fatal(err)
				}
			}
			naive.grant(day, points)
			for range rapid.SampledFrom([]int{0, 1, 20, 35, 95, 400}).Draw(t, "days") {
				day = time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, zone)
				naive.morning(day)
				if _, err := often.Sweep(t.Context(), day, 10); err != nil {
					t.Fatal(err)
				}
				checkLevel(t, often, day, &naive)
			}
			checkLevel(t, seldom, day, &naive)
		}
	})
}

func newEngine(t *rapid.T, p loyalty.Program) *loyalty.Engine {
	e, err := loyalty.NewEngine(loyalty.NewMemory(), p)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func checkLevel(t *rapid.T, e *loyalty.Engine, day time.Time, n *naiveTier) {
	st, err := e.Balance(t.Context(), day, "ada")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"", "silver", "gold", "diamond"}[n.level]
	if st.Tier.Level != want || st.Tier.Grace != !n.grace.IsZero() {
		t.Fatalf("%s: level %q, grace %t; looking daily %q, %t", day.Format(time.DateOnly), st.Tier.Level, st.Tier.Grace, want, !n.grace.IsZero())
	}
	// What is promised for the next review is what happens if nothing is earned.
	if !st.Tier.Review.IsZero() {
		later, err := e.Balance(t.Context(), st.Tier.Review, "ada")
		if err != nil {
			t.Fatal(err)
		}
		if later.Tier.Level != st.Tier.Projected {
			t.Fatalf("%s: %q was projected for %s, it is %q", day.Format(time.DateOnly), st.Tier.Projected, st.Tier.Review, later.Tier.Level)
		}
		if st.Tier.Stay == 0 && later.Tier.Level != st.Tier.Level {
			t.Fatalf("%s: nothing was missing to stay, yet %q became %q", day.Format(time.DateOnly), st.Tier.Level, later.Tier.Level)
		}
	}
}

// Spending never lowers a level; taking an order back does, if it carried it,
// and a level that is kept by grace is not lost by a small return.
func TestTierFollowsOrders(t *testing.T) {
	p := tiered(loyalty.Tiers{Window: "rolling", Months: 1, Grace: regulars.Days(40)}, nil)
	p.Rules = append(p.Rules, loyalty.Rule{ID: 9, Name: "growth", Layer: loyalty.LayerRoutine, On: []string{"order"}, Wallet: "growth", PerAmount: p.Rules[0].PerAmount})
	d := newDesk(t, p)
	want := func(level string) {
		t.Helper()
		if got := d.statement("ada").Tier.Level; got != level {
			t.Errorf("%q, want %q", got, level)
		}
	}
	d.do("ada", order("o1", 320))
	want("gold")
	d.do("ada", redeem(300))
	want("gold")
	d.do("ada", keep("o1", 299))
	want("silver")
	d.do("ada", order("o2", 1))
	want("gold")
	d.later(31) // April: the grace runs
	want("gold")
	d.do("ada", order("o3", 50))
	d.do("ada", keep("o3", 0))
	want("gold")
	st := d.statement("ada").Tier
	if !st.Grace || st.Next != "diamond" || st.Missing != 1000 || st.Stay != 300 || st.Projected != "" {
		t.Errorf("%+v", st)
	}
	d.later(45)
	want("")
}

// The journal says where each entry left the member among the tiers: those that
// reached a level, and the reviews that kept it, left it to the grace, which runs
// to the end of 31 January, and took it.
func TestHistoryPlaces(t *testing.T) {
	d := newDesk(t, tiered(loyalty.Tiers{Window: "year", Grace: regulars.Days(30)}, time.UTC))
	d.do("ada", growth(300))
	d.do("ada", grant(5))
	d.now = time.Date(2029, 1, 1, 0, 0, 0, 0, time.UTC)
	d.do("ada", grant(5)) // after the reviews of 1 January 2027 and 2028, and the end of the grace
	events, err := d.engine.History(t.Context(), "ada", 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range events {
		if e.Placed != nil {
			got = append(got, fmt.Sprintf("%s %s: %q since %s until %s, grace %t", e.RecordedAt.Format(time.DateOnly), e.Kind,
				e.Placed.Level, e.Placed.Since.Format(time.DateOnly), e.Placed.Review.Format(time.DateOnly), e.Placed.Grace))
		}
	}
	want := []string{
		`2026-03-02 granted: "gold" since 2026-03-02 until 2027-01-01, grace false`,
		`2027-01-01 reviewed: "gold" since 2026-03-02 until 2028-01-01, grace false`,
		`2028-01-01 reviewed: "gold" since 2026-03-02 until 2028-02-01, grace true`,
		`2028-02-01 reviewed: "" since 2028-02-01 until 0001-01-01, grace false`,
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
