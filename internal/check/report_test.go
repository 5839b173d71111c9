package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// module writes a module of one package with the given test file.
func module(t *testing.T, tests string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":    "module example.com/m\n\ngo 1.26.0\n",
		"m_test.go": "package m\n\nimport \"testing\"\n\n" + tests,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestRun(t *testing.T) {
	const (
		passes = `func TestA(t *testing.T) { t.Log("quiet") }` + "\n"
		skips  = `func TestB(t *testing.T) { t.Run("x", func(t *testing.T) { t.Skip("needs the public data set x") }) }` + "\n" +
			`func TestC(t *testing.T) { t.Skip("something else") }` + "\n"
		fails  = `func TestD(t *testing.T) { t.Run("y", func(t *testing.T) { t.Error("why") }) }` + "\n"
		panics = `func TestE(t *testing.T) { t.Log("before"); panic("boom") }` + "\n"
	)
	tests := []struct {
		name, tests  string
		failed       int
		want, unwant []string
	}{
		{"passes", passes, 0, []string{"ok  \texample.com/m", "\nok      part\n"}, []string{"quiet", "=== RUN", "Skipped", "PASS"}},
		{"skips", passes + skips, 0, []string{"want of a public data set: 1 tests"}, []string{"something else"}},
		{"fails", passes + fails, 1, []string{"--- FAIL: TestD/y", "why", "FAIL\texample.com/m", "FAILED  part: exit status 1", "1 of 1 parts failed"}, []string{"quiet"}},
		{"panics", passes + panics, 1, []string{"before", "panic: boom", "FAILED  part"}, []string{"quiet"}},
		{"does not build", "func TestF(t *testing.T) { undefined() }", 1, []string{"undefined: undefined", "FAILED  part"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out strings.Builder
			failed := run([]part{{name: "part", dir: module(t, tt.tests), args: []string{"go", "test", "./..."}, tests: true}}, &out)
			if failed != tt.failed {
				t.Errorf("%d failed, want %d", failed, tt.failed)
			}
			for _, want := range tt.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("%q is not in\n%s", want, &out)
				}
			}
			for _, unwant := range tt.unwant {
				if strings.Contains(out.String(), unwant) {
					t.Errorf("%q is in\n%s", unwant, &out)
				}
			}
		})
	}
}

// A failed part does not keep the later ones from running.
func TestRunGoesOn(t *testing.T) {
	var out strings.Builder
	failed := run([]part{
		{name: "absent", args: []string{"./no-such-program"}},
		{name: "present", args: []string{"go", "env", "GOVERSION"}},
	}, &out)
	if failed != 1 || !strings.Contains(out.String(), "FAILED  absent") || !strings.Contains(out.String(), "ok      present") {
		t.Errorf("%d failed:\n%s", failed, &out)
	}
}

func TestModules(t *testing.T) {
	t.Chdir("../..")
	var modules []string
	if _, err := eachModule(func(module string) []part { modules = append(modules, module); return nil }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{".", "examples"}, modules[:min(2, len(modules))]); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestFuzzTargets(t *testing.T) {
	dir := module(t, "func FuzzA(f *testing.F) {}\nfunc FuzzB(f *testing.F) {}\nfunc TestC(t *testing.T) {}\n")
	want := []fuzzTarget{{"example.com/m", "FuzzA"}, {"example.com/m", "FuzzB"}}
	if diff := cmp.Diff(want, fuzzTargets(dir), cmp.AllowUnexported(fuzzTarget{})); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
