package identity_test

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/regulars-go/regulars/persona/identity"
)

// household is what one person of the benchmark has; each pair of it is seen
// once, which makes 15 links of 6 identifiers.
var household = []identity.Namespace{"member", "phone", "openid", "device", "cookie", "cookie"}

// shopEvents yields 15 events a person in random order, one in 150 of them on a
// stranger's device.
func shopEvents(people int) iter.Seq[identity.Observation] {
	return func(yield func(identity.Observation) bool) {
		r := rand.New(rand.NewPCG(1, 2))
		for n, k := range r.Perm(15 * people) {
			a, b := pairOf(k % 15)
			who := k / 15
			other := who
			if r.IntN(150) == 0 && household[b] == "device" {
				other = r.IntN(people)
			}
			if !yield(eventOf(r, n, identifier(a, who), identifier(b, other))) {
				return
			}
		}
	}
}

// pairOf returns the pair with a number from 0 to 14 of 6 things.
func pairOf(k int) (a, b int) {
	for a = 1; k >= a; a++ {
		k -= a
	}
	return a, k
}

func identifier(k, who int) identity.ID {
	return household[k].ID(strconv.Itoa(13_000_000 + 20_000_000*k + who))
}

func eventOf(r *rand.Rand, n int, ids ...identity.ID) identity.Observation {
	return identity.Observation{EventID: "event-" + strconv.Itoa(n), Source: "shop", IDs: ids, At: epoch.Add(time.Duration(r.Int64N(1 << 54)))}
}

// tangle yields events that link identifiers at random, so that nearly all are
// one component and most links are refused: the worst that can come.
func tangle(ids int) iter.Seq[identity.Observation] {
	return func(yield func(identity.Observation) bool) {
		r := rand.New(rand.NewPCG(3, 4))
		for n := range 5 * ids / 2 {
			a, b := r.IntN(ids), r.IntN(ids)
			if !yield(eventOf(r, n, identifier(a%5, a), identifier(b%5, b))) {
				return
			}
		}
	}
}

func gathered(b testing.TB, events iter.Seq[identity.Observation]) *identity.Evidence {
	e := &identity.Evidence{}
	for o := range events {
		if err := e.Add(o); err != nil {
			b.Fatal(err)
		}
	}
	return e
}

func benchRules() identity.Rules {
	r := identity.Shop()
	r.Key = secret
	return r
}

func BenchmarkAdd(b *testing.B) {
	list := slices.Collect(shopEvents(10_000))
	b.ReportAllocs()
	for b.Loop() {
		gathered(b, slices.Values(list))
	}
	b.ReportMetric(float64(len(list)*b.N)/b.Elapsed().Seconds(), "events/s")
}

// The last size is 5 million links of 2 million identifiers.
func BenchmarkResolve(b *testing.B) {
	for _, people := range []int{1_000, 30_000, 333_333} {
		b.Run(fmt.Sprintf("people=%d", people), func(b *testing.B) { benchResolve(b, gathered(b, shopEvents(people))) })
	}
}

func BenchmarkResolveTangle(b *testing.B) {
	for _, ids := range []int{20_000, 2_000_000} {
		b.Run(fmt.Sprintf("ids=%d", ids), func(b *testing.B) { benchResolve(b, gathered(b, tangle(ids))) })
	}
}

func benchResolve(b *testing.B, e *identity.Evidence) {
	b.ReportAllocs()
	var p *identity.People
	var err error
	for b.Loop() {
		if p, err = identity.Resolve(e, benchRules()); err != nil {
			b.Fatal(err)
		}
	}
	r := p.Report()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(r.Links*b.N)/b.Elapsed().Seconds(), "links/s")
	b.ReportMetric(float64(m.Sys)/(1<<20), "MB-sys")
	b.Logf("%d links of %d identifiers: %d people, the largest component has %d", r.Links, r.Identifiers, r.People, r.LargestComponent)
}

// One more event, with ten times as many people beside it: the cost is that of
// its component, which has 6 identifiers.
func BenchmarkUpdate(b *testing.B) {
	for _, people := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprintf("people=%d", people), func(b *testing.B) {
			e := gathered(b, shopEvents(people))
			p, err := identity.Resolve(e, benchRules())
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				n++
				who := identifier(0, n%people)
				if err := e.Add(identity.Observation{EventID: strconv.Itoa(n), IDs: []identity.ID{who}, At: hour(n)}); err != nil {
					b.Fatal(err)
				}
				if _, err := p.Update(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkOneID(b *testing.B) {
	p, err := identity.Resolve(gathered(b, shopEvents(10_000)), benchRules())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n++
		if _, ok := p.OneID(identifier(1, n%10_000)); !ok {
			b.Fatal(n)
		}
	}
}
