package persona_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/persona"
)

// Numbers are exact where a float64 would not be, and what is no number is not
// known.
func TestNumbersAtTheirEdges(t *testing.T) {
	const T, F, U = persona.True, persona.False, persona.Unknown
	s, err := persona.NewSchema(persona.Definition{Attributes: []persona.Attribute{
		{Name: "n", Kind: persona.KindInt},
		{Name: "d", Kind: persona.KindDecimal, Places: 2},
		{Name: "text", Kind: persona.KindString, Normal: []persona.Normal{persona.NormalWidth}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name    string
		profile string
		rule    string
		want    persona.Truth
	}{
		// 2^53 + 1 is the first whole number that no float64 is.
		{"2^53+1 is itself", `{"n": 9007199254740993}`, `{"attr": "n", "op": "eq", "value": 9007199254740993}`, T},
		{"2^53+1 is not 2^53", `{"n": 9007199254740993}`, `{"attr": "n", "op": "eq", "value": 9007199254740992}`, F},
		{"2^53+1 is above 2^53", `{"n": 9007199254740993}`, `{"attr": "n", "op": "gt", "value": 9007199254740992}`, T},
		{"beyond 2^53 in places", `{"d": 90071992547409.93}`, `{"attr": "d", "op": "gt", "value": 90071992547409.92}`, T},
		{"the largest", `{"n": 9223372036854775807}`, `{"attr": "n", "op": "eq", "value": 9223372036854775807}`, T},
		{"below the largest", `{"n": 9223372036854775807}`, `{"attr": "n", "op": "gt", "value": 9223372036854775806}`, T},
		{"beyond the largest", `{"n": 9223372036854775808}`, `{"attr": "n", "op": "gt", "value": 0}`, U},
		{"0 is -0", `{"n": 0}`, `{"attr": "n", "op": "eq", "value": -0}`, T},
		{"-0.00 is not below 0", `{"d": -0.00}`, `{"attr": "d", "op": "lt", "value": 0}`, F},
		{"-0.00 is one of 0", `{"d": -0.00}`, `{"attr": "d", "op": "in", "value": [0, 1]}`, T},
		{"0 is not missing", `{"n": 0}`, `{"attr": "n", "op": "has_value"}`, T},
		{"1e308", `{"d": 1e308}`, `{"attr": "d", "op": "gt", "value": 0}`, U},
		{"digits of a text are no number", `{"n": "30"}`, `{"attr": "n", "op": "eq", "value": 30}`, U},
		{"full-width digits are none either", `{"n": "３０"}`, `{"attr": "n", "op": "eq", "value": 30}`, U},
		{"full-width digits of a text are digits", `{"text": "１３８"}`, `{"attr": "text", "op": "eq", "value": "138"}`, T},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, _, err := s.ReadProfile([]byte(tt.profile)) // what does not fit is left out
			if err != nil {
				t.Fatal(err)
			}
			if got := compile(t, s, tt.rule).Match(p, asOf); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
	negative := persona.Float(math.Copysign(0, -1))
	if !negative.Equal(persona.Int(0)) || fmt.Sprint(negative) != "0" {
		t.Errorf("-0 is %v", negative)
	}
	for _, f := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		p, err := s.NewProfile(map[string]persona.Value{"d": persona.Float(f)})
		if err != nil {
			t.Fatal(err)
		}
		if got := compile(t, s, `{"attr": "d", "op": "lt", "value": 0}`).Match(p, asOf); got != U {
			t.Errorf("%v < 0 is %v", f, got)
		}
		if _, err := s.Compile(persona.Rule{Attr: "d", Op: persona.Lt, Value: persona.Float(f)}); err == nil {
			t.Errorf("a rule compares with %v", f)
		}
	}
	if got := persona.Decimal(decimal.New(0, 5)); !got.Equal(persona.Int(0)) {
		t.Errorf("0e5 is %v", got)
	}
}

// A member that a document has twice is an error, and not the last of the two.
func TestReadProfileRefusesKeysTwice(t *testing.T) {
	if _, _, err := shop(t).ReadProfile([]byte(`{"age": 30, "age": 31}`)); err == nil {
		t.Error("read")
	}
}
