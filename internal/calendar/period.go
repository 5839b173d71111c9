package calendar

import (
	"fmt"
	"time"
)

// Unit is the length of a calendar period.
type Unit uint8

// Periods are local days, weeks of seven local days, or local months.
const (
	Daily Unit = iota
	Weekly
	Monthly
)

// Periods divides the calendar into consecutive periods, numbered so that the
// one with 1 January 1970 in it is 0. Two Periods are the same division if
// they are ==.
type Periods struct {
	Unit Unit
	// Start is the day on which weeks begin; it is Sunday, the zero value, for
	// days and months.
	Start time.Weekday
}

// Of returns the number of the period in which d lies.
func (p Periods) Of(d Day) int32 {
	switch p.Unit {
	case Weekly:
		return floorDiv(int32(d)+p.shift(), 7)
	case Monthly:
		return monthOf(d)
	}
	return int32(d)
}

// First returns the first day of period n.
func (p Periods) First(n int32) Day {
	switch p.Unit {
	case Weekly:
		return Day(7*n - p.shift())
	case Monthly:
		year := floorDiv(n, 12)
		return DateDay(1970+int(year), time.Month(n-12*year+1), 1)
	}
	return Day(n)
}

// Name returns the date of a day, the month as 2006-01, a week from Monday as
// ISO 8601 has it (2006-W01, of the year in which its Thursday lies) and any
// other week as the date on which it begins.
func (p Periods) Name(n int32) string {
	first := p.First(n)
	year, month, _ := first.Date()
	switch {
	case p.Unit == Monthly:
		return fmt.Sprintf("%04d-%02d", year, month)
	case p.Unit == Weekly && p.Start == time.Monday:
		year, week := time.Unix(int64(first)*daySeconds, 0).UTC().ISOWeek()
		return fmt.Sprintf("%04d-W%02d", year, week)
	}
	return first.String()
}

// shift is the number of days from the start of week 0 to 1 January 1970, a
// Thursday.
func (p Periods) shift() int32 { return (int32(time.Thursday) - int32(p.Start) + 7) % 7 }

// monthOf counts the months from January 1970. It counts days from 1 March
// of a year that 400 divides, where leap days come last in each cycle: the
// lengths of the months from March are then 153 days in each five.
func monthOf(d Day) int32 {
	const (
		era       = 146_097 // days in 400 years
		toMarch   = 719_468 // days from 1 March of year 0 to 1 January 1970
		yearsTo70 = 1970
	)
	n := int32(d) + toMarch
	cycle := floorDiv(n, era)
	n -= cycle * era
	year := (n - n/1460 + n/36_524 - n/146_096) / 365
	n -= 365*year + year/4 - year/100
	month := (5*n+2)/153 + 2 // 0 is January of the year in which the March lies
	return (cycle*400+year-yearsTo70)*12 + month
}

func floorDiv(a, b int32) int32 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
