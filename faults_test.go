package regulars_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars"
)

func TestFaultsUnder(t *testing.T) {
	tests := []struct{ name, under, path, want string }{
		{"field of field", "caps", "day", "caps.day"},
		{"field of item", "rules[2]", "caps.day", "rules[2].caps.day"},
		{"item of list", "rules", "[2].caps", "rules[2].caps"},
		{"quoted key of table", "tiers", `["a.b"].points`, `tiers["a.b"].points`},
		{"the part as a whole", "rules[2]", "", "rules[2]"},
		{"under the document", "", "caps", "caps"},
		{"document under document", "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			part := regulars.Faults{{Path: tt.path, Problem: "p"}}
			whole := regulars.Faults{{Path: "first", Problem: "f"}}
			whole.Under(tt.under, part)
			want := regulars.Faults{{Path: "first", Problem: "f"}, {Path: tt.want, Problem: "p"}}
			if diff := cmp.Diff(want, whole); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if part[0].Path != tt.path {
				t.Errorf("the part changed to %q", part[0].Path)
			}
		})
	}
}

// Property: putting a part under a path and that under another is putting it
// under both at once.
func TestFaultsUnderTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		paths := rapid.SampledFrom([]string{"", "rules", "[2]", "rules[2]", `["a.b"]`, "caps.day"})
		outer, inner := paths.Draw(t, "outer"), paths.Draw(t, "inner")
		part := regulars.Faults{{Path: paths.Draw(t, "path"), Problem: "p"}}
		var middle, stepwise, joined, atOnce regulars.Faults
		middle.Under(inner, part)
		stepwise.Under(outer, middle)
		joined.Under(outer, regulars.Faults{{Path: inner, Problem: "j"}})
		atOnce.Under(joined[0].Path, part)
		if diff := cmp.Diff(atOnce, stepwise); diff != "" {
			t.Fatalf("(-at once +stepwise)\n%s", diff)
		}
	})
}

func TestFaultsErr(t *testing.T) {
	var faults regulars.Faults
	if err := faults.Err(); err != nil {
		t.Errorf("no faults are the error %#v", err)
	}
	faults.Add("", "no rules")
	faults.Add("caps.day", "want a limit of %d or more, not %d", 1, -3)
	err := fmt.Errorf("program: %w", faults.Err())
	if want := "program: no rules\ncaps.day: want a limit of 1 or more, not -3"; err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
	if got, ok := errors.AsType[regulars.Faults](err); !ok || len(got) != 2 {
		t.Errorf("taken out of the error: %v, %t", got, ok)
	}
}
