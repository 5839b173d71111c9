package loyaltytest

import (
	"context"
	"fmt"
	"slices"

	"github.com/regulars-go/regulars/loyalty"
)

func checkAbsent(l *lab) {
	absent := func(what string, r loyalty.Record) {
		if r.Version != 0 || len(r.Body) > 0 || !r.Due.IsZero() || !r.Until.IsZero() {
			l.problemf("%s: %+v", what, r)
		}
	}
	ids := []loyalty.RecordID{head("a"), keyOf("a"), head("b"), {Program: program, Kind: loyalty.KindMerge, Name: "a"}}
	counters := []loyalty.CounterID{counterOf(1), counterOf(2), counterOf(3)}
	l.commit(&loyalty.Batch{Records: []loyalty.Record{record(ids[1], 0, "key")}, Counters: []loyalty.Counter{{ID: counters[1], Delta: 7, Max: 9}}})
	for range 2 {
		records, values, err := l.store.Load(l.ctx, ids, counters)
		if err != nil || len(records) != len(ids) || len(values) != len(counters) {
			l.fatalf("Load of %d records and %d counters: %d and %d, error %v", len(ids), len(counters), len(records), len(values), err)
		}
		for i, r := range records {
			if r.ID != ids[i] {
				l.problemf("record %d of the answer is %v, want %v", i, r.ID, ids[i])
			} else if r.ID != keyOf("a") {
				absent(fmt.Sprintf("absent record %v", r.ID), r)
			} else if r.Version != 1 {
				l.problemf("record %v: version %d, want 1", r.ID, r.Version)
			}
		}
		for i, id := range counters {
			if want := map[bool]int64{true: 7}[id == counterOf(2)]; values[i] != want {
				l.problemf("counter %d of the answer: %d, want %d", i, values[i], want)
			}
		}
		slices.Reverse(ids)
		slices.Reverse(counters)
	}
}

// rounds is how often a race is run, so that one that can be lost is.
const rounds = 12

func checkSwap(l *lab) {
	id := head("a")
	l.commit(batch(record(id, 0, "first")))
	for version := uint64(1); version <= rounds; version++ {
		winner := l.oneWins(fmt.Sprintf("racing for version %d", version+1), l.race(func(i int) *loyalty.Batch {
			return batch(record(id, version, fmt.Sprintf("writer %d", i)))
		}), id)
		if winner < 0 {
			return
		}
		l.holds("after the race", id, version+1, fmt.Sprintf("writer %d", winner))
	}
	l.conflict("one version behind", l.store.Commit(l.ctx, batch(record(id, rounds, "late"))), id)
	l.conflict("one version ahead", l.store.Commit(l.ctx, batch(record(id, rounds+2, "early"))), id)
}

func checkColdStart(l *lab) {
	for round := range rounds {
		member := fmt.Sprintf("member-%d", round)
		winner := l.oneWins("racing to open an account", l.race(func(i int) *loyalty.Batch {
			b := batch(record(head(member), 0, fmt.Sprintf("writer %d", i)))
			b.Entries = []loyalty.Entry{entry(member, 1)}
			return b
		}), head(member))
		if winner < 0 {
			return
		}
		l.holds("after the race", head(member), 1, fmt.Sprintf("writer %d", winner))
		if got := len(l.entries(accountOf(member))); got != 1 {
			l.problemf("%d entries, want that of the winner", got)
		}
	}
	l.conflict("opening it again", l.store.Commit(l.ctx, batch(record(head("member-0"), 0, "again"))), head("member-0"))
}

func checkAtomic(l *lab) {
	l.commit(&loyalty.Batch{
		Records:  []loyalty.Record{record(head("a"), 0, "first")},
		Entries:  []loyalty.Entry{entry("a", 1)},
		Counters: []loyalty.Counter{{ID: counterOf(1), Delta: 5, Max: 5}},
	})
	fits := loyalty.Counter{ID: counterOf(2), Delta: 1, Max: 1 << 40}
	full := loyalty.Counter{ID: counterOf(1), Delta: 1, Max: 5}
	b := &loyalty.Batch{
		Records: []loyalty.Record{record(head("a"), 1, "second"), record(head("b"), 0, "new"), record(keyOf("k"), 0, "key")},
		Entries: []loyalty.Entry{entry("a", 2), entry("b", 1)},
	}
	for _, counters := range [][]loyalty.Counter{{full, fits}, {fits, full}} {
		b.Counters = counters
		l.bound("a counter over its bound", l.store.Commit(l.ctx, b), full.ID)
		l.nothing("after a BoundError", 5)
	}
	b.Counters = []loyalty.Counter{fits}
	l.commit(b)
	l.holds("after the batch without that counter", head("a"), 2, "second")
	if got := l.count(fits.ID); got != 1 {
		l.problemf("after the batch without that counter: counter %d, want 1", got)
	}
}

// nothing checks that only account a is there, at version 1 with one entry, and
// the first counter at a value.
func (l *lab) nothing(when string, first int64) {
	l.holds(when+": the account", head("a"), 1, "first")
	l.holds(when+": a new account", head("b"), 0, "")
	l.holds(when+": a new key", keyOf("k"), 0, "")
	if got := len(l.entries(accountOf("a"))); got != 1 {
		l.problemf("%s: %d entries, want the 1 from before", when, got)
	}
	if got := len(l.entries(accountOf("b"))); got != 0 {
		l.problemf("%s: %d entries of a new account", when, got)
	}
	if one, two := l.count(counterOf(1)), l.count(counterOf(2)); one != first || two != 0 {
		l.problemf("%s: counters %d and %d, want %d and 0", when, one, two, first)
	}
	if page := l.scan(loyalty.Scan{Program: program, Limit: 10}); len(page) != 1 {
		l.problemf("%s: accounts %v, want a alone", when, page)
	}
}

func checkStale(l *lab) {
	order := func(name string) loyalty.RecordID {
		return loyalty.RecordID{Program: program, Kind: loyalty.KindOrder, Name: name}
	}
	b := batch(record(head("a"), 0, "first"))
	b.Entries = []loyalty.Entry{entry("a", 1)}
	l.commit(b)
	known := record(head("a"), 1, "second")
	for _, stale := range []loyalty.Record{
		record(order("other"), 1, "absent, but said to be there"),
		record(order("there"), 0, "there, but said to be absent"),
		record(order("there"), 2, "from the future"),
	} {
		if l.load(order("there")).Version == 0 {
			l.commit(batch(record(order("there"), 0, "x")))
		}
		for at := range 3 {
			records := []loyalty.Record{known, record(head("b"), 0, "new"), record(keyOf("k"), 0, "key")}
			b := &loyalty.Batch{Records: slices.Insert(records, at, stale), Entries: []loyalty.Entry{entry("a", 2), entry("b", 1)}}
			b.Counters = []loyalty.Counter{{ID: counterOf(2), Delta: 1, Max: 1 << 40}}
			what := fmt.Sprintf("record %d of 4 is stale (%s)", at+1, stale.Body)
			l.conflict(what, l.store.Commit(l.ctx, b), stale.ID)
			l.nothing(what, 0)
			b.Counters[0].Max = 0
			l.conflict(what+", and a counter is over its bound", l.store.Commit(l.ctx, b), stale.ID)
		}
	}
}

func checkOpposite(l *lab) {
	a, b := head("a"), head("b")
	l.commit(batch(record(a, 0, "0"), record(b, 0, "0")))
	wins, others := make([]int, writers), make([]error, writers)
	l.together(func(ctx context.Context, i int) {
		ids := []loyalty.RecordID{a, b}
		if i%2 == 1 {
			slices.Reverse(ids)
		}
		for range rounds {
			records, _, err := l.store.Load(ctx, ids, nil)
			if err == nil {
				err = l.store.Commit(ctx, batch(record(ids[0], records[0].Version, "x"), record(ids[1], records[1].Version, "x")))
			}
			if err == nil {
				wins[i]++
			} else if !isConflict(err) {
				others[i] = err
				return
			}
		}
	})
	sum := uint64(1)
	for i := range wins {
		sum += uint64(wins[i])
		if others[i] != nil {
			l.problemf("writer %d: %v", i, others[i])
		}
	}
	if va, vb := l.load(a).Version, l.load(b).Version; va != sum || vb != sum {
		l.problemf("versions %d and %d after %d commits of both", va, vb, sum)
	}
}

func checkKey(l *lab) {
	l.commit(batch(record(keyOf("k"), 0, "what was answered first"), record(head("a"), 0, "first")))
	l.conflict("a key that was used", l.store.Commit(l.ctx, batch(record(keyOf("k"), 0, "again"), record(head("a"), 1, "second"))), keyOf("k"))
	l.holds("a key that was used", keyOf("k"), 1, "what was answered first")
	l.holds("the account beside it", head("a"), 1, "first")
	for round := range rounds {
		key := keyOf(fmt.Sprintf("key-%d", round))
		member := func(i int) loyalty.RecordID { return head(fmt.Sprintf("member-%d-%d", round, i)) }
		winner := l.oneWins("racing for a key", l.race(func(i int) *loyalty.Batch {
			return batch(record(key, 0, fmt.Sprintf("writer %d", i)), record(member(i), 0, "opened"))
		}), key)
		if winner < 0 {
			return
		}
		l.holds("the key after the race", key, 1, fmt.Sprintf("writer %d", winner))
		for i := range writers {
			if r := l.load(member(i)); (r.Version == 1) != (i == winner) {
				l.problemf("the account of writer %d has version %d; writer %d won", i, r.Version, winner)
			}
		}
	}
}

func checkScope(l *lab) {
	var records []loyalty.Record
	for _, p := range []string{"p", "q"} {
		for kind := loyalty.KindAccount; kind <= loyalty.KindMerge; kind++ {
			id := loyalty.RecordID{Program: p, Kind: kind, Name: "same"}
			records = append(records, record(id, 0, fmt.Sprintf("%s has kind %d", p, kind)))
		}
	}
	counters := []loyalty.CounterID{
		{Program: "p", Kind: 16, Number: 1, Window: 1, Value: "v"},
		{Program: "q", Kind: 16, Number: 1, Window: 1, Value: "v"},
		{Program: "p", Kind: 17, Number: 1, Window: 1, Value: "v"},
		{Program: "p", Kind: 16, Number: 2, Window: 1, Value: "v"},
		{Program: "p", Kind: 16, Number: 1, Window: 2, Value: "v"},
		{Program: "p", Kind: 16, Number: 1, Window: 1, Value: "w"},
		{Program: "p", Kind: 16, Number: 1, Window: 1, Value: ""},
	}
	for i, r := range records { // one by one: a key of another program must not be in the way
		b := batch(r)
		if r.ID.Kind == loyalty.KindAccount {
			b.Entries = []loyalty.Entry{{Account: loyalty.AccountID{Program: r.ID.Program, Member: "same"}, Seq: 1, OccurredAt: day(1), RecordedAt: day(1), Body: []byte(r.ID.Program)}}
		}
		if err := l.store.Commit(l.ctx, b); err != nil {
			l.problemf("record %d of %v, all of the same name: %v", i, r.ID, err)
		}
	}
	for _, r := range records {
		l.holds(fmt.Sprintf("record %v", r.ID), r.ID, 1, string(r.Body))
	}
	for i, id := range counters {
		l.commit(&loyalty.Batch{Counters: []loyalty.Counter{{ID: id, Delta: int64(i) + 1, Max: 1 << 40}}})
	}
	for i, id := range counters {
		if got := l.count(id); got != int64(i)+1 {
			l.problemf("counter %+v: %d, want %d", id, got, i+1)
		}
	}
	for _, p := range []string{"p", "q"} {
		entries := l.entries(loyalty.AccountID{Program: p, Member: "same"})
		if len(entries) != 1 || string(entries[0].Body) != p {
			l.problemf("program %s: entries %v, want its own", p, entries)
		}
		if page := l.scan(loyalty.Scan{Program: p, Limit: 10}); len(page) != 1 {
			l.problemf("program %s: accounts %v, want its own", p, page)
		}
	}
	if page := l.scan(loyalty.Scan{Program: "r", Limit: 10}); len(page) != 0 {
		l.problemf("an unknown program has accounts %v", page)
	}
}
