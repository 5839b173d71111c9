package tracking

import (
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"
	"time"

	"github.com/regulars-go/regulars/internal/wire"
)

// Event is one event as it arrived.
type Event struct {
	// ID is the same in every delivery of the event, and of no other event.
	ID   string `json:"id"`
	Name string `json:"name"`
	// At is when it happened, by the client's clock.
	At time.Time `json:"at,omitzero"`
	// Received is when it arrived, by the collector's clock. Without it an
	// event is never outside the window, and has no lateness.
	Received time.Time `json:"received,omitzero"`
	// Properties are as encoding/json makes them of a document, or of the types
	// that Go has for them: nil, bool, any integer or float, [json.Number],
	// [decimal.Decimal], string, [time.Time], []string, []any.
	Properties map[string]any `json:"properties,omitempty"`
}

// digest is what of an event tells deliveries apart: who it is, by ID, and
// what it says.
type digest struct {
	id      [16]byte
	content uint64
}

// digest hashes the event. An event without an ID is known by what it says and
// when it was received. Names and values are hashed by their length and bytes,
// so that no two events share a form.
func (e Event) digest() digest {
	form := wire.AppendString(nil, e.Name)
	form = wire.AppendTime(form, e.At)
	for _, name := range slices.Sorted(maps.Keys(e.Properties)) {
		form = wire.AppendString(form, name)
		form = valueOf(e.Properties[name]).append(form)
	}
	sum := sha256.Sum256(form)
	d := digest{content: binary.BigEndian.Uint64(sum[:])}
	if e.ID == "" {
		form = wire.AppendTime(append([]byte{0}, sum[:]...), e.Received)
	} else {
		form = append([]byte{1}, e.ID...)
	}
	sum = sha256.Sum256(form)
	copy(d.id[:], sum[:])
	return d
}
