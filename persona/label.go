package persona

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxLabel is the most bytes of a label, key and value.
const MaxLabel = 128

// badLabelKey says what keeps a text from being the key of a label; "" if
// nothing does.
func badLabelKey(key string) string {
	for i := range len(key) {
		c := key[i]
		if letter := 'a' <= c && c <= 'z'; !letter && (i == 0 || c != '.' && c != '_' && c != '-' && (c < '0' || c > '9')) {
			return fmt.Sprintf(`%q: want a to z, 0 to 9, ".", "_" or "-", a letter first`, shorten(key))
		}
	}
	if key == "" || len(key) > MaxLabel/2 {
		return fmt.Sprintf("has %d bytes: want 1 to %d", len(key), MaxLabel/2)
	}
	return ""
}

// badLabelValue says what keeps a text from being the value of a label; "" if
// nothing does.
func badLabelValue(value string) string {
	hidden := func(r rune) bool { return !unicode.IsPrint(r) || unicode.IsUpper(r) || unicode.IsTitle(r) || r == '=' }
	switch {
	case value == "" || len(value) >= MaxLabel/2:
		return fmt.Sprintf("has %d bytes: want 1 to %d", len(value), MaxLabel/2-1)
	case !utf8.ValidString(value) || strings.ContainsFunc(value, hidden) || strings.TrimSpace(value) != value:
		return fmt.Sprintf(`%q: want printable lower case without "=" or spaces at its ends, since it becomes a label`, shorten(value))
	}
	return ""
}
