package persona

import (
	"fmt"
	"maps"
	"slices"

	"github.com/regulars-go/regulars"
)

// Compile makes a segment of a rule that refers to no other. The error is
// [regulars.Faults], with a line for everything that is wrong with it: an
// attribute that the schema lacks, a value of another kind, an operator that
// there is not, a bad regular expression, limits that are exceeded. What can't
// ever be true but is not wrong is in [Segment.Warnings].
func (s *Schema) Compile(r Rule) (*Segment, error) {
	c := compiler{schema: s}
	return c.segment(NamedRule{Rule: r})
}

// compiler compiles one rule.
type compiler struct {
	schema   *Schema
	segments map[string]*Segment // that the rule may refer to
	nodes    []node
	places   []place
	timed    bool // some leaf depends on the moment
	windows  []window
	count    int // rules of the tree itself
	faults   regulars.Faults
	warnings regulars.Faults
}

func (c *compiler) segment(named NamedRule) (*Segment, error) {
	canonical := c.tree(named.Rule, "", 1)
	if len(c.nodes) > MaxExpanded {
		c.faults.Add("", "%d rules with those of all segments in their places: want at most %d", len(c.nodes), MaxExpanded)
	}
	if err := c.faults.Err(); err != nil {
		return nil, err
	}
	s := &Segment{
		schema: c.schema, name: named.Name, title: named.Title, rule: canonical,
		nodes: c.nodes, places: c.places, timeless: !c.timed, windows: c.windows, warnings: c.warnings,
	}
	s.sign(c.segments)
	return s, nil
}

// tree compiles a rule with its parts, and returns it in its canonical form.
func (c *compiler) tree(r Rule, path string, depth int) Rule {
	if c.count++; depth > MaxDepth || c.count > MaxNodes || len(c.nodes) > MaxExpanded {
		c.limit(path, depth)
		return r
	}
	if n := r.forms(); n != 1 {
		c.faults.Add(path, "want one of all, any, not, segment, attr and event, not %d of them", n)
		return r
	}
	if r.isLeaf() {
		return c.leaf(r, path)
	}
	if misplaced := r.misplaced(); misplaced != "" {
		c.faults.Add(join(path, misplaced), "belongs to a leaf, with attr or event")
	}
	at := len(c.nodes)
	c.add(node{}, place{path, r.Segment})
	canonical := c.parts(r, at, path, depth)
	c.nodes[at].end = int32(len(c.nodes))
	return canonical
}

// limit reports once that a tree is too deep or too large.
func (c *compiler) limit(path string, depth int) {
	switch {
	case depth > MaxDepth:
		c.faults.Add(path, "rules within rules go deeper than %d", MaxDepth)
	case c.count == MaxNodes+1:
		c.faults.Add(path, "more than %d rules", MaxNodes)
	}
}

func (c *compiler) parts(r Rule, at int, path string, depth int) Rule {
	canonical := Rule{Segment: r.Segment, AllowEmpty: r.AllowEmpty && len(r.Any) == 0}
	switch {
	case r.All != nil:
		c.nodes[at].op = opAll
		canonical.All = c.list(r.All, join(path, "all"), depth)
	case r.Any != nil:
		c.nodes[at].op = opAny
		if len(r.Any) == 0 && !r.AllowEmpty {
			c.faults.Add(join(path, "any"), "empty, so nobody is in it: want a rule, or allowEmpty")
		}
		canonical.Any = c.list(r.Any, join(path, "any"), depth)
	case r.Not != nil:
		c.nodes[at].op = opNot
		part := c.tree(*r.Not, join(path, "not"), depth+1)
		canonical.Not = &part
	default:
		c.nodes[at].op = opSegment
		c.inline(r.Segment, path)
	}
	return canonical
}

func (c *compiler) list(rules []Rule, path string, depth int) []Rule {
	canonical := make([]Rule, 0, len(rules))
	for i, part := range rules {
		if c.count > MaxNodes {
			break
		}
		canonical = append(canonical, c.tree(part, fmt.Sprintf("%s[%d]", path, i), depth+1))
	}
	return canonical
}

// inline puts the rules of a segment in its place.
func (c *compiler) inline(name, path string) {
	segment, ok := c.segments[name]
	if !ok {
		c.faults.Add(join(path, "segment"), "no rule is named %q: compile them together", shorten(name))
		return
	}
	if len(c.nodes)+len(segment.nodes) > MaxExpanded {
		c.nodes = append(c.nodes, make([]node, MaxExpanded+1-len(c.nodes))...) // which is then too many
		return
	}
	shift, windows := int32(len(c.nodes)), int32(len(c.windows))
	c.windows = append(c.windows, segment.windows...)
	c.timed = c.timed || !segment.timeless
	for i, n := range segment.nodes {
		n.end += shift
		if n.leaf != nil && n.leaf.window >= 0 {
			moved := *n.leaf
			moved.window += windows
			n.leaf = &moved
		}
		c.add(n, segment.places[i])
	}
}

func (c *compiler) add(n node, at place) {
	c.nodes, c.places = append(c.nodes, n), append(c.places, at)
}

// forms counts what a rule is at once.
func (r *Rule) forms() int {
	n := 0
	for _, is := range []bool{r.All != nil, r.Any != nil, r.Not != nil, r.Segment != "", r.Attr != "", r.Event != ""} {
		if is {
			n++
		}
	}
	return n
}

func (r *Rule) isLeaf() bool { return r.Attr != "" || r.Event != "" }

// misplaced returns the first field of a leaf that a rule without one has.
func (r *Rule) misplaced() string {
	switch {
	case r.As != "":
		return "as"
	case r.Where != nil:
		return "where"
	case r.Measure != "":
		return "measure"
	case !r.Within.IsZero():
		return "within"
	case r.WholeDays:
		return "wholeDays"
	case r.Op != "":
		return "op"
	case !r.Value.IsZero():
		return "value"
	case r.Bounds != "":
		return "bounds"
	case r.Fold:
		return "fold"
	case r.Missing != Unknown:
		return "missing"
	case r.AllowEmpty && r.Any == nil:
		return "allowEmpty"
	}
	return ""
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// sortedFields are the names of the fields that a rule asks for.
func sortedFields(where map[string][]string) []string { return slices.Sorted(maps.Keys(where)) }
