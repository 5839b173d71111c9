package term

import "github.com/regulars-go/regulars/internal/names"

// State is whether a term runs.
type State uint8

const (
	// NotStarted is before the start.
	NotStarted State = iota
	// Running is from the start to just before the end.
	Running
	// Ended is from the end on.
	Ended
)

var stateNames = names.Names{Package: "term", Type: "State", What: "state", List: []string{"not started", "running", "ended"}}

// String returns "not started", "running" or "ended".
func (s State) String() string { return stateNames.Of(uint8(s)) }

// Label returns the state as other packages read it, such as "term=running".
func (s State) Label() string { return "term=" + s.String() }

// MarshalText writes s as [State.String] does; an unknown state is an error.
func (s State) MarshalText() ([]byte, error) { return stateNames.Marshal(uint8(s)) }

// UnmarshalText reads what [State.String] writes; any other text is an error,
// and leaves s as it was.
func (s *State) UnmarshalText(text []byte) error {
	n, err := stateNames.Unmarshal(text)
	if err == nil {
		*s = State(n)
	}
	return err
}

// Status is where a milestone stands.
type Status uint8

const (
	// Upcoming is before the due date.
	Upcoming Status = iota
	// Due is on the due date and, after it, within the grace.
	Due
	// Overdue is from the end of the grace on.
	Overdue
	// Done is that the event has come.
	Done
	// Missed is that the term ended before it did.
	Missed
	// NeverDue is that the term ends before it would be due.
	NeverDue
)

var statusNames = names.Names{
	Package: "term", Type: "Status", What: "status",
	List: []string{"upcoming", "due", "overdue", "done", "missed", "never due"},
}

// String returns "upcoming", "due", "overdue", "done", "missed" or "never due".
func (s Status) String() string { return statusNames.Of(uint8(s)) }

// MarshalText writes s as [Status.String] does; an unknown status is an error.
func (s Status) MarshalText() ([]byte, error) { return statusNames.Marshal(uint8(s)) }

// UnmarshalText reads what [Status.String] writes; any other text is an error,
// and leaves s as it was.
func (s *Status) UnmarshalText(text []byte) error {
	n, err := statusNames.Unmarshal(text)
	if err == nil {
		*s = Status(n)
	}
	return err
}
