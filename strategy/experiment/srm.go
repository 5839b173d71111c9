package experiment

import (
	"fmt"
	"math"

	"github.com/regulars-go/regulars/internal/stats"
)

// SRMAlarm is the p-value below which the sizes of arms are taken for wrong. It
// is low since the check is made at every look, and a real fault is far below.
const SRMAlarm = 0.001

// ArmSize is how many customers an arm got, and its weight: the share of
// customers that it should get, of the sum of all weights.
type ArmSize struct {
	Arm    string  `json:"arm"`
	N      int64   `json:"n"`
	Weight float64 `json:"weight"`
}

// SRM is the check of a sample ratio mismatch: whether arms have the sizes that
// their weights say. A mismatch means that customers were lost on one side, and
// then those who are left are not alike.
type SRM struct {
	// P is the probability of sizes so far off by chance, by Pearson's
	// chi-square with one less degree of freedom than arms of a weight above 0.
	// It is nil if there is no test.
	P  *float64 `json:"p"`
	OK bool     `json:"ok"`
	// Stray counts customers in arms of weight 0, who should not be there.
	// They are left out of the test, and any makes OK false.
	Stray int64 `json:"stray,omitzero"`
	// Reason is why there is no test: [NoSupport] for fewer than two arms with a
	// weight, or nobody in them, [Invalid] for a count or a weight out of range.
	// Without a test OK is false.
	Reason Reason `json:"reason,omitzero"`
}

// String returns such as "sizes as they should be, p 0.42".
func (s SRM) String() string {
	text := "sizes are off"
	if s.OK {
		text = "sizes as they should be"
	}
	if s.P == nil {
		text = "sizes not tested: " + s.Reason.String()
	} else {
		text += fmt.Sprintf(", p %.2g", *s.P)
	}
	if s.Stray > 0 {
		text += fmt.Sprintf(", %d in arms without weight", s.Stray)
	}
	return text
}

// CheckSRM tests whether arms have the sizes that they should have.
func CheckSRM(arms ...ArmSize) SRM {
	var s SRM
	counts, weights := make([]int64, len(arms)), make([]float64, len(arms))
	for i, a := range arms {
		if a.N < 0 || !(a.Weight >= 0) || math.IsInf(a.Weight, 1) {
			return SRM{Reason: Invalid}
		}
		counts[i], weights[i] = a.N, a.Weight
		if a.Weight == 0 {
			s.Stray += a.N
		}
	}
	test, ok := stats.GoodnessOfFit(counts, weights)
	if !ok {
		s.Reason = NoSupport
		return s
	}
	s.P = &test.P
	s.OK = test.P >= SRMAlarm && s.Stray == 0
	return s
}
