package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// skipMark is in the message of every test that is skipped for want of a
// public data set; see internal/testdata.
const skipMark = "needs the public data set"

// event is one line of "go test -json"; see "go doc test2json".
type event struct {
	Action, Package, Test, Output string
}

// report prints events as "go test" without -v would, and counts the tests
// that were skipped for want of a data set.
func report(events io.Reader, out io.Writer) (skipped int, err error) {
	type test struct{ pkg, name string }
	said := make(map[test]string)
	var order []test // of the tests in said
	lines := bufio.NewReader(events)
	for {
		line, err := lines.ReadString('\n')
		if err == io.EOF {
			return skipped, nil
		} else if err != nil {
			return skipped, err
		}
		var e event
		if json.Unmarshal([]byte(line), &e) != nil {
			fmt.Fprint(out, line) // of the go command itself
			continue
		}
		at := test{e.Package, e.Test}
		switch e.Action {
		case "build-output":
			fmt.Fprint(out, e.Output)
		case "output":
			if e.Test == "" {
				if e.Output != "PASS\n" {
					fmt.Fprint(out, e.Output)
				}
			} else if !strings.HasPrefix(e.Output, "=== ") {
				if _, ok := said[at]; !ok {
					order = append(order, at)
				}
				said[at] += e.Output
			}
		case "skip":
			if strings.Contains(said[at], skipMark) {
				skipped++
			}
			delete(said, at)
		case "pass":
			delete(said, at)
		case "fail":
			// A failed package also ends what was running when it panicked.
			for _, t := range order {
				if t == at || e.Test == "" && t.pkg == e.Package {
					fmt.Fprint(out, said[t])
					delete(said, t)
				}
			}
		}
	}
}
