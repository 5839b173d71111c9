package main

import (
	"slices"
	"strings"
	"time"

	"github.com/regulars-go/regulars/funnel"
	"github.com/regulars-go/regulars/strategy"
)

// stuckFor is how long somebody counts as stuck: who stopped longer ago has
// given up.
const stuckFor = 30 * 24 * time.Hour

// stuck is where customers stopped in their latest attempt.
type stuck struct {
	// labels are such as "stuck=pay order", by customer; latest are the attempts.
	labels map[string]string
	latest map[string]funnel.Result
}

// find looks at each customer's latest attempt.
func (c *conversion) find() error {
	outcomes, err := funnel.Outcomes(c.attempts, c.source, c.rows)
	if err != nil {
		return err
	}
	c.stuck = stuck{labels: map[string]string{}, latest: map[string]funnel.Result{}}
	for _, o := range outcomes {
		if o.Level == 0 {
			continue
		}
		if was, ok := c.stuck.latest[o.User]; !ok || !o.Chain[0].At.Before(was.Chain[0].At) {
			c.stuck.latest[o.User] = o.Result
		}
	}
	from := c.source.AsOf.Add(-stuckFor)
	for user, result := range c.stuck.latest {
		label := c.attempts.Label(result)
		if label != "" && result.Chain[0].At.After(from) && strategy.Vocabulary(nil).Check(label) == nil {
			c.stuck.labels[user] = label
		}
	}
	return nil
}

// steps returns the values that stuck labels can have: the names of all steps
// but the first, where such a name can be a label's value.
func (c *conversion) stuckSteps() []string {
	var list []string
	for _, s := range c.funnel.Steps[1:] {
		if strategy.Vocabulary(nil).Check("stuck="+s.Name) == nil {
			list = append(list, s.Name)
		}
	}
	return list
}

// remind adds to a playbook what is for those who lack the last step only, and
// to a vocabulary the labels that say so.
func (c *conversion) remind(playbook *strategy.Playbook, vocabulary strategy.Vocabulary) {
	steps := c.stuckSteps()
	last := c.funnel.Steps[len(c.funnel.Steps)-1].Name
	if len(steps) == 0 || !slices.Contains(steps, last) {
		return
	}
	vocabulary["stuck"] = steps
	playbook.Operations = append([]strategy.Operation{{
		Name: "reminder to " + last, Objective: "bring home what is nearly done: “" + last + "” within 3 days",
		Audience: strategy.Audience{AllOf: []string{"stuck=" + last}},
		Channel:  "push", Priority: 1100,
	}}, playbook.Operations...)
}

// stuckSection counts customers by the step that they lack, if they stopped
// within Days.
type stuckSection struct {
	Days  int            `json:"days"`
	Steps map[string]int `json:"steps"`
}

func (c *conversion) stuckSection() stuckSection {
	s := stuckSection{Days: int(stuckFor / (24 * time.Hour)), Steps: map[string]int{}}
	for _, step := range c.stuckSteps() {
		s.Steps[step] = 0
	}
	for _, label := range c.stuck.labels {
		s.Steps[strings.TrimPrefix(label, "stuck=")]++
	}
	return s
}
