package identity

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/regulars-go/regulars/internal/text"
)

// compiled are rules with their defaults filled in, ready to be looked up.
type compiled struct {
	Rules
	spaces []space
	index  map[string]int16
	limits []limit // of all namespaces, in their order
	// guarded says that some namespace allows a person one value.
	guarded bool
}

// space is a namespace of the rules.
type space struct {
	rule     NamespaceRule
	rank     int // in the order of names
	banned   map[string]bool
	patterns []*regexp.Regexp
	// from and to are its limits in compiled.limits.
	from, to int
	// single says that a person may have one value of it, ever.
	single bool
}

// limit is a limit of a namespace. Its window ends at the moment as of which
// people are resolved, and so does not belong here.
type limit struct {
	Limit
	space int16
}

func compile(r Rules) *compiled {
	c := &compiled{Rules: r, index: map[string]int16{}}
	c.MaxIDs = cmp.Or(r.MaxIDs, defaultMaxIDs)
	c.SharedAbove = cmp.Or(r.SharedAbove, defaultShared)
	c.Owner = cmp.Or(r.Owner, FirstSeen)
	for i, n := range r.Namespaces {
		s := compileSpace(r, i)
		s.from = len(c.limits)
		for _, l := range n.Limits {
			c.limits = append(c.limits, limit{l, int16(i)})
			s.single = s.single || l.Max == 1 && l.Within.IsZero()
		}
		s.to = len(c.limits)
		c.guarded = c.guarded || s.single
		c.spaces = append(c.spaces, s)
		c.index[string(n.Name)] = int16(i)
	}
	return c
}

func compileSpace(r Rules, i int) space {
	s := space{rule: r.Namespaces[i], banned: map[string]bool{}}
	for _, other := range r.Namespaces {
		if other.Name < s.rule.Name {
			s.rank++
		}
	}
	for _, list := range [][]string{r.Blocked, s.rule.Blocked} {
		for _, value := range list {
			s.banned[strings.ToLower(strings.TrimSpace(text.Narrow(value)))] = true
		}
	}
	for _, pattern := range slices.Concat(r.BlockedPatterns, s.rule.BlockedPatterns) {
		// Rules that were not validated may have one that does not compile.
		if p, err := regexp.Compile(pattern); err == nil {
			s.patterns = append(s.patterns, p)
		}
	}
	return s
}
