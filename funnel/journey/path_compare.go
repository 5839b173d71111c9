package journey

import (
	"cmp"
	"errors"
	"math"
	"slices"
	"strings"

	"github.com/regulars-go/regulars/funnel"
)

// TransitionChange is how two groups of users differ in one transition.
type TransitionChange struct {
	From string `json:"from"`
	To   string `json:"to"`
	// Of and Than are the shares of users who made the transition at least once;
	// nil if the group has no users.
	Of   *funnel.Rate `json:"of"`
	Than *funnel.Rate `json:"than"`
	// More is Of less Than: above 0 it is more common in the first group, below
	// 0 in the second. Nil if either is. Its interval holds for one transition
	// that was chosen beforehand, and not for the largest of many.
	More *funnel.Difference `json:"more"`
	// ShareOf and ShareThan are the shares of From that it was, as in
	// [Transition]; nil if the group has no From.
	ShareOf   *float64 `json:"shareOf"`
	ShareThan *float64 `json:"shareThan"`
	// MoreShare is ShareOf less ShareThan; nil if either is.
	MoreShare *float64 `json:"moreShare"`
}

// ComparePaths says by how much each transition is more common in one group of
// users than in another: always the first less the second, so that swapping
// them turns every sign. What differs most comes first. The groups must be of
// the same paths; AsOf may differ.
func ComparePaths(of, than *PathCounts) ([]TransitionChange, error) {
	if of.config != than.config {
		return nil, errors.New("journey: comparison of unlike paths")
	}
	var changes []TransitionChange
	for _, m := range of.moves {
		changes = append(changes, changeOf(of, than, of.names[m.from], of.names[m.to]))
	}
	for _, m := range than.moves {
		from, to := than.names[m.from], than.names[m.to]
		if _, ok := of.find(from, to); !ok {
			changes = append(changes, changeOf(of, than, from, to))
		}
	}
	slices.SortFunc(changes, func(a, b TransitionChange) int {
		return cmp.Or(cmp.Compare(b.size(), a.size()), strings.Compare(a.From, b.From), strings.Compare(a.To, b.To))
	})
	return changes, nil
}

// size is what changes are sorted by, whatever the sign; those without one come
// last.
func (t TransitionChange) size() float64 {
	if t.More == nil {
		return -1
	}
	return math.Abs(t.More.Value)
}

func changeOf(of, than *PathCounts, from, to string) TransitionChange {
	t := TransitionChange{From: from, To: to}
	t.Of, t.ShareOf = of.rates(from, to)
	t.Than, t.ShareThan = than.rates(from, to)
	t.More = t.Of.Minus(t.Than)
	if t.ShareOf != nil && t.ShareThan != nil {
		t.MoreShare = new(*t.ShareOf - *t.ShareThan)
	}
	return t
}

// find returns the counts of a transition; ok is false if nobody made it.
func (c *PathCounts) find(from, to string) (m seen, ok bool) {
	a, knows := c.codes[from]
	b, knowsTo := c.codes[to]
	if !knows || !knowsTo {
		return seen{}, false
	}
	i, ok := c.move[pair{a, b}]
	if !ok {
		return seen{}, false
	}
	return c.moves[i].seen, true
}

func (c *PathCounts) rates(from, to string) (users *funnel.Rate, share *float64) {
	m, _ := c.find(from, to)
	if code, ok := c.codes[from]; ok && c.events[code].all.times > 0 {
		share = new(float64(m.times) / float64(c.events[code].all.times))
	}
	return funnel.NewRate(m.users, c.Users), share
}
