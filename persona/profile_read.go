package persona

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/config"
)

// NewProfile returns the profile of a person by the names of attributes. The
// error is [regulars.Faults] with a line for each value that does not fit;
// each event that does not fit is one too.
func (s *Schema) NewProfile(values map[string]Value, events ...Event) (Profile, error) {
	var faults regulars.Faults
	d := s.Draft()
	for _, name := range slices.Sorted(maps.Keys(values)) {
		d.put(name, values[name], &faults)
	}
	for i, e := range events {
		if err := d.Add(e); err != nil {
			faults.Add(fmt.Sprintf("events[%d]", i), "%s", problemOf(err))
		}
	}
	if err := faults.Err(); err != nil {
		return Profile{}, err
	}
	return d.Profile(), nil
}

// ReadProfile reads a profile from a JSON object with a member for each
// attribute; null is the same as to leave it out. What does not fit is left out
// too, so that a rule that asks for it is [Unknown], and is listed in left. The
// error, [regulars.Faults], is of a document that is no such object.
func (s *Schema) ReadProfile(data []byte) (p Profile, left regulars.Faults, err error) {
	var values map[string]json.RawMessage
	if err := config.Decode(data, &values); err != nil {
		return Profile{}, nil, err
	}
	d := s.Draft()
	for _, name := range slices.Sorted(maps.Keys(values)) {
		var v Value
		if err := v.UnmarshalJSON(values[name]); err != nil {
			left.Add(name, "%s", strings.TrimPrefix(err.Error(), "persona: "))
		} else {
			d.put(name, v, &left)
		}
	}
	return d.Profile(), left, nil
}

func (d *Draft) put(name string, v Value, faults *regulars.Faults) {
	i, ok := d.schema.byName[name]
	if !ok {
		faults.Add(name, "no such attribute")
		return
	}
	if err := d.Set(i, v); err != nil {
		faults.Add(name, "%s", problemOf(err))
	}
}

// problemOf is the text of an error without the name, which the path has.
func problemOf(err error) string {
	if refused, ok := errors.AsType[*ValueError](err); ok {
		if refused.Value.IsZero() {
			return refused.Problem
		}
		return shorten(refused.Value.String()) + ": " + refused.Problem
	}
	return err.Error()
}
