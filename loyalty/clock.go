package loyalty

import "time"

// Instants inside the package are microseconds since 1970, 0 for none.

// micros returns an instant as microseconds, finer parts cut off.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// instant is the time of microseconds, in UTC; zero for 0.
func instant(m int64) time.Time {
	if m == 0 {
		return time.Time{}
	}
	return time.UnixMicro(m).UTC()
}

// Events lie between these, so that no expiry leaves what 64 bits and a
// database's calendar hold.
var (
	firstSecond = time.Date(1971, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	lastSecond  = time.Date(2500, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
)

// inRange reports whether an instant can be recorded.
func inRange(t time.Time) bool {
	second := t.Unix() // microseconds would wrap for distant years
	return second >= firstSecond && second < lastSecond
}
