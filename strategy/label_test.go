package strategy_test

import (
	"strings"
	"testing"

	"github.com/regulars-go/regulars/strategy"
)

func TestLabels(t *testing.T) {
	const limit = strategy.MaxLabelBytes
	tests := []struct{ name, label, want string }{
		{"plain", "stage=silent", ""},
		{"with a space", "segment=at risk", ""},
		{"with an apostrophe", "segment=can't lose", ""},
		{"Chinese", "city=上海", ""},
		{"accent", "city=zürich", ""},
		{"key of every kind", "a1.b_c-d=1", ""},
		{"as long as may be", "k=" + strings.Repeat("v", limit-2), ""},
		{"a byte longer", "k=" + strings.Repeat("v", limit-1), `has 129 bytes: want at most 128`},
		{"empty", "", `strategy: empty: want key=value, such as "stage=silent"`},
		{"no value", "stage=", `strategy: "stage=": want key=value`},
		{"no key", "=silent", `strategy: "=silent": want a key of a to z`},
		{"no sign", "silent", `strategy: "silent": want key=value`},
		{"two signs", "a=b=c", `strategy: "a=b=c" has more than one "="`},
		{"capital key", "Stage=silent", `strategy: "Stage=silent": want a key of a to z`},
		{"capital value", "stage=Silent", `strategy: "stage=Silent" has capital letters: want lower case`},
		{"capital beyond ASCII", "city=Åbo", `has capital letters`},
		{"title case", "x=ǅ", `has capital letters`},
		{"space before", "stage= silent", `without spaces at its ends`},
		{"space behind", "stage=silent ", `without spaces at its ends`},
		{"space around the sign", "stage =silent", `want a key of a to z`},
		{"tab", "stage=at\trisk", `want a printable value`},
		{"line break", "stage=silent\n", `want a printable value`},
		{"hidden space", "stage=at\u00a0risk", `want a printable value`},
		{"zero-width space", "stage=sil\u200bent", `want a printable value`},
		{"NUL", "stage=\x00", `want a printable value`},
		{"not UTF-8", "stage=\xff", `is not valid UTF-8`},
		{"digit first", "1st=yes", `a letter first`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := strategy.Vocabulary(nil).Check(test.label)
			expect(t, err, test.want)
		})
	}
}

func TestVocabulary(t *testing.T) {
	cities := make([]string, 15)
	for i := range cities {
		cities[i] = string(rune('a' + i))
	}
	known := strategy.Vocabulary{"stage": {"silent", "active"}, "plan": {"pro"}, "shop": nil, "city": cities}
	tests := []struct {
		name  string
		known strategy.Vocabulary
		label string
		want  string
	}{
		{"known", known, "stage=silent", ""},
		{"any value", known, "shop=42", ""},
		{"unknown key", known, "stge=silent", `strategy: "stge=silent": unknown key "stge": want city, plan, shop or stage`},
		{"unknown value", known, "stage=sielnt", `strategy: "stage=sielnt": unknown value "sielnt" of stage: want active or silent`},
		{"one value", known, "plan=free", `strategy: "plan=free": unknown value "free" of plan: want pro`},
		{"many values", known, "city=z", `want a, b, c, d, e, f, g, h, i, j, k, l or one of 3 more`},
		{"malformed", known, "stage", `strategy: "stage": want key=value`},
		{"nothing known", strategy.Vocabulary{}, "stage=silent", `strategy: "stage=silent": unknown key "stage": want none, as there are no keys`},
		{"all known", nil, "anything=goes", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { expect(t, test.known.Check(test.label), test.want) })
	}
	if known["stage"][0] != "silent" {
		t.Error("a message changed the order of a vocabulary")
	}
}

// expect fails unless err contains want, or is nil if want is empty.
func expect(t *testing.T, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("got %v, want no error", err)
	case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
		t.Errorf("got %v, want %s", err, want)
	}
}
