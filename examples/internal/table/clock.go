package table

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Unix and UnixMilli are layouts beside those of package time: whole seconds
// and milliseconds since 1970-01-01 UTC.
const (
	Unix      = "unix"
	UnixMilli = "unixmilli"
)

// Times lie in the years MinYear to MaxYear; others are taken for the mistakes
// and markers of "never" that they are, and fit 64-bit nanoseconds.
const (
	MinYear = 1900
	MaxYear = 2199
)

// layouts are tried on the first row, in this order; no text fits two of them
// with different meanings. Package time takes a fraction after the seconds of
// each, and one-digit months and days where the layout has them.
var layouts = []string{
	time.RFC3339,
	"2006-01-02T15:04:05",
	"2006-01-02T15:04",
	"2006-1-2",
	"2006-1-2 15:04:05",
	"2006-1-2 15:04",
	"2006-1-2 15:04:05Z07:00",
	"2006-1-2 15:04:05 Z0700",
	"2006/1/2",
	"2006/1/2 15:04:05",
	"2006/1/2 15:04",
	"20060102",
	"20060102150405",
	Unix,
	UnixMilli,
}

// ambiguous matches dates of which day and month can't be told apart, or not
// in every row.
var ambiguous = regexp.MustCompile(`^\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})\b`)

var errNoLayout = errors.New("no known layout")

// clock reads times by one layout, which is given or is that of the first
// time it reads.
type clock struct {
	layout string // "" until it is known
	zone   *time.Location
	recent memo[time.Time]
}

// dateLength is that of the longest text that is a day: days recur, and the
// seconds of a day seldom do.
const dateLength = len("2006-01-02")

func (c *clock) read(text string) (time.Time, *problem) {
	if len(text) > dateLength {
		at, err := c.parse(text)
		if err != nil {
			return time.Time{}, c.problem(text, err)
		}
		return at, nil
	}
	slot, hash, known := c.recent.slot(text)
	if known {
		return slot.value, nil
	}
	at, err := c.parse(text)
	if err != nil {
		return time.Time{}, c.problem(text, err)
	}
	slot.keep(hash, text, at)
	return at, nil
}

func (c *clock) parse(text string) (time.Time, error) {
	if c.layout != "" {
		return parseTime(c.layout, text, c.zone)
	}
	for _, layout := range layouts {
		if at, err := parseTime(layout, text, c.zone); err == nil {
			c.layout = layout
			return at, nil
		}
	}
	return time.Time{}, errNoLayout
}

// looksLikeTime reports whether text is a time, perhaps one that needs a
// layout. It settles nothing.
func (c *clock) looksLikeTime(text string) bool {
	trial := clock{layout: c.layout, zone: c.zone}
	_, err := trial.parse(text)
	return err == nil || c.layout == "" && ambiguous.MatchString(text)
}

func (c *clock) problem(text string, err error) *problem {
	switch {
	case c.layout == "" && ambiguous.MatchString(text):
		return &problem{NotATime, `a layout: day and month can't be told apart; give -layout 02/01/2006 or -layout 01/02/2006, in the file's own punctuation`, true}
	case errors.Is(err, errNoLayout):
		return &problem{NotATime, "a time such as 2006-01-02 or 2006-01-02 15:04:05; for any other give -layout, in Go's notation", false}
	case errors.Is(err, errYear):
		return &problem{NotATime, err.Error(), false}
	default:
		return &problem{NotATime, fmt.Sprintf("a time that exists, as %s (the file's layout)", c.layout), false}
	}
}

var errYear = fmt.Errorf("a year from %d to %d", MinYear, MaxYear)

func parseTime(layout, text string, zone *time.Location) (time.Time, error) {
	var at time.Time
	var err error
	switch layout {
	case Unix:
		at, err = parseUnix(text, 9, 10, time.Unix)
	case UnixMilli:
		at, err = parseUnix(text, 12, 13, func(ms, _ int64) time.Time { return time.UnixMilli(ms) })
	default:
		at, err = time.ParseInLocation(layout, text, zone)
	}
	if err != nil {
		return time.Time{}, err
	}
	if year := at.Year(); year < MinYear || year > MaxYear {
		return time.Time{}, errYear
	}
	return at.In(zone), nil
}

// parseUnix takes only so many digits: other numbers are rather a date without
// punctuation, or no time at all.
func parseUnix(text string, least, most int, at func(whole, nanos int64) time.Time) (time.Time, error) {
	if len(text) < least || len(text) > most || strings.Trim(text, "0123456789") != "" {
		return time.Time{}, errNoLayout
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, err
	}
	return at(n, 0), nil
}
