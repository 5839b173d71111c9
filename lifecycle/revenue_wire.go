package lifecycle

import (
	"github.com/regulars-go/regulars/internal/wire"
)

// MarshalBinary returns r as bytes: the same amounts give the same bytes, in
// whatever order they came.
func (r *Revenue[K]) MarshalBinary() ([]byte, error) { return r.AppendBinary(nil) }

// AppendBinary appends what [Revenue.MarshalBinary] returns.
func (r *Revenue[K]) AppendBinary(dst []byte) ([]byte, error) {
	dst = appendHeader(dst, wireRevenue, r.frame(), r.Until, r.afterUntil)
	dst = wire.AppendUint(dst, uint64(r.chains.len()))
	var cells []cell[money]
	for _, p := range r.chains.sorted() {
		id := r.chains.id(p)
		cells = cells[:0]
		for _, c := range r.chains.list(nil, p) {
			if c.value.paid {
				cells = append(cells, c)
			}
		}
		dst = wire.AppendID(dst, id)
		dst = wire.AppendUint(dst, uint64(len(cells)))
		for i, c := range cells {
			dst = appendKey(dst, i, cells[max(i-1, 0)].key, c.key)
			dst = wire.AppendSum(dst, r.sum(id, c.key, c.value))
		}
	}
	return dst, nil
}

// UnmarshalBinary replaces what r holds by what [Revenue.MarshalBinary] wrote
// of a revenue with the same type of ID. Each, Zone and Until must be set as
// they were there. r stays as it was if there is an error.
func (r *Revenue[K]) UnmarshalBinary(data []byte) error {
	read := Revenue[K]{Each: r.Each, Zone: r.Zone, Until: r.Until}
	in := wire.NewReader(data)
	read.afterUntil = readHeader(in, wireRevenue, r.frame(), r.Until)
	first, last := r.frame().bounds()
	readIDs(in, func(id K) {
		cells := readKeys(in, first, last, func(i int, period int32) {
			sum, m := in.Sum(), read.chains.rising(id, i, period)
			if units, places, ok := sum.Int64(); !ok || !m.add(units, places) {
				read.widen(id, period, m).Merge(sum)
			}
		})
		if cells == 0 {
			read.chains.know(id)
		}
	})
	if err := in.Close(); err != nil {
		return wireError(err)
	}
	read.used = setup{r.frame(), r.Until, true}
	r.chains, r.wide, r.used, r.afterUntil = read.chains, read.wide, read.used, read.afterUntil
	return nil
}
