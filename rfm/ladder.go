package rfm

import (
	"encoding/json"
	"fmt"
	"iter"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/config"
	"github.com/regulars-go/regulars/internal/exact"
)

// Ladder is a row of rungs by net worth that customers climb at once and
// leave with delay, as private banks have them: a value is judged once a
// period, usually the month's average balance. Whoever reaches a rung has it
// from the next period on. Whoever falls short keeps theirs for a while and is
// flagged; after as many periods short in a row as the rung allows, they go
// down to the rung of the last of these. The rule is that of Bohai Bank's
// customer grades, with 3 months, and 6 for private banking.
//
// Where the rungs lie differs from bank to bank, so that they are data.
type Ladder struct {
	// Rungs ascend: each wants more than the one before. Below the first, a
	// customer has none.
	Rungs []Rung `json:"rungs"`
}

// Rung is one step of a [Ladder].
type Rung struct {
	Name string `json:"name"`
	// AtLeast is the least value that reaches the rung.
	AtLeast decimal.Decimal `json:"atLeast"`
	// Short is how many periods in a row below AtLeast end the rung, from 1 to
	// [MaxShort]: with 1 it ends at once. Zero means 3.
	Short int `json:"short,omitzero"`
}

// Bounds of a [Ladder]: more rungs than anybody names, and ten years of
// months.
const (
	MaxRungs = 100
	MaxShort = 120
)

const defaultShort = 3

// Standing is where a customer stands on a ladder, and the whole state of the
// rule. The zero value is below the first rung: start there, and the first
// value gives the rung that it reaches.
type Standing struct {
	// Rung is the number of the rung from 1, 0 for none.
	Rung int `json:"rung"`
	// Short is how many periods in a row fell short of it; above 0 the customer
	// is flagged.
	Short int `json:"short,omitzero"`
}

// LadderStep says what one period does to a standing.
type LadderStep struct {
	Before, After Standing
	// Reached is the number of the rung that the value reaches by itself.
	Reached int
	// Left is how many further periods short in a row would end the rung, 0 if
	// the customer is not flagged.
	Left int
}

// Next returns the standing after a period with a value. It is an error if the
// standing is not one of this ladder or the value is out of the bounds for
// money. A period without a value is none: leave it out, rather than call it
// zero.
func (l Ladder) Next(s Standing, value decimal.Decimal) (Standing, error) {
	step, err := l.Step(s, value)
	return step.After, err
}

// Step is [Ladder.Next] with its reasons.
func (l Ladder) Step(s Standing, value decimal.Decimal) (LadderStep, error) {
	if err := l.check(s); err != nil {
		return LadderStep{Before: s, After: s}, err
	}
	if err := exact.CheckSum(value); err != nil {
		return LadderStep{Before: s, After: s}, fmt.Errorf("rfm: ladder: %w", err)
	}
	step := LadderStep{Before: s, After: s, Reached: l.reached(value)}
	switch {
	case step.Reached >= s.Rung:
		step.After = Standing{Rung: step.Reached}
	case s.Short+1 >= l.Rungs[s.Rung-1].short():
		step.After = Standing{Rung: step.Reached}
	default:
		step.After.Short++
		step.Left = l.Rungs[s.Rung-1].short() - step.After.Short
	}
	return step, nil
}

// Fold returns the standing after all periods in turn.
func (l Ladder) Fold(s Standing, values iter.Seq[decimal.Decimal]) (Standing, error) {
	for value := range values {
		var err error
		if s, err = l.Next(s, value); err != nil {
			return s, err
		}
	}
	return s, nil
}

// reached returns the number of the highest rung that a value reaches.
func (l Ladder) reached(value decimal.Decimal) int {
	n := 0
	for n < len(l.Rungs) && value.GreaterThanOrEqual(l.Rungs[n].AtLeast) {
		n++
	}
	return n
}

func (l Ladder) check(s Standing) error {
	if s.Rung < 0 || s.Rung > len(l.Rungs) {
		return fmt.Errorf("rfm: standing on rung %d: want 0 to %d", s.Rung, len(l.Rungs))
	}
	if s.Short < 0 || s.Short > 0 && s.Rung == 0 {
		return fmt.Errorf("rfm: standing on rung %d with %d periods short: nobody falls short of less than nothing", s.Rung, s.Short)
	}
	return nil
}

func (r Rung) short() int {
	if r.Short == 0 {
		return defaultShort
	}
	return r.Short
}

// Name returns the name of a rung by its number, "" for none.
func (l Ladder) Name(rung int) string {
	if rung < 1 || rung > len(l.Rungs) {
		return ""
	}
	return l.Rungs[rung-1].Name
}

// Label returns a standing as other packages read it, such as "rung=private";
// "" for no rung.
func (l Ladder) Label(s Standing) string {
	if name := l.Name(s.Rung); name != "" {
		return "rung=" + name
	}
	return ""
}

// Describe says a step in a line of English, such as "gold, short for 2
// periods: 1 more ends it".
func (l Ladder) Describe(s LadderStep) string {
	name := func(rung int) string {
		if rung == 0 {
			return "no rung"
		}
		return l.Name(rung)
	}
	after := name(s.After.Rung)
	switch {
	case s.After.Short > 0:
		return fmt.Sprintf("%s, short for %s: %d more %s it", after, plural(s.After.Short, "period"), s.Left, ends(s.Left))
	case s.After.Rung > s.Before.Rung:
		return fmt.Sprintf("up to %s from %s", after, name(s.Before.Rung))
	case s.After.Rung < s.Before.Rung:
		return fmt.Sprintf("down to %s from %s after %s short", after, name(s.Before.Rung), plural(s.Before.Short+1, "period"))
	}
	return after
}

func ends(n int) string {
	if n == 1 {
		return "ends"
	}
	return "end"
}

// MarshalJSON writes the value as a text, whatever the variables of package
// decimal say.
func (r Rung) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Name    string `json:"name"`
		AtLeast string `json:"atLeast"`
		Short   int    `json:"short,omitzero"`
	}{r.Name, exact.Text(r.AtLeast), r.Short})
}

// ParseLadder reads a ladder from JSON, strictly; what is wrong is
// [regulars.Faults].
func ParseLadder(data []byte) (Ladder, error) {
	var l Ladder
	if err := config.Decode(data, &l); err != nil {
		return Ladder{}, err
	}
	if err := l.Validate(); err != nil {
		return Ladder{}, err
	}
	return l, nil
}

// Validate returns all faults of l as [regulars.Faults].
func (l Ladder) Validate() error {
	var f regulars.Faults
	if len(l.Rungs) == 0 || len(l.Rungs) > MaxRungs {
		f.Add("rungs", "%d rungs: want 1 to %d", len(l.Rungs), MaxRungs)
		return f.Err()
	}
	names := map[string]bool{}
	for i, r := range l.Rungs {
		at := fmt.Sprintf("rungs[%d]", i)
		switch {
		case strings.TrimSpace(r.Name) == "":
			f.Add(at+".name", "missing")
		case names[r.Name]:
			f.Add(at+".name", "%q is there already", r.Name)
		}
		names[r.Name] = true
		switch err := exact.CheckSum(r.AtLeast); {
		case err != nil:
			f.Add(at+".atLeast", "%v", err)
			return f.Err() // the others can't be compared with it
		case i > 0 && !r.AtLeast.GreaterThan(l.Rungs[i-1].AtLeast):
			f.Add(at+".atLeast", "%s: want more than the %s of the rung before", exact.Text(r.AtLeast), exact.Text(l.Rungs[i-1].AtLeast))
		}
		if r.Short < 0 || r.Short > MaxShort {
			f.Add(at+".short", "%d: want 1 to %d", r.Short, MaxShort)
		}
	}
	return f.Err()
}
