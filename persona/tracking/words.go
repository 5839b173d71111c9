package tracking

import (
	"fmt"
	"slices"
	"strings"
)

// words are the texts of a type whose values count up from 1; 0 is none.
type words struct {
	goType, what string
	list         []string
}

func (w words) of(i uint8) string {
	if !w.has(i) {
		return fmt.Sprintf("%s(%d)", w.goType, i)
	}
	return w.list[i-1]
}

func (w words) has(i uint8) bool { return i > 0 && int(i) <= len(w.list) }

func (w words) marshal(i uint8) ([]byte, error) {
	if !w.has(i) {
		return nil, fmt.Errorf("tracking: no such %s: %d", w.what, i)
	}
	return []byte(w.list[i-1]), nil
}

func (w words) unmarshal(text []byte) (uint8, error) {
	i := slices.Index(w.list, string(text))
	if i < 0 {
		return 0, fmt.Errorf("tracking: %q is not a %s: want %s", text, w.what, strings.Join(w.list, ", "))
	}
	return uint8(i) + 1, nil
}
