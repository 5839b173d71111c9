package lifecycle_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/lifecycle"
)

// crowd makes events of many customers over two years in no order of time.
func crowd(customers, events int) (ids, unixSeconds, cents []int64) {
	random := rand.New(rand.NewPCG(3, 4))
	start, length := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).Unix(), int64(2*365*24*60*60)
	for range events {
		ids = append(ids, random.Int64N(int64(customers)))
		unixSeconds = append(unixSeconds, start+random.Int64N(length))
		cents = append(cents, random.Int64N(10_000)-2000)
	}
	return ids, unixSeconds, cents
}

// Property: columns of several batches are added as their rows are one by one.
func TestAddColumnsInBatches(t *testing.T) {
	ids, unixSeconds, cents := crowd(20_000, 300_000)
	until := time.Date(2025, 9, 1, 12, 0, 0, 0, time.UTC)
	activity, activityRows := lifecycle.Activity[int64]{Until: until}, lifecycle.Activity[int64]{Until: until}
	revenue, revenueRows := lifecycle.Revenue[int64]{Until: until}, lifecycle.Revenue[int64]{Until: until}
	checkAdd(t, activity.AddColumns(lifecycle.Columns[int64]{Customer: ids, At: unixSeconds}))
	checkAdd(t, revenue.AddColumns(lifecycle.Columns[int64]{Customer: ids, At: unixSeconds, Amount: cents, Places: 2}))
	for i, id := range ids {
		at := time.Unix(unixSeconds[i], 0)
		checkAdd(t, activityRows.Add(id, at))
		checkAdd(t, revenueRows.Add(id, at, decimal.New(cents[i], -2)))
	}
	for _, pair := range [][2]interface{ MarshalBinary() ([]byte, error) }{{&activity, &activityRows}, {&revenue, &revenueRows}} {
		got, err := pair[0].MarshalBinary()
		checkAdd(t, err)
		want, err := pair[1].MarshalBinary()
		checkAdd(t, err)
		if string(got) != string(want) {
			t.Errorf("%T: columns and rows give different bytes", pair[0])
		}
	}
	if got, want := activity.AfterUntil(), activityRows.AfterUntil(); got != want || want == 0 {
		t.Errorf("AfterUntil() of activity = %d, want %d, not 0", got, want)
	}
	if got, want := revenue.AfterUntil(), revenueRows.AfterUntil(); got != want || want == 0 {
		t.Errorf("AfterUntil() of revenue = %d, want %d, not 0", got, want)
	}
}

// Property: with more different lives than are kept at once, and some that
// span two words, counting customers together gives what counting them one by
// one does.
func TestReportsOfManyLives(t *testing.T) {
	ids, unixSeconds, _ := crowd(30_000, 200_000)
	for _, each := range []lifecycle.Period{lifecycle.Monthly(), lifecycle.Weekly(time.Monday)} {
		t.Run(each.String(), func(t *testing.T) {
			activity := lifecycle.Activity[int64]{Each: each}
			checkAdd(t, activity.AddColumns(lifecycle.Columns[int64]{Customer: ids, At: unixSeconds}))
			checkAdd(t, activity.Know(-1))
			now := time.Date(2025, 11, 11, 0, 0, 0, 0, time.UTC)
			growth, err := activity.Growth(now, lifecycle.GrowthOptions[int64]{})
			checkAdd(t, err)
			undated, err := activity.Growth(now, lifecycle.GrowthOptions[int64]{
				New:   lifecycle.GivenDate,
				Since: func(int64) (at time.Time, ok bool) { return time.Time{}, false },
			})
			checkAdd(t, err)
			if diff := cmp.Diff(undated, growth); diff != "" {
				t.Errorf("growth (-one by one +together):\n%s", diff)
			}
			for _, kind := range []lifecycle.RetentionKind{lifecycle.On, lifecycle.OnOrAfter, lifecycle.OnOrBefore, lifecycle.Streak, lifecycle.Bracket} {
				options := lifecycle.RetentionOptions[int64]{Kind: kind}
				if kind == lifecycle.Bracket {
					options.Brackets = []int{0, 1, 3, 30}
				}
				retention, err := activity.Retention(now, options)
				checkAdd(t, err)
				options.Cohort = func(_ int64, start time.Time) string {
					return nameOf(each, start)
				}
				named, err := activity.Retention(now, options)
				checkAdd(t, err)
				if diff := cmp.Diff(named, retention); diff != "" {
					t.Errorf("retention %s (-one by one +together):\n%s", kind, diff)
				}
			}
		})
	}
}

func nameOf(each lifecycle.Period, start time.Time) string {
	if each == lifecycle.Monthly() {
		return start.Format("2006-01")
	}
	year, week := start.ISOWeek()
	return fmt.Sprintf("%d-W%02d", year, week)
}
