package portrait

import (
	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/config"
)

// Policy sets how a board is made. The zero value is ready to use.
type Policy struct {
	// Threshold is the least number of profiles that may be shown: cells from 1
	// to Threshold-1 are hidden, with what would give them away. Zero means 5,
	// which many statistical offices use; 1 hides nothing.
	Threshold int `json:"threshold,omitzero"`
	// Round is the number to a multiple of which every count is rounded, before
	// anything is computed from it, so that two boards that differ by a few
	// profiles hardly tell anything of these. Means, quantiles and the tests of
	// numbers are of exact numbers. Zero means 1: counts are exact.
	Round int `json:"round,omitzero"`
	// Level is how sure an interval is, 0.5 to 0.9999. Zero means 0.95.
	Level float64 `json:"level,omitzero"`
	// Strength is how many profiles, in which the group is as the base, are
	// added before a TGI is shrunk: 100 moves that of 100 profiles half way to
	// 100. It is above 0 and at most [MaxStrength]. Zero means 100.
	Strength float64 `json:"strength,omitzero"`
	// Empirical fits the strength to each attribute of three values or more, by
	// the method of moments; Strength is for the others.
	Empirical bool `json:"empirical,omitzero"`
}

// Limits of a [Policy]: a threshold that nothing reaches, or a strength that no
// group moves, is a mistake.
const (
	MaxThreshold = 1_000_000
	MaxRound     = 1_000_000
	MaxStrength  = 1e9
)

// ParsePolicy reads a policy from JSON and validates it. The document is read
// strictly: an unknown or repeated key and trailing data are faults. The error
// is [regulars.Faults].
func ParsePolicy(data []byte) (Policy, error) {
	var p Policy
	if err := config.Decode(data, &p); err != nil {
		return Policy{}, err
	}
	if err := p.Validate(); err != nil {
		return Policy{}, err
	}
	return p, nil
}

// Validate returns all faults of p as [regulars.Faults]: a number out of range.
func (p Policy) Validate() error {
	var f regulars.Faults
	if p.Threshold < 0 || p.Threshold > MaxThreshold {
		f.Add("threshold", "%d: want 1 to %d, or 0 for 5", p.Threshold, MaxThreshold)
	}
	if p.Round < 0 || p.Round > MaxRound {
		f.Add("round", "%d: want 1 to %d, or 0 for 1", p.Round, MaxRound)
	}
	if p.Level != 0 && !(p.Level >= 0.5 && p.Level <= 0.9999) {
		f.Add("level", "%v: want 0.5 to 0.9999, or 0 for 0.95", p.Level)
	}
	if p.Strength != 0 && !(p.Strength > 0 && p.Strength <= MaxStrength) {
		f.Add("strength", "%v: want more than 0 and at most %v, or 0 for 100", p.Strength, float64(MaxStrength))
	}
	return f.Err()
}

// completed returns p with its defaults.
func (p Policy) completed() Policy {
	if p.Threshold == 0 {
		p.Threshold = 5
	}
	if p.Round == 0 {
		p.Round = 1
	}
	if p.Level == 0 {
		p.Level = 0.95
	}
	if p.Strength == 0 {
		p.Strength = 100
	}
	return p
}
