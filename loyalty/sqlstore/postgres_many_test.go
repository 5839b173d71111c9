package sqlstore

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/regulars-go/regulars/loyalty"
)

// Many rows come back as few do, whatever they are called, of one program or of
// several: in a commit of its own, in the host's transaction, and with counters
// that need the exact way.
func TestManyRows(t *testing.T) { onPostgreSQL(t, testManyRows) }

func testManyRows(t *testing.T, p place) {
	s := p.store(t)
	names := []string{`"`, `\`, `{}`, `NULL`, ` , `, `'`, "\n", "null", `\"`, "日本", "a", "b"}
	for _, programs := range []int{1, 3} {
		for _, way := range []string{"alone", "bound", "exactly"} {
			b := &loyalty.Batch{}
			for i, name := range names {
				program := fmt.Sprint(way, programs, i%programs)
				account := loyalty.AccountID{Program: program, Member: name}
				body := []byte(name)[:i%2]
				b.Records = append(b.Records, loyalty.Record{
					ID: account.Record(), Body: body, Due: noon, Totals: []loyalty.Total{{Wallet: 1, Available: int64(i)}},
				}, loyalty.Record{ID: loyalty.RecordID{Program: program, Kind: loyalty.KindOrder, Name: name}, Body: []byte(name), Until: noon})
				b.Entries = append(b.Entries, loyalty.Entry{Account: account, Seq: 1, Kind: 3, OccurredAt: noon, RecordedAt: noon, Body: body, Command: []byte(name)})
				if i%3 == 0 {
					b.Entries[i].Command = nil
				}
				c := loyalty.Counter{ID: loyalty.CounterID{Program: program, Kind: 16, Value: name}, Delta: 1, Max: 1000}
				if way == "exactly" {
					c.Max = 1
				}
				b.Counters = append(b.Counters, c)
			}
			store := loyalty.Store(s)
			tx := s.begin(t)
			if way == "bound" {
				store = s.bind(tx)
			}
			if err := store.Commit(t.Context(), b); err != nil {
				t.Fatalf("%s, %d programs: %v", way, programs, err)
			}
			if err := tx.Commit(t.Context()); err != nil {
				t.Fatal(err)
			}
			s.sameRows(t, b)
		}
	}
}

// sameRows compares what a batch has written with what is there.
func (s *opened) sameRows(t *testing.T, b *loyalty.Batch) {
	t.Helper()
	var ids []loyalty.RecordID
	var counters []loyalty.CounterID
	var want []loyalty.Record
	for _, r := range b.Records {
		ids = append(ids, r.ID)
		r.Version, r.Totals = 1, nil
		want = append(want, r)
	}
	for _, c := range b.Counters {
		counters = append(counters, c.ID)
	}
	records, values, err := s.Load(t.Context(), ids, counters)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(records, want) {
		t.Errorf("records %v, want %v", records, want)
	}
	for i, value := range values {
		if value != 1 {
			t.Errorf("counter %+v stands at %d, want 1", counters[i], value)
		}
	}
	for _, e := range b.Entries {
		entries, err := s.Entries(t.Context(), e.Account, 0, 2)
		if err != nil || !reflect.DeepEqual(entries, []loyalty.Entry{e}) {
			t.Errorf("entries %v, want %v; error %v", entries, e, err)
		}
	}
}
