package strategy

import "time"

// Decision is which operation one customer gets, and why not the others. As
// JSON it is a record to keep: equal decisions give equal bytes.
type Decision struct {
	// Policy is the ID of the policy that decided.
	Policy string `json:"policy"`
	// Customer is the ID of the customer, as it was given.
	Customer string `json:"customer"`
	// Slot is the occasion, as it was given.
	Slot string `json:"slot,omitempty"`
	// At is the instant it was decided for, to the microsecond and in UTC.
	At time.Time `json:"at"`
	// Zone is the name of the zone that the customer's days and quiet hours are
	// in. ZoneAssumed holds if that is the playbook's, as the customer's was not
	// given or not found.
	Zone        string `json:"zone,omitempty"`
	ZoneAssumed bool   `json:"zoneAssumed,omitempty"`
	// HeldOut has the names of the holdouts that the customer is in, of those that
	// hold back an operation of the playbook, in their order by bytes.
	HeldOut []string `json:"heldOut,omitempty"`
	// Chosen is the name of the operation, "" if the customer gets none, and
	// Channel is how it is sent.
	Chosen  string `json:"chosen,omitzero"`
	Channel string `json:"channel,omitempty"`
	// Propensity is the probability with which the operation was chosen: 1
	// unless there is exploration, and 0 if there is none chosen.
	Propensity float64 `json:"propensity,omitempty"`
	// Explored holds if it was drawn by chance, be it the best or not.
	Explored bool `json:"explored,omitempty"`
	// SendAt is the preferred hour of the channel that comes next, outside quiet
	// hours; zero if it has none, or that is now, or the operation will have
	// ended. Decide again then.
	SendAt time.Time `json:"sendAt,omitzero"`
	// Waits is the operation for which the customer gets nothing now, as it is
	// capped or the hours are quiet: see [Defer] and [Drop]. Retry on its
	// verdict's RetryAt, if it is to be deferred.
	Waits string `json:"waits,omitempty"`
	// Verdicts has one for every operation and for the fallback, by priority and
	// name, with the fallback last.
	Verdicts []Verdict `json:"verdicts"`
}
