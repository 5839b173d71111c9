package loyalty_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/loyalty/loyaltytest"
)

// script is a day in the café: every step depends on those before.
func script() []loyalty.Command {
	at := monday
	step := func(member, key string, c loyalty.Command) loyalty.Command {
		at = at.Add(time.Minute)
		c.Member, c.Key, c.OccurredAt = member, key, at
		return c
	}
	return []loyalty.Command{
		step("ada", "1", order("o1", 100)),
		step("bo", "2", grant(5)),
		step("ada", "3", loyalty.Command{Hold: &loyalty.Hold{Points: 30}}),
		step("ada", "4", loyalty.Command{Capture: &loyalty.Capture{Hold: "3", Points: 20}}),
		step("ada", "5", reward("mug")),
		step("ada", "6", keep("o1", 60)),
		step("ada", "7", loyalty.Command{Reverse: &loyalty.Reverse{Redemption: "5"}}),
		step("ada", "8", loyalty.Command{Transfer: &loyalty.Transfer{To: "bo", Points: 10}}),
		step("bo", "9", redeem(500)), // refused, and bound to its key
		step("bo", "10", event("quiz")),
		step("bo", "11", reward("mug")),
		step("ada", "12", loyalty.Command{Merge: &loyalty.Merge{Into: "bo"}}),
	}
}

func scripted() loyalty.Program {
	p := cafe()
	p.Rewards = append(p.Rewards, loyalty.Reward{ID: 3, Name: "mug", Cost: 7, Stock: new(int64(3)), PerMember: 2})
	p.Rules[1].Caps = append(p.Rules[1].Caps, loyalty.Cap{Per: "day", By: "program", Points: 100})
	p.Limits.Transfers = &loyalty.Transfers{}
	return p
}

// everything returns the bytes of all that the script leaves.
func everything(t testing.TB, store loyalty.Store) string {
	t.Helper()
	ctx := context.Background()
	var all bytes.Buffer
	var ids []loyalty.RecordID
	for kind := loyalty.KindAccount; kind <= loyalty.KindMerge; kind++ {
		for _, name := range []string{"ada", "bo", "o1", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"} {
			ids = append(ids, loyalty.RecordID{Program: "cafe", Kind: kind, Name: name})
		}
	}
	counters := []loyalty.CounterID{{Program: "cafe", Kind: loyalty.CounterStock, Number: 3}}
	records, values, err := store.Load(ctx, ids, counters)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		fmt.Fprintf(&all, "%d %s: version %d, %x\n", r.ID.Kind, r.ID.Name, r.Version, r.Body)
	}
	fmt.Fprintf(&all, "stock %d\n", values[0])
	for _, name := range []string{"ada", "bo"} {
		entries, err := store.Entries(ctx, loyalty.AccountID{Program: "cafe", Member: name}, 0, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			fmt.Fprintf(&all, "%+v\n", e)
		}
	}
	return all.String()
}

// perform runs the script, and each command again until it has an answer.
func perform(t testing.TB, store loyalty.Store, recover func()) {
	t.Helper()
	engine, err := loyalty.NewEngine(store, scripted())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range script() {
		for tries := 0; ; tries++ {
			_, err := engine.Do(context.Background(), c.OccurredAt, c)
			if !errors.Is(err, loyaltytest.ErrInjected) && !errors.Is(err, loyaltytest.ErrCrashed) {
				if _, refused := errors.AsType[*loyalty.InsufficientError](err); err != nil && !refused {
					t.Fatalf("%s: %v", c.Key, err)
				}
				break
			}
			if tries > 100 {
				t.Fatalf("%s: %v again and again", c.Key, err)
			}
			recover()
		}
	}
}

// Property: whichever call to the store fails, loses its answer or is cut off by
// a crash, a retry with the same key ends as if nothing had happened.
func TestNothingLostOrDoubled(t *testing.T) {
	clean := loyalty.NewMemory()
	counted := loyaltytest.FaultyAt(clean, 0, loyaltytest.FaultNone)
	perform(t, counted, func() {})
	want := everything(t, clean)
	for call := 1; call <= counted.Calls(); call++ {
		for fault := loyaltytest.FaultFail; fault <= loyaltytest.FaultCrashAfter; fault++ {
			store := loyalty.NewMemory()
			faulty := loyaltytest.FaultyAt(store, call, fault)
			perform(t, faulty, faulty.Restart)
			if diff := gocmp.Diff(want, everything(t, store)); diff != "" {
				t.Fatalf("fault %d at call %d of %d (-want +got):\n%s", fault, call, counted.Calls(), diff)
			}
		}
	}
	for seed := range uint64(20) {
		store := loyalty.NewMemory()
		faulty := loyaltytest.Faulty(store, seed)
		perform(t, faulty, faulty.Restart)
		if diff := gocmp.Diff(want, everything(t, store)); diff != "" {
			t.Fatalf("seed %d (-want +got):\n%s", seed, diff)
		}
	}
}

// DoBatch answers and leaves what Do does for each command, in fewer commits.
func TestBatchDoesWhatDoDoes(t *testing.T) {
	single, batched := loyalty.NewMemory(), loyalty.NewMemory()
	now := monday.Add(time.Hour)
	one, err := loyalty.NewEngine(single, scripted())
	if err != nil {
		t.Fatal(err)
	}
	counted := loyaltytest.FaultyAt(batched, 0, loyaltytest.FaultNone)
	many, err := loyalty.NewEngine(counted, scripted())
	if err != nil {
		t.Fatal(err)
	}
	commands := script()
	commands = append(commands, commands[0], commands[8]) // two again
	var want []loyalty.Result
	for _, c := range commands {
		receipt, err := one.Do(t.Context(), now, c)
		want = append(want, loyalty.Result{Receipt: receipt, Err: err})
	}
	got := many.DoBatch(t.Context(), now, commands)
	for i := range got {
		if diff := gocmp.Diff(want[i].Receipt, got[i].Receipt); diff != "" || fmt.Sprint(want[i].Err) != fmt.Sprint(got[i].Err) {
			t.Errorf("%s: %v, want %v (-single +batch):\n%s", commands[i].Key, got[i].Err, want[i].Err, diff)
		}
	}
	if calls := counted.Calls(); calls > 6 {
		t.Errorf("%d commands took %d calls", len(commands), calls)
	}
	versionless := func(s string) string { return versions.ReplaceAllString(s, "") }
	if diff := gocmp.Diff(versionless(everything(t, single)), versionless(everything(t, batched))); diff != "" {
		t.Errorf("(-single +batch):\n%s", diff)
	}
}

// racing lets another writer go first at each commit, as long as there is one.
type racing struct {
	loyalty.Store
	commits int
	before  []func()
}

func (r *racing) Commit(ctx context.Context, b *loyalty.Batch) error {
	r.commits++
	if len(r.before) > 0 {
		first := r.before[0]
		r.before = r.before[1:]
		first()
	}
	return r.Store.Commit(ctx, b)
}

// A conflict is about the accounts that it names: the others of a batch are
// committed all the same, and those are tried again.
func TestBatchRetriesWhatIsContested(t *testing.T) {
	store := loyalty.NewMemory()
	other, err := loyalty.NewEngine(store, cafe())
	if err != nil {
		t.Fatal(err)
	}
	race := &racing{Store: store}
	engine, err := loyalty.NewEngine(race, cafe())
	if err != nil {
		t.Fatal(err)
	}
	race.before = append(race.before, func() {
		c := keyed("other", grant(7))
		c.Member, c.OccurredAt = "member 3", monday
		if _, err := other.Do(context.Background(), monday, c); err != nil {
			t.Error(err)
		}
	})
	var commands []loyalty.Command
	for i := range 10 {
		c := keyed(fmt.Sprint("key ", i), grant(10))
		c.Member, c.OccurredAt = fmt.Sprint("member ", i), monday
		commands = append(commands, c)
	}
	for i, r := range engine.DoBatch(t.Context(), monday, commands) {
		if r.Err != nil {
			t.Errorf("%d: %v", i, r.Err)
		}
		if want := int64(10); i != 3 && r.Receipt.Balances[0].Available != want {
			t.Errorf("%d: %d points, want %d", i, r.Receipt.Balances[0].Available, want)
		}
	}
	if race.commits != 3 { // the first fails, the second is without member 3, the third of member 3
		t.Errorf("%d commits", race.commits)
	}
	if st, err := engine.Balance(t.Context(), monday, "member 3"); err != nil || st.Balances[0].Available != 17 {
		t.Errorf("member 3: %+v, %v", st.Balances, err)
	}
}

// Property: a batch of any commands, whoever gets in between, is what some
// order of single commands comes to: here the batch's own.
func TestBatchAgreesWithSingles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := loyaltytest.Programs().Draw(t, "program")
		stores := [2]*loyalty.Memory{loyalty.NewMemory(), loyalty.NewMemory()}
		var engines [2]*loyalty.Engine
		for i := range engines {
			var err error
			if engines[i], err = loyalty.NewEngine(stores[i], p); err != nil {
				t.Fatal(err)
			}
		}
		now := monday
		for range 3 {
			now = now.Add(loyaltytest.Steps().Draw(t, "step"))
			commands := rapid.SliceOfN(loyaltytest.Commands(p, now), 0, 12).Draw(t, "commands")
			got := engines[1].DoBatch(context.Background(), now, commands)
			for i, c := range commands {
				receipt, err := engines[0].Do(context.Background(), now, c)
				if diff := gocmp.Diff(receipt, got[i].Receipt); diff != "" || fmt.Sprint(err) != fmt.Sprint(got[i].Err) {
					t.Fatalf("%d: %v, in the batch %v (-single +batch):\n%s", i, err, got[i].Err, diff)
				}
			}
		}
		sameStores(t, p, engines, stores, now)
	})
}

// Two engines with clocks ten minutes apart and one version apart work on the
// same accounts: what the newer one has touched the older one refuses, and
// nothing is lost.
func TestTwoEngines(t *testing.T) {
	store := loyalty.NewMemory()
	first := cafe()
	second := cafe()
	second.Version, second.Published, second.Effective = 2, monday, monday.AddDate(0, 0, 1)
	second.Rules = slices.Clone(second.Rules)
	second.Rules[1].Points = 50
	behind, err := loyalty.NewEngine(store, first)
	if err != nil {
		t.Fatal(err)
	}
	ahead, err := loyalty.NewEngine(store, first, second)
	if err != nil {
		t.Fatal(err)
	}
	now := monday
	quiz := func(e *loyalty.Engine, member string, skew time.Duration) (int64, error) {
		now = now.Add(time.Second)
		c := event("quiz")
		c.Key, c.Member, c.OccurredAt = now.String(), member, now
		r, err := e.Do(t.Context(), now.Add(skew), c)
		if err != nil {
			return 0, err
		}
		return r.Rules[0].Points, e.Verify(t.Context(), member)
	}
	want := func(name string, e *loyalty.Engine, member string, skew time.Duration, points int64) {
		t.Helper()
		if got, err := quiz(e, member, skew); err != nil || got != points {
			t.Errorf("%s: %d points, %v; want %d", name, got, err, points)
		}
	}
	want("the fast clock", ahead, "ada", 10*time.Minute, 5)
	now = now.Add(9 * time.Minute) // within what an event may lie ahead
	want("the slow clock", behind, "ada", -time.Second, 0)
	want("another member", behind, "bo", 0, 5)
	now = now.AddDate(0, 0, 1)
	want("the old version still", behind, "bo", 0, 5)
	want("the new version", ahead, "ada", 0, 50)
	_, err = quiz(behind, "ada", 0)
	if e, ok := errors.AsType[*loyalty.BehindError](err); !ok || e.Have != 1 || e.Need != 2 {
		t.Errorf("the engine behind: %v", err)
	}
	if _, err := behind.Balance(t.Context(), now, "ada"); err == nil {
		t.Error("the engine behind tells a balance")
	}
}

// Property: commands of several goroutines come to what some order of them
// comes to, one after the other.
func TestConcurrentIsSerial(t *testing.T) {
	p := cafe()
	p.Limits.Transfers = &loyalty.Transfers{}
	p.Rewards = append(p.Rewards, loyalty.Reward{ID: 3, Name: "mug", Cost: 40, Stock: new(int64(1))})
	pool := []loyalty.Command{
		keyed("a", redeem(60)), keyed("b", reward("mug")), keyed("c", loyalty.Command{Transfer: &loyalty.Transfer{To: "bo", Points: 50}}),
		keyed("d", keep("o1", 20)), keyed("e", order("o2", 30)), keyed("f", loyalty.Command{Hold: &loyalty.Hold{Points: 70}}),
		keyed("g", loyalty.Command{Merge: &loyalty.Merge{Into: "bo"}}), keyed("a", redeem(60)),
	}
	run := func(t *rapid.T, commands []loyalty.Command, order []int, together bool) string {
		store := loyalty.NewMemory()
		shaky := loyaltytest.FaultyAt(store, 0, loyaltytest.FaultNone) // gives others a turn at each call
		engine, err := loyalty.NewEngine(shaky, p)
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range []loyalty.Command{keyed("s1", loyalty.Command{Earn: pool[4].Earn}), keyed("s2", grant(10))} {
			if i == 0 {
				c = keyed("s1", loyalty.Command{Earn: &loyalty.Earn{Kind: "order", Order: "o1", Amount: whole(100)}})
			}
			c.Member, c.OccurredAt = []string{"ada", "bo"}[i], monday
			if _, err := engine.Do(context.Background(), monday, c); err != nil {
				t.Fatal(err)
			}
		}
		answers := make([]string, len(commands))
		do := func(i int) {
			c := commands[i]
			c.Member, c.OccurredAt = "ada", monday
			r, err := engine.Do(context.Background(), monday, c)
			r.Replayed = false
			answers[i] = fmt.Sprintf("%+v %v", r, err)
		}
		if together {
			var group sync.WaitGroup
			for i := range commands {
				group.Go(func() { do(i) })
			}
			group.Wait()
		} else {
			for _, i := range order {
				do(i)
			}
		}
		var state strings.Builder
		for _, name := range []string{"ada", "bo"} {
			st, err := engine.Balance(context.Background(), monday, name)
			if err != nil {
				t.Fatal(err)
			}
			st.Seq = 0
			state.WriteString(fmt.Sprintf("%+v\n", st))
			if err := engine.Verify(context.Background(), name); err != nil {
				t.Fatal(err)
			}
		}
		return fmt.Sprint(answers, state.String())
	}
	rapid.Check(t, func(t *rapid.T) {
		commands := rapid.SliceOfN(rapid.SampledFrom(pool), 2, 4).Draw(t, "commands")
		got := run(t, commands, nil, true)
		for _, order := range permutations(len(commands)) {
			if run(t, commands, order, false) == got {
				return
			}
		}
		t.Fatalf("no order of the commands comes to\n%s", got)
	})
}

func permutations(n int) (all [][]int) {
	if n == 0 {
		return [][]int{nil}
	}
	for _, rest := range permutations(n - 1) {
		for at := range n {
			all = append(all, slices.Insert(slices.Clone(rest), at, n-1))
		}
	}
	return all
}

// Sweeping costs what is due, not what there is: it asks for pages, and stops
// at its limit.
func TestSweepIsBounded(t *testing.T) {
	d := newDesk(t, cafe())
	for i := range 30 {
		d.do(fmt.Sprintf("member %02d", i), grant(1))
	}
	d.later(1)
	d.do("late", grant(1))
	d.later(30) // all but the last have expired
	var total loyalty.Swept
	for range 10 {
		swept, err := d.engine.Sweep(t.Context(), d.now, 8)
		if err != nil {
			t.Fatal(err)
		}
		total.Accounts += swept.Accounts
		total.Entries += swept.Entries
		if !swept.More {
			break
		}
	}
	if total.Accounts != 30 || total.Entries != 30 {
		t.Errorf("swept %+v, want 30 accounts and entries", total)
	}
	if swept, err := d.engine.Sweep(t.Context(), d.now, 8); err != nil || swept != (loyalty.Swept{}) {
		t.Errorf("again: %+v, %v", swept, err)
	}
}

// A member's commands can be erased: the sums still prove, and the receipt of
// a retry does not change.
func TestErase(t *testing.T) {
	d := newDesk(t, cafe())
	c := keyed("k", order("o1", 40))
	first := d.do("ada", c)
	if err := d.store.(loyalty.Eraser).Erase(t.Context(), loyalty.AccountID{Program: "cafe", Member: "ada"}); err != nil {
		t.Fatal(err)
	}
	if err := d.engine.Verify(t.Context(), "ada"); err != nil {
		t.Error(err)
	}
	events, err := d.engine.History(t.Context(), "ada", 0, 10)
	if err != nil || events[0].Command != nil || events[0].Moves[0].Points != 40 {
		t.Errorf("history %+v, %v", events, err)
	}
	first.Replayed = true
	if diff := gocmp.Diff(first, d.do("ada", c)); diff != "" {
		t.Errorf("(-first +retry):\n%s", diff)
	}
	d.do("ada", keep("o1", 10))
	if got := d.available("ada"); got != 10 {
		t.Errorf("%d points, want 10", got)
	}
}

// A counter that a store keeps in shards may bounce although its value says that
// there is room: the engine gives up on it, and says that it is used up.
func TestShardedCounterRejects(t *testing.T) {
	p := cafe()
	p.Rewards = append(p.Rewards, loyalty.Reward{ID: 3, Name: "mug", Cost: 7, Stock: new(int64(10))})
	p.Rules[1].Caps = []loyalty.Cap{{Per: "day", By: "program", Points: 100}}
	d := newDesk(t, p)
	d.do("ada", grant(100))
	engine, err := loyalty.NewEngine(bouncing{d.store}, p)
	if err != nil {
		t.Fatal(err)
	}
	d.engine = engine
	if _, err := d.try("ada", reward("mug")); !sameError(err, &loyalty.StockError{Reward: "mug", Wanted: 1}) {
		t.Errorf("mug: %v", err)
	}
	if r := d.do("ada", event("quiz")); r.Rules[0].Points != 0 || r.Rules[0].Reason != loyalty.ReasonCapped {
		t.Errorf("quiz: %+v", r.Rules[0])
	}
}

// bouncing has no shard with room.
type bouncing struct{ loyalty.Store }

func (b bouncing) Commit(ctx context.Context, batch *loyalty.Batch) error {
	e := &loyalty.BoundError{}
	for _, c := range batch.Counters {
		e.Counters = append(e.Counters, c.ID)
	}
	if len(e.Counters) > 0 {
		return e
	}
	return b.Store.Commit(ctx, batch)
}

// An engine under one allocation limit: the store's share is tested beside it.
// The lower quartile of single runs is what counts, since a sync.Pool may
// forget what it holds: under the race detector it does so one time in four,
// which leaves little more than half of the runs of two commands untouched.
func TestDoAllocates(t *testing.T) {
	d := newDesk(t, cafe())
	d.do("ada", grant(100_000))
	earn, spend := order("", 30), redeem(5)
	n := 0
	runs := make([]float64, 501)
	for i := range runs {
		runs[i] = testing.AllocsPerRun(1, func() {
			for _, c := range []*loyalty.Command{&earn, &spend} {
				c.Key, c.Member, c.OccurredAt = strconv.Itoa(n), "ada", monday
				n++
				if _, err := d.engine.Do(context.Background(), monday, *c); err != nil {
					t.Fatal(err)
				}
			}
		}) - 2 // the keys
	}
	slices.Sort(runs)
	if got := runs[len(runs)/4] / 2; got > 8 {
		t.Errorf("%v allocations a command, want at most 8", got)
	}
}

// Commands by the hundred share the room in which they are decided.
func TestDoBatchAllocates(t *testing.T) {
	d := newDesk(t, cafe())
	commands := make([]loyalty.Command, 100)
	for i := range commands {
		commands[i] = order("", 30)
		commands[i].Member, commands[i].OccurredAt = strconv.Itoa(i), monday
	}
	n := 0
	runs := make([]float64, 41)
	for i := range runs {
		runs[i] = testing.AllocsPerRun(1, func() {
			for j := range commands {
				commands[j].Key = strconv.Itoa(n)
				n++
			}
			for _, r := range d.engine.DoBatch(context.Background(), monday, commands) {
				if r.Err != nil {
					t.Fatal(r.Err)
				}
			}
		}) - float64(len(commands)) // the keys
	}
	slices.Sort(runs)
	if got := runs[len(runs)/4] / float64(len(commands)); got > 5 {
		t.Errorf("%v allocations a command, want at most 5", got)
	}
}

func TestNewEngineRefuses(t *testing.T) {
	valid := cafe()
	late, renamed, broken := cafe(), cafe(), cafe()
	late.Version, late.Published, late.Effective = 2, monday, monday
	renamed.Name, renamed.Version, renamed.Published, renamed.Effective = "tea house", 2, monday, monday
	broken.Wallets = nil
	third := late
	third.Version, third.Effective = 3, monday.Add(-time.Hour)
	third.Published = third.Effective
	tests := []struct {
		name     string
		store    loyalty.Store
		versions []loyalty.Program
	}{
		{"no store", nil, []loyalty.Program{valid}},
		{"no version", loyalty.NewMemory(), nil},
		{"a version twice", loyalty.NewMemory(), []loyalty.Program{valid, valid}},
		{"another program", loyalty.NewMemory(), []loyalty.Program{valid, renamed}},
		{"not valid", loyalty.NewMemory(), []loyalty.Program{broken}},
		{"a later version that takes effect earlier", loyalty.NewMemory(), []loyalty.Program{valid, late, third}},
	}
	for _, tt := range tests {
		if _, err := loyalty.NewEngine(tt.store, tt.versions...); err == nil {
			t.Errorf("%s: no error", tt.name)
		}
	}
	if _, err := loyalty.NewEngine(loyalty.NewMemory(), late, valid); err != nil {
		t.Errorf("in another order: %v", err)
	}
	var faults regulars.Faults
	if _, err := loyalty.NewEngine(loyalty.NewMemory(), broken); !errors.As(err, &faults) {
		t.Errorf("not valid: %v", err)
	}
}

// versions are those of records: a batch writes a record once that single
// commands write often.
var versions = regexp.MustCompile(`version \d+, `)
