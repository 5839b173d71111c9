package loyalty

import (
	"context"
	"fmt"
)

// A load is not one moment: while it reads, another command may be committed.
// What is written is safe from that, since Commit compares versions. A
// rejection writes at most its key, so the engine looks again before it
// rejects: what two loads in a row both saw was so at one moment.

// snapshot is what a decision saw of a store.
type snapshot struct {
	records  []RecordID
	versions []uint64
	counters []CounterID
	values   []int64
}

// seen returns what the view has from the store.
func (v *View) seen() snapshot {
	var s snapshot
	for i := range v.records {
		s.records, s.versions = append(s.records, v.records[i].id), append(s.versions, v.records[i].version)
	}
	for _, c := range v.counters {
		s.counters, s.values = append(s.counters, c.id), append(s.values, c.value)
	}
	return s
}

// refusedByMore reports whether the command was refused, by its error or bound
// to its key, because of more than one thing that no commit compares.
func (v *View) refusedByMore(err error) bool {
	things := len(v.records) + len(v.counters)
	switch {
	case err != nil:
		return things > 1
	case v.decision.Rejection != nil && !v.decision.replayed:
		return things > 2 // the key's record is compared
	}
	return false
}

// steady reports whether the store still has what was seen.
func (e *Engine) steady(ctx context.Context, s snapshot) (bool, error) {
	records, values, err := e.store.Load(ctx, s.records, s.counters)
	if err != nil {
		return false, fmt.Errorf("loyalty: load: %w", err)
	}
	if len(records) != len(s.records) || len(values) != len(s.counters) {
		return false, fmt.Errorf("loyalty: store returned %d records and %d counters, not %d and %d", len(records), len(values), len(s.records), len(s.counters))
	}
	for i := range records {
		if records[i].Version != s.versions[i] {
			return false, nil
		}
	}
	for i := range values {
		if values[i] != s.values[i] {
			return false, nil
		}
	}
	return true, nil
}
