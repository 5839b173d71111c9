package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/loyalty/sqlstore/internal/link"
)

func accountRecord(member string, version uint64) loyalty.Record {
	return loyalty.Record{ID: loyalty.AccountID{Program: "p", Member: member}.Record(), Version: version, Body: []byte("x")}
}

func namedRecord(kind loyalty.RecordKind, name string, version uint64) loyalty.Record {
	return loyalty.Record{ID: loyalty.RecordID{Program: "p", Kind: kind, Name: name}, Version: version, Body: []byte("x")}
}

func begin(t *testing.T, db *sql.DB) *sql.Tx {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback() })
	return tx
}

func execute(t *testing.T, tx Tx, query string, args ...any) {
	t.Helper()
	if _, err := tx.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// Whichever records a batch takes for new, rows are taken in one order: while a
// commit waits for one of them, it holds none that comes later.
func TestOneOrder(t *testing.T) { onPostgreSQL(t, testOneOrder) }

func testOneOrder(t *testing.T, p place) {
	s := p.store(t)
	const (
		opened  = `INSERT INTO loyalty_account (program, member, version, position, body) VALUES ('p', 'a', 1, 1, 'x')`
		changed = `UPDATE loyalty_account SET version = version + 1 WHERE member = 'b'`
		taken   = `INSERT INTO loyalty_record (program, kind, name, version, body) VALUES ('p', 2, 'k', 1, 'x')`
	)
	counter := []loyalty.Counter{{ID: counterOf(1), Delta: 1, Max: 1000}}
	back := []loyalty.Counter{{ID: counterOf(1), Delta: -1, Max: 1000}}
	newAccount, account, lastAccount := accountRecord("a", 0), accountRecord("b", 1), accountRecord("z", 1)
	newKey, order := namedRecord(loyalty.KindKey, "k", 0), namedRecord(loyalty.KindOrder, "o", 1)
	for _, c := range []struct {
		name  string
		batch loyalty.Batch
		held  string // what another writes that the batch has to wait for
		later string // what it must be able to take while the batch waits
	}{
		{"a counter after a new account", loyalty.Batch{Records: []loyalty.Record{newAccount}, Counters: counter}, opened, `loyalty_counter`},
		{"an exact counter after a new account", loyalty.Batch{Records: []loyalty.Record{newAccount}, Counters: back}, opened, `loyalty_counter`},
		{"a counter after an account", loyalty.Batch{Records: []loyalty.Record{account}, Counters: counter}, changed, `loyalty_counter`},
		{"an exact counter after an account", loyalty.Batch{Records: []loyalty.Record{account}, Counters: back}, changed, `loyalty_counter`},
		{"a counter after a new key", loyalty.Batch{Records: []loyalty.Record{account, newKey}, Counters: counter}, taken, `loyalty_counter`},
		{"an exact counter after a new key", loyalty.Batch{Records: []loyalty.Record{account, newKey}, Counters: back}, taken, `loyalty_counter`},
		{"an account after a new one", loyalty.Batch{Records: []loyalty.Record{lastAccount, newAccount}}, opened, `loyalty_account WHERE member = 'z'`},
		{"an account after another", loyalty.Batch{Records: []loyalty.Record{lastAccount, account, newAccount}}, changed, `loyalty_account WHERE member = 'z'`},
		{"a record after a new account", loyalty.Batch{Records: []loyalty.Record{order, newAccount}}, opened, `loyalty_record WHERE name = 'o'`},
		{"a record after an account", loyalty.Batch{Records: []loyalty.Record{order, account, newKey}}, changed, `loyalty_record WHERE name = 'o'`},
		{"a record after a new one", loyalty.Batch{Records: []loyalty.Record{order, newKey}}, taken, `loyalty_record WHERE name = 'o'`},
	} {
		for _, bound := range []bool{false, true} {
			execute(t, s.db, `TRUNCATE loyalty_account, loyalty_record, loyalty_entry, loyalty_counter`)
			t.Run(fmt.Sprintf("%s, bound %v", c.name, bound), func(t *testing.T) {
				if err := s.Commit(t.Context(), &loyalty.Batch{
					Records:  []loyalty.Record{accountRecord("b", 0), accountRecord("z", 0), namedRecord(loyalty.KindOrder, "o", 0)},
					Counters: []loyalty.Counter{{ID: counterOf(1), Delta: 500, Max: 1000}}, // in all shards
				}); err != nil {
					t.Fatal(err)
				}
				other := begin(t, s.db)
				execute(t, other, c.held)
				var store loyalty.Store = s
				if bound {
					store = s.bind(s.begin(t))
				}
				done := make(chan error, 1)
				go func() { done <- store.Commit(t.Context(), &c.batch) }()
				wait(t, s.db, somebodyWaits)
				execute(t, other, `SELECT FROM `+c.later+` FOR UPDATE NOWAIT`)
				if err := other.Commit(); err != nil {
					t.Fatal(err)
				}
				if err := <-done; !isRefusal(err) {
					t.Errorf("%v, want a conflict", err)
				}
			})
		}
	}
}

// A record that a batch takes to be there, and that was dropped meanwhile, is a
// conflict, and nothing is left of the batch. It may go before the commit or while
// the commit waits for it.
func TestGone(t *testing.T) { onPostgreSQL(t, testGone) }

func testGone(t *testing.T, p place) {
	s := p.store(t)
	order, account := namedRecord(loyalty.KindOrder, "o", 1), accountRecord("b", 1)
	for _, c := range []struct {
		name  string
		gone  loyalty.RecordID
		drop  string
		batch []loyalty.Record
	}{
		{"an account", account.ID, `DELETE FROM loyalty_account WHERE member = 'b'`, []loyalty.Record{accountRecord("a", 0), account, accountRecord("c", 0)}},
		{"an order", order.ID, `DELETE FROM loyalty_record WHERE name = 'o'`, []loyalty.Record{accountRecord("a", 0), order, namedRecord(loyalty.KindKey, "k", 0)}},
	} {
		for _, bound := range []bool{false, true} {
			for _, waits := range []bool{false, true} {
				execute(t, s.db, `TRUNCATE loyalty_account, loyalty_record`)
				there := c.batch[1]
				there.Version = 0
				if err := s.Commit(t.Context(), &loyalty.Batch{Records: []loyalty.Record{there}}); err != nil {
					t.Fatal(err)
				}
				var store loyalty.Store = s
				tx, other := s.begin(t), begin(t, s.db)
				if bound {
					store = s.bind(tx)
				}
				execute(t, other, c.drop)
				done := make(chan error, 1)
				commit := func() { done <- store.Commit(t.Context(), &loyalty.Batch{Records: c.batch}) }
				if waits {
					go commit()
					wait(t, s.db, somebodyWaits)
				}
				if err := other.Commit(); err != nil {
					t.Fatal(err)
				}
				if !waits {
					commit()
				}
				conflict, ok := errors.AsType[*loyalty.ConflictError](<-done)
				if !ok || len(conflict.Records) != 1 || conflict.Records[0] != c.gone {
					t.Errorf("%s, bound %v, waits %v: %v, want a conflict on %v", c.name, bound, waits, conflict, c.gone)
				}
				if err := tx.Commit(t.Context()); err != nil {
					t.Fatal(err)
				}
				left := -1
				if err := s.db.QueryRowContext(t.Context(), `SELECT (SELECT count(*) FROM loyalty_account) + (SELECT count(*) FROM loyalty_record)`).Scan(&left); err != nil || left != 0 {
					t.Errorf("%s, bound %v, waits %v: %d rows are left, want none; error %v", c.name, bound, waits, left, err)
				}
			}
		}
	}
}

// A deadlock with what is not the store's own undoes a commit of the store's
// own, so that it is a conflict. In the host's transaction it is an error.
func TestDeadlock(t *testing.T) { onPostgreSQL(t, testDeadlock) }

func testDeadlock(t *testing.T, p place) {
	for _, bound := range []bool{false, true} {
		p := p.another(t)
		admin := p.store(t)
		p.address += "&deadlock_timeout=20" // whoever looks first finds the deadlock, and gives way
		s := p.store(t)
		batch := &loyalty.Batch{Records: []loyalty.Record{accountRecord("a", 0), accountRecord("b", 0), accountRecord("c", 0)}}
		if err := s.Commit(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
		for i := range batch.Records {
			batch.Records[i].Version++
		}
		const take = `SELECT FROM loyalty_account WHERE member = $1 FOR UPDATE`
		first, last := begin(t, admin.db), begin(t, admin.db)
		execute(t, last, `SET LOCAL deadlock_timeout = '1h'`)
		execute(t, first, take, "b")
		execute(t, last, take, "c")
		var store loyalty.Store = s
		if bound {
			store = s.bind(s.begin(t))
		}
		done := make(chan error, 1)
		go func() { done <- store.Commit(t.Context(), batch) }()
		wait(t, admin.db, somebodyWaits) // with a, for b
		got := make(chan error, 1)
		go func() { _, err := last.ExecContext(t.Context(), take, "a"); got <- err }()
		wait(t, admin.db, strings.Replace(somebodyWaits, "EXISTS (SELECT", "2 = (SELECT count(*)", 1))
		if err := first.Commit(); err != nil { // now for c
			t.Fatal(err)
		}
		err := <-done
		conflict, ok := errors.AsType[*loyalty.ConflictError](err)
		if ok == bound || ok && len(conflict.Records) != len(batch.Records) || bound && !strings.Contains(fmt.Sprint(err), "40P01") {
			t.Errorf("bound %v: %v", bound, err)
		}
		if err := <-got; err != nil { // the deadlock has undone the commit
			t.Error(err)
		}
	}
}

// Where somebody has made another isolation the default since Migrate, a row
// that was overtaken is a conflict all the same.
func TestSerializationFailure(t *testing.T) { onPostgreSQL(t, testSerializationFailure) }

func testSerializationFailure(t *testing.T, p place) {
	admin := p.store(t)
	p.address += "&default_transaction_isolation=repeatable%20read"
	s, err := p.unmigrated(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.close)
	batch := &loyalty.Batch{Records: []loyalty.Record{accountRecord("a", 0), accountRecord("b", 0)}}
	if err := s.Commit(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	batch.Records[0].Version, batch.Records[1].Version = 1, 1
	other := begin(t, admin.db)
	execute(t, other, `UPDATE loyalty_account SET due = 1 WHERE member = 'b'`)
	done := make(chan error, 1)
	go func() { done <- s.Commit(t.Context(), batch) }()
	wait(t, admin.db, somebodyWaits)
	if err := other.Commit(); err != nil {
		t.Fatal(err)
	}
	err = <-done
	if conflict, ok := errors.AsType[*loyalty.ConflictError](err); !ok || len(conflict.Records) != 2 {
		t.Errorf("%v, want a conflict", err)
	}
}

// Of several counters, one that has no room in its shard sends all to the exact
// way. What the others had added by then counts once.
func TestCountersBoundTogether(t *testing.T) { onPostgreSQL(t, testCountersBoundTogether) }

func testCountersBoundTogether(t *testing.T, p place) {
	s := p.store(t)
	account := accountRecord("a", 0)
	add := func(store loyalty.Store, deltas ...int64) error {
		b := &loyalty.Batch{Records: []loyalty.Record{account}}
		for i, delta := range deltas {
			b.Counters = append(b.Counters, loyalty.Counter{ID: counterOf(i), Delta: delta, Max: 160})
		}
		account.Version++
		return store.Commit(t.Context(), b)
	}
	if err := add(s, 0, 2); err != nil { // the second: 2 of the 10 of a shard
		t.Fatal(err)
	}
	if err := add(s, 0, 5); err != nil {
		t.Fatal(err)
	}
	values := func() string {
		_, values, err := s.Load(t.Context(), nil, []loyalty.CounterID{counterOf(0), counterOf(1)})
		return fmt.Sprint(values, err)
	}
	tx := s.begin(t)
	if err := add(s.bind(tx), 5, 5); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, want := values(), "[5 12] <nil>"; got != want {
		t.Errorf("counters stand at %s, want %s", got, want)
	}
	// The same, where the room goes while the commit waits for the row.
	if err := add(s, -2, -12); err != nil {
		t.Fatal(err)
	}
	if err := add(s, 1, 1); err != nil { // both have the shard's row
		t.Fatal(err)
	}
	other, tx := begin(t, s.db), s.begin(t)
	execute(t, other, fmt.Sprintf(`UPDATE loyalty_counter SET count = count + 9 WHERE number = 1 AND shard = %d`, newDraft(&loyalty.Batch{Records: []loyalty.Record{account}}).shard()))
	done := make(chan error, 1)
	go func() { done <- add(s.bind(tx), 2, 2) }()
	wait(t, s.db, somebodyWaits)
	if err := other.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, want := values(), "[6 12] <nil>"; got != want {
		t.Errorf("counters stand at %s, want %s", got, want)
	}
}

// Prune waits for nobody. A counter of which a shard is held stays whole.
func TestPruneWaitsForNobody(t *testing.T) { onPostgreSQL(t, testPruneWaitsForNobody) }

func testPruneWaitsForNobody(t *testing.T, p place) {
	s := p.store(t)
	b := &loyalty.Batch{}
	for i := range 4 {
		b.Counters = append(b.Counters, loyalty.Counter{ID: counterOf(i), Delta: 20, Max: 20, Until: noon}) // in all shards
	}
	if err := s.Commit(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	other := begin(t, s.db)
	execute(t, other, `SELECT FROM loyalty_counter WHERE number = 2 AND shard = 7 FOR NO KEY UPDATE`)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second) // else it would wait for ever
	defer cancel()
	if n, err := s.Prune(ctx, noon, 10); n != 3 || err != nil {
		t.Fatalf("%d were dropped, want 3; error %v", n, err)
	}
	_, values, err := s.Load(t.Context(), nil, []loyalty.CounterID{counterOf(1), counterOf(2)})
	if err != nil || values[0] != 0 || values[1] != 20 {
		t.Errorf("values %v, want 0 and 20; error %v", values, err)
	}
	if err := other.Commit(); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Prune(t.Context(), noon, 10); n != 1 || err != nil {
		t.Errorf("%d were dropped, want 1; error %v", n, err)
	}
}

// between runs something before each statement.
type between struct {
	link.Queryer
	do func()
}

func (b between) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	b.do()
	return b.Queryer.Exec(ctx, query, args...)
}

func (b between) Query(ctx context.Context, query string, args ...any) (link.Rows, error) {
	b.do()
	return b.Queryer.Query(ctx, query, args...)
}

// A counter whose Until has come is pruned between any two statements of a
// commit: either all that it had goes, or nothing, and what is added stays.
func TestPruneBetween(t *testing.T) { onPostgreSQL(t, testPruneBetween) }

func testPruneBetween(t *testing.T, p place) {
	s := p.store(t)
	for at := range 5 {
		c := loyalty.Counter{ID: counterOf(at), Delta: 20, Max: 20, Until: noon}
		if err := s.Commit(t.Context(), &loyalty.Batch{Counters: []loyalty.Counter{c}}); err != nil {
			t.Fatal(err)
		}
		tx, n := s.begin(t), 0
		store := s.Within(between{tx, func() {
			if n++; n == at+1 {
				ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second) // else it would wait for ever
				defer cancel()
				if _, err := s.Prune(ctx, noon, 10); err != nil {
					t.Fatal(err)
				}
			}
		}})
		c.Delta, c.Min, c.Until = -3, -100, noon.AddDate(1, 0, 0)
		if err := store.Commit(t.Context(), &loyalty.Batch{Counters: []loyalty.Counter{c}}); err != nil {
			t.Fatal(err)
		}
		if err := tx.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		_, values, err := s.Load(t.Context(), nil, []loyalty.CounterID{c.ID})
		if err != nil || values[0] != 17 && values[0] != -3 {
			t.Errorf("pruned before statement %d: the counter stands at %v, want 17 or -3; error %v", at+1, values, err)
		}
	}
}

// Property: whatever is committed at once, in the store's own transactions with
// counters that are full or pruned, or in the host's, nobody deadlocks.
func TestNoDeadlock(t *testing.T) { onPostgreSQL(t, testNoDeadlock) }

func testNoDeadlock(t *testing.T, p place) {
	s := p.store(t)
	const writers, commits = 4, 60
	var all sync.WaitGroup
	failed := make([]error, writers)
	for w := range writers {
		all.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(w)))
			for range commits {
				if failed[w] = s.scramble(t.Context(), random); failed[w] != nil {
					return
				}
			}
		})
	}
	all.Wait()
	if err := errors.Join(failed...); err != nil {
		t.Fatal(err)
	}
	s.close() // so that its sessions tell what they counted
	db, err := sql.Open("pgx", p.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(1)
	wait(t, db, `SELECT 1 = (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend')`)
	deadlocks := -1
	if err := db.QueryRowContext(t.Context(), `SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()`).Scan(&deadlocks); err != nil || deadlocks != 0 {
		t.Errorf("%d deadlocks, error %v", deadlocks, err)
	}
}

// scramble commits a batch on a few of few records and counters, which it takes
// to be at the versions that they have, or to be new. Once in a while it prunes.
func (s *opened) scramble(ctx context.Context, random *rand.Rand) error {
	if random.IntN(10) == 0 {
		_, err := s.Prune(ctx, noon, 3)
		return err
	}
	var ids []loyalty.RecordID
	for _, i := range random.Perm(6)[:1+random.IntN(3)] {
		ids = append(ids, accountRecord(fmt.Sprint("m", i), 0).ID)
	}
	for _, i := range random.Perm(6)[:random.IntN(3)] {
		ids = append(ids, namedRecord(loyalty.KindOrder-loyalty.RecordKind(i%2), fmt.Sprint("r", i), 0).ID)
	}
	b := &loyalty.Batch{}
	records, _, err := s.Load(ctx, ids, nil)
	if err != nil {
		return err
	}
	for _, r := range records {
		if r.Body, r.Until = []byte("x"), noon; random.IntN(4) == 0 {
			r.Version = 0
		}
		if r.ID.Kind == loyalty.KindAccount {
			r.Until = time.Time{}
		}
		b.Records = append(b.Records, r)
	}
	for _, i := range random.Perm(3)[:random.IntN(4)] {
		b.Counters = append(b.Counters, loyalty.Counter{ID: counterOf(i), Delta: random.Int64N(7) - 2, Max: 60, Until: noon})
	}
	return s.commitSomehow(ctx, b, len(b.Counters) == 0 && random.IntN(2) == 0)
}

func (s *opened) commitSomehow(ctx context.Context, b *loyalty.Batch, bound bool) error {
	if !bound {
		if err := s.Commit(ctx, b); err != nil && !isRefusal(err) {
			return err
		}
		return nil
	}
	tx, err := s.pool.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(ctx) }()
	if err := s.bind(tx).Commit(ctx, b); err != nil {
		if isRefusal(err) {
			return nil
		}
		return err
	}
	return tx.Commit(ctx)
}
