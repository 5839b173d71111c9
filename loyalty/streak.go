package loyalty

import (
	"math/bits"

	"github.com/regulars-go/regulars/internal/calendar"
)

// streakDays is how many days a streak remembers one by one; of the run before
// them it knows only the length.
const streakDays = 64

// has reports whether a day is checked in; false for days too old to be known.
func (s streak) has(d calendar.Day) bool {
	back := int64(s.last) - int64(d)
	return back >= 0 && back < streakDays && s.days>>uint(back)&1 == 1
}

// with is the streak with a check-in on a day more, which may lie before the
// last one. A day more than 63 before the last changes nothing.
func (s streak) with(d calendar.Day) streak {
	ahead := int64(d) - int64(s.last)
	switch {
	case s.days == 0:
		return streak{rule: s.rule, last: d, days: 1}
	case ahead <= -streakDays:
		return s
	case ahead <= 0:
		s.days |= 1 << uint(-ahead)
		return s
	}
	next := streak{rule: s.rule, last: d, days: 1, older: s.run(d - streakDays)}
	if ahead < streakDays {
		next.days |= s.days << uint(ahead)
	}
	return next
}

// run returns the length of the run of days that ends on a day; 0 if the day
// itself is not checked in.
func (s streak) run(d calendar.Day) int32 {
	if !s.has(d) {
		return 0
	}
	back := int(s.last - d)
	n := bits.TrailingZeros64(^(s.days >> uint(back)))
	if back+n == streakDays {
		return int32(n) + s.older
	}
	return int32(n)
}
