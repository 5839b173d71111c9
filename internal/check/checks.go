package main

import (
	"fmt"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// golangci is pinned, and run by go itself, so that nothing has to be
// installed and nothing of it is in go.mod.
const golangci = "github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0"

var checks = map[string]func() ([]part, error){
	"test":     testParts,
	"lint":     lintParts,
	"portable": portableParts,
	"fuzz":     fuzzParts,
	"bench":    benchParts,
}

// testParts run all tests. The race detector watches the library only: the
// programs of other modules run on one goroutine, and take five times as long
// under it.
func testParts() ([]part, error) {
	race := hasRace()
	if !race {
		fmt.Println("No C compiler: the tests run without the race detector.")
	}
	return eachModule(func(module string) []part {
		args := []string{"go", "test"}
		if race && module == "." {
			args = append(args, "-race")
		}
		return []part{{name: "test " + module, dir: module, tests: true, args: append(args, packages(module)...)}}
	})
}

func lintParts() ([]part, error) {
	config, err := filepath.Abs(".golangci.yml")
	if err != nil {
		return nil, err
	}
	parts, err := eachModule(func(module string) []part {
		in := func(name string, args ...string) part {
			return part{name: name + " " + module, dir: module, args: args}
		}
		return []part{
			in("vet", append([]string{"go", "vet"}, packages(module)...)...),
			in("fix", append([]string{"go", "fix", "-diff"}, packages(module)...)...),
			in("golangci-lint", append([]string{"go", "run", golangci, "run", "--config", config}, packages(module)...)...),
			in("tidy", "go", "mod", "tidy", "-diff"),
		}
	})
	return append(parts, part{
		name: "code in pages", args: []string{"go", "run", "./internal/readme", "README.md", "README.zh-CN.md", "docs/scale.md", "docs/compare.md"},
	}), err
}

// portableParts run the library's tests where the same input must give the same
// bytes: with an int of 32 bits, with fused multiply-add, far from UTC. The race
// detector knows no 386, and adds nothing to the other two. Other modules have
// no arithmetic of their own.
func portableParts() ([]part, error) {
	in := func(name string, env ...string) part {
		return part{name: name, dir: ".", env: env, tests: true, args: append([]string{"go", "test"}, packages(".")...)}
	}
	return []part{
		in("386", "GOARCH=386", "CGO_ENABLED=0"),
		in("amd64 v3", "GOARCH=amd64", "GOAMD64=v3"),
		in("odd TZ", "TZ=Pacific/Chatham"),
	}, nil
}

// fuzzParts fuzz each target for a short while: "go test -fuzz" takes one.
func fuzzParts() ([]part, error) {
	return eachModule(func(module string) (parts []part) {
		for _, t := range fuzzTargets(module) {
			parts = append(parts, part{
				name: "fuzz " + t.pkg + " " + t.name,
				dir:  module,
				args: []string{"go", "test", "-run=^$", "-fuzz=^" + t.name + "$", "-fuzztime=10s", t.pkg},
			})
		}
		return parts
	})
}

func benchParts() ([]part, error) {
	return eachModule(func(module string) []part {
		return []part{{name: "bench " + module, dir: module, args: []string{"go", "test", "-run=^$", "-bench=.", "./..."}}}
	})
}

// eachModule returns the parts of every module, the root's first.
func eachModule(parts func(module string) []part) (all []part, err error) {
	var modules []string
	err = filepath.WalkDir(".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && file != "." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata") {
			return filepath.SkipDir
		}
		if entry.Name() == "go.mod" {
			modules = append(modules, filepath.ToSlash(filepath.Dir(file)))
		}
		return nil
	})
	slices.Sort(modules)
	for _, module := range modules {
		all = append(all, parts(module)...)
	}
	return all, err
}

// packages are the patterns for all packages of a module. "./..." leaves out
// folders named testdata.
func packages(module string) []string {
	if module == "." {
		return []string{"./...", "./internal/testdata"}
	}
	return []string{"./..."}
}

// hasRace reports whether the race detector can be built: it needs cgo.
func hasRace() bool {
	out, err := exec.Command("go", "env", "CGO_ENABLED").Output()
	return err == nil && strings.TrimSpace(string(out)) == "1"
}

type fuzzTarget struct{ pkg, name string }

// fuzzTargets lists the fuzz targets of a module, as "go test -list" prints
// them: the names in a package, then "ok" and the package. A package that does
// not build has none; "make test" says so.
func fuzzTargets(module string) (targets []fuzzTarget) {
	cmd := exec.Command("go", "test", "-list=^Fuzz", "./...")
	cmd.Dir = module
	out, _ := cmd.Output()
	var names []string
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		switch {
		case len(words) == 1:
			names = append(names, words[0])
		case len(words) > 1 && words[0] == "ok":
			for _, name := range names {
				targets = append(targets, fuzzTarget{words[1], name})
			}
			names = nil
		}
	}
	return targets
}
