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
	policy, faults := file.Policy, regulars.Faults(nil)
	policy.Zone = config.Zone(file.Zone, zones, &faults)
	if found, ok := errors.AsType[regulars.Faults](policy.Validate()); ok {
		faults.Under("", found)
	}
	if err := faults.Err(); err != nil {
		return Policy{}, err
	}
	return policy, nil
}
