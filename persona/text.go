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
	oneText textOp = iota
	setText
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
	case oneText, setText:
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

// settle makes t fast for the mode and the number of its texts.
func (t *textTest) settle() {
	if t.of != setText || t.mode != plainMode || len(t.keys) <= fewTexts {
		return
	}
	t.index = make(map[string]struct{}, len(t.keys))
	for _, key := range t.keys {
		t.index[key] = struct{}{}
	}
}

func (t *textTest) isOne(s string) bool {
	if t.mode == plainMode {
		if t.index != nil {
			_, ok := t.index[s]
			return ok
		}
		return slices.Contains(t.keys, s)
	}
	lo, hi := 0, len(t.keys)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		switch c := t.mode.compare(s, t.keys[mid]); {
		case c == 0:
			return true
		case c < 0:
			hi = mid
		default:
			lo = mid + 1
		}
	}
	return false
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
