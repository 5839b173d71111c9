package loyalty

import (
	"fmt"
	"slices"
	"time"
)

// View is what a decision reads: records and counters, as [Rules.Needs] asked
// for them, and the room in which it is made. The zero value is empty and ready
// to use; a View that is used again saves allocations. It is not safe for
// concurrent use.
//
//	for {
//		ids, counters, err := rules.Needs(&view, &command)
//		if err != nil || len(ids)+len(counters) == 0 {
//			break
//		}
//		records, values, err := store.Load(ctx, ids, counters)
//		err = view.Fill(records, counters, values)
//	}
//	decision, err := rules.Decide(&view, &command, now)
type View struct {
	cmd      Command // what an engine was given
	request  request
	ready    bool // request is what Needs was asked for
	records  []loaded
	last     [8]uint8 // where the record of a kind was that was last looked for
	room     loadRoom // of what records have
	missing  []RecordID
	counters []tally
	lacking  []CounterID
	spare    []*Account  // for records to come
	shut     []CounterID // that a store lets nobody use any more
	bounced  int         // how often one was out of bounds

	almanac  almanac
	award    award
	order    order
	deal     redemption
	seats    []*seat
	scribe   scribe
	buf      []byte     // of all bodies
	spans    []span     // of records' bodies, beside decision.batch.Records
	bodies   []bodySpan // beside decision.Entries
	command  span       // of the canonical command; empty if nobody has asked for it
	receipt  receiptNumbers
	about    *seat // whose account the receipt still lacks; nil if none
	standing standing
	shared   []CounterID
	used     []int64 // beside shared
	again    request // what an order's command was
	nobody   Account // empty
	leaving  Account // what is merged into another
	parcel   []lot   // what a transfer sends

	decision Decision
}

// loaded is a record as the store had it.
type loaded struct {
	id      RecordID
	version uint64
	body    []byte
	account *Account // decoded, of kind KindAccount
	lent    bool     // the account is the host's
}

func (l *loaded) is(kind RecordKind, name string) bool { return l.id.Kind == kind && l.id.Name == name }

// tally is a counter as the store had it.
type tally struct {
	id    CounterID
	value int64
}

// span is a part of a View's buffer; the buffer moves as it grows.
type span struct{ from, to int }

// bodySpan is that of an entry's body.
type bodySpan struct {
	span
	own bool // the entry is the command's own, and has the command
}

// Reset empties the view for another command.
func (v *View) Reset() {
	for i := range v.records {
		if l := &v.records[i]; l.account != nil && !l.lent {
			v.spare = append(v.spare, l.account)
		}
	}
	v.records, v.counters = v.records[:0], v.counters[:0]
	v.room.reset()
	v.missing, v.lacking = v.missing[:0], v.lacking[:0]
	v.ready = false
}

// Fill takes what a store loaded: the records with their IDs, and the values
// of counters in order. What is there already is replaced.
func (v *View) Fill(records []Record, counters []CounterID, values []int64) error {
	if len(counters) != len(values) {
		return fmt.Errorf("loyalty: store returned %d counters, not %d", len(values), len(counters))
	}
	for i := range records {
		if err := v.fill(&records[i]); err != nil {
			return err
		}
	}
	for i, id := range counters {
		v.counters = append(v.counters, tally{id, values[i]})
	}
	return nil
}

// FillAccount takes an account that the host holds in memory, instead of its
// record: nothing is decoded or copied. version is that of its record, or, if it
// is in no store, any number that is 0 only for an account without entries. The
// account must not change before the decision is made and applied.
func (v *View) FillAccount(id AccountID, version uint64, a *Account) {
	l := v.place(id.Record())
	if l.account != nil && !l.lent {
		v.spare = append(v.spare, l.account)
	}
	l.version, l.body, l.account, l.lent = version, nil, a, true
}

// place returns where a record stands in the view, or is to stand.
func (v *View) place(id RecordID) *loaded {
	if l := v.find(id.Kind, id.Name); l != nil {
		return l
	}
	v.records = append(v.records, loaded{id: id})
	return &v.records[len(v.records)-1]
}

func (v *View) fill(r *Record) error {
	l := v.place(r.ID)
	l.version, l.body = r.Version, r.Body
	if r.ID.Kind != KindAccount {
		return nil
	}
	if l.account == nil || l.lent {
		l.account, l.lent = v.newAccount(), false
	}
	if r.Version == 0 {
		l.account.clear()
		return nil
	}
	if err := l.account.read(r.Body); err != nil {
		return fmt.Errorf("account %q: %w", r.ID.Name, err)
	}
	return nil
}

func (v *View) newAccount() *Account {
	if n := len(v.spare); n > 0 {
		a := v.spare[n-1]
		v.spare = v.spare[:n-1]
		return a
	}
	return new(Account)
}

// find returns a record of the program; nil if it is not loaded.
func (v *View) find(kind RecordKind, name string) *loaded {
	if i := int(v.last[kind%8]); i < len(v.records) && v.records[i].is(kind, name) {
		return &v.records[i]
	}
	return v.search(kind, name)
}

func (v *View) search(kind RecordKind, name string) *loaded {
	for i := range v.records {
		if v.records[i].is(kind, name) {
			v.last[kind%8] = uint8(i)
			return &v.records[i]
		}
	}
	return nil
}

// want returns a record, or notes that it is missing and returns nil.
func (v *View) want(program string, kind RecordKind, name string) *loaded {
	if l := v.find(kind, name); l != nil {
		return l
	}
	id := RecordID{program, kind, name}
	if slices.Contains(v.missing, id) {
		return nil
	}
	v.missing = append(v.missing, id)
	return nil
}

// counter returns the value of a counter; false if it is not loaded.
func (v *View) counter(id CounterID) (int64, bool) {
	if slices.Contains(v.shut, id) {
		return maxTotal, true
	}
	for i := range v.counters {
		if v.counters[i].id == id {
			return v.counters[i].value, true
		}
	}
	return 0, false
}

func (v *View) wantCounter(id CounterID) {
	if _, ok := v.counter(id); !ok {
		v.lacking = append(v.lacking, id)
	}
}

// Decision is what a command comes to: what to write, and what to answer. It
// belongs to the View that it was made with, until that is used again.
type Decision struct {
	// Entries are what it adds to the journals of accounts; none if the key was
	// used before, or if there is a rejection. Their Command is set by Batch.
	Entries []Entry
	// Rejection is why the command was refused, if the refusal is bound to its
	// key: the batch then holds the key, and nothing else.
	Rejection error

	view     *View
	program  string
	rules    *compiled // whose names the receipt has
	at       int64     // the moment of recording
	replayed bool
	rejected rejection // the form of Rejection
	batch    Batch     // its accounts and its key only if written is set
	written  bool
}

// Batch returns what to write: the records as they are then, the entries and
// the counters. It is empty if the key was used before. What only a store needs
// is encoded by the first call: a decision that is not kept does not pay for it.
func (d *Decision) Batch() *Batch {
	if !d.written && !d.replayed {
		d.written = true
		d.view.write()
	}
	return &d.batch
}

// Receipt returns the receipt, which is the caller's for good; the zero value
// if there is a rejection.
func (d *Decision) Receipt() Receipt {
	if d.Rejection != nil {
		return Receipt{}
	}
	r := d.view.answer().named(d.rules, d.view.request.cmd)
	r.Replayed = d.replayed
	return r
}

// Apply takes the decision's entries of an account into it: the account comes
// out as if [Account.Apply] had taken them one by one. If it is as the view had
// it, and so as the decision found it, what was decided is taken over and
// nothing is folded again. An account that the decision does not write is left
// as it is.
func (d *Decision) Apply(id AccountID, a *Account) error {
	if len(d.Entries) == 0 {
		return nil
	}
	for _, s := range d.view.seats {
		if s.id == id && (s.from == a || s.from.equal(a)) {
			a.copyFrom(&s.account)
			return nil
		}
	}
	return d.fold(id, a)
}

// fold takes the entries of an account into it one by one.
func (d *Decision) fold(id AccountID, a *Account) error {
	for i := range d.Entries {
		if d.Entries[i].Account != id {
			continue
		}
		if err := a.Apply(&d.Entries[i]); err != nil {
			return err
		}
	}
	return nil
}

// Needs names the records and counters that a decision still needs and that
// the view lacks; none when it can be made. What it names depends on what is
// there: ask again after [View.Fill], at most a few times.
func (r *Rules) Needs(v *View, c *Command) ([]RecordID, []CounterID, error) {
	if err := v.request.set(c); err != nil {
		return nil, nil, err
	}
	v.ready = true
	return v.needs(r)
}

// Decide decides the command that [Rules.Needs] was asked for, at the moment
// now. It reads nothing but its arguments, and does not change what was filled
// into the view. A rejection
// that is not bound to the key is the error.
func (r *Rules) Decide(v *View, c *Command, now time.Time) (*Decision, error) {
	if !inRange(now) {
		return nil, &CommandError{"now", "want an instant from 1971 to 2499"}
	}
	if !v.ready || v.request.cmd != c {
		if err := v.request.set(c); err != nil {
			return nil, err
		}
	}
	if err := v.decide(r, micros(now)); err != nil {
		return nil, err
	}
	return &v.decision, nil
}
