package journey

import (
	"fmt"
	"strings"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/config"
)

// AARRR says what acquisition, activation, retention, referral and revenue mean
// (McClure 2007). It is no funnel: acquisition comes first, and all others may
// come after it in any order, each in a window of its own. It is data.
type AARRR struct {
	// Acquisition says which event acquires a user: the first that meets it.
	Acquisition Condition `json:"acquisition"`
	// Goals are what an acquired user should do, in the order of the report: 1
	// to MaxGoals. See [StandardGoals].
	Goals []Goal `json:"goals"`
	// Zone is where dates and windows in days, weeks, months and years are
	// stepped. Nil means UTC. In JSON it is the member "zone" with the zone's
	// name.
	Zone *time.Location `json:"-"`
}

// Goal is one of the things that an acquired user should do.
type Goal struct {
	// Name is a word for reports, such as "activation"; no two goals have the
	// same.
	Name string `json:"name"`
	// When says which events count.
	When Condition `json:"when"`
	// Within is the window, which begins with the acquisition. An event at the
	// acquisition counts, and one exactly at the end does. It is required: a
	// goal without end is never over, and has no mature cohort.
	Within regulars.Span `json:"within"`
	// Days is on how many different local dates such an event must come: 3
	// with Within "14d" asks for 3 of the 14 dates after that of the
	// acquisition, which is not one of them; whole dates count, also the last.
	// Within must be in days, weeks, months or years then, and a number of
	// dates that it always has. Zero asks for one event at any time of the
	// window.
	Days int `json:"days,omitzero"`
}

// Limits on AARRR.
const (
	// MaxGoals is the most goals: acquisition and they are bits of a word.
	MaxGoals = 63
	// MaxDays is the most days of a goal, some ten years.
	MaxDays = 3660
)

// StandardGoals returns the four goals that follow acquisition, in the usual
// order: activation within 7 days, retention on 3 of 30 days, referral within 60
// and revenue within 90 days. Change what does not suit.
func StandardGoals(activation, retention, referral, revenue Condition) []Goal {
	return []Goal{
		{Name: "activation", When: activation, Within: regulars.Days(7)},
		{Name: "retention", When: retention, Within: regulars.Days(30), Days: 3},
		{Name: "referral", When: referral, Within: regulars.Days(60)},
		{Name: "revenue", When: revenue, Within: regulars.Days(90)},
	}
}

// ParseAARRR reads the definition from JSON and validates it:
//
//	{"zone": "Asia/Shanghai", "acquisition": {"events": ["sign up"]}, "goals": [
//	  {"name": "activation", "when": {"events": ["order"]}, "within": "7d"},
//	  {"name": "retention", "when": {"events": ["visit"]}, "within": "14d", "days": 3}]}
//
// The document is read strictly: no unknown or repeated key, and no trailing
// data. zones finds a zone by its name; pass [time.LoadLocation], or a resolver
// of your own where the answer must not depend on the machine. A zone that it
// does not find is a fault, as is any name other than "UTC" if zones is nil. The
// error is [regulars.Faults].
func ParseAARRR(data []byte, zones func(name string) (*time.Location, error)) (AARRR, error) {
	var file struct {
		Zone string `json:"zone"`
		AARRR
	}
	if err := config.Decode(data, &file); err != nil {
		return AARRR{}, err
	}
	a, faults := file.AARRR, regulars.Faults(nil)
	a.Zone = config.Zone(file.Zone, zones, &faults)
	a.validate(&faults)
	if err := faults.Err(); err != nil {
		return AARRR{}, err
	}
	return a, nil
}

// Validate returns all that is wrong as [regulars.Faults].
func (a AARRR) Validate() error {
	var faults regulars.Faults
	a.validate(&faults)
	return faults.Err()
}

func (a AARRR) validate(faults *regulars.Faults) {
	a.Acquisition.validate(faults, "acquisition")
	if len(a.Goals) == 0 || len(a.Goals) > MaxGoals {
		faults.Add("goals", "has %d: want 1 to %d", len(a.Goals), MaxGoals)
	}
	seen := map[string]bool{}
	for i, g := range a.Goals {
		path := fmt.Sprintf("goals[%d]", i)
		switch {
		case g.Name == "":
			faults.Add(path+".name", "is missing")
		case seen[g.Name]:
			faults.Add(path+".name", "%q is there already", g.Name)
		}
		seen[g.Name] = true
		g.When.validate(faults, path+".when")
		g.validateWindow(faults, path)
	}
}

func (g Goal) validateWindow(faults *regulars.Faults, path string) {
	switch {
	case g.Within.IsZero():
		faults.Add(path+".within", "is missing")
	case g.Days < 0 || g.Days > MaxDays:
		faults.Add(path+".days", "%d: want 0 to %d", g.Days, MaxDays)
	case g.Days > 0 && g.fewestDates() == 0:
		faults.Add(path+".within", "%s with days: want d, w, mo or y", g.Within)
	case g.Days > g.fewestDates() && g.Days > 0:
		faults.Add(path+".days", "%d: %s may have no more than %d", g.Days, g.Within, g.fewestDates())
	}
}

// fewestDates returns how many dates Within has at least; 0 if it is elapsed
// time.
func (g Goal) fewestDates() int {
	unit := strings.TrimLeft(g.Within.String(), "0123456789")
	if unit == "s" || unit == "m" || unit == "h" {
		return 0
	}
	// The first and last dates of each month, over two leap years, show it.
	fewest := 0
	for month := range 8 * 12 {
		for _, day := range []int{1, 31} {
			from := time.Date(2001, time.Month(month+1), 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, day-1)
			dates := int(g.Within.After(from, time.UTC).Sub(from) / (24 * time.Hour))
			if fewest == 0 || dates < fewest {
				fewest = dates
			}
		}
	}
	return fewest
}

// ValidateEvents returns, as [regulars.Faults], the events that conditions name
// and that are not among the known ones, such as those of a tracking plan.
func (a AARRR) ValidateEvents(known []string) error {
	var faults regulars.Faults
	set := setOf(known)
	a.Acquisition.unknown(&faults, "acquisition", set)
	for i, g := range a.Goals {
		g.When.unknown(&faults, fmt.Sprintf("goals[%d].when", i), set)
	}
	return faults.Err()
}
