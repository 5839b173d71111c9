package lifecycle

import "github.com/regulars-go/regulars/internal/names"

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

var stageNames = names.Names{
	Package: "lifecycle", Type: "Stage", What: "stage",
	List: []string{"", "follower", "new", "active", "silent", "churned", "returned"},
}

// String returns the lower-case name of s, such as "silent"; "" for the zero
// value.
func (s Stage) String() string { return stageNames.Of(uint8(s)) }

// Label returns s as other packages read it, such as "stage=silent"; "" for
// what is no stage.
func (s Stage) Label() string { return stageNames.Label("stage", uint8(s)) }

// MarshalText writes s as [Stage.String] does; what is no stage is an error.
func (s Stage) MarshalText() ([]byte, error) { return stageNames.Marshal(uint8(s)) }

// UnmarshalText reads what [Stage.MarshalText] writes; any other text is an
// error, and leaves s as it was.
func (s *Stage) UnmarshalText(text []byte) error {
	n, err := stageNames.Unmarshal(text)
	if err == nil {
		*s = Stage(n)
	}
	return err
}
