package config

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// fields are the keys that a struct takes.
type fields struct {
	names []string         // in the order of the struct
	index map[string][]int // as reflect.Value.FieldByIndex takes it
}

// check panics if a document can't be read into t, and notes the fields of
// every struct on the way, so that what fails does so on the first document.
func (d *decoder) check(t reflect.Type) {
	if isLeaf(t) {
		return
	}
	switch t.Kind() {
	case reflect.Struct:
		if _, ok := d.fields[t]; ok {
			return
		}
		known := fieldsOf(t)
		d.fields[t] = known
		for _, name := range known.names {
			d.check(t.FieldByIndex(known.index[name]).Type)
		}
	case reflect.Map:
		if t.Key().Kind() != reflect.String || reflect.PointerTo(t.Key()).Implements(textUnmarshaler) {
			panic(fmt.Sprintf("config: the keys of %v are not plain strings", t))
		}
		d.check(t.Elem())
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			panic(fmt.Sprintf("config: %v has two spellings in JSON: use a string or json.RawMessage", t))
		}
		d.check(t.Elem())
	case reflect.Pointer, reflect.Array:
		d.check(t.Elem())
	case reflect.Interface:
		if t.NumMethod() > 0 {
			panic(fmt.Sprintf("config: %v has methods", t))
		}
	case reflect.Chan, reflect.Func, reflect.Complex64, reflect.Complex128, reflect.Uintptr, reflect.UnsafePointer:
		panic(fmt.Sprintf("config: %v has no form in JSON", t))
	}
}

var (
	jsonUnmarshaler = reflect.TypeFor[json.Unmarshaler]()
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// isLeaf reports whether values of t read themselves.
func isLeaf(t reflect.Type) bool {
	pointer := reflect.PointerTo(t)
	return t.Kind() != reflect.Pointer && t.Kind() != reflect.Interface &&
		(pointer.Implements(jsonUnmarshaler) || pointer.Implements(textUnmarshaler))
}

// fieldsOf finds the keys of a struct by the rules of encoding/json: embedded
// structs give theirs, and an outer field hides an inner one of its name.
// Where that leaves two, encoding/json would drop both; it is a mistake.
func fieldsOf(t reflect.Type) fields {
	type embedded struct {
		t     reflect.Type
		index []int
	}
	found := fields{index: make(map[string][]int)}
	for level := []embedded{{t, nil}}; len(level) > 0; {
		var next []embedded
		depth := len(level[0].index)
		for _, outer := range level {
			for i := range outer.t.NumField() {
				f := outer.t.Field(i)
				index := append(slices.Clip(outer.index), i)
				name, flat := keyOf(t, f)
				if flat {
					next = append(next, embedded{f.Type, index})
				}
				if name == "" {
					continue
				}
				if hiding, ok := found.index[name]; !ok {
					found.names = append(found.names, name)
					found.index[name] = index
				} else if len(hiding) == depth+1 {
					panic(fmt.Sprintf("config: %v has two fields %q", t, name))
				}
			}
		}
		level = next
	}
	slices.SortFunc(found.names, func(a, b string) int { return slices.Compare(found.index[a], found.index[b]) })
	return found
}

// keyOf returns the key of a field, or "" if it has none of its own, and
// whether it is embedded so that its fields count as those of the struct.
func keyOf(in reflect.Type, f reflect.StructField) (name string, flat bool) {
	tag := f.Tag.Get("json")
	if tag == "-" {
		return "", false
	}
	name, options, _ := strings.Cut(tag, ",")
	if slices.Contains(strings.Split(options, ","), "string") {
		panic(fmt.Sprintf("config: %v.%s has the option string, which gives a value two spellings", in, f.Name))
	}
	if f.Anonymous && name == "" {
		if f.Type.Kind() == reflect.Pointer {
			panic(fmt.Sprintf("config: %v embeds a pointer, %v", in, f.Type))
		}
		if f.Type.Kind() == reflect.Struct {
			return "", true
		}
	}
	switch {
	case !f.IsExported():
		return "", false
	case name == "":
		return f.Name, false
	default:
		return name, false
	}
}

// expected says which keys there are instead of one that is not: the one that
// was meant, if that can be told, or all.
func (f fields) expected(key string) string {
	if len(f.names) == 0 {
		return "want none"
	}
	nearest := slices.MinFunc(f.names, func(a, b string) int { return distance(a, key) - distance(b, key) })
	if d := distance(nearest, key); d <= 2 && d < len(nearest)/2+1 {
		return "did you mean " + quote(nearest) + "?"
	}
	quoted := make([]string, len(f.names))
	for i, name := range f.names {
		quoted[i] = quote(name)
	}
	return "want one of " + strings.Join(quoted, ", ")
}

// distance counts the letters to insert, delete or replace to get from one key
// to another, not minding case. Keys far apart in length are not compared.
func distance(a, b string) int {
	const far = 1 << 10
	if difference := len(a) - len(b); difference > 2 || difference < -2 {
		return far
	}
	a, b = strings.ToLower(a), strings.ToLower(b)
	row := make([]int, len(b)+1) // distances from a[:i] to every b[:j]
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			substitute := diagonal
			if a[i] != b[j] {
				substitute++
			}
			diagonal = row[j+1]
			row[j+1] = min(substitute, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
