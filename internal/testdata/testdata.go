// Package testdata finds the public data sets that some tests need. They are
// not part of the repository; README.md says where each comes from.
package testdata

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

const (
	// folderVar names the folder of the data sets. A relative path starts at
	// the project's root, since each test runs in its own package's folder.
	folderVar = "REGULARS_DATA"
	// requireVar is "1" where the data sets must be there.
	requireVar = "REGULARS_REQUIRE_DATA"
	// defaultFolder is beside the project's root.
	defaultFolder = "../shared/data"
	// Skipped is in the message of every test that is skipped for want of a
	// data set, so that a test run can count them.
	Skipped = "needs the public data set"
)

// Open opens a data set for reading, and closes it when the test ends. Without
// the data set the test is skipped or fails, as with [Path].
func Open(t testing.TB, name string) *os.File {
	t.Helper()
	file, err := os.Open(Path(t, name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	return file
}

// Path returns where a data set lies. If it is not there the test is skipped;
// with REGULARS_REQUIRE_DATA=1 it fails.
func Path(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join(folder(t), filepath.FromSlash(name))
	_, err := os.Stat(path)
	switch {
	case err == nil:
		return path
	case !errors.Is(err, fs.ErrNotExist):
		t.Fatal(err)
	case os.Getenv(requireVar) == "1":
		t.Fatalf("%s %s (set %s to its folder): %v", Skipped, name, folderVar, err)
	default:
		t.Skipf("%s %s (set %s to its folder): %v", Skipped, name, folderVar, err)
	}
	return ""
}

func folder(t testing.TB) string {
	t.Helper()
	path := os.Getenv(folderVar)
	if path == "" {
		path = filepath.FromSlash(defaultFolder)
	}
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(root(t), path)
}

// root returns the folder of the nearest go.mod at or above the test's own.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod at or above the test's folder")
		}
		dir = parent
	}
}
