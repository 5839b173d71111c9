package funnel

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/regulars-go/regulars/internal/wire"
)

// Marshalled accumulators begin with what they are and the version of the form.
// A form that was once written is read for ever; a newer one is refused.
const (
	wireCounts  = "funnel.counts.1"
	wireTracker = "funnel.tracker.1"
	wireChunk   = "funnel.chunk.1"
)

// appendHeader appends the form and the configuration.
func appendHeader(dst []byte, form string, f Funnel) ([]byte, error) {
	config, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("funnel: marshal: %w", err)
	}
	return wire.AppendString(wire.AppendString(dst, form), string(config)), nil
}

// readHeader reads what appendHeader wrote for the same configuration; another
// one is an error.
func readHeader(r *wire.Reader, form string, f Funnel) {
	r.Form(form)
	config, err := json.Marshal(f)
	if err != nil {
		r.Fail("%v", err)
	}
	if got := r.String(); r.Err() == nil && got != string(config) {
		r.Fail("is of another funnel: %s", got)
	}
}

// sameFunnel reports whether two funnels are written alike.
func sameFunnel(a, b Funnel) bool {
	x, err := json.Marshal(a)
	if err != nil {
		return false
	}
	y, err := json.Marshal(b)
	return err == nil && string(x) == string(y)
}

// readCount reads a number of things that need not follow.
func readCount(r *wire.Reader) int64 { return int64(r.UintUpTo(math.MaxInt64)) }

// appendSorted appends times in ascending order by their differences.
func appendSorted(dst []byte, micros []int64) []byte {
	dst = wire.AppendUint(dst, uint64(len(micros)))
	before := int64(0)
	for _, m := range micros {
		dst = wire.AppendUint(dst, uint64(m-before))
		before = m
	}
	return dst
}

func readSorted(r *wire.Reader) []int64 {
	n := r.Count()
	if n == 0 {
		return nil
	}
	micros := make([]int64, n)
	before := int64(0)
	for i := range micros {
		before += int64(r.UintUpTo(uint64(math.MaxInt64 - before)))
		micros[i] = before
	}
	return micros
}

func appendList(dst []byte, list []int64) []byte {
	for _, n := range list {
		dst = wire.AppendUint(dst, uint64(n))
	}
	return dst
}

func readList(r *wire.Reader, list []int64) {
	for i := range list {
		list[i] = readCount(r)
	}
}

func wireError(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("funnel: unmarshal: %w", err)
}
