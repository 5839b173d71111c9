package funnel

import (
	"time"

	"github.com/regulars-go/regulars/internal/names"
)

// Result is how far one unit got.
type Result struct {
	// Level is the length of the longest chain: how many steps were made. Zero
	// if there is no chain.
	Level int
	// Excluded says that an exclusion broke the chain and that by DropUnit the
	// unit is left out of all counts. Level and Chain say what it had made.
	Excluded bool
	// Chain are the events of the chain that is reported, in order of time.
	Chain []Hit
	// Ended says why it went no further.
	Ended Ending
	// EndedAt is when it ended: the event that excluded it, the end of the
	// window or of the gap. For StillOpen it is when it will end. Zero for
	// Completed, NotEntered and NoEvent.
	EndedAt time.Time
	// Open says that at Source.AsOf a window was open: that of the chain if it is
	// complete, otherwise that of the latest entry. What such a unit will do is
	// not known yet; to leave out only those that are not complete would
	// flatter the rates. Without a window, or without AsOf, none is open.
	Open bool
}

// Hit is an event of a chain and the step that it made.
type Hit struct {
	// Step is the number of the step, from 1.
	Step int
	// Event is the index of the event in what was given.
	Event int
	// At is when it happened, as it was matched: cut to microseconds, and rounded
	// down by Match.Grace.
	At time.Time
}

// Ending says why a chain went no further.
type Ending uint8

const (
	// NotEntered is a unit without an event of step 1.
	NotEntered Ending = iota
	// Completed made all steps.
	Completed
	// StillOpen may go on: its window is open at Source.AsOf.
	StillOpen
	// TimedOut made the next step, but too late for the window or the gap.
	TimedOut
	// Broken was ended by an exclusion, or for Contiguous by another event.
	Broken
	// NoEvent did not make the next step at all afterwards.
	NoEvent
)

var endings = names.Names{Package: "funnel", Type: "Ending", What: "ending", List: []string{"not entered", "completed", "still open", "timed out", "broken", "no event"}}

// String returns the lower-case name of e, such as "timed out".
func (e Ending) String() string { return endings.Of(uint8(e)) }

// MarshalText writes e as [Ending.String] does; what is none is an error.
func (e Ending) MarshalText() ([]byte, error) { return endings.Marshal(uint8(e)) }

// UnmarshalText reads what [Ending.String] writes; any other text is an error, and
// leaves e as it was.
func (e *Ending) UnmarshalText(text []byte) error {
	i, err := endings.Unmarshal(text)
	if err == nil {
		*e = Ending(i)
	}
	return err
}

// Duration returns the time from the first event of the chain to the last: with
// a complete chain the time to convert.
func (r Result) Duration() time.Duration {
	if len(r.Chain) == 0 {
		return 0
	}
	return r.Chain[len(r.Chain)-1].At.Sub(r.Chain[0].At)
}
