package calendar

import (
	"errors"
	"fmt"
	"time"
)

// The instants that data may have are those of the years 1 to 9999 in UTC but
// for the zero time, which is none: there microseconds fit an int64 and dates
// have four digits. A later one is most often milliseconds taken for seconds.
const (
	// MinMicro and MaxMicro are the first and the last instant in microseconds
	// since 1970.
	MinMicro = zeroUnix*1_000_000 + 1
	MaxMicro = MaxUnix*1_000_000 + 999_999

	// MinUnix and MaxUnix are the first and the last whole second since 1970.
	MinUnix = zeroUnix + 1
	MaxUnix = 253_402_300_799

	zeroUnix = -62_135_596_800 // of the zero time
)

var errNoTime = errors.New("has no time")

// CheckInstant returns an error unless t, cut to microseconds, is an instant
// that data may have. What has the time goes before its text.
func CheckInstant(t time.Time) error {
	unix := t.Unix() // microseconds would overflow far from here
	switch {
	case t.IsZero() || unix == zeroUnix && t.UnixMicro() < MinMicro:
		return errNoTime
	case unix < zeroUnix || unix > MaxUnix:
		return outside(unix)
	}
	return nil
}

// CheckUnix is [CheckInstant] of a whole second since 1970.
func CheckUnix(seconds int64) error {
	if seconds < MinUnix || seconds > MaxUnix {
		return outside(seconds)
	}
	return nil
}

func outside(unix int64) error {
	return fmt.Errorf("at %d seconds since 1970: want the years 1 to 9999", unix)
}
