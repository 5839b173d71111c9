package persona

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// textTest is what a leaf asks of a text.
type textTest struct {
	of      textOp
	mode    textMode
	keys    []string            // of oneText the text, of setText the texts in ascending order, as mode has them
	index   map[string]struct{} // of many texts that are compared as they are
	lo, hi  textBound
	pattern *regexp.Regexp
}

type textOp uint8

const (
	oneText   textOp = iota // the key
	fewText                 // one of the keys, which are few
	indexText               // one of the index
	setText                 // one of the keys, which are many, or not plain
	spanText
	containsText
	prefixText
	suffixText
	patternText
)

// textBound is an end of a range of texts.
type textBound struct {
	key   string
	is    bool // else there is none
	equal bool // the key itself is in the range
}

func (t *textTest) holds(s string) bool {
	switch t.of {
	case oneText:
		return s == t.keys[0]
	case fewText:
		return slices.Contains(t.keys, s)
	case indexText:
		_, ok := t.index[s]
		return ok
	case setText:
		return t.isOne(s)
	case containsText:
		return strings.Contains(s, t.keys[0])
	case prefixText:
		return strings.HasPrefix(s, t.keys[0])
	case suffixText:
		return strings.HasSuffix(s, t.keys[0])
	case patternText:
		return t.pattern.MatchString(s)
	}
	return t.isBetween(s)
}

// fewTexts is up to how many texts are faster compared than looked up.
const fewTexts = 8

// settle finds the fastest way to look for one of the keys.
func (t *textTest) settle() {
	switch {
	case t.of != setText || t.mode != plainMode:
	case len(t.keys) == 1:
		t.of = oneText
	case len(t.keys) <= fewTexts:
		t.of = fewText
	default:
		t.of, t.index = indexText, make(map[string]struct{}, len(t.keys))
		for _, key := range t.keys {
			t.index[key] = struct{}{}
		}
	}
}

func (t *textTest) isOne(s string) bool {
	_, ok := slices.BinarySearchFunc(t.keys, s, func(key, s string) int { return -t.mode.compare(s, key) })
	return ok
}

func (t *textTest) isBetween(s string) bool {
	if t.lo.is {
		if c := t.mode.compare(s, t.lo.key); c < 0 || c == 0 && !t.lo.equal {
			return false
		}
	}
	if t.hi.is {
		if c := t.mode.compare(s, t.hi.key); c > 0 || c == 0 && !t.hi.equal {
			return false
		}
	}
	return true
}

// textMode is how texts are compared: each has a key by whose bytes it is
// ordered. Only those that a rule compares with are made; the key of a profile's
// text is compared while it is read, so that nothing is allocated.
type textMode uint8

const (
	plainMode textMode = iota
	foldMode
	versionMode
)

func (m textMode) key(s string) string {
	switch m {
	case foldMode:
		return strings.Map(foldRune, s)
	case versionMode:
		return versionKey(s)
	}
	return s
}

// compare orders a text against a key.
func (m textMode) compare(s, key string) int {
	switch m {
	case foldMode:
		return compareFolded(s, key)
	case versionMode:
		return compareVersion(s, key)
	}
	return strings.Compare(s, key)
}

func compareFolded(s, key string) int {
	for len(s) > 0 && len(key) > 0 {
		a, n := utf8.DecodeRuneInString(s)
		b, m := utf8.DecodeRuneInString(key)
		if a = foldRune(a); a != b {
			return int(a) - int(b)
		}
		s, key = s[n:], key[m:]
	}
	return len(s) - len(key)
}
