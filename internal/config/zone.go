package config

import (
	"errors"
	"time"

	"github.com/regulars-go/regulars"
)

// Zone finds the zone that a document names under "zone". None given is UTC,
// which needs no zones; a name that zones does not find is a fault.
func Zone(name string, zones func(name string) (*time.Location, error), faults *regulars.Faults) *time.Location {
	if name == "" || name == "UTC" {
		return time.UTC
	}
	if zones == nil {
		faults.Add("zone", "%s: want UTC, or a resolver of zones", quote(name))
		return nil
	}
	zone, err := zones(name)
	if err == nil && zone == nil {
		err = errors.New("unknown zone")
	}
	if err != nil {
		faults.Add("zone", "%s: %v", quote(name), err)
		return nil
	}
	return zone
}
