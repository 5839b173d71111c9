// Package config reads configuration from JSON, strictly: what a document says
// is either taken whole or refused with everything that is wrong with it.
//
// Beyond [encoding/json], keys match in their exact case, none is unknown or
// given twice, nothing follows the document, texts are valid UTF-8, arrays
// have their exact length, and null stands only where there is a way to hold
// it.
package config

import (
	"encoding"
	"encoding/json"
	"errors"
	"reflect"
	"strconv"
	"strings"

	"github.com/regulars-go/regulars"
)

const (
	// maxBytes holds ten thousand rules of a hundred bytes; what is longer was
	// hardly written by hand, and costs memory many times its size.
	maxBytes = 1 << 20
	// maxDepth bounds the recursion; rules within rules go some ten deep.
	maxDepth = 64
	// maxFaults is more than anyone reads; a hostile document could have one
	// for every few bytes.
	maxFaults = 100
)

// Decode reads the JSON document data into what into points to: structs with
// the tags of [encoding/json], pointers, slices, arrays, maps with string
// keys, strings, bools, numbers, any and [json.RawMessage]. A value with
// UnmarshalJSON or UnmarshalText is read by that, and so may be of any kind.
//
// The document replaces the value: what it leaves out is zero, whatever was
// there before. null is taken by pointers, any and json.RawMessage alone.
//
// If anything is wrong, Decode changes nothing and returns [regulars.Faults]:
// the first fault of syntax, or else every fault of content in the order of
// the document, up to 100. Faults that UnmarshalJSON returns are listed under
// the path of their value.
//
// Decode panics if into is not a pointer, or points to a type that it can't
// read: a channel, a map with other keys, two fields of one name.
func Decode(data []byte, into any) error {
	target := reflect.ValueOf(into)
	if target.Kind() != reflect.Pointer || target.IsNil() {
		panic("config: Decode needs a pointer that is not nil")
	}
	d := decoder{fields: make(map[reflect.Type]fields)}
	d.check(target.Type().Elem())

	document, fault := parse(data)
	if fault != nil {
		return regulars.Faults{*fault}
	}
	value := reflect.New(target.Type().Elem()).Elem()
	d.bind(nil, document, value)
	if err := d.faults.Err(); err != nil {
		return err
	}
	target.Elem().Set(value)
	return nil
}

type decoder struct {
	faults regulars.Faults
	fields map[reflect.Type]fields // of every struct that a document may reach
}

func (d *decoder) bind(at *place, n node, v reflect.Value) {
	if v.Kind() == reflect.Pointer {
		if n.kind() != null {
			v.Set(reflect.New(v.Type().Elem()))
			d.bind(at, n, v.Elem())
		}
		return
	}
	if isLeaf(v.Type()) {
		d.leaf(at, n, v)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.object(at, n, v)
	case reflect.Map:
		d.table(at, n, v)
	case reflect.Slice, reflect.Array:
		d.list(at, n, v)
	case reflect.Interface:
		if value := d.free(at, n); value != nil {
			v.Set(reflect.ValueOf(value))
		}
	default:
		d.scalar(at, n, v)
	}
}

func (d *decoder) object(at *place, n node, v reflect.Value) {
	if n.kind() != object {
		d.mismatch(at, "an object", n)
		return
	}
	known := d.fields[v.Type()]
	d.members(at, n, func(at *place, member node) {
		if index, ok := known.index[member.key]; ok {
			d.bind(at, member, v.FieldByIndex(index))
		} else if !d.full() {
			d.add(at.parent, "unknown key %s: %s", quote(member.key), known.expected(member.key))
		}
	})
}

func (d *decoder) table(at *place, n node, v reflect.Value) {
	if n.kind() != object {
		d.mismatch(at, "an object", n)
		return
	}
	v.Set(reflect.MakeMapWithSize(v.Type(), len(n.children)))
	d.members(at, n, func(at *place, member node) {
		value := reflect.New(v.Type().Elem()).Elem()
		d.bind(at, member, value)
		v.SetMapIndex(reflect.ValueOf(member.key).Convert(v.Type().Key()), value)
	})
}

// members calls each for every member of an object but those whose key was
// there before.
func (d *decoder) members(at *place, n node, each func(at *place, member node)) {
	seen := make(map[string]bool, len(n.children))
	for _, member := range n.children {
		if seen[member.key] {
			d.add(at, "duplicate key %s", quote(member.key))
			continue
		}
		seen[member.key] = true
		each(&place{parent: at, key: member.key, index: -1}, member)
	}
}

func (d *decoder) list(at *place, n node, v reflect.Value) {
	if n.kind() != list {
		d.mismatch(at, "a list", n)
		return
	}
	if v.Kind() == reflect.Slice {
		v.Set(reflect.MakeSlice(v.Type(), len(n.children), len(n.children)))
	} else if len(n.children) != v.Len() {
		d.add(at, "want a list of %d, not of %d", v.Len(), len(n.children))
	}
	for i, item := range n.children[:min(len(n.children), v.Len())] {
		d.bind(&place{parent: at, index: i}, item, v.Index(i))
	}
}

// free returns n as [encoding/json] would make it of an any.
func (d *decoder) free(at *place, n node) any {
	switch n.kind() {
	case object:
		value := make(map[string]any, len(n.children))
		d.members(at, n, func(at *place, member node) { value[member.key] = d.free(at, member) })
		return value
	case list:
		value := make([]any, len(n.children))
		for i, item := range n.children {
			value[i] = d.free(&place{parent: at, index: i}, item)
		}
		return value
	case text:
		return n.text
	case number:
		value := reflect.New(reflect.TypeFor[float64]()).Elem()
		d.scalar(at, n, value)
		return value.Float()
	case boolean:
		return n.raw[0] == 't'
	default:
		return nil
	}
}

// leaf lets the value read itself.
func (d *decoder) leaf(at *place, n node, v reflect.Value) {
	if n.kind() == null && v.Type() != reflect.TypeFor[json.RawMessage]() {
		d.add(at, "want a value, not null")
		return
	}
	var err error
	if value, ok := v.Addr().Interface().(json.Unmarshaler); ok {
		err = value.UnmarshalJSON(n.raw)
	} else if n.kind() != text {
		d.mismatch(at, "a string", n)
	} else {
		err = v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(n.text))
	}
	if err == nil {
		d.unique(at, n)
	} else if part, ok := errors.AsType[regulars.Faults](err); ok {
		d.under(at, part)
	} else {
		d.add(at, "%s", withoutPackage(err))
	}
}

// withoutPackage returns the text of an error without the name of its package,
// which the path that stands before a problem makes superfluous.
func withoutPackage(err error) string {
	text := err.Error()
	name, problem, ok := strings.Cut(text, ": ")
	if !ok || strings.ContainsFunc(name, func(r rune) bool { return r < 'a' || r > 'z' }) {
		return text
	}
	return problem
}

// unique reports the keys that n has twice, as deep as it goes.
func (d *decoder) unique(at *place, n node) {
	if n.kind() == object {
		d.members(at, n, d.unique)
		return
	}
	for i, item := range n.children {
		d.unique(&place{parent: at, index: i}, item)
	}
}

func (d *decoder) scalar(at *place, n node, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if n.kind() != text {
			d.mismatch(at, "a string", n)
			return
		}
		v.SetString(n.text)
	case reflect.Bool:
		if n.kind() != boolean {
			d.mismatch(at, "true or false", n)
			return
		}
		v.SetBool(n.raw[0] == 't')
	default:
		if n.kind() != number {
			d.mismatch(at, "a number", n)
			return
		}
		d.number(at, n, v)
	}
}

func (d *decoder) number(at *place, n node, v reflect.Value) {
	digits, bits := string(n.raw), v.Type().Bits()
	var err error
	var want string
	switch {
	case v.CanInt():
		var value int64
		value, err = strconv.ParseInt(digits, 10, bits)
		v.SetInt(value)
		want = "a whole number from " + strconv.FormatInt(-1<<(bits-1), 10) + " to " + strconv.FormatInt(1<<(bits-1)-1, 10)
	case v.CanUint():
		var value uint64
		value, err = strconv.ParseUint(digits, 10, bits)
		v.SetUint(value)
		want = "a whole number from 0 to " + strconv.FormatUint(1<<bits-1, 10)
	default:
		var value float64
		value, err = strconv.ParseFloat(digits, bits)
		v.SetFloat(value)
		want = "a number that fits " + strconv.Itoa(bits) + " bits"
	}
	if err != nil {
		d.mismatch(at, want, n)
	}
}
