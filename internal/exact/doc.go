// Package exact sums money so that neither order nor grouping can change the
// answer, at the speed of integers as long as the numbers are ordinary.
package exact
