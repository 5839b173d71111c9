package rfm

import (
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/regulars-go/regulars"
)

// Snapshot is a population at one moment, and the measure that was in force.
type Snapshot[K regulars.ID] struct {
	AsOf time.Time
	// Customers come in ascending order of ID, each once, as [Tally.All] gives
	// them. None has ordered after AsOf.
	Customers iter.Seq2[K, Record]
	// Label is the measure.
	Label Labeller
}

// Labeller names the group of a customer as seen at a moment, such as
// "segment=at risk"; "" says that they belong to none. It depends on its
// arguments alone. [SegmentLabels], [OctantLabels] and [LayerLabels] make one.
type Labeller func(r Record, asOf time.Time) string

// SegmentLabels returns the labeller of segments by a model and a map. If the
// map leaves scores out, give it a Rest.
func SegmentLabels(m Model, by Map) Labeller {
	return func(r Record, asOf time.Time) string { return by.Label(m.At(asOf).Score(r)) }
}

// Migrate says who moved from one snapshot to the next, and why. Each customer
// walks from one to the other in three steps: first time passes, with the old
// record and the old measure at the new moment; then what they did counts, with
// the new record; then the measure is replaced by the new one. The cause of a
// move is the steps at which the label changed. If the order were another, some
// moves would have another cause: what time did first, a new order can no longer
// do.
//
// A customer without a label before, or not there, is new; one without a label
// after is gone. Both snapshots are read once, side by side, so that memory
// grows with the number of labels alone. It is an error if after is the earlier
// one, if customers come out of order or ordered after their snapshot, or if
// somebody who has ordered gets no label.
func Migrate[K regulars.ID](before, after Snapshot[K]) (*Migration, error) {
	if before.Label == nil || after.Label == nil {
		return nil, errors.New("rfm: migration without a measure: set Label of both snapshots")
	}
	if after.AsOf.Before(before.AsOf) {
		return nil, fmt.Errorf("rfm: migration from %s back to %s: want the earlier snapshot first",
			before.AsOf.Format(time.RFC3339), after.AsOf.Format(time.RFC3339))
	}
	m := &Migration{Before: before.AsOf, After: after.AsOf}
	err := join(before.Customers, after.Customers, func(id K, was, is *Record) error {
		p, err := pathOf(before, after, was, is)
		if err != nil {
			return fmt.Errorf("rfm: customer %v: %w", id, err)
		}
		m.AddPath(p)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// MigrateLabels is [Migrate] for labels that the host has already, of any kind.
// Why somebody moved is then not known.
func MigrateLabels[K regulars.ID](before, after iter.Seq2[K, string]) (*Migration, error) {
	m := &Migration{}
	err := join(before, after, func(_ K, was, is *string) error {
		var from, to string
		if was != nil {
			from = *was
		}
		if is != nil {
			to = *is
		}
		m.Add(from, to)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// pathOf labels one customer at each step; was or is is nil if they are not in
// that snapshot.
func pathOf[K regulars.ID](before, after Snapshot[K], was, is *Record) (p Path, err error) {
	if was != nil {
		if p.Before, err = before.label(*was); err != nil {
			return Path{}, fmt.Errorf("before: %w", err)
		}
		p.Aged = before.Label(*was, after.AsOf)
	}
	if is != nil {
		if p.After, err = after.label(*is); err != nil {
			return Path{}, fmt.Errorf("after: %w", err)
		}
		p.Acted = before.Label(*is, after.AsOf)
	}
	return p, nil
}

func (s Snapshot[K]) label(r Record) (string, error) {
	if r.Orders == 0 {
		return s.Label(r, s.AsOf), nil
	}
	if err := r.check(s.AsOf); err != nil {
		return "", err
	}
	label := s.Label(r, s.AsOf)
	if label == "" {
		return "", errors.New("has ordered and gets no label: want one for everybody who did, such as a map's Rest")
	}
	return label, nil
}

// join ranges over two ascending sequences side by side; a pointer is nil where
// an ID is in one of them only.
func join[K regulars.ID, V any](before, after iter.Seq2[K, V], each func(id K, was, is *V) error) error {
	nextA, stopA := ascending(before)
	defer stopA()
	nextB, stopB := ascending(after)
	defer stopB()
	idA, a, okA, errA := nextA()
	idB, b, okB, errB := nextB()
	for okA || okB {
		order := 0
		switch {
		case !okB:
			order = -1
		case !okA:
			order = 1
		default:
			order = regulars.Compare(idA, idB)
		}
		var err error
		switch {
		case order < 0:
			err = each(idA, &a, nil)
		case order > 0:
			err = each(idB, nil, &b)
		default:
			err = each(idA, &a, &b)
		}
		if err != nil {
			return err
		}
		if order <= 0 {
			idA, a, okA, errA = nextA()
		}
		if order >= 0 {
			idB, b, okB, errB = nextB()
		}
		if err := errors.Join(errA, errB); err != nil {
			return err
		}
	}
	return errors.Join(errA, errB)
}

// ascending pulls from a sequence and refuses what comes out of order. A nil
// sequence is empty.
func ascending[K regulars.ID, V any](seq iter.Seq2[K, V]) (next func() (K, V, bool, error), stop func()) {
	if seq == nil {
		seq = func(func(K, V) bool) {}
	}
	pull, stop := iter.Pull2(seq)
	var last K
	first := true
	return func() (K, V, bool, error) {
		id, v, ok := pull()
		if ok && !first && regulars.Compare(last, id) >= 0 {
			return id, v, false, fmt.Errorf("rfm: customer %v after %v: want ascending IDs, each once", id, last)
		}
		last, first = id, false
		return id, v, ok, nil
	}, stop
}
