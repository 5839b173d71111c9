package journey

import (
	"fmt"
	"slices"
	"strings"
)

// names are the texts of a type whose values count up from 0.
type names struct {
	goType, what string
	list         []string
}

func (n names) of(i uint8) string {
	if int(i) < len(n.list) {
		return n.list[i]
	}
	return fmt.Sprintf("%s(%d)", n.goType, i)
}

func (n names) marshal(i uint8) ([]byte, error) {
	if int(i) >= len(n.list) {
		return nil, fmt.Errorf("journey: no such %s: %d", n.what, i)
	}
	return []byte(n.list[i]), nil
}

func (n names) unmarshal(text []byte) (uint8, error) {
	i := slices.Index(n.list, string(text))
	if i < 0 {
		return 0, fmt.Errorf("journey: no such %s: %q: want %s", n.what, text, strings.Join(n.list, ", "))
	}
	return uint8(i), nil
}
