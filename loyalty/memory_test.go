package loyalty

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"maps"
	"runtime"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// naiveStore is a Store of one program that anyone can check: it copies all it
// has before each commit and sorts all it has for each page.
type naiveStore struct {
	records  map[RecordID]Record
	counters map[CounterID]int64
	entries  []Entry
}

func (s *naiveStore) commit(b *Batch) (conflicts []RecordID, bounds []CounterID) {
	for _, r := range b.Records {
		if s.records[r.ID].Version != r.Version {
			conflicts = append(conflicts, r.ID)
		}
	}
	for _, c := range b.Counters {
		after := s.counters[c.ID] + c.Delta
		if c.Delta > 0 && after > c.Max || c.Delta < 0 && after < c.Min {
			bounds = append(bounds, c.ID)
		}
	}
	if len(conflicts) > 0 {
		return conflicts, nil
	}
	if len(bounds) > 0 {
		return nil, bounds
	}
	for _, r := range b.Records {
		r.Version++
		s.records[r.ID] = r
	}
	for _, c := range b.Counters {
		s.counters[c.ID] += c.Delta
	}
	s.entries = append(s.entries, b.Entries...)
	return nil, nil
}

func (s *naiveStore) scan(q Scan) []Due {
	var all []Due
	compare := func(a, b Due) int {
		if q.UpTo.IsZero() {
			return cmp.Compare(a.Member, b.Member)
		}
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Member, b.Member))
	}
	for id, r := range s.records {
		d := Due{id.Name, r.Due}
		if id.Kind == KindAccount && (q.UpTo.IsZero() || !r.Due.IsZero() && !r.Due.After(q.UpTo)) && (q.After == nil || compare(d, *q.After) > 0) {
			all = append(all, d)
		}
	}
	slices.SortFunc(all, compare)
	return all[:min(q.Limit, len(all))]
}

func (s *naiveStore) totals() (sum []Total) {
	by := map[uint8]Total{}
	for _, r := range s.records {
		for _, t := range r.Totals {
			was := by[t.Wallet]
			by[t.Wallet] = Total{t.Wallet, was.Available + t.Available, was.Pending + t.Pending, was.Held + t.Held, was.Debt + t.Debt}
		}
	}
	return slices.SortedFunc(maps.Values(by), func(a, b Total) int { return cmp.Compare(a.Wallet, b.Wallet) })
}

// prune drops what may be dropped; accounts and counters here never may.
func (s *naiveStore) prune(now time.Time) (dropped int) {
	for id, r := range s.records {
		if !r.Until.IsZero() && !r.Until.After(now) {
			delete(s.records, id)
			dropped++
		}
	}
	return dropped
}

func testDay(n int) time.Time { return time.Date(2026, 1, 1+n, 0, 0, 0, 0, time.UTC) }

// drawBatch draws a batch that is well formed but may meet conflicts and bounds.
func drawBatch(t *rapid.T, s *naiveStore) *Batch {
	b := new(Batch)
	start := testDay(0)
	for _, n := range rapid.SliceOfNDistinct(rapid.IntRange(0, 59), 1, 4, rapid.ID).Draw(t, "records") {
		r := Record{ID: RecordID{"p", RecordKind(1 + n%2), fmt.Sprintf("m%d", n/2)}, Body: rapid.SliceOfN(rapid.Byte(), 1, 40).Draw(t, "body")}
		r.Version = s.records[r.ID].Version
		if rapid.IntRange(0, 9).Draw(t, "stale") == 0 {
			r.Version++
		}
		if r.ID.Kind == KindAccount {
			if day := rapid.IntRange(0, 5).Draw(t, "due"); day > 0 {
				r.Due = testDay(day)
			}
			n := rapid.Int64Range(0, 9).Draw(t, "points")
			r.Totals = []Total{{Wallet: rapid.Uint8Range(1, 3).Draw(t, "wallet"), Available: n, Pending: 10 * n, Held: 100 * n, Debt: 1000 * n}}
			account := AccountID{"p", r.ID.Name}
			seq := uint64(1)
			for _, e := range s.entries {
				if e.Account == account {
					seq = e.Seq + 1
				}
			}
			for range rapid.IntRange(0, 3).Draw(t, "entries") {
				e := Entry{Account: account, Seq: seq, Kind: EntryGranted, OccurredAt: start, RecordedAt: start, Body: []byte{byte(seq)}}
				if rapid.Bool().Draw(t, "commanded") {
					e.Command = []byte(r.ID.Name)
				}
				b.Entries = append(b.Entries, e)
				seq++
			}
		}
		if day := rapid.IntRange(0, 5).Draw(t, "until"); r.ID.Kind != KindAccount && day > 0 {
			r.Until = testDay(day)
		}
		b.Records = append(b.Records, r)
	}
	for _, n := range rapid.SliceOfNDistinct(rapid.IntRange(0, 3), 0, 2, rapid.ID).Draw(t, "counters") {
		b.Counters = append(b.Counters, Counter{
			ID: CounterID{"p", CounterStock, uint32(n), 0, ""}, Delta: rapid.Int64Range(-3, 3).Draw(t, "delta"), Max: rapid.Int64Range(0, 5).Draw(t, "max"),
		})
	}
	return b
}

// Property: after any commits a Memory holds what the naive store holds, and
// refuses what it refuses, for the same records and counters; also if it was
// told where records were at some time before.
func TestMemoryIsNaive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ctx := context.Background()
		naive := &naiveStore{map[RecordID]Record{}, map[CounterID]int64{}, nil}
		m := NewMemory()
		var v View
		for range rapid.IntRange(1, 30).Draw(t, "commits") {
			b := drawBatch(t, naive)
			if rapid.IntRange(0, 2).Draw(t, "loads") == 0 {
				v.Reset()
				for i := range b.Records { // none is an account but by chance
					if err := m.fill(ctx, &v, []RecordID{b.Records[i].ID}, nil); err != nil && !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrNewerState) {
						t.Fatal(err)
					}
				}
			}
			conflicts, bounds := naive.commit(b)
			err := m.commit(ctx, b, &v.room.places, false)
			if e, ok := errors.AsType[*ConflictError](err); ok != (conflicts != nil) || ok && !slices.Equal(e.Records, conflicts) {
				t.Fatalf("conflicts %v, got %v", conflicts, err)
			}
			if e, ok := errors.AsType[*BoundError](err); ok != (bounds != nil) || ok && !slices.Equal(e.Counters, bounds) {
				t.Fatalf("bounds %v, got %v", bounds, err)
			}
			if err != nil && conflicts == nil && bounds == nil {
				t.Fatal(err)
			}
			if rapid.IntRange(0, 4).Draw(t, "prune") == 0 {
				now := testDay(rapid.IntRange(0, 6).Draw(t, "now"))
				if got, want := m.Prune(now), naive.prune(now); got != want {
					t.Fatalf("pruned %d by %v, want %d", got, now, want)
				}
			}
			samePage(t, m, naive)
		}
		sameRecords(t, m, naive)
		sameEntries(t, m, naive)
		samePages(t, m, naive)
		if totals, err := m.Totals(ctx, "p"); err != nil || !gocmp.Equal(drained(totals), drained(naive.totals())) {
			t.Fatalf("totals %v and %v, want %v", totals, err, naive.totals())
		}
	})
}

// drained leaves out wallets that hold nothing.
func drained(totals []Total) (out []Total) {
	for _, t := range totals {
		if t != (Total{Wallet: t.Wallet}) {
			out = append(out, t)
		}
	}
	return out
}

func sameRecords(t *rapid.T, m *Memory, naive *naiveStore) {
	for n := range 60 {
		id := RecordID{"p", RecordKind(1 + n%2), fmt.Sprintf("m%d", n/2)}
		want := naive.records[id]
		want.ID = id
		got, _, err := m.Load(context.Background(), []RecordID{id}, nil)
		want.Totals = nil
		if diff := gocmp.Diff([]Record{want}, got); err != nil || diff != "" {
			t.Fatalf("%v (-want +got):\n%s", err, diff)
		}
	}
	for id, want := range naive.counters {
		if _, got, err := m.Load(context.Background(), nil, []CounterID{id}); err != nil || got[0] != want {
			t.Fatalf("counter %v: %d, want %d, %v", id, got[0], want, err)
		}
	}
}

func sameEntries(t *rapid.T, m *Memory, naive *naiveStore) {
	want, got := map[AccountID][]Entry{}, map[AccountID][]Entry{}
	for _, e := range naive.entries {
		want[e.Account] = append(want[e.Account], e)
	}
	fed, cursor := map[AccountID][]Entry{}, ""
	limit := rapid.IntRange(1, 7).Draw(t, "feed")
	for {
		entries, next, err := m.Feed(context.Background(), "p", cursor, limit)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			fed[e.Account] = append(fed[e.Account], e)
		}
		if cursor = next; len(entries) == 0 {
			break
		}
	}
	for account := range want {
		limit := rapid.IntRange(1, 5).Draw(t, "limit")
		for {
			entries, err := m.Entries(context.Background(), account, uint64(len(got[account])), limit)
			if err != nil {
				t.Fatal(err)
			}
			if len(entries) == 0 {
				break
			}
			got[account] = append(got[account], entries...)
		}
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Fatalf("entries (-want +got):\n%s", diff)
	}
	if diff := gocmp.Diff(want, fed); diff != "" {
		t.Fatalf("feed (-want +got):\n%s", diff)
	}
}

// samePage compares one page from anywhere, so that what is listed lazily is
// asked for at any time.
func samePage(t *rapid.T, m *Memory, naive *naiveStore) {
	q := Scan{Program: "p", UpTo: testDay(rapid.IntRange(1, 6).Draw(t, "up to")), Limit: rapid.IntRange(1, 9).Draw(t, "page")}
	if rapid.Bool().Draw(t, "goes on") {
		q.After = &Due{fmt.Sprintf("m%d", rapid.IntRange(0, 29).Draw(t, "after")), testDay(rapid.IntRange(1, 5).Draw(t, "day"))}
	}
	want := naive.scan(q)
	if got, err := m.Scan(context.Background(), q); err != nil || len(want)+len(got) > 0 && !gocmp.Equal(want, got) {
		t.Fatalf("scan %+v after %v: %v, want %v, %v", q, q.After, got, want, err)
	}
}

func samePages(t *rapid.T, m *Memory, naive *naiveStore) {
	for _, upTo := range []time.Time{{}, time.Date(2026, 1, 4, 0, 0, 0, 0, time.UTC)} {
		q := Scan{Program: "p", UpTo: upTo, Limit: rapid.IntRange(1, 9).Draw(t, "page")}
		for {
			want := naive.scan(q)
			got, err := m.Scan(context.Background(), q)
			if err != nil || len(want)+len(got) > 0 && !gocmp.Equal(want, got) {
				t.Fatalf("scan %+v: %v, want %v, %v", q, got, want, err)
			}
			if len(got) == 0 {
				break
			}
			q.After = &got[len(got)-1]
		}
	}
}

// Property: what may be dropped at now is dropped, and nothing else.
func TestMemoryPrune(t *testing.T) {
	m, ctx := NewMemory(), context.Background()
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	untils := []time.Time{{}, now.Add(-time.Microsecond), now, now.Add(time.Microsecond)}
	var b Batch
	for i, until := range untils {
		b.Records = append(b.Records, Record{ID: RecordID{"p", KindKey, fmt.Sprint(i)}, Body: []byte("x"), Until: until})
		b.Counters = append(b.Counters, Counter{ID: CounterID{Program: "p", Number: uint32(i)}, Delta: 1, Max: 1, Until: until})
	}
	if err := m.Commit(ctx, &b); err != nil {
		t.Fatal(err)
	}
	if got := m.Prune(now); got != 4 {
		t.Errorf("pruned %d, want 4", got)
	}
	for i, want := range []uint64{1, 0, 0, 1} {
		records, counters, err := m.Load(ctx, []RecordID{b.Records[i].ID}, []CounterID{b.Counters[i].ID})
		if err != nil || records[0].Version != want || counters[0] != int64(want) {
			t.Errorf("until %v: version %d, counter %d, want %d, %v", untils[i], records[0].Version, counters[0], want, err)
		}
	}
}

// The places that a growing record has left go when it is pruned.
func TestMemoryPruneLeavesNothing(t *testing.T) {
	m, ctx := NewMemory(), context.Background()
	r := Record{ID: RecordID{"p", KindOrder, "grows"}, Until: time.UnixMicro(1)}
	for r.Version < 100 {
		r.Body = make([]byte, 1000*r.Version)
		if err := m.Commit(ctx, &Batch{Records: []Record{r}}); err != nil {
			t.Fatal(err)
		}
		r.Version++
	}
	m.Prune(time.UnixMicro(1))
	kept := 0
	for i := range m.shards {
		for _, b := range m.shards[i].ledger("p").records.arena.blocks {
			kept += cap(b.bytes)
		}
	}
	if kept > arenaLast { // the block that is open
		t.Errorf("%d bytes are kept of nothing", kept)
	}
}

func TestMemoryRefuses(t *testing.T) {
	account := AccountID{"p", "m"}
	head := Record{ID: account.Record()}
	for _, c := range []struct {
		name string
		b    Batch
	}{
		{"entry without account", Batch{Entries: []Entry{{Account: account, Seq: 1}}}},
		{"gap at the start", Batch{Records: []Record{head}, Entries: []Entry{{Account: account, Seq: 2}}}},
		{"gap within", Batch{Records: []Record{head}, Entries: []Entry{{Account: account, Seq: 1}, {Account: account, Seq: 3}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := NewMemory()
			if err := m.Commit(t.Context(), &c.b); err == nil {
				t.Fatal("no error")
			}
			if got, _ := m.Scan(t.Context(), Scan{Program: "p", Limit: 1}); len(got) > 0 {
				t.Errorf("account %v was left", got)
			}
			if err := m.Commit(t.Context(), &Batch{Records: []Record{head}, Entries: []Entry{{Account: account, Seq: 1}}}); err != nil {
				t.Error(err)
			}
		})
	}
	m := NewMemory()
	if _, err := m.Entries(t.Context(), account, 0, 0); err == nil {
		t.Error("entries with limit 0: no error")
	}
	if _, err := m.Scan(t.Context(), Scan{Program: "p"}); err == nil {
		t.Error("scan with limit 0: no error")
	}
	for _, cursor := range []string{"?", "AA", "gP8", "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICA"} {
		if _, _, err := m.Feed(t.Context(), "p", cursor, 1); err == nil {
			t.Errorf("cursor %q: no error", cursor)
		}
	}
}

// A commit of a command by a known member, as an order makes it: the account,
// a new key and a new order, one entry.
func TestMemoryAllocs(t *testing.T) {
	m, ctx := NewMemory(), context.Background()
	account := AccountID{"p", "m"}
	ids := []RecordID{account.Record(), {"p", KindKey, ""}, {"p", KindOrder, ""}}
	body := make([]byte, 500)
	names := make([]string, 3000)
	for i := range names {
		names[i] = fmt.Sprint("order-", i)
	}
	n := 0
	b := Batch{Records: make([]Record, 3), Entries: make([]Entry, 1)}
	once := func() {
		ids[1].Name, ids[2].Name = names[n], names[n]
		records, _, err := m.Load(ctx, ids, nil)
		if err != nil {
			t.Fatal(err)
		}
		b.Records[0] = Record{ID: ids[0], Version: records[0].Version, Body: body, Due: time.UnixMicro(int64(n + 1))}
		b.Records[1] = Record{ID: ids[1], Body: body[:100]}
		b.Records[2] = Record{ID: ids[2], Body: body[:200]}
		n++
		b.Entries[0] = Entry{Account: account, Seq: uint64(n), Body: body[:150], Command: body[:100]}
		if err := m.Commit(ctx, &b); err != nil {
			t.Fatal(err)
		}
	}
	// A slice of records, the account's bytes, the order's bytes.
	if got := testing.AllocsPerRun(2000, once); got > 3 {
		t.Errorf("%v allocations for a load and a commit, want at most 3", got)
	}
}

// Property: what a Memory holds is bounded as its documentation says.
func TestMemoryBound(t *testing.T) {
	const n = 100_000
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("order-%07d/paid", i)
	}
	body := make([]byte, 400)
	for _, c := range []struct {
		name  string
		bytes int // of bodies
		most  int // beside them: what the documentation says, and names of 18 bytes
		batch func(i int) *Batch
	}{
		{"key", 150, 100, func(i int) *Batch {
			return &Batch{Records: []Record{{ID: RecordID{"p", KindKey, names[i]}, Body: body[:150]}}}
		}},
		{"order", 208, 100, func(i int) *Batch {
			return &Batch{Records: []Record{{ID: RecordID{"p", KindOrder, names[i]}, Body: body[:208]}}}
		}},
		{"account", 384, 300, func(i int) *Batch {
			r := Record{ID: RecordID{"p", KindAccount, names[i]}, Body: body[:384], Due: time.UnixMicro(int64(i)), Totals: []Total{{Wallet: 1}, {Wallet: 2}}}
			return &Batch{Records: []Record{r}}
		}},
		{"entry", 150, 60, func(i int) *Batch {
			account := AccountID{"p", names[i/50]}
			seq := uint64(i%50) + 1
			return &Batch{Records: []Record{{ID: account.Record(), Version: seq - 1}}, Entries: []Entry{{Account: account, Seq: seq, Body: body[:100], Command: body[:50]}}}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, before := NewMemory(), heap()
			for i := range n {
				if err := m.Commit(t.Context(), c.batch(i)); err != nil {
					t.Fatal(err)
				}
			}
			const blocks = 3 << 20 // that are not full
			if got := (heap() - before - blocks) / n; got > c.bytes+c.most {
				t.Errorf("%d bytes each, want at most %d of bodies and %d beside them", got, c.bytes, c.most)
			}
			runtime.KeepAlive(m)
		})
	}
}

// heap is how much memory is in use.
func heap() int {
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return int(stats.HeapAlloc)
}

// Property: a page by due is right at any time, from anywhere and for as many
// as asked for, however often what is due moved since the last page. All
// accounts are of one shard.
func TestMemoryListsLazily(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, due := &memoryLedger{program: "p", seed: maphash.MakeSeed()}, map[string]int64{}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			member := string(rune('a' + rapid.IntRange(0, 11).Draw(t, "member")))
			if member > "f" {
				member = "members whose names begin alike: " + member
			}
			if rapid.IntRange(0, 2).Draw(t, "commit") > 0 {
				a := l.member(member)
				if a == nil {
					a = l.enroll(member, hashName(l.seed, KindAccount, member))
				}
				due[member] = rapid.Int64Range(0, 6).Draw(t, "due")
				l.putAccount(a, &Record{Version: a.version, Due: instant(due[member])})
				continue
			}
			s := Scan{UpTo: instant(rapid.Int64Range(1, 7).Draw(t, "up to")), Limit: rapid.IntRange(1, 6).Draw(t, "limit")}
			after := Due{member, instant(rapid.Int64Range(0, 6).Draw(t, "after"))}
			if rapid.Bool().Draw(t, "goes on") {
				s.After = &after
			}
			var want []Due
			for at := int64(1); at <= micros(s.UpTo); at++ {
				for _, member := range slices.Sorted(maps.Keys(due)) {
					isAfter := s.After == nil || at > micros(after.At) || at == micros(after.At) && member > after.Member
					if due[member] == at && isAfter && len(want) < s.Limit {
						want = append(want, Due{member, instant(at)})
					}
				}
			}
			if diff := gocmp.Diff(want, l.accounts.scan(nil, byDue, &s, nil)); diff != "" {
				t.Fatalf("up to %v after %v (-want +got):\n%s", s.UpTo, s.After, diff)
			}
		}
	})
}

// What is dropped leaves room: blocks of an arena go with the last of their
// pieces, and their numbers are used again.
func TestArenaLetsGo(t *testing.T) {
	var a arena
	live := map[piece]byte{}
	add := func(n, size int) {
		p, bytes := a.make(size)
		for i := range bytes {
			bytes[i] = byte(n)
		}
		live[p] = byte(n)
	}
	kept := func() (size int) {
		for _, b := range a.blocks {
			size += cap(b.bytes)
		}
		return size
	}
	for round := range 5 {
		for n := range 3000 {
			add(n, 100+n%50)
		}
		add(7, arenaLast) // with a block of its own
		for p, n := range live {
			for _, b := range a.bytes(p) {
				if b != n {
					t.Fatalf("round %d: a piece of %d has %d", round, n, b)
				}
			}
		}
		if size := kept(); size < 3000*124 || size > 3000*124+4*arenaLast {
			t.Errorf("round %d: %d bytes kept", round, size)
		}
		for p := range live {
			a.drop(p)
			delete(live, p)
		}
		if size := kept(); size > arenaLast {
			t.Errorf("round %d: %d bytes kept of nothing", round, size)
		}
	}
	if len(a.blocks) > 30 {
		t.Errorf("%d blocks", len(a.blocks))
	}
}
