package experiment_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/regulars-go/regulars/internal/testdata"
)

// vector reads one block of the reference figures.
func vector(t *testing.T, block string, into any) {
	t.Helper()
	var blocks map[string]json.RawMessage
	if err := json.NewDecoder(testdata.Open(t, "stats_vectors.json")).Decode(&blocks); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(blocks[block], into); err != nil {
		t.Fatal(err)
	}
}

// near reports a value that is off by more than a share of what is wanted, or
// of 1 if that is less.
func near(t *testing.T, what string, got, want, share float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > share*min(1, math.Abs(want)) {
		t.Errorf("%s = %.17g, want %.17g", what, got, want)
	}
}

// printed reports a value that does not round to what was printed.
func printed(t *testing.T, what string, got, want float64, digits int) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > 0.5000001*math.Pow10(-digits) {
		t.Errorf("%s = %.12g, want %v", what, got, want)
	}
}
