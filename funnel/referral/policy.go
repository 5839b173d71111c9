package referral

import (
	"errors"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/config"
	"github.com/regulars-go/regulars/internal/names"
)

// Policy says what counts as bringing somebody, and over which time. The zero
// value is ready to use.
type Policy struct {
	// Credit says whose invite it was, if several invited the same customer.
	// The zero value is [FirstInvite].
	Credit Credit `json:"credit,omitzero"`
	// Goal is what the invited must do to count for K and its parts. The zero
	// value is [Joined].
	Goal Goal `json:"goal,omitzero"`
	// Cycle is how long after joining a customer is watched for invites and for
	// those whom they bring; its end counts. Zero means 30 days; a cycle can't
	// take no time.
	Cycle regulars.Span `json:"cycle,omitzero"`
	// Since is the first instant from which those who join are new customers,
	// for the referred share of them. The zero time makes everybody new.
	Since time.Time `json:"since,omitzero"`
	// Zone is the calendar on which Cycle is counted. Nil means UTC. In JSON it
	// is the name under "zone"; see [ParsePolicy].
	Zone *time.Location `json:"-"`
}

// Credit says whose invite it was.
type Credit uint8

// Credits. Only invites up to the moment of joining count, that of the same
// instant included. Of two at one instant the inviter of the lower ID has it.
const (
	FirstInvite Credit = iota // the earliest
	LastInvite                // the one before the customer joined
)

// Goal is what the invited must do to count.
type Goal uint8

// Goals.
const (
	Joined    Goal = iota // joined
	Converted             // joined and paid, if only nothing
)

var (
	creditNames = names.Names{Package: "referral", Type: "Credit", What: "credit", List: []string{"first-invite", "last-invite"}}
	goalNames   = names.Names{Package: "referral", Type: "Goal", What: "goal", List: []string{"joined", "converted"}}
)

// String returns "first-invite" or "last-invite".
func (c Credit) String() string { return creditNames.Of(uint8(c)) }

// MarshalText writes c as [Credit.String] does.
func (c Credit) MarshalText() ([]byte, error) { return creditNames.Marshal(uint8(c)) }

// UnmarshalText reads what [Credit.String] returns; any other text is an error, and
// leaves c as it was.
func (c *Credit) UnmarshalText(text []byte) error {
	i, err := creditNames.Unmarshal(text)
	if err == nil {
		*c = Credit(i)
	}
	return err
}

// String returns "joined" or "converted".
func (g Goal) String() string { return goalNames.Of(uint8(g)) }

// MarshalText writes g as [Goal.String] does.
func (g Goal) MarshalText() ([]byte, error) { return goalNames.Marshal(uint8(g)) }

// UnmarshalText reads what [Goal.String] returns; any other text is an error, and
// leaves g as it was.
func (g *Goal) UnmarshalText(text []byte) error {
	i, err := goalNames.Unmarshal(text)
	if err == nil {
		*g = Goal(i)
	}
	return err
}

// ParsePolicy reads a policy from JSON and validates it:
//
//	{"zone": "Asia/Shanghai", "credit": "last-invite", "goal": "converted", "cycle": "2w"}
//
// The document is read strictly: no unknown or repeated key, and no trailing
// data. zones finds a zone by its name; pass [time.LoadLocation], or a resolver
// of your own where the answer must not depend on the machine. A zone that it
// does not find is a fault, as is any name other than "UTC" if zones is nil.
// The error is [regulars.Faults].
func ParsePolicy(data []byte, zones func(name string) (*time.Location, error)) (Policy, error) {
	var file struct {
		Zone string `json:"zone"`
		Policy
	}
	if err := config.Decode(data, &file); err != nil {
		return Policy{}, err
	}
	policy, faults := file.Policy, regulars.Faults(nil)
	policy.Zone = config.Zone(file.Zone, zones, &faults)
	if found, ok := errors.AsType[regulars.Faults](policy.Validate()); ok {
		faults.Under("", found)
	}
	if err := faults.Err(); err != nil {
		return Policy{}, err
	}
	return policy, nil
}

// Validate returns all faults of p as [regulars.Faults]: no such credit or goal,
// and a Since outside the years 1 to 9999.
func (p Policy) Validate() error {
	var f regulars.Faults
	if p.Credit > LastInvite {
		f.Add("credit", "no such credit: %d", p.Credit)
	}
	if p.Goal > Converted {
		f.Add("goal", "no such goal: %d", p.Goal)
	}
	if !p.Since.IsZero() {
		if err := calendar.CheckInstant(p.Since); err != nil {
			f.Add("since", "%v", err)
		}
	}
	return f.Err()
}

func (p Policy) completed() Policy {
	if p.Cycle.IsZero() {
		p.Cycle = regulars.Days(30)
	}
	return p
}
