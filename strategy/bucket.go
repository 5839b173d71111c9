package strategy

import "math/bits"

// Bucketer draws customers for one purpose: who is held out, who gets which
// arm. The draw is a pure function of purpose, salt and ID, so it needs no
// table, and is the same in every process and for ever. Draws of unlike
// purposes or salts are independent of each other; change the salt to draw
// anew, and keep it to draw the same.
//
// Texts are hashed as their UTF-8 bytes, each led by its length, so that "ab"
// with "c" is not "a" with "bc". Case, spaces and Unicode forms count.
type Bucketer struct{ state uint64 }

// NewBucketer returns the draw of a purpose, such as "holdout", under a salt,
// such as "2026". Either may be empty. The zero Bucketer is another draw, which
// no purpose and salt have.
func NewBucketer(purpose, salt string) Bucketer {
	return Bucketer{hashText(hashText(fnvOffset64, purpose), salt)}
}

// With returns a draw of its own for each text, such as a customer's, whose
// buckets are then those of the customer's days or slots.
func (b Bucketer) With(text string) Bucketer { return Bucketer{hashText(b.state, text)} }

// Bucket returns where the draw puts an ID. It allocates nothing.
func (b Bucketer) Bucket(id string) Bucket { return Bucket(finalMix(hashText(b.state, id))) }

// Bucket is a place on a scale of 2^64, each as likely as any other.
type Bucket uint64

// In reports whether b lies in the first share of the scale, share being out of
// whole: In(50_000, 1_000_000) is true for 5%. The bound is exact, and nested: who
// is in a share is in every larger one. A share of 0, or of nothing, has nobody,
// and one of the whole or more has all.
func (b Bucket) In(share, whole uint64) bool {
	if share >= whole {
		return whole > 0
	}
	place, _ := bits.Mul64(uint64(b), whole) // floor(b/2^64 × whole)
	return place < share
}

// Pick returns which of several arms b falls to, as likely as its weight says;
// false if the weights are all 0 or add up to more than 2^64-1. Arms lie on the
// scale one after the other, so weights that change move customers. To end an
// arm, keep its weight and treat those who fall to it as not picked: all others
// stay where they are.
func (b Bucket) Pick(weights ...uint64) (arm int, ok bool) {
	whole := uint64(0)
	for _, w := range weights {
		sum, carry := bits.Add64(whole, w, 0)
		if carry > 0 {
			return 0, false
		}
		whole = sum
	}
	place, _ := bits.Mul64(uint64(b), whole)
	for arm, w := range weights {
		if place < w {
			return arm, true
		}
		place -= w
	}
	return 0, false
}

const (
	fnvOffset64 = 14695981039346656037
	fnvPrime64  = 1099511628211
)

// hashText continues FNV-1a (Fowler, Noll and Vo) over the length of a text in
// base 128, the lowest digit first, and over its bytes.
func hashText(h uint64, s string) uint64 {
	n := uint64(len(s))
	for ; n >= 0x80; n >>= 7 {
		h = (h ^ (n&0x7f | 0x80)) * fnvPrime64
	}
	h = (h ^ n) * fnvPrime64
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * fnvPrime64
	}
	return h
}

// finalMix is the end of MurmurHash3 for 64 bits (Appleby): without it the last
// characters of an ID, which often count up, would barely reach the high bits.
func finalMix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	h ^= h >> 33
	return h
}
