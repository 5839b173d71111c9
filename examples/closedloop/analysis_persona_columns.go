package main

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/persona"
	"github.com/regulars-go/regulars/persona/portrait"
)

const (
	// eachValue is up to how many different numbers get a band each; more are
	// cut at the quartiles.
	eachValue = 8
	// mostDates is the most cuts of dates.
	mostDates = 10
)

// boardColumns returns what the board shows of the attributes of the profiles,
// and notes what it does not. An attribute that says who is in the group tells
// nothing about it.
func (p *portrayal) boardColumns() []portrait.Column {
	var columns []portrait.Column
	for _, name := range p.table.columns {
		i, _ := p.schema.Index(name)
		a := p.schema.Attribute(i)
		column := portrait.Column{Attribute: name}
		reason := ""
		switch {
		case slices.Contains(p.group.attributes, name):
			reason = "it says who is in the group"
		case a.PII:
			reason = "it is personal"
		case a.Kind == persona.KindString && p.distinct(name):
			reason = "nearly everybody has another value"
		case a.Kind == persona.KindList && (a.Of == persona.KindInt || a.Of == persona.KindDecimal):
			reason = "it is a list of numbers"
		case a.Kind == persona.KindInt || a.Kind == persona.KindDecimal:
			column.Cuts = numberCuts(a, p.numbers(i))
		case a.Kind == persona.KindDate || a.Kind == persona.KindTime:
			if column.Cuts = dateCuts(a, p.numbers(i), p.schema.Zone()); column.Cuts == nil {
				reason = "all its dates are of one time"
			}
		}
		if reason != "" {
			p.section.LeftOut[name] = reason
			continue
		}
		columns = append(columns, column)
	}
	return columns
}

// distinct reports whether a column is more of a name than of a kind: over half
// of its values are there once or so.
func (p *portrayal) distinct(name string) bool {
	column := slices.Index(p.table.columns, name)
	known, values := 0, map[string]bool{}
	for _, row := range p.table.rows {
		if v := row.values[column]; v != "" {
			known++
			values[v] = true
		}
	}
	return len(values) > mostTexts && 2*len(values) > known
}

// numbers returns the numbers of attribute i in ascending order.
func (p *portrayal) numbers(i int) (list []int64) {
	for profile := range p.census.Profiles() {
		if profile.Has(i) {
			list = append(list, profile.Number(i))
		}
	}
	slices.Sort(list)
	return list
}

// numberCuts divides numbers at each value if there are few, and else at the
// quartiles. Numbers that are all the same have no cut.
func numberCuts(a persona.Attribute, sorted []int64) []persona.Value {
	cuts := slices.Compact(slices.Clone(sorted))
	if len(cuts) > eachValue {
		cuts = []int64{sorted[len(sorted)/4], sorted[len(sorted)/2], sorted[len(sorted)*3/4]}
		cuts = slices.DeleteFunc(slices.Compact(cuts), func(n int64) bool { return n == sorted[0] })
	} else if len(cuts) > 0 {
		cuts = cuts[1:]
	}
	var values []persona.Value
	for _, n := range cuts {
		if a.Kind == persona.KindInt {
			values = append(values, persona.Int(n))
		} else {
			values = append(values, persona.Decimal(decimal.New(n, -int32(a.Places))))
		}
	}
	return values
}

// dateCuts divides dates and times by the calendar: by quarters, years or more
// of them, whatever gives few cuts.
func dateCuts(a persona.Attribute, sorted []int64, zone *time.Location) []persona.Value {
	if len(sorted) == 0 {
		return nil
	}
	first, last := dateOf(a, sorted[0], zone), dateOf(a, sorted[len(sorted)-1], zone)
	for _, months := range []int{1, 3, 12, 60, 120, 1200} {
		var cuts []persona.Value
		at := time.Date(first.Year()-first.Year()%max(months/12, 1), 1, 1, 0, 0, 0, 0, zone)
		for ; !at.After(last) && len(cuts) <= mostDates; at = at.AddDate(0, months, 0) {
			if at.After(first) {
				cuts = append(cuts, dateValue(a, at))
			}
		}
		if len(cuts) <= mostDates {
			return cuts
		}
	}
	return nil
}

func dateOf(a persona.Attribute, n int64, zone *time.Location) time.Time {
	if a.Kind == persona.KindTime {
		return time.UnixMicro(n).In(zone)
	}
	return time.Date(1970, 1, 1+int(n), 0, 0, 0, 0, zone)
}

func dateValue(a persona.Attribute, at time.Time) persona.Value {
	if a.Kind == persona.KindTime {
		return persona.Time(at)
	}
	return persona.Date(at.Date())
}
