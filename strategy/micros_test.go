package strategy_test

import (
	"encoding/json"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/strategy"
)

func TestParseMicros(t *testing.T) {
	tests := []struct {
		text string
		want strategy.Micros
		err  string
	}{
		{"0", 0, ""},
		{"-0", 0, ""},
		{"12.5", 12_500_000, ""},
		{"-0.000001", -1, ""},
		{"1e3", 1_000_000_000, ""},
		{"1.5E-2", 15_000, ""},
		{"9223372036854.775807", math.MaxInt64, ""},
		{"-9223372036854.775808", math.MinInt64, ""},
		{"9223372036854.775808", 0, "out of range"},
		{"0.0000001", 0, "more than six places"},
		{"1e999", 0, "the exponent has more than two digits"},
		{"1e-1000000000", 0, "the exponent has more than two digits"},
		{"", 0, "not a number"},
		{`"1"`, 0, "not a number"},
		{"null", 0, "not a number"},
		{"true", 0, "not a number"},
		{"1/2", 0, "not a number"},
		{"0x10", 0, "not a number"},
		{"1_000", 0, "not a number"},
		{"NaN", 0, "not a number"},
		{" 1", 0, "not a number"},
		{"01", 0, "not a number"},
	}
	for _, test := range tests {
		got, err := strategy.ParseMicros(test.text)
		if got != test.want {
			t.Errorf("%q is %v, want %v", test.text, got, test.want)
		}
		if (err == nil) != (test.err == "") {
			t.Errorf("%q: %v", test.text, err)
		} else if err != nil {
			expect(t, err, test.err)
		}
	}
}

// Property: a number is read back as it was written.
func TestMicrosRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := strategy.Micros(rapid.Int64().Draw(t, "micros"))
		data, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got strategy.Micros
		if err := json.Unmarshal(data, &got); err != nil || got != want {
			t.Fatalf("%d is written %s and read %d, %v", want, data, got, err)
		}
	})
}

func TestMicrosOf(t *testing.T) {
	tests := []struct {
		x    float64
		want strategy.Micros
		ok   bool
	}{
		{0.05, 50_000, true}, {-1.0000005, -1_000_001, true}, {0.0000004, 0, true}, {math.NaN(), 0, false}, {math.Inf(1), 0, false}, {1e13, 0, false},
	}
	for _, test := range tests {
		if got, ok := strategy.MicrosOf(test.x); got != test.want || ok != test.ok {
			t.Errorf("%v is %v, %v; want %v", test.x, got, ok, test.want)
		}
	}
	if got := strategy.Micros(12_500_000).Float64(); got != 12.5 {
		t.Errorf("got %v", got)
	}
}
