package referral_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/funnel/referral"
)

// day is midnight of a day of 2026, from 1.
func day(n int) time.Time { return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC) }

func money(text string) decimal.Decimal { return decimal.RequireFromString(text) }

// fataler is what a test, a property and a fuzz target have in common.
type fataler interface{ Fatal(args ...any) }

// fact is something that a log can take.
type fact struct {
	kind    string // "join", "invite", "inviteTo" or "convert"
	who, to string
	at      time.Time
	amount  decimal.Decimal
}

func (f fact) add(t fataler, l *referral.Log[string]) {
	var err error
	switch f.kind {
	case "join":
		err = l.Join(f.who, f.at)
	case "invite":
		err = l.Invite(f.who, f.at)
	case "inviteTo":
		err = l.InviteTo(f.who, f.to, f.at)
	case "convert":
		err = l.Convert(f.who, f.at, f.amount)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func join(who string, at int) fact { return fact{kind: "join", who: who, at: day(at)} }
func invite(from, to string, at int) fact {
	return fact{kind: "inviteTo", who: from, to: to, at: day(at)}
}
func open(from string, at int) fact { return fact{kind: "invite", who: from, at: day(at)} }
func pay(who, amount string, at int) fact {
	return fact{kind: "convert", who: who, at: day(at), amount: money(amount)}
}

func logOf(t fataler, facts ...fact) *referral.Log[string] {
	l := &referral.Log[string]{}
	for _, f := range facts {
		f.add(t, l)
	}
	return l
}

func resolve(t fataler, l *referral.Log[string], p referral.Policy, asOf time.Time) *referral.Forest[string] {
	f, err := l.Resolve(p, asOf)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// facts draws stories of few people in few days, so that rings, ties and
// second parents are common.
func facts() *rapid.Generator[[]fact] {
	name := rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f"})
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) fact {
		f := fact{
			kind: rapid.SampledFrom([]string{"join", "inviteTo", "inviteTo", "invite", "convert"}).Draw(t, "kind"),
			who:  name.Draw(t, "who"), at: day(rapid.IntRange(1, 20).Draw(t, "day")),
		}
		switch f.kind {
		case "inviteTo":
			f.to = name.Draw(t, "to")
		case "convert":
			f.amount = decimal.New(rapid.Int64Range(-500, 2000).Draw(t, "amount"), -rapid.Int32Range(0, 2).Draw(t, "places"))
		}
		return f
	}), 0, 40)
}

func policies(t *rapid.T) referral.Policy {
	return referral.Policy{
		Credit: referral.Credit(rapid.IntRange(0, 1).Draw(t, "credit")),
		Goal:   referral.Goal(rapid.IntRange(0, 1).Draw(t, "goal")),
		Cycle:  spanOfDays(rapid.IntRange(1, 9).Draw(t, "cycle")),
	}
}

// naive answers in the plainest way there is.
type naive struct {
	start, first map[string]time.Time
	value        map[string]decimal.Decimal
	parent       map[string]string
	claimAt      map[string]time.Time // of the parent's invite, by taker
	verdicts     map[[2]string]referral.Verdict
	invites      map[string][]time.Time
}

func naiveOf(facts []fact, p referral.Policy, asOf time.Time) *naive {
	n := &naive{map[string]time.Time{}, map[string]time.Time{}, map[string]decimal.Decimal{}, map[string]string{}, map[string]time.Time{}, map[[2]string]referral.Verdict{}, map[string][]time.Time{}}
	earliest := func(m map[string]time.Time, who string, at time.Time) {
		if was, ok := m[who]; !ok || at.Before(was) {
			m[who] = at
		}
	}
	pairs := map[[2]string][]time.Time{}
	type sending struct {
		from string
		at   time.Time
	}
	takers := map[sending]map[string]bool{}
	for _, f := range facts {
		if f.at.After(asOf) {
			continue
		}
		switch f.kind {
		case "join":
			earliest(n.start, f.who, f.at)
		case "convert":
			n.value[f.who] = n.value[f.who].Add(f.amount)
			if !f.amount.IsNegative() {
				earliest(n.first, f.who, f.at)
				earliest(n.start, f.who, f.at)
			}
		case "inviteTo":
			pairs[[2]string{f.who, f.to}] = append(pairs[[2]string{f.who, f.to}], f.at)
			fallthrough
		case "invite":
			key := sending{f.who, f.at}
			if takers[key] == nil {
				takers[key] = map[string]bool{}
			}
			takers[key][f.to] = true
		}
	}
	for key, to := range takers {
		if len(to) > 1 {
			delete(to, "")
		}
		delete(to, key.from)
		for range to {
			n.invites[key.from] = append(n.invites[key.from], key.at)
		}
	}
	type candidate struct {
		from, to string
		at       time.Time
	}
	var candidates []candidate
	for pair, ats := range pairs {
		slices.SortFunc(ats, time.Time.Compare)
		start, joined := n.start[pair[1]]
		var valid []time.Time
		for _, at := range ats {
			if !at.After(start) {
				valid = append(valid, at)
			}
		}
		switch {
		case pair[0] == pair[1]:
			n.verdicts[pair] = referral.Self
		case !joined:
			n.verdicts[pair] = referral.Waiting
		case len(valid) == 0:
			n.verdicts[pair] = referral.JoinedBefore
		case p.Credit == referral.LastInvite:
			candidates = append(candidates, candidate{pair[0], pair[1], valid[len(valid)-1]})
		default:
			candidates = append(candidates, candidate{pair[0], pair[1], valid[0]})
		}
	}
	for len(candidates) > 0 {
		best := 0
		for i, c := range candidates {
			b := candidates[best]
			before := c.at.Before(b.at)
			if p.Credit == referral.LastInvite {
				before = c.at.After(b.at)
			}
			if before || c.at.Equal(b.at) && (c.to < b.to || c.to == b.to && c.from < b.from) {
				best = i
			}
		}
		c := candidates[best]
		candidates = slices.Delete(candidates, best, best+1)
		pair := [2]string{c.from, c.to}
		switch _, has := n.parent[c.to]; {
		case has:
			n.verdicts[pair] = referral.SecondParent
		case n.descends(c.from, c.to):
			n.verdicts[pair] = referral.Cycle
		default:
			n.verdicts[pair] = referral.Accepted
			n.parent[c.to], n.claimAt[c.to] = c.from, c.at
		}
	}
	return n
}

// descends reports whether who is of, or below.
func (n *naive) descends(who, of string) bool {
	for ; who != of; who = n.parent[who] {
		if n.parent[who] == "" {
			return false
		}
	}
	return true
}

func (n *naive) children(of string) []string {
	var children []string
	for _, child := range slices.Sorted(maps.Keys(n.parent)) {
		if n.parent[child] == of {
			children = append(children, child)
		}
	}
	return children
}

func (n *naive) downstream(of string) (sum decimal.Decimal, descendants int64) {
	for _, child := range n.children(of) {
		below, count := n.downstream(child)
		sum, descendants = sum.Add(n.value[child]).Add(below), descendants+1+count
	}
	return sum, descendants
}

// factor returns the counts behind K: mature customers, inviters, invites, and
// whom they brought.
func (n *naive) factor(p referral.Policy, asOf time.Time) (mature, open, inviters, invites, brought int64) {
	goal := n.start
	if p.Goal == referral.Converted {
		goal = n.first
	}
	for who, start := range n.start {
		end := p.Cycle.After(start, nil)
		if end.After(asOf) {
			open++
			continue
		}
		mature++
		within := func(at time.Time) bool { return !at.Before(start) && !at.After(end) }
		sent := int64(0)
		for _, at := range n.invites[who] {
			if within(at) {
				sent++
			}
		}
		if sent > 0 {
			inviters++
			invites += sent
		}
		for _, child := range n.children(who) {
			if at, ok := goal[child]; ok && within(at) && within(n.claimAt[child]) {
				brought++
			}
		}
	}
	return mature, open, inviters, invites, brought
}

func shuffled(facts []fact, seed uint64) []fact {
	facts = slices.Clone(facts)
	random := rand.New(rand.NewPCG(seed, 1))
	random.Shuffle(len(facts), func(i, j int) { facts[i], facts[j] = facts[j], facts[i] })
	return facts
}
