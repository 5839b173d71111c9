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
	List                []string
}

// Of returns the text of a value, or one such as "Ties(9)" for a value without.
func (n Names) Of(i uint8) string {
	if int(i) < len(n.List) {
		return n.List[i]
	}
	return fmt.Sprintf("%s(%d)", n.Type, i)
}

// Marshal returns the text of a value; a value without one is an error.
func (n Names) Marshal(i uint8) ([]byte, error) {
	if int(i) >= len(n.List) {
		return nil, fmt.Errorf("%s: no such %s: %d", n.Package, n.What, i)
	}
	return []byte(n.List[i]), nil
}

// Unmarshal returns the value of a text; the error lists all texts.
func (n Names) Unmarshal(text []byte) (uint8, error) {
	i := slices.Index(n.List, string(text))
	if i < 0 {
		return 0, fmt.Errorf("%s: no such %s: %q: want %s", n.Package, n.What, text, strings.Join(n.List, ", "))
	}
	return uint8(i), nil
}
