package loyalty_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/regulars-go/regulars/loyalty"
)

// torn is a store of which one load is not one moment: of all that is asked
// for, the records whose turn is late are read after between was called.
type torn struct {
	loyalty.Store
	late    func(i int) bool
	between func()
}

func (s *torn) Load(ctx context.Context, ids []loyalty.RecordID, counters []loyalty.CounterID) ([]loyalty.Record, []int64, error) {
	if s.between == nil {
		return s.Store.Load(ctx, ids, counters)
	}
	records := make([]loyalty.Record, len(ids))
	read := func(late bool) error {
		for i, id := range ids {
			if s.late(i) == late {
				one, _, err := s.Store.Load(ctx, []loyalty.RecordID{id}, nil)
				if err != nil {
					return err
				}
				records[i] = one[0]
			}
		}
		return nil
	}
	if err := read(false); err != nil {
		return nil, nil, err
	}
	between := s.between
	s.between = nil
	between()
	if err := read(true); err != nil {
		return nil, nil, err
	}
	_, values, err := s.Store.Load(ctx, nil, counters)
	return records, values, err
}

// While a release loads its records one after the other, the hold is captured.
// Whichever were read before that, the release is refused as one that came
// after the capture, alone and in a batch.
func TestRejectionsAreOfOneMoment(t *testing.T) {
	capture := keyed("capture", loyalty.Command{Capture: &loyalty.Capture{Hold: "h", Points: 30}})
	release := keyed("release", loyalty.Command{Member: "ada", OccurredAt: monday, Release: &loyalty.Release{Hold: "h"}})
	held := func() *desk {
		d := newDesk(t, cafe())
		d.do("ada", grant(100))
		d.do("ada", keyed("h", loyalty.Command{Hold: &loyalty.Hold{Points: 40}}))
		return d
	}
	after := held()
	after.do("ada", capture)
	_, want := after.engine.Do(t.Context(), monday, release)
	if want == nil {
		t.Fatal("a hold that was captured can be released")
	}
	ways := map[string]func(*loyalty.Engine) error{
		"Do": func(e *loyalty.Engine) error {
			_, err := e.Do(t.Context(), monday, release)
			return err
		},
		"DoBatch": func(e *loyalty.Engine) error {
			return e.DoBatch(t.Context(), monday, []loyalty.Command{release})[0].Err
		},
	}
	for name, do := range ways {
		for mask := range 8 { // of key, account and redemption, in any order
			t.Run(fmt.Sprintf("%s, %03b late", name, mask), func(t *testing.T) {
				d := held()
				interrupted := false
				store := &torn{Store: d.store, late: func(i int) bool { return mask>>i&1 == 1 }, between: func() {
					interrupted = true
					d.do("ada", capture)
				}}
				engine, err := loyalty.NewEngine(store, cafe())
				if err != nil {
					t.Fatal(err)
				}
				if err := do(engine); fmt.Sprint(err) != fmt.Sprint(want) {
					t.Errorf("released: %v, want %v", err, want)
				}
				lines := d.journal("ada")
				if !interrupted || !slices.Equal(lines, after.journal("ada")) {
					t.Errorf("the journal is not that of a capture alone: %v", lines)
				}
			})
		}
	}
}
