// Package text brings texts into one form, so that what people typed can be
// compared.
package text

import "strings"

// Narrow makes full-width letters, digits and signs (U+FF01 to U+FF5E) those of
// ASCII, and the ideographic space a space: "１３８" is "138". Chinese input
// methods write either. It is the part of NFKC that matters for them.
func Narrow(s string) string { return strings.Map(narrow, s) }

func narrow(r rune) rune {
	switch {
	case r == '\u3000':
		return ' '
	case '！' <= r && r <= '～':
		return r - '！' + '!'
	}
	return r
}
