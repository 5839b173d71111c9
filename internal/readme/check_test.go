package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// repository writes one with an Example, a program and a library.
func repository(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module example.com/m\n\ngo 1.26.0\n",
		"m_test.go": "package m\n\nimport \"fmt\"\n\nfunc ExampleA() {\n\tfor i := range 2 {\n\t\tfmt.Println(i)\n\t}\n" +
			"\t// Output:\n\t// 0\n\t// 1\n}\n\ntype helper struct{}\n",
		"prog/main.go": "package main\n\nimport \"fmt\"\n\nfunc main() {\n\tfmt.Println(\"hello\")\n}\n",
		"m.go":         "package m\n\n// A is an A.\ntype A int\n",
	} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestCheck(t *testing.T) {
	root := repository(t)
	examples, err := findExamples(root)
	if err != nil {
		t.Fatal(err)
	}
	const loop = "```go\nfor i := range 2 {\n    fmt.Println(i)\n}\n```\n"
	const notOutput = "not the output of the code above it, which is"
	const notExample = "this code is not the body of an Example in any _test.go file, and no <!-- from: FILE --> stands above it"
	tests := []struct {
		name, document string
		want           []string // the first lines
	}{
		{"nothing", "# Title\n\ntext\n", nil},
		{"body of an Example", "# T\n\n" + loop, nil},
		{"and its output", loop + "\nprints\n\n```text\n0\n1\n```\n", nil},
		{"another output", loop + "```console\n0\n2\n```\n", []string{"6: " + notOutput}},
		{"a command is no output", loop + "```console\n$ make test\n```\n", nil},
		{"text without code", "```text\n0\n```\n", nil},
		{"only one output", loop + "```text\n0\n1\n```\n```text\nx\n```\n", nil},
		{"other code", "```go\nfor i := range 3 {\n\tfmt.Println(i)\n}\n```\n", []string{"1: " + notExample}},
		{"part of an Example", "```go\nfmt.Println(i)\n```\n", []string{"1: " + notExample}},
		{"part of a file", "<!-- from: m.go -->\n\n```go\n// A is an A.\ntype A int\n```\n", nil},
		{"not in the file", "<!-- from: m.go -->\n```go\ntype A uint\n```\n", []string{"2: this code is not in m.go"}},
		{"half a line of the file", "<!-- from: m.go -->\n```go\ntype A\n```\n", []string{"2: this code is not in m.go"}},
		{"no such file", "<!-- from: n.go -->\n```go\ntype A\n```\n", []string{"2: open " + filepath.Join(root, "n.go") + ": no such file or directory"}},
		{"the comment is of one block", "<!-- from: m.go -->\n```go\ntype A int\n```\n```go\ntype A int\n```\n", []string{"5: " + notExample}},
		{"a program", "<!-- from: prog/main.go -->\n```go\nfmt.Println(\"hello\")\n```\n```text\nhello\n```\n", nil},
		{"a program's other output", "<!-- from: prog/main.go -->\n```go\nfmt.Println(\"hello\")\n```\n```text\nhallo\n```\n", []string{"5: " + notOutput}},
		{"part of a test file", "<!-- from: m_test.go -->\n```go\ntype helper struct{}\n```\n```text\n0\n1\n```\n", nil},
		{"other languages", "```sh\nmake test\n```\n```json\n{}\n```\n", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, fault := range check(root, tt.document, examples) {
				first, _, _ := strings.Cut(fault, "\n")
				got = append(got, first)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
