package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/regulars-go/regulars/loyalty"
)

// wait polls until a statement says true: what is waited for comes, but
// nothing tells when.
func wait(t testing.TB, db *sql.DB, query string) {
	t.Helper()
	for yes := false; !yes; {
		if err := db.QueryRowContext(t.Context(), query).Scan(&yes); err != nil {
			t.Fatal(err)
		}
	}
}

const somebodyWaits = `SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_database d ON d.datname = current_database() JOIN pg_stat_activity a ON a.pid = l.pid AND a.datid = d.oid WHERE NOT l.granted)`

// Two transactions of the host write one new record and others beside it. The
// second waits for the first, takes back what it wrote, and can go on.
func TestNewRecordTaken(t *testing.T) { onPostgreSQL(t, testNewRecordTaken) }

func testNewRecordTaken(t *testing.T, p place) {
	s := p.store(t)
	record := func(kind loyalty.RecordKind, name string) loyalty.Record {
		return loyalty.Record{ID: loyalty.RecordID{Program: "p", Kind: kind, Name: name}, Body: []byte(name)}
	}
	for round, batch := range []*loyalty.Batch{
		{Records: []loyalty.Record{record(loyalty.KindKey, "z mine"), record(loyalty.KindKey, "k0"), record(loyalty.KindKey, "a mine")}},
		{Records: []loyalty.Record{record(loyalty.KindAccount, "mine"), record(loyalty.KindKey, "k1")}},
		{Records: []loyalty.Record{record(loyalty.KindAccount, "k2"), record(loyalty.KindKey, "mine")}, Counters: []loyalty.Counter{{ID: counterOf(1), Delta: 1, Max: 100}}},
	} {
		taken := record(loyalty.KindKey, fmt.Sprint("k", round))
		if round == 2 {
			taken.ID.Kind = loyalty.KindAccount
		}
		first, second := s.begin(t), s.begin(t)
		if err := s.bind(first).Commit(t.Context(), &loyalty.Batch{Records: []loyalty.Record{taken}}); err != nil {
			t.Fatal(err)
		}
		done := make(chan error)
		go func() { done <- s.bind(second).Commit(t.Context(), batch) }()
		wait(t, s.db, somebodyWaits)
		if err := first.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		conflict, ok := errors.AsType[*loyalty.ConflictError](<-done)
		if !ok || len(conflict.Records) != 1 || conflict.Records[0] != taken.ID {
			t.Fatalf("round %d: %v, want a conflict on %v", round, conflict, taken.ID)
		}
		after := record(loyalty.KindKey, fmt.Sprint("after ", round))
		if err := s.bind(second).Commit(t.Context(), &loyalty.Batch{Records: []loyalty.Record{after}}); err != nil {
			t.Fatalf("round %d: the transaction is of no use: %v", round, err)
		}
		if err := second.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, r := range append(batch.Records, after) {
			want := uint64(bit(r.ID == taken.ID || r.ID == after.ID))
			records, counters, err := s.Load(t.Context(), []loyalty.RecordID{r.ID}, []loyalty.CounterID{counterOf(1)})
			if err != nil || records[0].Version != want || counters[0] != 0 {
				t.Errorf("round %d: %v has version %d, want %d; counter %d, error %v", round, r.ID, records[0].Version, want, counters[0], err)
			}
		}
	}
}

// A commit of its own that meets a record which another is writing waits, and
// is a conflict if that is committed, and none if it is rolled back.
func TestWaitsForOther(t *testing.T) { onPostgreSQL(t, testWaitsForOther) }

func testWaitsForOther(t *testing.T, p place) {
	for _, commits := range []bool{true, false} {
		s := p.another(t).store(t)
		other := s.begin(t)
		if err := s.bind(other).Commit(t.Context(), journal(0, "b")); err != nil {
			t.Fatal(err)
		}
		done := make(chan error)
		go func() { done <- s.Commit(t.Context(), journal(0, "a", "b", "c")) }()
		wait(t, s.db, somebodyWaits)
		end := other.Rollback
		if commits {
			end = other.Commit
		}
		if err := end(t.Context()); err != nil {
			t.Fatal(err)
		}
		err := <-done
		if conflict, ok := errors.AsType[*loyalty.ConflictError](err); ok != commits || ok && (len(conflict.Records) != 1 || conflict.Records[0].Name != "b") || !ok && err != nil {
			t.Errorf("the other commits: %v; got %v", commits, err)
		}
	}
}

// A commit whose context ends while it waits is an error, and the store goes on.
func TestCanceledCommit(t *testing.T) { onPostgreSQL(t, testCanceledCommit) }

func testCanceledCommit(t *testing.T, p place) {
	s := p.store(t)
	other := s.begin(t)
	if err := s.bind(other).Commit(t.Context(), journal(0, "a")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Commit(ctx, journal(0, "a")) }()
	wait(t, s.db, somebodyWaits)
	cancel()
	if err := <-done; err == nil || isRefusal(err) {
		t.Errorf("%v, want an error of the context's", err)
	}
	if err := other.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 8 { // by whichever connection
		if _, _, err := s.Load(t.Context(), []loyalty.RecordID{keyOf(1)}, nil); err != nil {
			t.Error(err)
		}
	}
}

// The sum of all shards keeps a bound to the last one, whoever adds: changes
// that fit are never refused.
func TestCounterIsExact(t *testing.T) { onPostgreSQL(t, testCounterIsExact) }

func testCounterIsExact(t *testing.T, p place) {
	s := p.store(t)
	number := 0
	change := func(delta, min, max int64) error {
		number++
		account := loyalty.AccountID{Program: "p", Member: fmt.Sprint("m", number)} // any shard
		return s.Commit(t.Context(), &loyalty.Batch{
			Records:  []loyalty.Record{{ID: account.Record(), Body: []byte("x")}},
			Counters: []loyalty.Counter{{ID: counterOf(1), Delta: delta, Min: min, Max: max}},
		})
	}
	value := int64(0)
	for i, c := range []struct{ delta, min, max int64 }{
		{1, 0, 40},
		{7, 0, 40},
		{30, 0, 40},
		{2, 0, 40},
		{1, 0, 40},
		{-40, 0, 40},
		{-1, 0, 40},
		{40, 0, 40},
		{-3, 0, 5},
		{1, 0, 5},
		{1, 0, 1000},
		{60, 0, 1000},
		{-50, 0, 1000},
		{-100, 0, 1000},
		{902, 0, 1000},
		{50, 0, 1000},
		{1, 0, 1000},
		{-2000, -1000, 1000},
		{-1, -1000, 1000},
		{17, -1000, -900},
		{90, -1000, -900},
	} {
		after := value + c.delta
		fits := c.delta > 0 && after <= c.max || c.delta < 0 && after >= c.min
		err := change(c.delta, c.min, c.max)
		if _, full := errors.AsType[*loyalty.BoundError](err); full == fits || err != nil && !full {
			t.Fatalf("change %d: %+d from %d within %d to %d: %v", i, c.delta, value, c.min, c.max, err)
		}
		if fits {
			value = after
		}
		if _, counters, err := s.Load(t.Context(), nil, []loyalty.CounterID{counterOf(1)}); err != nil || counters[0] != value {
			t.Fatalf("change %d: the counter stands at %d, want %d; error %v", i, counters[0], value, err)
		}
	}
}

// Pages are read from an index: of due accounts, of all in a large program, and
// of a small program beside it.
func TestScanPlan(t *testing.T) { onPostgreSQL(t, testScanPlan) }

func testScanPlan(t *testing.T, p place) {
	s := p.store(t)
	for from := 0; from < 4000; from += 1000 {
		b := &loyalty.Batch{}
		for i := from; i < from+1000; i++ {
			r := loyalty.Record{ID: loyalty.RecordID{Program: "p", Kind: loyalty.KindAccount, Name: fmt.Sprint(i)}, Body: []byte("x")}
			if i%100 == 0 {
				r.Due = noon.Add(time.Duration(i) * time.Second)
			}
			b.Records = append(b.Records, r)
		}
		for i := from; i < from+10; i++ {
			b.Records = append(b.Records, loyalty.Record{ID: loyalty.RecordID{Program: "small", Kind: loyalty.KindAccount, Name: fmt.Sprint(i)}, Body: []byte("x")})
		}
		if err := s.Commit(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.db.ExecContext(t.Context(), `VACUUM ANALYZE`); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		query string
		args  []any
		index string
		sorts bool
	}{
		{"due", scanDue + "10", []any{"p", noon.Add(time.Hour).UnixMicro(), noon.Add(time.Minute).UnixMicro(), "m"}, "loyalty_account_due", false},
		{"all", scanAll + "10", []any{"p", "1000"}, "loyalty_account_pkey", false},
		{"all of a small program", scanAll + "10", []any{"small", "1000"}, "loyalty_account_due", true},
	} {
		plan := explain(t.Context(), t, s.db, c.query, c.args...)
		if !strings.Contains(plan, c.index) || strings.Contains(plan, "Sort") != c.sorts || strings.Contains(plan, "Seq Scan") {
			t.Errorf("the plan of a page of accounts, %s:\n%s", c.name, plan)
		}
	}
}

func explain(ctx context.Context, t *testing.T, db *sql.DB, query string, args ...any) string {
	rows, err := db.QueryContext(ctx, "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) "+query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var plan []string
	for rows.Next() {
		line := ""
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		plan = append(plan, line)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return strings.Join(plan, "\n")
}
