package identity

import (
	"fmt"
	"slices"
)

// Decide adds a verdict. The same one again changes nothing; another one under
// the same ID, or under an ID that was withdrawn, is an error. Whether verdicts
// contradict each other shows when people are resolved, since it depends on
// how identifiers are written.
func (e *Evidence) Decide(v Verdict) error {
	if err := v.check(); err != nil {
		return fmt.Errorf("identity: verdict %.80q: %w", v.ID, err)
	}
	v = v.tidy()
	if e.withdrawn[v.ID] {
		return fmt.Errorf("identity: verdict %.80q was withdrawn: want a new ID", v.ID)
	}
	for _, i := range e.byID[v.ID] {
		if e.verdicts[i] != v {
			return fmt.Errorf("identity: verdict %.80q is there already as [%s]: want a new ID", v.ID, e.verdicts[i])
		}
	}
	e.decide(v)
	return nil
}

func (e *Evidence) decide(v Verdict) {
	if e.withdrawn[v.ID] || slices.ContainsFunc(e.byID[v.ID], func(i int32) bool { return e.verdicts[i] == v }) {
		return
	}
	if e.byID == nil {
		e.byID = map[string][]int32{}
	}
	e.byID[v.ID] = append(e.byID[v.ID], int32(len(e.verdicts)))
	e.verdicts = append(e.verdicts, v)
	e.overruled = append(e.overruled, false)
	e.changes++
}

// Withdraw takes a verdict back, for good. People then resolve as if it had
// never been.
func (e *Evidence) Withdraw(verdictID string) error {
	if err := checkName("verdict", verdictID); err != nil {
		return fmt.Errorf("identity: withdraw: %w", err)
	}
	if e.withdrawn[verdictID] {
		return nil
	}
	if e.withdrawn == nil {
		e.withdrawn = map[string]bool{}
	}
	e.withdrawn[verdictID] = true
	for _, i := range e.byID[verdictID] {
		e.overruled[i] = true
	}
	e.changes++
	return nil
}

// Verdicts returns the verdicts that stand, by ID and then by what they say.
func (e *Evidence) Verdicts() []Verdict {
	var standing []Verdict
	for i, v := range e.verdicts {
		if !e.overruled[i] {
			standing = append(standing, v)
		}
	}
	slices.SortFunc(standing, compareVerdicts)
	return standing
}
