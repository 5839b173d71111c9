package referral

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/exact"
)

// Forest says who brought whom, as of a moment: each customer has at most one
// parent, and nobody is their own ancestor. It is as if nothing later than the
// moment had been noted. It never changes, and any number of goroutines may
// share one.
type Forest[K regulars.ID] struct {
	policy Policy
	asOf   time.Time

	ids     []K // ascending, so that numbers order customers
	number  map[K]uint32
	start   []int64 // when each joined, or never
	first   []int64 // when each converted first, or never
	parent  []uint32
	brought []uint32 // how many each is the parent of
	depth   []uint32 // how many ancestors each has
	order   []uint32 // parents before those whom they brought
	sent    []sent   // by sender, then time
	claims  []claim  // by inviter, then taker
	counts  Counts

	value, downstream []exact.Sum // what each paid, and those below them
}

// sent is how many invites a customer sent at one instant.
type sent struct {
	from, count uint32
	at          int64
}

// claim is a pair of inviter and taker.
type claim struct {
	from, to uint32
	at       int64
	verdict  Verdict
}

// Resolve judges every claim by what is known up to asOf, that instant
// included.
//
// A customer joined with [Log.Join], or with the first conversion if that is
// earlier or there is no join. Claims are accepted one after the other, by the
// instant of the invite that counts, the earliest first ([FirstInvite]) or the
// latest ([LastInvite]), then by the taker and by the inviter; one whose taker
// has a parent, or whose inviter descends from the taker, is refused. So the
// answer depends on the facts alone.
//
// A policy that is not valid and an asOf that is zero or outside the years 1 to
// 9999 are errors. An empty log has an answer: nobody brought anybody.
func (l *Log[K]) Resolve(policy Policy, asOf time.Time) (*Forest[K], error) {
	if err := policy.Validate(); err != nil {
		return nil, fmt.Errorf("referral: policy: %w", err)
	}
	if err := calendar.CheckInstant(asOf); err != nil {
		return nil, fmt.Errorf("referral: the moment of the report %w", err)
	}
	f := &Forest[K]{policy: policy.completed(), asOf: asOf.Truncate(time.Microsecond)}
	f.load(l)
	f.judge()
	f.grow()
	return f, nil
}

// AsOf returns the moment of the forest.
func (f *Forest[K]) AsOf() time.Time { return f.asOf }

// Counts returns how many claims there are, and what became of them.
func (f *Forest[K]) Counts() Counts { return f.counts }

// Parent returns who brought a customer; ok is false if nobody did, or there is
// no such customer.
func (f *Forest[K]) Parent(id K) (parent K, ok bool) {
	if n, known := f.number[id]; known && f.parent[n] != nobody {
		return f.ids[f.parent[n]], true
	}
	return parent, false
}

// Generation returns how many ancestors a customer has: 0 for one whom nobody
// brought. ok is false if there is no such customer, or they have not joined.
func (f *Forest[K]) Generation(id K) (generation int, ok bool) {
	n, known := f.number[id]
	if !known || f.start[n] == never {
		return 0, false
	}
	return int(f.depth[n]), true
}

// Why returns what became of the claim that one customer brought another; ok is
// false if there is no invite from the one to the other.
func (f *Forest[K]) Why(from, to K) (c Claim[K], ok bool) {
	a, okA := f.number[from]
	b, okB := f.number[to]
	if !okA || !okB {
		return Claim[K]{}, false
	}
	i, ok := slices.BinarySearchFunc(f.claims, claim{from: a, to: b}, func(x, y claim) int {
		return cmp.Or(cmp.Compare(x.from, y.from), cmp.Compare(x.to, y.to))
	})
	if !ok {
		return Claim[K]{}, false
	}
	return f.show(f.claims[i]), true
}

// Claims returns all claims, by inviter and then by taker.
func (f *Forest[K]) Claims() []Claim[K] {
	claims := make([]Claim[K], len(f.claims))
	for i, c := range f.claims {
		claims[i] = f.show(c)
	}
	return claims
}

func (f *Forest[K]) show(c claim) Claim[K] {
	shown := Claim[K]{From: f.ids[c.from], To: f.ids[c.to], At: f.at(c.at), Verdict: c.verdict}
	switch c.verdict {
	case SecondParent:
		shown.Parent = new(f.ids[f.parent[c.to]])
	case JoinedBefore:
		shown.Joined = f.at(f.start[c.to])
	}
	return shown
}

// at returns an instant on the clock of the policy's zone.
func (f *Forest[K]) at(micros int64) time.Time {
	zone := f.policy.Zone
	if zone == nil {
		zone = time.UTC
	}
	return time.UnixMicro(micros).In(zone)
}

// Labels appends what the forest says of a customer as labels:
// "referral=advocate" for one who brought somebody, or "referral=inviter" for
// one who invited and brought nobody; and "referral=referred" for one who was
// brought. Of others it says nothing.
func (f *Forest[K]) Labels(dst []string, id K) []string {
	n, ok := f.number[id]
	if !ok {
		return dst
	}
	switch {
	case f.brought[n] > 0:
		dst = append(dst, "referral=advocate")
	case len(f.sentBy(n)) > 0:
		dst = append(dst, "referral=inviter")
	}
	if f.parent[n] != nobody {
		dst = append(dst, "referral=referred")
	}
	return dst
}

// sentBy returns what a customer sent, in the order of time.
func (f *Forest[K]) sentBy(n uint32) []sent {
	compare := func(s sent, n uint32) int { return cmp.Compare(s.from, n) }
	from, _ := slices.BinarySearchFunc(f.sent, n, compare)
	to := from
	for to < len(f.sent) && f.sent[to].from == n {
		to++
	}
	return f.sent[from:to]
}
