package sqlstore

import (
	"context"

	"github.com/regulars-go/regulars/loyalty/sqlstore/internal/link"
)

// commitExactly commits in a transaction of the store's own.
func (p *postgres) commitExactly(ctx context.Context, d *draft) error {
	t, err := p.begin(ctx)
	if err != nil {
		return err
	}
	return t.end(ctx, p.writeExactly(ctx, t, d))
}

// writeExactly commits with the records and then all shards of the counters
// held. A transaction of the host must come out of a refusal as it was: so what
// is there is written last, and what is new is removed again.
func (p *postgres) writeExactly(ctx context.Context, tx link.Queryer, d *draft) error {
	if len(d.batch.Records) == 0 {
		return p.count(ctx, tx, d)
	}
	rest := d.shape()
	rest.counters = 0
	held := rest
	held.entries = 0
	result, err := p.write(ctx, tx, d, textOf(p, holdShape(held.few())), d.arguments(held))
	if err != nil {
		return err
	}
	if result != resultWritten {
		return p.staleOf(ctx, tx, d)
	}
	if err := p.count(ctx, tx, d); err != nil {
		if isRefusal(err) {
			w := d.fresh()
			if err := w.undo(ctx, tx, d); err != nil {
				return err
			}
		}
		return err
	}
	_, err = tx.Exec(ctx, textOf(p, restShape(rest.few())), d.rows(rest)...)
	return err
}

// holdShape is the first half of a commit, after which the records are held.
type holdShape boundShape

func (h holdShape) text() string {
	s := boundShape(h)
	b := &statement{}
	commitShape(s).sources(b)
	tail := commitShape(s).tail(b)
	s.look(b)
	s.hold(b, tail)
	s.answer(b)
	return b.String()
}

// restShape is the second half.
type restShape boundShape

func (r restShape) text() string {
	s := boundShape(r)
	b := &statement{}
	commitShape(s).sources(b)
	s.look(b)
	s.rest(b, "true")
	b.WriteString("\nSELECT 0")
	return b.String()
}

// count changes the counters if their sums allow it.
func (p *postgres) count(ctx context.Context, tx link.Queryer, d *draft) error {
	if len(d.counters) == 0 {
		return nil
	}
	sums, err := p.lockCounters(ctx, tx, d)
	if err != nil {
		return err
	}
	if err := d.bounds(sums); err != nil {
		return err
	}
	var s sheet
	for i := range d.counters {
		c := &d.counters[i]
		s.counter(i, &c.ID, sums[i]+c.Delta, nullable(c.Until))
	}
	_, err = tx.Exec(ctx, postgresPutShards, s.json(), shards)
	return err
}

// lockCounters locks all shards of the counters, made if need be, and returns
// their sums.
func (p *postgres) lockCounters(ctx context.Context, tx link.Queryer, d *draft) ([]int64, error) {
	var s sheet
	for i := range d.counters {
		s.counter(i, &d.counters[i].ID, 0, nullable(d.counters[i].Until))
	}
	rows := s.json()
	if _, err := tx.Exec(ctx, postgresOpenShards, rows, shards); err != nil {
		return nil, err
	}
	found, err := tx.Query(ctx, postgresSumShards, rows)
	if err != nil {
		return nil, err
	}
	l := newLoading(nil, d.counterIDs())
	return l.values, l.sum(found)
}
