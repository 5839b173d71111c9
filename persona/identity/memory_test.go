package identity_test

import (
	"runtime"
	"testing"

	"github.com/regulars-go/regulars/persona/identity"
)

// heap is what is in use once the garbage is gone.
func heap() int {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// Evidence and people take no more memory than their comments say.
func TestMemory(t *testing.T) {
	for _, persons := range []int{3_000, 5_000} { // tables half full, and just grown
		before := heap()
		e := gathered(t, shopEvents(persons))
		log := heap()
		p, err := identity.Resolve(e, benchRules())
		if err != nil {
			t.Fatal(err)
		}
		people := heap()
		r := p.Report()
		events, ids, names := e.Len(), r.Identifiers, len("event-12345")+1
		if got, most := log-before, events*(50+2*5+names*5/4)+ids*(32+12*5/4); got > most {
			t.Errorf("evidence of %d events of %d identifiers: %d bytes, want at most %d", events, ids, got, most)
		}
		if got, most := people-log, ids*(150+14*5/4)+events*2*46; got > most {
			t.Errorf("people of %d events of %d identifiers: %d bytes, want at most %d", events, ids, got, most)
		}
		t.Logf("%d events, %d identifiers: evidence %d bytes, people %d", events, ids, log-before, people-log)
		runtime.KeepAlive(e)
		runtime.KeepAlive(p)
	}
}
