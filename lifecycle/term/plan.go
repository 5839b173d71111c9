package term

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/config"
)

// Plan lists what is to happen during a term.
type Plan struct {
	Milestones []Milestone `json:"milestones,omitempty"`
	// Zone is the calendar of due dates. Nil means UTC. In JSON it is the name
	// under "zone"; see [ParsePlan].
	Zone *time.Location `json:"-"`
}

// Milestone is one thing to be done, once or again and again. It is due by the
// end of a local date: with After of 7 days, a term that starts on the 1st at
// whatever hour has it due until the 8th is over.
type Milestone struct {
	// Name is the key of its label: "install" gives "install=due". It has no "=",
	// and is neither "term" nor "renewal", which are keys of [State] and [Label].
	Name string `json:"name"`
	// After is how long after the start it is due, once.
	After regulars.Span `json:"after,omitzero"`
	// EveryMonths makes it due every so many calendar months after the start
	// instead, each counted from the start: monthly from the 31st is on the 30th
	// where a month has no 31st, and on the 31st again where it has.
	EveryMonths int `json:"everyMonths,omitzero"`
	// DoneBy names the event by which it is done; several milestones may have
	// one event.
	DoneBy string `json:"doneBy"`
	// Grace is how long after the end of the due date it is not yet overdue.
	// Defaults to none.
	Grace regulars.Span `json:"grace,omitzero"`
}

// Limits of a plan.
const (
	// MaxMilestones is more than anyone follows.
	MaxMilestones = 1000
	// MaxEveryMonths is a century.
	MaxEveryMonths = 1200
)

// Validate returns [regulars.Faults] that list everything wrong: a milestone
// without a name or an event, with both or neither of After and EveryMonths,
// of a name that another has, or of one that is no key of a label of its own.
func (p Plan) Validate() error {
	var faults regulars.Faults
	if len(p.Milestones) > MaxMilestones {
		faults.Add("milestones", "has %d: want at most %d", len(p.Milestones), MaxMilestones)
		return faults.Err()
	}
	seen := map[string]bool{}
	for i, m := range p.Milestones {
		path := fmt.Sprintf("milestones[%d]", i)
		switch {
		case m.Name == "":
			faults.Add(path+".name", "is empty")
		case seen[m.Name]:
			faults.Add(path+".name", "%q is another milestone's too", m.Name)
		case strings.Contains(m.Name, "=") || m.Name == "term" || m.Name == "renewal":
			faults.Add(path+".name", `%q: want a name without "=", other than "term" and "renewal", since it is the key of a label`, m.Name)
		}
		seen[m.Name] = true
		switch {
		case m.EveryMonths < 0 || m.EveryMonths > MaxEveryMonths:
			faults.Add(path+".everyMonths", "%d: want 1 to %d", m.EveryMonths, MaxEveryMonths)
		case m.After.IsZero() == (m.EveryMonths == 0):
			faults.Add(path, "want one of after and everyMonths")
		}
		if m.DoneBy == "" {
			faults.Add(path+".doneBy", "is empty: want the name of an event")
		}
	}
	return faults.Err()
}

// ParsePlan reads a plan from JSON and validates it:
//
//	{"zone": "Asia/Shanghai", "milestones": [
//	    {"name": "install", "after": "7d", "doneBy": "installed"},
//	    {"name": "upkeep", "everyMonths": 6, "doneBy": "serviced", "grace": "14d"}]}
//
// The document is read strictly: no unknown or repeated key, and no trailing
// data. zones finds a zone by its name, such as [time.LoadLocation]; without it
// the zone is UTC. The error is [regulars.Faults].
func ParsePlan(data []byte, zones func(name string) (*time.Location, error)) (Plan, error) {
	var file struct {
		Zone string `json:"zone"`
		Plan
	}
	if err := config.Decode(data, &file); err != nil {
		return Plan{}, err
	}
	plan, faults := file.Plan, regulars.Faults(nil)
	plan.Zone = config.Zone(file.Zone, zones, &faults)
	if found, ok := errors.AsType[regulars.Faults](plan.Validate()); ok {
		faults.Under("", found)
	}
	if err := faults.Err(); err != nil {
		return Plan{}, err
	}
	return plan, nil
}
