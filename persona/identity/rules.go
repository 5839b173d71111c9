package identity

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
)

// Rules say which identifiers there are and what a person may have of them.
// They are data: [ParseRules] reads them from JSON. Key, AsOf and Zone are of
// the host and the moment, and not part of a document.
type Rules struct {
	// Namespaces are the kinds of identifiers that count, at most 64.
	// Identifiers of others are set aside and counted in the [Report].
	Namespaces []NamespaceRule `json:"namespaces"`
	// Owner says who keeps an identifier that two people claim. Defaults to
	// FirstSeen.
	Owner Owner `json:"owner,omitzero"`
	// MaxIDs is the most identifiers of one person, 1 to 50,000: beyond it,
	// something has gone wrong. Zero means 500.
	MaxIDs int `json:"maxIds,omitzero"`
	// SharedAbove guards against identifiers of everybody, such as a tablet in
	// a store: one that was seen with more than so many values of one namespace
	// that is no weaker and allows a person one value is shared, and what
	// was seen of it links nobody. Zero means 3; it is at most a million, which
	// is as good as no guard.
	SharedAbove int `json:"sharedAbove,omitzero"`
	// Blocked are values that name nobody in any namespace, beside those that
	// are always blocked: see [Rules.Normalise]. Case does not matter.
	Blocked []string `json:"blocked,omitempty"`
	// BlockedPatterns are regular expressions (RE2) for such values, of at most
	// 1000 bytes. Anchor them with ^ and $ unless any part may match.
	BlockedPatterns []string `json:"blockedPatterns,omitempty"`
	// MinScore is the score from which a [Match] counts, at most 1. Zero means
	// that no match counts.
	MinScore float64 `json:"minScore,omitzero"`
	// LookBack is how long before a login an event on a shared or contested
	// device may be and still be of whoever logs in: see [People.Attribute].
	// Zero means that logins don't reach back.
	LookBack regulars.Span `json:"lookBack,omitzero"`

	// Key makes the names of persons unguessable; at least 16 random bytes that
	// are kept secret and never change, since the names change with it.
	Key []byte `json:"-"`
	// AsOf is the last instant that counts: evidence after it is set aside, and
	// windows of limits end here. Zero sets nothing aside; with a window it
	// must be set.
	AsOf time.Time `json:"-"`
	// Zone is the calendar that days, weeks, months and years of windows and
	// LookBack step. Nil means UTC. In JSON it is the name under "zone"; see
	// [ParseRules].
	Zone *time.Location `json:"-"`
}

// NamespaceRule is about the identifiers of one kind.
type NamespaceRule struct {
	Name Namespace `json:"name"`
	// Priority ranks the kinds, 1 to 1000: 1 is the strongest, such as an
	// account. Links between strong identifiers go first. Two may be equal.
	Priority int `json:"priority"`
	// Form says how values are tidied. Defaults to Text.
	Form Form `json:"form,omitzero"`
	// Country is the calling code, such as "86", of phone numbers written
	// without one. Without it such numbers are blocked.
	Country string `json:"country,omitzero"`
	// Limits say how many values one person may have, at most 4 limits; all
	// hold. None means any number.
	Limits []Limit `json:"limits,omitempty"`
	// Blocked are values of this kind that name nobody, after tidying. Case
	// does not matter.
	Blocked []string `json:"blocked,omitempty"`
	// BlockedPatterns are regular expressions (RE2) for such values, of at most
	// 1000 bytes.
	BlockedPatterns []string `json:"blockedPatterns,omitempty"`
	// Hashed replaces values by a hash made with the key, so that no answer
	// shows a phone number. [Rules.Hash] does the same before values even get
	// into the evidence.
	Hashed bool `json:"hashed,omitzero"`
}

// Limit is the most values of a namespace that one person may have.
type Limit struct {
	// Max is the number of values, 0 to 50,000. 1 makes them exclusive: two
	// different ones are two people. 0 lets values of the namespace link to nothing.
	Max int `json:"max"`
	// Within counts only values last seen in (AsOf-Within, AsOf]. Zero counts
	// all of them, ever.
	Within regulars.Span `json:"within,omitzero"`
}

// Owner says which of two claims to one identifier goes first.
type Owner string

const (
	// FirstSeen prefers the link that was seen first.
	FirstSeen Owner = "first-seen"
	// Latest prefers the link that was seen last.
	Latest Owner = "latest"
)

// Bounds of rules, checked by [Rules.Validate].
const (
	// MaxNamespaces is ten times what shops have.
	MaxNamespaces = 64
	// MaxLimits bounds the limits of all namespaces together, since each is
	// counted for every person while links are judged.
	MaxLimits = 32
	// MaxBlocked bounds each list of blocked values and of patterns: a list of
	// bad customers belongs elsewhere.
	MaxBlocked = 10_000
	// MinKeyBytes is what can't be found by trying.
	MinKeyBytes = 16

	defaultMaxIDs = 500
	maxMaxIDs     = 50_000 // so that what a person has fits 16 bits
	defaultShared = 3
	maxShared     = 1_000_000
	maxPriority   = 1000
	maxPattern    = 1000 // bytes of a pattern
)

// ErrNoKey is returned by [Resolve] for rules without a key.
var ErrNoKey = errors.New("identity: rules have no key: set Rules.Key to at least 16 secret bytes")

// Validate returns [regulars.Faults] that list everything wrong with the rules,
// the key and the zone excepted: no namespace or too many, a name twice, a
// priority, limit, cap or score out of range, an unknown form or owner, a
// pattern that does not compile.
func (r Rules) Validate() error { return r.faults().Err() }

func (r Rules) faults() regulars.Faults {
	var f regulars.Faults
	r.namespaceFaults(&f)
	if r.Owner != "" && r.Owner != FirstSeen && r.Owner != Latest {
		f.Add("owner", "%.80q: want %q or %q", r.Owner, FirstSeen, Latest)
	}
	if r.MaxIDs < 0 || r.MaxIDs > maxMaxIDs {
		f.Add("maxIds", "%d: want 1 to %d, or 0 for %d", r.MaxIDs, maxMaxIDs, defaultMaxIDs)
	}
	if r.SharedAbove < 0 || r.SharedAbove > maxShared {
		f.Add("sharedAbove", "%d: want 1 to %d, or 0 for %d", r.SharedAbove, maxShared, defaultShared)
	}
	blockedFaults(&f, r.Blocked, r.BlockedPatterns)
	if !(r.MinScore >= 0 && r.MinScore <= 1) {
		f.Add("minScore", "%v: want over 0 and at most 1, or 0 for no matches", r.MinScore)
	}
	return f
}

func (r Rules) namespaceFaults(f *regulars.Faults) {
	if n := len(r.Namespaces); n == 0 || n > MaxNamespaces {
		f.Add("namespaces", "%d namespaces: want 1 to %d", n, MaxNamespaces)
		return
	}
	limits := 0
	taken := map[Namespace]int{}
	for i, n := range r.Namespaces {
		path := fmt.Sprintf("namespaces[%d]", i)
		f.Under(path, n.faults())
		if first, ok := taken[n.Name]; ok {
			f.Add(path+".name", "%.80q is the name of namespaces[%d] already", n.Name, first)
		} else {
			taken[n.Name] = i
		}
		limits += len(n.Limits)
	}
	if limits > MaxLimits {
		f.Add("namespaces", "%d limits in all: want at most %d", limits, MaxLimits)
	}
}

func (n NamespaceRule) faults() regulars.Faults {
	var f regulars.Faults
	if !n.Name.valid() {
		f.Add("name", "%.80q: want a small letter, and then small letters, digits, '_', '.' or '-', at most %d", n.Name, maxNamespaceBytes)
	}
	if n.Priority < 1 || n.Priority > maxPriority {
		f.Add("priority", "%d: want 1 to %d", n.Priority, maxPriority)
	}
	if !n.Form.valid() {
		f.Add("form", "%.80q: want %q, %q, %q, %q or %q", n.Form, Text, Exact, Lower, Email, Phone)
	}
	if n.Country != "" {
		switch {
		case n.Form != Phone:
			f.Add("country", "%.80q: want none, as the form is not %q", n.Country, Phone)
		case len(n.Country) > 3 || n.Country[0] == '0' || strings.Trim(n.Country, "0123456789") != "":
			f.Add("country", "%.80q: want a calling code of 1 to 3 digits, such as %q", n.Country, "86")
		}
	}
	if len(n.Limits) > 4 {
		f.Add("limits", "%d limits: want at most 4", len(n.Limits))
	}
	for i, l := range n.Limits {
		if l.Max < 0 || l.Max > maxMaxIDs {
			f.Add(fmt.Sprintf("limits[%d].max", i), "%d: want 0 to %d", l.Max, maxMaxIDs)
		}
	}
	blockedFaults(&f, n.Blocked, n.BlockedPatterns)
	return f
}

func blockedFaults(f *regulars.Faults, values, patterns []string) {
	if len(values) > MaxBlocked {
		f.Add("blocked", "%d values: want at most %d", len(values), MaxBlocked)
	}
	if len(patterns) > MaxBlocked {
		f.Add("blockedPatterns", "%d patterns: want at most %d", len(patterns), MaxBlocked)
	}
	for i, p := range patterns[:min(len(patterns), MaxBlocked)] {
		at := fmt.Sprintf("blockedPatterns[%d]", i)
		if len(p) > maxPattern {
			f.Add(at, "%d bytes: want at most %d", len(p), maxPattern)
		} else if _, err := regexp.Compile(p); err != nil {
			f.Add(at, "%v", err)
		}
	}
}

// check is Validate and what a document can't have.
func (r Rules) check() error {
	f := r.faults()
	if len(r.Key) > 0 && len(r.Key) < MinKeyBytes {
		f.Add("key", "%d bytes: want at least %d", len(r.Key), MinKeyBytes)
	}
	if r.AsOf.IsZero() {
		for i, n := range r.Namespaces[:min(len(r.Namespaces), MaxNamespaces)] {
			for j, l := range n.Limits {
				if !l.Within.IsZero() {
					f.Add(fmt.Sprintf("namespaces[%d].limits[%d].within", i, j), "%s: a window needs Rules.AsOf, where it ends", l.Within)
				}
			}
		}
	} else if err := calendar.CheckInstant(r.AsOf); err != nil {
		f.Add("asOf", "%v", err)
	}
	if err := f.Err(); err != nil {
		return fmt.Errorf("identity: rules: %w", err)
	}
	if len(r.Key) == 0 {
		return ErrNoKey
	}
	return nil
}
