package pgxlink

import (
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// values are the arguments of a statement as the protocol has them. They are
// used again by the next one.
type values struct {
	list    [][]byte
	formats []int16
	bytes   []byte // what the list was cut from, but for arguments of bytes
}

// room is for the bytes of a command's arguments.
const room = 1 << 10

// encode writes arguments. Texts are right for every type, arrays too, that has
// been written so.
func (v *values) encode(types *pgtype.Map, oids []uint32, args []any) error {
	if len(args) != len(oids) {
		return fmt.Errorf("%d arguments for %d parameters", len(args), len(oids))
	}
	if v.bytes == nil {
		v.bytes = make([]byte, 0, room) // an empty text of it is not nil, which would be NULL
	}
	for i, arg := range args {
		from, format := len(v.bytes), int16(pgx.BinaryFormatCode)
		switch arg := arg.(type) {
		case nil:
			v.add(nil, format)
			continue
		case []byte:
			v.add(arg, format)
			continue
		case string:
			v.bytes, format = text(v.bytes, oids[i], arg)
		default:
			longer, err := number(types, oids[i], arg, v.bytes)
			if err != nil {
				v.forget()
				return err
			}
			if longer == nil { // as pgx encodes NULL
				v.add(nil, format)
				continue
			}
			v.bytes = longer
		}
		v.add(v.bytes[from:], format)
	}
	return nil
}

func (v *values) add(value []byte, format int16) {
	v.list, v.formats = append(v.list, value), append(v.formats, format)
}

// text writes a text, or the numbers of which it is a list.
func text(dst []byte, oid uint32, arg string) ([]byte, int16) {
	if of, size := element(oid); size > 0 {
		if list, ok := integers(dst, arg, of, size); ok {
			return list, pgx.BinaryFormatCode
		}
	}
	return append(dst, arg...), pgx.TextFormatCode
}

// number writes what is neither text nor bytes.
func number(types *pgtype.Map, oid uint32, arg any, dst []byte) ([]byte, error) {
	if n, ok := arg.(int64); ok && oid == pgtype.Int8OID {
		return bigEndian.AppendUint64(dst, uint64(n)), nil
	}
	return types.Encode(oid, pgx.BinaryFormatCode, arg, dst)
}

// forget lets go of the arguments, and of room that was for very many.
func (v *values) forget() {
	clear(v.list)
	v.list, v.formats, v.bytes = v.list[:0], v.formats[:0], v.bytes[:0]
	if cap(v.bytes) > 64*room {
		v.bytes = nil
	}
}
