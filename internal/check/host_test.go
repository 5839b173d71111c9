package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const modulePath = "github.com/regulars-go/regulars"

// forTests are what suites for hosts may use beside the rest: only their own
// tests import them.
var forTests = []string{"pgregory.net/rapid", "github.com/google/go-cmp"}

// A host that imports a package gains no module but those of money and of
// statistics, and of gonum nothing but mathext.
func TestHostGainsNoModule(t *testing.T) {
	for _, pkg := range public(t) {
		allowed := []string{"", modulePath, "github.com/shopspring/decimal", "gonum.org/v1/gonum"}
		if strings.HasSuffix(pkg, "test") {
			allowed = append(allowed, forTests...)
		}
		for line := range strings.Lines(output(t, "go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}} {{.ImportPath}}", pkg)) {
			from, path, _ := strings.Cut(strings.TrimRight(line, "\n"), " ")
			if !slices.Contains(allowed, from) {
				t.Errorf("%s brings in %s of module %s", pkg, path, from)
			}
			if from == "gonum.org/v1/gonum" && !strings.HasPrefix(path, from+"/mathext") {
				t.Errorf("%s brings in %s: want mathext alone", pkg, path)
			}
		}
	}
}

// host is a program that imports every package, and says what it finds when it
// starts.
const host = `package main

import (
	"flag"
	"fmt"
	"runtime"

%s)

func main() {
	flags := 0
	flag.VisitAll(func(*flag.Flag) { flags++ })
	fmt.Println(runtime.NumGoroutine(), "goroutine", flags, "flags")
}
`

// initialised matches a line of GODEBUG=inittrace=1.
var initialised = regexp.MustCompile(`^init (\S+) .* (\d+) bytes, (\d+) allocs$`)

// Error values and tables are made when a program starts: some hundred bytes.
// Beyond this it would be work.
const mostInitBytes = 4096

// A host that imports all packages, in a module of its own, starts with one
// goroutine, no flag, and next to no work.
func TestHostStartsWithNothing(t *testing.T) {
	root := strings.TrimSpace(output(t, "go", "list", "-m", "-f", "{{.Dir}}", modulePath))
	folder := t.TempDir()
	var imports strings.Builder
	for _, pkg := range public(t) {
		if !strings.HasSuffix(pkg, "test") {
			fmt.Fprintf(&imports, "\t_ %q\n", pkg)
		}
	}
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"main.go": fmt.Sprintf(host, imports.String()),
		"go.mod":  "module host\n\ngo 1.26.0\n\nrequire " + modulePath + " v0.0.0\n\nreplace " + modulePath + " => " + root + "\n",
		"go.sum":  string(sums),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	build := exec.Command("go", "build", "-mod=mod", "-o", "host", ".")
	build.Dir = folder
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	start := exec.Command(filepath.Join(folder, "host"))
	start.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	var trace bytes.Buffer
	start.Stderr = &trace
	said, err := start.Output()
	if err != nil {
		t.Fatal(err)
	}
	if want := "1 goroutine 0 flags\n"; string(said) != want {
		t.Errorf("the host says %q, want %q", said, want)
	}
	seen := 0
	for line := range strings.Lines(trace.String()) {
		found := initialised.FindStringSubmatch(strings.TrimSpace(line))
		if found == nil || !strings.HasPrefix(found[1], modulePath) {
			continue
		}
		seen++
		if n, err := strconv.Atoi(found[2]); err != nil || n > mostInitBytes {
			t.Errorf("%s: want at most %d bytes", line, mostInitBytes)
		}
	}
	if seen == 0 {
		t.Errorf("no package of the module in the trace:\n%s", trace.String())
	}
}

// public returns the packages that a host can import.
func public(t *testing.T) (packages []string) {
	t.Helper()
	for path := range strings.Lines(output(t, "go", "list", modulePath+"/...")) {
		if path = strings.TrimSpace(path); !strings.Contains(path, "/internal/") {
			packages = append(packages, path)
		}
	}
	if len(packages) < 10 {
		t.Fatalf("%d packages: want all", len(packages))
	}
	return packages
}

func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		if failed, ok := errors.AsType[*exec.ExitError](err); ok {
			t.Fatalf("%s %q: %v\n%s", name, args, err, failed.Stderr)
		}
		t.Fatal(err)
	}
	return string(out)
}
