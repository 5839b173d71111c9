package strategy

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/regulars-go/regulars/internal/config"
)

// Record is a decision with all that it went by, so that it can be made again:
// by the same policy, to the same bytes, or by another, to see what that would
// have done.
type Record struct {
	// Engine is the version of the rules of deciding: [Engine].
	Engine int `json:"engine"`
	// Context is a hash of the case. It is that of all cases that say the same,
	// in whatever order.
	Context string `json:"context"`
	// Phase counts the changes of the policy that the host has made, from 0; it
	// is the host's to set. Customers are compared within a phase.
	Phase    int      `json:"phase,omitempty"`
	Case     Case     `json:"case"`
	Decision Decision `json:"decision"`
}

// Engine is the version of the rules by which this package decides.
const Engine = 2

// ErrOtherEngine is returned where a record was made by rules that this package
// no longer has.
var ErrOtherEngine = errors.New("strategy: a record of other rules")

// Record decides as [Policy.DecideCase] does, and returns the decision with its
// case. A case that can't be kept is an error: the customer is not valid, or
// times are beyond the year 9999.
func (p *Policy) Record(c Case) (Record, error) {
	if err := c.Customer.Validate(nil); err != nil {
		return Record{}, fmt.Errorf("strategy: customer: %w", err)
	}
	c = c.normal()
	form, err := json.Marshal(c)
	if err != nil {
		return Record{}, fmt.Errorf("strategy: case: %w", err)
	}
	sum := sha256.Sum256(form)
	return Record{Engine: Engine, Context: hex.EncodeToString(sum[:16]), Case: c, Decision: p.DecideCase(c)}, nil
}

// Replay decides on a record's case anew. By the policy that made the record it
// gives the same record, to the byte. A record of other rules is
// [ErrOtherEngine].
func (p *Policy) Replay(r Record) (Record, error) {
	if r.Engine != Engine {
		return Record{}, fmt.Errorf("%w: %d, not %d", ErrOtherEngine, r.Engine, Engine)
	}
	again, err := p.Record(r.Case)
	again.Phase = r.Phase
	return again, err
}

// ParseRecord reads a record from JSON, strictly, as [ParsePlaybook] does a
// playbook. A decision that no policy makes, such as one without a verdict on what
// was chosen, is an error.
func ParseRecord(data []byte) (Record, error) {
	var r Record
	if err := config.Decode(data, &r); err != nil {
		return Record{}, err
	}
	if err := sound(r.Decision); err != nil {
		return Record{}, err
	}
	return r, nil
}

// normal returns the case in a form that is the same for all that say the same.
func (c Case) normal() Case {
	c.Now = moment(c.Now)
	c.Customer.Labels = slices.Compact(sortedLabels(c.Customer.Labels))
	c.Customer.Exposures = slices.Clone(c.Customer.Exposures)
	for i := range c.Customer.Exposures {
		e := &c.Customer.Exposures[i]
		e.At, e.OutcomeAt = moment(e.At), moment(e.OutcomeAt)
		e.Tags = sortedLabels(e.Tags)
	}
	slices.SortFunc(c.Customer.Exposures, compareExposures)
	c.Customer.Consents = slices.Clone(c.Customer.Consents)
	for i := range c.Customer.Consents {
		c.Customer.Consents[i].Since = moment(c.Customer.Consents[i].Since)
	}
	slices.SortStableFunc(c.Customer.Consents, func(a, b Consent) int { return strings.Compare(a.Channel, b.Channel) })
	return c
}

// compareExposures is a total order: exposures that are equal by it are alike.
func compareExposures(a, b Exposure) int {
	uncounted := func(e Exposure) int {
		if e.Uncounted {
			return 1
		}
		return 0
	}
	return cmp.Or(
		a.At.Compare(b.At), strings.Compare(a.Key, b.Key), strings.Compare(a.Operation, b.Operation), strings.Compare(a.Channel, b.Channel),
		strings.Compare(a.Objective, b.Objective), cmp.Compare(a.Class, b.Class), slices.Compare(a.Tags, b.Tags), cmp.Compare(uncounted(a), uncounted(b)),
		cmp.Compare(a.State, b.State), strings.Compare(a.Outcome, b.Outcome), a.OutcomeAt.Compare(b.OutcomeAt),
	)
}

// PropensityOf returns the probability with which an operation was to be chosen;
// 0 for one that the decision has no verdict on. To estimate what another
// policy would have brought, take its own decision on the same case.
func (d Decision) PropensityOf(operation string) float64 {
	for i := range d.Verdicts {
		if d.Verdicts[i].Operation == operation {
			return d.Verdicts[i].Propensity
		}
	}
	return 0
}
