package testdata_test

import (
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/regulars-go/regulars/internal/testdata"
)

// outcome is a test that records how it ended.
type outcome struct {
	testing.TB
	skipped, failed bool
}

func (o *outcome) Helper()               {}
func (o *outcome) Skipf(string, ...any)  { o.skipped = true; runtime.Goexit() }
func (o *outcome) Fatalf(string, ...any) { o.failed = true; runtime.Goexit() }

func path(name string) (o outcome, found string) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		found = testdata.Path(&o, name)
	}()
	<-done
	return o, found
}

func TestPath(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "there.txt"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("REGULARS_DATA", dir)
	tests := []struct {
		name, file, require string
		skipped, failed     bool
	}{
		{"there", "there.txt", "1", false, false},
		{"absent", "absent.txt", "", true, false},
		{"absent but required", "absent.txt", "1", false, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("REGULARS_REQUIRE_DATA", tt.require)
			o, found := path(tt.file)
			if o.skipped != tt.skipped || o.failed != tt.failed {
				t.Errorf("skipped %t, failed %t; want %t, %t", o.skipped, o.failed, tt.skipped, tt.failed)
			}
			if wantPath := !tt.skipped && !tt.failed; (found != "") != wantPath {
				t.Errorf("path %q", found)
			}
		})
	}
}

// A relative folder starts at the project's root, not at the package.
func TestRelativeFolder(t *testing.T) {
	t.Setenv("REGULARS_DATA", "internal/testdata")
	t.Setenv("REGULARS_REQUIRE_DATA", "1")
	text, err := io.ReadAll(testdata.Open(t, "testdata_test.go"))
	if err != nil || !strings.HasPrefix(string(text), "package testdata_test") {
		t.Errorf("read %d bytes, error %v", len(text), err)
	}
}
