package main

import (
	"errors"

	"github.com/regulars-go/regulars/persona"
	"github.com/regulars-go/regulars/persona/tracking"
)

// shownProblems is how many values the document lists that did not fit.
const shownProblems = 5

// quality counts what is wrong with the values of profiles.
type quality struct {
	table  *profileTable
	schema *persona.Schema
	draft  *persona.Draft
	index  []int // of each column in the schema
	// seen are the values of the rows of one customer so far, and differs says of
	// which they contradict each other.
	seen     []persona.Value
	differs  []bool
	figures  []tracking.AttributeFigures
	problems []valueProblem
}

// valueProblem is a value that did not fit, and what was expected. The value of
// an attribute that is personal is not told.
type valueProblem struct {
	Line   int    `json:"line"`
	Column string `json:"column"`
	Value  string `json:"value,omitzero"`
	Want   string `json:"want"`
}

func newQuality(p *portrayal) *quality {
	columns := len(p.table.columns)
	q := &quality{
		table: p.table, schema: p.schema, draft: p.schema.Draft(), index: make([]int, columns),
		seen: make([]persona.Value, columns), differs: make([]bool, columns), problems: []valueProblem{},
	}
	for i, name := range p.table.columns {
		q.index[i], _ = p.schema.Index(name)
		q.figures = append(q.figures, tracking.AttributeFigures{Name: name})
	}
	return q
}

// next begins another customer.
func (q *quality) next() {
	clear(q.seen)
	clear(q.differs)
}

// take returns the values of a row that fit, by attribute, and counts all.
func (q *quality) take(row profileRow) (map[string]persona.Value, error) {
	values := map[string]persona.Value{}
	for c, text := range row.values {
		if text == "" {
			continue
		}
		figures, attribute := &q.figures[c], q.schema.Attribute(q.index[c])
		figures.Observed++
		v, want := cast(attribute, text, q.schema.Zone())
		if want == "" {
			if err := q.draft.Set(q.index[c], v); err != nil {
				refused, ok := errors.AsType[*persona.ValueError](err)
				if !ok {
					return nil, err
				}
				if want = refused.Problem; errors.Is(err, persona.ErrDictionary) {
					figures.Misses++
					q.note(row.line, attribute, text, want)
					continue
				}
			}
		}
		if want != "" {
			figures.CastFailures++
			q.note(row.line, attribute, text, want)
			continue
		}
		values[attribute.Name] = v
		q.weigh(c, attribute, v)
	}
	q.draft.Profile() // empties the draft
	return values, nil
}

// weigh compares a value with what other rows of the customer say. Lists that
// are put together don't contradict each other.
func (q *quality) weigh(column int, a persona.Attribute, v persona.Value) {
	switch before := q.seen[column]; {
	case before.IsZero():
		q.seen[column] = v
		q.figures[column].Known++
	case !q.differs[column] && a.Survivor != persona.Union && !before.Equal(v):
		q.differs[column] = true
		q.figures[column].Conflicting++
	}
}

func (q *quality) note(line int, a persona.Attribute, text, want string) {
	if len(q.problems) == shownProblems {
		return
	}
	if a.PII {
		text = ""
	}
	q.problems = append(q.problems, valueProblem{line, a.Name, text, want})
}
