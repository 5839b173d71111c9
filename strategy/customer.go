package strategy

import (
	"time"

	"github.com/regulars-go/regulars"
)

// Customer is whom a decision is for: what the host has loaded. What is not
// given is not known, or has not happened.
type Customer struct {
	// ID is the host's name of the customer. Decisions carry it along, and
	// holdouts and exploration go by its bytes, in UTF-8.
	ID string `json:"id"`
	// Labels are what is known of the customer, in any order.
	Labels []string `json:"labels,omitempty"`
	// Numbers are what is known of the customer in figures, by name. A name that
	// is missing is an unknown figure and no 0. NaN and infinities are unknown to
	// audiences, no propensity to a score, and faults to [Customer.Validate].
	Numbers map[string]float64 `json:"numbers,omitempty"`
	// Zone is the name of the time zone in which the customer lives, such as
	// "Europe/Vienna". One that is missing, or that the host's resolver does not
	// know, is taken to be the zone of the playbook, and the decision says so.
	Zone string `json:"zone,omitempty"`
	// Consents say which channels the customer opened or closed.
	Consents []Consent `json:"consents,omitempty"`
	// Exposures are what the customer was sent, in any order. [Policy.Since] says
	// how far back a decision looks.
	Exposures []Exposure `json:"exposures,omitempty"`
}

// Consent is what a customer said about a channel. The last one of a channel
// counts.
type Consent struct {
	Channel string `json:"channel"`
	Granted bool   `json:"granted"`
	// Quota is how many messages the consent is good for, where the channel has
	// consent by [Quota]: each counts that was sent or reserved on the channel
	// after Since.
	Quota int `json:"quota,omitempty"`
	// Since is when the quota was granted.
	Since time.Time `json:"since,omitzero"`
}

// Exposure is one message that a customer was sent, or that is reserved for
// them, as it was when it was sent: operations that are changed later don't
// change it.
type Exposure struct {
	// Key names the decision that it came from, if any.
	Key       string   `json:"key,omitempty"`
	Operation string   `json:"operation"`
	Channel   string   `json:"channel"`
	Objective string   `json:"objective,omitempty"`
	Class     Class    `json:"class,omitempty"`
	Tags      []string `json:"tags,omitempty"`
	// At is when it was sent or reserved. One that lies ahead counts at once:
	// a clock that was set back must not send twice.
	At time.Time `json:"at"`
	// Uncounted holds for what does not count towards caps. Cool-downs and quotas
	// see it all the same.
	Uncounted bool `json:"uncounted,omitempty"`
	// State is empty for what was sent.
	State State `json:"state,omitempty"`
	// Outcome is what came of it, in the host's words, such as "ignored" or
	// "ordered"; empty if nothing is known. One of a time ahead does not count
	// yet.
	Outcome   string    `json:"outcome,omitempty"`
	OutcomeAt time.Time `json:"outcomeAt,omitzero"`
}

// State is how far an exposure got.
type State string

const (
	// Sent is the state of what went out, and the default.
	Sent State = ""
	// Reserved is the state of what a decision holds and has yet to be sent.
	Reserved State = "reserved"
	// Failed is the state of what did not arrive; it counts for nothing.
	Failed State = "failed"
)

// Case is all that one decision goes by, so that it can be kept and made again.
type Case struct {
	Customer Customer `json:"customer"`
	// Now is the instant of the decision; it is cut to the microsecond.
	Now time.Time `json:"now"`
	// Slot names the occasion, such as "evening push": exploration draws anew
	// for each slot, and only then. It may be left out.
	Slot string `json:"slot,omitempty"`
	// Key names the decision to the stores. An exposure of the same key is the
	// decision's own, and does not stand in its way.
	Key string `json:"key,omitempty"`
	// Left is what is left of each budget by its name. One that is missing is not
	// known, and does not refuse anything: reserving does.
	Left map[string]Micros `json:"left,omitempty"`
	// Refused are the candidates that a store refused to reserve.
	Refused []Refusal `json:"refused,omitempty"`
}

// Refusal is a candidate that a store refused to reserve, and what stood in the
// way: the name of a cap or of a budget, or "key" where the key of the case holds
// another candidate.
type Refusal struct {
	Operation string `json:"operation"`
	Channel   string `json:"channel"`
	By        string `json:"by"`
}

// Class says what kind of message an operation is.
type Class string

const (
	// Marketing is the default: held out, capped and quiet at night.
	Marketing Class = ""
	// Transactional is what the customer waits for, such as a receipt. By
	// default it neither obeys caps nor counts towards them, and knows no quiet
	// hours; holdouts don't withhold it and it needs no consent.
	Transactional Class = "transactional"
	// Mandatory is what must be said, such as a recall. It ranks above all
	// others, and is as free as what is transactional; but it must have a
	// cool-down, so that it is not said over and over.
	Mandatory Class = "mandatory"
)

// CoolDown keeps an operation back after it was sent, or after it came to
// something.
type CoolDown struct {
	// After is the outcome that starts it, such as "ignored"; empty is the
	// sending.
	After string `json:"after,omitempty"`
	// Times is how many of them start it, the last of which starts it anew.
	// Defaults to 1.
	Times int `json:"times,omitempty"`
	// Within is how near to the last one they lie to count together. Defaults to
	// For, and has no place beside Times of 1.
	Within regulars.Span `json:"within,omitzero"`
	// For is how long it lasts from the last of them: the operation is free again
	// exactly then. Days and months step the customer's calendar.
	For regulars.Span `json:"for"`
}

// Validate returns [regulars.Faults] if the ID is empty, or a label is malformed
// or beyond the vocabulary; a nil one knows all. So does a number that is NaN or
// infinite, an exposure without operation, channel or time, or of a state that
// does not exist, and a quota below 0. [Policy.Decide] does not need it: there a
// malformed label is one that no audience mentions.
func (c Customer) Validate(known Vocabulary) error {
	var f regulars.Faults
	if c.ID == "" {
		f.Add("id", "missing")
	}
	for i, label := range c.Labels {
		if problem := known.problem(label); problem != "" {
			f.Add(at("labels", i), "%s", problem)
		}
	}
	for _, name := range sortedKeys(c.Numbers) {
		finite(&f, "numbers."+name, c.Numbers[name])
	}
	for i, consent := range c.Consents {
		nameFaults(&f, at("consents", i)+".channel", consent.Channel)
		if consent.Quota < 0 {
			f.Add(at("consents", i)+".quota", "%d: want 0 or more", consent.Quota)
		}
	}
	for i, e := range c.Exposures {
		path := at("exposures", i)
		nameFaults(&f, path+".operation", e.Operation)
		nameFaults(&f, path+".channel", e.Channel)
		if e.At.IsZero() {
			f.Add(path+".at", "missing")
		}
		f.Under(path, yearFaults("at", e.At))
		f.Under(path, yearFaults("outcomeAt", e.OutcomeAt))
		if e.State != Sent && e.State != Reserved && e.State != Failed {
			f.Add(path+".state", "%q: want %s or %s, or none for what was sent", e.State, Reserved, Failed)
		}
	}
	return f.Err()
}
