package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/regulars-go/regulars/loyalty"
)

// Two replicas of a consumer share the work while others write, and each entry
// comes to what they keep once, in the order of its account.
func TestConsumer(t *testing.T) {
	onDatabaseSQL(t, func(t *testing.T, at place) {
		s := at.store(t)
		if _, err := s.db.ExecContext(t.Context(), `CREATE TABLE warehouse (n INTEGER PRIMARY KEY, member TEXT NOT NULL, seq BIGINT NOT NULL)`); err != nil {
			t.Fatal(err)
		}
		const members, commits = 4, 15
		var writers, readers sync.WaitGroup
		for m := range members {
			writers.Go(func() {
				for v := range uint64(commits) {
					if err := s.Commit(t.Context(), journal(v, fmt.Sprint("m", m))); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		written := make(chan struct{})
		go func() { writers.Wait(); close(written) }()
		for range 2 {
			readers.Go(func() { follow(t, at.store(t), written) })
		}
		readers.Wait()
		kept(t, s, members, commits)
	})
}

// onDatabaseSQL runs a test on all databases that are reached by database/sql, as
// this package's consumer is.
func onDatabaseSQL(t *testing.T, test func(t *testing.T, p place)) {
	for _, d := range databases {
		if p := d.new(t); p.driver != pgxItself {
			t.Run(d.name, func(t *testing.T) { test(t, p) })
		}
	}
}

// follow consumes until all is written and read.
func follow(t *testing.T, s *opened, written <-chan struct{}) {
	c := Consumer{Store: s.Store, Name: "warehouse", Program: "p"}
	for last := false; ; {
		n, err := c.Next(t.Context(), 7, keep)
		if err != nil {
			t.Error(err)
			return
		}
		if n == 0 && last {
			return
		}
		if n == 0 {
			select {
			case <-written:
				last = true
			default:
			}
		}
	}
}

// keep is what a host might do with entries in the transaction.
func keep(ctx context.Context, tx Tx, entries []loyalty.Entry) error {
	for _, e := range entries {
		_, err := tx.ExecContext(ctx, `INSERT INTO warehouse (n, member, seq) SELECT coalesce(max(n), 0) + 1, $1, $2 FROM warehouse`, e.Account.Member, int64(e.Seq))
		if err != nil {
			return err
		}
	}
	return nil
}

// kept checks what was kept.
func kept(t *testing.T, s *opened, members, commits int) {
	rows, err := s.db.QueryContext(t.Context(), `SELECT member, seq FROM warehouse ORDER BY n`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	last := map[string]int{}
	for rows.Next() {
		member, seq := "", 0
		if err := rows.Scan(&member, &seq); err != nil {
			t.Fatal(err)
		}
		if seq != last[member]+1 {
			t.Errorf("entry %d of %s comes after entry %d", seq, member, last[member])
		}
		last[member] = seq
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if len(last) != members {
		t.Errorf("entries of %d members, want %d", len(last), members)
	}
	for member, seq := range last {
		if seq != commits {
			t.Errorf("%d entries of %s, want %d", seq, member, commits)
		}
	}
}

// A consumer that fails gets the same page again; another consumer has its own
// place.
func TestConsumerFails(t *testing.T) {
	onDatabaseSQL(t, func(t *testing.T, p place) {
		s := p.store(t)
		if err := s.Commit(t.Context(), journal(0, "a", "b", "c")); err != nil {
			t.Fatal(err)
		}
		c := Consumer{Store: s.Store, Name: "mails", Program: "p"}
		broken := errors.New("no mail today")
		take := func(limit int, fail error) (seen string, n int, err error) {
			n, err = c.Next(t.Context(), limit, func(_ context.Context, _ Tx, entries []loyalty.Entry) error {
				for _, e := range entries {
					seen += e.Account.Member
				}
				return fail
			})
			return seen, n, err
		}
		if seen, n, err := take(2, broken); !errors.Is(err, broken) || n != 0 || seen != "ab" {
			t.Errorf("a consumer that fails: %q, %d, %v", seen, n, err)
		}
		if seen, n, err := take(2, nil); err != nil || n != 2 || seen != "ab" {
			t.Errorf("again: %q, %d, %v; want the same page", seen, n, err)
		}
		if seen, n, err := take(2, nil); err != nil || n != 1 || seen != "c" {
			t.Errorf("the next page: %q, %d, %v", seen, n, err)
		}
		if seen, n, err := take(2, broken); err != nil || n != 0 || seen != "" {
			t.Errorf("at the end: %q, %d, %v; want no call", seen, n, err)
		}
		c.Name = "another"
		if seen, _, err := take(9, nil); err != nil || seen != "abc" {
			t.Errorf("another consumer: %q, %v", seen, err)
		}
		if _, err := (&Consumer{Store: s.Within(standard{s.db}), Name: "x", Program: "p"}).Next(t.Context(), 1, nil); err == nil {
			t.Error("a consumer in a transaction of the host's")
		}
	})
}

// Cursors that are none of the store's are refused.
func TestFeedCursor(t *testing.T) {
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			s := d.new(t).store(t)
			for _, cursor := range []string{"x", "1/x/a", "x/1/a", "1.5"} {
				if _, _, err := s.Feed(t.Context(), "p", cursor, 1); err == nil {
					t.Errorf("cursor %q was taken", cursor)
				}
			}
			if _, _, err := s.Feed(t.Context(), "p", "", 0); err == nil {
				t.Error("a page of 0 entries")
			}
		})
	}
}
