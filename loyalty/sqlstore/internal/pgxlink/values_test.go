package pgxlink

import (
	"testing"

	"github.com/jackc/pgx/v5/pgtype"
)

// NULL is NULL, and what is empty is not, whatever came before and however
// often the room is used again.
func TestNullAndEmpty(t *testing.T) {
	oids := []uint32{pgtype.Int8OID, pgtype.TextOID, pgtype.ByteaOID, pgtype.TextOID, pgtype.ByteaOID, pgtype.Int4OID}
	args := []any{pgtype.Int8{}, "", []byte{}, nil, []byte(nil), int64(5)}
	null := []bool{true, false, false, true, true, false}
	var v values
	for range 2 {
		if err := v.encode(pgtype.NewMap(), oids, args); err != nil {
			t.Fatal(err)
		}
		for i, value := range v.list {
			if (value == nil) != null[i] {
				t.Errorf("argument %d, %v, is sent as %#v", i+1, args[i], value)
			}
		}
		if got := v.list[5]; len(got) != 4 || got[3] != 5 {
			t.Errorf("5 is sent as %v", got)
		}
		v.forget()
	}
	if err := v.encode(pgtype.NewMap(), oids[:1], []any{struct{}{}}); err == nil {
		t.Error("an argument that no number is has no error")
	}
	if err := v.encode(pgtype.NewMap(), oids, args[:1]); err == nil {
		t.Error("an argument for six parameters has no error")
	}
}
