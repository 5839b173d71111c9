package strategytest

import (
	"fmt"
	"time"
)

func checkExpiry(l *lab) {
	exact := noon.Add(123456 * time.Microsecond)
	l.keep(want{"in time", "u1", 9, false, exact})
	l.must("committing a microsecond before the expiry", l.store.Commit(l.ctx, "in time", exact.Add(-time.Microsecond)))
	l.keep(want{"too late", "u1", 9, false, exact})
	l.none("committing at the expiry", l.store.Commit(l.ctx, "too late", exact))
	l.none("committing after the expiry", l.store.Commit(l.ctx, "too late", exact.Add(time.Hour)))
	l.has("of which one has expired and was not released", "u1", 2)
	// Instants are instants, in whatever zone they are written.
	east := time.FixedZone("east", 8*3600)
	l.keep(want{"in a zone", "u1", 9, false, exact.In(east)})
	l.none("committing at the expiry, in another zone", l.store.Commit(l.ctx, "in a zone", exact.In(time.FixedZone("west", -5*3600))))
	l.must("committing before the expiry, in another zone", l.store.Commit(l.ctx, "in a zone", exact.Add(-time.Microsecond).In(east)))
}

func checkExpire(l *lab) {
	at := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Microsecond) }
	for n := range 6 {
		l.keep(want{fmt.Sprint("k", n), "u1", 9, false, at(n)})
	}
	l.must("committing", l.store.Commit(l.ctx, "k1", noon.Add(-time.Hour)))
	expire := func(n, want int) {
		if got, err := l.store.Expire(l.ctx, at(n)); got != want || err != nil {
			l.problemf("Expire released %d, error %v, want %d", got, err, want)
		}
	}
	expire(-1, 0)
	l.has("before any has expired", "u1", 6)
	expire(2, 2) // k0 and k2; k1 was committed
	expire(2, 0)
	l.has("after Expire", "u1", 4)
	for _, n := range []int{0, 2} {
		l.none("committing what Expire released", l.store.Commit(l.ctx, fmt.Sprint("k", n), noon.Add(-time.Hour)))
	}
	l.keep(want{"k0", "u2", 2, true, late}) // its key is free
	expire(5, 3)
	l.has("after all have expired but one", "u1", 1)
	l.must("committing that again", l.store.Commit(l.ctx, "k1", late))
}
