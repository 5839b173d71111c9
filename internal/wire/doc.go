// Package wire writes and reads the bytes of accumulators, so that a
// distributed engine can carry them. The form is canonical: one value has one
// encoding, and what reads without an error writes back as the same bytes.
//
// The Append functions grow a slice, as those of encoding/binary do; a
// [Reader] takes the values out again in the same order and remembers the
// first thing that was wrong.
package wire
