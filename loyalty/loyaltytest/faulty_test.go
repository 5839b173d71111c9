package loyaltytest_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/loyalty/loyaltytest"
)

// what a fault makes of a commit, and of a load.
func TestFaults(t *testing.T) {
	id := loyalty.AccountID{Program: "p", Member: "m"}.Record()
	for _, c := range []struct {
		fault   loyaltytest.Fault
		commit  string
		written bool
		load    string
		after   string // of the call after the commit
	}{
		{loyaltytest.FaultNone, "<nil>", true, "<nil>", "<nil>"},
		{loyaltytest.FaultFail, "loyaltytest: injected fault", false, "loyaltytest: injected fault", "<nil>"},
		{loyaltytest.FaultLoseReply, "loyaltytest: injected fault", true, "loyaltytest: injected fault", "<nil>"},
		{loyaltytest.FaultConflict, `loyalty: conflict on "m" and 0 more`, false, "<nil>", "<nil>"},
		{loyaltytest.FaultCrash, "loyaltytest: the process has crashed", false, "loyaltytest: the process has crashed", "loyaltytest: the process has crashed"},
		{loyaltytest.FaultCrashAfter, "loyaltytest: the process has crashed", true, "loyaltytest: the process has crashed", "loyaltytest: the process has crashed"},
	} {
		t.Run(fmt.Sprint("fault ", c.fault), func(t *testing.T) {
			memory := loyalty.NewMemory()
			s := loyaltytest.FaultyAt(memory, 1, c.fault)
			load := func(s loyalty.Store) (uint64, error) {
				records, _, err := s.Load(t.Context(), []loyalty.RecordID{id}, nil)
				if err != nil {
					return 0, err
				}
				return records[0].Version, nil
			}
			if got := fmt.Sprint(s.Commit(t.Context(), &loyalty.Batch{Records: []loyalty.Record{{ID: id}}})); got != c.commit {
				t.Errorf("commit: %s, want %s", got, c.commit)
			}
			if version, err := load(memory); (version == 1) != c.written || err != nil {
				t.Errorf("version %d, want written %v, %v", version, c.written, err)
			}
			if _, err := load(s); fmt.Sprint(err) != c.after {
				t.Errorf("the call after it: %v, want %s", err, c.after)
			}
			s.Restart()
			if _, err := load(s); err != nil || s.Crashed() {
				t.Errorf("after a restart: %v", err)
			}
			if got := s.Calls(); got != 3 {
				t.Errorf("%d calls, want 3", got)
			}
			loads := loyaltytest.FaultyAt(memory, 1, c.fault)
			if _, err := load(loads); fmt.Sprint(err) != c.load {
				t.Errorf("load: %v, want %s", err, c.load)
			}
			pages := loyaltytest.FaultyAt(memory, 1, c.fault)
			if _, err := pages.Scan(t.Context(), loyalty.Scan{Program: "p", Limit: 1}); fmt.Sprint(err) != c.load {
				t.Errorf("scan: %v, want %s", err, c.load)
			}
			entries := loyaltytest.FaultyAt(memory, 1, c.fault)
			if _, err := entries.Entries(t.Context(), loyalty.AccountID{Program: "p", Member: "m"}, 0, 1); fmt.Sprint(err) != c.load {
				t.Errorf("entries: %v, want %s", err, c.load)
			}
		})
	}
}

// Property: with one caller, a seed gives the same faults again, another seed
// others, and each kind comes.
func TestFaultyComesAgain(t *testing.T) {
	story := func(seed uint64) (said []string) {
		s := loyaltytest.Faulty(loyalty.NewMemory(), seed)
		for i := range 400 {
			id := loyalty.AccountID{Program: "p", Member: fmt.Sprint(i)}.Record()
			err := s.Commit(t.Context(), &loyalty.Batch{Records: []loyalty.Record{{ID: id}}})
			if errors.Is(err, loyaltytest.ErrCrashed) {
				s.Restart()
			}
			written := "absent"
			for range 100 {
				records, _, loadErr := s.Load(t.Context(), []loyalty.RecordID{id}, nil)
				if s.Restart(); loadErr == nil {
					written = fmt.Sprint(records[0].Version)
					break
				}
			}
			said = append(said, strings.ReplaceAll(fmt.Sprintf("%v %s", err, written), fmt.Sprintf("%q", fmt.Sprint(i)), "it"))
		}
		return said
	}
	first := story(1)
	if !slices.Equal(first, story(1)) {
		t.Error("the same seed, other faults")
	}
	if slices.Equal(first, story(2)) {
		t.Error("another seed, the same faults")
	}
	slices.Sort(first)
	if kinds := slices.Compact(first); len(kinds) < 4 {
		t.Errorf("only %q", kinds)
	}
}
