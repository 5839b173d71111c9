package main

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// example is an Example function that the tests run.
type example struct {
	file   string
	body   string // without the comment that says its output
	output string
}

// findExamples returns the Examples in the _test.go files under root, also
// those of nested modules. One without an output is compiled but not run; it
// counts as code that may be shown, without an output.
func findExamples(root string) (all []example, err error) {
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != root && strings.HasPrefix(entry.Name(), "."):
			return filepath.SkipDir
		case entry.IsDir() || !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		found, err := examplesIn(path)
		all = append(all, found...)
		return err
	})
	return all, err
}

var outputComment = regexp.MustCompile(`(?im)^\s*//\s*(unordered )?output:`)

func examplesIn(path string) (all []example, err error) {
	source, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, source, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	bodies := make(map[string]string)
	for _, declaration := range file.Decls {
		if f, ok := declaration.(*ast.FuncDecl); ok && f.Body != nil {
			bodies[f.Name.Name] = string(source[files.Position(f.Body.Lbrace).Offset+1 : files.Position(f.Body.Rbrace).Offset])
		}
	}
	for _, e := range doc.Examples(file) {
		body := bodies["Example"+e.Name]
		if at := outputComment.FindAllStringIndex(body, -1); at != nil {
			body = body[:at[len(at)-1][0]]
		}
		all = append(all, example{path, normal(body), normal(e.Output)})
	}
	return all, nil
}
