package loyaltytest

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/loyalty"
)

// testAsInMemory draws programs, commands and clocks. With lost replies,
// crashes and conflicts, but each command done until its answer is known, the
// store comes to the same answers, journals and accounts as a Memory on which
// nothing goes wrong.
func testAsInMemory(t *testing.T, store loyalty.Store) {
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		p := Programs().Draw(rt, "program")
		n++ // programs share a store, which is part of what is tested
		p.Name = fmt.Sprint("drawn ", n)
		r := newRig(t, store, p)
		twin := r.inMemory()
		faulty := Faulty(store, rapid.Uint64().Draw(rt, "faults"))
		if rapid.Bool().Draw(rt, "without faults") {
			faulty = yielding(store, 1)
		}
		var keys []string
		story := Story{Program: p}
		for range 60 - rapid.IntRange(0, 59).Draw(rt, "fewer") {
			if seldom(rt, "later") {
				r.now = r.now.Add(Steps().Draw(rt, "step"))
				twin.now = r.now
			}
			c := story.Next(rt, r.now)
			keys = append(keys, c.Key)
			receipt, err := twin.engine.Do(r.ctx, r.now, c)
			if err == nil {
				story.Took(c, receipt)
			}
			want := answer(receipt, err)
			if got := answer(r.stubborn(faulty, c)); got != want {
				rt.Fatalf("%s:\n\t%s\n\twant as in memory\n\t%s", c.Key, got, want)
			}
			if seldom(rt, "sweep") {
				r.sweep(faulty)
			}
		}
		r.sweep(faulty)
		r.sweep(faulty) // what was left by one that was cut
		if _, err := twin.engine.Sweep(r.ctx, r.now, 1000); err != nil {
			rt.Fatal(err)
		}
		if got, want := r.image(keys), twin.image(keys); got != want {
			rt.Fatalf("the store differs from memory: %s", firstDifference(got, want))
		}
		r.totalled(rt)
	})
}

// sweep sweeps until it was not cut. Faults of single accounts leave those for
// the next page.
func (r *rig) sweep(faulty *FaultyStore) {
	r.t.Helper()
	engine := r.on(faulty)
	for range retries {
		_, err := engine.Sweep(r.ctx, r.now, 1000)
		if err == nil {
			return
		}
		if !injected(err) {
			r.t.Fatalf("Sweep: %v", err)
		}
		if faulty.Crashed() {
			faulty.Restart()
			engine = r.on(faulty)
		}
	}
	r.t.Fatalf("Sweep: no end after %d tries", retries)
}

// totalled checks that a store that sums has the sums of what members hold.
func (r *rig) totalled(t rapid.TB) {
	s, ok := r.store.(loyalty.Totaler)
	if !ok {
		return
	}
	totals, err := s.Totals(r.ctx, r.program.Name)
	if err != nil {
		t.Fatal(err)
	}
	sums := map[uint8]loyalty.Total{}
	for _, member := range r.members() {
		st, err := r.engine.Balance(r.ctx, r.now, member)
		if err != nil {
			t.Fatal(err)
		}
		for i, b := range st.Balances {
			id := r.program.Wallets[i].ID
			was := sums[id]
			sums[id] = loyalty.Total{Wallet: id, Available: was.Available + b.Available, Pending: was.Pending + b.Pending, Held: was.Held + b.Held, Debt: was.Debt + b.Debt}
		}
	}
	for _, total := range totals {
		if want := sums[total.Wallet]; total != want && total != (loyalty.Total{Wallet: total.Wallet}) {
			t.Errorf("total %+v, the members hold %+v", total, want)
		}
		delete(sums, total.Wallet)
	}
	for id, sum := range sums {
		if sum != (loyalty.Total{Wallet: id}) {
			t.Errorf("the total of wallet %d is missing: %+v", id, sum)
		}
	}
}

// testSweeps has several sweeps at once, cut now and then: each lot ends once,
// at its own instant.
func testSweeps(t *testing.T, store loyalty.Store) {
	r := newRig(t, store, suiteProgram("sweeps"))
	twin := r.inMemory()
	var keys []string
	for i := range 40 {
		r.now, twin.now = noon.Add(time.Duration(i%7)*24*time.Hour), noon.Add(time.Duration(i%7)*24*time.Hour)
		c := grant(fmt.Sprint("key ", i), fmt.Sprint("member ", i%25), int64(i)+1)
		c.OccurredAt = r.now
		if got, want := answer(r.engine.Do(r.ctx, r.now, c)), answer(twin.engine.Do(r.ctx, r.now, c)); got != want {
			t.Fatalf("%s\n\twant as in memory\n\t%s", got, want)
		}
		keys = append(keys, c.Key)
	}
	for _, days := range []int{33, 34, 100} { // some have ended, more have, all have
		r.now = noon.Add(time.Duration(days) * 24 * time.Hour)
		together(func(i int) { r.sweep(Faulty(store, uint64(100*days+i))) })
		r.sweep(yielding(store, 1))
		if _, err := twin.engine.Sweep(r.ctx, r.now, 1000); err != nil {
			t.Fatal(err)
		}
		if got, want := r.image(keys), twin.image(keys); got != want {
			t.Fatalf("after %d days the store differs from memory: %s", days, firstDifference(got, want))
		}
		page, err := store.Scan(r.ctx, loyalty.Scan{Program: r.program.Name, UpTo: r.now, Limit: 1})
		if err != nil || len(page) > 0 {
			t.Fatalf("after %d days and a sweep %v is due, error %v", days, page, err)
		}
		r.totalled(t)
	}
}
