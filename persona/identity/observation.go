package identity

import (
	"fmt"
	"math"
	"time"
	"unicode/utf8"

	"github.com/regulars-go/regulars/internal/calendar"
)

// Observation is an event in which identifiers were seen together: a login on
// a device, an order with a phone number, a card shown in a store. An event
// with one identifier links nothing, but says when it was seen.
type Observation struct {
	// EventID names the event, so that it counts once however often it is sent,
	// and can be retracted. Two observations of one event that differ both
	// count.
	EventID string `json:"eventId"`
	// IDs are the identifiers of the event, in any order, 1 to 32 of them.
	IDs []ID `json:"ids"`
	// Source is the channel or the store, for whoever asks why. It may be empty.
	Source string `json:"source,omitzero"`
	// At is when the event happened. Fractions of a microsecond are cut off.
	At time.Time `json:"at"`
}

// Match is a link that somebody computed, such as a probabilistic matcher: A
// and B may be one person. It counts if its score reaches [Rules.MinScore] and
// both identifiers have been seen, and after all links that were observed.
type Match struct {
	// EventID names the match among the events; see [Observation].
	EventID string `json:"eventId"`
	A       ID     `json:"a"`
	B       ID     `json:"b"`
	// Score is how sure the matcher is: over 0 and at most 1.
	Score  float64   `json:"score"`
	Source string    `json:"source,omitzero"`
	At     time.Time `json:"at"`
}

// Limits of one observation, checked at the edge so that no sender can exhaust
// the host.
const (
	// MaxObservationIDs is far more than the identifiers of any page view.
	MaxObservationIDs = 32
	// MaxTextBytes bounds an event's name, a source and the value of an
	// identifier; values of over 1024 characters are blocked later anyway.
	MaxTextBytes = 1 << 16
)

func (o Observation) check() error {
	if err := checkEvent(o.EventID, o.Source, o.At); err != nil {
		return err
	}
	if n := len(o.IDs); n == 0 || n > MaxObservationIDs {
		return fmt.Errorf("%d identifiers: want 1 to %d", n, MaxObservationIDs)
	}
	for _, id := range o.IDs {
		if err := checkID(id); err != nil {
			return err
		}
	}
	return nil
}

func (m Match) check() error {
	if err := checkEvent(m.EventID, m.Source, m.At); err != nil {
		return err
	}
	if err := checkPair(m.A, m.B); err != nil {
		return err
	}
	if !(m.Score > 0 && m.Score <= 1) {
		return fmt.Errorf("score %v: want over 0 and at most 1", m.Score)
	}
	return nil
}

func checkEvent(eventID, source string, at time.Time) error {
	if err := checkName("event", eventID); err != nil {
		return err
	}
	if len(source) > MaxTextBytes || !utf8.ValidString(source) {
		return fmt.Errorf("source of %d bytes: want UTF-8 of at most %d", len(source), MaxTextBytes)
	}
	return calendar.CheckInstant(at)
}

func checkName(what, name string) error {
	if name == "" {
		return fmt.Errorf("%s has no ID", what)
	}
	if len(name) > MaxTextBytes || !utf8.ValidString(name) {
		return fmt.Errorf("ID of %s has %d bytes: want UTF-8 of at most %d", what, len(name), MaxTextBytes)
	}
	return nil
}

func checkID(id ID) error {
	if !id.Namespace.valid() {
		return fmt.Errorf("namespace %.80q: want a small letter, and then small letters, digits, '_', '.' or '-', at most %d", id.Namespace, maxNamespaceBytes)
	}
	if len(id.Value) > MaxTextBytes {
		return fmt.Errorf("value of %q has %d bytes: want at most %d", id.Namespace, len(id.Value), MaxTextBytes)
	}
	return nil
}

func checkPair(a, b ID) error {
	if err := checkID(a); err != nil {
		return err
	}
	if err := checkID(b); err != nil {
		return err
	}
	if a == b {
		return fmt.Errorf("%q with itself: want two identifiers", a)
	}
	return nil
}

const (
	always = math.MinInt64 // before every instant
	never  = math.MaxInt64 // after every instant
)

// instant is the inverse of [time.Time.UnixMicro].
func instant(micro int64) time.Time { return time.UnixMicro(micro).UTC() }
