package pgxlink

import (
	"math"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgtype"
)

// The store writes lists as PostgreSQL's own text, which every driver takes. The
// server reads numbers faster if they come as it keeps them.

// element returns the type of an array's elements, and their size in bytes; 0 if
// they are no integers.
func element(array uint32) (oid uint32, size int) {
	switch array {
	case pgtype.Int2ArrayOID:
		return pgtype.Int2OID, 2
	case pgtype.Int4ArrayOID:
		return pgtype.Int4OID, 4
	case pgtype.Int8ArrayOID:
		return pgtype.Int8OID, 8
	}
	return 0, 0
}

// integers writes a list such as {1,NULL,-3} as a binary array. It is false for
// whatever is not quite such a list: then dst has what it had, and more.
func integers(dst []byte, text string, oid uint32, size int) ([]byte, bool) {
	if len(text) < 3 || text[0] != '{' || text[len(text)-1] != '}' {
		return dst, false
	}
	head := len(dst)
	dst = bigEndian.AppendUint32(dst, 1) // dimensions
	dst = bigEndian.AppendUint32(dst, 0) // whether there is NULL
	dst = bigEndian.AppendUint32(dst, oid)
	dst = bigEndian.AppendUint32(dst, 0) // how many there are
	dst = bigEndian.AppendUint32(dst, 1) // the number of the first
	n := uint32(0)
	for rest := text[1 : len(text)-1]; ; n++ {
		word, after, more := strings.Cut(rest, ",")
		if word == "NULL" {
			bigEndian.PutUint32(dst[head+4:], 1)
			dst = bigEndian.AppendUint32(dst, math.MaxUint32) // -1
		} else {
			v, err := strconv.ParseInt(word, 10, 8*size)
			if err != nil {
				return dst, false
			}
			dst = bigEndian.AppendUint32(dst, uint32(size))
			for shift := 8 * (size - 1); shift >= 0; shift -= 8 {
				dst = append(dst, byte(v>>shift))
			}
		}
		if !more {
			break
		}
		rest = after
	}
	bigEndian.PutUint32(dst[head+12:], n+1)
	return dst, true
}
