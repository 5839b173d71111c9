package funnel

import (
	"time"

	"github.com/regulars-go/regulars"
)

// Source says how to read the host's events. All functions are called on the
// caller's goroutine, must be pure, and must not keep the event.
type Source[E any, K regulars.ID] struct {
	// User returns whose event it is. [Count] needs it; where the events of a
	// user are given together it is not called.
	User func(E) K
	// At returns when it happened; times are cut to microseconds. A zero time
	// or one outside the years 1 to 9999 is an error.
	At func(E) time.Time
	// Name returns the event's name. It is looked up once, for all steps. Nil if
	// no step or exclusion names events.
	Name func(E) string
	// Where has the predicates that steps and exclusions name.
	Where map[string]func(E) bool
	// Session returns the session of the event; events of one user with the same
	// one are a session. It counts for BySession. Nil finds sessions by
	// Funnel.SessionGap.
	Session func(E) string
	// Label returns the value of a label or property as of the event, and
	// whether there is one. It is asked for breakdowns and held properties, of
	// few events. Nil if there are none of these.
	Label func(event E, name string) (value string, ok bool)
	// AsOf is up to when the data are complete. Later events are counted and set
	// aside, and a unit whose window ends later is open. Zero means that all
	// windows are over.
	AsOf time.Time
}
