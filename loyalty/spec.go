package loyalty

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/config"
)

// Spec is a program with cases that say what it gives: what is agreed on with
// those who own the rules, written down so that it can be run. [ParseSpec]
// reads one; loyaltytest runs the cases as tests.
type Spec struct {
	// Program may be left out of the document, and set by the caller.
	Program Program    `json:"-"`
	Cases   []SpecCase `json:"cases"`
}

// SpecCase is one command under given circumstances, and what is to come of it.
type SpecCase struct {
	// Name says what the case shows. Names differ.
	Name string `json:"name"`
	// Given are commands that are done first, each at its OccurredAt. The state
	// is made by the engine itself, so that no case tests one that can't be.
	Given []Command `json:"given,omitempty"`
	// Do is the command. Here and in Given, Member may be left out and is then
	// "m"; Key may be left out.
	Do Command `json:"do"`
	// Now is when Do is recorded. Zero means its OccurredAt.
	Now  time.Time `json:"now,omitzero"`
	Want SpecWant  `json:"want"`
}

// SpecWant is what is to come of a command. Only what is set is looked at, and
// something must be.
type SpecWant struct {
	// Points are what rules gave the member, by wallet. A wallet that is not
	// listed must have got none.
	Points map[string]int64 `json:"points,omitempty"`
	// Rules are by name; those that are not listed are not looked at.
	Rules map[string]SpecRule `json:"rules,omitempty"`
	// Balances are what is available afterwards, by wallet; those that are not
	// listed are not looked at.
	Balances map[string]int64 `json:"balances,omitempty"`
	// Tier is the level afterwards.
	Tier string `json:"tier,omitempty"`
	// Error is a part of the text of the rejection. It goes with no other field.
	Error string `json:"error,omitempty"`
}

// SpecRule is what one rule is to give, and why.
type SpecRule struct {
	Points int64 `json:"points"`
	// Reason is as [Reason.String] has it, such as "trimmed".
	Reason string `json:"reason"`
}

// MaxCases bounds the cases of a file.
const MaxCases = 1000

// ParseSpec reads a program and its cases from JSON, strictly:
//
//	{"program": {"name": "cafe", …},
//	 "cases": [{
//	   "name": "ten a quiz",
//	   "do": {"occurredAt": "2026-03-04T10:00:00Z", "earn": {"kind": "quiz"}},
//	   "want": {"points": {"points": 10}, "rules": {"quiz": {"points": 10, "reason": "fired"}}}}]}
//
// zones is that of [ParseProgram]. The error is [regulars.Faults].
func ParseSpec(data []byte, zones func(name string) (*time.Location, error)) (Spec, error) {
	var file struct {
		Program *struct {
			Zone string `json:"zone"`
			Program
		} `json:"program"`
		Spec
	}
	if err := config.Decode(data, &file); err != nil {
		return Spec{}, err
	}
	var faults regulars.Faults
	spec := file.Spec
	if p := file.Program; p != nil {
		spec.Program = p.Program
		faults.Under("program", readZone(&spec.Program, p.Zone, zones))
		faults.Under("program", spec.Program.faults())
	}
	faults.Under("", spec.faults())
	if err := faults.Err(); err != nil {
		return Spec{}, err
	}
	return spec, nil
}

func (s *Spec) faults() (faults regulars.Faults) {
	if n := len(s.Cases); n < 1 || n > MaxCases {
		faults.Add("cases", "has %d: want 1 to %d", n, MaxCases)
		return faults
	}
	names := map[string]bool{}
	for i := range s.Cases {
		c := &s.Cases[i]
		path := fmt.Sprintf("cases[%d]", i)
		if c.Name == "" || names[c.Name] {
			faults.Add(path+".name", "%.80q is missing or there twice", c.Name)
		}
		names[c.Name] = true
		for k := range c.Given {
			c.Given[k] = named(c.Given[k], fmt.Sprintf("given-%d", k))
			faults.Under(fmt.Sprintf("%s.given[%d]", path, k), commandFaults(&c.Given[k]))
		}
		c.Do = named(c.Do, "do")
		faults.Under(path+".do", commandFaults(&c.Do))
		faults.Under(path+".want", c.Want.faults())
	}
	return faults
}

// named fills in what a case may leave out.
func named(c Command, key string) Command {
	c.Key, c.Member = cmp.Or(c.Key, key), cmp.Or(c.Member, "m")
	return c
}

func commandFaults(c *Command) (faults regulars.Faults) {
	err := new(request).set(c)
	if found, ok := errors.AsType[*CommandError](err); ok {
		faults.Add(found.Field, "%s", found.Problem)
	} else if err != nil {
		faults.Add("", "%v", err)
	}
	return faults
}

func (w *SpecWant) faults() (faults regulars.Faults) {
	others := len(w.Points)+len(w.Rules)+len(w.Balances) > 0 || w.Tier != "" || w.Points != nil
	switch {
	case w.Error == "" && !others:
		faults.Add("", "is empty: want points, rules, balances, tier or error")
	case w.Error != "" && others:
		faults.Add("error", "goes with no other field")
	}
	for _, name := range slices.Sorted(maps.Keys(w.Rules)) {
		if reason := w.Rules[name].Reason; !slices.Contains(reasonNames[1:], reason) {
			faults.Add("rules."+name+".reason", "%.40q: there is no such reason", reason)
		}
	}
	return faults
}

// Run runs one case, by its place, on an engine and a store of its own. It
// returns nil, or [regulars.Faults] that list what was not as wanted, such as
// "want.rules.quiz.points: 0, want 10". That the preview of the command says
// the same as the command is looked at too.
func (s *Spec) Run(ctx context.Context, i int) error {
	c := &s.Cases[i]
	engine, err := NewEngine(NewMemory(), s.Program)
	if err != nil {
		return err
	}
	var faults regulars.Faults
	for k, g := range c.Given {
		if _, err := engine.Do(ctx, g.OccurredAt, named(g, fmt.Sprintf("given-%d", k))); err != nil {
			faults.Add(fmt.Sprintf("given[%d]", k), "%v", err)
			return faults
		}
	}
	do, now := named(c.Do, "do"), c.Now
	if now.IsZero() {
		now = do.OccurredAt
	}
	preview, previewErr := engine.Preview(ctx, now, do)
	receipt, err := engine.Do(ctx, now, do)
	if !reflect.DeepEqual(preview, receipt) || fmt.Sprint(previewErr) != fmt.Sprint(err) {
		faults.Add("do", "the preview said %+v, %v, and the command %+v, %v", preview, previewErr, receipt, err)
	}
	faults.Under("want", c.Want.compare(&receipt, err))
	return faults.Err()
}

// compare lists what is not as wanted.
func (w *SpecWant) compare(got *Receipt, err error) (faults regulars.Faults) {
	if w.Error != "" || err != nil {
		if err == nil || w.Error == "" || !strings.Contains(err.Error(), w.Error) {
			faults.Add("error", "%v, want %q", err, w.Error)
		}
		return faults
	}
	if w.Points != nil {
		compareNumbers(&faults, "points", got.points(), w.Points, true)
	}
	for _, name := range slices.Sorted(maps.Keys(w.Rules)) {
		compareRule(&faults, name, got.Rules, w.Rules[name])
	}
	balances := map[string]int64{}
	for _, b := range got.Balances {
		balances[b.Wallet] = b.Available
	}
	compareNumbers(&faults, "balances", balances, w.Balances, false)
	if w.Tier != "" && got.Tier != w.Tier {
		faults.Add("tier", "%q, want %q", got.Tier, w.Tier)
	}
	return faults
}

// points sums what rules gave the member, by wallet.
func (r *Receipt) points() map[string]int64 {
	points := map[string]int64{}
	for i := range r.Rules {
		if rule := &r.Rules[i]; !rule.Referrer && rule.Points > 0 {
			points[rule.Wallet] += rule.Points
		}
	}
	return points
}

func compareNumbers(faults *regulars.Faults, path string, got, want map[string]int64, all bool) {
	names := maps.Clone(want)
	if all {
		names = maps.Clone(got)
		maps.Copy(names, want)
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if got[name] != want[name] {
			faults.Add(path+"."+name, "%d, want %d", got[name], want[name])
		}
	}
}

func compareRule(faults *regulars.Faults, name string, results []RuleResult, want SpecRule) {
	path := "rules." + name
	i := slices.IndexFunc(results, func(r RuleResult) bool { return r.Name == name })
	if i < 0 {
		faults.Add(path, "does not look at this event")
		return
	}
	if got := results[i].Points; got != want.Points {
		faults.Add(path+".points", "%d, want %d", got, want.Points)
	}
	if got := results[i].Reason.String(); got != want.Reason {
		faults.Add(path+".reason", "%q, want %q", got, want.Reason)
	}
}
