package strategy

import (
	"embed"
	"slices"
	"strings"

	"github.com/regulars-go/regulars/internal/config"
)

//go:embed practice/*.json
var practiceFiles embed.FS

// Practices returns the names of the playbooks that [Practice] has, in their
// order by bytes: a rule of the trade each, from "absent" to "waist".
func Practices() []string {
	entries, err := practiceFiles.ReadDir("practice")
	if err != nil {
		return nil // the folder is part of the program
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.ReplaceAll(strings.TrimSuffix(e.Name(), ".json"), "-", " "))
	}
	slices.Sort(names)
	return names
}

// Practice returns the playbook of one rule of the trade, such as "newcomer" or
// "renewal due": what a team does for a kind of customer, with its objective,
// metrics, channels, budgets, caps, quiet hours and holdout. False if there is
// none of that name.
//
// Change it: figures and limits are guesses for a shop whose customers order once
// a month or so, objectives run from the start of 2027, the zone is UTC, and
// sms, push, email and calls ask for consent. [Policy.Preflight] shows what of it
// does not fit. It reads the labels of [PracticeLabels].
func Practice(name string) (Playbook, bool) {
	data, err := practiceFiles.ReadFile("practice/" + strings.ReplaceAll(name, " ", "-") + ".json")
	if err != nil {
		return Playbook{}, false
	}
	var p Playbook
	if err := config.Decode(data, &p); err != nil {
		return Playbook{}, false // a test reads them all
	}
	return p, true
}

// PracticeLabels returns the labels that the playbooks of [Practice] read, and
// those that go with them: the ones of [StarterLabels], the step of a funnel at
// which somebody stopped, of any name, and what is due of a term.
func PracticeLabels() Vocabulary {
	v := StarterLabels()
	v["stuck"] = nil
	v["term"] = []string{"not started", "running", "ended"}
	v["renewal"] = []string{"open", "early", "on time", "late", "upgraded", "downgraded", "other product", "lapsed"}
	v["upkeep"] = []string{"upcoming", "due", "overdue", "done", "missed", "never due"}
	return v
}
