package scorecard

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/wire"
)

// HeldBack reports whether somebody belongs to the share of people who are held
// back from a fit, to judge it by. It depends on the salt and the ID alone: it
// is the same on every machine and for every sample, so that nobody is on both
// sides, and a larger share has all that a smaller one has. A share of 0 or
// less, or NaN, is nobody, 1 or more everybody. Another salt draws others.
func HeldBack[K regulars.ID](salt string, id K, share float64) bool {
	if !(share > 0) {
		return false
	}
	if share >= 1 {
		return true
	}
	form := wire.AppendID(wire.AppendString(wire.AppendString(nil, "scorecard.held-back.1"), salt), id)
	sum := sha256.Sum256(form)
	// 53 bits are what a float64 holds exactly.
	return float64(binary.BigEndian.Uint64(sum[:8])>>11) < share*(1<<53)
}
