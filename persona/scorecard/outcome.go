package scorecard

import (
	"slices"
	"strings"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/names"
)

// Outcome is what became of somebody.
type Outcome uint8

// Outcomes. Good is what a card finds: a lead that bought, a customer who
// became core. The zero value is none.
const (
	// Aside is of those of whom there is nothing to learn: their window is still
	// open, or it happened before.
	Aside Outcome = iota
	Good
	Bad
)

var outcomeNames = names.Names{Package: "scorecard", Type: "Outcome", What: "outcome", List: []string{"aside", "good", "bad"}}

// String returns "aside", "good" or "bad".
func (o Outcome) String() string { return outcomeNames.Of(uint8(o)) }

// MarshalText writes o as [Outcome.String] does.
func (o Outcome) MarshalText() ([]byte, error) { return outcomeNames.Marshal(uint8(o)) }

// UnmarshalText reads what [Outcome.String] returns.
func (o *Outcome) UnmarshalText(text []byte) error {
	i, err := outcomeNames.Unmarshal(text)
	if err == nil {
		*o = Outcome(i)
	}
	return err
}

// Window is the time in which it has to happen: from the moment of the profile,
// excluded, for Within, its end included.
type Window struct {
	// Within is how long it may take. It is required.
	Within regulars.Span
	// Until is the last instant of which all is known. Whose window ends later is
	// set aside, also those to whom it has happened already: with the quick ones
	// counted, and their like that will take longer not, the latest cases would be
	// good ones only.
	Until time.Time
	// Zone is the calendar on which Within is counted. Nil means UTC.
	Zone *time.Location
}

// Outcome returns what became of somebody whose profile is as of asOf, and to
// whom it first happened at happened, the zero time if it has not. What
// happened up to asOf is Aside: it is no prediction. So is everybody whose window
// ends after Until. A window without Within is over at once.
func (w Window) Outcome(asOf, happened time.Time) Outcome {
	end := w.Within.After(asOf, w.Zone)
	switch {
	case !happened.IsZero() && !happened.After(asOf), end.After(w.Until):
		return Aside
	case !happened.IsZero() && !happened.After(end):
		return Good
	}
	return Bad
}

// Become returns what became of somebody by the labels before and after: Good
// if a label, such as "layer=core", is there after and was not before; Aside if
// it was there before; Bad otherwise.
func Become(label string, before, after []string) Outcome {
	switch {
	case slices.Contains(before, label):
		return Aside
	case slices.Contains(after, label):
		return Good
	}
	return Bad
}

// MoveUp returns what became of somebody on a ladder: Good if the label of a
// key, such as "layer", stands for a higher rung after than before. The rungs
// are the values, the lowest first, such as "tail", "waist", "core". Aside is
// who was on the highest rung, or on none, before. Who is on none after is Bad:
// they are gone. Of several labels of the key the highest rung counts.
func MoveUp(key string, rungs, before, after []string) Outcome {
	from, to := rung(key, rungs, before), rung(key, rungs, after)
	switch {
	case from < 0 || from == len(rungs)-1:
		return Aside
	case to > from:
		return Good
	}
	return Bad
}

// rung returns the highest rung that labels have; -1 for none.
func rung(key string, rungs, labels []string) int {
	at := -1
	for _, label := range labels {
		if value, ok := strings.CutPrefix(label, key+"="); ok {
			at = max(at, slices.Index(rungs, value))
		}
	}
	return at
}
