package experiment

import (
	"fmt"
	"math"

	"github.com/regulars-go/regulars/internal/wire"
)

const wireLog = "experiment.log.1"

// MarshalBinary writes l in its one form: logs of the same records give equal
// bytes.
func (l *Log) MarshalBinary() ([]byte, error) {
	l.settle()
	dst := wire.AppendString(nil, wireLog)
	dst = appendPile(dst, l.assignments, appendAssignment)
	dst = appendPile(dst, l.outcomes, appendOutcome)
	return appendPile(dst, l.same, func(dst []byte, p *[2]string) []byte {
		return wire.AppendString(wire.AppendString(dst, p[0]), p[1])
	}), nil
}

// UnmarshalBinary reads what [Log.MarshalBinary] wrote, in place of what was in
// l. On an error l stays as it was.
func (l *Log) UnmarshalBinary(data []byte) error {
	r := wire.NewReader(data)
	readHeader(r, wireLog)
	var read Log
	readPile(r, readAssignment, read.AddAssignment, &read.assignments, compareAssignments)
	readPile(r, readOutcome, read.AddOutcome, &read.outcomes, compareOutcomes)
	readPile(r, func(r *wire.Reader) [2]string { return [2]string{r.String(), r.String()} },
		func(p [2]string) error { return read.Same(p[0], p[1]) }, &read.same, comparePairs)
	if err := r.Close(); err != nil {
		return fmt.Errorf("experiment: log: %w", err)
	}
	// What was checked may have been changed by it: then the bytes were not
	// those of a log.
	if again, _ := read.MarshalBinary(); string(again) != string(data) {
		return fmt.Errorf("experiment: log: not in its one form")
	}
	*l = read
	return nil
}

func appendPile[T any](dst []byte, p pile[T], one func([]byte, *T) []byte) []byte {
	dst = wire.AppendUint(dst, uint64(len(p.rows)))
	for i := range p.rows {
		dst = one(wire.AppendUint(dst, uint64(p.rows[i].times)), &p.rows[i].record)
	}
	return dst
}

// readPile adds records by the same check as any other.
func readPile[T any](r *wire.Reader, one func(*wire.Reader) T, add func(T) error, p *pile[T], compare func(a, b *T) int) {
	for range r.Count() {
		times := int64(r.UintUpTo(math.MaxInt64))
		record := one(r)
		if r.Err() != nil {
			return
		}
		if err := add(record); err != nil {
			r.Fail("%v", err)
			return
		}
		last := len(p.rows) - 1
		if p.rows[last].times = times; times == 0 || last > 0 && compare(&p.rows[last-1].record, &p.rows[last].record) >= 0 {
			r.Fail("records that are out of order")
			return
		}
	}
}

func appendAssignment(dst []byte, a *Assignment) []byte {
	for _, text := range []string{a.Decision, a.Customer, a.Operation, a.Objective} {
		dst = wire.AppendString(dst, text)
	}
	dst = wire.AppendTime(dst, a.At)
	withheld := uint64(0)
	if a.Withheld {
		withheld = 1
	}
	dst = wire.AppendUint(dst, withheld)
	dst = wire.AppendUint(wire.AppendUint(dst, math.Float64bits(a.Share)), math.Float64bits(a.Chance))
	dst = wire.AppendUint(wire.AppendUint(dst, uint64(a.Phase)), uint64(len(a.Labels)))
	for _, label := range a.Labels {
		dst = wire.AppendString(dst, label)
	}
	return dst
}

func readAssignment(r *wire.Reader) (a Assignment) {
	for _, text := range []*string{&a.Decision, &a.Customer, &a.Operation, &a.Objective} {
		*text = r.String()
	}
	a.At = r.Time()
	a.Withheld = r.UintUpTo(1) == 1
	a.Share, a.Chance = math.Float64frombits(r.Uint()), math.Float64frombits(r.Uint())
	a.Phase = int(r.UintUpTo(math.MaxInt32))
	for range r.Count() {
		a.Labels = append(a.Labels, r.String())
	}
	return a
}

func appendOutcome(dst []byte, o *Outcome) []byte {
	for _, text := range []string{o.ID, o.Customer, o.Objective, o.Decision} {
		dst = wire.AppendString(dst, text)
	}
	return wire.AppendUint(wire.AppendTime(dst, o.At), math.Float64bits(o.Value))
}

func readOutcome(r *wire.Reader) (o Outcome) {
	for _, text := range []*string{&o.ID, &o.Customer, &o.Objective, &o.Decision} {
		*text = r.String()
	}
	o.At = r.Time()
	o.Value = math.Float64frombits(r.Uint())
	return o
}
