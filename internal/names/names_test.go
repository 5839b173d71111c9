package names_test

import (
	"testing"

	"github.com/regulars-go/regulars/internal/names"
)

var ties = names.Names{Package: "funnel", Type: "Ties", What: "tie policy", List: []string{"any order", "given"}}

func TestNames(t *testing.T) {
	for i, want := range ties.List {
		text, err := ties.Marshal(uint8(i))
		if err != nil || string(text) != want || ties.Of(uint8(i)) != want {
			t.Errorf("%d: %q, %q, %v; want %q", i, text, ties.Of(uint8(i)), err, want)
		}
		if back, err := ties.Unmarshal(text); err != nil || int(back) != i {
			t.Errorf("%q is %d, %v; want %d", text, back, err, i)
		}
	}
}

func TestNoName(t *testing.T) {
	if got := ties.Of(2); got != "Ties(2)" {
		t.Errorf("Of(2) = %q", got)
	}
	if _, err := ties.Marshal(2); err == nil || err.Error() != "funnel: no such tie policy: 2" {
		t.Errorf("Marshal(2): %v", err)
	}
	for _, text := range []string{"", "Given", "given ", "any"} {
		if _, err := ties.Unmarshal([]byte(text)); err == nil {
			t.Errorf("%q was read", text)
		}
	}
	want := `funnel: no such tie policy: "any": want any order, given`
	if _, err := ties.Unmarshal([]byte("any")); err == nil || err.Error() != want {
		t.Errorf("Unmarshal: %v, want %s", err, want)
	}
}

// The zero value of some types is none: it has no text, and "" is not one.
func TestZeroIsNone(t *testing.T) {
	layers := names.Names{Package: "rfm", Type: "Layer", What: "layer", List: []string{"", "core", "tail"}}
	tests := []struct {
		value              uint8
		text, label, wrong string
	}{
		{0, "", "", "rfm: no such layer: 0"},
		{1, "core", "layer=core", ""},
		{2, "tail", "layer=tail", ""},
		{3, "Layer(3)", "", "rfm: no such layer: 3"},
	}
	for _, tt := range tests {
		if got := layers.Of(tt.value); got != tt.text {
			t.Errorf("Of(%d) = %q, want %q", tt.value, got, tt.text)
		}
		if got := layers.Label("layer", tt.value); got != tt.label {
			t.Errorf("Label(%d) = %q, want %q", tt.value, got, tt.label)
		}
		text, err := layers.Marshal(tt.value)
		if tt.wrong != "" {
			if err == nil || err.Error() != tt.wrong {
				t.Errorf("Marshal(%d): %v, want %s", tt.value, err, tt.wrong)
			}
			continue
		}
		if back, err := layers.Unmarshal(text); err != nil || back != tt.value {
			t.Errorf("%q is %d, %v; want %d", text, back, err, tt.value)
		}
	}
	want := `rfm: no such layer: "": want core, tail`
	if _, err := layers.Unmarshal(nil); err == nil || err.Error() != want {
		t.Errorf("Unmarshal: %v, want %s", err, want)
	}
}
