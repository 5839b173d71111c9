package lifecycle

import (
	"errors"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/config"
)

// ParsePolicy reads a policy from JSON and validates it:
//
//	{"zone": "Asia/Shanghai", "silentAfter": "45d", "overrides": [{"label": "plan=pro", "silentAfter": "2w"}]}
//
// The document is read strictly: no unknown or repeated key, and no trailing
// data. zones finds a zone by its name; pass [time.LoadLocation], or a resolver
// of your own where the answer must not depend on the machine. A zone that it
// does not find is a fault, as is any name other than "UTC" if zones is nil.
// The error is [regulars.Faults].
func ParsePolicy(data []byte, zones func(name string) (*time.Location, error)) (Policy, error) {
	var file struct {
		Zone string `json:"zone"`
		Policy
	}
	if err := config.Decode(data, &file); err != nil {
		return Policy{}, err
	}
	var faults regulars.Faults
	policy := file.Policy
	zone, err := resolve(file.Zone, zones)
	if err != nil {
		faults.Add("zone", "%q: %v", file.Zone, err)
	}
	policy.Zone = zone
	if found, ok := errors.AsType[regulars.Faults](policy.Validate()); ok {
		faults.Under("", found)
	}
	if err := faults.Err(); err != nil {
		return Policy{}, err
	}
	return policy, nil
}

// resolve finds the zone of a document; none given is UTC.
func resolve(name string, zones func(string) (*time.Location, error)) (*time.Location, error) {
	if name == "" || name == "UTC" {
		return time.UTC, nil
	}
	if zones == nil {
		return nil, errors.New("want UTC, or a resolver of zones")
	}
	zone, err := zones(name)
	if err == nil && zone == nil {
		err = errors.New("unknown zone")
	}
	return zone, err
}
