package loyaltytest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/loyalty"
)

// testTwoEngines has two engines on one store: the clock of one is ahead and it
// knows the next version of the program; that of the other is behind, and so is
// its program. What it is refused for that the first does. Nothing is lost, and
// nothing done twice.
func testTwoEngines(t *testing.T, store loyalty.Store) {
	old := suiteProgram("two engines")
	next := suiteProgram("two engines")
	next.Version, next.Published, next.Effective = 2, noon, noon.Add(time.Minute)
	next.Rules[0].PerAmount.Points = 2
	var mu sync.Mutex
	issued := map[string]int64{} // by the key of what was done
	behind := 0
	together(func(worker int) {
		ahead := newRig(t, Faulty(store, uint64(2*worker)), old)
		ahead.now, ahead.versions = noon.Add(3*time.Minute), []loyalty.Program{next}
		late := newRig(t, Faulty(store, uint64(2*worker+1)), old)
		late.now = noon.Add(-2 * time.Minute)
		for i := range 10 {
			for n, c := range deeds(worker, i) {
				r := []*rig{ahead, late}[(worker+n)%2]
				receipt, err := r.stubborn(r.store.(*FaultyStore), c)
				_, refused := errors.AsType[*loyalty.BehindError](err)
				if refused {
					receipt, err = ahead.stubborn(ahead.store.(*FaultyStore), c)
				}
				mu.Lock()
				if refused {
					behind++
				}
				if err == nil {
					issued[c.Key] = issuedBy(c, receipt)
				} else if injected(err) {
					t.Errorf("%s: no answer: %v", c.Key, err)
				}
				mu.Unlock()
			}
		}
	})
	r := newRig(t, store, old)
	r.versions, r.now = []loyalty.Program{next}, noon.Add(10*time.Minute)
	r.engine = r.on(store)
	sum := int64(0)
	for _, points := range issued {
		sum += points
	}
	r.conserves(sum)
	r.once(slices.Collect(maps.Keys(issued)))
	if behind == 0 {
		t.Error("the engine that is a version behind was never refused")
	}
}

// issuedBy is how many points came to be.
func issuedBy(c loyalty.Command, receipt loyalty.Receipt) (points int64) {
	if c.Grant != nil {
		return c.Grant.Points
	}
	if c.Earn == nil {
		return 0 // the rules of other receipts say what was kept
	}
	for _, rule := range receipt.Rules {
		points += rule.Points
	}
	return points
}

// deeds are commands on three members that all workers share. Their keys are
// the worker's own, but for one.
func deeds(worker, i int) []loyalty.Command {
	member, other := fmt.Sprint("member ", i%3), fmt.Sprint("member ", (i+1)%3)
	name := fmt.Sprintf("%d-%d ", worker, i)
	return []loyalty.Command{
		grant(fmt.Sprint("shared grant ", i), member, 50), // sent by all, and done once
		grant(name+"grant", other, 30),
		earn(name+"order", member, "order", name, 20),
		redeem(name+"redeem", member, 25),
		command(name+"transfer", member, loyalty.Command{Transfer: &loyalty.Transfer{To: other, Points: 10}}),
		command(name+"hold", other, loyalty.Command{Hold: &loyalty.Hold{Points: 15}}),
		command(name+"capture", other, loyalty.Command{Capture: &loyalty.Capture{Hold: name + "hold", Points: 5}}),
		command(name+"keep", member, loyalty.Command{Keep: &loyalty.Keep{Order: name, Amount: decimal.New(int64(i), 0)}}),
		command(name+"reverse", member, loyalty.Command{Reverse: &loyalty.Reverse{Redemption: name + "redeem"}}),
	}
}

// testBatches does commands in batches: alone, they come to what they come to one
// by one; beside other writers and with faults, each is done once.
func testBatches(t *testing.T, store loyalty.Store) {
	r := newRig(t, store, suiteProgram("batches"))
	twin := r.inMemory()
	var commands []loyalty.Command
	var keys []string
	for i := range 10 {
		for _, c := range append(deeds(i%4, i), claim(fmt.Sprint("cup ", i), fmt.Sprint("member ", i%3), "cup"), earn(fmt.Sprint("flash ", i), "m", "flash", "", 0)) {
			commands, keys = append(commands, c), append(keys, c.Key)
		}
	}
	for i, got := range r.engine.DoBatch(r.ctx, r.now, commands) {
		if got, want := answer(got.Receipt, got.Err), answer(twin.engine.Do(r.ctx, r.now, commands[i])); got != want {
			t.Fatalf("command %s: in a batch\n\t%s\n\talone\n\t%s", commands[i].Key, got, want)
		}
	}
	stock := loyalty.CounterID{Kind: loyalty.CounterStock, Number: 1}
	if got, want := r.image(keys, stock), twin.image(keys, stock); got != want {
		t.Fatalf("a batch differs from one by one: %s", firstDifference(got, want))
	}
	t.Run("beside others", func(t *testing.T) { batchesBeside(t, store) })
}

// batchesBeside has batches of members that others are busy with.
func batchesBeside(t *testing.T, store loyalty.Store) {
	r := newRig(t, store, suiteProgram("batches beside others"))
	var mu sync.Mutex
	issued := map[string]int64{}
	together(func(worker int) {
		faulty := Faulty(store, uint64(500+worker))
		for i := range 6 {
			left := deeds(worker, i)
			for range retries {
				left = r.batch(faulty, left, func(c loyalty.Command, receipt loyalty.Receipt) {
					mu.Lock()
					defer mu.Unlock()
					issued[c.Key] = issuedBy(c, receipt)
				})
				if len(left) == 0 {
					break
				}
			}
			if len(left) > 0 {
				t.Errorf("%d commands have no answer", len(left))
			}
		}
	})
	sum := int64(0)
	for _, points := range issued {
		sum += points
	}
	r.conserves(sum)
	r.once(slices.Collect(maps.Keys(issued)))
}

// batch does a batch and returns the commands whose answer is not known. note is
// told of those that were done.
func (r *rig) batch(faulty *FaultyStore, commands []loyalty.Command, note func(loyalty.Command, loyalty.Receipt)) (left []loyalty.Command) {
	if faulty.Crashed() {
		faulty.Restart()
	}
	for i, result := range r.on(faulty).DoBatch(r.ctx, r.now, commands) {
		switch {
		case injected(result.Err):
			left = append(left, commands[i])
		case result.Err == nil:
			note(commands[i], result.Receipt)
		}
	}
	return left
}
