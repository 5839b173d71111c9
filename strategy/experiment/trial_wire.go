package experiment

import (
	"crypto/sha256"
	"fmt"
	"math"

	"github.com/regulars-go/regulars/internal/wire"
)

const wireTrial = "experiment.trial.1"

// fingerprint tells plans apart.
func (p Plan) fingerprint() string {
	form := wire.AppendUint(wire.AppendString(nil, p.Control), uint64(p.Metric))
	form = wire.AppendUint(form, uint64(len(p.Phases)))
	for _, phase := range p.Phases {
		form = wire.AppendUint(wire.AppendString(form, phase.Name), uint64(len(phase.Arms)))
		for _, arm := range phase.Arms {
			form = wire.AppendUint(wire.AppendString(form, arm.Arm), math.Float64bits(arm.Weight))
		}
	}
	sum := sha256.Sum256(form)
	return string(sum[:16])
}

// MarshalBinary writes t in its one form; the plan goes along as a hash.
func (t *Trial) MarshalBinary() ([]byte, error) {
	dst := wire.AppendString(wire.AppendString(nil, wireTrial), t.plan.fingerprint())
	for i := range t.cells {
		for j := range t.cells[i] {
			dst = t.cells[i][j].append(dst)
		}
	}
	return dst, nil
}

// UnmarshalBinary reads what [Trial.MarshalBinary] wrote, in place of what was in
// t, whose plan must be as it was. On an error t stays as it was.
func (t *Trial) UnmarshalBinary(data []byte) error {
	r := wire.NewReader(data)
	readHeader(r, wireTrial)
	if got := r.String(); r.Err() == nil && got != t.plan.fingerprint() {
		r.Fail("a trial of another plan")
	}
	cells := make([][]Moments, len(t.cells))
	for i := range t.cells {
		cells[i] = make([]Moments, len(t.cells[i]))
		for j := range cells[i] {
			cells[i][j] = readMoments(r)
			if t.plan.Metric == Share && r.Err() == nil {
				checkShare(r, &cells[i][j])
			}
		}
	}
	if err := r.Close(); err != nil {
		return fmt.Errorf("experiment: trial: %w", err)
	}
	t.cells = cells
	return nil
}

// checkShare refuses sums that are not of zeros and ones.
func checkShare(r *wire.Reader, m *Moments) {
	hits := m.sum.Float64()
	if hits != math.Trunc(hits) || hits != m.squares.Float64() || hits < 0 || hits > float64(m.n) {
		r.Fail("sums that are of no share")
	}
}
