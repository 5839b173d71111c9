package lifecycle

import (
	"time"

	"github.com/regulars-go/regulars/internal/calendar"
)

// Interval returns the period in which an instant falls, in a zone (UTC if nil),
// as seen at now.
func (p Period) Interval(at, now time.Time, zone *time.Location) Interval {
	f := frame{p, calendar.OrUTC(zone)}
	return f.interval(f.of(at), now)
}
