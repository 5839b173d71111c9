package lifecycle

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/regulars-go/regulars"
)

// KeyOptions says which early actions are tried, and what staying is. The zero
// value is ready to use.
//
// Three windows follow each customer's start. All are half-open: they include
// their first instant and not their last.
//
//   - The first, from the start to First, is that in which actions count.
//   - The second, from First to From, is that in which a customer must be seen to
//     be judged at all. Who left in the first can neither act nor stay, and
//     would make any action look like a reason to stay (the landmark of
//     Anderson, Cain and Gelber 1983).
//   - The third, from From to To, is that of the outcome. Nothing in it counts
//     as an action.
type KeyOptions[K regulars.ID] struct {
	// Start gives the instant at which a customer started; without one (ok is
	// false) they are left out. Nil means the first action of any kind.
	Start func(K) (at time.Time, ok bool)
	// First is how long actions count. Zero means 7 days.
	First regulars.Span
	// From and To are the bounds of the outcome window. Zero means 28 and 56
	// days. For nobody may From end before First or not before To.
	From, To regulars.Span
	// Present says whether a customer is still present at an instant, the end of
	// the first window, in place of having been seen in the second: for hosts
	// that know, such as by a subscription.
	Present func(id K, at time.Time) bool
	// Outcome lists the actions of which one in the outcome window is to have
	// stayed, such as an order. Nil means any.
	Outcome []string
	// Try lists the actions to try. Nil means all.
	Try []string
	// Counts are how often an action must have been done at least; each is a try
	// of its own. They ascend from 1. Nil means 1, 2, 3 and 5.
	Counts []int
	// Least is how many customers must have done it, and how many must not, for
	// it to be tried. It looks at actions alone, and so costs nothing in the
	// correction. Zero means 20.
	Least int
	// Level is 1 less the probability with which any try at all is called
	// proven if none is, and that with which an interval holds. Zero means
	// 0.95.
	Level float64
}

func (o KeyOptions[K]) withDefaults() KeyOptions[K] {
	if o.First.IsZero() {
		o.First = regulars.Days(7)
	}
	if o.From.IsZero() {
		o.From = regulars.Days(28)
	}
	if o.To.IsZero() {
		o.To = regulars.Days(56)
	}
	if o.Counts == nil {
		o.Counts = []int{1, 2, 3, 5}
	}
	if o.Least == 0 {
		o.Least = 20
	}
	if o.Level == 0 {
		o.Level = 0.95
	}
	return o
}

func (o KeyOptions[K]) check(now time.Time) error {
	if err := checkNow(now); err != nil {
		return err
	}
	if len(o.Counts) == 0 || o.Counts[0] < 1 || !slices.IsSorted(o.Counts) || len(slices.Compact(slices.Clone(o.Counts))) < len(o.Counts) {
		return fmt.Errorf("lifecycle: counts %v: want numbers that ascend from 1", o.Counts)
	}
	if o.Least < 1 {
		return fmt.Errorf("lifecycle: tries of at least %d customers: want 1 or more", o.Least)
	}
	if !(o.Level > 0 && o.Level < 1) {
		return fmt.Errorf("lifecycle: level %v: want a number between 0 and 1", o.Level)
	}
	return nil
}

// KeyActions are early actions held against who stayed (用户关键行为). They are
// associations: whoever means to stay may act more. A proven one is a candidate
// for an experiment that leads customers to it, and no effect.
type KeyActions struct {
	// First, From, To and Level are those of the options.
	First regulars.Span `json:"first"`
	From  regulars.Span `json:"from"`
	To    regulars.Span `json:"to"`
	Level float64       `json:"level"`
	// Stayed is how many of the customers who were judged stayed.
	Stayed Share `json:"stayed"`
	// Gone is how many were not present after the first window, Open how many
	// have an outcome window that is not over, and LeftOut how many no start.
	Gone    int `json:"gone"`
	Open    int `json:"open"`
	LeftOut int `json:"leftOut,omitempty"`
	// Tried has every try, the proven ones first, then by the lower bound of the
	// difference's size; Untried is how many had too few customers.
	Tried   []KeyAction `json:"tried"`
	Untried int         `json:"untried"`
	// Reading says what a proven action means.
	Reading string `json:"reading"`
}

// reading is that of every report.
const reading = "an association, not an effect: who means to stay may act more; a candidate for an experiment"

// KeyAction is one try: an action done at least so often in the first window.
type KeyAction struct {
	Action  string `json:"action"`
	AtLeast int    `json:"atLeast"`
	// Done is how many of the customers did it, Did how many of these stayed,
	// and DidNot how many of the others.
	Done   Share `json:"done"`
	Did    Share `json:"did"`
	DidNot Share `json:"didNot"`
	// Difference is the rate of Did less that of DidNot, with the hybrid score
	// interval (Newcombe 1998, method 10).
	Difference float64 `json:"difference"`
	Low        float64 `json:"low"`
	High       float64 `json:"high"`
	// Phi is the correlation of doing it and staying, from -1 to 1.
	Phi float64 `json:"phi"`
	// P is Fisher's exact, two-sided, and Adjusted corrected for every try of
	// the report (Holm 1979).
	P        float64 `json:"p"`
	Adjusted float64 `json:"adjusted"`
	// Verdict is Better for those who stay more, Worse for those who stay less,
	// or Unproven. All are Untested where everybody stayed, or nobody.
	Verdict Verdict `json:"verdict"`
}

// String returns a line such as "search at least 3 times: 62.0 % stayed against
// 31.0 %, 31.0 points more (12.1 to 47.0), phi 0.28, P = 0.0012".
func (k KeyAction) String() string {
	did, _ := k.Did.Rate()
	didNot, _ := k.DidNot.Rate()
	more, low, high := k.Difference, k.Low, k.High
	word := "more"
	if more < 0 {
		more, low, high, word = -more, -high, -low, "fewer"
	}
	times := "once"
	if k.AtLeast > 1 {
		times = fmt.Sprintf("%d times", k.AtLeast)
	}
	return fmt.Sprintf("%s at least %s: %.1f %% stayed against %.1f %%, %.1f points %s (%.1f to %.1f), phi %.2f, P = %.2g",
		k.Action, times, 100*did, 100*didNot, 100*more, word, 100*low, 100*high, k.Phi, k.Adjusted)
}

// Proven returns the tries that are proven, those who stay more and less.
func (k KeyActions) Proven() []KeyAction {
	var proven []KeyAction
	for _, a := range k.Tried {
		if a.Verdict == Better || a.Verdict == Worse {
			proven = append(proven, a)
		}
	}
	return proven
}

// String returns the proven tries, a line each, and what they mean; or "none
// proven: 12 tried".
func (k KeyActions) String() string {
	var lines []string
	for _, a := range k.Proven() {
		lines = append(lines, a.String())
	}
	if len(lines) == 0 {
		return fmt.Sprintf("none proven: %d tried", len(k.Tried))
	}
	return strings.Join(append(lines, k.Reading), "\n")
}

// errWindows means that the windows of some customer are not in order.
var errWindows = errors.New("want First to end no later than From, and From before To")

// windows are the bounds of one customer's windows.
type windows struct{ start, first, from, to time.Time }

func (o KeyOptions[K]) windows(start time.Time, zone *time.Location) (windows, error) {
	w := windows{start, o.First.After(start, zone), o.From.After(start, zone), o.To.After(start, zone)}
	if w.from.Before(w.first) || !w.from.Before(w.to) || (o.Present == nil && !w.first.Before(w.from)) {
		err := errWindows
		if o.Present == nil {
			err = errors.New("want First to end before From, for customers to be seen between, or Present; and From before To")
		}
		return w, fmt.Errorf("lifecycle: windows of %s, %s and %s: %w", o.First, o.From, o.To, err)
	}
	return w, nil
}
