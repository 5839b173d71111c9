package main

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/persona"
)

// mostTexts is up to how many different texts make a dictionary.
const mostTexts = 50

// Attributes that come of the orders, for rules: -profiles has none of these
// names, or its own counts.
const (
	ordersAttribute = "orders"     // how many that count
	spendAttribute  = "spend"      // net
	meanAttribute   = "mean order" // what they came to, by how many they are
)

// orderEvent is the kind of events that orders are.
const orderEvent = "order"

// define returns the schema: the attributes of the profiles, those that come of
// the orders, and orders as events.
func (t *profileTable) define(zone *time.Location) (*persona.Schema, error) {
	d := persona.Definition{Zone: zone, Events: []persona.EventKind{{Name: orderEvent, Fields: []string{"category", "channel"}}}}
	if t.schema != nil {
		d.Zone = t.schema.Zone()
		for i := range t.schema.Len() {
			d.Attributes = append(d.Attributes, t.schema.Attribute(i))
		}
	} else {
		for i, name := range t.columns {
			d.Attributes = append(d.Attributes, t.infer(i, name))
		}
	}
	for _, derived := range []persona.Attribute{
		{Name: ordersAttribute, Kind: persona.KindInt},
		{Name: spendAttribute, Kind: persona.KindDecimal, Places: 4},
		{Name: meanAttribute, Kind: persona.KindDecimal, Places: persona.MaxPlaces},
	} {
		if !slices.ContainsFunc(d.Attributes, func(a persona.Attribute) bool { return a.Name == derived.Name }) {
			d.Attributes = append(d.Attributes, derived)
		}
	}
	schema, err := persona.NewSchema(d)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.source, err)
	}
	return schema, nil
}

// infer finds what a column holds. Texts of few values make a dictionary, in the
// order of their bytes.
func (t *profileTable) infer(column int, name string) persona.Attribute {
	a := persona.Attribute{Name: name, Kind: persona.KindString}
	values := map[string]bool{}
	for _, row := range t.rows {
		if v := row.values[column]; v != "" {
			values[v] = true
		}
	}
	all := func(is func(string) bool) bool {
		for v := range values {
			if !is(v) {
				return false
			}
		}
		return len(values) > 0
	}
	switch {
	case all(func(v string) bool { return v == "true" || v == "false" }):
		a.Kind = persona.KindBool
	case all(wholeNumber.MatchString):
		a.Kind = persona.KindInt
	case all(fractional.MatchString):
		a.Kind = persona.KindDecimal
		for v := range values {
			_, fraction, _ := strings.Cut(v, ".")
			a.Places = max(a.Places, len(fraction))
		}
	case all(func(v string) bool { _, err := time.Parse(time.DateOnly, v); return err == nil }):
		a.Kind = persona.KindDate
	case all(func(v string) bool { _, ok := instant(v, time.UTC); return ok }):
		a.Kind = persona.KindTime
	case len(values) > 0 && len(values) <= mostTexts && all(func(v string) bool { return len(v) <= persona.MaxText }):
		a.Kind = persona.KindEnum
		for v := range values {
			a.Values = append(a.Values, v)
		}
		slices.Sort(a.Values)
	}
	return a
}

// A number with a leading zero is a code, such as a postcode.
var (
	wholeNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,17})$`)
	fractional  = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,8})(\.[0-9]{1,9})?$`)
)

// instant reads a time as files have it.
func instant(text string, zone *time.Location) (time.Time, bool) {
	for _, layout := range []string{time.DateTime, "2006-01-02T15:04:05", "2006-01-02 15:04", time.RFC3339} {
		if at, err := time.ParseInLocation(layout, text, zone); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

// cast makes a value of a text for an attribute; what is wrong with it is said
// by want. Whether it is in the dictionary is for the schema to say.
func cast(a persona.Attribute, text string, zone *time.Location) (v persona.Value, want string) {
	switch a.Kind {
	case persona.KindBool:
		switch strings.ToLower(text) {
		case "true", "yes", "1":
			return persona.Bool(true), ""
		case "false", "no", "0":
			return persona.Bool(false), ""
		}
		return v, "true or false"
	case persona.KindInt:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return v, "a whole number"
		}
		return persona.Int(n), ""
	case persona.KindDecimal:
		if !fractional.MatchString(text) && !wholeNumber.MatchString(text) {
			return v, "a plain number"
		}
		d, err := decimal.NewFromString(text)
		if err != nil {
			return v, "a plain number"
		}
		return persona.Decimal(d), ""
	case persona.KindDate:
		if _, err := time.Parse(time.DateOnly, text); err != nil {
			return v, "a date such as 2006-01-02"
		}
		return persona.Text(text), ""
	case persona.KindTime:
		at, ok := instant(text, zone)
		if !ok {
			return v, "a time such as 2006-01-02 15:04:05"
		}
		return persona.Time(at), ""
	case persona.KindList:
		return castList(a, text, zone)
	}
	return persona.Text(text), ""
}

// castList reads items with "|" between them.
func castList(a persona.Attribute, text string, zone *time.Location) (persona.Value, string) {
	one := persona.Attribute{Kind: a.Of}
	var items []persona.Value
	for item := range strings.SplitSeq(text, "|") {
		v, want := cast(one, strings.TrimSpace(item), zone)
		if want != "" {
			return persona.Value{}, want
		}
		items = append(items, v)
	}
	return persona.List(items...), ""
}
