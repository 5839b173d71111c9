package sqlstore

import (
	"fmt"
	"testing"
	"time"

	"github.com/regulars-go/regulars/loyalty"
)

// What has an Until goes at it, not before, and in pages.
func TestPrune(t *testing.T) {
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			s := d.new(t).store(t)
			day := func(n int) time.Time { return noon.AddDate(0, 0, n) }
			b := &loyalty.Batch{}
			for i := range 10 {
				b.Records = append(b.Records, loyalty.Record{ID: keyOf(i), Body: []byte("x"), Until: day(i)})
				b.Counters = append(b.Counters, loyalty.Counter{ID: counterOf(i), Delta: 20, Max: 20, Until: day(i)}) // exactly, in all shards
			}
			b.Records = append(b.Records, loyalty.Record{ID: keyOf(99), Body: []byte("x")}) // for ever
			b.Counters = append(b.Counters, loyalty.Counter{ID: counterOf(99), Delta: 1, Max: 20})
			if err := s.Commit(t.Context(), b); err != nil {
				t.Fatal(err)
			}
			dropped := 0
			for n := 3; n == 3; {
				var err error
				if n, err = s.Prune(t.Context(), day(4), 3); err != nil {
					t.Fatal(err)
				}
				dropped += n
			}
			if dropped < 10 {
				t.Errorf("%d rows were dropped, want those of 5 keys and 5 counters", dropped)
			}
			for i := range 10 {
				want := i > 4 // at its instant it may go
				records, counters, err := s.Load(t.Context(), []loyalty.RecordID{keyOf(i)}, []loyalty.CounterID{counterOf(i)})
				if err != nil {
					t.Fatal(err)
				}
				if is := records[0].Version > 0; is != want {
					t.Errorf("key until day %d is there: %v", i, is)
				}
				if is := counters[0] == 20; is != want {
					t.Errorf("counter until day %d stands at %d", i, counters[0])
				}
			}
			records, counters, err := s.Load(t.Context(), []loyalty.RecordID{keyOf(99)}, []loyalty.CounterID{counterOf(99)})
			if err != nil || records[0].Version != 1 || counters[0] != 1 {
				t.Errorf("what is kept for ever: version %d, counter %d, error %v", records[0].Version, counters[0], err)
			}
			if _, err := s.Prune(t.Context(), day(4), 0); err == nil {
				t.Error("a page of 0 rows")
			}
			// A key that was dropped can be used again.
			if err := s.Commit(t.Context(), &loyalty.Batch{Records: []loyalty.Record{{ID: keyOf(0), Body: []byte("again")}}}); err != nil {
				t.Error(err)
			}
		})
	}
}

func keyOf(i int) loyalty.RecordID {
	return loyalty.RecordID{Program: "p", Kind: loyalty.KindKey, Name: fmt.Sprint("key-", i)}
}

func counterOf(i int) loyalty.CounterID {
	return loyalty.CounterID{Program: "p", Kind: 16, Number: uint32(i)}
}
