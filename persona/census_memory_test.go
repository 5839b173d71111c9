package persona_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/persona"
)

// A census takes no more memory than its comment says, however often a source
// says something.
func TestCensusMemory(t *testing.T) {
	s := shop(t)
	heap := func() int {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int(m.HeapAlloc)
	}
	const rounds = 8
	for _, people := range []int{890, 950} { // tables nearly full, and just grown
		before := heap()
		c := &persona.Census[int]{Schema: s}
		for round := range rounds {
			for id := range people {
				for _, source := range []string{"crm", "app"} {
					err := c.Observe(id, persona.Observation{Source: source, At: asOf.AddDate(0, 0, round), Values: map[string]persona.Value{
						"age": persona.Int(int64(round)), "city": persona.Text(fmt.Sprintf("city %05d", id)), "interests": persona.Texts("tea", "go"),
					}})
					if err != nil {
						t.Fatal(err)
					}
				}
				e := persona.Event{Kind: "order", At: asOf, Amount: decimal.New(1, 0), Fields: map[string]string{"category": "tea"}}
				if err := c.AddEvent(id, e); err != nil {
					t.Fatal(err)
				}
			}
		}
		cells, lists, items, events, texts := 6*people, 2*people, 4*people, rounds*people, people+2
		most := people*170 + cells*48 + lists*48 + items*16 + events*(48+2*5) + texts*(90+len("city 00000")*5/4)
		if got := heap() - before; got > most {
			t.Errorf("%d people: %d bytes, want at most %d", people, got, most)
		} else {
			t.Logf("%d people: %d bytes, at most %d", people, got, most)
		}
		runtime.KeepAlive(c)
	}
}
