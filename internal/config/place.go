package config

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/regulars-go/regulars"
)

// place is where a value stands in a document; nil is the document itself. It
// becomes a path only for a fault, so that deep documents cost nothing.
type place struct {
	parent *place
	key    string // if index is negative
	index  int
}

// String returns the path as JSON names it: rules[2].caps.day. A key that
// could be misread is quoted: tiers["a.b"].
func (p *place) String() string {
	if p == nil {
		return ""
	}
	outer := p.parent.String()
	switch {
	case p.index >= 0:
		return outer + "[" + strconv.Itoa(p.index) + "]"
	case !isPlain(p.key):
		return outer + "[" + quote(p.key) + "]"
	case outer == "":
		return p.key
	default:
		return outer + "." + p.key
	}
}

func isPlain(key string) bool {
	return key != "" && len(key) <= maxQuoted && strings.IndexFunc(key, func(r rune) bool {
		return r != '_' && r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) < 0
}

func (d *decoder) full() bool { return len(d.faults) > maxFaults }

// add appends a fault. The first one too many says only that there are more.
func (d *decoder) add(at *place, format string, args ...any) {
	switch {
	case len(d.faults) < maxFaults:
		d.faults.Add(at.String(), format, args...)
	case len(d.faults) == maxFaults:
		d.faults.Add("", "more than %d faults", maxFaults)
	}
}

func (d *decoder) under(at *place, part regulars.Faults) {
	var faults regulars.Faults
	faults.Under(at.String(), part)
	for _, fault := range faults {
		if len(d.faults) >= maxFaults {
			d.add(nil, "")
			return
		}
		d.faults = append(d.faults, fault)
	}
}

// mismatch reports a value that is not what its place takes.
func (d *decoder) mismatch(at *place, want string, n node) {
	if d.full() {
		return
	}
	var got string
	switch n.kind() {
	case object, list, null:
		got = string(n.kind())
	case text:
		got = quote(n.text)
	default:
		got = shorten(string(n.raw))
	}
	d.add(at, "want %s, not %s", want, got)
}

// maxQuoted is how many bytes of a document a message repeats in one place.
const maxQuoted = 60

func quote(s string) string { return strconv.Quote(shorten(s)) }

func shorten(s string) string {
	if len(s) <= maxQuoted {
		return s
	}
	return strings.ToValidUTF8(s[:maxQuoted], "") + "…"
}
