package funnel

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Window is how much time may pass at most, such as from the first event of a
// chain to its last. It is inclusive and elapsed: seven days are 168 hours,
// also when the clock changes. The zero value sets no limit; [Within](0) asks
// for one instant.
type Window struct {
	limited bool
	length  time.Duration
}

// Within returns a window of length d. A negative one is refused by
// [Funnel.Validate].
func Within(d time.Duration) Window { return Window{true, d} }

// Limit returns the length of w, and whether there is a limit at all.
func (w Window) Limit() (length time.Duration, ok bool) { return w.length, w.limited }

// IsZero reports whether w sets no limit.
func (w Window) IsZero() bool { return !w.limited }

// String returns w as [ParseWindow] reads it, such as "24h"; "" if there is no
// limit.
func (w Window) String() string {
	if !w.limited {
		return ""
	}
	for _, u := range windowUnits {
		if w.length%u.length == 0 {
			return strconv.FormatInt(int64(w.length/u.length), 10) + u.suffix
		}
	}
	return ""
}

var windowUnits = []struct {
	suffix string
	length time.Duration
}{
	{"h", time.Hour},
	{"m", time.Minute},
	{"s", time.Second},
	{"ms", time.Millisecond},
	{"us", time.Microsecond},
	{"ns", time.Nanosecond},
}

// ParseWindow reads a window: a whole number without sign or leading zero, and
// one of h, m, s, ms, us, ns, such as "24h". Days are refused, since elsewhere
// they step the local calendar: seven times 24 hours is "168h".
func ParseWindow(text string) (Window, error) {
	digits := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	if digits > 0 && (text[0] != '0' || digits == 1) {
		for _, u := range windowUnits {
			if u.suffix != text[digits:] {
				continue
			}
			n, err := strconv.ParseInt(text[:digits], 10, 64)
			if err != nil || n > math.MaxInt64/int64(u.length) {
				return Window{}, fmt.Errorf("funnel: window %q is too long: at most %d%s", text, math.MaxInt64/int64(u.length), u.suffix)
			}
			return Within(time.Duration(n) * u.length), nil
		}
	}
	return Window{}, fmt.Errorf(`funnel: %q is not a window: want a number and h, m, s, ms, us or ns, such as "24h"`, text)
}

// MarshalText writes w as [Window.String] does.
func (w Window) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// UnmarshalText reads w as [ParseWindow] does; an empty text is an error, since
// a field without a limit is left out.
func (w *Window) UnmarshalText(text []byte) error {
	parsed, err := ParseWindow(string(text))
	if err != nil {
		return err
	}
	*w = parsed
	return nil
}

// ticks returns w in units of tick; no limit is the largest number. A part of a
// tick does not count: times are whole ticks, so nothing changes.
func (w Window) ticks(tick time.Duration) int64 {
	if !w.limited {
		return noLimit
	}
	return int64(w.length / tick)
}

// microsecond is the tick of events that have a time.Time.
const microsecond = time.Microsecond

// defaultSessionGap is what most tools take.
const defaultSessionGap = 30 * time.Minute

// noLimit is longer than any two events of one user may lie apart.
const noLimit = math.MaxInt64

func (w Window) faulty() bool { return w.limited && w.length < 0 }
