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
	d := e.draft()
	defer e.drop(d)
	for range maxAttempts {
		d.prefetch(ctx, commands, part)
		for _, i := range part {
			results[i].Receipt, results[i].Err = d.do(ctx, now, i, &commands[i])
			d.view.Reset()
		}
		part = d.commit(ctx, results)
		if len(part) == 0 {
			return
		}
		d.reset()
	}
	for _, i := range part {
		results[i] = Result{Err: ErrContended}
	}
}

// draft is a commit in the making: records as they are after the commands so
// far, and what each command touched. It is used again, and what it holds
// stands in a few slices of which each command has a part.
type draft struct {
	engine   *Engine
	view     *View
	places   map[RecordID]int32 // in rows
	rows     []draftRow
	round    int // of asking the store
	counters map[CounterID]draftCounter
	touched  []int32 // places of rows read or written
	entries  []Entry
	uses     []Counter
	done     []draftPart // in order
	room     loadRoom    // of bodies
	ids      []RecordID  // to be asked for
	lacking  []CounterID // and these
	batch    Batch
}

// draftRow is a record that a command asked for or wrote.
type draftRow struct {
	record  Record // after the commands so far, under the version it would have
	stored  uint64 // the version that the store has
	loaded  bool
	written bool
	asked   int // the last round in which the store was asked for it
	batch   int // one more than its place in the batch; 0: not there
}

// draftCounter is a counter after the commands so far, and in the store.
type draftCounter struct {
	value, stored int64
	loaded        bool
	asked         int // the last round in which the store was asked for it
}

// draftPart is what one command came to.
type draftPart struct {
	command                int
	stale                  bool // what it saw has changed meanwhile
	touched, entries, uses span
}

// draft returns one that is empty.
func (e *Engine) draft() *draft {
	d, ok := e.drafts.Get().(*draft)
	if !ok {
		d = &draft{engine: e, places: map[RecordID]int32{}, counters: map[CounterID]draftCounter{}}
	}
	d.view = e.view()
	return d
}

func (e *Engine) drop(d *draft) {
	d.reset()
	e.free(d.view)
	d.view = nil
	e.drafts.Put(d)
}

// reset empties the draft. It keeps room, and nothing that it would keep alive.
func (d *draft) reset() {
	clear(d.places)
	clear(d.counters)
	clear(d.rows)
	clear(d.entries)
	clear(d.uses)
	clear(d.batch.Records)
	clear(d.batch.Entries)
	d.rows, d.touched, d.entries, d.uses, d.done = d.rows[:0], d.touched[:0], d.entries[:0], d.uses[:0], d.done[:0]
	d.room.reset()
	d.room.places.forget()
}

// row returns the row of a record, made if it is not there.
func (d *draft) row(id RecordID) (place int32, row *draftRow) {
	place, ok := d.places[id]
	if !ok {
		place = int32(len(d.rows))
		d.places[id] = place
		d.rows = append(d.rows, draftRow{record: Record{ID: id}})
	}
	return place, &d.rows[place]
}

// do decides one command over what the draft has.
func (d *draft) do(ctx context.Context, now time.Time, number int, c *Command) (Receipt, error) {
	v := d.view
	if !inRange(now) {
		return Receipt{}, &CommandError{"now", "want an instant from 1971 to 2499"}
	}
	if err := v.request.set(c); err != nil {
		return Receipt{}, err
	}
	part := draftPart{command: number, touched: span{from: len(d.touched)}}
	if err := d.load(ctx, v); err != nil {
		return Receipt{}, err
	}
	refused := v.decide(d.engine.rules, micros(now))
	steady := true
	if v.refusedByMore(refused) {
		var err error
		if steady, err = d.engine.steady(ctx, d.seen(v)); err != nil {
			return Receipt{}, err
		}
	}
	if refused != nil || !steady {
		// Nothing to write, but it goes with what it saw if that does not come to be.
		part.touched.to, part.stale = len(d.touched), !steady
		d.done = append(d.done, part)
		return Receipt{}, refused
	}
	if !v.decision.replayed {
		d.take(&part, v.decision.Batch())
	}
	return v.decision.Receipt(), v.decision.Rejection
}

// seen is what the view has, as the store had it before the draft.
func (d *draft) seen(v *View) snapshot {
	s := v.seen()
	for i, id := range s.records {
		_, row := d.row(id)
		s.versions[i] = row.stored
	}
	for i, id := range s.counters {
		s.values[i] = d.counters[id].stored
	}
	return s
}

// load fills a view from the draft, and the draft from the store where it
// lacks something.
func (d *draft) load(ctx context.Context, v *View) error {
	for {
		d.ask()
		if err := d.fill(v); err != nil || len(d.ids)+len(d.lacking) == 0 {
			return err
		}
		if err := d.fetch(ctx); err != nil {
			return err
		}
	}
}

// ask begins a round.
func (d *draft) ask() {
	d.round++
	d.ids, d.lacking = d.ids[:0], d.lacking[:0]
}

// fill fills a view with what the draft has, and notes what it lacks and was
// not asked for in this round.
func (d *draft) fill(v *View) error {
	for {
		wanted, tallied, err := v.needs(d.engine.rules)
		if err != nil || len(wanted)+len(tallied) == 0 {
			return err
		}
		lacks := false
		for _, id := range wanted {
			place, row := d.row(id)
			if row.loaded {
				d.touched = append(d.touched, place)
				if err := v.fill(&row.record); err != nil {
					return err
				}
				continue
			}
			lacks = true
			if row.asked != d.round {
				row.asked, d.ids = d.round, append(d.ids, id)
			}
		}
		for _, id := range tallied {
			c := d.counters[id]
			if c.loaded {
				v.counters = append(v.counters, tally{id, c.value})
				continue
			}
			lacks = true
			if c.asked != d.round {
				d.counters[id], d.lacking = draftCounter{asked: d.round}, append(d.lacking, id)
			}
		}
		if lacks {
			return nil
		}
	}
}

// prefetch loads what the commands need, in a few rounds for all of them
// together. What goes wrong is left for the command itself to find.
func (d *draft) prefetch(ctx context.Context, commands []Command, part []int) {
	for range maxHops {
		d.ask()
		for _, i := range part {
			if d.view.request.set(&commands[i]) == nil {
				_ = d.fill(d.view)
			}
			d.view.Reset()
		}
		d.touched = d.touched[:0]
		if len(d.ids)+len(d.lacking) == 0 || d.fetch(ctx) != nil {
			return
		}
	}
}

// fetch loads what the draft lacks.
func (d *draft) fetch(ctx context.Context) error {
	records, values, err := d.engine.loadInto(ctx, &d.room, d.ids, d.lacking)
	if err != nil {
		return fmt.Errorf("loyalty: load: %w", err)
	}
	if len(records) != len(d.ids) || len(values) != len(d.lacking) {
		return fmt.Errorf("loyalty: store returned %d records and %d counters, not %d and %d", len(records), len(values), len(d.ids), len(d.lacking))
	}
	for i := range records {
		_, row := d.row(d.ids[i])
		row.record, row.stored, row.loaded = records[i], records[i].Version, true
	}
	for i, id := range d.lacking {
		d.counters[id] = draftCounter{value: values[i], stored: values[i], loaded: true}
	}
	return nil
}

// loadInto loads into room if the store can, else as it does.
func (e *Engine) loadInto(ctx context.Context, room *loadRoom, ids []RecordID, counters []CounterID) ([]Record, []int64, error) {
	if e.memory != nil {
		return e.memory.loadInto(ctx, room, ids, counters)
	}
	return e.store.Load(ctx, ids, counters)
}

// take copies a decision into the draft.
func (d *draft) take(part *draftPart, b *Batch) {
	part.entries.from, part.uses.from = len(d.entries), len(d.uses)
	for i := range b.Records {
		place, row := d.row(b.Records[i].ID)
		if !slices.Contains(d.touched[part.touched.from:], place) {
			d.touched = append(d.touched, place)
		}
		if !row.loaded {
			row.stored = b.Records[i].Version
		}
		totals := append(row.record.Totals[:0], b.Records[i].Totals...)
		row.record, row.loaded, row.written = b.Records[i], true, true
		row.record.Body, row.record.Totals = d.room.copyOf(row.record.Body), totals
		row.record.Version++ // as if the store had it
	}
	for i := range b.Entries {
		entry := b.Entries[i]
		entry.Body, entry.Command = d.room.copyOf(entry.Body), d.room.copyOf(entry.Command)
		d.entries = append(d.entries, entry)
	}
	for _, c := range b.Counters {
		d.uses = append(d.uses, c)
		now := d.counters[c.ID]
		now.value += c.Delta
		d.counters[c.ID] = now
	}
	part.touched.to, part.entries.to, part.uses.to = len(d.touched), len(d.entries), len(d.uses)
	d.done = append(d.done, *part)
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
		kept := parts[:0]
		for i, gone := range d.spread(parts, stale) {
			if gone {
				again = append(again, parts[i].command)
			} else {
				kept = append(kept, parts[i])
			}
		}
		parts = kept
		b := d.join(parts)
		if len(b.Records) == 0 {
			break
		}
		err := d.store(ctx, b)
		if err == nil {
			break
		}
		var ok bool
		if stale, ok = d.contested(parts, err); !ok || ctx.Err() != nil {
			for i := range parts {
				results[parts[i].command] = Result{Err: fmt.Errorf("loyalty: commit: %w", err)}
			}
			break
		}
	}
	slices.Sort(again)
	return again
}

// store commits a batch, with room used again if the store can.
func (d *draft) store(ctx context.Context, b *Batch) error {
	if m := d.engine.memory; m != nil {
		d.room.places.forget()
		return m.commit(ctx, b, &d.room.places, true)
	}
	return d.engine.store.Commit(ctx, b)
}

// join makes one batch of the parts: each record as it is in the end under the
// version that the store has, the sums of counters. Of a record, all commands
// that wrote it are among the parts, or none is: see spread.
func (d *draft) join(parts []draftPart) *Batch {
	b := &d.batch
	b.Records, b.Entries, b.Counters = b.Records[:0], b.Entries[:0], b.Counters[:0]
	for i := range d.rows {
		d.rows[i].batch = 0
	}
	counters := map[CounterID]int{}
	for i := range parts {
		for _, place := range d.touched[parts[i].touched.from:parts[i].touched.to] {
			if row := &d.rows[place]; row.written && row.batch == 0 {
				b.Records = append(b.Records, row.record)
				row.batch = len(b.Records)
				b.Records[row.batch-1].Version = row.stored
			}
		}
		b.Entries = append(b.Entries, d.entries[parts[i].entries.from:parts[i].entries.to]...)
		for _, c := range d.uses[parts[i].uses.from:parts[i].uses.to] {
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
func (d *draft) contested(parts []draftPart, err error) (stale []bool, ok bool) {
	stale = make([]bool, len(parts))
	conflict, _ := errors.AsType[*ConflictError](err)
	bound, _ := errors.AsType[*BoundError](err)
	for i := range parts {
		if conflict != nil {
			stale[i] = slices.ContainsFunc(d.touched[parts[i].touched.from:parts[i].touched.to], func(place int32) bool {
				return slices.Contains(conflict.Records, d.rows[place].record.ID)
			})
		}
		if bound != nil {
			stale[i] = stale[i] || slices.ContainsFunc(d.uses[parts[i].uses.from:parts[i].uses.to], func(c Counter) bool {
				return slices.Contains(bound.Counters, c.ID)
			})
		}
		ok = ok || stale[i]
	}
	return stale, ok
}

// spread marks all parts that touch a record with a marked one, directly or
// through others: what they saw may not come to be.
func (d *draft) spread(parts []draftPart, stale []bool) []bool {
	if !slices.Contains(stale, true) {
		return stale
	}
	reached := make([]bool, len(d.rows))
	for grown := true; grown; {
		grown = false
		for i := range parts {
			touched := d.touched[parts[i].touched.from:parts[i].touched.to]
			if !stale[i] && !slices.ContainsFunc(touched, func(place int32) bool { return reached[place] }) {
				continue
			}
			stale[i] = true
			for _, place := range touched {
				if !reached[place] {
					reached[place], grown = true, true
				}
			}
		}
	}
	return stale
}
