package clv

import (
	"math"
	"slices"
	"strings"

	"github.com/regulars-go/regulars/internal/names"
)

// VerdictKind is what became of a fit.
type VerdictKind uint8

const (
	// Interior is the ordinary case: the likelihood has a peak there, and
	// every parameter a standard error.
	Interior VerdictKind = 1 + iota
	// Boundary says that the likelihood keeps rising, or stays, as some
	// parameters go to 0 or to infinity: the data say that customers are all
	// alike, or that none leaves.
	Boundary
	// Flat says that some parameters can't be told from the data, though none
	// runs away: there are too few customers, or too few purchases.
	Flat
)

var kindNames = names.Names{
	Package: "clv", Type: "VerdictKind", What: "verdict",
	List: []string{"", "interior", "boundary", "flat"},
}

// String returns "interior", "boundary" or "flat"; "" for the zero value.
func (k VerdictKind) String() string { return kindNames.Of(uint8(k)) }

// MarshalText writes k as [VerdictKind.String] does; what is no verdict is an
// error.
func (k VerdictKind) MarshalText() ([]byte, error) { return kindNames.Marshal(uint8(k)) }

// UnmarshalText reads what [VerdictKind.MarshalText] writes; any other text is
// an error, and leaves k as it was.
func (k *VerdictKind) UnmarshalText(text []byte) error {
	n, err := kindNames.Unmarshal(text)
	if err == nil {
		*k = VerdictKind(n)
	}
	return err
}

// Verdict says how far to trust a fit.
type Verdict struct {
	Kind VerdictKind `json:"kind"`
	// Limits are the parameters that run away, of a Boundary fit.
	Limits []Limit `json:"limits,omitzero"`
	// Free are the parameters that the data don't tell: together they can be
	// moved by a factor of a thousand at no cost. Empty if Interior.
	Free []string `json:"free,omitzero"`
	// Condition is the ratio of the largest to the smallest eigenvalue of the
	// Hessian in the logarithms of the parameters: 165 for BG/NBD on the
	// CDNOW sample. 0 unless Interior.
	Condition float64 `json:"condition,omitzero"`
}

// Limit is a parameter on its way to 0 or, if Up, to infinity.
type Limit struct {
	Parameter string `json:"parameter"`
	Up        bool   `json:"up,omitzero"`
}

// String returns "a → 0" or "r → ∞".
func (l Limit) String() string {
	if l.Up {
		return l.Parameter + " → ∞"
	}
	return l.Parameter + " → 0"
}

// String returns a line such as "interior", "boundary: a → 0; b is free".
func (v Verdict) String() string {
	var parts []string
	for _, l := range v.Limits {
		parts = append(parts, l.String())
	}
	text := v.Kind.String()
	if len(parts) > 0 {
		text += ": " + strings.Join(parts, ", ")
	}
	switch len(v.Free) {
	case 0:
		return text
	case 1:
		return text + "; " + v.Free[0] + " is free"
	}
	return text + "; " + strings.Join(v.Free, ", ") + " are free"
}

// curvature is the Hessian of the negative log-likelihood of all customers in
// the logarithms of the parameters, by its eigenvalues and eigenvectors.
type curvature struct {
	values  vector
	vectors matrix
	// held are the parameters at a face of the box beyond which the likelihood
	// still rises: there is no peak, whatever the curvature.
	held [4]bool
}

const (
	// leastInformation is the eigenvalue below which a direction counts as
	// flat: its standard error is a factor of e^7, a thousand either way.
	leastInformation = 0.02
	// takesPart is the component from which on a parameter takes part in a
	// direction.
	takesPart = 0.05
	// noCost is how much of the log-likelihood a way to the limit may cost:
	// that of one standard error.
	noCost = 0.5
)

// judge says what kind of place m is.
func (p *problem) judge(m minimum, c curvature) Verdict {
	verdict := Verdict{Kind: Interior}
	if smallest, largest := c.extremes(p.box.n); smallest >= leastInformation && c.held == [4]bool{} {
		verdict.Condition = largest / smallest
		return verdict
	}
	verdict.Kind = Flat
	for i := range p.box.n {
		if c.tells(i, p.box.n) {
			continue
		}
		switch down, up := p.waysOut(m, c, i); {
		case down != up:
			verdict.Limits = append(verdict.Limits, Limit{p.names[i], up})
			verdict.Kind = Boundary
		default:
			verdict.Free = append(verdict.Free, p.names[i])
		}
	}
	return verdict
}

// waysOut reports whether parameter i can go down, or up, to its limit without
// losing likelihood: alone, or else along with others in a flat direction.
func (p *problem) waysOut(m minimum, c curvature, i int) (down, up bool) {
	var alone vector
	alone[i] = 1
	down, up = p.leadsOut(m, alone, -1), p.leadsOut(m, alone, 1)
	if down || up {
		return down, up
	}
	for e := range p.box.n {
		v := c.vectors[e]
		if c.values[e] >= leastInformation || math.Abs(v[i]) < takesPart {
			continue
		}
		sign := math.Copysign(1, v[i])
		down = down || p.leadsOut(m, v, -sign)
		up = up || p.leadsOut(m, v, sign)
	}
	return down, up
}

// leadsOut reports whether one can go from m along a direction to a face of
// the box without losing likelihood.
func (p *problem) leadsOut(m minimum, v vector, sign float64) bool {
	room := math.Inf(1)
	for i := range p.box.n {
		if step := sign * v[i]; math.Abs(step) >= takesPart {
			face := p.box.centre[i] + math.Copysign(p.box.reach, step)
			room = min(room, (face-m.at[i])/step)
		}
	}
	for _, part := range []float64{0.25, 0.5, 0.75, 1} {
		at := m.at.plus(sign*part*max(room, 0), v)
		p.box.clamp(&at)
		value, _ := p.objective(at)
		if !((value-m.value)*p.customers <= noCost) {
			return false
		}
	}
	return true
}

// extremes returns the smallest and the largest eigenvalue.
func (c curvature) extremes(n int) (smallest, largest float64) {
	return slices.Min(c.values[:n]), slices.Max(c.values[:n])
}
