package identity_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strconv"
	"testing"

	"github.com/regulars-go/regulars/persona/identity"
)

// household is what one person of the benchmark has; each pair of it is seen
// once, which makes 15 links of 6 identifiers.
var household = []identity.Namespace{"member", "phone", "openid", "device", "cookie", "cookie"}

// shopEvents returns 15 events a person, in random order, and one in 150 on a
// stranger's device.
func shopEvents(people int) []identity.Observation {
	r := rand.New(rand.NewPCG(1, 2))
	event := func(a, b identity.ID) identity.Observation {
		return identity.Observation{Source: "shop", IDs: []identity.ID{a, b}, At: hour(r.IntN(10_000))}
	}
	var list []identity.Observation
	for p := range people {
		var own []identity.ID
		for k, space := range household {
			own = append(own, space.ID(strconv.Itoa(13_000_000_000+10_000_000*k+p)))
		}
		for i := range own {
			for _, other := range own[:i] {
				list = append(list, event(own[i], other))
			}
		}
		if r.IntN(10) == 0 {
			list = append(list, event(own[0], household[3].ID(strconv.Itoa(13_000_000_000+30_000_000+r.IntN(people)))))
		}
	}
	return numbered(r, list)
}

// tangle returns events that link identifiers at random, so that nearly all are
// one component and nearly all links are refused: the worst that can come.
func tangle(ids, events int) []identity.Observation {
	r := rand.New(rand.NewPCG(3, 4))
	one := func() identity.ID {
		n := r.IntN(ids)
		return household[n%5].ID(strconv.Itoa(13_000_000_000 + n))
	}
	list := make([]identity.Observation, events)
	for i := range list {
		list[i] = identity.Observation{Source: "shop", IDs: []identity.ID{one(), one()}, At: hour(r.IntN(10_000))}
	}
	return numbered(r, list)
}

func numbered(r *rand.Rand, list []identity.Observation) []identity.Observation {
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	for i := range list {
		list[i].EventID = fmt.Sprintf("event-%d", i)
	}
	return list
}

func gathered(b testing.TB, list []identity.Observation) *identity.Evidence {
	e := &identity.Evidence{}
	for _, o := range list {
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
	list := shopEvents(10_000)
	b.ReportAllocs()
	for b.Loop() {
		gathered(b, list)
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
		b.Run(fmt.Sprintf("ids=%d", ids), func(b *testing.B) { benchResolve(b, gathered(b, tangle(ids, 5*ids/2))) })
	}
}

func benchResolve(b *testing.B, e *identity.Evidence) {
	b.ReportAllocs()
	var r identity.Report
	for b.Loop() {
		p, err := identity.Resolve(e, benchRules())
		if err != nil {
			b.Fatal(err)
		}
		if r.Links == 0 {
			b.StopTimer()
			r = p.Report()
			b.StartTimer()
		}
	}
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
				who := identity.Namespace("member").ID(strconv.Itoa(13_000_000_000 + n%people))
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
		if _, ok := p.OneID(identity.Namespace("phone").ID(strconv.Itoa(13_010_000_000 + n%10_000))); !ok {
			b.Fatal(n)
		}
	}
}
