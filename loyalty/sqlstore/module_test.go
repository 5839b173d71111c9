package sqlstore

import (
	"archive/zip"
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const outsidePackage = `package outside

import (
	"database/sql"

	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/loyalty/sqlstore"
)

func Open(db *sql.DB) (loyalty.Store, error) { return sqlstore.New(db, sqlstore.PostgreSQL) }
`

// A module that requires this one alone builds, with both modules as a release
// has them and without their replace.
func TestOutsideModule(t *testing.T) {
	proxy, outside := t.TempDir(), t.TempDir()
	const version = "v0.999.0"
	publish(t, proxy, "../..", "github.com/regulars-go/regulars", version)
	publish(t, proxy, ".", "github.com/regulars-go/regulars/loyalty/sqlstore", version)
	write(t, filepath.Join(outside, "outside.go"), outsidePackage)
	write(t, filepath.Join(outside, "go.mod"), "module outside\n\ngo 1.26.0\n\nrequire github.com/regulars-go/regulars/loyalty/sqlstore "+version+"\n")
	cache := strings.TrimSpace(run(t, ".", nil, "go", "env", "GOMODCACHE"))
	// What the two modules need besides lies in the cache, by which they were built.
	env := []string{
		"GOFLAGS=-mod=mod", "GOWORK=off", "GOSUMDB=off", "GOMODCACHE=" + filepath.Join(outside, "cache"),
		"GOPROXY=file://" + filepath.ToSlash(proxy) + ",file://" + filepath.ToSlash(cache) + "/cache/download,off",
	}
	t.Cleanup(func() { run(t, outside, env, "go", "clean", "-modcache") }) // it is read-only
	run(t, outside, env, "go", "build", ".")
	// No driver comes with what does not ask for one.
	for dependency := range strings.FieldsSeq(run(t, outside, env, "go", "list", "-deps", ".")) {
		if strings.Contains(dependency, "jackc/pgx") || strings.Contains(dependency, "modernc.org") || dependency == "testing" {
			t.Errorf("the package contains %s", dependency)
		}
	}
	// Who asks for the store on pgx finds all that it needs. It is not built here: pgx
	// is large, and would be built anew each time.
	if list := run(t, outside, env, "go", "list", "-deps", "github.com/regulars-go/regulars/loyalty/sqlstore/pgxstore"); !strings.Contains(list, "jackc/pgx/v5/pgxpool") {
		t.Error("pgxstore stands on something else than pgx")
	}
}

var rootRequirement = regexp.MustCompile(`(github.com/regulars-go/regulars) v\S+`)

// publish writes a module to a proxy that is a folder, as a tag would.
func publish(t *testing.T, proxy, dir, path, version string) {
	t.Helper()
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	mod = rootRequirement.ReplaceAll(mod, []byte("$1 "+version)) // what CONTRIBUTING says to do before the tag
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	add := func(name string, data []byte) error {
		w, err := z.Create(path + "@" + version + "/" + name)
		if err == nil {
			_, err = w.Write(data)
		}
		return err
	}
	err = fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			_, err := os.Stat(filepath.Join(dir, name, "go.mod"))
			if name != "." && (err == nil || strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata") {
				return fs.SkipDir
			}
			return nil
		}
		if name == "go.mod" || !entry.Type().IsRegular() || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			return nil // a file of another test, gone since
		}
		return errors.Join(err, add(name, data))
	})
	if err = errors.Join(err, add("go.mod", mod), z.Close()); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(proxy, filepath.FromSlash(path), "@v")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(folder, "list"), version+"\n")
	write(t, filepath.Join(folder, version+".info"), `{"Version":"`+version+`","Time":"2026-01-01T00:00:00Z"}`)
	write(t, filepath.Join(folder, version+".mod"), string(mod))
	write(t, filepath.Join(folder, version+".zip"), archive.String())
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func run(t *testing.T, dir string, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, stderr.String())
	}
	return string(out)
}
