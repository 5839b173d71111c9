package loyalty

import (
	"slices"

	"github.com/regulars-go/regulars/internal/calendar"
)

// ladder is the tiers of a program made ready.
type ladder struct {
	wallet uint8
	window ladderWindow
	months int32    // of a rolling window
	levels []Level  // ascending
	grace  *dayRule // nil: none
	soft   bool
}

type ladderWindow uint8

const (
	byYear ladderWindow = iota
	byAnniversary
	byRolling
)

var ladderWindows = map[string]ladderWindow{"year": byYear, "anniversary": byAnniversary, "rolling": byRolling}

func (c *compiled) ladder(t *Tiers) *ladder {
	if t == nil {
		return nil
	}
	l := &ladder{
		wallet: c.walletID(t.Wallet), window: ladderWindows[t.Window], months: t.Months,
		levels: slices.Clone(t.Levels), soft: t.Soft,
	}
	if !t.Grace.IsZero() {
		l.grace = &dayRule{after: t.Grace}
	}
	return l
}

var monthly = calendar.Periods{Unit: calendar.Monthly}

// yearStart returns the first month of the qualifying year in which month m
// lies: January, or the month of enrolment.
func (l *ladder) yearStart(a *Account, m int32, days *almanac) int32 {
	offset := int32(0)
	if l.window == byAnniversary && a.enrolled != 0 {
		offset = monthly.Of(days.day(a.enrolled)) % 12
	}
	return m - (m-offset+1200)%12
}

// target is the level that what was earned until month m is good for.
func (l *ladder) target(a *Account, m int32, days *almanac) uint8 {
	if l.window == byRolling {
		return l.level(a.earned(m-l.months+1, m+1))
	}
	start := l.yearStart(a, m, days)
	return max(l.level(a.earned(start-12, start)), l.level(a.earned(start, start+12)))
}

// level is that of a number of qualifying points; 0 for too few.
func (l *ladder) level(points int64) uint8 {
	level := uint8(0)
	for i := range l.levels {
		if points >= l.levels[i].Min {
			level = l.levels[i].ID
		}
	}
	return level
}

// least returns what a level takes; a level that this version lacks takes as
// much as the next lower one.
func (l *ladder) least(level uint8) int64 {
	least := int64(0)
	for i := range l.levels {
		if l.levels[i].ID <= level {
			least = l.levels[i].Min
		}
	}
	return least
}

// below returns the next lower level.
func (l *ladder) below(level uint8) uint8 {
	lower := uint8(0)
	for i := range l.levels {
		if l.levels[i].ID < level {
			lower = l.levels[i].ID
		}
	}
	return lower
}

// earned sums the qualifying points of months from <= m < to.
func (a *Account) earned(from, to int32) (sum int64) {
	for rows := a.rows(listMonths); len(rows) > 0; rows = rows[monthWidth:] {
		if row := readMonth(rows); row.number >= from && row.number < to {
			sum += row.points
		}
	}
	return sum
}

// keeps returns the first month after m, but at most to, at which the months
// of a rolling window have fewer points than least.
func (l *ladder) keeps(a *Account, least int64, m, to int32) int32 {
	ahead := a.rows(listMonths) // what the window has not come to yet,
	behind := ahead             // and what it has not left
	for sum := int64(0); ; {
		m++
		for ; len(ahead) > 0 && readMonth(ahead).number <= m; ahead = ahead[monthWidth:] {
			sum += readMonth(ahead).points
		}
		for ; len(behind) > len(ahead) && readMonth(behind).number <= m-l.months; behind = behind[monthWidth:] {
			sum -= readMonth(behind).points
		}
		if m >= to || sum < least {
			return m
		}
		if len(ahead) == 0 && len(behind) > 0 { // nothing changes before the first of these is left
			m = min(to, readMonth(behind).number+l.months) - 1
		}
	}
}

// nextReview is when the level is looked at again, seen in month m; 0 if it
// can't be lost.
func (l *ladder) nextReview(a *Account, level uint8, m int32, days *almanac) int64 {
	least := l.least(level)
	if level == 0 || least <= 0 {
		return 0
	}
	month := l.yearStart(a, m, days) + 12
	if l.window == byRolling {
		month = l.keeps(a, least, m, m+l.months)
	}
	return days.monthStart(month)
}

// reviewed is the tier after the review that is due at an instant.
func (l *ladder) reviewed(a *Account, at int64, days *almanac) tier {
	day := days.day(at)
	m := monthly.Of(day)
	t, target := a.tier, l.target(a, m, days)
	switch {
	case target >= t.level:
		t.level = target
	case !t.grace && l.grace != nil:
		t.grace, t.review = true, days.at(l.grace, day)
		return t
	case l.soft:
		t.level = max(target, l.below(t.level))
	default:
		t.level = target
	}
	if t.level != a.tier.level {
		t.since = at
	}
	t.grace, t.review = false, l.nextReview(a, t.level, m, days)
	return t
}

// settled is the tier after qualifying points changed at an instant. before is
// what was earned before the change: only a level that it carried is lost with
// it, not one that is kept by grace or by a soft landing.
func (l *ladder) settled(a *Account, at int64, before uint8, days *almanac) tier {
	m := days.monthOf(days.day(at))
	t, target := a.tier, l.target(a, m, days)
	switch {
	case target > t.level, target < t.level && t.level <= before:
		t.level, t.since, t.grace = target, at, false
	case target == t.level:
		t.grace = false
	}
	if !t.grace {
		t.review = l.nextReview(a, t.level, m, days)
	}
	return t
}
