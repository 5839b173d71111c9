package referral

import (
	"fmt"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/names"
)

// Verdict says what became of a claim that one customer brought another.
type Verdict uint8

// Verdicts. They are tried in this order: Self, Waiting, JoinedBefore,
// SecondParent, Cycle.
const (
	// Accepted makes the inviter the parent of the taker.
	Accepted Verdict = iota
	// Waiting is for a taker who has not joined yet.
	Waiting
	// Self is an invite to oneself.
	Self
	// JoinedBefore is for a taker who was there before all of the invites.
	JoinedBefore
	// SecondParent is for a taker who has another parent, by the policy's Credit.
	SecondParent
	// Cycle is for an inviter who descends from the taker: each would have
	// brought the other.
	Cycle
)

const verdictCount = int(Cycle) + 1

var verdictNames = names.Names{
	Package: "referral", Type: "Verdict", What: "verdict",
	List: []string{"accepted", "waiting", "self", "joined-before", "second-parent", "cycle"},
}

// String returns the name of v, such as "second-parent".
func (v Verdict) String() string { return verdictNames.Of(uint8(v)) }

// MarshalText writes v as [Verdict.String] does.
func (v Verdict) MarshalText() ([]byte, error) { return verdictNames.Marshal(uint8(v)) }

// UnmarshalText reads what [Verdict.String] returns; any other text is an error, and
// leaves v as it was.
func (v *Verdict) UnmarshalText(text []byte) error {
	i, err := verdictNames.Unmarshal(text)
	if err == nil {
		*v = Verdict(i)
	}
	return err
}

// Refused reports whether a claim with this verdict was refused.
func (v Verdict) Refused() bool { return v >= Self && int(v) < verdictCount }

// Claim says that one customer brought another. All invites from one to the
// same other make one claim.
type Claim[K regulars.ID] struct {
	From K `json:"from"`
	To   K `json:"to"`
	// At is the invite that counts: by the policy's Credit the first or the last
	// up to the moment at which To joined, and the first of all if To has not
	// joined or joined before them all.
	At      time.Time `json:"at"`
	Verdict Verdict   `json:"verdict"`
	// Parent is who brought To instead, for SecondParent; and Joined is when To
	// joined, for JoinedBefore.
	Parent *K        `json:"parent,omitempty"`
	Joined time.Time `json:"joined,omitzero"`
}

// Because says the verdict in words, such as "ann has bo as a parent already".
func (c Claim[K]) Because() string {
	switch c.Verdict {
	case Accepted:
		return fmt.Sprintf("%v brought %v", c.From, c.To)
	case Waiting:
		return fmt.Sprintf("%v has not joined", c.To)
	case Self:
		return fmt.Sprintf("%v invited nobody else", c.From)
	case JoinedBefore:
		return fmt.Sprintf("%v joined before, at %s", c.To, c.Joined.Format(time.RFC3339))
	case SecondParent:
		if c.Parent != nil {
			return fmt.Sprintf("%v has %v as a parent already", c.To, *c.Parent)
		}
	case Cycle:
		return fmt.Sprintf("%v was brought by %v, directly or not", c.From, c.To)
	}
	return c.Verdict.String()
}

// Counts says how many claims there are, and what became of them. They add up:
// Claims is the sum of the others.
type Counts struct {
	Claims       int64 `json:"claims"`
	Accepted     int64 `json:"accepted"`
	Waiting      int64 `json:"waiting"`
	Self         int64 `json:"self"`
	JoinedBefore int64 `json:"joinedBefore"`
	SecondParent int64 `json:"secondParent"`
	Cycle        int64 `json:"cycle"`
}

// Refused returns how many claims were refused.
func (c Counts) Refused() int64 { return c.Self + c.JoinedBefore + c.SecondParent + c.Cycle }

func (c *Counts) add(v Verdict) {
	c.Claims++
	*[...]*int64{&c.Accepted, &c.Waiting, &c.Self, &c.JoinedBefore, &c.SecondParent, &c.Cycle}[v]++
}
