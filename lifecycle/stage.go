package lifecycle

import "fmt"

// Stage is where a customer is in their life with us. The zero value is no
// stage: somebody who is not known.
type Stage uint8

// A customer is in exactly one stage; [Policy] says when. The order is that of
// a report, not of a life: Returned follows Churned.
const (
	// Follower is known, such as by a subscription, but was never active.
	Follower Stage = 1 + iota
	// New had the first event a short while ago.
	New
	// Active had an event lately.
	Active
	// Silent had none for a while, and may still be woken.
	Silent
	// Churned had none for so long that a next one would be a return.
	Churned
	// Returned came back lately after having churned.
	Returned
)

// Stages lists the stages in their order.
func Stages() []Stage { return []Stage{Follower, New, Active, Silent, Churned, Returned} }

const stageCount = int(Returned) + 1 // with the zero value

var stageNames = [stageCount]string{"", "follower", "new", "active", "silent", "churned", "returned"}

// String returns the lower-case name of s, such as "silent"; "" for the zero
// value.
func (s Stage) String() string {
	if int(s) >= stageCount {
		return fmt.Sprintf("Stage(%d)", uint8(s))
	}
	return stageNames[s]
}

// Label returns s as other packages read it, such as "stage=silent"; "" for
// the zero value.
func (s Stage) Label() string {
	if s == 0 {
		return ""
	}
	return "stage=" + s.String()
}

// MarshalText writes s as [Stage.String] does.
func (s Stage) MarshalText() ([]byte, error) {
	if int(s) >= stageCount {
		return nil, fmt.Errorf("lifecycle: no such stage: %d", uint8(s))
	}
	return []byte(s.String()), nil
}

// UnmarshalText reads the name of a stage; the empty text is an error.
func (s *Stage) UnmarshalText(text []byte) error {
	for _, stage := range Stages() {
		if stageNames[stage] == string(text) {
			*s = stage
			return nil
		}
	}
	return fmt.Errorf("lifecycle: %q is not a stage: want follower, new, active, silent, churned or returned", text)
}
