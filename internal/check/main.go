// Command check runs what "make" offers: each check is a list of parts, and
// all of them run even when one fails, so that one run shows all there is to
// mend. It says at the end which part failed.
//
//	go run ./internal/check test|lint|portable|fuzz|bench
package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// part is one command of a check.
type part struct {
	name string
	dir  string
	env  []string
	args []string
	// tests says that args are those of "go test", so that skips are counted.
	tests bool
}

func main() {
	if len(os.Args) != 2 || checks[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: go run ./internal/check test|lint|portable|fuzz|bench")
		os.Exit(2)
	}
	parts, err := checks[os.Args[1]]()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if failed := run(parts, os.Stdout); failed > 0 {
		os.Exit(1)
	}
}

// run runs every part, then lists how they ended. It returns how many failed.
func run(parts []part, out io.Writer) (failed int) {
	var ends []string
	skipped := 0
	for _, p := range parts {
		fmt.Fprintf(out, "== %s: %s\n", p.name, strings.Join(slices.Concat(p.env, p.args), " "))
		n, err := p.run(out)
		skipped += n
		if err != nil {
			failed++
			ends = append(ends, fmt.Sprintf("FAILED  %s: %v", p.name, err))
			continue
		}
		ends = append(ends, "ok      "+p.name)
	}
	fmt.Fprintln(out)
	for _, end := range ends {
		fmt.Fprintln(out, end)
	}
	if skipped > 0 {
		fmt.Fprintf(out, "Skipped for want of a public data set: %d tests. README.md says where each set comes from.\n", skipped)
	}
	if failed > 0 {
		fmt.Fprintf(out, "%d of %d parts failed.\n", failed, len(parts))
	}
	return failed
}

func (p part) run(out io.Writer) (skipped int, err error) {
	args := p.args
	if p.tests {
		args = slices.Insert(slices.Clone(args), 2, "-json") // go test -json …
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), p.env...)
	cmd.Stderr = out
	if !p.tests {
		cmd.Stdout = out
		return 0, cmd.Run()
	}
	events, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	skipped, err = report(events, out)
	if waitErr := cmd.Wait(); waitErr != nil {
		err = waitErr
	}
	return skipped, err
}
