package sqlstore

import (
	"cmp"
	"slices"

	"github.com/regulars-go/regulars/loyalty"
)

// draft is a batch by table. Each list is in the order of IDs. That is the order
// in which rows are taken: accounts, then other records, both whether they are
// there or new, then counters. So no two commits wait for each other.
type draft struct {
	batch *loyalty.Batch
	// Places in batch.Records, and how many of them must not be there yet.
	accounts, others       []int
	newAccounts, newOthers int
	entries                []loyalty.Entry
	counters               []loyalty.Counter // without those that don't change
}

func newDraft(b *loyalty.Batch) *draft {
	d := &draft{batch: b, entries: b.Entries}
	for i := range b.Records {
		r := &b.Records[i]
		if r.ID.Kind == loyalty.KindAccount {
			d.accounts = append(d.accounts, i)
			d.newAccounts += bit(r.Version == 0)
		} else {
			d.others = append(d.others, i)
			d.newOthers += bit(r.Version == 0)
		}
	}
	for _, list := range [...][]int{d.accounts, d.others} {
		slices.SortFunc(list, func(i, j int) int { return compareRecords(&b.Records[i].ID, &b.Records[j].ID) })
	}
	for i := range b.Counters {
		if b.Counters[i].Delta != 0 {
			d.counters = append(d.counters, b.Counters[i])
		}
	}
	slices.SortFunc(d.counters, func(x, y loyalty.Counter) int { return compareCounters(&x.ID, &y.ID) })
	return d
}

func compareRecords(a, b *loyalty.RecordID) int {
	return cmp.Or(cmp.Compare(a.Program, b.Program), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
}

func compareCounters(a, b *loyalty.CounterID) int {
	return cmp.Or(cmp.Compare(a.Program, b.Program), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Number, b.Number),
		cmp.Compare(a.Window, b.Window), cmp.Compare(a.Value, b.Value))
}

// record returns a record by its place.
func (d *draft) record(place int) *loyalty.Record { return &d.batch.Records[place] }

// ids returns the IDs of all records, in the order of the batch.
func (d *draft) ids() []loyalty.RecordID {
	ids := make([]loyalty.RecordID, len(d.batch.Records))
	for i := range ids {
		ids[i] = d.record(i).ID
	}
	return ids
}

// size returns how many bytes all bodies and commands take.
func (d *draft) size() int {
	n := 0
	for i := range d.batch.Records {
		n += len(d.record(i).Body)
	}
	for i := range d.entries {
		n += len(d.entries[i].Body) + len(d.entries[i].Command)
	}
	return n
}

// program returns that of the first row.
func (d *draft) program() string {
	switch {
	case len(d.batch.Records) > 0:
		return d.record(0).ID.Program
	case len(d.counters) > 0:
		return d.counters[0].ID.Program
	case len(d.entries) > 0:
		return d.entries[0].Account.Program
	}
	return ""
}

// oneProgram reports whether all rows are of one program, as an engine's are.
func (d *draft) oneProgram() bool {
	program := d.program()
	for i := range d.batch.Records {
		if d.record(i).ID.Program != program {
			return false
		}
	}
	for i := range d.counters {
		if d.counters[i].ID.Program != program {
			return false
		}
	}
	for i := range d.entries {
		if d.entries[i].Account.Program != program {
			return false
		}
	}
	return true
}

// counterIDs returns the IDs of the counters that change.
func (d *draft) counterIDs() []loyalty.CounterID {
	ids := make([]loyalty.CounterID, len(d.counters))
	for i := range d.counters {
		ids[i] = d.counters[i].ID
	}
	return ids
}

// bounds returns what forbids the changes of counters that stand at values.
func (d *draft) bounds(values []int64) error {
	var full []loyalty.CounterID
	for i := range d.counters {
		if !fits(values[i], &d.counters[i]) {
			full = append(full, d.counters[i].ID)
		}
	}
	if full != nil {
		return &loyalty.BoundError{Counters: full}
	}
	return nil
}

// fits reports whether a counter may change. A bound counts only in the
// direction of the change, and nothing wraps.
func fits(value int64, c *loyalty.Counter) bool {
	after := value + c.Delta
	if c.Delta > 0 {
		return after > value && after <= c.Max
	}
	return c.Delta == 0 || after < value && after >= c.Min
}
