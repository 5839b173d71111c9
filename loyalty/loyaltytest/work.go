package loyaltytest

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/regulars-go/regulars/loyalty"
)

// Work is what the other process of a [Spawner] does: it reads jobs from in, a
// line each, commits to the store, and writes a line to out for each commit
// that succeeded. It returns when in ends or can't be understood, with the error
// if that was not the end.
func Work(ctx context.Context, store loyalty.Store, in io.Reader, out io.Writer) error {
	jobs := bufio.NewScanner(in)
	for jobs.Scan() {
		var j job
		if err := json.Unmarshal(jobs.Bytes(), &j); err != nil {
			return fmt.Errorf("loyaltytest: job: %w", err)
		}
		if _, err := fmt.Fprintln(out, "end", j.run(ctx, store, out)); err != nil {
			return err
		}
	}
	return jobs.Err()
}

// job is commits that one process does one after the other: each adds two
// entries to the journal of a member, takes a key and counts.
type job struct {
	Member  string `json:"member"`
	Counter uint32 `json:"counter"`
	Prefix  string `json:"prefix"` // of keys, which are numbered from 1
	Keys    int    `json:"keys"`
}

// run returns the first error that is no conflict, nil if there was none. A key
// that another process has taken is left to it.
func (j *job) run(ctx context.Context, store loyalty.Store, out io.Writer) error {
	for n := 1; n <= j.Keys; n++ {
		key := keyOf(fmt.Sprint(j.Prefix, n))
		for {
			records, _, err := store.Load(ctx, []loyalty.RecordID{head(j.Member), key}, nil)
			if err != nil {
				return err
			}
			if records[1].Version > 0 {
				break
			}
			version := records[0].Version
			err = store.Commit(ctx, &loyalty.Batch{
				Records:  []loyalty.Record{record(head(j.Member), version, "x"), record(key, 0, "x")},
				Entries:  []loyalty.Entry{entry(j.Member, 2*version+1), entry(j.Member, 2*version+2)},
				Counters: []loyalty.Counter{{ID: counterOf(j.Counter), Delta: 1, Max: 1 << 40}},
			})
			if err == nil {
				if _, err := fmt.Fprintln(out, "done", n); err != nil {
					return err
				}
				break
			}
			if !isConflict(err) {
				return err
			}
		}
	}
	return nil
}
