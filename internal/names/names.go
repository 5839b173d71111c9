// Package names gives the values of an enumeration their texts, and reads them
// back.
package names

import (
	"fmt"
	"slices"
	"strings"
)

// Names are the texts of a type whose values count up from 0.
type Names struct {
	// Package, Type and What are for messages: "funnel", "Ties", "tie policy".
	Package, Type, What string
	// List has the text of each value. An empty one, which only the first may
	// be, is that of a zero value that is none: it is not written or read.
	List []string
}

// Has reports whether a value has a text.
func (n Names) Has(i uint8) bool { return int(i) < len(n.List) && n.List[i] != "" }

// Of returns the text of a value, "" for a zero value that is none, or a text
// such as "Ties(9)" beyond the values.
func (n Names) Of(i uint8) string {
	if int(i) < len(n.List) {
		return n.List[i]
	}
	return fmt.Sprintf("%s(%d)", n.Type, i)
}

// Label returns the text of a value behind a key, as in "stage=new"; "" if it
// has none.
func (n Names) Label(key string, i uint8) string {
	if !n.Has(i) {
		return ""
	}
	return key + "=" + n.List[i]
}

// Marshal returns the text of a value; a value without one is an error.
func (n Names) Marshal(i uint8) ([]byte, error) {
	if !n.Has(i) {
		return nil, fmt.Errorf("%s: no such %s: %d", n.Package, n.What, i)
	}
	return []byte(n.List[i]), nil
}

// Unmarshal returns the value of a text; the error lists all texts.
func (n Names) Unmarshal(text []byte) (uint8, error) {
	i := slices.Index(n.List, string(text))
	if i < 0 || !n.Has(uint8(i)) {
		list := n.List
		if list[0] == "" {
			list = list[1:]
		}
		return 0, fmt.Errorf("%s: no such %s: %q: want %s", n.Package, n.What, text, strings.Join(list, ", "))
	}
	return uint8(i), nil
}
