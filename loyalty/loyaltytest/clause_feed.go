package loyaltytest

import (
	"context"
	"fmt"

	"github.com/regulars-go/regulars/loyalty"
)

// follower reads a feed as a consumer does.
type follower struct {
	l      *lab
	store  loyalty.Feeder
	cursor string
	seen   map[loyalty.AccountID]uint64 // Seq of the last entry
}

func (l *lab) follow(s loyalty.Feeder) *follower {
	return &follower{l: l, store: s, seen: map[loyalty.AccountID]uint64{}}
}

// drain reads pages until there is an empty one.
func (f *follower) drain(limit int) {
	for range 100_000 {
		entries, next, err := f.store.Feed(f.l.ctx, program, f.cursor, limit)
		if err != nil {
			f.l.fatalf("Feed: %v", err)
		}
		if len(entries) > limit {
			f.l.problemf("a page of %d with limit %d", len(entries), limit)
		}
		for _, e := range entries {
			if e.Account.Program != program {
				f.l.problemf("an entry of program %q", e.Account.Program)
				continue
			}
			if e.Seq != f.seen[e.Account]+1 {
				f.l.problemf("entry %d of %s comes after entry %d", e.Seq, e.Account.Member, f.seen[e.Account])
			}
			f.seen[e.Account] = e.Seq
			f.l.sameEntries("in the feed", []loyalty.Entry{e}, []loyalty.Entry{entry(e.Account.Member, e.Seq)})
		}
		if f.cursor = next; len(entries) == 0 {
			return
		}
	}
	f.l.fatalf("100,000 pages and no end")
}

// has checks how many entries of a member were handed out.
func (f *follower) has(when, member string, want uint64) {
	if got := f.seen[accountOf(member)]; got != want {
		f.l.problemf("%s: %d entries of %s, want %d", when, got, member, want)
	}
}

func checkFeed(l *lab) {
	s, ok := l.store.(loyalty.Feeder)
	if !ok {
		l.skip("the store is no loyalty.Feeder")
	}
	f := l.follow(s)
	f.drain(5)
	b := batch(record(head("a"), 0, "x"), record(head("b"), 0, "x"))
	b.Entries = []loyalty.Entry{entry("a", 1), entry("a", 2), entry("b", 1)}
	l.commit(b)
	f.drain(1)
	f.has("page by page", "a", 2)
	stale := batch(record(head("a"), 7, "x"), record(head("c"), 0, "x"))
	stale.Entries = []loyalty.Entry{entry("a", 3), entry("c", 1)}
	l.conflict("a stale account", l.store.Commit(l.ctx, stale), head("a"))
	other := batch(record(loyalty.AccountID{Program: "q", Member: "a"}.Record(), 0, "x"))
	other.Entries = []loyalty.Entry{entry("a", 1)}
	other.Entries[0].Account.Program = "q"
	l.commit(other)
	f.drain(5)
	f.has("after a batch that failed", "a", 2)
	f.has("after a batch that failed", "b", 1)
	f.has("after a batch that failed", "c", 0)
	l.feedWhileWriting(f)
	l.feedLateCommit(f)
	again := l.follow(s)
	again.drain(3)
	for account, seq := range f.seen {
		if again.seen[account] != seq {
			l.problemf("from the start: %d entries of %s, before it were %d", again.seen[account], account.Member, seq)
		}
	}
}

// feedWhileWriting reads while writers commit.
func (l *lab) feedWhileWriting(f *follower) {
	errs := make([]error, writers)
	l.together(func(ctx context.Context, i int) {
		if i == 0 {
			for range rounds {
				f.drain(3)
			}
			return
		}
		m := fmt.Sprint("writer-", i)
		for v := range uint64(rounds) {
			b := batch(record(head(m), v, "x"))
			b.Entries = []loyalty.Entry{entry(m, v+1)}
			if err := l.store.Commit(ctx, b); err != nil {
				errs[i] = err
				return
			}
		}
	})
	f.drain(3)
	for i := 1; i < writers; i++ {
		if errs[i] != nil {
			l.problemf("writer %d: %v", i, errs[i])
		}
		f.has("read while they were written", fmt.Sprint("writer-", i), rounds)
	}
}

// feedLateCommit has a transaction that began first commit last. A reader that
// trusts numbers given at the insert has passed it by then.
func (l *lab) feedLateCommit(f *follower) {
	host, ok := l.store.(Transactor)
	if !ok {
		l.notes = append(l.notes, "without a commit that overtakes another: the store is no loyaltytest.Transactor")
		return
	}
	if _, alone := l.store.(OneWriter); alone {
		return // nothing can overtake
	}
	slow, end := host.Begin(l.t)
	for _, m := range []string{"slow-1", "slow-2"} {
		b := batch(record(head(m), 0, "x"))
		b.Entries = []loyalty.Entry{entry(m, 1)}
		l.commitTo(slow, b)
	}
	b := batch(record(head("fast"), 0, "x"))
	b.Entries = []loyalty.Entry{entry("fast", 1)}
	l.commit(b)
	f.drain(5)
	f.has("before its transaction commits", "slow-1", 0)
	if err := end(true); err != nil {
		l.fatalf("the slow transaction: %v", err)
	}
	f.drain(5)
	for _, m := range []string{"slow-1", "slow-2", "fast"} {
		f.has("after a transaction that another overtook", m, 1)
	}
}
