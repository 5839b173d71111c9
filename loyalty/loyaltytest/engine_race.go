package loyaltytest

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/regulars-go/regulars/loyalty"
)

// together runs f(0) to f(3) at once.
func together(f func(i int)) {
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() { f(i) })
	}
	all.Wait()
}

// race is commands that meet, after others that have made the state.
type race struct {
	name   string
	before []loyalty.Command
	meet   []loyalty.Command // at most four
}

// races are what members, shops and operators do at the same moment.
func races() []race {
	start := []loyalty.Command{grant("start a", "a", 100), grant("start b", "b", 100)}
	order := append(start[:2:2], earn("order/paid", "a", "order", "o1", 60))
	held := append(start[:2:2], command("hold", "a", loyalty.Command{Hold: &loyalty.Hold{Points: 40}}))
	transfer := func(key, from, to string, points int64) loyalty.Command {
		return command(key, from, loyalty.Command{Transfer: &loyalty.Transfer{To: to, Points: points}})
	}
	quiz := func(key, member string) loyalty.Command { return earn(key, member, "quiz", "", 0) }
	flash := func(key, member string) loyalty.Command { return earn(key, member, "flash", "", 0) }
	friend := earn("friend/paid", "new", "order", "o9", 30)
	friend.Earn.Referrer = "a"
	return []race{
		{"more is spent than there is", start, []loyalty.Command{redeem("r1", "a", 60), redeem("r2", "a", 60), redeem("r3", "a", 60), redeem("r4", "a", 30)}},
		{"earn, spend, hold, grant", start, []loyalty.Command{earn("e", "a", "order", "o2", 70), redeem("r", "a", 120), command("h", "a", loyalty.Command{Hold: &loyalty.Hold{Points: 90}}), grant("g", "a", 5)}},
		{"one command delivered twice", start, []loyalty.Command{redeem("r", "a", 60), redeem("r", "a", 60), redeem("r2", "a", 30), redeem("r2", "a", 30)}},
		{"one key, two payloads", start, []loyalty.Command{redeem("r", "a", 60), redeem("r", "a", 50), redeem("r", "b", 60)}},
		{"transfers both ways", start, []loyalty.Command{transfer("t1", "a", "b", 80), transfer("t2", "b", "a", 150), redeem("r", "a", 90), grant("g", "b", 10)}},
		{"partial refunds", order, []loyalty.Command{keepAmount("k1", "a", "o1", 40), keepAmount("k2", "a", "o1", 10), redeem("r", "a", 150), keepAmount("k3", "a", "o1", 0)}},
		{"two quizzes a day", start, []loyalty.Command{quiz("q1", "a"), quiz("q2", "a"), quiz("q3", "a"), quiz("q4", "b")}},
		{"three cups", start, []loyalty.Command{claim("c1", "a", "cup"), claim("c2", "b", "cup"), claim("c3", "a", "cup"), claim("c4", "b", "cup")}},
		{"one pin a member", start, []loyalty.Command{claim("p1", "a", "pin"), claim("p2", "a", "pin"), claim("p3", "b", "pin"), claim("p4", "b", "pin")}},
		{"35 points for all", start, []loyalty.Command{flash("f1", "a"), flash("f2", "b"), flash("f3", "a"), flash("f4", "b")}},
		{"the end of a hold", held, []loyalty.Command{
			command("capture", "a", loyalty.Command{Capture: &loyalty.Capture{Hold: "hold", Points: 30}}),
			command("release", "a", loyalty.Command{Release: &loyalty.Release{Hold: "hold"}}),
			command("reverse", "a", loyalty.Command{Reverse: &loyalty.Reverse{Redemption: "hold"}}),
			redeem("r", "a", 70),
		}},
		{"a merge", order, []loyalty.Command{
			command("merge", "a", loyalty.Command{Merge: &loyalty.Merge{Into: "b"}}), redeem("r", "a", 50), keepAmount("k", "a", "o1", 20), redeem("r2", "b", 150),
		}},
		{"merges both ways", order, []loyalty.Command{
			command("m1", "a", loyalty.Command{Merge: &loyalty.Merge{Into: "b"}}), command("m2", "b", loyalty.Command{Merge: &loyalty.Merge{Into: "a"}}), grant("g", "a", 1),
		}},
		{"a friend's first order", start, []loyalty.Command{friend, redeem("r", "a", 110), keepAmount("k", "new", "o9", 0)}},
		{"a closing", order, []loyalty.Command{command("close", "a", loyalty.Command{Close: &loyalty.Close{Reason: "asked for"}}), redeem("r", "a", 50), keepAmount("k", "a", "o1", 0), quiz("q", "a")}},
		{"one check-in a day", start, []loyalty.Command{
			command("d1", "a", loyalty.Command{CheckIn: &loyalty.CheckIn{}}), command("d2", "a", loyalty.Command{CheckIn: &loyalty.CheckIn{}, OccurredAt: noon.Add(-time.Hour)}),
			command("d3", "a", loyalty.Command{CheckIn: &loyalty.CheckIn{}, OccurredAt: noon.Add(-26 * time.Hour)}),
		}},
		{"a new member", nil, []loyalty.Command{quiz("q1", "new"), earn("e", "new", "order", "o1", 60), quiz("q2", "new"), grant("g", "new", 10)}},
		{"one order twice", start, []loyalty.Command{earn("e1", "a", "order", "o1", 60), earn("e2", "a", "order", "o1", 60), earn("e3", "b", "order", "o1", 60)}},
	}
}

// testSerialOrder runs commands that meet, each in a goroutine, on a store that
// gives the others a turn at every call. The answers and what is stored equal
// those of one of the orders in which they could have come one by one.
func testSerialOrder(t *testing.T, store loyalty.Store) {
	for number, c := range races() {
		t.Run(c.name, func(t *testing.T) {
			serial := c.serial(t)
			for round := range rounds {
				r := newRig(t, store, suiteProgram(fmt.Sprintf("race %d, round %d", number, round)))
				for _, before := range c.before {
					if _, err := r.engine.Do(r.ctx, r.now, before); err != nil {
						t.Fatalf("%s: %v", before.Key, err)
					}
				}
				answers := make([]string, len(c.meet))
				together(func(i int) {
					if i < len(c.meet) {
						engine := r.on(yielding(store, uint64(100*round+i)))
						answers[i] = replayed(engine.Do(r.ctx, r.now, c.meet[i]))
					}
				})
				if got := c.outcome(r, answers); !serial[got] {
					t.Fatalf("round %d: no serial order of %d gives\n%s", round, len(serial), got)
				}
			}
		})
	}
}

// replayed is an answer that says if it was a replay.
func replayed(receipt loyalty.Receipt, err error) string {
	return fmt.Sprintf("replayed %v: %s", receipt.Replayed, answer(receipt, err))
}

func (c *race) outcome(r *rig, answers []string) string {
	var keys []string
	for _, m := range c.meet {
		keys = append(keys, m.Key)
	}
	return strings.Join(answers, "\n") + "\n" + r.image(keys, loyalty.CounterID{Kind: loyalty.CounterStock, Number: 1})
}

// serial returns the outcomes of all orders.
func (c *race) serial(t *testing.T) map[string]bool {
	outcomes := map[string]bool{}
	permutations(len(c.meet), func(order []int) {
		r := newRig(t, loyalty.NewMemory(), suiteProgram("serial"))
		for _, before := range c.before {
			if _, err := r.engine.Do(r.ctx, r.now, before); err != nil {
				t.Fatalf("%s: %v", before.Key, err)
			}
		}
		answers := make([]string, len(c.meet))
		for _, i := range order {
			answers[i] = replayed(r.engine.Do(r.ctx, r.now, c.meet[i]))
		}
		outcomes[c.outcome(r, answers)] = true
	})
	return outcomes
}

// permutations calls f with each order of 0 to n-1.
func permutations(n int, f func(order []int)) {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	var rest func(from int)
	rest = func(from int) {
		if from == n {
			f(order)
			return
		}
		for i := from; i < n; i++ {
			order[from], order[i] = order[i], order[from]
			rest(from + 1)
			order[from], order[i] = order[i], order[from]
		}
	}
	rest(0)
}

// testCuts does one command of each kind with each fault at each call. Done
// again after that, it comes to what it would have come to.
func testCuts(t *testing.T, store loyalty.Store) {
	run := 0
	for _, c := range races() {
		for _, last := range c.meet {
			t.Run(c.name+", "+last.Key, func(t *testing.T) {
				want, wantAnswer, calls := "", "", 0
				for call := 0; call <= calls; call++ {
					for fault := FaultFail; fault <= FaultCrashAfter; fault++ {
						run++
						r := newRig(t, store, suiteProgram(fmt.Sprint("cut ", run)))
						if call == 0 { // nothing goes wrong: what is to come of it
							r = r.inMemory()
						}
						for _, before := range c.before {
							if _, err := r.engine.Do(r.ctx, r.now, before); err != nil {
								t.Fatalf("%s: %v", before.Key, err)
							}
						}
						faulty := FaultyAt(r.store, call, fault)
						got := answer(r.stubborn(faulty, last))
						image := c.outcome(r, nil)
						if call == 0 {
							want, wantAnswer, calls = image, got, faulty.Calls()
							break
						}
						if got != wantAnswer {
							t.Fatalf("fault %d at call %d: answer\n\t%s\n\twant\n\t%s", fault, call, got, wantAnswer)
						}
						if image != want {
							t.Fatalf("fault %d at call %d: %s", fault, call, firstDifference(image, want))
						}
					}
				}
			})
		}
	}
}

// testSharedLimits has many members claim what there is little of, with faults.
func testSharedLimits(t *testing.T, store loyalty.Store) {
	r := newRig(t, store, suiteProgram("limits"))
	const members = 12
	issued := int64(0)
	var keys []string
	for i := range members {
		c := grant(fmt.Sprint("start ", i), fmt.Sprint("member ", i), 100)
		if _, err := r.engine.Do(r.ctx, r.now, c); err != nil {
			t.Fatal(err)
		}
		issued += 100
		keys = append(keys, c.Key)
	}
	var mu sync.Mutex
	cups, flashed := 0, int64(0)
	together(func(worker int) {
		faulty := Faulty(store, uint64(worker))
		for i := worker; i < members; i += 4 {
			member := fmt.Sprint("member ", i)
			claimed := claim(fmt.Sprint("cup ", i), member, "cup")
			_, err := r.stubborn(faulty, claimed)
			flash := earn(fmt.Sprint("flash ", i), member, "flash", "", 0)
			receipt, err2 := r.stubborn(faulty, flash)
			mu.Lock()
			if err == nil {
				cups++
				keys = append(keys, claimed.Key)
			}
			if err2 != nil {
				t.Errorf("%s: %v", flash.Key, err2)
			}
			for _, rule := range receipt.Rules {
				flashed += rule.Points
			}
			keys = append(keys, flash.Key)
			mu.Unlock()
		}
	})
	_, values, err := store.Load(r.ctx, nil, []loyalty.CounterID{{Program: r.program.Name, Kind: loyalty.CounterStock, Number: 1}})
	if err != nil || cups > 3 || cups < 1 || values[0] != int64(cups) {
		t.Errorf("%d cups were claimed, the counter says %v, there are 3; error %v", cups, values, err)
	}
	if flashed > 35 || flashed < 10 {
		t.Errorf("%d points were given of 35 for all", flashed)
	}
	r.conserves(issued + flashed)
	r.once(keys)
}
