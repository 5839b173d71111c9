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
