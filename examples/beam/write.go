package main

import (
	"context"
	"errors"
	"io"
	"path"
	"reflect"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"
)

func init() {
	register.DoFn1x2[string, string, string](&nameDocument{})
	register.DoFn2x2[string, func(*string) bool, string, string](&sortTable{})
	register.DoFn3x1[context.Context, string, string, error](&writeDocument{})
}

func beamType[T any]() reflect.Type { return reflect.TypeFor[T]() }

// named makes a document of each text.
func named(s beam.Scope, name string, texts beam.PCollection) beam.PCollection {
	return beam.ParDo(s, &nameDocument{name}, texts)
}

type nameDocument struct{ Name string }

// ProcessElement returns the name and the text.
func (f *nameDocument) ProcessElement(text string) (string, string) { return f.Name, text }

// tabled makes documents of lines, which come by the name of their document.
func tabled(s beam.Scope, lines beam.PCollection) beam.PCollection {
	return beam.ParDo(s, &sortTable{}, beam.GroupByKey(s, lines))
}

type sortTable struct{}

// ProcessElement returns the name and all lines.
func (*sortTable) ProcessElement(name string, lines func(*string) bool) (string, string) {
	var all []string
	var line string
	for lines(&line) {
		all = append(all, line)
	}
	return name, tableText(name, all)
}

// writeDocument writes a document to a folder of any file system that Beam
// knows. A bundle that is tried again writes the same bytes again.
type writeDocument struct{ Folder string }

// ProcessElement writes one document.
func (f *writeDocument) ProcessElement(ctx context.Context, name, text string) (err error) {
	fs, err := filesystem.New(ctx, f.Folder)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, fs.Close()) }()
	file, err := fs.OpenWrite(ctx, path.Join(f.Folder, name))
	if err != nil {
		return err
	}
	_, err = io.WriteString(file, text)
	return errors.Join(err, file.Close())
}
