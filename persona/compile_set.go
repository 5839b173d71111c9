package persona

import (
	"fmt"

	"github.com/regulars-go/regulars"
)

// CompileAll makes segments of rules that may refer to each other by name,
// in any order but in no circle. It returns them in the order of the rules. The
// error is [regulars.Faults]: the faults of every rule, names that are given
// twice, and references to nothing or round in a circle.
func (s *Schema) CompileAll(rules []NamedRule) ([]*Segment, error) {
	set := ruleSet{
		schema: s, rules: rules, byName: make(map[string]int, len(rules)),
		segments: make([]*Segment, len(rules)), state: make([]visit, len(rules)),
	}
	if len(rules) > MaxRules {
		set.faults.Add("", "%d rules: want at most %d", len(rules), MaxRules)
		return nil, set.faults
	}
	for i, rule := range rules {
		path := fmt.Sprintf("[%d].name", i)
		if problem := badLabelValue(rule.Name); problem != "" {
			set.faults.Add(path, "%s", problem)
		} else if first, ok := set.byName[rule.Name]; ok {
			set.faults.Add(path, "%q is the name of [%d] too", rule.Name, first)
		} else {
			set.byName[rule.Name] = i
		}
	}
	for i := range rules {
		set.compile(i)
	}
	if err := set.faults.Err(); err != nil {
		return nil, err
	}
	return set.segments, nil
}

// ruleSet compiles each rule after those that it refers to.
type ruleSet struct {
	schema   *Schema
	rules    []NamedRule
	byName   map[string]int
	segments []*Segment // nil where the rule is faulty
	state    []visit
	expanded int // rules of all segments
	faults   regulars.Faults
}

type visit uint8

const (
	unseen visit = iota
	begun
	done
)

// compile goes down at most as deep as the names on the way from one rule to the
// next; it stops at a circle, which is then reported once.
func (s *ruleSet) compile(i int) {
	if s.state[i] != unseen {
		return
	}
	s.state[i] = begun
	path := fmt.Sprintf("[%d]", i)
	c := compiler{schema: s.schema, segments: make(map[string]*Segment)}
	isWhole := true
	eachReference(s.rules[i].Rule, "rule", 1, func(at, name string) {
		j, ok := s.byName[name]
		if !ok {
			s.faults.Add(path+"."+at, "no rule is named %q", shorten(name))
			isWhole = false
			return
		}
		if s.state[j] == begun {
			s.faults.Add(path+"."+at, "%q refers to itself, by way of %q", name, s.rules[i].Name)
			isWhole = false
			return
		}
		s.compile(j)
		c.segments[name] = s.segments[j]
		isWhole = isWhole && s.segments[j] != nil
	})
	s.state[i] = done
	if !isWhole {
		return
	}
	segment, err := c.segment(s.rules[i])
	if err != nil {
		s.faults.Under(path+".rule", c.faults)
		return
	}
	if s.expanded += len(segment.nodes); s.expanded > MaxSetExpanded {
		s.faults.Add(path, "with this one all rules, segments in their places, come to more than %d", MaxSetExpanded)
		return
	}
	s.segments[i] = segment
}

// eachReference calls each for every segment that a rule refers to.
func eachReference(r Rule, path string, depth int, each func(path, name string)) {
	if depth > MaxDepth {
		return
	}
	if r.Segment != "" {
		each(path+".segment", r.Segment)
	}
	for i, part := range r.All {
		eachReference(part, fmt.Sprintf("%s.all[%d]", path, i), depth+1, each)
	}
	for i, part := range r.Any {
		eachReference(part, fmt.Sprintf("%s.any[%d]", path, i), depth+1, each)
	}
	if r.Not != nil {
		eachReference(*r.Not, path+".not", depth+1, each)
	}
}
