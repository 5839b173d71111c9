package strategytest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/regulars-go/regulars/strategy"
)

func checkLimit(l *lab) {
	for i := range 3 {
		l.keep(one(fmt.Sprint("k", i), 3))
	}
	l.refuse(one("one more", 3))
	l.has("after a refusal", "u1", 3)
	l.none("committing what was refused", l.commit("one more"))
	l.keep(one("one more", 4)) // the key was not used up
	if l.exposures != nil {
		l.bounds()
	}
}

// bounds checks several at once.
func (l *lab) bounds() {
	r := one("k", 0).reservation()
	r.Customer = "u2"
	bound := func(name string, limit int) strategy.Bound {
		return strategy.Bound{Name: name, Limit: limit, After: noon.Add(-time.Hour), Operation: "gift"}
	}
	r.Bounds = []strategy.Bound{bound("a", 1), bound("b", 0), bound("c", 0)}
	refused, err := l.exposures.Reserve(l.ctx, r)
	if err != nil || refused == nil || *refused != r.Bounds[1] {
		l.problemf("of bounds a, b and c, of which b and c refuse, %v refused, error %v, want b as it was given", refused, err)
	}
	l.has("after a bound refused, and others did not", "u2", 0)
	r.Bounds = nil
	if refused, err := l.exposures.Reserve(l.ctx, r); refused != nil || err != nil {
		l.problemf("without bounds: %v refused, error %v", refused, err)
	}
}

// scopes are texts that a store may take for one another: case, spaces, Unicode
// forms, what SQL or a pattern reads, and lengths.
var scopes = []string{
	"u1", "U1", "u1 ", " u1", "u10", "u%", "u_", "u'1", `u"1`, `u\1`, "u\n1", "u\x001", "ü", "u\u0308",
	"用户1", "😀", "\x01", strings.Repeat("u", 100), strings.Repeat("u", 99) + "v",
}

func checkScopes(l *lab) {
	for i, scope := range scopes {
		l.keep(want{fmt.Sprint("k", i), scope, 1, false, late})
	}
	for i, scope := range scopes {
		l.has("with one of each", scope, 1)
		l.refuse(want{fmt.Sprint("again", i), scope, 1, false, late})
	}
	for i, key := range scopes { // keys are texts, too
		l.keep(want{"key " + key, "keys", i + 1, false, late})
	}
}

func checkHeld(l *lab) {
	l.keep(one("held", 1))
	l.refuse(one("other", 1))
	l.must("committing", l.commit("held"))
	l.refuse(one("other", 1))
	l.has("after a commit", "u1", 1)
	l.keep(one("second", 2))
	l.must("releasing", l.release("second"))
	l.has("after a release", "u1", 1)
	if _, err := l.store.Expire(l.ctx, late.Add(1000*time.Hour)); err != nil {
		l.problemf("expiring: %v", err)
	}
	l.has("after a committed one would have expired", "u1", 1)
}

func checkAgain(l *lab) {
	l.keep(one("k", 1))
	for _, again := range []want{one("k", 1), one("k", 0), {"k", "u1", 1, false, late.Add(time.Hour)}} {
		l.keep(again)
		l.has("after the same again", "u1", 1)
	}
	l.must("committing", l.commit("k"))
	l.keep(one("k", 0))
	l.has("after the same again, committed", "u1", 1)
}

func checkReused(l *lab) {
	l.keep(one("k", 5))
	l.reuse("while it is held")
	l.must("committing", l.commit("k"))
	l.reuse("when it is committed")
	if l.exposures != nil {
		l.reuseFields()
	}
}

func (l *lab) reuse(when string) {
	other := one("k", 5)
	other.other = true
	for what, w := range map[string]want{"something else": other, "another scope": {"k", "u2", 5, false, late}} {
		refused, err := l.reserve(l.ctx, w)
		if refused || !errors.Is(err, strategy.ErrKeyReused) {
			l.problemf("%s under the key, %s: refused %v, error %v, want ErrKeyReused", what, when, refused, err)
		}
	}
	l.has("after its key was used for something else, "+when, "u1", 1)
	l.has("of what the key was used for, "+when, "u2", 0)
}

// reuseFields changes each field of an exposure by itself.
func (l *lab) reuseFields() {
	full := func() strategy.Reservation {
		r := want{"full", "u3", 1, false, late}.reservation()
		r.Exposure = strategy.Exposure{
			Operation: "gift", Channel: "push", Objective: "return", Class: strategy.Transactional,
			Tags: []string{"a", "b"}, At: noon, Uncounted: true,
		}
		return r
	}
	if refused, err := l.exposures.Reserve(l.ctx, full()); refused != nil || err != nil {
		l.fatalf("an exposure with all fields: %v refused, error %v", refused, err)
	}
	for _, c := range []struct {
		field  string
		change func(e *strategy.Exposure)
		same   bool
	}{
		{"At", func(e *strategy.Exposure) { e.At = noon.Add(time.Minute) }, true},
		{"nothing", func(*strategy.Exposure) {}, true},
		{"Channel", func(e *strategy.Exposure) { e.Channel = "sms" }, false},
		{"Objective", func(e *strategy.Exposure) { e.Objective = "" }, false},
		{"Class", func(e *strategy.Exposure) { e.Class = strategy.Marketing }, false},
		{"Tags", func(e *strategy.Exposure) { e.Tags = []string{"a"} }, false},
		{"Uncounted", func(e *strategy.Exposure) { e.Uncounted = false }, false},
	} {
		r := full()
		c.change(&r.Exposure)
		_, err := l.exposures.Reserve(l.ctx, r)
		if c.same && err != nil || !c.same && !errors.Is(err, strategy.ErrKeyReused) {
			l.problemf("the key again with another %s: error %v", c.field, err)
		}
	}
}

func checkCommit(l *lab) {
	l.keep(one("k", 1))
	for range 3 {
		l.must("committing", l.commit("k"))
	}
	l.has("after three commits", "u1", 1)
	// Not even when it would have expired.
	l.must("committing again, late", l.store.Commit(l.ctx, "k", late.Add(time.Hour)))
	l.none("committing what was never held", l.commit("unheard of"))
	l.keep(one("released", 2))
	l.must("releasing", l.release("released"))
	l.none("committing what was released", l.commit("released"))
	l.has("after a commit of what was released", "u1", 1)
}

func checkRelease(l *lab) {
	l.must("releasing what was never held", l.release("unheard of"))
	l.keep(one("k", 1))
	for range 2 {
		l.must("releasing", l.release("k"))
	}
	l.has("after two releases", "u1", 0)
	w := one("k", 2)
	w.other = true
	l.keep(w) // something else under a key that is free
	l.must("releasing", l.release("k"))
	l.keep(one("k", 1))
	l.must("committing", l.commit("k"))
	l.must("releasing what was committed", l.release("k"))
	l.has("after a release of what was committed", "u1", 1)
	l.must("committing it again", l.commit("k"))
	l.keep(one("k", 1))
	l.has("and of the same again", "u1", 1)
}
