package calendar

import "time"

// OrUTC returns loc, and UTC for nil.
func OrUTC(loc *time.Location) *time.Location {
	if loc == nil {
		return time.UTC
	}
	return loc
}

// SameZone reports whether two zones agree: in name, and, since a fixed zone
// may have any name, on the first days of January and July of many years.
func SameZone(a, b *time.Location) bool {
	a, b = OrUTC(a), OrUTC(b)
	if a == b {
		return true
	}
	if a.String() != b.String() {
		return false
	}
	for year := 1970; year < 2040; year++ {
		for _, month := range []time.Month{time.January, time.July} {
			t := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
			if offsetAt(t, a) != offsetAt(t, b) {
				return false
			}
		}
	}
	return true
}
