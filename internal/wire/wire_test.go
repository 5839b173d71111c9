package wire_test

import (
	"bytes"
	"encoding/binary"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/internal/exact"
	"github.com/regulars-go/regulars/internal/wire"
)

type uuid [16]byte

// everything appends one of each kind and returns what reads it back and
// appends it again.
func everything(data []byte) ([]byte, error) {
	r := wire.NewReader(data)
	var out []byte
	out = wire.AppendUint(out, r.Uint())
	out = wire.AppendInt(out, r.Int())
	out = wire.AppendString(out, r.String())
	out = wire.AppendTime(out, r.Time())
	out = wire.AppendDecimal(out, r.Decimal())
	out = wire.AppendBig(out, r.Big())
	out = wire.AppendSum(out, r.Sum())
	out = wire.AppendID(out, wire.ReadID[string](r))
	out = wire.AppendID(out, wire.ReadID[uuid](r))
	out = wire.AppendID(out, wire.ReadID[int8](r))
	out = wire.AppendID(out, wire.ReadID[uint16](r))
	return out, r.Close()
}

func sample() []byte {
	var sum exact.Sum
	sum.Add(decimal.RequireFromString("-12345678901234567890.50"))
	data := wire.AppendUint(nil, 300)
	data = wire.AppendInt(data, -70)
	data = wire.AppendString(data, "会员")
	data = wire.AppendTime(data, time.Date(1969, 12, 31, 23, 59, 59, 0, time.UTC))
	data = wire.AppendDecimal(data, decimal.New(150, -2))
	data = wire.AppendBig(data, big.NewInt(-256))
	data = wire.AppendSum(data, sum)
	data = wire.AppendID(data, "c1")
	data = wire.AppendID(data, uuid{15: 7})
	data = wire.AppendID(data, int8(-128))
	return wire.AppendID(data, uint16(65535))
}

func TestRoundTrip(t *testing.T) {
	data := sample()
	again, err := everything(data)
	if err != nil || !bytes.Equal(again, data) {
		t.Errorf("read and written again: %v\n%x\n%x", err, data, again)
	}
}

// Property: a number is written as encoding/binary writes it, whatever was
// there before: checked where another byte is needed, and by the way.
func TestNumbersAreVarints(t *testing.T) {
	same := func(t interface{ Fatalf(string, ...any) }, n uint64) {
		if got, want := wire.AppendUint([]byte("x"), n), binary.AppendUvarint([]byte("x"), n); !bytes.Equal(got, want) {
			t.Fatalf("%d is written as %x, want %x", n, got, want)
		}
		if got, want := wire.AppendInt(nil, int64(n)), binary.AppendVarint(nil, int64(n)); !bytes.Equal(got, want) {
			t.Fatalf("%d is written as %x, want %x", int64(n), got, want)
		}
	}
	for bit := range 64 {
		for _, n := range []uint64{1<<bit - 1, 1 << bit, 1<<bit + 1, -(1 << bit)} {
			same(t, n)
		}
	}
	rapid.Check(t, func(t *rapid.T) { same(t, rapid.Uint64().Draw(t, "number")) })
}

// Property: any strict prefix is an error, and so is anything behind the end.
func TestTruncated(t *testing.T) {
	data := sample()
	for n := range data {
		if _, err := everything(data[:n]); err == nil {
			t.Errorf("the first %d of %d bytes read without an error", n, len(data))
		}
	}
	if _, err := everything(append(data, 0)); err == nil {
		t.Error("a byte too many read without an error")
	}
}

func TestOnlyTheShortestForm(t *testing.T) {
	tests := []struct {
		name string
		data []byte
		read func(*wire.Reader)
	}{
		{"number with an empty last byte", []byte{0x80, 0x00}, func(r *wire.Reader) { r.Uint() }},
		{"number of more than 64 bits", bytes.Repeat([]byte{0xff}, 11), func(r *wire.Reader) { r.Uint() }},
		{"minus zero", []byte{1}, func(r *wire.Reader) { r.Big() }},
		{"big with a leading zero", []byte{4, 0, 9}, func(r *wire.Reader) { r.Big() }},
		{"integer ID of another size", wire.AppendInt(nil, 128), func(r *wire.Reader) { wire.ReadID[int8](r) }},
		{"unsigned ID of another size", wire.AppendUint(nil, 256), func(r *wire.Reader) { wire.ReadID[uint8](r) }},
		{"count beyond the input", []byte{200}, func(r *wire.Reader) { r.Count() }},
		{"exponent out of bounds", wire.AppendBig(wire.AppendInt(nil, 99), big.NewInt(1)), func(r *wire.Reader) { r.Decimal() }},
		{"places out of bounds", wire.AppendBig(wire.AppendUint(nil, 19), big.NewInt(1)), func(r *wire.Reader) { r.Sum() }},
		{"neither zero time nor time", []byte{2}, func(r *wire.Reader) { r.Time() }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := wire.NewReader(tt.data)
			tt.read(r)
			if r.Err() == nil {
				t.Errorf("%x read without an error", tt.data)
			}
		})
	}
}

// Property: integer IDs come back as they were.
func TestIDs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		i, u := rapid.Int64().Draw(t, "int"), rapid.Uint64().Draw(t, "uint")
		r := wire.NewReader(wire.AppendID(wire.AppendID(nil, i), u))
		if a, b := wire.ReadID[int64](r), wire.ReadID[uint64](r); a != i || b != u || r.Close() != nil {
			t.Fatalf("%d, %d came back as %d, %d: %v", i, u, a, b, r.Err())
		}
	})
}

func FuzzReader(f *testing.F) {
	f.Add(sample())
	f.Fuzz(func(t *testing.T, data []byte) {
		if again, err := everything(data); err == nil && !bytes.Equal(again, data) {
			t.Errorf("%x reads without an error and writes as %x", data, again)
		}
	})
}

func TestForm(t *testing.T) {
	data := wire.AppendUint(wire.AppendString(nil, "rfm.tally.1"), 7)
	r := wire.NewReader(data)
	if r.Form("rfm.tally.1"); r.Uint() != 7 || r.Close() != nil {
		t.Errorf("its own form: %v", r.Err())
	}
	r = wire.NewReader(data)
	r.Form("rfm.tally.2")
	if want := `at byte 12: is "rfm.tally.1", not "rfm.tally.2"`; r.Err() == nil || r.Err().Error() != want {
		t.Errorf("another form: %v, want %s", r.Err(), want)
	}
	r = wire.NewReader(wire.AppendString(nil, strings.Repeat("x", 1<<20)))
	if r.Form("rfm.tally.1"); r.Err() == nil || len(r.Err().Error()) > 200 {
		t.Error("a long form is repeated at length, or taken")
	}
}
