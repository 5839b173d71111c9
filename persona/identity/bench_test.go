package identity_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/regulars-go/regulars/persona/identity"
)

func benchRules() identity.Rules {
	r := identity.Shop()
	r.Key = []byte("0123456789abcdef")
	return r
}

// cliques has persons of six ids, each pair of which is seen once (15 links),
// and one event in a hundred on a stranger's device.
func cliques(persons int) *identity.Evidence {
	var e identity.Evidence
	r := rand.New(rand.NewPCG(1, 2))
	spaces := []identity.Namespace{"member", "phone", "openid", "device", "cookie", "cookie"}
	n := 0
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var ids [6]identity.ID
	add := func(a, b identity.ID) {
		n++
		err := e.Add(identity.Observation{EventID: fmt.Sprintf("event-%d", n), IDs: []identity.ID{a, b}, Source: "shop", At: start.Add(time.Duration(r.IntN(1 << 40)))})
		if err != nil {
			panic(err)
		}
	}
	for p := range persons {
		for k, space := range spaces {
			switch space {
			case "phone":
				ids[k] = space.ID(fmt.Sprintf("139%08d", p))
			default:
				ids[k] = space.ID(fmt.Sprintf("%s-%d-%d", space[:1], k, p))
			}
		}
		for i := range ids {
			for j := range i {
				add(ids[i], ids[j])
			}
		}
		if r.IntN(10) == 0 {
			add(ids[0], identity.Namespace("device").ID(fmt.Sprintf("d-3-%d", r.IntN(persons))))
		}
	}
	return &e
}

func TestScale(t *testing.T) {
	for _, n := range []int{333_333} {
		start := time.Now()
		e := cliques(n)
		t.Log("add", e.Len(), time.Since(start))
		start = time.Now()
		p, err := identity.Resolve(e, benchRules())
		if err != nil {
			t.Fatal(err)
		}
		t.Log("resolve", time.Since(start))
		start = time.Now()
		t.Log(p.Len(), time.Since(start))
	}
}
