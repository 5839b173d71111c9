package loyalty

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Result is what one command of a batch came to.
type Result struct {
	Receipt Receipt
	Err     error
}

// batchSize is how many commands share a commit: enough to make the round
// trips cheap, few enough that a conflict costs little.
const batchSize = 500

// DoBatch does many commands in few commits, in order, each as [Engine.Do]
// would: what one does the next one sees. The results stand beside the
// commands. A rejected command does not keep the others back. If another
// writer was faster with some accounts, only the commands that touch these,
// and those that share records with them, are tried again.
//
// After an error of the store, it is unknown of each command that has that
// error whether it was done: do it again with the same key.
func (e *Engine) DoBatch(ctx context.Context, now time.Time, commands []Command) []Result {
	results := make([]Result, len(commands))
	for part := range slices.Chunk(numbers(len(commands)), batchSize) {
		e.doPart(ctx, now, commands, part, results)
	}
	return results
}

func numbers(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// doPart does the commands of the given numbers.
func (e *Engine) doPart(ctx context.Context, now time.Time, commands []Command, part []int, results []Result) {
	for range maxAttempts {
		d := newDraft(e)
		d.prefetch(ctx, commands, part)
		for _, i := range part {
			results[i].Receipt, results[i].Err = d.do(ctx, now, i, &commands[i])
		}
		part = d.commit(ctx, results)
		if len(part) == 0 {
			return
		}
	}
	for _, i := range part {
		results[i] = Result{Err: ErrContended}
	}
}

// draft is a commit in the making: records as they are after the commands so
// far, and what each command touched.
type draft struct {
	engine   *Engine
	records  map[RecordID]*Record
	versions map[RecordID]uint64 // of those written, as the store has them
	counters map[CounterID]int64
	tallied  map[CounterID]int64 // counters as the store has them
	done     []draftPart         // in order
}

// draftPart is what one command came to.
type draftPart struct {
	command  int
	stale    bool       // what it saw has changed meanwhile
	touched  []RecordID // read or written
	records  []Record   // after it
	entries  []Entry
	counters []Counter
}

func newDraft(e *Engine) *draft {
	return &draft{engine: e, records: map[RecordID]*Record{}, versions: map[RecordID]uint64{}, counters: map[CounterID]int64{}, tallied: map[CounterID]int64{}}
}

// do decides one command over what the draft has.
func (d *draft) do(ctx context.Context, now time.Time, number int, c *Command) (Receipt, error) {
	v := d.engine.view()
	defer d.engine.free(v)
	if !inRange(now) {
		return Receipt{}, &CommandError{"now", "want an instant from 1971 to 2499"}
	}
	if err := v.request.set(c); err != nil {
		return Receipt{}, err
	}
	touched, err := d.load(ctx, v)
	if err != nil {
		return Receipt{}, err
	}
	refused := v.decide(d.engine.rules, micros(now))
	steady := true
	if v.refusedByMore(refused) {
		if steady, err = d.engine.steady(ctx, d.seen(v)); err != nil {
			return Receipt{}, err
		}
	}
	if refused != nil || !steady {
		// Nothing to write, but it goes with what it saw if that does not come to be.
		d.done = append(d.done, draftPart{command: number, touched: touched, stale: !steady})
		return Receipt{}, refused
	}
	if len(v.decision.Batch.Records) > 0 {
		d.take(number, touched, &v.decision.Batch)
	}
	return v.decision.Receipt(), v.decision.Rejection
}

// seen is what the view has, as the store had it before the draft.
func (d *draft) seen(v *View) snapshot {
	s := v.seen()
	for i, id := range s.records {
		if version, ok := d.versions[id]; ok {
			s.versions[i] = version
		}
	}
	for i, id := range s.counters {
		s.values[i] = d.tallied[id]
	}
	return s
}

// load fills a view from the draft, and the draft from the store where it
// lacks something.
func (d *draft) load(ctx context.Context, v *View) (touched []RecordID, err error) {
	for {
		ids, counters, err := d.fill(v, &touched)
		if err != nil || len(ids)+len(counters) == 0 {
			return touched, err
		}
		if err := d.fetch(ctx, ids, counters); err != nil {
			return nil, err
		}
	}
}

// fill fills a view with what the draft has, and returns what it lacks.
func (d *draft) fill(v *View, touched *[]RecordID) (ids []RecordID, counters []CounterID, err error) {
	for {
		wanted, tallied, err := v.needs(d.engine.rules)
		if err != nil || len(wanted)+len(tallied) == 0 {
			return nil, nil, err
		}
		var records []Record
		for _, id := range wanted {
			if r := d.records[id]; r != nil {
				records = append(records, *r)
				*touched = append(*touched, id)
			} else {
				ids = append(ids, id)
			}
		}
		var known []CounterID
		var values []int64
		for _, id := range tallied {
			if value, ok := d.counters[id]; ok {
				known, values = append(known, id), append(values, value)
			} else {
				counters = append(counters, id)
			}
		}
		if err := v.Fill(records, known, values); err != nil {
			return nil, nil, err
		}
		if len(ids)+len(counters) > 0 {
			return ids, counters, nil
		}
	}
}

// prefetch loads what the commands need, in a few rounds for all of them
// together. What goes wrong is left for the command itself to find.
func (d *draft) prefetch(ctx context.Context, commands []Command, part []int) {
	v := d.engine.view()
	defer d.engine.free(v)
	for range maxHops {
		lackIDs, lackCounters := map[RecordID]bool{}, map[CounterID]bool{}
		var ids []RecordID
		var counters []CounterID
		for _, i := range part {
			v.Reset()
			if v.request.set(&commands[i]) != nil {
				continue
			}
			var touched []RecordID
			more, tallied, _ := d.fill(v, &touched)
			for _, id := range more {
				if !lackIDs[id] {
					lackIDs[id], ids = true, append(ids, id)
				}
			}
			for _, id := range tallied {
				if !lackCounters[id] {
					lackCounters[id], counters = true, append(counters, id)
				}
			}
		}
		if len(ids)+len(counters) == 0 || d.fetch(ctx, ids, counters) != nil {
			return
		}
	}
}

// fetch loads what the draft lacks.
func (d *draft) fetch(ctx context.Context, ids []RecordID, counters []CounterID) error {
	records, values, err := d.engine.store.Load(ctx, ids, counters)
	if err != nil {
		return fmt.Errorf("loyalty: load: %w", err)
	}
	if len(records) != len(ids) || len(values) != len(counters) {
		return fmt.Errorf("loyalty: store returned %d records and %d counters, not %d and %d", len(records), len(values), len(ids), len(counters))
	}
	for i := range records {
		d.records[records[i].ID] = &records[i]
	}
	for i, id := range counters {
		d.counters[id], d.tallied[id] = values[i], values[i]
	}
	return nil
}

// take copies a decision into the draft.
func (d *draft) take(number int, touched []RecordID, b *Batch) {
	part := draftPart{command: number, touched: touched}
	for i := range b.Records {
		r := b.Records[i]
		r.Body, r.Totals = slices.Clone(r.Body), slices.Clone(r.Totals)
		part.records = append(part.records, r)
		if !slices.Contains(part.touched, r.ID) {
			part.touched = append(part.touched, r.ID)
		}
		if _, ok := d.versions[r.ID]; !ok {
			d.versions[r.ID] = r.Version
		}
		now := r
		now.Version++ // as if the store had it
		d.records[r.ID] = &now
	}
	for i := range b.Entries {
		entry := b.Entries[i]
		entry.Body, entry.Command = slices.Clone(entry.Body), slices.Clone(entry.Command)
		part.entries = append(part.entries, entry)
	}
	for _, c := range b.Counters {
		part.counters = append(part.counters, c)
		d.counters[c.ID] += c.Delta
	}
	d.done = append(d.done, part)
}

// commit writes the draft. It returns the numbers of the commands that must be
// tried again; those that failed have their error in results.
func (d *draft) commit(ctx context.Context, results []Result) (again []int) {
	parts := d.done
	stale := make([]bool, len(parts))
	for i := range parts {
		stale[i] = parts[i].stale
	}
	for {
		var rest []draftPart
		for i, gone := range spread(parts, stale) {
			if gone {
				again = append(again, parts[i].command)
			} else {
				rest = append(rest, parts[i])
			}
		}
		parts = rest
		b := d.batch(parts)
		if len(b.Records) == 0 {
			break
		}
		err := d.engine.store.Commit(ctx, b)
		if err == nil {
			break
		}
		var ok bool
		if stale, ok = contested(parts, err); !ok || ctx.Err() != nil {
			for i := range parts {
				results[parts[i].command] = Result{Err: fmt.Errorf("loyalty: commit: %w", err)}
			}
			break
		}
	}
	slices.Sort(again)
	return again
}

// batch joins the parts: the last body of each record under the version that
// the store has, the sums of counters.
func (d *draft) batch(parts []draftPart) *Batch {
	b := &Batch{}
	at := map[RecordID]int{}
	counters := map[CounterID]int{}
	for i := range parts {
		for _, r := range parts[i].records {
			r.Version = d.versions[r.ID]
			if j, ok := at[r.ID]; ok {
				b.Records[j] = r
				continue
			}
			at[r.ID] = len(b.Records)
			b.Records = append(b.Records, r)
		}
		b.Entries = append(b.Entries, parts[i].entries...)
		for _, c := range parts[i].counters {
			if j, ok := counters[c.ID]; ok {
				b.Counters[j].Delta += c.Delta
				b.Counters[j].Max = min(b.Counters[j].Max, c.Max)
				continue
			}
			counters[c.ID] = len(b.Counters)
			b.Counters = append(b.Counters, c)
		}
	}
	b.Counters = slices.DeleteFunc(b.Counters, func(c Counter) bool { return c.Delta == 0 })
	return b
}

// contested tells which parts an error is about; false if it is about none.
func contested(parts []draftPart, err error) (stale []bool, ok bool) {
	stale = make([]bool, len(parts))
	conflict, _ := errors.AsType[*ConflictError](err)
	bound, _ := errors.AsType[*BoundError](err)
	for i := range parts {
		if conflict != nil {
			stale[i] = slices.ContainsFunc(parts[i].touched, func(id RecordID) bool { return slices.Contains(conflict.Records, id) })
		}
		if bound != nil {
			stale[i] = stale[i] || slices.ContainsFunc(parts[i].counters, func(c Counter) bool { return slices.Contains(bound.Counters, c.ID) })
		}
		ok = ok || stale[i]
	}
	return stale, ok
}

// spread marks all parts that touch a record with a marked one, directly or
// through others: what they saw may not come to be.
func spread(parts []draftPart, stale []bool) []bool {
	reached := map[RecordID]bool{}
	for grown := true; grown; {
		grown = false
		for i := range parts {
			hit := slices.ContainsFunc(parts[i].touched, func(id RecordID) bool { return reached[id] })
			if !stale[i] && !hit {
				continue
			}
			stale[i] = true
			for _, id := range parts[i].touched {
				if !reached[id] {
					reached[id], grown = true, true
				}
			}
		}
	}
	return stale
}
