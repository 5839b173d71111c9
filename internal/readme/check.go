package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// check returns what is wrong with the blocks of a document, each led by its
// line; root is where the paths in it start.
func check(root, document string, examples []example) (faults []string) {
	var outputs []string // what the last block of Go may print; nil if there was none
	for _, b := range blocks(document) {
		var err error
		switch {
		case b.language == "go":
			outputs, err = b.source(root, examples)
		case b.isOutput() && outputs != nil:
			if !slices.Contains(outputs, normal(b.text)) {
				err = fmt.Errorf("not the output of the code above it, which is\n%s", strings.Join(outputs, "\nor\n"))
			}
			outputs = nil
		}
		if err != nil {
			faults = append(faults, fmt.Sprintf("%d: %v", b.line, err))
		}
	}
	return faults
}

// source finds where the code of a block is run, and returns what it prints
// there.
func (b block) source(root string, examples []example) (outputs []string, err error) {
	if b.from != "" {
		return b.sourceIn(root, examples)
	}
	for _, e := range examples {
		if e.body == normal(b.text) {
			outputs = append(outputs, e.output)
		}
	}
	if outputs == nil {
		return nil, fmt.Errorf("this code is not the body of an Example in any _test.go file, and no <!-- from: FILE --> stands above it")
	}
	return outputs, nil
}

func (b block) sourceIn(root string, examples []example) (outputs []string, err error) {
	path := filepath.Join(root, filepath.FromSlash(b.from))
	file, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if !strings.Contains("\n"+normal(string(file))+"\n", "\n"+normal(b.text)+"\n") {
		return nil, fmt.Errorf("this code is not in %s", b.from)
	}
	if strings.HasSuffix(b.from, "_test.go") {
		for _, e := range examples {
			if e.file == path {
				outputs = append(outputs, e.output)
			}
		}
		return outputs, nil
	}
	if !strings.Contains(string(file), "\nfunc main() {") {
		return nil, nil
	}
	cmd := exec.Command("go", "run", ".")
	cmd.Dir = filepath.Dir(path)
	cmd.Stderr = os.Stderr
	printed, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("running %s: %w", b.from, err)
	}
	return []string{normal(string(printed))}, nil
}

// normal returns text without the space around its lines, and without the
// empty lines around it.
func normal(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		lines = append(lines, strings.TrimSpace(line))
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}
