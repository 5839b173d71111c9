package loyalty

import (
	"cmp"
	"math/bits"
	"slices"
)

// bookMultiplier is a multiplier made ready.
type bookMultiplier struct {
	factor     uint64 // in units of 1/scale
	when       bookCondition
	categories []string // of lines; nil: the whole order
}

// bookGroup is the multipliers of one group that raise a rule.
type bookGroup struct {
	combine combine
	members []int32 // index of rulebook.multipliers
}

// multiplierSet is some of the multipliers: a bit for each, by its index in
// rulebook.multipliers.
type multiplierSet [(MaxMultipliers + 63) / 64]uint64

func (s *multiplierSet) add(n int32) { s[n/64] |= 1 << (n % 64) }

func (s *multiplierSet) has(n int32) bool { return s[n/64]>>(n%64)&1 == 1 }

func (s *multiplierSet) join(o *multiplierSet) {
	for i := range s {
		s[i] |= o[i]
	}
}

// meets reports whether two sets have some in common.
func (s *multiplierSet) meets(o *multiplierSet) bool {
	for i := range s {
		if s[i]&o[i] != 0 {
			return true
		}
	}
	return false
}

type combine uint8

const (
	combineAdd combine = iota
	combineBest
	combineMultiply
)

// covers reports whether the multiplier applies to a line of a category, or to
// an order without lines.
func (m *bookMultiplier) covers(category string, line bool) bool {
	return m.categories == nil || line && slices.Contains(m.categories, category)
}

var combinesBy = map[string]combine{"": combineAdd, "add": combineAdd, "best": combineBest, "multiply": combineMultiply}

// addMultipliers compiles the multipliers. All factors are whole numbers of one
// unit, the coarsest that fits them, so that products stay small.
func (b *rulebook) addMultipliers(p *Program, levels map[string]uint8) {
	common := uint64(factorOne)
	for i := range p.Multipliers {
		units, _ := toMoney(p.Multipliers[i].Factor)
		common = gcd(common, uint64(units))
	}
	b.scale = factorOne / common
	for _, i := range byNumber(p.Multipliers) {
		m := &p.Multipliers[i]
		units, _ := toMoney(m.Factor)
		if m.Categories != nil {
			b.byLine.add(int32(len(b.multipliers)))
		}
		b.multipliers = append(b.multipliers, bookMultiplier{factor: uint64(units) / common, when: newCondition(&m.When, levels), categories: m.Categories})
	}
}

// byNumber returns the places of the multipliers in the order of their IDs.
func byNumber(list []Multiplier) []int {
	places := make([]int, len(list))
	for i := range places {
		places[i] = i
	}
	slices.SortFunc(places, func(x, y int) int { return cmp.Compare(list[x].ID, list[y].ID) })
	return places
}

func gcd(a, b uint64) uint64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// groupsOf returns the multipliers that raise a rule, by groups.
func (b *rulebook) groupsOf(p *Program, r *Rule) []bookGroup {
	var groups []bookGroup
	places := map[string]int{}
	for n, i := range byNumber(p.Multipliers) {
		m := &p.Multipliers[i]
		if len(m.Rules) == 0 && r.PerAmount == nil || len(m.Rules) > 0 && !slices.Contains(m.Rules, r.ID) {
			continue
		}
		at, known := places[m.Group]
		if !known {
			at = len(groups)
			places[m.Group] = at
			groups = append(groups, bookGroup{combine: combineOf(p, m.Group)})
		}
		groups[at].members = append(groups[at].members, int32(n))
	}
	return groups
}

func combineOf(p *Program, group string) combine {
	for _, g := range p.Groups {
		if g.Name == group {
			return combinesBy[g.Combine]
		}
	}
	return combineAdd
}

// raise finds the multipliers that apply to an event, once for all its rules.
func (j *judge) raise(kind *bookKind) {
	for i, word := range kind.raised {
		for ; word != 0; word &= word - 1 {
			n := int32(i*64 + bits.TrailingZeros64(word))
			if when := &j.book.multipliers[n].when; when.levels.takes(j.st.level) && when.says(j.ev) == 0 && when.time(j.ev) == 0 {
				j.applies.add(n)
				j.raises = true
			}
		}
	}
}

// byLine reports whether a multiplier of a rule that applies is limited to
// lines.
func (j *judge) byLine(r *bookRule) bool {
	for i := range r.raised {
		if r.raised[i]&j.applies[i]&j.book.byLine[i] != 0 {
			return true
		}
	}
	return false
}

// factors returns what multiplies a line of a category, or an order without
// lines, in units of 1/scale. There are as many for every line of an event, so
// that lines have one denominator.
func (j *judge) factors(r *bookRule, category string, line bool) []uint64 {
	list := j.out.bench.factors[:0]
	for g := range r.groups {
		list = j.group(list, &r.groups[g], category, line)
	}
	j.out.bench.factors = list
	return list
}

func (j *judge) group(list []uint64, g *bookGroup, category string, line bool) []uint64 {
	one := j.book.scale
	some, covered := false, false
	sum, best := int64(one), uint64(0)
	for _, n := range g.members {
		if !j.applies.has(n) {
			continue
		}
		m := &j.book.multipliers[n]
		some = true
		switch covers := m.covers(category, line); {
		case g.combine == combineMultiply && covers:
			list = append(list, m.factor)
		case g.combine == combineMultiply:
			list = append(list, one)
		case covers:
			covered = true
			sum += int64(m.factor) - int64(one)
			best = max(best, m.factor)
		}
	}
	switch {
	case !some || g.combine == combineMultiply:
		return list
	case !covered:
		return append(list, one)
	case g.combine == combineBest:
		return append(list, best)
	}
	return append(list, uint64(max(0, sum)))
}
