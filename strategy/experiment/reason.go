package experiment

import "github.com/regulars-go/regulars/internal/names"

// Reason says why a result, or a part of one, is not there. The zero value is
// no reason: all is there.
type Reason uint8

// What is said first stands for all: with nobody in an arm, its variance is not
// spoken of.
const (
	// Invalid means a value that is out of range or not finite.
	Invalid Reason = 1 + iota
	// NoSupport means that an arm is empty: nothing to compare with.
	NoSupport
	// TooFew means that an arm has one customer, who has no variance.
	TooFew
	// NoVariance means that values do not differ within the arms, so that chance
	// can't be judged.
	NoVariance
	// NoBaseline means that control's mean is 0, or can't be told from 0: then
	// there is no lift, which is a share of it.
	NoBaseline
	// NegativeBaseline means that control's mean is below 0, of which a share
	// misleads.
	NegativeBaseline
	// NotEnough means that there are fewer customers than the policy asks for.
	NotEnough
	// Mismatched means that the arms are not of the sizes that they should have
	// (see [CheckSRM]), so that what they show is not to be trusted.
	Mismatched
)

// Reasons lists the reasons in their order.
func Reasons() []Reason {
	return []Reason{Invalid, NoSupport, TooFew, NoVariance, NoBaseline, NegativeBaseline, NotEnough, Mismatched}
}

var reasonNames = names.Names{Package: "experiment", Type: "Reason", What: "reason", List: []string{
	"", "invalid", "no support", "too few", "no variance", "no baseline", "negative baseline", "not enough", "mismatched",
}}

// String returns the lower-case name of r, such as "no support"; "" for the
// zero value.
func (r Reason) String() string { return reasonNames.Of(uint8(r)) }

// MarshalText writes r as [Reason.String] does; a reason that does not exist is
// an error.
func (r Reason) MarshalText() ([]byte, error) {
	if r == 0 {
		return []byte{}, nil
	}
	return reasonNames.Marshal(uint8(r))
}

// UnmarshalText reads the name of a reason; "" is no reason.
func (r *Reason) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*r = 0
		return nil
	}
	i, err := reasonNames.Unmarshal(text)
	if err == nil {
		*r = Reason(i)
	}
	return err
}
