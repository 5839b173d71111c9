package lifecycle

import (
	"math/bits"

	"github.com/regulars-go/regulars/internal/wire"
)

// MarshalBinary returns a as bytes: the same events give the same bytes, in
// whatever order they came.
func (a *Activity[K]) MarshalBinary() ([]byte, error) { return a.AppendBinary(nil) }

// AppendBinary appends what [Activity.MarshalBinary] returns.
func (a *Activity[K]) AppendBinary(dst []byte) ([]byte, error) {
	dst = appendHeader(dst, wireActivity, a.frame(), a.Until, a.afterUntil)
	dst = wire.AppendUint(dst, uint64(a.chains.len()))
	var words []cell[uint64]
	for _, p := range a.chains.sorted() {
		words = words[:0]
		for _, w := range a.chains.list(nil, p) {
			if w.value != 0 { // a known customer has an empty word
				words = append(words, w)
			}
		}
		dst = wire.AppendID(dst, a.chains.id(p))
		dst = wire.AppendUint(dst, uint64(len(words)))
		for i, w := range words {
			dst = appendKey(dst, i, words[max(i-1, 0)].key, w.key)
			dst = wire.AppendUint(dst, w.value)
		}
	}
	return dst, nil
}

// UnmarshalBinary replaces what a holds by what [Activity.MarshalBinary] wrote
// of an activity with the same type of ID. Each, Zone and Until must be set as
// they were there. a stays as it was if there is an error.
func (a *Activity[K]) UnmarshalBinary(data []byte) error {
	read := Activity[K]{Each: a.Each, Zone: a.Zone, Until: a.Until}
	r := wire.NewReader(data)
	read.afterUntil = readHeader(r, wireActivity, a.frame(), a.Until)
	first, last := a.frame().bounds()
	readIDs(r, func(id K) {
		words := readKeys(r, first>>wordShift, last>>wordShift, func(i int, key int32) {
			word := r.Uint()
			low, high := key<<wordShift+int32(bits.TrailingZeros64(word)), key<<wordShift+int32(bits.Len64(word))-1
			if r.Err() == nil && (word == 0 || low < first || high > last) {
				r.Fail("customer %v is active in no period, or outside the years 1 to 9999", id)
				return
			}
			*read.chains.rising(id, i, key) = word
		})
		if words == 0 {
			read.chains.know(id)
		}
	})
	if err := r.Close(); err != nil {
		return wireError(err)
	}
	read.used = setup{a.frame(), a.Until, true}
	a.chains, a.used, a.afterUntil = read.chains, read.used, read.afterUntil
	return nil
}
