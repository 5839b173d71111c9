package persona

import "strings"

// Versions are ordered by keys, as feature-flag systems do it. Of a version the
// leading "v" and the build, from "+" on, are dropped; the rest falls into parts
// at each "." and "-". Numbers of less than five digits are led by spaces, so
// that 9 comes before 10; where there are three parts, the release "~" follows,
// so that 1.0.0 comes after 1.0.0-beta. The key is the parts joined by "-".
// Versions of the same key, such as 1.2.3-4 and 1.2.3.4, are equal.

func versionKey(s string) string {
	var b strings.Builder
	eachOfVersion(s, func(piece string) bool {
		b.WriteString(piece)
		return true
	})
	return b.String()
}

// compareVersion orders a version against a key.
func compareVersion(s, key string) int {
	order := 0
	eachOfVersion(s, func(piece string) bool {
		n := min(len(piece), len(key))
		if order = strings.Compare(piece[:n], key[:n]); order == 0 && len(piece) > n {
			order = 1
		}
		key = key[n:]
		return order == 0
	})
	if order == 0 && key != "" {
		return -1
	}
	return order
}

// eachOfVersion calls each for one piece of the key of s after the other, as
// long as it returns true.
func eachOfVersion(s string, each func(piece string) bool) {
	const spaces = "     "
	s = strings.TrimPrefix(s, "v")
	s, _, _ = strings.Cut(s, "+")
	parts := 0
	for more := true; more; {
		var part string
		part, s, more = cutVersion(s)
		parts++
		if parts > 1 && !each("-") {
			return
		}
		if len(part) < len(spaces) && isDigits(part) && !each(spaces[len(part):]) {
			return
		}
		if !each(part) {
			return
		}
	}
	if parts == 3 {
		each("-~")
	}
}

func cutVersion(s string) (part, rest string, more bool) {
	if i := strings.IndexAny(s, ".-"); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
