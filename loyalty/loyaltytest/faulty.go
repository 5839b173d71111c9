package loyaltytest

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"sync"

	"github.com/regulars-go/regulars/loyalty"
)

// Fault is what a [FaultyStore] makes of a call.
type Fault uint8

// The faults.
const (
	// FaultNone lets the call through.
	FaultNone Fault = iota
	// FaultFail returns [ErrInjected], and nothing was done.
	FaultFail
	// FaultLoseReply does a commit and returns [ErrInjected], as a connection
	// does that breaks before the answer. For other calls it is FaultFail.
	FaultLoseReply
	// FaultConflict refuses a commit with a ConflictError, as if another writer
	// had been faster. For other calls it is FaultNone.
	FaultConflict
	// FaultCrash ends the process before the call: it and all that follow return
	// [ErrCrashed], until [FaultyStore.Restart].
	FaultCrash
	// FaultCrashAfter ends it after the call was done.
	FaultCrashAfter
)

// What a FaultyStore returns in place of an answer.
var (
	ErrInjected = errors.New("loyaltytest: injected fault")
	ErrCrashed  = errors.New("loyaltytest: the process has crashed")
)

// FaultyStore is a store on which calls go wrong, to see that nothing is lost
// or doubled. It has none of the optional capabilities of what it wraps. It is
// safe for concurrent use.
type FaultyStore struct {
	store loyalty.Store

	mu      sync.Mutex
	random  *rand.Rand
	rate    int // one call in so many meets a fault; 0: none does
	calls   int
	at      int // the call that FaultyAt is about
	fault   Fault
	crashed bool
}

// Faulty wraps a store so that about a third of all calls meet a fault, each
// kind equally often, and every call gives other goroutines a turn. Records are
// loaded one by one and in any order, since Load need not be of one moment.
//
// What happens depends on the seed and the number of the call: with one caller
// it comes again; with several, who meets which depends on the scheduler.
func Faulty(store loyalty.Store, seed uint64) *FaultyStore {
	return &FaultyStore{store: store, random: rand.New(rand.NewPCG(seed, 0)), rate: 3}
}

// yielding wraps a store so that every call gives other goroutines a turn, and
// none goes wrong.
func yielding(store loyalty.Store, seed uint64) *FaultyStore {
	s := Faulty(store, seed)
	s.rate = 0
	return s
}

// FaultyAt wraps a store so that one call, counted from 1, meets one fault:
// with each call in turn a command is cut between any two of its steps.
func FaultyAt(store loyalty.Store, call int, fault Fault) *FaultyStore {
	return &FaultyStore{store: store, at: call, fault: fault}
}

// Restart ends a crash, as starting the process again does.
func (s *FaultyStore) Restart() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.crashed = false
}

// Calls returns how many calls there were.
func (s *FaultyStore) Calls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls
}

// Crashed reports whether the process has crashed and was not restarted.
func (s *FaultyStore) Crashed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.crashed
}

// next draws the fault of a call.
func (s *FaultyStore) next() (fault Fault, turns int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	if s.crashed {
		return FaultCrash, 0
	}
	switch {
	case s.random != nil:
		turns = s.random.IntN(4)
		if s.rate > 0 && s.random.IntN(s.rate) == 0 {
			fault = FaultFail + Fault(s.random.IntN(5))
		}
	case s.calls == s.at:
		fault = s.fault
	}
	s.crashed = fault == FaultCrash || fault == FaultCrashAfter
	return fault, turns
}

// call runs f, or not, as the fault of this call has it. stale is what a
// conflict names; nil if the call can't meet one.
func (s *FaultyStore) call(stale []loyalty.RecordID, f func() error) error {
	fault, turns := s.next()
	for range turns {
		runtime.Gosched()
	}
	switch fault {
	case FaultFail:
		return ErrInjected
	case FaultLoseReply:
		if len(stale) == 0 {
			return ErrInjected
		}
		if err := f(); err != nil {
			return err
		}
		return ErrInjected
	case FaultConflict:
		if len(stale) > 0 {
			return &loyalty.ConflictError{Records: stale[:1:1]}
		}
	case FaultCrash:
		return ErrCrashed
	case FaultCrashAfter:
		_ = f() // nobody is there to hear of it
		return ErrCrashed
	case FaultNone:
	}
	return f()
}

// Load implements [loyalty.Store].
func (s *FaultyStore) Load(ctx context.Context, ids []loyalty.RecordID, counters []loyalty.CounterID) (records []loyalty.Record, values []int64, err error) {
	err = s.call(nil, func() (err error) {
		if s.random != nil {
			records, values, err = s.loadApart(ctx, ids, counters)
		} else {
			records, values, err = s.store.Load(ctx, ids, counters)
		}
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	return records, values, nil
}

// loadApart loads one by one, and lets others write in between.
func (s *FaultyStore) loadApart(ctx context.Context, ids []loyalty.RecordID, counters []loyalty.CounterID) ([]loyalty.Record, []int64, error) {
	records, values := make([]loyalty.Record, len(ids)), make([]int64, len(counters))
	s.mu.Lock()
	order := s.random.Perm(len(ids) + len(counters))
	s.mu.Unlock()
	for _, n := range order {
		runtime.Gosched()
		if n < len(ids) {
			one, _, err := s.store.Load(ctx, ids[n:n+1:n+1], nil)
			if err != nil || len(one) != 1 {
				return nil, nil, cmp.Or(err, errLoad)
			}
			records[n] = one[0]
			continue
		}
		n -= len(ids)
		_, one, err := s.store.Load(ctx, nil, counters[n:n+1:n+1])
		if err != nil || len(one) != 1 {
			return nil, nil, cmp.Or(err, errLoad)
		}
		values[n] = one[0]
	}
	return records, values, nil
}

var errLoad = errors.New("loyaltytest: the store did not return the one that it was asked for")

// Commit implements [loyalty.Store].
func (s *FaultyStore) Commit(ctx context.Context, b *loyalty.Batch) error {
	stale := make([]loyalty.RecordID, len(b.Records))
	for i := range b.Records {
		stale[i] = b.Records[i].ID
	}
	return s.call(stale, func() error { return s.store.Commit(ctx, b) })
}

// Entries implements [loyalty.Store].
func (s *FaultyStore) Entries(ctx context.Context, account loyalty.AccountID, after uint64, limit int) (page []loyalty.Entry, err error) {
	err = s.call(nil, func() (err error) {
		page, err = s.store.Entries(ctx, account, after, limit)
		return err
	})
	if err != nil {
		return nil, err
	}
	return page, nil
}

// Scan implements [loyalty.Store].
func (s *FaultyStore) Scan(ctx context.Context, q loyalty.Scan) (page []loyalty.Due, err error) {
	err = s.call(nil, func() (err error) {
		page, err = s.store.Scan(ctx, q)
		return err
	})
	if err != nil {
		return nil, err
	}
	return page, nil
}
