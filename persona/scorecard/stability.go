package scorecard

import (
	"crypto/sha256"
	"encoding/json"
	"math"
)

// Stability compares the people of a sample with those of the fit by the
// population stability index, over some classes:
//
//	PSI = Σ (share now - share then)·ln(share now/share then)
//
// (Siddiqi 2006, section 9; it is Kullback's J of two shares). Below 0.1 little
// has changed, above 0.25 much. Where a class is empty on one side, half a case
// is added to every class on both. It is nil without cases.
type Stability struct {
	// PSI is over grades.
	PSI *float64 `json:"psi"`
	// Features are over the bins of each feature, in the order of the card: which
	// one it is that has changed.
	Features []Shift `json:"features"`
}

// Shift is how much a feature has changed.
type Shift struct {
	Feature string   `json:"feature"`
	PSI     *float64 `json:"psi"`
}

func (c *Card) stability(s *Sample) Stability {
	now := make([]int64, len(c.Policy.Grades))
	bins := make([][]int64, len(c.Characteristics))
	for j, ch := range c.Characteristics {
		bins[j] = make([]int64, len(ch.Bins))
	}
	for pattern, n := range s.counts { // whole numbers: their order does not matter
		now[c.grade(c.points([]byte(pattern)))] += n.all()
		for j, ch := range c.Characteristics {
			bins[j][ch.Place[pattern[c.columns[j]]]] += n.all()
		}
	}
	st := Stability{PSI: psi(now, c.Graded)}
	for j, ch := range c.Characteristics {
		then := make([]int64, len(ch.Bins))
		for i, b := range ch.Bins {
			then[i] = b.all()
		}
		st.Features = append(st.Features, Shift{ch.Feature.Name, psi(bins[j], then)})
	}
	return st
}

// psi compares two distributions over the same classes; nil if one is empty.
// Classes that both lack don't count.
func psi(now, then []int64) *float64 {
	var sumNow, sumThen float64
	empty, classes := false, 0
	for i := range now {
		if now[i] == 0 && then[i] == 0 {
			continue
		}
		classes++
		empty = empty || now[i] == 0 || then[i] == 0
		sumNow += float64(now[i])
		sumThen += float64(then[i])
	}
	if sumNow == 0 || sumThen == 0 {
		return nil
	}
	more := 0.0
	if empty {
		more = 0.5
		sumNow += more * float64(classes)
		sumThen += more * float64(classes)
	}
	sum := 0.0
	for i := range now {
		if now[i] == 0 && then[i] == 0 {
			continue
		}
		a, b := (float64(now[i])+more)/sumNow, (float64(then[i])+more)/sumThen
		sum += float64((a - b) * math.Log(a/b))
	}
	return new(settle(sum))
}

// featureIDs name the features by what they say, so that those of two layouts
// can be compared.
func (l *Layout) featureIDs() []string {
	ids := make([]string, len(l.features))
	for i, feature := range l.features {
		form, err := json.Marshal(feature)
		if err != nil {
			continue // NewLayout has marshalled it
		}
		sum := sha256.Sum256(append([]byte(l.schema.Version()), form...))
		ids[i] = string(sum[:])
	}
	return ids
}
