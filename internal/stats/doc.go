// Package stats holds the statistics that several packages need: order
// statistics and quantiles here, the rest beside its first user.
package stats
