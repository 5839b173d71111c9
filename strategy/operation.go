package strategy

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/regulars-go/regulars"
)

// Limits of an operation. They keep a playbook from an untrusted source small,
// and are wide of what people maintain by hand.
const (
	// MaxNameBytes bounds the names of playbooks, operations and channels,
	// which become keys of reports.
	MaxNameBytes = 100
	// MaxObjectiveBytes leaves room for a paragraph.
	MaxObjectiveBytes = 1000
	// MaxAudienceLabels bounds all labels of an audience together.
	MaxAudienceLabels = 100
	// MaxPriority is the highest priority; a million steps are enough to put one
	// more in between.
	MaxPriority = 1_000_000
)

// Operation is something that can be done for a customer.
type Operation struct {
	// Name tells the operation from the others of its playbook. It is up to
	// [MaxNameBytes] of printable text, and case counts.
	Name string `json:"name"`
	// Objective says what the operation is for. It is required: an operation
	// that nobody can give a reason for should not run. Where the playbook lists
	// objectives it is the name of one, and otherwise words.
	Objective string `json:"objective"`
	// Class is what kind of message it is. Defaults to [Marketing].
	Class Class `json:"class,omitempty"`
	// Audience says who may get it. The zero value is everyone.
	Audience Audience `json:"audience,omitzero"`
	// Relevant says for whom it makes sense now, and Suits whom it is good for:
	// what is held back by them is said apart from who may get it at all. The
	// zero values are everyone.
	Relevant Audience `json:"relevant,omitzero"`
	Suits    Audience `json:"suits,omitzero"`
	// Channel is how it reaches the customer, such as "sms". It is required, in
	// the host's own words.
	Channel string `json:"channel"`
	// Or are the channels that are tried in turn where Channel can't be used.
	// None means those that the playbook's channel lists.
	Or []string `json:"or,omitempty"`
	// Tags are what caps may count it by. An exposure keeps them as they were.
	Tags []string `json:"tags,omitempty"`
	// Priority ranks the operations that a customer may get, the highest first,
	// from 0 to [MaxPriority]. Of equal ones the higher score wins, and of equal
	// scores the name that comes first by its bytes.
	Priority int `json:"priority"`
	// Value is what it is worth when it works, 0 or more, in the unit of the
	// host's choice; that is one unit for all operations. The score is
	// Value × Propensity × Lever, and what has a value but no positive score is
	// not sent.
	Value Micros `json:"value,omitzero"`
	// Propensity is how likely it is to work, from 0 to 1. Zero means 1.
	Propensity Micros `json:"propensity,omitzero"`
	// PropensityFrom is the name of a number of the customer that takes the
	// place of Propensity, where the customer has it. One that is not from 0 to
	// 1, NaN included, is [Unscored]. Effects of the playbook come before both.
	PropensityFrom string `json:"propensityFrom,omitempty"`
	// Lever is the factor by which the business pushes it. Zero means 1.
	Lever Micros `json:"lever,omitzero"`
	// Costs are what it takes from budgets, by their names, beside what its
	// channel costs.
	Costs map[string]Micros `json:"costs,omitempty"`
	// CoolDowns keep it from coming again too soon.
	CoolDowns []CoolDown `json:"coolDowns,omitempty"`
	// WhenCapped says what happens if a cap or quiet hours hold it back. Defaults
	// to [Next].
	WhenCapped WhenCapped `json:"whenCapped,omitempty"`
	// ObeysCaps, CountsToCaps and ObeysQuiet default to true for [Marketing], and
	// to false for the other classes.
	ObeysCaps    *bool `json:"obeysCaps,omitempty"`
	CountsToCaps *bool `json:"countsToCaps,omitempty"`
	ObeysQuiet   *bool `json:"obeysQuiet,omitempty"`
	// Stopped is the kill switch: nobody gets it.
	Stopped bool `json:"stopped,omitempty"`
	// Dates bounds when it runs. The zero value is always.
	Dates Window `json:"dates,omitzero"`
}

// Window is the time from Start, included, to End, excluded, both to the
// microsecond: what is finer is cut off. A zero Start or End leaves that side
// open.
type Window struct {
	Start time.Time `json:"start,omitzero"`
	End   time.Time `json:"end,omitzero"`
}

func (o Operation) faults(c *checker) (f regulars.Faults) {
	nameFaults(&f, "name", o.Name)
	switch {
	case strings.TrimSpace(o.Objective) == "":
		f.Add("objective", "missing: want what the operation is for")
	case len(o.Objective) > MaxObjectiveBytes:
		f.Add("objective", "has %d bytes: want at most %d", len(o.Objective), MaxObjectiveBytes)
	case !utf8.ValidString(o.Objective):
		f.Add("objective", "is not valid UTF-8")
	case len(c.objectives) > 0:
		c.known(&f, "objective", "objective", o.Objective, c.objectives)
	}
	c.oneOf(&f, "class", string(o.Class), string(Marketing), string(Transactional), string(Mandatory))
	f.Under("audience", o.Audience.faults(c))
	f.Under("relevant", o.Relevant.faults(c))
	f.Under("suits", o.Suits.faults(c))
	nameFaults(&f, "channel", o.Channel)
	wordFaults(&f, "or", o.Or, MaxChannels-1)
	if slices.Contains(o.Or, o.Channel) {
		f.Add("or", "has %q, which is channel", o.Channel)
	}
	wordFaults(&f, "tags", o.Tags, MaxParts)
	if o.Priority < 0 || o.Priority > MaxPriority {
		f.Add("priority", "%d: want 0 to %d", o.Priority, MaxPriority)
	}
	o.worthFaults(c, &f)
	o.restFaults(c, &f)
	f.Under("dates", o.Dates.faults())
	return f
}

// worthFaults adds faults of value and cost.
func (o *Operation) worthFaults(c *checker, f *regulars.Faults) {
	if o.Value < 0 {
		f.Add("value", "%v: want 0 or more", o.Value)
	}
	if o.Propensity < 0 || o.Propensity > One {
		f.Add("propensity", "%v: want 0 to 1", o.Propensity)
	}
	if o.Lever < 0 {
		f.Add("lever", "%v: want 0 or more", o.Lever)
	}
	if _, ok := o.Value.times(orOne(o.Lever)); !ok {
		f.Add("lever", "%v times value %v is out of range", o.Lever, o.Value)
	}
	if o.PropensityFrom != "" {
		c.number(f, "propensityFrom", o.PropensityFrom)
	}
	c.costs(f, o.Costs)
}

// restFaults adds faults of cool-downs and caps.
func (o *Operation) restFaults(c *checker, f *regulars.Faults) {
	if len(o.CoolDowns) > MaxParts {
		f.Add("coolDowns", "has %d: want at most %d", len(o.CoolDowns), MaxParts)
	}
	for i, d := range o.CoolDowns {
		path := at("coolDowns", i)
		if d.After != "" {
			nameFaults(f, path+".after", d.After)
		}
		if d.Times < 0 || d.Times > MaxLimit {
			f.Add(path+".times", "%d: want 1 to %d", d.Times, MaxLimit)
		}
		if d.For.IsZero() {
			f.Add(path+".for", "missing")
		}
		if !d.Within.IsZero() && d.Times <= 1 {
			f.Add(path+".within", "%v beside a single one: want times, too", d.Within)
		}
	}
	if o.Class == Mandatory && !slices.ContainsFunc(o.CoolDowns, func(d CoolDown) bool { return d.After == "" && d.Times <= 1 }) {
		f.Add("coolDowns", "want one after sending, as what is mandatory would be said over and over")
	}
	c.oneOf(f, "whenCapped", string(o.WhenCapped), string(Next), string(Defer), string(Drop))
}

// orOne returns a factor, which is 1 by default.
func orOne(m Micros) Micros { return cmp.Or(m, One) }

// orMarketing returns a switch, which is on for marketing by default.
func (o *Operation) orMarketing(b *bool) bool {
	if b != nil {
		return *b
	}
	return o.Class == Marketing
}

// nameFaults adds what is wrong with a name that must be there.
func nameFaults(f *regulars.Faults, path, name string) {
	switch {
	case name == "":
		f.Add(path, "missing")
	case len(name) > MaxNameBytes:
		f.Add(path, "has %d bytes: want at most %d", len(name), MaxNameBytes)
	case !isPrintable(name):
		f.Add(path, "%q: want printable text without spaces at its ends", name)
	}
}

// Years that a window may lie in, which are those that JSON can say.
const minYear, maxYear = 1, 9999

func (w Window) faults() (f regulars.Faults) {
	f = append(yearFaults("start", w.Start), yearFaults("end", w.End)...)
	start, end := moment(w.Start), moment(w.End)
	if !w.Start.IsZero() && !w.End.IsZero() && !end.After(start) {
		f.Add("end", "%s is not after start, %s", stamp(end), stamp(start))
	}
	return f
}

// yearFaults returns a fault if JSON can't say an instant, in its zone or in
// UTC.
func yearFaults(path string, t time.Time) (f regulars.Faults) {
	for _, year := range []int{t.Year(), t.UTC().Year()} {
		if year < minYear || year > maxYear {
			f.Add(path, "is in the year %d: want %d to %d, in UTC too", year, minYear, maxYear)
			return f
		}
	}
	return f
}

// moment returns t as this package holds it: to the microsecond and in UTC, so
// that what is stored is what was decided.
func moment(t time.Time) time.Time { return t.Truncate(time.Microsecond).UTC() }

func stamp(t time.Time) string { return t.Format(time.RFC3339Nano) }

// all returns the operations and the fallback.
func (p *Playbook) all() []Operation {
	if p.Fallback == nil {
		return p.Operations
	}
	return append(slices.Clone(p.Operations), *p.Fallback)
}
