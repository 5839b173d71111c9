package strategy

// Effects is what operations change: for each and each label, how much more of
// the metric a customer brings who got it. It comes of a holdout or of
// exploration, and is what a score reads in place of a propensity.
type Effects struct {
	// Rows are sorted by operation and label, each pair once. A row without a
	// label is the operation's mean.
	Rows []Effect `json:"rows"`
}

// Effect is how much one operation changes for the customers of one label.
type Effect struct {
	Operation string `json:"operation"`
	// Label is empty for the mean over all customers.
	Label string `json:"label,omitempty"`
	// Estimate is the effect that a score takes; Low and High bound it. They are
	// differences of a rate or a mean, per customer.
	Estimate float64 `json:"estimate"`
	Low      float64 `json:"low"`
	High     float64 `json:"high"`
	// Treated and Control are how many customers it comes from.
	Treated int64 `json:"treated"`
	Control int64 `json:"control"`
	// NoSupport holds where one of the two is empty, or nearly so: there is no
	// estimate then, and a score takes the operation's mean.
	NoSupport bool `json:"noSupport,omitempty"`
}
