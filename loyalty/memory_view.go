package loyalty

import (
	"context"
	"fmt"
)

// fill is [Memory.Load] and [View.Fill] in one, for a view that lacks what is
// asked for. Nothing is copied but into the view, and an account that an engine
// wrote after it had checked it is not checked again.
func (m *Memory) fill(ctx context.Context, v *View, ids []RecordID, counters []CounterID) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("loyalty: load: %w", err)
	}
	for i := range ids {
		if err := m.fillRecord(v, &ids[i]); err != nil {
			return err
		}
	}
	for i := range counters {
		v.counters = append(v.counters, tally{counters[i], m.counter(&counters[i])})
	}
	return nil
}

func (m *Memory) fillRecord(v *View, id *RecordID) error {
	v.records = append(v.records, loaded{id: *id})
	l, p := &v.records[len(v.records)-1], v.room.places.at(v.room.places.add(id))
	if id.Kind == KindAccount {
		l.account = v.newAccount()
	}
	s := &m.shards[p.shard]
	s.mu.Lock()
	p.find(s, id.Program)
	unsure := false
	switch a, other := p.account, p.record; {
	case a != nil && a.sound:
		l.version = a.version
		l.account.readSound(a.body())
	case a != nil:
		l.version, l.body, unsure = a.version, v.room.copyOf(a.body()), true
	case other != nil:
		l.version, l.body = other.version, v.room.copyOf(p.ledger.records.body(other))
	case l.account != nil:
		l.account.clear()
	}
	s.mu.Unlock()
	if unsure {
		if err := l.account.read(l.body); err != nil {
			return fmt.Errorf("account %q: %w", id.Name, err)
		}
	}
	return nil
}
