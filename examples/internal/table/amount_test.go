package table

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

// Property: an amount that is read is what decimal reads, digit for digit.
func TestAmountIsExact(t *testing.T) {
	amounts := newAmounts() // one for all: what is shared must be right too
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[-+]?[0-9]{1,20}(\.[0-9]{0,16})?([eE][-+]?[0-9])?`).Draw(t, "text")
		got, p := amounts.read(text)
		want, err := decimal.NewFromString(text)
		if err != nil {
			t.Fatal(err)
		}
		if p != nil {
			if want.NumDigits() <= MaxDigits && want.Exponent() >= -MaxPlaces && want.Exponent() <= MaxPlaces {
				t.Fatalf("%q is refused: %v", text, p)
			}
			return
		}
		if got.Coefficient().Cmp(want.Coefficient()) != 0 || got.Exponent() != want.Exponent() {
			t.Fatalf("%q is read as %v, want %v", text, got, want)
		}
	})
}

// Property: no text makes an amount that is out of bounds.
func TestAmountIsBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.StringMatching(`[-+.,eE0-9]{0,60}`), rapid.String()).Draw(t, "text")
		got, p := newAmounts().read(text)
		if p == nil && (got.NumDigits() > MaxDigits || got.Exponent() < -MaxPlaces || got.Exponent() > MaxPlaces) {
			t.Fatalf("%q is read as %v", text, got)
		}
	})
}

// Amounts of the same digits, and of the same slot, are kept apart.
func TestAmountsShareWithoutMixing(t *testing.T) {
	amounts := newAmounts()
	for range 2 {
		for _, text := range []string{"0", "0.00", "10", "1.0", "-1.0", "1e1", "0.10"} {
			got, p := amounts.read(text)
			want := decimal.RequireFromString(text)
			if p != nil || !got.Equal(want) || got.Exponent() != want.Exponent() {
				t.Errorf("%s is read as %v of exponent %d: %v", text, got, got.Exponent(), p)
			}
		}
		for cents := range int64(20 * memoSlots) {
			want := decimal.New(cents, -2)
			if got, p := amounts.read(want.StringFixed(2)); p != nil || !got.Equal(want) {
				t.Fatalf("%v is read as %v: %v", want, got, p)
			}
		}
	}
}

func TestAmountBounds(t *testing.T) {
	nines := strings.Repeat("9", MaxDigits)
	tests := []struct {
		text string
		want Reason // "" if it is read
	}{
		{nines, ""},
		{"-" + nines, ""},
		{nines + "9", AmountTooLong},
		{"0.000000000000000001", ""},
		{"0.0000000000000000001", AmountTooLong},
		{"1e18", ""},
		{"1e19", AmountTooLong},
		{"999999999999999999", ""},
		{"9999999999999999999", ""},
		{strings.Repeat("0", 100) + "1", ""},
		{"1e-99999999999999999999", AmountTooLong},
		{"", NotAnAmount},
		{"-", NotAnAmount},
		{".", NotAnAmount},
		{"1.2.3", NotAnAmount},
		{"1e", NotAnAmount},
		{"1e+", NotAnAmount},
		{"1e1.5", NotAnAmount},
		{"--1", NotAnAmount},
		{"(12.00)", NotAnAmount},
		{"0x10", NotAnAmount},
		{"1_000", NotAnAmount},
		{"1 000", NotAnAmount},
		{"１２", NotAnAmount},
		{"NaN", NotAnAmount},
		{"Inf", NotAnAmount},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			got := Reason("")
			if _, p := newAmounts().read(tt.text); p != nil {
				got = p.reason
			}
			if got != tt.want {
				t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
			}
		})
	}
}
