package loyaltytest

import (
	"fmt"

	"github.com/regulars-go/regulars/loyalty"
)

func checkBound(l *lab) {
	host, ok := l.store.(Transactor)
	if !ok {
		l.skip("the store is no loyaltytest.Transactor")
	}
	l.commit(&loyalty.Batch{Records: []loyalty.Record{record(head("a"), 0, "first")}, Counters: []loyalty.Counter{{ID: counterOf(1), Delta: 5, Max: 5}}})
	for round, commit := range []bool{false, true} {
		what := map[bool]string{false: "rolled back", true: "committed"}[commit]
		bound, end := host.Begin(l.t)
		if r := l.loadFrom(bound, head("a")); r.Version != 1 {
			l.problemf("in a transaction: version %d, want 1", r.Version)
		}
		stale := batch(record(head("a"), 7, "stale"), record(head("never"), 0, "x"))
		l.conflict("in a transaction", bound.Commit(l.ctx, stale), head("a"))
		taken := batch(record(head("a"), 0, "stale"), record(head("never"), 0, "x"))
		l.conflict("in a transaction, of a record that is there", bound.Commit(l.ctx, taken), head("a"))
		full := batch(record(head("never"), 0, "x"))
		full.Counters = []loyalty.Counter{{ID: counterOf(1), Delta: 1, Max: 5}}
		l.bound("in a transaction", bound.Commit(l.ctx, full), counterOf(1))
		b := batch(record(head("a"), 1, "second"), record(keyOf("k"), 0, "key"))
		b.Entries = []loyalty.Entry{entry("a", 1)}
		b.Counters = []loyalty.Counter{{ID: counterOf(2), Delta: 1, Max: 1 << 40}}
		if err := bound.Commit(l.ctx, b); err != nil {
			l.problemf("the transaction is of no use after a ConflictError and a BoundError: %v", err)
		}
		if err := bound.Commit(l.ctx, batch(record(head("c"), 0, fmt.Sprint("round ", round)))); err != nil {
			l.problemf("a second commit in one transaction: %v", err)
		}
		if err := end(commit); err != nil {
			l.fatalf("the transaction could not be %s: %v", what, err)
		}
		want := map[bool]string{false: "first", true: "second"}[commit]
		l.holds("after it was "+what, head("a"), uint64(1+round), want)
		parts := []bool{l.load(keyOf("k")).Version == 1, l.load(head("c")).Version == 1, len(l.entries(accountOf("a"))) == 1, l.count(counterOf(2)) == 1}
		for i, is := range parts {
			if is != commit {
				l.problemf("after it was %s: of key, second account, entry and counter the number %d is there: %v", what, i+1, is)
			}
		}
		l.holds("what failed in the transaction", head("never"), 0, "")
	}
}

func checkOwnership(l *lab) {
	totals := []loyalty.Total{{Wallet: 1, Available: 5}}
	b := &loyalty.Batch{
		Records:  []loyalty.Record{{ID: head("a"), Body: []byte("account"), Totals: totals}, {ID: keyOf("k"), Body: []byte("key body")}},
		Entries:  []loyalty.Entry{entry("a", 1)},
		Counters: []loyalty.Counter{{ID: counterOf(1), Delta: 2, Max: 3}},
	}
	l.commit(b)
	want := []loyalty.Entry{entry("a", 1)}
	// What was given is used again, as the engine does.
	scrub(b.Records[0].Body, b.Records[1].Body, b.Entries[0].Body, b.Entries[0].Command)
	totals[0].Available = 99
	clear(b.Records)
	clear(b.Entries)
	clear(b.Counters)
	for range 2 { // and what was handed out is scribbled on
		ids, counters := []loyalty.RecordID{head("a"), keyOf("k")}, []loyalty.CounterID{counterOf(1)}
		records, values, err := l.store.Load(l.ctx, ids, counters)
		if err != nil || len(records) != 2 || len(values) != 1 {
			l.fatalf("Load: %v", err)
		}
		clear(ids)
		clear(counters)
		if string(records[0].Body) != "account" || string(records[1].Body) != "key body" || values[0] != 2 {
			l.problemf("bodies %q and %q, counter %d: want what was committed", records[0].Body, records[1].Body, values[0])
		}
		entries := l.entries(accountOf("a"))
		l.sameEntries("the entry", entries, want)
		page := l.scan(loyalty.Scan{Program: program, Limit: 1})
		if len(page) != 1 || page[0].Member != "a" || len(entries) != 1 {
			l.fatalf("accounts %v, want a", page)
		}
		scrub(records[0].Body, records[1].Body, entries[0].Body, entries[0].Command)
		_ = append(records[0].Body, "beyond"...)
		_ = append(entries[0].Body, "beyond"...)
		clear(records)
		clear(entries)
		clear(page)
		clear(values)
	}
	if s, ok := l.store.(loyalty.Totaler); ok {
		if got := l.totals(s); len(got) != 1 || got[0].Available != 5 {
			l.problemf("totals %v, want what was committed", got)
		}
	}
}

func scrub(all ...[]byte) {
	for _, b := range all {
		for i := range b {
			b[i] = '#'
		}
	}
}

func (l *lab) totals(s loyalty.Totaler) (held []loyalty.Total) {
	totals, err := s.Totals(l.ctx, program)
	if err != nil {
		l.fatalf("Totals: %v", err)
	}
	for i, t := range totals {
		if i > 0 && totals[i-1].Wallet >= t.Wallet {
			l.problemf("totals %v are not in order of wallet", totals)
		}
		if t != (loyalty.Total{Wallet: t.Wallet}) {
			held = append(held, t) // a wallet that holds nothing may be left out
		}
	}
	return held
}

func checkTotals(l *lab) {
	s, ok := l.store.(loyalty.Totaler)
	if !ok {
		l.skip("the store is no loyalty.Totaler")
	}
	want := func(when string, totals ...loyalty.Total) {
		if got := l.totals(s); fmt.Sprint(got) != fmt.Sprint(totals) {
			l.problemf("%s: %v, want %v", when, got, totals)
		}
	}
	put := func(member string, version uint64, totals ...loyalty.Total) {
		l.commit(batch(loyalty.Record{ID: head(member), Version: version, Body: []byte("x"), Totals: totals}))
	}
	want("of no accounts")
	big := int64(loyalty.MaxPoints)
	put("a", 0, loyalty.Total{Wallet: 2, Available: 5, Pending: 6, Held: 7, Debt: 8})
	put("b", 0, loyalty.Total{Wallet: 1, Available: 10}, loyalty.Total{Wallet: 2, Available: 1, Pending: 1, Held: 1, Debt: 1})
	want("of two accounts", loyalty.Total{Wallet: 1, Available: 10}, loyalty.Total{Wallet: 2, Available: 6, Pending: 7, Held: 8, Debt: 9})
	put("a", 1, loyalty.Total{Wallet: 8, Available: big})
	want("after one changed", loyalty.Total{Wallet: 1, Available: 10}, loyalty.Total{Wallet: 2, Available: 1, Pending: 1, Held: 1, Debt: 1}, loyalty.Total{Wallet: 8, Available: big})
	stale := batch(loyalty.Record{ID: head("b"), Version: 7, Body: []byte("x"), Totals: []loyalty.Total{{Wallet: 1, Available: 1}}})
	l.conflict("a stale account", l.store.Commit(l.ctx, stale), head("b"))
	l.commit(batch(loyalty.Record{ID: loyalty.RecordID{Program: "q", Kind: loyalty.KindAccount, Name: "a"}, Body: []byte("x"), Totals: []loyalty.Total{{Wallet: 1, Available: 3}}}))
	put("b", 1)
	want("after one holds nothing", loyalty.Total{Wallet: 8, Available: big})
}

func checkErase(l *lab) {
	s, ok := l.store.(loyalty.Eraser)
	if !ok {
		l.skip("the store is no loyalty.Eraser")
	}
	b := batch(record(head("a"), 0, "a"), record(head("b"), 0, "b"), record(keyOf("k"), 0, "key"))
	b.Entries = []loyalty.Entry{entry("a", 1), entry("a", 2), entry("b", 1)}
	b.Entries[1].Command = nil
	l.commit(b)
	for range 2 { // a second time is no error
		if err := s.Erase(l.ctx, accountOf("a")); err != nil {
			l.fatalf("Erase: %v", err)
		}
		erased := []loyalty.Entry{entry("a", 1), entry("a", 2)}
		erased[0].Command, erased[1].Command = nil, nil
		got := l.entries(accountOf("a"))
		l.sameEntries("of the account that was erased", got, erased)
		for i := range got {
			if got[i].Command != nil {
				l.problemf("the command of entry %d is %q, want nil", i+1, got[i].Command)
			}
		}
		l.sameEntries("of another account", l.entries(accountOf("b")), []loyalty.Entry{entry("b", 1)})
		l.holds("the account", head("a"), 1, "a")
		l.holds("the key", keyOf("k"), 1, "key")
	}
	later := batch(record(head("a"), 1, "second"))
	later.Entries = []loyalty.Entry{entry("a", 3)}
	l.commit(later)
	if got := l.entries(accountOf("a")); len(got) != 3 || string(got[2].Command) != string(entry("a", 3).Command) {
		l.problemf("an entry after the erasing came back as %v", got)
	}
	if err := s.Erase(l.ctx, accountOf("nobody")); err != nil {
		l.problemf("Erase of an account that is not there: %v", err)
	}
}
