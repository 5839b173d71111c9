package rfm_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/rfm"
)

// Property: a tally that is read from bytes answers, adds, merges and writes as
// the one that wrote them.
func TestTallyReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		loc := zone(t, rapid.SampledFrom(zones).Draw(t, "zone"))
		var until time.Time
		if rapid.Bool().Draw(t, "has until") {
			until = instants(t, loc)
		}
		tally := tallyOf(t, loc, until, purchases(t, loc))
		data := bytesOf(t, tally)
		read := &rfm.Tally[string]{Zone: loc, Until: until}
		if err := read.Add("gone", rfm.Order{At: epoch}); err != nil {
			t.Fatal(err)
		}
		if err := read.UnmarshalBinary(data); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(data, bytesOf(t, read)) || read.AfterUntil() != tally.AfterUntil() || read.Len() != tally.Len() {
			t.Fatal("reads as another tally")
		}
		for id, want := range tally.All() {
			if got, ok := read.Record(id); !ok || diff(want, got) != "" {
				t.Fatalf("record of %s (-want +got):\n%s", id, diff(want, got))
			}
		}
		more := tallyOf(t, loc, until, purchases(t, loc))
		if err := tally.Merge(more); err != nil {
			t.Fatal(err)
		}
		if err := read.Merge(more); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(bytesOf(t, tally), bytesOf(t, read)) {
			t.Fatal("merges into another tally")
		}
	})
}

// The bytes of version 1 stay readable for ever, so they are spelled out: two
// customers in UTC until 1970, one with an order of 1.50 less 0.25, one with a
// bare refund, and an order that came too late.
func TestTallyBytes(t *testing.T) {
	tally := rfm.Tally[string]{Until: epoch}
	for _, p := range []purchase{
		{"bob", rfm.Order{At: epoch.Add(-time.Hour), Amount: dec("-3")}},
		{"ann", rfm.Order{At: epoch.Add(-time.Microsecond), Amount: dec("1.50"), Refunded: dec("0.25")}},
		{"ann", rfm.Order{At: epoch.Add(time.Microsecond)}},
	} {
		if err := tally.Add(p.ID, p.Order); err != nil {
			t.Fatal(err)
		}
	}
	want := strings.Join([]string{
		"\x0brfm.tally.1", "\x03UTC", "\x00", "\x01", "\x02", // form, zone, until, late, customers
		"\x03ann", "\x01", "\x01", "\x00", "\x02\x02\x96", "\x02\x02\x19", // 1 order, first -1, last +0, 150 and 25 of 10^-2
		"\x03bob", "\x00", "\x00\x00", "\x00\x02\x03",
	}, "")
	if got := string(bytesOf(t, &tally)); got != want {
		t.Errorf("bytes %q, want %q", got, want)
	}
}

func TestUnmarshalBinaryRefuses(t *testing.T) {
	good := &rfm.Tally[string]{}
	for _, id := range []string{"ann", "bob"} {
		if err := good.Add(id, rfm.Order{At: epoch, Amount: dec("1.5")}); err != nil {
			t.Fatal(err)
		}
	}
	data := string(bytesOf(t, good))
	tests := []struct {
		name string
		data string
		want string
	}{
		{"nothing", "", "rfm: not a tally"},
		{"another version", strings.Replace(data, "tally.1", "tally.2", 1), `rfm: not a tally: at byte 12: is "rfm.tally.2", not "rfm.tally.1"`},
		{"another zone", strings.Replace(data, "UTC", "CET", 1), `rfm: tally in zone "CET": want "UTC"`},
		{"another until", "\x0brfm.tally.1\x03UTC\x00\x00\x00", "rfm: tally until 1970-01-01T00:00:00Z: want ever"},
		{"cut short", data[:len(data)-1], "rfm: not a tally"},
		{"too long", data + "\x00", "rfm: not a tally"},
		{"out of order", strings.Replace(data, "ann", "zoe", 1), "rfm: not a tally: at byte"},
		{"twice", strings.Replace(data, "ann", "bob", 1), "rfm: not a tally: at byte"},
		{"more customers than bytes", data[:26] + "\xff\xff\x7f", "rfm: not a tally"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tally := &rfm.Tally[string]{}
			if err := tally.Add("kept", rfm.Order{At: epoch}); err != nil {
				t.Fatal(err)
			}
			before := bytesOf(t, tally)
			if err := tally.UnmarshalBinary([]byte(tt.data)); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("UnmarshalBinary = %v, want %q", err, tt.want)
			}
			if !bytes.Equal(before, bytesOf(t, tally)) {
				t.Error("an error changed the tally")
			}
		})
	}
}

// FuzzUnmarshalBinary: bytes are refused, or they are what the tally that they
// give writes.
func FuzzUnmarshalBinary(f *testing.F) {
	tally := &rfm.Tally[string]{}
	f.Add(bytesOf(f, tally))
	for _, p := range []purchase{
		{"ann", rfm.Order{At: epoch, Amount: dec("1.50"), Refunded: dec("0.25")}},
		{"bob", rfm.Order{At: epoch.AddDate(50, 0, 0), Amount: dec("123456789012345678901234567890")}},
		{"cy", rfm.Order{At: epoch, Amount: dec("-0.000000000000000001")}},
	} {
		if err := tally.Add(p.ID, p.Order); err != nil {
			f.Fatal(err)
		}
		f.Add(bytesOf(f, tally))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var tally rfm.Tally[string]
		if tally.UnmarshalBinary(data) != nil {
			return
		}
		if !bytes.Equal(data, bytesOf(t, &tally)) {
			t.Fatalf("%x writes back as %x", data, bytesOf(t, &tally))
		}
		if _, err := tally.Table(time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC)); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzUnmarshalBinaryOfIntegers is the same for customers who are numbers.
func FuzzUnmarshalBinaryOfIntegers(f *testing.F) {
	tally := &rfm.Tally[int8]{}
	for id := range int8(3) {
		if err := tally.Add(id-1, rfm.Order{At: epoch, Amount: dec("7")}); err != nil {
			f.Fatal(err)
		}
	}
	f.Add(bytesOf(f, tally))
	f.Fuzz(func(t *testing.T, data []byte) {
		var tally rfm.Tally[int8]
		if tally.UnmarshalBinary(data) == nil && !bytes.Equal(data, bytesOf(t, &tally)) {
			t.Fatalf("%x writes back as %x", data, bytesOf(t, &tally))
		}
	})
}
