package portrait

// Strength is how many profiles that are as the base are added before a TGI is
// shrunk.
type Strength struct {
	// Profiles is nil if the values don't differ by more than chance would have
	// it: then every TGI is shrunk to 100.
	Profiles *float64 `json:"profiles"`
	// Fitted is whether it comes from the attribute's own values.
	Fitted bool `json:"fitted,omitzero"`
}

// minFitted is the fewest values to which a strength is fitted.
const minFitted = 3

// strength returns the one to use. The method of moments compares how far the
// values differ from the base with how far they would by chance, as DerSimonian
// and Laird do for trials (Meta-analysis in Clinical Trials, 1986): each value
// has hits x of n profiles where the base leads to expect a share p,
//
//	Q = Σ n·(x/n-p)²/(p·(1-p)) / (r-1)
//	n₀ = (Σn - Σn²/Σn) / (r-1)
//	a = n₀/(Q-1) - 1
//
// over r values; a beta distribution around p with that a differs as much.
func (r released) strength(policy Policy) Strength {
	fixed := Strength{Profiles: new(policy.Strength)}
	if !policy.Empirical {
		return fixed
	}
	s := scale{sum: r.sum}
	var values, sum, squares, q float64
	for i, cell := range r.cells {
		side, ok := s.narrow(cell)
		if !r.shown[i] || !ok || side.p >= 1 {
			continue
		}
		n := float64(side.of)
		d := float64(side.hits)/n - side.p
		q += n * d / (side.p * (1 - side.p)) * d
		values++
		sum += n
		squares += float64(n * n)
	}
	if values < minFitted {
		return fixed
	}
	excess := q/(values-1) - 1
	if excess <= 0 {
		return Strength{Fitted: true}
	}
	a := (sum-squares/sum)/(values-1)/excess - 1
	return Strength{Profiles: new(min(max(a, minStrength), MaxStrength)), Fitted: true}
}

// minStrength is one profile: values that differ as much as they can still
// don't make one profile a group.
const minStrength = 1
