package strategy

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxLabelBytes bounds a label. Names of segments and cities are shorter by
// far; what is longer is a text and no label.
const MaxLabelBytes = 128

// Vocabulary says which labels there are: the keys, and the values of each. A
// key without values may have any. A nil Vocabulary knows every label.
type Vocabulary map[string][]string

// Check returns an error if a label is malformed, or if v does not know its key
// or its value. The package comment says what a label looks like.
func (v Vocabulary) Check(label string) error {
	if problem := v.problem(label); problem != "" {
		return fmt.Errorf("strategy: %s", problem)
	}
	return nil
}

// problem says what is wrong with a label; "" if nothing is.
func (v Vocabulary) problem(label string) string {
	if problem := malformed(label); problem != "" || v == nil {
		return problem
	}
	key, value, _ := strings.Cut(label, "=")
	values, ok := v[key]
	if !ok {
		return fmt.Sprintf("%q: unknown key %q: want %s", label, key, oneOf(slices.Collect(maps.Keys(v))))
	}
	if len(values) > 0 && !slices.Contains(values, value) {
		return fmt.Sprintf("%q: unknown value %q of %s: want %s", label, value, key, oneOf(slices.Clone(values)))
	}
	return ""
}

// malformed says what keeps a text from being a label; "" if nothing does.
func malformed(label string) string {
	key, value, ok := strings.Cut(label, "=")
	switch {
	case label == "":
		return `empty: want key=value, such as "stage=silent"`
	case len(label) > MaxLabelBytes:
		return fmt.Sprintf("%.20q… has %d bytes: want at most %d", label, len(label), MaxLabelBytes)
	case !utf8.ValidString(label):
		return fmt.Sprintf("%q is not valid UTF-8", label)
	case !ok || value == "":
		return fmt.Sprintf("%q: want key=value", label)
	case !isKey(key):
		return fmt.Sprintf(`%q: want a key of a to z, 0 to 9, ".", "_" or "-", a letter first`, label)
	case strings.Contains(value, "="):
		return fmt.Sprintf(`%q has more than one "="`, label)
	case strings.ContainsFunc(value, isCapital):
		return fmt.Sprintf("%q has capital letters: want lower case", label)
	case !isPrintable(value):
		return fmt.Sprintf("%q: want a printable value without spaces at its ends", label)
	}
	return ""
}

func isKey(key string) bool {
	for i := range len(key) {
		c := key[i]
		letter := 'a' <= c && c <= 'z'
		if !letter && (i == 0 || c != '.' && c != '_' && c != '-' && (c < '0' || c > '9')) {
			return false
		}
	}
	return key != ""
}

func isCapital(r rune) bool { return unicode.IsUpper(r) || unicode.IsTitle(r) }

// isPrintable reports whether a text shows all that it has: of white space it
// may have the ASCII space, and that not at its ends.
func isPrintable(text string) bool {
	hidden := func(r rune) bool { return !unicode.IsPrint(r) }
	return utf8.ValidString(text) && !strings.ContainsFunc(text, hidden) && strings.Trim(text, " ") == text
}

// shownNames is how many names a message lists: more than the stages and segments
// that there are, fewer than the cities.
const shownNames = 12

// oneOf lists names for a message, in their order by bytes; it may sort names.
func oneOf(names []string) string {
	slices.Sort(names)
	if len(names) > shownNames {
		return strings.Join(names[:shownNames], ", ") + fmt.Sprintf(" or one of %d more", len(names)-shownNames)
	}
	last := len(names) - 1
	switch last {
	case -1:
		return "none, as there are no keys"
	case 0:
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " or " + names[last]
}
