package strategy

import (
	"time"

	"github.com/regulars-go/regulars"
)

// Objective is what operations are for: specific, measurable, achievable,
// relevant and bound in time, each of which [Playbook.Validate] checks.
type Objective struct {
	// Name is what operations call it.
	Name string `json:"name"`
	// Step is the step of the user journey that it is about, in words.
	Step string `json:"step,omitempty"`
	// Metric is the name of the metric that it is to move. Either it or
	// Migration is given.
	Metric string `json:"metric,omitempty"`
	// Migration is a move between labels that is to happen more often.
	Migration *Migration `json:"migration,omitempty"`
	// Population says who is meant. It may be left out for a migration, whose
	// population is who has From.
	Population Audience `json:"population,omitzero"`
	// Customers is how many of the population are expected between Start and
	// Deadline. Zero means not known; then only [Policy.Preflight] can tell
	// whether the objective can be shown.
	Customers int64 `json:"customers,omitempty"`
	// Baseline and Target are the metric as it is and as it is to be: shares
	// from 0 to 1 for a migration and for a metric that is a rate, and otherwise
	// means per customer.
	Baseline float64 `json:"baseline"`
	Target   float64 `json:"target"`
	// Deviation is the standard deviation of a mean over customers. It is needed
	// there, and has no place beside a rate.
	Deviation float64 `json:"deviation,omitzero"`
	// Start and Deadline bound the time in which it counts: Start, included, to
	// Deadline, excluded.
	Start    time.Time `json:"start"`
	Deadline time.Time `json:"deadline"`
	// Window is how long after an exposure an outcome counts. Between Start and
	// Deadline there is room for more than one.
	Window regulars.Span `json:"window"`
	// Parent is the objective that this one serves. Without one, its metric is
	// part of the tree under the north star, or it is a migration.
	Parent string `json:"parent,omitempty"`
}

// Migration is a move from one label to another, such as from "layer=waist" to
// "layer=core".
type Migration struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Metric is a figure that is watched: measured by the host, or computed of
// others.
type Metric struct {
	Name string `json:"name"`
	// Unit is what it is counted in, such as "orders".
	Unit string `json:"unit,omitempty"`
	// Rate holds for a share of customers, from 0 to 1.
	Rate bool `json:"rate,omitempty"`
	// Sum, Product and Ratio name the metrics that it is computed of; at most one
	// of them is given, and without any it is measured.
	Sum     []string `json:"sum,omitempty"`
	Product []string `json:"product,omitempty"`
	// Ratio is the first over the second.
	Ratio []string `json:"ratio,omitempty"`
}
