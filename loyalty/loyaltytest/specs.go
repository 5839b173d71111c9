package loyaltytest

import (
	"io/fs"
	"testing"
	"time"

	"github.com/regulars-go/regulars/loyalty"
)

// RunSpecs runs the cases of all spec files that match a pattern of [fs.Glob],
// each in a subtest that lists what was not as wanted:
//
//	loyaltytest.RunSpecs(t, os.DirFS("specs"), "*.json", time.LoadLocation)
//
// [loyalty.ParseSpec] says what a file holds, and what zones is for. program is
// that of files without one; at most one may be given. That nothing matches is
// a failure.
func RunSpecs(t *testing.T, files fs.FS, pattern string, zones func(name string) (*time.Location, error), program ...loyalty.Program) {
	t.Helper()
	names, err := fs.Glob(files, pattern)
	if err != nil {
		t.Fatalf("pattern %q: %v", pattern, err)
	}
	if len(names) == 0 {
		t.Fatalf("no spec file matches %q", pattern)
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) { runSpec(t, files, name, zones, program) })
	}
}

func runSpec(t *testing.T, files fs.FS, name string, zones func(string) (*time.Location, error), program []loyalty.Program) {
	data, err := fs.ReadFile(files, name)
	if err != nil {
		t.Fatal(err)
	}
	spec, err := loyalty.ParseSpec(data, zones)
	if err != nil {
		t.Fatalf("not a spec:\n%v", err)
	}
	if spec.Program.Name == "" && len(program) == 1 {
		spec.Program = program[0]
	}
	if spec.Program.Name == "" {
		t.Fatal("has no program, and RunSpecs was given none")
	}
	for i := range spec.Cases {
		t.Run(spec.Cases[i].Name, func(t *testing.T) {
			if err := spec.Run(t.Context(), i); err != nil {
				t.Error(err)
			}
		})
	}
}
