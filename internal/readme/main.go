// Command readme checks that the Go code in Markdown files is code that the
// tests run, and that what is shown as its output is its output.
//
//	go run ./internal/readme README.md
//
// A block of Go is the body of an Example in some _test.go file, whatever its
// indentation. Or it is a stretch of the file that a comment names, above it:
//
//	<!-- from: examples/first/main.go -->
//
// A block that follows it, before any other block of Go and marked text,
// output or console, is its output: that of the Example, of an Example in the
// named file, or of the named program. A console block that begins with "$ "
// is a command for the reader, and not checked.
package main

import (
	"fmt"
	"os"
)

func main() {
	examples, err := findExamples(".")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	failed := false
	for _, name := range os.Args[1:] {
		text, err := os.ReadFile(name)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		for _, fault := range check(".", string(text), examples) {
			failed = true
			fmt.Printf("%s:%s\n", name, fault)
		}
	}
	if failed {
		os.Exit(1)
	}
}
