// Package calendar turns instants into local calendar dates and back.
//
// Dates are the host's: in a zone of its own, where a day may have 23 or 25
// hours, begin at 01:00, or be missing. A nil location is UTC throughout.
package calendar
