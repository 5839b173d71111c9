package lifecycle_test

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/lifecycle"
)

func TestUnmarshalRefuses(t *testing.T) {
	for _, k := range kinds(nil, time.Time{}) {
		t.Run(k.name, func(t *testing.T) {
			a := k.fresh()
			for i := range 3 {
				checkAdd(t, k.add(a, event{i, worldStart.Add(time.Duration(i) * time.Hour), decimal.New(int64(i), -1)}))
			}
			data := mustMarshal(t, a)
			for n := range data {
				if err := k.fresh().UnmarshalBinary(data[:n]); err == nil {
					t.Errorf("took the first %d of %d bytes", n, len(data))
				}
			}
			if err := k.fresh().UnmarshalBinary(append(data[:len(data):len(data)], 0)); err == nil {
				t.Error("took a byte too many")
			}
			if err := a.UnmarshalBinary(data[1:]); err == nil || !bytes.Equal(mustMarshal(t, a), data) {
				t.Errorf("broken bytes were taken, or left something: %v", err)
			}
			checkAdd(t, k.add(a, event{9, worldStart, decimal.New(1, 0)}))
			if err := a.UnmarshalBinary(data); err != nil || !bytes.Equal(mustMarshal(t, a), data) {
				t.Errorf("reading does not replace what was there: %v", err)
			}
			for _, other := range kinds(nil, time.Time{}) {
				if err := other.fresh().UnmarshalBinary(data); err == nil && other.name != k.name {
					t.Errorf("took for a %s", other.name)
				}
			}
		})
	}
}

func TestUnmarshalRefusesWhatNobodyWrote(t *testing.T) {
	tests := []struct {
		kind int
		name string
		body []byte // after the header: the number of customers, then each
		want string
	}{
		{0, "customers out of order", []byte{2, 4, 0, 2, 0}, "customer 1 is out of order"},
		{0, "a customer twice", []byte{2, 4, 0, 4, 0}, "customer 2 is out of order"},
		{0, "an empty word", []byte{1, 2, 1, 0, 0}, "customer 1 is active in no period"},
		{0, "a word of the year 40000", []byte{1, 2, 1, 0x80, 0x80, 0x80, 0x08, 1}, "out of order or range"},
		{1, "a day of the year 40000", []byte{1, 2, 1, 0x80, 0x80, 0x80, 0x40, 0, 0}, "out of order or range"},
		{1, "an amount of too many places", []byte{1, 2, 1, 0, 19, 0}, "19 is over 18"},
		{2, "neither known nor active", []byte{1, 2, 0, 0}, "customer 1 is neither known nor active"},
		{2, "known in a way of its own", []byte{1, 2, 3, 0}, "3 is over 2"},
		{2, "more events than bytes", []byte{1, 2, 0, 0xff, 0x7f, 0}, "16383 is over"},
		{4, "a channel without a name", []byte{1, 0, 1, 0, 0, 0}, `channel "" is out of order`},
		{4, "a channel twice", []byte{2, 1, 'a', 1, 0, 0, 0, 1, 'a', 1, 2, 0, 0}, `channel "a" is out of order`},
		{4, "a channel without an amount", []byte{1, 1, 'a', 0}, `channel "a" has no amount`},
		{5, "an action twice", slices.Concat([]byte{2}, actionOf(t, true, false), actionOf(t, true, false)), `action "a" is out of order`},
		{5, "an action that nobody did", slices.Concat([]byte{1}, actionOf(t, false, false)), `action "a" that nobody did`},
		{5, "a follower of an action", slices.Concat([]byte{1}, actionOf(t, true, true)), `action "a" that nobody did`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			k := kinds(nil, time.Time{})[test.kind]
			empty := mustMarshal(t, k.fresh())
			data := append(empty[:len(empty)-1:len(empty)-1], test.body...)
			a := k.fresh()
			if err := a.UnmarshalBinary(data); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("UnmarshalBinary = %v, want %q", err, test.want)
			}
			if !bytes.Equal(empty, mustMarshal(t, a)) {
				t.Error("the refused bytes left something")
			}
		})
	}
}

// actionOf is the action "a" as actions write it, its log with an event or not,
// and with a customer who is known but for events or not.
func actionOf(t *testing.T, event, known bool) []byte {
	t.Helper()
	var log lifecycle.Log[int64]
	if event {
		checkAdd(t, log.Add(1, worldStart))
	}
	if known {
		checkAdd(t, log.Know(2, worldStart))
	}
	data := mustMarshal(t, &log)
	return append([]byte{1, 'a', byte(len(data))}, data...)
}

func FuzzUnmarshal(f *testing.F) {
	for i, k := range kinds(nil, time.Time{}) {
		a := k.fresh()
		for j := range 4 {
			if err := k.add(a, event{j % 3, worldStart.Add(time.Duration(40*j) * 24 * time.Hour), decimal.New(int64(j), -1)}); err != nil {
				f.Fatal(err)
			}
		}
		data, err := a.MarshalBinary()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(i), data)
	}
	// Property: what reads without an error writes back as the same bytes.
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		all := kinds(nil, time.Time{})
		k := all[int(which)%len(all)]
		a := k.fresh()
		if err := a.UnmarshalBinary(data); err != nil {
			return
		}
		if again, err := a.AppendBinary(nil); err != nil || !bytes.Equal(again, data) {
			t.Fatalf("%s: %x came back as %x, %v", k.name, data, again, err)
		}
	})
}

func TestFormsStayReadable(t *testing.T) {
	// What version 1 wrote, which every later version reads.
	written := map[string]string{
		"activity": "146c6966656379636c652e61637469766974792e31107765656b2066726f6d206d6f6e646179035554430000020001448081100201448020",
		"revenue":  "136c6966656379636c652e726576656e75652e3103646179035554430000020002deee010103014f0102010201aeef010100",
		"log":      "0f6c6966656379636c652e6c6f672e31056d6f6e7468035554430000020000028080d595a1a8d804ffffb79a95c90102000180808db0b6f1d904",
		"survival": "146c6966656379636c652e737572766976616c2e3104646179730201009ab3e6cc99b3e6dc3f9ab3e6cc99b3e6e43f0200009ab3e6cc99b3e6dc3f9ab3e6cc99b3e6dc3f01",
		"spend":    "116c6966656379636c652e7370656e642e31107765656b2066726f6d206d6f6e646179035554430000020361647301982201000c756e61747472696275746564028e220103010a010201",
		"actions":  "136c6966656379636c652e616374696f6e732e31056d6f6e746803555443000002056f726465722f0f6c6966656379636c652e6c6f672e31056d6f6e7468035554430000010000028080d595a1a8d804ffffb79a95c90106736561726368280f6c6966656379636c652e6c6f672e31056d6f6e74680355544300000102000180808db0b6f1d904",
	}
	for _, k := range kinds(nil, time.Time{}) {
		t.Run(k.name, func(t *testing.T) {
			want := k.fresh()
			for i := range 3 {
				checkAdd(t, k.add(want, event{i % 2, worldStart.Add(time.Duration(40*i) * 24 * time.Hour), decimal.New(int64(i)-1, -1)}))
			}
			data, err := hex.DecodeString(written[k.name])
			checkAdd(t, err)
			got := k.fresh()
			if err := got.UnmarshalBinary(data); err != nil || !bytes.Equal(mustMarshal(t, got), mustMarshal(t, want)) {
				t.Errorf("%v; version 1 is now %x", err, mustMarshal(t, want))
			}
		})
	}
}
