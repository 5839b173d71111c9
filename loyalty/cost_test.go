package loyalty_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/loyalty/loyaltytest"
)

// counting counts the calls to a store.
func counting(t *testing.T, p loyalty.Program) (*loyalty.Engine, *loyaltytest.FaultyStore, *loyalty.Memory) {
	t.Helper()
	store := loyalty.NewMemory()
	counted := loyaltytest.FaultyAt(store, 0, loyaltytest.FaultNone)
	engine, err := loyalty.NewEngine(counted, p)
	if err != nil {
		t.Fatal(err)
	}
	return engine, counted, store
}

// Neither the calls that a command takes nor the size of an account grow with
// the length of the history.
func TestCostDoesNotGrowWithHistory(t *testing.T) {
	engine, counted, store := counting(t, loyalty.Retailer())
	now := monday
	do := func(key int) (calls int) {
		before := counted.Calls()
		c := order(fmt.Sprint("order ", key), 30)
		c.Key, c.Member, c.OccurredAt = fmt.Sprint(key), "ada", now
		if _, err := engine.Do(t.Context(), now, c); err != nil {
			t.Fatal(err)
		}
		return counted.Calls() - before
	}
	size := func() int {
		id := loyalty.AccountID{Program: "retailer", Member: "ada"}
		records, _, err := store.Load(t.Context(), []loyalty.RecordID{id.Record()}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return len(records[0].Body)
	}
	year := func(from int) (most int) {
		for i := range 1000 {
			now = now.Add(8 * time.Hour)
			if calls := do(from + i); calls != 2 { // one load, one commit
				t.Fatalf("order %d took %d calls", from+i, calls)
			}
			most = max(most, size())
		}
		return most
	}
	var sizes []int
	for i := range 7 {
		sizes = append(sizes, year(1000*i))
	}
	// It remembers 48 months of what qualifies, in 12 bytes each.
	if sizes[6] > sizes[5] || sizes[6] > sizes[0]+48*12 {
		t.Errorf("an account grows from year to year: %d bytes", sizes)
	}
}

// A sweep loads and commits what is due, and nothing else.
func TestSweepCostsWhatIsDue(t *testing.T) {
	for _, accounts := range []int{10, 1000} {
		engine, counted, _ := counting(t, cafe())
		for i := range accounts {
			c := grant(1)
			c.Key, c.Member, c.OccurredAt = fmt.Sprint(i), fmt.Sprint("member ", i), monday.AddDate(0, 0, 5)
			if i < 3 {
				c.OccurredAt = monday
			}
			if _, err := engine.Do(t.Context(), c.OccurredAt, c); err != nil {
				t.Fatal(err)
			}
		}
		before := counted.Calls()
		swept, err := engine.Sweep(t.Context(), monday.AddDate(0, 0, 32), 100)
		if err != nil || swept.Accounts != 3 {
			t.Fatalf("%+v, %v", swept, err)
		}
		if calls := counted.Calls() - before; calls != 2+3*2 { // two pages, the last empty
			t.Errorf("%d accounts, 3 of them due: %d calls", accounts, calls)
		}
	}
}
